//! How browsers and programs reach the web interface: over TLS too, for browsers let only those pages use a microphone
//! that nobody can have changed on the way; and through proxies.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::server::TlsStream;
use tower::ServiceExt;
use tracing::debug;

use super::ice_tcp::IceTcp;
use super::places::{Place, Places};
use crate::allow::Networks;
use crate::api::Visitor;
use crate::sip::transport::tls::{Acceptor, Certificate, Trouble};
use crate::sip::transport::websocket::Ends;

/// Connections at once.
pub const CONNECTIONS: usize = 4_096;
/// … of one source: many people may be behind one address.
const CONNECTIONS_OF_SOURCE: usize = 512;
/// Browsers that shake hands at once.
const HANDSHAKES: usize = 128;
/// … of one source.
const HANDSHAKES_OF_SOURCE: usize = 16;
/// How long one may take for it.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long whoever is connected may take to say what is wanted, the first time and after each answer.
const HEAD: Duration = Duration::from_secs(30);
/// WebSockets begin with a request of HTTP/1.1 (RFC 6455 section 4.1).
const PROTOCOLS: [&[u8]; 1] = [b"http/1.1"];

/// What is served to the network, and who is connected.
#[derive(Clone)]
pub struct Site {
    pages: Router,
    proxies: Arc<Networks>,
    places: Arc<Places>,
    handshakes: Arc<Places>,
    sound: IceTcp,
}

impl Site {
    /// Each request tells its [`Visitor`], who may stand behind these proxies. Whoever brings no request but sound is let
    /// in by `sound`.
    pub fn new(pages: Router, proxies: &Networks, sound: IceTcp) -> Self {
        let proxies = Arc::new(proxies.clone());
        Self {
            pages: pages.layer(from_fn_with_state(Arc::clone(&proxies), tell_visitor)),
            proxies,
            places: Places::new(CONNECTIONS, CONNECTIONS_OF_SOURCE),
            handshakes: Places::new(HANDSHAKES, HANDSHAKES_OF_SOURCE),
            sound,
        }
    }

    /// Serves those who connect here, without end.
    pub async fn serve(self, mut listener: TcpListener) {
        loop {
            let (stream, remote) = Listener::accept(&mut listener).await;
            let Some(place) = self.place(&self.places, remote) else { continue };
            let ends = Ends { local: end(stream.local_addr(), remote), remote, is_secure: false };
            let site = self.clone();
            tokio::spawn(async move {
                match timeout(HEAD, brings_sound(&stream)).await {
                    Ok(true) => site.sound.carry(stream, place).await,
                    Ok(false) => site.attend(stream, ends, place).await,
                    Err(_) => debug!(%remote, "a browser took too long to say what it wants"),
                }
            });
        }
    }

    /// Serves those who connect here to bring sound and nothing else, without end.
    pub async fn serve_sound(self, mut listener: TcpListener) {
        loop {
            let (stream, remote) = Listener::accept(&mut listener).await;
            let Some(place) = self.place(&self.places, remote) else { continue };
            tokio::spawn(self.sound.clone().carry(stream, place));
        }
    }

    /// The same over TLS; each handshake shows the certificate as it is then.
    pub async fn serve_over_tls(self, mut listener: TcpListener, certificate: Certificate) {
        let acceptor = Acceptor::for_web(&certificate, &PROTOCOLS);
        loop {
            let (stream, remote) = Listener::accept(&mut listener).await;
            let Some(turn) = self.place(&self.handshakes, remote) else { continue };
            let Some(place) = self.place(&self.places, remote) else { continue };
            let ends = Ends { local: end(stream.local_addr(), remote), remote, is_secure: true };
            let (acceptor, site) = (acceptor.clone(), self.clone());
            tokio::spawn(async move {
                match timeout(HANDSHAKE, welcome(stream, &acceptor)).await {
                    Ok(Ok(Guest::Page(stream))) => {
                        drop(turn);
                        site.attend(*stream, ends, place).await;
                    }
                    Ok(Ok(Guest::Sound(stream))) => {
                        drop(turn);
                        site.sound.carry(stream, place).await;
                    }
                    Ok(Err(trouble)) => debug!(%remote, %trouble, "a browser did not shake hands"),
                    Err(_) => debug!(%remote, "a browser took too long to shake hands"),
                }
            });
        }
    }

    /// A place for whoever connects; those over the limit are turned away without a word.
    fn place(&self, places: &Arc<Places>, remote: SocketAddr) -> Option<Place> {
        let place = places.take(remote.ip().into(), self.proxies.contain(remote.ip()));
        if place.is_none() {
            debug!(%remote, "as many connections to the web interface as allowed; one more was closed");
        }
        place
    }

    /// Answers what is asked for over this connection until it ends, or becomes a WebSocket.
    async fn attend<I>(self, stream: I, ends: Ends, _place: Place)
    where
        I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let pages = self.pages;
        let service = service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(ends));
            pages.clone().oneshot(request)
        });
        let mut server = http1::Builder::new();
        server.timer(TokioTimer::new()).header_read_timeout(HEAD);
        let connection = server.serve_connection(TokioIo::new(stream), service).with_upgrades();
        if let Err(trouble) = connection.await {
            debug!(remote = %ends.remote, %trouble, "a connection to the web interface broke");
        }
    }
}

/// Who has connected to the port of the web interface over TLS.
enum Guest {
    Page(Box<TlsStream<TcpStream>>),
    Sound(TcpStream),
}

/// Shakes hands, unless it is sound that comes.
async fn welcome(stream: TcpStream, acceptor: &Acceptor) -> Result<Guest, Trouble> {
    match brings_sound(&stream).await {
        true => Ok(Guest::Sound(stream)),
        false => acceptor.accept(stream).await.map(|stream| Guest::Page(Box::new(stream))),
    }
}

/// Waits for the first byte: that of a short frame is zero, and neither TLS nor HTTP begin so.
async fn brings_sound(stream: &TcpStream) -> bool {
    let mut first = [1];
    matches!(stream.peek(&mut first).await, Ok(1)) && first == [0]
}

/// Our end. A connection that is gone already has none; it will be noticed.
fn end(local: io::Result<SocketAddr>, remote: SocketAddr) -> SocketAddr {
    local.unwrap_or(remote)
}

/// From here on a request comes from whoever asks, not from the proxy that passes it on.
async fn tell_visitor(
    State(proxies): State<Arc<Networks>>,
    ConnectInfo(ends): ConnectInfo<Ends>,
    mut request: Request,
    next: Next,
) -> Response {
    let visitor = Visitor { address: ends.remote.ip(), is_secure: ends.is_secure };
    let visitor = visitor.behind(&proxies, request.headers());
    let remote = SocketAddr::new(visitor.address, ends.remote.port());
    let ends = Ends { remote, is_secure: visitor.is_secure, ..ends };
    request.extensions_mut().insert(visitor);
    request.extensions_mut().insert(ConnectInfo(ends));
    next.run(request).await
}
