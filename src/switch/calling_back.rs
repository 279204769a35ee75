//! Promises to call clients back are made, kept, and given up.
//!
//! A promise has a place in the queue, under an id that becomes the session's when the first operator is called. The
//! operator who answers is its caller from then on, and calls the client, as operators call anybody outside.

use super::Switch;
use super::action::Action;
use super::callback::{Callback, Ending, Live, NewCallback, Stand, Standing, State, Terms};
use super::cause::{Cause, EndedBy};
use super::command::Refusal;
use super::history::{Happening, Kind};
use super::line::{self, Arrival, Origin, Party};
use super::route::{Denial, External, Route, Wish, may_dial};
use super::session::{CallerLeg, Session, Stage, Voice};
use crate::dialplan::{CallbackTerms, DialTarget, Promised};
use crate::e164::Class;
use crate::id::{CallbackId, LegId, SessionId, TenantId, UserId};
use crate::queue::{self, LeaveWhy};
use crate::time::Time;

/// How long a client's phone rings.
const RING_CLIENT: std::time::Duration = std::time::Duration::from_secs(45);
/// How often a call may be passed on that we begin (RFC 3261 section 8.1.1.6).
const HOPS: u8 = 70;

impl Switch {
    /// The number in full, if this tenant may call it back. One that somebody typed is not abroad, nor is it our own:
    /// whoever calls in could else have us call anybody.
    pub(super) fn may_call_back(
        &self,
        tenant: Option<TenantId>,
        number: &str,
        typed: bool,
    ) -> Option<External> {
        let target = DialTarget::External(number.to_owned());
        let wish = Wish::Plan { target: &target, tenant, origin: Origin::Guest };
        let route = may_dial(wish, &self.directory, &self.plans).ok()?;
        let Route::External(to) = route else { return None };
        let abroad = to.class == Class::International;
        let own = self.plans.entry(&to.number).is_some();
        (!(own || typed && abroad)).then_some(to)
    }

    /// The number in full of a caller who wants to be called back there.
    pub(super) fn callback_number(&self, id: SessionId, number: &str, typed: bool) -> Option<String> {
        let tenant = self.sessions.get(&id)?.tenant;
        self.may_call_back(tenant, number, typed).map(|to| to.number)
    }

    /// The caller, who waits, is to be called back: the promise takes the caller's place.
    pub(super) fn promise_to_caller(
        &mut self,
        id: SessionId,
        (number, typed): (&str, bool),
        terms: CallbackTerms,
        now: Time,
    ) -> Promised {
        let Some(session) = self.sessions.get(&id) else { return Promised::Refused };
        let (Stage::Queued { group }, Some(tenant)) = (session.stage, session.tenant) else {
            return Promised::Refused;
        };
        let hours = session.run.as_ref().filter(|_| terms.has_hours);
        let hours = hours.map(|run| (run.plan().file.clone(), run.node().to_owned()));
        let Some(External { number, .. }) = self.may_call_back(Some(tenant), number, typed) else {
            return Promised::Refused;
        };
        if let Some(live) = self.callbacks.to(tenant, &number) {
            let callback = live.callback.id;
            self.note(id, Happening::Promised { callback, number, joined: true }, now);
            self.keep_place(callback, now);
            self.leave_queue(id, "is to be called back, as was promised before", now);
            return Promised::Joined;
        }
        let Some((priority, since)) = self.queues.place(id).filter(|_| !self.callbacks.is_full(tenant))
        else {
            return Promised::Refused;
        };
        let (wall, made) = (self.wall(since), self.wall(now));
        let terms = Terms { pauses: terms.pauses, expires: made + terms.lasts, hours };
        let callback = Callback {
            id: CallbackId::new(made, &mut self.entropy),
            tenant,
            group,
            number: number.clone(),
            priority,
            since: wall,
            made,
            asked_in: Some(id),
            terms,
            tries: 0,
            state: State::Waiting,
        };
        let callback_id = callback.id;
        self.note(id, Happening::Promised { callback: callback_id, number, joined: false }, now);
        // The client still hears that the call will come.
        self.callbacks.insert(callback, Stand::OnLine { by: id, entry: None }, since);
        self.keep_place(callback_id, now);
        self.leave_queue(id, "is to be called back", now);
        self.remember_callback(callback_id);
        Promised::Made
    }

