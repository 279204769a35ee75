//! Where a leg's codec meets the room: rates, and joins that do not click.

use serde::{Deserialize, Serialize};

use crate::media::RATE;
use crate::media::codec::{self, Codec, Encoder};
use crate::media::resample::Converter;
use crate::sdp::Fmtp;

/// How long a jump is bent away: a 200th of a second.
const BEND: u32 = 200;

/// What a leg says, on its way from its codec's rate to those at which it is wanted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Inward {
    to_room: Converter,
    to_narrow: Converter,
}

/// What a leg says in a tick.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// At the room's rate.
    pub room: Option<Vec<i16>>,
    /// At [`RATE`], if that is wanted.
    pub narrow: Option<Vec<i16>>,
}

impl Inward {
    /// Brings a frame of the codec's rate to the room's, and to [`RATE`] too if that is wanted.
    pub fn bring(&mut self, frame: Option<Vec<i16>>, from: u32, room: u32, narrow: bool) -> Said {
        if !narrow || frame.is_none() {
            self.to_narrow.restart();
        }
        let Some(frame) = frame else {
            self.to_room.restart();
            return Said::default();
        };
        let narrow = narrow.then(|| self.to_narrow.convert(frame.clone(), from, RATE));
        Said { room: Some(self.to_room.convert(frame, from, room)), narrow }
    }
}

/// What turns frames of the room into payloads. Legs that hear the same share payloads; who leaves such a share goes
/// on with a copy of what wrote them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outward {
    to_codec: Converter,
    encoder: Encoder,
    /// The last two samples that were written, newest last; none if others wrote last.
    tail: Option<[i16; 2]>,
}

/// A payload that several legs can be sent, and what wrote it.
#[derive(Clone, Debug)]
pub struct Shared {
    pub payload: Vec<u8>,
    pub outward: Outward,
}

impl Outward {
    /// The way out by a codec, as the peer asks for it.
    pub fn new(codec: Codec, fmtp: Fmtp) -> Self {
        Self { to_codec: Converter::default(), encoder: Encoder::new(codec, fmtp), tail: None }
    }

    /// The codec that it writes.
    pub fn codec(&self) -> Codec {
        self.encoder.codec()
    }

    /// Samples a second that the codec takes.
    pub fn rate(&self) -> u32 {
        codec::sample_rate(self.codec())
    }

    /// Brings a frame of the room to the codec's rate. With `joint` it does not follow the one before, because others
    /// are heard now: the jump is bent away.
    pub fn bring(&mut self, frame: Vec<i16>, room: u32, joint: bool) -> Vec<i16> {
        self.encoder.set_source_rate(room);
        let mut samples = self.to_codec.convert(frame, room, self.rate());
        if let (true, Some(tail)) = (joint, self.tail) {
            bend(&mut samples, tail, (self.rate() / BEND) as usize);
        }
        self.note(&samples);
        samples
    }

    /// Appends the payload of samples at the codec's rate.
    pub fn encode(&mut self, samples: &[i16], payload: &mut Vec<u8>) {
        self.encoder.encode(samples, payload);
    }

    /// See [`Encoder::piece`].
    pub fn piece(&self, samples: usize) -> Option<usize> {
        self.encoder.piece(samples)
    }

    /// Others write from now on.
    pub fn rest(&mut self) {
        self.to_codec.restart();
        self.encoder.restart();
        self.tail = None;
    }

    fn note(&mut self, samples: &[i16]) {
        if let [.., before, last] = samples {
            self.tail = Some([*before, *last]);
        }
    }
}

/// Lets `samples` begin where the sound before them was going, and come to their own within `length`.
fn bend(samples: &mut [i16], [before, last]: [i16; 2], length: usize) {
    let Some(first) = samples.first() else { return };
    let expected = 2 * i32::from(last) - i32::from(before);
    let jump = expected.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) - i32::from(*first);
    let length = length.min(samples.len());
    for (place, sample) in samples.iter_mut().take(length).enumerate() {
        let left = 1.0 - place as f32 / length as f32;
        // Without corners at either end.
        let weight = left * left * (3.0 - 2.0 * left);
        *sample = (f32::from(*sample) + jump as f32 * weight) as i16;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::tone::Oscillator;

    fn steps(samples: &[i16]) -> i32 {
        samples.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs()).max().unwrap()
    }

    /// Frames of a tone at one rate.
    fn frames(hz: f32, rate: u32, count: usize) -> Vec<Vec<i16>> {
        let mut oscillator = Oscillator::new(hz, -10.0, rate);
        (0..count)
            .map(|_| {
                let mut frame = vec![0; rate as usize / 50];
                oscillator.fill(&mut frame);
                frame
            })
            .collect()
    }

    #[test]
    fn neither_a_change_of_what_is_heard_nor_one_of_the_rate_clicks() {
        for codec in Codec::ALL.iter().copied() {
            let mut outward = Outward::new(codec, Fmtp::default());
            let mut heard = vec![];
            let mut hear = |frames: Vec<Vec<i16>>, rate: u32| {
                for (n, frame) in frames.into_iter().enumerate() {
                    heard.extend(outward.bring(frame, rate, n == 0));
                }
            };
            hear(frames(400.0, 8_000, 7), 8_000);
            hear(frames(550.0, 8_000, 7), 8_000);
            hear(frames(550.0, 16_000, 7), 16_000);
            hear(vec![vec![0; 320]; 3], 16_000);
            hear(frames(400.0, 48_000, 7), 48_000);
            hear(frames(400.0, 8_000, 7), 8_000);
            let own = 7_218.0 * std::f32::consts::TAU * 550.0 / codec::sample_rate(codec) as f32;
            assert!(steps(&heard) as f32 <= own * 2.0, "{codec}: {} beside {own}", steps(&heard));
        }
    }

    #[test]
    fn without_a_joint_every_sample_stays_as_it_is() {
        let mut outward = Outward::new(Codec::Pcma, Fmtp::default());
        for frame in frames(400.0, 8_000, 5) {
            assert_eq!(outward.bring(frame.clone(), 8_000, false), frame);
        }
    }
}
