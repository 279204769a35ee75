//! Signals that cannot be mistaken for one another, and who is heard.

use std::f64::consts::TAU;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use crate::search::Haystack;

/// The level of a full-scale sine in dBm0 (ITU-T G.711 table 1, A-law).
#[expect(clippy::approx_constant, reason = "3.14 dB is no circle")]
const FULL_SCALE_DBM0: f64 = 3.14;

/// Below this a stretch counts as silent: far under any speech, far over the noise of an idle G.711 line.
pub const SILENCE_DBM0: f64 = -50.0;

/// One channel of sound; samples lie between -1 and 1.
#[derive(Clone, Debug)]
pub struct Sound {
    pub rate: u32,
    pub samples: Vec<f32>,
}

/// Where a stretch of one sound is found in another, and how alike they are there (1: the same shape).
#[derive(Clone, Copy, Debug)]
pub struct Match {
    /// Position of the stretch in what was heard, seconds.
    pub at: f64,
    /// Position of its likeness in what was said, seconds.
    pub origin: f64,
    pub coefficient: f64,
}

impl fmt::Display for Match {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  at {:5.1} s, said at {:6.2} s: {:.3}", self.at, self.origin, self.coefficient)
    }
}

impl Sound {
    /// Reads the first channel of a 16 bit WAV file, also one whose writer has not finished its header yet.
    pub fn read(path: &Path) -> Self {
        let bytes = std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        Self::parse(&bytes).unwrap_or_else(|| panic!("{} is no 16 bit WAV file", path.display()))
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let u16_at = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
        let u32_at = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let (mut at, mut form) = (12, None);
        while bytes.starts_with(b"RIFF") {
            let (name, size) = (bytes.get(at..at + 4)?, u32_at(at + 4)? as usize);
            let body = at + 8;
            match name {
                b"fmt " => {
                    form = Some((usize::from(u16_at(body + 2)?), u32_at(body + 4)?, u16_at(body + 14)?))
                }
                b"data" => {
                    let (channels, rate, 16) = form? else { return None };
                    // A recorder that still runs leaves the size 0; then the sound goes to the end of the file.
                    let end = if size == 0 { bytes.len() } else { bytes.len().min(body + size) };
                    let frames = bytes[body..end].chunks_exact(2 * channels);
                    let samples =
                        frames.map(|f| f32::from(i16::from_le_bytes([f[0], f[1]])) / 32768.0).collect();
                    return Some(Self { rate, samples });
                }
                _ => {}
            }
            at = body + size + size % 2;
        }
        None
    }

    /// All channels of a 16 bit WAV file.
    pub fn channels(bytes: &[u8]) -> Vec<Self> {
        let mut file = hound::WavReader::new(bytes).expect("a WAV file");
        let (rate, channels) = (file.spec().sample_rate, usize::from(file.spec().channels));
        let all: Vec<f32> = file.samples::<i16>().map(|s| f32::from(s.unwrap()) / 32768.0).collect();
        let channel = |n: usize| all.iter().skip(n).step_by(channels).copied().collect();
        (0..channels).map(|n| Self { rate, samples: channel(n) }).collect()
    }

    /// Writes a 16 bit mono WAV file.
    pub fn write(&self, path: &Path) {
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: self.rate,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut file = hound::WavWriter::create(path, spec).unwrap();
        for sample in &self.samples {
            file.write_sample((sample * 32767.0).round() as i16).unwrap();
        }
        file.finalize().unwrap();
    }

    /// A voice of its own for each `seed`: syllables of random pitch, colour, length and breath, in the band of
    /// a telephone. No second of it resembles another one, its own or another voice's.
    pub fn voice(seed: u64, seconds: f64) -> Self {
        let rate = 8000;
        let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let wanted = (seconds * f64::from(rate)) as usize;
        let mut samples = Vec::with_capacity(wanted);
        while samples.len() < wanted {
            syllable(&mut chance, rate, &mut samples);
        }
        samples.truncate(wanted);
        // Well below full scale, where nothing on the way clips.
        let peak = samples.iter().fold(0f32, |peak, sample| peak.max(sample.abs()));
        samples.iter_mut().for_each(|sample| *sample *= 0.5 / peak);
        Self { rate, samples }
    }

    pub fn tone(hz: f64, dbm0: f64, seconds: f64) -> Self {
        let rate = 8000;
        let peak = 10f64.powf((dbm0 - FULL_SCALE_DBM0) / 20.0);
        let sample = |n| (peak * (TAU * hz * n as f64 / f64::from(rate)).sin()) as f32;
        Self { rate, samples: (0..(seconds * f64::from(rate)) as usize).map(sample).collect() }
    }

    pub fn silence(seconds: f64) -> Self {
        Self { rate: 8000, samples: vec![0.0; (seconds * 8000.0) as usize] }
    }

