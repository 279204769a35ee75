use super::*;

fn source(text: &str) -> Source {
    text.parse().unwrap()
}

fn numbered(number: u32) -> Source {
    std::net::IpAddr::V4(number.into()).into()
}

fn guard() -> Guard {
    Guard::new(GuardConfig::default())
}

/// Fails `count` times in a row, a second apart from `start` on; gives the bans.
fn fails(guard: &mut Guard, who: Source, count: u64, start: u64) -> Vec<BanView> {
    let times = (0..count).map(|second| Time::from_secs(start + second));
    times.filter_map(|now| guard.failed(who, "wrong secret", false, now)).collect()
}

fn seconds(ban: &BanView) -> u64 {
    ban.until.since(ban.since).as_secs()
}

#[test]
fn ten_failures_lead_to_a_ban_that_ends_by_itself() {
    let (mut guard, who) = (guard(), source("203.0.113.9"));
    assert_eq!(fails(&mut guard, who, 9, 0), []);
    let ban = fails(&mut guard, who, 1, 9).remove(0);
    assert_eq!((ban.source, seconds(&ban), ban.failures, ban.bans), (who, 60, 10, 1));
    assert_eq!(ban.why, "wrong secret");
    assert!(guard.is_banned(who, Time::from_secs(68)) && !guard.is_banned(who, Time::from_secs(69)));
    assert!(!guard.is_banned(source("203.0.113.10"), Time::from_secs(10)));
    assert_eq!(guard.bans(Time::from_secs(10)), [ban]);
    assert_eq!(guard.bans(Time::from_secs(100)), []);
}

#[test]
fn bans_grow_up_to_a_day_and_are_forgotten_after_a_day_of_peace() {
    let (mut guard, who) = (guard(), source("203.0.113.9"));
    let (mut start, mut lengths) = (0, vec![]);
    for _ in 0..8 {
        let ban = fails(&mut guard, who, 10, start).remove(0);
        start = ban.until.as_millis() / 1_000 + 1;
        lengths.push(seconds(&ban));
    }
    assert_eq!(lengths, [60, 240, 960, 3_840, 15_360, 61_440, 86_400, 86_400]);
    let ban = fails(&mut guard, who, 10, start + 86_400).remove(0);
    assert_eq!((seconds(&ban), ban.bans), (60, 1));
}

#[test]
fn a_phone_that_was_set_up_wrongly_is_not_banned_for_trying_once_in_a_while() {
    let (mut guard, who) = (guard(), source("203.0.113.9"));
    for minutes in 0..1_000 {
        let now = Time::from_secs(minutes * 660);
        assert_eq!(guard.failed(who, "wrong secret", false, now), None);
    }
}

#[test]
fn where_phones_of_ours_are_registered_bans_stay_short() {
    let (mut guard, who) = (guard(), source("203.0.113.9"));
    for round in 0..5 {
        let tries = (0..10).map(|second| Time::from_secs(round * 100 + second));
        let bans: Vec<_> = tries.filter_map(|now| guard.failed(who, "wrong", true, now)).collect();
        assert_eq!(bans.iter().map(seconds).collect::<Vec<_>>(), [60]);
    }
}

#[test]
fn an_administrator_lifts_a_ban_and_the_failures_before_it() {
    let (mut guard, who) = (guard(), source("203.0.113.9"));
    fails(&mut guard, who, 10, 0);
    let now = Time::from_secs(20);
    assert!(guard.lift(who, now) && !guard.lift(who, now));
    assert!(!guard.is_banned(who, now));
    assert_eq!(fails(&mut guard, who, 9, 20), []);
    assert_eq!(fails(&mut guard, who, 1, 29).iter().map(seconds).collect::<Vec<_>>(), [60]);
}

#[test]
fn strangers_are_answered_less_and_less_but_those_who_prove_themselves_are_none() {
    let (mut guard, who, now) = (guard(), source("203.0.113.9"), Time::from_secs(1));
    let answered = (0..1_000).filter(|_| guard.asks(who, now)).count();
    assert_eq!(answered, 300);
    assert_eq!(guard.turned_away().too_many, 700);
    let later = Time::from_secs(3);
    assert_eq!((0..100).filter(|_| guard.asks(who, later)).count(), 20, "ten a second");
    let office = source("203.0.113.10");
    for _ in 0..1_000 {
        assert!(guard.asks(office, now));
        guard.proved(office);
    }
    assert!(guard.bans(later).is_empty(), "asking bans nobody");
}

#[test]
fn a_network_of_ipv6_is_one_source_and_is_shown_as_such() {
    let [one, other, far] = ["2001:db8::1", "2001:db8::ffff:1", "2001:db8:0:1::1"].map(source);
    assert!(one == other && one != far);
    assert_eq!(one.to_string(), "2001:db8::/64");
    assert_eq!(source("2001:db8::/64"), one);
    assert_eq!(source("::ffff:203.0.113.9").to_string(), "203.0.113.9");
    assert!("203.0.113.0/24".parse::<Source>().is_err() && "x".parse::<Source>().is_err());
}

#[test]
fn memory_is_bounded_and_a_flood_of_invented_sources_lifts_no_ban() {
    let config = GuardConfig { memory: 100, ..GuardConfig::default() };
    let (mut guard, who) = (Guard::new(config), source("203.0.113.9"));
    fails(&mut guard, who, 10, 0);
    for number in 0..10_000_u32 {
        guard.asks(numbered(number), Time::from_secs(10));
    }
    assert_eq!((guard.strangers.len(), guard.offenders.len()), (100, 1));
    assert!(guard.is_banned(who, Time::from_secs(11)));
    for number in 0..10_000_u32 {
        let now = Time::from_secs(12 + u64::from(number));
        guard.failed(numbered(number), "wrong", false, now);
    }
    assert_eq!(guard.offenders.len(), 100);
}

#[test]
fn scanners_are_known_by_their_names() {
    for name in ["friendly-scanner", "SIPVicious", "sundayddr", "SIPArmyKnife/1"] {
        assert!(is_scanner(name), "{name}");
    }
    for name in ["baresip v1.0.0 (x86_64/linux)", "sipsak 0.9.8.1", "Yealink SIP-T46S 66.86.0.15", ""] {
        assert!(!is_scanner(name), "{name}");
    }
}
