//! Ringing that must not be lost, and what is agreed before the answer (RFC 3262, RFC 3311).

use bytes::Bytes;

use super::probe::{Probe, request, udp, within};
use super::talking::{CALL, GUEST, answer, answered, offer, received, sent};
use crate::sip::endpoint::{By, Cause, Command, Event};
use crate::sip::message::{HeaderName, Message, Method};
use crate::sip::simnet::{Net, dial, incoming};

#[test]
fn early_media_goes_reliably_to_callers_who_can_and_the_answer_waits() {
    let mut probe = Probe::new();
    let extra = "Supported: 100rel\nContent-Type: application/sdp";
    probe.receive(GUEST, &(request("INVITE", 1, extra) + "\n\noffer"));
    let call = probe.incoming();
    probe.command(Command::Ring { call, status: 180, sdp: None });
    assert!(!probe.response().headers.contains(HeaderName::RSeq), "nothing in it to be lost");
    probe.command(Command::Ring { call, status: 183, sdp: Some("early".into()) });
    let to = probe.response().headers.get(HeaderName::To).unwrap().to_owned();
    let rseq = probe.response().headers.rseq().unwrap().unwrap();
    assert!(probe.response().headers.lists(HeaderName::Require, "100rel"));
    probe.command(Command::Answer { call, sdp: "early".into() });
    assert!(probe.sent.is_empty());
    probe.wait(600);
    assert_eq!(probe.response().status, 183, "repeated until its PRACK");
    probe.receive(GUEST, &within("PRACK", 2, &to, &format!("RAck: {} 1 INVITE", rseq + 1)));
    assert_eq!(probe.response().status, 481);
    probe.receive(GUEST, &within("PRACK", 3, &to, &format!("RAck: {rseq} 1 INVITE")));
    let statuses: Vec<u16> = probe
        .sent
        .iter()
        .map(|(_, message)| match message {
            Message::Response(response) => response.status,
            Message::Request(_) => 0,
        })
        .collect();
    assert_eq!(statuses, [200, 200], "to the PRACK and to the INVITE");
    assert_eq!(probe.response().body, Bytes::new(), "the answer is known already");
}

#[test]
fn ringing_that_is_never_acknowledged_ends_the_call() {
    let mut probe = Probe::new();
    probe.receive(GUEST, &request("INVITE", 1, "Require: 100rel"));
    let call = probe.incoming();
    probe.command(Command::Ring { call, status: 180, sdp: None });
    probe.wait(33_000);
    assert!(matches!(&probe.events[..], [Event::Ended { cause: Cause { by: By::Timeout, .. }, .. }]));
}

#[test]
fn two_of_us_agree_on_early_media_and_change_it_before_the_answer() {
    let mut net = Net::new(2, 1);
    let to = net.nodes[1].address;
    net.command(0, dial(1, to, "udp", Some("offer")));
    net.run(1);
    let there = incoming(&net.take_events(1))[0];
    net.command(1, Command::Ring { call: there, status: 183, sdp: Some("early".into()) });
    net.run(1);
    assert_eq!(net.take_events(0), [Event::Progress { call: CALL, status: 183, sdp: Some("early".into()) }]);
    assert_eq!(sent(&net, 0, Method::Prack).len(), 1);
    net.command(0, offer(CALL, "changed"));
    net.run(1);
    assert_eq!(net.take_events(1), [received(there, "changed")]);
    net.command(1, answer(there, "agreed"));
    net.run(1);
    assert_eq!(net.take_events(0), [answered(CALL, "agreed")]);
    assert!(!sent(&net, 0, Method::Update).is_empty());
    net.command(1, Command::Answer { call: there, sdp: "agreed".into() });
    net.run(1);
    assert_eq!(net.take_events(0), [Event::Answered { call: CALL, sdp: None }]);
    assert_eq!(net.take_events(1), [Event::Established { call: there, sdp: None }]);
}

#[test]
fn a_caller_without_offer_gets_ours_in_reliable_ringing() {
    let mut net = Net::new(2, 1);
    let to = net.nodes[1].address;
    net.command(0, dial(1, to, "udp", None));
    net.run(1);
    let there = incoming(&net.take_events(1))[0];
    net.command(1, Command::Ring { call: there, status: 183, sdp: Some("our offer".into()) });
    net.run(1);
    net.command(0, answer(CALL, "your answer"));
    net.run(1);
    assert_eq!(net.take_events(1), [answered(there, "your answer")]);
    net.command(1, Command::Answer { call: there, sdp: "unused".into() });
    net.run(1);
    assert_eq!(net.take_events(0).last(), Some(&Event::Answered { call: CALL, sdp: None }));
}

#[test]
fn a_callee_that_has_answered_early_may_offer_by_update() {
    let mut net = Net::new(2, 1);
    let to = net.nodes[1].address;
    net.command(0, dial(1, to, "udp", Some("offer")));
    net.run(1);
    let there = incoming(&net.take_events(1))[0];
    net.command(1, Command::Ring { call: there, status: 183, sdp: Some("early".into()) });
    net.run(1);
    net.take_events(0);
    net.command(1, offer(there, "changed"));
    net.run(1);
    assert_eq!(net.take_events(0), [received(CALL, "changed")]);
    net.command(0, answer(CALL, "agreed"));
    net.run(1);
    assert_eq!(net.take_events(1), [answered(there, "agreed")]);
}

/// Our INVITE rings at 127.0.0.1:7000, whose ringing carries `sdp` reliably or nothing; then an UPDATE
/// with an offer comes.
fn updated_while_ringing(ours: Option<&'static str>, sdp: Option<&str>) -> (Probe, u16, bool) {
    let mut probe = Probe::new();
    probe.command(dial(1, GUEST.parse().unwrap(), "udp", ours));
    let invite = probe.request().clone();
    let mut ringing =
        invite.response(183).with_to_tag("c1").with(HeaderName::Contact, "<sip:c@127.0.0.1:7000>");
    if let Some(sdp) = sdp {
        ringing = ringing.with(HeaderName::Require, "100rel").with(HeaderName::RSeq, "1");
        ringing = ringing.with_body("application/sdp", sdp.to_owned());
    }
    probe.receive_message(udp(GUEST), ringing);
    let from = invite.headers.get(HeaderName::From).unwrap();
    let update = within("UPDATE", 1, from, "Content-Type: application/sdp")
        .replace("<sip:guest@127.0.0.1>;tag=g1", "<sip:127.0.0.1:7000>;tag=c1")
        .replace("Call-ID: probe", &format!("Call-ID: {}", invite.headers.call_id().unwrap()));
    probe.receive(GUEST, &(update + "\n\nchanged"));
    let response = match probe.sent.last() {
        Some((_, Message::Response(response))) => Some(response),
        _ => None,
    };
    let status = response.map_or(0, |response| response.status);
    let later = response.is_some_and(|response| response.headers.contains(HeaderName::RetryAfter));
    (probe, status, later)
}

#[test]
fn an_update_that_crosses_offer_or_answer_is_refused_as_the_rfc_says() {
    let (probe, status, _) = updated_while_ringing(Some("offer"), None);
    assert_eq!((status, probe.events.len()), (491, 0), "our offer in the INVITE waits for its answer");
    let (probe, status, later) = updated_while_ringing(None, Some("their offer"));
    assert_eq!((status, later, probe.events.len()), (500, true, 0), "we owe the answer in our PRACK");
    let (probe, status, _) = updated_while_ringing(Some("offer"), Some("early"));
    assert_eq!(
        (status, &probe.events[..]),
        (0, &[received(CALL, "changed")][..]),
        "offer and answer are done"
    );
}
