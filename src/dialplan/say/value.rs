//! What a text stands for: a number, a day, a time, a sum of money.

use serde::{Deserialize, Serialize};

use super::{GREATEST, Noun};

/// A day, with or without its year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    pub year: Option<u16>,
    pub month: u8,
    pub day: u8,
}

/// A currency whose sums can be spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Currency {
    Czk,
    Eur,
    Gbp,
    Usd,
}

/// A sum of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
    pub is_below_zero: bool,
    pub major: u64,
    /// Hundredths.
    pub minor: u8,
    pub currency: Currency,
}

impl Currency {
    /// Every currency, by its ISO 4217 code.
    pub const CODES: &[(&'static str, Currency)] =
        &[("CZK", Currency::Czk), ("EUR", Currency::Eur), ("GBP", Currency::Gbp), ("USD", Currency::Usd)];

    /// The currency of this code.
    pub fn of(code: &str) -> Option<Self> {
        let found = Self::CODES.iter().find(|(known, _)| known.eq_ignore_ascii_case(code));
        found.map(|(_, currency)| *currency)
    }

    pub(super) fn nouns(self) -> (Noun, Noun) {
        match self {
            Currency::Czk => (Noun::Crown, Noun::Heller),
            Currency::Eur => (Noun::Euro, Noun::Cent),
            Currency::Gbp => (Noun::Pound, Noun::Penny),
            Currency::Usd => (Noun::Dollar, Noun::Cent),
        }
    }
}

/// A whole number, with or without a sign.
pub fn whole(text: &str) -> Option<i64> {
    text.trim().parse().ok()
}

/// `2026-12-24`, `12-24`, or the day of `2026-12-24T18:05:00Z` as it is written.
pub fn day(text: &str) -> Option<Day> {
    let date = text.trim().split(['T', ' ']).next()?;
    let (year, rest) = match date.len() {
        10 => (Some(u16::try_from(digits(date.get(..4)?)?).ok()?), date.get(4..)?.strip_prefix('-')?),
        5 => (None, date),
        _ => return None,
    };
    let (month, day) = rest.split_once('-')?;
    let (month, day) = (pair(month)?, pair(day)?);
    // Without a year, the 29th of February is a day.
    let leap = i16::try_from(year.unwrap_or(2024)).ok()?;
    jiff::civil::Date::new(leap, month as i8, day as i8).ok()?;
    Some(Day { year, month, day })
}

/// Hour and minute of `18:05`, `18:05:30`, or `2026-12-24T18:05:00Z` as it is written.
pub fn time_of_day(text: &str) -> Option<(u8, u8)> {
    let text = text.trim();
    let time = text.split_once(['T', ' ']).map_or(text, |(_, time)| time);
    let (hour, rest) = time.split_once(':')?;
    let minute = rest.get(..2).filter(|_| !rest[2..].starts_with(|next: char| next.is_ascii_digit()))?;
    let hour = if hour.len() == 1 { digits(hour)? as u8 } else { pair(hour)? };
    Some((hour, pair(minute)?)).filter(|(hour, minute)| *hour < 24 && *minute < 60)
}

/// `1234`, `1234.5`, `1 234,50` or `-0.20`, with or without the code of its currency behind it.
pub fn amount(text: &str, currency: Option<Currency>) -> Option<Sum> {
    let text = text.trim();
    let (number, currency) = match text.rsplit_once(char::is_whitespace) {
        Some((number, code)) if Currency::of(code).is_some() => (number, Currency::of(code)),
        _ => (text, currency),
    };
    let (is_below_zero, number) = match number.strip_prefix(['-', '−']) {
        Some(number) => (true, number),
        None => (false, number),
    };
    let plain: String = number.chars().filter(|c| !c.is_whitespace()).collect();
    let (major, minor) = plain.split_once(['.', ',']).unwrap_or((&plain, "0"));
    let minor = match minor.len() {
        1 => digits(minor)? as u8 * 10,
        _ => pair(minor)?,
    };
    let major = digits(major).filter(|major| *major <= GREATEST)?;
    let is_below_zero = is_below_zero && (major, minor) != (0, 0);
    Some(Sum { is_below_zero, major, minor, currency: currency? })
}

/// A number of two digits.
fn pair(text: &str) -> Option<u8> {
    if text.len() == 2 { digits(text)?.try_into().ok() } else { None }
}

fn digits(text: &str) -> Option<u64> {
    if text.bytes().all(|digit| digit.is_ascii_digit()) { text.parse().ok() } else { None }
}
