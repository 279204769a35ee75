//! Whose sound is protected, and who is told a key.

use super::*;
use crate::lines::phone::rules::Srtp;
use crate::sdp::{Protection, Secrets};
use crate::sip::endpoint::Transport;

impl Fixture {
    /// The device's sound is to be protected so.
    fn wants(&mut self, srtp: Srtp) {
        let devices = [(self.device, srtp)].into();
        self.phone.handle(Input::Rules(Rules { devices, ..Rules::default() }), Time::ZERO);
    }

    /// The device registers over this transport.
    fn registers_over(&mut self, transport: Transport) {
        let flow = sip::Flow { transport, ..self.flow() };
        self.register(1);
        let bindings = self.phone.bindings.get_mut(&self.device).unwrap();
        bindings.iter_mut().for_each(|binding| binding.flow = flow);
    }

    /// A call of the device with this offer, answered: our answer, or the status of the refusal.
    fn called(&mut self, number: u64, transport: Transport, offer: Bytes) -> Result<Bytes, u16> {
        let call = sip::CallRef(number);
        let invite = sip::Incoming {
            origin: sip::Origin::Device(self.device),
            from: sip::Identity::default(),
            to_user: "100".into(),
            request_user: "100".into(),
            request_host: "127.0.0.1".into(),
            call_id: "x".into(),
            sdp: Some(offer),
            flow: sip::Flow { transport, ..self.flow() },
            max_forwards: 70,
            user_agent: None,
            replaces: None,
            shown: None,
        };
        let leg = match &self.sip(sip::Event::Incoming { call, invite: Box::new(invite) })[..] {
            [Output::Switch { leg, .. }] => *leg,
            [Output::Sip(sip::Command::Reject { status, .. })] => return Err(*status),
            other => panic!("{other:?}"),
        };
        self.switch(leg, LineCommand::Answer { room: self.room });
        let answered = self.media(media::Event::Opened { leg, rtp_port: 20_000, web_port: None });
        let said = answered.iter().find_map(|output| match output {
            Output::Sip(sip::Command::Answer { sdp, .. }) => Some(Ok(sdp.clone())),
            Output::Sip(sip::Command::Reject { status, .. }) => Some(Err(*status)),
            _ => None,
        });
        self.switch(leg, LineCommand::HangUp { cause: Cause::Normal });
        self.media(media::Event::Closed { leg, quality: media::Quality::default() });
        said.unwrap_or_else(|| panic!("{answered:?}"))
    }

    /// What the device is offered when it is called; nothing if it cannot be called.
    fn offered(&mut self) -> Option<String> {
        let leg = LegId::new(UnixMs(0), &mut self.ids);
        let (room, target) = (self.room, Target::Devices(vec![self.device]));
        let caller = Party::default();
        self.switch(
            leg,
            LineCommand::Dial {
                room,
                target,
                caller,
                like: None,
                hops_left: 70,
                subject: None,
                session: None,
            },
        );
        let opened = self.media(media::Event::Opened { leg, rtp_port: 20_000, web_port: None });
        let dialled = opened.iter().find_map(|output| match output {
            Output::Sip(sip::Command::Dial { offer: Some(offer), call, .. }) => Some((offer.clone(), *call)),
            _ => None,
        });
        if dialled.is_none() {
            let event = LineEvent::Down { cause: Cause::Incompatible, by: EndedBy::Us };
            assert!(opened.contains(&Output::Switch { leg, event }), "{opened:?}");
        }
        self.switch(leg, LineCommand::HangUp { cause: Cause::Normal });
        self.media(media::Event::Closed { leg, quality: media::Quality::default() });
        dialled.map(|(offer, _)| String::from_utf8_lossy(&offer).into_owned())
    }
}

fn is_protected(sdp: &str) -> bool {
    assert_eq!(sdp.contains("RTP/SAVP"), sdp.contains("a=crypto:1 "), "{sdp}");
    sdp.contains("RTP/SAVP")
}

