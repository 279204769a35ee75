//! Texts with places in them: `"call {caller} back"`.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::stage::{Memory, bounded};
use super::step::Facts;

/// A text of a dialplan file in which `{name}` stands for what is known of the caller: a parameter
/// of the run, or a [`Fact`]. `{{` and `}}` are braces.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Part {
    Text(String),
    Fact(Fact),
    Parameter(String),
}

/// What is known of every caller, without a node that sets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Fact {
    /// The caller's number.
    Caller,
    /// The number that was dialled.
    Dialled,
    /// The key pressed in the last menu.
    Key,
    /// The file that was recorded last.
    Recording,
    /// The language in which the caller is spoken to.
    Language,
    /// Whose number was dialled.
    Tenant,
}

impl Fact {
    /// Every fact with its name in a file.
    pub const WORDS: &[(&'static str, Fact)] = &[
        ("caller", Fact::Caller),
        ("dialled", Fact::Dialled),
        ("key", Fact::Key),
        ("recording", Fact::Recording),
        ("language", Fact::Language),
        ("tenant", Fact::Tenant),
    ];

    /// The fact of this name.
    pub fn named(name: &str) -> Option<Fact> {
        Self::WORDS.iter().find(|(word, _)| *word == name).map(|(_, fact)| *fact)
    }
}

/// What a template is filled from.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub facts: &'a Facts,
    pub memory: &'a Memory,
    /// The language of the caller at this moment.
    pub language: &'a str,
    /// The tenant of the plan.
    pub tenant: &'a str,
}

/// Braces that do not fit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slip {
    /// A `{` without its `}`, or with another `{` in between.
    Open,
    /// A `}` without its `{`.
    Closed,
    /// `{}`.
    Nameless,
}

impl Template {
    /// Reads a text.
    pub fn read(text: &str) -> Result<Self, Slip> {
        let (mut parts, mut plain) = (Vec::new(), String::new());
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                plain.push_str(brace);
                rest = after;
                continue;
            }
            let end = match brace {
                "{" => rest.find(['{', '}']).filter(|end| rest[*end..].starts_with('}')).ok_or(Slip::Open)?,
                _ => return Err(Slip::Closed),
            };
            let name = rest[..end].trim();
            if name.is_empty() {
                return Err(Slip::Nameless);
            }
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(Fact::named(name).map_or_else(|| Part::Parameter(name.to_owned()), Part::Fact));
            rest = &rest[end + 1..];
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self { parts })
    }

    /// The parameters it names, facts left out.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Parameter(name) => Some(name.as_str()),
            Part::Text(_) | Part::Fact(_) => None,
        })
    }

    /// What stands in it besides places.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Parameter(_) | Part::Fact(_) => None,
        })
    }

    /// The text, if there are no places in it.
    pub fn plain(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The text for this caller: what is not known is left empty. Bounded as parameters are.
    pub fn fill(&self, known: Known) -> String {
        self.fill_with(known, Cow::Borrowed)
    }

    /// The same with what fills a place written as `write` does.
    pub fn fill_with<'k>(&self, known: Known<'k>, write: impl Fn(&'k str) -> Cow<'k, str>) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Parameter(name) => {
                    text.push_str(&write(known.memory.parameter(name).unwrap_or_default()));
                }
                Part::Fact(fact) => text.push_str(&write(known.fact(*fact))),
            }
            bounded(&mut text);
        }
        text
    }
}

impl<'a> Known<'a> {
    fn fact(self, fact: Fact) -> &'a str {
        match fact {
            Fact::Caller => &self.facts.caller,
            Fact::Dialled => &self.facts.dialled,
            Fact::Key => self.memory.key.as_deref().unwrap_or_default(),
            Fact::Recording => self.memory.recording.as_deref().unwrap_or_default(),
            Fact::Language => self.language,
            Fact::Tenant => self.tenant,
        }
    }
}

impl fmt::Display for Template {
    /// As it stands in the file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            match part {
                Part::Text(text) => f.write_str(&text.replace('{', "{{").replace('}', "}}"))?,
                Part::Parameter(name) => write!(f, "{{{name}}}")?,
                Part::Fact(fact) => {
                    let word = Fact::WORDS.iter().find(|(_, known)| known == fact);
                    write!(f, "{{{}}}", word.map_or("", |(word, _)| word))?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::stage::LONGEST_VALUE;
    use super::*;

    fn filled(text: &str, memory: &Memory) -> String {
        let facts = Facts { caller: "+420777123456".into(), dialled: "100".into() };
        let known = Known { facts: &facts, memory, language: "cs", tenant: "harbour" };
        Template::read(text).unwrap().fill(known)
    }

    #[test]
    fn places_are_filled_with_what_is_known() {
        let mut memory = Memory::default();
        memory.key = Some("7".into());
        assert!(memory.set_parameter("order", "4711"));
        for (text, expected) in [
            ("", ""),
            ("42", "42"),
            ("{caller} dialled {dialled}", "+420777123456 dialled 100"),
            ("{order}{key}", "47117"),
            ("{ order }", "4711"),
            ("{language}/{tenant}", "cs/harbour"),
            ("[{recording}{never}]", "[]"),
            ("{{order}} is {order}", "{order} is 4711"),
        ] {
            assert_eq!(filled(text, &memory), expected);
        }
    }

    #[test]
    fn braces_that_do_not_fit_are_slips() {
        for (text, slip) in [
            ("{", Slip::Open),
            ("a {b", Slip::Open),
            ("{a {b}", Slip::Open),
            ("a}", Slip::Closed),
            ("{}", Slip::Nameless),
            ("{ }", Slip::Nameless),
        ] {
            assert_eq!(Template::read(text), Err(slip), "{text}");
        }
    }

    #[test]
    fn the_names_of_parameters_are_known_and_a_text_without_them_is_plain() {
        let template = Template::read("{a} {caller} {b}").unwrap();
        assert_eq!(template.parameters().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(template.texts().collect::<Vec<_>>(), [" ", " "]);
        assert_eq!(template.plain(), None);
        assert_eq!(Template::read("plain {{").unwrap().plain(), Some("plain {"));
        assert_eq!(Template::read("").unwrap().plain(), Some(""));
    }

    #[test]
    fn a_template_is_shown_as_it_was_written() {
        for text in ["", "{caller} and {a b}", "{{no}} {key}"] {
            assert_eq!(Template::read(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_filled_text_is_bounded() {
        let mut memory = Memory::default();
        assert!(memory.set_parameter("long", &"ž".repeat(LONGEST_VALUE)));
        let text = filled(&"{long}".repeat(1_000), &memory);
        assert!(text.len() <= LONGEST_VALUE && text.chars().all(|c| c == 'ž'));
    }
}
