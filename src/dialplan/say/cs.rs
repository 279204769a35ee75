//! Czech: nouns have three forms after numbers, and one and two agree with the gender of what is counted.
//!
//! After a number put together of tens and ones, the noun stands in the genitive plural and the number as in
//! counting ("dvacet jedna korun", "dvacet dva korun"): of the forms in use, the one that fits every noun.

use super::{Gender, Grammar, Noun, Words};

pub struct Czech;

impl Grammar for Czech {
    fn number(&self, n: u64, before: Option<Gender>, words: &mut Words) {
        let (millions, thousands, rest) = (n / 1_000_000, n / 1_000 % 1_000, n % 1_000);
        if millions > 0 {
            self.many(millions, "million", "other", words);
        }
        if thousands > 0 {
            self.many(thousands, "thousand", "one", words);
        }
        match (n, before) {
            (1, Some(Gender::Masculine)) => words.push("numbers/1-masculine".into()),
            (1, Some(Gender::Neuter)) => words.push("numbers/1-neuter".into()),
            (2, Some(Gender::Feminine | Gender::Neuter)) => words.push("numbers/2-feminine".into()),
            _ if rest > 0 || n == 0 => below_thousand(rest, words),
            _ => {}
        }
    }

    fn pieces_of_numbers(&self) -> Words {
        let small = (0..=20).chain((30..=90).step_by(10)).chain((100..=900).step_by(100));
        let others = ["1-masculine", "1-neuter", "2-feminine", "thousand-one", "thousand-few"];
        let millions = ["million-one", "million-few", "million-other"];
        let others = others.into_iter().chain(millions).map(str::to_owned);
        small.map(|n: u64| n.to_string()).chain(others).map(|piece| format!("numbers/{piece}")).collect()
    }

    /// Hundreds up to 1999 ("devatenáct set devadesát devět"), then thousands.
    fn year(&self, year: u16, words: &mut Words) {
        let (century, rest) = (u64::from(year / 100), u64::from(year % 100));
        if !(11..20).contains(&century) {
            return self.number(year.into(), None, words);
        }
        below_thousand(century, words);
        words.push("numbers/hundreds".into());
        if rest > 0 {
            below_thousand(rest, words);
        }
    }

    fn time(&self, hour: u8, minute: u8, words: &mut Words) {
        self.counted(hour.into(), Noun::Hour, words);
        if minute > 0 {
            self.counted(minute.into(), Noun::Minute, words);
        }
    }

    fn pieces_of_times(&self) -> &'static [&'static str] {
        &["numbers/hundreds"]
    }

    fn gender(&self, noun: Noun) -> Gender {
        match noun {
            Noun::Hour | Noun::Minute | Noun::Crown | Noun::Pound | Noun::Penny => Gender::Feminine,
            Noun::Cent | Noun::Heller | Noun::Dollar => Gender::Masculine,
            Noun::Euro => Gender::Neuter,
        }
    }

    fn form(&self, n: u64) -> &'static str {
        match n {
            1 => "one",
            2..=4 => "few",
            _ => "other",
        }
    }

    fn forms(&self) -> &'static [&'static str] {
        &["one", "few", "other"]
    }

    fn around_position(&self) -> (&'static str, Option<&'static str>) {
        ("queue/you-are-number", None)
    }
}

impl Czech {
    /// "Tisíc", "dva tisíce", "pět tisíc": one is not said, and `other` is the form past four.
    fn many(&self, count: u64, word: &str, other: &str, words: &mut Words) {
        if count > 1 {
            below_thousand(count, words);
        }
        let form = match self.form(count) {
            "other" => other,
            form => form,
        };
        words.push(format!("numbers/{word}-{form}"));
    }
}

fn below_thousand(n: u64, words: &mut Words) {
    if n >= 100 {
        words.push(format!("numbers/{}", n / 100 * 100));
    }
    match n % 100 {
        0 if n >= 100 => {}
        small @ 0..=20 => words.push(format!("numbers/{small}")),
        n => {
            words.push(format!("numbers/{}", n / 10 * 10));
            if n % 10 > 0 {
                words.push(format!("numbers/{}", n % 10));
            }
        }
    }
}
