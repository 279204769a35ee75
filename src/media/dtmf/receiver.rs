//! Event packets in, one digit a key out.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Digit, Payload};
use crate::time::Time;

/// A key whose end was lost counts as released when its packets have stopped this long.
const LOST_END: Duration = Duration::from_millis(200);
/// Digits not yet fetched; more are dropped.
const MAX_WAITING: usize = 32;
/// Timestamps up to this far back are those of late packets; others are a restart of the sender.
const MAX_LATE: u32 = 80_000;

/// Collects the packets of each key press, whichever of them arrive.
///
/// All packets of one event carry the timestamp of its beginning, so a press is known by it: its
/// start may be lost, its end may come three times, late packets of it change nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Receiver {
    state: State,
    digits: VecDeque<Digit>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
enum State {
    /// No key has been pressed.
    #[default]
    Fresh,
    /// A key is down.
    Down { press: Press, heard: Time },
    /// The key with this timestamp was reported; what still comes of it is old.
    Up { segment: u32 },
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Press {
    start: u32,
    /// Where its current segment began; another than `start` once it has lasted 2^16 units.
    segment: u32,
    key: char,
    /// In timestamp units.
    duration: u32,
    clock_rate: u32,
}

impl Press {
    fn digit(self) -> Digit {
        let ms = u64::from(self.duration) * 1_000 / u64::from(self.clock_rate.max(1));
        Digit { key: self.key, ms: u32::try_from(ms).unwrap_or(u32::MAX) }
    }

    /// Whether a packet belongs to this press: it has its timestamp, or is the next segment of a
    /// long one (RFC 4733 section 2.5.1.3).
    fn owns(&self, key: char, timestamp: u32) -> bool {
        let since = timestamp.wrapping_sub(self.segment);
        self.key == key && (since == 0 || since == u32::from(u16::MAX))
    }

    fn extended(self, timestamp: u32, duration: u32) -> Self {
        let lasted = timestamp.wrapping_sub(self.start).saturating_add(duration);
        Self { segment: timestamp, duration: self.duration.max(lasted), ..self }
    }
}

impl Receiver {
    /// A receiver that has heard no key.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes an event packet with this RTP timestamp, of a payload type with this clock.
    pub fn receive(&mut self, timestamp: u32, payload: &[u8], clock_rate: u32, now: Time) {
        let Some(event) = Payload::parse(payload) else { return };
        let Some(key) = event.key() else { return };
        let duration = u32::from(event.duration);
        let press = match self.state {
            State::Down { press, .. } if press.owns(key, timestamp) => press.extended(timestamp, duration),
            State::Down { press, .. } if is_old(timestamp, press.segment) => return,
            State::Up { segment } if is_old(timestamp, segment) => return,
            _ => {
                self.release();
                Press { start: timestamp, segment: timestamp, key, duration, clock_rate }
            }
        };
        self.state = State::Down { press, heard: now };
        if event.end {
            self.release();
        }
    }

    /// Lets time pass: a key whose packets have stopped is released.
    pub fn handle_timeout(&mut self, now: Time) {
        if self.poll_timeout().is_some_and(|due| due <= now) {
            self.release();
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) is due.
    pub fn poll_timeout(&self) -> Option<Time> {
        match self.state {
            State::Down { heard, .. } => Some(heard + LOST_END),
            State::Fresh | State::Up { .. } => None,
        }
    }

    /// The next key that was pressed and released.
    pub fn poll_output(&mut self) -> Option<Digit> {
        self.digits.pop_front()
    }

    /// Whether a key is down.
    pub fn is_down(&self) -> bool {
        matches!(self.state, State::Down { .. })
    }

    /// Forgets timestamps, because another source speaks now; a key still down is released.
    pub fn restart(&mut self) {
        self.release();
        self.state = State::Fresh;
    }

    fn release(&mut self) {
        let State::Down { press, .. } = self.state else { return };
        self.state = State::Up { segment: press.segment };
        if self.digits.len() < MAX_WAITING {
            self.digits.push_back(press.digit());
        }
    }
}

/// Whether a timestamp is `reached` or shortly before it.
fn is_old(timestamp: u32, reached: u32) -> bool {
    reached.wrapping_sub(timestamp) <= MAX_LATE
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Default)]
    struct Line {
        receiver: Receiver,
        now: Time,
    }

    impl Line {
        fn packet(&mut self, timestamp: u32, event: u8, duration: u16, end: bool) {
            self.now += Duration::from_millis(20);
            self.receiver.handle_timeout(self.now);
            let payload = Payload { event, end, volume: 10, duration }.bytes();
            self.receiver.receive(timestamp, &payload, 8_000, self.now);
        }

