//! What a verb has at hand while it serves a caller.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::time::{Time, UnixMs};

use super::plan::Plan;
use super::sound::Sound;
use super::step::{Facts, Step};

/// Keys beyond these are forgotten; nobody types further ahead.
const MOST_TYPED: usize = 32;

/// What a run remembers from node to node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Memory {
    /// The caller can hear us.
    pub answered: bool,
    /// Keys pressed before the menu asked.
    typed: VecDeque<char>,
    /// The key last used in a menu.
    pub key: Option<char>,
    /// The file recorded last.
    pub recording: Option<String>,
    playbacks: u64,
    recordings: u64,
}

impl Memory {
    /// Keeps a key for the next menu.
    pub fn type_ahead(&mut self, key: char) {
        if self.typed.len() < MOST_TYPED {
            self.typed.push_back(key);
        }
    }

    /// The next key typed ahead.
    pub fn take_typed(&mut self) -> Option<char> {
        self.typed.pop_front()
    }

    #[cfg(test)]
    pub fn playbacks(&self) -> u64 {
        self.playbacks
    }

    pub fn has_typed(&self) -> bool {
        !self.typed.is_empty()
    }

    pub fn forget_typed(&mut self) {
        self.typed.clear();
    }
}

/// What a verb has at hand: the plan, the moment, the run's memory, and the steps to add to.
pub(super) struct Stage<'a> {
    pub plan: &'a Plan,
    /// The name of the node under way.
    pub node: &'a str,
    pub facts: &'a Facts,
    pub memory: &'a mut Memory,
    pub steps: &'a mut VecDeque<Step>,
    pub now: Time,
    /// The wall-clock time of `now`.
    pub wall: UnixMs,
}

impl Stage<'_> {
    pub fn push(&mut self, step: Step) {
        self.steps.push_back(step);
    }

    /// Plays once; the number tells its end from that of another.
    pub fn play(&mut self, sounds: Vec<Sound>) -> u64 {
        self.play_as(sounds, false)
    }

    /// Plays over and over.
    pub fn play_on(&mut self, sounds: Vec<Sound>) -> u64 {
        self.play_as(sounds, true)
    }

    /// Silences what was played last.
    pub fn stop_play(&mut self) {
        self.push(Step::StopPlay);
    }

    /// Nothing is played as a moment of silence, so that every playback comes to an end.
    fn play_as(&mut self, mut sounds: Vec<Sound>, repeat: bool) -> u64 {
        if sounds.is_empty() {
            sounds.push(Sound::Silence { ms: 20 });
        }
        self.memory.playbacks += 1;
        let playback = self.memory.playbacks;
        self.push(Step::Play { playback, sounds, repeat });
        playback
    }

    /// A number for a new recording.
    pub fn new_recording(&mut self) -> u64 {
        self.memory.recordings += 1;
        self.memory.recordings
    }
}
