//! Tones: made at a level, measured at a level, found among others.
//!
//! Levels are in dBm0. A sine that fills 16 bits is +3.14 dBm0, the overload point of A-law (ITU-T
//! G.711 section 4; that of µ-law is 3.17), so 0 dBm0 is a sine of peak 22,827.

use std::f64::consts::{SQRT_2, TAU};

use serde::{Deserialize, Serialize};

use super::RATE;

/// Level of a sine with peak 32,768.
#[expect(clippy::approx_constant, reason = "decibels, not a circle")]
pub const FULL_SCALE_DBM0: f64 = 3.14;

/// What [`level`] gives for pure silence.
pub const SILENCE_DBM0: f32 = -100.0;

/// A sine wave that goes on from call to call without a click.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Oscillator {
    amplitude: f64,
    hz: f64,
    /// Turns a sample, and turns made.
    step: f64,
    turns: f64,
}

impl Oscillator {
    /// A sine of `hz` at `dbm0`, for `rate` samples a second.
    pub fn new(hz: f32, dbm0: f32, rate: u32) -> Self {
        let hz = f64::from(hz);
        Self { amplitude: peak(dbm0), hz, step: hz / f64::from(rate.max(1)), turns: 0.0 }
    }

    /// Goes on at another rate.
    pub fn set_rate(&mut self, rate: u32) {
        self.step = self.hz / f64::from(rate.max(1));
    }

    /// The next sample. A tone that the rate cannot carry is not heard.
    pub fn sample(&mut self) -> i16 {
        if self.step >= 0.5 {
            return 0;
        }
        let value = self.amplitude * (self.turns * TAU).sin();
        self.turns = (self.turns + self.step).fract();
        // The cast saturates.
        value.round() as i16
    }

    /// The next samples.
    pub fn fill(&mut self, samples: &mut [i16]) {
        samples.fill_with(|| self.sample());
    }

    /// Leaves samples out.
    pub fn skip(&mut self, samples: u64) {
        self.turns = (self.turns + self.step * samples as f64).fract();
    }
}

/// Peak of a sine of this level.
pub fn peak(dbm0: f32) -> f64 {
    32_768.0 * 10_f64.powf((f64::from(dbm0) - FULL_SCALE_DBM0) / 20.0)
}

/// Level of samples in dBm0; [`SILENCE_DBM0`] at the least.
pub fn level(samples: &[i16]) -> f32 {
    dbm0(energy(samples))
}

/// Mean square of samples.
pub fn energy(samples: &[i16]) -> f64 {
    let square = |sample: &i16| i64::from(i32::from(*sample) * i32::from(*sample));
    let sum: i64 = samples.iter().map(square).sum();
    sum as f64 / samples.len().max(1) as f64
}

/// Level of one frequency in samples, in dBm0, by Goertzel's algorithm. Other tones more than
/// `rate / samples.len()` Hz away hardly count.
pub fn goertzel(samples: &[i16], hz: f32, rate: u32) -> f32 {
    let angle = TAU * f64::from(hz) / f64::from(rate.max(1));
    let twice = 2.0 * angle.cos();
    let (mut last, mut before) = (0.0, 0.0);
    for &sample in samples {
        (last, before) = (f64::from(sample) + twice * last - before, last);
    }
    let power = last * last + before * before - twice * last * before;
    let length = samples.len().max(1) as f64;
    dbm0(2.0 * power / (length * length))
}

fn dbm0(mean_square: f64) -> f32 {
    let full_scale = 32_768.0 / SQRT_2;
    let db = 10.0 * (mean_square / (full_scale * full_scale)).max(1e-20).log10() + FULL_SCALE_DBM0;
    (db as f32).max(SILENCE_DBM0)
}

/// A tone with its rhythm, without end.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Signal {
    /// The phone at the other end rings: 425 Hz, 1 s on and 4 s off.
    Ringback,
    /// The called party is on the phone: 425 Hz, 330 ms on and off.
    Busy,
    /// No way through: 425 Hz, 165 ms on and off.
    Congestion,
}

/// Level of the signals: ITU-T E.180 asks for -10 ± 5 dBm0.
const SIGNAL_DBM0: f32 = -13.0;
/// Rise and fall at the edges, so that they do not click: a 200th of a second.
const RAMP: u32 = 200;

/// Makes a [`Signal`], sample by sample.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cadence {
    oscillator: Oscillator,
    /// Milliseconds of sound, and of sound and silence together.
    on: u32,
    period: u32,
    rate: u32,
    position: u32,
}

impl Cadence {
    /// The signal from its beginning, at [`RATE`].
    pub fn new(signal: Signal) -> Self {
        let (on, off) = match signal {
            Signal::Ringback => (1_000, 4_000),
            Signal::Busy => (330, 330),
            Signal::Congestion => (165, 165),
        };
        let oscillator = Oscillator::new(425.0, SIGNAL_DBM0, RATE);
        Self { oscillator, on, period: on + off, rate: RATE, position: 0 }
    }

    /// Goes on at another rate.
    pub fn set_rate(&mut self, rate: u32) {
        if rate != self.rate {
            self.oscillator.set_rate(rate);
            let position = u64::from(self.position) * u64::from(rate) / u64::from(self.rate.max(1));
            (self.position, self.rate) = (u32::try_from(position).unwrap_or(0), rate);
        }
    }

