//! Calls of ours to phones and providers, answered in plain text.

use super::probe::{Probe, request, udp};
use crate::entropy::Entropy;
use crate::sip::Endpoint;
use crate::sip::endpoint::{
    By, CallRef, Cause, Command, Destination, EndpointConfig, Event, Flow, Identity, Input, Output, Target,
    Transport, TrunkPeer,
};
use crate::sip::locate::Located;
use crate::sip::message::{HeaderName, Method, Request, Response};

const CALL: CallRef = CallRef(1);
const TRUNK: &str = "203.0.113.1:5060";

fn dial(probe: &mut Probe, target: Target, offer: Option<&'static str>) -> Request {
    let from = Identity { display: Some("Ann".into()), user: "201".into(), host: None };
    let headers = vec![("Alert-Info".into(), "<x>".into()), ("X-Evil".into(), "a\r\nB: c".into())];
    let offer = offer.map(Into::into);
    probe.command(Command::Dial {
        call: CALL,
        target,
        from,
        to_user: None,
        offer,
        max_forwards: 69,
        headers,
    });
    probe.request().clone()
}

fn dial_trunk(probe: &mut Probe) -> Request {
    let trunk = probe.add_trunk();
    dial(probe, Target::Trunk { trunk, user: "+420123".into(), withheld: false }, Some("offer"))
}

/// A response of a peer with this tag and Contact sip:bob@198.51.100.9:5080.
fn answer(invite: &Request, status: u16, tag: &str) -> Response {
    invite.response(status).with_to_tag(tag).with(HeaderName::Contact, "<sip:bob@198.51.100.9:5080>")
}

#[test]
fn a_call_to_a_provider_says_who_calls() {
    let mut probe = Probe::new();
    let invite = dial_trunk(&mut probe);
    assert_eq!(invite.uri.to_string(), "sip:+420123@203.0.113.1:5060");
    let headers = &invite.headers;
    assert!(headers.get(HeaderName::From).unwrap().starts_with("\"Ann\" <sip:201@127.0.0.1>;tag="));
    assert_eq!(headers.get(HeaderName::To), Some("<sip:+420123@203.0.113.1>"));
    assert_eq!(headers.get(HeaderName::MaxForwards), Some("69"));
    assert_eq!(headers.get(HeaderName::Contact), Some("<sip:201@127.0.0.1:5060>"));
    assert_eq!(headers.get("Alert-Info"), Some("<x>"));
    assert_eq!(headers.get("X-Evil"), None, "nobody smuggles a line in");
    assert_eq!(headers.get(HeaderName::SessionExpires), Some("1800"));
    assert_eq!(&invite.body[..], b"offer");
    let remote = TRUNK.parse().unwrap();
    assert_eq!(probe.destination(), Destination::Address { transport: Transport::Udp, remote });
}

#[test]
fn a_provider_that_asks_for_a_secret_gets_it_once() {
    let mut probe = Probe::new();
    let invite = dial_trunk(&mut probe);
    let challenge = "Digest realm=\"carrier\", nonce=\"n1\", qop=\"auth\", algorithm=MD5";
    let asking = |invite: &Request| answer(invite, 407, "t").with(HeaderName::ProxyAuthenticate, challenge);
    probe.receive_message(udp(TRUNK), asking(&invite));
    let again = probe.request().clone();
    let credentials = again.headers.get(HeaderName::ProxyAuthorization).unwrap();
    assert!(credentials.contains("username=\"company\"") && credentials.contains("nc=00000001"));
    assert_eq!(again.headers.get(HeaderName::CSeq), Some("2 INVITE"));
    assert_eq!(again.headers.get(HeaderName::CallId), invite.headers.get(HeaderName::CallId));
    assert_ne!(again.headers.via().unwrap().branch(), invite.headers.via().unwrap().branch());
    probe.receive_message(udp(TRUNK), asking(&again));
    assert!(matches!(&probe.events[..], [Event::Ended { cause: Cause { status: Some(407), .. }, .. }]));
}

