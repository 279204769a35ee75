//! An operator who calls by a click: the own phone rings first, then whoever is wanted; and who holds among colleagues.

use super::*;
use crate::queue::Engagement;
use crate::switch::history::Kind;

/// Places a call for an operator, and gives the leg of the operator's phone.
fn place(fixture: &mut Fixture, name: &str, number: &str) -> Result<(SessionId, LegId), Refusal> {
    let placed = fixture.switch.place_call(fixture.users[name], number, fixture.now);
    fixture.collect();
    let id = placed?;
    let [(leg, Target::OwnDevices(devices))] = &fixture.dialled()[..] else { panic!("more than one rings") };
    assert_eq!(devices, &[fixture.devices[name]]);
    Ok((id, *leg))
}

/// Whether somebody hears that it rings at the far end.
fn hears_ringing(fixture: &Fixture, at: LegId) -> bool {
    let rings = |action: &Action| match action {
        Action::Media(media::Command::Play { leg, sounds, repeat: true, .. }) => {
            *leg == at && matches!(sounds[..], [media::Sound::Ringback])
        }
        _ => false,
    };
    fixture.actions.iter().any(rings)
}

#[test]
fn the_own_phone_rings_first_and_then_the_client_is_called_and_they_talk() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    let (id, anna) = place(&mut fixture, "anna", "+420777000111").unwrap();
    assert!(matches!(fixture.engagement("anna"), Engagement::OnSession { .. }));
    fixture.line(anna, LineEvent::Ringing);
    fixture.line(anna, LineEvent::Up);
    let (client, who) = fixture.first_dialled();
    assert_eq!(who, "outside");
    fixture.line(client, LineEvent::Ringing);
    assert!(hears_ringing(&fixture, anna));
    fixture.line(client, LineEvent::Up);
    assert_eq!((fixture.hears(client), fixture.hears(anna)), (vec![anna], vec![client]));
    let summary = fixture.switch.summary(id).unwrap();
    assert_eq!((summary.outbound, summary.kind), (true, Kind::Client));
    assert!(summary.called.contains("+420777000111") && summary.connected.is_some());
    assert_eq!(summary.operators, [fixture.users["anna"]]);
    fixture.command(id, None, Command::Hold).unwrap();
    assert!(fixture.waits(client) && !fixture.waits(anna), "it is the client who is served");
    fixture.down(client, Cause::Normal);
    fixture.close(&[anna, client]);
    assert_eq!(fixture.engagement("anna"), Engagement::Free);
    fixture.check_history();
}

#[test]
fn nobody_is_called_whom_the_operator_may_not_call_or_without_a_phone() {
    let mut fixture = Fixture::new();
    assert_eq!(place(&mut fixture, "anna", "202").unwrap_err().cause, Cause::Unreachable);
    fixture.register("anna", true);
    let before = fixture.switch.live();
    for number in ["999", "", "sip:x@y", "+420900123456"] {
        assert!(place(&mut fixture, "anna", number).is_err(), "{number}");
    }
    assert_eq!(fixture.switch.live(), before, "no session is left behind");
    place(&mut fixture, "anna", "+420777000111").unwrap();
    assert_eq!(place(&mut fixture, "anna", "+420777000111").unwrap_err().cause, Cause::Busy);
}

#[test]
fn if_the_own_phone_is_not_answered_or_declines_the_client_hears_nothing_of_it() {
    for declines in [true, false] {
        let mut fixture = Fixture::new();
        fixture.register("anna", true);
        let (_, anna) = place(&mut fixture, "anna", "+420777000111").unwrap();
        match declines {
            true => fixture.down(anna, Cause::Declined),
            false => {
                fixture.pass(Duration::from_secs(31));
                assert!(fixture.commands_to(anna).contains(&LineCommand::HangUp { cause: Cause::NoAnswer }));
                fixture.down(anna, Cause::NoAnswer);
            }
        }
        fixture.close(&[anna]);
        assert_eq!((fixture.switch.live(), fixture.engagement("anna")), (0, Engagement::Free));
        assert!(fixture.dialled().is_empty());
        fixture.check_history();
    }
}

#[test]
fn who_holds_among_colleagues_hears_no_music_and_the_other_one_does() {
    let mut fixture = Fixture::new();
    ["anna", "boris"].iter().for_each(|name| fixture.register(name, true));
    let (id, anna) = place(&mut fixture, "anna", "202").unwrap();
    fixture.line(anna, LineEvent::Up);
    let (boris, _) = fixture.first_dialled();
    fixture.line(boris, LineEvent::Up);
    let (by_anna, by_boris) = (Some(fixture.users["anna"]), Some(fixture.users["boris"]));
    for (by, waits, talks) in [(by_anna, boris, anna), (by_boris, anna, boris), (by_anna, boris, anna)] {
        fixture.command(id, by, Command::Hold).unwrap();
        assert!(fixture.waits(waits) && !fixture.waits(talks));
        assert!(fixture.hears(waits).is_empty() && fixture.hears(talks).is_empty());
        fixture.command(id, by, Command::Resume).unwrap();
        assert_eq!((fixture.hears(anna), fixture.hears(boris)), (vec![boris], vec![anna]));
    }
    let stranger = Some(fixture.users["dana"]);
    assert_eq!(fixture.command(id, stranger, Command::Hold).unwrap_err().cause, Cause::NotFound);
}
