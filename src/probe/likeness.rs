//! How much of a sound is heard in another one: normalised cross-correlation of its pieces, by way of the
//! Fourier transform.

use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use serde::{Deserialize, Serialize};

use crate::media::{RATE, tone};

/// What is looked for at once: half a second. Where a jitter buffer shifts, only one piece suffers.
const PIECE: usize = RATE as usize / 2;
/// Samples searched at a time.
const BLOCK: usize = 1 << 15;
/// The step from one block to the next, so that no piece falls between two.
const STEP: usize = BLOCK - PIECE;
/// Pieces quieter than this have no shape.
const QUIET_DBM0: f32 = -45.0;
/// A piece that is so much alike is the same sound: two voices reach 0.5 at most, G.711 keeps 0.99.
const ALIKE: f32 = 0.9;

/// How much of an expected sound was heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Likeness {
    /// Half seconds of the expected sound that are not silent.
    pub pieces: u32,
    /// How many of them were heard.
    pub heard: u32,
    /// How alike those that were heard are in the middle, 1 at the most.
    pub correlation: f32,
    /// When the first of them was heard, in milliseconds from the beginning.
    pub from_ms: Option<u64>,
}

impl Likeness {
    /// What was heard, from 0 to 1.
    pub fn share(&self) -> f32 {
        if self.pieces == 0 { 0.0 } else { self.heard as f32 / self.pieces as f32 }
    }
}

/// Looks for `expected` in `heard`, both at [`RATE`].
pub fn likeness(expected: &[i16], heard: &[i16]) -> Likeness {
    let haystack = Haystack::new(heard);
    let pieces: Vec<&[i16]> = expected
        .chunks(PIECE)
        .filter(|piece| piece.len() == PIECE || expected.len() < PIECE)
        .filter(|piece| tone::level(piece) > QUIET_DBM0)
        .collect();
    let mut found: Vec<Found> = vec![];
    for piece in &pieces {
        let near = found.last().map(|last| last.at);
        found.extend(haystack.find(piece, near).filter(|found| found.likeness >= ALIKE));
    }
    let from = found.iter().map(|found| found.at).min();
    let mut alike: Vec<f32> = found.iter().map(|found| found.likeness).collect();
    alike.sort_by(f32::total_cmp);
    Likeness {
        pieces: pieces.len() as u32,
        heard: found.len() as u32,
        correlation: alike.get(alike.len() / 2).copied().unwrap_or(0.0),
        from_ms: from.map(|at| at as u64 * 1_000 / u64::from(RATE)),
    }
}

/// Where a piece fits best, and how well.
#[derive(Clone, Copy, Debug)]
struct Found {
    at: usize,
    likeness: f32,
}

/// The sound in which pieces are looked for, with the spectra of its blocks.
struct Haystack {
    /// The energy of the first n samples.
    energy: Vec<f64>,
    spectra: Vec<Vec<Complex<f32>>>,
    forward: Arc<dyn RealToComplex<f32>>,
    back: Arc<dyn ComplexToReal<f32>>,
}

impl Haystack {
    fn new(samples: &[i16]) -> Self {
        let mut planner = RealFftPlanner::new();
        let (forward, back) = (planner.plan_fft_forward(BLOCK), planner.plan_fft_inverse(BLOCK));
        let mut energy = vec![0.0];
        energy.extend(samples.iter().scan(0.0, |sum, sample| {
            *sum += f64::from(scaled(*sample)).powi(2);
            Some(*sum)
        }));
        let starts = (0..samples.len()).step_by(STEP);
        let spectra =
            starts.map(|start| spectrum(&forward, &samples[start..samples.len().min(start + BLOCK)]));
        Self { energy, spectra: spectra.collect(), forward, back }
    }

    /// Looks where the piece before was found first, and everywhere unless it fits there.
    fn find(&self, piece: &[i16], near: Option<usize>) -> Option<Found> {
        let needle = spectrum(&self.forward, piece);
        let size: f64 = piece.iter().map(|sample| f64::from(scaled(*sample)).powi(2)).sum();
        let search = |block: usize| self.best(block, &needle, piece.len(), size);
        let (first, blocks) = (near.map(|near| near / STEP), self.spectra.len());
        let here = first.into_iter().flat_map(|first| [first, first + 1]).filter(|block| *block < blocks);
        let best = |blocks: &mut dyn Iterator<Item = usize>| {
            blocks.filter_map(search).max_by(|a, b| a.likeness.total_cmp(&b.likeness))
        };
        let near = best(&mut here.clone());
        match near {
            Some(found) if found.likeness >= ALIKE => near,
            _ => best(&mut (0..blocks)),
        }
    }

