//! Phones that are lost in mid-call, and what becomes of those who talk with them.

use super::*;
use crate::switch::history::Happening;

/// Nobody waits longer for a phone that was lost.
const KEPT: Duration = Duration::from_secs(30);

fn own(fixture: &Fixture, name: &str) -> Origin {
    Origin::Device(fixture.devices[name])
}

/// Whether a leg was told a tone over what it hears.
fn was_told(fixture: &Fixture, to: LegId) -> bool {
    fixture.actions.iter().any(|action| {
        let Action::Media(media::Command::Announce { leg, sounds, .. }) = action else { return false };
        *leg == to && matches!(sounds.as_slice(), [media::Sound::Tone { .. }])
    })
}

fn hung_up(fixture: &mut Fixture, leg: LegId) -> Option<Cause> {
    fixture.commands_to(leg).into_iter().find_map(|command| match command {
        LineCommand::HangUp { cause } => Some(cause),
        _ => None,
    })
}

#[test]
fn while_a_phone_is_lost_the_client_hears_a_tone_and_then_music_and_the_operator_gets_nobody_else() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    fixture.line(anna, LineEvent::Stranded);
    assert!(was_told(&fixture, client) && fixture.waits(client) && fixture.hears(client).is_empty());
    // Nothing comes from a page that is gone.
    fixture.tell(Event::Media(media::Event::Silent { leg: anna }));
    fixture.pass(KEPT - Duration::from_millis(1));
    assert_eq!(hung_up(&mut fixture, anna), None);
    assert!(matches!(fixture.engagement("anna"), queue::Engagement::OnSession { .. }));
    assert!(fixture.switch.session(id).unwrap().talk().is_some());
}

#[test]
fn the_same_operator_takes_the_call_up_again_and_is_on_it_all_the_time() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    fixture.line(anna, LineEvent::Stranded);
    let again = fixture.replaces(own(&fixture, "anna"), anna);
    assert!(matches!(fixture.commands_to(again).as_slice(), [LineCommand::Answer { .. }]));
    assert!(fixture.waits(client), "until it is up");
    fixture.line(again, LineEvent::Up);
    assert_eq!((fixture.hears(client), fixture.hears(again)), (vec![again], vec![client]));
    assert!(!fixture.waits(client));
    assert_eq!(hung_up(&mut fixture, anna), Some(Cause::CompletedElsewhere));
    fixture.pass(KEPT);
    assert!(matches!(fixture.engagement("anna"), queue::Engagement::OnSession { .. }), "no after-call work");
    assert!(fixture.switch.session(id).unwrap().talk().is_some());
    fixture.down(client, Cause::Normal);
    fixture.close(&[client, anna, again]);
    fixture.pass(Duration::from_secs(60));
    fixture.check_history();
    let record = fixture.records.values().find(|record| record.from.starts_with('+')).unwrap();
    assert_eq!(record.parties, ["anna"]);
}

#[test]
fn a_call_moves_to_another_phone_of_the_operator_that_is_not_lost() {
    let mut fixture = Fixture::new();
    let (_, client, anna) = fixture.served();
    let desk = fixture.replaces(own(&fixture, "anna"), anna);
    fixture.line(desk, LineEvent::Up);
    assert_eq!((fixture.hears(client), fixture.hears(desk)), (vec![desk], vec![client]));
    assert_eq!(hung_up(&mut fixture, anna), Some(Cause::CompletedElsewhere));
    // A colleague may not.
    let boris = fixture.replaces(own(&fixture, "boris"), desk);
    assert_eq!(hung_up(&mut fixture, boris), Some(Cause::NotFound));
}

#[test]
fn an_operator_who_called_a_number_takes_that_call_up_again() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    let origin = own(&fixture, "anna");
    let anna = fixture.arrive(origin, "+420777000111");
    let (outside, _) = fixture.first_dialled();
    fixture.line(outside, LineEvent::Up);
    fixture.line(anna, LineEvent::Up);
    fixture.line(anna, LineEvent::Stranded);
    assert!(fixture.waits(outside));
    let again = fixture.replaces(origin, anna);
    fixture.line(again, LineEvent::Up);
    assert_eq!((fixture.hears(outside), fixture.hears(again)), (vec![again], vec![outside]));
    // And a second time.
    fixture.line(again, LineEvent::Stranded);
    let third = fixture.replaces(origin, again);
    fixture.line(third, LineEvent::Up);
    assert_eq!((fixture.hears(outside), fixture.hears(third)), (vec![third], vec![outside]));
    fixture.down(outside, Cause::Normal);
    assert_eq!(fixture.engagement("anna"), queue::Engagement::Free);
    assert!(hung_up(&mut fixture, third).is_some());
}

