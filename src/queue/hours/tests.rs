use proptest::prelude::*;

use super::*;

fn hours(zone: &str, weekly: &[&str], exceptions: &[&str]) -> Hours {
    let weekly = weekly.iter().map(|text| text.parse().unwrap()).collect();
    let exceptions = exceptions.iter().map(|text| text.parse().unwrap()).collect();
    Hours::new(zone, weekly, exceptions).unwrap()
}

fn office() -> Hours {
    hours(
        "Europe/Prague",
        &["Mon-Fri 08:00-17:00", "Sat 9:00-12:00"],
        &["12-25 closed", "2026-12-24 8:00-12:00"],
    )
}

/// A moment in UTC.
fn utc(text: &str) -> UnixMs {
    UnixMs(text.parse::<Timestamp>().unwrap().as_millisecond())
}

#[test]
fn an_office_is_open_by_its_own_wall_clock_in_summer_and_winter() {
    let office = office();
    for (at, open) in [
        ("2026-07-01T05:59:59Z", false),
        ("2026-07-01T06:00:00Z", true),
        ("2026-07-01T14:59:59Z", true),
        ("2026-07-01T15:00:00Z", false),
        ("2026-01-07T06:59:59Z", false),
        ("2026-01-07T07:00:00Z", true),
        ("2026-07-04T08:30:00Z", true),
        ("2026-07-04T10:00:00Z", false),
        ("2026-07-05T08:30:00Z", false),
    ] {
        assert_eq!(office.open_at(utc(at)), open, "{at}");
    }
}

#[test]
fn an_exception_replaces_the_week_of_its_day() {
    let office = office();
    assert!(office.open_at(utc("2026-12-24T10:30:00Z")));
    assert!(!office.open_at(utc("2026-12-24T11:30:00Z")));
    assert!(!office.open_at(utc("2026-12-25T10:00:00Z")), "a Friday");
    assert!(!office.open_at(utc("2028-12-25T10:00:00Z")), "a Monday of another year");
    assert_eq!(office.exception_at(utc("2026-12-25T10:00:00Z")).unwrap().to_string(), "12-25 closed");
    assert!(office.exception_at(utc("2026-12-23T10:00:00Z")).is_none());
}

#[test]
fn a_night_shift_belongs_to_the_day_on_which_it_begins() {
    let night = hours("UTC", &["Fri-Sat 22:00-06:00"], &["2026-07-04 closed"]);
    assert!(!night.open_at(utc("2026-07-03T05:00:00Z")));
    assert!(night.open_at(utc("2026-07-03T22:00:00Z")));
    assert!(night.open_at(utc("2026-07-04T05:59:00Z")), "Friday's shift ends on the closed Saturday");
    assert!(!night.open_at(utc("2026-07-04T06:00:00Z")));
    assert!(!night.open_at(utc("2026-07-05T01:00:00Z")));
}

#[test]
fn the_next_change_is_found_over_nights_weekends_and_holidays() {
    let office = office();
    let next = |at: &str| office.next_change(utc(at)).unwrap();
    assert_eq!(next("2026-07-01T03:00:00Z"), utc("2026-07-01T06:00:00Z"));
    assert_eq!(next("2026-07-01T06:00:00Z"), utc("2026-07-01T15:00:00Z"));
    assert_eq!(next("2026-07-04T10:00:00Z"), utc("2026-07-06T06:00:00Z"));
    assert_eq!(next("2026-12-24T11:00:00Z"), utc("2026-12-26T08:00:00Z"));
}

#[test]
fn what_is_always_open_or_never_does_not_change() {
    let now = utc("2026-07-01T12:00:00Z");
    let always = hours("UTC", &["Mon-Sun 00:00-24:00"], &[]);
    let never = hours("UTC", &[], &[]);
    assert_eq!((always.open_at(now), always.next_change(now)), (true, None));
    assert_eq!((never.open_at(now), never.next_change(now)), (false, None));
}

#[test]
fn text_is_read_and_written_back() {
    let written =
        "zone = \"Europe/Prague\"\nweekly = [\"Mon-Wed,Fri 8:00-17:00\"]\nexceptions = [\"12-24..\"]\n";
    assert!(toml::from_str::<Hours>(written).unwrap_err().to_string().contains("needs days and times"));
    let hours: Hours = toml::from_str(&written.replace("12-24..", "2026-12-24..2026-12-26 closed")).unwrap();
    let text = toml::to_string(&hours).unwrap();
    assert!(text.contains("Mon,Tue,Wed,Fri 08:00-17:00") && text.contains("2026-12-24..2026-12-26 closed"));
    assert_eq!(toml::from_str::<Hours>(&text).unwrap(), hours);
    let days: Segment = "Sat-Mon 00:00-24:00".parse().unwrap();
    assert_eq!(days.days, [Day::Mon, Day::Sat, Day::Sun]);
}

#[test]
fn a_mistake_is_named() {
    let segment = |text: &str| text.parse::<Segment>().unwrap_err();
    assert_eq!(segment("Mon-Fry 08:00-17:00"), HoursError::Day("Fry".into()));
    assert_eq!(segment("Mon-Fri"), HoursError::Incomplete("Mon-Fri".into()));
    for times in ["8-17", "08:00", "08:00-08:00", "08:00-24:30", "24:00-08:00", "08:60-09:00", "-1:00-02:00"]
    {
        assert_eq!(segment(&format!("Mon {times}")), HoursError::Span(times.into()));
    }
    for dates in ["2026-13-01", "24.12.2026", "13-01", "02-30", "2026-12-26..2026-12-24", "é2-25"] {
        let error = format!("{dates} closed").parse::<Exception>().unwrap_err();
        assert_eq!(error, HoursError::Dates(dates.into()));
    }
    let place = Hours::new("Europe/Nowhere", vec![], vec![]).unwrap_err();
    assert_eq!(
        place.to_string(),
        "no time zone is called \"Europe/Nowhere\"; write one such as Europe/Prague"
    );
}

fn span() -> impl Strategy<Value = Span> {
    (0_u16..48, 1_u16..=48)
        .prop_filter("a stretch of time", |(from, to)| from != to)
        .prop_map(|(from, to)| Span { from: from * 30, to: to * 30 })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_changes_before_the_next_change(
        spans in prop::collection::vec((prop::sample::subsequence(Day::WEEK.to_vec(), 1..4), span()), 0..4),
        // About the two changes of the clock in 2026, in Prague and in New York.
        week in prop::sample::select(vec![1_774_500_000_i64, 1_772_900_000, 1_792_800_000, 1_793_500_000]),
        minutes in 0_i64..10_000,
        zone in prop::sample::select(vec!["Europe/Prague", "America/New_York", "Asia/Kathmandu", "Africa/Casablanca"]),
    ) {
        let weekly = spans.into_iter().map(|(days, span)| Segment { days, span }).collect();
        let hours = Hours::new(zone, weekly, vec![]).unwrap();
        let at = UnixMs((week + minutes * 60) * 1_000);
        let open = hours.open_at(at);
        let change = hours.next_change(at);
        let end = change.map_or(at.0 + 9 * 86_400_000, |change| change.0).min(at.0 + 9 * 86_400_000);
        for moment in (at.0..end).step_by(300_000) {
            prop_assert_eq!(hours.open_at(UnixMs(moment)), open);
        }
        prop_assert!(change.is_none_or(|change| hours.open_at(change) != open));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,30}") {
        let _ = (text.parse::<Segment>(), text.parse::<Exception>(), text.parse::<Dates>());
        let _ = format!("Mon {text}").parse::<Segment>();
    }
}
