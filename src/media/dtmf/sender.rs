//! Digits in, event packets out, one a tick.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::{MAX_WAITING, Payload, event_of};

/// How loud the far end is to play the key: -10 dBm0.
const VOLUME: u8 = 10;
/// The final packet goes out this often (RFC 4733 section 2.5.1.4).
const END_PACKETS: u8 = 3;

/// One event packet to send. All packets of a key carry the RTP timestamp of its first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packet {
    /// The first packet of a key: take its timestamp now and set the marker.
    pub first: bool,
    /// The RTP timestamp of the key, as given with its first packet.
    pub timestamp: u32,
    /// What to send.
    pub payload: Payload,
}

/// Sends queued digits, each as a key held for a while and followed by a pause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sender {
    waiting: VecDeque<u8>,
    state: State,
    /// How long a key is held, in ticks.
    hold: u16,
    /// Silence after a key, in ticks; its first two carry the repeated end.
    pause: u16,
    /// Timestamp units a tick.
    step: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum State {
    Idle,
    Held { event: u8, timestamp: u32, ticks: u16 },
    Released { event: u8, timestamp: u32, ends: u8, ticks: u16 },
}

impl Sender {
    /// A sender of keys held 100 ms and 100 ms apart, asked every 20 ms, for this RTP clock.
    pub fn new(clock_rate: u32) -> Self {
        let step = u16::try_from(clock_rate / 50).unwrap_or(u16::MAX);
        Self { waiting: VecDeque::new(), state: State::Idle, hold: 5, pause: 5, step }
    }

    /// Appends digits; what is no key, or too much, is returned.
    pub fn queue(&mut self, digits: &str) -> String {
        let mut refused = String::new();
        for key in digits.chars() {
            match event_of(key) {
                Some(event) if self.waiting.len() < MAX_WAITING => self.waiting.push_back(event),
                _ => refused.push(key),
            }
        }
        refused
    }

    /// Whether nothing is being sent and nothing waits.
    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.state == State::Idle
    }

    /// The packet of this tick, sent in place of sound. `timestamp` is what sound would carry now.
    ///
    /// In the pause between keys there is no packet: sound may go out, and marks the pause if it is
    /// silence.
    pub fn next(&mut self, timestamp: u32) -> Option<Packet> {
        match self.state {
            State::Idle => self.press(timestamp),
            State::Held { event, timestamp, ticks } => Some(self.hold(event, timestamp, ticks + 1)),
            State::Released { event, timestamp, ends, ticks } if ends < END_PACKETS => {
                self.state = State::Released { event, timestamp, ends: ends + 1, ticks: ticks + 1 };
                Some(self.packet(event, timestamp, self.hold, true))
            }
            State::Released { ticks, .. } if ticks >= self.pause => self.press(timestamp),
            State::Released { event, timestamp, ends, ticks } => {
                self.state = State::Released { event, timestamp, ends, ticks: ticks + 1 };
                None
            }
        }
    }

    fn press(&mut self, timestamp: u32) -> Option<Packet> {
        self.state = State::Idle;
        let event = self.waiting.pop_front()?;
        Some(self.hold(event, timestamp, 1))
    }

    fn hold(&mut self, event: u8, timestamp: u32, ticks: u16) -> Packet {
        let end = ticks >= self.hold;
        self.state = match end {
            true => State::Released { event, timestamp, ends: 1, ticks: 0 },
            false => State::Held { event, timestamp, ticks },
        };
        self.packet(event, timestamp, ticks, end)
    }

    fn packet(&self, event: u8, timestamp: u32, ticks: u16, end: bool) -> Packet {
        let duration = ticks.saturating_mul(self.step);
        Packet { first: ticks == 1, timestamp, payload: Payload { event, end, volume: VOLUME, duration } }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Digit, Receiver};
    use super::*;
    use crate::time::Time;

    fn ticks(sender: &mut Sender, count: u32) -> Vec<Option<Packet>> {
        (0..count).map(|tick| sender.next(tick * 160)).collect()
    }

    #[test]
    fn a_key_is_held_a_tenth_of_a_second_and_ends_three_times() {
        let mut sender = Sender::new(8_000);
        assert_eq!(sender.queue("7"), "");
        let packets: Vec<Packet> = ticks(&mut sender, 20).into_iter().flatten().collect();
        let durations: Vec<u16> = packets.iter().map(|packet| packet.payload.duration).collect();
        assert_eq!(durations, [160, 320, 480, 640, 800, 800, 800]);
        let ends: Vec<bool> = packets.iter().map(|packet| packet.payload.end).collect();
        assert_eq!(ends, [false, false, false, false, true, true, true]);
        assert!(packets.iter().all(|packet| packet.timestamp == 0 && packet.payload.event == 7));
        assert_eq!(packets.iter().filter(|packet| packet.first).count(), 1);
        assert!(sender.is_idle());
    }

    #[test]
    fn what_is_sent_is_what_is_received() {
        let (mut sender, mut receiver) = (Sender::new(8_000), Receiver::new());
        assert_eq!(sender.queue("0123456789*#ABCD"), "");
        for (tick, packet) in ticks(&mut sender, 200).into_iter().enumerate() {
            if let Some(packet) = packet {
                let now = Time::from_millis(20 * tick as u64);
                receiver.receive(packet.timestamp, &packet.payload.bytes(), 8_000, now);
            }
        }
        let digits: Vec<Digit> = std::iter::from_fn(|| receiver.poll_output()).collect();
        assert_eq!(digits.iter().map(|digit| digit.key).collect::<String>(), "0123456789*#ABCD");
        assert!(digits.iter().all(|digit| digit.ms == 100));
    }

    #[test]
    fn keys_are_a_tenth_of_a_second_apart() {
        let mut sender = Sender::new(8_000);
        sender.queue("11");
        let packets = ticks(&mut sender, 30);
        let firsts: Vec<usize> =
            (0..30).filter(|&tick| packets[tick].is_some_and(|packet| packet.first)).collect();
        assert_eq!(firsts, [0, 10]);
    }

    #[test]
    fn what_is_no_key_is_refused_and_the_queue_is_bounded() {
        let mut sender = Sender::new(8_000);
        assert_eq!(sender.queue("1 2x3"), " x");
        assert_eq!(sender.queue(&"5".repeat(100)).len(), 100 - (MAX_WAITING - 3));
    }
}
