//! REFER within calls (RFC 3515): who is referred to, and what the referrer is told.

use super::probe::{Probe, request, udp, within};
use super::talking::{GUEST, answer, answered_guest, received};
use crate::sip::endpoint::{By, CallRef, Cause, Command, Event, ReferRef, ReferTo, Replaced};
use crate::sip::message::{HeaderName, Message, Method, Request, Response};

const TO_201: &str = "Refer-To: <sip:201@127.0.0.1>\nReferred-By: <sip:guest@127.0.0.1>";

/// A probe in a call with a guest, and our To there.
fn in_a_call() -> (Probe, String) {
    let mut probe = Probe::new();
    let to = answered_guest(&mut probe, "");
    (probe, to)
}

/// The guest sends a REFER that is reported.
fn referred(probe: &mut Probe, number: u32, to: &str, extra: &str) -> (ReferRef, ReferTo) {
    probe.receive(GUEST, &within("REFER", number, to, extra));
    match &probe.events[..] {
        [Event::Refer { refer, to, .. }] => (*refer, to.clone()),
        other => panic!("{other:?} {:?}", probe.sent),
    }
}

fn accept(probe: &mut Probe, refer: ReferRef) {
    probe.command(Command::AnswerRefer { refer, status: 202 });
}

fn progress(probe: &mut Probe, refer: ReferRef, status: u16) {
    probe.command(Command::ReferProgress { refer, status });
}

fn requests(probe: &Probe) -> Vec<Request> {
    let request = |message: &Message| match message {
        Message::Request(request) => Some(request.clone()),
        Message::Response(_) => None,
    };
    probe.sent.iter().filter_map(|(_, message)| request(message)).collect()
}

fn responses(probe: &Probe) -> Vec<Response> {
    let response = |message: &Message| match message {
        Message::Response(response) => Some(response.clone()),
        Message::Request(_) => None,
    };
    probe.sent.iter().filter_map(|(_, message)| response(message)).collect()
}

/// Event, Subscription-State and body of a NOTIFY.
fn told(notify: &Request) -> (String, String, String) {
    assert_eq!(notify.method, Method::Notify);
    assert_eq!(notify.headers.content_type().as_deref(), Some("message/sipfrag"));
    assert!(notify.headers.contains(HeaderName::Contact));
    let value = |name| notify.headers.get(name).unwrap_or_default().to_owned();
    let body = String::from_utf8(notify.body.to_vec()).unwrap();
    (value(HeaderName::Event), value(HeaderName::SubscriptionState), body)
}

fn text(event: &str, state: &str, body: &str) -> (String, String, String) {
    (event.into(), state.into(), format!("SIP/2.0 {body}\r\n"))
}

/// The guest answers the request sent last.
fn confirm(probe: &mut Probe, status: u16) {
    let request = requests(probe).pop().unwrap();
    probe.receive_message(udp(GUEST), request.response(status));
}

fn status(probe: &mut Probe, text: &str) -> u16 {
    probe.receive(GUEST, text);
    probe.response().status
}

fn is_empty(probe: &mut Probe) -> bool {
    probe.wait(64_000);
    let stats = probe.endpoint.stats();
    (stats.calls, stats.lingering, stats.transactions) == (0, 0, 0)
}

#[test]
fn a_referrer_is_told_how_the_call_goes_until_it_is_answered() {
    let (mut probe, to) = in_a_call();
    let (refer, named) = referred(&mut probe, 2, &to, TO_201);
    let by = Some("guest".to_owned());
    assert_eq!(named, ReferTo { user: "201".into(), host: "127.0.0.1".into(), replaces: None, by });
    assert!(probe.sent.is_empty(), "the line decides");
    accept(&mut probe, refer);
    let [accepted] = &responses(&probe)[..] else { panic!() };
    assert_eq!((accepted.status, accepted.headers.contains(HeaderName::Contact)), (202, true));
    let [notify] = &requests(&probe)[..] else { panic!() };
    assert_eq!(told(notify), text("refer", "active;expires=180", "100 Trying"));
    confirm(&mut probe, 200);
    assert!(probe.sent.is_empty());
    progress(&mut probe, refer, 180);
    assert_eq!(told(probe.request()), text("refer", "active;expires=180", "180 Ringing"));
    confirm(&mut probe, 200);
    progress(&mut probe, refer, 180);
    assert!(probe.sent.is_empty(), "it knows that already");
    progress(&mut probe, refer, 200);
    assert_eq!(told(probe.request()), text("refer", "terminated;reason=noresource", "200 OK"));
    confirm(&mut probe, 200);
    progress(&mut probe, refer, 486);
    assert!(probe.sent.is_empty(), "it is over");
    assert_eq!(probe.endpoint.stats().calls, 1, "the call is not");
}