/// An offer of a phone that protects its sound, or does not.
fn offer(protected: bool) -> Bytes {
    let protection = match protected {
        true => Protection::Required(Secrets::draw(&mut Entropy::from_number(8))),
        false => Protection::Off,
    };
    let local = Local { address: IpAddr::from([10, 0, 0, 9]), port: 4000, also: vec![], session_id: 7 };
    let capabilities = Capabilities { protection, ..Capabilities::default() };
    Negotiation::new(local, capabilities).offer(Direction::SendRecv, None)
}

#[test]
fn keys_are_taken_over_tls_alone() {
    let mut fixture = Fixture::new();
    let answer = fixture.called(1, Transport::Tls, offer(true)).unwrap();
    assert!(is_protected(&String::from_utf8_lossy(&answer)));
    assert_eq!(fixture.called(2, Transport::Udp, offer(true)), Err(488));
    fixture.phone.config.srtp_without_tls = true;
    assert!(fixture.called(3, Transport::Udp, offer(true)).is_ok(), "whoever says so wants it");
}

#[test]
fn a_device_whose_sound_must_be_protected_is_neither_heard_nor_called_in_the_clear() {
    let mut fixture = Fixture::new();
    fixture.wants(Srtp::Required);
    assert_eq!(fixture.called(1, Transport::Tls, offer(false)), Err(488));
    assert_eq!(fixture.called(2, Transport::Udp, offer(false)), Err(488));
    assert!(fixture.called(3, Transport::Tls, offer(true)).is_ok());
    fixture.registers_over(Transport::Udp);
    assert_eq!(fixture.offered(), None);
    fixture.registers_over(Transport::Tls);
    assert!(is_protected(&fixture.offered().unwrap()));
}

#[test]
fn a_call_for_help_goes_before_secrecy() {
    let mut fixture = Fixture::new();
    let (devices, emergency) = ([(fixture.device, Srtp::Required)].into(), ["100".to_owned()].into());
    let rules = Rules { devices, emergency, ..Rules::default() };
    fixture.phone.handle(Input::Rules(rules), Time::ZERO);
    assert!(fixture.called(1, Transport::Udp, offer(false)).is_ok());
}

#[test]
fn where_it_is_optional_a_device_is_offered_what_it_used_last() {
    let mut fixture = Fixture::new();
    fixture.wants(Srtp::Optional);
    fixture.registers_over(Transport::Tls);
    assert!(!is_protected(&fixture.offered().unwrap()), "nothing is known of it");
    fixture.called(1, Transport::Tls, offer(true)).unwrap();
    assert!(is_protected(&fixture.offered().unwrap()));
    fixture.registers_over(Transport::Udp);
    assert!(!is_protected(&fixture.offered().unwrap()), "its keys would be read on the way");
    fixture.registers_over(Transport::Tls);
    fixture.called(2, Transport::Tls, offer(false)).unwrap();
    assert!(!is_protected(&fixture.offered().unwrap()));
}

#[test]
fn where_it_is_off_nobody_is_told_a_key() {
    let mut fixture = Fixture::new();
    fixture.wants(Srtp::Off);
    fixture.registers_over(Transport::Tls);
    assert_eq!(fixture.called(1, Transport::Tls, offer(true)), Err(488));
    assert!(!is_protected(&fixture.offered().unwrap()));
}

#[test]
fn a_device_that_refuses_protected_sound_is_offered_plain_sound_next_time() {
    let mut fixture = Fixture::new();
    fixture.wants(Srtp::Optional);
    fixture.registers_over(Transport::Tls);
    fixture.called(1, Transport::Tls, offer(true)).unwrap();
    let (leg, calls, sdp) = fixture.dial();
    assert!(is_protected(&String::from_utf8_lossy(&sdp)));
    fixture.sip(sip::Event::Ended { call: calls[0], cause: ended(488) });
    fixture.media(media::Event::Closed { leg, quality: media::Quality::default() });
    assert!(!is_protected(&fixture.offered().unwrap()));
}
