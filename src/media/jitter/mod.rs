//! The jitter buffer: packets in as they come, out when their turn has come.
//!
//! Everything is reckoned on the timeline of the sender's timestamps. The fastest packets of late
//! define when a timestamp arrives ([`Delay`]); it is heard a target delay after that. Sequence
//! numbers only give the order, and tell loss from a pause.

mod answer;
mod delay;
mod queue;
mod stream;
#[cfg(test)]
mod tests;

pub use self::answer::{Correction, Counters, Frame, Put};

use serde::{Deserialize, Serialize};

use self::delay::Delay;
use self::queue::{Entry, Queue, Refusal};
use self::stream::Place;
use super::rtp::RtpPacket;
use crate::time::Time;

/// Packets kept at most; the oldest gives way.
const MAX_PACKETS: usize = 64;
/// Payloads longer than a datagram on an Ethernet are refused.
const MAX_PAYLOAD: usize = 1_500;
/// Without packets for this long (ms), the sound has paused.
const STARVED_MS: i64 = 100;
/// A gap longer than this (ms) within the queue is a jump of the timestamps.
const JUMP_MS: i64 = 1_000;
/// More delay than the target and this (ms) is not talked away but cut.
const MAX_EXCESS_MS: i64 = 200;
/// Delay may exceed the target by this (ms) before it is shortened.
const EXCESS_MS: i64 = 20;
/// Delay may fall short of the target by this (ms) before it is lengthened.
const SHORTFALL_MS: i64 = 10;

/// Puts the packets of one leg in order and time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Jitter {
    clock_rate: u32,
    delay: Delay,
    queue: Queue,
    state: State,
    /// The packet with the highest sequence number.
    newest: Option<Place>,
    counters: Counters,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum State {
    /// Nothing is heard until the first packet's turn comes.
    Stopped,
    Playing {
        /// The timestamp that is taken next.
        next: i64,
        /// Taken without a packet since the last one.
        starved: i64,
        /// How far the clock is ahead of what is heard, smoothed, in 1/16 units.
        ahead: i64,
    },
}

impl Jitter {
    /// An empty buffer for a stream with this RTP clock.
    pub fn new(clock_rate: u32) -> Self {
        Self {
            clock_rate,
            delay: Delay::new(clock_rate),
            queue: Queue::new(),
            state: State::Stopped,
            newest: None,
            counters: Counters::default(),
        }
    }

    /// Takes a packet of sound that lasts `duration` units, arrived `now`.
    pub fn put(&mut self, packet: &RtpPacket<'_>, duration: u32, now: Time) -> Put {
        if packet.payload.len() > MAX_PAYLOAD {
            return Put::Refused;
        }
        let place = self.observe(packet, duration, now);
        self.insert(place, duration, packet.payload)
    }

    /// Notes a packet that takes a sequence number and is no sound to play: a key, comfort noise.
    /// So it is not missed.
    pub fn put_other(&mut self, packet: &RtpPacket<'_>) -> Put {
        let place = self.place(packet);
        self.insert(place, 0, &[])
    }

    /// Learns from a packet that is forwarded instead of played: what comes after it can be played
    /// with the right delay at once.
    pub fn pass(&mut self, packet: &RtpPacket<'_>, duration: u32, now: Time) {
        let place = self.observe(packet, duration, now);
        self.queue.pass(place.sequence);
    }

    /// The next packet at once, whatever its turn: to empty the buffer when forwarding begins.
    pub fn drain(&mut self) -> Option<&[u8]> {
        while self.queue.head().is_some_and(|head| !head.is_sound()) {
            self.queue.drop_head();
        }
        if self.queue.take() {
            return Some(self.queue.current());
        }
        self.state = State::Stopped;
        None
    }

