//! Opening hours as administrators write them.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Dates, Day, Exception, Hours, Segment, Span};

/// Why opening hours cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// No such place.
    #[error("no time zone is called {0:?}; write one such as Europe/Prague")]
    Zone(String),
    /// No day, or no range or list of days, of the week.
    #[error("{0:?} is no day of the week; write Mon, Mon-Fri or Sat,Sun")]
    Day(String),
    /// No time, or no range of times.
    #[error("{0:?} is no stretch of time; write 08:00-17:00")]
    Span(String),
    /// No date, or no range of dates.
    #[error("{0:?} is no date; write 2026-12-24, 2026-12-24..2026-12-26 or 12-25")]
    Dates(String),
    /// A part is missing.
    #[error("{0:?} needs days and times, such as Mon-Fri 08:00-17:00")]
    Incomplete(String),
}

/// [`Hours`] in a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    zone: String,
    #[serde(default)]
    weekly: Vec<Segment>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

impl TryFrom<Written> for Hours {
    type Error = HoursError;
    fn try_from(written: Written) -> Result<Self, HoursError> {
        Hours::new(&written.zone, written.weekly, written.exceptions)
    }
}

impl From<Hours> for Written {
    fn from(hours: Hours) -> Self {
        Written { zone: hours.zone_name, weekly: hours.weekly, exceptions: hours.exceptions }
    }
}

impl FromStr for Segment {
    type Err = HoursError;
    fn from_str(text: &str) -> Result<Self, HoursError> {
        let (days, span) = halves(text)?;
        Ok(Segment { days: parse_days(days)?, span: span.parse()? })
    }
}

impl FromStr for Exception {
    type Err = HoursError;
    fn from_str(text: &str) -> Result<Self, HoursError> {
        let (dates, spans) = halves(text)?;
        let spans = match spans.eq_ignore_ascii_case("closed") {
            true => vec![],
            false => spans.split(',').map(str::parse).collect::<Result<_, _>>()?,
        };
        Ok(Exception { dates: dates.parse()?, spans })
    }
}

impl FromStr for Dates {
    type Err = HoursError;
    fn from_str(text: &str) -> Result<Self, HoursError> {
        let wrong = || HoursError::Dates(text.to_owned());
        let date = |text: &str| text.parse::<Date>().map_err(|_| wrong());
        if let Some((first, last)) = text.split_once("..") {
            let (first, last) = (date(first)?, date(last)?);
            return if first <= last { Ok(Dates::Range(first, last)) } else { Err(wrong()) };
        }
        if text.len() == 5 {
            // A leap year, so that 02-29 is a day.
            let date = date(&format!("2024-{text}"))?;
            return Ok(Dates::Yearly(date.month(), date.day()));
        }
        let date = date(text)?;
        Ok(Dates::Range(date, date))
    }
}

impl FromStr for Span {
    type Err = HoursError;
    fn from_str(text: &str) -> Result<Self, HoursError> {
        let wrong = || HoursError::Span(text.to_owned());
        let (from, to) = text.trim().split_once('-').ok_or_else(wrong)?;
        let (from, to) = (minutes(from).ok_or_else(wrong)?, minutes(to).ok_or_else(wrong)?);
        let to = if to == 0 { 1_440 } else { to };
        if from == to || from >= 1_440 { Err(wrong()) } else { Ok(Span { from, to }) }
    }
}

fn halves(text: &str) -> Result<(&str, &str), HoursError> {
    let halves = text.trim().split_once(char::is_whitespace);
    halves.map(|(days, times)| (days, times.trim())).ok_or_else(|| HoursError::Incomplete(text.to_owned()))
}

/// `8:00`, `08:00` or `24:00`.
fn minutes(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let short = |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if !short(hour) || minute.len() != 2 || !short(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (minute < 60 && hour * 60 + minute <= 1_440).then_some(hour * 60 + minute)
}

fn parse_days(text: &str) -> Result<Vec<Day>, HoursError> {
    let mut days = vec![];
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (Day, Day) = (first.parse()?, last.parse()?);
        // The week is a ring: Sat-Mon is three days.
        let from_first = Day::WEEK.iter().cycle().skip_while(|day| **day != first).copied();
        let length = (last as usize + 7 - first as usize) % 7 + 1;
        days.extend(from_first.take(length));
    }
    days.sort_unstable();
    days.dedup();
    Ok(days)
}

impl FromStr for Day {
    type Err = HoursError;
    fn from_str(text: &str) -> Result<Self, HoursError> {
        let named = |day: &&Day| day.to_string().eq_ignore_ascii_case(text);
        Day::WEEK.iter().find(named).copied().ok_or_else(|| HoursError::Day(text.to_owned()))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}-{:02}:{:02}", self.from / 60, self.from % 60, self.to / 60, self.to % 60)
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days: Vec<String> = self.days.iter().map(Day::to_string).collect();
        write!(f, "{} {}", days.join(","), self.span)
    }
}

impl fmt::Display for Dates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Dates::Range(first, last) if first == last => write!(f, "{first}"),
            Dates::Range(first, last) => write!(f, "{first}..{last}"),
            Dates::Yearly(month, day) => write!(f, "{month:02}-{day:02}"),
        }
    }
}

impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let spans: Vec<String> = self.spans.iter().map(Span::to_string).collect();
        write!(f, "{} {}", self.dates, if spans.is_empty() { "closed".to_owned() } else { spans.join(",") })
    }
}

macro_rules! as_text {
    ($($name:ident)*) => {$(
        impl TryFrom<String> for $name {
            type Error = HoursError;
            fn try_from(text: String) -> Result<Self, HoursError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.to_string()
            }
        }
    )*};
}

as_text! { Segment Exception }
