//! Legs of IPv4 and IPv6.

use super::*;

#[test]
fn a_leg_has_the_family_that_its_peer_wants_its_sound_at() {
    let mut fixture = Fixture::new();
    let local = Local { address: "2001:db8::9".parse().unwrap(), port: 4000, also: vec![], session_id: 7 };
    let offer = Negotiation::new(local, Capabilities::default()).offer(Direction::SendRecv, None);
    // Signalling is over IPv4.
    let leg = fixture.incoming(sip::CallRef(1), Some(offer));
    let opening = fixture.switch(leg, LineCommand::Answer { room: fixture.room });
    let family = media::Family::V6;
    assert_eq!(
        opening,
        [Output::Media(media::Command::Open { leg, room: fixture.room, family, ways: media::Ways::Ports })]
    );
    let answered = fixture.media(media::Event::Opened { leg, rtp_port: 20_000, web_port: None });
    let Some(Output::Sip(sip::Command::Answer { sdp, .. })) = answered.last() else { panic!("{answered:?}") };
    assert!(String::from_utf8_lossy(sdp).contains("c=IN IP6 ::1\r\n"));
    let trunk = TrunkId::new(UnixMs(0), &mut fixture.ids);
    fixture.sip(sip::Event::TrunkFamily { trunk, is_ipv6: true });
    let (number, leg) = ("+420700".to_owned(), LegId::new(UnixMs(0), &mut fixture.ids));
    let target = Target::Trunk { trunk, number, withheld: false, emergency: false };
    let (room, caller) = (fixture.room, Party::default());
    let command =
        LineCommand::Dial { room, target, caller, like: None, hops_left: 70, subject: None, session: None };
    assert_eq!(
        fixture.switch(leg, command),
        [Output::Media(media::Command::Open { leg, room, family, ways: media::Ways::Ports })]
    );
}
