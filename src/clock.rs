//! The one place that asks the operating system for the time and for randomness.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tracing::warn;

use crate::entropy::Entropy;
use crate::time::{Epoch, Time, UnixMs};

/// The clock of the running program. Clones show the same time.
#[derive(Clone, Debug)]
pub struct Clock {
    start: Instant,
    /// What the wall clock said when the time began.
    first: i64,
    /// The same, as the wall clock has been set since.
    epoch: Arc<AtomicI64>,
}

/// How long before the start the time begins, so that what stood before a restart has its moment too.
const BEFORE: Duration = Duration::from_secs(86_400);

/// Milliseconds by which the wall clock may differ before it counts as set: by hand, or by NTP after
/// a start without network.
const SET_BY: i64 = 500;

impl Clock {
    /// A clock that starts now.
    #[expect(
        clippy::disallowed_methods,
        reason = "the driver's own clock, from which all rooms are told the time"
    )]
    pub fn start() -> Self {
        let first = unix().0 - BEFORE.as_millis() as i64;
        Self { start: Instant::now(), first, epoch: Arc::new(AtomicI64::new(first)) }
    }

    /// Looks whether the wall clock was set. If so, how moments are put on the calendar from now on.
    pub fn adjust(&self) -> Option<Epoch> {
        self.adjust_to(unix())
    }

    fn adjust_to(&self, wall: UnixMs) -> Option<Epoch> {
        let by = wall.0 - self.wall().0;
        if by.abs() < SET_BY {
            return None;
        }
        warn!(seconds = by / 1_000, "the system's clock was set");
        self.epoch.fetch_add(by, Ordering::Relaxed);
        Some(self.epoch())
    }

    /// How moments are put on the calendar.
    pub fn epoch(&self) -> Epoch {
        Epoch(UnixMs(self.epoch.load(Ordering::Relaxed)))
    }

    /// By how many milliseconds the wall clock was set since the start, in all.
    pub fn set_by(&self) -> i64 {
        self.epoch().0.0.saturating_sub(self.first)
    }

    /// The time now.
    pub fn now(&self) -> Time {
        Time::ZERO + BEFORE + self.start.elapsed()
    }

    /// How long it goes already.
    pub fn uptime(&self) -> Duration {
        self.start.elapsed()
    }

    /// The wall-clock time.
    pub fn wall(&self) -> UnixMs {
        self.epoch().wall(self.now())
    }

    /// The wall-clock time in microseconds since 1970, UTC.
    pub fn wall_us(&self) -> i64 {
        let since = i64::try_from(self.now().0).unwrap_or(i64::MAX);
        self.epoch().0.0.saturating_mul(1_000).saturating_add(since)
    }

    /// When the operating system's clock shows this moment.
    pub fn instant(&self, time: Time) -> Instant {
        self.start + Duration::from_micros(time.0).saturating_sub(BEFORE)
    }
}

/// What the operating system's calendar says.
#[expect(
    clippy::disallowed_methods,
    reason = "the driver's own clock, from which all rooms are told the time"
)]
fn unix() -> UnixMs {
    let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixMs(i64::try_from(unix.as_millis()).unwrap_or(i64::MAX))
}

/// A generator seeded by the operating system.
pub fn entropy() -> Entropy {
    use rand_chacha::rand_core::{OsRng, TryRngCore};
    let mut seed = [0; 32];
    // Without randomness tags and nonces could be guessed: better not to start at all.
    OsRng
        .try_fill_bytes(&mut seed)
        .unwrap_or_else(|error| panic!("the operating system gives no randomness: {error}"));
    Entropy::from_seed(seed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_set_is_noticed_once_and_shown_by_all_its_clones() {
        let clock = Clock::start();
        let other = clock.clone();
        assert_eq!(clock.adjust(), None);
        let hour = 3_600_000;
        let later = UnixMs(clock.wall().0 + hour);
        let epoch = clock.adjust_to(later).unwrap();
        assert_eq!(clock.adjust_to(later), None);
        assert_eq!(other.epoch(), epoch);
        assert!((other.wall().0 - later.0).abs() < SET_BY);
        assert!((other.set_by() - hour).abs() < SET_BY);
    }
}
