//! The one place that asks the operating system for the time and for randomness.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::entropy::Entropy;
use crate::time::{Epoch, Time, UnixMs};

/// The clock of the running program.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start: Instant,
    /// What the wall clock said at the start.
    pub epoch: Epoch,
}

impl Clock {
    /// A clock that starts now.
    #[expect(
        clippy::disallowed_methods,
        reason = "the driver's own clock, from which all rooms are told the time"
    )]
    pub fn start() -> Self {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let ms = i64::try_from(unix.as_millis()).unwrap_or(i64::MAX);
        Self { start: Instant::now(), epoch: Epoch(UnixMs(ms)) }
    }

    /// The time since the start.
    pub fn now(&self) -> Time {
        Time::ZERO + self.start.elapsed()
    }

    /// The wall-clock time.
    pub fn wall(&self) -> UnixMs {
        self.epoch.wall(self.now())
    }

    /// When the operating system's clock shows this moment.
    pub fn instant(&self, time: Time) -> Instant {
        self.start + Duration::from_micros(time.0)
    }
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
