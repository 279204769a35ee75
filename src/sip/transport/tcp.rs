//! Making TCP connections, and taking them.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use socket2::{Domain, Protocol, SockRef, Socket, TcpKeepalive, Type};
use tokio::net::{TcpListener, TcpStream};

use super::connection::{self, Queue};
use super::{Context, Incoming, SendError};
use crate::sip::flow::{Destination, Transport};

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

/// Takes connections for ever.
pub(super) async fn accept(listener: TcpListener, context: Context) {
    loop {
        match listener.accept().await {
            Ok((stream, remote)) => {
                let (queue, waiting) = Queue::new(context.limits.queue);
                // Beyond the limits the connection is closed at once.
                if let Some(id) = context.table.insert(remote, queue) {
                    prepare(&stream);
                    tokio::spawn(connection::run(id, stream, waiting, context.clone()));
                }
            }
            // Mostly too many open files: others may be closed meanwhile.
            Err(_) => pause(Duration::from_millis(100)).await,
        }
    }
}

/// Begins a connection whose first message is this.
pub(super) fn connect(remote: SocketAddr, first: Bytes, context: Context) -> Result<(), SendError> {
    let (queue, waiting) = Queue::new(context.limits.queue);
    queue.try_send(first).map_err(|_| SendError::Full)?;
    let id = context.table.insert(remote, queue).ok_or(SendError::TooMany)?;
    tokio::spawn(async move {
        let why = match tokio::time::timeout(context.limits.connect, TcpStream::connect(remote)).await {
            Ok(Ok(stream)) => {
                prepare(&stream);
                return connection::run(id, stream, waiting, context).await;
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no connection within {:?}", context.limits.connect),
        };
        context.table.remove(id);
        let to = Destination::Address { transport: Transport::Tcp, remote };
        // If nobody listens any more, nobody misses it.
        let _ = context.incoming.send(Incoming::SendFailed { to, why }).await;
    });
    Ok(())
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
