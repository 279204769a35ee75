//! What the endpoint answers to the messages of RFC 4475, and what it does not.

use bytes::Bytes;

use super::probe::{Probe, tcp, udp};
use crate::sip::endpoint::{Flow, Input, Output};
use crate::sip::message::tests::torture_text::cases;
use crate::sip::message::{HeaderName, Message, Response};

const GUEST: &str = "127.0.0.1:7000";

/// The status of the answer to these bytes, if there is one.
fn status(probe: &mut Probe, flow: Flow, bytes: Bytes) -> Option<u16> {
    probe.input(Input::Received { flow, bytes });
    match (&probe.sent[..], &probe.echoes[..]) {
        ([], []) => None,
        ([(_, Message::Response(response))], []) => Some(response.status),
        ([], [echo]) => std::str::from_utf8(&echo[8..11]).unwrap().parse().ok(),
        more => panic!("{more:?}"),
    }
}

fn message(name: &str) -> Bytes {
    cases().into_iter().find(|case| case.name == name).unwrap().bytes
}

fn answer_to(name: &str) -> Response {
    let mut probe = Probe::new();
    probe.input(Input::Received { flow: udp(GUEST), bytes: message(name) });
    probe.response().clone()
}

#[test]
fn every_message_of_the_rfc_gets_its_answer_and_leaves_the_endpoint_in_order() {
    let mut probe = Probe::new();
    for case in cases() {
        let found = status(&mut probe, udp(GUEST), case.bytes);
        assert_eq!(found, case.answer, "{}", case.name);
        probe.wait(40_000);
        let still = status(&mut probe, udp(GUEST), message("lwsdisp"));
        assert_eq!(still, Some(200), "after {}", case.name);
        probe.wait(40_000);
    }
}

#[test]
fn over_a_connection_the_answers_are_the_same_and_it_is_closed_where_there_is_none() {
    let mut probe = Probe::new();
    for (number, case) in cases().into_iter().enumerate() {
        let found = status(&mut probe, tcp(GUEST, number as u64), case.bytes);
        assert_eq!(found, case.answer, "{}", case.name);
        let closed = probe.other.iter().any(|output| matches!(output, Output::Close { .. }));
        assert_eq!(closed, case.read == "dropped", "{}", case.name);
        probe.wait(40_000);
    }
}

#[test]
fn refusals_say_what_would_be_right() {
    let unsupported = answer_to("bext01");
    let named: Vec<_> = unsupported.headers.all(HeaderName::Unsupported).collect();
    assert_eq!(named, ["nothingSupportsThis", "nothingSupportsThisEither"]);
    assert_eq!(answer_to("invut").headers.get(HeaderName::Accept), Some("application/sdp"));
    assert!(answer_to("intmeth").headers.lists(HeaderName::Allow, "INVITE"));
    assert!(answer_to("mpart01").headers.lists(HeaderName::Allow, "INVITE"));
    assert!(answer_to("regaut01").headers.contains(HeaderName::WwwAuthenticate));
}

/// RFC 4475 section 3.2.1: a branch that is only the cookie tells no transactions apart.
#[test]
fn two_requests_with_the_cookie_alone_for_a_branch_are_two_requests() {
    let mut probe = Probe::new();
    let bytes = message("badbranch");
    assert_eq!(status(&mut probe, udp(GUEST), bytes.clone()), Some(200));
    let next = String::from_utf8(bytes.to_vec()).unwrap().replace("CSeq: 8", "CSeq: 9");
    assert_eq!(status(&mut probe, udp(GUEST), next.into()), Some(200));
    assert_eq!(probe.endpoint.stats().transactions, 2);
}