#[test]
fn a_challenged_bye_is_said_again() {
    let mut probe = Probe::new();
    let invite = dial_trunk(&mut probe);
    probe.receive_message(udp(TRUNK), answer(&invite, 200, "b"));
    probe.command(Command::Hangup { call: CALL, cause: None });
    let bye = probe.request().clone();
    let challenge = "Digest realm=\"carrier\", nonce=\"n1\"";
    probe.receive_message(udp(TRUNK), bye.response(401).with(HeaderName::WwwAuthenticate, challenge));
    let again = probe.request().clone();
    assert!(again.headers.contains(HeaderName::Authorization));
    assert_eq!(again.headers.get(HeaderName::CSeq), Some("3 BYE"));
    probe.receive_message(udp(TRUNK), again.response(200));
    probe.wait(40_000);
    assert_eq!(probe.endpoint.stats().lingering, 0);
}

#[test]
fn a_provider_is_reached_at_the_contact_it_gives() {
    let mut probe = Probe::new();
    let invite = dial_trunk(&mut probe);
    probe.receive_message(udp(TRUNK), answer(&invite, 200, "b").with_body("application/sdp", "answer"));
    assert_eq!(probe.events, [Event::Answered { call: CALL, sdp: Some("answer".into()) }]);
    let ack = probe.request();
    assert_eq!((&ack.method, ack.uri.to_string()), (&Method::Ack, "sip:bob@198.51.100.9:5080".to_owned()));
    assert_eq!(probe.destination().remote(), "198.51.100.9:5080".parse().unwrap());
}

#[test]
fn proxies_that_recorded_themselves_are_visited_again() {
    let mut probe = Probe::new();
    let invite = dial_trunk(&mut probe);
    let routes = "<sip:203.0.113.30;lr>, <sip:203.0.113.20:5070;lr>";
    probe.receive_message(udp(TRUNK), answer(&invite, 200, "b").with(HeaderName::RecordRoute, routes));
    let ack = probe.request();
    let route: Vec<_> = ack.headers.all(HeaderName::Route).collect();
    assert_eq!(route, ["<sip:203.0.113.20:5070;lr>", "<sip:203.0.113.30;lr>"]);
    assert_eq!(probe.destination().remote(), "203.0.113.20:5070".parse().unwrap());
}

#[test]
fn a_phone_is_reached_over_the_flow_of_its_registration() {
    let mut probe = Probe::new();
    let flow = udp("203.0.113.50:40001");
    let uri = "sip:anna@10.0.0.5:5060;ob".to_owned();
    let path = vec!["<sip:192.0.2.8;lr>".to_owned()];
    let target = Target::Binding { device: probe.anna, uri, flow, path };
    let invite = dial(&mut probe, target, Some("offer"));
    assert_eq!(invite.uri.to_string(), "sip:anna@10.0.0.5:5060;ob");
    assert_eq!(invite.headers.get(HeaderName::Route), Some("<sip:192.0.2.8;lr>"));
    assert_eq!(probe.destination(), Destination::Flow(flow));
    probe.receive_message(
        flow,
        invite.response(200).with_to_tag("b").with(HeaderName::Contact, "<sip:anna@10.0.0.5>"),
    );
    assert_eq!(probe.request().method, Method::Ack);
    assert_eq!(probe.destination(), Destination::Flow(flow));
}

