//! Whether somebody speaks: the level of 20 ms against the noise of the line.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::tone;

/// Frames of one block, and blocks looked back on: the noise is the quietest of the last 2 s.
const BLOCK: usize = 25;
const BLOCKS: usize = 4;
/// Voice stands this much above the noise.
const ABOVE_NOISE: f32 = 8.0;
/// However quiet the line is, what lies below is no voice.
const QUIETEST_VOICE: f32 = -46.0;
/// However noisy the line is, what lies above is no silence.
const LOUDEST_SILENCE: f32 = -26.0;

/// Follows the noise of a line and tells voice from it.
///
/// Between syllables everybody is silent for a moment, so the quietest frame of the last two seconds is
/// the noise of the line, whether somebody speaks or not.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Voice {
    /// The quietest level of each block, the one under way last.
    quietest: VecDeque<f32>,
    frames: usize,
}

impl Voice {
    /// Whether somebody speaks in this frame.
    pub fn hears(&mut self, frame: &[i16]) -> bool {
        let level = tone::level(frame);
        self.follow(level);
        level > self.threshold()
    }

    fn follow(&mut self, level: f32) {
        if self.frames.is_multiple_of(BLOCK) {
            self.quietest.push_back(level);
            if self.quietest.len() > BLOCKS {
                self.quietest.pop_front();
            }
        }
        self.frames = (self.frames + 1) % BLOCK;
        if let Some(quietest) = self.quietest.back_mut() {
            *quietest = quietest.min(level);
        }
    }

    fn threshold(&self) -> f32 {
        let noise = self.quietest.iter().copied().fold(f32::INFINITY, f32::min);
        (noise + ABOVE_NOISE).clamp(QUIETEST_VOICE, LOUDEST_SILENCE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;
    use crate::media::FRAME;
    use crate::media::tone::Oscillator;

    /// White noise of this level.
    fn noise(dbm0: f32, entropy: &mut Entropy) -> Vec<i16> {
        let peak = tone::peak(dbm0) * 1.5_f64.sqrt();
        let sample = |entropy: &mut Entropy| {
            let unit = f64::from(entropy.u32()) / f64::from(u32::MAX) * 2.0 - 1.0;
            (unit * peak) as i16
        };
        (0..FRAME).map(|_| sample(entropy)).collect()
    }

    /// Half a second of sound that comes and goes four times a second, as syllables do, over noise.
    fn word(dbm0: f32, noise_dbm0: f32, entropy: &mut Entropy) -> Vec<Vec<i16>> {
        let mut voice = Oscillator::new(220.0, dbm0, 8_000);
        let frames = (0..25).map(|at| {
            let mut said = vec![0; FRAME];
            voice.fill(&mut said);
            let floor = noise(noise_dbm0, entropy);
            let speaks = at % 12 < 8;
            said.iter().zip(floor).map(|(s, n)| if speaks { s.saturating_add(n) } else { n }).collect()
        });
        frames.collect()
    }

    fn heard(voice: &mut Voice, frames: &[Vec<i16>]) -> usize {
        frames.iter().filter(|frame| voice.hears(frame)).count()
    }

    #[test]
    fn silence_and_steady_noise_are_no_voice_however_loud_the_line_is() {
        let mut entropy = Entropy::from_number(1);
        for dbm0 in [-100.0, -60.0, -45.0, -35.0, -30.0] {
            let mut voice = Voice::default();
            let frames: Vec<_> = (0..200).map(|_| noise(dbm0, &mut entropy)).collect();
            assert_eq!(heard(&mut voice, &frames), 0, "{dbm0} dBm0");
        }
    }

    #[test]
    fn a_voice_is_heard_over_the_noise_of_its_line() {
        let mut entropy = Entropy::from_number(2);
        for (dbm0, noise_dbm0) in [(-16.0, -100.0), (-35.0, -60.0), (-20.0, -35.0)] {
            let mut voice = Voice::default();
            // The first pause between syllables shows the noise.
            heard(&mut voice, &word(dbm0, noise_dbm0, &mut entropy));
            for _ in 0..10 {
                let said = word(dbm0, noise_dbm0, &mut entropy);
                let count = heard(&mut voice, &said);
                assert!((14..=17).contains(&count), "{dbm0} over {noise_dbm0}: {count} frames");
            }
            let pause: Vec<_> = (0..100).map(|_| noise(noise_dbm0, &mut entropy)).collect();
            assert_eq!(heard(&mut voice, &pause), 0, "{dbm0} over {noise_dbm0}");
        }
    }

    #[test]
    fn noise_that_begins_in_the_middle_is_learned_within_two_seconds() {
        let mut entropy = Entropy::from_number(3);
        let mut voice = Voice::default();
        let quiet: Vec<_> = (0..100).map(|_| noise(-70.0, &mut entropy)).collect();
        assert_eq!(heard(&mut voice, &quiet), 0);
        let fan: Vec<_> = (0..200).map(|_| noise(-38.0, &mut entropy)).collect();
        assert!(heard(&mut voice, &fan[..100]) > 70);
        assert_eq!(heard(&mut voice, &fan[100..]), 0);
    }

    #[test]
    fn a_loud_tone_without_a_pause_is_no_silence() {
        let mut tone = Oscillator::new(1_004.0, -16.0, 8_000);
        let mut voice = Voice::default();
        for _ in 0..500 {
            let mut frame = vec![0; FRAME];
            tone.fill(&mut frame);
            assert!(voice.hears(&frame));
        }
    }
}