    /// What comes next, asked when at least `wanted` units are lacking and `ready` units taken
    /// before are still to be heard.
    pub fn take(&mut self, now: Time, ready: u32, wanted: u32) -> Frame<'_> {
        self.start(now);
        let State::Playing { next, starved, ahead } = self.state else { return Frame::Nothing };
        let paused = self.discard_until(next, starved);
        let wanted = i64::from(wanted.max(1));
        let Some(head) = self.queue.head() else {
            return if paused { self.stop() } else { self.starve(now, wanted) };
        };
        let gap = head.timestamp - next;
        if gap <= 0 || gap > self.delay.units(JUMP_MS) {
            return self.take_head(now, ready, next);
        }
        let length = gap.min(wanted);
        let contiguous = paused || head.sequence == self.queue.floor();
        self.state = State::Playing { next: next + length, starved: starved + length, ahead };
        if contiguous {
            return Frame::Silence(length as u32);
        }
        self.counters.gaps += u64::from(starved == 0);
        let next = self.queue.head().filter(|head| gap == length && head.is_sound());
        Frame::Missing { length: length as u32, next: next.map(Entry::payload) }
    }

    /// Says once a tick, before the tick's [`take`](Self::take), how to correct the delay. Cuts
    /// what has waited far too long.
    pub fn tick(&mut self, now: Time, ready: u32) -> Correction {
        let State::Playing { next, starved, ahead } = self.state else { return Correction::None };
        let measured = (self.units(now) - (next - i64::from(ready))) * 16;
        let ahead = ahead + (measured - ahead) / 16;
        self.state = State::Playing { next, starved, ahead };
        let excess = self.excess(ready);
        if excess > self.delay.units(MAX_EXCESS_MS) {
            return self.cut(excess);
        }
        // What is not here cannot be shortened, whatever the clock says.
        let waiting = self.queue.end().map_or(0, |end| end - next) + i64::from(ready);
        let spare = excess.min(waiting - self.delay.units(EXCESS_MS));
        if spare > self.delay.units(EXCESS_MS) {
            return Correction::Shorten(spare as u32);
        }
        if -excess > self.delay.units(SHORTFALL_MS) {
            return Correction::Lengthen(-excess as u32);
        }
        Correction::None
    }

    /// Notes that `units` of what was taken were cut out (or, if negative, put in).
    pub fn corrected(&mut self, units: i64) {
        if let State::Playing { ahead, .. } = &mut self.state {
            *ahead -= units * 16;
        }
    }

    /// Whether the next packet in order waits here.
    pub fn is_next_here(&self) -> bool {
        let State::Playing { next, .. } = self.state else { return false };
        self.queue.head().is_some_and(|head| head.timestamp <= next && head.end() > next)
    }

    /// Forgets the stream; what was counted stays.
    pub fn restart(&mut self) {
        let counters = self.counters;
        *self = Self { counters, ..Self::new(self.clock_rate) };
    }

    /// Begins anew with a stream whose RTP clock is this.
    pub fn restart_at(&mut self, clock_rate: u32) {
        self.clock_rate = clock_rate;
        self.restart();
    }

    /// Target delay in milliseconds.
    pub fn target_ms(&self) -> u32 {
        self.to_ms(self.delay.target())
    }

    /// From the arrival of the fastest packets until they are heard, in milliseconds; none while nothing is heard.
    pub fn delay_ms(&self) -> Option<u32> {
        match self.state {
            State::Stopped => None,
            State::Playing { ahead, .. } => Some(self.to_ms(ahead / 16 - self.delay.fastest())),
        }
    }

    /// What was counted since the beginning.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// The timestamp that is taken next, without its wraps; none while nothing is heard.
    pub fn next(&self) -> Option<i64> {
        match self.state {
            State::Stopped => None,
            State::Playing { next, .. } => Some(next),
        }
    }

    /// Packets that wait.
    pub fn len(&self) -> usize {
        self.queue.len()
    }

    /// Whether no packet waits.
    pub fn is_empty(&self) -> bool {
        self.queue.len() == 0
    }

    fn insert(&mut self, place: Place, duration: u32, payload: &[u8]) -> Put {
        match self.queue.insert(place.sequence, place.timestamp, duration, payload) {
            Err(Refusal::Late) => {
                self.counters.late += 1;
                return Put::Late;
            }
            Err(Refusal::Duplicate) => {
                self.counters.duplicates += 1;
                return Put::Duplicate;
            }
            Ok(()) => {}
        }
        if self.queue.len() > MAX_PACKETS {
            self.drop_head();
        }
        Put::Queued
    }

    /// Unwraps the packet's numbers and learns from its time of arrival.
    fn observe(&mut self, packet: &RtpPacket<'_>, duration: u32, now: Time) -> Place {
        let place = self.place(packet);
        let at = self.units(now);
        self.delay.put(at, at - place.timestamp, duration);
        place
    }

    /// Unwraps the packet's numbers; another stream, or a jump within this one, starts anew.
    fn place(&mut self, packet: &RtpPacket<'_>) -> Place {
        let place = self.newest.and_then(|newest| newest.near(packet)).unwrap_or_else(|| {
            self.restart();
            Place::first(packet)
        });
        if self.newest.is_none_or(|newest| newest.sequence < place.sequence) {
            self.newest = Some(place);
        }
        place
    }

    /// Begins to play if the first packet has waited long enough.
    fn start(&mut self, now: Time) {
        let (State::Stopped, Some(sound)) = (self.state, self.queue.first_sound()) else { return };
        let first = sound.timestamp;
        let ahead = self.units(now) - first;
        let due = ahead >= self.delay.fastest() + self.delay.target();
        let span = self.queue.end().map_or(0, |end| end - first);
        if due || span > self.delay.units(MAX_EXCESS_MS) {
            self.state = State::Playing { next: first, starved: 0, ahead: ahead * 16 };
        }
    }

    fn stop(&mut self) -> Frame<'_> {
        self.state = State::Stopped;
        Frame::Nothing
    }

    /// Drops what has no sound from `next` on; says whether a key or pause was among it.
    fn discard_until(&mut self, next: i64, starved: i64) -> bool {
        let mut paused = false;
        while let Some(head) = self.queue.head() {
            // A successor that comes from the past is no late packet: the timestamps have jumped.
            let jumped = starved == 0 && head.sequence == self.queue.floor();
            let gone = head.end() <= next && next - head.end() <= self.delay.units(JUMP_MS);
            if head.is_sound() && (jumped || !gone) {
                break;
            }
            paused = !head.is_sound();
            self.counters.late += u64::from(!paused);
            self.queue.drop_head();
        }
        paused
    }

    /// No packet is here: something is late, or lost, or the sender has stopped.
    fn starve(&mut self, now: Time, wanted: i64) -> Frame<'_> {
        let State::Playing { next, starved, ahead } = self.state else { return Frame::Nothing };
        if starved >= self.delay.units(STARVED_MS) {
            return self.stop();
        }
        self.counters.gaps += u64::from(starved == 0);
        let delay = self.units(now) - next - self.delay.fastest();
        // Too short a delay is made longer by waiting for the packet; else its turn is over.
        let (next, ahead) = match delay + wanted <= self.delay.target() {
            true => (next, ahead + wanted * 16),
            false => (next + wanted, ahead),
        };
        self.state = State::Playing { next, starved: starved + wanted, ahead };
        Frame::Missing { length: wanted as u32, next: None }
    }

    fn take_head(&mut self, now: Time, ready: u32, next: i64) -> Frame<'_> {
        let (Some(head), State::Playing { ahead, .. }) = (self.queue.head(), self.state) else {
            return Frame::Nothing;
        };
        let overlap = next - head.timestamp;
        let jumped = overlap < 0 || overlap >= i64::from(head.duration);
        let (skip, ahead) = match jumped {
            true => (0, (self.units(now) - (head.timestamp - i64::from(ready))) * 16),
            false => (overlap, ahead),
        };
        self.state = State::Playing { next: head.end(), starved: 0, ahead };
        self.queue.take();
        Frame::Packet { payload: self.queue.current(), skip: skip as u32, jumped }
    }

    /// Drops whole packets until the delay is what it should be.
    fn cut(&mut self, excess: i64) -> Correction {
        let before = self.queue.len();
        let mut left = excess;
        while let Some(head) = self.queue.head().filter(|head| i64::from(head.duration) <= left) {
            if self.queue.len() == 1 {
                break;
            }
            left -= i64::from(head.duration);
            self.drop_head();
        }
        if let (State::Playing { next, ahead, .. }, Some(head)) = (&mut self.state, self.queue.head()) {
            *ahead -= (head.timestamp - *next) * 16;
            *next = head.timestamp;
        }
        if self.queue.len() < before { Correction::Cut } else { Correction::None }
    }

    fn drop_head(&mut self) {
        self.counters.dropped += 1;
        self.queue.drop_head();
    }

    /// How much longer than the target the fastest packets wait.
    ///
    /// A packet is needed when the first sample of its tick is, so what of `ready` does not fill a
    /// tick does not count as waiting.
    fn excess(&self, ready: u32) -> i64 {
        let State::Playing { ahead, .. } = self.state else { return 0 };
        let part = i64::from(ready % (self.clock_rate / 50).max(1));
        ahead / 16 - part - self.delay.fastest() - self.delay.target()
    }

    fn units(&self, time: Time) -> i64 {
        (i128::from(time.0) * i128::from(self.clock_rate) / 1_000_000) as i64
    }

    fn to_ms(&self, units: i64) -> u32 {
        u32::try_from(units / self.delay.units(1)).unwrap_or(0)
    }
}
