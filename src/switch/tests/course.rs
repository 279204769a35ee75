//! Law 10 as a property: whatever callers, phones, operators and networks do, in any order, the
//! invariants hold after every step (the fixture checks them), and in the end nothing is left.

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;

use super::super::Violation;
use super::super::planted::switch_with;
use super::super::session::Stage;
use super::*;

/// What the world does next. Numbers pick one of those that are there.
#[derive(Clone, Debug)]
enum Step {
    Arrive { who: u8, dialled: u8 },
    CallerUp(u8),
    CallerEarly(u8),
    Key { leg: u8, digit: char },
    Rings(u8),
    Early(u8),
    Answers(u8),
    Fails { leg: u8, cause: u8 },
    HangsUp(u8),
    PlayEnded(u8),
    Silent(u8),
    Register { who: u8, reachable: bool },
    Status { who: u8, away: bool },
    Take { session: u8, who: u8 },
    End(u8),
    Pass(u32),
}

fn step() -> impl Strategy<Value = Step> {
    let n = any::<u8>();
    prop_oneof![
        4 => (n, n).prop_map(|(who, dialled)| Step::Arrive { who, dialled }),
        5 => n.prop_map(Step::CallerUp),
        2 => n.prop_map(Step::CallerEarly),
        4 => (n, prop::sample::select(vec!['1', '2', '3', '4', '5', '6', '7', '8', '9', '#']))
            .prop_map(|(leg, digit)| Step::Key { leg, digit }),
        2 => n.prop_map(Step::Rings),
        1 => n.prop_map(Step::Early),
        4 => n.prop_map(Step::Answers),
        2 => (n, n).prop_map(|(leg, cause)| Step::Fails { leg, cause }),
        2 => n.prop_map(Step::HangsUp),
        2 => n.prop_map(Step::PlayEnded),
        1 => n.prop_map(Step::Silent),
        4 => (n, any::<bool>(), any::<bool>()).prop_map(|(who, a, b)| Step::Register { who, reachable: a || b }),
        1 => (n, any::<bool>()).prop_map(|(who, away)| Step::Status { who, away }),
        1 => (n, n).prop_map(|(session, who)| Step::Take { session, who }),
        1 => n.prop_map(Step::End),
        3 => (1u32..40_000).prop_map(Step::Pass),
        // Past the longest wait of a queue.
        1 => Just(Step::Pass(700_000)),
    ]
}

/// The far ends: which legs stand, as the lines know it.
#[derive(Clone, Default)]
struct World {
    /// All that the switch has asked for.
    told: Vec<Action>,
    callers: Vec<LegId>,
    callees: Vec<LegId>,
    /// Went down, and still hold a port.
    closing: Vec<LegId>,
    playbacks: BTreeMap<LegId, u64>,
}

impl World {
    /// Takes in what the switch asked of lines and media.
    fn look(&mut self, fixture: &mut Fixture) {
        for action in std::mem::take(&mut fixture.actions) {
            self.told.push(action.clone());
            match action {
                Action::Line { leg, command: LineCommand::Dial { .. } } => self.callees.push(leg),
                Action::Line { leg, command: LineCommand::HangUp { .. } } => self.gone(leg),
                Action::Media(media::Command::Play { leg, playback, repeat: false, .. }) => {
                    self.playbacks.insert(leg, playback);
                }
                _ => {}
            }
        }
    }

    fn gone(&mut self, leg: LegId) {
        self.callers.retain(|one| *one != leg);
        self.callees.retain(|one| *one != leg);
        self.playbacks.remove(&leg);
        self.closing.push(leg);
    }
}

fn pick<T: Copy>(of: &[T], number: u8) -> Option<T> {
    (!of.is_empty()).then(|| of[usize::from(number) % of.len()])
}

