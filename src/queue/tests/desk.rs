//! A company for tests: groups and operators by small numbers, and the clock.

use std::time::Duration;

use uuid::Uuid;

use crate::id::{GroupId, SessionId, TenantId, UserId};
use crate::queue::*;
use crate::time::Time;

/// The line by which sessions come, where nothing else is said.
pub const LINE: &str = "phone";

pub const NAMES: [&str; 6] = ["Anna", "Boris", "Cyril", "Dana", "Emil", "Filip"];

pub fn operator(number: usize) -> UserId {
    UserId(Uuid::from_u128(number as u128))
}

pub fn session(number: usize) -> SessionId {
    SessionId(Uuid::from_u128(1_000 + number as u128))
}

pub fn group_id(number: usize) -> GroupId {
    GroupId(Uuid::from_u128(100 + number as u128))
}

pub fn group(number: usize, strategy: Strategy, members: &[usize]) -> Group {
    let tenant = TenantId(Uuid::from_u128(7));
    let members = members.iter().map(|member| Member { operator: operator(*member) }).collect();
    Group { strategy, members, ..Group::new(group_id(number), tenant, format!("group {number}")) }
}

/// Queues, what time it is, and what came out.
pub struct Desk {
    pub queues: Queues,
    pub now: Time,
    pub outputs: Vec<Output>,
}

impl Desk {
    /// All six operators, reachable and online.
    pub fn new(groups: Vec<Group>) -> Self {
        let operators =
            NAMES.iter().enumerate().map(|(n, name)| Operator { id: operator(n), name: (*name).to_owned() });
        let mut desk = Desk { queues: Queues::new(), now: Time::from_secs(100), outputs: vec![] };
        desk.tell(Input::Configure(Config { groups, operators: operators.collect(), ..Config::default() }));
        for number in 0..NAMES.len() {
            desk.tell(Input::Reachable { operator: operator(number), reachable: true });
        }
        desk.outputs.clear();
        desk
    }

    pub fn tell(&mut self, input: Input) {
        self.queues.handle(input, self.now);
        self.drain();
    }

    /// Lets time pass from timeout to timeout.
    pub fn pass(&mut self, seconds: u64) {
        let end = self.now + Duration::from_secs(seconds);
        while let Some(next) = self.queues.poll_timeout().filter(|next| *next <= end) {
            self.queues.handle_timeout(next);
            self.drain();
        }
        self.now = end;
        self.queues.handle_timeout(end);
        self.drain();
    }

    fn drain(&mut self) {
        self.outputs.extend(std::iter::from_fn(|| self.queues.poll_output()));
        assert_eq!(self.queues.invariants(), []);
    }

    pub fn enqueue(&mut self, number: usize, group: usize) {
        self.enqueue_with(number, group, 0);
    }

    pub fn enqueue_with(&mut self, number: usize, group: usize, priority: i32) {
        let (session, group, since) = (session(number), group_id(group), self.now);
        self.tell(Input::Enqueue { session, line: LINE.into(), group, priority, since });
    }

    pub fn status(&mut self, number: usize, status: Status) {
        self.tell(Input::SetStatus { operator: operator(number), status });
    }

    pub fn reachable(&mut self, number: usize, reachable: bool) {
        self.tell(Input::Reachable { operator: operator(number), reachable });
    }

    pub fn channel(&mut self, number: usize, line: &str, on: bool) {
        self.tell(Input::Channel { operator: operator(number), line: line.to_owned(), on });
    }

    pub fn accept(&mut self, number: usize) {
        let offer = self.rings_at(number).unwrap();
        self.tell(Input::Accepted { offer, operator: operator(number) });
    }

    pub fn refuse(&mut self, number: usize, why: Refusal) {
        let offer = self.rings_at(number).unwrap();
        self.tell(Input::Refused { offer, operator: operator(number), why });
    }

    pub fn take(&mut self, number: usize, session_number: usize) {
        self.tell(Input::Take { session: session(session_number), operator: operator(number) });
    }

    pub fn engage(&mut self, number: usize, session_number: usize) {
        let line = LINE.to_owned();
        self.tell(Input::Engaged { operator: operator(number), session: session(session_number), line });
    }

    pub fn release(&mut self, number: usize, session_number: usize) {
        self.tell(Input::Released { operator: operator(number), session: session(session_number) });
    }

    pub fn leave(&mut self, number: usize, why: LeaveWhy) {
        self.tell(Input::Leave { session: session(number), why });
    }

    /// Serves a session from ring to end, so that the operator has one more to their name.
    pub fn serve(&mut self, number: usize, session_number: usize, group: usize) {
        self.enqueue(session_number, group);
        self.take(number, session_number);
        self.accept(number);
        self.release(number, session_number);
    }

    pub fn engagement(&self, number: usize) -> Engagement {
        self.queues.operator(operator(number)).unwrap().engagement.clone()
    }

    pub fn rings_at(&self, number: usize) -> Option<OfferId> {
        match self.engagement(number) {
            Engagement::Offered { offer, .. } => Some(offer),
            _ => None,
        }
    }

    /// The operators at whom a session rings.
    pub fn ringing(&self, number: usize) -> Vec<usize> {
        let for_it = |n: &usize| matches!(self.engagement(*n), Engagement::Offered { session: s, .. } if s == session(number));
        (0..NAMES.len()).filter(for_it).collect()
    }

    /// What came out since the last time, without the operators' states and the decisions.
    pub fn acts(&mut self) -> Vec<Output> {
        let told = |output: &Output| matches!(output, Output::OperatorChanged { .. } | Output::Decision(_));
        std::mem::take(&mut self.outputs).into_iter().filter(|output| !told(output)).collect()
    }

    /// The decisions since the last time, as text.
    pub fn decisions(&mut self) -> Vec<String> {
        let decision = |output| match output {
            Output::Decision(decision) => Some(decision.to_string()),
            _ => None,
        };
        std::mem::take(&mut self.outputs).into_iter().filter_map(decision).collect()
    }

    /// Why phones stopped ringing since the last time.
    pub fn withdrawals(&mut self) -> Vec<(usize, WithdrawnWhy)> {
        let number = |id: UserId| (0..NAMES.len()).find(|n| operator(*n) == id).unwrap();
        let withdrawn = |output| match output {
            Output::Withdrawn { operator, why, .. } => Some((number(operator), why)),
            _ => None,
        };
        self.acts().into_iter().filter_map(withdrawn).collect()
    }
}
