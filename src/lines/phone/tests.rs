//! The telephone line between a scripted endpoint and media engine.

mod asked_for;
mod families;
mod protection;

use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;

use super::*;
use crate::id::{RoomId, TrunkId};
use crate::sdp::{Codec, Direction};
use crate::switch::line::{Origin, Party, Target};
use crate::time::UnixMs;

struct Fixture {
    phone: Phone,
    ids: Entropy,
    room: RoomId,
    device: DeviceId,
}

fn peer() -> Negotiation {
    let local = Local { address: IpAddr::from([10, 0, 0, 9]), port: 4000, also: vec![], session_id: 7 };
    Negotiation::new(local, Capabilities::default())
}

impl Fixture {
    fn new() -> Self {
        let mut ids = Entropy::from_number(3);
        let config = PhoneConfig {
            epoch: Epoch::default(),
            media_addresses: vec![IpAddr::from([127, 0, 0, 1]), "::1".parse().unwrap()],
            outward_addresses: vec![IpAddr::from([192, 0, 2, 1])],
            capabilities: Capabilities::default(),
            srtp_without_tls: false,
            fingerprint: crate::sdp::Fingerprint([7; 32]),
            ice_tcp_ports: vec![],
            max_legs: 4,
        };
        let room = RoomId::new(UnixMs(0), &mut ids);
        let device = DeviceId::new(UnixMs(0), &mut ids);
        Self { phone: Phone::new(config, Entropy::from_number(4)), ids, room, device }
    }

    fn sip(&mut self, event: sip::Event) -> Vec<Output> {
        self.phone.handle(Input::Sip(event), Time::ZERO);
        self.outputs()
    }

    fn media(&mut self, event: media::Event) -> Vec<Output> {
        self.phone.handle(Input::Media(event), Time::ZERO);
        self.outputs()
    }

    fn switch(&mut self, leg: LegId, command: LineCommand) -> Vec<Output> {
        self.phone.handle(Input::Switch { leg, command }, Time::ZERO);
        self.outputs()
    }

    fn outputs(&mut self) -> Vec<Output> {
        std::iter::from_fn(|| self.phone.poll_output()).collect()
    }

    fn flow(&self) -> sip::Flow {
        let address = |text: &str| text.parse::<SocketAddr>().unwrap();
        sip::Flow {
            transport: sip::Transport::Udp,
            local: address("127.0.0.1:5060"),
            remote: address("10.0.0.9:5060"),
            connection: None,
        }
    }

    /// What a call brings along that comes in with this offer.
    fn invite(&self, origin: sip::Origin, number: &str, offer: Option<Bytes>) -> Box<sip::Incoming> {
        Box::new(sip::Incoming {
            origin,
            from: sip::Identity { display: None, user: "+420700".into(), host: None },
            to_user: number.into(),
            request_user: number.into(),
            request_host: "127.0.0.1".into(),
            call_id: "x".into(),
            sdp: offer,
            flow: self.flow(),
            max_forwards: 70,
            user_agent: None,
            replaces: None,
            shown: None,
        })
    }

    /// A call comes in with this offer. Gives the leg.
    fn incoming(&mut self, call: sip::CallRef, offer: Option<Bytes>) -> LegId {
        let invite = self.invite(sip::Origin::Guest, "100", offer);
        match self.sip(sip::Event::Incoming { call, invite }).as_slice() {
            [Output::Switch { leg, event: LineEvent::Arrived(arrival) }] => {
                assert_eq!((arrival.dialled.as_str(), arrival.origin), ("100", Origin::Guest));
                *leg
            }
            other => panic!("{other:?}"),
        }
    }

    /// The device registers with so many bindings.
    fn register(&mut self, bindings: usize) {
        let binding = |n: usize| sip::Binding {
            device: self.device,
            uri: format!("sip:201@10.0.0.9:{}", 5060 + n),
            flow: self.flow(),
            path: vec![],
            expires_at: UnixMs(1),
            instance: None,
            reg_id: None,
            user_agent: None,
            call_id: "r".into(),
            cseq: 1,
            q: 1000,
            reachable: true,
        };
        let bindings = (0..bindings).map(binding).collect();
        let outputs = self.sip(sip::Event::Bindings { device: self.device, bindings });
        assert_eq!(outputs, [Output::Reachable { device: self.device, reachable: true }]);
    }

