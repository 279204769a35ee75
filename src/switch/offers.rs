//! The queue offers sessions to operators; their phones are called, and it is told how that went.

use super::Switch;
use super::action::Action;
use super::cause::Cause;
use super::history::Happening;
use super::leg::Role;
use super::line::Target;
use super::session::Session;
use super::stage::{Met, Stage};
use crate::dialplan::QueueOutcome;
use crate::id::{LegId, SessionId, UserId};
use crate::queue::{self, OfferBy, OfferId, Output, WithdrawnWhy};
use crate::time::Time;

impl Switch {
    /// Carries out what the queues want.
    pub(super) fn drain_queues(&mut self, now: Time) {
        while let Some(output) = self.queues.poll_output() {
            match output {
                Output::Offer { offer, session, operators, by, .. } => {
                    self.open_callback(session, now);
                    for operator in operators {
                        self.offer(session, (offer, by), operator, now);
                    }
                }
                Output::Withdrawn { offer, operator, why } => self.withdrawn(offer, operator, why, now),
                Output::Overflow { session, why, .. } => {
                    self.callback_lost(session, why, now);
                    self.overflow(session, why, now);
                }
                Output::OperatorChanged { operator, state } => {
                    self.outputs.push_back(Action::OperatorChanged { operator, state });
                }
                Output::Decision(decision) => {
                    let reasons = vec![decision.to_string()];
                    self.note(decision.session, Happening::Decision { reasons }, now);
                }
                Output::Connected { session, operator, .. } => {
                    if let Some(session) = self.sessions.get_mut(&session) {
                        session.engaged.insert(operator);
                    }
                }
                // Whoever asked sees what rings.
                Output::Taken { .. } | Output::TakeRefused { .. } => {}
            }
        }
    }

    fn offer(&mut self, id: SessionId, (offer, by): (OfferId, OfferBy), user: UserId, now: Time) {
        // It ended in the same moment; the queue takes the offer back by itself.
        if self.sessions.get(&id).is_none_or(Session::is_over) {
            return;
        }
        let name = self.operator_name(user);
        self.note(id, Happening::Offered { operator: user, name }, now);
        let devices = self.directory.operators.get(&user).map(|operator| operator.devices.clone());
        let role = Role::Operator { user, offer: Some(offer) };
        let devices = devices.unwrap_or_default();
        // Who took it has said yes once already.
        let target = match by {
            OfferBy::Take => Target::OwnDevices(devices),
            OfferBy::Push | OfferBy::RingAll => Target::Devices(devices),
        };
        let leg = self.call(id, role, target, now);
        self.offers.entry(offer).or_default().insert(user, leg);
    }

    /// The leg by which an offer rang at an operator, if it did.
    pub(super) fn forget_offer(&mut self, offer: OfferId, operator: UserId) -> Option<LegId> {
        let legs = self.offers.get_mut(&offer)?;
        let leg = legs.remove(&operator);
        if legs.is_empty() {
            self.offers.remove(&offer);
        }
        leg
    }

    fn withdrawn(&mut self, offer: OfferId, operator: UserId, why: WithdrawnWhy, now: Time) {
        let Some(leg) = self.forget_offer(offer, operator) else { return };
        let Some(id) = self.legs.get(&leg).copied() else { return };
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if session.legs.remove(&leg).is_none() {
            return;
        }
        let cause = match why {
            WithdrawnWhy::CompletedElsewhere | WithdrawnWhy::TooLate => Cause::CompletedElsewhere,
            WithdrawnWhy::NoAnswer => Cause::NoAnswer,
            WithdrawnWhy::Unreachable => Cause::Unreachable,
            _ => Cause::Cancelled,
        };
        self.hang_up(leg, cause);
        let party = self.operator_name(operator);
        self.note(id, Happening::NotReached { party, cause }, now);
    }

    /// A phone that rang for an offer is gone.
    pub(super) fn offer_failed(&mut self, id: SessionId, role: &Role, cause: Cause, now: Time) {
        let Role::Operator { user, offer: Some(offer) } = role else { return };
        let why = match cause {
            Cause::Busy => queue::Refusal::Busy,
            Cause::Declined => queue::Refusal::Declined,
            Cause::NoAnswer => queue::Refusal::NoAnswer,
            Cause::Unreachable => queue::Refusal::Unreachable,
            _ => queue::Refusal::Failed,
        };
        self.forget_offer(*offer, *user);
        let party = self.operator_name(*user);
        self.note(id, Happening::NotReached { party, cause }, now);
        self.queues.handle(queue::Input::Refused { offer: *offer, operator: *user, why }, now);
    }

    fn overflow(&mut self, id: SessionId, why: queue::OverflowWhy, now: Time) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if matches!(session.stage, Stage::Queued { .. }) {
            session.stage = Stage::Guided;
            let outcome = match why {
                queue::OverflowWhy::Full => QueueOutcome::Full,
                queue::OverflowWhy::MaxWait => QueueOutcome::TimedOut,
                queue::OverflowWhy::NoGroup => QueueOutcome::Failed,
            };
            self.note(id, Happening::Unqueued { why: why.to_string() }, now);
            self.let_wait(id, Default::default(), now);
            self.queue_failed(id, outcome, now);
            self.reschedule(id);
        }
    }

    /// The caller waits no longer.
    pub(super) fn leave_queue(&mut self, id: SessionId, why: &str, now: Time) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if matches!(session.stage, Stage::Queued { .. }) {
            session.stage = Stage::Guided;
            self.note(id, Happening::Unqueued { why: why.to_owned() }, now);
            let why = queue::LeaveWhy::Dialplan;
            self.queues.handle(queue::Input::Leave { session: id, why }, now);
        } else if matches!(session.stage, Stage::Dialling { met: Met::InQueue(_), .. }) {
            self.cancel_dial(id, now);
        }
    }

    /// An operator takes part in the session no more.
    pub(super) fn release(&mut self, id: SessionId, role: &Role, now: Time) {
        if let Role::Operator { user, .. } = role {
            self.release_operator(id, *user, now);
        }
    }

    /// The queues count an operator as being on the session.
    pub(super) fn engage(&mut self, id: SessionId, operator: UserId, now: Time) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.engaged.insert(operator);
            let line = session.arrival.line.clone();
            self.queues.handle(queue::Input::Engaged { operator, session: id, line }, now);
        }
    }

    pub(super) fn release_operator(&mut self, id: SessionId, operator: UserId, now: Time) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        // Who takes the call up again by another leg is on it all the time.
        let engaged = session.leg_of(operator).is_none() && session.engaged.remove(&operator);
        if engaged {
            self.queues.handle(queue::Input::Released { operator, session: id }, now);
        }
    }

    /// The operator who calls is on this session, and gets no other meanwhile.
    pub(super) fn engage_caller(&mut self, id: SessionId, now: Time) {
        // Beside another session the operator is on that one.
        let session = self.sessions.get(&id).filter(|session| session.beside.is_none());
        if let Some(operator) = session.and_then(|session| session.calling_operator) {
            self.engage(id, operator, now);
        }
    }
}
