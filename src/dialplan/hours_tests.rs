use super::*;

/// The moment of a local time with its offset from UTC.
fn at(text: &str) -> UnixMs {
    UnixMs(text.parse::<Timestamp>().unwrap().as_millisecond())
}

fn office() -> Hours {
    let mut hours = Hours::new("Europe/Prague");
    hours.add_weekly("Mon-Fri 08:00-12:00 13:00-17:00").unwrap();
    hours.add_weekly("Sat 22:00-02:00").unwrap();
    hours.add_holiday("12-24..12-26").unwrap();
    hours.add_holiday("2027-03-26").unwrap();
    hours.add_exception("2026-12-24 09:00-10:00").unwrap();
    hours.add_exception("2026-11-20 closed").unwrap();
    hours
}

#[test]
fn a_week_is_open_from_its_first_minute_and_closed_from_its_last() {
    let hours = office();
    for (moment, expected) in [
        ("2026-11-23T07:59:59.999+01:00", Opening::Closed),
        ("2026-11-23T08:00:00+01:00", Opening::Open),
        ("2026-11-23T11:59:59+01:00", Opening::Open),
        ("2026-11-23T12:00:00+01:00", Opening::Closed),
        ("2026-11-23T13:00:00+01:00", Opening::Open),
        ("2026-11-23T17:00:00+01:00", Opening::Closed),
        ("2026-11-22T10:00:00+01:00", Opening::Closed),
    ] {
        assert_eq!(hours.opening(at(moment)), expected, "{moment}");
    }
}

#[test]
fn hours_past_midnight_belong_to_the_day_they_began() {
    let hours = office();
    assert_eq!(hours.opening(at("2026-11-21T23:30:00+01:00")), Opening::Open);
    assert_eq!(hours.opening(at("2026-11-22T01:59:00+01:00")), Opening::Open);
    assert_eq!(hours.opening(at("2026-11-22T02:00:00+01:00")), Opening::Closed);
    assert_eq!(hours.opening(at("2026-11-21T01:00:00+01:00")), Opening::Closed);
}

#[test]
fn an_exception_rules_over_a_holiday_and_a_holiday_over_the_week() {
    let hours = office();
    for (moment, expected) in [
        ("2026-12-24T09:30:00+01:00", Opening::Open),
        ("2026-12-24T14:00:00+01:00", Opening::Closed),
        ("2026-12-25T10:00:00+01:00", Opening::Holiday),
        ("2030-12-24T10:00:00+01:00", Opening::Holiday),
        ("2027-03-26T10:00:00+01:00", Opening::Holiday),
        ("2026-11-20T10:00:00+01:00", Opening::Closed),
    ] {
        assert_eq!(hours.opening(at(moment)), expected, "{moment}");
    }
}

#[test]
fn the_clock_of_the_time_zone_counts_in_summer_as_in_winter() {
    let hours = office();
    assert_eq!(hours.opening(at("2026-07-20T06:00:00Z")), Opening::Open);
    assert_eq!(hours.opening(at("2026-11-23T06:30:00Z")), Opening::Closed);
    assert_eq!(hours.opening(at("2026-07-20T15:00:00Z")), Opening::Closed);
}

#[test]
fn a_yearly_range_may_go_over_new_year_and_a_week_over_sunday() {
    let mut hours = Hours::new("UTC");
    hours.add_weekly("Sat-Mon,wed 00:00-24:00").unwrap();
    hours.add_holiday("12-30..01-02").unwrap();
    assert_eq!(hours.opening(at("2027-01-02T12:00:00Z")), Opening::Holiday);
    assert_eq!(hours.opening(at("2027-01-03T23:59:59Z")), Opening::Open);
    assert_eq!(hours.opening(at("2027-01-05T00:00:00Z")), Opening::Closed);
    assert_eq!(hours.opening(at("2027-01-06T00:00:00Z")), Opening::Open);
    assert_eq!(hours.opening(at("2027-01-07T00:00:00Z")), Opening::Closed);
}

#[test]
fn what_is_no_time_day_or_date_is_refused_in_words() {
    let mut hours = Hours::new("UTC");
    let errors = [
        hours.add_weekly("Mon"),
        hours.add_weekly("Mon 8-17"),
        hours.add_weekly("Mon 08:00-24:01"),
        hours.add_weekly("Mon 08:00-08:00"),
        hours.add_weekly("Mno 08:00-17:00"),
        hours.add_weekly("Mon 08:61-17:00"),
        hours.add_weekly("Mon +8:00-17:00"),
        hours.add_holiday("24.12."),
        hours.add_holiday("02-30"),
        hours.add_holiday("2027-01-01..2026-01-01"),
        hours.add_holiday("2026-12-24..12-26"),
        hours.add_exception("2026-12-24 open"),
        hours.add_exception("2026-12-24"),
        hours.add_holiday("XX"),
        hours.add_holiday("DE-XX"),
        hours.add_holiday("easter1"),
        hours.add_holiday("easter+"),
        hours.add_holiday("easter+400"),
    ];
    for error in errors {
        assert!(error.is_err());
    }
    assert_eq!(hours, Hours::new("UTC"));
    assert_eq!(hours.add_weekly("Mno 08:00-17:00").unwrap_err().split(' ').next(), Some("`Mno`"));
}

