//! Our registrations at providers, and questions whether they are there.

use std::time::Duration;

use super::probe::{Probe, udp};
use crate::entropy::Entropy;
use crate::id::TrunkId;
use crate::sip::endpoint::{Command, Event, Hop, Input, Origin, Output, Transport, TrunkPeer, TrunkView};
use crate::sip::locate::Located;
use crate::sip::message::{HeaderName, Message, Method, Request, Response};
use crate::time::UnixMs;

pub const PROVIDER: &str = "203.0.113.1:5060";
const CHALLENGE: &str = "Digest realm=\"p\", nonce=\"n1\", qop=\"auth\", algorithm=SHA-256";

pub fn trunk() -> TrunkId {
    TrunkId::new(UnixMs(0), &mut Entropy::from_number(9))
}

pub fn peer() -> TrunkPeer {
    let credentials = Some(("company".to_owned(), "secret".to_owned()));
    TrunkPeer { credentials, ..TrunkPeer::new(trunk(), "203.0.113.1") }
}

/// A provider at which we register.
pub fn registering() -> TrunkPeer {
    TrunkPeer { register: Some(Duration::from_secs(3600)), ..peer() }
}

pub fn probe(peer: TrunkPeer) -> Probe {
    let mut probe = Probe::new();
    probe.command(Command::SetTrunk(peer));
    probe.wait(0);
    probe
}

fn view(probe: &Probe) -> TrunkView {
    probe.endpoint.trunks(probe.now).remove(0)
}

fn answer(probe: &mut Probe, response: Response) {
    probe.receive_message(udp(PROVIDER), response);
}

pub fn contact(request: &Request) -> String {
    request.headers.get(HeaderName::Contact).unwrap().to_owned()
}

/// The registration as it stands after a challenge and a 200 that grants it for so long.
pub fn registered(peer: TrunkPeer, expires: u32) -> Probe {
    let mut probe = probe(peer);
    let first = probe.request().clone();
    answer(&mut probe, first.response(401).with(HeaderName::WwwAuthenticate, CHALLENGE));
    let second = probe.request().clone();
    let granted = format!("<sip:other@192.0.2.9>;expires=5, {};expires={expires}", address(&second));
    answer(&mut probe, second.response(200).with(HeaderName::Contact, granted));
    probe
}

/// Our Contact without its parameters.
fn address(request: &Request) -> String {
    contact(request).split(';').next().unwrap().to_owned()
}

#[test]
fn it_registers_answers_the_challenge_and_refreshes_before_the_end() {
    let mut probe = probe(registering());
    let first = probe.request().clone();
    assert_eq!((&first.method, first.uri.to_string()), (&Method::Register, "sip:203.0.113.1".to_owned()));
    assert_eq!(first.headers.get(HeaderName::To), Some("<sip:company@203.0.113.1>"));
    assert_eq!(first.headers.get(HeaderName::Expires), Some("3600"));
    answer(&mut probe, first.response(401).with(HeaderName::WwwAuthenticate, CHALLENGE));
    let second = probe.request().clone();
    let credentials = second.headers.get(HeaderName::Authorization).unwrap();
    assert!(credentials.contains("algorithm=SHA-256") && credentials.contains("username=\"company\""));
    assert_eq!(second.headers.get(HeaderName::CSeq), Some("2 REGISTER"));
    assert_eq!(second.headers.call_id(), first.headers.call_id());
    let granted = format!("{};expires=120", address(&second));
    answer(&mut probe, second.response(200).with(HeaderName::Contact, granted));
    let registration = view(&probe).registration.unwrap();
    assert_eq!(registration.until.map(|at| at.as_millis()), Some(probe.now.as_millis() + 120_000));
    assert_eq!(registration.trouble, None);
    probe.wait(89_000);
    assert!(probe.sent.is_empty());
    probe.wait(20_000);
    let (_, Message::Request(refresh)) = &probe.sent[0] else { panic!("{:?}", probe.sent) };
    assert_eq!(refresh.headers.call_id(), first.headers.call_id());
    assert_eq!(refresh.headers.get(HeaderName::CSeq), Some("3 REGISTER"));
    assert_eq!(contact(refresh).split(';').next(), contact(&first).split(';').next());
}

