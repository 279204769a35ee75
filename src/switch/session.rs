//! One session and its legs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::cause::Cause;
use super::history::Summary;
use super::line::Arrival;
use crate::dialplan::Run;
use crate::id::{GroupId, LegId, RoomId, SessionId, TenantId, UserId};
use crate::media::Row;
use crate::queue::OfferId;
use crate::time::Time;

/// One contact of a client with the company, or an internal one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    /// Its id in all records.
    pub id: SessionId,
    /// Where its legs hear each other.
    pub room: RoomId,
    /// The leg by which it came.
    pub caller: LegId,
    /// How far the caller's leg has come.
    pub caller_leg: CallerLeg,
    /// Who came in, and how.
    pub arrival: Arrival,
    /// The tenant whose number was dialled.
    pub tenant: Option<TenantId>,
    /// Operators whom the queues count as being on this session.
    pub engaged: BTreeSet<UserId>,
    /// The operator who came in by an own device.
    pub calling_operator: Option<UserId>,
    /// The dialplan that leads it.
    pub run: Option<Run>,
    /// What goes on.
    pub stage: Stage,
    /// All legs but the caller's that ring or talk.
    pub legs: BTreeMap<LegId, Leg>,
    /// Who hears whom, as the engine was told last.
    pub rows: BTreeSet<Row>,
    /// Files that record steps have made; they go when the session ends.
    pub recordings: Vec<PathBuf>,
    /// Legs whose ports are still being given back.
    pub closing: BTreeSet<LegId>,
    /// The record so far.
    pub summary: Summary,
}

/// How far the caller's leg has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallerLeg {
    /// Not answered, and nothing is heard.
    Waiting,
    /// Not answered; sound before the answer was asked for, and flows if `ready`.
    Early {
        /// The line has reported it.
        ready: bool,
    },
    /// We answer, the line has not reported yet.
    Answering,
    /// Answered.
    Up,
    /// Gone.
    Down,
}

/// A leg to somebody who is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leg {
    /// Who it is.
    pub role: Role,
    /// Whether the party has answered.
    pub up: bool,
}

impl Leg {
    /// Whether this operator is at the far end.
    pub fn is_operator(&self, operator: UserId) -> bool {
        matches!(self.role, Role::Operator { user, .. } if user == operator)
    }
}

/// Who is at the far end of a leg.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// An operator of ours.
    Operator {
        /// Who.
        user: UserId,
        /// The offer by which the queue chose this operator.
        offer: Option<OfferId>,
    },
    /// An external phone.
    External {
        /// E.164.
        number: String,
    },
}

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
    /// One party is called. Without a dialplan the ringing ends at `until`.
    Dialling {
        /// The leg that is called.
        leg: LegId,
        /// When the switch gives up.
        until: Option<Time>,
    },
    /// The caller and this leg talk.
    Talking {
        /// With whom.
        with: LegId,
        /// The queue brought them together.
        queued: bool,
    },
    /// The caller is told why the party cannot be had, and then refused.
    Apology {
        /// Why.
        cause: Cause,
        /// When the caller is refused at the latest.
        until: Time,
    },
    /// Over; the last figures of its legs are awaited.
    Over {
        /// When they are given up.
        until: Time,
    },
}

impl Session {
    /// When the session wants to be woken.
    pub fn next_timeout(&self) -> Option<Time> {
        let stage = match self.stage {
            Stage::Dialling { until, .. } => until,
            Stage::Apology { until, .. } | Stage::Over { until } => Some(until),
            Stage::Guided | Stage::Queued { .. } | Stage::Talking { .. } => None,
        };
        let run = self.run.as_ref().and_then(Run::poll_timeout);
        stage.into_iter().chain(run).min()
    }

    /// Whether the session is over.
    pub fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over { .. })
    }

    /// All operators in the session, the calling one included.
    pub fn operators(&self) -> impl Iterator<Item = UserId> {
        let called = self.legs.values().filter_map(|leg| match leg.role {
            Role::Operator { user, .. } => Some(user),
            Role::External { .. } => None,
        });
        called.chain(self.calling_operator)
    }
}
