//! Open rooms.

use super::*;

fn joins(fixture: &mut Fixture, room: &str) -> LegId {
    let leg = fixture.arrive(Origin::Guest, room);
    fixture.line(leg, LineEvent::Up);
    leg
}

/// Whom a leg hears by the last table that names it.
fn hears(fixture: &Fixture, to: LegId, room: crate::id::RoomId) -> Vec<LegId> {
    let table = fixture.actions.iter().rev().find_map(|action| match action {
        Action::Media(media::Command::Hear { room: of, rows }) if *of == room => Some(rows),
        _ => None,
    });
    table.into_iter().flatten().filter(|row| row.to == to).map(|row| row.from).collect()
}

fn room_of(fixture: &Fixture, leg: LegId) -> crate::id::RoomId {
    let moved = fixture.actions.iter().find_map(|action| match action {
        Action::Media(media::Command::Move { leg: moved, room }) if *moved == leg => Some(*room),
        _ => None,
    });
    moved.expect("it moved into a room")
}

fn tones(fixture: &mut Fixture) -> Vec<(LegId, f32)> {
    let mut heard = vec![];
    fixture.actions.retain(|action| match action {
        Action::Media(media::Command::Announce { leg, sounds, .. }) => {
            heard.extend(sounds.iter().filter_map(|sound| match sound {
                media::Sound::Tone { hz, .. } => Some((*leg, *hz)),
                _ => None,
            }));
            false
        }
        _ => true,
    });
    heard
}

#[test]
fn all_in_a_room_hear_each_other_and_short_tones_when_somebody_comes_or_goes() {
    let mut fixture = Fixture::new();
    let one = joins(&mut fixture, "610");
    assert_eq!(tones(&mut fixture), [(one, 880.0)]);
    assert_eq!(fixture.playing(one), ["prompts/en/room/alone"]);
    let two = joins(&mut fixture, "610");
    let room = room_of(&fixture, one);
    assert_eq!(room_of(&fixture, two), room);
    assert!(fixture.playing(two).is_empty(), "who comes second is not alone");
    let mut told = tones(&mut fixture);
    told.sort_by_key(|(leg, _)| *leg);
    let mut both = [(one, 880.0), (two, 880.0)];
    both.sort_by_key(|(leg, _)| *leg);
    assert_eq!(told, both);
    assert_eq!((hears(&fixture, one, room), hears(&fixture, two, room)), (vec![two], vec![one]));
    let three = joins(&mut fixture, "610");
    assert_eq!(hears(&fixture, three, room).len(), 2);
    tones(&mut fixture);
    fixture.down(two, Cause::Normal);
    assert_eq!(hears(&fixture, one, room), [three]);
    assert!(tones(&mut fixture).iter().all(|(leg, hz)| *leg != two && *hz == 440.0));
    fixture.down(three, Cause::Normal);
    assert!(hears(&fixture, one, room).is_empty());
    fixture.down(one, Cause::Normal);
    fixture.close(&[one, two, three]);
    assert_eq!(fixture.switch.sessions().count(), 0);
    fixture.check_history();
}

#[test]
fn rooms_are_apart_and_one_that_is_full_is_told() {
    let mut fixture = Fixture::new();
    let first = joins(&mut fixture, "610");
    let other = joins(&mut fixture, "611");
    assert_ne!(room_of(&fixture, first), room_of(&fixture, other));
    joins(&mut fixture, "610");
    joins(&mut fixture, "610");
    let fourth = joins(&mut fixture, "610");
    assert!(fixture.commands_to(fourth).contains(&LineCommand::HangUp { cause: Cause::Busy }));
}

#[test]
fn who_holds_neither_speaks_nor_hears_in_the_room_and_stays() {
    let mut fixture = Fixture::new();
    let (one, two) = (joins(&mut fixture, "610"), joins(&mut fixture, "610"));
    let room = room_of(&fixture, one);
    fixture.line(two, LineEvent::Holds(true));
    assert!(hears(&fixture, one, room).is_empty());
    fixture.tell(Event::Media(media::Event::Silent { leg: two }));
    fixture.line(two, LineEvent::Holds(false));
    assert_eq!(hears(&fixture, one, room), [two]);
}
