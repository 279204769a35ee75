//! As much SIP (RFC 3261) as it takes to make many calls and registrations, and to count what became of them.

pub mod callee;
pub mod caller;
pub mod digest;
pub mod message;
pub mod registering;
pub mod sipp;
mod timers;

use std::net::UdpSocket;
use std::os::fd::AsRawFd;

use crate::clock::{self, MILLISECOND, Nanos};
use crate::datagram::{self, Arrival, Inbox};

/// First pause before a message is sent again (RFC 3261 section 17.1.1.1).
pub const T1: Nanos = 500 * MILLISECOND;
/// Longest such pause for everything but an INVITE.
pub const T2: Nanos = 4_000 * MILLISECOND;
/// How long anything is waited for.
pub const PATIENCE: Nanos = 64 * T1;
/// The longest sleep: what is done is looked at so often.
const LOOK_EVERY: Nanos = 50 * MILLISECOND;

/// A party that sends and answers messages at a socket of its own.
pub trait Agent {
    fn socket(&self) -> &UdpSocket;
    /// Something came.
    fn received(&mut self, arrival: Arrival);
    /// When it wants to do something by itself.
    fn due(&self) -> Option<Nanos>;
    /// Does what is due.
    fn wake(&mut self, now: Nanos);
    /// Nothing more is expected.
    fn is_done(&self) -> bool;
}

/// Lets agents go on until all are done, or until `limit`.
pub fn drive(agents: &mut [&mut dyn Agent], limit: Nanos) {
    let mut inbox = Inbox::new();
    let sockets: Vec<_> = agents.iter().map(|agent| agent.socket().as_raw_fd()).collect();
    loop {
        let now = clock::now();
        agents.iter_mut().for_each(|agent| agent.wake(now));
        let due = agents.iter().filter_map(|agent| agent.due()).min().unwrap_or(Nanos::MAX);
        let now = clock::now();
        datagram::wait(&sockets, due.min(limit).saturating_sub(now).min(LOOK_EVERY));
        for agent in agents.iter_mut() {
            let count = inbox.receive(agent.socket());
            inbox.arrivals(count).for_each(|arrival| agent.received(arrival));
        }
        if clock::now() > limit || agents.iter().all(|agent| agent.is_done()) {
            return;
        }
    }
}
