//! What else is said within a call: digits in INFO, and who is at the other end.

use super::probe::{PASSWORD, Probe, request, udp, within};
use super::talking::{CALL, GUEST, answer, answered_guest, ready, sent};
use crate::sip::endpoint::{CallRef, Command, Event, Identity, IdentityHeader, Target, TrunkPeer};
use crate::sip::message::{HeaderName, Message, Method, Request};
use crate::sip::simnet::Net;

fn info(probe: &mut Probe, number: u32, to: &str, (kind, body): (&str, &str)) -> u16 {
    let extra = format!("Content-Type: {kind}");
    probe.receive(GUEST, &format!("{}\n\n{body}", within("INFO", number, to, &extra)));
    probe.response().status
}

fn digits(probe: &Probe) -> Vec<(char, Option<u32>)> {
    let digit = |event: &Event| match event {
        Event::InfoDigit { digit, ms, .. } => Some((*digit, *ms)),
        _ => None,
    };
    probe.events.iter().filter_map(digit).collect()
}

#[test]
fn digits_come_in_info_of_both_kinds() {
    let mut probe = Probe::new();
    let to = answered_guest(&mut probe, "");
    assert_eq!(info(&mut probe, 2, &to, ("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n")), 200);
    assert_eq!(digits(&probe), [('5', Some(160))]);
    assert_eq!(info(&mut probe, 3, &to, ("Application/DTMF ;x=y", "#")), 200);
    assert_eq!(digits(&probe), [('#', None)]);
    assert_eq!(info(&mut probe, 2, &to, ("application/dtmf", "1")), 200, "a repeat");
    assert_eq!(digits(&probe), []);
    assert_eq!(info(&mut probe, 1, &to, ("application/dtmf", "1")), 500, "overtaken");
    assert_eq!(digits(&probe), []);
}

#[test]
fn what_is_no_digit_in_info_is_refused() {
    let mut probe = Probe::new();
    let to = answered_guest(&mut probe, "");
    assert_eq!(info(&mut probe, 2, &to, ("application/media_control+xml", "<x/>")), 415);
    assert!(probe.response().headers.lists(HeaderName::Accept, "application/dtmf-relay"));
    assert_eq!(info(&mut probe, 3, &to, ("application/dtmf-relay", "Signal=x")), 400);
    let package = "Info-Package: foo\nContent-Type: application/dtmf";
    probe.receive(GUEST, &format!("{}\n\n5", within("INFO", 4, &to, package)));
    assert_eq!(probe.response().status, 469);
    assert_eq!(digits(&probe), []);
    probe.receive(GUEST, &within("INFO", 5, &to, ""));
    assert_eq!((probe.response().status, probe.events.len()), (200, 0), "nothing in it");
    probe.receive(GUEST, &request("INFO", 6, "").replace("Call-ID: probe", "Call-ID: none"));
    assert_eq!(probe.response().status, 481);
}

#[test]
fn a_caller_may_press_keys_before_the_answer() {
    let mut probe = Probe::new();
    probe.receive(GUEST, &request("INVITE", 1, ""));
    let call = probe.incoming();
    probe.command(Command::Ring { call, status: 183, sdp: Some("early".into()) });
    let to = probe.response().headers.get(HeaderName::To).unwrap().to_owned();
    assert_eq!(info(&mut probe, 2, &to, ("application/dtmf-relay", "Signal=1")), 200);
    assert_eq!(probe.events, [Event::InfoDigit { call, digit: '1', ms: None }]);
}

#[test]
fn digits_that_we_send_arrive_in_order() {
    let mut net = Net::new(2, 1);
    let there = ready(&mut net);
    for digit in "12#d".chars() {
        net.command(0, Command::SendInfoDigit { call: CALL, digit, ms: 200 });
    }
    net.run(1);
    let digit = |digit| Event::InfoDigit { call: there, digit, ms: Some(200) };
    assert_eq!(net.take_events(1), [digit('1'), digit('2'), digit('#')], "and what is no digit is not sent");
    assert!(net.take_events(0).is_empty());
}

