//! Law 10 as a property: whatever callers, phones, operators and networks do, in any order, the
//! invariants hold after every step (the fixture checks them), and in the end nothing is left.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::Violation;
use super::super::planted::switch_with;
use super::super::stage::{Met, Stage, Talk};
use super::world::{Step, World, apply, finish};
use super::*;

fn step() -> impl Strategy<Value = Step> {
    any::<[u8; 3]>().prop_map(|bytes| {
        let mut bytes = bytes.into_iter();
        Step::drawn(|| bytes.next().unwrap_or(0))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_invariants_hold_and_nothing_is_left(steps in prop::collection::vec(step(), 1..120)) {
        let mut fixture = Fixture::recorded();
        let mut world = World::default();
        for step in steps {
            apply(&mut fixture, &mut world, step);
        }
        finish(&mut fixture, &mut world);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_switch_restored_from_a_snapshot_goes_on_as_if_nothing_had_been(
        before in prop::collection::vec(step(), 1..60),
        after in prop::collection::vec(step(), 1..30),
    ) {
        let mut fixture = Fixture::recorded();
        let mut world = World::default();
        for step in before {
            apply(&mut fixture, &mut world, step);
        }
        let snapshot = serde_json::to_string(&fixture.switch).unwrap();
        let mut restored: Switch = serde_json::from_str(&snapshot).unwrap();
        restored.plans = fixture.switch.plans.clone();
        let mut twin = fixture.twin(restored);
        let mut twin_world = world.clone();
        for step in after {
            apply(&mut fixture, &mut world, step.clone());
            apply(&mut twin, &mut twin_world, step);
            prop_assert_eq!(&world.told, &twin_world.told);
        }
    }
}

/// The name of a stage, and of the caller's leg in it.
fn stages(fixture: &Fixture) -> BTreeMap<SessionId, &'static str> {
    let name = |session: &super::super::session::Session| match session.stage {
        Stage::Guided => "guided",
        Stage::Queued { .. } => "queued",
        Stage::CallingBack => "calling back",
        Stage::Dialling { .. } if session.run.is_some() => "dialling by dialplan",
        Stage::Dialling { .. } => "dialling",
        Stage::Talking(talk) if talk.forward.is_some() => "forwarding",
        Stage::Talking(talk) if talk.held.is_some() => "consulting",
        Stage::Talking(Talk { met: Met::InQueue(_), .. }) => "talking from a queue",
        Stage::Talking(_) => "talking",
        Stage::Parked(_) => "parked",
        Stage::Notice { .. } => "notice",
        Stage::Apology { .. } => "apology",
        Stage::Parting { .. } => "parting",
        Stage::Over { .. } => "over",
    };
    fixture.switch.sessions.iter().map(|(id, session)| (*id, name(session))).collect()
}

/// Changes of stage that the course of events must visit; the empty name is a session that is not there.
const TRANSITIONS: &[(&str, &str)] = &[
    ("", "guided"),
    ("", "dialling"),
    ("", "apology"),
    ("guided", "queued"),
    ("guided", "dialling by dialplan"),
    ("guided", ""),
    ("queued", "talking from a queue"),
    ("queued", "guided"),
    ("queued", ""),
    ("", "calling back"),
    ("calling back", "dialling"),
    ("calling back", ""),
    ("dialling", "talking"),
    ("dialling", "apology"),
    ("dialling", ""),
    ("dialling by dialplan", "talking"),
    ("dialling by dialplan", "guided"),
    ("dialling by dialplan", ""),
    ("talking", ""),
    ("talking", "consulting"),
    ("talking", "forwarding"),
    ("talking", "queued"),
    ("talking from a queue", "forwarding"),
    ("consulting", "talking from a queue"),
    ("consulting", "forwarding"),
    ("forwarding", "talking"),
    ("forwarding", "talking from a queue"),
    ("forwarding", ""),
    ("talking from a queue", ""),
    ("", "notice"),
    ("notice", ""),
    ("talking", "parked"),
    ("parked", "forwarding"),
    ("parked", ""),
    ("apology", "parting"),
    ("apology", ""),
    ("guided", "parting"),
    ("parting", ""),
];

#[test]
fn a_long_course_of_events_visits_every_stage_and_every_change_between_them() {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let rng = proptest::test_runner::TestRng::deterministic_rng(Default::default());
    let mut runner = proptest::test_runner::TestRunner::new_with_rng(config, rng);
    let strategy = prop::collection::vec(step(), 200);
    let mut visits: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for _ in 0..900 {
        let steps = proptest::strategy::ValueTree::current(&strategy.new_tree(&mut runner).unwrap());
        let mut fixture = Fixture::recorded();
        let mut world = World::default();
        for step in steps {
            let before = stages(&fixture);
            apply(&mut fixture, &mut world, step);
            let after = stages(&fixture);
            let all: BTreeSet<_> = before.keys().chain(after.keys()).collect();
            for id in all {
                let change = (before.get(id).copied().unwrap_or(""), after.get(id).copied().unwrap_or(""));
                if change.0 != change.1 {
                    *visits.entry(change).or_default() += 1;
                }
            }
        }
        finish(&mut fixture, &mut world);
    }
    for ((from, to), count) in &visits {
        println!("{count:6}  {from:>22} -> {to}");
    }
    let missed: Vec<_> = TRANSITIONS.iter().filter(|change| !visits.contains_key(change)).collect();
    assert!(missed.is_empty(), "never visited: {missed:?}");
}

#[test]
fn every_planted_violation_is_seen_and_nothing_else() {
    for name in Violation::names() {
        let switch = switch_with(name);
        let names: Vec<_> = switch.invariants().iter().map(Violation::name).collect();
        match Violation::OWN_NAMES.contains(&name) {
            true => assert_eq!(names, [name]),
            // A fault of the queues shows on both sides of what it tears apart.
            false => assert!(names.contains(&name), "{name} is not among {names:?}"),
        }
    }
}
