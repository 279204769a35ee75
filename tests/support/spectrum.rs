//! Finding a stretch of sound in a longer one: normalised cross-correlation, by way of the Fourier transform.

use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

/// Samples searched at a time; a needle may be half as long.
const BLOCK: usize = 1 << 16;

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
    pub position: usize,
    pub coefficient: f64,
}

impl<'a> Haystack<'a> {
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
        let spectrum = self.spectrum(needle);
        let size: f64 = needle.iter().map(|s| f64::from(*s).powi(2)).sum();
        let search =
            |haystack: &mut Self, block| haystack.best_in_block(block, &spectrum, needle.len(), size);
        let blocks = self.spectra.len();
        let first = near.map(|near| near / (BLOCK / 2)).filter(|block| *block < blocks);
        let mut best = first.map(|block| search(self, block));
        if best.is_none_or(|found| found.coefficient < 0.95) {
            for block in (0..blocks).filter(|block| Some(*block) != first) {
                let found = search(self, block);
                best = best.filter(|best| best.coefficient >= found.coefficient).or(Some(found));
            }
        }
        best.unwrap_or(Found { position: 0, coefficient: 0.0 })
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
