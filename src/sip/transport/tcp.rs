//! Making connections, and taking them: plain ones, and those with TLS on top.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use socket2::{Domain, Protocol, SockRef, Socket, TcpKeepalive, Type};
use tokio::net::{TcpListener, TcpStream};

use super::connection::{self, Maker, Queue};
use super::table::Peer;
use super::tls::{Acceptor, Connector, Trouble};
use super::{Context, Failed, Incoming, SendError};
use crate::sip::flow::{Destination, Flow, Transport};

/// Connections that wait to be taken.
const BACKLOG: i32 = 1024;
/// The kernel asks after a silent peer, so that an unplugged phone is noticed within two minutes.
const KEEP_ALIVE: TcpKeepalive = TcpKeepalive::new()
    .with_time(Duration::from_secs(60))
    .with_interval(Duration::from_secs(15))
    .with_retries(4);

pub(super) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    // Connections of the last run that linger in the kernel must not keep us from starting.
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

/// Takes connections for ever; with an acceptor, those with TLS.
pub(super) async fn accept(listener: TcpListener, acceptor: Option<Acceptor>, context: Context) {
    let transport = if acceptor.is_some() { Transport::Tls } else { Transport::Tcp };
    loop {
        match listener.accept().await {
            Ok((stream, remote)) => {
                let (queue, waiting) = Queue::new(context.limits.queue);
                let peer = Peer { to: Destination::Address { transport, remote }, server: None };
                // Beyond the limits the connection is closed at once.
                if let Some(id) = context.table.insert(peer, queue) {
                    prepare(&stream);
                    tokio::spawn(take(id, stream, acceptor.clone(), waiting, context.clone()));
                }
            }
            // Mostly too many open files: others may be closed meanwhile.
            Err(_) => pause(Duration::from_millis(100)).await,
        }
    }
}

/// Serves a connection that was taken.
async fn take(id: u64, stream: TcpStream, acceptor: Option<Acceptor>, queue: Queue, context: Context) {
    let transport = if acceptor.is_some() { Transport::Tls } else { Transport::Tcp };
    let Some(flow) = flow(id, transport, &stream) else { return context.table.remove(id) };
    let Some(acceptor) = acceptor else {
        return connection::run((id, Maker::Peer), flow, stream.into_split(), queue, context).await;
    };
    match shake_hands(flow, acceptor.accept(stream), &context).await {
        Ok(stream) => {
            connection::run((id, Maker::Peer), flow, tokio::io::split(stream), queue, context).await;
        }
        Err(why) => {
            context.table.remove(id);
            // If nobody listens any more, nobody misses it.
            let _ = context.incoming.send(Incoming::Unsafe { remote: flow.remote, why }).await;
        }
    }
}

async fn shake_hands<S>(
    flow: Flow,
    handshake: impl Future<Output = Result<S, Trouble>>,
    context: &Context,
) -> Result<S, Trouble> {
    let limit = context.limits.handshakes_per_source;
    let _turn = context.table.begin_handshake(flow.remote.ip(), limit).ok_or(Trouble::TooMany)?;
    tokio::time::timeout(context.limits.handshake, handshake).await.unwrap_or(Err(Trouble::TooSlow))
}

/// Begins a connection whose first message is this; with a connector, one with TLS.
pub(super) fn connect(
    peer: Peer,
    connector: Option<Connector>,
    first: Bytes,
    context: Context,
) -> Result<(), SendError> {
    let (queue, waiting) = Queue::new(context.limits.queue);
    queue.try_send(first).map_err(|_| SendError::Full)?;
    let to = peer.to;
    let id = context.table.insert(peer, queue).ok_or(SendError::TooMany)?;
    let runtime = context.runtime.clone();
    runtime.spawn(async move {
        let Err(why) = reach(id, to, connector, waiting, &context).await else { return };
        context.table.remove(id);
        // If nobody listens any more, nobody misses it.
        let _ = context.incoming.send(Incoming::SendFailed { to, why }).await;
    });
    Ok(())
}

/// Makes a connection and serves it to its end.
///
/// # Errors
/// Why there is none.
async fn reach(
    id: u64,
    to: Destination,
    connector: Option<Connector>,
    queue: Queue,
    context: &Context,
) -> Result<(), Failed> {
    let connecting = tokio::time::timeout(context.limits.connect, TcpStream::connect(to.remote())).await;
    let late = || Failed::Network(format!("no connection within {:?}", context.limits.connect));
    let stream = connecting.map_err(|_| late())?.map_err(|error| Failed::Network(error.to_string()))?;
    prepare(&stream);
    let gone = || Failed::Network("the connection was closed at once".to_owned());
    let flow = flow(id, to.transport(), &stream).ok_or_else(gone)?;
    match connector {
        None => {
            connection::run((id, Maker::Us), flow, stream.into_split(), queue, context.clone()).await;
        }
        Some(connector) => {
            let stream = shake_hands(flow, connector.connect(stream), context).await.map_err(Failed::Tls)?;
            connection::run((id, Maker::Us), flow, tokio::io::split(stream), queue, context.clone()).await;
        }
    }
    Ok(())
}

fn flow(id: u64, transport: Transport, stream: &TcpStream) -> Option<Flow> {
    let (local, remote) = (stream.local_addr().ok()?, stream.peer_addr().ok()?);
    Some(Flow { transport, local, remote, connection: Some(id) })
}

fn prepare(stream: &TcpStream) {
    // Both only make things faster to happen or to notice.
    let _ = stream.set_nodelay(true);
    let _ = SockRef::from(stream).set_tcp_keepalive(&KEEP_ALIVE);
}

#[expect(clippy::disallowed_methods, reason = "a driver waits for the kernel to recover")]
async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}
