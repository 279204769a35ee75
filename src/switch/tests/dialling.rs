//! What `dial` calls: several at once, in turn, a group, and what a caller typed.

use std::time::Duration;

use super::*;
use crate::queue::Engagement;

/// A caller who pressed this key in the menu.
fn caller(fixture: &mut Fixture, key: char) -> LegId {
    let leg = fixture.call_menu();
    fixture.commands_to(leg);
    fixture.press(leg, key);
    leg
}

/// Who rings now, and by which leg.
fn ringing(fixture: &mut Fixture) -> BTreeMap<&'static str, LegId> {
    let dialled = fixture.dialled();
    dialled.iter().map(|(leg, target)| (fixture.who(target), *leg)).collect()
}

fn registered(names: &[&str]) -> Fixture {
    let mut fixture = Fixture::new();
    names.iter().for_each(|name| fixture.register(name, true));
    fixture
}

#[test]
fn several_ring_at_once_and_the_first_to_answer_has_the_caller() {
    let mut fixture = registered(&["anna", "boris"]);
    let leg = caller(&mut fixture, '5');
    let legs = ringing(&mut fixture);
    assert_eq!(legs.keys().copied().collect::<Vec<_>>(), ["anna", "boris", "outside"]);
    for callee in legs.values() {
        fixture.line(*callee, LineEvent::Ringing);
    }
    fixture.line(legs["boris"], LineEvent::Up);
    for other in ["anna", "outside"] {
        let told = fixture.commands_to(legs[other]);
        assert_eq!(told, [LineCommand::HangUp { cause: Cause::CompletedElsewhere }], "{other}");
        fixture.down(legs[other], Cause::Normal);
    }
    assert_eq!(fixture.rows().len(), 2);
    assert_eq!(fixture.engagement("anna"), Engagement::Free);
    assert!(matches!(fixture.engagement("boris"), Engagement::OnSession { .. }));
    fixture.down(leg, Cause::Normal);
    fixture.close(&[leg, legs["anna"], legs["boris"], legs["outside"]]);
    assert_eq!(fixture.record().parties, ["boris"]);
    fixture.check_history();
}

#[test]
fn who_is_not_there_is_passed_over_and_the_most_telling_reason_counts() {
    let mut fixture = registered(&["boris"]);
    let leg = caller(&mut fixture, '5');
    let legs = ringing(&mut fixture);
    assert_eq!(legs.keys().copied().collect::<Vec<_>>(), ["boris", "outside"], "anna has no phone");
    fixture.down(legs["boris"], Cause::Busy);
    assert_eq!(fixture.commands_to(leg), [], "the other still rings");
    fixture.down(legs["outside"], Cause::NetworkFailure);
    assert_eq!(
        fixture.commands_to(leg),
        [LineCommand::HangUp { cause: Cause::Normal }],
        "busy leads to hangup"
    );
}

#[test]
fn when_the_time_is_over_nobody_rings_any_more() {
    let mut fixture = registered(&["anna", "boris"]);
    let leg = caller(&mut fixture, '5');
    let legs = ringing(&mut fixture);
    fixture.pass(Duration::from_secs(41));
    for callee in legs.values() {
        assert_eq!(fixture.commands_to(*callee), [LineCommand::HangUp { cause: Cause::NoAnswer }]);
    }
    assert_eq!(fixture.playing(leg), ["prompts/en/sorry"]);
    assert_eq!(fixture.engagement("anna"), Engagement::Free);
}

#[test]
fn a_group_that_pushes_rings_in_turn_until_one_answers() {
    let mut fixture = registered(&["anna", "boris"]);
    let leg = caller(&mut fixture, '6');
    let first = ringing(&mut fixture);
    assert_eq!(first.len(), 1);
    let (one, one_leg) = first.into_iter().next().unwrap();
    fixture.pass(Duration::from_secs(16));
    assert_eq!(fixture.commands_to(one_leg), [LineCommand::HangUp { cause: Cause::NoAnswer }]);
    let second = ringing(&mut fixture);
    let (other, other_leg) = second.into_iter().next().unwrap();
    assert_ne!(one, other);
    fixture.line(other_leg, LineEvent::Up);
    assert_eq!(fixture.rows().len(), 2);
    fixture.down(other_leg, Cause::Normal);
    assert_eq!(fixture.commands_to(leg), [LineCommand::HangUp { cause: Cause::Normal }]);
}

#[test]
fn a_group_that_rings_all_rings_all_who_are_free() {
    let mut fixture = registered(&["cyril", "dana"]);
    let leg = caller(&mut fixture, '7');
    let legs = ringing(&mut fixture);
    assert_eq!(legs.keys().copied().collect::<Vec<_>>(), ["cyril", "dana"]);
    fixture.pass(Duration::from_secs(31));
    assert_eq!(fixture.commands_to(leg), [LineCommand::HangUp { cause: Cause::Normal }], "no answer: hangup");
}

#[test]
fn what_is_typed_reaches_operators_of_the_tenant_alone() {
    let mut fixture = registered(&["anna", "boris", "cyril", "dana"]);
    let leg = caller(&mut fixture, '8');
    assert_eq!(ringing(&mut fixture), BTreeMap::new(), "208 is nobody's extension");
    assert_eq!(fixture.playing(leg), ["prompts/en/sorry"]);
    let target = |typed: &str| dialplan::DialTarget::Typed(typed.into());
    let directory = fixture.switch.directory().clone();
    let tenant = directory.tenants.keys().next().copied();
    let plans = dialplan::Plans::default();
    let may = |target: &dialplan::DialTarget, tenant| {
        let wish = route::Wish::Plan { target, tenant, origin: Origin::Guest };
        route::may_dial(wish, &directory, &plans).is_ok()
    };
    assert!(may(&target("204"), tenant));
    let other = TenantId::new(UnixMs(9), &mut fixture.ids);
    for (typed, tenant) in [("204", Some(other)), ("204", None), ("+420777000111", tenant), ("100", tenant)] {
        assert!(!may(&target(typed), tenant), "{typed}");
    }
    let back = dialplan::DialTarget::AsCaller("+420777000111".into());
    assert!(!may(&back, tenant), "a guest may not dial outside, by whatever way");
}
