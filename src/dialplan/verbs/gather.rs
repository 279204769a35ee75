//! `gather = "order-number"`: asks the caller for digits.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::super::fields::Fields;
use super::super::pattern::Test;
use super::super::plan::Target;
use super::super::stage::Stage;
use super::super::step::Input;
use super::asking::{Heard, Question, Turn};
use super::set::may_be_set;
use super::{Doing, Exit, Next, Verb, When};
use crate::time::Time;

/// The most digits that can be asked for.
const MOST_DIGITS: i32 = 64;
/// Starts the typing over, unless it ends it.
const CLEAR: char = '*';

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gather {
    question: Question,
    least: usize,
    most: usize,
    /// The key that says "this is all".
    end: Option<char>,
    valid: Option<Test>,
    /// The parameter that keeps the digits.
    into: String,
    then: Target,
}

/// Where the asking stands, and what was typed so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Typing {
    turn: Turn,
    typed: String,
}

pub fn read(fields: &mut Fields) -> Verb {
    let (least, most) = read_length(fields);
    let end = read_end(fields);
    let valid = read_valid(fields, least, most);
    let into = read_into(fields);
    let then = fields.target("then", "where does a caller go who has typed it?");
    let why_else = "where does a caller go who types nothing, or nothing that is valid?";
    let question = Question::read(fields, "gather", true, why_else);
    Verb::Gather(Gather { question, least, most, end, valid, into, then })
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
        let turn = self.question.first(stage);
        match stage.memory.has_typed() {
            true => self.wait(turn, String::new(), stage),
            false => stay(self.question.ask(turn, stage), String::new()),
        }
    }

    pub fn handle(&self, typing: Typing, input: Input, stage: &mut Stage) -> Next {
        let Typing { turn, typed } = typing;
        if let Input::Digit(key) = input {
            turn.interrupt(stage);
            return self.pressed(turn, typed, key, stage);
        }
        match turn.heard(&input) {
            Heard::Question => self.wait(turn, typed, stage),
            Heard::Invalid => self.ask_again(turn, stage),
            Heard::Nothing => stay(turn, typed),
        }
    }

    /// No key came in time: what is typed is all.
    pub fn wake(&self, typing: Typing, stage: &mut Stage) -> Next {
        match typing.typed.is_empty() {
            true => self.ask_again(typing.turn, stage),
            false => self.typed(typing.turn, &typing.typed, stage),
        }
    }

    pub fn exits(&self) -> Vec<Exit<'_>> {
        vec![
            Exit::new(When::ByKey, format!("{{{}}}", self.into), &self.then),
            Exit::new(When::InTime, "else", &self.question.otherwise),
        ]
    }

    pub fn lines(&self) -> Vec<String> {
        let digits = match self.least == self.most {
            true => format!("{} digits", self.most),
            false => format!("{} to {} digits", self.least, self.most),
        };
        let valid = self.valid.as_ref().map(|valid| format!("valid: {valid}")).unwrap_or_default();
        vec![self.question.prompt(), digits, valid, self.question.patience()]
    }

    fn ask_again(&self, turn: Turn, stage: &mut Stage) -> Next {
        self.question.ask_again(turn, stage).map_or_else(Next::Go, |turn| stay(turn, String::new()))
    }

    /// Takes the keys that were typed ahead, then waits for more.
    fn wait(&self, turn: Turn, typed: String, stage: &mut Stage) -> Next {
        match stage.memory.take_typed() {
            Some(key) => self.pressed(turn, typed, key, stage),
            None => stay(self.question.wait(turn, stage), typed),
        }
    }

    fn pressed(&self, turn: Turn, mut typed: String, key: char, stage: &mut Stage) -> Next {
        match key {
            key if self.end == Some(key) => return self.typed(turn, &typed, stage),
            CLEAR => typed.clear(),
            '0'..='9' => typed.push(key),
            _ => {}
        }
        match typed.len() >= self.most {
            true => self.typed(turn, &typed, stage),
            false => self.wait(turn, typed, stage),
        }
    }

    fn typed(&self, turn: Turn, typed: &str, stage: &mut Stage) -> Next {
        let valid = self.valid.as_ref().is_none_or(|valid| valid.holds(typed));
        if typed.len() >= self.least && valid {
            stage.set_parameter(&self.into, typed);
            return Next::Go(self.then.clone());
        }
        stage.memory.forget_typed();
        stay(self.question.tell_invalid(turn, stage), String::new())
    }
}

fn stay(turn: Turn, typed: String) -> Next {
    Next::Stay(Doing::Gather(Typing { turn, typed }))
}

impl Typing {
    pub fn wakes_at(&self) -> Option<Time> {
        self.turn.wakes_at()
    }
}
