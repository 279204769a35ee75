//! Carries SIP messages over UDP, TCP, TLS and WebSockets.
//!
//! [`Transports::bind`] starts tasks that read sockets and feed one bounded channel; when it is full
//! they stop reading, so that datagrams are dropped by the kernel and streams are held back.
//! [`Transports::send`] never waits. Nothing here understands SIP beyond where a message ends.

mod connection;
mod limits;
mod table;
mod tcp;
pub mod tls;
mod udp;
pub mod websocket;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::endpoint::{Endpoint, Input};
use super::flow::{Destination, Flow, Transport};
pub use limits::Limits;
use table::{Peer, Table};
use tls::{Acceptor, Certificate, Connector};
use udp::UdpEnd;
use websocket::Door;

/// Where to listen, and how much to bear.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// One socket each; the first of a family sends to new addresses of that family.
    pub udp: Vec<SocketAddr>,
    pub tcp: Vec<SocketAddr>,
    pub tls: Vec<SocketAddr>,
    /// What proves who we are, to peers over TLS.
    pub certificate: Certificate,
    pub limits: Limits,
    /// Where datagrams are read: best where they are handled, since nothing else has to be woken then. The runtime
    /// of the caller if none. Connections are served there in any case, because TLS takes its time.
    pub datagrams: Option<Handle>,
}

/// What comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// One whole message, not yet read.
    Received { flow: Flow, bytes: Bytes },
    /// A connection is gone, with whatever was still to be sent over it.
    Closed { flow: Flow },
    /// A connection that somebody made to us has stood for a while.
    Stands { flow: Flow },
    /// What was to be sent to this address is lost: no connection could be made, or the kernel refused.
    SendFailed { to: Destination, why: Failed },
    /// Somebody connected, but no TLS came of it.
    Unsafe { remote: SocketAddr, why: tls::Trouble },
}

/// Why a message was lost on its way out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failed {
    /// Nobody was reached.
    #[error("{0}")]
    Network(String),
    /// Somebody was reached, but not who should be there.
    #[error(transparent)]
    Tls(tls::Trouble),
}

impl Incoming {
    /// What the endpoint is told of it, if it is its business.
    pub fn input(self) -> Option<Input> {
        match self {
            Incoming::Received { flow, bytes } => Some(Input::Received { flow, bytes }),
            Incoming::Closed { flow } => Some(Input::FlowClosed { flow }),
            Incoming::Stands { flow } => Some(Input::FlowStands { flow }),
            Incoming::SendFailed { to, why } => Some(Input::SendFailed { to, why: why.to_string() }),
            Incoming::Unsafe { .. } => None,
        }
    }
}

/// Why a message was not even queued. No [`Incoming::SendFailed`] follows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    #[error("the connection is gone")]
    Closed,
    #[error("the peer does not read what we send")]
    Full,
    #[error("as many connections as allowed")]
    TooMany,
    #[error("no socket for this transport and kind of address")]
    NoSocket,
    #[error("nobody says who has to be there, so TLS would prove nothing")]
    NoName,
    #[error("{0}")]
    Refused(String),
}

/// The sockets. Dropping the last clone closes them.
#[derive(Clone)]
pub struct Transports(Arc<Shared>);

struct Shared {
    udp: Vec<UdpEnd>,
    tcp: Vec<SocketAddr>,
    tls: Vec<SocketAddr>,
    certificate: Certificate,
    table: Arc<Table>,
    incoming: mpsc::Sender<Incoming>,
    limits: Limits,
    runtime: Handle,
    tasks: Vec<AbortHandle>,
}

impl Transports {
    /// Binds all sockets and starts to read them. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// If an address cannot be bound; the error names it.
    pub fn bind(config: Config) -> io::Result<(Transports, mpsc::Receiver<Incoming>)> {
        let Config { udp, tcp, tls, certificate, limits, datagrams } = config;
        let runtime = Handle::current();
        let datagrams = datagrams.unwrap_or_else(|| runtime.clone());
        let (incoming, receiver) = mpsc::channel(limits.incoming);
        let table = Arc::new(Table::new(limits.connections, limits.connections_per_source));
        let mut shared = Shared {
            udp: vec![],
            tcp: vec![],
            tls: vec![],
            certificate,
            table,
            incoming,
            limits,
            runtime,
            tasks: vec![],
        };
        for address in udp {
            let started = UdpEnd::start(address, limits.queue, shared.incoming.clone(), &datagrams);
            let (end, tasks) = started.map_err(|error| name(error, "UDP", address))?;
            shared.tasks.extend(tasks);
            shared.udp.push(end);
        }
        for address in tcp {
            let bound = shared.listen(address, None).map_err(|error| name(error, "TCP", address))?;
            shared.tcp.push(bound);
        }
        for address in tls {
            let acceptor = Acceptor::new(&shared.certificate);
            let bound =
                shared.listen(address, Some(acceptor)).map_err(|error| name(error, "TLS", address))?;
            shared.tls.push(bound);
        }
        Ok((Transports(Arc::new(shared)), receiver))
    }