#[test]
fn a_client_on_hold_waits_on_and_a_muted_operator_stays_muted() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    let operator = fixture.users["anna"];
    fixture.command(id, Some(operator), Command::Hold).unwrap();
    fixture.command(id, Some(operator), Command::Mute { operator, on: true }).unwrap();
    fixture.line(anna, LineEvent::Stranded);
    let again = fixture.replaces(own(&fixture, "anna"), anna);
    fixture.line(again, LineEvent::Up);
    assert!(fixture.waits(client) && fixture.hears(client).is_empty());
    fixture.command(id, Some(operator), Command::Resume).unwrap();
    assert_eq!((fixture.hears(client), fixture.hears(again)), (vec![], vec![client]));
    fixture.command(id, Some(operator), Command::Mute { operator, on: false }).unwrap();
    assert_eq!(fixture.hears(client), [again]);
}

#[test]
fn in_a_conference_the_others_talk_on_and_who_comes_back_hears_all() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    let boris = fixture.invited(id, "boris", false);
    fixture.line(anna, LineEvent::Stranded);
    assert_eq!((fixture.hears(client), fixture.hears(boris)), (vec![boris], vec![client]));
    let again = fixture.replaces(own(&fixture, "anna"), anna);
    fixture.line(again, LineEvent::Up);
    assert_eq!(fixture.hears(client).len(), 2);
    fixture.line(again, LineEvent::Stranded);
    fixture.pass(KEPT);
    assert_eq!((fixture.hears(client), fixture.engagement("anna")), (vec![boris], queue::Engagement::Free));
}

#[test]
fn if_nobody_comes_back_the_client_waits_in_the_queue_again() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    fixture.line(anna, LineEvent::Stranded);
    fixture.register("anna", false);
    fixture.pass(KEPT);
    assert_eq!(hung_up(&mut fixture, anna), Some(Cause::Normal));
    assert!(fixture.switch.is_waiting(id) && fixture.waits(client));
    fixture.register("boris", true);
    let (boris, who) = fixture.first_dialled();
    assert_eq!(who, "boris");
    fixture.line(boris, LineEvent::Up);
    assert_eq!((fixture.hears(client), fixture.hears(boris)), (vec![boris], vec![client]));
}

#[test]
fn if_the_client_came_by_no_queue_the_operator_is_called_again() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    let client = fixture.arrive(Origin::Guest, "201");
    let (anna, _) = fixture.first_dialled();
    fixture.line(anna, LineEvent::Up);
    fixture.line(client, LineEvent::Up);
    fixture.line(anna, LineEvent::Stranded);
    fixture.pass(KEPT);
    let (again, who) = fixture.first_dialled();
    assert_eq!(who, "anna");
    assert!(fixture.waits(client));
    fixture.line(again, LineEvent::Up);
    assert_eq!((fixture.hears(client), fixture.hears(again)), (vec![again], vec![client]));
}

#[test]
fn a_call_that_comes_back_and_does_not_come_up_leaves_the_kept_leg_as_it_was() {
    let mut fixture = Fixture::new();
    let (_, client, anna) = fixture.served();
    fixture.line(anna, LineEvent::Stranded);
    let again = fixture.replaces(own(&fixture, "anna"), anna);
    fixture.down(again, Cause::Cancelled);
    assert!(matches!(fixture.engagement("anna"), queue::Engagement::OnSession { .. }));
    let third = fixture.replaces(own(&fixture, "anna"), anna);
    fixture.line(third, LineEvent::Up);
    assert_eq!(fixture.hears(client), [third]);
}

#[test]
fn who_hangs_up_meanwhile_ends_the_call_and_nobody_comes_back_to_it() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    fixture.line(anna, LineEvent::Stranded);
    fixture.down(client, Cause::Normal);
    assert!(fixture.switch.session(id).is_none_or(|session| session.is_over()));
    let late = fixture.replaces(own(&fixture, "anna"), anna);
    assert_eq!(hung_up(&mut fixture, late), Some(Cause::NotFound));
    let lost = fixture.events[&id].iter().any(|event| matches!(event.what, Happening::Stranded { .. }));
    assert!(lost);
}

#[test]
fn an_operator_who_is_lost_while_waiting_for_others_is_given_up_too() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    fixture.register("boris", true);
    let anna = fixture.arrive(own(&fixture, "anna"), "202");
    let (boris, _) = fixture.first_dialled();
    fixture.line(boris, LineEvent::Up);
    fixture.line(anna, LineEvent::Up);
    let id = fixture.switch.session_of(anna).unwrap();
    fixture.line(boris, LineEvent::Stranded);
    let to = Destination::Group(fixture.group("all"));
    let by = Some(fixture.users["anna"]);
    fixture.command(id, by, Command::Forward { to, note: None }).unwrap();
    assert!(fixture.switch.is_waiting(id));
    fixture.pass(KEPT);
    assert!(fixture.switch.session(id).is_none_or(|session| session.is_over()));
}
