//! Sessions that wait for one operator first, and then for their whole group.

use serde::{Deserialize, Serialize};

use super::config::Group;
use super::machine::Queues;
use super::waiting::{Timer, Waiting};
use crate::id::{SessionId, UserId};
use crate::time::Time;

/// For whom alone a session waits, and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Reserved {
    operator: UserId,
    until: Time,
}

impl Queues {
    /// Only this operator is asked for the session until then, whether or not they are of its group.
    pub(super) fn reserve(&mut self, session: SessionId, operator: UserId, until: Time) {
        self.reserved.insert(session, Reserved { operator, until });
        // Then the others are asked.
        self.timers.insert((until, Timer::AskAgain));
    }

    /// Forgets what is over, also for sessions that never came to wait.
    pub(super) fn release_reserved(&mut self) {
        let now = self.now;
        self.reserved.retain(|_, reserved| reserved.until > now);
    }

    /// For whom alone a session waits at this moment.
    pub fn reserved_for(&self, session: SessionId) -> Option<UserId> {
        let reserved = self.reserved.get(&session).filter(|reserved| reserved.until > self.now);
        reserved.map(|reserved| reserved.operator)
    }

    /// Those about whom it is decided whether they are asked: the members of the group, and whoever else it waits for.
    pub(super) fn considered(&self, group: &Group, waiting: &Waiting) -> Vec<UserId> {
        let alone = self.reserved_for(waiting.place.session);
        let guest = alone.filter(|operator| !group.has(*operator));
        guest.into_iter().chain(group.members.iter().map(|member| member.operator)).collect()
    }
}
