//! What `menu` and `gather` share: a question is asked, keys are waited for, a wrong answer is told.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::fields::Fields;
use super::super::piece::Piece;
use super::super::plan::Target;
use super::super::portrait::named;
use super::super::span::written;
use super::super::stage::Stage;
use super::super::step::Input;
use super::play::ended;
use crate::time::Time;

/// Played for a wrong answer where the file says nothing else.
const INVALID: &str = "invalid";

/// What a caller is asked, how often, and what follows if no answer comes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    prompt: Vec<Piece>,
    /// How long to wait for a key.
    timeout: Duration,
    /// How often to ask in all.
    tries: u32,
    /// Heard for a wrong answer.
    invalid: Vec<Piece>,
    /// For a caller who gives no answer that helps.
    pub otherwise: Target,
}

/// Where the asking stands.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// Times the question may still be asked after this one.
    tries_left: u32,
    at: At,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum At {
    Prompt {
        playback: u64,
    },
    Waiting {
        until: Time,
    },
    /// The answer was wrong, and the caller hears so.
    Invalid {
        playback: u64,
    },
}

/// What an input that is no key means for the asking.
pub enum Heard {
    /// The question was heard to its end: now it is the caller's turn.
    Question,
    /// That the answer was wrong was heard.
    Invalid,
    /// Nothing that the asking waits for.
    Nothing,
}

impl Question {
    /// Reads the settings of the question; `verb` names the prompt's. With `tells` a wrong answer is
    /// told even if the file does not say how.
    pub fn read(fields: &mut Fields, verb: &'static str, tells: bool, why_else: &str) -> Self {
        let prompt = fields.sounds(verb).unwrap_or_default();
        let timeout = fields.duration("timeout", Duration::from_secs(5), "5s");
        let tries = fields.whole("tries", 3, 1, 20).unsigned_abs();
        let invalid = match fields.sounds("invalid") {
            Some(sounds) => sounds,
            None if tells => vec![fields.scope.sound_file(INVALID, fields.header.clone())],
            None => Vec::new(),
        };
        let otherwise = fields.target("else", why_else);
        if prompt.iter().chain(&invalid).any(Piece::is_endless) {
            let help = "give the tone a length with `for`";
            fields.scope.error(
                fields.header.clone(),
                "a prompt has to end",
                "plays a tone without end",
                help,
            );
        }
        Self { prompt, timeout, tries, invalid, otherwise }
    }

    /// The first turn, before anything is asked.
    pub fn first(&self, stage: &Stage) -> Turn {
        Turn { tries_left: self.tries.saturating_sub(1), at: At::Waiting { until: stage.now } }
    }

    /// Asks.
    pub fn ask(&self, turn: Turn, stage: &mut Stage) -> Turn {
        let playback = stage.play(Piece::all(&self.prompt, stage.memory));
        Turn { at: At::Prompt { playback }, ..turn }
    }

    /// Asks once more, or gives up.
    pub fn ask_again(&self, turn: Turn, stage: &mut Stage) -> Result<Turn, Target> {
        match turn.tries_left.checked_sub(1) {
            Some(tries_left) => Ok(self.ask(Turn { tries_left, ..turn }, stage)),
            None => Err(self.otherwise.clone()),
        }
    }

    /// Waits for the next key.
    pub fn wait(&self, turn: Turn, stage: &Stage) -> Turn {
        Turn { at: At::Waiting { until: stage.now + self.timeout }, ..turn }
    }

    /// Tells that the answer was wrong.
    pub fn tell_invalid(&self, turn: Turn, stage: &mut Stage) -> Turn {
        let playback = stage.play(Piece::all(&self.invalid, stage.memory));
        Turn { at: At::Invalid { playback }, ..turn }
    }

    /// The prompt, as a drawing shows it.
    pub fn prompt(&self) -> String {
        named(&self.prompt)
    }

    /// How often and how long, as a drawing shows it.
    pub fn patience(&self) -> String {
        let times = match self.tries {
            1 => "asks once".to_owned(),
            tries => format!("asks up to {tries} times"),
        };
        format!("{times}, waits {}", written(self.timeout))
    }
}

impl Turn {
    pub fn heard(self, input: &Input) -> Heard {
        match self.at {
            At::Prompt { playback } if ended(playback, input) => Heard::Question,
            At::Invalid { playback } if ended(playback, input) => Heard::Invalid,
            _ => Heard::Nothing,
        }
    }

    /// A key is pressed: what is being played has said enough.
    pub fn interrupt(self, stage: &mut Stage) {
        if let At::Prompt { .. } | At::Invalid { .. } = self.at {
            stage.stop_play();
        }
    }

    pub fn wakes_at(self) -> Option<Time> {
        match self.at {
            At::Waiting { until } => Some(until),
            At::Prompt { .. } | At::Invalid { .. } => None,
        }
    }
}
