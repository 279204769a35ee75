//! Calls outside: trunks in their order, what fails over, what is full, and calls for help.

use std::time::Duration;

use super::Fixture;
use crate::e164::{Class, Classes};
use crate::entropy::Entropy;
use crate::id::{LegId, TrunkId};
use crate::switch::action::Event;
use crate::switch::cause::{Cause, EndedBy};
use crate::switch::directory::Trunk;
use crate::switch::history::Happening;
use crate::switch::line::{LineCommand, LineEvent, Origin, Target};
use crate::time::UnixMs;

/// A switch whose carrier has a spare of lower priority that carries calls for help.
fn with_spare() -> (Fixture, TrunkId) {
    let mut fixture = Fixture::new();
    let spare = TrunkId::new(UnixMs(1_800_000_000_000), &mut Entropy::from_number(5));
    let trunk = Trunk { name: "spare".into(), priority: 20, emergency: true, ..Trunk::default() };
    fixture.reconfigure(|directory| {
        directory.trunks.insert(spare, trunk);
    });
    fixture.register("anna", true);
    (fixture, spare)
}

fn dials(fixture: &mut Fixture, number: &str) -> LegId {
    let origin = Origin::Device(fixture.devices["anna"]);
    fixture.arrive(origin, number)
}

/// The leg that was dialled, and over which trunk.
fn dialled(fixture: &mut Fixture) -> (LegId, TrunkId, String) {
    match fixture.dialled().as_slice() {
        [(leg, Target::Trunk { trunk, number, .. })] => (*leg, *trunk, number.clone()),
        other => panic!("{other:?}"),
    }
}

fn reasons(fixture: &Fixture) -> Vec<String> {
    let all = fixture.events.values().flatten().filter_map(|event| match &event.what {
        Happening::Decision { reasons } => Some(reasons.clone()),
        _ => None,
    });
    all.flatten().collect()
}

fn refused_with(fixture: &mut Fixture, caller: LegId) -> Option<Cause> {
    fixture.pass(Duration::from_secs(60));
    fixture.commands_to(caller).into_iter().find_map(|command| match command {
        LineCommand::HangUp { cause } => Some(cause),
        _ => None,
    })
}

#[test]
fn a_trunk_that_cannot_carry_the_call_gives_way_to_the_next() {
    let (mut fixture, spare) = with_spare();
    let caller = dials(&mut fixture, "+420777000222");
    let (first, trunk, _) = dialled(&mut fixture);
    assert_eq!(trunk, fixture.trunk);
    fixture.line(first, LineEvent::NoWay { cause: Cause::Unavailable });
    let (second, trunk, number) = dialled(&mut fixture);
    assert_eq!((trunk, number.as_str()), (spare, "+420777000222"));
    fixture.line(second, LineEvent::Up);
    assert!(fixture.commands_to(caller).iter().any(|c| matches!(c, LineCommand::Answer { .. })));
    assert_eq!((fixture.switch.trunk_calls(fixture.trunk), fixture.switch.trunk_calls(spare)), (0, 1));
    let wanted = [
        "+420777000222 goes over trunk carrier",
        "trunk carrier could not carry it: unavailable",
        "+420777000222 goes over trunk spare",
    ];
    assert_eq!(reasons(&fixture), wanted);
    fixture.line(second, LineEvent::Down { cause: Cause::Normal, by: EndedBy::Peer });
    assert_eq!(fixture.switch.trunk_calls(spare), 0);
}

#[test]
fn the_word_of_the_callee_ends_the_call() {
    let (mut fixture, _) = with_spare();
    let caller = dials(&mut fixture, "+420777000222");
    let (leg, ..) = dialled(&mut fixture);
    fixture.down(leg, Cause::Busy);
    assert!(fixture.dialled().is_empty());
    assert_eq!(refused_with(&mut fixture, caller), Some(Cause::Busy));
}

#[test]
fn when_the_last_trunk_fails_the_caller_is_told() {
    let (mut fixture, _) = with_spare();
    let caller = dials(&mut fixture, "+420777000222");
    for _ in 0..2 {
        let (leg, ..) = dialled(&mut fixture);
        fixture.line(leg, LineEvent::NoWay { cause: Cause::NetworkFailure });
    }
    assert!(fixture.dialled().is_empty());
    assert_eq!(refused_with(&mut fixture, caller), Some(Cause::NetworkFailure));
}

#[test]
fn a_full_trunk_and_one_that_is_down_are_skipped() {
    let (mut fixture, spare) = with_spare();
    let carrier = fixture.trunk;
    fixture.reconfigure(|directory| directory.trunks.get_mut(&carrier).unwrap().max_calls = Some(1));
    fixture.arrive(Origin::Trunk(carrier), "+420200000100");
    dials(&mut fixture, "+420777000222");
    assert_eq!(dialled(&mut fixture).1, spare);
    assert!(reasons(&fixture).contains(&"trunk carrier is full: 1 of 1 calls".to_owned()));
    fixture.tell(Event::Trunk { trunk: spare, down: Some("it does not answer".into()) });
    fixture.register("boris", true);
    let origin = Origin::Device(fixture.devices["boris"]);
    let caller = fixture.arrive(origin, "+420777000333");
    assert!(fixture.dialled().is_empty());
    assert_eq!(refused_with(&mut fixture, caller), Some(Cause::Unavailable));
    let inbound = fixture.arrive(Origin::Trunk(carrier), "+420200000100");
    let refused = fixture.commands_to(inbound);
    assert_eq!(refused, [LineCommand::HangUp { cause: Cause::Unavailable }], "one too many comes in");
}

