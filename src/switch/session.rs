//! One session and its legs.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::cause::Cause;
use super::directory::Payer;
use super::history::Summary;
use super::line::{Arrival, Target};
use super::mailbox::Draft;
use crate::dialplan::Run;
use crate::id::{GroupId, LegId, RoomId, SessionId, TenantId, TrunkId, UserId};
use crate::media::Row;
use crate::queue::OfferId;
use crate::time::{Epoch, Time};

/// One contact of a client with the company, or an internal one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    /// Its id in all records.
    pub id: SessionId,
    /// Puts its moments on the calendar.
    pub epoch: Epoch,
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
    /// Those who are called when the ones that ring do not answer.
    pub next: VecDeque<Callee>,
    /// When something that was played to the caller last came to its end.
    pub played: Option<Time>,
    /// Who hears whom, as the engine was told last.
    pub rows: BTreeSet<Row>,
    /// Files that record steps have made; they go when the session ends.
    pub recordings: Vec<PathBuf>,
    /// The message that is being recorded.
    pub draft: Option<Draft>,
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

/// Somebody to be called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callee {
    /// Who it is.
    pub role: Role,
    /// Over what; a call outside is given its trunk when it is made.
    pub target: Option<Target>,
    /// How long it rings before the next one is called.
    pub each: Option<Duration>,
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
    External(Outward),
}

/// A call outside: to whom, over which trunk, and which are left if that one fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outward {
    /// E.164, or an emergency number.
    pub number: String,
    /// The trunk that carries it.
    pub trunk: Option<TrunkId>,
    /// Those that are tried next, best first.
    pub spare: VecDeque<TrunkId>,
    /// The callee is not to learn who calls.
    pub withheld: bool,
    /// It calls help.
    pub emergency: bool,
    /// Who is responsible for it.
    pub payer: Option<Payer>,
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
    /// Parties are called: all legs that the session has.
    Dialling {
        /// When those who ring are given up, and the next is called if there is one.
        until: Option<Time>,
        /// The most telling cause among those that could not be had.
        worst: Option<Cause>,
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

impl Session {
    /// When the session wants to be woken.
    pub fn next_timeout(&self) -> Option<Time> {
        let stage = match self.stage {
            Stage::Dialling { until, .. } => until,
            Stage::Apology { until, .. } | Stage::Parting { until, .. } | Stage::Over { until } => {
                Some(until)
            }
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
            Role::External(_) => None,
        });
        called.chain(self.calling_operator)
    }
}
