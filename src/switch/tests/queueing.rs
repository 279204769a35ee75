//! Waiting, offers, and what happens when somebody goes away in the middle.

use std::time::Duration;

use super::*;

#[test]
fn a_caller_presses_a_key_waits_with_music_and_talks_with_an_operator() {
    let mut fixture = Fixture::new();
    let caller = fixture.call_and_press('1');
    assert_eq!(fixture.playing(caller), ["music/harbour"]);
    fixture.pass(Duration::from_secs(4));
    fixture.register("anna", true);
    let (leg, name) = fixture.first_dialled();
    assert_eq!(name, "anna");
    fixture.line(leg, LineEvent::Ringing);
    fixture.pass(Duration::from_secs(2));
    fixture.line(leg, LineEvent::Up);
    let stopped =
        |action: &Action| matches!(action, Action::Media(media::Command::StopPlay { leg }) if *leg == caller);
    assert!(fixture.actions.iter().any(stopped), "the music stops");
    assert_eq!(fixture.rows().len(), 2);
    fixture.pass(Duration::from_secs(60));
    fixture.down(caller, Cause::Normal);
    assert_eq!(fixture.commands_to(leg), [LineCommand::HangUp { cause: Cause::Normal }]);
    fixture.close(&[caller, leg]);
    let record = fixture.record();
    assert_eq!((record.keys.as_str(), record.waiting_ms, record.talk_ms), ("1", 6_000, 60_000));
    assert_eq!(record.operators, [fixture.users["anna"]]);
    assert!(record.decisions.iter().any(|why| why.contains("offered to anna")), "{:?}", record.decisions);
    fixture.check_history();
}

#[test]
fn the_place_in_the_queue_is_said_every_half_minute() {
    let mut fixture = Fixture::new();
    let caller = fixture.call_and_press('1');
    fixture.pass(Duration::from_secs(31));
    let said = fixture.playing(caller);
    assert!(said.iter().any(|name| name.contains("queue/")), "{said:?}");
    assert!(said.iter().any(|name| name.ends_with("numbers/1")), "{said:?}");
}

#[test]
fn nobody_answers_and_the_next_one_is_asked() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    fixture.register("boris", true);
    fixture.call_and_press('1');
    let (first, first_name) = fixture.first_dialled();
    fixture.pass(Duration::from_secs(16));
    assert_eq!(fixture.commands_to(first), [LineCommand::HangUp { cause: Cause::NoAnswer }]);
    assert_ne!(fixture.first_dialled().1, first_name);
}

#[test]
fn a_busy_phone_is_passed_over() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    fixture.register("boris", true);
    fixture.call_and_press('1');
    let (first, first_name) = fixture.first_dialled();
    fixture.down(first, Cause::Busy);
    assert_ne!(fixture.first_dialled().1, first_name);
}

#[test]
fn a_caller_who_hangs_up_while_it_rings_leaves_the_operator_free() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    let caller = fixture.call_and_press('1');
    let (leg, _) = fixture.dialled().remove(0);
    fixture.line(leg, LineEvent::Ringing);
    fixture.down(caller, Cause::Normal);
    assert!(matches!(fixture.commands_to(leg).as_slice(), [LineCommand::HangUp { .. }]));
    fixture.close(&[caller, leg]);
    assert_eq!(fixture.engagement("anna"), queue::Engagement::Free);
    assert_eq!(fixture.record().operators, []);
    fixture.check_history();
}

#[test]
fn an_operator_who_unregisters_while_it_rings_is_replaced() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    fixture.call_and_press('1');
    let (leg, _) = fixture.dialled().remove(0);
    fixture.register("boris", true);
    fixture.register("anna", false);
    assert!(matches!(fixture.commands_to(leg).as_slice(), [LineCommand::HangUp { .. }]));
    assert_eq!(fixture.first_dialled().1, "boris");
}

