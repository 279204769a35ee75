//! Why a leg or a session came to its end, in words that no line owns.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a leg or a session ended. A line translates it to and from its own codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Somebody hung up after a conversation, or the dialplan came to its end.
    Normal,
    /// The caller gave up before anybody answered.
    Cancelled,
    /// The party is on another call.
    Busy,
    /// It rang and nobody answered.
    NoAnswer,
    /// No device of the party is registered, or none can be reached.
    Unreachable,
    /// The party, or its phone, said no.
    Declined,
    /// Somebody else answered first.
    CompletedElsewhere,
    /// Nothing has the dialled number.
    NotFound,
    /// The caller may not dial that number.
    Forbidden,
    /// The two sides have no codec in common, or the offer cannot be understood.
    Incompatible,
    /// No room for another call just now: draining, overload or a resource used up.
    Unavailable,
    /// The provider or the network failed.
    NetworkFailure,
    /// No sound arrived for too long.
    MediaTimeout,
    /// A fault of this program.
    Internal,
    /// The program is stopping.
    Shutdown,
    /// The program was gone without warning while the session was live.
    Interrupted,
}

impl Cause {
    /// The name that records and programs see.
    pub fn name(self) -> &'static str {
        match self {
            Cause::Normal => "normal",
            Cause::Cancelled => "cancelled",
            Cause::Busy => "busy",
            Cause::NoAnswer => "no_answer",
            Cause::Unreachable => "unreachable",
            Cause::Declined => "declined",
            Cause::CompletedElsewhere => "completed_elsewhere",
            Cause::NotFound => "not_found",
            Cause::Forbidden => "forbidden",
            Cause::Incompatible => "incompatible",
            Cause::Unavailable => "unavailable",
            Cause::NetworkFailure => "network_failure",
            Cause::MediaTimeout => "media_timeout",
            Cause::Internal => "internal",
            Cause::Shutdown => "shutdown",
            Cause::Interrupted => "interrupted",
        }
    }
}

impl Cause {
    /// How much a cause says about a party several of whose phones were called, or about several
    /// parties: the greater tells.
    pub fn weight(self) -> u8 {
        match self {
            Cause::Declined => 5,
            Cause::Busy => 4,
            Cause::NoAnswer => 3,
            Cause::Incompatible | Cause::Forbidden | Cause::NotFound => 2,
            Cause::Unreachable => 0,
            _ => 1,
        }
    }
}

/// The name as people read it: `not found`.
impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name().replace('_', " "))
    }
}

/// Which side ended it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndedBy {
    /// The person or program at the far end of the leg.
    Peer,
    /// This program.
    Us,
}
