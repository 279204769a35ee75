//! Answering a call that rings at a colleague's phone: by a code, or by an INVITE that names it (RFC 3891).

use super::Switch;
use super::cause::Cause;
use super::leg::{LegState, Part};
use super::session::Session;
use super::stage::Stage;
use crate::id::{LegId, SessionId, UserId};
use crate::time::Time;

/// A call that rings at an operator's phone.
#[derive(Clone, Copy, Debug)]
struct Ringing {
    session: SessionId,
    leg: LegId,
    /// At whose phone.
    operator: UserId,
    part: Part,
}

impl Switch {
    /// An operator dialled the code that answers the call at this extension.
    pub(super) fn pick_up(&mut self, id: SessionId, user: UserId, extension: &str, now: Time) {
        let colleague = self.directory.extensions.get(extension).copied();
        let mut ringing = self.sessions.keys().filter_map(|session| {
            let session = self.sessions.get(session)?;
            let leg =
                session.legs.iter().find(|(_, leg)| leg.operator() == colleague && leg.voice().is_none());
            self.ringing_at(*leg.filter(|_| colleague.is_some())?.0)
        });
        let found = ringing.next();
        self.take_over(id, user, found, now);
    }

    /// A phone calls to take over a leg of ours.
    pub(super) fn pick_up_leg(&mut self, id: SessionId, leg: LegId, now: Time) {
        if let Some(own) = self.returns_to(id) {
            return self.take_up_again(id, own, now);
        }
        let Some(user) = self.sessions.get(&id).and_then(|session| session.calling_operator) else {
            let why = "only operators take calls over".to_owned();
            return self.turn_away(id, Cause::Forbidden, why, now);
        };
        let found = self.ringing_at(leg);
        self.take_over(id, user, found, now);
    }

    fn ringing_at(&self, leg: LegId) -> Option<Ringing> {
        let session = self.sessions.get(self.legs.get(&leg)?)?;
        // Nobody is there yet whom a promise is about.
        if matches!(session.stage, Stage::CallingBack) {
            return None;
        }
        let called = session.legs.get(&leg)?;
        let LegState::Ringing { part, .. } = called.state else { return None };
        Some(Ringing { session: session.id, leg, operator: called.operator()?, part })
    }

    /// Whether an operator may answer a call at this colleague's phone: both serve a tenant, and the operator that of
    /// the call.
    fn may_pick_up(&self, user: UserId, ringing: &Ringing) -> bool {
        let tenants = |user| self.directory.operators.get(&user).map(|operator| operator.tenants.as_slice());
        let (Some(own), Some(theirs)) = (tenants(user), tenants(ringing.operator)) else { return false };
        let of_call = self.sessions.get(&ringing.session).and_then(|session| session.tenant);
        user != ringing.operator
            && own.iter().any(|tenant| theirs.contains(tenant))
            && of_call.is_none_or(|tenant| own.contains(&tenant))
    }

    /// Phones that were to take over somebody who waits, and have not come up in all that time.
    pub(super) fn give_up_late_ones(&mut self, id: SessionId, now: Time) {
        let Some(session) = self.sessions.get(&id) else { return };
        let late = session.legs.iter().filter(
            |(_, leg)| matches!(leg.state, LegState::Ringing { until: Some(until), .. } if until <= now),
        );
        let late: Vec<LegId> = late.map(|(leg, _)| *leg).collect();
        for leg in late {
            self.drop_leg(id, leg, Cause::NoAnswer, now);
        }
    }

    /// What rings at a colleague's phone is answered by this operator's.
    fn take_over(&mut self, id: SessionId, user: UserId, ringing: Option<Ringing>, now: Time) {
        // The same for what is not there and for what is not to be had.
        let Some(ringing) = ringing.filter(|ringing| self.may_pick_up(user, ringing)) else {
            return self.turn_away(id, Cause::NotFound, "no such call rings".to_owned(), now);
        };
        let into = ringing.session;
        let Some(leg) = self.hand_in(id, into, now) else { return };
        let stage = self.sessions.get(&into).map(|session| session.stage);
        let from = self.operator_name(ringing.operator);
        // One who waits keeps the place in the queue until the phone is up.
        if !matches!(stage, Some(Stage::Queued { .. })) {
            self.engage(into, user, now);
        }
        self.come_in(into, (leg, user), (from, ringing.part), now);
        if let Some(talk) = self.sessions.get_mut(&into).and_then(Session::talk_mut) {
            if let Some(forward) = talk.forward.as_mut().filter(|forward| forward.to == ringing.leg) {
                forward.to = leg;
            }
            self.drop_leg(into, ringing.leg, Cause::CompletedElsewhere, now);
        }
        self.reschedule(into);
    }
}