    /// Sends a message, or queues it. Never waits.
    ///
    /// # Errors
    /// If it is known at once that the message cannot go. What turns out later, such as a connection
    /// that cannot be made, is reported as [`Incoming::SendFailed`].
    pub fn send(&self, to: Destination, bytes: Bytes) -> Result<(), SendError> {
        let shared = &self.0;
        match to {
            Destination::Flow(Flow { transport, connection, .. }) if transport.is_reliable() => {
                shared.table.send(connection.ok_or(SendError::Closed)?, bytes)
            }
            Destination::Address { transport: Transport::Tcp, .. } => {
                shared.connected(Peer { to, server: None }, bytes)
            }
            // One that stands is as good as when it was made; a new one would prove nothing.
            Destination::Address { transport: Transport::Tls, .. } | Destination::Provider { .. } => {
                let peer = Peer { to, server: None };
                shared.table.send_to(&peer, &bytes).unwrap_or(Err(SendError::NoName))
            }
            Destination::Flow(Flow { local, remote, .. }) => {
                let exact = shared.udp.iter().find(|end| end.is_at(local));
                let end = exact.or_else(|| shared.udp_for(remote)).ok_or(SendError::NoSocket)?;
                end.send(remote, bytes)
            }
            Destination::Address { transport: Transport::Udp, remote } => {
                shared.udp_for(remote).ok_or(SendError::NoSocket)?.send(remote, bytes)
            }
            Destination::Address { transport: Transport::Ws | Transport::Wss, .. } => {
                Err(SendError::NoSocket)
            }
        }
    }

    /// Sends a message of this endpoint, which knows who has to be where. Never waits.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn carry(&self, to: Destination, bytes: Bytes, endpoint: &Endpoint) -> Result<(), SendError> {
        match to {
            Destination::Provider { trunk, .. } => {
                let server = Some(endpoint.server(trunk).ok_or(SendError::NoName)?);
                self.0.connected(Peer { to, server }, bytes)
            }
            _ => self.send(to, bytes),
        }
    }

    /// Closes a connection once what is queued for it has been sent.
    pub fn close(&self, flow: Flow) {
        if let Some(id) = flow.connection {
            self.0.table.remove(id);
        }
    }

    /// Where WebSockets that the web server takes are handed over; it keeps nothing open but itself.
    pub fn websockets(&self) -> Door {
        Door::new(self.0.context())
    }

    /// Where UDP is bound, in the order of the configuration.
    pub fn udp_addresses(&self) -> Vec<SocketAddr> {
        self.0.udp.iter().map(|end| end.local).collect()
    }

    /// Where TCP listens, in the order of the configuration.
    pub fn tcp_addresses(&self) -> Vec<SocketAddr> {
        self.0.tcp.clone()
    }

    /// Where TLS listens, in the order of the configuration.
    pub fn tls_addresses(&self) -> Vec<SocketAddr> {
        self.0.tls.clone()
    }

    /// How many connections stand or are being made.
    pub fn connections(&self) -> usize {
        self.0.table.len()
    }
}

impl Shared {
    fn udp_for(&self, remote: SocketAddr) -> Option<&UdpEnd> {
        self.udp.iter().find(|end| end.local.is_ipv4() == remote.is_ipv4())
    }

    /// Sends over the connection with a peer, or over a new one.
    fn connected(&self, peer: Peer, bytes: Bytes) -> Result<(), SendError> {
        if let Some(sent) = self.table.send_to(&peer, &bytes) {
            return sent;
        }
        let connector = peer.server.clone().map(|server| Connector::new(server, &self.certificate));
        tcp::connect(peer, connector, bytes, self.context())
    }

    fn listen(&mut self, address: SocketAddr, acceptor: Option<Acceptor>) -> io::Result<SocketAddr> {
        let listener = tcp::listen(address)?;
        let bound = listener.local_addr()?;
        let accepting = tcp::accept(listener, acceptor, self.context());
        self.tasks.push(tokio::spawn(accepting).abort_handle());
        Ok(bound)
    }

    fn context(&self) -> Context {
        let (incoming, runtime) = (self.incoming.clone(), self.runtime.clone());
        Context { table: self.table.clone(), incoming, limits: self.limits, runtime }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.tasks.iter().for_each(AbortHandle::abort);
        self.table.clear();
    }
}

/// What the task of a connection needs.
#[derive(Clone)]
struct Context {
    table: Arc<Table>,
    incoming: mpsc::Sender<Incoming>,
    limits: Limits,
    /// Where connections are served.
    runtime: Handle,
}

fn name(error: io::Error, transport: &str, address: SocketAddr) -> io::Error {
    io::Error::new(error.kind(), format!("cannot listen on {transport} {address}: {error}"))
}

#[cfg(test)]
mod tests;
