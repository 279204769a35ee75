//! English, as it is spoken in America: "one hundred twenty one", "December twenty fourth", "six oh five p m".

use super::{Gender, Grammar, Noun, Words};

pub struct English;

impl Grammar for English {
    fn number(&self, n: u64, _: Option<Gender>, words: &mut Words) {
        let (millions, thousands, rest) = (n / 1_000_000, n / 1_000 % 1_000, n % 1_000);
        for (count, word) in [(millions, "million"), (thousands, "thousand")] {
            if count > 0 {
                below_thousand(count, words);
                words.push(format!("numbers/{word}"));
            }
        }
        if rest > 0 || n == 0 {
            below_thousand(rest, words);
        }
    }

    fn pieces_of_numbers(&self) -> Words {
        let small = (0..=20).chain((30..=90).step_by(10)).map(|n: u64| n.to_string());
        let large = ["hundred", "thousand", "million"].map(str::to_owned);
        small.chain(large).map(|piece| format!("numbers/{piece}")).collect()
    }

    /// In two halves, except where the century is followed by less than ten: "two thousand five".
    fn year(&self, year: u16, words: &mut Words) {
        let (century, rest) = (u64::from(year / 100), u64::from(year % 100));
        if century < 10 || (century.is_multiple_of(10) && rest < 10) {
            return self.number(year.into(), None, words);
        }
        below_thousand(century, words);
        match rest {
            0 => words.push("numbers/hundred".into()),
            rest => two_digits(rest, words),
        }
    }

    fn day(&self, month: u8, day: u8, words: &mut Words) {
        words.extend([format!("dates/month-{month}"), format!("dates/day-{day}")]);
    }

    fn time(&self, hour: u8, minute: u8, words: &mut Words) {
        match (hour, minute) {
            (0, 0) => return words.push("times/midnight".into()),
            (12, 0) => return words.push("times/noon".into()),
            _ => {}
        }
        below_thousand(((hour + 11) % 12 + 1).into(), words);
        if minute > 0 {
            two_digits(minute.into(), words);
        }
        words.push(if hour < 12 { "times/am" } else { "times/pm" }.into());
    }

    fn pieces_of_times(&self) -> &'static [&'static str] {
        &["numbers/oh", "times/am", "times/pm", "times/noon", "times/midnight"]
    }

    fn gender(&self, _: Noun) -> Gender {
        Gender::Neuter
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

/// "Oh five", "twenty six".
fn two_digits(n: u64, words: &mut Words) {
    if n < 10 {
        words.push("numbers/oh".into());
    }
    below_thousand(n, words);
}

fn below_thousand(n: u64, words: &mut Words) {
    if n >= 100 {
        words.extend([format!("numbers/{}", n / 100), "numbers/hundred".to_owned()]);
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
