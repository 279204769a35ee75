//! Promises to call clients back are kept.
//!
//! A promise has a place in the queue, under an id that becomes the session's when the first operator is called. The
//! operator who answers is its caller from then on, and calls the client, as operators call anybody outside.

use super::Switch;
use super::callback::{Callback, Ending, Stand};
use super::cause::{Cause, EndedBy};
use super::door::INVITED;
use super::history::{Happening, Kind};
use super::leg::{Callee, Voice};
use super::line::{self, Abilities, Arrival, Origin, Party};
use super::session::{CallerLeg, Session};
use super::stage::Stage;
use crate::id::{CallbackId, LegId, SessionId, TenantId, UserId};
use crate::queue::{self, LeaveWhy};
use crate::time::Time;

/// How long a client's phone rings.
const RING_CLIENT: std::time::Duration = std::time::Duration::from_secs(45);
/// How often a call may be passed on that we begin (RFC 3261 section 8.1.1.6).
const HOPS: u8 = 70;

impl Switch {
    /// The promise has a place in the queue again; nobody is asked while the client cannot be called.
    pub(super) fn enter_queue(&mut self, id: CallbackId, now: Time) {
        if self.look_for_client(id, now) {
            return;
        }
        let due = self.callbacks.get(id).and_then(|live| live.callback.due);
        if let Some(until) = due.filter(|due| *due > self.wall(now)) {
            self.callbacks.stand(id, Stand::Paused { until }, self.wall(now));
            return;
        }
        let entry = SessionId::new(self.wall(now), &mut self.entropy);
        self.callbacks.stand(id, Stand::Waiting { entry }, self.wall(now));
        self.take_place(id, entry, self.rests(id, now), now);
    }

    /// Finds out whether the client is on the line, and lets the promise rest then.
    pub(super) fn look_for_client(&mut self, id: CallbackId, now: Time) -> bool {
        let Some(live) = self.callbacks.get(id) else { return false };
        let (tenant, number) = (live.callback.tenant, live.callback.number.clone());
        let calls = |session: &&Session| is_client(session, tenant, &number);
        let Some(by) = self.sessions.values().find(calls).map(|session| session.id) else { return false };
        self.callbacks.stand(id, Stand::OnLine { by, entry: None }, self.wall(now));
        self.keep_place(id, now);
        true
    }

    /// The client is on the line, and the promise's place is kept.
    pub(super) fn keep_place(&mut self, id: CallbackId, now: Time) {
        if let Some(Stand::OnLine { by, entry: None }) = self.callbacks.get(id).map(|live| live.stand) {
            let entry = SessionId::new(self.wall(now), &mut self.entropy);
            self.callbacks.stand(id, Stand::OnLine { by, entry: Some(entry) }, self.wall(now));
            self.take_place(id, entry, true, now);
        }
    }

    fn take_place(&mut self, id: CallbackId, entry: SessionId, rests: bool, now: Time) {
        let Some(live) = self.callbacks.get(id) else { return };
        let (group, priority, since) = (live.callback.group, live.callback.priority, live.since);
        let line = line::OWN_CALLS.to_owned();
        if let Some(operator) = live.callback.asker.as_ref().and_then(|asker| asker.invited) {
            let until = now + INVITED;
            self.queues.handle(queue::Input::Reserve { session: entry, operator, until }, now);
        }
        let promise = queue::Input::Promise { session: entry, line, group, priority, since, rests };
        self.queues.handle(promise, now);
    }

    /// Whether nobody is to be asked for this promise now, although the client is not on the line.
    fn rests(&self, id: CallbackId, now: Time) -> bool {
        let hours = self.callbacks.get(id).and_then(|live| live.callback.terms.hours.as_ref());
        let closed = hours.is_some_and(|(file, node)| {
            let plan = self.plans.plans().iter().find(|plan| plan.file == *file);
            plan.and_then(|plan| plan.calls_back(node, self.wall(now))) == Some(false)
        });
        self.refusing || closed
    }

    /// Lets promises rest, or be offered again, after something changed that concerns all.
    pub(super) fn look_at_callbacks(&mut self, now: Time) {
        for id in self.callbacks.ids() {
            self.look_at(id, now);
        }
    }

    fn look_at(&mut self, id: CallbackId, now: Time) {
        let Some(Stand::Waiting { entry }) = self.callbacks.get(id).map(|live| live.stand) else { return };
        let rests = self.rests(id, now);
        match rests && self.sessions.contains_key(&entry) {
            true => self.end(entry, Cause::Cancelled, EndedBy::Us, now),
            false => self.queues.handle(queue::Input::Rest { session: entry, rests }, now),
        }
        self.callbacks.set_alarm(id, self.wall(now));
    }

