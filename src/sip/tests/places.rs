//! Calls over providers: what they are told of the caller, and the next place when one is silent.

use std::time::Duration;

use super::probe::{PASSWORD, Probe, request, udp};
use super::providers::{PROVIDER, contact, peer, probe, registered, registering, trunk};
use crate::sip::endpoint::{
    By, CallRef, Cause, Command, EndpointConfig, Event, FromUser, Identity, IdentityHeader, Input, Output,
    Target, Transport, TrunkPeer,
};
use crate::sip::locate::Located;
use crate::sip::message::{HeaderName, Message, Method, Request};

const CALL: CallRef = CallRef(7);

fn dial(probe: &mut Probe, withheld: bool) -> Request {
    probe.command(Command::Dial {
        call: CALL,
        target: Target::Trunk { trunk: trunk(), user: "+420777123456".into(), withheld },
        from: Identity { display: None, user: "+420200000100".into(), host: None },
        to_user: None,
        offer: Some("offer".into()),
        max_forwards: 70,
        headers: vec![],
    });
    probe.request().clone()
}

#[test]
fn where_we_register_calls_bear_the_providers_domain_and_our_contact() {
    let mut probe = registered(TrunkPeer { from: FromUser::Account, ..registering() }, 3600);
    let invite = dial(&mut probe, false);
    assert!(invite.headers.get(HeaderName::From).unwrap().starts_with("<sip:company@203.0.113.1>"));
    assert_ne!(invite.headers.get(HeaderName::Contact), Some("<sip:+420200000100@127.0.0.1:5060>"));
}

#[test]
fn who_calls_is_told_in_the_header_that_the_provider_wants() {
    for (rule, header) in [
        (IdentityHeader::Asserted, HeaderName::PAssertedIdentity),
        (IdentityHeader::Preferred, HeaderName::PPreferredIdentity),
    ] {
        let mut probe = probe(TrunkPeer { identity: rule, ..peer() });
        let invite = dial(&mut probe, false);
        assert_eq!(invite.headers.get(header), Some("<sip:+420200000100@127.0.0.1>"));
        assert!(!invite.headers.contains(HeaderName::Privacy));
    }
}

#[test]
fn a_number_that_is_withheld_is_told_to_the_provider_alone() {
    let mut probe = probe(TrunkPeer { identity: IdentityHeader::Asserted, ..peer() });
    let invite = dial(&mut probe, true);
    let from = invite.headers.get(HeaderName::From).unwrap();
    assert!(from.starts_with("\"Anonymous\" <sip:anonymous@anonymous.invalid>"), "{from}");
    assert_eq!(invite.headers.get(HeaderName::Privacy), Some("id"));
    let told = invite.headers.get(HeaderName::PAssertedIdentity);
    assert_eq!(told, Some("<sip:+420200000100@127.0.0.1>"));
    assert!(!contact(&invite).contains("420200000100"));
}

/// A provider with two places, given two seconds each.
fn two_places() -> Probe {
    let mut probe = Probe::new();
    let patience = Some(Duration::from_secs(2));
    probe.command(Command::SetTrunk(TrunkPeer { host: "p.example".into(), patience, ..peer() }));
    let Some(Output::Resolve { query, .. }) = probe.other.first() else { panic!("{:?}", probe.other) };
    let places = ["203.0.113.1:5060", "203.0.113.2:5060"].map(|at| (Transport::Udp, at.parse().unwrap()));
    let located = Located { places: places.to_vec(), ttl: Duration::from_secs(3600), notes: vec![] };
    probe.input(Input::Resolved { query: *query, result: Ok(located) });
    probe
}

#[test]
fn a_late_answer_about_where_a_provider_was_before_is_dropped() {
    let mut probe = Probe::new();
    let asked = |probe: &mut Probe, host: &str| {
        probe.command(Command::SetTrunk(TrunkPeer { host: host.into(), ..peer() }));
        let Some(Output::Resolve { query, .. }) = probe.other.first() else { panic!("{:?}", probe.other) };
        *query
    };
    let (before, after) = (asked(&mut probe, "old.example"), asked(&mut probe, "new.example"));
    let at = |place: &str| {
        let places = vec![(Transport::Udp, place.parse().unwrap())];
        Ok(Located { places, ttl: Duration::from_secs(3600), notes: vec![] })
    };
    probe.input(Input::Resolved { query: after, result: at("203.0.113.2:5060") });
    for late in [at("203.0.113.1:5060"), Err("the name service does not answer".to_owned())] {
        probe.input(Input::Resolved { query: before, result: late });
        dial(&mut probe, false);
        assert_eq!(to(&probe), "203.0.113.2:5060");
        probe.command(Command::Hangup { call: CALL, cause: None });
        probe.wait(40_000);
    }
    assert_eq!(probe.endpoint.trunks(probe.now)[0].trouble, None);
}

#[test]
fn a_call_that_ended_while_its_provider_was_looked_for_is_not_made_after_all() {
    let mut probe = Probe::new();
    probe.command(Command::SetTrunk(TrunkPeer { host: "p.example".into(), ..peer() }));
    let target = Target::Trunk { trunk: trunk(), user: "+420777123456".into(), withheld: false };
    let (from, to_user, offer) = (Identity::default(), None, None);
    probe.command(Command::Dial {
        call: CALL,
        target,
        from,
        to_user,
        offer,
        max_forwards: 70,
        headers: vec![],
    });
    let [Output::Resolve { query, .. }] = probe.other[..] else { panic!("{:?}", probe.other) };
    probe.command(Command::Hangup { call: CALL, cause: None });
    assert!(matches!(probe.events[..], [Event::Ended { .. }]), "{:?}", probe.events);
    let places = vec![(Transport::Udp, PROVIDER.parse().unwrap())];
    let located = Located { places, ttl: Duration::from_secs(60), notes: vec![] };
    probe.input(Input::Resolved { query, result: Ok(located) });
    assert!(probe.sent.is_empty() && probe.events.is_empty());
    assert_eq!(probe.endpoint.stats(), Default::default());
}

