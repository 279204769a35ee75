//! German: a number below a hundred is one word ("einundzwanzig"), and so one recording.

use super::{Gender, Grammar, Noun, Words};

pub struct German;

impl Grammar for German {
    fn number(&self, n: u64, before: Option<Gender>, words: &mut Words) {
        let (millions, thousands, rest) = (n / 1_000_000, n / 1_000 % 1_000, n % 1_000);
        if millions > 0 {
            below_thousand(millions, Some(Gender::Feminine), words);
            words.push(format!("numbers/million-{}", self.form(millions)));
        }
        if thousands > 0 {
            below_thousand(thousands, Some(Gender::Masculine), words);
            words.push("numbers/thousand".into());
        }
        if rest > 0 || n == 0 {
            below_thousand(rest, before, words);
        }
    }

    fn pieces_of_numbers(&self) -> Words {
        let small = (0..100).chain((100..=900).step_by(100)).map(|n: u64| n.to_string());
        let others = ["1-masculine", "1-feminine", "thousand", "million-one", "million-other"];
        let others = others.map(str::to_owned);
        small.chain(others).map(|piece| format!("numbers/{piece}")).collect()
    }

    /// Hundreds up to 1999 ("neunzehnhundertneunundneunzig"), then thousands.
    fn year(&self, year: u16, words: &mut Words) {
        let (century, rest) = (u64::from(year / 100), u64::from(year % 100));
        if !(11..20).contains(&century) {
            return self.number(year.into(), None, words);
        }
        below_thousand(century, None, words);
        words.push("numbers/hundred".into());
        if rest > 0 {
            below_thousand(rest, None, words);
        }
    }

    fn time(&self, hour: u8, minute: u8, words: &mut Words) {
        self.number(hour.into(), Some(Gender::Masculine), words);
        words.push("times/clock".into());
        if minute > 0 {
            self.number(minute.into(), None, words);
        }
    }

    fn pieces_of_times(&self) -> &'static [&'static str] {
        &["numbers/hundred", "times/clock"]
    }

    fn gender(&self, noun: Noun) -> Gender {
        match noun {
            Noun::Hour | Noun::Minute | Noun::Crown => Gender::Feminine,
            Noun::Euro | Noun::Cent | Noun::Heller | Noun::Dollar | Noun::Penny => Gender::Masculine,
            Noun::Pound => Gender::Neuter,
        }
    }

    fn form(&self, n: u64) -> &'static str {
        if n == 1 { "one" } else { "other" }
    }

    fn forms(&self) -> &'static [&'static str] {
        &["one", "other"]
    }

    fn around_position(&self) -> (&'static str, Option<&'static str>) {
        ("queue/you-are-number", Some("queue/in-the-queue"))
    }
}

/// A one at the end agrees with what follows: "ein Euro", "eine Krone", "einhundertein Euro".
fn below_thousand(n: u64, before: Option<Gender>, words: &mut Words) {
    if n >= 100 {
        words.push(format!("numbers/{}", n / 100 * 100));
    }
    match (n % 100, before) {
        (0, _) if n >= 100 => {}
        (1, Some(Gender::Feminine)) => words.push("numbers/1-feminine".into()),
        (1, Some(Gender::Masculine | Gender::Neuter)) => words.push("numbers/1-masculine".into()),
        (small, _) => words.push(format!("numbers/{small}")),
    }
}
