//! Offers, answers, refreshes within calls.

use super::probe::{Probe, request, within};
use crate::sip::endpoint::{By, CallRef, Cause, Command, Event};
use crate::sip::message::{HeaderName, Message, Method, Request};
use crate::sip::simnet::{Net, dial, incoming, leftovers};

pub const CALL: CallRef = CallRef(1);
pub const GUEST: &str = "127.0.0.1:7000";

/// An established call of node 0 to node 1; its reference there.
pub fn established(net: &mut Net, offer: Option<&str>) -> CallRef {
    let to = net.nodes[1].address;
    net.command(0, dial(1, to, "udp", offer));
    net.run(1);
    let there = incoming(&net.take_events(1))[0];
    net.command(1, Command::Answer { call: there, sdp: "first".into() });
    net.run(1);
    if offer.is_none() {
        net.command(0, Command::AnswerOffer { call: CALL, sdp: "late".into() });
        net.run(1);
    }
    there
}

pub fn ready(net: &mut Net) -> CallRef {
    let there = established(net, Some("offer"));
    net.take_events(0);
    net.take_events(1);
    there
}

pub fn offer(call: CallRef, sdp: &'static str) -> Command {
    Command::Offer { call, sdp: sdp.into() }
}

pub fn answer(call: CallRef, sdp: &'static str) -> Command {
    Command::AnswerOffer { call, sdp: sdp.into() }
}

pub fn received(call: CallRef, sdp: &'static str) -> Event {
    Event::OfferReceived { call, sdp: Some(sdp.into()) }
}

pub fn answered(call: CallRef, sdp: &'static str) -> Event {
    Event::OfferAnswered { call, sdp: Some(sdp.into()) }
}

pub fn sent(net: &Net, node: usize, method: Method) -> Vec<Request> {
    let of = |message: &Message| match message {
        Message::Request(request) if request.method == method => Some(request.clone()),
        _ => None,
    };
    net.nodes[node].sent.iter().filter_map(|(_, message)| of(message)).collect()
}

#[test]
fn either_side_may_offer_anew() {
    let mut net = Net::new(2, 1);
    let there = ready(&mut net);
    for (asks, call, other, other_call) in [(0, CALL, 1, there), (1, there, 0, CALL)] {
        net.command(asks, offer(call, "hold"));
        net.run(1);
        assert_eq!(net.take_events(other), [received(other_call, "hold")]);
        net.command(other, answer(other_call, "held"));
        net.run(1);
        assert_eq!(net.take_events(asks), [answered(call, "held")]);
    }
    assert_eq!(sent(&net, 0, Method::Ack).len(), 2);
}

#[test]
fn a_refused_offer_leaves_the_call_as_it_was() {
    let mut net = Net::new(2, 1);
    let there = ready(&mut net);
    net.command(0, offer(CALL, "video"));
    net.run(1);
    net.command(1, Command::RefuseOffer { call: there, status: 488 });
    net.run(1);
    assert_eq!(net.take_events(0), [Event::OfferRefused { call: CALL, status: 488 }]);
    assert_eq!(net.nodes[0].endpoint.stats().calls, 1);
}

#[test]
fn offers_that_cross_are_both_made_in_the_end() {
    let mut net = Net::new(2, 1);
    let there = ready(&mut net);
    net.command(0, offer(CALL, "from 0"));
    net.command(1, offer(there, "from 1"));
    net.run(1);
    let mut log = vec![];
    for _ in 0..10 {
        for (node, call) in [(0, CALL), (1, there)] {
            for event in net.take_events(node) {
                if matches!(event, Event::OfferReceived { .. }) {
                    net.command(node, answer(call, "answer"));
                }
                log.push((node, event));
            }
        }
        net.run(1);
    }
    // The callee waits for less time, so its offer goes first.
    let expected = [
        (0, received(CALL, "from 1")),
        (1, answered(there, "answer")),
        (1, received(there, "from 0")),
        (0, answered(CALL, "answer")),
    ];
    let refused = log.iter().filter(|(_, event)| matches!(event, Event::OfferRefused { .. })).count();
    match refused {
        0 => assert_eq!(log, expected),
        // The caller's offer was withdrawn in favour of the callee's; the line was told.
        1 => assert_eq!(
            log[..2],
            [(0, Event::OfferRefused { call: CALL, status: 491 }), (0, received(CALL, "from 1"))]
        ),
        _ => panic!("{log:?}"),
    }
}

