//! Moments as an administrator writes and reads them, in a time zone.

use jiff::civil::DateTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, Zoned};

use crate::time::UnixMs;

/// A time zone by which moments are read and written.
#[derive(Clone, Debug)]
pub struct Clock {
    zone: TimeZone,
}

/// A moment that somebody wrote down, before the zone is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// By the clock on the wall.
    Local(DateTime),
    /// With its offset from UTC.
    Exact(Timestamp),
}

impl When {
    /// Reads `2026-12-24T18:05`, with a space for the T, with seconds, or with an offset.
    ///
    /// # Errors
    /// How to write it.
    pub fn read(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let local = || text.parse::<DateTime>().ok().filter(|_| text.contains(':')).map(When::Local);
        let exact = || text.parse::<Timestamp>().ok().map(When::Exact);
        exact().or_else(local).ok_or_else(|| {
            format!("`{text}` is no moment; write a date and a time of day, as in `2026-12-24T18:05`")
        })
    }
}

impl Clock {
    /// The clock of this zone of the IANA list; UTC if there is no such zone.
    pub fn of(zone: Option<&str>) -> Self {
        let zone = zone.and_then(|name| TimeZoneDatabase::bundled().get(name).ok());
        Self { zone: zone.unwrap_or(TimeZone::UTC) }
    }

    /// The moment on everybody's clock. A time that the clocks leave out in spring is taken as the
    /// time after it.
    pub fn moment(&self, when: When) -> UnixMs {
        let stamp = match when {
            When::Exact(stamp) => Some(stamp),
            When::Local(local) => self.zone.to_ambiguous_timestamp(local).compatible().ok(),
        };
        UnixMs(stamp.map_or(0, Timestamp::as_millisecond))
    }

    /// Date, weekday, time and zone, for people.
    pub fn words(&self, at: UnixMs) -> String {
        self.show(at, "%a %Y-%m-%d %H:%M:%S %Z")
    }

    /// The time of day to the second.
    pub fn time(&self, at: UnixMs) -> String {
        self.show(at, "%H:%M:%S")
    }

    fn show(&self, at: UnixMs, format: &str) -> String {
        let stamp = Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH);
        Zoned::new(stamp, self.zone.clone()).strftime(format).to_string()
    }
}