fn to(probe: &Probe) -> String {
    probe.destination().remote().to_string()
}

#[test]
fn a_silent_place_gives_way_to_the_next_and_its_late_answer_is_hung_up() {
    let mut probe = two_places();
    let first = dial(&mut probe, false);
    assert_eq!(to(&probe), PROVIDER);
    probe.wait(2_000);
    assert_eq!(to(&probe), "203.0.113.2:5060");
    let second = probe.request().clone();
    probe.receive_message(udp("203.0.113.2:5060"), second.response(180).with_to_tag("b"));
    probe.receive_message(udp(PROVIDER), first.response(100));
    assert_eq!(probe.request().method, Method::Cancel, "the late one is taken back");
    assert_eq!(probe.request().headers.via(), first.headers.via());
    let late = first.response(200).with_to_tag("a").with(HeaderName::Contact, "<sip:a@203.0.113.1>");
    probe.receive_message(udp(PROVIDER), late);
    let methods = probe.sent.iter().filter_map(|(_, message)| match message {
        Message::Request(request) => Some(request.method.clone()),
        Message::Response(_) => None,
    });
    let methods: Vec<_> = methods.collect();
    assert_eq!(methods, [Method::Ack, Method::Bye]);
    assert!(probe.events.is_empty(), "the line hears nothing of it");
    let answer = second.response(200).with_to_tag("b").with(HeaderName::Contact, "<sip:b@203.0.113.2>");
    probe.receive_message(udp("203.0.113.2:5060"), answer);
    assert!(matches!(probe.events[..], [Event::Answered { .. }]), "{:?}", probe.events);
}

#[test]
fn a_provider_that_is_silent_everywhere_ends_the_call_soon_and_the_next_call_begins_elsewhere() {
    let mut probe = two_places();
    let first = dial(&mut probe, false);
    probe.wait(1_900);
    probe.wait(100);
    probe.wait(2_000);
    let [Event::Ended { cause: Cause { status: Some(408), by: By::Timeout, .. }, .. }] = &probe.events[..]
    else {
        panic!("{:?}", probe.events)
    };
    probe.receive_message(udp(PROVIDER), first.response(100));
    assert_eq!(probe.request().method, Method::Cancel);
    probe.wait(200_000);
    assert_eq!(probe.endpoint.stats(), Default::default());
}

#[test]
fn a_full_endpoint_still_takes_a_device_that_calls_help() {
    let mut probe = Probe::new();
    probe.command(Command::SetEmergency(["112".to_owned()].into()));
    probe.command(Command::Drain { retry_after: 5 });
    let invite = |number: &str, user: &str| {
        request("INVITE", 1, "")
            .replace("sip:100@127.0.0.1", &format!("sip:{number}@127.0.0.1"))
            .replace("sip:guest@127.0.0.1>;tag", &format!("sip:{user}@127.0.0.1>;tag"))
            .replace("probe", &format!("{number}{user}"))
            .replace("INVITE1", &format!("INVITE{number}{user}"))
    };
    let flow = udp("127.0.0.1:7000");
    probe.receive_by(flow, &invite("100", "anna"));
    assert_eq!(probe.response().status, 503);
    probe.receive_by(flow, &invite("112", "guest"));
    assert_eq!(probe.response().status, 503, "for devices only");
    let login = ("anna", PASSWORD);
    probe.receive_with_login(flow, &invite("112", "anna"), login);
    assert!(matches!(probe.events[..], [Event::Incoming { .. }]), "{:?}", probe.events);
}

#[test]
fn no_bound_on_memory_stands_in_the_way_of_help() {
    let mut config = EndpointConfig::default();
    config.limits.calls = 0;
    config.limits.transactions = 0;
    let mut probe = Probe::with_config(config);
    let trunk = probe.add_trunk();
    probe.command(Command::SetEmergency(["112".to_owned()].into()));
    let text = request("INVITE", 1, "").replace("sip:guest@127.0.0.1>;tag", "sip:anna@127.0.0.1>;tag");
    let login = ("anna", PASSWORD);
    probe.receive_by(udp("127.0.0.1:7000"), &text);
    assert_eq!(probe.response().status, 503);
    // Some phones withhold their number from everybody (3GPP TS 22.030).
    for number in ["112", "%2331%23112"] {
        let text = text.replace("sip:100@127.0.0.1", &format!("sip:{number}@127.0.0.1"));
        let text = text.replace("probe", number).replace("INVITE1", &format!("INVITE{number}"));
        probe.receive_with_login(udp("127.0.0.1:7000"), &text, login);
        assert!(matches!(probe.events[..], [Event::Incoming { .. }]), "{number}: {:?}", probe.events);
    }
    let dial = |call, user: &str| Command::Dial {
        call: CallRef(call),
        target: Target::Trunk { trunk, user: user.into(), withheld: false },
        from: Identity { display: None, user: "+420200000100".into(), host: None },
        to_user: None,
        offer: None,
        max_forwards: 70,
        headers: vec![],
    };
    probe.command(dial(1, "+420777000111"));
    assert!(matches!(probe.events[..], [Event::Ended { .. }]), "{:?}", probe.events);
    probe.command(dial(2, "112"));
    assert_eq!(probe.request().method, Method::Invite);
}
