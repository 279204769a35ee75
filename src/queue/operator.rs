use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::output::OfferId;
use crate::id::{GroupId, SessionId};
use crate::time::Time;

/// How far back sessions count as load.
const LOAD_WINDOW: Duration = Duration::from_secs(3_600);
/// Most sessions remembered as load; nobody serves more in the window.
const MAX_LOAD: usize = 256;

/// What an operator says of themselves, or what their silence says.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Status {
    /// Ready for clients.
    #[default]
    Online,
    /// Not ready.
    Away {
        /// One of the administrator's reasons, such as lunch.
        reason: Option<String>,
    },
    /// Set by us after too many unanswered offers, until the operator sets a status, takes a
    /// session or registers anew.
    NotAnswering,
}

/// What an operator is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Engagement {
    /// Nothing.
    Free,
    /// Their phone rings.
    Offered {
        /// By which offer.
        offer: OfferId,
        /// For which session.
        session: SessionId,
    },
    /// On a session; on more than one only if the switch says so, which is a violation.
    OnSession {
        /// Which, and how they came to it.
        sessions: BTreeMap<SessionId, Held>,
    },
    /// Finishing the last session.
    AfterWork {
        /// Which session.
        session: SessionId,
        /// When it ends by itself.
        until: Time,
    },
}

/// How an operator came to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Held {
    /// From this group's queue; after-call work follows.
    Queue {
        /// The group.
        group: GroupId,
    },
    /// By a direct call, in or out.
    Direct,
}

/// All that others may know of an operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorState {
    /// What they say.
    pub status: Status,
    /// Whether a device of theirs can be reached.
    pub reachable: bool,
    /// They want no calls for now, whatever else they say.
    #[serde(default)]
    pub do_not_disturb: bool,
    /// Lines whose new sessions they do not want.
    #[serde(default)]
    pub off: BTreeSet<String>,
    /// What they do.
    pub engagement: Engagement,
    /// Since when they do it; when free, since when they are idle.
    pub since: Time,
    /// Since when they say it, and can be reached or not.
    #[serde(default)]
    pub said: Time,
}

impl OperatorState {
    /// Since when they are as they are shown: what they do says more than what they say.
    pub fn shown_since(&self) -> Time {
        match self.engagement {
            Engagement::Free => self.since.max(self.said),
            _ => self.since,
        }
    }

    /// Whether a session of this line may be offered now.
    pub fn takes(&self, line: &str) -> bool {
        self.is_available() && !self.off.contains(line)
    }

    /// Whether a session may be offered now, of whatever line is not switched off.
    pub(super) fn is_available(&self) -> bool {
        self.reachable
            && !self.do_not_disturb
            && self.status == Status::Online
            && self.engagement == Engagement::Free
    }
}

/// One operator in the machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) name: String,
    pub(super) state: OperatorState,
    /// When they last finished something or refused: the longest idle is served first.
    pub(super) idle_since: Time,
    /// Offers in a row that they did not answer.
    pub(super) misses: u32,
    /// When they were connected, within the last hour.
    served: VecDeque<Time>,
}

impl Record {
    pub(super) fn new(name: String, now: Time) -> Self {
        let state = OperatorState {
            status: Status::Online,
            reachable: false,
            do_not_disturb: false,
            off: BTreeSet::new(),
            engagement: Engagement::Free,
            since: now,
            said: now,
        };
        Self { name, state, idle_since: now, misses: 0, served: VecDeque::new() }
    }

    /// Sessions of the last hour.
    pub(super) fn load(&self, now: Time) -> usize {
        self.served.iter().filter(|at| now.since(**at) < LOAD_WINDOW).count()
    }

    pub(super) fn serve(&mut self, now: Time) {
        self.served.retain(|at| now.since(*at) < LOAD_WINDOW);
        self.served.push_back(now);
        if self.served.len() > MAX_LOAD {
            self.served.pop_front();
        }
    }

    /// Changes what they do; gives what they did.
    pub(super) fn engage(&mut self, engagement: Engagement, now: Time) -> Engagement {
        self.state.since = if engagement == Engagement::Free { self.idle_since } else { now };
        std::mem::replace(&mut self.state.engagement, engagement)
    }

    /// The offer by which their phone rings.
    pub(super) fn offer(&self) -> Option<OfferId> {
        match self.state.engagement {
            Engagement::Offered { offer, .. } => Some(offer),
            _ => None,
        }
    }

    pub(super) fn is_on_session(&self) -> bool {
        matches!(self.state.engagement, Engagement::OnSession { .. })
    }
}
