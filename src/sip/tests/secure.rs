//! Over TLS: what we write, whom we reach, and what we refuse.

use std::time::Duration;

use super::probe::{PASSWORD, Probe, request};
use super::providers::{peer, registering, trunk};
use crate::sip::endpoint::{
    CallRef, Command, Destination, Event, Flow, Identity, Input, Output, Target, Transport, TrunkPeer,
};
use crate::sip::locate::Located;
use crate::sip::message::{HeaderName, Request, Response};

const PROVIDER: &str = "203.0.113.1:5061";

fn tls(from: &str) -> Flow {
    let (local, remote) = ("127.0.0.1:5061".parse().unwrap(), from.parse().unwrap());
    Flow { transport: Transport::Tls, local, remote, connection: Some(7) }
}

fn secure(peer: TrunkPeer) -> TrunkPeer {
    TrunkPeer { transport: Some(Transport::Tls), ..peer }
}

fn header(request: &Request, name: HeaderName) -> String {
    request.headers.get(name).unwrap().to_owned()
}

/// A call that a phone makes over TLS to this URI, answered.
fn answered(uri: &str, contact: &str) -> Response {
    let mut probe = Probe::new();
    let invite = request("INVITE", 1, "Content-Type: application/sdp\n\nv=0")
        .replace("INVITE sip:100@127.0.0.1 ", &format!("INVITE {uri} "))
        .replace("SIP/2.0/UDP", "SIP/2.0/TLS")
        .replace("<sip:guest@127.0.0.1:7000>", contact);
    probe.receive_by(tls("127.0.0.1:7000"), &invite);
    let call = probe.incoming();
    probe.command(Command::Answer { call, sdp: "v=0".into() });
    assert_eq!(probe.destination(), Destination::Flow(tls("127.0.0.1:7000")), "back by the same connection");
    probe.response().clone()
}

#[test]
fn our_contact_over_tls_says_so_and_is_secure_where_every_hop_has_to_be() {
    let contact = |uri, theirs| answered(uri, theirs).headers.get(HeaderName::Contact).unwrap().to_owned();
    let plain = contact("sip:100@127.0.0.1", "<sip:guest@127.0.0.1:7000;transport=tls>");
    assert_eq!(plain, "<sip:100@127.0.0.1:5061;transport=tls>");
    for (uri, theirs) in [
        ("sips:100@127.0.0.1", "<sips:guest@127.0.0.1:7000>"),
        ("sip:100@127.0.0.1", "<sips:guest@127.0.0.1:7000>"),
        ("sips:100@127.0.0.1", "<sip:guest@127.0.0.1:7000;transport=tls>"),
    ] {
        assert_eq!(contact(uri, theirs), "<sips:100@127.0.0.1:5061>", "{uri} {theirs}");
    }
}

#[test]
fn who_writes_sips_and_sends_it_in_the_clear_is_refused() {
    let mut probe = Probe::new();
    let invite = request("INVITE", 1, "").replace("INVITE sip:", "INVITE sips:");
    probe.receive("127.0.0.1:7000", &invite);
    assert_eq!((probe.response().status, &*probe.response().reason), (403, "SIPS Needs TLS"));
}

#[test]
fn a_phone_that_registered_over_tls_is_called_by_that_connection() {
    let mut probe = Probe::new();
    let register = request("REGISTER", 1, "Expires: 600")
        .replace("sip:100@127.0.0.1>", "sip:anna@127.0.0.1>")
        .replace("sip:guest@127.0.0.1:7000", "sips:anna@192.168.1.5:40001")
        .replace("sip:guest@", "sip:anna@")
        .replace("SIP/2.0/UDP", "SIP/2.0/TLS");
    probe.receive_with_login(tls("127.0.0.1:7000"), &register, ("anna", PASSWORD));
    assert_eq!(probe.response().status, 200);
    let target = probe.endpoint.bindings(probe.anna)[0].target();
    let from = Identity { user: "100".into(), ..Identity::default() };
    let (call, to_user, offer) = (CallRef(1), None, None);
    probe.command(Command::Dial { call, target, from, to_user, offer, max_forwards: 70, headers: vec![] });
    assert_eq!(probe.destination(), Destination::Flow(tls("127.0.0.1:7000")));
    let invite = probe.request();
    assert_eq!(invite.uri.to_string(), "sips:anna@192.168.1.5:40001");
    assert_eq!(header(invite, HeaderName::Contact), "<sips:100@127.0.0.1:5061>");
    assert!(header(invite, HeaderName::Via).starts_with("SIP/2.0/TLS 127.0.0.1:5061;"));
    probe.input(Input::FlowClosed { flow: tls("127.0.0.1:7000") });
    assert!(!probe.endpoint.bindings(probe.anna)[0].reachable);
}

