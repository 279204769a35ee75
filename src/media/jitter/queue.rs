//! Packets in the order of their sequence numbers, in buffers that are used again.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// Buffers kept for use.
const MAX_SPARE: usize = 8;

/// A packet that waits, its numbers without their wraps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub sequence: i64,
    pub timestamp: i64,
    /// Zero for what takes a sequence number but is no sound.
    pub duration: u32,
    payload: Vec<u8>,
}

impl Entry {
    /// The timestamp after its last unit.
    pub fn end(&self) -> i64 {
        self.timestamp + i64::from(self.duration)
    }

    /// What the codec reads.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// Whether there is anything to hear in it.
    pub fn is_sound(&self) -> bool {
        self.duration > 0
    }
}

/// Why a packet was not queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Late,
    Duplicate,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Queue {
    entries: VecDeque<Entry>,
    /// Packets below this sequence number have had their turn.
    floor: i64,
    /// The payload handed out last.
    current: Vec<u8>,
    #[serde(skip)]
    spare: Vec<Vec<u8>>,
}

impl Queue {
    pub fn new() -> Self {
        Self { entries: VecDeque::new(), floor: i64::MIN, current: vec![], spare: vec![] }
    }

    pub fn insert(
        &mut self,
        sequence: i64,
        timestamp: i64,
        duration: u32,
        payload: &[u8],
    ) -> Result<(), Refusal> {
        if sequence < self.floor {
            return Err(Refusal::Late);
        }
        let place = self.entries.partition_point(|entry| entry.sequence < sequence);
        if self.entries.get(place).is_some_and(|entry| entry.sequence == sequence) {
            return Err(Refusal::Duplicate);
        }
        let mut copy = self.spare.pop().unwrap_or_default();
        copy.clear();
        copy.extend_from_slice(payload);
        self.entries.insert(place, Entry { sequence, timestamp, duration, payload: copy });
        Ok(())
    }

    /// The packet whose turn is next.
    pub fn head(&self) -> Option<&Entry> {
        self.entries.front()
    }

    /// The first packet of sound.
    pub fn first_sound(&self) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.is_sound())
    }

    /// The timestamp after all that waits.
    pub fn end(&self) -> Option<i64> {
        self.entries.back().map(Entry::end)
    }

    /// The sequence number that follows what had its turn last.
    pub fn floor(&self) -> i64 {
        self.floor
    }

    /// Whatever comes up to this sequence number has had its turn.
    pub fn pass(&mut self, sequence: i64) {
        self.floor = self.floor.max(sequence.saturating_add(1));
    }

    /// Takes the head; its payload is [`current`](Self::current).
    pub fn take(&mut self) -> bool {
        let Some(entry) = self.entries.pop_front() else { return false };
        self.pass(entry.sequence);
        let used = std::mem::replace(&mut self.current, entry.payload);
        self.reuse(used);
        true
    }

    /// Drops the head.
    pub fn drop_head(&mut self) {
        if let Some(entry) = self.entries.pop_front() {
            self.pass(entry.sequence);
            self.reuse(entry.payload);
        }
    }

    /// The payload taken last.
    pub fn current(&self) -> &[u8] {
        &self.current
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    fn reuse(&mut self, payload: Vec<u8>) {
        if payload.capacity() > 0 && self.spare.len() < MAX_SPARE {
            self.spare.push(payload);
        }
    }
}
