//! Connections that have stood for a while: those that are of use stay, and the others are closed.

use super::probe::{PASSWORD, Probe, request, tcp, within};
use super::providers::{PROVIDER, peer};
use crate::sip::endpoint::{CallRef, Command, Event, Flow, Identity, Input, Output};
use crate::sip::message::{HeaderName, Method};

/// A connection from where nobody is trusted.
fn from_afar() -> Flow {
    tcp("203.0.113.66:40001", 5)
}

/// Whether the connection is closed now that it has stood for a while.
fn is_closed(probe: &mut Probe, flow: Flow) -> bool {
    let before = probe.endpoint.stats().strangers_closed;
    probe.input(Input::FlowStands { flow });
    let closed = probe.other.contains(&Output::Close { flow });
    assert_eq!(probe.endpoint.stats().strangers_closed - before, u64::from(closed), "it is counted");
    closed
}

/// Anna registers this way.
pub fn registers(probe: &mut Probe, flow: Flow, expires: u32) {
    let register = request("REGISTER", 1, &format!("Expires: {expires}"))
        .replace("sip:100@127.0.0.1>", "sip:anna@127.0.0.1>")
        .replace("sip:guest@", "sip:anna@");
    probe.receive_with_login(flow, &register, ("anna", PASSWORD));
    assert_eq!(probe.response().status, 200);
}

#[test]
fn a_stranger_is_sent_away_whatever_it_asks() {
    let mut probe = Probe::new();
    probe.receive_by(from_afar(), &request("OPTIONS", 1, ""));
    assert_eq!(probe.response().status, 200);
    probe.receive_by(from_afar(), &request("INVITE", 1, ""));
    assert_eq!(probe.response().status, 407, "a challenge that is not answered proves nothing");
    assert!(is_closed(&mut probe, from_afar()));
}

#[test]
fn a_phone_keeps_the_connection_that_it_registered_by_until_that_ends() {
    let mut probe = Probe::new();
    registers(&mut probe, from_afar(), 120);
    assert!(!is_closed(&mut probe, from_afar()));
    let another = Flow { connection: Some(6), ..from_afar() };
    assert!(is_closed(&mut probe, another), "that it is registered by one connection keeps no other one");
    probe.wait(121_000);
    assert!(is_closed(&mut probe, from_afar()));
}

#[test]
fn a_call_keeps_its_connection_from_the_first_ring_to_the_end() {
    let mut probe = Probe::new();
    let invite = request("INVITE", 1, "").replace("<sip:guest@127.0.0.1>", "<sip:anna@127.0.0.1>");
    probe.receive_with_login(from_afar(), &invite, ("anna", PASSWORD));
    let call = probe.incoming();
    assert!(!is_closed(&mut probe, from_afar()), "it rings");
    probe.command(Command::Answer { call, sdp: "answer".into() });
    let to = probe.response().headers.get(HeaderName::To).unwrap().to_owned();
    probe.receive_by(from_afar(), &within("ACK", 2, &to, ""));
    assert!(!is_closed(&mut probe, from_afar()), "it is answered");
    probe.receive_by(from_afar(), &within("BYE", 3, &to, ""));
    assert_eq!(probe.response().status, 200);
    assert!(is_closed(&mut probe, from_afar()), "it is over");
}

#[test]
fn a_phone_that_is_called_keeps_its_connection_though_its_registration_ends() {
    let mut probe = Probe::new();
    registers(&mut probe, from_afar(), 120);
    let target = probe.endpoint.bindings(probe.anna)[0].target();
    let (call, from) = (CallRef(1), Identity::default());
    let offer = Some("offer".into());
    probe.command(Command::Dial {
        call,
        target,
        from,
        to_user: None,
        offer,
        max_forwards: 70,
        headers: vec![],
    });
    assert_eq!(probe.request().method, Method::Invite);
    let ringing = probe.request().response(180).with_to_tag("a");
    probe.receive_message(from_afar(), ringing);
    probe.wait(121_000);
    assert!(matches!(&probe.events[..], [Event::Bindings { bindings, .. }] if bindings.is_empty()));
    assert!(!is_closed(&mut probe, from_afar()));
}

#[test]
fn providers_and_guests_may_be_silent() {
    let mut probe = Probe::new();
    probe.command(Command::SetTrunk(peer()));
    assert!(!is_closed(&mut probe, tcp(PROVIDER, 5)));
    assert!(!is_closed(&mut probe, tcp("127.0.0.1:40001", 6)));
}
