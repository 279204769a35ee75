//! When a folder that changes has come to rest: a machine that is shown the folder's look and told the time.

use std::time::Duration;

use crate::time::Time;

/// How often to look, and how long to wait.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Between two looks while nothing happens: what a folder without events costs in delay.
    pub idle: Duration,
    /// Between two looks while it changes.
    pub busy: Duration,
    /// Without a change for so long, it has come to rest.
    pub quiet: Duration,
    /// It is taken as it is after so long, at rest or not.
    pub at_most: Duration,
}

/// Watches one folder by its look `S`: two equal looks mean that nothing changed between them.
#[derive(Debug)]
pub struct Settling<S> {
    pace: Pace,
    seen: S,
    looked: Time,
    next: Time,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Resting,
    Changing { since: Time, last: Time },
}

impl<S: PartialEq> Settling<S> {
    /// A folder that looks so, and whose content is known.
    pub fn new(pace: Pace, seen: S, now: Time) -> Self {
        Self { pace, seen, looked: now, next: now + pace.idle, state: State::Resting }
    }

    /// The system says that something happened there: look soon.
    pub fn hint(&mut self) {
        // Looking may itself be an event; a folder full of events is looked at no more often than this.
        self.next = self.next.min(self.looked + self.pace.busy);
    }

    /// When to look next.
    pub fn poll_timeout(&self) -> Time {
        self.next
    }

    /// Takes in how the folder looks; true if its content is to be read now. `held` says that somebody
    /// announced to be at work there still.
    pub fn look(&mut self, seen: S, held: bool, now: Time) -> bool {
        let changed = seen != self.seen;
        self.seen = seen;
        self.looked = now;
        let (since, last) = match self.state {
            State::Resting if !changed => {
                self.next = now + self.pace.idle;
                return false;
            }
            State::Resting => (now, now),
            State::Changing { since, last } => (since, if changed || held { now } else { last }),
        };
        let (quiet, late) = (now - last >= self.pace.quiet, now - since >= self.pace.at_most);
        self.next = now + self.pace.busy;
        self.state = match (quiet, late) {
            (true, _) => {
                self.next = now + self.pace.idle;
                State::Resting
            }
            // It goes on: what comes after this reading is read again.
            (false, true) if changed => State::Changing { since: now, last: now },
            (false, true) => State::Resting,
            (false, false) => State::Changing { since, last },
        };
        quiet || late
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Pace = Pace {
        idle: Duration::from_secs(2),
        busy: Duration::from_millis(100),
        quiet: Duration::from_millis(300),
        at_most: Duration::from_secs(5),
    };

    /// Looks whenever it is time, and gives the milliseconds at which it said to read. `looks` says how the
    /// folder looks at a moment, `held` whether somebody is at work, `hints` when the system says something.
    fn readings(
        until: u64,
        looks: impl Fn(u64) -> u64,
        held: impl Fn(u64) -> bool,
        hints: &[u64],
    ) -> Vec<u64> {
        let mut settling = Settling::new(PACE, looks(0), Time::ZERO);
        let mut found = vec![];
        for ms in 1..until {
            if hints.contains(&ms) {
                settling.hint();
            }
            let now = Time::from_millis(ms);
            if settling.poll_timeout() <= now && settling.look(looks(ms), held(ms), now) {
                found.push(ms);
            }
        }
        found
    }

    #[test]
    fn a_folder_at_rest_is_never_read() {
        assert!(readings(60_000, |_| 7, |_| false, &[]).is_empty());
    }

    #[test]
    fn an_edit_with_an_event_is_read_once_when_it_is_quiet() {
        let found = readings(30_000, |ms| u64::from(ms >= 1_000), |_| false, &[1_000]);
        assert_eq!(found, [1_300]);
    }

    #[test]
    fn an_edit_without_any_event_is_found_by_looking() {
        let found = readings(30_000, |ms| u64::from(ms >= 4_100), |_| false, &[]);
        assert_eq!(found, [6_300]);
    }

    #[test]
    fn many_files_written_one_after_the_other_are_read_once_at_the_end() {
        let found = readings(30_000, |ms| (ms.clamp(1_000, 3_000) - 1_000) / 20, |_| false, &[1_020]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!((3_300..3_500).contains(&found[0]), "{found:?}");
    }

    #[test]
    fn a_pause_in_a_checkout_that_holds_the_folder_is_waited_out() {
        let looks = |ms| u64::from(ms >= 1_000) + u64::from(ms >= 3_000);
        let held = |ms| (900..3_050).contains(&ms);
        let found = readings(30_000, looks, held, &[1_000, 3_000]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0] >= 3_300, "{found:?}");
    }

    #[test]
    fn a_hold_that_is_never_given_up_is_waited_for_no_longer_than_the_bound() {
        let found = readings(60_000, |ms| u64::from(ms >= 1_000), |_| true, &[1_000]);
        assert_eq!(found, [6_000]);
    }

    #[test]
    fn a_folder_that_never_rests_is_read_every_five_seconds_and_once_more_at_its_end() {
        let found = readings(30_000, |ms| ms.clamp(1_000, 12_000) / 50, |_| false, &[1_050]);
        let apart: Vec<_> = found.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert_eq!(found.len(), 3, "{found:?}");
        assert!((4_900..5_300).contains(&apart[0]) && found[2] >= 12_300, "{found:?}");
    }

    #[test]
    fn events_without_a_change_cost_a_bounded_number_of_looks() {
        let mut settling = Settling::new(PACE, 0, Time::ZERO);
        let mut looks = 0;
        for ms in 1..10_000 {
            settling.hint();
            if settling.poll_timeout() <= Time::from_millis(ms) {
                looks += 1;
                assert!(!settling.look(0, false, Time::from_millis(ms)));
            }
        }
        assert!(looks <= 100, "{looks}");
    }
}
