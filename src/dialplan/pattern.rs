//! What a value is compared with: `"+420*"`, `"100..199"`, `"> 5"`, `"not cs"`.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::DeValue;

use super::fields::Fields;

/// What a person calls a value that is not there.
const NOTHING: &str = "empty";
/// The notation in one sentence, for help.
const NOTATION: &str = "write a text in which `*` stands for anything and `?` for one character, a number, \"100..199\", \
     \"> 5\" (or >=, <, <=), \"not …\", or a list of these";

/// The digits of the greatest number of people.
const MOST_DIGITS: usize = 10;

/// One or several patterns, of which one has to fit; or one that must not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Test {
    not: bool,
    any: Vec<Pattern>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Pattern {
    /// `*` stands for anything, `?` for one character.
    Text(String),
    /// A number between two others, both included.
    Between(f64, f64),
    Compare(Than, f64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Than {
    More,
    MoreOrSame,
    Less,
    LessOrSame,
}

impl Than {
    /// The longer signs first, since each begins with a shorter one.
    const SIGNS: &[(&'static str, Than)] =
        &[(">=", Than::MoreOrSame), ("<=", Than::LessOrSame), (">", Than::More), ("<", Than::Less)];
}

impl Test {
    /// True for a value that is this number.
    pub fn number(number: u32) -> Self {
        Self { not: false, any: vec![Pattern::Between(number.into(), number.into())] }
    }

    /// Reads a text, a number, or a list of them.
    pub fn read(fields: &mut Fields, key: &str, value: &Spanned<DeValue<'_>>) -> Option<Self> {
        match value.get_ref() {
            DeValue::Array(list) if !list.is_empty() => {
                let any = list.iter().map(|value| one(fields, key, value)).collect::<Option<Vec<_>>>()?;
                if any.iter().any(|test| test.not) {
                    let what = "`not` stands alone: of several that must not fit, one would always do";
                    fields.scope.error(
                        value.span(),
                        what,
                        "not in a list",
                        "lead these away in branches before",
                    );
                    return None;
                }
                Some(Self { not: false, any: any.into_iter().flat_map(|test| test.any).collect() })
            }
            _ => one(fields, key, value),
        }
    }

    /// Reads what a number of people is compared with.
    pub fn read_count(fields: &mut Fields, key: &str, value: &Spanned<DeValue<'_>>) -> Option<Self> {
        let test = Self::read(fields, key, value)?;
        if let Some(hopeless) = test.out_of_reach(1, MOST_DIGITS) {
            let what = format!("`{key}` is a number, and never {hopeless}");
            let help = format!("write `{key} = 0`, or a comparison, as in `{key} = \"> 2\"`");
            fields.scope.error(value.span(), what, "no number is that", help);
            return None;
        }
        Some(test)
    }

    /// In words, with this word for a value that is not there.
    pub fn words(&self, nothing: &str) -> String {
        let is_nothing = |pattern: &Pattern| matches!(pattern, Pattern::Text(text) if text.is_empty());
        let word = |pattern| if is_nothing(pattern) { nothing.to_owned() } else { pattern.to_string() };
        let any: Vec<String> = self.any.iter().map(word).collect();
        format!("{}{}", if self.not { "not " } else { "" }, any.join(" or "))
    }

    /// Whether it holds for this value.
    pub fn holds(&self, value: &str) -> bool {
        self.any.iter().any(|pattern| pattern.holds(value)) != self.not
    }

    /// The patterns that no text of `least` to `most` characters, all of them digits, can fit.
    pub fn out_of_reach(&self, least: usize, most: usize) -> Option<String> {
        let hopeless = self.any.iter().find(|pattern| !pattern.fits_digits(least, most))?;
        Some(hopeless.to_string())
    }
}

fn one(fields: &mut Fields, key: &str, value: &Spanned<DeValue<'_>>) -> Option<Test> {
    let read = match value.get_ref() {
        DeValue::String(text) => match text.strip_prefix("not ") {
            Some(rest) => Pattern::read(rest.trim()).map(|pattern| Test { not: true, any: vec![pattern] }),
            None => Pattern::read(text).map(|pattern| Test { not: false, any: vec![pattern] }),
        },
        DeValue::Integer(_) | DeValue::Float(_) => number(fields.scope.written(value.span()))
            .map(|number| Test { not: false, any: vec![Pattern::Between(number, number)] }),
        _ => None,
    };
    if read.is_none() {
        unreadable(fields, key, value.span());
    }
    read
}

fn unreadable(fields: &mut Fields, key: &str, span: Range<usize>) {
    let what = format!("`{key}` cannot be compared with this");
    fields.scope.error(span, what, "not a pattern", NOTATION);
}

/// A number as a person writes it.
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte));
    text.parse().ok().filter(|number: &f64| plain && number.is_finite())
}

impl Pattern {
    fn read(text: &str) -> Option<Self> {
        for (sign, than) in Than::SIGNS {
            if let Some(rest) = text.strip_prefix(sign) {
                return number(rest).map(|bound| Pattern::Compare(*than, bound));
            }
        }
        if let Some((low, high)) = text.split_once("..").filter(|(low, _)| number(low).is_some()) {
            let (low, high) = number(low).zip(number(high))?;
            return (low <= high).then_some(Pattern::Between(low, high));
        }
        Some(Pattern::Text(text.to_owned()))
    }

    fn holds(&self, value: &str) -> bool {
        match self {
            Pattern::Text(pattern) => fits(pattern, value),
            Pattern::Between(low, high) => number(value).is_some_and(|value| *low <= value && value <= *high),
            Pattern::Compare(than, bound) => number(value).is_some_and(|value| match than {
                Than::More => value > *bound,
                Than::MoreOrSame => value >= *bound,
                Than::Less => value < *bound,
                Than::LessOrSame => value <= *bound,
            }),
        }
    }

    fn fits_digits(&self, least: usize, most: usize) -> bool {
        let greatest = 10_f64.powi(i32::try_from(most).unwrap_or(i32::MAX)) - 1.0;
        match self {
            Pattern::Text(text) => {
                let fixed = text.chars().filter(|c| *c != '*').count();
                let digits = text.chars().all(|c| c.is_ascii_digit() || "*?".contains(c));
                digits && fixed <= most && (fixed >= least || text.contains('*'))
            }
            Pattern::Between(low, high) => *low <= greatest && *high >= 0.0,
            Pattern::Compare(Than::More, bound) => *bound < greatest,
            Pattern::Compare(Than::MoreOrSame, bound) => *bound <= greatest,
            Pattern::Compare(Than::Less, bound) => *bound > 0.0,
            Pattern::Compare(Than::LessOrSame, bound) => *bound >= 0.0,
        }
    }
}

/// Whether `value` is `pattern`, with `*` for anything and `?` for one character.
fn fits(pattern: &str, value: &str) -> bool {
    let (pattern, value): (Vec<char>, Vec<char>) = (pattern.chars().collect(), value.chars().collect());
    let (mut p, mut v) = (0, 0);
    // Where the last `*` stands, and how much of the value it has taken so far.
    let mut star: Option<(usize, usize)> = None;
    while v < value.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, v));
                p += 1;
            }
            Some(c) if *c == '?' || *c == value[v] => (p, v) = (p + 1, v + 1),
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    (p, v) = (at + 1, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pattern::Text(text) if text.is_empty() => f.write_str(NOTHING),
            Pattern::Text(text) => f.write_str(text),
            Pattern::Between(low, high) if low == high => write!(f, "{low}"),
            Pattern::Between(low, high) => write!(f, "{low}..{high}"),
            Pattern::Compare(than, bound) => {
                let sign = Than::SIGNS.iter().find(|(_, known)| known == than);
                write!(f, "{} {bound}", sign.map_or("", |(sign, _)| sign))
            }
        }
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words(NOTHING))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(pattern: &str, value: &str) -> bool {
        Pattern::read(pattern).unwrap().holds(value)
    }

    #[test]
    fn a_star_stands_for_anything_and_a_question_mark_for_one_character() {
        for (pattern, yes, no) in [
            ("+420*", "+420777123456", "+421777123456"),
            ("*99", "199", "990"),
            ("4?7", "407", "4007"),
            ("a*b*c", "a-b-b-c", "a-c-b"),
            ("", "", "x"),
            ("*", "", "\u{0}never"),
        ] {
            assert!(holds(pattern, yes), "{pattern} {yes}");
            assert!(pattern == "*" || !holds(pattern, no), "{pattern} {no}");
        }
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        for (pattern, yes, no) in [
            ("> 5", "10", "5"),
            (">=5", "5", "4.9"),
            ("< 5", "4", "5"),
            ("<= 5", "05", "6"),
            ("100..199", "150", "200"),
            ("-1..1", "0", "2"),
        ] {
            assert!(holds(pattern, yes), "{pattern} {yes}");
            assert!(!holds(pattern, no), "{pattern} {no}");
            assert!(!holds(pattern, "many") && !holds(pattern, "") && !holds(pattern, "inf"));
        }
    }

    #[test]
    fn a_comparison_without_a_number_is_none() {
        for text in [">", "> many", "5..4", "5..x", "<= "] {
            assert_eq!(Pattern::read(text), None, "{text}");
        }
        assert_eq!(Pattern::read("a..b"), Some(Pattern::Text("a..b".into())));
    }

    #[test]
    fn what_can_never_be_typed_is_known() {
        let fits = |pattern: &str, least, most| Pattern::read(pattern).unwrap().fits_digits(least, most);
        assert!(fits("4711", 4, 4) && !fits("4711", 5, 6) && !fits("4711", 1, 3));
        assert!(fits("47*", 4, 4) && !fits("47*", 1, 1) && !fits("47#", 3, 3));
        assert!(fits("100..200", 3, 3) && !fits("100..200", 1, 2));
        assert!(!fits("> 99", 1, 2) && fits("> 98", 1, 2) && !fits("< 0", 1, 2));
    }
}