#[test]
fn a_peer_that_takes_no_digits_is_sent_no_more_and_one_that_lost_the_call_ends_it() {
    let mut probe = Probe::new();
    answered_guest(&mut probe, "");
    let call = CallRef(probe_call(&probe));
    let send = |probe: &mut Probe| {
        for digit in "12".chars() {
            probe.command(Command::SendInfoDigit { call, digit, ms: 200 });
        }
    };
    probe.command(Command::SendInfoDigit { call, digit: '1', ms: 200 });
    let first = probe.request().clone();
    assert_eq!((&first.method, &first.body[..]), (&Method::Info, &b"Signal=1\r\nDuration=200\r\n"[..]));
    send(&mut probe);
    probe.receive_message(udp(GUEST), first.response(415));
    assert!(probe.sent.is_empty() && probe.events.is_empty());
    probe.command(Command::SendInfoDigit { call, digit: '3', ms: 200 });
    let lost = probe.request().clone();
    probe.receive_message(udp(GUEST), lost.response(481));
    assert!(matches!(probe.events[..], [Event::Ended { .. }]));
}

fn probe_call(probe: &Probe) -> u64 {
    match &probe.events[..] {
        [Event::Established { call, .. }] => call.0,
        other => panic!("{other:?}"),
    }
}

fn party(user: &str, display: &str) -> Identity {
    Identity {
        display: Some(display.into()).filter(|d: &String| !d.is_empty()),
        user: user.into(),
        host: None,
    }
}

/// The phone of anna calls and is answered; what its INVITE supports is in `extra`.
fn answered_anna(probe: &mut Probe, extra: &str) -> CallRef {
    let text = request("INVITE", 1, extra).replace("sip:guest@127.0.0.1>;tag", "sip:anna@127.0.0.1>;tag");
    probe.receive_with_login(udp(GUEST), &text, ("anna", PASSWORD));
    let call = probe.incoming();
    probe.command(Command::Answer { call, sdp: "answer".into() });
    let to = probe.response().headers.get(HeaderName::To).unwrap().to_owned();
    let ack = within("ACK", 2, &to, "").replace("sip:guest@127.0.0.1>;tag", "sip:anna@127.0.0.1>;tag");
    probe.receive(GUEST, &ack);
    assert_eq!(probe.events, [Event::Established { call, sdp: None }]);
    call
}

fn asserted(request: &Request) -> Option<&str> {
    request.headers.get(HeaderName::PAssertedIdentity)
}

#[test]
fn a_phone_of_ours_is_shown_whom_it_is_connected_with() {
    let mut probe = Probe::new();
    let call = answered_anna(&mut probe, "Allow: INVITE, ACK, BYE, UPDATE");
    probe.command(Command::ShowParty { call, party: party("+420777", "Dana") });
    let update = probe.request().clone();
    assert_eq!((&update.method, update.body.len()), (&Method::Update, 0));
    assert_eq!(asserted(&update), Some("\"Dana\" <sip:+420777@127.0.0.1>"));
    assert!(update.headers.get(HeaderName::From).unwrap().starts_with("<sip:100@127.0.0.1>"));
    probe.receive_message(udp(GUEST), update.response(200));
    probe.wait(600);
    assert!(probe.sent.is_empty() && probe.events.is_empty(), "once");
    probe.command(Command::ShowParty { call, party: party("", "") });
    assert_eq!(asserted(probe.request()), Some("\"Anonymous\" <sip:anonymous@anonymous.invalid>"));
    assert_eq!(probe.request().headers.get(HeaderName::Privacy), Some("id"));
}

#[test]
fn who_knows_of_changing_addresses_sees_it_in_from_too() {
    let mut probe = Probe::new();
    let call = answered_anna(&mut probe, "Allow: UPDATE\nSupported: from-change");
    probe.command(Command::ShowParty { call, party: party("202", "Boris") });
    let from = probe.request().headers.from().unwrap();
    assert_eq!((from.display.as_deref(), from.uri.to_string()), (Some("Boris"), "sip:202@127.0.0.1".into()));
    assert!(from.tag().is_some());
}

#[test]
fn a_phone_without_update_is_shown_it_by_a_reinvite_that_changes_nothing() {
    for allow in ["INVITE, ACK, BYE", "INVITE, ACK, BYE, UPDATE"] {
        let mut probe = Probe::new();
        let call = answered_anna(&mut probe, &format!("Allow: {allow}"));
        probe.command(Command::ShowParty { call, party: party("202", "Boris") });
        if allow.ends_with("UPDATE") {
            let update = probe.request().clone();
            probe.receive_message(udp(GUEST), update.response(405));
            probe.wait(1);
        }
        let invite = probe.request().clone();
        assert_eq!((&invite.method, &invite.body[..]), (&Method::Invite, &b"answer"[..]));
        assert_eq!(asserted(&invite), Some("\"Boris\" <sip:202@127.0.0.1>"));
        let accepted = invite.response(200).with_body("application/sdp", "offer");
        probe.receive_message(udp(GUEST), accepted);
        assert_eq!(probe.request().method, Method::Ack);
        assert!(probe.events.is_empty());
    }
}