    /// Somebody else than the client asks that the client is called.
    ///
    /// # Errors
    /// The tenant may not call the number, or has promised to already.
    pub fn promise(&mut self, new: NewCallback, now: Time) -> Result<Callback, Refusal> {
        let NewCallback { tenant, group, number, priority, by } = new;
        self.has_queue(group)?;
        let Some(External { number, .. }) = self.may_call_back(Some(tenant), &number, false) else {
            let why = format!("the tenant may not call {number}: look at its rights, and at the trunks");
            return Err(Refusal { cause: Cause::Forbidden, why });
        };
        if let Some(live) = self.callbacks.to(tenant, &number) {
            let why = format!("{number} is promised a call already: {}", live.callback.id);
            return Err(Refusal { cause: Cause::Busy, why });
        }
        if let Some(operator) = by {
            let wish = Wish::Operator { dialled: &number, operator };
            let denied = may_dial(wish, &self.directory, &self.plans).err();
            denied.map_or(Ok(()), |Denial { cause, why }| Err(Refusal { cause, why }))?;
        }
        if self.callbacks.is_full(tenant) {
            return Err(Refusal::new(Cause::Unavailable, "too many clients are to be called back already"));
        }
        let made = self.wall(now);
        let expires = made + CallbackTerms::LASTS;
        let terms = Terms { pauses: CallbackTerms::PAUSES.to_vec(), expires, hours: None };
        let id = CallbackId::new(made, &mut self.entropy);
        let (since, asked_in, state) = (made, None, State::Waiting);
        let callback =
            Callback { id, tenant, group, number, priority, since, made, asked_in, terms, tries: 0, state };
        self.take_on(callback.clone(), now, now);
        self.remember_callback(id);
        self.drain_queues(now);
        Ok(callback)
    }

    /// Takes a promise back. Gives whether there was one; a client who is being called is called on.
    pub fn cancel_callback(&mut self, id: CallbackId, now: Time) -> bool {
        let open = self.callbacks.get(id).is_some();
        self.settle(id, Ending::Cancelled, now);
        self.drain_queues(now);
        open
    }

    /// Every open promise.
    pub fn callbacks(&self) -> Vec<Standing> {
        let standing = |live: &Live| {
            let entry = match live.stand {
                Stand::Waiting { entry } => Some(entry),
                Stand::OnLine { by, entry } => entry.or(Some(by)),
                Stand::Calling { .. } | Stand::Paused { .. } => None,
            };
            let position = entry.and_then(|entry| self.queues.position(entry));
            let rings = entry.is_some_and(|entry| self.queues.offer_of(entry).is_some());
            Standing { callback: live.callback.clone(), stand: live.stand, position, rings }
        };
        self.callbacks.all().map(standing).collect()
    }

    /// How many promises are open.
    pub fn open_callbacks(&self) -> usize {
        self.callbacks.all().count()
    }

    /// Promises from before the program started.
    pub(super) fn restore_callbacks(&mut self, mut callbacks: Vec<Callback>, now: Time) {
        callbacks.sort_by_key(|callback| (callback.since, callback.id));
        // All of them were there before anybody who calls now, and the order among them stays.
        for (since, callback) in (0..).map(Time).zip(callbacks) {
            self.take_on(callback, since, now);
        }
    }

