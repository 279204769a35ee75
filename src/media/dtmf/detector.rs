//! Tones of keys in the sound, one digit a key out (ITU-T Q.24).
//!
//! Goertzel's algorithm looks at windows of 13 ms, each half over the one before. A window holds a key if one lower
//! and one upper tone stand out, are about as loud as each other, and are nearly all that is heard: that is what voices
//! do not do for long. Four windows in a row make a press (of 40 ms at the most), five without it end it.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::{COLUMNS, Digit, GRID, MAX_WAITING, ROWS};
use crate::media::RATE;
use crate::media::tone::FULL_SCALE_DBM0;

/// Samples of a window, and from one to the next.
const WINDOW: usize = 102;
const STEP: usize = 51;
/// Windows in a row that make a press, and those that end it.
const PRESSED: u8 = 4;
const RELEASED: u8 = 5;
/// The quietest tone that counts.
const QUIETEST_DBM0: f64 = -30.0;
/// How much louder than the upper tone the lower may be, and the other way round: 9 and 5 dB, as power.
const TWIST: f32 = 7.9;
const REVERSE_TWIST: f32 = 3.2;
/// How much a tone stands above the others of its group: 8 dB, as power.
const STANDS_OUT: f32 = 6.3;
/// The least part of all power that is in the two tones.
const PURITY: f32 = 0.72;

/// Listens for keys in 8 kHz sound.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Detector {
    /// The end of what was heard, less than a window.
    heard: Vec<f32>,
    state: State,
    digits: VecDeque<Digit>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
enum State {
    #[default]
    Quiet,
    /// A key was found in so many windows in a row.
    Perhaps { key: u8, windows: u8 },
    /// A key is down for so many windows, and was not found in so many of the last.
    Down { key: u8, windows: u32, missed: u8 },
}

impl Default for Detector {
    fn default() -> Self {
        Self { heard: Vec::with_capacity(2 * WINDOW), state: State::Quiet, digits: VecDeque::new() }
    }
}

impl Detector {
    /// Listens to the next samples.
    pub fn hear(&mut self, samples: &[i16]) {
        self.heard.extend(samples.iter().map(|sample| f32::from(*sample)));
        let windows = (self.heard.len() + STEP).saturating_sub(WINDOW) / STEP;
        for window in 0..windows {
            let found = self.heard.get(window * STEP..window * STEP + WINDOW).and_then(key);
            self.follow(found);
        }
        self.heard.drain(..windows * STEP);
    }

    /// Whether a key is down.
    pub fn is_down(&self) -> bool {
        matches!(self.state, State::Down { .. })
    }

    /// The next key that was pressed and released.
    pub fn poll_output(&mut self) -> Option<Digit> {
        self.digits.pop_front()
    }

    fn follow(&mut self, found: Option<u8>) {
        self.state = match (self.state, found) {
            (State::Down { key, windows, .. }, Some(found)) if found == key => {
                State::Down { key, windows: windows.saturating_add(1), missed: 0 }
            }
            (State::Down { key, windows, missed }, _) if missed + 1 < RELEASED => {
                State::Down { key, windows: windows.saturating_add(1), missed: missed + 1 }
            }
            (State::Down { key, windows, missed }, found) => {
                self.release(key, windows - u32::from(missed));
                found.map_or(State::Quiet, |key| State::Perhaps { key, windows: 1 })
            }
            (State::Perhaps { key, windows }, Some(found)) if found == key => match windows + 1 {
                PRESSED.. => State::Down { key, windows: u32::from(windows) + 1, missed: 0 },
                windows => State::Perhaps { key, windows },
            },
            (_, Some(key)) => State::Perhaps { key, windows: 1 },
            (_, None) => State::Quiet,
        };
    }

    fn release(&mut self, key: u8, windows: u32) {
        let samples = u64::from(windows) * STEP as u64 + (WINDOW - STEP) as u64;
        let ms = u32::try_from(samples * 1_000 / u64::from(RATE)).unwrap_or(u32::MAX);
        if self.digits.len() < MAX_WAITING {
            self.digits.push_back(Digit { key: char::from(key), ms });
        }
    }
}

/// The key that a window holds.
fn key(window: &[f32]) -> Option<u8> {
    let power = window.iter().map(|sample| sample * sample).sum::<f32>() / window.len() as f32;
    // All power is in two tones, if they are those of a key.
    if power < 2.0 * quietest() {
        return None;
    }
    let (row, low) = loudest(ROWS.map(|hz| power_of(window, hz)))?;
    let (column, high) = loudest(COLUMNS.map(|hz| power_of(window, hz)))?;
    let loud = low.min(high) >= quietest();
    let even = low <= high * TWIST && high <= low * REVERSE_TWIST;
    (loud && even && low + high >= power * PURITY).then(|| GRID[row][column])
}

/// Mean square of the quietest tone.
fn quietest() -> f32 {
    let full_scale = 32_768.0_f64.powi(2) / 2.0;
    (full_scale * 10_f64.powf((QUIETEST_DBM0 - FULL_SCALE_DBM0) / 10.0)) as f32
}

/// The loudest of a group, if it stands out.
fn loudest(powers: [f32; 4]) -> Option<(usize, f32)> {
    let (place, most) = powers.into_iter().enumerate().max_by(|one, two| one.1.total_cmp(&two.1))?;
    let others = powers.iter().enumerate().filter(|(other, _)| *other != place);
    others.map(|(_, power)| power).all(|power| *power * STANDS_OUT < most).then_some((place, most))
}

/// Mean square of one frequency in a window (Goertzel).
fn power_of(window: &[f32], hz: f32) -> f32 {
    let turn = 2.0 * (std::f32::consts::TAU * hz / RATE as f32).cos();
    let (mut last, mut before) = (0.0_f32, 0.0_f32);
    for sample in window {
        (last, before) = (sample + turn * last - before, last);
    }
    let power = last * last + before * before - turn * last * before;
    2.0 * power / (window.len() * window.len()) as f32
}

#[cfg(test)]
#[path = "detector_tests.rs"]
mod tests;