    /// A call to the device is on its way. Gives its leg, its SIP calls and the offer.
    fn dial(&mut self) -> (LegId, Vec<sip::CallRef>, Bytes) {
        self.dial_to(Target::Devices(vec![self.device]))
    }

    fn dial_to(&mut self, target: Target) -> (LegId, Vec<sip::CallRef>, Bytes) {
        self.dial_like(target, None)
    }

    /// The same for a caller with this leg.
    fn dial_like(&mut self, target: Target, like: Option<LegId>) -> (LegId, Vec<sip::CallRef>, Bytes) {
        let leg = LegId::new(UnixMs(0), &mut self.ids);
        let command = LineCommand::Dial {
            room: self.room,
            target,
            caller: Party::default(),
            like,
            hops_left: 70,
            subject: None,
            session: None,
        };
        let opened = self.switch(leg, command);
        assert_eq!(
            opened,
            [Output::Media(media::Command::Open {
                leg,
                room: self.room,
                family: media::Family::V4,
                ways: media::Ways::Ports
            })]
        );
        let mut offers = vec![];
        let calls = self.media(media::Event::Opened { leg, rtp_port: 20_000, web_port: None }).into_iter();
        let calls = calls.map(|output| match output {
            Output::Sip(sip::Command::Dial { call, offer: Some(offer), .. }) => {
                offers.push(offer);
                call
            }
            other => panic!("{other:?}"),
        });
        let calls = calls.collect();
        (leg, calls, offers.remove(0))
    }
}

fn down(leg: LegId, cause: Cause, by: EndedBy) -> Output {
    Output::Switch { leg, event: LineEvent::Down { cause, by } }
}

fn ended(status: u16) -> sip::Cause {
    sip::Cause { status: Some(status), by: sip::By::Remote, text: String::new() }
}

#[test]
fn an_answer_opens_a_port_then_says_200_and_is_up_with_the_ack() {
    let mut fixture = Fixture::new();
    let call = sip::CallRef(1);
    let mut peer = peer();
    let leg = fixture.incoming(call, Some(peer.offer(Direction::SendRecv, None)));
    let room = fixture.room;
    let opening = fixture.switch(leg, LineCommand::Answer { room });
    assert_eq!(
        opening,
        [Output::Media(media::Command::Open {
            leg,
            room,
            family: media::Family::V4,
            ways: media::Ways::Ports
        })]
    );
    let answered = fixture.media(media::Event::Opened { leg, rtp_port: 20_000, web_port: None });
    let [
        Output::Media(media::Command::Configure { agreed, .. }),
        Output::Sip(sip::Command::Answer { sdp, .. }),
    ] = answered.as_slice()
    else {
        panic!("{answered:?}");
    };
    assert_eq!(agreed.remote, "10.0.0.9:4000".parse().unwrap());
    peer.receive_answer(sdp).unwrap();
    assert_eq!(peer.agreed().unwrap().remote, "127.0.0.1:20000".parse().unwrap());
    let up = fixture.sip(sip::Event::Established { call, sdp: None });
    assert_eq!(up.last(), Some(&Output::Switch { leg, event: LineEvent::Up }));
}

