//! Shortening sound without changing its pitch.

use crate::media::plc;
use crate::media::tone;

/// Mean square below which a frame is a pause between words: -45 dBm0.
const QUIET: f64 = 4_100.0;
/// Overlap of the two ends of a cut in a pause: a 200th of a second.
const SEAM: u32 = 200;

/// Cuts one pitch period out of the beginning of `samples` at this rate, or up to `excess` in a pause: a multiple
/// of `unit`. Returns how much was cut: nothing if there are too few samples.
pub fn shorten(samples: &mut Vec<i16>, excess: usize, rate: u32, unit: usize) -> usize {
    let cut = if tone::energy(samples) < QUIET {
        excess.min(samples.len().saturating_sub((rate / SEAM) as usize))
    } else {
        match plc::leading_period(samples, rate) {
            Some(period) => period,
            None => return 0,
        }
    };
    let cut = cut / unit * unit;
    let seam = cut.min(samples.len().saturating_sub(cut));
    for place in 0..seam {
        let weight = (place + 1) as f32 / (seam + 1) as f32;
        let (from, to) = (f32::from(samples[place]), f32::from(samples[place + cut]));
        samples[place] = (from * (1.0 - weight) + to * weight) as i16;
    }
    samples.drain(seam..seam + cut);
    cut
}
