//! How much of one kind goes into the log: peers must not be able to fill it, nor to make the switch task
//! wait for whoever reads it.

use crate::time::Time;

/// Lines a second.
const LINES: u32 = 20;

/// Counts lines of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quota {
    second: u64,
    written: u32,
    left_out: u64,
}

impl Quota {
    /// Whether a line may be written now; if so, how many were left out before it.
    pub fn take(&mut self, now: Time) -> Option<u64> {
        let second = now.as_millis() / 1_000;
        if second != self.second {
            (self.second, self.written) = (second, 0);
        }
        if self.written >= LINES {
            self.left_out += 1;
            return None;
        }
        self.written += 1;
        Some(std::mem::take(&mut self.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_cut_short_and_what_was_left_out_is_said() {
        let mut quota = Quota::default();
        let now = Time::from_secs(7);
        assert_eq!((0..100).filter(|_| quota.take(now) == Some(0)).count(), 20);
        assert_eq!(quota.take(now), None);
        assert_eq!(quota.take(Time::from_secs(8)), Some(81));
        assert_eq!(quota.take(Time::from_secs(8)), Some(0));
    }
}
