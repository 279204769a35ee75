//! Which connections stand, and how many of whom.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::mpsc;

use super::SendError;

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
    by_remote: HashMap<SocketAddr, u64>,
    /// Only sources that have connections.
    by_source: HashMap<IpAddr, usize>,
}

struct Entry {
    remote: SocketAddr,
    /// Dropping it ends the connection once the queue is empty.
    queue: mpsc::Sender<Bytes>,
}

impl Table {
    pub fn new(limit: usize, limit_per_source: usize) -> Self {
        Self { connections: Mutex::default(), limit, limit_per_source }
    }

    /// Notes a connection and gives its number; `None` if there are too many.
    pub fn insert(&self, remote: SocketAddr, queue: mpsc::Sender<Bytes>) -> Option<u64> {
        let mut connections = self.lock();
        if connections.by_id.len() >= self.limit {
            return None;
        }
        let count = connections.by_source.entry(remote.ip()).or_default();
        if *count >= self.limit_per_source {
            return None;
        }
        *count += 1;
        connections.last += 1;
        let id = connections.last;
        connections.by_remote.insert(remote, id);
        connections.by_id.insert(id, Entry { remote, queue });
        Some(id)
    }

    /// Forgets a connection; it ends once what is queued has been sent.
    pub fn remove(&self, id: u64) {
        let mut connections = self.lock();
        let Some(Entry { remote, .. }) = connections.by_id.remove(&id) else { return };
        if connections.by_remote.get(&remote) == Some(&id) {
            connections.by_remote.remove(&remote);
        }
        if let Some(count) = connections.by_source.get_mut(&remote.ip()) {
            *count -= 1;
            if *count == 0 {
                connections.by_source.remove(&remote.ip());
            }
        }
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
    pub fn send_to(&self, remote: SocketAddr, bytes: &Bytes) -> Option<Result<(), SendError>> {
        let id = *self.lock().by_remote.get(&remote)?;
        match self.send(id, bytes.clone()) {
            Err(SendError::Closed) => None,
            result => Some(result),
        }
    }

    /// Forgets all connections.
    pub fn clear(&self) {
        let last = self.lock().last;
        *self.lock() = Connections { last, ..Connections::default() };
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

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
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
        let old = table.insert(peer, old).unwrap();
        table.insert(peer, new).unwrap();
        table.remove(old);
        assert_eq!(table.send_to(peer, &Bytes::from_static(b"a")), Some(Ok(())));
        assert_eq!(received.try_recv().unwrap(), "a");
        table.send_to(peer, &Bytes::new());
        assert_eq!(table.send_to(peer, &Bytes::new()), Some(Err(SendError::Full)));
        drop(received);
        assert_eq!(table.send_to(peer, &Bytes::new()), None);
        assert_eq!(table.send(old, Bytes::new()), Err(SendError::Closed));
    }
}
