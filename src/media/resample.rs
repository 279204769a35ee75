//! From one rate to another as sound flows: 8, 16 and 48 kHz, whose ratios are whole numbers.
//!
//! A polyphase filter: a sinc under a Kaiser window, [`TAPS`] samples of the lower rate long. It delays by half of
//! that (2 ms at 8 kHz), keeps the lower band flat to 0.42 of its rate and what is beyond it 60 dB down.

use std::f64::consts::PI;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// Length of the filter in samples of the lower rate.
const TAPS: usize = 32;
/// Largest ratio: 8 to 48 kHz.
const MOST: usize = 6;
/// Samples at most that are converted at once: 20 ms of 48 kHz.
const PIECE: usize = 960;
/// Shape of the window: side lobes 60 dB down.
const BETA: f64 = 5.65;
/// Where the filter is at half, in parts of the lower rate.
const CUTOFF: f64 = 0.475;

/// The filters of the ratios 2, 3 and 6. Each is kept by phases, as an interpolator needs it, and whole.
static FILTERS: LazyLock<[Filter; 3]> = LazyLock::new(|| [2, 3, 6].map(Filter::new));

#[derive(Debug)]
struct Filter {
    /// For each phase of the higher rate, what the samples of the lower weigh, oldest first.
    phases: Vec<[f32; TAPS]>,
    /// What samples of the higher rate weigh in one of the lower.
    whole: Vec<f32>,
}

/// Turns one stream of samples into the same at another rate. What passes through keeps its place: frames of 20 ms
/// give frames of 20 ms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Resampler {
    from: u32,
    to: u32,
    /// The last samples, for the filter to reach back to.
    history: Vec<f32>,
}

/// Converts a stream whose rates may change: without work while they are equal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Converter(Option<Resampler>);

impl Resampler {
    /// A converter that has heard silence; none if the rates are equal, or their ratio is not 2, 3 or 6.
    pub fn new(from: u32, to: u32) -> Option<Self> {
        let ratio = ratio(from, to)?;
        filter(ratio)?;
        let reach = if from < to { TAPS - 1 } else { TAPS * ratio - 1 };
        Some(Self { from, to, history: vec![0.0; reach] })
    }

    /// The same sound at the other rate. `samples` are a whole number of samples at the lower rate.
    pub fn process(&mut self, samples: &[i16]) -> Vec<i16> {
        let mut out = Vec::with_capacity(samples.len() * self.to as usize / self.from.max(1) as usize);
        for piece in samples.chunks(PIECE) {
            self.run(piece, &mut out);
        }
        out
    }

    fn run(&mut self, samples: &[i16], out: &mut Vec<i16>) {
        let mut buffer = [0.0; PIECE + TAPS * MOST];
        let reach = self.history.len();
        let Some(input) = buffer.get_mut(..reach + samples.len()) else { return };
        let (before, now) = input.split_at_mut(reach);
        before.copy_from_slice(&self.history);
        now.iter_mut().zip(samples).for_each(|(slot, sample)| *slot = f32::from(*sample));
        let Some((ratio, filter)) = ratio(self.from, self.to).and_then(|ratio| Some((ratio, filter(ratio)?)))
        else {
            return;
        };
        if self.from < self.to {
            for window in input.windows(TAPS) {
                out.extend(filter.phases.iter().map(|taps| rounded(dot(window, taps))));
            }
        } else {
            // The last sample of each step is the newest that its window holds.
            let windows = input.windows(filter.whole.len()).skip(ratio - 1).step_by(ratio);
            out.extend(windows.map(|window| rounded(dot(window, &filter.whole))));
        }
        self.history.copy_from_slice(&input[samples.len()..]);
    }
}

impl Converter {
    /// The samples at another rate; as they are if it is the same, or none that can be had.
    pub fn convert(&mut self, samples: Vec<i16>, from: u32, to: u32) -> Vec<i16> {
        if from == to {
            self.0 = None;
            return samples;
        }
        if self.0.as_ref().is_none_or(|resampler| (resampler.from, resampler.to) != (from, to)) {
            self.0 = Resampler::new(from, to);
        }
        match &mut self.0 {
            Some(resampler) => resampler.process(&samples),
            None => samples,
        }
    }

    /// What follows does not follow what was converted last.
    pub fn restart(&mut self) {
        self.0 = None;
    }
}

impl Filter {
    fn new(ratio: usize) -> Self {
        let length = TAPS * ratio;
        let middle = (length - 1) as f64 / 2.0;
        let tap = |place: usize| {
            let x = (place as f64 - middle) / ratio as f64;
            let sinc = if x == 0.0 { 1.0 } else { (2.0 * PI * CUTOFF * x).sin() / (2.0 * PI * CUTOFF * x) };
            let across = (place as f64 - middle) / (middle + 0.5);
            sinc * bessel(BETA * (1.0 - across * across).max(0.0).sqrt())
        };
        let taps: Vec<f64> = (0..length).map(tap).collect();
        let sum: f64 = taps.iter().sum();
        let phase = |phase: usize| {
            // Each phase passes a constant as it is. The newest sample weighs as the beginning of the filter says.
            let own = |place: usize| taps[phase + place * ratio];
            let sum: f64 = (0..TAPS).map(own).sum();
            std::array::from_fn(|place| (own(TAPS - 1 - place) / sum) as f32)
        };
        Self {
            phases: (0..ratio).map(phase).collect(),
            whole: taps.iter().map(|tap| (tap / sum) as f32).collect(),
        }
    }
}

