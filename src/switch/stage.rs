//! What goes on in a session.

use serde::{Deserialize, Serialize};

use super::cause::Cause;
use super::features::Notice;
use crate::id::{GroupId, LegId, UserId};
use crate::time::Time;

/// What goes on in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// The dialplan leads, nobody else is there.
    Guided,
    /// The caller waits for an operator of this group.
    Queued {
        /// Which group.
        group: GroupId,
    },
    /// Operators ring for a client who is to be called back; nobody is there yet.
    CallingBack,
    /// Parties are called: all legs that the session has.
    Dialling {
        /// When those who ring are given up, and the next is called if there is one.
        until: Option<Time>,
        /// The most telling cause among those that could not be had.
        worst: Option<Cause>,
        /// How they meet: by the group whose members are called, of several the one named first; or in the queue in which
        /// the client waits again if nobody can be had.
        met: Met,
    },
    /// The client and others talk.
    Talking(Talk),
    /// The client waits alone, with music, until somebody fetches it.
    Parked(Parked),
    /// The caller is told what came of a code.
    Notice {
        /// What.
        notice: Notice,
        /// The wish of the caller's line that this ends, if there is one.
        request: Option<u64>,
        /// When the session ends at the latest.
        until: Time,
    },
    /// The caller is told why the party cannot be had, and then refused.
    Apology {
        /// Why.
        cause: Cause,
        /// When the caller is refused at the latest.
        until: Time,
    },
    /// All is said, and still on its way to the caller's ear.
    Parting {
        /// Why the session ends.
        cause: Cause,
        /// When it does.
        until: Time,
    },
    /// Over; the last figures of its legs are awaited.
    Over {
        /// When they are given up.
        until: Time,
    },
}

/// A conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Talk {
    /// How it came about.
    pub met: Met,
    /// The client waits: hears music and none of the others, who hear each other.
    pub held: Option<Held>,
    /// Somebody is to take over.
    pub forward: Option<Forward>,
}

/// Why a client waits, and at whose wish: with that one's leg it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Held {
    /// Until the client is taken up again.
    Aside {
        /// Who wanted it so.
        by: LegId,
    },
    /// For as long as there is somebody to be asked.
    Consult {
        /// Who asks.
        by: LegId,
    },
}

impl Held {
    /// Whose wish it is.
    pub fn by(self) -> LegId {
        let (Self::Aside { by } | Self::Consult { by }) = self;
        by
    }
}

/// A client who is handed to somebody, until that one answers or cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forward {
    /// Who takes over; rings.
    pub to: LegId,
    /// The leg of the one who hands over, and comes back if it fails. It may be gone already.
    pub from: LegId,
    /// The operator at that leg, who is called again if it is gone.
    pub by: Option<UserId>,
    /// The number that the line of `from` gave its wish, if it came that way.
    pub request: Option<u64>,
    /// The one who handed over is called again.
    pub recall: bool,
}

/// A client who waits in a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parked {
    /// Which of the tenant's slots.
    pub slot: u16,
    /// The operator who put it there, and is called when it waited too long.
    pub by: Option<UserId>,
    /// The leg of that operator, gone by now.
    pub from: LegId,
    /// How client and company had come together.
    pub met: Met,
    /// When that is.
    pub until: Time,
}

/// How client and company came together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Met {
    /// The client waited in the queue of this group.
    InQueue(GroupId),
    /// The members of this group were called.
    ByGroup(GroupId),
    /// Somebody was called by name or number.
    #[default]
    Directly,
}

impl Met {
    /// The group by which the client came.
    pub fn group(self) -> Option<GroupId> {
        match self {
            Self::InQueue(group) | Self::ByGroup(group) => Some(group),
            Self::Directly => None,
        }
    }
}
