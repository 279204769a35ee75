//! What `menu` and `queue` share: each key leads somewhere.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::{DeString, DeTable};

use super::super::fields::Fields;
use super::super::plan::Target;
use super::super::stage::Stage;
use super::{Exit, Next, When};

/// Every key of a telephone.
const KEYS: &str = "0123456789*#ABCD";
/// The word for every key that is not named.
const ANY: &str = "any";
/// What a person calls the way of those keys.
const ANY_KEY: &str = "any key";

/// Where each key leads.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Keys {
    named: BTreeMap<char, Target>,
    /// Where every other key leads.
    any: Option<Target>,
}

impl Keys {
    /// Reads a table of keys with their nodes. `settings` are those of the verb: TOML takes them for keys
    /// if they stand below `[….keys]`.
    pub fn read(fields: &mut Fields, table: &DeTable, settings: &[&str]) -> Self {
        let mut keys = Self::default();
        for (name, value) in table {
            let word: &str = name.get_ref().as_ref();
            if settings.contains(&word) {
                misplaced(fields, name);
                continue;
            }
            let target = fields.target_of(word, value);
            match key_of(word) {
                Some(key) => drop(keys.named.insert(key, target)),
                None if word == ANY => keys.any = Some(target),
                None => {
                    let what = format!("a telephone has no key `{word}`");
                    let help = "keys are 0 to 9, \"*\", \"#\", A to D, and `any` for every other key";
                    fields.scope.error(name.span(), what, "not a key", help);
                }
            }
        }
        keys
    }

    /// True if no key is left that leads nowhere.
    pub fn takes_any(&self) -> bool {
        self.any.is_some()
    }

    /// Whether this key leads somewhere by its own name.
    pub fn names(&self, key: char) -> bool {
        self.named.contains_key(&key)
    }

    /// Keeps the key under the name of the node, and goes where it leads; nothing if it leads nowhere.
    pub fn pressed(&self, key: char, stage: &mut Stage) -> Option<Next> {
        let value = key.to_string();
        let next = match (self.named.get(&key), &self.any) {
            (Some(target), _) => Next::by(value.clone(), target),
            (None, Some(target)) => Next::by(ANY_KEY, target),
            (None, None) => return None,
        };
        let node = stage.node;
        stage.set_parameter(node, &value);
        stage.memory.key = Some(value);
        Some(next)
    }

    pub fn exits(&self) -> impl Iterator<Item = Exit<'_>> {
        let named = self.named.iter().map(|(key, target)| Exit::new(When::ByKey, key.to_string(), target));
        named.chain(self.any.iter().map(|target| Exit::new(When::ByKey, ANY_KEY, target)))
    }
}

/// The key of a telephone that this is the name of.
pub(super) fn key_of(name: &str) -> Option<char> {
    let mut letters = name.chars();
    letters.next().filter(|key| KEYS.contains(*key) && letters.next().is_none())
}

/// A setting of the node below `[….keys]`, where TOML takes it for a key.
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
