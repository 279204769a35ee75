//! WAV files in, samples for players out.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use hound::{SampleFormat, WavReader};
use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler};

use serde::{Deserialize, Serialize};

use super::{RATE, WIDE_RATE};

/// Longest sound that is read: an hour of 48 kHz. Longer ones do not belong into memory.
const MAX_FRAMES: u32 = 3_600 * 48_000;
/// Least samples that the resampling filter sees before and after the sound.
const LEAD: usize = 2_048;
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

/// A sound in memory: as a telephone carries it, and wider if its file holds more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clip {
    narrow: Arc<[i16]>,
    /// At [`WIDE_RATE`]: two samples for each narrow one.
    wide: Option<Arc<[i16]>>,
}

/// What half of the neighbours on one side weigh in the sample between two, nearest first: a windowed sinc that is
/// exact at the samples themselves.
const BETWEEN: [f32; 8] =
    [0.631_84, -0.196_30, 0.102_00, -0.058_23, 0.033_00, -0.017_53, 0.008_20, -0.002_98];

impl Clip {
    /// A sound of samples at [`RATE`].
    pub fn narrow_only(samples: impl Into<Arc<[i16]>>) -> Self {
        Self { narrow: samples.into(), wide: None }
    }

    /// Its samples at [`RATE`].
    pub fn narrow(&self) -> &[i16] {
        &self.narrow
    }

    /// What it takes of memory.
    pub fn bytes(&self) -> usize {
        2 * (self.narrow.len() + self.wide.as_ref().map_or(0, |wide| wide.len()))
    }

    /// Copies what begins at a narrow sample, with `scale` (1 or 2) samples for each narrow one.
    pub fn copy(&self, position: usize, scale: usize, frame: &mut [i16]) {
        let (samples, start) = match (scale, &self.wide) {
            (1, _) => (&self.narrow, position),
            (_, Some(wide)) => (wide, position.saturating_mul(2)),
            (_, None) => {
                let between = |n: usize| self.between(position + n / 2, n % 2 == 1);
                return frame.iter_mut().enumerate().for_each(|(n, sample)| *sample = between(n));
            }
        };
        if let Some(piece) = start.checked_add(frame.len()).and_then(|end| samples.get(start..end)) {
            frame.copy_from_slice(piece);
        }
    }

    /// A narrow sample, or what is between it and the next. The sound is seen as a loop.
    fn between(&self, place: usize, is_between: bool) -> i16 {
        let length = self.narrow.len().max(1);
        let at = |place: usize| f32::from(self.narrow.get(place % length).copied().unwrap_or(0));
        if !is_between {
            return at(place) as i16;
        }
        let pair =
            |(n, weight): (usize, &f32)| weight * (at(place + 2 * length - n % length) + at(place + 1 + n));
        BETWEEN.iter().enumerate().map(pair).sum::<f32>() as i16
    }
}

/// Reads a WAV file: any usual rate, 8 to 32 bits or float, mono or several channels (which are
/// averaged). The result is mono at [`RATE`]. `file` names it in errors.
pub fn read(reader: impl Read, file: &str) -> Result<Arc<[i16]>, Error> {
    read_at(reader, file, RATE)
}

/// The same at another rate.
pub fn read_at(reader: impl Read, file: &str, rate: u32) -> Result<Arc<[i16]>, Error> {
    let (mono, own) = mono(reader, file)?;
    samples(&mono, own, rate, file)
}

/// Reads a WAV file for those who hear what a telephone carries, and for those who hear more.
pub fn read_clip(reader: impl Read, file: &str) -> Result<Clip, Error> {
    let (mono, own) = mono(reader, file)?;
    let narrow = samples(&mono, own, RATE, file)?;
    if own <= RATE {
        return Ok(Clip { narrow, wide: None });
    }
    // Two for each narrow one, to the sample.
    let mut wide = samples(&mono, own, WIDE_RATE, file)?.to_vec();
    wide.resize(2 * narrow.len(), 0);
    Ok(Clip { narrow, wide: Some(wide.into()) })
}