    pub fn then(mut self, next: &Sound) -> Self {
        assert_eq!(self.rate, next.rate);
        self.samples.extend(&next.samples);
        self
    }

    pub fn mixed_with(mut self, other: &Sound) -> Self {
        assert_eq!(self.rate, other.rate);
        self.samples.iter_mut().zip(&other.samples).for_each(|(mine, theirs)| *mine += theirs);
        self
    }

    pub fn seconds(&self) -> f64 {
        self.samples.len() as f64 / f64::from(self.rate)
    }

    /// The stretch between two moments, in seconds, as far as there is one.
    pub fn between(&self, from: f64, to: f64) -> Self {
        let at = |seconds: f64| ((seconds * f64::from(self.rate)) as usize).min(self.samples.len());
        Self { rate: self.rate, samples: self.samples[at(from)..at(to).max(at(from))].to_vec() }
    }

    /// The same sound at 8 kHz, the rate of G.711. Knows 8, 16 and 48 kHz.
    pub fn at_8_khz(&self) -> Self {
        let step = (self.rate / 8000) as usize;
        if step == 1 {
            return self.clone();
        }
        let kernel = low_pass(step);
        let reach = kernel.len() / 2;
        let at = |n: usize| {
            let taps = kernel.iter().enumerate();
            let terms =
                taps.filter_map(|(k, tap)| Some(tap * self.samples.get((n + k).checked_sub(reach)?)?));
            terms.sum()
        };
        Self { rate: 8000, samples: (0..self.samples.len()).step_by(step).map(at).collect() }
    }

    /// The same sound at another rate: a multiple of its own.
    pub fn at(&self, rate: u32) -> Self {
        let step = (rate / self.rate) as usize;
        if step == 1 {
            return self.clone();
        }
        let kernel = low_pass(step);
        let reach = kernel.len() / 2;
        // Zeros between the samples, and the filter over them: only what falls on a sample counts.
        let at = |n: usize| {
            let first = n.saturating_sub(reach).div_ceil(step);
            let taps = (first * step + reach - n..kernel.len()).step_by(step);
            let terms = taps.zip(self.samples.iter().skip(first)).map(|(k, sample)| kernel[k] * sample);
            terms.sum::<f32>() * step as f32
        };
        Self { rate, samples: (0..self.samples.len() * step).map(at).collect() }
    }

    /// The same sound of 8 kHz, late by 0 to 5 sixths of a sample: codecs and changes of rate are not late by whole ones.
    pub fn phases(&self) -> Vec<Self> {
        let fine = self.at(48_000);
        let late = |sixths: usize| fine.samples.iter().copied().skip((6 - sixths) % 6).step_by(6).collect();
        (0..6).map(|sixths| Self { rate: self.rate, samples: late(sixths) }).collect()
    }

    /// The level of everything that is heard, dBm0.
    pub fn level(&self) -> f64 {
        let power: f64 = self.samples.iter().map(|s| f64::from(*s).powi(2)).sum();
        dbm0(2.0 * power / self.samples.len().max(1) as f64)
    }

    /// The level of one frequency (Goertzel), dBm0.
    pub fn level_of(&self, hz: f64) -> f64 {
        let turn = 2.0 * (TAU * hz / f64::from(self.rate)).cos();
        let (mut last, mut before) = (0.0, 0.0);
        for sample in &self.samples {
            (last, before) = (f64::from(*sample) + turn * last - before, last);
        }
        let power = last * last + before * before - turn * last * before;
        dbm0(4.0 * power / (self.samples.len().max(1) as f64).powi(2))
    }

    /// The longest stretch without a 20 ms frame over [`SILENCE_DBM0`].
    pub fn longest_silence(&self) -> Duration {
        let frame = self.rate as usize / 50;
        let (mut longest, mut current) = (0u32, 0u32);
        for frame in self.samples.chunks(frame) {
            let silent = Self { rate: self.rate, samples: frame.to_vec() }.level() < SILENCE_DBM0;
            current = if silent { current + 1 } else { 0 };
            longest = longest.max(current);
        }
        longest * Duration::from_millis(20)
    }

    /// Where this sound, or one of the loudest seconds of a longer one, is to be heard in `heard`, in seconds. A packet
    /// that came late spoils one of them.
    pub fn place_in(&self, heard: &Sound) -> Option<f64> {
        assert_eq!(self.rate, heard.rate);
        let window = self.samples.len().min(self.rate as usize);
        let energy = |n: usize| self.samples[n..n + window].iter().map(|s| s * s).sum::<f32>();
        let mut places: Vec<(usize, f32)> =
            (0..=self.samples.len() - window).step_by(160).map(|n| (n, energy(n))).collect();
        let mut haystack = Haystack::new(&heard.samples);
        for _ in 0..3 {
            let (start, _) = *places.iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
            let found = haystack.find(&self.samples[start..start + window], None);
            if found.coefficient > 0.98 {
                return Some(found.position as f64 / f64::from(self.rate));
            }
            places.retain(|(n, _)| n.abs_diff(start) >= window / 2);
        }
        None
    }