    /// The moment has come to look at a promise.
    pub(super) fn callback_due(&mut self, id: CallbackId, now: Time) {
        let wall = self.wall(now);
        let Some(live) = self.callbacks.get(id) else { return };
        match live.stand {
            Stand::OnLine { .. } | Stand::Calling { .. } => self.callbacks.set_alarm(id, wall),
            _ if live.callback.terms.expires <= wall => self.settle(id, Ending::Expired, now),
            Stand::Paused { until } if until <= wall => {
                self.enter_queue(id, now);
                self.remember_callback(id);
            }
            _ => self.look_at(id, now),
        }
    }

    /// A client calls: who is to be called back, is not called meanwhile.
    pub(super) fn client_arrives(&mut self, id: SessionId, now: Time) {
        let Some(session) = self.sessions.get(&id) else { return };
        let Some(tenant) = session.tenant else { return };
        let number = &session.arrival.from.number;
        let Some(live) = self.callbacks.to(tenant, number).filter(|_| is_client(session, tenant, number))
        else {
            return;
        };
        let (callback, stand) = (live.callback.id, live.stand);
        let on_line = |entry| Stand::OnLine { by: id, entry };
        match stand {
            Stand::OnLine { .. } => {}
            Stand::Waiting { entry } if !self.sessions.contains_key(&entry) => {
                self.callbacks.stand(callback, on_line(Some(entry)), self.wall(now));
                self.queues.handle(queue::Input::Rest { session: entry, rests: true }, now);
            }
            Stand::Waiting { entry: open } | Stand::Calling { session: open } => {
                self.callbacks.stand(callback, on_line(None), self.wall(now));
                self.keep_place(callback, now);
                self.end(open, Cause::CompletedElsewhere, EndedBy::Us, now);
            }
            Stand::Paused { .. } => {
                self.callbacks.stand(callback, on_line(None), self.wall(now));
                self.keep_place(callback, now);
            }
        }
    }

    /// The priority and the time with which a caller waits: those of the promise whose client this is, if they are
    /// better, for the caller has its place now.
    pub(super) fn with_promise(&mut self, id: SessionId, priority: i32, now: Time) -> (i32, Time) {
        let Some(live) = self.callbacks.about(id) else { return (priority, now) };
        let Stand::OnLine { by, entry } = live.stand else { return (priority, now) };
        let (callback, better) =
            (live.callback.id, (priority.max(live.callback.priority), live.since.min(now)));
        self.callbacks.stand(callback, Stand::OnLine { by, entry: None }, self.wall(now));
        if let Some(entry) = entry {
            self.queues.handle(queue::Input::Leave { session: entry, why: LeaveWhy::Redirected }, now);
        }
        better
    }

    /// A client talks with an operator: what was promised is kept, whoever called whom.
    pub(super) fn client_met(&mut self, id: SessionId, now: Time) {
        let Some(session) = self.sessions.get(&id) else { return };
        let Some(tenant) = session.tenant.filter(|_| session.operators().next().is_some()) else { return };
        let called = session.legs.values().filter_map(|leg| leg.outside());
        let numbers = called.chain([session.arrival.from.number.as_str()]);
        let kept: Vec<_> = numbers.filter_map(|number| self.callbacks.to(tenant, number)).collect();
        let kept: Vec<_> = kept.into_iter().map(|live| live.callback.id).collect();
        for callback in kept {
            self.settle(callback, Ending::Served { session: id }, now);
        }
    }

    /// A session is over with which a promise has to do: its place in the queue, or its client's call.
    pub(super) fn callback_session_over(&mut self, id: SessionId, cause: Cause, now: Time) {
        let Some(live) = self.callbacks.about(id) else { return };
        let callback = live.callback.id;
        match live.stand {
            // A fault of ours is not repeated at once.
            Stand::Waiting { .. } | Stand::Calling { .. } if cause == Cause::Internal => {
                self.called_in_vain(callback, cause, now);
            }
            Stand::OnLine { by, entry: Some(entry) } if by == id => {
                self.queues.handle(queue::Input::Leave { session: entry, why: LeaveWhy::Redirected }, now);
                self.enter_queue(callback, now);
            }
            Stand::OnLine { entry, .. } if entry == Some(id) => {}
            _ => self.enter_queue(callback, now),
        }
    }

