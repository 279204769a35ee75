//! Whether a provider is there: it is asked with OPTIONS (RFC 3261 section 11), and one lost answer does not
//! make it gone, nor one answer make it well again.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::entropy::Entropy;
use crate::time::Time;

/// So many failures in a row make it gone.
const GONE_AFTER: u8 = 3;
/// So many answers in a row make it well again.
const WELL_AFTER: u8 = 2;
/// The longest pause while it is in doubt.
const DOUBT: Duration = Duration::from_secs(10);
/// How long it may take to answer one question.
pub const PATIENCE: Duration = Duration::from_secs(4);

/// Whether one provider is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Health {
    every: Duration,
    /// When it is asked next; nothing while a question is on its way.
    next: Option<Time>,
    standing: Standing,
    /// Whether it ever answered. One that answers no OPTIONS at all may well take calls.
    has_answered: bool,
    round_trip: Option<Duration>,
    trouble: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Standing {
    Well { failures: u8 },
    Gone { answers: u8 },
}

/// Whether a provider is there, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthView {
    /// It takes no calls until it answers again.
    pub is_gone: bool,
    /// How long the last answer took.
    pub round_trip: Option<Duration>,
    /// Why the last question failed; nothing if it was answered.
    pub trouble: Option<String>,
}

impl Health {
    /// Asked for the first time within the first second.
    pub fn new(every: Duration, entropy: &mut Entropy, now: Time) -> Self {
        let first = now + Duration::from_millis(u64::from(entropy.u32()) % 1000);
        Self {
            every,
            next: Some(first),
            standing: Standing::Well { failures: 0 },
            has_answered: false,
            round_trip: None,
            trouble: None,
        }
    }

    /// When it is to be asked.
    pub fn poll_timeout(&self) -> Option<Time> {
        self.next
    }

    /// A question goes out.
    pub fn begin(&mut self) {
        self.next = None;
    }

    /// Asks now, if no question is on its way.
    pub fn hurry(&mut self, now: Time) {
        self.next = self.next.map(|_| now);
    }

    /// Whether it is to get no calls.
    pub fn is_gone(&self) -> bool {
        matches!(self.standing, Standing::Gone { .. })
    }

    /// It answered.
    pub fn answered(&mut self, round_trip: Duration, entropy: &mut Entropy, now: Time) {
        (self.has_answered, self.round_trip, self.trouble) = (true, Some(round_trip), None);
        self.standing = match self.standing {
            Standing::Gone { answers } if answers + 1 < WELL_AFTER => Standing::Gone { answers: answers + 1 },
            _ => Standing::Well { failures: 0 },
        };
        self.rest(entropy, now);
    }

    /// It did not answer, or not as one that takes calls.
    pub fn failed(&mut self, why: String, entropy: &mut Entropy, now: Time) {
        self.trouble = Some(why);
        self.standing = match self.standing {
            Standing::Well { failures } if !self.has_answered => {
                Standing::Well { failures: doubtful(failures) }
            }
            Standing::Well { failures } if failures + 1 < GONE_AFTER => {
                Standing::Well { failures: failures + 1 }
            }
            // One that never answers is not kept out for ever: its next call shows.
            Standing::Gone { .. } if !self.has_answered => Standing::Well { failures: GONE_AFTER - 1 },
            Standing::Well { .. } | Standing::Gone { .. } => Standing::Gone { answers: 0 },
        };
        self.rest(entropy, now);
    }

    /// A call got no answer there: it is asked at once. One that answers no questions either is gone.
    pub fn call_failed(&mut self, now: Time) {
        if let Standing::Well { failures } = self.standing {
            self.standing = match failures + 1 >= GONE_AFTER && self.trouble.is_some() {
                true => Standing::Gone { answers: 0 },
                false => Standing::Well { failures: doubtful(failures) },
            };
        }
        self.hurry(now);
    }

    /// How it is shown.
    pub fn view(&self) -> HealthView {
        HealthView { is_gone: self.is_gone(), round_trip: self.round_trip, trouble: self.trouble.clone() }
    }

    fn rest(&mut self, entropy: &mut Entropy, now: Time) {
        let pause = match self.standing {
            Standing::Well { failures: 0 } => self.every,
            Standing::Well { .. } if !self.has_answered => self.every,
            _ => self.every.min(DOUBT),
        };
        // Many trunks are not asked all at the same moment.
        let jitter = 0.9 + 0.2 * f64::from(entropy.u32()) / f64::from(u32::MAX);
        self.next = Some(now + pause.mul_f64(jitter));
    }
}

/// One failure more, of those that do not make it gone by themselves.
fn doubtful(failures: u8) -> u8 {
    (failures + 1).min(GONE_AFTER - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn health() -> (Health, Entropy) {
        let mut entropy = Entropy::from_number(1);
        (Health::new(Duration::from_secs(60), &mut entropy, Time::ZERO), entropy)
    }

    #[test]
    fn three_failures_in_a_row_make_it_gone_and_two_answers_well_again() {
        let (mut health, mut entropy) = health();
        let answer = |health: &mut Health, entropy: &mut Entropy| {
            health.begin();
            health.answered(Duration::from_millis(20), entropy, Time::ZERO);
        };
        let fail = |health: &mut Health, entropy: &mut Entropy| {
            health.begin();
            health.failed("silence".into(), entropy, Time::ZERO);
        };
        answer(&mut health, &mut entropy);
        for _ in 0..10 {
            fail(&mut health, &mut entropy);
            fail(&mut health, &mut entropy);
            assert!(health.poll_timeout().unwrap() <= Time::from_secs(11), "in doubt it is asked sooner");
            answer(&mut health, &mut entropy);
            assert!(!health.is_gone(), "an answer between forgives");
        }
        (0..3).for_each(|_| fail(&mut health, &mut entropy));
        assert!(health.is_gone());
        answer(&mut health, &mut entropy);
        assert!(health.is_gone(), "one answer is not enough");
        fail(&mut health, &mut entropy);
        answer(&mut health, &mut entropy);
        assert!(health.is_gone());
        answer(&mut health, &mut entropy);
        assert!(!health.is_gone());
        assert_eq!(health.view().round_trip, Some(Duration::from_millis(20)));
    }

    #[test]
    fn one_that_never_answers_is_gone_only_if_calls_fail_too() {
        let (mut health, mut entropy) = health();
        (0..300).for_each(|_| health.failed("silence".into(), &mut entropy, Time::ZERO));
        assert!(!health.is_gone(), "many providers answer no OPTIONS");
        assert!(health.view().trouble.is_some());
        health.call_failed(Time::ZERO);
        assert!(health.is_gone());
        health.failed("silence".into(), &mut entropy, Time::ZERO);
        assert!(!health.is_gone(), "the next call may try again");
    }
}
