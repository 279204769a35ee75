//! `switch = "night"`: lets an operator turn a switch by dialling a number.

use std::ops::Range;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::fields::Fields;
use super::super::plan::Target;
use super::super::stage::Stage;
use super::super::step::{Input, Step, Turn};
use super::super::suggest::choice;
use super::{Doing, Exit, Next, Verb, When};
use crate::time::Time;

/// The switch task answers at once. Should it not, nothing was turned.
const PATIENCE: Duration = Duration::from_secs(2);
/// The longest name of a switch.
const LONGEST: usize = 64;

const TURNS: &[(&str, Turn)] = &[("toggle", Turn::Toggle), ("on", Turn::On), ("off", Turn::Off)];

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Switch {
    name: String,
    turn: Turn,
    /// Where the caller goes if it is on now.
    on: Target,
    off: Target,
    /// For a caller who may not turn it.
    otherwise: Target,
}

/// Waits for the word of the switch task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turning {
    pub give_up_at: Time,
}

pub fn read(fields: &mut Fields) -> Verb {
    let name = fields.text("switch", "the name of a switch", "\"night\"");
    let name = name.map(|(name, span)| {
        fields.scope.turns(&name);
        known_switch(fields, name, span)
    });
    let turn = read_turn(fields);
    let otherwise = fields.target("else", "where does a caller go who may not turn it?");
    let on = match turn {
        Turn::Off => fields.target_or("on", &otherwise),
        Turn::On | Turn::Toggle => fields.target("on", "where does the caller go when it is on now?"),
    };
    let off = match turn {
        Turn::On => fields.target_or("off", &otherwise),
        Turn::Off | Turn::Toggle => fields.target("off", "where does the caller go when it is off now?"),
    };
    Verb::Switch(Switch { name: name.unwrap_or_default(), turn, on, off, otherwise })
}

fn read_turn(fields: &mut Fields) -> Turn {
    let Some((word, span)) = fields.text("turn", "\"on\", \"off\" or \"toggle\"", "\"toggle\"") else {
        return Turn::Toggle;
    };
    let known = TURNS.iter().find(|(known, _)| *known == word);
    if known.is_none() {
        let help = choice(&word, TURNS.iter().map(|(word, _)| *word));
        fields.scope.error(span, format!("a switch cannot be turned `{word}`"), "no such turn", help);
    }
    known.map_or(Turn::Toggle, |(_, turn)| *turn)
}

/// The name of a switch of the file's tenant.
pub(super) fn known_switch(fields: &mut Fields, name: String, span: Range<usize>) -> String {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    if fields.scope.any_tenant {
        return name;
    }
    if fields.scope.tenant.is_none() {
        let what = "switches belong to a tenant, and this file does not say whose it is";
        fields.scope.error(span, what, "whose switch?", "add `tenant = \"…\"` at the top of the file");
    } else if name.is_empty() || name.len() > LONGEST || !name.chars().all(fits) {
        let what = format!("`{name}` cannot be the name of a switch");
        let help = "use lower-case letters, digits, `.`, `_` and `-`, as in `switch = \"night\"`";
        fields.scope.error(span, what, "not a name", help);
    } else {
        fields.scope.uses_switch(&name, span);
    }
    name
}

impl Switch {
    pub fn enter(&self, stage: &mut Stage) -> Next {
        stage.push(Step::Turn { switch: self.name.clone(), turn: self.turn });
        Next::Stay(Doing::Switch(Turning { give_up_at: stage.now + PATIENCE }))
    }

    pub fn handle(&self, turning: Turning, input: Input) -> Next {
        match input {
            Input::Turned { on: true } => Next::by("on", &self.on),
            Input::Turned { on: false } => Next::by("off", &self.off),
            Input::MayNotTurn => Next::Go(self.otherwise.clone()),
            _ => Next::Stay(Doing::Switch(turning)),
        }
    }

    pub fn wake(&self) -> Next {
        Next::Go(self.otherwise.clone())
    }

    pub fn exits(&self) -> Vec<Exit<'_>> {
        vec![
            Exit::spare(When::AtOnce, "on", &self.on),
            Exit::spare(When::AtOnce, "off", &self.off),
            Exit::new(When::AtOnce, "else", &self.otherwise),
        ]
    }

    pub fn lines(&self) -> Vec<String> {
        let turn = TURNS.iter().find(|(_, turn)| *turn == self.turn);
        vec![format!("{}: {}", self.name, turn.map_or("", |(word, _)| word))]
    }
}
