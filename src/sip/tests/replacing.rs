//! INVITE with Replaces (RFC 3891): which calls may be named, and what a wrong name gets.

use super::probe::{Probe, request, udp, within};
use super::talking::{GUEST, answered_guest};
use crate::sip::endpoint::{CallRef, Command, Event, Replaces};
use crate::sip::message::{HeaderName, Method};
use crate::sip::simnet::dial;

const OTHER: &str = "127.0.0.1:7001";

/// Somebody else calls to take a call over: what the line is told, or the refusal.
fn takes_over(probe: &mut Probe, number: u32, extra: &str) -> Result<Option<Replaces>, u16> {
    let text = request("INVITE", number, extra).replace("Call-ID: probe", &format!("Call-ID: r{number}"));
    probe.receive(OTHER, &text);
    match &probe.events[..] {
        [Event::Incoming { invite, .. }] => Ok(invite.replaces.clone()),
        _ => Err(probe.response().status),
    }
}

fn tag(to: &str) -> &str {
    to.split_once("tag=").unwrap().1
}

#[test]
fn a_call_is_named_by_its_call_id_and_both_tags() {
    let mut probe = Probe::new();
    let to = answered_guest(&mut probe, "");
    let tag = tag(&to);
    let right = format!("Replaces: probe;to-tag={tag};from-tag=g1");
    let Ok(Some(replaces)) = takes_over(&mut probe, 10, &right) else { panic!() };
    assert!(!replaces.early_only);
    assert_eq!(probe.endpoint.call_id(replaces.call), Some("probe"));
    for (wrong, number) in [
        format!("Replaces: other;to-tag={tag};from-tag=g1"),
        format!("Replaces: probe;to-tag={tag};from-tag=g2"),
        "Replaces: probe;to-tag=x;from-tag=g1".to_owned(),
    ]
    .iter()
    .zip(11..)
    {
        assert_eq!(takes_over(&mut probe, number, wrong), Err(481), "{wrong}");
    }
    assert_eq!(takes_over(&mut probe, 20, "Replaces: probe"), Err(400));
    assert_eq!(takes_over(&mut probe, 21, &format!("{right}\n{right}")), Err(400));
    assert_eq!(takes_over(&mut probe, 22, &format!("{right}\nRequire: replaces")).unwrap(), Some(replaces));
    assert_eq!(takes_over(&mut probe, 23, &format!("{right};early-only")), Err(486), "it is answered");
}

#[test]
fn a_call_that_has_just_ended_is_declined() {
    let mut probe = Probe::new();
    let to = answered_guest(&mut probe, "");
    let named = format!("Replaces: probe;to-tag={};from-tag=g1", tag(&to));
    let Ok(Some(Replaces { call, .. })) = takes_over(&mut probe, 10, &named) else { panic!() };
    probe.command(Command::Hangup { call, cause: None });
    let bye = probe.request().clone();
    assert_eq!(takes_over(&mut probe, 11, &named), Err(603));
    probe.receive_message(udp(GUEST), bye.response(200));
    assert_eq!(takes_over(&mut probe, 12, &named), Err(481), "and then forgotten");
}

#[test]
fn a_call_that_rings_at_a_phone_may_be_picked_up_and_one_that_rings_here_may_not() {
    let mut probe = Probe::new();
    probe.command(dial(1, GUEST.parse().unwrap(), "udp", Some("offer")));
    let invite = probe.request().clone();
    assert_eq!(invite.method, Method::Invite);
    let ringing = invite.response(180).with_to_tag("p1").with(HeaderName::Contact, "<sip:p@127.0.0.1:7000>");
    probe.receive_message(udp(GUEST), ringing);
    let ours = invite.headers.from().unwrap().tag().unwrap().to_owned();
    let call_id = invite.headers.call_id().unwrap().to_owned();
    let named = format!("Replaces: {call_id};to-tag={ours};from-tag=p1;early-only");
    let wanted = Replaces { call: CallRef(1), early_only: true };
    assert_eq!(takes_over(&mut probe, 10, &named), Ok(Some(wanted)));
    probe.command(Command::Hangup { call: CallRef(1), cause: None });
    assert_eq!(takes_over(&mut probe, 11, &named), Err(603));

    probe.receive(GUEST, &request("INVITE", 1, ""));
    let call = probe.incoming();
    probe.command(Command::Ring { call, status: 180, sdp: None });
    let to = probe.response().headers.get(HeaderName::To).unwrap().to_owned();
    let named = format!("Replaces: probe;to-tag={};from-tag=g1", tag(&to));
    assert_eq!(takes_over(&mut probe, 12, &named), Err(481));
}

#[test]
fn who_may_not_call_learns_nothing_of_other_calls() {
    let mut probe = Probe::new();
    let to = answered_guest(&mut probe, "");
    for named in [tag(&to), "wrong"] {
        let extra = format!("Replaces: probe;to-tag={named};from-tag=g1");
        let text = request("INVITE", 30, &extra).replace("Call-ID: probe", &format!("Call-ID: {named}"));
        probe.receive("198.51.100.1:7000", &text.replace("INVITE30", named));
        assert_eq!(probe.response().status, 407);
    }
    probe.receive(GUEST, &within("BYE", 2, &to, ""));
    assert_eq!(probe.response().status, 200);
}