    fn take_on(&mut self, callback: Callback, since: Time, now: Time) {
        let (id, paused) = (callback.id, callback.state.clone());
        match paused {
            State::Ended { .. } => {}
            State::Paused { until } => {
                self.callbacks.insert(callback, Stand::Paused { until }, since);
                self.callbacks.set_alarm(id, self.wall(now));
                self.look_for_client(id, now);
            }
            State::Waiting => {
                self.callbacks.insert(callback, Stand::Paused { until: self.wall(now) }, since);
                self.enter_queue(id, now);
            }
        }
    }

    /// The promise has a place in the queue again; nobody is asked while the client cannot be called.
    fn enter_queue(&mut self, id: CallbackId, now: Time) {
        if self.look_for_client(id, now) {
            return;
        }
        let entry = SessionId::new(self.wall(now), &mut self.entropy);
        self.callbacks.stand(id, Stand::Waiting { entry }, self.wall(now));
        self.take_place(id, entry, self.rests(id, now), now);
    }

    /// Finds out whether the client is on the line, and lets the promise rest then.
    fn look_for_client(&mut self, id: CallbackId, now: Time) -> bool {
        let Some(live) = self.callbacks.get(id) else { return false };
        let (tenant, number) = (live.callback.tenant, live.callback.number.clone());
        let calls = |session: &&Session| is_client(session, tenant, &number);
        let Some(by) = self.sessions.values().find(calls).map(|session| session.id) else { return false };
        self.callbacks.stand(id, Stand::OnLine { by, entry: None }, self.wall(now));
        self.keep_place(id, now);
        true
    }

    /// The client is on the line, and the promise's place is kept.
    fn keep_place(&mut self, id: CallbackId, now: Time) {
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

    /// A promise is over.
    fn settle(&mut self, id: CallbackId, how: Ending, now: Time) {
        let Some(Live { mut callback, stand, .. }) = self.callbacks.remove(id) else { return };
        let (about, place) = match stand {
            Stand::Waiting { entry } => (Some(entry), Some(entry)),
            Stand::OnLine { by, entry } => (Some(by), entry),
            Stand::Calling { session } => (Some(session), None),
            Stand::Paused { .. } => (None, None),
        };
        if let Some(session) = about {
            self.note(session, Happening::CallbackOver { callback: id, how: how.to_string() }, now);
        }
        if let Some(entry) = place {
            self.queues.handle(queue::Input::Leave { session: entry, why: LeaveWhy::Redirected }, now);
            self.end(entry, Cause::Cancelled, EndedBy::Us, now);
        }
        callback.state = State::Ended { at: self.wall(now), how };
        self.outputs.push_back(Action::Callback(Box::new(callback)));
    }

    fn remember_callback(&mut self, id: CallbackId) {
        if let Some(live) = self.callbacks.get(id) {
            self.outputs.push_back(Action::Callback(Box::new(live.callback.clone())));
        }
    }

    /// The queue has no room for a promise, or its group is gone.
    pub(super) fn callback_lost(&mut self, entry: SessionId, why: queue::OverflowWhy, now: Time) {
        if let Some(id) = self.callbacks.at_entry(entry).map(|live| live.callback.id) {
            self.settle(id, Ending::Failed { why: why.to_string() }, now);
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
        let Callback { tenant, group, number, asked_in, .. } = callback;
        let of = self.directory.tenants.get(&tenant);
        let name = self.directory.groups.get(&group).map(|group| group.name.clone()).unwrap_or_default();
        let display = of.map(|of| format!("callback: {name}, {}", of.display));
        let dialled = of.and_then(|of| of.caller_number.clone()).unwrap_or_default();
        let from = Party { number: number.clone(), display };
        // Nobody is at the near end until an operator answers.
        let leg = LegId::new(self.wall(now), &mut self.entropy);
        let arrival = Arrival {
            line: line::OWN_CALLS.to_owned(),
            origin: Origin::Guest,
            from,
            dialled,
            hops_left: HOPS,
            replaces: None,
            shown: None,
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
        let callee = super::session::Callee::external(outward);
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
