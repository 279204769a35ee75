//! What lines are told of sessions that outlive the process waits until the store has what led to it: who was told that
//! a message was taken finds it there after a power cut, and no number is given twice.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::core::Core;
use crate::id::LegId;
use crate::switch::line::LineCommand;
use crate::time::Time;

/// How long it waits at most: a store that stands still does not stop people from talking.
const PATIENCE: Duration = Duration::from_secs(2);
/// What waits at most.
const CAPACITY: usize = 20_000;

/// What waits, in the order in which it is told.
#[derive(Default)]
pub struct Held {
    waiting: VecDeque<Waiting>,
    /// How much of it is for each leg.
    legs: BTreeMap<LegId, usize>,
}

struct Waiting {
    /// So many events the store must have.
    stored: u64,
    until: Time,
    leg: LegId,
    command: LineCommand,
}

impl Held {
    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// When something has waited for long enough.
    pub fn poll_timeout(&self) -> Option<Time> {
        self.waiting.front().map(|first| first.until)
    }

    fn put(&mut self, stored: u64, (leg, command): (LegId, LineCommand), now: Time) {
        *self.legs.entry(leg).or_default() += 1;
        self.waiting.push_back(Waiting { stored, until: now + PATIENCE, leg, command });
    }

    /// The next that need not wait any more, when the store has so many events.
    fn take(&mut self, stored: u64, now: Time) -> Option<(LegId, LineCommand)> {
        let full = self.waiting.len() > CAPACITY;
        let first =
            self.waiting.pop_front_if(|first| full || first.stored <= stored || first.until <= now)?;
        let rest = self.legs.get(&first.leg).map_or(0, |count| count.saturating_sub(1));
        match rest {
            0 => self.legs.remove(&first.leg),
            rest => self.legs.insert(first.leg, rest),
        };
        Some((first.leg, first.command))
    }
}

impl Core {
    /// Something is wanted of the line that carries a leg: at once, or when what led to it is stored.
    pub(super) fn tell_line_in_time(&mut self, leg: LegId, command: LineCommand) {
        let now = self.clock.now();
        // Of what is told a workspace it is only the answer to a message that says what is stored.
        let answers = matches!(command, LineCommand::Taken { .. }) && self.workspaces.has(leg);
        match answers || self.webchat.has(leg) || self.held.legs.contains_key(&leg) {
            true => self.held.put(self.journal.sent(), (leg, command), now),
            false => self.tell_line(leg, command, now),
        }
    }

    /// Tells the lines what waits no more. Gives whether there was something.
    pub(super) fn release_held(&mut self) -> bool {
        let (stored, now) = (self.journal.stored(), self.clock.now());
        let mut any = false;
        while let Some((leg, command)) = self.held.take(stored, now) {
            any = true;
            self.guarded(Some(leg), |core| core.tell_line(leg, command, now));
        }
        any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;
    use crate::switch::cause::Cause;
    use crate::time::UnixMs;

    fn told(held: &mut Held, stored: u64, now: Time) -> usize {
        std::iter::from_fn(|| held.take(stored, now)).count()
    }

    fn command() -> (LegId, LineCommand) {
        let leg = LegId::new(UnixMs(0), &mut Entropy::from_number(1));
        (leg, LineCommand::HangUp { cause: Cause::Normal })
    }

    #[test]
    fn what_is_told_waits_for_the_store_and_keeps_its_order() {
        let (mut held, now) = (Held::default(), Time::from_secs(1));
        held.put(3, command(), now);
        held.put(3, command(), now);
        held.put(5, command(), now);
        assert_eq!((told(&mut held, 2, now), told(&mut held, 3, now), told(&mut held, 4, now)), (0, 2, 0));
        assert_eq!(told(&mut held, 5, now), 1);
        assert!(held.is_empty() && held.legs.is_empty());
    }

    #[test]
    fn a_store_that_stands_still_holds_nobody_up_for_long() {
        let (mut held, now) = (Held::default(), Time::from_secs(1));
        held.put(1, command(), now);
        let later = now + PATIENCE;
        assert_eq!(held.poll_timeout(), Some(later));
        assert_eq!((told(&mut held, 0, now), told(&mut held, 0, later)), (0, 1));
        (0..CAPACITY + 10).for_each(|_| held.put(1, command(), now));
        assert_eq!(told(&mut held, 0, now), 10, "it is bounded");
    }
}
