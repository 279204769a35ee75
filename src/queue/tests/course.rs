//! Random courses of events, as a switch that keeps its rules would cause them.

use std::time::Duration;

use proptest::prelude::any;
use proptest::strategy::Strategy as Generated;

use super::desk::{LINE, NAMES, group, group_id, operator, session};
use super::observer::Observer;
use crate::entropy::Entropy;
use crate::id::UserId;
use crate::queue::*;
use crate::time::Time;

/// One event, not yet tied to what is there: the numbers choose among it.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    kind: u8,
    one: u8,
    other: u8,
}

pub fn steps(most: usize) -> impl Generated<Value = Vec<Step>> {
    let step = any::<(u8, u8, u8)>().prop_map(|(kind, one, other)| Step { kind, one, other });
    proptest::collection::vec(step, 1..most)
}

pub fn seeded_steps(seed: u64, many: usize) -> Vec<Step> {
    let mut entropy = Entropy::from_number(seed);
    let mut byte = || (entropy.u32() >> 24) as u8;
    (0..many).map(|_| Step { kind: byte(), one: byte(), other: byte() }).collect()
}

/// By which of two lines.
fn line(number: u8) -> String {
    if number.is_multiple_of(4) { "webchat" } else { LINE }.to_owned()
}

/// Six operators and a group of each kind, some operators in several.
fn config(cut: Cut) -> Config {
    let push = Group {
        misses_allowed: 2,
        after_call_work: Duration::from_secs(20),
        ..group(0, Strategy::Push, &[0, 1, 2])
    };
    let all = Group {
        limit: Some(3),
        max_wait: Some(Duration::from_secs(60)),
        misses_allowed: 2,
        ..group(1, Strategy::RingAll, &[1, 2, 3])
    };
    let pull = Group { after_call_work: Duration::from_secs(5), ..group(2, Strategy::Pull, &[3, 4, 0]) };
    let late = Group { max_wait: Some(Duration::from_secs(40)), ..group(3, Strategy::Push, &[4, 5]) };
    let people =
        NAMES.iter().enumerate().map(|(n, name)| Operator { id: operator(n), name: (*name).to_owned() });
    let mut config =
        Config { groups: vec![push, all, pull, late], operators: people.collect(), ..Config::default() };
    if cut == Cut::GroupAndOperator {
        config.groups.pop();
    }
    if cut != Cut::Nothing {
        config.operators.pop();
    }
    config
}

#[derive(Clone, Copy, PartialEq)]
enum Cut {
    Nothing,
    Operator,
    GroupAndOperator,
}

pub struct Course {
    pub queues: Queues,
    pub observer: Observer,
    pub now: Time,
    /// Queues restored from a snapshot, told the same from then on.
    pub twin: Option<Queues>,
    sessions: usize,
    offers: Vec<(OfferId, UserId)>,
}

impl Course {
    pub fn new() -> Self {
        let mut course = Course {
            queues: Queues::new(),
            observer: Observer::default(),
            now: Time::from_secs(1_000),
            twin: None,
            sessions: 0,
            offers: vec![],
        };
        course.tell(Input::Configure(config(Cut::Nothing)));
        (0..NAMES.len())
            .for_each(|n| course.tell(Input::Reachable { operator: operator(n), reachable: true }));
        course
    }

    pub fn tell(&mut self, input: Input) {
        self.observer.input(&input, self.now);
        if let Some(twin) = &mut self.twin {
            twin.handle(input.clone(), self.now);
        }
        self.queues.handle(input, self.now);
        self.look();
    }

    pub fn pass(&mut self, pause: Duration) {
        let end = self.now + pause;
        while let Some(next) = self.queues.poll_timeout().filter(|next| *next <= end) {
            self.move_to(self.now.max(next));
        }
        self.move_to(end);
    }

    fn move_to(&mut self, now: Time) {
        self.now = now;
        self.queues.handle_timeout(now);
        if let Some(twin) = &mut self.twin {
            twin.handle_timeout(now);
        }
        self.look();
    }