#[test]
fn the_first_phone_of_a_fork_wins_and_the_others_are_hung_up() {
    let mut probe = Probe::new();
    let invite = dial_trunk(&mut probe);
    for tag in ["a", "b"] {
        probe.receive_message(udp(TRUNK), answer(&invite, 180, tag));
        assert_eq!(probe.events, [Event::Progress { call: CALL, status: 180, sdp: None }]);
    }
    probe.receive_message(udp(TRUNK), answer(&invite, 200, "b"));
    assert_eq!(probe.request().headers.to().unwrap().tag(), Some("b"));
    probe.receive_message(udp(TRUNK), answer(&invite, 200, "a"));
    let methods: Vec<Method> = probe
        .sent
        .iter()
        .map(|(_, message)| match message {
            crate::sip::Message::Request(request) => {
                assert_eq!(request.headers.to().unwrap().tag(), Some("a"));
                request.method.clone()
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(methods, [Method::Ack, Method::Bye]);
    assert!(probe.events.is_empty());
    probe.receive_message(udp(TRUNK), answer(&invite, 200, "a"));
    assert_eq!(probe.sent.len(), 1, "a repeat brings the ACK again and no other BYE");
    probe.command(Command::Hangup { call: CALL, cause: None });
    assert_eq!(probe.request().headers.to().unwrap().tag(), Some("b"));
}

#[test]
fn an_answer_after_we_hung_up_is_hung_up_too() {
    let mut probe = Probe::new();
    let invite = dial_trunk(&mut probe);
    probe.receive_message(udp(TRUNK), answer(&invite, 180, "a"));
    probe.command(Command::Hangup { call: CALL, cause: None });
    assert_eq!(probe.request().method, Method::Cancel);
    assert_eq!(probe.request().headers.via(), invite.headers.via());
    assert!(matches!(&probe.events[..], [Event::Ended { cause: Cause { by: By::Local, .. }, .. }]));
    probe.receive_message(udp(TRUNK), answer(&invite, 200, "a"));
    assert_eq!(probe.request().method, Method::Bye);
    assert!(probe.events.is_empty());
}

#[test]
fn a_refusal_is_acknowledged_hop_by_hop() {
    let mut probe = Probe::new();
    let invite = dial_trunk(&mut probe);
    probe.receive_message(udp(TRUNK), answer(&invite, 603, "a"));
    let ack = probe.request();
    assert_eq!((&ack.method, &ack.uri), (&Method::Ack, &invite.uri));
    assert_eq!(ack.headers.via(), invite.headers.via());
    assert_eq!(ack.headers.to().unwrap().tag(), Some("a"));
    assert_eq!(ack.headers.get(HeaderName::CSeq), Some("1 ACK"));
}

#[test]
fn a_session_interval_that_is_too_short_is_asked_for_again() {
    let mut probe = Probe::new();
    let invite = dial_trunk(&mut probe);
    probe.receive_message(udp(TRUNK), answer(&invite, 422, "a").with(HeaderName::MinSe, "3600"));
    let again = probe.request().clone();
    assert_eq!(again.headers.get(HeaderName::SessionExpires), Some("3600"));
    assert_eq!(again.headers.get(HeaderName::MinSe), Some("3600"));
    probe.receive_message(udp(TRUNK), answer(&again, 422, "a").with(HeaderName::MinSe, "3600"));
    assert!(matches!(probe.events[..], [Event::Ended { .. }]));
}

#[test]
fn a_redirection_ends_the_call_with_its_status() {
    let mut probe = Probe::new();
    let invite = dial_trunk(&mut probe);
    probe.receive_message(udp(TRUNK), answer(&invite, 302, "a"));
    assert!(matches!(&probe.events[..], [Event::Ended { cause: Cause { status: Some(302), .. }, .. }]));
}

#[test]
fn a_name_is_resolved_and_the_next_address_is_tried_when_one_fails() {
    let mut probe = Probe::new();
    let uri = "sip:bob@pbx.example".to_owned();
    let from = Identity { user: "201".into(), ..Identity::default() };
    let target = Target::Uri { uri };
    let dial = Command::Dial {
        call: CALL,
        target,
        from,
        to_user: None,
        offer: None,
        max_forwards: 70,
        headers: vec![],
    };
    probe.command(dial);
    let [Output::Resolve { query, host, port: None, transport: None }] = &probe.other[..] else {
        panic!("{:?}", probe.other)
    };
    assert_eq!(host, "pbx.example");
    let addresses = ["203.0.113.1:5060", "203.0.113.2:5060"].map(|a| (Transport::Tcp, a.parse().unwrap()));
    let ttl = std::time::Duration::from_secs(60);
    let located = Located { places: addresses.to_vec(), ttl, notes: vec![] };
    probe.input(Input::Resolved { query: *query, result: Ok(located) });
    assert_eq!(
        probe.request().headers.get(HeaderName::Contact),
        Some("<sip:201@127.0.0.1:5060;transport=tcp>")
    );
    let to = probe.destination();
    probe.input(Input::SendFailed { to, why: "nobody listens".into() });
    assert_eq!(probe.destination().remote(), "203.0.113.2:5060".parse().unwrap());
    let to = probe.destination();
    probe.input(Input::SendFailed { to, why: "nobody listens".into() });
    assert!(matches!(&probe.events[..], [Event::Ended { cause: Cause { by: By::Transport, .. }, .. }]));
}

#[test]
fn a_name_that_cannot_be_resolved_ends_the_call() {
    let mut probe = Probe::new();
    let trunk = probe.add_trunk();
    probe.command(Command::SetTrunk(TrunkPeer::new(trunk, "sip.example")));
    assert!(matches!(probe.other[..], [Output::Resolve { .. }]));
    let from = Identity::default();
    let target = Target::Trunk { trunk, user: "1".into(), withheld: false };
    probe.command(Command::Dial {
        call: CALL,
        target,
        from,
        to_user: None,
        offer: None,
        max_forwards: 70,
        headers: vec![],
    });
    let [Output::Resolve { query, .. }] = probe.other[..] else { panic!() };
    probe.input(Input::Resolved { query, result: Err("no such name".into()) });
    assert!(matches!(&probe.events[..], [Event::Ended { cause: Cause { status: Some(503), .. }, .. }]));
    assert_eq!(probe.endpoint.stats(), Default::default());
}

#[test]
fn a_phone_whose_connection_breaks_while_it_rings_is_given_up() {
    let mut probe = Probe::new();
    let flow = super::probe::tcp("203.0.113.50:40001", 7);
    let uri = "sip:anna@10.0.0.5;transport=tcp".to_owned();
    let target = Target::Binding { device: probe.anna, uri, flow, path: vec![] };
    let invite = dial(&mut probe, target, Some("offer"));
    probe.receive_message(flow, answer(&invite, 180, "a"));
    probe.input(Input::FlowClosed { flow });
    assert!(matches!(&probe.events[..], [Event::Ended { cause: Cause { by: By::Transport, .. }, .. }]));
}

#[test]
fn who_wants_to_stay_unknown_is_anonymous() {
    let mut probe = Probe::new();
    let trunk = probe.add_trunk();
    let target = Target::Trunk { trunk, user: "1".into(), withheld: false };
    let from = Identity::default();
    probe.command(Command::Dial {
        call: CALL,
        target,
        from,
        to_user: Some("2".into()),
        offer: None,
        max_forwards: 70,
        headers: vec![],
    });
    let headers = &probe.request().headers;
    assert!(
        headers.get(HeaderName::From).unwrap().starts_with("\"Anonymous\" <sip:anonymous@anonymous.invalid>")
    );
    assert_eq!(headers.get(HeaderName::To), Some("<sip:2@203.0.113.1>"));
    assert_eq!(headers.get(HeaderName::Contact), Some("<sip:127.0.0.1:5060>"));
}

#[test]
fn what_cannot_be_reached_is_refused_at_once() {
    for uri in ["sips:bob@203.0.113.1", "tel:+420123", "nonsense"] {
        let mut probe = Probe::new();
        let (target, from) = (Target::Uri { uri: uri.into() }, Identity::default());
        let headers = vec![];
        probe.command(Command::Dial {
            call: CALL,
            target,
            from,
            to_user: None,
            offer: None,
            max_forwards: 70,
            headers,
        });
        assert!(
            matches!(&probe.events[..], [Event::Ended { cause: Cause { by: By::Transport, .. }, .. }]),
            "{uri}"
        );
        assert!(probe.sent.is_empty() && probe.other.is_empty());
    }
}

#[test]
fn listening_everywhere_we_learn_our_address_from_what_comes() {
    let mut probe = Probe::new();
    let everywhere = vec!["0.0.0.0:5060".parse().unwrap()];
    let config = EndpointConfig { udp: everywhere, ..EndpointConfig::default() };
    probe.endpoint = Endpoint::new(config, Entropy::from_number(1));
    let flow = Flow { local: "192.0.2.33:5060".parse().unwrap(), ..udp("203.0.113.7:5060") };
    probe.receive_by(flow, &request("OPTIONS", 1, ""));
    let invite = dial_trunk(&mut probe);
    assert_eq!(invite.headers.get(HeaderName::Contact), Some("<sip:201@192.0.2.33:5060>"));
    assert!(invite.headers.get(HeaderName::Via).unwrap().contains("192.0.2.33:5060"));
}
