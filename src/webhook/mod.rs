//! Telling other programs what happened: how a webhook is signed, and when it is tried again.
//!
//! The format is that of Standard Webhooks 1.0 (standardwebhooks.com): a receiver checks the signature
//! with any of its libraries. `server/webhooks` sends.

mod signature;

use std::time::Duration;

use crate::entropy::Entropy;
use crate::time::UnixMs;

pub use signature::Secret;

/// How often a webhook is sent at most. The pauses add up to about a day.
pub const ATTEMPTS: u32 = 12;
/// The pause after the first failure; each one after it is three times as long.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(6 * 3600);
/// The receiver wants no more of it (RFC 9110 section 15.5.11).
const GONE: u16 = 410;

/// What becomes of a webhook after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It has arrived.
    Delivered,
    /// It is sent again then.
    Again(UnixMs),
    /// It is given up.
    Failed,
}

/// What becomes of a webhook after its `attempt`-th attempt, counted from 1. `status` is what the
/// receiver answered, if it did. Pauses have some chance in them, so that receivers who come back are not met by
/// everything at once.
pub fn fate(attempt: u32, status: Option<u16>, now: UnixMs, entropy: &mut Entropy) -> Fate {
    match status {
        Some(200..=299) => Fate::Delivered,
        Some(GONE) => Fate::Failed,
        _ => again(attempt, now, entropy).map_or(Fate::Failed, Fate::Again),
    }
}

/// When something is tried again whose `attempt`-th attempt failed, counted from 1; `None` if it is given up. The pause
/// grows from one attempt to the next, and a fifth of it is left to chance.
pub fn again(attempt: u32, now: UnixMs, entropy: &mut Entropy) -> Option<UnixMs> {
    let pause = FIRST_PAUSE * 3_u32.saturating_pow(attempt.saturating_sub(1)).min(10_000);
    let pause = pause.min(LONGEST_PAUSE);
    let jitter = pause * (entropy.u32() % 400) / 1_000;
    (attempt < ATTEMPTS).then(|| now + pause * 4 / 5 + jitter)
}

/// The body that a receiver gets: what happened, when, and the particulars.
pub fn body(event: &str, at: UnixMs, data: &serde_json::Value) -> String {
    let at = jiff::Timestamp::from_millisecond(at.0).map(|at| at.to_string()).unwrap_or_default();
    serde_json::json!({ "type": event, "timestamp": at, "data": data }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_threefold_with_some_chance_up_to_six_hours() {
        let mut entropy = Entropy::from_number(1);
        for (attempt, pause) in [(1, 5), (2, 15), (3, 45), (4, 135), (8, 10_935), (9, 21_600), (11, 21_600)] {
            let mut drawn = std::collections::BTreeSet::new();
            for _ in 0..50 {
                let Fate::Again(at) = fate(attempt, Some(503), UnixMs(0), &mut entropy) else { panic!() };
                assert!((pause * 800..=pause * 1_200).contains(&at.0), "{attempt}: {}", at.0);
                drawn.insert(at.0);
            }
            assert!(drawn.len() > 30, "no chance in {attempt}");
        }
        assert_eq!(fate(ATTEMPTS, None, UnixMs(0), &mut entropy), Fate::Failed);
    }

    #[test]
    fn an_answer_decides() {
        let mut entropy = Entropy::from_number(1);
        assert_eq!(fate(1, Some(204), UnixMs(0), &mut entropy), Fate::Delivered);
        assert_eq!(fate(1, Some(410), UnixMs(0), &mut entropy), Fate::Failed);
        for status in [None, Some(302), Some(404), Some(500)] {
            assert!(matches!(fate(1, status, UnixMs(0), &mut entropy), Fate::Again(_)));
        }
    }

    #[test]
    fn the_body_says_what_happened_and_when() {
        let body = body("order.asked", UnixMs(1_700_000_000_123), &serde_json::json!({ "order": "4711" }));
        let expected =
            r#"{"data":{"order":"4711"},"timestamp":"2023-11-14T22:13:20.123Z","type":"order.asked"}"#;
        assert_eq!(body, expected);
    }
}
