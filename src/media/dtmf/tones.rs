//! Keys in, tones out, for peers that know no events.

use std::collections::VecDeque;
use std::f64::consts::TAU;

use serde::{Deserialize, Serialize};

use super::{COLUMNS, GRID, MAX_WAITING, ROWS, event_of};
use crate::media::tone;

/// How long a key is heard, and the silence after it, in milliseconds.
const HOLD_MS: u32 = 100;
const PAUSE_MS: u32 = 100;
/// Rise and fall at the edges, so that they do not click.
const RAMP_MS: u32 = 2;
/// Levels of the lower and the upper tone: the upper is louder, since lines weaken it more (ETSI ES 201 235-2).
const ROW_DBM0: f32 = -10.0;
const COLUMN_DBM0: f32 = -8.0;

/// Lets queued keys be heard, one after the other.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tones {
    waiting: VecDeque<char>,
    /// The key that is heard or has just been heard, and milliseconds since it began.
    current: Option<(char, u32)>,
}

impl Tones {
    /// Appends keys. What is no key, or too much, is left out.
    pub fn queue(&mut self, keys: &str) {
        let room = MAX_WAITING.saturating_sub(self.waiting.len());
        let known = keys.chars().map(|key| key.to_ascii_uppercase()).filter(|key| event_of(*key).is_some());
        self.waiting.extend(known.take(room));
    }

    /// Whether nothing is heard and nothing waits.
    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.current.is_none()
    }

    /// Writes the next samples at this rate, a whole number of milliseconds, over what `frame` held. Says whether
    /// there was anything to write.
    pub fn fill(&mut self, frame: &mut [i16], rate: u32) -> bool {
        if self.is_idle() {
            return false;
        }
        let per_ms = (rate / 1_000).max(1) as usize;
        for piece in frame.chunks_mut(per_ms) {
            piece.fill(0);
            let Some((key, ms)) = self.advance() else { continue };
            if ms < HOLD_MS {
                write(key, ms, piece, rate);
            }
        }
        true
    }

    /// The key of the next millisecond, and how long it has been.
    fn advance(&mut self) -> Option<(char, u32)> {
        let now = match self.current {
            Some((_, ms)) if ms >= HOLD_MS + PAUSE_MS => None,
            current => current,
        };
        let now = now.or_else(|| self.waiting.pop_front().map(|key| (key, 0)));
        self.current = now.map(|(key, ms)| (key, ms + 1));
        now
    }
}

/// Writes one millisecond of a key, `ms` after its beginning.
fn write(key: char, ms: u32, piece: &mut [i16], rate: u32) {
    let place = GRID.iter().zip(ROWS).find_map(|(row, hz)| {
        let column = row.iter().position(|known| char::from(*known) == key)?;
        Some((hz, COLUMNS[column]))
    });
    let Some((row, column)) = place else { return };
    let (low, high) = (tone::peak(ROW_DBM0), tone::peak(COLUMN_DBM0));
    for (n, sample) in piece.iter_mut().enumerate() {
        let seconds = f64::from(ms) / 1_000.0 + n as f64 / f64::from(rate);
        let sine = |hz: f32| (TAU * f64::from(hz) * seconds).sin();
        let edge = (seconds * 1_000.0).min(f64::from(HOLD_MS) - seconds * 1_000.0) / f64::from(RAMP_MS);
        *sample = ((low * sine(row) + high * sine(column)) * edge.clamp(0.0, 1.0)) as i16;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::tone::goertzel;

    #[test]
    fn each_key_is_its_two_tones_for_a_tenth_of_a_second_at_any_rate() {
        for rate in [8_000, 16_000, 48_000] {
            let mut tones = Tones::default();
            tones.queue("5x#");
            let mut heard = vec![];
            while !tones.is_idle() {
                let mut frame = vec![9; rate as usize / 50];
                assert!(tones.fill(&mut frame, rate));
                heard.extend(frame);
            }
            assert!(!tones.fill(&mut [0; 160], rate));
            let ms = |ms: usize| ms * rate as usize / 1_000;
            for (at, row, column) in [(5, 770.0, 1_336.0), (205, 941.0, 1_477.0)] {
                let key = &heard[ms(at)..ms(at + 90)];
                assert!((goertzel(key, row, rate) + 10.0).abs() < 0.5, "{}", goertzel(key, row, rate));
                assert!((goertzel(key, column, rate) + 8.0).abs() < 0.5);
            }
            assert!(heard[ms(100)..ms(200)].iter().all(|sample| *sample == 0));
            assert!(heard.len() <= ms(420), "{} samples", heard.len());
        }
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut tones = Tones::default();
        tones.queue(&"1".repeat(1_000));
        assert_eq!(tones.waiting.len(), MAX_WAITING);
    }
}