/// The samples of a file as one channel, and how many a second they are.
fn mono(reader: impl Read, file: &str) -> Result<(Vec<f32>, u32), Error> {
    let mut reader = opened(reader, file)?;
    let spec = reader.spec();
    let samples: Result<Vec<f32>, hound::Error> = match spec.sample_format {
        SampleFormat::Float => reader.samples::<f32>().collect(),
        SampleFormat::Int => {
            let scale = 1.0 / (1_u64 << (spec.bits_per_sample.clamp(1, 32) - 1)) as f32;
            reader.samples::<i32>().map(|sample| sample.map(|sample| sample as f32 * scale)).collect()
        }
    };
    let samples = samples.map_err(|error| unreadable(file, &error))?;
    Ok((mixed_down(&samples, usize::from(spec.channels)), spec.sample_rate))
}

fn samples(mono: &[f32], own: u32, rate: u32, file: &str) -> Result<Arc<[i16]>, Error> {
    let rounded = |samples: &[f32]| samples.iter().map(|sample| (sample * 32_768.0).round() as i16).collect();
    if mono.is_empty() || own == rate {
        return Ok(rounded(mono));
    }
    let resampled = resampled(mono, own, rate);
    let resampled = resampled.map_err(|what| Error::Unsupported { file: file.to_owned(), what })?;
    Ok(rounded(&resampled))
}

/// Reads the header of a WAV file and says why [`read`] would refuse the file, or that nothing is in it.
pub fn inspect(reader: impl Read + Seek, file: &str) -> Result<(), Error> {
    let reader = opened(reader, file)?;
    let bytes = u64::from(reader.len()) * u64::from(reader.spec().bits_per_sample.div_ceil(8));
    let damaged = |reason: String| Error::Unreadable { file: file.to_owned(), reason };
    if bytes == 0 {
        return Err(damaged("it holds no sound".into()));
    }
    let mut rest = reader.into_inner();
    let ends = |rest: &mut dyn Seek| {
        let here = rest.stream_position()?;
        Ok(rest.seek(SeekFrom::End(0))?.saturating_sub(here))
    };
    let there = ends(&mut rest).map_err(|error: io::Error| damaged(error.to_string()))?;
    match there < bytes {
        true => Err(damaged(format!("it is cut off: {there} of {bytes} bytes of sound are there"))),
        false => Ok(()),
    }
}

fn opened<R: Read>(reader: R, file: &str) -> Result<WavReader<R>, Error> {
    let reader = WavReader::new(reader).map_err(|error| unreadable(file, &error))?;
    let spec = reader.spec();
    if spec.channels == 0 || !RATES.contains(&spec.sample_rate) {
        let what = format!("{} channels at {} Hz", spec.channels, spec.sample_rate);
        return Err(Error::Unsupported { file: file.to_owned(), what });
    }
    if reader.duration() > MAX_FRAMES {
        return Err(Error::TooLong { file: file.to_owned() });
    }
    Ok(reader)
}

fn mixed_down(samples: &[f32], channels: usize) -> Vec<f32> {
    samples.chunks_exact(channels).map(|frame| frame.iter().sum::<f32>() / channels as f32).collect()
}

/// The same sound at another rate, of the same length to a sample.
///
/// The filter sees the sound as a loop, so that a seamless loop stays one.
fn resampled(samples: &[f32], rate: u32, target: u32) -> Result<Vec<f32>, String> {
    let (rate, target) = (rate as usize, target as usize);
    // As much before and after as a whole number of samples at both rates.
    let lead = rate / greatest_common_divisor(rate, target);
    let lead = lead * LEAD.div_ceil(lead);
    let length = samples.len();
    let around: Vec<f32> = (0..length + 2 * lead)
        .filter_map(|place| samples.get((place + length * lead - lead).checked_rem(length)?).copied())
        .collect();
    let input = InterleavedSlice::new(&around, 1, around.len()).map_err(|error| error.to_string())?;
    let mut resampler =
        Fft::<f32>::new(rate, target, 1_024, 1, FixedSync::Both).map_err(|error| error.to_string())?;
    let output = resampler.process_all(&input, around.len(), None).map_err(|error| error.to_string())?;
    let output = output.take_data().into_iter().skip(lead * target / rate);
    Ok(output.take((length * target).div_ceil(rate)).collect())
}

fn greatest_common_divisor(one: usize, two: usize) -> usize {
    if two == 0 { one } else { greatest_common_divisor(two, one % two) }
}

