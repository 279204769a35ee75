//! What was heard: how loud, how long silent, which tones.

use serde::{Deserialize, Serialize};

use super::likeness::Likeness;
use crate::media::{FRAME, RATE, tone};

/// Below this a frame of 20 ms counts as silent: under any speech, over the noise of an idle line.
const SILENT_DBM0: f32 = -45.0;
/// What is looked at for a tone at once: 100 ms, so that tones 10 Hz apart are told apart.
const WINDOW: usize = RATE as usize / 10;
/// A window is a tone if all but a fifth of its energy is at one frequency.
const PURE_DB: f32 = 1.0;
/// Two windows sound the same tone if they are no further apart.
const SAME_HZ: f32 = 15.0;
/// Shorter ones are keys and accidents.
const SHORTEST_MS: u32 = 300;
/// Tones that are told.
const MOST: usize = 8;

/// What was heard.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Heard {
    /// How long was listened, in milliseconds.
    pub ms: u64,
    /// How much of it was sound, in milliseconds.
    pub sound_ms: u64,
    /// Level of the sound, its silences left out; absent if there was none.
    pub level_dbm0: Option<f32>,
    /// The longest stretch without sound, in milliseconds.
    pub longest_silence_ms: u64,
    /// Pure tones, the longest first.
    pub tones: Vec<Tone>,
    /// Keys that the far end pressed (RFC 4733).
    pub keys: String,
    /// How much of the expected sound was heard.
    pub expected: Option<Likeness>,
}

/// A pure tone.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tone {
    /// Its frequency, to 5 Hz.
    pub hz: f32,
    /// Its level.
    pub dbm0: f32,
    /// How long it sounded in all, in milliseconds.
    pub ms: u32,
}

/// Listens to samples at [`RATE`].
pub fn listen(samples: &[i16]) -> Heard {
    let sounds: Vec<&[i16]> = samples.chunks(FRAME).filter(|frame| is_sound(frame)).collect();
    let count: usize = sounds.iter().map(|frame| frame.len()).sum();
    let energy: f64 = sounds.iter().map(|frame| tone::energy(frame) * frame.len() as f64).sum();
    let level = (count > 0).then(|| level_of(energy / count as f64));
    Heard {
        ms: milliseconds(samples.len()),
        sound_ms: milliseconds(count),
        level_dbm0: level,
        longest_silence_ms: longest_silence(samples),
        tones: tones(samples),
        keys: String::new(),
        expected: None,
    }
}

fn is_sound(frame: &[i16]) -> bool {
    tone::level(frame) > SILENT_DBM0
}

fn level_of(mean_square: f64) -> f32 {
    // A sine of peak p has the mean square p²/2.
    let peak = (2.0 * mean_square).sqrt();
    (20.0 * (peak / 32_768.0).max(1e-10).log10() + tone::FULL_SCALE_DBM0) as f32
}

fn milliseconds(samples: usize) -> u64 {
    samples as u64 * 1_000 / u64::from(RATE)
}

fn longest_silence(samples: &[i16]) -> u64 {
    let (mut longest, mut current) = (0, 0);
    for frame in samples.chunks(FRAME) {
        current = if is_sound(frame) { 0 } else { current + frame.len() };
        longest = longest.max(current);
    }
    milliseconds(longest)
}

fn tones(samples: &[i16]) -> Vec<Tone> {
    let mut tones: Vec<Tone> = vec![];
    for window in samples.chunks_exact(WINDOW) {
        let Some((hz, dbm0)) = tone_in(window) else { continue };
        let ms = milliseconds(WINDOW) as u32;
        match tones.iter_mut().find(|tone| (tone.hz - hz).abs() <= SAME_HZ) {
            Some(tone) => {
                let before = tone.ms as f32 / (tone.ms + ms) as f32;
                tone.hz = tone.hz * before + hz * (1.0 - before);
                tone.dbm0 = tone.dbm0 * before + dbm0 * (1.0 - before);
                tone.ms += ms;
            }
            None => tones.push(Tone { hz, dbm0, ms }),
        }
    }
    tones.retain(|tone| tone.ms >= SHORTEST_MS);
    tones.sort_by_key(|tone| std::cmp::Reverse(tone.ms));
    tones.truncate(MOST);
    for tone in &mut tones {
        tone.hz = (tone.hz / 5.0).round() * 5.0;
        tone.dbm0 = (tone.dbm0 * 10.0).round() / 10.0;
    }
    tones
}

/// The frequency that a window is made of, and its level; `None` if it is no pure tone.
fn tone_in(window: &[i16]) -> Option<(f32, f32)> {
    let whole = tone::level(window);
    if whole <= SILENT_DBM0 {
        return None;
    }
    let at = |hz: f32| (hz, tone::goertzel(window, hz, RATE));
    let louder = |a: &(f32, f32), b: &(f32, f32)| a.1.total_cmp(&b.1);
    let (coarse, _) = (20..360).map(|n| at(n as f32 * 10.0)).max_by(louder)?;
    let (hz, level) = (-4..=4).map(|n| at(coarse + n as f32 * 2.0)).max_by(louder)?;
    (level >= whole - PURE_DB).then_some((hz, level))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::tone::{Cadence, Oscillator, Signal};

    fn sine(hz: f32, dbm0: f32, seconds: usize) -> Vec<i16> {
        let mut samples = vec![0; seconds * RATE as usize];
        Oscillator::new(hz, dbm0, RATE).fill(&mut samples);
        samples
    }

    #[test]
    fn the_level_is_that_of_the_sound_without_its_silences() {
        let heard = listen(&[sine(1_004.0, -16.0, 2), vec![0; 24_000], sine(1_004.0, -16.0, 1)].concat());
        assert_eq!((heard.ms, heard.sound_ms, heard.longest_silence_ms), (6_000, 3_000, 3_000));
        assert!((heard.level_dbm0.unwrap() + 16.0).abs() < 0.1, "{heard:?}");
    }

    #[test]
    fn tones_are_named_with_their_level_and_length() {
        let mut busy = vec![0; 5 * RATE as usize];
        Cadence::new(Signal::Busy).fill(&mut busy);
        let heard = listen(&[sine(1_004.0, -16.0, 2), busy].concat());
        let [first, second] = heard.tones[..] else { panic!("{heard:?}") };
        // 425 Hz, half of 5 s, less the windows with an edge in them.
        let (test, busy) = if first.hz > 500.0 { (first, second) } else { (second, first) };
        assert_eq!((test.hz, test.ms), (1_005.0, 2_000));
        assert!((test.dbm0 + 16.0).abs() < 0.2, "{test:?}");
        assert_eq!(busy.hz, 425.0);
        assert!((1_000..2_600).contains(&busy.ms), "{busy:?}");
    }

    #[test]
    fn two_tones_at_once_are_a_key_and_no_tone() {
        let both: Vec<i16> =
            sine(697.0, -12.0, 1).iter().zip(sine(1_209.0, -12.0, 1)).map(|(a, b)| a + b).collect();
        assert!(listen(&both).tones.is_empty());
    }

    #[test]
    fn nothing_heard_has_no_level() {
        let heard = listen(&[0; 16_000]);
        assert_eq!((heard.level_dbm0, heard.longest_silence_ms, heard.sound_ms), (None, 2_000, 0));
        assert_eq!(listen(&[]), Heard::default());
    }
}
