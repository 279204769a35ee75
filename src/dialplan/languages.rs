//! The languages that a file's callers may be spoken to in, and sounds that differ by language.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fields::Fields;
use super::piece::Piece;
use super::say::LANGUAGES;
use super::suggest::choice;

/// The languages that nodes change to by `set = { language = "…" }`; with a place in it, any may come of it.
pub(super) fn set_in<'n, 't: 'n>(nodes: impl Iterator<Item = &'n DeTable<'t>>) -> Vec<String> {
    let set = nodes.filter_map(|node| find(node, "set")?.as_table());
    let texts = set.filter_map(|table| find(table, "language")?.as_str());
    let fits = |text: &str, language: &str| text == language || text.contains('{');
    let languages = |text: &'n str| LANGUAGES.iter().filter(move |language| fits(text, language));
    texts.flat_map(languages).map(|language| (*language).to_owned()).collect()
}

fn find<'n, 't>(table: &'n DeTable<'t>, key: &str) -> Option<&'n DeValue<'t>> {
    table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value.get_ref())
}

/// True for `{ en = "…", cs = "…" }`.
pub(super) fn differs_by_language(table: &DeTable) -> bool {
    table.keys().any(|key| LANGUAGES.contains(&key.get_ref().as_ref()))
}

impl Fields<'_, '_, '_> {
    /// Sounds that differ by language: one entry for each that a caller of the file may be spoken to in.
    pub fn by_language(&mut self, key: &str, value: &Spanned<DeValue>, table: &DeTable) -> Piece {
        let mut sounds: BTreeMap<String, Vec<Piece>> = BTreeMap::new();
        for (name, value) in table {
            let language = name.get_ref().as_ref();
            if !LANGUAGES.contains(&language) {
                let help = choice(language, LANGUAGES.iter().copied());
                let what = format!("there is no language `{language}`");
                self.scope.error(name.span(), what, "unknown language", help);
                continue;
            }
            // Each is looked for among the prompts of its own language alone.
            let all = std::mem::replace(&mut self.scope.languages, vec![language.to_owned()]);
            let pieces = self.sounds_of(key, value);
            self.scope.languages = all;
            sounds.insert(language.to_owned(), pieces);
        }
        let missing = self.scope.languages.iter().find(|language| !sounds.contains_key(*language)).cloned();
        if let Some(language) = missing {
            let what = format!(
                "a caller of this file may be spoken to in `{language}`, and nothing stands for it here"
            );
            let help = format!("add `{language} = \"…\"` to the table");
            self.scope.error(value.span(), what, "a language is missing", help);
        }
        let own = self.scope.languages.first().and_then(|own| sounds.remove(own)).unwrap_or_default();
        Piece::ByLanguage { own, others: sounds }
    }

    /// Takes note of prompts that a verb plays by itself, in every language of the file.
    pub fn need_prompts(&mut self, prompts: &[&str], what_for: &str) {
        self.need_spoken(what_for, |language| {
            prompts.iter().map(|prompt| format!("prompts/{language}/{prompt}")).collect()
        });
    }

    /// Takes note of the recorded pieces that this node needs in every language of the file.
    pub fn need_spoken(&mut self, what_for: &str, pieces: impl Fn(&str) -> Vec<String>) {
        for language in self.scope.languages.clone() {
            self.scope.need_pieces(pieces(&language), self.header.clone(), what_for);
        }
    }
}
