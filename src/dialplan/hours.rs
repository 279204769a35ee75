//! Opening hours: a week, holidays and exceptions, in a time zone.

use jiff::civil::{Date, DateTime};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::holidays::{Calendar, is_easter};
use super::suggest::{choice, did_you_mean};
use crate::time::UnixMs;

/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// Opening hours. Time zones come from the database built into the program, so that a moment is open
/// or closed on every machine alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hours {
    /// The IANA name of the time zone.
    zone: String,
    weekly: Vec<Weekly>,
    holidays: Vec<Dates>,
    exceptions: Vec<Exception>,
}

/// What a moment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Within the hours.
    Open,
    /// Outside of them.
    Closed,
    /// A holiday, whatever the hours of its weekday.
    Holiday,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Weekly {
    /// Days of the week from Monday, 0 to 6.
    days: Vec<u8>,
    times: Vec<Times>,
}

/// Dates that are not like their weekday.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Exception {
    dates: Dates,
    /// Closed if empty.
    times: Vec<Times>,
}

/// A stretch of a day in minutes since midnight; past midnight if `to` is not after `from`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Times {
    from: u16,
    to: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Dates {
    /// Every year: month and day of the first and the last.
    Yearly((i8, i8), (i8, i8)),
    Once(Date, Date),
    /// So many days after Easter Sunday.
    Easter(i16),
    /// The public holidays of a country.
    Public(Calendar),
}

/// True if the IANA list has this time zone.
pub(super) fn is_zone(name: &str) -> bool {
    zone(name).is_some()
}

/// The time zone that was probably meant.
pub(super) fn closest_zone(name: &str) -> Option<String> {
    let names: Vec<String> =
        TimeZoneDatabase::bundled().available().map(|name| name.as_str().to_owned()).collect();
    did_you_mean(name, names.iter().map(String::as_str)).map(str::to_owned)
}

fn zone(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok()
}

impl Hours {
    /// Closed at all times, until something is added.
    pub fn new(zone: &str) -> Self {
        Self { zone: zone.to_owned(), weekly: Vec::new(), holidays: Vec::new(), exceptions: Vec::new() }
    }

    /// Hours of these lines, as [`add_weekly`](Self::add_weekly) takes them, and no holidays.
    ///
    /// # Errors
    /// A line is not understood, or none of them ever opens; in words.
    pub fn of_week(zone: &str, lines: &[String]) -> Result<Self, String> {
        let mut hours = Self::new(zone);
        for line in lines {
            hours.add_weekly(line).map_err(|why| format!("`{line}`: {why}"))?;
        }
        hours.ever_open().then_some(hours).ok_or_else(|| "these hours never open".to_owned())
    }

    /// Adds `Mon-Fri 08:00-12:00 13:00-17:00`; several lines for a day add up.
    pub fn add_weekly(&mut self, text: &str) -> Result<(), String> {
        let (days, times) = text.trim().split_once(char::is_whitespace).ok_or("days and times are wanted")?;
        self.weekly.push(Weekly { days: parse_days(days)?, times: parse_times(times)? });
        Ok(())
    }

    /// Adds a holiday: `12-24` every year, `2027-03-26` once, a range `12-24..12-26`, `easter+1`, or
    /// the public holidays of a country: `CZ`.
    pub fn add_holiday(&mut self, text: &str) -> Result<(), String> {
        self.holidays.push(parse_dates(text.trim())?);
        Ok(())
    }

    /// Adds dates with hours of their own: `2026-12-31 08:00-12:00`, or `2026-11-20 closed`.
    pub fn add_exception(&mut self, text: &str) -> Result<(), String> {
        let (dates, times) =
            text.trim().split_once(char::is_whitespace).ok_or("a date and times are wanted")?;
        let times = match times.trim() {
            "closed" => Vec::new(),
            times => parse_times(times)?,
        };
        self.exceptions.push(Exception { dates: parse_dates(dates)?, times });
        Ok(())
    }

    /// Whether any day is a holiday.
    pub fn has_holidays(&self) -> bool {
        !self.holidays.is_empty()
    }

    /// Has the same holidays as `other`.
    pub fn take_holidays(&mut self, other: &Hours) {
        self.holidays.clone_from(&other.holidays);
    }

    /// Has the same exceptions as `other`.
    pub fn take_exceptions(&mut self, other: &Hours) {
        self.exceptions.clone_from(&other.exceptions);
    }

