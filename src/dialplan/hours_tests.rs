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
