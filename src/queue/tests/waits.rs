//! How good the expected wait is: days of simulated calls with operators who come and go.

use std::collections::BTreeMap;
use std::f64::consts::TAU;
use std::time::Duration;

use super::desk::{LINE, group, operator, session};
use crate::entropy::Entropy;
use crate::id::SessionId;
use crate::queue::*;
use crate::time::Time;

const STAFF: usize = 12;
const FORMER: usize = 4;

/// Something that happens at a moment; the earliest comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Happens {
    Arrives,
    Answers(OfferId, usize),
    HangsUp(usize, usize),
    GivesUp(usize),
    Shift,
    Asks(usize),
}

/// What was said to a caller: when, and how long it would take.
type Said = Vec<(Time, Duration)>;

struct Centre {
    queues: Queues,
    entropy: Entropy,
    now: Time,
    agenda: std::collections::BTreeSet<(Time, u64, Happens)>,
    count: u64,
    callers: usize,
    /// Callers who wait, and what they were told.
    said: BTreeMap<SessionId, Said>,
    /// Of each announcement to a caller who was served: the wait told, and the true one, in seconds.
    told: Vec<(f64, f64)>,
    online: Vec<bool>,
    /// Mean length of a session; it changes over the day.
    talk: f64,
}

impl Centre {
    fn new(seed: u64) -> Self {
        let members: Vec<usize> = (0..STAFF).collect();
        let sales = Group { after_call_work: Duration::from_secs(20), ..group(1, Strategy::Push, &members) };
        let operators = (0..STAFF).map(|n| Operator { id: operator(n), name: format!("operator {n}") });
        let mut centre = Self {
            queues: Queues::new(),
            entropy: Entropy::from_number(seed),
            now: Time::ZERO,
            agenda: std::collections::BTreeSet::new(),
            count: 0,
            callers: 0,
            said: BTreeMap::new(),
            told: vec![],
            online: vec![true; STAFF],
            talk: 200.0,
        };
        let config = Config { groups: vec![sales], operators: operators.collect(), ..Config::default() };
        centre.tell(Input::Configure(config));
        for n in 0..STAFF {
            centre.tell(Input::Reachable { operator: operator(n), reachable: true });
            if n >= FORMER {
                centre.leave_or_return(n);
            }
        }
        centre.plan(0.0, Happens::Arrives);
        centre.plan(600.0, Happens::Shift);
        centre
    }

    fn chance(&mut self) -> f64 {
        (f64::from(self.entropy.u32()) + 0.5) / 4_294_967_296.0
    }

    fn exponential(&mut self, mean: f64) -> f64 {
        -mean * self.chance().ln()
    }

    /// Lengths of telephone calls are distributed so, with a spread of seven tenths of their mean.
    fn lognormal(&mut self, mean: f64) -> f64 {
        let spread = (1.0 + 0.7_f64.powi(2)).ln();
        let normal = (-2.0 * self.chance().ln()).sqrt() * (TAU * self.chance()).cos();
        (mean.ln() - spread / 2.0 + spread.sqrt() * normal).exp()
    }

    fn plan(&mut self, seconds: f64, happens: Happens) {
        self.count += 1;
        self.agenda.insert((self.now + Duration::from_secs_f64(seconds), self.count, happens));
    }

    fn tell(&mut self, input: Input) {
        self.queues.handle(input, self.now);
        self.listen();
    }

    fn listen(&mut self) {
        while let Some(output) = self.queues.poll_output() {
            match output {
                Output::Offer { offer, operators, .. } => {
                    let who = (0..STAFF).find(|n| operators.contains(&operator(*n))).unwrap();
                    // One in twenty does not answer.
                    if self.chance() > 0.05 {
                        let delay = 2.0 + 6.0 * self.chance();
                        self.plan(delay, Happens::Answers(offer, who));
                    }
                }
                Output::Connected { session, operator: by, .. } => self.connected(session, by),
                _ => {}
            }
        }
    }

    fn connected(&mut self, id: SessionId, by: crate::id::UserId) {
        for (at, wait) in self.said.remove(&id).unwrap_or_default() {
            self.told.push((wait.as_secs_f64(), self.now.since(at).as_secs_f64()));
        }
        let who = (0..STAFF).find(|n| operator(*n) == by).unwrap();
        let caller = (0..=self.callers).rev().find(|n| session(*n) == id).unwrap();
        let talk = self.lognormal(self.talk);
        self.plan(talk, Happens::HangsUp(who, caller));
    }

    fn leave_or_return(&mut self, n: usize) {
        self.online[n] = !self.online[n];
        let status = if self.online[n] { Status::Online } else { Status::Away { reason: None } };
        self.tell(Input::SetStatus { operator: operator(n), status });
    }

    fn ask(&mut self, caller: usize) {
        let id = session(caller);
        let Some(said) = self.said.get_mut(&id) else { return };
        if let Some(wait) = self.queues.expected_wait(id, self.now) {
            said.push((self.now, wait));
        }
        self.plan(60.0, Happens::Asks(caller));
    }

    fn arrives(&mut self) {
        self.callers += 1;
        let (caller, id) = (self.callers, session(self.callers));
        self.said.insert(id, vec![]);
        let group = super::desk::group_id(1);
        self.tell(Input::Enqueue { session: id, line: LINE.into(), group, priority: 0, since: self.now });
        self.ask(caller);
        let patience = self.exponential(1_500.0);
        self.plan(patience, Happens::GivesUp(caller));
        // Somewhat more than those who usually work can serve, in waves of two hours.
        let wave = 1.0 + 0.35 * (TAU * self.now.as_millis() as f64 / 7_200_000.0).sin();
        let pause = self.exponential((self.talk + 25.0) / 6.5 / wave);
        self.plan(pause, Happens::Arrives);
    }

