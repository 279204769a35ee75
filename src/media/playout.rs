//! From the packets of one leg to exactly one frame of samples a tick.

mod scale;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::codec::{self, Codec, Decoder};
use super::jitter::{Correction, Counters, Frame, Jitter, Put};
use super::plc::Concealer;
use super::rtp::RtpPacket;
use crate::time::Time;

/// Ticks between two corrections of the delay, so that they stay inaudible.
const CORRECTION_PAUSE: u8 = 3;

/// What a frame holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Heard {
    /// Sound from packets, in part concealed where packets are missing.
    Sound,
    /// Silence: no packet has come for a while.
    Nothing,
}

/// Jitter buffer, decoder and concealment of one leg.
///
/// [`put`](Self::put) each packet of sound that the statistics call new, and
/// [`put_other`](Self::put_other) each other one of the stream; [`fill`](Self::fill) one frame every
/// 20 ms, at the codec's sample rate, whatever the ptime of the packets. While packets are forwarded instead, [`pass`](Self::pass)
/// them here, so that the next one can be played with the right delay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Playout {
    jitter: Jitter,
    decoder: Decoder,
    concealer: Concealer,
    /// Decoded, not yet heard.
    ready: Vec<i16>,
    /// Ticks until the delay may be corrected again.
    pause: u8,
}

impl Playout {
    /// A playout of a leg that sends this codec.
    pub fn new(codec: Codec) -> Self {
        Self {
            jitter: Jitter::new(codec.clock_rate()),
            decoder: Decoder::new(codec),
            concealer: Concealer::new(codec::sample_rate(codec)),
            ready: vec![],
            pause: 0,
        }
    }

    /// The codec that packets are read with.
    pub fn codec(&self) -> Codec {
        self.decoder.codec()
    }

    /// Changes the codec. What waits in another codec is dropped.
    pub fn configure(&mut self, codec: Codec) {
        if codec == self.codec() {
            return;
        }
        let (old, new) = (self.rate(), codec::sample_rate(codec));
        self.jitter.restart_at(codec.clock_rate());
        self.decoder = Decoder::new(codec);
        if old != new {
            self.concealer = Concealer::new(new);
            self.ready.clear();
        }
    }

    /// Samples a second of what is heard.
    pub fn rate(&self) -> u32 {
        codec::sample_rate(self.codec())
    }

    /// Takes a packet of sound. A packet with another SSRC than before starts anew.
    pub fn put(&mut self, packet: &RtpPacket<'_>, now: Time) -> Put {
        self.jitter.put(packet, codec::duration(self.codec(), packet.payload), now)
    }

    /// Notes a packet of the same stream that is no sound, such as a key.
    pub fn put_other(&mut self, packet: &RtpPacket<'_>) {
        self.jitter.put_other(packet);
    }

    /// Learns from a packet that is forwarded.
    pub fn pass(&mut self, packet: &RtpPacket<'_>, now: Time) {
        self.decoder.restart();
        self.jitter.pass(packet, codec::duration(self.codec(), packet.payload), now);
    }

    /// The next payload waiting, regardless of its turn: to send on what waits when forwarding begins.
    pub fn drain(&mut self) -> Option<&[u8]> {
        self.jitter.drain()
    }

    /// Samples that were decoded and not heard, to be sent on before [`drain`](Self::drain).
    pub fn take_ready(&mut self) -> Vec<i16> {
        std::mem::take(&mut self.ready)
    }

    /// Forgets the stream, as after a change of source.
    pub fn restart(&mut self) {
        self.jitter.restart();
    }

    /// Writes what is heard in the tick at `now`.
    pub fn fill(&mut self, now: Time, frame: &mut [i16]) -> Heard {
        self.correct(now, frame.len());
        while self.ready.len() < frame.len() {
            if !self.refill(now, frame.len()) {
                self.end(frame);
                return Heard::Nothing;
            }
        }
        frame.copy_from_slice(&self.ready[..frame.len()]);
        self.ready.drain(..frame.len());
        Heard::Sound
    }

    /// From the arrival of the fastest packets until they are heard, in milliseconds; none while nothing is heard.
    pub fn delay_ms(&self) -> Option<u32> {
        self.jitter.delay_ms()
    }

    /// Target delay in milliseconds.
    pub fn target_ms(&self) -> u32 {
        self.jitter.target_ms()
    }

    /// How far it has come: the sample of the stream that is heard next, if anything is heard, and how many packets
    /// wait.
    pub fn place(&self) -> (Option<i64>, usize) {
        let next = self.jitter.next().map(|next| next * self.unit() as i64 - self.ready.len() as i64);
        (next, self.jitter.len())
    }

    /// What was counted since the beginning.
    pub fn counters(&self) -> Counters {
        self.jitter.counters()
    }

    /// Samples in a unit of the timestamp.
    fn unit(&self) -> usize {
        codec::samples_per_unit(self.codec())
    }

    /// Takes one piece from the buffer; says whether there was any.
    fn refill(&mut self, now: Time, frame: usize) -> bool {
        let (old, unit) = (self.ready.len(), self.unit());
        let lacking = frame.saturating_sub(old).div_ceil(unit);
        match self.jitter.take(now, (old / unit) as u32, lacking as u32) {
            Frame::Packet { payload, skip, jumped } => {
                if jumped {
                    self.concealer.splice();
                }
                self.decoder.decode(payload, &mut self.ready);
                let skipped = self.ready.len().min(old + skip as usize * unit);
                self.ready.drain(old..skipped);
                self.concealer.heard(&mut self.ready[old..]);
            }
            Frame::Missing { length, next } => {
                self.ready.resize(old + length as usize * unit, 0);
                let gap = &mut self.ready[old..];
                match self.decoder.conceal(next, gap) {
                    true => self.concealer.heard(gap),
                    false => self.concealer.conceal(gap),
                }
            }
            Frame::Silence(length) => {
                self.ready.resize(old + length as usize * unit, 0);
                self.concealer.silence(&mut self.ready[old..]);
            }
            Frame::Nothing => return false,
        }
        true
    }

    /// Ends the sound: what is left of it, and silence.
    fn end(&mut self, frame: &mut [i16]) {
        let (sound, rest) = frame.split_at_mut(self.ready.len().min(frame.len()));
        sound.copy_from_slice(&self.ready[..sound.len()]);
        self.ready.clear();
        self.concealer.silence(rest);
    }

    /// Moves what is heard towards the target delay by a pitch period, or in silence by more.
    fn correct(&mut self, now: Time, frame: usize) {
        let unit = self.unit();
        let correction = self.jitter.tick(now, (self.ready.len() / unit) as u32);
        if correction == Correction::Cut {
            self.concealer.splice();
        }
        if self.pause > 0 {
            self.pause -= 1;
            return;
        }
        let moved = match correction {
            Correction::None | Correction::Cut => return,
            Correction::Shorten(excess) => {
                while self.ready.len() < 2 * frame && self.jitter.is_next_here() {
                    self.refill(now, frame);
                }
                let rate = self.rate();
                scale::shorten(&mut self.ready, excess as usize * unit, rate, unit) as i64
            }
            Correction::Lengthen(_) => {
                let old = self.ready.len();
                let period = self.concealer.period() / unit * unit;
                self.ready.resize(old + period, 0);
                self.concealer.conceal(&mut self.ready[old..]);
                -(period as i64)
            }
        };
        if moved != 0 {
            self.jitter.corrected(moved / unit as i64);
            self.pause = CORRECTION_PAUSE;
        }
    }
}
