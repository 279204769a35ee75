use serde::{Deserialize, Serialize};

use super::config::Config;
use super::operator::Status;
use super::output::OfferId;
use crate::id::{GroupId, SessionId, UserId};
use crate::time::Time;

/// What happens to the queues from outside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Input {
    /// The administrator's groups and operators.
    Configure(Config),
    /// An operator says whether they are ready.
    SetStatus {
        /// Who says so.
        operator: UserId,
        /// What they say.
        status: Status,
    },
    /// An operator wants no calls for now, or does again.
    DoNotDisturb {
        /// Who says so.
        operator: UserId,
        /// Whether.
        on: bool,
    },
    /// An operator wants no new sessions of one line, or does again. Those under way go on.
    Channel {
        /// Who says so.
        operator: UserId,
        /// Which line.
        line: String,
        /// Whether they take its sessions.
        on: bool,
    },
    /// An operator's device registered, or the last one went.
    Reachable {
        /// Whose device.
        operator: UserId,
        /// Whether an offer can reach them now.
        reachable: bool,
    },
    /// An operator's workspace was opened, or the last page of it closed.
    AtDesk {
        /// Whose.
        operator: UserId,
        /// Whether it is open.
        present: bool,
    },
    /// A session begins to wait. One that waits already moves to the new group.
    Enqueue {
        /// Which session.
        session: SessionId,
        /// The line by which it came.
        line: String,
        /// For which group.
        group: GroupId,
        /// Higher is served first.
        priority: i32,
        /// Since when it counts as waiting: earlier than now when it waited elsewhere before.
        since: Time,
    },
    /// A client who was promised a call waits: takes up no line, so is neither one too many nor waits too long.
    /// One that waits already moves.
    Promise {
        /// The session in which the client will be called.
        session: SessionId,
        /// The line by which that will be.
        line: String,
        /// For which group.
        group: GroupId,
        /// Higher is served first.
        priority: i32,
        /// Since when the client waits.
        since: Time,
        /// It keeps its place, and is offered to nobody until [`Rest`](Self::Rest) says so.
        rests: bool,
    },
    /// A session that is about to wait is for one operator alone until then, and for its whole group from then on. Members
    /// of the group may take it all the same.
    Reserve {
        /// Which session.
        session: SessionId,
        /// For whom it waits, also if they are not of its group.
        operator: UserId,
        /// How long.
        until: Time,
    },
    /// A waiting session is offered to nobody for now, and keeps its place; or is offered again.
    Rest {
        /// Which session.
        session: SessionId,
        /// Whether it rests.
        rests: bool,
    },
    /// A waiting session leaves without being served.
    Leave {
        /// Which session.
        session: SessionId,
        /// Why.
        why: LeaveWhy,
    },
    /// An operator answered an offer.
    Accepted {
        /// Which offer.
        offer: OfferId,
        /// Who answered.
        operator: UserId,
    },
    /// An offer did not reach an operator, or they refused.
    Refused {
        /// Which offer.
        offer: OfferId,
        /// Who.
        operator: UserId,
        /// How.
        why: Refusal,
    },
    /// An operator takes a waiting session, whatever is offered to whom.
    Take {
        /// Which session.
        session: SessionId,
        /// Who takes it.
        operator: UserId,
    },
    /// An operator is on a session that was not offered here: a direct call, in or out.
    Engaged {
        /// Who.
        operator: UserId,
        /// On which session.
        session: SessionId,
        /// The line by which that came.
        line: String,
    },
    /// An operator has left a session.
    Released {
        /// Who.
        operator: UserId,
        /// Which session.
        session: SessionId,
    },
    /// An operator ends their after-call work before its time.
    FinishWork {
        /// Who.
        operator: UserId,
    },
}

/// Why a session leaves the queue without being served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaveWhy {
    /// The client hung up.
    HungUp,
    /// The dialplan goes on elsewhere.
    Dialplan,
    /// It was redirected to a group or an operator.
    Redirected,
    /// It cannot go on.
    Failed,
}

/// How an offer failed at one operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The operator declined.
    Declined,
    /// The phone is busy with a call we do not know of.
    Busy,
    /// The phone rang, or should have, and nobody answered.
    NoAnswer,
    /// No device could be reached.
    Unreachable,
    /// The device failed.
    Failed,
}
