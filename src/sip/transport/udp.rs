//! One UDP socket.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket as StdSocket};
use std::sync::Arc;

use bytes::Bytes;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::task::AbortHandle;

use super::{Failed, Incoming, SendError};
use crate::sip::flow::{Destination, Flow, Transport};
use crate::sip::message::MAX_DATAGRAM;

/// What the kernel keeps for us while the switch is busy: some 4,000 messages.
const RECEIVE_BUFFER: usize = 4 << 20;
const SEND_BUFFER: usize = 1 << 20;
/// Datagrams read before other tasks get their turn: what waits should wait where it is counted, not in the kernel.
const BATCH: usize = 1_024;
/// Peers whose way to us is remembered, if the socket listens on all addresses.
const ROUTES: usize = 4096;

/// The sending side of a socket.
pub(super) struct UdpEnd {
    /// Where it is bound; the address may be unspecified, the port is not.
    pub local: SocketAddr,
    socket: Arc<UdpSocket>,
    /// For what the socket does not take at once.
    later: mpsc::Sender<(SocketAddr, Bytes)>,
}

impl UdpEnd {
    /// Binds a socket and starts the tasks that read it and send what had to wait, on this runtime.
    pub fn start(
        address: SocketAddr,
        queue: usize,
        incoming: mpsc::Sender<Incoming>,
        runtime: &Handle,
    ) -> io::Result<(Self, [AbortHandle; 2])> {
        let _entered = runtime.enter();
        let socket = Arc::new(UdpSocket::from_std(bound(address)?)?);
        let local = socket.local_addr()?;
        let (later, waiting) = mpsc::channel(queue);
        let receiving = tokio::spawn(receive(socket.clone(), local, incoming.clone())).abort_handle();
        let sending = tokio::spawn(send_waiting(socket.clone(), waiting, incoming)).abort_handle();
        Ok((Self { local, socket, later }, [receiving, sending]))
    }

    /// Whether a flow with this local end came in here.
    pub fn is_at(&self, local: SocketAddr) -> bool {
        let own = self.local.ip();
        self.local.port() == local.port()
            && (own == local.ip() || own.is_unspecified() && own.is_ipv4() == local.is_ipv4())
    }

    /// Sends a datagram, or queues it if the kernel's buffer is full.
    pub fn send(&self, remote: SocketAddr, bytes: Bytes) -> Result<(), SendError> {
        match self.socket.try_send_to(&bytes, remote) {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.later.try_send((remote, bytes)).map_err(|_| SendError::Full)
            }
            Err(error) => Err(SendError::Refused(error.to_string())),
        }
    }
}

fn bound(address: SocketAddr) -> io::Result<StdSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    if address.is_ipv6() {
        // Each family has a socket of its own, so that addresses stay what they look like.
        socket.set_only_v6(true)?;
    }
    socket.set_nonblocking(true)?;
    // The kernel may be told to give less; that is no reason not to start.
    let _ = socket.set_recv_buffer_size(RECEIVE_BUFFER);
    let _ = socket.set_send_buffer_size(SEND_BUFFER);
    socket.bind(&address.into())?;
    Ok(socket.into())
}

async fn send_waiting(
    socket: Arc<UdpSocket>,
    mut waiting: mpsc::Receiver<(SocketAddr, Bytes)>,
    incoming: mpsc::Sender<Incoming>,
) {
    while let Some((remote, bytes)) = waiting.recv().await {
        if let Err(error) = socket.send_to(&bytes, remote).await {
            let to = Destination::Address { transport: Transport::Udp, remote };
            // If nobody listens any more, nobody misses it.
            let _ = incoming.send(Incoming::SendFailed { to, why: Failed::Network(error.to_string()) }).await;
        }
    }
}

/// Reads datagrams until nobody wants them any more.
async fn receive(socket: Arc<UdpSocket>, local: SocketAddr, incoming: mpsc::Sender<Incoming>) {
    let mut buffer = vec![0; MAX_DATAGRAM];
    let mut routes = Routes { local, known: HashMap::new() };
    loop {
        // An error of the socket is one peer's ICMP message at most; the others go on.
        let _ = socket.readable().await;
        for _ in 0..BATCH {
            let Ok((length, remote)) = socket.try_recv_from(&mut buffer) else { break };
            let datagram = buffer.get(..length).unwrap_or_default();
            if !is_message(datagram) {
                continue;
            }
            let flow =
                Flow { transport: Transport::Udp, local: routes.local_for(remote), remote, connection: None };
            let bytes = Bytes::copy_from_slice(datagram);
            match incoming.try_send(Incoming::Received { flow, bytes }) {
                Ok(()) => {}
                Err(TrySendError::Full(message)) => _ = incoming.send(message).await,
                Err(TrySendError::Closed(_)) => return,
            }
        }
        tokio::task::yield_now().await;
    }
}

/// Phones keep holes in NATs open with line ends, zeros and STUN; a message begins with a letter.
fn is_message(datagram: &[u8]) -> bool {
    datagram.iter().find(|byte| !matches!(byte, b'\r' | b'\n')).is_some_and(|first| *first > b' ')
}

/// Which of our addresses a peer reaches.
struct Routes {
    local: SocketAddr,
    known: HashMap<IpAddr, IpAddr>,
}

impl Routes {
    fn local_for(&mut self, remote: SocketAddr) -> SocketAddr {
        if !self.local.ip().is_unspecified() {
            return self.local;
        }
        if self.known.len() >= ROUTES {
            self.known.clear();
        }
        let local = self.local;
        let own = *self.known.entry(remote.ip()).or_insert_with(|| source_for(remote).unwrap_or(local.ip()));
        SocketAddr::new(own, local.port())
    }
}

/// The address from which the kernel sends to this peer. Nothing is sent to find out.
fn source_for(remote: SocketAddr) -> io::Result<IpAddr> {
    let any: IpAddr = if remote.is_ipv4() { [0; 4].into() } else { [0; 16].into() };
    let socket = StdSocket::bind((any, 0))?;
    socket.connect(remote)?;
    Ok(socket.local_addr()?.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keep_alives_are_no_messages() {
        for datagram in [&b""[..], b"\r\n\r\n", b"\0", b"\0\x01\0\0\x21\x12\xa4\x42", b" "] {
            assert!(!is_message(datagram), "{datagram:?}");
        }
        assert!(is_message(b"\r\nOPTIONS"));
    }

    #[test]
    fn a_socket_on_all_addresses_knows_which_one_a_peer_reaches() {
        let mut routes = Routes { local: "0.0.0.0:5060".parse().unwrap(), known: HashMap::new() };
        let local = routes.local_for("127.0.0.1:40000".parse().unwrap());
        assert_eq!(local, "127.0.0.1:5060".parse().unwrap());
    }
}
