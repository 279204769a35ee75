//! How much the transports bear.

use std::time::Duration;

/// Bounds of queues, connections and patience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Messages that wait for the switch. At 1,500 calls a second that is a third of a second.
    pub incoming: usize,
    /// Messages that wait for one peer.
    pub queue: usize,
    /// Connections in all; each costs some 20 kB.
    pub connections: usize,
    /// Connections from one address: an office of phones behind one NAT has this many.
    pub connections_per_source: usize,
    /// How long making a connection may take; shorter than any transaction waits.
    pub connect: Duration,
    /// How long a TLS handshake may take, both ways.
    pub handshake: Duration,
    /// TLS handshakes under way with one address. Each costs a signature, which is most of what a stranger can make
    /// us work before we know who it is.
    pub handshakes_per_source: usize,
    /// How long one message may take to arrive, and the first of a connection to begin.
    pub message: Duration,
    /// How long a connection that was made to us stands before it is asked whether it is of use: as long as the longest
    /// transaction takes (64·T1, RFC 3261 section 17.1.2.2), which is enough for anybody to prove a secret.
    pub stranger: Duration,
    /// And how long after each time that it was.
    pub review: Duration,
    /// How long a connection may be silent: longer than a registration with the usual expiry.
    pub idle: Duration,
    /// How often a WebSocket is asked for a sign of life. It is gone if none comes until the next time.
    pub heartbeat: Duration,
    /// How long a peer may refuse to read.
    pub write: Duration,
    /// How long the last words over a connection may take.
    pub farewell: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            incoming: 4096,
            queue: 256,
            connections: 10_000,
            connections_per_source: 64,
            connect: Duration::from_secs(5),
            handshake: Duration::from_secs(5),
            handshakes_per_source: 16,
            message: Duration::from_secs(30),
            stranger: Duration::from_secs(32),
            review: Duration::from_secs(300),
            idle: Duration::from_secs(4_200),
            // Proxies cut what is silent for a minute.
            heartbeat: Duration::from_secs(20),
            write: Duration::from_secs(10),
            farewell: Duration::from_secs(1),
        }
    }
}