fn apply(fixture: &mut Fixture, world: &mut World, step: Step) {
    let name = |who: u8| OPERATORS[usize::from(who) % OPERATORS.len()].0;
    match step {
        Step::Arrive { who, dialled } => {
            let origin = match who % 4 {
                0 => Origin::Guest,
                1 => Origin::Trunk(fixture.trunk),
                _ => Origin::Device(fixture.devices[name(who)]),
            };
            let numbers = ["100", "100", "+420200000100", "201", "203", "+420777000111", "999"];
            let leg = fixture.arrive(origin, numbers[usize::from(dialled) % numbers.len()]);
            world.callers.push(leg);
        }
        Step::CallerUp(n) => tell_line(fixture, pick(&world.callers, n), LineEvent::Up),
        Step::CallerEarly(n) => tell_line(fixture, pick(&world.callers, n), LineEvent::Early),
        Step::Rings(n) => tell_line(fixture, pick(&world.callees, n), LineEvent::Ringing),
        Step::Early(n) => tell_line(fixture, pick(&world.callees, n), LineEvent::Early),
        Step::Answers(n) => tell_line(fixture, pick(&world.callees, n), LineEvent::Up),
        Step::Key { leg, digit } => {
            if let Some(leg) = pick(&world.callers, leg) {
                fixture.press(leg, digit);
            }
        }
        Step::Fails { leg, cause } => {
            let causes = [Cause::Busy, Cause::Declined, Cause::Unreachable, Cause::NetworkFailure];
            if let Some(leg) = pick(&world.callees, leg) {
                world.gone(leg);
                fixture.down(leg, causes[usize::from(cause) % causes.len()]);
            }
        }
        Step::HangsUp(n) => {
            let all: Vec<_> = world.callers.iter().chain(&world.callees).copied().collect();
            if let Some(leg) = pick(&all, n) {
                world.gone(leg);
                fixture.down(leg, Cause::Normal);
            }
        }
        Step::PlayEnded(n) => {
            let playing: Vec<_> = world.playbacks.iter().map(|(leg, playback)| (*leg, *playback)).collect();
            if let Some((leg, playback)) = pick(&playing, n) {
                world.playbacks.remove(&leg);
                fixture.tell(Event::Media(media::Event::PlayEnded { leg, playback }));
            }
        }
        Step::Silent(n) => {
            if let Some(leg) = pick(&world.callers, n) {
                fixture.tell(Event::Media(media::Event::Silent { leg }));
            }
        }
        Step::Register { who, reachable } => fixture.register(name(who), reachable),
        Step::Status { who, away } => {
            let status = if away { queue::Status::Away { reason: None } } else { queue::Status::Online };
            fixture.tell(Event::Status { operator: fixture.users[name(who)], status });
        }
        Step::Take { session, who } => {
            if let Some(session) = pick(&sessions(fixture), session) {
                fixture.tell(Event::Take { session, operator: fixture.users[name(who)] });
            }
        }
        Step::End(n) => {
            if let Some(session) = pick(&sessions(fixture), n) {
                fixture.tell(Event::End { session, cause: Cause::Shutdown });
            }
        }
        Step::Pass(ms) => fixture.pass(Duration::from_millis(ms.into())),
    }
    world.look(fixture);
    let closing = std::mem::take(&mut world.closing);
    fixture.close(&closing);
    world.look(fixture);
}

fn sessions(fixture: &Fixture) -> Vec<SessionId> {
    fixture.switch.sessions().map(|(id, _)| id).collect()
}

fn tell_line(fixture: &mut Fixture, leg: Option<LegId>, event: LineEvent) {
    if let Some(leg) = leg {
        fixture.line(leg, event);
    }
}

/// Everybody hangs up; then nothing may be left.
fn finish(fixture: &mut Fixture, world: &mut World) {
    while let Some(leg) = world.callers.first().copied() {
        world.gone(leg);
        fixture.down(leg, Cause::Normal);
        world.look(fixture);
    }
    let closing = std::mem::take(&mut world.closing);
    fixture.close(&closing);
    fixture.pass(Duration::from_secs(3));
    assert_eq!(fixture.switch.sessions().count(), 0, "a session is left");
    assert_eq!(world.callees, [], "a leg is left");
    fixture.pass(Duration::from_secs(600));
    for (name, _) in OPERATORS {
        assert_eq!(fixture.engagement(name), queue::Engagement::Free, "{name}");
    }
    fixture.check_history();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_invariants_hold_and_nothing_is_left(steps in prop::collection::vec(step(), 1..120)) {
        let mut fixture = Fixture::new();
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
        let mut fixture = Fixture::new();
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
        Stage::Dialling { .. } if session.run.is_some() => "dialling by dialplan",
        Stage::Dialling { .. } => "dialling",
        Stage::Talking { queued: true, .. } => "talking from a queue",
        Stage::Talking { queued: false, .. } => "talking",
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
    ("dialling", "talking"),
    ("dialling", "apology"),
    ("dialling", ""),
    ("dialling by dialplan", "talking"),
    ("dialling by dialplan", "guided"),
    ("dialling by dialplan", ""),
    ("talking", ""),
    ("talking from a queue", ""),
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
    for _ in 0..60 {
        let steps = proptest::strategy::ValueTree::current(&strategy.new_tree(&mut runner).unwrap());
        let mut fixture = Fixture::new();
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
