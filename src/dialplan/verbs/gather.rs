//! `gather = "order-number"`: asks the caller for digits.

use std::ops::Range;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::fields::Fields;
use super::super::pattern::Test;
use super::super::piece::Piece;
use super::super::plan::Target;
use super::super::span::written;
use super::super::stage::Stage;
use super::super::step::Input;
use super::menu::INVALID;
use super::play::ended;
use super::set::may_be_set;
use super::{Doing, Exit, Next, Verb, When};
use crate::time::Time;

/// The most digits that can be asked for.
const MOST_DIGITS: i32 = 64;
/// Starts the typing over, unless it ends it.
const CLEAR: char = '*';

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gather {
    prompt: Vec<Piece>,
    least: usize,
    most: usize,
    /// The key that says "this is all".
    end: Option<char>,
    /// How long to wait for the next key.
    timeout: Duration,
    valid: Option<Test>,
    /// How often to ask in all.
    tries: u32,
    invalid: Vec<Piece>,
    /// The parameter that keeps the digits.
    into: String,
    then: Target,
    otherwise: Target,
}

/// Where the asking stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Asking {
    /// Times the prompt may still be played after this one.
    tries_left: u32,
    typed: String,
    at: At,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum At {
    Prompt {
        playback: u64,
    },
    Waiting {
        until: Time,
    },
    /// What was typed is wrong, and the caller hears so.
    Invalid {
        playback: u64,
    },
}

pub fn read(fields: &mut Fields) -> Verb {
    let prompt = fields.sounds("gather").unwrap_or_default();
    let (least, most) = read_length(fields);
    let end = read_end(fields);
    let timeout = fields.duration("timeout", Duration::from_secs(5), "5s");
    let valid = read_valid(fields, least, most);
    let tries = fields.whole("tries", 3, 1, 20).unsigned_abs();
    let invalid = match fields.sounds("invalid") {
        Some(sounds) => sounds,
        None => vec![fields.scope.sound_file(INVALID, fields.header.clone())],
    };
    let into = read_into(fields);
    if prompt.iter().chain(&invalid).any(Piece::is_endless) {
        let help = "give the tone a length with `for`";
        fields.scope.error(fields.header.clone(), "a prompt has to end", "plays a tone without end", help);
    }
    let then = fields.target("then", "where does a caller go who has typed it?");
    let otherwise =
        fields.target("else", "where does a caller go who types nothing, or nothing that is valid?");
    Verb::Gather(Gather { prompt, least, most, end, timeout, valid, tries, invalid, into, then, otherwise })
}

/// `digits = 6`, or `min` and `max`.
fn read_length(fields: &mut Fields) -> (usize, usize) {
    if fields.has("digits") {
        let digits = fields.whole("digits", 1, 1, MOST_DIGITS).unsigned_abs() as usize;
        for key in ["min", "max"] {
            if let Some(value) = fields.value(key) {
                let what = format!("`digits` says how many, so `{key}` has nothing to say");
                fields.scope.error(value.span(), what, "said already", "leave one of the two out");
            }
        }
        return (digits, digits);
    }
    fields.value("digits");
    let least = fields.whole("min", 1, 1, MOST_DIGITS).unsigned_abs() as usize;
    let most = fields.whole("max", 0, 1, MOST_DIGITS).unsigned_abs() as usize;
    if !fields.has("max") {
        let what = format!("node `{}` does not say how many digits the caller types", fields.name);
        let help = "add `digits = 6`, or `min = 4` and `max = 8`";
        fields.scope.error(fields.header.clone(), what, "how many?", help);
    } else if most > 0 && least > most {
        let what = format!("nothing has at least {least} and at most {most} digits");
        fields.scope.error(fields.header.clone(), what, "`min` is more than `max`", "turn them round");
    }
    (least, most.max(least))
}

fn read_end(fields: &mut Fields) -> Option<char> {
    let Some((text, span)) = fields.text("end", "the key that ends the typing", "\"#\"") else {
        return Some('#');
    };
    let mut keys = text.chars();
    match (keys.next(), keys.next()) {
        (None, _) => None,
        (Some(key @ ('#' | '*')), None) => Some(key),
        _ => {
            let help = "write `end = \"#\"`, or `end = \"\"` if no key ends it";
            fields.scope.error(span, "only # and * can end the typing", "not such a key", help);
            None
        }
    }
}

fn read_valid(fields: &mut Fields, least: usize, most: usize) -> Option<Test> {
    let value = fields.value("valid")?;
    let valid = Test::read(fields, "valid", value)?;
    if let Some(hopeless) = valid.out_of_reach(least, most) {
        let digits = if least == most { least.to_string() } else { format!("{least} to {most}") };
        let what = format!("nobody who types {digits} digits can ever type {hopeless}");
        fields.scope.error(value.span(), what, "cannot be typed", "mend this, or the number of digits");
    }
    Some(valid)
}

