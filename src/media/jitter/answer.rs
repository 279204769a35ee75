//! What the jitter buffer answers.

use serde::{Deserialize, Serialize};

/// What became of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Put {
    /// It waits for its turn.
    Queued,
    /// Its turn is over.
    Late,
    /// It waits already.
    Duplicate,
    /// Longer than a payload can be.
    Refused,
}

/// What comes next. Lengths are in timestamp units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame<'a> {
    /// A packet to decode; the first `skip` units of it were concealed already.
    Packet {
        /// What the codec reads.
        payload: &'a [u8],
        /// Units at the beginning that came too late.
        skip: u32,
        /// It does not follow what was taken before: the timestamps have jumped.
        jumped: bool,
    },
    /// Something is missing.
    Missing {
        /// This much.
        length: u32,
        /// What the packet holds that follows it, if that is here already.
        next: Option<&'a [u8]>,
    },
    /// The sender paused for this much, or pressed a key.
    Silence(u32),
    /// Nothing is being sent.
    Nothing,
}

/// How far what is heard should move against what arrives. Lengths are in timestamp units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Correction {
    /// Not at all.
    None,
    /// The delay is this much too long: play less time than passes.
    Shorten(u32),
    /// The delay is this much too short: play more time than passes.
    Lengthen(u32),
    /// The delay was far too long: packets were dropped, and what comes does not follow.
    Cut,
}

/// What the buffer has counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Packets whose turn was over when they came.
    pub late: u64,
    /// Packets that came twice while they waited.
    pub duplicates: u64,
    /// Packets given up because too many waited or they had waited too long.
    pub dropped: u64,
    /// Times that a gap had to be concealed.
    pub gaps: u64,
}
