//! Keeps the SIP messages of the last time, beside the switch task.
//!
//! The switch task only clones what it has in hand and hands it over in batches; finding, masking and
//! forgetting are done elsewhere. If that cannot keep up, messages are left out of the trace, and counted.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::id::SessionId;
use crate::sip::flow::{Destination, Flow};
use crate::time::Time;
use crate::trace::{Limits, Message, Ring, Shown, Wanted};

/// How long a message waits for company: to hand over wakes another thread.
const GATHER: Duration = Duration::from_millis(20);
/// So many do not wait any longer.
const BATCH: usize = 512;
/// Batches that wait at most for being kept.
const WAITING: usize = 256;

/// The switch task's end.
pub struct Tracer {
    batch: Vec<Note>,
    /// When the batch is handed over at the latest, if there is something in it.
    due: Option<Time>,
    /// None if nothing is to be kept.
    to: Option<mpsc::Sender<Vec<Note>>>,
    /// Where SIP is spoken: our end of what is sent to an address, before a socket is chosen.
    own: Vec<SocketAddr>,
    /// Messages that were left out.
    pub lost: u64,
}

/// The end of those who ask.
#[derive(Clone)]
pub struct Traces(Option<Arc<Mutex<Ring>>>);

enum Note {
    Message(Message),
    Name { session: SessionId, call_id: Box<str>, at_us: i64 },
}

/// Starts keeping messages for `keep`, at most `bytes` of them; nothing at all if either is zero.
pub fn start(keep: Duration, bytes: usize, own: Vec<SocketAddr>) -> (Tracer, Traces) {
    let off = keep.is_zero() || bytes == 0;
    let age_us = i64::try_from(keep.as_micros()).unwrap_or(i64::MAX / 2);
    let ring = (!off).then(|| Arc::new(Mutex::new(Ring::new(Limits { age_us, bytes }))));
    let to = ring.clone().map(|ring| {
        let (to, mut from) = mpsc::channel::<Vec<Note>>(WAITING);
        tokio::spawn(async move {
            while let Some(batch) = from.recv().await {
                take(&ring, batch);
            }
        });
        to
    });
    (Tracer { batch: Vec::new(), due: None, to, own, lost: 0 }, Traces(ring))
}

fn take(ring: &Mutex<Ring>, batch: Vec<Note>) {
    let mut ring = ring.lock().unwrap_or_else(PoisonError::into_inner);
    for note in batch {
        match note {
            Note::Message(message) => ring.push(message),
            Note::Name { session, call_id, at_us } => ring.name(session, &call_id, at_us),
        }
    }
}

impl Tracer {
    /// A message came.
    pub fn received(&mut self, flow: &Flow, bytes: &Bytes, at_us: i64) {
        self.note(|| {
            let Flow { transport, local, remote, .. } = *flow;
            Note::Message(Message { at_us, sent: false, transport, local, remote, bytes: bytes.clone() })
        });
    }

    /// A message goes.
    pub fn sent(&mut self, to: &Destination, bytes: &Bytes, at_us: i64) {
        // Two bytes that keep a NAT open are no message (RFC 5626 section 3.5.1).
        if bytes.len() < 8 {
            return;
        }
        let (transport, remote) = (to.transport(), to.remote());
        let local = match to {
            Destination::Flow(flow) => flow.local,
            Destination::Address { .. } | Destination::Provider { .. } => self.local_for(remote),
        };
        self.note(|| {
            Note::Message(Message { at_us, sent: true, transport, local, remote, bytes: bytes.clone() })
        });
    }

    fn local_for(&self, remote: SocketAddr) -> SocketAddr {
        let like = self.own.iter().find(|own| own.is_ipv4() == remote.is_ipv4());
        like.copied().unwrap_or_else(|| SocketAddr::from(([0, 0, 0, 0], 0)))
    }

    /// A call is one of a session's.
    pub fn name(&mut self, session: SessionId, call_id: &str, at_us: i64) {
        self.note(|| Note::Name { session, call_id: call_id.into(), at_us });
    }

    fn note(&mut self, note: impl FnOnce() -> Note) {
        if self.to.is_some() {
            self.batch.push(note());
        }
    }

    /// When to [`flush`](Self::flush) at the latest.
    pub fn poll_timeout(&self) -> Option<Time> {
        self.due
    }

    /// Hands over what was noted, if it has waited long enough or is much. Never waits.
    pub fn flush(&mut self, now: Time) {
        let Some(to) = &self.to else { return };
        if self.batch.is_empty() {
            return;
        }
        let due = *self.due.get_or_insert(now + GATHER);
        if now < due && self.batch.len() < BATCH {
            return;
        }
        self.due = None;
        if let Err(full) = to.try_send(std::mem::take(&mut self.batch)) {
            self.lost += full.into_inner().len() as u64;
        }
    }
}

impl Traces {
    /// The messages wanted with their secrets masked, the oldest first, and the number of the newest of all.
    /// None if nothing is kept.
    pub async fn find(&self, wanted: Wanted) -> Option<(Vec<Shown>, Option<u64>)> {
        let ring = Arc::clone(self.0.as_ref()?);
        // To look through all that is kept takes longer than a task may.
        let looked = tokio::task::spawn_blocking(move || {
            let (found, last) = {
                let ring = ring.lock().unwrap_or_else(PoisonError::into_inner);
                (ring.find(&wanted), ring.last())
            };
            let shown = found.iter().map(|(number, message)| Shown::of(*number, message)).collect();
            (shown, last)
        });
        looked.await.ok()
    }
}
