//! `menu = "prompt"`: asks the caller to press a key.

use serde::{Deserialize, Serialize};
use toml::de::DeValue;

use super::super::fields::Fields;
use super::super::stage::Stage;
use super::super::step::Input;
use super::asking::{Heard, INVALID, Question, Turn};
use super::keys::Keys;
use super::{Doing, Exit, Next, Verb, When};

/// Settings that are no keys, wherever they stand.
const SETTINGS: &[&str] = &["menu", "else", "timeout", "tries", "invalid"];

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Menu {
    question: Question,
    keys: Keys,
}

pub fn read(fields: &mut Fields) -> Verb {
    fields.scope.sets(fields.name);
    let keys = read_keys(fields);
    let why_else = "where does a caller go who presses nothing?";
    let invalid = Some(INVALID).filter(|_| !keys.takes_any());
    let question = Question::read(fields, "menu", invalid, why_else);
    Verb::Menu(Menu { question, keys })
}

fn read_keys(fields: &mut Fields) -> Keys {
    let example = "keys = { 1 = \"sales\", 2 = \"support\" }";
    let Some(value) = fields.required("keys", "which keys may the caller press?", example) else {
        return Keys::default();
    };
    let DeValue::Table(table) = value.get_ref() else {
        fields.scope.wrong_type("keys", value, "a table", &example["keys = ".len()..]);
        return Keys::default();
    };
    if table.is_empty() {
        fields.scope.error(
            value.span(),
            "a menu needs at least one key",
            "no keys",
            format!("write `{example}`"),
        );
    }
    Keys::read(fields, table, SETTINGS)
}

impl Menu {
    pub fn enter(&self, stage: &mut Stage) -> Next {
        let turn = self.question.first(stage);
        match stage.memory.take_typed() {
            Some(key) => self.pressed(turn, key, stage),
            None => stay(self.question.ask(turn, stage)),
        }
    }

    pub fn handle(&self, turn: Turn, input: Input, stage: &mut Stage) -> Next {
        if let Input::Digit(key) = input {
            return self.pressed(turn, key, stage);
        }
        match turn.heard(&input) {
            Heard::Question => stay(self.question.wait(turn, stage)),
            Heard::Invalid => self.wake(turn, stage),
            Heard::Nothing => stay(turn),
        }
    }

    /// The caller pressed nothing, or nothing that helps.
    pub fn wake(&self, turn: Turn, stage: &mut Stage) -> Next {
        self.question.ask_again(turn, stage).map_or_else(Next::Go, stay)
    }

    pub fn exits(&self) -> Vec<Exit<'_>> {
        let otherwise = Exit::new(When::InTime, "else", &self.question.otherwise);
        self.keys.exits().chain([otherwise]).collect()
    }

    pub fn lines(&self) -> Vec<String> {
        vec![self.question.prompt(), self.question.patience()]
    }

    fn pressed(&self, turn: Turn, key: char, stage: &mut Stage) -> Next {
        turn.interrupt(stage);
        match self.keys.pressed(key, stage) {
            Some(next) => next,
            None => stay(self.question.tell_invalid(turn, stage)),
        }
    }
}

fn stay(turn: Turn) -> Next {
    Next::Stay(Doing::Menu(turn))
}