#[test]
fn an_offer_made_before_the_ack_waits_for_it() {
    let mut net = Net::new(2, 1);
    let to = net.nodes[1].address;
    net.command(0, dial(1, to, "udp", Some("offer")));
    net.run(1);
    let there = incoming(&net.take_events(1))[0];
    net.command(1, Command::Answer { call: there, sdp: "first".into() });
    net.command(1, offer(there, "second"));
    assert!(sent(&net, 1, Method::Invite).is_empty());
    net.run(1);
    assert_eq!(sent(&net, 1, Method::Invite).len(), 1);
    assert_eq!(net.take_events(0).last(), Some(&received(CALL, "second")));
}

#[test]
fn a_reinvite_says_that_our_answer_came_although_its_ack_was_lost() {
    let mut probe = Probe::new();
    probe.receive(GUEST, &(request("INVITE", 1, "Content-Type: application/sdp") + "\n\noffer"));
    let call = probe.incoming();
    probe.command(Command::Answer { call, sdp: "answer".into() });
    let to = probe.response().headers.get(HeaderName::To).unwrap().to_owned();
    probe.receive(GUEST, &(within("INVITE", 2, &to, "Content-Type: application/sdp") + "\n\nhold"));
    assert_eq!(probe.events, [Event::Established { call, sdp: None }, received(call, "hold")]);
    probe.command(answer(call, "held"));
    probe.receive(GUEST, &within("ACK", 2, &to, ""));
    probe.wait(40_000);
    assert!(probe.sent.is_empty() && probe.events.is_empty(), "{:?} {:?}", probe.sent, probe.events);
}

#[test]
fn an_offer_that_the_line_never_answers_is_refused_in_time() {
    let mut net = Net::new(2, 1);
    ready(&mut net);
    net.command(0, offer(CALL, "hold"));
    net.run(25);
    assert_eq!(net.take_events(0), [Event::OfferRefused { call: CALL, status: 500 }]);
}

#[test]
fn a_late_offer_is_answered_in_the_ack() {
    let mut net = Net::new(2, 1);
    let there = established(&mut net, None);
    assert_eq!(net.take_events(0), [Event::Answered { call: CALL, sdp: Some("first".into()) }]);
    assert_eq!(net.take_events(1), [Event::Established { call: there, sdp: Some("late".into()) }]);
    assert_eq!(&sent(&net, 0, Method::Ack)[0].body[..], b"late");
}

#[test]
fn a_late_offer_that_is_refused_ends_the_call() {
    let mut net = Net::new(2, 1);
    let to = net.nodes[1].address;
    net.command(0, dial(1, to, "udp", None));
    net.run(1);
    let there = incoming(&net.take_events(1))[0];
    net.command(1, Command::Answer { call: there, sdp: "first".into() });
    net.run(1);
    net.command(0, Command::RefuseOffer { call: CALL, status: 488 });
    net.run(1);
    let Some(Event::Ended { cause, .. }) = net.take_events(0).pop() else { panic!() };
    assert_eq!((cause.by, cause.status), (By::Local, Some(488)));
    assert!(matches!(net.take_events(1).last(), Some(Event::Ended { .. })));
    net.run(70);
    assert_eq!((leftovers(&net.nodes[0]), leftovers(&net.nodes[1])), ((0, 0), (0, 0)));
}

#[test]
fn a_reinvite_without_offer_asks_for_ours() {
    let mut probe = Probe::new();
    let to = answered_guest(&mut probe, "");
    probe.receive(GUEST, &within("INVITE", 2, &to, ""));
    let [Event::OfferReceived { call, sdp: None }] = probe.events[..] else { panic!("{:?}", probe.events) };
    probe.command(answer(call, "ours"));
    assert_eq!((probe.response().status, &probe.response().body[..]), (200, &b"ours"[..]));
    let ack =
        within("ACK", 2, &to, "Content-Type: application/sdp").replace("branch=z9hG4bK", "branch=z9hG4bKa");
    probe.receive(GUEST, &(ack + "\n\ntheirs"));
    assert_eq!(probe.events, [answered(call, "theirs")]);
}

/// A call of a guest that is answered and acknowledged; our To with its tag.
pub fn answered_guest(probe: &mut Probe, extra: &str) -> String {
    let sdp = format!("Content-Type: application/sdp\n{extra}");
    probe.receive(GUEST, &(request("INVITE", 1, sdp.trim_end()) + "\n\noffer"));
    let call = probe.incoming();
    probe.command(Command::Answer { call, sdp: "answer".into() });
    let to = probe.response().headers.get(HeaderName::To).unwrap().to_owned();
    probe.receive(GUEST, &within("ACK", 1, &to, "").replace("branch=z9hG4bK", "branch=z9hG4bKa"));
    assert_eq!(probe.events, [Event::Established { call, sdp: None }]);
    to
}

