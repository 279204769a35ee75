//! Which packet of a stream a number means, and whether it was here before (RFC 3711 sections 3.3.1 and 3.3.2).

use serde::{Deserialize, Serialize};

/// Numbers behind the highest that are told apart; older ones count as repetitions.
const WINDOW: u64 = 128;

/// Numbers that were used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counter {
    /// The highest; none was used before the first.
    highest: Option<u64>,
    /// Bit n: the number n below the highest.
    seen: u128,
}

impl Counter {
    /// Whether this number was never noted.
    pub fn is_new(&self, number: u64) -> bool {
        match self.highest {
            None => true,
            Some(highest) if number > highest => true,
            Some(highest) if highest - number >= WINDOW => false,
            Some(highest) => self.seen >> (highest - number) & 1 == 0,
        }
    }

    /// This number is used.
    pub fn note(&mut self, number: u64) {
        let Some(highest) = self.highest else {
            (self.highest, self.seen) = (Some(number), 1);
            return;
        };
        match number.checked_sub(highest) {
            Some(ahead) => {
                let shifted = u32::try_from(ahead).ok().and_then(|ahead| self.seen.checked_shl(ahead));
                (self.highest, self.seen) = (Some(number), shifted.unwrap_or(0) | 1);
            }
            None if highest - number < WINDOW => self.seen |= 1 << (highest - number),
            None => {}
        }
    }
}

/// One stream of packets with sequence numbers of 16 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source(Counter);

impl Source {
    /// The packet's number in its stream, with the rollovers above: the one nearest to the highest so far.
    pub fn index(&self, sequence: u16) -> u64 {
        let Some(highest) = self.0.highest else { return sequence.into() };
        let last = highest as u16;
        let ahead = sequence.wrapping_sub(last);
        match ahead < 0x8000 {
            true => highest + u64::from(ahead),
            // Behind, across a rollover or not. What would be before the first counts as one that was used: a number
            // ahead of all others would take the rollovers of both ends apart.
            false => highest.checked_sub(u64::from(last.wrapping_sub(sequence))).unwrap_or(highest),
        }
    }

    /// Whether this number was never noted.
    pub fn is_new(&self, index: u64) -> bool {
        self.0.is_new(index)
    }

    /// This number is used.
    pub fn note(&mut self, index: u64) {
        self.0.note(index);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_sequence_number_that_wraps_goes_on_counting() {
        let mut source = Source::default();
        for (sequence, index) in
            [(65_534_u16, 65_534_u64), (65_535, 65_535), (1, 65_537), (0, 65_536), (2, 65_538)]
        {
            assert_eq!(source.index(sequence), index);
            assert!(source.is_new(index));
            source.note(index);
            assert!(!source.is_new(index));
        }
        assert_eq!(source.index(65_535), 65_535, "late, from before the wrap");
    }

    #[test]
    fn before_the_first_there_is_nothing() {
        let mut source = Source::default();
        source.note(3);
        assert!(!source.is_new(source.index(65_535)), "no rollover is invented below zero");
    }

    #[test]
    fn what_is_too_old_counts_as_a_repetition() {
        let mut counter = Counter::default();
        counter.note(1_000);
        assert!(counter.is_new(1_000 - WINDOW + 1) && !counter.is_new(1_000 - WINDOW));
        counter.note(1_000_000);
        assert!(counter.is_new(999_999) && !counter.is_new(1_000));
    }

    proptest! {
        #[test]
        fn every_number_is_new_once(mut numbers in prop::collection::vec(0_u64..300, 1..300)) {
            let mut counter = Counter::default();
            let mut used = std::collections::BTreeSet::new();
            for number in numbers.drain(..) {
                let highest = used.last().copied().unwrap_or(0);
                let near = used.is_empty() || number + WINDOW > highest;
                prop_assert_eq!(counter.is_new(number), near && !used.contains(&number));
                if counter.is_new(number) {
                    counter.note(number);
                    used.insert(number);
                }
            }
        }

        #[test]
        fn a_stream_with_reordering_and_loss_is_counted_as_it_was_sent(
            first: u16,
            steps in prop::collection::vec(0_u64..2_000, 1..400),
        ) {
            let (mut source, mut sent) = (Source::default(), u64::from(first));
            source.note(sent);
            for step in steps {
                // Every third packet overtakes the one before it.
                let late = sent + step;
                let early = late + 5;
                for index in if step % 3 == 0 { [early, late] } else { [late, early] } {
                    prop_assert_eq!(source.index(index as u16), index);
                    source.note(index);
                }
                sent = early;
            }
        }
    }
}
