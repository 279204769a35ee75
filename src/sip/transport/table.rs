//! Which connections stand, and how many of whom.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::mpsc;

use super::SendError;
use super::tls::Server;
use crate::sip::flow::Destination;
use crate::sip::guard::Source;

/// Whom a connection leads to: the address, and who was to be there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Peer {
    pub to: Destination,
    pub server: Option<Server>,
}

/// The connections by number and by peer. Locked for a look-up at a time, never across a wait.
pub(super) struct Table {
    connections: Mutex<Connections>,
    limit: usize,
    limit_per_source: usize,
}

#[derive(Default)]
struct Connections {
    last: u64,
    by_id: HashMap<u64, Entry>,
    /// The newest connection with each peer.
    by_peer: HashMap<Peer, u64>,
    /// Only sources that have connections.
    by_source: HashMap<Source, usize>,
    /// Only sources that shake hands.
    handshakes: HashMap<Source, usize>,
}

struct Entry {
    peer: Peer,
    /// Dropping it ends the connection once the queue is empty.
    queue: mpsc::Sender<Bytes>,
}

impl Table {
    pub fn new(limit: usize, limit_per_source: usize) -> Self {
        Self { connections: Mutex::default(), limit, limit_per_source }
    }

    /// Notes a connection and gives its number; `None` if there are too many.
    pub fn insert(&self, peer: Peer, queue: mpsc::Sender<Bytes>) -> Option<u64> {
        let mut connections = self.lock();
        if connections.by_id.len() >= self.limit {
            return None;
        }
        let count = connections.by_source.entry(peer.to.remote().ip().into()).or_default();
        if *count >= self.limit_per_source {
            return None;
        }
        *count += 1;
        connections.last += 1;
        let id = connections.last;
        connections.by_peer.insert(peer.clone(), id);
        connections.by_id.insert(id, Entry { peer, queue });
        Some(id)
    }

    /// Forgets a connection; it ends once what is queued has been sent.
    pub fn remove(&self, id: u64) {
        let mut connections = self.lock();
        let Some(Entry { peer, .. }) = connections.by_id.remove(&id) else { return };
        if connections.by_peer.get(&peer) == Some(&id) {
            connections.by_peer.remove(&peer);
        }
        decrease(&mut connections.by_source, peer.to.remote().ip().into());
    }

    /// Notes that a handshake with this source begins; `None` if too many are under way with it.
    pub fn begin_handshake(&self, source: IpAddr, limit: usize) -> Option<Handshake<'_>> {
        let (source, mut connections) = (Source::from(source), self.lock());
        let count = connections.handshakes.entry(source).or_default();
        if *count >= limit {
            return None;
        }
        *count += 1;
        Some(Handshake { table: self, source })
    }

    /// Queues a message for this connection.
    pub fn send(&self, id: u64, bytes: Bytes) -> Result<(), SendError> {
        let connections = self.lock();
        let entry = connections.by_id.get(&id).ok_or(SendError::Closed)?;
        entry.queue.try_send(bytes).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => SendError::Full,
            mpsc::error::TrySendError::Closed(_) => SendError::Closed,
        })
    }

    /// Queues a message for a connection with this peer; `None` if there is none that takes it.
    pub fn send_to(&self, peer: &Peer, bytes: &Bytes) -> Option<Result<(), SendError>> {
        let id = *self.lock().by_peer.get(peer)?;
        match self.send(id, bytes.clone()) {
            Err(SendError::Closed) => None,
            result => Some(result),
        }
    }

    /// Forgets all connections.
    pub fn clear(&self) {
        let last = self.lock().last;
        let mut connections = self.lock();
        let handshakes = std::mem::take(&mut connections.handshakes);
        *connections = Connections { last, handshakes, ..Connections::default() };
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.lock().by_id.len()
    }

    fn lock(&self) -> MutexGuard<'_, Connections> {
        // Each change is complete before anything could panic, so the table is good even then.
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A handshake under way. It counts until it is dropped.
pub(super) struct Handshake<'a> {
    table: &'a Table,
    source: Source,
}

impl Drop for Handshake<'_> {
    fn drop(&mut self) {
        decrease(&mut self.table.lock().handshakes, self.source);
    }
}

fn decrease(counts: &mut HashMap<Source, usize>, source: Source) {
    if let Some(count) = counts.get_mut(&source) {
        *count -= 1;
        if *count == 0 {
            counts.remove(&source);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::flow::Transport;

    fn address(text: &str) -> Peer {
        let to = Destination::Address { transport: Transport::Tcp, remote: text.parse().unwrap() };
        Peer { to, server: None }
    }

    #[test]
    fn connections_are_limited_in_all_and_for_each_source() {
        let table = Table::new(3, 2);
        let queue = || mpsc::channel(1).0;
        let first = table.insert(address("192.0.2.1:1"), queue()).unwrap();
        assert!(table.insert(address("192.0.2.1:2"), queue()).is_some());
        assert_eq!(table.insert(address("192.0.2.1:3"), queue()), None);
        assert!(table.insert(address("192.0.2.2:1"), queue()).is_some());
        assert_eq!(table.insert(address("192.0.2.3:1"), queue()), None);
        table.remove(first);
        table.remove(first);
        assert!(table.insert(address("192.0.2.1:3"), queue()).is_some_and(|id| id > 3));
        table.clear();
        assert_eq!(table.len(), 0);
    }

    #[test]
    fn the_newest_connection_with_a_peer_is_used() {
        let table = Table::new(9, 9);
        let peer = address("192.0.2.1:5060");
        let ((old, _old), (new, mut received)) = (mpsc::channel(1), mpsc::channel(1));
        let old = table.insert(peer.clone(), old).unwrap();
        table.insert(peer.clone(), new).unwrap();
        table.remove(old);
        assert_eq!(table.send_to(&peer, &Bytes::from_static(b"a")), Some(Ok(())));
        assert_eq!(received.try_recv().unwrap(), "a");
        table.send_to(&peer, &Bytes::new());
        assert_eq!(table.send_to(&peer, &Bytes::new()), Some(Err(SendError::Full)));
        drop(received);
        assert_eq!(table.send_to(&peer, &Bytes::new()), None);
        assert_eq!(table.send(old, Bytes::new()), Err(SendError::Closed));
    }

    #[test]
    fn a_connection_is_used_for_no_other_peer_at_the_same_address() {
        let table = Table::new(9, 9);
        let (queue, _waiting) = mpsc::channel(1);
        let tcp = address("192.0.2.1:5061");
        let to = Destination::Address { transport: Transport::Tls, remote: tcp.to.remote() };
        let server = |name: &str| Some(Server { host: "p.example".into(), name: name.into(), ca: None });
        let proved = Peer { to, server: server("p.example") };
        table.insert(proved.clone(), queue).unwrap();
        for other in [tcp, Peer { to, server: None }, Peer { to, server: server("q.example") }] {
            assert_eq!(table.send_to(&other, &Bytes::new()), None, "{other:?}");
        }
        assert_eq!(table.send_to(&proved, &Bytes::new()), Some(Ok(())));
    }

    #[test]
    fn handshakes_of_one_source_are_limited_while_they_last() {
        let table = Table::new(9, 9);
        let (one, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let first = table.begin_handshake(one, 1);
        assert!(first.is_some() && table.begin_handshake(one, 1).is_none());
        assert!(table.begin_handshake(other, 1).is_some());
        drop(first);
        assert!(table.begin_handshake(one, 1).is_some());
    }
}
