//! Calling parties, one or several: at once or in turn, until one answers or none is left.

use std::time::Duration;

use super::Switch;
use super::cause::Cause;
use super::history::Happening;
use super::leg::{Callee, Leg, Outward, Part, Role};
use super::line::Target;
use super::parties::RING;
use super::route::{Denial, Route, Wish, may_dial};
use super::session::Session;
use super::stage::{Met, Stage};
use crate::dialplan::{DialOutcome, DialTarget, Input, Ring};
use crate::id::{GroupId, LegId, SessionId, UserId};
use crate::queue::Strategy;
use crate::time::Time;

/// How long one rings in turn, where neither the dialplan nor a group says so.
const EACH: Duration = Duration::from_secs(15);
/// Those who are called at most for one caller; a large group has no more.
const MOST_CALLEES: usize = 50;

/// What calling several goes by, beside those who are called at once.
#[derive(Default)]
struct Round {
    /// Who is called after them, one by one.
    next: Vec<Callee>,
    /// When the ringing ends, if nobody else ends it.
    until: Option<Time>,
    /// Why somebody could not be called at all.
    worst: Option<Cause>,
    /// What brings them together with the client.
    met: Met,
}

impl Callee {
    /// An external phone.
    pub(super) fn external(outward: Outward) -> Self {
        Self { role: Role::External(outward), target: None, each: None, followed: None }
    }
}

impl Switch {
    /// The dialplan calls somebody.
    pub(super) fn dial_step(
        &mut self,
        id: SessionId,
        targets: Vec<DialTarget>,
        ring: Ring,
        each: Option<Duration>,
        now: Time,
    ) {
        let Some(session) = self.sessions.get(&id) else { return };
        let (tenant, origin) = (session.tenant, session.arrival.origin);
        let alone = targets.len() == 1;
        let (mut callees, mut in_turn) = (vec![], ring == Ring::InTurn);
        let mut round = Round::default();
        for target in &targets {
            match may_dial(Wish::Plan { target, tenant, origin }, &self.directory, &self.plans) {
                Ok(Route::Operator(user)) => {
                    callees.push(Callee { followed: Some(vec![]), ..self.callee_operator(user, each) });
                }
                Ok(Route::External(to)) => callees.push(Callee::external(self.outward(to))),
                Ok(Route::Emergency { tenant, number }) => {
                    callees.push(Callee::external(self.outward_for_help(id, number, tenant, now)));
                }
                Ok(Route::Group(group)) => {
                    let (members, by_strategy) = self.callees_of(group, each);
                    in_turn |= alone && ring == Ring::AsGroup && by_strategy;
                    round.met = round.met.group().map_or(Met::ByGroup(group), Met::ByGroup);
                    callees.extend(members);
                }
                Ok(Route::Dialplan(_) | Route::Feature(_)) => {
                    round.worst = Some(self.cannot_be_called(id, target, Cause::NotFound, now));
                }
                Err(Denial { cause, why }) => {
                    self.note(id, Happening::Decision { reasons: vec![why] }, now);
                    round.worst = Some(self.cannot_be_called(id, target, cause, now));
                }
            }
        }
        callees.truncate(MOST_CALLEES);
        if in_turn {
            callees.iter_mut().for_each(|callee| callee.each = callee.each.or(each).or(Some(EACH)));
        }
        let first = if in_turn { callees.len().min(1) } else { callees.len() };
        round.next = callees.split_off(first);
        self.begin_dialling(id, callees, round, now);
    }

    fn cannot_be_called(&mut self, id: SessionId, target: &DialTarget, cause: Cause, now: Time) -> Cause {
        self.note(id, Happening::NotReached { party: target.name().to_owned(), cause }, now);
        cause
    }

    /// The members of a group, and whether they ring in turn by its own strategy.
    fn callees_of(&self, group: GroupId, each: Option<Duration>) -> (Vec<Callee>, bool) {
        let Some(known) = self.directory.groups.get(&group) else { return (vec![], false) };
        let each = each.or(Some(known.offer_for));
        let members = self.queues.in_order(group);
        let callees = members.into_iter().map(|user| self.callee_operator(user, each)).collect();
        (callees, known.strategy == Strategy::Push)
    }