#[test]
fn a_nonce_that_went_stale_is_answered_once_more_and_a_wrong_password_is_said_in_words() {
    let mut probe = probe(registering());
    let mut request = probe.request().clone();
    answer(&mut probe, request.response(401).with(HeaderName::WwwAuthenticate, CHALLENGE));
    request = probe.request().clone();
    let stale = CHALLENGE.replace("n1", "n2") + ", stale=true";
    answer(&mut probe, request.response(401).with(HeaderName::WwwAuthenticate, stale));
    request = probe.request().clone();
    assert!(request.headers.get(HeaderName::Authorization).unwrap().contains("nonce=\"n2\""));
    assert_eq!(request.headers.lines(HeaderName::Authorization).count(), 1);
    answer(&mut probe, request.response(401).with(HeaderName::WwwAuthenticate, CHALLENGE));
    assert!(probe.sent.is_empty(), "the password is wrong; asking again would lock us out");
    let [Event::Trunk { is_up: false, why, .. }] = &probe.events[..] else { panic!("{:?}", probe.events) };
    assert_eq!(why, "does not accept the user name or the password (401 Unauthorized)");
    probe.wait(140_000);
    assert!(probe.sent.is_empty());
}

#[test]
fn proxy_and_registrar_may_both_ask() {
    let mut probe = probe(registering());
    let first = probe.request().clone();
    answer(&mut probe, first.response(407).with(HeaderName::ProxyAuthenticate, CHALLENGE));
    let second = probe.request().clone();
    answer(&mut probe, second.response(401).with(HeaderName::WwwAuthenticate, CHALLENGE));
    let third = &probe.request().headers;
    assert!(third.contains(HeaderName::Authorization) && third.contains(HeaderName::ProxyAuthorization));
}

#[test]
fn a_registration_that_is_too_brief_is_asked_for_with_what_the_provider_wants() {
    let mut probe = probe(registering());
    let first = probe.request().clone();
    answer(&mut probe, first.response(423).with(HeaderName::MinExpires, "7200"));
    probe.wait(0);
    assert_eq!(probe.request().headers.get(HeaderName::Expires), Some("7200"));
}

#[test]
fn one_that_goes_wrong_is_tried_again_after_growing_pauses() {
    let mut probe = probe(registering());
    let mut pauses = vec![];
    for _ in 0..4 {
        let request = probe.request().clone();
        let refused_at = probe.now;
        answer(&mut probe, request.response(500));
        while probe.sent.is_empty() {
            probe.wait(1_000);
        }
        pauses.push(probe.now.since(refused_at).as_secs());
    }
    assert!((15..=31).contains(&pauses[0]), "{pauses:?}");
    assert!((120..=241).contains(&pauses[3]), "{pauses:?}");
    assert!(!view(&probe).is_up);
}

#[test]
fn a_registrar_that_is_silent_is_given_up_after_its_last_place() {
    let peer = TrunkPeer { host: "p.example".into(), ..registering() };
    let mut probe = Probe::new();
    probe.command(Command::SetTrunk(peer));
    let Some(Output::Resolve { query, .. }) = probe.other.first() else { panic!("{:?}", probe.other) };
    let query = *query;
    let places = ["203.0.113.1:5060", "203.0.113.2:5060"].map(|at| (Transport::Udp, at.parse().unwrap()));
    let located = Located { places: places.to_vec(), ttl: Duration::from_secs(3600), notes: vec![] };
    probe.input(Input::Resolved { query, result: Ok(located) });
    probe.wait(10_000);
    assert_eq!(probe.destination().remote(), places[0].1);
    probe.wait(32_000);
    assert_eq!(probe.destination().remote(), places[1].1, "the next place is tried");
    let request = probe.request().clone();
    probe.receive_message(udp("203.0.113.2:5060"), request.response(200));
    assert!(view(&probe).registration.unwrap().until.is_some());
    assert_eq!(view(&probe).places.len(), 2);
}

#[test]
fn a_name_that_is_not_found_is_said_and_tried_again() {
    let mut probe = Probe::new();
    probe.command(Command::SetTrunk(TrunkPeer { host: "p.example".into(), ..registering() }));
    let Some(Output::Resolve { query, .. }) = probe.other.first() else { panic!("{:?}", probe.other) };
    probe.input(Input::Resolved { query: *query, result: Err("the name service knows no p.example".into()) });
    let [Event::Trunk { is_up: false, why, .. }] = &probe.events[..] else { panic!("{:?}", probe.events) };
    assert_eq!(why, "the name service knows no p.example");
    probe.wait(35_000);
    assert!(probe.other.iter().any(|output| matches!(output, Output::Resolve { .. })));
    assert!(probe.sent.is_empty());
}

#[test]
fn requests_go_through_the_outbound_proxy() {
    let proxy = Some(Hop { host: "198.51.100.1".into(), port: 5080, transport: None });
    let probe = probe(TrunkPeer { proxy, ..registering() });
    let request = probe.request();
    assert_eq!(request.uri.to_string(), "sip:203.0.113.1");
    assert_eq!(request.headers.get(HeaderName::Route), Some("<sip:198.51.100.1:5080;lr>"));
    assert_eq!(probe.destination().remote(), "198.51.100.1:5080".parse().unwrap());
}