    /// Opens the session of a promise for which an operator is to be called.
    pub(super) fn open_callback(&mut self, id: SessionId, now: Time) {
        let waits = self.callbacks.about(id).filter(|live| live.stand == Stand::Waiting { entry: id });
        let Some(callback) = waits.map(|live| live.callback.clone()) else { return };
        if self.sessions.contains_key(&id) {
            return;
        }
        let Callback { tenant, group, number, asked_in, name: client, .. } = callback;
        let of = self.directory.tenants.get(&tenant);
        let name = self.directory.groups.get(&group).map(|group| group.name.clone()).unwrap_or_default();
        let client = client.map(|client| format!("{client}, ")).unwrap_or_default();
        let display = of.map(|of| format!("callback: {client}{name}, {}", of.display));
        let dialled = of.and_then(|of| of.caller_number.clone()).unwrap_or_default();
        let from = Party { number: number.clone(), display };
        // Nobody is at the near end until an operator answers.
        let leg = LegId::new(self.wall(now), &mut self.entropy);
        let arrival = Arrival {
            line: line::OWN_CALLS.to_owned(),
            abilities: Abilities::SOUND,
            origin: Origin::Guest,
            from,
            dialled,
            hops_left: HOPS,
            replaces: None,
            shown: None,
            invited: None,
            details: Default::default(),
        };
        self.begin_session(id, leg, arrival, "callback".to_owned(), now);
        self.legs.remove(&leg);
        if let Some(session) = self.sessions.get_mut(&id) {
            (session.caller_leg, session.stage) = (CallerLeg::Down, Stage::CallingBack);
        }
        let (to, why) = (format!("{number} outside"), "the client was promised a call".to_owned());
        let tenant = Some(tenant);
        self.routed(id, Happening::Routed { tenant, session: Kind::Client, outbound: true, to, why }, now);
        let (callback, attempt) = (callback.id, callback.tries + 1);
        self.note(id, Happening::CallsBack { callback, asked_in, attempt }, now);
        let position = self.queues.position(id).unwrap_or(1);
        self.note(id, Happening::Queued { group, name, position }, now);
    }

    /// The operator who answered calls the client.
    pub(super) fn call_client(&mut self, id: SessionId, leg: LegId, operator: UserId, now: Time) {
        let Some(live) = self.callbacks.about(id) else { return };
        let (callback, tenant, number) =
            (live.callback.id, live.callback.tenant, live.callback.number.clone());
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.legs.remove(&leg);
        (session.caller, session.client, session.caller_leg) = (leg, leg, CallerLeg::Up);
        (session.calling_operator, session.caller_voice) = (Some(operator), Voice::default());
        session.stage = Stage::Guided;
        self.callbacks.stand(callback, Stand::Calling { session: id }, self.wall(now));
        let name = self.operator_name(operator);
        self.note(id, Happening::Answered, now);
        self.note(id, Happening::Unqueued { why: format!("{name} calls the client") }, now);
        let Some(to) = self.may_call_back(Some(tenant), &number, false) else {
            let why = "the tenant may not call the number any more".to_owned();
            self.settle(callback, Ending::Failed { why }, now);
            return self.end(id, Cause::Forbidden, EndedBy::Us, now);
        };
        self.ring_aloud(leg);
        let outward = self.outward(to);
        let callee = Callee::external(outward);
        self.dial(id, vec![callee], Some(now + RING_CLIENT), now);
    }

    /// Whether the client of a promise is called in this session.
    pub(super) fn calls_client(&self, id: SessionId) -> bool {
        self.callbacks.about(id).is_some_and(|live| live.stand == Stand::Calling { session: id })
    }

    /// The client cannot be had.
    pub(super) fn client_not_had(&mut self, id: SessionId, cause: Cause, now: Time) {
        if let Some(callback) = self.callbacks.about(id).map(|live| live.callback.id) {
            self.called_in_vain(callback, cause, now);
        }
        // The operator hears why, as in any call.
        self.refuse_kindly(id, cause, now);
    }

    fn called_in_vain(&mut self, id: CallbackId, cause: Cause, now: Time) {
        let wall = self.wall(now);
        let Some(callback) = self.callbacks.change(id) else { return };
        let pause =
            usize::try_from(callback.tries).ok().and_then(|tries| callback.terms.pauses.get(tries)).copied();
        callback.tries += 1;
        match pause {
            Some(pause) => {
                self.callbacks.stand(id, Stand::Paused { until: wall + pause }, wall);
                self.remember_callback(id);
            }
            None => {
                let why = format!("called {} times in vain, at last: {cause}", callback.tries);
                self.settle(id, Ending::Failed { why }, now);
            }
        }
    }

    /// The promises that are due, one after another.
    pub(super) fn next_callback_due(&self, now: Time) -> Option<CallbackId> {
        self.callbacks.next_alarm().filter(|(at, _)| *at <= self.wall(now)).map(|(_, id)| id)
    }

    /// When a promise is looked at next.
    pub(super) fn callback_timeout(&self) -> Option<Time> {
        self.callbacks.next_alarm().map(|(at, _)| self.config.epoch.moment(at))
    }
}

/// Whether a session is a live call of this client of the tenant.
pub(super) fn is_client(session: &Session, tenant: TenantId, number: &str) -> bool {
    session.tenant == Some(tenant)
        && session.calling_operator.is_none()
        && !matches!(session.stage, Stage::Over { .. } | Stage::CallingBack)
        && session.arrival.from.number == number
}
