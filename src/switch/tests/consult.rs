//! A consultation by a phone's second call: how it becomes one conversation, and who listens to it.

use super::*;
use crate::switch::history::Happening;

/// Anna's phone puts the client on hold and calls Boris, who answers; gives the legs of that call.
fn consulting(fixture: &mut Fixture, anna: LegId) -> (LegId, LegId) {
    fixture.line(anna, LineEvent::Holds(true));
    let second = fixture.arrive(Origin::Device(fixture.devices["anna"]), "202");
    let (boris, _) = fixture.first_dialled();
    fixture.line(boris, LineEvent::Up);
    fixture.line(second, LineEvent::Up);
    (second, boris)
}

/// Who hears whom, whatever the session whose rows say so.
fn heard_by(fixture: &Fixture, to: LegId) -> Vec<LegId> {
    let rows = fixture.switch.sessions.values().flat_map(|session| &session.rows);
    rows.filter(|row| row.to == to).map(|row| row.from).collect()
}

/// Where the engine was told to take a leg, one after the other.
fn moves(fixture: &Fixture, of: LegId) -> Vec<crate::id::RoomId> {
    let moved = fixture.actions.iter().filter_map(|action| match action {
        Action::Media(media::Command::Move { leg, room }) if *leg == of => Some(*room),
        _ => None,
    });
    moved.collect()
}

fn sorted<const N: usize>(mut legs: [LegId; N]) -> [LegId; N] {
    legs.sort();
    legs
}

#[test]
fn resume_brings_whoever_is_consulted_to_the_client_and_the_operator_by_the_same_call() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    fixture.register("boris", true);
    let (second, boris) = consulting(&mut fixture, anna);
    assert_eq!((fixture.hears(second), fixture.waits(client)), (vec![boris], true));
    fixture.command(id, None, Command::Resume).unwrap();
    assert_eq!(fixture.hears(client), sorted([second, boris]));
    assert_eq!(fixture.hears(second), sorted([client, boris]));
    assert_eq!(fixture.hears(boris), sorted([client, second]));
    assert!(!fixture.waits(client));
    assert_eq!(fixture.commands_to(anna), [LineCommand::HangUp { cause: Cause::Normal }]);
    assert_eq!((fixture.commands_to(second).len(), fixture.switch.live()), (1, 1), "answered, and not ended");
    // Each may leave now, and the rest go on.
    fixture.down(second, Cause::Normal);
    assert_eq!((fixture.hears(client), fixture.hears(boris)), (vec![boris], vec![client]));
    fixture.down(client, Cause::Normal);
    fixture.close(&[client, anna, second, boris]);
    fixture.pass(Duration::from_secs(3));
    assert_eq!(fixture.switch.sessions().count(), 0);
    fixture.check_history();
    let record = &fixture.records[&id];
    assert_eq!(record.parties, ["anna", "boris"]);
    assert!(record.legs.values().all(|leg| leg.left.is_some()));
    assert_eq!(fixture.engagement("boris"), queue::Engagement::Free);
}

#[test]
fn what_an_operator_called_can_be_joined_with_somebody_who_is_consulted() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    fixture.register("boris", true);
    let anna = fixture.arrive(Origin::Device(fixture.devices["anna"]), "+420777000111");
    let (client, _) = fixture.first_dialled();
    fixture.line(client, LineEvent::Up);
    fixture.line(anna, LineEvent::Up);
    let id = fixture.switch.session_of(anna).unwrap();
    let (second, boris) = consulting(&mut fixture, anna);
    fixture.command(id, Some(fixture.users["anna"]), Command::Resume).unwrap();
    assert_eq!(fixture.hears(client), sorted([second, boris]));
    fixture.down(client, Cause::Normal);
    fixture.close(&[client, anna, second, boris]);
    fixture.pass(Duration::from_secs(3));
    assert_eq!(fixture.switch.sessions().count(), 0);
    fixture.check_history();
}

#[test]
fn a_full_session_takes_nobody_in_and_the_consultation_stands() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    fixture
        .reconfigure(|directory| directory.operators.values_mut().for_each(|one| one.rights.max_calls = 9));
    for _ in 0..4 {
        let to = Destination::Number("+420777000111".into());
        fixture.command(id, Some(fixture.users["anna"]), Command::Invite { to, consult: false }).unwrap();
        let (leg, _) = fixture.first_dialled();
        fixture.line(leg, LineEvent::Up);
    }
    fixture.register("boris", true);
    let (second, boris) = consulting(&mut fixture, anna);
    let refused = fixture.command(id, None, Command::Resume).unwrap_err();
    assert!(refused.why.contains("5 operators"), "{}", refused.why);
    assert_eq!(fixture.hears(second), [boris]);
    assert_eq!(fixture.hears(client).len(), 4);
}

