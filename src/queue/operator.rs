use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::config::Reach;
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
    /// They are asked for a session, and are on none.
    Offered {
        /// By which offer.
        offer: OfferId,
        /// For which session.
        session: SessionId,
    },
    /// On a session, or on several as far as their lines allow.
    OnSession {
        /// Which, and how they came to it.
        sessions: BTreeMap<SessionId, Held>,
        /// They are asked for one more.
        #[serde(default)]
        offered: Option<(OfferId, SessionId)>,
    },
    /// Finishing the last session.
    AfterWork {
        /// Which session.
        session: SessionId,
        /// When it ends by itself.
        until: Time,
    },
}

/// A session that an operator is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The line by which it came.
    #[serde(default)]
    pub line: String,
    /// How they came to it.
    #[serde(flatten)]
    pub by: Through,
}

/// How an operator came to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Through {
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
    /// Whether their workspace is open.
    #[serde(default)]
    pub at_desk: bool,
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

    /// Whether they can be asked there.
    pub fn is_reached(&self, reach: Reach) -> bool {
        match reach {
            Reach::Phone => self.reachable,
            Reach::Workspace => self.at_desk,
        }
    }

    /// On no session, not asked for one, and not finishing one.
    pub fn is_free(&self) -> bool {
        self.engagement == Engagement::Free
    }

    /// Ready for a session of this line, as far as they say so themselves.
    pub fn wants(&self, line: &str) -> bool {
        !self.do_not_disturb && self.status == Status::Online && !self.off.contains(line)
    }

    /// Whether anything may be offered now, if its line has room beside what they are on.
    pub(super) fn is_available(&self) -> bool {
        let idle = match self.engagement {
            Engagement::Free | Engagement::OnSession { offered: None, .. } => true,
            Engagement::Offered { .. } | Engagement::OnSession { .. } | Engagement::AfterWork { .. } => false,
        };
        idle && (self.reachable || self.at_desk) && !self.do_not_disturb && self.status == Status::Online
    }

    /// The sessions that they are on.
    pub fn sessions(&self) -> impl Iterator<Item = (&SessionId, &Held)> {
        let on = match &self.engagement {
            Engagement::OnSession { sessions, .. } => Some(sessions),
            _ => None,
        };
        on.into_iter().flatten()
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
            at_desk: false,
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
            Engagement::Offered { offer, .. } | Engagement::OnSession { offered: Some((offer, _)), .. } => {
                Some(offer)
            }
            _ => None,
        }
    }

    /// What they do when they are asked for a session, beside what they are on.
    pub(super) fn asked(&self, offer: OfferId, session: SessionId) -> Engagement {
        match &self.state.engagement {
            Engagement::OnSession { sessions, .. } => {
                Engagement::OnSession { sessions: sessions.clone(), offered: Some((offer, session)) }
            }
            _ => Engagement::Offered { offer, session },
        }
    }

    /// What they do when they are not asked any more.
    pub(super) fn unasked(&self) -> Engagement {
        match &self.state.engagement {
            Engagement::OnSession { sessions, .. } => {
                Engagement::OnSession { sessions: sessions.clone(), offered: None }
            }
            _ => Engagement::Free,
        }
    }
}
