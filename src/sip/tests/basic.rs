//! Calls in fine weather.

use crate::sip::endpoint::{By, CallRef, Cause, Command, Event};
use crate::sip::message::{Message, Method};
use crate::sip::simnet::{Net, Weather, assert_ended_once, dial, incoming, leftovers};

const CALL: CallRef = CallRef(1);

/// A call from node 0 that rings at node 1; its reference there.
fn ringing(net: &mut Net, transport: &str, offer: Option<&str>) -> CallRef {
    let to = net.nodes[1].address;
    net.command(0, dial(1, to, transport, offer));
    net.run(1);
    let events = net.take_events(1);
    incoming(&events)[0]
}

fn established(net: &mut Net) -> CallRef {
    let there = ringing(net, "udp", Some("offer"));
    net.command(1, Command::Answer { call: there, sdp: "answer".into() });
    net.run(1);
    net.take_events(0);
    net.take_events(1);
    there
}

fn methods(net: &Net, node: usize) -> Vec<String> {
    let name = |message: &Message| match message {
        Message::Request(request) => request.method.to_string(),
        Message::Response(response) => response.status.to_string(),
    };
    net.nodes[node].sent.iter().map(|(_, message)| name(message)).collect()
}

fn assert_clean(net: &mut Net) {
    let took = net.run_dry();
    assert!(took.as_secs() <= 70, "{took:?}");
    for node in &net.nodes {
        assert_eq!(leftovers(node), (0, 0));
    }
}

#[test]
fn a_call_rings_is_answered_and_hung_up() {
    for transport in ["udp", "tcp"] {
        let mut net = Net::new(2, 1);
        let there = ringing(&mut net, transport, Some("offer"));
        net.command(1, Command::Ring { call: there, status: 180, sdp: None });
        net.run(1);
        net.command(1, Command::Answer { call: there, sdp: "answer".into() });
        net.run(1);
        assert_eq!(net.take_events(1), [Event::Established { call: there, sdp: None }]);
        net.command(0, Command::Hangup { call: CALL, cause: None });
        net.run(1);
        let cause = Cause { status: None, by: By::Local, text: "hung up".into() };
        assert_eq!(
            net.take_events(0),
            [
                Event::Progress { call: CALL, status: 180, sdp: None },
                Event::Answered { call: CALL, sdp: Some("answer".into()) },
                Event::Ended { call: CALL, cause },
            ]
        );
        let cause = Cause { status: None, by: By::Remote, text: String::new() };
        assert_eq!(net.take_events(1), [Event::Ended { call: there, cause }]);
        assert_eq!(methods(&net, 0), ["INVITE", "ACK", "BYE"]);
        assert_eq!(methods(&net, 1), ["100", "180", "200", "200"]);
        assert_clean(&mut net);
    }
}

#[test]
fn the_callee_may_hang_up_too_and_says_why() {
    let mut net = Net::new(2, 1);
    let there = established(&mut net);
    let cause = Cause { status: Some(600), by: By::Local, text: "enough".into() };
    net.command(1, Command::Hangup { call: there, cause: Some(cause) });
    net.run(1);
    let cause = Cause { status: Some(600), by: By::Remote, text: "enough".into() };
    assert_eq!(net.take_events(0), [Event::Ended { call: CALL, cause }]);
    assert_clean(&mut net);
}

#[test]
fn a_refusal_reaches_the_caller_with_its_words() {
    let mut net = Net::new(2, 1);
    let there = ringing(&mut net, "udp", Some("offer"));
    let reason = Some("Busy Painting".to_owned());
    net.command(1, Command::Reject { call: there, status: 486, reason, retry_after: Some(9) });
    net.run(1);
    let cause = Cause { status: Some(486), by: By::Remote, text: "Busy Painting".into() };
    assert_eq!(net.take_events(0), [Event::Ended { call: CALL, cause }]);
    assert_ended_once(&net.take_events(1).into_iter().collect::<Vec<_>>());
    assert_eq!(methods(&net, 0), ["INVITE", "ACK"]);
    assert_clean(&mut net);
}

#[test]
fn a_call_that_nobody_answers_ends_after_32_seconds() {
    let mut net = Net::new(2, 1);
    net.weather = Weather::BROKEN;
    let to = net.nodes[1].address;
    net.command(0, dial(1, to, "udp", Some("offer")));
    let took = net.run_dry();
    assert_eq!(took.as_secs(), 32);
    let events = net.take_events(0);
    assert!(matches!(
        &events[..],
        [Event::Ended { cause: Cause { by: By::Timeout, status: Some(408), .. }, .. }]
    ));
    assert_eq!(methods(&net, 0).len(), 7, "sent at 0, 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s");
}