#[test]
fn a_refused_refer_leaves_the_call_as_it_was() {
    let (mut probe, to) = in_a_call();
    let (refer, _) = referred(&mut probe, 2, &to, TO_201);
    probe.command(Command::AnswerRefer { refer, status: 603 });
    assert_eq!(probe.response().status, 603);
    accept(&mut probe, refer);
    progress(&mut probe, refer, 200);
    assert!(probe.sent.is_empty());
    assert_eq!(probe.endpoint.stats().calls, 1);
}

#[test]
fn a_refer_that_the_line_does_not_answer_is_refused_in_time() {
    let (mut probe, to) = in_a_call();
    let (refer, _) = referred(&mut probe, 2, &to, TO_201);
    probe.wait(20_000);
    assert_eq!(probe.response().status, 500);
    accept(&mut probe, refer);
    assert!(probe.sent.is_empty());
}

#[test]
fn who_does_not_want_to_know_is_told_nothing() {
    let (mut probe, to) = in_a_call();
    let quiet = format!("{TO_201}\nRefer-Sub: false\nRequire: norefersub");
    let (refer, _) = referred(&mut probe, 2, &to, &quiet);
    accept(&mut probe, refer);
    assert_eq!(probe.response().headers.get(HeaderName::ReferSub), Some("false"));
    progress(&mut probe, refer, 200);
    assert!(probe.sent.is_empty());
}

#[test]
fn no_notify_overtakes_another() {
    let (mut probe, to) = in_a_call();
    let (refer, _) = referred(&mut probe, 2, &to, TO_201);
    accept(&mut probe, refer);
    let first = probe.request().headers.cseq().unwrap().number;
    progress(&mut probe, refer, 180);
    progress(&mut probe, refer, 183);
    assert!(requests(&probe).is_empty(), "the first one is not answered yet");
    probe.wait(600);
    assert_eq!(told(probe.request()).2, "SIP/2.0 100 Trying\r\n", "a repeat");
    confirm(&mut probe, 200);
    assert_eq!(
        told(probe.request()).2,
        "SIP/2.0 183 Session Progress\r\n",
        "what was true before is left out"
    );
    assert_eq!(probe.request().headers.cseq().unwrap().number, first + 1);
    let unanswered = probe.request().clone();
    progress(&mut probe, refer, 603);
    progress(&mut probe, refer, 180);
    probe.receive_message(udp(GUEST), unanswered.response(200));
    assert_eq!(told(probe.request()), text("refer", "terminated;reason=noresource", "603 Decline"));
}

#[test]
fn several_refers_in_a_call_are_told_apart_and_bounded() {
    let (mut probe, to) = in_a_call();
    let mut refers = vec![];
    for number in 2..6 {
        let (refer, _) = referred(&mut probe, number, &to, TO_201);
        refers.push(refer);
        accept(&mut probe, refer);
        let event = told(probe.request()).0;
        assert_eq!(event, if number == 2 { "refer".to_owned() } else { format!("refer;id={number}") });
        confirm(&mut probe, 200);
    }
    assert_eq!(status(&mut probe, &within("REFER", 6, &to, TO_201)), 491);
    assert!(probe.events.is_empty());
    progress(&mut probe, refers[1], 404);
    assert_eq!(told(probe.request()).0, "refer;id=3");
    confirm(&mut probe, 200);
    referred(&mut probe, 7, &to, TO_201);
}

#[test]
fn a_referrer_that_takes_no_notify_is_told_no_more() {
    for status in [481, 489, 405] {
        let (mut probe, to) = in_a_call();
        let (refer, _) = referred(&mut probe, 2, &to, TO_201);
        accept(&mut probe, refer);
        confirm(&mut probe, status);
        progress(&mut probe, refer, 200);
        assert!(probe.sent.is_empty() && probe.events.is_empty(), "{status}");
        assert_eq!(probe.endpoint.stats().calls, 1, "its subscription is over, its call is not");
    }
}

#[test]
fn a_silent_referrer_is_given_up() {
    let (mut probe, to) = in_a_call();
    let (refer, _) = referred(&mut probe, 2, &to, TO_201);
    accept(&mut probe, refer);
    probe.wait(33_000);
    progress(&mut probe, refer, 200);
    assert!(probe.sent.is_empty());
    assert_eq!(probe.endpoint.stats().calls, 1);
}

#[test]
fn a_subscription_ends_after_three_minutes() {
    let (mut probe, to) = in_a_call();
    let (refer, _) = referred(&mut probe, 2, &to, TO_201);
    accept(&mut probe, refer);
    confirm(&mut probe, 200);
    progress(&mut probe, refer, 180);
    confirm(&mut probe, 200);
    probe.wait(179_900);
    assert!(probe.sent.is_empty());
    probe.wait(100);
    assert_eq!(told(probe.request()), text("refer", "terminated;reason=timeout", "180 Ringing"));
    confirm(&mut probe, 200);
    progress(&mut probe, refer, 200);
    assert!(probe.sent.is_empty());
}

