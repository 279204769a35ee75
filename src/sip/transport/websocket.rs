//! SIP over WebSockets (RFC 7118): browsers come by the web server, and stay on the connection that they made.
//!
//! One WebSocket message is one SIP message, so nothing has to be cut. Whoever is silent is asked for a sign of life,
//! because a browser that sleeps or lost its network closes nothing.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::connect_info::Connected;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::IncomingStream;
use bytes::Bytes;
use tokio::net::TcpListener;
use tokio::time::{Instant, timeout, timeout_at};

use super::connection::{Maker, PONG, Patience, Queue, Review, now};
use super::table::Peer;
use super::{Context, Incoming};
use crate::sip::flow::{Destination, Flow, Transport};
use crate::sip::message::{MAX_BODY, MAX_HEAD};

/// The subprotocol (RFC 7118 section 4).
const SUBPROTOCOL: &str = "sip";
/// The longest message.
const LONGEST: usize = MAX_HEAD + MAX_BODY;
/// What is read at a time: a message is some 2 kB, and there may be thousands of WebSockets.
const READ: usize = 4 * 1_024;
/// What one WebSocket may have waiting in its own buffer before it is the peer that does not read.
const UNSENT: usize = 4 * LONGEST;

/// The two ends of a connection that the web server took, and whether it is over TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    /// Our end.
    pub local: SocketAddr,
    /// The browser's.
    pub remote: SocketAddr,
    /// Whether nobody can listen in.
    pub is_secure: bool,
}

impl Connected<IncomingStream<'_, TcpListener>> for Ends {
    fn connect_info(stream: IncomingStream<'_, TcpListener>) -> Self {
        let remote = *stream.remote_addr();
        // A connection that is gone already has no end of ours; it will be noticed.
        let local = stream.io().local_addr().unwrap_or(remote);
        Self { local, remote, is_secure: false }
    }
}

/// Takes WebSockets from the web server.
#[derive(Clone)]
pub struct Door {
    context: Context,
    /// Pages of these origins may connect, besides those of our own host.
    origins: Vec<String>,
}

impl Door {
    pub(super) fn new(context: Context) -> Self {
        Self { context, origins: vec![] }
    }

    /// Lets pages of these origins (`https://intranet.example`) connect too.
    pub fn for_pages_of(mut self, origins: &[String]) -> Self {
        self.origins = origins.to_vec();
        self
    }

    /// The route `GET /sip`. The server has to give each request its [`Ends`] as `ConnectInfo`.
    pub fn router(self) -> Router {
        Router::new().route("/sip", get(enter)).with_state(self)
    }

    /// Whether a page of this origin may connect. Programs that are no browsers name none.
    fn lets_in(&self, headers: &HeaderMap) -> bool {
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let Some(origin) = headers.get(header::ORIGIN) else { return true };
        let Ok(origin) = origin.to_str() else { return false };
        let host = origin.split_once("://").map(|(_, host)| host);
        let own = text(header::HOST);
        let is_own = host.zip(own).is_some_and(|(host, own)| host.eq_ignore_ascii_case(own));
        is_own || self.origins.iter().any(|listed| listed.eq_ignore_ascii_case(origin))
    }
}

async fn enter(
    State(door): State<Door>,
    ConnectInfo(ends): ConnectInfo<Ends>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(_) => {
            return refusal(StatusCode::UPGRADE_REQUIRED, "this is for WebSockets that carry SIP (RFC 7118)");
        }
    };
    if !door.lets_in(&headers) {
        return refusal(
            StatusCode::FORBIDDEN,
            "pages of this origin may not connect; an administrator can list it with --web-origin",
        );
    }
    let asked = upgrade.requested_protocols().any(|name| name.as_bytes().eq_ignore_ascii_case(b"sip"));
    if !asked {
        return refusal(StatusCode::BAD_REQUEST, "ask for the subprotocol `sip` (RFC 7118)");
    }
    let transport = if ends.is_secure { Transport::Wss } else { Transport::Ws };
    let (queue, waiting) = Queue::new(door.context.limits.queue);
    let to = Destination::Address { transport, remote: ends.remote };
    let Some(id) = door.context.table.insert(Peer { to, server: None }, queue) else {
        return refusal(StatusCode::SERVICE_UNAVAILABLE, "as many connections as allowed; close others");
    };
    let flow = Flow { transport, local: ends.local, remote: ends.remote, connection: Some(id) };
    let seat = Seat { id, context: door.context };
    let upgrade = upgrade.protocols([SUBPROTOCOL]).max_message_size(LONGEST).max_frame_size(LONGEST);
    upgrade
        .read_buffer_size(READ)
        .max_write_buffer_size(UNSENT)
        .on_upgrade(move |socket| run(seat, flow, socket, waiting))
}

