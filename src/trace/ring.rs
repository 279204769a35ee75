//! What is kept, and for how long.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use super::{Message, head, header};
use crate::id::SessionId;

/// How much is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The oldest message kept, in microseconds before the newest.
    pub age_us: i64,
    /// Bytes of all messages together.
    pub bytes: usize,
}

/// What a message costs beside its bytes: its place here and the name of its call.
const OVERHEAD: usize = 256;
/// Bytes of messages that are laid side by side. One by one they would lie among what is soon forgotten, and hold its memory.
const BLOCK: usize = 64 * 1024;
/// The longest Call-ID by which a message is found; nobody needs longer ones.
const LONGEST_CALL_ID: usize = 256;
/// Calls that one session is remembered to consist of.
const CALLS_OF_A_SESSION: usize = 64;

/// The messages of the last time.
#[derive(Debug)]
pub struct Ring {
    limits: Limits,
    kept: VecDeque<Kept>,
    /// Where the next messages go; their block is freed with the last of them.
    block: BytesMut,
    bytes: usize,
    /// The number of the first message kept.
    first: u64,
    /// The Call-IDs of sessions.
    calls: BTreeMap<SessionId, Vec<Arc<str>>>,
    /// Which sessions were named when, the oldest first.
    named: VecDeque<(i64, SessionId)>,
}

#[derive(Debug)]
struct Kept {
    message: Message,
    call_id: Option<Arc<str>>,
}

/// Which messages are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Only those of this session.
    pub session: Option<SessionId>,
    /// Only those of calls in whose request line, From, To or Contact this stands.
    pub number: Option<String>,
    /// Only those after this one.
    pub after: Option<u64>,
    /// How many at most: the newest, or, with `after`, the oldest.
    pub most: usize,
}

impl Ring {
    /// Nothing is kept yet.
    pub fn new(limits: Limits) -> Self {
        let (kept, calls, named) = (VecDeque::new(), BTreeMap::new(), VecDeque::new());
        Self { limits, kept, block: BytesMut::new(), bytes: 0, first: 0, calls, named }
    }

    /// Keeps a message, and lets go what is too old or too much.
    pub fn push(&mut self, mut message: Message) {
        let now = message.at_us;
        let call_id = header(head(&message.bytes), "Call-ID", "i");
        let call_id = call_id.filter(|id| id.len() <= LONGEST_CALL_ID).map(|id| self.shared(id));
        self.bytes += message.bytes.len() + OVERHEAD;
        message.bytes = self.laid(&message.bytes);
        self.kept.push_back(Kept { message, call_id });
        while self.bytes > self.limits.bytes || self.kept.front().is_some_and(|kept| self.is_old(kept, now)) {
            let Some(gone) = self.kept.pop_front() else { break };
            self.bytes -= gone.message.bytes.len() + OVERHEAD;
            self.first += 1;
        }
        // What was said of sessions goes with the messages, at the latest.
        let oldest = self.kept.front().map_or(now, |kept| kept.message.at_us);
        while let Some((_, session)) =
            self.named.pop_front_if(|(at, _)| *at < oldest - self.limits.age_us / 8)
        {
            self.calls.remove(&session);
        }
    }

    /// The same bytes, beside those of the messages before.
    fn laid(&mut self, bytes: &[u8]) -> Bytes {
        if self.block.capacity() < bytes.len() {
            self.block = BytesMut::with_capacity(BLOCK.max(bytes.len()));
        }
        self.block.extend_from_slice(bytes);
        self.block.split().freeze()
    }

    fn is_old(&self, kept: &Kept, now: i64) -> bool {
        kept.message.at_us < now - self.limits.age_us
    }

    /// The Call-ID as the message before may have had it: most of a call's messages follow each other.
    fn shared(&self, call_id: &str) -> Arc<str> {
        let recent = self.kept.iter().rev().take(8).filter_map(|kept| kept.call_id.as_ref());
        recent.into_iter().find(|known| ***known == *call_id).map_or_else(|| call_id.into(), Arc::clone)
    }

    /// A call belongs to a session.
    pub fn name(&mut self, session: SessionId, call_id: &str, at_us: i64) {
        let calls = self.calls.entry(session).or_default();
        if calls.is_empty() {
            self.named.push_back((at_us, session));
        }
        if calls.len() < CALLS_OF_A_SESSION && !calls.iter().any(|known| **known == *call_id) {
            calls.push(call_id.into());
        }
    }

    /// The messages wanted with their numbers, the oldest first.
    pub fn find(&self, wanted: &Wanted) -> Vec<(u64, Message)> {
        let calls = self.calls_wanted(wanted);
        let is_wanted = |kept: &Kept| match (&calls, &kept.call_id) {
            (None, _) => true,
            (Some(calls), Some(call)) => calls.contains(call),
            (Some(_), None) => false,
        };
        let skip = wanted.after.map_or(0, |after| after.saturating_add(1).saturating_sub(self.first));
        let skip = usize::try_from(skip).unwrap_or(usize::MAX);
        let numbered = (self.first..).zip(&self.kept).skip(skip).filter(|(_, kept)| is_wanted(kept));
        let mut found: Vec<_> = match wanted.after {
            Some(_) => numbered.take(wanted.most).map(shared).collect(),
            None => {
                let mut newest = VecDeque::new();
                for one in numbered {
                    newest.push_back(one);
                    if newest.len() > wanted.most {
                        newest.pop_front();
                    }
                }
                newest.into_iter().map(shared).collect()
            }
        };
        found.shrink_to_fit();
        found
    }

    /// The number of the newest message.
    pub fn last(&self) -> Option<u64> {
        (self.first + self.kept.len() as u64).checked_sub(1)
    }

    /// Bytes kept, with what keeping them costs.
    #[cfg(test)]
    pub fn size(&self) -> usize {
        self.bytes
    }

    /// Sessions whose calls are known.
    #[cfg(test)]
    pub fn named_sessions(&self) -> usize {
        self.calls.len()
    }

    /// The calls that are wanted; all if nothing is said of them.
    fn calls_wanted(&self, wanted: &Wanted) -> Option<BTreeSet<Arc<str>>> {
        let of_session = wanted
            .session
            .map(|session| self.calls.get(&session).into_iter().flatten().cloned().collect::<BTreeSet<_>>());
        let of_number = wanted.number.as_deref().map(|number| {
            let all = self.kept.iter().filter(|kept| is_about(head(&kept.message.bytes), number));
            all.filter_map(|kept| kept.call_id.clone()).collect::<BTreeSet<_>>()
        });
        match (of_session, of_number) {
            (Some(a), Some(b)) => Some(a.intersection(&b).cloned().collect()),
            (a, b) => a.or(b),
        }
    }
}

fn shared((number, kept): (u64, &Kept)) -> (u64, Message) {
    (number, kept.message.clone())
}

/// Whether somebody of this number or name calls or is called.
fn is_about(head: &str, number: &str) -> bool {
    let first = head.lines().next().filter(|line| !line.starts_with("SIP/2.0"));
    let names = [("From", "f"), ("To", "t"), ("Contact", "m"), ("P-Asserted-Identity", "")];
    let named = names.iter().filter_map(|(long, compact)| header(head, long, compact));
    named.chain(first).any(|value| value.contains(number))
}
