//! Public holidays, known by the code of their country and computed for any year.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};
use serde::{Deserialize, Serialize};

/// The public holidays of a country or a part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Calendar {
    /// Its place in [`CALENDARS`].
    place: usize,
}

/// Which days of a year are holidays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// Month and day.
    On(i8, i8),
    /// So many days after Easter Sunday.
    Easter(i16),
    /// Month and day, if it is one of these days of the week: in the place of a holiday at a weekend.
    If(i8, i8, &'static [Weekday]),
    FirstMonday(i8),
    LastMonday(i8),
    /// The Wednesday before the 23rd of November.
    Repentance,
}

use Rule::{Easter, FirstMonday, If, LastMonday, On, Repentance};

const EPIPHANY: Rule = On(1, 6);
const WOMENS_DAY: Rule = On(3, 8);
const GOOD_FRIDAY: Rule = Easter(-2);
const EASTER_MONDAY: Rule = Easter(1);
const CORPUS_CHRISTI: Rule = Easter(60);
const ASSUMPTION: Rule = On(8, 15);
const REFORMATION: Rule = On(10, 31);
const ALL_SAINTS: Rule = On(11, 1);

const CZECHIA: &[Rule] = &[
    On(1, 1),
    GOOD_FRIDAY,
    EASTER_MONDAY,
    On(5, 1),
    On(5, 8),
    On(7, 5),
    On(7, 6),
    On(9, 28),
    On(10, 28),
    On(11, 17),
    On(12, 24),
    On(12, 25),
    On(12, 26),
];
/// Bank holidays of England and Wales.
const ENGLAND: &[Rule] = &[
    On(1, 1),
    If(1, 2, &[Weekday::Monday]),
    If(1, 3, &[Weekday::Monday]),
    GOOD_FRIDAY,
    EASTER_MONDAY,
    FirstMonday(5),
    LastMonday(5),
    LastMonday(8),
    On(12, 25),
    On(12, 26),
    If(12, 27, &[Weekday::Monday, Weekday::Tuesday]),
    If(12, 28, &[Weekday::Monday, Weekday::Tuesday]),
];
/// The holidays of all states of Germany.
const GERMANY: &[Rule] = &[
    On(1, 1),
    GOOD_FRIDAY,
    EASTER_MONDAY,
    On(5, 1),
    Easter(39),
    Easter(50),
    On(10, 3),
    On(12, 25),
    On(12, 26),
];

/// Every calendar, by its ISO 3166 code.
const CALENDARS: &[(&str, &[&[Rule]])] = &[
    ("CZ", &[CZECHIA]),
    ("DE", &[GERMANY]),
    ("DE-BB", &[GERMANY, &[Easter(0), Easter(49), REFORMATION]]),
    ("DE-BE", &[GERMANY, &[WOMENS_DAY]]),
    ("DE-BW", &[GERMANY, &[EPIPHANY, CORPUS_CHRISTI, ALL_SAINTS]]),
    ("DE-BY", &[GERMANY, &[EPIPHANY, CORPUS_CHRISTI, ASSUMPTION, ALL_SAINTS]]),
    ("DE-HB", &[GERMANY, &[REFORMATION]]),
    ("DE-HE", &[GERMANY, &[CORPUS_CHRISTI]]),
    ("DE-HH", &[GERMANY, &[REFORMATION]]),
    ("DE-MV", &[GERMANY, &[WOMENS_DAY, REFORMATION]]),
    ("DE-NI", &[GERMANY, &[REFORMATION]]),
    ("DE-NW", &[GERMANY, &[CORPUS_CHRISTI, ALL_SAINTS]]),
    ("DE-RP", &[GERMANY, &[CORPUS_CHRISTI, ALL_SAINTS]]),
    ("DE-SH", &[GERMANY, &[REFORMATION]]),
    ("DE-SL", &[GERMANY, &[CORPUS_CHRISTI, ASSUMPTION, ALL_SAINTS]]),
    ("DE-SN", &[GERMANY, &[REFORMATION, Repentance]]),
    ("DE-ST", &[GERMANY, &[EPIPHANY, REFORMATION]]),
    ("DE-TH", &[GERMANY, &[On(9, 20), REFORMATION]]),
    ("GB-ENG", &[ENGLAND]),
];

impl Calendar {
    /// The calendar of this code.
    pub fn of(code: &str) -> Option<Self> {
        let place = CALENDARS.iter().position(|(known, _)| *known == code)?;
        Some(Self { place })
    }

    /// Its own code.
    pub fn code(&self) -> &'static str {
        CALENDARS.get(self.place).map_or("", |(code, _)| code)
    }

    /// Every code.
    pub fn codes() -> impl Iterator<Item = &'static str> + Clone {
        CALENDARS.iter().map(|(code, _)| *code)
    }

    /// True on a public holiday.
    pub fn contains(&self, date: Date) -> bool {
        let rules = CALENDARS.get(self.place).map_or(&[][..], |(_, rules)| rules);
        rules.iter().flat_map(|rules| *rules).any(|rule| rule.contains(date))
    }
}

