use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::config::{Capacity, Config, Group, Line, Reach};
use super::decision::Outcome;
use super::estimate::Experience;
use super::input::{Input, LeaveWhy};
use super::operator::{Engagement, Held, Record, Status, Through};
use super::output::{OfferId, Output, OverflowWhy, WithdrawnWhy};
use super::reserve::Reserved;
use super::waiting::{Client, Offer, Place, Timer, WaitState, Waiting};
use crate::id::{GroupId, SessionId, TenantId, UserId};
use crate::time::Time;

/// Most sessions that wait in all groups together.
const MAX_WAITING: usize = 10_000;

/// All queues and operators of one company.
///
/// Feed it with [`handle`](Self::handle), let time pass with
/// [`handle_timeout`](Self::handle_timeout) when [`poll_timeout`](Self::poll_timeout) asks, and
/// carry out [`poll_output`](Self::poll_output) until it is empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Queues {
    /// The last moment we were told.
    pub(super) now: Time,
    pub(super) groups: BTreeMap<GroupId, Group>,
    #[serde(default)]
    pub(super) lines: BTreeMap<String, Line>,
    #[serde(default)]
    pub(super) capacity: BTreeMap<TenantId, Capacity>,
    pub(super) operators: BTreeMap<UserId, Record>,
    pub(super) waiting: BTreeMap<SessionId, Waiting>,
    /// Which of them are for one operator first.
    #[serde(default)]
    pub(super) reserved: BTreeMap<SessionId, Reserved>,
    /// The order of service: the places of all that wait.
    pub(super) order: BTreeSet<Place>,
    pub(super) offers: BTreeMap<OfferId, Offer>,
    pub(super) timers: BTreeSet<(Time, Timer)>,
    pub(super) next_offer: u64,
    /// What the groups have seen lately, for the expected wait.
    #[serde(default)]
    pub(super) experience: BTreeMap<GroupId, Experience>,
    arrivals: u64,
    outputs: VecDeque<Output>,
}

impl Queues {
    /// Queues without groups; [`Input::Configure`] brings them.
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells what happened.
    pub fn handle(&mut self, input: Input, now: Time) {
        self.handle_timeout(now);
        match input {
            Input::Configure(config) => self.configure(config),
            Input::SetStatus { operator, status } => self.set_status(operator, status),
            Input::DoNotDisturb { operator, on } => self.set_undisturbed(operator, on),
            Input::Channel { operator, line, on } => self.switch_channel(operator, line, on),
            Input::Reachable { operator, reachable } => self.set_reachable(operator, reachable),
            Input::AtDesk { operator, present } => self.set_at_desk(operator, present),
            Input::Enqueue { session, line, group, priority, since } => {
                self.enqueue(session, line, group, (priority, since));
            }
            Input::Promise { session, line, group, priority, since, rests } => {
                self.promise(session, line, group, (priority, since), rests);
            }
            Input::Reserve { session, operator, until } => self.reserve(session, operator, until),
            Input::Rest { session, rests } => self.rest(session, rests),
            Input::Leave { session, why } => self.leave(session, why),
            Input::Accepted { offer, operator } => self.accepted(offer, operator),
            Input::Refused { offer, operator, why } => self.refused(offer, operator, why),
            Input::Take { session, operator } => self.take(session, operator),
            Input::Engaged { operator, session, line } => self.engaged(operator, session, line),
            Input::Released { operator, session } => self.released(operator, session),
            Input::FinishWork { operator } => self.finish_work(operator),
        }
        self.dispatch();
    }

    /// Lets time pass. Call it no later than [`poll_timeout`](Self::poll_timeout) asks.
    pub fn handle_timeout(&mut self, now: Time) {
        self.now = self.now.max(now);
        let mut due = false;
        // Each is looked at once: what one of them does cannot keep us here.
        for _ in 0..self.timers.len() {
            let Some((_, timer)) = self.timers.first().copied().filter(|(at, _)| *at <= self.now) else {
                break;
            };
            self.timers.pop_first();
            self.fire(timer);
            due = true;
        }
        if due {
            self.dispatch();
        }
    }

    /// When time next matters. Nothing may be due any more then; that does no harm.
    pub fn poll_timeout(&self) -> Option<Time> {
        self.timers.first().map(|(at, _)| *at)
    }

