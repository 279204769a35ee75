//! Promises to call clients back are made, taken up again after a start, taken back, and settled.

use super::Switch;
use super::action::Action;
use super::callback::{Callback, Ending, FARTHEST, Live, NewCallback, Stand, Standing, State, Terms};
use super::cause::{Cause, EndedBy};
use super::command::Refusal;
use super::history::Happening;
use super::line::Origin;
use super::route::{Denial, External, Route, Wish, may_dial};
use super::stage::Stage;
use crate::dialplan::{CallbackTerms, DialTarget, Promised};
use crate::e164::{self, Class};
use crate::id::{CallbackId, SessionId, TenantId};
use crate::queue::{self, LeaveWhy};
use crate::time::{Time, UnixMs};

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
            due: None,
            name: None,
            asker: None,
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
        let NewCallback { tenant, group, number, priority, by, due, name, asker } = new;
        self.has_queue(group)?;
        let made = self.wall(now);
        is_near(due, made)?;
        let to = self.may_call_back(Some(tenant), &number, asker.is_some());
        // Whoever asks in a page is unknown, and could earn by it, or have those called who help.
        let harmless = |to: &External| to.class != Class::Premium && e164::is_whole(&to.number);
        let Some(External { number, .. }) = to.filter(|to| asker.is_none() || harmless(to)) else {
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
        let strangers = asker.is_some() && self.callbacks.is_full_of_strangers(tenant);
        if strangers || self.callbacks.is_full(tenant) {
            return Err(Refusal::new(Cause::Unavailable, "too many clients are to be called back already"));
        }
        let since = due.unwrap_or(made);
        let expires = since + CallbackTerms::LASTS;
        let terms = Terms { pauses: CallbackTerms::PAUSES.to_vec(), expires, hours: None };
        let id = CallbackId::new(made, &mut self.entropy);
        let callback = Callback {
            id,
            tenant,
            group,
            number,
            priority,
            since,
            made,
            asked_in: None,
            due,
            name,
            asker,
            terms,
            tries: 0,
            state: State::Waiting,
        };
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

    /// Rises whenever another promise waits, or one does not wait any more.
    pub fn callback_revision(&self) -> u64 {
        self.callbacks.revision()
    }

    /// The promises that wait in the queue, with the ids of their places.
    pub fn waiting_callbacks(&self) -> impl Iterator<Item = (SessionId, &Callback)> {
        self.callbacks.all().filter_map(|live| match live.stand {
            Stand::Waiting { entry } => Some((entry, &live.callback)),
            _ => None,
        })
    }

    /// The promise that has to do with this session.
    pub fn callback_of(&self, session: SessionId) -> Option<&Callback> {
        self.callbacks.about(session).map(|live| &live.callback)
    }

    /// How many promises are open.
    pub fn open_callbacks(&self) -> usize {
        self.callbacks.all().count()
    }

    /// Promises from before the program started.
    pub(super) fn restore_callbacks(&mut self, mut callbacks: Vec<Callback>, now: Time) {
        callbacks.sort_by_key(|callback| (callback.since, callback.id));
        // The order among them stays, however long ago it was.
        for callback in callbacks {
            let since = self.config.epoch.moment(callback.since);
            self.take_on(callback, since, now);
        }
    }

    fn take_on(&mut self, callback: Callback, since: Time, now: Time) {
        let (id, paused) = (callback.id, callback.state.clone());
        let later = callback.due.filter(|due| *due > self.wall(now));
        let since = later.map_or(since, |due| self.config.epoch.moment(due));
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

    /// A promise is over.
    pub(super) fn settle(&mut self, id: CallbackId, how: Ending, now: Time) {
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

    pub(super) fn remember_callback(&mut self, id: CallbackId) {
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
}

/// Whether a client may want to be called at this moment.
fn is_near(due: Option<UnixMs>, now: UnixMs) -> Result<(), Refusal> {
    match due {
        Some(due) if due <= now => {
            Err(Refusal::new(Cause::Incompatible, "the time of the call is over already"))
        }
        Some(due) if due > now + FARTHEST => {
            Err(Refusal::new(Cause::Incompatible, "a call can be promised for the next 30 days"))
        }
        _ => Ok(()),
    }
}