impl TryFrom<String> for Calendar {
    type Error = String;
    fn try_from(code: String) -> Result<Self, String> {
        Self::of(&code).ok_or_else(|| format!("there is no calendar {code}"))
    }
}

impl From<Calendar> for String {
    fn from(calendar: Calendar) -> Self {
        calendar.code().to_owned()
    }
}

impl Rule {
    fn contains(self, date: Date) -> bool {
        let (month, day, weekday) = (date.month(), date.day(), date.weekday());
        match self {
            On(m, d) => (month, day) == (m, d),
            Easter(days) => is_easter(date, days),
            If(m, d, weekdays) => (month, day) == (m, d) && weekdays.contains(&weekday),
            FirstMonday(m) => month == m && weekday == Weekday::Monday && day <= 7,
            LastMonday(m) => month == m && weekday == Weekday::Monday && day > date.days_in_month() - 7,
            Repentance => month == 11 && weekday == Weekday::Wednesday && (16..=22).contains(&day),
        }
    }
}

/// True so many days after Easter Sunday.
pub(super) fn is_easter(date: Date, days: i16) -> bool {
    let span: Span = i64::from(days).days();
    easter(date.year()).and_then(|easter| easter.checked_add(span).ok()) == Some(date)
}

/// Easter Sunday of the Gregorian calendar (the algorithm of Meeus, Jones and Butcher).
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let moon = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let weekday = (32 + 2 * (b % 4) + 2 * (c / 4) - moon - c % 4) % 7;
    let late = (a + 11 * moon + 22 * weekday) / 451;
    let days = moon + weekday - 7 * late + 114;
    Date::new(year, i8::try_from(days / 31).ok()?, i8::try_from(days % 31 + 1).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The holidays of a year as month-day.
    fn holidays(code: &str, year: i16) -> String {
        let calendar = Calendar::of(code).unwrap();
        let days = Date::new(year, 1, 1).unwrap().series(1.day()).take_while(|date| date.year() == year);
        let holidays = days.filter(|date| calendar.contains(*date));
        holidays.map(|date| date.to_string()[5..].to_owned()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn easter_is_on_its_sunday() {
        for (year, day) in [
            (1961, "04-02"),
            (2000, "04-23"),
            (2008, "03-23"),
            (2011, "04-24"),
            (2024, "03-31"),
            (2025, "04-20"),
            (2026, "04-05"),
            (2027, "03-28"),
            (2038, "04-25"),
            (2049, "04-18"),
            (2100, "03-28"),
        ] {
            assert_eq!(easter(year).unwrap().to_string(), format!("{year}-{day}"));
        }
    }

    #[test]
    fn easter_is_a_sunday_of_spring_in_every_year() {
        for year in 1583..=9_999 {
            let easter = easter(year).unwrap();
            assert_eq!(easter.weekday(), Weekday::Sunday, "{easter}");
            assert!(((3, 22)..=(4, 25)).contains(&(easter.month(), easter.day())), "{easter}");
        }
    }

    #[test]
    fn the_holidays_of_a_year_are_those_of_the_almanac() {
        let czech = "01-01 04-03 04-06 05-01 05-08 07-05 07-06 09-28 10-28 11-17 12-24 12-25 12-26";
        assert_eq!(holidays("CZ", 2026), czech);
        assert_eq!(holidays("CZ", 2027), czech.replace("04-03 04-06", "03-26 03-29"));
        assert_eq!(holidays("DE", 2026), "01-01 04-03 04-06 05-01 05-14 05-25 10-03 12-25 12-26");
        assert_eq!(
            holidays("DE-BY", 2026),
            "01-01 01-06 04-03 04-06 05-01 05-14 05-25 06-04 08-15 10-03 11-01 12-25 12-26"
        );
        assert_eq!(
            holidays("DE-SN", 2027),
            "01-01 03-26 03-29 05-01 05-06 05-17 10-03 10-31 11-17 12-25 12-26"
        );
        assert_eq!(
            holidays("DE-BB", 2026),
            "01-01 04-03 04-05 04-06 05-01 05-14 05-24 05-25 10-03 10-31 12-25 12-26"
        );
    }

    #[test]
    fn english_holidays_at_a_weekend_are_made_up_for() {
        assert_eq!(holidays("GB-ENG", 2025), "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26");
        assert_eq!(holidays("GB-ENG", 2026), "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-26 12-28");
        assert_eq!(holidays("GB-ENG", 2027), "01-01 03-26 03-29 05-03 05-31 08-30 12-25 12-26 12-27 12-28");
        assert_eq!(holidays("GB-ENG", 2033), "01-01 01-03 04-15 04-18 05-02 05-30 08-29 12-25 12-26 12-27");
        assert_eq!(holidays("GB-ENG", 2028), "01-01 01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26");
    }

    #[test]
    fn a_calendar_is_kept_by_its_code() {
        for code in Calendar::codes() {
            let calendar = Calendar::of(code).unwrap();
            let text = serde_json::to_string(&calendar).unwrap();
            assert_eq!(text, format!("\"{code}\""));
            assert_eq!(serde_json::from_str::<Calendar>(&text).unwrap(), calendar);
        }
        assert!(serde_json::from_str::<Calendar>("\"XX\"").is_err());
    }
}