fn read_into(fields: &mut Fields) -> String {
    let node: (String, Range<usize>) = (fields.name.to_owned(), fields.header.clone());
    let (into, span) = fields.text("into", "the name of a parameter", "\"order\"").unwrap_or(node);
    if may_be_set(fields, &into, span) {
        fields.scope.sets(&into);
    }
    into
}

impl Gather {
    /// What was typed before the question counts as the answer to it.
    pub fn enter(&self, stage: &mut Stage) -> Next {
        let tries_left = self.tries.saturating_sub(1);
        match stage.memory.has_typed() {
            true => self.wait(tries_left, String::new(), stage),
            false => self.ask(tries_left, stage),
        }
    }

    pub fn handle(&self, asking: Asking, input: Input, stage: &mut Stage) -> Next {
        if let Input::Digit(key) = input {
            if let At::Prompt { .. } | At::Invalid { .. } = asking.at {
                stage.stop_play();
            }
            return self.pressed(asking.tries_left, asking.typed, key, stage);
        }
        match asking.at {
            At::Prompt { playback } if ended(playback, &input) => {
                self.wait(asking.tries_left, asking.typed, stage)
            }
            At::Invalid { playback } if ended(playback, &input) => self.ask_again(asking.tries_left, stage),
            _ => Next::Stay(Doing::Gather(asking)),
        }
    }

    /// No key came in time: what is typed is all.
    pub fn wake(&self, asking: Asking, stage: &mut Stage) -> Next {
        match asking.typed.is_empty() {
            true => self.ask_again(asking.tries_left, stage),
            false => self.typed(asking.tries_left, asking.typed, stage),
        }
    }

    pub fn exits(&self) -> Vec<Exit<'_>> {
        vec![
            Exit::new(When::ByKey, format!("{{{}}}", self.into), &self.then),
            Exit::new(When::InTime, "else", &self.otherwise),
        ]
    }

    pub fn lines(&self) -> Vec<String> {
        let digits = match self.least == self.most {
            true => format!("{} digits", self.most),
            false => format!("{} to {} digits", self.least, self.most),
        };
        let valid = self.valid.as_ref().map(|valid| format!("valid: {valid}")).unwrap_or_default();
        let asks = format!("asks up to {} times, waits {}", self.tries, written(self.timeout));
        vec![super::super::portrait::named(&self.prompt), digits, valid, asks]
    }

    fn ask(&self, tries_left: u32, stage: &mut Stage) -> Next {
        let playback = stage.play(Piece::all(&self.prompt, stage.memory));
        let at = At::Prompt { playback };
        Next::Stay(Doing::Gather(Asking { tries_left, typed: String::new(), at }))
    }

    fn ask_again(&self, tries_left: u32, stage: &mut Stage) -> Next {
        match tries_left.checked_sub(1) {
            Some(left) => self.ask(left, stage),
            None => Next::Go(self.otherwise.clone()),
        }
    }

    /// Takes the keys that were typed ahead, then waits for more.
    fn wait(&self, tries_left: u32, typed: String, stage: &mut Stage) -> Next {
        if let Some(key) = stage.memory.take_typed() {
            return self.pressed(tries_left, typed, key, stage);
        }
        let at = At::Waiting { until: stage.now + self.timeout };
        Next::Stay(Doing::Gather(Asking { tries_left, typed, at }))
    }

    fn pressed(&self, tries_left: u32, mut typed: String, key: char, stage: &mut Stage) -> Next {
        match key {
            key if self.end == Some(key) => return self.typed(tries_left, typed, stage),
            CLEAR => typed.clear(),
            '0'..='9' => typed.push(key),
            _ => {}
        }
        match typed.len() >= self.most {
            true => self.typed(tries_left, typed, stage),
            false => self.wait(tries_left, typed, stage),
        }
    }

    fn typed(&self, tries_left: u32, typed: String, stage: &mut Stage) -> Next {
        let valid = self.valid.as_ref().is_none_or(|valid| valid.holds(&typed));
        if typed.len() >= self.least && valid {
            stage.set_parameter(&self.into, &typed);
            return Next::Go(self.then.clone());
        }
        stage.memory.forget_typed();
        let playback = stage.play(Piece::all(&self.invalid, stage.memory));
        let at = At::Invalid { playback };
        Next::Stay(Doing::Gather(Asking { tries_left, typed: String::new(), at }))
    }
}

impl Asking {
    pub fn wakes_at(&self) -> Option<Time> {
        match self.at {
            At::Waiting { until } => Some(until),
            At::Prompt { .. } | At::Invalid { .. } => None,
        }
    }
}
