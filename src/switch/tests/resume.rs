//! Sessions that outlive the process: the switch begins anew, and all that is left of them is their events.

use std::time::Duration;

use proptest::prelude::*;

use super::super::history::{Happening, Past, Phase};
use super::super::session::Session;
use super::world::{Step, World, apply};
use super::*;

impl Fixture {
    /// The program is killed and starts again after this time: nobody is reachable, and no workspace is open.
    fn restarted(&self, after: Duration) -> Self {
        let switch = Switch::new(self.switch.config.clone(), Entropy::from_number(99));
        let mut again = self.twin(switch);
        again.now = self.now + after;
        again.tell(Event::Directory(self.switch.directory().clone()));
        again.tell(Event::Plans(self.switch.plans.clone()));
        let live = self.switch.live_sessions().map(|session| session.id);
        for past in live.filter_map(|id| Past::of(&self.events[&id], Abilities::TEXT)) {
            again.tell(Event::Resume(Box::new(past)));
        }
        again
    }

    fn waits_at(&self, leg: LegId) -> Option<usize> {
        self.switch.queues().position(self.switch.session_of(leg)?)
    }

    fn serve(&mut self, name: &str) {
        let leg = self.seat_of(name).expect("it rings nowhere");
        self.line(leg, LineEvent::Up);
    }

    fn seat_of(&self, name: &str) -> Option<LegId> {
        self.switch.live_sessions().find_map(|session| session.leg_of(self.users[name]))
    }
}

#[test]
fn clients_who_waited_keep_their_places_and_their_wait_counts_on() {
    let mut before = Fixture::new();
    let clients = ["Eva", "Ivo", "Jan"].map(|name| {
        before.pass(Duration::from_secs(10));
        before.knock(name)
    });
    clients.iter().for_each(|client| before.line(*client, LineEvent::Up));
    before.pass(Duration::from_secs(20));
    let mut after = before.restarted(Duration::from_secs(5));
    let late = after.knock("Ota");
    assert_eq!(clients.map(|client| after.waits_at(client)), [Some(1), Some(2), Some(3)]);
    assert_eq!(after.waits_at(late), Some(4));
    after.register("anna", true);
    after.serve("anna");
    let id = after.switch.session_of(clients[0]).unwrap();
    let summary = after.switch.summary(id).unwrap();
    assert_eq!((summary.phase, summary.waiting_ms), (Phase::Talking, 45_000));
    assert_eq!(summary.groups, ["sales"], "it was queued once");
    after.down(clients[0], Cause::Normal);
    after.check_history();
}

#[test]
fn operators_who_served_go_on_where_they_were() {
    let mut before = Fixture::new();
    before.register("anna", true);
    let client = before.knock("Eva");
    before.line(client, LineEvent::Up);
    before.serve("anna");
    let seat = before.seat_of("anna").unwrap();
    before.line(seat, LineEvent::Wrote { own: 3, text: "good day".into(), aside: false });
    let mut after = before.restarted(Duration::from_secs(5));
    assert_eq!(after.seat_of("anna"), Some(seat));
    assert!(matches!(after.engagement("anna"), queue::Engagement::OnSession { .. }));
    after.register("anna", true);
    after.pass(Duration::from_secs(600));
    after.line(seat, LineEvent::Wrote { own: 4, text: "I am back".into(), aside: false });
    let read = after.commands_to(client).into_iter().find_map(|command| match command {
        LineCommand::Deliver(message) => Some((message.number, message.text)),
        _ => None,
    });
    assert_eq!(read, Some((2, "I am back".to_owned())), "numbers go on");
    after.down(client, Cause::Normal);
    assert_eq!(after.engagement("anna"), queue::Engagement::Free);
    assert_eq!(after.record().operators, [after.users["anna"]]);
    after.check_history();
}

#[test]
fn who_does_not_come_back_is_waited_for_and_then_the_client_waits_for_another() {
    let mut before = Fixture::new();
    before.register("anna", true);
    let client = before.knock("Eva");
    before.line(client, LineEvent::Up);
    before.serve("anna");
    let mut after = before.restarted(Duration::from_secs(5));
    after.pass(Duration::from_secs(60));
    after.register("boris", true);
    assert_eq!(after.seat_of("boris"), None, "Anna has some time left");
    after.pass(Duration::from_secs(90));
    assert_eq!((after.waits_at(client), after.engagement("anna")), (Some(1), queue::Engagement::Free));
    after.serve("boris");
    assert!(matches!(after.engagement("boris"), queue::Engagement::OnSession { .. }));
    after.down(client, Cause::Normal);
    after.check_history();
}

#[test]
fn an_operator_whose_workspace_is_closed_for_long_loses_the_chat_to_the_queue() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    let client = fixture.knock("Eva");
    fixture.line(client, LineEvent::Up);
    fixture.serve("anna");
    fixture.register("anna", false);
    fixture.pass(Duration::from_secs(100));
    fixture.register("anna", true);
    fixture.pass(Duration::from_secs(600));
    assert!(fixture.seat_of("anna").is_some(), "who is back in time keeps it");
    fixture.register("anna", false);
    fixture.pass(Duration::from_secs(150));
    assert_eq!((fixture.seat_of("anna"), fixture.waits_at(client)), (None, Some(1)));
    let id = fixture.switch.session_of(client).unwrap();
    let kinds =
        |kind: fn(&Happening) -> bool| fixture.events[&id].iter().filter(|event| kind(&event.what)).count();
    assert_eq!(kinds(|what| matches!(what, Happening::Stranded { .. })), 2);
    assert_eq!(kinds(|what| matches!(what, Happening::Returned { .. })), 1);
    fixture.down(client, Cause::Normal);
    fixture.check_history();
}

#[test]
fn what_does_not_last_or_is_over_does_not_go_on() {
    let mut before = Fixture::new();
    let menu = before.call_menu();
    let gone = before.knock("Eva");
    before.down(gone, Cause::Normal);
    let call = &before.events[&before.switch.session_of(menu).unwrap()];
    assert_eq!(Past::of(call, Abilities::SOUND), None);
    assert_eq!(Past::of(call, Abilities::TEXT), None, "nobody holds on to a call");
    for events in before.events.values().filter(|events| events != &call) {
        assert_eq!(Past::of(events, Abilities::TEXT), None, "it is over");
    }
}

fn step() -> impl Strategy<Value = Step> {
    any::<[u8; 3]>().prop_map(|bytes| {
        let mut bytes = bytes.into_iter();
        Step::drawn(|| bytes.next().unwrap_or(0))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whenever_the_program_is_killed_written_sessions_go_on_and_end_cleanly(
        steps in prop::collection::vec(step(), 1..100),
    ) {
        let mut before = Fixture::new();
        let mut world = World::default();
        for step in steps {
            apply(&mut before, &mut world, step);
        }
        let lasting = |session: &&Session| session.arrival.abilities.lasting;
        let clients: Vec<_> = before.switch.live_sessions().filter(lasting).map(|s| s.caller).collect();
        // The fixture checks the invariants at each step.
        let mut after = before.restarted(Duration::from_secs(5));
        for client in &clients {
            prop_assert!(after.switch.session_of(*client).is_some(), "a session is lost");
        }
        after.pass(Duration::from_secs(300));
        for client in clients {
            after.down(client, Cause::Normal);
        }
        prop_assert_eq!(after.switch.sessions().count(), 0, "a session is left");
        after.pass(Duration::from_secs(600));
        for (name, _) in OPERATORS {
            prop_assert_eq!(after.engagement(name), queue::Engagement::Free, "{}", name);
        }
        after.check_history();
    }
}