#[test]
fn it_waits_for_what_is_being_agreed_on() {
    let mut probe = Probe::new();
    let call = answered_anna(&mut probe, "Allow: UPDATE");
    probe.command(Command::Offer { call, sdp: "hold".into() });
    let invite = probe.request().clone();
    probe.command(Command::ShowParty { call, party: party("202", "Boris") });
    assert!(probe.sent.is_empty());
    let accepted = invite.response(200).with_body("application/sdp", "held");
    probe.receive_message(udp(GUEST), accepted);
    probe.wait(500);
    assert_eq!(probe.request().method, Method::Update);
    assert!(asserted(probe.request()).is_some());
    assert!(!probe.events.contains(&Event::OfferAnswered { call, sdp: Some("hold".into()) }));
    probe.command(answer(call, "nothing is owed"));
    assert!(probe.sent.is_empty());
}

#[test]
fn before_the_answer_it_goes_with_the_answer() {
    let mut probe = Probe::new();
    let text = request("INVITE", 1, "").replace("sip:guest@127.0.0.1>;tag", "sip:anna@127.0.0.1>;tag");
    probe.receive_with_login(udp(GUEST), &text, ("anna", PASSWORD));
    let call = probe.incoming();
    probe.command(Command::ShowParty { call, party: party("202", "Boris") });
    assert!(probe.sent.is_empty());
    probe.command(Command::Answer { call, sdp: "answer".into() });
    let told = probe.response().headers.get(HeaderName::PAssertedIdentity);
    assert_eq!(told, Some("\"Boris\" <sip:202@127.0.0.1>"));
}

#[test]
fn guests_and_untrusted_providers_are_shown_nobody() {
    let mut probe = Probe::new();
    answered_guest(&mut probe, "Allow: UPDATE");
    let call = CallRef(probe_call(&probe));
    probe.command(Command::ShowParty { call, party: party("202", "Boris") });
    probe.wait(2_000);
    assert!(probe.sent.is_empty());
    for (identity, shown) in [(IdentityHeader::None, false), (IdentityHeader::Asserted, true)] {
        let mut probe = Probe::new();
        let trunk = probe.add_trunk();
        let peer = TrunkPeer { identity, ..TrunkPeer::new(trunk, "203.0.113.1") };
        probe.command(Command::SetTrunk(peer));
        let target = Target::Trunk { trunk, user: "+420123".into(), withheld: false };
        let offer = Some("offer".into());
        let (from, to_user) = (party("+420100", ""), None);
        let headers = vec![];
        probe.command(Command::Dial { call: CALL, target, from, to_user, offer, max_forwards: 70, headers });
        let invite = probe.request().clone();
        // Told while it rings, it is shown once it is answered.
        probe.command(Command::ShowParty { call: CALL, party: party("+420200", "") });
        let answered = invite
            .response(200)
            .with_to_tag("t")
            .with(HeaderName::Contact, "<sip:x@203.0.113.1>")
            .with(HeaderName::Allow, "UPDATE")
            .with_body("application/sdp", "answer");
        probe.receive_message(udp("203.0.113.1:5060"), answered);
        let is_update =
            |message: &Message| matches!(message, Message::Request(r) if r.method == Method::Update);
        assert_eq!(probe.sent.iter().any(|(_, message)| is_update(message)), shown, "{identity:?}");
    }
}

#[test]
fn a_peer_at_any_sip_address_is_shown_nobody() {
    let mut net = Net::new(2, 1);
    ready(&mut net);
    net.command(0, Command::ShowParty { call: CALL, party: party("202", "") });
    net.run(1);
    assert!(sent(&net, 0, Method::Update).is_empty());
    assert!(net.take_events(1).is_empty());
}

#[test]
fn a_caller_learns_from_our_answer_which_proxies_to_pass() {
    let mut probe = Probe::new();
    let routes = "<sip:p2.example;lr>, <sip:p1.example;lr>";
    probe.receive(GUEST, &request("INVITE", 1, &format!("Record-Route: {routes}")));
    let call = probe.incoming();
    for command in
        [Command::Ring { call, status: 180, sdp: None }, Command::Answer { call, sdp: "answer".into() }]
    {
        probe.command(command);
        assert_eq!(probe.response().headers.get(HeaderName::RecordRoute), Some(routes));
    }
}
