//! `menu = "prompt"`: asks the caller to press a key.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::{DeString, DeValue};

use super::super::fields::Fields;
use super::super::piece::Piece;
use super::super::plan::Target;
use super::super::portrait::named;
use super::super::span::written;
use super::super::stage::Stage;
use super::super::step::Input;
use super::play::ended;
use super::{Doing, Exit, Next, Verb, When};
use crate::time::Time;

/// Every key of a telephone.
const KEYS: &str = "0123456789*#ABCD";
/// The word for every key that is not named.
const ANY: &str = "any";
/// Settings that are no keys, wherever they stand.
const SETTINGS: &[&str] = &["menu", "else", "timeout", "tries", "invalid"];
/// Played for a key that leads nowhere, where the file says nothing else.
pub(super) const INVALID: &str = "invalid";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Menu {
    prompt: Vec<Piece>,
    keys: BTreeMap<char, Target>,
    /// Where every other key leads.
    any: Option<Target>,
    /// How long to wait for a key after the prompt.
    timeout: Duration,
    /// How often to ask in all.
    tries: u32,
    invalid: Vec<Piece>,
    /// For a caller who presses nothing that helps.
    otherwise: Target,
}

/// Where the asking stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Asking {
    /// Times the prompt may still be played after this one.
    tries_left: u32,
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
    /// A wrong key was pressed, and the caller hears so.
    Invalid {
        playback: u64,
    },
}

pub fn read(fields: &mut Fields) -> Verb {
    fields.scope.sets(fields.name);
    let prompt = fields.sounds("menu").unwrap_or_default();
    let (keys, any) = read_keys(fields);
    let timeout = fields.duration("timeout", Duration::from_secs(5), "5s");
    let tries = fields.whole("tries", 3, 1, 20).unsigned_abs();
    let invalid = match fields.sounds("invalid") {
        Some(sounds) => sounds,
        None if any.is_some() => Vec::new(),
        None => vec![fields.scope.sound_file(INVALID, fields.header.clone())],
    };
    let otherwise = fields.target("else", "where does a caller go who presses nothing?");
    if let Some(endless) = prompt.iter().chain(&invalid).find(|piece| piece.is_endless()) {
        let what = format!("a menu cannot play {endless:?}: it never ends");
        fields.scope.error(
            fields.header.clone(),
            what,
            "plays a tone without end",
            "give the tone a length with `for`",
        );
    }
    Verb::Menu(Menu { prompt, keys, any, timeout, tries, invalid, otherwise })
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
        let asking =
            Asking { tries_left: self.tries.saturating_sub(1), at: At::Waiting { until: stage.now } };
        match stage.memory.take_typed() {
            Some(key) => self.pressed(asking, key, stage),
            None => self.ask(asking.tries_left, stage),
        }
    }

    pub fn handle(&self, asking: Asking, input: Input, stage: &mut Stage) -> Next {
        if let Input::Digit(key) = input {
            return self.pressed(asking, key, stage);
        }
        match asking.at {
            At::Prompt { playback } if ended(playback, &input) => {
                let at = At::Waiting { until: stage.now + self.timeout };
                Next::Stay(Doing::Menu(Asking { at, ..asking }))
            }
            At::Invalid { playback } if ended(playback, &input) => self.ask_again(asking, stage),
            _ => Next::Stay(Doing::Menu(asking)),
        }
    }

    /// The caller pressed nothing.
    pub fn wake(&self, asking: Asking, stage: &mut Stage) -> Next {
        self.ask_again(asking, stage)
    }

    pub fn exits(&self) -> Vec<Exit<'_>> {
        let keys = self.keys.iter().map(|(key, target)| Exit::new(When::ByKey, key.to_string(), target));
        let any = self.any.iter().map(|target| Exit::new(When::ByKey, "any key", target));
        keys.chain(any).chain([Exit::new(When::InTime, "else", &self.otherwise)]).collect()
    }

    pub fn lines(&self) -> Vec<String> {
        let times = match self.tries {
            1 => "asks once".to_owned(),
            tries => format!("asks up to {tries} times"),
        };
        vec![named(&self.prompt), format!("{times}, waits {}", written(self.timeout))]
    }

    fn ask(&self, tries_left: u32, stage: &mut Stage) -> Next {
        let playback = stage.play(Piece::all(&self.prompt, stage.memory));
        Next::Stay(Doing::Menu(Asking { tries_left, at: At::Prompt { playback } }))
    }

    fn ask_again(&self, asking: Asking, stage: &mut Stage) -> Next {
        match asking.tries_left.checked_sub(1) {
            Some(left) => self.ask(left, stage),
            None => Next::Go(self.otherwise.clone()),
        }
    }

    fn pressed(&self, asking: Asking, key: char, stage: &mut Stage) -> Next {
        if let At::Prompt { .. } | At::Invalid { .. } = asking.at {
            stage.stop_play();
        }
        if let Some(target) = self.keys.get(&key).or(self.any.as_ref()) {
            let (node, value) = (stage.node, key.to_string());
            stage.set_parameter(node, &value);
            stage.memory.key = Some(value);
            return Next::Go(target.clone());
        }
        let playback = stage.play(Piece::all(&self.invalid, stage.memory));
        Next::Stay(Doing::Menu(Asking { at: At::Invalid { playback }, ..asking }))
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