fn ratio(from: u32, to: u32) -> Option<usize> {
    let (low, high) = (from.min(to), from.max(to));
    (low > 0 && high.is_multiple_of(low)).then_some((high / low) as usize)
}

fn filter(ratio: usize) -> Option<&'static Filter> {
    FILTERS.iter().find(|filter| filter.phases.len() == ratio)
}

/// The modified Bessel function of order zero, by its series.
fn bessel(x: f64) -> f64 {
    let term = |(product, n): (f64, f64)| Some((product * (x / 2.0 / n).powi(2), n + 1.0));
    std::iter::successors(Some((1.0, 1.0)), |state| term(*state)).take(40).map(|(product, _)| product).sum()
}

/// In lanes that do not wait for each other.
fn dot(one: &[f32], two: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 8];
    for (a, b) in one.as_chunks::<8>().0.iter().zip(two.as_chunks::<8>().0) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    lanes.iter().sum()
}

fn rounded(value: f32) -> i16 {
    // The cast saturates, and cuts off towards zero.
    (value + 0.5_f32.copysign(value)) as i16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::tone::{Oscillator, goertzel, level};

    const PAIRS: [(u32, u32); 6] = [
        (8_000, 16_000),
        (16_000, 8_000),
        (8_000, 48_000),
        (48_000, 8_000),
        (16_000, 48_000),
        (48_000, 16_000),
    ];

    fn tone(hz: f32, rate: u32) -> Vec<i16> {
        let mut samples = vec![0; rate as usize];
        Oscillator::new(hz, -10.0, rate).fill(&mut samples);
        samples
    }

    /// A second of a tone at one rate, as it is heard at the other, without its beginning.
    fn through(hz: f32, (from, to): (u32, u32)) -> Vec<i16> {
        let mut resampler = Resampler::new(from, to).unwrap();
        let frames = tone(hz, from);
        let heard: Vec<i16> =
            frames.chunks(from as usize / 50).flat_map(|frame| resampler.process(frame)).collect();
        assert_eq!(heard.len(), to as usize);
        heard[to as usize / 10..].to_vec()
    }

    #[test]
    fn tones_of_the_lower_band_keep_their_level_and_nothing_else_sounds() {
        for pair in PAIRS {
            let band = pair.0.min(pair.1) as f32;
            for hz in [300.0, 1_000.0, 0.25 * band, 0.42 * band] {
                let heard = through(hz, pair);
                let found = goertzel(&heard, hz, pair.1);
                assert!((found + 10.0).abs() < 0.2, "{pair:?}: {hz} Hz at {found}");
                assert!((level(&heard) - found).abs() < 0.05, "{pair:?}: {hz} Hz is not alone");
            }
        }
    }

    #[test]
    fn what_the_lower_rate_cannot_carry_is_gone() {
        for pair in PAIRS.into_iter().filter(|(from, to)| from > to) {
            for hz in [0.55, 0.7, 0.98].map(|part| part * pair.1 as f32) {
                let left = level(&through(hz, pair));
                assert!(left < -10.0 - 55.0, "{pair:?}: {hz} Hz leaves {left}");
            }
        }
    }

    #[test]
    fn the_pieces_in_which_sound_comes_do_not_matter_and_full_scale_does_not_wrap() {
        for pair in PAIRS {
            let mut loud = tone(440.0, pair.0);
            loud.iter_mut().for_each(|sample| *sample = if *sample > 0 { i16::MAX } else { i16::MIN });
            let step = (pair.0 / pair.1).max(1) as usize;
            let (mut one, mut two) =
                (Resampler::new(pair.0, pair.1).unwrap(), Resampler::new(pair.0, pair.1).unwrap());
            let whole = one.process(&loud);
            let pieces: Vec<i16> = loud.chunks(7 * step).flat_map(|piece| two.process(piece)).collect();
            assert_eq!(whole, pieces);
            let jump =
                whole.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs()).max().unwrap();
            assert!(jump < 65_000, "{pair:?}: {jump}");
        }
    }

    #[test]
    fn there_and_back_is_the_same_sound_a_little_later() {
        for pair in PAIRS.into_iter().filter(|(from, to)| from < to) {
            let said = tone(700.0, pair.0);
            let mut up = Resampler::new(pair.0, pair.1).unwrap();
            let mut down = Resampler::new(pair.1, pair.0).unwrap();
            let heard = down.process(&up.process(&said));
            let off = said[..7_000]
                .iter()
                .zip(&heard[TAPS - 1..])
                .map(|(a, b)| (a - b).abs())
                .skip(100)
                .max()
                .unwrap();
            assert!(off < 60, "{pair:?}: {off}");
        }
    }

    #[test]
    fn equal_rates_are_no_work_and_change_nothing() {
        let said = tone(700.0, 8_000);
        let mut converter = Converter::default();
        assert_eq!(converter.convert(said.clone(), 8_000, 8_000), said);
        assert_eq!(converter.convert(said, 8_000, 48_000).len(), 48_000);
        assert!(Resampler::new(8_000, 8_000).is_none() && Resampler::new(8_000, 44_100).is_none());
    }
}