    /// Somebody comes or goes every five minutes or so; at least two stay. Calls become longer and shorter.
    fn shift(&mut self) {
        let n = self.entropy.u32() as usize % STAFF;
        let serving = self.online.iter().filter(|online| **online).count();
        let wanted = if self.online[n] { serving > 2 } else { serving < 10 };
        if wanted {
            self.leave_or_return(n);
        }
        self.talk = (self.talk * (0.94 + 0.12 * self.chance())).clamp(120.0, 320.0);
        let pause = self.exponential(300.0);
        self.plan(pause, Happens::Shift);
    }

    fn happens(&mut self, what: Happens) {
        match what {
            Happens::Arrives => self.arrives(),
            Happens::Answers(offer, who) => self.tell(Input::Accepted { offer, operator: operator(who) }),
            Happens::HangsUp(who, caller) => {
                self.tell(Input::Released { operator: operator(who), session: session(caller) });
            }
            Happens::GivesUp(caller) => {
                if self.said.remove(&session(caller)).is_some() {
                    self.tell(Input::Leave { session: session(caller), why: LeaveWhy::HungUp });
                }
            }
            Happens::Shift => self.shift(),
            Happens::Asks(caller) => self.ask(caller),
        }
    }

    fn run(&mut self, hours: u64) {
        let end = Time::from_secs(hours * 3_600);
        while self.now < end {
            let next = self.agenda.first().copied().unwrap();
            let due = self.queues.poll_timeout().filter(|due| *due <= next.0);
            match due {
                Some(due) => {
                    self.now = self.now.max(due);
                    self.queues.handle_timeout(self.now);
                    self.listen();
                }
                None => {
                    self.agenda.remove(&next);
                    self.now = next.0;
                    self.happens(next.2);
                }
            }
            // Who left too many calls unanswered comes back.
            for n in 0..STAFF {
                let status = self.queues.operator(operator(n)).map(|state| state.status.clone());
                if status == Some(Status::NotAnswering) {
                    self.tell(Input::SetStatus { operator: operator(n), status: Status::Online });
                }
            }
        }
    }
}

/// The median of what was said, off from the truth, as a share of the true wait.
fn median_error(told: &[(f64, f64)]) -> f64 {
    let mut errors: Vec<f64> = told.iter().map(|(said, truth)| (said - truth).abs() / truth).collect();
    errors.sort_by(f64::total_cmp);
    errors[errors.len() / 2]
}

#[test]
fn the_expected_wait_is_right_within_thirty_percent_while_staff_changes() {
    let mut told = vec![];
    for seed in 1..=2 {
        let mut centre = Centre::new(seed);
        centre.run(48);
        told.extend(centre.told);
    }
    let waits: Vec<(f64, f64)> = told.iter().copied().filter(|(_, truth)| *truth >= 60.0).collect();
    let bias: f64 = waits.iter().map(|(said, truth)| said - truth).sum::<f64>()
        / waits.iter().map(|(_, truth)| truth).sum::<f64>();
    let (all, long) = (median_error(&told), median_error(&waits));
    println!(
        "{} told, median error {:.1} %; {} of a minute or more, {:.1} %, bias {:+.1} %",
        told.len(),
        all * 100.0,
        waits.len(),
        long * 100.0,
        bias * 100.0
    );
    for (low, high) in [(1.0, 30.0), (30.0, 60.0), (60.0, 180.0), (180.0, 600.0), (600.0, 9e9)] {
        let some: Vec<_> = told.iter().copied().filter(|(_, truth)| (low..high).contains(truth)).collect();
        println!(
            "{low:>5} s and more: {:>6} told, median error {:.1} %",
            some.len(),
            median_error(&some) * 100.0
        );
    }
    assert!(waits.len() > 5_000);
    assert!(long < 0.30, "median error {:.1} %", long * 100.0);
    assert!(bias.abs() < 0.15, "bias {:+.1} %", bias * 100.0);
}

#[test]
fn the_expected_wait_follows_the_staff_at_once() {
    let mut centre = Centre::new(7);
    centre.run(3);
    let caller = centre.callers + 1;
    centre.callers = caller;
    let group = super::desk::group_id(1);
    for n in 0..STAFF {
        let away = Status::Away { reason: None };
        centre.tell(Input::SetStatus {
            operator: operator(n),
            status: if n < 6 { Status::Online } else { away },
        });
    }
    centre.tell(Input::Enqueue {
        session: session(caller),
        line: LINE.into(),
        group,
        priority: -1,
        since: centre.now,
    });
    for extra in 1..=20 {
        centre.tell(Input::Enqueue {
            line: LINE.into(),
            session: session(caller + extra),
            group,
            priority: 0,
            since: centre.now,
        });
    }
    let wait = |centre: &Centre| centre.queues.expected_wait(session(caller), centre.now);
    let six = wait(&centre).unwrap();
    for n in 2..6 {
        centre.tell(Input::SetStatus { operator: operator(n), status: Status::Away { reason: None } });
    }
    let two = wait(&centre).unwrap();
    assert!(two > six * 2, "{six:?} with six, {two:?} with two");
    for n in 0..2 {
        centre.tell(Input::SetStatus { operator: operator(n), status: Status::Away { reason: None } });
    }
    assert_eq!(wait(&centre), None, "nobody is there");
    for n in 0..6 {
        centre.tell(Input::SetStatus { operator: operator(n), status: Status::Online });
    }
    assert!(wait(&centre).unwrap() < two);
}

#[test]
fn nothing_is_told_before_some_sessions_were_served() {
    let centre = Centre::new(9);
    assert_eq!(centre.queues.expected_wait(session(1), centre.now), None);
}
