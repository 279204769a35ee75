//! What must hold whatever happens; the same checks run in tests and as live counters.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Switch;
use super::session::{CallerLeg, Stage};
use crate::id::{LegId, SessionId, UserId};
use crate::queue;

/// Something that must never be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "invariant", rename_all = "snake_case")]
pub enum Violation {
    /// A leg is known whose session is gone.
    OrphanLeg { leg: LegId, session: SessionId },
    /// A session is over but still has legs.
    LegOutlivesSession { leg: LegId, session: SessionId },
    /// A session waits, but no queue knows of it.
    WaitsNowhere { session: SessionId },
    /// A session says it talks with a leg that it does not have.
    TalksWithNobody { session: SessionId },
    /// An operator is in two conversations.
    TwoConversations { operator: UserId },
    /// The caller is gone but the session goes on.
    NoCaller { session: SessionId },
    /// The queues found something themselves.
    Queue { found: queue::Violation },
}

impl Violation {
    /// The names of what the switch finds without the queues.
    pub(super) const OWN_NAMES: [&'static str; 6] = [
        "orphan_leg",
        "leg_outlives_session",
        "waits_nowhere",
        "talks_with_nobody",
        "two_conversations",
        "no_caller",
    ];

    /// The names of all kinds, those of the queues included.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::OWN_NAMES.into_iter().chain(queue::Queues::violation_names())
    }

    /// The name of the live counter.
    pub fn name(&self) -> &'static str {
        match self {
            Violation::OrphanLeg { .. } => "orphan_leg",
            Violation::LegOutlivesSession { .. } => "leg_outlives_session",
            Violation::WaitsNowhere { .. } => "waits_nowhere",
            Violation::TalksWithNobody { .. } => "talks_with_nobody",
            Violation::TwoConversations { .. } => "two_conversations",
            Violation::NoCaller { .. } => "no_caller",
            Violation::Queue { found } => found.name(),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {self:?}", self.name())
    }
}

impl Switch {
    /// Everything that must not be and is. Empty unless there is a fault in this program.
    pub fn invariants(&self) -> Vec<Violation> {
        let orphans = self.legs.iter().filter(|(_, session)| !self.sessions.contains_key(session));
        let mut found: Vec<_> =
            orphans.map(|(leg, session)| Violation::OrphanLeg { leg: *leg, session: *session }).collect();
        let mut talking: BTreeMap<UserId, usize> = BTreeMap::new();
        for (id, session) in &self.sessions {
            let id = *id;
            match session.stage {
                Stage::Over { .. } => {
                    let legs = session.legs.keys();
                    found.extend(legs.map(|leg| Violation::LegOutlivesSession { leg: *leg, session: id }));
                    continue;
                }
                Stage::Queued { .. } if self.queues.position(id).is_none() => {
                    found.push(Violation::WaitsNowhere { session: id });
                }
                Stage::Talking { with, .. } => {
                    session.operators().for_each(|user| *talking.entry(user).or_default() += 1);
                    if !session.legs.contains_key(&with) {
                        found.push(Violation::TalksWithNobody { session: id });
                    }
                }
                _ => {}
            }
            if session.caller_leg == CallerLeg::Down {
                found.push(Violation::NoCaller { session: id });
            }
        }
        let twice = talking.into_iter().filter(|(_, count)| *count > 1);
        found.extend(twice.map(|(operator, _)| Violation::TwoConversations { operator }));
        found.extend(self.queues.invariants().into_iter().map(|found| Violation::Queue { found }));
        found
    }
}
