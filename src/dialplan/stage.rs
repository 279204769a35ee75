//! What a verb has at hand while it serves a caller.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::time::{Time, UnixMs};

use super::plan::{Plan, Target};
use super::sound::Sound;
use super::step::{Facts, Step};
use super::template::{Known, Template};

/// Keys beyond these are forgotten; nobody types further ahead.
const MOST_TYPED: usize = 32;
/// Sub-flows within sub-flows.
pub(super) const MOST_CALLS: usize = 16;
/// Parameters of one run.
pub(super) const MOST_PARAMETERS: usize = 100;
/// Bytes of a parameter's value; what is beyond is cut off.
pub(super) const LONGEST_VALUE: usize = 4096;

/// What a run remembers from node to node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Memory {
    /// The caller can hear us.
    pub answered: bool,
    /// Keys pressed before the menu asked.
    typed: VecDeque<char>,
    /// The key last used in a menu.
    pub key: Option<String>,
    /// The file recorded last.
    pub recording: Option<String>,
    /// The language the caller chose, if it is not that of the file.
    pub language: Option<String>,
    parameters: BTreeMap<String, String>,
    /// Where calls of sub-flows that are under way go on, the innermost last.
    returns: Vec<Target>,
    playbacks: u64,
    recordings: u64,
    requests: u64,
}

impl Memory {
    /// The language in which the caller of this plan is spoken to at this moment.
    pub fn language<'a>(&'a self, plan: &'a Plan) -> &'a str {
        self.language.as_deref().unwrap_or(&plan.language)
    }

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

    /// The value of a parameter, if it was set.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    /// Remembers a parameter; says no if there are too many.
    #[must_use]
    pub fn set_parameter(&mut self, name: &str, value: &str) -> bool {
        if self.parameters.len() >= MOST_PARAMETERS && !self.parameters.contains_key(name) {
            return false;
        }
        let mut value = value.to_owned();
        bounded(&mut value);
        self.parameters.insert(name.to_owned(), value);
        true
    }

    /// Every parameter that was set.
    pub fn parameters(&self) -> &BTreeMap<String, String> {
        &self.parameters
    }

    /// Notes where the caller goes on after a sub-flow; says no if there are too many under way.
    #[must_use]
    pub fn call(&mut self, then: Target) -> bool {
        let fits = self.returns.len() < MOST_CALLS;
        if fits {
            self.returns.push(then);
        }
        fits
    }

    /// Where the caller goes on after the sub-flow that ends.
    pub fn take_return(&mut self) -> Option<Target> {
        self.returns.pop()
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

/// Cuts a value off at [`LONGEST_VALUE`], between two characters.
pub(super) fn bounded(value: &mut String) {
    let end = (0..=LONGEST_VALUE.min(value.len())).rev().find(|at| value.is_char_boundary(*at));
    value.truncate(end.unwrap_or(0));
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

    /// A prompt in the language of the caller.
    pub fn prompt(&self, name: &str) -> Sound {
        Sound::File(format!("prompts/{}/{name}", self.language()))
    }

    /// Plays once; the number tells its end from that of another.
    pub fn play(&mut self, sounds: Vec<Sound>) -> u64 {
        self.play_as(sounds, false)
    }

    /// Plays over and over.
    pub fn play_on(&mut self, sounds: Vec<Sound>) -> u64 {
        self.play_as(sounds, true)
    }

    /// Plays once over what is played, which goes on afterwards.
    pub fn announce(&mut self, sounds: Vec<Sound>) -> u64 {
        self.memory.playbacks += 1;
        let playback = self.memory.playbacks;
        self.push(Step::Announce { playback, sounds });
        playback
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

    /// The language in which the caller is spoken to at this moment.
    pub fn language(&self) -> &str {
        self.memory.language(self.plan)
    }

    /// The text of a template for this caller at this moment.
    pub fn text(&self, template: &Template) -> String {
        template.fill(self.known())
    }

    /// The same with what fills a place written as `write` does.
    pub fn text_with(&self, template: &Template, write: fn(&str) -> String) -> String {
        template.fill_with(self.known(), |text| write(text).into())
    }

    fn known(&self) -> Known<'_> {
        let tenant = self.plan.tenant.as_deref().unwrap_or_default();
        Known { facts: self.facts, memory: self.memory, language: self.language(), tenant }
    }

    /// A number for a new request.
    pub fn new_request(&mut self) -> u64 {
        self.memory.requests += 1;
        self.memory.requests
    }

    /// Keeps a parameter, in the run and with the session.
    pub fn set_parameter(&mut self, name: &str, value: &str) {
        if self.memory.set_parameter(name, value) {
            let value = self.memory.parameter(name).unwrap_or_default().to_owned();
            self.push(Step::Parameter { name: name.to_owned(), value });
        }
    }

    /// A number for a new recording.
    pub fn new_recording(&mut self) -> u64 {
        self.memory.recordings += 1;
        self.memory.recordings
    }
}