#[test]
fn listening_on_all_addresses_a_peer_is_told_the_one_that_it_reaches() {
    let told = |sdp: &Bytes| String::from_utf8_lossy(sdp).into_owned();
    let mut fixture = Fixture::new();
    fixture.phone.config.media_addresses = vec![IpAddr::from([0, 0, 0, 0])];
    let offer = peer().offer(Direction::SendRecv, None);
    let leg = fixture.incoming(sip::CallRef(1), Some(offer));
    fixture.switch(leg, LineCommand::Answer { room: fixture.room });
    let answered = fixture.media(media::Event::Opened { leg, rtp_port: 20_000, web_port: None });
    let Some(Output::Sip(sip::Command::Answer { sdp, .. })) = answered.last() else { panic!("{answered:?}") };
    assert!(told(sdp).contains("c=IN IP4 127.0.0.1"), "{}", told(sdp));
    fixture.register(1);
    let (.., offer) = fixture.dial();
    assert!(told(&offer).contains("c=IN IP4 127.0.0.1"), "{}", told(&offer));
    let trunk = Target::Trunk {
        trunk: TrunkId::new(UnixMs(0), &mut fixture.ids),
        number: "+420700".into(),
        withheld: false,
        emergency: false,
    };
    let (.., offer) = fixture.dial_to(trunk);
    assert!(told(&offer).contains("c=IN IP4 192.0.2.1"), "{}", told(&offer));
}

#[test]
fn a_late_offer_is_answered_in_the_ack() {
    let mut fixture = Fixture::new();
    let call = sip::CallRef(1);
    let leg = fixture.incoming(call, None);
    fixture.switch(leg, LineCommand::Answer { room: fixture.room });
    let offered = fixture.media(media::Event::Opened { leg, rtp_port: 20_000, web_port: None });
    let [Output::Sip(sip::Command::Answer { sdp, .. })] = offered.as_slice() else { panic!("{offered:?}") };
    let answer = peer().receive_offer(sdp, Direction::SendRecv, None).unwrap();
    let up = fixture.sip(sip::Event::Established { call, sdp: Some(answer) });
    assert!(matches!(up[0], Output::Media(media::Command::Configure { .. })));
    assert_eq!(up[1], Output::Switch { leg, event: LineEvent::Up });
}

#[test]
fn an_offer_that_cannot_be_read_is_refused_and_the_port_given_back() {
    let mut fixture = Fixture::new();
    let call = sip::CallRef(1);
    let leg = fixture.incoming(call, Some(Bytes::from_static(b"nonsense")));
    fixture.switch(leg, LineCommand::Answer { room: fixture.room });
    let outputs = fixture.media(media::Event::Opened { leg, rtp_port: 20_000, web_port: None });
    let refused = |output: &Output| matches!(output, Output::Sip(sip::Command::Reject { status: 488, .. }));
    assert!(outputs.iter().any(refused), "{outputs:?}");
    assert!(outputs.contains(&Output::Media(media::Command::Close { leg })));
    assert!(outputs.contains(&down(leg, Cause::Incompatible, EndedBy::Us)));
}

#[test]
fn all_bindings_of_a_device_ring_and_the_first_to_answer_is_the_leg() {
    let mut fixture = Fixture::new();
    fixture.register(2);
    let (leg, calls, offer) = fixture.dial();
    assert_eq!(calls.len(), 2);
    let ringing = fixture.sip(sip::Event::Progress { call: calls[0], status: 180, sdp: None });
    assert_eq!(ringing, [Output::Switch { leg, event: LineEvent::Ringing }]);
    assert_eq!(fixture.sip(sip::Event::Progress { call: calls[1], status: 180, sdp: None }), []);
    let answer = peer().receive_offer(&offer, Direction::SendRecv, None).unwrap();
    let outputs = fixture.sip(sip::Event::Answered { call: calls[1], sdp: Some(answer) });
    let [
        Output::Sip(sip::Command::Hangup { call, cause: Some(cause) }),
        Output::Media(_),
        Output::Switch { .. },
    ] = outputs.as_slice()
    else {
        panic!("{outputs:?}");
    };
    assert_eq!((*call, cause.status), (calls[0], Some(200)), "completed elsewhere");
    assert_eq!(outputs[2], Output::Switch { leg, event: LineEvent::Up });
    // The end of the other call is not the end of the leg.
    assert_eq!(fixture.sip(sip::Event::Ended { call: calls[0], cause: ended(487) }), []);
}

