//! What is switched off for a tenant is done by nobody, and who asks for it learns why.

use super::*;
use crate::switch::recording::RecordAct;

fn refused(done: Result<(), Refusal>, service: &str) {
    let Refusal { cause, why } = done.unwrap_err();
    assert_eq!(cause, Cause::Forbidden, "{why}");
    assert!(why.contains(&format!("{service} is switched off for harbour")), "{why}");
}

/// The reasons that stand in a session's history.
fn reasons(fixture: &Fixture, id: SessionId) -> String {
    let decisions = fixture.events[&id].iter().filter_map(|event| match &event.what {
        super::super::history::Happening::Decision { reasons } => Some(reasons.join("; ")),
        super::super::history::Happening::Refused { why, .. } => Some(why.clone()),
        _ => None,
    });
    decisions.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_command_for_what_is_switched_off_is_refused_with_the_reason_and_changes_nothing() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    fixture.register("boris", true);
    let (anna_user, boris) = (fixture.users["anna"], Destination::Operator(fixture.users["boris"]));
    let all = Destination::Group(fixture.group("all"));
    let commands = [
        ("hold", Command::Hold),
        ("mute", Command::Mute { operator: anna_user, on: true }),
        ("conference", Command::Invite { to: boris.clone(), consult: false }),
        ("conference", Command::Invite { to: boris.clone(), consult: true }),
        ("forwarding", Command::Forward { to: boris, note: None }),
        ("queue", Command::Forward { to: all, note: None }),
        ("recording", Command::Record { act: RecordAct::Start }),
    ];
    for (service, command) in commands {
        fixture.switch_off(service);
        refused(fixture.command(id, Some(anna_user), command), service);
        assert_eq!((fixture.hears(client), fixture.hears(anna)), (vec![anna], vec![client]), "{service}");
    }
    assert_eq!(fixture.dialled(), []);
}

#[test]
fn what_was_begun_before_it_was_switched_off_can_be_ended() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    let operator = fixture.users["anna"];
    fixture.command(id, None, Command::Mute { operator, on: true }).unwrap();
    fixture.command(id, None, Command::Hold).unwrap();
    fixture.switch_off("hold,mute");
    fixture.command(id, None, Command::Resume).unwrap();
    fixture.command(id, None, Command::Mute { operator, on: false }).unwrap();
    assert_eq!((fixture.hears(client), fixture.hears(anna)), (vec![anna], vec![client]));
}

#[test]
fn a_phones_keys_forward_and_consult_nobody_and_its_hold_leaves_no_silence() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    fixture.register("boris", true);
    fixture.switch_off("hold,conference,forwarding");
    fixture.line(anna, LineEvent::Holds(true));
    assert!(fixture.waits(client), "the phone says nothing any more, whatever we want");
    assert!(reasons(&fixture, id).contains("held by the phone though hold is switched off"));
    let second = fixture.arrive(Origin::Device(fixture.devices["anna"]), "202");
    assert_eq!(fixture.commands_to(second), [LineCommand::HangUp { cause: Cause::Forbidden }]);
    fixture.line(anna, LineEvent::Holds(false));
    fixture.line(anna, LineEvent::Transfer { request: 7, wish: Wanted::Number("202".into()) });
    let outcome = Handed::Refused(Cause::Forbidden);
    assert_eq!(fixture.commands_to(anna), [LineCommand::Transfer { request: 7, outcome }]);
    assert!(reasons(&fixture, id).contains("not forwarded: forwarding is switched off"));
    // The code that parks, too.
    fixture.line(anna, LineEvent::Holds(true));
    let code = fixture.arrive(Origin::Device(fixture.devices["anna"]), "*68");
    fixture.line(code, LineEvent::Up);
    assert_eq!(fixture.playing(code), ["prompts/en/features/refused"]);
    assert!(fixture.waits(client) && fixture.dialled().is_empty());
}

#[test]
fn a_client_of_a_tenant_without_queues_goes_on_as_if_too_many_waited() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    fixture.switch_off("queue");
    let caller = fixture.call_and_press('1');
    assert_eq!(fixture.dialled(), []);
    assert_eq!(fixture.playing(caller), ["prompts/en/sorry"], "the way of `else`");
    let id = fixture.switch.session_of(caller).unwrap();
    assert!(reasons(&fixture, id).contains("queue is switched off for harbour"));
}

#[test]
fn without_a_handset_nobody_is_called_outside_but_help() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    fixture.switch_off("handset");
    fixture.reconfigure(|directory| directory.trunks.values_mut().for_each(|trunk| trunk.emergency = true));
    let anna = Origin::Device(fixture.devices["anna"]);
    let outside = fixture.arrive(anna, "+420777000111");
    assert_eq!(fixture.commands_to(outside), [LineCommand::HangUp { cause: Cause::Forbidden }]);
    let click = fixture.switch.place_call(fixture.users["anna"], "+420777000111", fixture.now);
    refused(click.map(|_| ()), "handset");
    fixture.close(&[outside]);
    fixture.arrive(anna, "112");
    assert_eq!(fixture.dialled().len(), 1);
}

#[test]
fn a_tenant_may_have_clients_on_hold_hear_nothing_and_in_queues_there_is_music_all_the_same() {
    let mut fixture = Fixture::new();
    fixture.reconfigure(|directory| directory.tenants.values_mut().for_each(|t| t.silent_hold = true));
    let (id, client, anna) = fixture.served();
    fixture.command(id, None, Command::Hold).unwrap();
    let last = |fixture: &Fixture| {
        let music = |action: &Action| match action {
            Action::Media(media::Command::Music { leg, sounds, .. }) if *leg == client => {
                Some(sounds.clone())
            }
            _ => None,
        };
        fixture.actions.iter().rev().find_map(music).unwrap_or_default()
    };
    assert!(matches!(last(&fixture)[..], [media::Sound::Silence { .. }]), "{:?}", last(&fixture));
    assert!(fixture.waits(client) && fixture.hears(anna).is_empty());
    let all = Destination::Group(fixture.group("all"));
    fixture.command(id, Some(fixture.users["anna"]), Command::Forward { to: all, note: None }).unwrap();
    assert_eq!(last(&fixture), [media::Sound::File("music/harbour".into())]);
}