    /// The next thing to do or to tell.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    pub(super) fn push(&mut self, output: Output) {
        self.outputs.push_back(output);
    }

    /// Wakes us after `pause`.
    pub(super) fn wake(&mut self, pause: Duration, timer: Timer) -> Time {
        let at = self.now + pause;
        self.timers.insert((at, timer));
        at
    }

    /// Forgets what [`wake`](Self::wake) was to wake us for.
    pub(super) fn cancel(&mut self, at: Time, timer: Timer) {
        self.timers.remove(&(at, timer));
    }

    fn fire(&mut self, timer: Timer) {
        match timer {
            Timer::OfferEnds(offer) => self.offer_ends(offer),
            Timer::WaitEnds(session) => self.overflow_if_overdue(session),
            Timer::WorkEnds(operator) => self.finish_work(operator),
            Timer::AskAgain => self.release_reserved(),
        }
    }

    fn configure(&mut self, config: Config) {
        self.groups = config.groups.into_iter().map(|group| (group.id, group)).collect();
        self.lines = config.lines.into_iter().map(|line| (line.name.clone(), line)).collect();
        self.capacity = config.capacity;
        self.experience.retain(|group, _| self.groups.contains_key(group));
        let now = self.now;
        let known: BTreeMap<UserId, String> = config.operators.into_iter().map(|o| (o.id, o.name)).collect();
        let gone: Vec<UserId> = self.operators.keys().filter(|id| !known.contains_key(id)).copied().collect();
        for operator in gone {
            self.withdraw_from(operator, WithdrawnWhy::Reconfigured);
            self.operators.remove(&operator);
        }
        for (id, name) in known {
            match self.operators.get_mut(&id) {
                Some(record) => record.name = name,
                None => {
                    self.operators.insert(id, Record::new(name, now));
                    self.tell(id);
                }
            }
        }
        let homeless = |waiting: &Waiting| !self.groups.contains_key(&waiting.group);
        let lost: Vec<SessionId> =
            self.waiting.iter().filter(|(_, w)| homeless(w)).map(|(id, _)| *id).collect();
        for session in lost {
            if let Some(waiting) = self.remove(session, WithdrawnWhy::Reconfigured) {
                self.overflow(session, waiting.group, OverflowWhy::NoGroup);
            }
        }
    }

    fn set_status(&mut self, operator: UserId, status: Status) {
        let Some(record) = self.operators.get_mut(&operator) else { return };
        record.misses = 0;
        if record.state.status == status {
            return;
        }
        let goes_away = record.state.status == Status::Online;
        record.state.status = status;
        record.state.said = self.now;
        self.tell(operator);
        if goes_away {
            self.withdraw_from(operator, WithdrawnWhy::Away);
        }
    }

    fn set_undisturbed(&mut self, operator: UserId, on: bool) {
        let Some(record) = self.operators.get_mut(&operator) else { return };
        if std::mem::replace(&mut record.state.do_not_disturb, on) == on {
            return;
        }
        record.state.said = self.now;
        self.tell(operator);
        if on {
            self.withdraw_from(operator, WithdrawnWhy::Away);
        }
    }

    /// Only what rings by this line is withdrawn: sessions under way go on.
    fn switch_channel(&mut self, operator: UserId, line: String, on: bool) {
        let Some(record) = self.operators.get_mut(&operator) else { return };
        let rings = match record.state.engagement {
            Engagement::Offered { session, .. }
            | Engagement::OnSession { offered: Some((_, session)), .. } => {
                self.waiting.get(&session).map(|waiting| &waiting.line)
            }
            _ => None,
        };
        let stops = !on && rings == Some(&line);
        let changes = match on {
            true => record.state.off.remove(&line),
            false => record.state.off.insert(line),
        };
        if !changes {
            return;
        }
        record.state.said = self.now;
        self.tell(operator);
        if stops {
            self.withdraw_from(operator, WithdrawnWhy::Away);
        }
    }

    fn set_reachable(&mut self, operator: UserId, reachable: bool) {
        let Some(record) = self.operators.get_mut(&operator) else { return };
        if record.state.reachable == reachable {
            return;
        }
        record.state.reachable = reachable;
        record.state.said = self.now;
        if reachable && record.state.status == Status::NotAnswering {
            record.state.status = Status::Online;
            record.misses = 0;
        }
        self.tell(operator);
        if !reachable && self.rings_at(operator) == Some(Reach::Phone) {
            self.withdraw_from(operator, WithdrawnWhy::Unreachable);
        }
    }

    fn enqueue(&mut self, session: SessionId, line: String, group: GroupId, (priority, since): (i32, Time)) {
        self.remove(session, WithdrawnWhy::Redirected);
        let Some(settings) = self.groups.get(&group) else {
            return self.overflow(session, group, OverflowWhy::NoGroup);
        };
        if self.takes_no_more(settings) {
            return self.overflow(session, group, OverflowWhy::Full);
        }
        let max_wait = settings.max_wait;
        let deadline = max_wait.map(|max| self.wake(max, Timer::WaitEnds(session)));
        let place = self.new_place(session, priority, since);
        let (tried, client) = (BTreeMap::new(), Client::Present);
        let state = WaitState::Queued;
        self.waiting.insert(session, Waiting { line, group, place, client, deadline, tried, state });
        self.dispatch();
        if self.waiting.get(&session).is_some_and(|waiting| waiting.state == WaitState::Queued) {
            self.decide(session, Outcome::Waits);
        }
    }

    /// Whether a group takes no more clients who wait; one that there is not takes none.
    pub fn is_full(&self, group: GroupId) -> bool {
        self.groups.get(&group).is_none_or(|settings| self.takes_no_more(settings))
    }

    fn takes_no_more(&self, settings: &Group) -> bool {
        let counts = |waiting: &&Waiting| waiting.group == settings.id && waiting.client == Client::Present;
        let ahead = || self.waiting.values().filter(counts).count();
        self.waiting.len() >= MAX_WAITING || settings.limit.is_some_and(|limit| ahead() >= limit)
    }

    fn new_place(&mut self, session: SessionId, priority: i32, since: Time) -> Place {
        self.arrivals += 1;
        let priority = std::cmp::Reverse(priority);
        let place = Place { priority, since: since.min(self.now), arrival: self.arrivals, session };
        self.order.insert(place);
        place
    }

    fn promise(
        &mut self,
        session: SessionId,
        line: String,
        group: GroupId,
        (priority, since): (i32, Time),
        rests: bool,
    ) {
        self.remove(session, WithdrawnWhy::Redirected);
        if !self.groups.contains_key(&group) {
            return self.overflow(session, group, OverflowWhy::NoGroup);
        }
        if self.waiting.len() >= MAX_WAITING {
            return self.overflow(session, group, OverflowWhy::Full);
        }
        let place = self.new_place(session, priority, since);
        let state = if rests { WaitState::Resting } else { WaitState::Queued };
        let (tried, client, deadline) = (BTreeMap::new(), Client::Promised, None);
        self.waiting.insert(session, Waiting { line, group, place, client, deadline, tried, state });
    }

    fn rest(&mut self, session: SessionId, rests: bool) {
        // Who is there waits, and loses patience.
        let promised = self.waiting.get(&session).filter(|waiting| waiting.client == Client::Promised);
        match promised.map(|waiting| waiting.state.clone()) {
            Some(WaitState::Offered(offer)) if rests => self.withdraw(offer, WithdrawnWhy::Rests),
            Some(WaitState::Resting) if !rests => {}
            Some(WaitState::Queued) if rests => {}
            _ => return,
        }
        if let Some(waiting) = self.waiting.get_mut(&session) {
            waiting.state = if rests { WaitState::Resting } else { WaitState::Queued };
        }
    }

    fn leave(&mut self, session: SessionId, why: LeaveWhy) {
        if let Some(waiting) = self.waiting.get(&session).filter(|waiting| waiting.client == Client::Present)
        {
            let waited = self.now.since(waiting.place.since);
            self.experience.entry(waiting.group).or_default().waited(waited, true);
        }
        let why = match why {
            LeaveWhy::HungUp | LeaveWhy::Failed => WithdrawnWhy::CallerLeft,
            LeaveWhy::Dialplan | LeaveWhy::Redirected => WithdrawnWhy::Redirected,
        };
        self.remove(session, why);
        self.reserved.remove(&session);
    }

    fn engaged(&mut self, operator: UserId, session: SessionId, line: String) {
        self.remove(session, WithdrawnWhy::CompletedElsewhere);
        self.reserved.remove(&session);
        self.withdraw_from(operator, WithdrawnWhy::Engaged);
        self.hold(operator, session, Held { line, by: Through::Direct });
    }

    fn released(&mut self, operator: UserId, session: SessionId) {
        let Some(record) = self.operators.get_mut(&operator) else { return };
        let Engagement::OnSession { sessions, offered } = &mut record.state.engagement else { return };
        let Some(held) = sessions.remove(&session) else { return };
        if !sessions.is_empty() {
            return self.tell(operator);
        }
        let offered = *offered;
        let talked = self.now.since(record.state.since);
        record.idle_since = self.now;
        if let Through::Queue { group } = held.by {
            self.experience.entry(group).or_default().talked(talked);
        }
        let after = match held.by {
            Through::Queue { group } => self.groups.get(&group).map_or(Duration::ZERO, |g| g.after_call_work),
            Through::Direct => Duration::ZERO,
        };
        if after.is_zero() {
            let next = offered.map(|(offer, session)| Engagement::Offered { offer, session });
            return self.engage(operator, next.unwrap_or(Engagement::Free));
        }
        self.withdraw_from(operator, WithdrawnWhy::Engaged);
        let until = self.wake(after, Timer::WorkEnds(operator));
        self.engage(operator, Engagement::AfterWork { session, until });
    }

    fn finish_work(&mut self, operator: UserId) {
        let Some(record) = self.operators.get_mut(&operator) else { return };
        if let Engagement::AfterWork { .. } = record.state.engagement {
            record.idle_since = self.now;
            self.engage(operator, Engagement::Free);
        }
    }

    /// Puts an operator on a session, beside those they are on.
    pub(super) fn hold(&mut self, operator: UserId, session: SessionId, held: Held) {
        let now = self.now;
        let Some(record) = self.operators.get_mut(&operator) else { return };
        let (mut sessions, offered) = match &mut record.state.engagement {
            Engagement::OnSession { sessions, offered } => (std::mem::take(sessions), *offered),
            _ => (BTreeMap::new(), None),
        };
        if sessions.insert(session, held).is_none() {
            record.serve(now);
        }
        let offered = offered.filter(|(_, asked)| *asked != session);
        self.engage(operator, Engagement::OnSession { sessions, offered });
    }

    /// Changes what an operator does, and tells.
    pub(super) fn engage(&mut self, operator: UserId, engagement: Engagement) {
        let now = self.now;
        let Some(record) = self.operators.get_mut(&operator) else { return };
        let before = record.engage(engagement, now);
        if let Engagement::AfterWork { until, .. } = before {
            self.cancel(until, Timer::WorkEnds(operator));
        }
        self.tell(operator);
    }

    /// Tells an operator's state.
    pub(super) fn tell(&mut self, operator: UserId) {
        if let Some(record) = self.operators.get(&operator) {
            let state = record.state.clone();
            self.push(Output::OperatorChanged { operator, state });
        }
    }

    /// Takes a session out of the queue; phones that ring for it are told why they stop.
    pub(super) fn remove(&mut self, session: SessionId, why: WithdrawnWhy) -> Option<Waiting> {
        let waiting = self.waiting.remove(&session)?;
        self.order.remove(&waiting.place);
        if let Some(deadline) = waiting.deadline {
            self.cancel(deadline, Timer::WaitEnds(session));
        }
        if let WaitState::Offered(offer) = waiting.state {
            self.withdraw(offer, why);
        }
        Some(waiting)
    }

    fn overflow_if_overdue(&mut self, session: SessionId) {
        let Some(waiting) = self.waiting.get(&session) else { return };
        let overdue = waiting.deadline.is_some_and(|deadline| deadline <= self.now);
        if overdue && waiting.state == WaitState::Queued {
            let group = waiting.group;
            self.decide(session, Outcome::Overflows(OverflowWhy::MaxWait));
            self.remove(session, WithdrawnWhy::Redirected);
            self.push(Output::Overflow { session, group, why: OverflowWhy::MaxWait });
        }
    }

    /// Back to waiting when its offer has ended, unless it has waited too long.
    pub(super) fn back_to_queue(&mut self, session: SessionId) {
        if let Some(waiting) = self.waiting.get_mut(&session) {
            waiting.state = WaitState::Queued;
            self.overflow_if_overdue(session);
        }
    }

    fn overflow(&mut self, session: SessionId, group: GroupId, why: OverflowWhy) {
        let reasons = vec![];
        let outcome = Outcome::Overflows(why);
        self.push(Output::Decision(super::decision::Decision { session, group, outcome, reasons }));
        self.push(Output::Overflow { session, group, why });
    }
}