#[test]
fn a_call_for_our_contact_is_the_providers_and_for_the_number_in_to() {
    let mut probe = registered(registering(), 3600);
    probe.command(Command::CheckTrunk { trunk: trunk() });
    probe.wait(0);
    let ours = address(probe.request());
    let ours = ours.trim_matches(['<', '>']);
    let invite = super::probe::request("INVITE", 1, "")
        .replace("INVITE sip:100@127.0.0.1", &format!("INVITE {ours}"))
        .replace("To: <sip:100@127.0.0.1>", "To: <sip:+420200000100@203.0.113.1>");
    probe.receive("198.51.100.77:5060", &invite);
    let incoming = probe.events.iter().find_map(|event| match event {
        Event::Incoming { invite, .. } => Some(invite),
        _ => None,
    });
    let incoming = incoming.unwrap_or_else(|| panic!("{:?}", probe.events));
    assert_eq!((incoming.origin, &*incoming.request_user), (Origin::Trunk(trunk()), "+420200000100"));
}

#[test]
fn a_stop_takes_the_registration_back() {
    let mut probe = registered(registering(), 3600);
    probe.command(Command::Drain { retry_after: 5 });
    let request = probe.request().clone();
    assert_eq!(request.method, Method::Register);
    assert_eq!(request.headers.get(HeaderName::Expires), Some("0"));
    assert!(contact(&request).contains("expires=0"));
    answer(&mut probe, request.response(401).with(HeaderName::WwwAuthenticate, CHALLENGE));
    assert!(probe.request().headers.contains(HeaderName::Authorization));
    let request = probe.request().clone();
    answer(&mut probe, request.response(200));
    probe.wait(10_000_000);
    assert!(probe.sent.is_empty(), "it stays left");
}

#[test]
fn a_trunk_that_is_taken_away_or_gets_another_user_leaves_first() {
    let mut probe = registered(registering(), 3600);
    probe.command(Command::SetTrunk(TrunkPeer { trusts_identity: true, ..registering() }));
    assert!(probe.sent.is_empty(), "a change that does not matter there is not told");
    let credentials = Some(("other".to_owned(), "secret".to_owned()));
    probe.command(Command::SetTrunk(TrunkPeer { credentials, ..registering() }));
    assert_eq!(probe.request().headers.get(HeaderName::Expires), Some("0"));
    let mut probe = registered(registering(), 3600);
    probe.command(Command::RemoveTrunk { trunk: trunk() });
    assert_eq!(probe.request().headers.get(HeaderName::Expires), Some("0"));
}

#[test]
fn several_trunks_register_each_for_itself() {
    let mut probe = probe(registering());
    let other = TrunkId::new(UnixMs(1), &mut Entropy::from_number(10));
    probe.command(Command::SetTrunk(TrunkPeer { trunk: other, host: "203.0.113.2".into(), ..registering() }));
    probe.wait(0);
    let second = probe.request().clone();
    assert_eq!(second.uri.to_string(), "sip:203.0.113.2");
    probe.receive_message(udp("203.0.113.2:5060"), second.response(200));
    let views = probe.endpoint.trunks(probe.now);
    let stands = |view: &TrunkView| view.registration.as_ref().unwrap().until.is_some();
    assert_eq!(views.iter().filter(|view| stands(view)).count(), 1);
}

#[test]
fn a_provider_that_stops_answering_is_down_until_it_answers_twice() {
    let mut probe = probe(TrunkPeer { options: Some(Duration::from_secs(60)), ..peer() });
    probe.wait(1_000);
    let request = probe.request().clone();
    assert_eq!(request.method, Method::Options);
    answer(&mut probe, request.response(404));
    assert!(view(&probe).health.unwrap().round_trip.is_some(), "somebody is there to say 404");
    probe.wait(60_000 * 3);
    assert_eq!(probe.events.iter().filter(|e| matches!(e, Event::Trunk { is_up: false, .. })).count(), 1);
    assert!(!view(&probe).is_up);
    probe.sent.clear();
    for up in [false, true] {
        while !probe.sent.iter().any(|(_, message)| matches!(message, Message::Request(_))) {
            probe.wait(1_000);
        }
        let request = probe.request().clone();
        answer(&mut probe, request.response(200));
        assert_eq!(view(&probe).is_up, up);
        probe.sent.clear();
    }
}

#[test]
fn the_load_of_asking_stops_with_the_answer() {
    let mut probe = probe(TrunkPeer { options: Some(Duration::from_secs(60)), ..peer() });
    probe.wait(1_000);
    let request = probe.request().clone();
    answer(&mut probe, request.response(200));
    probe.wait(40_000);
    assert!(probe.sent.is_empty());
    assert_eq!(probe.endpoint.stats().transactions, 0);
}