    pub(super) fn callee_operator(&self, user: UserId, each: Option<Duration>) -> Callee {
        let devices = self.directory.operators.get(&user).map(|operator| operator.devices.clone());
        let target = Some(Target::Devices(devices.unwrap_or_default()));
        Callee { role: Role::Operator { user, offer: None }, target, each, followed: None }
    }

    /// Calls these at once; the ringing ends at `until`, or when the dialplan says so.
    pub(super) fn dial(&mut self, id: SessionId, callees: Vec<Callee>, until: Option<Time>, now: Time) {
        self.begin_dialling(id, callees, Round { until, ..Round::default() }, now);
    }

    /// Calls somebody who can be called, in place of the operators for whom a client waits. If nobody can be had, the
    /// client waits on for this group.
    pub(super) fn dial_from_queue(
        &mut self,
        id: SessionId,
        callee: Callee,
        (until, group): (Time, GroupId),
        now: Time,
    ) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.next.clear();
        session.stage = Stage::Dialling { until: Some(until), worst: None, met: Met::InQueue(group) };
        self.call_now(id, callee, now);
        self.go_on_dialling(id, now);
    }

    fn begin_dialling(&mut self, id: SessionId, at_once: Vec<Callee>, round: Round, now: Time) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.next = round.next.into();
        let until = match session.next.is_empty() {
            true => round.until,
            false => at_once.first().and_then(|callee| callee.each).map(|each| now + each),
        };
        session.stage = Stage::Dialling { until, worst: round.worst, met: round.met };
        for callee in at_once {
            self.call_if_free(id, callee, now);
        }
        self.go_on_dialling(id, now);
    }

    /// Calls somebody, or takes down why not.
    fn call_if_free(&mut self, id: SessionId, callee: Callee, now: Time) {
        let found = match (&callee.role, &callee.followed) {
            (Role::Operator { user, .. }, Some(followed)) => self.direct(id, *user, followed.clone(), now),
            (Role::Operator { user, .. }, None) => self.operator_takes(id, *user).map(|()| callee.clone()),
            (Role::External(_), _) => Ok(callee.clone()),
        };
        match found {
            Ok(callee) => self.call_now(id, callee, now),
            Err(cause) => self.could_not_be_had(id, &callee.role, cause, now),
        }
    }

    /// Calls somebody who can be called.
    fn call_now(&mut self, id: SessionId, callee: Callee, now: Time) {
        let led = self.sessions.get(&id).is_some_and(|session| session.run.is_some());
        let patience = self.patience_of(&callee);
        let leg = match callee.role {
            Role::Operator { user, .. } => {
                self.engage(id, user, now);
                self.note(id, Happening::Dialled { party: self.party_name(&callee.role) }, now);
                let target = callee.target.unwrap_or_else(|| Target::Devices(vec![]));
                Some(self.call(id, callee.role, target, now))
            }
            Role::External(outward) => self.call_outside(id, outward, now),
        };
        // A dialplan watches the time itself; a dialled number outside rings as long as its stage lasts.
        let alone = (!led && self.dials_without_end(id)).then_some(RING);
        if let Some(leg) = leg {
            let until = patience.or(alone).map(|patience| now + patience);
            self.let_ring(id, leg, (until, Part::Party), callee.followed);
        }
    }

    fn dials_without_end(&self, id: SessionId) -> bool {
        let stage = self.sessions.get(&id).map(|session| session.stage);
        matches!(stage, Some(Stage::Dialling { until: None, .. }))
    }

    pub(super) fn could_not_be_had(&mut self, id: SessionId, role: &Role, cause: Cause, now: Time) {
        let party = self.party_name(role);
        self.note(id, Happening::NotReached { party, cause }, now);
        if let Some(Session { stage: Stage::Dialling { worst, .. }, .. }) = self.sessions.get_mut(&id) {
            *worst = Some(worst.map_or(cause, |worst| std::cmp::max_by_key(worst, cause, |c| c.weight())));
        }
    }

    /// While nobody rings the next one is called; when none is left, that is the end of it.
    pub(super) fn go_on_dialling(&mut self, id: SessionId, now: Time) {
        loop {
            let Some(session) = self.sessions.get_mut(&id) else { return };
            let Stage::Dialling { until, worst, .. } = &mut session.stage else { return };
            // A client whom we called is a leg too, and does not ring.
            if session.legs.values().any(|leg| leg.voice().is_none()) {
                return;
            }
            let Some(callee) = session.next.pop_front() else {
                let cause = worst.unwrap_or(Cause::NotFound);
                return self.nobody_had(id, cause, now);
            };
            *until = callee.each.filter(|_| !session.next.is_empty()).map(|each| now + each);
            self.hear(id, []);
            self.call_if_free(id, callee, now);
        }
    }

    /// None of those who were called can be had.
    fn nobody_had(&mut self, id: SessionId, cause: Cause, now: Time) {
        self.hear(id, []);
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let stage = std::mem::replace(&mut session.stage, Stage::Guided);
        if let Stage::Dialling { met: Met::InQueue(group), .. } = stage {
            return self.back_in_queue(id, group, cause, now);
        }
        if self.calls_client(id) {
            return self.client_not_had(id, cause, now);
        }
        let Some(session) = self.sessions.get(&id) else { return };
        if session.run.is_none() {
            return self.refuse_kindly(id, cause, now);
        }
        let outcome = match cause {
            Cause::Busy => DialOutcome::Busy,
            Cause::NoAnswer => DialOutcome::NoAnswer,
            Cause::Unreachable => DialOutcome::Unreachable,
            Cause::Declined => DialOutcome::Refused,
            _ => DialOutcome::Failed,
        };
        self.tell_run(id, Input::DialEnded(outcome), now);
    }

    /// One of those who are called cannot be had.
    pub(super) fn dial_failed(&mut self, id: SessionId, failed: &Leg, cause: Cause, now: Time) {
        self.could_not_be_had(id, &failed.role, cause, now);
        if let Some(instead) = self.instead_of(id, failed, cause, now) {
            self.call_now(id, instead, now);
        }
        self.go_on_dialling(id, now);
    }

    /// Those who ring rang long enough.
    pub(super) fn not_answered(&mut self, id: SessionId, now: Time) {
        for (leg, failed) in self.ringing(id) {
            self.drop_leg(id, leg, Cause::NoAnswer, now);
            self.dial_failed(id, &failed, Cause::NoAnswer, now);
        }
        self.go_on_dialling(id, now);
    }

    /// The dialplan gives up those who have not answered.
    pub(super) fn cancel_dial(&mut self, id: SessionId, now: Time) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if !matches!(session.stage, Stage::Dialling { .. }) {
            return;
        }
        session.stage = Stage::Guided;
        session.next.clear();
        for (leg, _) in self.ringing(id) {
            self.drop_leg(id, leg, Cause::NoAnswer, now);
        }
        self.hear(id, []);
    }

    /// One of those who rang has answered; the others stop ringing.
    pub(super) fn let_others_go(&mut self, id: SessionId, answered: LegId, now: Time) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.next.clear();
        }
        for (leg, _) in self.ringing(id).into_iter().filter(|(leg, _)| *leg != answered) {
            self.drop_leg(id, leg, Cause::CompletedElsewhere, now);
        }
    }

    fn ringing(&self, id: SessionId) -> Vec<(LegId, Leg)> {
        let legs = self.sessions.get(&id).map(|session| &session.legs);
        let ringing = legs.into_iter().flatten().filter(|(_, callee)| callee.voice().is_none());
        ringing.map(|(leg, callee)| (*leg, callee.clone())).collect()
    }
}
