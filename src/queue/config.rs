use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id::{GroupId, TenantId, UserId};

/// All groups and operators of the company. A new configuration replaces the old one; sessions
/// and operators that are in both keep their state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// The groups sessions can wait for.
    pub groups: Vec<Group>,
    /// The people who serve them.
    pub operators: Vec<Operator>,
    /// The lines by which sessions come. One that is not named is served at a phone, and alone.
    #[serde(default)]
    pub lines: Vec<Line>,
    /// What tenants have otherwise than the lines.
    #[serde(default)]
    pub capacity: BTreeMap<TenantId, Capacity>,
}

/// How many sessions of a line an operator may have who is on one of another line, or of the same: by the line that is
/// wanted, then by the one that is there. What is not named is as the line itself has it.
pub type Capacity = BTreeMap<String, BTreeMap<String, u32>>;

/// What the queues know of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its name.
    pub name: String,
    /// Where its sessions find their operator.
    pub reach: Reach,
    /// How many of its sessions an operator may have who is on one of another line, or of this one; none of what is not
    /// named. Tenants may have it otherwise ([`Config::capacity`]).
    pub beside: BTreeMap<String, u32>,
}

/// Where an operator is asked for a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// At a phone, which has to be registered.
    #[default]
    Phone,
    /// In the workspace, which has to be open.
    Workspace,
}

/// A person who serves clients.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// Who it is.
    pub id: UserId,
    /// The name in reasons: "offered to Dana: longest idle".
    pub name: String,
}

/// Operators who serve one queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Which group it is.
    pub id: GroupId,
    /// The name people know.
    pub name: String,
    /// The tenant whose clients it serves.
    pub tenant: TenantId,
    /// Who serves it; an operator may be in several groups.
    pub members: Vec<Member>,
    /// How a session finds its operator.
    pub strategy: Strategy,
    /// How long an operator's phone rings before the next one's does.
    pub offer_for: Duration,
    /// Offers in a row an operator may leave unanswered before the status "not answering"; 0 for
    /// any number.
    pub misses_allowed: u32,
    /// The pause after a session before the operator gets the next; zero for none.
    pub after_call_work: Duration,
    /// Most sessions that may wait; the next one overflows. None for no limit of its own.
    pub limit: Option<usize>,
    /// How long a session may wait; then it overflows, once no phone rings for it any more.
    pub max_wait: Option<Duration>,
}

/// An operator's place in a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who it is.
    pub operator: UserId,
}

/// How a group's sessions find their operators.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// One operator at a time: least loaded, then longest idle.
    #[default]
    Push,
    /// Every available operator at once; the first to answer wins.
    RingAll,
    /// Nobody rings: every member sees the session and may take it.
    Pull,
}

impl Group {
    /// A group without members: push, 15 s an offer, 3 misses, no after-call work, no limits.
    pub fn new(id: GroupId, tenant: TenantId, name: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
            tenant,
            members: vec![],
            strategy: Strategy::Push,
            offer_for: Duration::from_secs(15),
            misses_allowed: 3,
            after_call_work: Duration::ZERO,
            limit: None,
            max_wait: None,
        }
    }

    /// Whether this operator serves the group.
    pub fn has(&self, operator: UserId) -> bool {
        self.members.iter().any(|member| member.operator == operator)
    }
}