    fn look(&mut self) {
        while let Some(output) = self.queues.poll_output() {
            if let Output::Offer { offer, operators, .. } = &output {
                self.offers.extend(operators.iter().map(|operator| (*offer, *operator)));
            }
            self.observer.output(&output, self.now);
            if let Some(twin) = &mut self.twin {
                assert_eq!(twin.poll_output(), Some(output), "a restored machine goes on alike");
            }
        }
        self.observer.agrees_with(&self.queues, self.now);
    }

    pub fn step(&mut self, step: Step) {
        let Step { one, other, .. } = step;
        let who = operator(usize::from(one) % NAMES.len());
        match step.kind % 36 {
            0..=5 => self.enqueue(one, other),
            6..=7 => self.leave(one, other),
            8..=11 => self.answer(one, other, None),
            12..=14 => self.answer(one, other, Some(other)),
            15..=16 => self.take(who, other),
            17 => self.engage(who, other),
            18..=20 => self.release(who),
            21 => self.tell(Input::FinishWork { operator: who }),
            22..=24 => self.tell(Input::SetStatus { operator: who, status: status(other) }),
            25..=26 => self.tell(Input::Reachable { operator: who, reachable: !other.is_multiple_of(5) }),
            27 if one.is_multiple_of(8) => self.reconfigure(other),
            28 => self.late_answer(one),
            32 => self.promise(one, other),
            35 => self.tell(Input::Channel {
                operator: who,
                line: line(other),
                on: !(other / 8).is_multiple_of(3),
            }),
            33..=34 => self.rest(one, !other.is_multiple_of(3)),
            _ => self.pass(Duration::from_millis(u64::from(one) * 100)),
        }
    }

    fn reconfigure(&mut self, other: u8) {
        let cuts = [Cut::Nothing, Cut::Operator, Cut::GroupAndOperator];
        self.tell(Input::Configure(config(cuts[usize::from(other) % 3])));
    }

    fn enqueue(&mut self, one: u8, other: u8) {
        let waits = self.waiting(other).filter(|_| one.is_multiple_of(16));
        self.sessions += 1;
        let session = waits.unwrap_or(session(self.sessions));
        let group = group_id(usize::from(other) % if one == 77 { 5 } else { 4 });
        let since = Time(self.now.0 - u64::from(other / 32) * 1_000_000);
        self.tell(Input::Enqueue { session, line: line(other), group, priority: i32::from(one % 3), since });
    }

    /// A client is promised a call, as a rule in the place of one who waits.
    fn promise(&mut self, one: u8, other: u8) {
        let leaves = self.waiting(other).filter(|_| one % 4 != 1);
        let (group, place) = match leaves {
            Some(session) => (self.queues.group_of(session).unwrap(), self.queues.place(session).unwrap()),
            None => (group_id(usize::from(other) % if one == 76 { 5 } else { 4 }), (0, self.now)),
        };
        self.sessions += 1;
        let session = leaves.filter(|_| one.is_multiple_of(16)).unwrap_or(session(self.sessions));
        let (priority, since) = place;
        self.tell(Input::Promise {
            session,
            line: line(one),
            group,
            priority,
            since,
            rests: one.is_multiple_of(2),
        });
        if let Some(leaves) = leaves.filter(|leaves| *leaves != session) {
            let position = |id| self.queues.position(id);
            assert!(position(session) > position(leaves), "behind whose place it takes");
            self.tell(Input::Leave { session: leaves, why: LeaveWhy::Redirected });
        }
    }

    fn rest(&mut self, one: u8, rests: bool) {
        if let Some(session) = self.waiting(one) {
            self.tell(Input::Rest { session, rests });
        }
    }

    fn leave(&mut self, one: u8, other: u8) {
        if let Some(session) = self.waiting(one) {
            let why = [LeaveWhy::HungUp, LeaveWhy::Dialplan, LeaveWhy::Redirected, LeaveWhy::Failed];
            self.tell(Input::Leave { session, why: why[usize::from(other) % 4] });
        }
    }

