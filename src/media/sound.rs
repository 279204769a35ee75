//! WAV files in, samples for players out.

use std::io::Read;
use std::sync::Arc;

use hound::{SampleFormat, WavReader};
use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler};

use super::RATE;

/// Longest sound that is read: an hour of 48 kHz. Longer ones do not belong into memory.
const MAX_FRAMES: u32 = 3_600 * 48_000;
/// Sample rates that a sound may have.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=192_000;

/// Why a sound cannot be played, whose fault it is and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No WAV file, or a damaged one.
    #[error(
        "{file} is not a readable WAV file ({reason}); convert it with: sox {file} -r 16000 -c 1 -b 16 new.wav"
    )]
    Unreadable {
        /// Which file.
        file: String,
        /// What the reader found.
        reason: String,
    },
    /// A WAV file of a kind that is not played.
    #[error(
        "{file} has {what}, which is not played; convert it with: sox {file} -r 16000 -c 1 -b 16 new.wav"
    )]
    Unsupported {
        /// Which file.
        file: String,
        /// What is unusual about it.
        what: String,
    },
    /// Longer than may be kept in memory.
    #[error("{file} lasts longer than an hour; cut it into shorter files")]
    TooLong {
        /// Which file.
        file: String,
    },
}

/// Reads a WAV file: any usual rate, 8 to 32 bits or float, mono or several channels (which are
/// averaged). The result is mono at [`RATE`]. `file` names it in errors.
pub fn read(reader: impl Read, file: &str) -> Result<Arc<[i16]>, Error> {
    let mut reader = WavReader::new(reader).map_err(|error| unreadable(file, &error))?;
    let spec = reader.spec();
    if spec.channels == 0 || !RATES.contains(&spec.sample_rate) {
        let what = format!("{} channels at {} Hz", spec.channels, spec.sample_rate);
        return Err(Error::Unsupported { file: file.to_owned(), what });
    }
    if reader.duration() > MAX_FRAMES {
        return Err(Error::TooLong { file: file.to_owned() });
    }
    let samples: Result<Vec<f32>, hound::Error> = match spec.sample_format {
        SampleFormat::Float => reader.samples::<f32>().collect(),
        SampleFormat::Int => {
            let scale = 1.0 / (1_u64 << (spec.bits_per_sample.clamp(1, 32) - 1)) as f32;
            reader.samples::<i32>().map(|sample| sample.map(|sample| sample as f32 * scale)).collect()
        }
    };
    let samples = samples.map_err(|error| unreadable(file, &error))?;
    let mono = mixed_down(&samples, usize::from(spec.channels));
    let resampled = match spec.sample_rate {
        RATE => mono,
        rate => resampled(&mono, rate)
            .map_err(|reason| Error::Unsupported { file: file.to_owned(), what: reason })?,
    };
    Ok(resampled.into_iter().map(|sample| (sample * 32_768.0).round() as i16).collect())
}

fn mixed_down(samples: &[f32], channels: usize) -> Vec<f32> {
    samples.chunks_exact(channels).map(|frame| frame.iter().sum::<f32>() / channels as f32).collect()
}

/// The same sound at [`RATE`], of the same length to a sample.
fn resampled(samples: &[f32], rate: u32) -> Result<Vec<f32>, String> {
    if samples.is_empty() {
        return Ok(vec![]);
    }
    let input = InterleavedSlice::new(samples, 1, samples.len()).map_err(|error| error.to_string())?;
    let mut resampler = Fft::<f32>::new(rate as usize, RATE as usize, 1_024, 1, FixedSync::Both)
        .map_err(|error| error.to_string())?;
    let output = resampler.process_all(&input, samples.len(), None).map_err(|error| error.to_string())?;
    Ok(output.take_data())
}

fn unreadable(file: &str, error: &hound::Error) -> Error {
    Error::Unreadable { file: file.to_owned(), reason: error.to_string() }
}