        /// A press of 100 ms as a phone sends it, without the packets at the places in `lost`.
        fn press(&mut self, timestamp: u32, event: u8, lost: &[usize]) {
            let packets = [
                (160, false),
                (320, false),
                (480, false),
                (640, false),
                (800, true),
                (800, true),
                (800, true),
            ];
            for (place, (duration, end)) in packets.into_iter().enumerate() {
                if !lost.contains(&place) {
                    self.packet(timestamp, event, duration, end);
                }
            }
        }

        fn digits(&mut self) -> Vec<(char, u32)> {
            std::iter::from_fn(|| self.receiver.poll_output()).map(|digit| (digit.key, digit.ms)).collect()
        }

        fn pause(&mut self) {
            self.now += Duration::from_secs(1);
            self.receiver.handle_timeout(self.now);
        }
    }

    #[test]
    fn a_press_is_one_digit_with_its_duration() {
        let mut line = Line::default();
        line.press(1_000, 5, &[]);
        line.pause();
        assert_eq!(line.digits(), [('5', 100)]);
    }

    #[test]
    fn any_one_packet_that_arrives_is_enough() {
        for kept in 0..7 {
            let lost: Vec<usize> = (0..7).filter(|&place| place != kept).collect();
            let mut line = Line::default();
            line.press(1_000, 11, &lost);
            line.pause();
            let digits = line.digits();
            assert_eq!(digits.len(), 1, "only packet {kept}: {digits:?}");
            assert_eq!(digits[0].0, '#');
        }
    }

    #[test]
    fn a_lost_start_or_a_lost_end_costs_nothing() {
        let mut line = Line::default();
        line.press(1_000, 1, &[0, 1]);
        line.press(3_000, 2, &[4, 5, 6]);
        line.press(5_000, 3, &[]);
        assert_eq!(line.digits(), [('1', 100), ('2', 80), ('3', 100)]);
    }

    #[test]
    fn the_same_key_twice_quickly_is_two_digits() {
        let mut line = Line::default();
        line.press(1_000, 9, &[]);
        line.press(2_000, 9, &[4, 5, 6]);
        line.press(3_000, 9, &[]);
        assert_eq!(line.digits(), [('9', 100), ('9', 80), ('9', 100)]);
    }

    #[test]
    fn late_packets_of_an_earlier_press_change_nothing() {
        let mut line = Line::default();
        line.press(1_000, 1, &[]);
        line.packet(3_000, 2, 160, false);
        line.packet(1_000, 1, 800, true);
        line.packet(3_000, 2, 320, true);
        line.packet(1_000, 1, 640, false);
        line.pause();
        assert_eq!(line.digits(), [('1', 100), ('2', 40)]);
    }

    #[test]
    fn a_key_held_for_longer_than_a_duration_can_say_is_one_digit() {
        let mut line = Line::default();
        let mut start = 0_u32.wrapping_sub(30_000);
        for _ in 0..2 {
            line.packet(start, 0, 30_000, false);
            line.packet(start, 0, u16::MAX, false);
            start = start.wrapping_add(u32::from(u16::MAX));
        }
        (0..3).for_each(|_| line.packet(start, 0, 8_000, true));
        line.pause();
        assert_eq!(line.digits(), [('0', (2 * 65_535 + 8_000) / 8)]);
    }

    #[test]
    fn a_sender_that_restarts_its_timestamps_is_heard() {
        let mut line = Line::default();
        line.press(3_000_000_000, 1, &[]);
        line.press(1_000, 2, &[]);
        assert_eq!(line.digits(), [('1', 100), ('2', 100)]);
    }

    #[test]
    fn events_that_are_no_keys_are_ignored() {
        let mut line = Line::default();
        line.press(1_000, 16, &[]);
        line.press(2_000, 255, &[]);
        line.pause();
        assert_eq!(line.digits(), []);
    }

    proptest! {
        #[test]
        fn random_packets_never_panic_and_stay_bounded(
            packets in prop::collection::vec((any::<u32>(), prop::collection::vec(any::<u8>(), 0..6)), 0..200)
        ) {
            let mut receiver = Receiver::new();
            for (timestamp, payload) in packets {
                receiver.receive(timestamp, &payload, timestamp, Time(u64::from(timestamp)));
            }
            prop_assert!(std::iter::from_fn(|| receiver.poll_output()).count() <= MAX_WAITING);
        }
    }
}
