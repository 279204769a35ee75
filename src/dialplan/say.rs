//! Digits, numbers, dates, times and sums of money put together from recorded pieces.
//!
//! Every language has its own grammar, one file each. The names returned are those of sound files
//! (`prompts/en/digits/7`); the words of each stand in `media/texts`.

mod cs;
mod de;
mod en;
mod value;

#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use value::{Currency, Day, Sum, amount, day, time_of_day, whole};

/// Languages that can be spoken.
pub const LANGUAGES: &[&str] = &["en", "cs", "de"];

/// The language that is spoken where no other is asked for, or none that there are recordings in.
pub const FALLBACK: &str = "en";

/// The language of the recordings for people who speak this one, a tag of BCP 47: `cs` for `cs-CZ`.
pub fn spoken(tag: &str) -> &'static str {
    let primary = tag.split('-').next().unwrap_or_default();
    LANGUAGES.iter().find(|language| language.eq_ignore_ascii_case(primary)).copied().unwrap_or(FALLBACK)
}

/// The greatest number that [`number`] speaks as a number.
pub const GREATEST: u64 = 999_999_999;

/// The pieces of what is said, by their names below the language's prompts.
type Words = Vec<String>;

/// What a number counts, where a language has different words for it: one man, one woman, one child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Gender {
    Masculine,
    Feminine,
    Neuter,
}

/// What can be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Noun {
    Hour,
    Minute,
    Euro,
    Cent,
    Crown,
    Heller,
    Dollar,
    Pound,
    Penny,
}

/// How a language puts its numbers, dates and times together.
trait Grammar: Sync {
    /// A number up to [`GREATEST`]: by itself, or before a noun of this gender.
    fn number(&self, n: u64, before: Option<Gender>, words: &mut Words);

    /// Every piece that [`number`](Self::number) may name.
    fn pieces_of_numbers(&self) -> Words;

    fn year(&self, year: u16, words: &mut Words);

    /// A day of the year, without the year.
    fn day(&self, month: u8, day: u8, words: &mut Words) {
        words.extend([format!("dates/day-{day}"), format!("dates/month-{month}")]);
    }

    fn time(&self, hour: u8, minute: u8, words: &mut Words);

    /// Pieces that [`year`](Self::year) and [`time`](Self::time) may name beside numbers.
    fn pieces_of_times(&self) -> &'static [&'static str];

    fn gender(&self, noun: Noun) -> Gender;

    /// Which form a noun takes after this number.
    fn form(&self, n: u64) -> &'static str;

    /// Every form.
    fn forms(&self) -> &'static [&'static str];

    /// What stands before and after a place in the queue.
    fn around_position(&self) -> (&'static str, Option<&'static str>);

    /// "Seven minutes".
    fn counted(&self, n: u64, noun: Noun, words: &mut Words) {
        self.number(n, Some(self.gender(noun)), words);
        words.push(noun.piece(self.form(n)));
    }
}

fn grammar(language: &str) -> &'static dyn Grammar {
    match language {
        "cs" => &cs::Czech,
        "de" => &de::German,
        _ => &en::English,
    }
}

impl Noun {
    fn piece(self, form: &str) -> String {
        let name = match self {
            Noun::Hour => "hour",
            Noun::Minute => "minute",
            Noun::Euro => "euro",
            Noun::Cent => "cent",
            Noun::Crown => "crown",
            Noun::Heller => "heller",
            Noun::Dollar => "dollar",
            Noun::Pound => "pound",
            Noun::Penny => "penny",
        };
        format!("counted/{name}-{form}")
    }
}

/// Puts the language's folder before each piece.
fn files(language: &str, words: impl IntoIterator<Item = String>) -> Vec<String> {
    words.into_iter().map(|word| format!("prompts/{language}/{word}")).collect()
}

fn said(language: &str, say: impl FnOnce(&dyn Grammar, &mut Words)) -> Vec<String> {
    let mut words = Words::new();
    say(grammar(language), &mut words);
    files(language, words)
}

/// The keys of `text`, one after another; what is not a key (`+`, spaces, letters) is left out.
pub fn digits(language: &str, text: &str) -> Vec<String> {
    let piece = |key: char| match key {
        '0'..='9' => Some(format!("digits/{key}")),
        '*' => Some("digits/star".to_owned()),
        '#' => Some("digits/hash".to_owned()),
        _ => None,
    };
    files(language, text.chars().filter_map(piece))
}

/// A whole number, as in "two hundred forty one"; past [`GREATEST`] digit by digit.
pub fn number(language: &str, n: u64) -> Vec<String> {
    number_before(language, i64::try_from(n).unwrap_or(i64::MAX), None)
}

/// A whole number as it stands before a noun of this gender.
pub fn number_before(language: &str, n: i64, gender: Option<Gender>) -> Vec<String> {
    let (size, is_below_zero) = (n.unsigned_abs(), n < 0);
    said(language, |grammar, words| {
        words.extend(is_below_zero.then(|| "numbers/minus".to_owned()));
        match size <= GREATEST {
            true => grammar.number(size, gender, words),
            false => words.extend(size.to_string().chars().map(|digit| format!("digits/{digit}"))),
        }
    })
}

