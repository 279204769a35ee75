//! How often something may be done: a number of times at once, and then one for each pause.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::Time;

/// A bucket that fills again.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Bucket {
    size: u32,
    pause: Duration,
    /// When it will be, or was, full.
    full: Time,
}

impl Bucket {
    pub(super) fn new((size, pause): (u32, Duration), now: Time) -> Self {
        Self { size, pause, full: now }
    }

    /// Takes one out; false if there is none.
    pub(super) fn take(&mut self, now: Time) -> bool {
        let full = self.full.max(now) + self.pause;
        let may = full.since(now) <= self.pause * self.size;
        if may {
            self.full = full;
        }
        may
    }

    pub(super) fn is_full(&self, now: Time) -> bool {
        self.full <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_at_once_and_then_one_for_each_pause() {
        let second = Duration::from_secs(1);
        let mut bucket = Bucket::new((3, second), Time::ZERO);
        let took = (0..5).filter(|_| bucket.take(Time::ZERO)).count();
        assert_eq!(took, 3);
        assert!(!bucket.take(Time::ZERO + second / 2));
        assert!(bucket.take(Time::ZERO + second));
        assert!(!bucket.take(Time::ZERO + second));
        assert!(!bucket.is_full(Time::ZERO + 2 * second));
        assert!(bucket.is_full(Time::ZERO + 4 * second));
    }
}
