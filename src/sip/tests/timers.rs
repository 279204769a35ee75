//! Session timers (RFC 4028): refreshes for hours, and an end when the peer is gone.

use super::probe::{Probe, request, udp, within};
use super::talking::{GUEST, answered_guest, ready, sent};
use crate::sip::endpoint::{By, Cause, EndpointConfig, Event};
use crate::sip::message::{HeaderName, Method};
use crate::sip::simnet::{Net, Weather, leftovers};

#[test]
fn a_session_is_refreshed_for_hours_and_ends_when_the_peer_is_gone() {
    let mut net = Net::new(2, 1);
    ready(&mut net);
    net.run(3 * 3600);
    assert!(sent(&net, 0, Method::Update).len() >= 11, "every fifteen minutes");
    assert!(net.take_events(0).is_empty() && net.take_events(1).is_empty());
    net.weather = Weather::BROKEN;
    net.run(1800);
    for node in 0..2 {
        let events = net.take_events(node);
        assert!(
            matches!(&events[..], [Event::Ended { cause: Cause { by: By::Timeout, .. }, .. }]),
            "{events:?}"
        );
    }
    net.run(70);
    assert_eq!((leftovers(&net.nodes[0]), leftovers(&net.nodes[1])), ((0, 0), (0, 0)));
}

#[test]
fn a_peer_without_update_is_refreshed_by_a_reinvite_that_changes_nothing() {
    let mut probe = Probe::new();
    let to = answered_guest(&mut probe, "Allow: INVITE, ACK, BYE");
    probe.wait(901_000);
    let refresh = probe.request().clone();
    assert_eq!((&refresh.method, &refresh.body[..]), (&Method::Invite, &b"answer"[..]));
    let accepted = refresh.response(200).with_to_tag("g1").with_body("application/sdp", "offer");
    probe.receive_message(udp(GUEST), accepted);
    assert_eq!(probe.request().method, Method::Ack);
    assert!(probe.events.is_empty());
    assert!(to.contains("tag="));
}

#[test]
fn a_peer_without_timers_that_refuses_a_refresh_is_there_all_the_same() {
    let mut probe = Probe::new();
    answered_guest(&mut probe, "Allow: INVITE, ACK, BYE");
    for _ in 0..3 {
        probe.wait(901_000);
        let refresh = probe.request().clone();
        assert_eq!(refresh.method, Method::Invite);
        probe.receive_message(udp(GUEST), refresh.response(488).with_to_tag("g1"));
        assert!(probe.events.is_empty(), "{:?}", probe.events);
    }
}

#[test]
fn a_caller_with_a_session_timer_refreshes_it() {
    let mut probe = Probe::new();
    let extra = "Supported: timer\nSession-Expires: 600";
    let to = answered_guest(&mut probe, extra);
    probe.wait(560_000);
    assert!(probe.events.is_empty());
    probe.receive(GUEST, &within("UPDATE", 2, &to, extra));
    assert_eq!(probe.response().headers.get(HeaderName::SessionExpires), Some("600;refresher=uac"));
    assert!(probe.response().headers.lists(HeaderName::Require, "timer"));
    probe.wait(560_000);
    assert!(probe.events.is_empty());
    probe.wait(20_000);
    assert!(matches!(&probe.events[..], [Event::Ended { cause: Cause { by: By::Timeout, .. }, .. }]));
}

#[test]
fn an_interval_below_ours_is_refused_with_ours() {
    let mut probe =
        Probe::with_config(EndpointConfig { min_session_expires: 120, ..EndpointConfig::default() });
    probe.receive(GUEST, &request("INVITE", 1, "Supported: timer\nSession-Expires: 100"));
    assert_eq!(probe.response().status, 422);
    assert_eq!(probe.response().headers.get(HeaderName::MinSe), Some("120"));
    assert!(probe.events.is_empty());
}