#[test]
fn time_zones_are_known_by_name() {
    assert!(is_zone("Europe/Prague"));
    assert!(!is_zone("Europe/Pragu"));
    assert_eq!(closest_zone("Europe/Pragu").as_deref(), Some("Europe/Prague"));
}

#[test]
fn public_holidays_and_days_around_easter_are_known_in_every_year() {
    let mut hours = Hours::new("Europe/Prague");
    hours.add_weekly("Mon-Sun 08:00-16:00").unwrap();
    hours.add_holiday("CZ").unwrap();
    hours.add_holiday("easter-3").unwrap();
    hours.add_exception("easter+1 09:00-10:00").unwrap();
    for (moment, expected) in [
        ("2026-04-02T10:00:00+02:00", Opening::Holiday),
        ("2026-04-03T10:00:00+02:00", Opening::Holiday),
        ("2026-04-05T10:00:00+02:00", Opening::Open),
        ("2026-04-06T09:30:00+02:00", Opening::Open),
        ("2026-04-06T10:30:00+02:00", Opening::Closed),
        ("2027-03-26T10:00:00+01:00", Opening::Holiday),
        ("2026-11-17T10:00:00+01:00", Opening::Holiday),
        ("2026-11-18T10:00:00+01:00", Opening::Open),
    ] {
        assert_eq!(hours.opening(at(moment)), expected, "{moment}");
    }
    assert!(hours.add_holiday("DE-BX").unwrap_err().contains("did you mean `DE-B"));
}

/// Every quarter of an hour of a year is as an almanac of its own says: a list of holidays, and the shift
/// of the clock by hand.
#[test]
fn a_year_in_prague_is_open_when_its_clock_and_its_almanac_say_so() {
    let mut hours = Hours::new("Europe/Prague");
    hours.add_weekly("Mon-Fri 08:00-12:00 13:00-17:00").unwrap();
    hours.add_weekly("Sun 01:30-03:30").unwrap();
    hours.add_holiday("CZ").unwrap();
    hours.add_exception("2026-12-24 09:00-11:00").unwrap();
    hours.add_exception("2026-07-03 closed").unwrap();
    let holidays = "01-01 04-03 04-06 05-01 05-08 07-05 07-06 09-28 10-28 11-17 12-24 12-25 12-26"
        .split(' ')
        .collect::<Vec<_>>();
    let (summer, winter) = (at("2026-03-29T01:00:00Z").0, at("2026-10-25T01:00:00Z").0);
    let quarter = 15 * 60_000;
    let mut open_quarters = 0;
    for n in 0..365 * 96 {
        let moment = at("2026-01-01T00:00:00Z").0 + n * quarter;
        let ahead = if (summer..winter).contains(&moment) { 2 } else { 1 };
        let local = Timestamp::from_millisecond(moment + ahead * 3_600_000).unwrap();
        let local = local.to_zoned(TimeZone::UTC);
        let (day, minute) =
            (local.strftime("%m-%d").to_string(), local.hour() as u16 * 60 + local.minute() as u16);
        let weekday = local.date().weekday().to_monday_zero_offset();
        let is_holiday = holidays.contains(&day.as_str()) && day != "12-24";
        let office = (480..720).contains(&minute) || (780..1_020).contains(&minute);
        let expected = match (day.as_str(), weekday) {
            ("12-24", _) => (540..660).contains(&minute),
            ("07-03", _) => false,
            (_, 0..=4) => !is_holiday && office,
            (_, 6) => !is_holiday && (90..210).contains(&minute),
            _ => false,
        };
        let found = hours.opening(UnixMs(moment)) == Opening::Open;
        assert_eq!(found, expected, "{day} {minute}");
        open_quarters += u32::from(found);
        assert_eq!(hours.opening(UnixMs(moment)) == Opening::Holiday, is_holiday, "{day}");
    }
    // On the night of the 29th of March an hour of these two is left out, in October it comes twice.
    let sundays = 52 - 1;
    let workdays = 261 - 11 - 1;
    assert_eq!(open_quarters, workdays * 32 + 8 + sundays * 8);
}