#[test]
fn only_a_call_to_one_address_that_can_be_dialled_is_made_for_others() {
    let (mut probe, to) = in_a_call();
    let cases = [
        ("Refer-To: <http://example.com/>", 416),
        ("Refer-To: <mailto:a@b>", 416),
        ("Subject: nobody", 400),
        ("Refer-To: <sip:1@a>\nRefer-To: <sip:2@a>", 400),
        ("Refer-To: <sip:1@a", 400),
        ("Refer-To: <sip:1@127.0.0.1;method=SUBSCRIBE>", 403),
        ("Refer-To: <sip:1@127.0.0.1?Replaces=no-tags>", 400),
    ];
    for ((extra, wanted), number) in cases.into_iter().zip(2..) {
        assert_eq!(status(&mut probe, &within("REFER", number, &to, extra)), wanted, "{extra}");
        assert!(probe.events.is_empty());
    }
    let (_, named) = referred(&mut probe, 20, &to, "Refer-To: <tel:+420123>");
    assert_eq!((&*named.user, &*named.host, named.by), ("+420123", "", None));
    let (_, named) = referred(&mut probe, 21, &to, "r: sip:%2a1@127.0.0.1;method=INVITE");
    assert_eq!(named.user, "*1");
}

#[test]
fn nobody_is_referred_outside_of_a_call() {
    let (mut probe, _) = in_a_call();
    assert_eq!(status(&mut probe, &request("REFER", 30, TO_201)), 403);
    assert_eq!(status(&mut probe, &within("REFER", 31, "<sip:100@127.0.0.1>;tag=no", TO_201)), 481);
    let other = "127.0.0.1:7001";
    probe.receive(other, &request("INVITE", 40, "").replace("Call-ID: probe", "Call-ID: early"));
    let call = probe.incoming();
    probe.command(Command::Ring { call, status: 180, sdp: None });
    let to = probe.response().headers.get(HeaderName::To).unwrap().to_owned();
    let early = within("REFER", 41, &to, TO_201).replace("Call-ID: probe", "Call-ID: early");
    probe.receive(other, &early);
    assert_eq!(probe.response().status, 491, "nor before it is answered");
    assert!(probe.events.is_empty());
}

/// A second call of the guest under this Call-ID: our tag there, and the call.
fn second_call(probe: &mut Probe, call_id: &str) -> (String, CallRef) {
    let renamed = |text: String| text.replace("Call-ID: probe", &format!("Call-ID: {call_id}"));
    probe.receive(GUEST, &renamed(request("INVITE", 50, "")));
    let call = probe.incoming();
    probe.command(Command::Answer { call, sdp: "answer".into() });
    let to = probe.response().headers.get(HeaderName::To).unwrap().to_owned();
    probe.receive(GUEST, &renamed(within("ACK", 50, &to, "").replace("z9hG4bK", "z9hG4bKa")));
    let tag = to.split_once("tag=").unwrap().1.to_owned();
    (tag, call)
}

#[test]
fn an_attended_transfer_names_the_other_call_by_its_call_id_and_both_tags() {
    let (mut probe, to) = in_a_call();
    let (tag, second) = second_call(&mut probe, "a+b@c");
    let mut number = 1;
    let mut named = |probe: &mut Probe, call_id: &str, ours: &str, theirs: &str| {
        number += 1;
        let value = format!("{call_id}%3Bto-tag%3D{ours}%3Bfrom-tag%3D{theirs}");
        let extra = format!("Refer-To: <sip:201@127.0.0.1?Subject=x&Replaces={value}&Require=replaces>");
        let (refer, to) = referred(probe, number, &to, &extra);
        probe.command(Command::AnswerRefer { refer, status: 603 });
        to.replaces
    };
    assert_eq!(named(&mut probe, "a+b%40c", &tag, "g1"), Some(Replaced::Ours(second)));
    assert_eq!(named(&mut probe, "%61+b@c", &tag, "%671"), Some(Replaced::Ours(second)));
    assert_eq!(named(&mut probe, "A+b%40c", &tag, "g1"), Some(Replaced::Unknown));
    assert_eq!(named(&mut probe, "a+b%40c", "other", "g1"), Some(Replaced::Unknown));
    assert_eq!(named(&mut probe, "a+b%40c", &tag, "other"), Some(Replaced::Unknown));
    assert_eq!(named(&mut probe, "a+b%40c", "g1", &tag), Some(Replaced::Unknown), "the wrong way round");
    probe.command(Command::Hangup { call: second, cause: None });
    assert_eq!(named(&mut probe, "a+b%40c", &tag, "g1"), Some(Replaced::Unknown), "it is over");
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
