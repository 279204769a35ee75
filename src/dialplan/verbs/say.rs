//! `say = "{key}"`: speaks digits, numbers, dates, times and sums from recorded pieces, or a text.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use toml::de::{DeTable, DeValue};

use super::super::fields::Fields;
use super::super::plan::Target;
use super::super::say::{self, Currency, Gender};
use super::super::sound::Sound;
use super::super::stage::Stage;
use super::super::step::Input;
use super::super::suggest::choice;
use super::super::template::Template;
use super::play::heard;
use super::{Doing, Exit, Next, Verb, When};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Say {
    text: Template,
    manner: Manner,
    skip: bool,
    pub then: Target,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Manner {
    Digits,
    Number {
        before: Option<Gender>,
    },
    Date,
    Time,
    Money {
        currency: Option<Currency>,
    },
    /// Not from pieces: made by a program while the caller waits a moment.
    Text,
}

/// The manners of `as`, each with what it reads like.
const MANNERS: &[(&str, &str)] = &[
    ("digits", "digits, `*` and `#`"),
    ("number", "a whole number, as in \"241\""),
    ("date", "a date, as in \"2026-12-24\" or \"12-24\""),
    ("time", "a time of day, as in \"18:05\""),
    ("money", "a sum, as in \"12.50 EUR\""),
];
const GENDERS: &[(&str, Gender)] =
    &[("masculine", Gender::Masculine), ("feminine", Gender::Feminine), ("neuter", Gender::Neuter)];

pub fn read(fields: &mut Fields) -> Verb {
    let value = fields.value("say");
    let (text, manner) = match value.map(|value| (value, value.get_ref())) {
        Some((value, DeValue::Table(table))) => (read_text(fields, value.span(), table), Manner::Text),
        _ => {
            let text = fields.template("say", "what to say, in quotes", "\"{key}\"");
            let manner = read_manner(fields);
            if let Some((text, span)) = &text {
                check_text(fields, text, manner, span.clone());
            }
            need_pieces(fields, manner);
            (text.map(|(text, _)| text), manner)
        }
    };
    let skip = fields.flag("skip", true);
    let then = fields.target("then", "where does the caller go after hearing it?");
    Verb::Say(Say { text: text.unwrap_or_default(), manner, skip, then })
}

/// `{ text = "…" }`.
fn read_text(fields: &mut Fields, span: Range<usize>, table: &DeTable) -> Option<Template> {
    if !fields.scope.world.speech {
        let help = "install it (`apt-get install espeak-ng`), or record the words and `play` them";
        let what = "free text is spoken by espeak-ng, which is not installed here";
        fields.scope.unknown_name(span.clone(), what, "cannot be spoken", help);
    }
    let mut inner = Fields::new(fields.scope, fields.name, span.clone(), table);
    let text = match inner.value("text").map(|value| (value, value.get_ref())) {
        Some((value, DeValue::String(text))) => inner.template_of(text, value.span()),
        _ => {
            let help = "write `say = { text = \"Your order is ready.\" }`";
            inner.scope.error(span, "the text to be spoken is missing", "no text", help);
            None
        }
    };
    inner.finish("a text to say");
    text
}

/// A text without places can be checked now.
fn check_text(fields: &mut Fields, text: &Template, manner: Manner, span: Range<usize>) {
    let said = match text.plain() {
        Some(plain) => !manner.pieces("en", plain).is_empty() && manner.reads(plain),
        None => {
            let fits = |c: char| match manner {
                Manner::Digits => c.is_ascii_digit() || "*#+ -".contains(c),
                _ => c.is_ascii_alphanumeric() || "+-.,: ".contains(c),
            };
            text.texts().all(|text| text.chars().all(fits))
        }
    };
    if !said {
        let wanted = MANNERS.iter().find(|(word, _)| *word == manner.word()).map_or("", |(_, wanted)| wanted);
        let what = format!("this cannot be said as `{}`", manner.word());
        let help = format!(
            "write {wanted}, or a place such as `{{key}}`; other words are spoken by `say = {{ text = \"…\" }}`"
        );
        fields.scope.error(span, what, "cannot be said", help);
    }
}

fn read_manner(fields: &mut Fields) -> Manner {
    let named = fields.text("as", "how to say it", "\"digits\"");
    let (word, span) = named.unwrap_or_else(|| ("digits".into(), 0..0));
    match word.as_str() {
        "digits" => Manner::Digits,
        "number" => Manner::Number { before: one_of(fields, "gender", GENDERS) },
        "date" => Manner::Date,
        "time" => Manner::Time,
        "money" => Manner::Money { currency: one_of(fields, "currency", Currency::CODES) },
        _ => {
            let help = choice(&word, MANNERS.iter().map(|(word, _)| *word));
            fields.scope.error(span, format!("nothing can be said as `{word}`"), "unknown manner", help);
            Manner::Digits
        }
    }
}

/// A setting that is one of these words.
fn one_of<T: Copy>(fields: &mut Fields, key: &'static str, known: &[(&'static str, T)]) -> Option<T> {
    let (word, span) = fields.text(key, "a word", &format!("\"{}\"", known.first()?.0))?;
    let found = known.iter().find(|(name, _)| *name == word);
    if found.is_none() {
        let help = choice(&word, known.iter().map(|(name, _)| *name));
        fields.scope.error(span, format!("there is no {key} `{word}`"), "unknown word", help);
    }
    found.map(|(_, found)| *found)
}

