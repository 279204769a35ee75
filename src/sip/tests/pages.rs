//! The pages behind browsers' phones: alive, frozen, and those that are never asked twice.

use super::connections::registers;
use super::probe::{PASSWORD, Probe, request, tcp};
use crate::sip::endpoint::heartbeat::{PATIENCE, PAUSE};
use crate::sip::endpoint::{Destination, Event, Flow, Input, Transport};
use crate::sip::message::{Message, Method};

const PAUSE_MS: u64 = PAUSE.as_millis() as u64;
const PATIENCE_MS: u64 = PATIENCE.as_millis() as u64;

fn browser() -> Flow {
    Flow { transport: Transport::Ws, ..tcp("203.0.113.66:40001", 5) }
}

/// Lets the pause pass, after which the page is asked, and gives the question.
fn asked(probe: &mut Probe) -> crate::sip::message::Request {
    probe.wait(PAUSE_MS);
    assert_eq!(probe.destination(), Destination::Flow(browser()));
    let request = probe.request().clone();
    assert_eq!(request.method, Method::Options);
    request
}

/// Whether the phone is said to be there, if anything is said of it.
fn is_said_to_be_there(probe: &Probe) -> Option<bool> {
    probe.events.iter().rev().find_map(|event| match event {
        Event::Bindings { bindings, .. } => Some(bindings.iter().any(|binding| binding.reachable)),
        _ => None,
    })
}

#[test]
fn a_page_that_answers_no_more_cannot_be_called_until_it_does() {
    let mut probe = Probe::new();
    registers(&mut probe, browser(), 3_600);
    for _ in 0..3 {
        let question = asked(&mut probe);
        probe.receive_message(browser(), question.response(200).with_to_tag("page"));
    }
    asked(&mut probe);
    probe.wait(PATIENCE_MS - 1);
    assert_eq!(is_said_to_be_there(&probe), None, "it may be busy");
    probe.wait(1);
    assert_eq!(is_said_to_be_there(&probe), Some(false));
    let question = asked(&mut probe);
    assert_eq!(is_said_to_be_there(&probe), None, "it is said once");
    probe.receive_message(browser(), question.response(200).with_to_tag("page"));
    assert_eq!(is_said_to_be_there(&probe), Some(true));
}

#[test]
fn whatever_a_page_says_to_the_question_it_is_alive() {
    let mut probe = Probe::new();
    registers(&mut probe, browser(), 3_600);
    for status in [200, 404, 405, 501] {
        let question = asked(&mut probe);
        probe.receive_message(browser(), question.response(status).with_to_tag("page"));
    }
    asked(&mut probe);
    probe.wait(PATIENCE_MS);
    assert_eq!(is_said_to_be_there(&probe), Some(false));
    let again = request("REGISTER", 9, "Expires: 3600")
        .replace("sip:100@127.0.0.1>", "sip:anna@127.0.0.1>")
        .replace("sip:guest@", "sip:anna@");
    probe.receive_with_login(browser(), &again, ("anna", PASSWORD));
    assert_eq!(is_said_to_be_there(&probe), Some(true), "who registers is there");
}

#[test]
fn a_phone_that_has_never_answered_is_believed_to_be_there() {
    let mut probe = Probe::new();
    registers(&mut probe, browser(), 3_600);
    for _ in 0..3 {
        asked(&mut probe);
        probe.wait(PATIENCE_MS);
        assert_eq!(is_said_to_be_there(&probe), None);
    }
}

#[test]
fn only_browsers_are_asked_and_only_as_long_as_they_are_registered_and_connected() {
    let questions = |probe: &mut Probe, ms: u64| {
        probe.wait(ms);
        let is_question = |message: &Message| matches!(message, Message::Request(request) if request.method == Method::Options);
        probe.sent.iter().filter(|(_, message)| is_question(message)).count()
    };
    let mut probe = Probe::new();
    registers(&mut probe, tcp("203.0.113.66:40001", 5), 120);
    assert_eq!(questions(&mut probe, 10 * PAUSE_MS), 0, "a desk phone is not a page");
    registers(&mut probe, browser(), 120);
    assert!(questions(&mut probe, 3 * PAUSE_MS) > 0);
    probe.input(Input::FlowClosed { flow: browser() });
    assert_eq!(questions(&mut probe, 10 * PAUSE_MS), 0, "nobody is there to be asked");
    let mut probe = Probe::new();
    registers(&mut probe, browser(), 120);
    assert!(questions(&mut probe, 121_000) > 0);
    assert_eq!(questions(&mut probe, 10 * PAUSE_MS), 0, "the registration is over");
}