    /// The next samples.
    pub fn fill(&mut self, samples: &mut [i16]) {
        samples.fill_with(|| self.sample());
    }

    fn sample(&mut self) -> i16 {
        let (position, per_ms, ramp) = (self.position, self.rate / 1_000, self.rate / RAMP);
        let on = self.on * per_ms;
        self.position = (position + 1) % (self.period * per_ms).max(1);
        if position >= on {
            return 0;
        }
        let edge = position.min(on - 1 - position).min(ramp);
        let sample = i32::from(self.oscillator.sample()) * edge as i32 / ramp.max(1) as i32;
        sample as i16
    }
}

#[cfg(test)]
mod tests {
    use super::super::codec::{Codec, Decoder, Encoder};
    use super::*;
    use crate::sdp::Fmtp;

    fn sine(hz: f32, dbm0: f32, count: usize) -> Vec<i16> {
        let mut samples = vec![0; count];
        Oscillator::new(hz, dbm0, RATE).fill(&mut samples);
        samples
    }

    #[test]
    fn a_tone_has_the_level_it_was_asked_for() {
        for dbm0 in [-40.0, -16.0, -10.0, 0.0] {
            let samples = sine(1_004.0, dbm0, 8_000);
            assert!((level(&samples) - dbm0).abs() < 0.1, "{}", level(&samples));
            assert!((goertzel(&samples, 1_004.0, RATE) - dbm0).abs() < 0.1);
        }
    }

    #[test]
    fn the_milliwatt_of_the_recommendation_is_0_dbm0() {
        for (codec, bytes) in [
            (Codec::Pcma, [0x34, 0x21, 0x21, 0x34, 0xb4, 0xa1, 0xa1, 0xb4]),
            (Codec::Pcmu, [0x1e, 0x0b, 0x0b, 0x1e, 0x9e, 0x8b, 0x8b, 0x9e]),
        ] {
            let mut samples = vec![];
            Decoder::new(codec).decode(&bytes, &mut samples);
            assert!(level(&samples).abs() < 0.1, "{codec:?} {}", level(&samples));
        }
    }

    #[test]
    fn a_tone_keeps_its_level_through_the_codecs() {
        for codec in [Codec::Pcma, Codec::Pcmu] {
            let (mut payload, mut heard) = (vec![], vec![]);
            Encoder::new(codec, Fmtp::default()).encode(&sine(1_004.0, -16.0, 8_000), &mut payload);
            Decoder::new(codec).decode(&payload, &mut heard);
            assert!((goertzel(&heard, 1_004.0, RATE) + 16.0).abs() < 0.1);
        }
    }

    #[test]
    fn one_tone_is_found_beside_another() {
        let mixed: Vec<i16> =
            sine(697.0, -20.0, 1_600).iter().zip(sine(1_209.0, -10.0, 1_600)).map(|(a, b)| a + b).collect();
        assert!((goertzel(&mixed, 697.0, RATE) + 20.0).abs() < 0.5);
        assert!((goertzel(&mixed, 1_209.0, RATE) + 10.0).abs() < 0.5);
        assert!(goertzel(&mixed, 941.0, RATE) < -35.0);
    }

    #[test]
    fn a_tone_asked_for_in_pieces_does_not_click() {
        let whole = sine(425.0, -10.0, 480);
        let mut oscillator = Oscillator::new(425.0, -10.0, RATE);
        let mut pieces = vec![0; 480];
        pieces.chunks_mut(37).for_each(|piece| oscillator.fill(piece));
        assert_eq!(pieces, whole);
    }

    #[test]
    fn silence_and_nothing_have_the_lowest_level() {
        assert_eq!(level(&[0; 160]), SILENCE_DBM0);
        assert_eq!(level(&[]), SILENCE_DBM0);
        assert_eq!(goertzel(&[], 425.0, RATE), SILENCE_DBM0);
    }

    #[test]
    fn a_signal_goes_on_at_another_rate_where_it_was() {
        let mut cadence = Cadence::new(Signal::Busy);
        let (mut narrow, mut wide) = (vec![0; 800], vec![0; 16_000]);
        cadence.fill(&mut narrow);
        cadence.set_rate(16_000);
        cadence.fill(&mut wide);
        // A tenth of a second of 330 ms had been heard.
        assert!((goertzel(&wide[..3_600], 425.0, 16_000) + 13.0).abs() < 0.3);
        assert_eq!(level(&wide[3_680..8_960]), SILENCE_DBM0);
        assert!(level(&wide[9_100..12_000]) > -15.0);
    }

    #[test]
    fn ringback_sounds_one_second_in_five() {
        let mut samples = vec![0; 80_000];
        Cadence::new(Signal::Ringback).fill(&mut samples);
        for (second, sound) in samples.chunks(8_000).enumerate() {
            match second % 5 {
                0 => assert!((goertzel(sound, 425.0, RATE) + 13.0).abs() < 0.3),
                _ => assert_eq!(level(sound), SILENCE_DBM0),
            }
        }
    }
}