#[test]
fn two_callers_and_one_operator_are_served_one_after_the_other() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    fixture.call_and_press('1');
    fixture.call_and_press('1');
    let mut dialled = fixture.dialled();
    assert_eq!(dialled.len(), 1, "one phone rings for one session");
    let (leg, _) = dialled.remove(0);
    fixture.line(leg, LineEvent::Up);
    assert_eq!(fixture.dialled(), []);
    fixture.down(leg, Cause::Normal);
    assert_eq!(fixture.dialled().len(), 1, "the second one's turn");
}

#[test]
fn when_all_ring_the_first_to_answer_has_it_and_the_other_was_completed_elsewhere() {
    let mut fixture = Fixture::new();
    fixture.register("cyril", true);
    fixture.register("dana", true);
    let caller = fixture.call_and_press('2');
    let dialled = fixture.dialled();
    assert_eq!(dialled.len(), 2);
    let (winner, loser) = (dialled[0].0, dialled[1].0);
    fixture.line(winner, LineEvent::Up);
    let elsewhere = LineCommand::HangUp { cause: Cause::CompletedElsewhere };
    assert_eq!(fixture.commands_to(loser), [elsewhere]);
    // The other answered in the same moment: the line reports it before it sees our word.
    fixture.line(loser, LineEvent::Up);
    assert_eq!(fixture.rows().len(), 2);
    fixture.down(caller, Cause::Normal);
}

#[test]
fn a_full_queue_says_sorry() {
    let mut fixture = Fixture::new();
    for _ in 0..5 {
        let leg = fixture.call_menu();
        fixture.press(leg, '1');
    }
    let sixth = fixture.call_and_press('1');
    assert_eq!(fixture.playing(sixth), ["prompts/en/sorry"]);
}

#[test]
fn an_operator_takes_a_waiting_session_although_it_is_away_from_the_queue() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    let status = queue::Status::Away { reason: None };
    fixture.tell(Event::Status { operator: fixture.users["anna"], status });
    let caller = fixture.call_and_press('1');
    assert_eq!(fixture.dialled(), []);
    let session = fixture.switch.session_of(caller).unwrap();
    assert!(fixture.switch.is_waiting(session));
    fixture.tell(Event::Take { session, operator: fixture.users["anna"] });
    assert!(fixture.switch.is_offered_to(session, fixture.users["anna"]));
    let (leg, _) = fixture.dialled().remove(0);
    fixture.line(leg, LineEvent::Up);
    assert_eq!(fixture.rows().len(), 2);
}

#[test]
fn the_dialplan_calls_an_operator_and_goes_on_if_nobody_answers() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    let caller = fixture.call_and_press('3');
    let (leg, name) = fixture.first_dialled();
    assert_eq!(name, "anna");
    fixture.pass(Duration::from_secs(21));
    assert!(matches!(fixture.commands_to(leg).as_slice(), [LineCommand::HangUp { .. }]));
    assert_eq!(fixture.playing(caller), ["prompts/en/sorry"]);
    assert_eq!(fixture.engagement("anna"), queue::Engagement::Free);
}

#[test]
fn an_operator_who_cannot_take_a_session_is_not_said_to_have_taken_it() {
    let mut fixture = Fixture::new();
    let caller = fixture.call_and_press('1');
    let session = fixture.switch.session_of(caller).unwrap();
    fixture.tell(Event::Take { session, operator: fixture.users["anna"] });
    let decisions = &fixture.switch.summary(session).unwrap().decisions;
    assert!(!decisions.iter().any(|why| why.contains("took it")), "{decisions:?}");
}

#[test]
fn nothing_is_kept_of_an_offer_and_a_leg_that_are_over() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    let caller = fixture.call_and_press('1');
    let (leg, _) = fixture.dialled().remove(0);
    fixture.line(leg, LineEvent::Up);
    assert!(fixture.switch.offers.is_empty(), "the offer was answered");
    // The engine ends the leg by a fault of its own, and the line tells so only after that.
    fixture.close(&[leg]);
    fixture.line(leg, LineEvent::Down { cause: Cause::Internal, by: EndedBy::Us });
    fixture.close(&[caller]);
    assert_eq!(fixture.record().talk_ms, 0);
    assert!(fixture.switch.legs.is_empty(), "{:?}", fixture.switch.legs);
}