#[test]
fn the_most_telling_refusal_of_several_phones_counts() {
    let mut fixture = Fixture::new();
    fixture.register(2);
    let (leg, calls, _) = fixture.dial();
    assert_eq!(fixture.sip(sip::Event::Ended { call: calls[0], cause: ended(486) }), []);
    let outputs = fixture.sip(sip::Event::Ended { call: calls[1], cause: ended(480) });
    assert!(outputs.contains(&down(leg, Cause::Busy, EndedBy::Peer)), "{outputs:?}");
    assert!(outputs.contains(&Output::Media(media::Command::Close { leg })));
}

#[test]
fn a_phone_that_rang_and_gave_up_by_itself_was_not_answered() {
    for (rings, cause) in [(true, Cause::NoAnswer), (false, Cause::Unreachable)] {
        let mut fixture = Fixture::new();
        fixture.register(1);
        let (leg, calls, _) = fixture.dial();
        if rings {
            fixture.sip(sip::Event::Progress { call: calls[0], status: 180, sdp: None });
        }
        let outputs = fixture.sip(sip::Event::Ended { call: calls[0], cause: ended(480) });
        assert!(outputs.contains(&down(leg, cause, EndedBy::Peer)), "{outputs:?}");
    }
}

#[test]
fn nobody_registered_is_unreachable_at_once() {
    let mut fixture = Fixture::new();
    let leg = LegId::new(UnixMs(0), &mut fixture.ids);
    let command = LineCommand::Dial {
        room: fixture.room,
        target: Target::Devices(vec![fixture.device]),
        caller: Party::default(),
        like: None,
        hops_left: 70,
        subject: None,
        session: None,
    };
    assert_eq!(fixture.switch(leg, command), [down(leg, Cause::Unreachable, EndedBy::Us)]);
}

#[test]
fn a_call_that_has_gone_round_is_not_passed_on() {
    let mut fixture = Fixture::new();
    let leg = LegId::new(UnixMs(0), &mut fixture.ids);
    let trunk = TrunkId::new(UnixMs(0), &mut fixture.ids);
    let command = LineCommand::Dial {
        room: fixture.room,
        target: Target::Trunk { trunk, number: "+420700".into(), withheld: false, emergency: false },
        caller: Party::default(),
        like: None,
        hops_left: 0,
        subject: None,
        session: None,
    };
    assert_eq!(fixture.switch(leg, command), [down(leg, Cause::NetworkFailure, EndedBy::Us)]);
}

#[test]
fn a_leg_is_over_once_however_often_it_ends() {
    let mut fixture = Fixture::new();
    let call = sip::CallRef(1);
    let leg = fixture.incoming(call, Some(peer().offer(Direction::SendRecv, None)));
    let refused = fixture.switch(leg, LineCommand::HangUp { cause: Cause::NotFound });
    assert!(matches!(refused[0], Output::Sip(sip::Command::Reject { status: 404, .. })));
    assert_eq!(refused[1], down(leg, Cause::NotFound, EndedBy::Us));
    assert_eq!(fixture.switch(leg, LineCommand::HangUp { cause: Cause::Normal }), []);
    assert_eq!(fixture.sip(sip::Event::Ended { call, cause: ended(404) }), []);
    assert_eq!(fixture.phone.legs(), 0);
}

#[test]
fn a_peer_that_holds_is_answered_and_the_stream_follows() {
    let mut fixture = Fixture::new();
    let call = sip::CallRef(1);
    let mut peer = peer();
    let leg = fixture.incoming(call, Some(peer.offer(Direction::SendRecv, None)));
    fixture.switch(leg, LineCommand::Answer { room: fixture.room });
    let answered = fixture.media(media::Event::Opened { leg, rtp_port: 20_000, web_port: None });
    let Output::Sip(sip::Command::Answer { sdp, .. }) = &answered[1] else { panic!("{answered:?}") };
    peer.receive_answer(sdp).unwrap();
    fixture.sip(sip::Event::Established { call, sdp: None });
    let hold = peer.offer(Direction::SendOnly, None);
    let outputs = fixture.sip(sip::Event::OfferReceived { call, sdp: Some(hold) });
    let [
        Output::Media(media::Command::Configure { agreed, .. }),
        Output::Sip(sip::Command::AnswerOffer { .. }),
        Output::Switch { event: LineEvent::Holds(true), .. },
    ] = outputs.as_slice()
    else {
        panic!("{outputs:?}");
    };
    assert_eq!(agreed.direction, Direction::RecvOnly);
    let resume = peer.offer(Direction::SendRecv, None);
    let outputs = fixture.sip(sip::Event::OfferReceived { call, sdp: Some(resume) });
    assert!(matches!(outputs.last(), Some(Output::Switch { event: LineEvent::Holds(false), .. })));
}

