//! When a group is open: a week, and the days that differ from it.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Serialize};

use crate::time::UnixMs;

mod text;

pub use text::HoursError;

/// How far ahead the next change is sought, in days: past every yearly holiday.
const LOOK_AHEAD: usize = 370;

/// Opening hours in the wall-clock time of one place.
///
/// In files the weekly segments and exceptions are text: `Mon-Fri 08:00-17:00`,
/// `2026-12-31 08:00-12:00`, `12-25 closed`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "text::Written", into = "text::Written")]
pub struct Hours {
    pub(super) zone_name: String,
    zone: TimeZone,
    pub(super) weekly: Vec<Segment>,
    pub(super) exceptions: Vec<Exception>,
}

/// A stretch of opening on some days of the week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Segment {
    /// The days on which it begins.
    pub days: Vec<Day>,
    /// From when to when.
    pub span: Span,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// Wall-clock time from `from` up to but not including `to`, in minutes after midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// 0 to 1439.
    pub from: u16,
    /// 1 to 1440; not after `from` means that minute of the next day.
    pub to: u16,
}

/// Days that differ from the week: a holiday, or a day with hours of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Exception {
    /// Which days.
    pub dates: Dates,
    /// When they are open; empty for closed.
    pub spans: Vec<Span>,
}

/// The days of an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dates {
    /// From the first to the last of these.
    Range(Date, Date),
    /// This month and day of every year.
    Yearly(i8, i8),
}

impl Hours {
    /// Hours of a place, named as in the IANA time zone database: `Europe/Prague`.
    ///
    /// # Errors
    /// [`HoursError::Zone`] if the database has no such place.
    pub fn new(zone: &str, weekly: Vec<Segment>, exceptions: Vec<Exception>) -> Result<Self, HoursError> {
        // The bundled database: the same answers on every machine, and no file is read.
        let found = TimeZoneDatabase::bundled().get(zone);
        let found = found.map_err(|_| HoursError::Zone(zone.to_owned()))?;
        Ok(Self { zone_name: zone.to_owned(), zone: found, weekly, exceptions })
    }

    /// Whether it is open at this moment.
    pub fn open_at(&self, at: UnixMs) -> bool {
        let Some(local) = self.local(at) else { return false };
        let minute = u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
        let today = self.spans(local.date()).any(|span| span.covers(minute));
        let tonight = || local.date().yesterday().ok();
        today || tonight().is_some_and(|date| self.spans(date).any(|span| span.covers_next_day(minute)))
    }

    /// The exception that rules the day of this moment.
    pub fn exception_at(&self, at: UnixMs) -> Option<&Exception> {
        let date = self.local(at)?.date();
        self.exceptions.iter().find(|exception| exception.dates.contain(date))
    }

    /// When it next opens or closes; None if it stays as it is for a year.
    pub fn next_change(&self, at: UnixMs) -> Option<UnixMs> {
        let open = self.open_at(at);
        let from = self.local(at)?.date().yesterday().ok()?;
        for date in from.series(jiff::Span::new().days(1)).take(LOOK_AHEAD) {
            let mut moments = self.boundaries(date, at);
            moments.sort_unstable();
            if let Some(moment) = moments.into_iter().find(|moment| self.open_at(*moment) != open) {
                return Some(moment);
            }
        }
        None
    }

    /// Moments after `at` when something may change, out of the spans that begin on a date: both
    /// moments where a clock shows the time twice, and the change of the clock itself.
    fn boundaries(&self, date: Date, at: UnixMs) -> Vec<UnixMs> {
        let local = |minute: u16| {
            let date = if minute >= 1_440 { date.tomorrow().ok()? } else { date };
            let minute = i8::try_from(minute % 60).ok().zip(i8::try_from(minute / 60 % 24).ok());
            minute.map(|(minute, hour)| date.at(hour, minute, 0, 0))
        };
        let minutes = self.spans(date).flat_map(|span| [span.from, span.end()]);
        let mut moments: Vec<Timestamp> = vec![];
        for time in minutes.filter_map(local) {
            let ambiguous = || self.zone.to_ambiguous_timestamp(time);
            moments.extend(ambiguous().earlier().into_iter().chain(ambiguous().later()));
        }
        moments.extend(self.clock_change(date));
        moments
            .into_iter()
            .map(|moment| UnixMs(moment.as_millisecond()))
            .filter(|moment| *moment > at)
            .collect()
    }

    /// The moment of this date at which the clock is put forward or back.
    fn clock_change(&self, date: Date) -> Option<Timestamp> {
        let midnight = |date: Date| self.zone.to_timestamp(date.at(0, 0, 0, 0)).ok();
        let change = self.zone.following(midnight(date)?).next()?.timestamp();
        (change <= midnight(date.tomorrow().ok()?)?).then_some(change)
    }

    fn local(&self, at: UnixMs) -> Option<jiff::Zoned> {
        Some(Timestamp::from_millisecond(at.0).ok()?.to_zoned(self.zone.clone()))
    }

    /// The spans that begin on a date: its exceptions', else the week's.
    fn spans(&self, date: Date) -> impl Iterator<Item = Span> {
        let special = self.exceptions.iter().filter(move |exception| exception.dates.contain(date));
        let ordinary = special.clone().next().is_none();
        let day = Day::of(date.weekday());
        let week = self.weekly.iter().filter(move |segment| ordinary && segment.days.contains(&day));
        special.flat_map(|exception| exception.spans.iter().copied()).chain(week.map(|segment| segment.span))
    }
}

impl Span {
    fn past_midnight(self) -> bool {
        self.to <= self.from
    }

    /// Minutes from the midnight before it to its end.
    fn end(self) -> u16 {
        if self.past_midnight() { self.to + 1_440 } else { self.to }
    }

    fn covers(self, minute: u16) -> bool {
        (self.from..self.end()).contains(&minute)
    }

    fn covers_next_day(self, minute: u16) -> bool {
        self.past_midnight() && minute < self.to
    }
}

impl Dates {
    fn contain(self, date: Date) -> bool {
        match self {
            Dates::Range(first, last) => (first..=last).contains(&date),
            Dates::Yearly(month, day) => (date.month(), date.day()) == (month, day),
        }
    }
}

impl Day {
    /// The week, as it is counted here.
    pub const WEEK: [Day; 7] = [Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri, Day::Sat, Day::Sun];

    fn of(day: Weekday) -> Self {
        match day {
            Weekday::Monday => Day::Mon,
            Weekday::Tuesday => Day::Tue,
            Weekday::Wednesday => Day::Wed,
            Weekday::Thursday => Day::Thu,
            Weekday::Friday => Day::Fri,
            Weekday::Saturday => Day::Sat,
            Weekday::Sunday => Day::Sun,
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

#[cfg(test)]
mod tests;
