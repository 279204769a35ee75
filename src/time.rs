//! The clock that pure rooms are told; they never ask for one.

use std::ops::{Add, AddAssign, Sub};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A moment: microseconds since the program started.
///
/// State machines receive it with every input, so hours of call time run in a test in
/// milliseconds and a fault can be replayed from its recorded inputs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Time(pub u64);

impl Time {
    /// The moment the program started.
    pub const ZERO: Time = Time(0);

    /// `ms` milliseconds after the program started.
    pub const fn from_millis(ms: u64) -> Time {
        Time(ms * 1_000)
    }

    /// `s` seconds after the program started.
    pub const fn from_secs(s: u64) -> Time {
        Time(s * 1_000_000)
    }

    /// Whole milliseconds since the program started.
    pub const fn as_millis(self) -> u64 {
        self.0 / 1_000
    }

    /// Time passed since `earlier`; zero if `earlier` lies in the future.
    pub fn since(self, earlier: Time) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Time {
    type Output = Time;
    fn add(self, pause: Duration) -> Time {
        Time(self.0.saturating_add(u64::try_from(pause.as_micros()).unwrap_or(u64::MAX)))
    }
}

impl AddAssign<Duration> for Time {
    fn add_assign(&mut self, pause: Duration) {
        *self = *self + pause;
    }
}

impl Sub for Time {
    type Output = Duration;
    fn sub(self, earlier: Time) -> Duration {
        self.since(earlier)
    }
}

/// Wall-clock time: milliseconds since 1970-01-01 UTC. Records carry it; timers never do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixMs(pub i64);

impl Add<Duration> for UnixMs {
    type Output = UnixMs;
    fn add(self, pause: Duration) -> UnixMs {
        UnixMs(self.0.saturating_add(i64::try_from(pause.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// The wall-clock time at which [`Time::ZERO`] was, so that a moment can be put on a calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Epoch(pub UnixMs);

impl Epoch {
    /// The wall-clock time of `now`.
    pub fn wall(self, now: Time) -> UnixMs {
        self.0 + now.since(Time::ZERO)
    }

    /// The moment of this wall-clock time; the start if it was before.
    pub fn moment(self, wall: UnixMs) -> Time {
        Time::from_millis(u64::try_from(wall.0.saturating_sub(self.0.0)).unwrap_or(0))
    }
}