#[test]
fn a_number_as_it_is_dialled_at_home_goes_out_in_full() {
    let (mut fixture, _) = with_spare();
    dials(&mut fixture, "777000222");
    assert_eq!(dialled(&mut fixture).2, "+420777000222");
}

#[test]
fn a_number_that_is_withheld_stays_so() {
    let (mut fixture, _) = with_spare();
    dials(&mut fixture, "#31#777000222");
    let all = fixture.dialled();
    let [(_, Target::Trunk { number, withheld, .. })] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((number.as_str(), *withheld), ("+420777000222", true));
}

#[test]
fn help_is_called_whatever_the_load_and_the_limits() {
    let (mut fixture, spare) = with_spare();
    fixture.reconfigure(|directory| {
        directory.trunks.get_mut(&spare).unwrap().max_calls = Some(1);
        directory
            .operators
            .values_mut()
            .for_each(|operator| operator.rights.classes = Classes::from_iter([]));
    });
    fixture.arrive(Origin::Trunk(spare), "+420200000100");
    fixture.tell(Event::Trunk { trunk: spare, down: Some("it does not answer".into()) });
    fixture.tell(Event::Refuse(true));
    dials(&mut fixture, "112");
    let all = fixture.dialled();
    let [(leg, Target::Trunk { trunk, number, withheld: false, emergency: true })] = all.as_slice() else {
        panic!("{all:?}")
    };
    assert_eq!((*trunk, number.as_str()), (spare, "112"));
    fixture.line(*leg, LineEvent::Up);
    let marked = fixture
        .events
        .values()
        .flatten()
        .any(|event| matches!(&event.what, Happening::Emergency { number } if number == "112"));
    assert!(marked);
}

#[test]
fn a_number_that_calls_help_does_so_from_a_phone_that_withholds_its_own() {
    let (mut fixture, spare) = with_spare();
    dials(&mut fixture, "#31#112");
    let all = fixture.dialled();
    let [(_, Target::Trunk { trunk, number, withheld, emergency: true })] = all.as_slice() else {
        panic!("{all:?}")
    };
    assert_eq!((*trunk, number.as_str(), *withheld), (spare, "112", false));
}

#[test]
fn an_operator_in_a_conversation_may_call_help_beside_it() {
    let (mut fixture, _) = with_spare();
    dials(&mut fixture, "+420777000222");
    let (leg, ..) = dialled(&mut fixture);
    fixture.line(leg, LineEvent::Up);
    dials(&mut fixture, "+420777000333");
    let third = dials(&mut fixture, "+420777000444");
    let refused = fixture.commands_to(third);
    assert_eq!(refused, [LineCommand::HangUp { cause: Cause::Busy }], "one consultation at a time");
    dialled(&mut fixture);
    dials(&mut fixture, "112");
    let (help, _, number) = dialled(&mut fixture);
    assert_eq!(number, "112");
    fixture.line(help, LineEvent::Up);
}

#[test]
fn guests_and_providers_call_no_help_over_us() {
    let (mut fixture, _) = with_spare();
    let carrier = fixture.trunk;
    for origin in [Origin::Guest, Origin::Trunk(carrier)] {
        let caller = fixture.arrive(origin, "112");
        assert_eq!(fixture.commands_to(caller), [LineCommand::HangUp { cause: Cause::NotFound }]);
    }
}

#[test]
fn a_providers_way_of_writing_our_number_is_understood() {
    let (mut fixture, _) = with_spare();
    let carrier = fixture.trunk;
    fixture.reconfigure(|directory| directory.trunks.get_mut(&carrier).unwrap().country = Some("CZ".into()));
    for dialled in ["+420200000100", "420200000100", "00420200000100", "200000100"] {
        let caller = fixture.arrive(Origin::Trunk(carrier), dialled);
        let answered = fixture.commands_to(caller);
        assert!(matches!(answered[..], [LineCommand::Answer { .. }]), "{dialled}: {answered:?}");
    }
}

/// Lets Anna call these classes of numbers.
fn grant(fixture: &mut Fixture, classes: &[Class]) {
    let anna = fixture.users["anna"];
    let classes: Classes = classes.iter().copied().collect();
    fixture.reconfigure(|directory| directory.operators.get_mut(&anna).unwrap().rights.classes = classes);
}