    /// Looks for each half second of this sound (what was heard) in `said`. Silent ones are passed over.
    ///
    /// Each is looked for by itself: where a phone's jitter buffer shifts by a frame, as it may, only the half
    /// second that has the seam in it suffers.
    pub fn matches(&self, said: &Sound) -> Vec<Match> {
        assert_eq!(self.rate, said.rate);
        let (window, mut haystack) = (self.rate as usize / 2, Haystack::new(&said.samples));
        let mut lag = None;
        let mut matches = vec![];
        for (n, needle) in self.samples.chunks_exact(window).enumerate() {
            if (Self { rate: self.rate, samples: needle.to_vec() }).level() < SILENCE_DBM0 {
                continue;
            }
            let at = n * window;
            let near = lag.map(|lag: isize| at.saturating_add_signed(lag));
            let found = haystack.find(needle, near);
            lag = (found.coefficient > 0.9).then(|| found.position as isize - at as isize).or(lag);
            let seconds = |samples: usize| samples as f64 / f64::from(self.rate);
            matches.push(Match {
                at: seconds(at),
                origin: seconds(found.position),
                coefficient: found.coefficient,
            });
        }
        matches
    }
}

/// Asserts that `heard` holds at least `seconds` seconds of what was `said`, each alike over 0.99.
#[track_caller]
pub fn assert_heard(who: &str, heard: &Sound, said: &Sound, seconds: usize) {
    assert_alike(who, heard, said, seconds, 0.99);
}

/// The same with another bound than 0.99, as a codec that does not keep the shape of a wave asks for it.
#[track_caller]
pub fn assert_alike(who: &str, heard: &Sound, said: &Sound, seconds: usize, least: f64) {
    let matches = heard.matches(said);
    let alike = matches.iter().filter(|m| m.coefficient > least).count();
    let table: String = matches.iter().map(Match::to_string).collect();
    assert!(
        alike >= 2 * seconds,
        "{who}: alike over {least} for {alike} half seconds, wanted {seconds} s:\n{table}"
    );
}

/// Asserts that nothing of what was `said` is to be heard.
#[track_caller]
pub fn assert_not_heard(who: &str, heard: &Sound, said: &Sound) {
    let found: Vec<Match> = heard.matches(said).into_iter().filter(|m| m.coefficient > 0.5).collect();
    let table: String = found.iter().map(Match::to_string).collect();
    assert!(found.is_empty(), "{who} hears what nobody should:\n{table}");
}

fn dbm0(power: f64) -> f64 {
    10.0 * power.max(1e-12).log10() + FULL_SCALE_DBM0
}

/// A windowed sinc that keeps what survives taking every `step`-th sample.
fn low_pass(step: usize) -> Vec<f32> {
    let reach = 24 * step as isize;
    let cutoff = 0.96 / step as f64;
    let tap = |n: isize| {
        let x = std::f64::consts::PI * n as f64;
        let sinc = if n == 0 { cutoff } else { (cutoff * x).sin() / x };
        let hann = 0.5 + 0.5 * (x / reach as f64).cos();
        (sinc * hann) as f32
    };
    (-reach..=reach).map(tap).collect()
}

/// A small generator (xorshift): the same voice in every run.
struct Chance(u64);

impl Chance {
    fn between(&mut self, low: f64, high: f64) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        low + (high - low) * (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}

fn syllable(chance: &mut Chance, rate: u32, samples: &mut Vec<f32>) {
    let rate = f64::from(rate);
    let length = (chance.between(0.08, 0.3) * rate) as usize;
    let (pitch, glide) = (chance.between(90.0, 260.0), chance.between(-0.3, 0.3));
    let (formant, breath) = (chance.between(400.0, 2600.0), chance.between(0.2, 0.8));
    let (mut phase, mut dull, mut low) = (0.0, 0.0, 0.0);
    for n in 0..length {
        let part = n as f64 / length as f64;
        phase += pitch * (1.0 + glide * part) / rate;
        let harmonics = (2..12).map(|k| {
            let distance = (f64::from(k) * pitch - formant) / 500.0;
            (TAU * phase * f64::from(k)).sin() / (1.0 + distance * distance)
        });
        // Noise without its lowest and highest parts, which a telephone does not carry.
        dull += 0.6 * (chance.between(-1.0, 1.0) - dull);
        low += 0.2 * (dull - low);
        let envelope = (std::f64::consts::PI * part).sin().sqrt();
        samples.push(
            (0.25 * envelope * (harmonics.sum::<f64>() * (1.0 - breath) + 1.6 * breath * (dull - low)))
                as f32,
        );
    }
    samples.extend(std::iter::repeat_n(0.0, (chance.between(0.0, 0.06) * rate) as usize));
}
