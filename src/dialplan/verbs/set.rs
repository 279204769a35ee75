//! `set = { reason = "billing" }`: keeps parameters, or changes the language.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::super::fields::Fields;
use super::super::plan::Target;
use super::super::say;
use super::super::stage::Stage;
use super::super::step::Step;
use super::super::suggest::choice;
use super::super::template::{Fact, Template};
use super::{Next, Verb};

/// The one fact that a file may change.
const LANGUAGE: &str = "language";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Set {
    values: Vec<(String, Template)>,
    /// The language from here on.
    language: Option<Template>,
    pub then: Target,
}

pub fn read(fields: &mut Fields) -> Verb {
    let (mut values, mut language) = (Vec::new(), None);
    if let Some(value) = fields.value("set") {
        match value.get_ref() {
            DeValue::Table(table) if !table.is_empty() => {
                language = table.iter().find(|(key, _)| key.get_ref() == LANGUAGE);
                values = templates(fields, table, &[LANGUAGE]);
            }
            _ => {
                let wanted = "a table of parameters with at least one in it";
                fields.scope.wrong_type("set", value, wanted, "{ reason = \"billing\" }");
            }
        }
    }
    for (name, _) in &values {
        fields.scope.sets(name);
    }
    let language = language.and_then(|(_, value)| read_language(fields, value));
    Verb::Set(Set { values, language, then: fields.target("then", "where does the caller go from here?") })
}

/// A language, or a text with places in it that will be one.
fn read_language(fields: &mut Fields, value: &Spanned<DeValue>) -> Option<Template> {
    let DeValue::String(language) = value.get_ref() else {
        fields.scope.wrong_type(LANGUAGE, value, "a language", "\"en\"");
        return None;
    };
    let template = fields.template_of(language, value.span())?;
    if template.plain().is_some_and(|language| !say::LANGUAGES.contains(&language)) {
        let help = choice(language, say::LANGUAGES.iter().copied());
        let what = format!("there are no recordings in `{language}`");
        fields.scope.error(value.span(), what, "unknown language", help);
        return None;
    }
    Some(template)
}

/// The parameters of a table, each with its text; names in `but` are left out.
fn templates(fields: &mut Fields, table: &DeTable, but: &[&str]) -> Vec<(String, Template)> {
    let entries = table.iter().filter(|(key, _)| !but.contains(&key.get_ref().as_ref()));
    let mut values = Vec::new();
    for (key, value) in entries {
        let name = key.get_ref().as_ref();
        if !may_be_set(fields, name, key.span()) {
            continue;
        }
        let template = template(fields, name, value);
        values.extend(template.map(|template| (name.to_owned(), template)));
    }
    values
}

/// The text in `value`; numbers and true or false stand for themselves.
pub(super) fn template(fields: &mut Fields, name: &str, value: &Spanned<DeValue>) -> Option<Template> {
    match value.get_ref() {
        DeValue::String(text) => fields.template_of(text, value.span()),
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) => {
            let written = fields.scope.written(value.span()).to_owned();
            fields.template_of(&written, value.span())
        }
        _ => {
            fields.scope.wrong_type(name, value, "a text or a number", "\"…\"");
            None
        }
    }
}

/// Whether a node may set the parameter of this name; says so if not.
pub(super) fn may_be_set(fields: &mut Fields, name: &str, span: Range<usize>) -> bool {
    if Fact::named(name).is_some() {
        let what = format!("`{name}` is known of every caller and cannot be set");
        let help = match name {
            LANGUAGE => {
                "keep it under another name, as in `spoken`, then change it: `set = { language = \"{spoken}\" }`"
            }
            _ => "choose another name",
        };
        fields.scope.error(span, what, "known already", help);
        return false;
    }
    let fits = |c: char| c.is_alphanumeric() || "-_".contains(c);
    if name.is_empty() || !name.chars().all(fits) {
        let what = format!("`{name}` cannot be the name of a parameter");
        fields.scope.error(span, what, "not a name", "use letters, digits, `-` and `_`");
        return false;
    }
    true
}

/// Changes the language. One that is not spoken here changes nothing; the session notes which one is spoken now.
fn speak(language: &str, stage: &mut Stage) {
    if let Some(known) = say::LANGUAGES.iter().find(|known| known.eq_ignore_ascii_case(language)) {
        stage.memory.language = Some((*known).to_owned());
    }
    let value = stage.language().to_owned();
    stage.push(Step::Parameter { name: LANGUAGE.into(), value });
}

impl Set {
    /// Every text is filled before any of them is kept, so their order does not matter.
    pub fn enter(&self, stage: &mut Stage) -> Next {
        let filled: Vec<(&str, String)> =
            self.values.iter().map(|(name, text)| (name.as_str(), stage.text(text))).collect();
        let language = self.language.as_ref().map(|language| stage.text(language));
        for (name, text) in filled {
            stage.set_parameter(name, &text);
        }
        if let Some(language) = language {
            speak(language.trim(), stage);
        }
        Next::Go(self.then.clone())
    }

    pub fn lines(&self) -> Vec<String> {
        let language = self.language.iter().map(|language| format!("{LANGUAGE} = {language}"));
        self.values.iter().map(|(name, text)| format!("{name} = {text}")).chain(language).collect()
    }
}