fn need_pieces(fields: &mut Fields, manner: Manner) {
    let all: Vec<Currency> = Currency::CODES.iter().map(|(_, currency)| *currency).collect();
    fields.need_spoken("`say`", |language| match manner {
        Manner::Digits => say::pieces_of_digits(language),
        Manner::Number { .. } => say::pieces_of_numbers(language),
        Manner::Date => say::pieces_of_dates(language),
        Manner::Time => say::pieces_of_times(language),
        Manner::Money { currency: Some(currency) } => say::pieces_of_money(language, &[currency]),
        Manner::Money { currency: None } => say::pieces_of_money(language, &all),
        Manner::Text => Vec::new(),
    });
}

impl Manner {
    fn word(self) -> &'static str {
        match self {
            Manner::Digits => "digits",
            Manner::Number { .. } => "number",
            Manner::Date => "date",
            Manner::Time => "time",
            Manner::Money { .. } => "money",
            Manner::Text => "text",
        }
    }

    /// True if the text is what the manner speaks.
    fn reads(self, text: &str) -> bool {
        match self {
            Manner::Digits => text.chars().all(|c| c.is_ascii_digit() || "*#+ -".contains(c)),
            Manner::Number { .. } => say::whole(text).is_some(),
            Manner::Date => say::day(text).is_some(),
            Manner::Time => say::time_of_day(text).is_some(),
            Manner::Money { currency } => say::amount(text, currency).is_some(),
            Manner::Text => true,
        }
    }

    /// The pieces of a text; of one that is something else, its digits.
    fn pieces(self, language: &str, text: &str) -> Vec<String> {
        let pieces = match self {
            Manner::Digits | Manner::Text => None,
            Manner::Number { before } => {
                say::whole(text).map(|number| say::number_before(language, number, before))
            }
            Manner::Date => say::day(text).map(|day| say::date(language, day)),
            Manner::Time => say::time_of_day(text).map(|(hour, minute)| say::time(language, hour, minute)),
            Manner::Money { currency } => say::amount(text, currency).map(|sum| say::money(language, sum)),
        };
        pieces.unwrap_or_else(|| say::digits(language, text))
    }
}

impl Say {
    pub fn enter(&self, stage: &mut Stage) -> Next {
        let sounds = self.sounds(stage);
        let skipped = self.skip && stage.memory.has_typed() && stage.plan.leads_to_menu(&self.then);
        match sounds.is_empty() || skipped {
            true => Next::Go(self.then.clone()),
            false => Next::Stay(Doing::Playing { playback: stage.play(sounds) }),
        }
    }

    pub fn handle(&self, playback: u64, input: Input, stage: &mut Stage) -> Next {
        heard(playback, input, &self.then, self.skip, stage)
    }

    /// At once, because a withheld number leaves nothing to say.
    pub fn exits(&self) -> Vec<Exit<'_>> {
        vec![Exit::new(When::AtOnce, "", &self.then)]
    }

    pub fn lines(&self) -> Vec<String> {
        vec![self.text.to_string(), format!("as {}", self.manner.word())]
    }

    fn sounds(&self, stage: &Stage) -> Vec<Sound> {
        let (text, language) = (stage.text(&self.text), stage.language());
        match self.manner {
            Manner::Text if text.trim().is_empty() => Vec::new(),
            Manner::Text => vec![Sound::Speech { language: language.to_owned(), text }],
            manner => manner.pieces(language, &text).into_iter().map(Sound::File).collect(),
        }
    }
}