fn refusals(fixture: &Fixture) -> Vec<(Cause, String)> {
    let all = fixture.events.values().flatten().filter_map(|event| match &event.what {
        Happening::Refused { cause, why } => Some((*cause, why.clone())),
        _ => None,
    });
    all.collect()
}

#[test]
fn unless_more_is_said_operators_call_their_own_country_and_nothing_dear() {
    for (number, class) in [
        ("+442071838750", "international"),
        ("+420900123456", "premium"),
        ("900123456", "premium"),
        ("#31#+420900123456", "premium"),
        ("+881612345678", "premium"),
    ] {
        let (mut fixture, _) = with_spare();
        let caller = dials(&mut fixture, number);
        assert_eq!(
            fixture.commands_to(caller),
            [LineCommand::HangUp { cause: Cause::Forbidden }],
            "{number}"
        );
        let (cause, why) = refusals(&fixture).remove(0);
        assert_eq!(cause, Cause::Forbidden);
        assert!(why.starts_with(&format!("anna may not call {class} numbers")), "{why}");
        assert!(fixture.dialled().is_empty());
    }
    for number in ["+420777000222", "200000555"] {
        let (mut fixture, _) = with_spare();
        dials(&mut fixture, number);
        dialled(&mut fixture);
    }
}

#[test]
fn an_operator_calls_what_the_administrator_grants_over_a_trunk_that_carries_it() {
    let (mut fixture, _) = with_spare();
    grant(&mut fixture, &[Class::International, Class::Premium]);
    dials(&mut fixture, "+442071838750");
    let (leg, ..) = dialled(&mut fixture);
    fixture.down(leg, Cause::Busy);
    fixture.pass(Duration::from_secs(60));
    let premium = dials(&mut fixture, "+420900123456");
    assert_eq!(fixture.commands_to(premium), [LineCommand::HangUp { cause: Cause::Forbidden }]);
    assert!(
        refusals(&fixture)[0].1.starts_with("no trunk carries premium numbers"),
        "{:?}",
        refusals(&fixture)
    );
    let carrier = fixture.trunk;
    fixture.reconfigure(|directory| {
        directory.trunks.get_mut(&carrier).unwrap().classes = Class::ALL.into_iter().collect();
    });
    fixture.pass(Duration::from_secs(60));
    dials(&mut fixture, "+420900123456");
    assert_eq!(dialled(&mut fixture).1, carrier, "the spare does not carry it");
    let national = dials(&mut fixture, "200000555");
    assert_eq!(
        fixture.commands_to(national),
        [LineCommand::HangUp { cause: Cause::Busy }],
        "one call at a time"
    );
}

#[test]
fn a_table_of_prefixes_says_what_is_premium() {
    let (mut fixture, _) = with_spare();
    fixture.reconfigure(|directory| {
        directory.prefixes = [("+42077".to_owned(), Class::Premium)].into_iter().collect();
    });
    let caller = dials(&mut fixture, "+420777000222");
    assert_eq!(fixture.commands_to(caller), [LineCommand::HangUp { cause: Cause::Forbidden }]);
}

/// The way of a fraud: a forward to a number that pays its owner, called again and again.
#[test]
fn a_dialplan_forwards_nowhere_dear_and_not_without_end() {
    let (mut fixture, _) = with_spare();
    let tenant = *fixture.switch.directory().tenants.keys().next().unwrap();
    let dear = [("+420777000111".to_owned(), Class::Premium)];
    fixture.reconfigure(|directory| directory.prefixes = dear.into_iter().collect());
    fixture.call_and_press('4');
    assert!(fixture.dialled().is_empty());
    let why = reasons(&fixture).remove(0);
    assert!(why.starts_with("dialplans of harbour may not call premium numbers"), "{why}");
    fixture.reconfigure(|directory| {
        directory.prefixes = Default::default();
        directory.tenants.get_mut(&tenant).unwrap().rights.max_calls = 2;
    });
    let legs: Vec<LegId> = (0..3)
        .filter_map(|_| {
            fixture.call_and_press('4');
            fixture.dialled().first().map(|(leg, _)| *leg)
        })
        .collect();
    assert_eq!(legs.len(), 2);
    assert!(reasons(&fixture).contains(&"harbour has 2 of 2 calls outside".to_owned()));
    fixture.down(legs[0], Cause::Busy);
    fixture.call_and_press('4');
    assert_eq!(fixture.dialled().len(), 1, "one has ended");
}

#[test]
fn nobody_has_more_calls_outside_than_granted() {
    let (mut fixture, _) = with_spare();
    let anna = fixture.users["anna"];
    fixture.reconfigure(|directory| directory.operators.get_mut(&anna).unwrap().rights.max_calls = 0);
    let caller = dials(&mut fixture, "+420777000222");
    assert!(fixture.dialled().is_empty());
    assert_eq!(reasons(&fixture), ["anna has 0 of 0 calls outside"]);
    assert_eq!(refused_with(&mut fixture, caller), Some(Cause::Unavailable));
    dials(&mut fixture, "112");
    assert_eq!(dialled(&mut fixture).2, "112", "help is called whatever the rights");
}