#[test]
fn a_request_of_the_dialog_needs_the_exact_tags() {
    let mut probe = Probe::new();
    let to = answered_guest(&mut probe, "");
    probe.receive(GUEST, &within("BYE", 2, &to, "").replace("tag=g1", "tag=other"));
    assert_eq!(probe.response().status, 481);
    probe.receive(GUEST, &within("BYE", 3, "<sip:100@127.0.0.1>;tag=other", ""));
    assert_eq!(probe.response().status, 481);
    probe.receive(GUEST, &within("BYE", 4, &to, "Reason: Q.850;cause=16, SIP;cause=200;text=\"done\""));
    assert_eq!(probe.response().status, 200);
    assert!(matches!(&probe.events[..], [Event::Ended { cause: Cause { by: By::Remote, .. }, .. }]));
}

#[test]
fn a_request_that_was_overtaken_is_refused() {
    let mut probe = Probe::new();
    let to = answered_guest(&mut probe, "");
    probe.receive(GUEST, &within("OPTIONS", 5, &to, ""));
    assert_eq!(probe.response().status, 200);
    probe.receive(GUEST, &within("BYE", 4, &to, ""));
    assert_eq!(probe.response().status, 500);
}

#[test]
fn an_update_without_offer_refreshes_and_moves_the_target() {
    let mut probe = Probe::new();
    let to = answered_guest(&mut probe, "");
    probe.receive("127.0.0.1:7077", &within("UPDATE", 2, &to, ""));
    assert_eq!(probe.response().status, 200);
    assert!(probe.events.is_empty());
    let text = within("UPDATE", 3, &to, "Content-Type: application/sdp") + "\n\nhold";
    probe.receive("127.0.0.1:7077", &text);
    let [Event::OfferReceived { call, .. }] = probe.events[..] else { panic!() };
    let third = within("INVITE", 4, &to, "Content-Type: application/sdp") + "\n\nagain";
    probe.receive("127.0.0.1:7077", &third);
    assert_eq!(probe.response().status, 500, "one after the other");
    assert!(probe.response().headers.contains(HeaderName::RetryAfter));
    probe.command(answer(call, "held"));
    assert_eq!((probe.response().status, &probe.response().body[..]), (200, &b"held"[..]));
    probe.command(Command::Hangup { call, cause: None });
    assert_eq!(probe.destination().remote(), "127.0.0.1:7077".parse().unwrap());
}

#[test]
fn a_caller_that_cancels_its_reinvite_keeps_the_call() {
    let mut probe = Probe::new();
    let to = answered_guest(&mut probe, "");
    probe.receive(GUEST, &(within("INVITE", 2, &to, "Content-Type: application/sdp") + "\n\nhold"));
    let cancel = within("CANCEL", 2, &to, "").replace("branch=z9hG4bKCANCEL2", "branch=z9hG4bKINVITE2");
    probe.receive(GUEST, &cancel);
    assert_eq!(probe.response().status, 487);
    assert!(probe.events.is_empty());
    assert_eq!(probe.endpoint.stats().calls, 1);
}

#[test]
fn a_request_of_a_phone_needs_the_connection_of_its_call() {
    use super::probe::tcp;
    let mut probe = Probe::new();
    let (first, second) = (tcp(GUEST, 1), tcp("127.0.0.1:7999", 2));
    probe.receive_by(first, &request("INVITE", 1, ""));
    let call = probe.incoming();
    probe.command(Command::Answer { call, sdp: "answer".into() });
    let to = probe.response().headers.get(HeaderName::To).unwrap().to_owned();
    probe.receive_by(second, &within("BYE", 2, &to, ""));
    assert_eq!(probe.response().status, 481);
    probe.input(crate::sip::endpoint::Input::FlowClosed { flow: first });
    probe.receive_by(second, &within("BYE", 3, &to, ""));
    assert_eq!(probe.response().status, 200, "the connection is gone, and the phone came back");
}

#[test]
fn calls_outlive_their_connection_until_something_must_be_said() {
    let mut net = Net::new(2, 1);
    let to = net.nodes[1].address;
    net.command(0, dial(1, to, "tcp", Some("offer")));
    net.run(1);
    let there = incoming(&net.take_events(1))[0];
    net.command(1, Command::Answer { call: there, sdp: "first".into() });
    net.run(1);
    net.take_events(1);
    net.break_connections(0);
    net.run(1);
    assert_eq!(net.nodes[1].endpoint.stats().calls, 1);
    net.command(0, Command::Hangup { call: CALL, cause: None });
    net.run(1);
    assert!(matches!(net.take_events(1)[..], [Event::Ended { .. }]), "the caller opens a connection anew");
}