    /// Whether some day of the years to come has hours. Weekdays and dates fall alike every 28 years.
    pub fn ever_open(&self) -> bool {
        let days = Date::constant(2024, 1, 1).series(1.day()).take(28 * 366);
        days.into_iter().any(|date| self.times(date).next().is_some())
    }

    /// What this moment is. An exception rules over a holiday, and a holiday over the week. Hours
    /// that began yesterday and go past midnight count.
    pub fn opening(&self, at: UnixMs) -> Opening {
        let Some((zone, moment)) = zone(&self.zone).zip(Timestamp::from_millisecond(at.0).ok()) else {
            return Opening::Closed;
        };
        let local: DateTime = zone.to_datetime(moment);
        let minute = local.hour() as u16 * 60 + local.minute() as u16;
        let yesterday = local.date().checked_sub(1.day()).ok();
        let is_open = self.times(local.date()).any(|times| times.covers(minute))
            || yesterday.is_some_and(|date| self.times(date).any(|times| times.covers_next_day(minute)));
        match is_open {
            true => Opening::Open,
            false if self.is_holiday(local.date()) => Opening::Holiday,
            false => Opening::Closed,
        }
    }

    /// The week as a person reads it, a line for each stretch of days; then how many dates differ.
    pub fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.weekly.iter().map(Weekly::words).collect();
        let count = |count: usize, one: &str| match count {
            0 => String::new(),
            1 => format!("1 {one}"),
            many => format!("{many} {one}s"),
        };
        let public = self.holidays.iter().filter_map(|dates| match dates {
            Dates::Public(calendar) => Some(format!("holidays of {}", calendar.code())),
            _ => None,
        });
        let public: Vec<String> = public.collect();
        let others = self.holidays.len() - public.len();
        let dates = [count(others, "holiday"), count(self.exceptions.len(), "exception")];
        let dates =
            public.into_iter().chain(dates).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ");
        lines.extend([dates, self.zone.clone()]);
        lines
    }

    fn is_holiday(&self, date: Date) -> bool {
        self.holidays.iter().any(|dates| dates.contain(date)) && self.exception(date).is_none()
    }

    fn exception(&self, date: Date) -> Option<&Exception> {
        self.exceptions.iter().find(|exception| exception.dates.contain(date))
    }

    /// The hours of this date.
    fn times(&self, date: Date) -> impl Iterator<Item = &Times> {
        let exception = self.exception(date);
        let weekday = date.weekday().to_monday_zero_offset().unsigned_abs();
        let week = match exception.is_none() && !self.is_holiday(date) {
            true => self.weekly.as_slice(),
            false => &[],
        };
        let week =
            week.iter().filter(move |weekly| weekly.days.contains(&weekday)).flat_map(|weekly| &weekly.times);
        exception.into_iter().flat_map(|exception| &exception.times).chain(week)
    }
}

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

impl Weekly {
    fn words(&self) -> String {
        let times: Vec<String> = self.times.iter().map(|times| times.words()).collect();
        format!("{} {}", stretches(&self.days), times.join(" "))
    }
}

/// Days of the week as they are written: `Mon-Fri,Sun`.
fn stretches(days: &[u8]) -> String {
    let short = |day: usize| &DAYS[day % 7][..3];
    let has = |day: usize| days.iter().any(|known| usize::from(*known) == day);
    let mut texts = Vec::new();
    let mut day = 0;
    while day < 7 {
        let last = (day..7).take_while(|day| has(*day)).last();
        match last {
            Some(last) if last == day => texts.push(short(day).to_owned()),
            Some(last) => texts.push(format!("{}-{}", short(day), short(last))),
            None => {}
        }
        day = last.unwrap_or(day) + 1;
    }
    texts.join(",")
}

impl Times {
    fn words(self) -> String {
        let time = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        format!("{}-{}", time(self.from), time(self.to))
    }

    fn covers(self, minute: u16) -> bool {
        self.from <= minute && (minute < self.to || self.goes_past_midnight())
    }

    fn covers_next_day(self, minute: u16) -> bool {
        self.goes_past_midnight() && minute < self.to
    }

    fn goes_past_midnight(self) -> bool {
        self.to <= self.from
    }
}

