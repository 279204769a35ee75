//! How browsers reach the web interface: over TLS too, for they let only those pages use a microphone that nobody can
//! have changed on the way; and through proxies.

use std::future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::connect_info::{Connected, IntoMakeServiceWithConnectInfo};
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;
use tokio_rustls::server::TlsStream;
use tracing::debug;

use crate::allow::Networks;
use crate::api::Visitor;
use crate::sip::transport::tls::{Acceptor, Certificate};
use crate::sip::transport::websocket::Ends;

/// Browsers that shake hands at once; others wait to be accepted.
const AT_ONCE: usize = 128;
/// How long one may take for it.
const PATIENCE: Duration = Duration::from_secs(10);
/// WebSockets begin with a request of HTTP/1.1 (RFC 6455 section 4.1).
const PROTOCOLS: [&[u8]; 1] = [b"http/1.1"];

/// A browser that has shaken hands, and where it is.
type Accepted = (TlsStream<TcpStream>, SocketAddr);

/// Takes connections over TLS for the web server. Whoever is slow to shake hands delays nobody else.
pub struct Https {
    accepted: mpsc::Receiver<Accepted>,
    local: SocketAddr,
}

impl Https {
    /// Listens, and shows the certificate as it is at the time of each handshake.
    ///
    /// # Errors
    /// The address cannot be listened on.
    pub async fn listen(address: SocketAddr, certificate: &Certificate) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let local = listener.local_addr()?;
        let (ready, accepted) = mpsc::channel(AT_ONCE);
        tokio::spawn(shake_hands(listener, Acceptor::for_web(certificate, &PROTOCOLS), ready));
        Ok(Self { accepted, local })
    }
}

impl Listener for Https {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> Accepted {
        match self.accepted.recv().await {
            Some(accepted) => accepted,
            // The program ends.
            None => future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.local)
    }
}

impl Connected<IncomingStream<'_, Https>> for Ends {
    fn connect_info(stream: IncomingStream<'_, Https>) -> Self {
        let remote = *stream.remote_addr();
        // A connection that is gone already has no end of ours; it will be noticed.
        let local = stream.io().get_ref().0.local_addr().unwrap_or(remote);
        Self { local, remote, is_secure: true }
    }
}

/// What is served to the network: each request tells its [`Visitor`], who may stand behind these proxies.
pub fn served(pages: Router, proxies: &Networks) -> IntoMakeServiceWithConnectInfo<Router, Ends> {
    let proxies = Arc::new(proxies.clone());
    pages.layer(from_fn_with_state(proxies, tell_visitor)).into_make_service_with_connect_info()
}

async fn tell_visitor(
    State(proxies): State<Arc<Networks>>,
    ConnectInfo(ends): ConnectInfo<Ends>,
    mut request: Request,
    next: Next,
) -> Response {
    let visitor = Visitor { address: ends.remote.ip(), is_secure: ends.is_secure };
    let visitor = visitor.behind(&proxies, request.headers());
    request.extensions_mut().insert(visitor);
    next.run(request).await
}

async fn shake_hands(mut listener: TcpListener, acceptor: Acceptor, ready: mpsc::Sender<Accepted>) {
    let room = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
        let (stream, remote) = Listener::accept(&mut listener).await;
        let (acceptor, ready) = (acceptor.clone(), ready.clone());
        tokio::spawn(async move {
            match timeout(PATIENCE, acceptor.accept(stream)).await {
                // The web server is gone only when the program ends.
                Ok(Ok(stream)) => drop(ready.send((stream, remote)).await),
                Ok(Err(trouble)) => debug!(%remote, %trouble, "a browser did not shake hands"),
                Err(_) => debug!(%remote, "a browser took too long to shake hands"),
            }
            drop(place);
        });
    }
}