#[test]
fn a_provider_over_tls_is_reached_as_itself_at_the_usual_port() {
    let mut probe = Probe::new();
    probe.command(Command::SetTrunk(secure(registering())));
    probe.wait(0);
    let remote = PROVIDER.parse().unwrap();
    assert_eq!(probe.destination(), Destination::Provider { trunk: trunk(), remote });
    let register = probe.request();
    assert!(header(register, HeaderName::Contact).contains(";transport=tls>"));
    assert!(header(register, HeaderName::Via).starts_with("SIP/2.0/TLS "));
    let server = probe.endpoint.server(trunk()).unwrap();
    assert_eq!((&*server.host, &*server.name), ("203.0.113.1", "203.0.113.1"));
}

#[test]
fn the_name_to_be_proved_is_the_domain_that_is_called_not_the_machine_it_leads_to() {
    let mut probe = Probe::new();
    probe.command(Command::SetTrunk(TrunkPeer { host: "p.example".into(), ..peer() }));
    let Some(Output::Resolve { query, .. }) = probe.other.first() else { panic!("{:?}", probe.other) };
    let places = vec![(Transport::Tls, PROVIDER.parse().unwrap())];
    let located = Located { places, ttl: Duration::from_secs(60), notes: vec![] };
    probe.input(Input::Resolved { query: *query, result: Ok(located) });
    let target = Target::Trunk { trunk: trunk(), user: "+420700".into(), withheld: false };
    let (call, from, to_user, offer) = (CallRef(1), Identity::default(), None, None);
    probe.command(Command::Dial { call, target, from, to_user, offer, max_forwards: 70, headers: vec![] });
    let remote = PROVIDER.parse().unwrap();
    assert_eq!(probe.destination(), Destination::Provider { trunk: trunk(), remote }, "NAPTR chose TLS");
    assert_eq!(probe.endpoint.server(trunk()).unwrap().name, "p.example");
    let told = TrunkPeer { host: "p.example".into(), tls_name: Some("*.edge.example".into()), ..peer() };
    probe.command(Command::SetTrunk(told));
    assert_eq!(probe.endpoint.server(trunk()).unwrap().name, "*.edge.example");
    probe.command(Command::RemoveTrunk { trunk: trunk() });
    assert_eq!(probe.endpoint.server(trunk()), None);
}

#[test]
fn a_call_that_waits_for_the_name_of_a_provider_goes_to_who_has_to_prove_it() {
    let mut probe = Probe::new();
    probe.command(Command::SetTrunk(TrunkPeer { host: "p.example".into(), ..secure(peer()) }));
    let target = Target::Trunk { trunk: trunk(), user: "+420700".into(), withheld: false };
    let (call, from, to_user, offer) = (CallRef(1), Identity::default(), None, None);
    probe.command(Command::Dial { call, target, from, to_user, offer, max_forwards: 70, headers: vec![] });
    let [Output::Resolve { query, .. }] = probe.other[..] else { panic!("{:?}", probe.other) };
    let places = vec![(Transport::Tls, PROVIDER.parse().unwrap())];
    let located = Located { places, ttl: Duration::from_secs(60), notes: vec![] };
    probe.input(Input::Resolved { query, result: Ok(located) });
    let remote = PROVIDER.parse().unwrap();
    assert_eq!(probe.destination(), Destination::Provider { trunk: trunk(), remote });
}

#[test]
fn why_a_provider_cannot_be_reached_is_said_in_words() {
    let mut probe = Probe::new();
    probe.command(Command::SetTrunk(secure(registering())));
    probe.wait(0);
    let why = "its certificate has expired".to_owned();
    probe.input(Input::SendFailed { to: probe.destination(), why });
    let [Event::Trunk { is_up: false, why, .. }] = &probe.events[..] else { panic!("{:?}", probe.events) };
    assert_eq!(why, "203.0.113.1:5061 cannot be reached: its certificate has expired");
}

#[test]
fn the_end_of_the_connection_that_we_registered_by_makes_us_register_anew() {
    let mut probe = Probe::new();
    probe.command(Command::SetTrunk(secure(registering())));
    probe.wait(0);
    let flow = Flow { remote: PROVIDER.parse().unwrap(), ..tls(PROVIDER) };
    let register = probe.request().clone();
    let contact = header(&register, HeaderName::Contact);
    probe.receive_message(flow, register.response(200).with(HeaderName::Contact, contact));
    probe.wait(60_000);
    assert!(probe.sent.is_empty());
    probe.input(Input::FlowClosed { flow: Flow { connection: Some(8), ..flow } });
    probe.wait(10_000);
    assert!(probe.sent.is_empty(), "the connection of somebody else");
    probe.input(Input::FlowClosed { flow });
    probe.wait(500);
    assert!(probe.sent.is_empty(), "it may be starting anew");
    probe.wait(3_000);
    assert_eq!(probe.request().method.as_str(), "REGISTER");
}
