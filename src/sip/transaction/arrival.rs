//! A request that arrives: what it is known by, and whether there is room for it.

use serde::{Deserialize, Serialize};

use super::table::ServerId;

/// What a request is known by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestKey {
    /// Method (INVITE for an ACK), branch and sent-by (RFC 3261 section 17.2.3).
    pub hop: String,
    /// Call-ID, From tag, CSeq and method: the same whichever way the request came (RFC 3261
    /// section 8.2.2.2). Absent within a dialog.
    pub origin: Option<String>,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It is new, and this transaction answers it.
    New(ServerId),
    /// It came before and was dealt with.
    Absorbed,
    /// It came before by another way: a proxy forked it to us twice.
    Merged,
    /// There are too many transactions.
    Full,
}

/// Transactions beyond the limit that are kept for calls for help.
const RESERVE: usize = 1_000;
/// Bytes that a request of others may take on average. Most take some 700; whoever sends longer names uses the memory
/// of several.
const WEIGHT: usize = 2_048;

/// What a peer asks for, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A call, which may be for help.
    Invite {
        /// It is for help.
        urgent: bool,
    },
    /// Anything else.
    Other,
}

impl RequestKey {
    /// Bytes that it takes: it stands in the entry and in what leads there.
    pub(super) fn weight(&self) -> usize {
        2 * (self.hop.len() + self.origin.as_ref().map_or(0, String::len))
    }
}

impl Kind {
    /// Whether one more finds room, where so many are kept of at most `limit`, which take so many bytes.
    pub(super) fn finds_room(self, count: usize, bytes: usize, limit: usize) -> bool {
        let limit = limit + if self == (Kind::Invite { urgent: true }) { RESERVE } else { 0 };
        count < limit && bytes < limit.saturating_mul(WEIGHT)
    }
}