impl Dates {
    fn contain(&self, date: Date) -> bool {
        match self {
            Dates::Once(first, last) => (first..=last).contains(&&date),
            Dates::Easter(days) => is_easter(date, *days),
            Dates::Public(calendar) => calendar.contains(date),
            Dates::Yearly(first, last) => {
                let day = (date.month(), date.day());
                match first <= last {
                    true => *first <= day && day <= *last,
                    false => *first <= day || day <= *last,
                }
            }
        }
    }
}

fn parse_days(text: &str) -> Result<Vec<u8>, String> {
    let mut days = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (parse_day(first)?, parse_day(last)?);
        days.extend((0..7).map(|day| (first + day) % 7).take((last + 7 - first) as usize % 7 + 1));
    }
    Ok(days)
}

/// A day of the week from Monday: `Mon` or `Monday`.
fn parse_day(text: &str) -> Result<u8, String> {
    let lower = text.to_lowercase();
    let found = (0..7).zip(DAYS.map(str::to_lowercase)).find(|(_, day)| lower == *day || lower == day[..3]);
    found
        .map(|(day, _)| day)
        .ok_or_else(|| format!("`{text}` is no day of the week (Mon, Tue, Wed, Thu, Fri, Sat, Sun)"))
}

fn parse_times(text: &str) -> Result<Vec<Times>, String> {
    let parts = text.split([',', ' ']).filter(|part| !part.is_empty());
    let times: Vec<Times> = parts.map(parse_stretch).collect::<Result<_, _>>()?;
    if times.is_empty() { Err("times are wanted".into()) } else { Ok(times) }
}

fn parse_stretch(text: &str) -> Result<Times, String> {
    let (from, to) = text.split_once('-').ok_or_else(|| format!("`{text}` is not like 08:00-17:00"))?;
    let (from, to) = (parse_time(from)?, parse_time(to)?);
    if from == to || from == DAY {
        return Err(format!("`{text}` is no stretch of time (the whole day is 00:00-24:00)"));
    }
    Ok(Times { from, to })
}

/// A time of day in minutes since midnight.
fn parse_time(text: &str) -> Result<u16, String> {
    let two = |text: &str| match text.len() == 2 && text.bytes().all(|digit| digit.is_ascii_digit()) {
        true => text.parse::<u16>().ok(),
        false => None,
    };
    let read = text.split_once(':').and_then(|(hour, minute)| two(hour).zip(two(minute)));
    match read {
        Some((hour, minute)) if minute < 60 && hour * 60 + minute <= DAY => Ok(hour * 60 + minute),
        _ => Err(format!("`{text}` is no time of day (00:00 to 24:00)")),
    }
}

fn parse_dates(text: &str) -> Result<Dates, String> {
    if let Some(calendar) = Calendar::of(text) {
        return Ok(Dates::Public(calendar));
    }
    if let Some(days) = text.strip_prefix("easter") {
        return easter_day(days)
            .ok_or_else(|| format!("`{text}` is no day around Easter (easter-2, easter+1)"));
    }
    if text.starts_with(|first: char| first.is_ascii_uppercase()) {
        let help = choice(text, Calendar::codes());
        return Err(format!("no public holidays are known of `{text}`: {help}"));
    }
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let wrong = || format!("`{text}` is no date (12-24, 2026-12-24, a range 12-24..12-26, easter+1, or CZ)");
    match (first.parse::<Date>(), last.parse::<Date>()) {
        (Ok(first), Ok(last)) if first <= last => Ok(Dates::Once(first, last)),
        (Ok(_), Ok(_)) => Err(format!("`{text}` ends before it begins")),
        (Err(_), Err(_)) => {
            yearly(first).zip(yearly(last)).map(|(a, b)| Dates::Yearly(a, b)).ok_or_else(wrong)
        }
        _ => Err(wrong()),
    }
}

/// `+1`, `-2`, or nothing for Easter Sunday itself.
fn easter_day(days: &str) -> Option<Dates> {
    if days.is_empty() {
        return Some(Dates::Easter(0));
    }
    let days: i16 = days.starts_with(['+', '-']).then(|| days.parse().ok())??;
    (-100..=200).contains(&days).then_some(Dates::Easter(days))
}

/// A month and a day; the 29th of February is one.
fn yearly(text: &str) -> Option<(i8, i8)> {
    let date: Date = format!("2024-{text}").parse().ok()?;
    (text.len() == 5).then_some((date.month(), date.day()))
}

#[cfg(test)]
#[path = "hours_tests.rs"]
mod tests;
