//! Finding a stretch of sound in a longer one: normalised cross-correlation, by way of the Fourier transform.

use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

/// Samples searched at a time; a needle may be half as long.
const BLOCK: usize = 1 << 16;

/// Samples on both sides of a place in which a stretch is looked for without a transform: a frame of 20 ms, and some
/// for a change of clocks.
const AROUND: usize = 168;
/// From here on a stretch is found.
const ALIKE: f64 = 0.95;

/// The sound in which stretches are looked for. Spectra of its blocks are made once, when first needed.
pub struct Haystack<'a> {
    samples: &'a [f32],
    /// `energy[n]` is the energy of the first n samples.
    energy: Vec<f64>,
    spectra: Vec<Option<Vec<Complex<f64>>>>,
    forward: Arc<dyn RealToComplex<f64>>,
    back: Arc<dyn ComplexToReal<f64>>,
}

/// The best place of a needle.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    /// The sample of the haystack with which it begins.
    pub position: usize,
    /// How alike the two are: 1 if they have the same shape.
    pub coefficient: f64,
}

impl<'a> Haystack<'a> {
    /// Prepares a sound for searches.
    pub fn new(samples: &'a [f32]) -> Self {
        let mut energy = vec![0.0];
        energy.extend(samples.iter().scan(0.0, |sum, s| {
            *sum += f64::from(*s).powi(2);
            Some(*sum)
        }));
        let mut planner = RealFftPlanner::new();
        Self {
            samples,
            energy,
            spectra: vec![None; samples.len().div_ceil(BLOCK / 2)],
            forward: planner.plan_fft_forward(BLOCK),
            back: planner.plan_fft_inverse(BLOCK),
        }
    }

    /// Where the needle fits best. Looks around `near` first, and everywhere unless it fits well there.
    pub fn find(&mut self, needle: &[f32], near: Option<usize>) -> Found {
        assert!(needle.len() <= BLOCK / 2, "a needle of {} samples is too long", needle.len());
        let size: f64 = needle.iter().map(|s| f64::from(*s).powi(2)).sum();
        let here = near.and_then(|near| self.best_around(near, needle, size));
        if let Some(here) = here.filter(|found| found.coefficient >= ALIKE) {
            return here;
        }
        let spectrum = self.spectrum(needle);
        let search =
            |haystack: &mut Self, block| haystack.best_in_block(block, &spectrum, needle.len(), size);
        let blocks = self.spectra.len();
        let first = near.map(|near| near / (BLOCK / 2)).filter(|block| *block < blocks);
        let mut best = first.map(|block| search(self, block));
        for block in (0..blocks).filter(|block| Some(*block) != first) {
            if best.is_some_and(|found| found.coefficient >= ALIKE) {
                break;
            }
            let found = search(self, block);
            best = best.filter(|best| best.coefficient >= found.coefficient).or(Some(found));
        }
        best.unwrap_or(Found { position: 0, coefficient: 0.0 })
    }

    /// The best place within some samples of this one, sample by sample.
    fn best_around(&self, near: usize, needle: &[f32], size: f64) -> Option<Found> {
        let last = self.samples.len().checked_sub(needle.len())?;
        let places = near.saturating_sub(AROUND).min(last)..=(near + AROUND).min(last);
        let fits = places.map(|position| {
            let hay = &self.samples[position..position + needle.len()];
            let dot: f32 = hay.iter().zip(needle).map(|(h, n)| h * n).sum();
            let energy = (self.energy[position + needle.len()] - self.energy[position]) * size;
            let coefficient = if energy > 1e-9 { f64::from(dot) / energy.sqrt() } else { 0.0 };
            Found { position, coefficient }
        });
        fits.max_by(|one, other| one.coefficient.total_cmp(&other.coefficient))
    }

    fn best_in_block(&mut self, block: usize, needle: &[Complex<f64>], length: usize, size: f64) -> Found {
        let start = block * BLOCK / 2;
        if self.spectra[block].is_none() {
            let end = self.samples.len().min(start + BLOCK);
            self.spectra[block] = Some(self.spectrum(&self.samples[start..end]));
        }
        let hay = self.spectra[block].as_deref().unwrap();
        let mut product: Vec<_> = hay.iter().zip(needle).map(|(h, n)| h * n.conj()).collect();
        let mut correlation = self.back.make_output_vec();
        self.back.process(&mut product, &mut correlation).unwrap();
        let mut best = Found { position: start, coefficient: 0.0 };
        for (shift, dot) in correlation.iter().take(BLOCK / 2).enumerate() {
            let position = start + shift;
            let Some(end) = self.energy.get(position + length) else { break };
            let energy = (end - self.energy[position]) * size;
            let coefficient = if energy > 1e-9 { dot / BLOCK as f64 / energy.sqrt() } else { 0.0 };
            if coefficient > best.coefficient {
                best = Found { position, coefficient };
            }
        }
        best
    }

    fn spectrum(&self, samples: &[f32]) -> Vec<Complex<f64>> {
        let mut padded = self.forward.make_input_vec();
        padded.iter_mut().zip(samples).for_each(|(slot, sample)| *slot = f64::from(*sample));
        let mut spectrum = self.forward.make_output_vec();
        self.forward.process(&mut padded, &mut spectrum).unwrap();
        spectrum
    }
}
