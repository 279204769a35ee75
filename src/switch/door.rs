//! Sessions that come in by a door of their line, and not by a number.

use std::time::Duration;

use super::Switch;
use super::cause::Cause;
use super::command::Refusal;
use super::history::{Happening, Kind};
use crate::id::{GroupId, SessionId};
use crate::queue;
use crate::time::Time;

/// How long a client waits for the operator who has invited them, before the rest of the group is asked.
pub(super) const INVITED: Duration = Duration::from_secs(120);

impl Switch {
    /// The client is welcomed, and waits for an operator of the group to which the door leads.
    pub(super) fn enter_by_door(&mut self, id: SessionId, group: GroupId, now: Time) {
        let Some(found) = self.directory.groups.get(&group) else {
            let why = "the door leads to a group that is no more".to_owned();
            return self.turn_away(id, Cause::NotFound, why, now);
        };
        let (tenant, name) = (Some(found.tenant), found.name.clone());
        let to = format!("group {name}");
        let invited = self.sessions.get(&id).and_then(|session| session.arrival.invited);
        let invited = invited.filter(|user| {
            self.directory
                .operators
                .get(user)
                .is_some_and(|operator| operator.tenants.contains(&found.tenant))
        });
        let why = match invited {
            Some(user) => {
                format!("its door leads there, and {} has invited the client", self.operator_name(user))
            }
            None => "its door leads there".to_owned(),
        };
        let routed = Happening::Routed { tenant, session: Kind::Client, outbound: false, to, why };
        self.routed(id, routed, now);
        if let Err(Refusal { cause, why }) = self.has_queue(group) {
            return self.turn_away(id, cause, why, now);
        }
        self.answer(id);
        if let Some(operator) = invited {
            let until = now + INVITED;
            self.queues.handle(queue::Input::Reserve { session: id, operator, until }, now);
        }
        self.wait_for(id, group, name, now);
    }
}