#[test]
fn beyond_the_last_port_calls_are_refused_for_a_while() {
    let mut fixture = Fixture::new();
    for call in 0..4 {
        fixture.incoming(sip::CallRef(call), None);
    }
    let invite = fixture.invite(sip::Origin::Guest, "100", None);
    let outputs = fixture.sip(sip::Event::Incoming { call: sip::CallRef(9), invite });
    let [Output::Sip(sip::Command::Reject { status: 503, retry_after: Some(_), .. })] = outputs.as_slice()
    else {
        panic!("{outputs:?}");
    };
}

#[test]
fn the_ports_that_nobody_else_gets_are_for_devices_that_call_help() {
    let mut fixture = Fixture::new();
    let emergency = ["112".to_owned()].into();
    fixture.phone.handle(Input::Rules(Rules { emergency, ..Rules::default() }), Time::ZERO);
    for call in 0..4 {
        fixture.incoming(sip::CallRef(call), None);
    }
    let (device, trunk) = (fixture.device, TrunkId::new(UnixMs(0), &mut fixture.ids));
    let refused = |outputs: &[Output]| matches!(outputs, [Output::Sip(sip::Command::Reject { .. })]);
    for (origin, number, is_refused) in [
        (sip::Origin::Device(device), "100", true),
        (sip::Origin::Guest, "112", true),
        (sip::Origin::Trunk(trunk), "112", true),
        (sip::Origin::Device(device), "112", false),
        (sip::Origin::Device(device), "#31#112", false),
    ] {
        let invite = fixture.invite(origin, number, None);
        let outputs = fixture.sip(sip::Event::Incoming { call: sip::CallRef(9), invite });
        assert_eq!(refused(&outputs), is_refused, "{origin:?} {number}: {outputs:?}");
    }
    let to =
        |number: &str, emergency| Target::Trunk { trunk, number: number.into(), withheld: false, emergency };
    let leg = LegId::new(UnixMs(0), &mut fixture.ids);
    let ordinary = LineCommand::Dial {
        room: fixture.room,
        target: to("+420777000111", false),
        caller: Party::default(),
        like: None,
        hops_left: 70,
        subject: None,
        session: None,
    };
    assert_eq!(fixture.switch(leg, ordinary), [down(leg, Cause::Unavailable, EndedBy::Us)]);
    assert_eq!(fixture.dial_to(to("112", true)).1.len(), 1);
}

/// The payload types of an offer, in their order: 8 is PCMA, 0 is PCMU (RFC 3551 table 4).
fn offered(offer: &Bytes) -> String {
    let text = String::from_utf8_lossy(offer);
    let audio = text.lines().find_map(|line| line.strip_prefix("m=audio 20000 RTP/AVP ")).unwrap();
    audio.to_owned()
}