    fn answer(&mut self, one: u8, other: u8, refuse: Option<u8>) {
        let ringing: Vec<(OfferId, UserId)> = self.ringing();
        let Some((offer, operator)) = ringing.get(usize::from(one) % ringing.len().max(1)).copied() else {
            return;
        };
        let why =
            [Refusal::Declined, Refusal::Busy, Refusal::NoAnswer, Refusal::Unreachable, Refusal::Failed];
        let why = why[usize::from(other) % 5];
        match refuse {
            Some(_) => self.tell(Input::Refused { offer, operator, why }),
            None => self.tell(Input::Accepted { offer, operator }),
        }
    }

    fn late_answer(&mut self, one: u8) {
        let over: Vec<(OfferId, UserId)> =
            self.offers.iter().copied().filter(|offer| !self.ringing().contains(offer)).collect();
        if let Some((offer, operator)) = over.get(usize::from(one) % over.len().max(1)).copied() {
            self.tell(Input::Accepted { offer, operator });
        }
    }

    fn take(&mut self, operator: UserId, other: u8) {
        let session = self.waiting(other).unwrap_or(session(0));
        self.tell(Input::Take { session, operator });
    }

    fn engage(&mut self, operator: UserId, other: u8) {
        let free = |state: &OperatorState| !matches!(state.engagement, Engagement::OnSession { .. });
        if self.queues.operator(operator).is_some_and(free) {
            self.sessions += 1;
            let direct = session(self.sessions);
            let session = self.waiting(other).filter(|_| other.is_multiple_of(4)).unwrap_or(direct);
            self.tell(Input::Engaged { operator, session, line: LINE.to_owned() });
        }
    }

    fn release(&mut self, operator: UserId) {
        if let Some(Engagement::OnSession { sessions, .. }) =
            self.queues.operator(operator).map(|o| &o.engagement)
        {
            let session = *sessions.keys().next().unwrap();
            self.tell(Input::Released { operator, session });
        }
    }

    fn waiting(&self, one: u8) -> Option<crate::id::SessionId> {
        let waiting: Vec<_> = self.observer.waiting.keys().copied().collect();
        waiting.get(usize::from(one) % waiting.len().max(1)).copied()
    }

    fn ringing(&self) -> Vec<(OfferId, UserId)> {
        let rings = |n| match self.queues.operator(operator(n))?.engagement {
            Engagement::Offered { offer, .. } => Some((offer, operator(n))),
            _ => None,
        };
        (0..NAMES.len()).filter_map(rings).collect()
    }

    /// Everybody comes to work and refuses everything for a while.
    pub fn everybody_refuses(&mut self, pause: Duration) {
        self.everybody_works();
        let end = self.now + pause;
        while self.now < end {
            while let Some((offer, operator)) = self.ringing().first().copied() {
                self.tell(Input::Refused { offer, operator, why: Refusal::Declined });
            }
            self.pass(Duration::from_secs(1));
        }
    }

    /// Everybody comes to work, answers and takes what they can, until nobody waits.
    pub fn everybody_serves(&mut self) {
        self.everybody_works();
        for _ in 0..self.sessions + 100 {
            (0..NAMES.len()).for_each(|n| self.release(operator(n)));
            for n in 0..NAMES.len() {
                if let Some(session) = self.queues.visible_to(operator(n)).first().copied() {
                    self.tell(Input::Take { session, operator: operator(n) });
                }
            }
            while let Some((offer, operator)) = self.ringing().first().copied() {
                self.tell(Input::Accepted { offer, operator });
            }
            self.pass(Duration::from_secs(1));
        }
    }

    fn everybody_works(&mut self) {
        self.tell(Input::Configure(config(Cut::Nothing)));
        for operator in (0..NAMES.len()).map(operator) {
            self.tell(Input::Reachable { operator, reachable: true });
            self.tell(Input::SetStatus { operator, status: Status::Online });
            for line in [LINE, "webchat"] {
                self.tell(Input::Channel { operator, line: line.to_owned(), on: true });
            }
            self.release(operator);
            self.tell(Input::FinishWork { operator });
        }
        for session in self.observer.waiting.keys().copied().collect::<Vec<_>>() {
            self.tell(Input::Rest { session, rests: false });
        }
    }
}

fn status(other: u8) -> Status {
    match other % 8 {
        0 => Status::Away { reason: None },
        1 => Status::Away { reason: Some("lunch".to_owned()) },
        _ => Status::Online,
    }
}