#[test]
fn without_conferences_resume_joins_nobody() {
    let mut fixture = Fixture::new();
    let (id, _, anna) = fixture.served();
    fixture.register("boris", true);
    let (second, boris) = consulting(&mut fixture, anna);
    fixture.switch_off("conference");
    let refused = fixture.command(id, None, Command::Resume).unwrap_err();
    assert!(refused.why.contains("conference is switched off"), "{}", refused.why);
    assert_eq!(fixture.hears(second), [boris]);
}

#[test]
fn a_supervisor_who_listens_hears_the_consultation_and_comes_back_with_the_operator() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    fixture.register("boris", true);
    fixture.register("dana", true);
    let supervisor = fixture.users["dana"];
    fixture.command(id, None, Command::Supervise { supervisor, part: Part::Listens }).unwrap();
    let (dana, _) = fixture.first_dialled();
    fixture.line(dana, LineEvent::Up);
    assert_eq!(heard_by(&fixture, dana), sorted([client, anna]));
    let (second, boris) = consulting(&mut fixture, anna);
    assert_eq!(heard_by(&fixture, dana), sorted([second, boris]));
    assert_eq!((fixture.hears(second), fixture.hears(boris)), (vec![boris], vec![second]), "unheard");
    fixture.command(id, None, Command::Supervise { supervisor, part: Part::Whispers }).unwrap();
    assert_eq!(fixture.hears(second), sorted([boris, dana]), "the operator hears what is whispered");
    assert_eq!(fixture.hears(boris), [second]);
    // The phone goes to and fro between its two calls.
    fixture.line(second, LineEvent::Holds(true));
    fixture.line(anna, LineEvent::Holds(false));
    assert_eq!(heard_by(&fixture, dana), sorted([client, anna]));
    fixture.line(anna, LineEvent::Holds(true));
    fixture.line(second, LineEvent::Holds(false));
    assert_eq!(heard_by(&fixture, dana), sorted([second, boris]));
    fixture.down(second, Cause::Normal);
    fixture.line(anna, LineEvent::Holds(false));
    assert_eq!(heard_by(&fixture, dana), sorted([client, anna]));
    let rooms = moves(&fixture, dana);
    assert_eq!(rooms.len(), 4);
    // The next one, while the last figures of the one before are still awaited.
    let (third, boris) = consulting(&mut fixture, anna);
    assert_eq!(heard_by(&fixture, dana), sorted([third, boris]));
    assert!(rooms[0] == rooms[2] && rooms[1] == rooms[3] && rooms[0] != rooms[1], "{rooms:?}");
}

#[test]
fn a_listener_stays_with_the_client_when_the_consultation_becomes_a_conference_or_a_transfer() {
    for joins in [true, false] {
        let mut fixture = Fixture::new();
        let (id, client, anna) = fixture.served();
        fixture.register("boris", true);
        fixture.register("dana", true);
        let (second, boris) = consulting(&mut fixture, anna);
        let supervisor = fixture.users["dana"];
        fixture.command(id, None, Command::Supervise { supervisor, part: Part::Listens }).unwrap();
        let (dana, _) = fixture.first_dialled();
        fixture.line(dana, LineEvent::Up);
        assert_eq!(heard_by(&fixture, dana), sorted([second, boris]), "who begins in the middle, too");
        match joins {
            true => fixture.command(id, None, Command::Resume).unwrap(),
            false => fixture.line(anna, LineEvent::Transfer { request: 7, wish: Wanted::Peer(second) }),
        }
        let expected =
            if joins { sorted([client, second, boris]).to_vec() } else { sorted([client, boris]).to_vec() };
        assert_eq!(heard_by(&fixture, dana), expected);
        let room = fixture.switch.sessions[&id].room;
        assert_eq!(moves(&fixture, dana).last(), Some(&room));
        fixture.down(client, Cause::Normal);
        fixture.close(&[client, anna, second, boris, dana]);
        fixture.pass(Duration::from_secs(3));
        assert_eq!(fixture.switch.sessions().count(), 0);
    }
}

#[test]
fn hold_and_resume_ask_nothing_of_any_phone() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    fixture.actions.clear();
    fixture.command(id, None, Command::Hold).unwrap();
    fixture.command(id, None, Command::Resume).unwrap();
    fixture.line(anna, LineEvent::Holds(true));
    fixture.line(anna, LineEvent::Holds(false));
    assert_eq!((fixture.commands_to(client), fixture.commands_to(anna)), (vec![], vec![]));
    let held = |event: &&SessionEvent| matches!(event.what, Happening::Held { .. });
    assert_eq!(fixture.events[&id].iter().filter(held).count(), 4);
}