#[test]
fn a_provider_is_offered_its_own_codecs_in_its_own_order_whatever_the_caller_speaks() {
    let mut fixture = Fixture::new();
    let mulaw = Capabilities { codecs: vec![Codec::Pcmu], ..Capabilities::default() };
    let local = Local { address: IpAddr::from([10, 0, 0, 9]), port: 4000, also: vec![], session_id: 7 };
    let offer = Negotiation::new(local, mulaw).offer(Direction::SendRecv, None);
    let caller = fixture.incoming(sip::CallRef(1), Some(offer));
    let trunk = TrunkId::new(UnixMs(0), &mut fixture.ids);
    let target = Target::Trunk { trunk, number: "+420777".into(), withheld: false, emergency: false };
    for (codecs, expected) in [
        (vec![], "0 8 101"),
        (vec![Codec::Pcma, Codec::Pcmu], "8 0 101"),
        (vec![Codec::Pcmu, Codec::Pcma], "0 8 101"),
        (vec![Codec::Pcma], "8 101"),
    ] {
        let rules = TrunkRules { codecs: codecs.clone(), ..TrunkRules::default() };
        let rules = Rules { trunks: [(trunk, rules)].into(), ..Rules::default() };
        fixture.phone.handle(Input::Rules(rules), Time::ZERO);
        let (leg, calls, offer) = fixture.dial_like(target.clone(), Some(caller));
        assert_eq!(offered(&offer), expected, "{codecs:?}");
        // Makes room for the next.
        fixture.sip(sip::Event::Ended { call: calls[0], cause: ended(486) });
        fixture.media(media::Event::Closed { leg, quality: media::Quality::default() });
    }
}

/// The stream that the media engine is told, and the answer for the peer.
fn answered_offer(outputs: &[Output]) -> (&crate::sdp::Agreed, &Bytes) {
    match outputs {
        [
            Output::Media(media::Command::Configure { agreed, .. }),
            Output::Sip(sip::Command::AnswerOffer { sdp, .. }),
        ] => (agreed, sdp),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_callee_may_change_its_early_media_before_it_answers() {
    let mut fixture = Fixture::new();
    fixture.register(1);
    let (leg, calls, offer) = fixture.dial();
    let call = calls[0];
    let mut callee = peer();
    let early = callee.receive_offer(&offer, Direction::SendRecv, None).unwrap();
    fixture.sip(sip::Event::Progress { call, status: 183, sdp: Some(early.clone()) });
    let offer = callee.offer(Direction::SendOnly, None);
    let outputs = fixture.sip(sip::Event::OfferReceived { call, sdp: Some(offer) });
    let (agreed, answer) = answered_offer(&outputs);
    assert_eq!(agreed.direction, Direction::RecvOnly);
    callee.receive_answer(answer).unwrap();
    // The answer to the call repeats what was said first, as some do; what was agreed last stands.
    let outputs = fixture.sip(sip::Event::Answered { call, sdp: Some(early) });
    let [Output::Media(media::Command::Configure { agreed, .. }), up] = outputs.as_slice() else {
        panic!("{outputs:?}");
    };
    assert_eq!(agreed.direction, Direction::RecvOnly);
    assert_eq!(*up, Output::Switch { leg, event: LineEvent::Up });
}

#[test]
fn each_of_several_phones_has_its_own_early_agreement() {
    let mut fixture = Fixture::new();
    fixture.register(2);
    let (leg, calls, offer) = fixture.dial();
    let mut callee = peer();
    let early = callee.receive_offer(&offer, Direction::SendRecv, None).unwrap();
    let ringing = fixture.sip(sip::Event::Progress { call: calls[0], status: 183, sdp: Some(early) });
    assert_eq!(ringing, [Output::Switch { leg, event: LineEvent::Ringing }], "nobody is heard yet");
    let offer = callee.offer(Direction::SendRecv, None);
    let other = fixture.sip(sip::Event::OfferReceived { call: calls[1], sdp: Some(offer.clone()) });
    assert!(matches!(other[..], [Output::Sip(sip::Command::RefuseOffer { status: 488, .. })]), "{other:?}");
    let changed = fixture.sip(sip::Event::OfferReceived { call: calls[0], sdp: Some(offer) });
    assert!(matches!(changed[..], [Output::Sip(sip::Command::AnswerOffer { .. })]), "{changed:?}");
    let up = fixture.sip(sip::Event::Answered { call: calls[0], sdp: None });
    assert_eq!(up.last(), Some(&Output::Switch { leg, event: LineEvent::Up }));
}
