//! REFER that meets the end of its call, a re-INVITE, or itself again.

use super::probe::{Probe, udp, within};
use super::referring::{TO_201, accept, confirm, in_a_call, progress, referred, responses, status, told};
use super::talking::{GUEST, answer, received};
use crate::sip::endpoint::{By, Cause, Command, Event};
use crate::sip::message::Method;

fn is_empty(probe: &mut Probe) -> bool {
    probe.wait(64_000);
    let stats = probe.endpoint.stats();
    (stats.calls, stats.lingering, stats.transactions) == (0, 0, 0)
}

#[test]
fn a_bye_takes_an_unanswered_refer_with_it() {
    let (mut probe, to) = in_a_call();
    let (refer, _) = referred(&mut probe, 2, &to, TO_201);
    probe.receive(GUEST, &within("BYE", 3, &to, ""));
    let statuses: Vec<u16> = responses(&probe).iter().map(|response| response.status).collect();
    assert_eq!(statuses, [200, 487]);
    assert!(matches!(probe.events[..], [Event::Ended { .. }]));
    accept(&mut probe, refer);
    progress(&mut probe, refer, 200);
    assert!(probe.sent.is_empty());
    assert!(is_empty(&mut probe));
}

#[test]
fn a_referrer_that_hung_up_is_told_all_the_same() {
    let (mut probe, to) = in_a_call();
    let (refer, _) = referred(&mut probe, 2, &to, TO_201);
    accept(&mut probe, refer);
    confirm(&mut probe, 200);
    assert_eq!(status(&mut probe, &within("BYE", 3, &to, "")), 200);
    assert!(matches!(&probe.events[..], [Event::Ended { cause: Cause { by: By::Remote, .. }, .. }]));
    assert_eq!((probe.endpoint.stats().calls, probe.endpoint.stats().lingering), (0, 1));
    progress(&mut probe, refer, 180);
    confirm(&mut probe, 200);
    assert_eq!(status(&mut probe, &within("REFER", 4, &to, TO_201)), 481, "the call is over");
    progress(&mut probe, refer, 200);
    assert_eq!(told(probe.request()).1, "terminated;reason=noresource");
    confirm(&mut probe, 200);
    assert!(probe.events.is_empty());
    assert!(is_empty(&mut probe));
}

#[test]
fn a_referrer_that_hung_up_and_knows_nothing_any_more_leaves_nothing() {
    let (mut probe, to) = in_a_call();
    let (refer, _) = referred(&mut probe, 2, &to, TO_201);
    accept(&mut probe, refer);
    let notify = probe.request().clone();
    probe.receive(GUEST, &within("BYE", 3, &to, ""));
    probe.receive_message(udp(GUEST), notify.response(481));
    assert_eq!(probe.endpoint.stats().lingering, 0);
    assert!(is_empty(&mut probe));
    let (mut probe, to) = in_a_call();
    let (refer, _) = referred(&mut probe, 2, &to, TO_201);
    accept(&mut probe, refer);
    confirm(&mut probe, 200);
    probe.receive(GUEST, &within("BYE", 3, &to, ""));
    probe.wait(180_000);
    assert_eq!(told(probe.request()).1, "terminated;reason=timeout", "nobody ever told how it went");
    assert!(is_empty(&mut probe));
}

#[test]
fn who_is_hung_up_after_its_refer_learns_how_it_went() {
    let (mut probe, to) = in_a_call();
    let (refer, _) = referred(&mut probe, 2, &to, TO_201);
    accept(&mut probe, refer);
    let trying = probe.request().clone();
    progress(&mut probe, refer, 200);
    probe.command(Command::Hangup { call: refer.call, cause: None });
    let bye = probe.request().clone();
    assert_eq!(bye.method, Method::Bye);
    probe.receive_message(udp(GUEST), trying.response(200));
    let last = probe.request().clone();
    assert_eq!(told(&last).1, "terminated;reason=noresource");
    assert!(last.headers.cseq().unwrap().number > bye.headers.cseq().unwrap().number);
    probe.receive_message(udp(GUEST), bye.response(200));
    assert_eq!(probe.endpoint.stats().lingering, 1);
    probe.receive_message(udp(GUEST), last.response(200));
    assert!(probe.sent.is_empty());
    assert!(is_empty(&mut probe));
}

#[test]
fn a_refer_during_a_reinvite_is_no_hindrance_to_either() {
    let (mut probe, to) = in_a_call();
    probe.receive(GUEST, &(within("INVITE", 2, &to, "Content-Type: application/sdp") + "\n\nhold"));
    let [Event::OfferReceived { call, .. }] = probe.events[..] else { panic!() };
    let (refer, _) = referred(&mut probe, 3, &to, TO_201);
    accept(&mut probe, refer);
    confirm(&mut probe, 200);
    probe.command(answer(call, "held"));
    assert_eq!((probe.response().status, probe.response().headers.cseq().unwrap().number), (200, 2));
    progress(&mut probe, refer, 200);
    assert_eq!(told(probe.request()).1, "terminated;reason=noresource");
    probe.receive(GUEST, &within("ACK", 2, &to, ""));
    let again = within("INVITE", 4, &to, "Content-Type: application/sdp") + "\n\nback";
    probe.receive(GUEST, &again);
    assert_eq!(probe.events, [received(call, "back")]);
}

#[test]
fn a_refer_is_reported_once_and_in_order() {
    let (mut probe, to) = in_a_call();
    let (refer, _) = referred(&mut probe, 5, &to, TO_201);
    probe.receive(GUEST, &within("REFER", 5, &to, TO_201));
    assert!(probe.events.is_empty() && probe.sent.is_empty(), "a repeat");
    accept(&mut probe, refer);
    probe.receive(GUEST, &within("REFER", 5, &to, TO_201));
    assert_eq!((probe.response().status, probe.events.len()), (202, 0), "the answer comes again");
    assert_eq!(status(&mut probe, &within("REFER", 4, &to, TO_201)), 500, "it was overtaken");
    let other_branch = within("REFER", 5, &to, TO_201).replace("z9hG4bK", "z9hG4bKb");
    assert_eq!(status(&mut probe, &other_branch), 500);
    assert!(probe.events.is_empty());
}

#[test]
fn a_refer_survives_a_snapshot() {
    let (mut probe, to) = in_a_call();
    let (refer, _) = referred(&mut probe, 2, &to, TO_201);
    let snapshot = serde_json::to_string(&probe.endpoint).unwrap();
    probe.endpoint = serde_json::from_str(&snapshot).unwrap();
    accept(&mut probe, refer);
    assert_eq!(told(probe.request()).2, "SIP/2.0 100 Trying\r\n");
}