    fn best(&self, block: usize, needle: &[Complex<f32>], length: usize, size: f64) -> Option<Found> {
        let mut product: Vec<_> = self.spectra[block].iter().zip(needle).map(|(h, n)| h * n.conj()).collect();
        let mut correlation = self.back.make_output_vec();
        // The lengths are the planner's own.
        self.back.process(&mut product, &mut correlation).ok()?;
        let start = block * STEP;
        let places = correlation.iter().take(BLOCK - length + 1).enumerate();
        let likeness = places.filter_map(|(shift, dot)| {
            let at = start + shift;
            let energy = (self.energy.get(at + length)? - self.energy[at]) * size;
            let likeness = if energy > 1e-9 { f64::from(*dot) / BLOCK as f64 / energy.sqrt() } else { 0.0 };
            Some(Found { at, likeness: likeness as f32 })
        });
        likeness.max_by(|a, b| a.likeness.total_cmp(&b.likeness))
    }
}

fn scaled(sample: i16) -> f32 {
    f32::from(sample) / 32_768.0
}

fn spectrum(forward: &Arc<dyn RealToComplex<f32>>, samples: &[i16]) -> Vec<Complex<f32>> {
    let (mut padded, mut spectrum) = (forward.make_input_vec(), forward.make_output_vec());
    padded.iter_mut().zip(samples).for_each(|(slot, sample)| *slot = scaled(*sample));
    // The lengths are the planner's own, so nothing can go wrong; if it did, nothing would be found.
    let _ = forward.process(&mut padded, &mut spectrum);
    spectrum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;
    use crate::media::codec::{Codec, Decoder, Encoder};

    /// Noise in syllables: no half second of it is like another.
    fn voice(seed: u64, seconds: usize) -> Vec<i16> {
        let mut entropy = Entropy::from_number(seed);
        let mut last = 0.0;
        let samples = seconds * RATE as usize;
        let sample = |n: usize| {
            let noise = f64::from(entropy.u32()) / f64::from(u32::MAX) - 0.5;
            last = 0.7 * last + noise;
            let syllable = (n as f64 / 1_300.0).sin().abs();
            (last * syllable * 12_000.0) as i16
        };
        (0..samples).map(sample).collect()
    }

    fn through_g711(samples: &[i16]) -> Vec<i16> {
        let (mut payload, mut heard) = (vec![], vec![]);
        Encoder::new(Codec::Pcma, crate::sdp::Fmtp::default()).encode(samples, &mut payload);
        Decoder::new(Codec::Pcma).decode(&payload, &mut heard);
        heard
    }

    #[test]
    fn a_sound_is_found_where_it_begins_however_long_one_listens() {
        let said = voice(1, 12);
        let heard = [vec![0; 20_004], through_g711(&said), vec![0; 50_000]].concat();
        let likeness = likeness(&said, &heard);
        assert_eq!((likeness.pieces, likeness.heard), (24, 24));
        assert_eq!(likeness.from_ms, Some(2_500));
        assert!(likeness.correlation > 0.99, "{likeness:?}");
    }

    #[test]
    fn another_voice_is_not_taken_for_it() {
        let likeness = likeness(&voice(1, 5), &voice(2, 20));
        assert_eq!((likeness.heard, likeness.share()), (0, 0.0));
    }

    #[test]
    fn half_of_it_is_half_of_it_also_where_the_jitter_buffer_shifted() {
        let said = voice(3, 10);
        let mut heard = said[..40_000].to_vec();
        heard.drain(9_000..9_160);
        let likeness = likeness(&said, &heard);
        assert!((9..=10).contains(&likeness.heard), "{likeness:?}");
        assert!((0.44..0.51).contains(&likeness.share()));
    }

    #[test]
    fn silence_is_no_likeness() {
        assert_eq!(likeness(&[0; 8_000], &[0; 8_000]), Likeness::default());
        assert_eq!(likeness(&voice(1, 1), &[]).heard, 0);
    }

    #[test]
    fn a_sound_shorter_than_a_piece_is_found_whole() {
        let said = voice(4, 1)[..3_000].to_vec();
        let heard = [vec![0; 4_000], said.clone()].concat();
        assert_eq!(likeness(&said, &heard).from_ms, Some(500));
    }
}