/// "December twenty fourth, twenty twenty six".
pub fn date(language: &str, day: Day) -> Vec<String> {
    said(language, |grammar, words| {
        grammar.day(day.month, day.day, words);
        if let Some(year) = day.year {
            grammar.year(year, words);
        }
    })
}

/// "Six oh five p m".
pub fn time(language: &str, hour: u8, minute: u8) -> Vec<String> {
    said(language, |grammar, words| grammar.time(hour, minute, words))
}

/// "Twelve euros and fifty cents".
pub fn money(language: &str, sum: Sum) -> Vec<String> {
    let (major, minor) = sum.currency.nouns();
    said(language, |grammar, words| {
        words.extend(sum.is_below_zero.then(|| "numbers/minus".to_owned()));
        if sum.major > 0 || sum.minor == 0 {
            grammar.counted(sum.major, major, words);
        }
        if sum.major > 0 && sum.minor > 0 {
            words.push("counted/and".into());
        }
        if sum.minor > 0 {
            grammar.counted(sum.minor.into(), minor, words);
        }
    })
}

/// "You are number seven in the queue."
pub fn position(language: &str, position: u32) -> Vec<String> {
    said(language, |grammar, words| {
        let (before, after) = grammar.around_position();
        words.push(before.into());
        grammar.number(position.into(), None, words);
        words.extend(after.map(str::to_owned));
    })
}

/// "You will be served in about five minutes." The longer the wait, the rounder the number.
pub fn wait(language: &str, wait: Duration) -> Vec<String> {
    said(language, |grammar, words| match (wait.as_secs() + 30) / 60 {
        _ if wait < Duration::from_secs(60) => words.push("queue/wait-is-short".into()),
        minutes @ ..=10 => about(grammar, minutes, words),
        minutes @ ..=62 => about(grammar, (minutes + 2) / 5 * 5, words),
        _ => words.push("queue/wait-is-long".into()),
    })
}

fn about(grammar: &dyn Grammar, minutes: u64, words: &mut Words) {
    words.push("queue/wait-is-about".into());
    grammar.counted(minutes, Noun::Minute, words);
}

/// Every piece that [`digits`] may name.
pub fn pieces_of_digits(language: &str) -> Vec<String> {
    digits(language, "0123456789*#")
}

/// Every piece that [`number`] may name.
pub fn pieces_of_numbers(language: &str) -> Vec<String> {
    let minus = "numbers/minus".to_owned();
    let numbers = grammar(language).pieces_of_numbers().into_iter().chain([minus]);
    files(language, numbers).into_iter().chain(pieces_of_digits(language)).collect()
}

/// Every piece that [`date`] may name.
pub fn pieces_of_dates(language: &str) -> Vec<String> {
    let days = (1..=31).map(|day| format!("dates/day-{day}"));
    let months = (1..=12).map(|month| format!("dates/month-{month}"));
    files(language, days.chain(months)).into_iter().chain(pieces_of_times(language)).collect()
}

/// Every piece that [`time`] may name.
pub fn pieces_of_times(language: &str) -> Vec<String> {
    let grammar = grammar(language);
    let own = grammar.pieces_of_times().iter().map(|piece| (*piece).to_owned());
    let counted = [Noun::Hour, Noun::Minute].into_iter().flat_map(|noun| forms(grammar, noun));
    files(language, own.chain(counted)).into_iter().chain(pieces_of_numbers(language)).collect()
}

/// Every piece that [`money`] may name for a sum of one of these currencies.
pub fn pieces_of_money(language: &str, currencies: &[Currency]) -> Vec<String> {
    let grammar = grammar(language);
    let nouns = currencies.iter().map(|currency| currency.nouns());
    let nouns = nouns.flat_map(|(major, minor)| [major, minor]);
    let counted = nouns.flat_map(|noun| forms(grammar, noun)).chain(["counted/and".to_owned()]);
    files(language, counted).into_iter().chain(pieces_of_numbers(language)).collect()
}

/// Every piece that [`position`] may name.
pub fn pieces_of_positions(language: &str) -> Vec<String> {
    let mut pieces = pieces_of_numbers(language);
    pieces.extend(position(language, 1));
    pieces
}

/// Every piece that [`wait`] may name.
pub fn pieces_of_waits(language: &str) -> Vec<String> {
    let queue = ["short", "about", "long"].map(|wait| format!("queue/wait-is-{wait}"));
    let minutes = forms(grammar(language), Noun::Minute);
    files(language, queue.into_iter().chain(minutes)).into_iter().chain(pieces_of_numbers(language)).collect()
}

fn forms(grammar: &dyn Grammar, noun: Noun) -> impl Iterator<Item = String> {
    grammar.forms().iter().map(move |form| noun.piece(form))
}