#[test]
fn hanging_up_before_any_response_cancels_once_one_comes() {
    let mut net = Net::new(2, 1);
    let to = net.nodes[1].address;
    net.command(0, dial(1, to, "udp", Some("offer")));
    net.command(0, Command::Hangup { call: CALL, cause: None });
    net.run(1);
    assert_eq!(methods(&net, 0), ["INVITE", "CANCEL", "ACK"]);
    assert_ended_once(&net.take_events(0));
    assert_ended_once(&net.take_events(1));
    assert_clean(&mut net);
}

#[test]
fn hanging_up_while_it_rings_cancels_and_says_why() {
    let mut net = Net::new(2, 1);
    let there = ringing(&mut net, "udp", Some("offer"));
    let cause = Cause { status: Some(200), by: By::Local, text: "Call completed elsewhere".into() };
    net.command(0, Command::Hangup { call: CALL, cause: Some(cause) });
    net.run(1);
    let cause = Cause { status: Some(487), by: By::Remote, text: "Call completed elsewhere".into() };
    assert_eq!(net.take_events(1), [Event::Ended { call: there, cause }]);
    assert_eq!(methods(&net, 1), ["100", "200", "487"]);
    assert_clean(&mut net);
}

#[test]
fn an_answer_that_crosses_the_cancel_is_acknowledged_and_hung_up() {
    let mut net = Net::new(2, 1);
    let there = ringing(&mut net, "udp", Some("offer"));
    net.command(1, Command::Answer { call: there, sdp: "answer".into() });
    net.command(0, Command::Hangup { call: CALL, cause: None });
    net.run(1);
    assert_eq!(methods(&net, 0), ["INVITE", "CANCEL", "ACK", "BYE"]);
    let mut events = vec![Event::Established { call: there, sdp: None }];
    events.extend(net.take_events(1).into_iter().skip(1));
    assert_ended_once(&events);
    assert_ended_once(&net.take_events(0));
    assert_clean(&mut net);
}

#[test]
fn a_lost_ack_brings_the_answer_again_and_is_absorbed() {
    let mut net = Net::new(2, 1);
    net.drop = |message| matches!(message, Message::Request(request) if request.method == Method::Ack);
    let there = ringing(&mut net, "udp", Some("offer"));
    net.command(1, Command::Answer { call: there, sdp: "answer".into() });
    net.run(2);
    assert_eq!(methods(&net, 1), ["100", "200", "200", "200"]);
    assert_eq!(methods(&net, 0), ["INVITE", "ACK", "ACK", "ACK"]);
    assert!(net.take_events(1).is_empty());
    net.drop = |_| false;
    net.run(5);
    assert_eq!(net.take_events(1), [Event::Established { call: there, sdp: None }]);
    let events = net.take_events(0);
    assert_eq!(events, [Event::Answered { call: CALL, sdp: Some("answer".into()) }]);
    assert_eq!(methods(&net, 1).len(), 5);
}

#[test]
fn an_answer_that_is_never_acknowledged_ends_the_call() {
    let mut net = Net::new(2, 1);
    net.drop = |message| matches!(message, Message::Request(request) if request.method == Method::Ack);
    let there = ringing(&mut net, "udp", Some("offer"));
    net.command(1, Command::Answer { call: there, sdp: "answer".into() });
    net.run(40);
    let events = net.take_events(1);
    assert!(matches!(&events[..], [Event::Ended { cause: Cause { by: By::Timeout, .. }, .. }]), "{events:?}");
    assert!(matches!(
        net.take_events(0).last(),
        Some(Event::Ended { cause: Cause { by: By::Remote, .. }, .. })
    ));
    assert_clean(&mut net);
}

#[test]
fn hanging_up_before_the_ack_waits_for_it() {
    let mut net = Net::new(2, 1);
    net.drop = |message| matches!(message, Message::Request(request) if request.method == Method::Ack);
    let there = ringing(&mut net, "udp", Some("offer"));
    net.command(1, Command::Answer { call: there, sdp: "answer".into() });
    net.run(1);
    net.command(1, Command::Hangup { call: there, cause: None });
    assert!(!methods(&net, 1).contains(&"BYE".to_owned()));
    assert_eq!(net.take_events(1).len(), 1, "the line need not wait");
    net.drop = |_| false;
    net.run(5);
    assert!(methods(&net, 1).contains(&"BYE".to_owned()));
    assert_clean(&mut net);
}
