//! Operators: who can be reached, who is ready, and what people see of live sessions.

use std::sync::Arc;

use super::Switch;
use super::directory::Directory;
use super::history::Summary;
use super::mailbox::Messages;
use super::session::{CallerLeg, Session};
use super::stage::Stage;
use crate::id::{DeviceId, LegId, MailboxId, SessionId, UserId};
use crate::queue::{self, OperatorState};
use crate::time::Time;

impl Switch {
    /// The configuration from now on. Sessions under way go on as they are.
    pub(super) fn configure(&mut self, directory: Arc<Directory>, now: Time) {
        let operators = directory
            .operators
            .iter()
            .map(|(id, known)| queue::Operator { id: *id, name: known.name.clone() });
        let operators = operators.collect();
        let groups = directory.groups.values().cloned().collect();
        self.directory = directory;
        let lines = self.directory.lines.clone();
        let tenants = self.directory.tenants.iter();
        let capacity = tenants.map(|(id, tenant)| (*id, tenant.capacity.clone())).collect();
        let config = queue::Config { groups, operators, lines, capacity };
        self.queues.handle(queue::Input::Configure(config), now);
        let users: Vec<UserId> = self.directory.operators.keys().copied().collect();
        for user in users {
            self.refresh_reachable(user, now);
            self.refresh_desk(user, now);
            self.refresh_disturbance(user, now);
            self.refresh_channels(user, now);
        }
        self.follow_rules(now);
    }

    pub(super) fn device_reachable(&mut self, device: DeviceId, reachable: bool, now: Time) {
        if reachable {
            self.reachable.insert(device);
        } else {
            self.reachable.remove(&device);
        }
        if let Some(user) = self.directory.devices.get(&device).copied() {
            self.refresh_reachable(user, now);
        }
    }

    fn refresh_reachable(&mut self, operator: UserId, now: Time) {
        let Some(known) = self.directory.operators.get(&operator) else { return };
        let reachable = known.devices.iter().any(|device| self.reachable.contains(device));
        self.queues.handle(queue::Input::Reachable { operator, reachable }, now);
    }

    /// An operator's workspace was opened, or the last page of it closed.
    pub(super) fn workspace_opened(&mut self, operator: UserId, open: bool, now: Time) {
        match open {
            true => self.workspaces.insert(operator),
            false => self.workspaces.remove(&operator),
        };
        self.refresh_desk(operator, now);
        for (id, leg) in self.seats_of(operator) {
            match open {
                true => self.desk_taken(id, leg, now),
                false => self.desk_left(id, leg, now),
            }
        }
    }

    fn refresh_desk(&mut self, operator: UserId, now: Time) {
        let present = self.workspaces.contains(&operator);
        self.queues.handle(queue::Input::AtDesk { operator, present }, now);
    }

    pub(super) fn set_status(&mut self, operator: UserId, status: queue::Status, now: Time) {
        self.queues.handle(queue::Input::SetStatus { operator, status }, now);
    }

    pub(super) fn finish_work(&mut self, operator: UserId, now: Time) {
        self.queues.handle(queue::Input::FinishWork { operator }, now);
    }

    /// An operator accepts a waiting session: the queue makes an offer to this operator alone.
    pub(super) fn take(&mut self, session: SessionId, operator: UserId, now: Time) {
        if self.is_waiting(session) {
            self.queues.handle(queue::Input::Take { session, operator }, now);
        }
    }

    /// Live sessions with their records so far, oldest first.
    pub fn sessions(&self) -> impl Iterator<Item = (SessionId, &Summary)> {
        self.sessions.iter().map(|(id, session)| (*id, &session.summary))
    }

    /// The record so far of a live session.
    pub fn summary(&self, session: SessionId) -> Option<&Summary> {
        self.sessions.get(&session).map(|session| &session.summary)
    }

    /// A live session, or one whose last figures are awaited.
    pub fn session(&self, id: SessionId) -> Option<&Session> {
        self.sessions.get(&id)
    }

    /// Sessions that are not over, oldest first.
    pub fn live_sessions(&self) -> impl Iterator<Item = &Session> {
        self.sessions.values().filter(|session| !session.is_over())
    }

    /// Sessions that are not over.
    pub fn live(&self) -> usize {
        self.sessions.values().filter(|session| !session.is_over()).count()
    }

    /// Sessions that end with the process, oldest first.
    pub fn passing(&self) -> Vec<SessionId> {
        let passing = self.live_sessions().filter(|session| !session.arrival.abilities.lasting);
        passing.map(|session| session.id).collect()
    }

    /// What an operator is doing.
    pub fn operator(&self, user: UserId) -> Option<&OperatorState> {
        self.queues.operator(user)
    }

    /// The queues, for live views and metrics.
    pub fn queues(&self) -> &queue::Queues {
        &self.queues
    }

    /// The configuration in force.
    pub fn directory(&self) -> &Arc<Directory> {
        &self.directory
    }

    /// The session that a leg belongs to.
    pub fn session_of(&self, leg: LegId) -> Option<SessionId> {
        self.legs.get(&leg).copied()
    }

    /// Whether a session waits for an operator.
    pub fn is_waiting(&self, session: SessionId) -> bool {
        let waits = matches!(self.sessions.get(&session).map(|s| s.stage), Some(Stage::Queued { .. }));
        waits || self.callbacks.at_entry(session).is_some()
    }

    /// Whether an operator's phone rings for a session.
    pub fn is_offered_to(&self, session: SessionId, operator: UserId) -> bool {
        let offered = |session: &Session| session.legs.values().any(|leg| leg.is_operator(operator));
        self.sessions.get(&session).is_some_and(offered)
    }

    /// How an operator takes part in a session: whether the operator began it, and whether the phone is answered.
    pub fn part_of(&self, session: SessionId, operator: UserId) -> Option<(bool, bool)> {
        let session = self.sessions.get(&session)?;
        let leg = session.leg_of(operator)?;
        match session.legs.get(&leg) {
            Some(called) => Some((false, called.voice().is_some())),
            None => Some((true, session.caller_leg == CallerLeg::Up)),
        }
    }

    /// The operator at the far end of a leg.
    pub fn operator_at(&self, leg: LegId) -> Option<UserId> {
        self.sessions.get(self.legs.get(&leg)?)?.operator_at(leg)
    }

    /// The leg by which an operator takes part in a session, or rings.
    pub fn leg_in_session(&self, session: SessionId, operator: UserId) -> Option<LegId> {
        self.sessions.get(&session)?.leg_of(operator)
    }

    /// What the mailboxes of an operator hold.
    pub fn messages_of(&self, operator: UserId) -> Messages {
        let own = |id: &MailboxId| {
            self.directory.mailboxes.get(id).is_some_and(|mailbox| mailbox.user == Some(operator))
        };
        let theirs = self.messages.iter().filter(|(id, _)| own(id)).map(|(_, messages)| *messages);
        theirs
            .fold(Messages::default(), |sum, one| Messages { new: sum.new + one.new, all: sum.all + one.all })
    }

    /// Whether new sessions are turned away.
    pub fn is_refusing(&self) -> bool {
        self.refusing
    }
}
