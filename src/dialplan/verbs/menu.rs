//! `menu = "prompt"`: asks the caller to press a key.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::{DeString, DeValue};

use super::super::fields::Fields;
use super::super::plan::Target;
use super::super::stage::Stage;
use super::super::step::Input;
use super::asking::{Heard, Question, Turn};
use super::{Doing, Exit, Next, Verb, When};

/// Every key of a telephone.
const KEYS: &str = "0123456789*#ABCD";
/// The word for every key that is not named.
const ANY: &str = "any";
/// Settings that are no keys, wherever they stand.
const SETTINGS: &[&str] = &["menu", "else", "timeout", "tries", "invalid"];

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Menu {
    question: Question,
    keys: BTreeMap<char, Target>,
    /// Where every other key leads.
    any: Option<Target>,
}

pub fn read(fields: &mut Fields) -> Verb {
    fields.scope.sets(fields.name);
    let (keys, any) = read_keys(fields);
    let why_else = "where does a caller go who presses nothing?";
    let question = Question::read(fields, "menu", any.is_none(), why_else);
    Verb::Menu(Menu { question, keys, any })
}

fn read_keys(fields: &mut Fields) -> (BTreeMap<char, Target>, Option<Target>) {
    let mut keys = BTreeMap::new();
    let mut any = None;
    let example = "keys = { 1 = \"sales\", 2 = \"support\" }";
    let Some(value) = fields.required("keys", "which keys may the caller press?", example) else {
        return (keys, any);
    };
    let DeValue::Table(table) = value.get_ref() else {
        fields.scope.wrong_type("keys", value, "a table", &example["keys = ".len()..]);
        return (keys, any);
    };
    if table.is_empty() {
        fields.scope.error(
            value.span(),
            "a menu needs at least one key",
            "no keys",
            format!("write `{example}`"),
        );
    }
    for (name, value) in table {
        if SETTINGS.contains(&name.get_ref().as_ref()) {
            misplaced(fields, name);
            continue;
        }
        let target = fields.target_of(name.get_ref(), value);
        match key_of(name.get_ref()) {
            Some(key) => drop(keys.insert(key, target)),
            _ if name.get_ref() == ANY => any = Some(target),
            _ => {
                let what = format!("a telephone has no key `{}`", name.get_ref());
                let help = "keys are 0 to 9, \"*\", \"#\", A to D, and `any` for every other key";
                fields.scope.error(name.span(), what, "not a key", help);
            }
        }
    }
    (keys, any)
}

/// The key of a telephone that this is the name of.
pub(super) fn key_of(name: &str) -> Option<char> {
    let mut letters = name.chars();
    letters.next().filter(|key| KEYS.contains(*key) && letters.next().is_none())
}

/// A setting of the menu below `[….keys]`, where TOML takes it for a key.
fn misplaced(fields: &mut Fields, name: &Spanned<DeString>) {
    let what = format!(
        "`{}` stands among the keys, because it comes after `[{}.keys]`",
        name.get_ref(),
        fields.name
    );
    let help = format!("move the line up, before `[{}.keys]`", fields.name);
    fields.scope.error(name.span(), what, "not where it is meant to be", help);
    fields.excuse([name.get_ref().to_string()]);
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
        let keys = self.keys.iter().map(|(key, target)| Exit::new(When::ByKey, key.to_string(), target));
        let any = self.any.iter().map(|target| Exit::new(When::ByKey, "any key", target));
        keys.chain(any).chain([Exit::new(When::InTime, "else", &self.question.otherwise)]).collect()
    }

    pub fn lines(&self) -> Vec<String> {
        vec![self.question.prompt(), self.question.patience()]
    }

    fn pressed(&self, turn: Turn, key: char, stage: &mut Stage) -> Next {
        turn.interrupt(stage);
        if let Some(target) = self.keys.get(&key).or(self.any.as_ref()) {
            let (node, value) = (stage.node, key.to_string());
            stage.set_parameter(node, &value);
            stage.memory.key = Some(value);
            return Next::Go(target.clone());
        }
        stay(self.question.tell_invalid(turn, stage))
    }
}

fn stay(turn: Turn) -> Next {
    Next::Stay(Doing::Menu(turn))
}
