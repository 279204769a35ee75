//! A client who waits for an operator is sent elsewhere before anybody has taken the call. If nobody can be had there,
//! the client waits on in the queue.

use super::Switch;
use super::cause::Cause;
use super::command::{Refusal, in_one_line};
use super::forward::AHEAD;
use super::history::Happening;
use super::leg::Callee;
use super::parties::RING;
use super::route::Route;
use super::services::Service;
use super::session::Session;
use super::stage::Stage;
use crate::id::{GroupId, SessionId, UserId};
use crate::queue;
use crate::time::Time;

impl Switch {
    /// Somebody sends a client elsewhere who waits in a queue.
    pub(super) fn redirect(
        &mut self,
        id: SessionId,
        by: Option<UserId>,
        route: Route,
        note: Option<String>,
        now: Time,
    ) -> Result<(), Refusal> {
        let Some(Session { stage: Stage::Queued { group: from }, .. }) = self.sessions.get(&id) else {
            return Err(Refusal::new(Cause::NotFound, "the client waits in no queue"));
        };
        let from = *from;
        self.admits(id, Service::Forwarding)?;
        let by = by.map_or_else(|| "the interface".to_owned(), |by| self.operator_name(by));
        let forwarding = |to| Happening::Forwarding { to, by: by.clone() };
        match route {
            Route::Group(group) if group == from => {
                return Err(Refusal::new(Cause::Busy, "the client waits for that group already"));
            }
            Route::Group(group) => {
                self.takes_more(group)?;
                let name = self.group_name(group);
                self.note(id, forwarding(format!("group {name}")), now);
                self.leave_queue(id, "forwarded", now);
                self.wait_in(id, (group, name), now);
            }
            Route::Operator(_) | Route::External(_) => {
                let callee = self.callee_by(id, &route, now)?;
                self.note(id, forwarding(self.party_name(&callee.role)), now);
                self.leave_queue(id, "forwarded", now);
                self.drain_queues(now);
                self.keep_remark(id, note.as_deref());
                self.dial_from_queue(id, callee, (now + RING, from), now);
            }
            Route::Dialplan(entry) => {
                self.note(id, forwarding(format!("dialplan {}", entry.plan.file)), now);
                self.leave_queue(id, "forwarded", now);
                self.drain_queues(now);
                self.lead(id, entry, now);
            }
            Route::Emergency { .. } | Route::Feature(_) => {
                return Err(Refusal::new(Cause::Forbidden, "clients who wait are not sent there"));
            }
        }
        if let Some(text) = note {
            self.note(id, Happening::Remark { by, text }, now);
        }
        Ok(())
    }

    /// Who is to be called in place of those who might have accepted. An error says why that cannot be.
    fn callee_by(&mut self, id: SessionId, route: &Route, now: Time) -> Result<Callee, Refusal> {
        match route {
            Route::Operator(user) => Ok(self.direct(id, *user, vec![], now)?),
            Route::External(to) => Ok(Callee::external(self.outward(to.clone()))),
            _ => Err(Cause::Forbidden.into()),
        }
    }

    fn keep_remark(&mut self, id: SessionId, note: Option<&str>) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.remark = note.map(in_one_line);
        }
    }

    /// Whether clients of this group's tenant wait in queues at all.
    pub(super) fn has_queue(&self, group: GroupId) -> Result<(), Refusal> {
        let tenant = self.directory.groups.get(&group).map(|group| group.tenant);
        self.directory.admits(tenant, Service::Queue)
    }

    /// Whether one more client may wait for this group.
    pub(super) fn takes_more(&self, group: GroupId) -> Result<(), Refusal> {
        self.has_queue(group)?;
        match self.queues.is_full(group) {
            true => Err(Refusal::new(Cause::Busy, "as many clients as allowed wait for that group")),
            false => Ok(()),
        }
    }

    pub(super) fn group_name(&self, group: GroupId) -> String {
        self.directory.groups.get(&group).map_or_else(|| group.to_string(), |known| known.name.clone())
    }

    /// The client has a place in a queue, ahead of those who came anew, and the wait counts on.
    pub(super) fn wait_in(&mut self, id: SessionId, (group, name): (GroupId, String), now: Time) {
        self.take_a_place(id, group, now);
        if let Some(position) = self.queues.position(id) {
            self.note(id, Happening::Queued { group, name, position }, now);
        }
        self.drain_queues(now);
    }

    /// The place is that of somebody who has waited as long as the client has.
    pub(super) fn take_a_place(&mut self, id: SessionId, group: GroupId, now: Time) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.stage = Stage::Queued { group };
        let waited_ms = session.summary.waited_ms(session.epoch.wall(now));
        let since = Time(now.0.saturating_sub(waited_ms.saturating_mul(1_000)));
        let line = session.arrival.line.clone();
        self.queues.handle(queue::Input::Enqueue { session: id, line, group, priority: AHEAD, since }, now);
    }

    /// Whoever was called in place of an operator cannot be had: the client waits on.
    pub(super) fn back_in_queue(&mut self, id: SessionId, group: GroupId, cause: Cause, now: Time) {
        self.note(id, Happening::ForwardFailed { cause }, now);
        self.keep_remark(id, None);
        let name = self.group_name(group);
        self.wait_in(id, (group, name), now);
    }
}
