//! What a test call was to show, and whether it did.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::report::{Ending, Report};

/// What a test call is to show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expectations {
    /// The answer comes within this time.
    pub answer: Option<Duration>,
    /// This status answers the INVITE.
    pub status: Option<u16>,
    /// A given sound is heard.
    pub sound: bool,
    /// What is heard is no quieter, in dBm0.
    pub level: Option<f32>,
    /// No more packets are lost on the way to us, in percent.
    pub loss: Option<f64>,
    /// No silence is longer.
    pub silence: Option<Duration>,
}

/// How much of an expected sound has to be heard: its seams may fall to the jitter buffer.
const ENOUGH: f32 = 0.9;

/// One expectation and what was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What was expected, in words.
    pub expected: String,
    /// What was found.
    pub found: String,
    /// Whether that will do.
    pub ok: bool,
}

/// What a program that runs a test call is told by its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All is as expected.
    Good,
    /// An expectation is not met.
    NotAsExpected,
    /// The call was refused, or nobody answered it in time.
    NotAnswered,
    /// Nobody was reached.
    Unreachable,
}

impl Expectations {
    /// Compares.
    pub fn check(&self, report: &Report) -> Vec<Check> {
        let (sound, heard) = (report.sound.as_ref(), report.heard.as_ref());
        let checks = [
            self.answer.map(|limit| answered_within(report, limit)),
            self.status.map(|status| Check {
                expected: format!("status {status}"),
                found: report
                    .outcome
                    .status
                    .map_or_else(|| "no final response".to_owned(), |found| found.to_string()),
                ok: report.outcome.status == Some(status),
            }),
            self.level.map(|least| {
                let level = heard.and_then(|heard| heard.level_dbm0);
                Check {
                    expected: format!("at least {least:.1} dBm0"),
                    found: level.map_or_else(|| "silence".to_owned(), |level| format!("{level:.1} dBm0")),
                    ok: level.is_some_and(|level| level >= least),
                }
            }),
            self.loss.map(|most| Check {
                expected: format!("at most {most} % lost"),
                found: sound
                    .map_or_else(|| "no sound".to_owned(), |sound| format!("{:.2} %", sound.loss_percent)),
                ok: sound.is_some_and(|sound| sound.received > 0 && sound.loss_percent <= most),
            }),
            self.silence.map(|most| {
                let longest = heard.map(|heard| Duration::from_millis(heard.longest_silence_ms));
                Check {
                    expected: format!("no silence over {}", seconds(most)),
                    found: longest.map_or_else(|| "nothing heard".to_owned(), seconds),
                    ok: longest.is_some_and(|longest| longest <= most),
                }
            }),
            self.sound.then(|| expected_sound(report)),
        ];
        checks.into_iter().flatten().collect()
    }

    /// The one word for it all.
    pub fn verdict(&self, report: &Report, checks: &[Check]) -> Verdict {
        match report.outcome.ending {
            // Whoever expects a refusal gets what was wished for.
            _ if self.status.is_some() && checks.iter().all(|check| check.ok) => Verdict::Good,
            Ending::Unreachable | Ending::Failed => Verdict::Unreachable,
            _ if self.status.is_some() => Verdict::NotAsExpected,
            Ending::Refused | Ending::NotAnswered => Verdict::NotAnswered,
            Ending::Answered if checks.iter().all(|check| check.ok) => Verdict::Good,
            Ending::Answered => Verdict::NotAsExpected,
        }
    }
}

fn answered_within(report: &Report, limit: Duration) -> Check {
    let took = report.setup.answered_ms.map(Duration::from_millis);
    Check {
        expected: format!("answer within {}", seconds(limit)),
        found: took.map_or_else(|| "no answer".to_owned(), |took| format!("after {}", seconds(took))),
        ok: took.is_some_and(|took| took <= limit),
    }
}

fn expected_sound(report: &Report) -> Check {
    let likeness = report.heard.as_ref().and_then(|heard| heard.expected);
    Check {
        expected: "the given sound is heard".to_owned(),
        found: likeness.map_or_else(
            || "nothing heard".to_owned(),
            |like| {
                format!("{} of {} half seconds, correlation {:.3}", like.heard, like.pieces, like.correlation)
            },
        ),
        ok: likeness.is_some_and(|likeness| likeness.share() >= ENOUGH),
    }
}

/// A time as people write it: `850 ms`, `2.5 s`.
pub fn seconds(time: Duration) -> String {
    match time.as_millis() {
        ms @ 0..1_000 => format!("{ms} ms"),
        ms => format!("{} s", ms as f64 / 1_000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::report::{Outcome, Setup};

    fn report(ending: Ending, status: Option<u16>) -> Report {
        Report {
            callee: "sip:100@192.0.2.1".into(),
            outcome: Outcome { ending, status, reason: String::new(), ended_by: None },
            peer: None,
            sent_to: None,
            transport: None,
            call_id: None,
            setup: Setup { answered_ms: (ending == Ending::Answered).then_some(1_200), ..Setup::default() },
            talk_ms: None,
            sound: None,
            heard: None,
            notes: vec![],
        }
    }

    fn verdict(expectations: &Expectations, ending: Ending, status: Option<u16>) -> Verdict {
        let report = report(ending, status);
        expectations.verdict(&report, &expectations.check(&report))
    }

    #[test]
    fn without_expectations_an_answer_is_all_that_is_wanted() {
        let none = Expectations::default();
        assert_eq!(verdict(&none, Ending::Answered, Some(200)), Verdict::Good);
        assert_eq!(verdict(&none, Ending::Refused, Some(486)), Verdict::NotAnswered);
        assert_eq!(verdict(&none, Ending::NotAnswered, None), Verdict::NotAnswered);
        assert_eq!(verdict(&none, Ending::Unreachable, None), Verdict::Unreachable);
    }

    #[test]
    fn a_refusal_that_is_expected_is_good_and_an_answer_then_is_not() {
        let refusal = Expectations { status: Some(403), ..Expectations::default() };
        assert_eq!(verdict(&refusal, Ending::Refused, Some(403)), Verdict::Good);
        assert_eq!(verdict(&refusal, Ending::Refused, Some(404)), Verdict::NotAsExpected);
        assert_eq!(verdict(&refusal, Ending::Answered, Some(200)), Verdict::NotAsExpected);
        assert_eq!(verdict(&refusal, Ending::Unreachable, None), Verdict::Unreachable);
    }

    #[test]
    fn what_is_not_met_is_told_in_words() {
        let strict = Expectations {
            answer: Some(Duration::from_secs(1)),
            level: Some(-30.0),
            loss: Some(1.0),
            silence: Some(Duration::from_secs(2)),
            sound: true,
            ..Expectations::default()
        };
        let report = report(Ending::Answered, Some(200));
        let checks = strict.check(&report);
        assert!(checks.iter().all(|check| !check.ok), "{checks:#?}");
        assert_eq!((&*checks[0].expected, &*checks[0].found), ("answer within 1 s", "after 1.2 s"));
        assert_eq!(strict.verdict(&report, &checks), Verdict::NotAsExpected);
    }
}