fn unreadable(file: &str, error: &hound::Error) -> Error {
    Error::Unreadable { file: file.to_owned(), reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use hound::{Sample, WavSpec, WavWriter};

    use super::*;
    use crate::media::tone::{Oscillator, goertzel, level};

    /// A WAV file of these samples.
    fn wav<S: Sample>(spec: WavSpec, samples: impl IntoIterator<Item = S>) -> Vec<u8> {
        let mut bytes = Cursor::new(vec![]);
        let mut writer = WavWriter::new(&mut bytes, spec).unwrap();
        samples.into_iter().for_each(|sample| writer.write_sample(sample).unwrap());
        writer.finalize().unwrap();
        bytes.into_inner()
    }

    fn spec(sample_rate: u32, channels: u16, bits_per_sample: u16) -> WavSpec {
        WavSpec { channels, sample_rate, bits_per_sample, sample_format: SampleFormat::Int }
    }

    /// One second of a tone at -10 dBm0.
    fn tone(hz: f32, rate: u32) -> Vec<i16> {
        let mut samples = vec![0; rate as usize];
        Oscillator::new(hz, -10.0, rate).fill(&mut samples);
        samples
    }

    #[test]
    fn a_file_at_the_rate_of_the_room_is_read_as_it_is() {
        let samples: Vec<i16> = (-400..400).map(|n| n * 80).chain([i16::MIN, i16::MAX]).collect();
        assert_eq!(
            *read(Cursor::new(wav(spec(8_000, 1, 16), samples.clone())), "a.wav").unwrap(),
            samples[..]
        );
    }

    #[test]
    fn every_usual_rate_keeps_tone_level_and_length() {
        for rate in [8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000] {
            let heard = read(Cursor::new(wav(spec(rate, 1, 16), tone(1_004.0, rate))), "a.wav").unwrap();
            assert!(heard.len().abs_diff(8_000) <= 1, "{rate}: {}", heard.len());
            let found = goertzel(&heard[800..7_200], 1_004.0, RATE);
            assert!((found + 10.0).abs() < 0.1, "{rate}: {found}");
            assert!((level(&heard[800..7_200]) + 10.0).abs() < 0.1, "{rate}: something else sounds");
        }
    }

    #[test]
    fn what_a_telephone_cannot_carry_does_not_fold_back() {
        let heard = read(Cursor::new(wav(spec(48_000, 1, 16), tone(5_000.0, 48_000))), "a.wav").unwrap();
        assert!(level(&heard[800..7_200]) < -60.0, "{}", level(&heard[800..7_200]));
    }

    #[test]
    fn a_loop_stays_seamless_when_it_is_resampled() {
        for (rate, length) in [(16_000, 16_000), (16_000, 320), (48_000, 48_000), (44_100, 44_100)] {
            let samples = tone(500.0, rate).into_iter().take(length);
            let heard = read(Cursor::new(wav(spec(rate, 1, 16), samples)), "a.wav").unwrap();
            assert_eq!(heard.len(), length * 8_000 / rate as usize);
            // In a sine, neighbours tell what stands between them, across the seam too.
            let cosine = (std::f32::consts::TAU * 500.0 / 8_000.0).cos();
            let at = |place: usize| f32::from(heard[place % heard.len()]);
            let off = |place| (at(place) + at(place + 2) - 2.0 * cosine * at(place + 1)).abs();
            let worst = (0..heard.len()).map(off).fold(0.0, f32::max);
            assert!(worst < 10.0, "{rate}: {worst}");
        }
    }

    #[test]
    fn a_wide_file_is_heard_wide_by_who_can_and_has_two_samples_for_each_narrow_one() {
        for rate in [16_000, 22_050, 44_100, 48_000] {
            let clip = read_clip(Cursor::new(wav(spec(rate, 1, 16), tone(5_000.0, rate))), "a.wav").unwrap();
            let (narrow, mut wide) = (clip.narrow().len(), vec![0; 14_000]);
            assert_eq!(clip.bytes(), 6 * narrow);
            clip.copy(500, 2, &mut wide);
            assert!((goertzel(&wide, 5_000.0, WIDE_RATE) + 10.0).abs() < 0.2, "{rate}");
            assert!(level(clip.narrow()) < -40.0, "{rate}");
        }
    }

    #[test]
    fn a_narrow_file_is_heard_as_it_is_by_who_can_hear_more_and_its_loop_stays_seamless() {
        for hz in [300.0, 1_000.0, 3_000.0] {
            let clip = read_clip(Cursor::new(wav(spec(8_000, 1, 16), tone(hz, 8_000))), "a.wav").unwrap();
            let mut wide = vec![0; 16_000];
            clip.copy(0, 2, &mut wide);
            let found = goertzel(&wide, hz, WIDE_RATE);
            assert!((found + 10.0).abs() < 0.2, "{hz} Hz at {found}");
            assert!((level(&wide) - found).abs() < 0.02, "{hz} Hz is not alone");
        }
        Clip::narrow_only(vec![]).copy(0, 2, &mut [0; 320]);
        Clip::narrow_only(vec![7]).copy(0, 2, &mut [0; 320]);
    }

    #[test]
    fn every_width_and_both_formats_are_read() {
        let samples = tone(1_004.0, 8_000);
        let files = [
            wav(spec(8_000, 1, 8), samples.iter().map(|&sample| (sample >> 8) as i8)),
            wav(spec(8_000, 1, 16), samples.iter().copied()),
            wav(spec(8_000, 1, 24), samples.iter().map(|&sample| i32::from(sample) << 8)),
            wav(spec(8_000, 1, 32), samples.iter().map(|&sample| i32::from(sample) << 16)),
            wav(
                WavSpec { sample_format: SampleFormat::Float, ..spec(8_000, 1, 32) },
                samples.iter().map(|&sample| f32::from(sample) / 32_768.0),
            ),
        ];
        for (n, file) in files.into_iter().enumerate() {
            let heard = read(Cursor::new(file), "a.wav").unwrap();
            assert_eq!(heard.len(), 8_000);
            assert!((goertzel(&heard, 1_004.0, RATE) + 10.0).abs() < 0.2, "file {n}");
        }
    }

    #[test]
    fn two_channels_become_their_mean() {
        let samples = [100_i16, 300, -50, 50, 32_767, 32_767];
        assert_eq!(*read(Cursor::new(wav(spec(8_000, 2, 16), samples)), "a.wav").unwrap(), [200, 0, 32_767]);
    }

    #[test]
    fn an_empty_file_is_an_empty_sound() {
        for rate in [8_000, 16_000] {
            assert!(read(Cursor::new(wav::<i16>(spec(rate, 1, 16), [])), "a.wav").unwrap().is_empty());
        }
    }

    #[test]
    fn an_error_names_the_file_the_fault_and_the_way_out() {
        let error =
            read(Cursor::new(b"ID3 this is an MP3".to_vec()), "music/jazz.wav").unwrap_err().to_string();
        assert!(error.starts_with("music/jazz.wav is not a readable WAV file ("), "{error}");
        assert!(error.contains("sox music/jazz.wav"), "{error}");
        let odd = read(Cursor::new(wav(spec(1_000, 1, 16), [0_i16; 8])), "a.wav").unwrap_err().to_string();
        assert!(odd.contains("1 channels at 1000 Hz"), "{odd}");
        let mut cut = wav(spec(8_000, 1, 16), [0_i16; 800]);
        cut.truncate(500);
        assert!(matches!(read(Cursor::new(cut), "a.wav"), Err(Error::Unreadable { .. })));
    }

    #[test]
    fn a_look_at_the_header_tells_what_reading_would() {
        let good = wav(spec(44_100, 2, 16), [0_i16; 800]);
        assert!(inspect(Cursor::new(&good), "a.wav").is_ok());
        let wide = wav(spec(8_000, 1, 24), [0_i32; 800]);
        assert!(inspect(Cursor::new(&wide), "a.wav").is_ok());
        let cut = inspect(Cursor::new(&good[..500]), "a.wav").unwrap_err().to_string();
        assert!(cut.contains("it is cut off"), "{cut}");
        let empty = inspect(Cursor::new(wav::<i16>(spec(8_000, 1, 16), [])), "a.wav").unwrap_err();
        assert!(empty.to_string().contains("it holds no sound"), "{empty}");
        let odd = inspect(Cursor::new(wav(spec(1_000, 1, 16), [0_i16; 8])), "a.wav");
        assert!(matches!(odd, Err(Error::Unsupported { .. })));
        assert!(inspect(Cursor::new(b"ID3"), "a.wav").is_err());
    }
}