fn refusal(status: StatusCode, why: &'static str) -> Response {
    (status, why).into_response()
}

/// A place in the table of connections. It is given back whatever becomes of the connection.
struct Seat {
    id: u64,
    context: Context,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.context.table.remove(self.id);
    }
}

/// Carries messages until either end has enough, then says that the connection is gone.
async fn run(seat: Seat, flow: Flow, mut socket: WebSocket, queue: Queue) {
    let incoming = seat.context.incoming.clone();
    let end = Connection { flow, socket: &mut socket, context: &seat.context }.serve(queue).await;
    let farewell = seat.context.limits.farewell;
    drop(seat);
    if let Some(code) = end {
        let frame = CloseFrame { code, reason: "".into() };
        // A peer that does not read any more is not waited for.
        let _ = timeout(farewell, socket.send(Message::Close(Some(frame)))).await;
    }
    drop(socket);
    // If nobody listens any more, nobody misses it.
    let _ = incoming.send(Incoming::Closed { flow }).await;
}

struct Connection<'a> {
    flow: Flow,
    socket: &'a mut WebSocket,
    context: &'a Context,
}

/// Whether a connection goes on, and how it ends if it does not: with this close code, or without a word.
type Go = Result<(), Option<u16>>;

impl Connection<'_> {
    async fn serve(mut self, queue: Queue) -> Option<u16> {
        let limits = self.context.limits;
        let mut waiting = queue.waiting;
        let (mut patience, mut review) = (Patience::new(limits), Review::new(Maker::Peer, &limits));
        let mut heartbeat = Heartbeat { at: now() + limits.heartbeat, is_owed: false };
        loop {
            if review.is_due(&limits)
                && pass_on(self.context, Incoming::Stands { flow: self.flow }).await.is_err()
            {
                return None;
            }
            let wake = patience.ends().min(review.at).min(heartbeat.at);
            let step = tokio::select! {
                received = timeout_at(wake, self.socket.recv()) => match received {
                    Ok(Some(Ok(message))) => {
                        heartbeat.is_owed = false;
                        self.receive(message, &mut patience).await
                    }
                    Ok(Some(Err(_)) | None) => Err(None),
                    Err(_) if patience.ends() <= now() => Err(Some(close_code::POLICY)),
                    Err(_) => self.beat(&mut heartbeat).await,
                },
                message = waiting.recv() => match message {
                    Some(bytes) => self.send(framed(bytes)).await,
                    // We are to close it.
                    None => Err(Some(close_code::NORMAL)),
                },
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    async fn receive(&mut self, message: Message, patience: &mut Patience) -> Go {
        let bytes: Bytes = match message {
            Message::Text(text) => text.into(),
            Message::Binary(bytes) => bytes,
            // The library answers pings by itself.
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Close(_) => return Err(None),
        };
        patience.note(true, false);
        // A sign of life (RFC 5626 section 4.4.1); a lone line end is the answer to one.
        if bytes.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
            return match bytes.len() >= 4 {
                true => self.send(framed(PONG)).await,
                false => Ok(()),
            };
        }
        pass_on(self.context, Incoming::Received { flow: self.flow, bytes }).await
    }

    async fn send(&mut self, message: Message) -> Go {
        match timeout(self.context.limits.write, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(None),
        }
    }

    /// Asks for a sign of life if it is time to.
    async fn beat(&mut self, heartbeat: &mut Heartbeat) -> Go {
        if heartbeat.at > now() {
            return Ok(());
        }
        if heartbeat.is_owed {
            return Err(None);
        }
        *heartbeat = Heartbeat { at: now() + self.context.limits.heartbeat, is_owed: true };
        self.send(Message::Ping(Bytes::new())).await
    }
}

/// Waits if the switch has much to do.
async fn pass_on(context: &Context, incoming: Incoming) -> Go {
    context.incoming.send(incoming).await.map_err(|_| Some(close_code::AWAY))
}

/// When the peer is next asked for a sign of life, and whether it still owes the last one.
struct Heartbeat {
    at: Instant,
    is_owed: bool,
}

/// Messages are text if they can be: some stacks take nothing else.
fn framed(bytes: Bytes) -> Message {
    match axum::extract::ws::Utf8Bytes::try_from(bytes.clone()) {
        Ok(text) => Message::Text(text),
        Err(_) => Message::Binary(bytes),
    }
}

#[cfg(test)]
mod tests;
