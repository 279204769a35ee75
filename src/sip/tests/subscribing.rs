//! SUBSCRIBE and NOTIFY (RFC 6665): who may, what is told, and how it ends.

use bytes::Bytes;

use super::probe::{PASSWORD, Probe, request, tcp, udp};
use crate::sip::endpoint::{CallRef, Command, Event, Flow, Input, SubscriptionRef};
use crate::sip::message::{HeaderName, Method, Request};
use crate::sip::simnet::dial;
use crate::sip::subscription::{
    Activity, DialogState, Direction, EventState, Messages, Package, Presence, Progress,
};

const PHONE: &str = "127.0.0.1:7001";

/// A SUBSCRIBE of anna to 202, under this Call-ID.
fn subscribe(call_id: &str, number: u32, to: &str, extra: &str) -> String {
    format!(
        "SUBSCRIBE sip:202@127.0.0.1 SIP/2.0
        Via: SIP/2.0/UDP 10.0.0.5:5060;rport;branch=z9hG4bKs{call_id}{number}
        From: <sip:anna@127.0.0.1>;tag=s1
        To: {to}
        Call-ID: {call_id}
        CSeq: {number} SUBSCRIBE
        Max-Forwards: 70
        Contact: <sip:anna@10.0.0.5:5060>
        {extra}"
    )
}

fn begin(call_id: &str, extra: &str) -> String {
    subscribe(call_id, 1, "<sip:202@127.0.0.1>", extra)
}

/// Anna subscribes, which the line is asked about.
fn asked(probe: &mut Probe, flow: Flow, call_id: &str, extra: &str) -> SubscriptionRef {
    probe.receive_with_login(flow, &begin(call_id, extra), ("anna", PASSWORD));
    match &probe.events[..] {
        [.., Event::Subscribed { subscription, device, user, .. }] => {
            assert_eq!((*device, &**user), (probe.anna, "202"));
            *subscription
        }
        other => panic!("{other:?} {:?}", probe.sent),
    }
}

fn lamp(progress: Option<Progress>) -> EventState {
    let id = "s1".to_owned();
    let direction = Direction::Recipient;
    EventState::Dialog(
        progress
            .map(|progress| DialogState { id, direction, progress, remote: None, call: None })
            .into_iter()
            .collect(),
    )
}

fn accept(probe: &mut Probe, subscription: SubscriptionRef) {
    probe.command(Command::AcceptSubscription { subscription, state: lamp(None) });
}

fn notify(probe: &mut Probe, subscription: SubscriptionRef, progress: Progress) {
    probe.command(Command::Notify { subscription, state: lamp(Some(progress)) });
}

/// Subscription-State and body of the NOTIFY sent last.
fn told(probe: &Probe) -> (String, String) {
    let notify = probe.request();
    assert_eq!(notify.method, Method::Notify);
    let state = notify.headers.get(HeaderName::SubscriptionState).unwrap().to_owned();
    (state, String::from_utf8(notify.body.to_vec()).unwrap())
}

fn confirm(probe: &mut Probe, flow: Flow, status: u16) {
    let notify = probe.request().clone();
    probe.receive_message(flow, notify.response(status));
}

/// A lamp for 202 on anna's phone that is lit as it should be; the To with our tag.
fn watching(probe: &mut Probe) -> (SubscriptionRef, String) {
    let subscription = asked(probe, udp(PHONE), "w", "Event: dialog\nExpires: 600");
    accept(probe, subscription);
    let to = probe.sent[0].1.headers().get(HeaderName::To).unwrap().to_owned();
    confirm(probe, udp(PHONE), 200);
    (subscription, to)
}

fn is_over(probe: &mut Probe, subscription: SubscriptionRef) -> bool {
    notify(probe, subscription, Progress::Early);
    let quiet = probe.sent.is_empty();
    probe.wait(33_000);
    let stats = probe.endpoint.stats();
    quiet && (stats.subscriptions, stats.transactions) == (0, 0)
}

#[test]
fn a_lamp_is_told_at_once_and_with_each_change() {
    let mut probe = Probe::new();
    let subscription = asked(&mut probe, udp(PHONE), "w", "Event: dialog;id=7\nExpires: 600");
    assert!(probe.sent.is_empty(), "the line decides");
    accept(&mut probe, subscription);
    let accepted = probe.sent[0].1.headers();
    assert_eq!(accepted.get(HeaderName::Expires), Some("600"));
    assert!(accepted.contains(HeaderName::Contact) && accepted.to().unwrap().tag().is_some());
    let notify_headers = &probe.request().headers;
    assert_eq!(notify_headers.get(HeaderName::Event), Some("dialog;id=7"));
    assert_eq!(notify_headers.content_type().as_deref(), Some("application/dialog-info+xml"));
    let (state, body) = told(&probe);
    assert_eq!(state, "active;expires=600");
    assert!(body.contains("version=\"0\" state=\"full\" entity=\"sip:202@127.0.0.1\""), "{body}");
    confirm(&mut probe, udp(PHONE), 200);
    notify(&mut probe, subscription, Progress::Early);
    let (_, body) = told(&probe);
    assert!(body.contains("version=\"1\"") && body.contains("<state>early</state>"), "{body}");
    confirm(&mut probe, udp(PHONE), 200);
    notify(&mut probe, subscription, Progress::Early);
    assert!(probe.sent.is_empty(), "it knows that");
}

#[test]
fn a_phone_that_is_slow_is_told_only_the_latest() {
    let mut probe = Probe::new();
    let (subscription, _) = watching(&mut probe);
    notify(&mut probe, subscription, Progress::Trying);
    let slow = probe.request().clone();
    for progress in [Progress::Early, Progress::Confirmed] {
        notify(&mut probe, subscription, progress);
        assert!(probe.sent.is_empty());
    }
    probe.receive_message(udp(PHONE), slow.response(200));
    let (_, body) = told(&probe);
    assert!(body.contains("version=\"2\"") && body.contains("confirmed"), "{body}");
    assert_eq!(probe.request().headers.cseq().unwrap().number, slow.headers.cseq().unwrap().number + 1);
}

#[test]
fn only_devices_that_prove_their_secret_may_subscribe() {
    let mut probe = Probe::new();
    probe.receive(PHONE, &begin("w", "Event: dialog"));
    assert_eq!(probe.response().status, 401);
    probe.receive_with_login(udp(PHONE), &begin("x", "Event: dialog"), ("anna", "wrong"));
    assert_eq!(probe.response().status, 403);
    let guest = begin("y", "Event: dialog").replace("anna@127", "guest@127");
    probe.receive(PHONE, &guest);
    assert_eq!(probe.response().status, 401, "guests may call, no more");
    assert_eq!(probe.endpoint.stats().subscriptions, 0);
}

#[test]
fn what_cannot_be_subscribed_to_is_refused_with_what_can() {
    let mut probe = Probe::new();
    let cases = [
        ("Event: reg", 489),
        ("Subject: none", 489),
        ("Event: refer", 489),
        ("Event: dialog\nExpires: 10", 423),
        ("Event: dialog\nExpires: soon", 400),
        ("Event: dialog\nAccept: text/plain", 406),
    ];
    for (at, (extra, wanted)) in cases.iter().enumerate() {
        probe.receive_with_login(udp(PHONE), &begin(&format!("c{at}"), extra), ("anna", PASSWORD));
        assert_eq!(probe.response().status, *wanted, "{extra}");
        assert!(probe.events.is_empty());
        let headers = &probe.response().headers;
        match wanted {
            489 => assert!(headers.lists(HeaderName::AllowEvents, "presence")),
            423 => assert_eq!(headers.get(HeaderName::MinExpires), Some("60")),
            _ => {}
        }
    }
    let lonely = begin("l", "Event: dialog").replace("Contact: <sip:anna@10.0.0.5:5060>", "X: y");
    probe.receive_with_login(udp(PHONE), &lonely, ("anna", PASSWORD));
    assert_eq!(probe.response().status, 400);
}

#[test]
fn a_subscription_that_the_line_refuses_or_forgets_is_none() {
    let mut probe = Probe::new();
    let refused = asked(&mut probe, udp(PHONE), "a", "Event: presence");
    probe.command(Command::RefuseSubscription { subscription: refused, status: 404 });
    assert_eq!((probe.response().status, probe.events.len()), (404, 0));
    let forgotten = asked(&mut probe, udp(PHONE), "b", "Event: presence");
    probe.wait(20_000);
    assert_eq!(probe.response().status, 500);
    assert_eq!(probe.events, [Event::Unsubscribed { subscription: forgotten }]);
    let mistaken = asked(&mut probe, udp(PHONE), "c", "Event: presence");
    accept(&mut probe, mistaken);
    assert_eq!(probe.response().status, 500, "that is no presence");
    assert_eq!(probe.endpoint.stats().subscriptions, 0);
}

#[test]
fn presence_and_messages_are_told_too() {
    let mut probe = Probe::new();
    let subscription = asked(&mut probe, udp(PHONE), "p", "Event: presence\nAccept: application/pidf+xml");
    let presence = Presence { open: true, activity: Some(Activity::OnThePhone), note: None };
    probe.command(Command::AcceptSubscription { subscription, state: EventState::Presence(presence) });
    assert_eq!(probe.sent[0].1.headers().get(HeaderName::Expires), Some("3600"));
    assert!(told(&probe).1.contains("<rpid:on-the-phone/>"));
    let subscription = asked(&mut probe, udp(PHONE), "m", "o: message-summary");
    let state = EventState::MessageSummary(Messages { new: 1, old: 0 });
    probe.command(Command::AcceptSubscription { subscription, state });
    assert!(told(&probe).1.contains("Voice-Message: 1/0"));
    assert_eq!(
        probe.request().headers.content_type().as_deref(),
        Some(Package::MessageSummary.content_type())
    );
}

#[test]
fn a_refresh_goes_on_and_tells_again() {
    let mut probe = Probe::new();
    let (subscription, to) = watching(&mut probe);
    probe.wait(500_000);
    probe.receive(PHONE, &subscribe("w", 10, &to, "Event: dialog\nExpires: 600"));
    assert!(probe.events.is_empty());
    assert_eq!(probe.sent[0].1.headers().get(HeaderName::Expires), Some("600"));
    assert!(told(&probe).1.contains("version=\"1\""));
    confirm(&mut probe, udp(PHONE), 200);
    probe.wait(500_000);
    assert!(probe.sent.is_empty());
    let cases = [
        (subscribe("w", 9, &to, "Event: dialog"), 500),
        (subscribe("w", 11, &to, "Event: presence"), 481),
        (subscribe("w", 12, &to, "Event: dialog;id=2"), 481),
        (subscribe("w", 13, &to, "Event: dialog\nExpires: 5"), 423),
        (subscribe("w", 14, "<sip:202@127.0.0.1>;tag=no", "Event: dialog"), 481),
        (subscribe("w", 15, &to, "Event: dialog").replace("tag=s1", "tag=s2"), 481),
    ];
    for (text, wanted) in cases {
        probe.receive(PHONE, &text);
        assert_eq!(probe.response().status, wanted, "{text}");
        assert!(probe.response().headers.to().unwrap().tag().is_some());
    }
    probe.wait(100_000);
    assert_eq!(told(&probe).0, "terminated;reason=timeout");
    assert_eq!(probe.events, [Event::Unsubscribed { subscription }]);
    confirm(&mut probe, udp(PHONE), 200);
    assert!(is_over(&mut probe, subscription));
}

#[test]
fn a_subscriber_may_end_it_and_may_ask_once() {
    let mut probe = Probe::new();
    let (subscription, to) = watching(&mut probe);
    probe.receive(PHONE, &subscribe("w", 10, &to, "Event: dialog\nExpires: 0"));
    assert_eq!(probe.events, [Event::Unsubscribed { subscription }]);
    assert_eq!(told(&probe).0, "terminated;reason=timeout");
    confirm(&mut probe, udp(PHONE), 200);
    assert!(is_over(&mut probe, subscription));
    let once = asked(&mut probe, udp(PHONE), "o", "Event: dialog\nExpires: 0");
    accept(&mut probe, once);
    assert_eq!(probe.events, [Event::Unsubscribed { subscription: once }]);
    let (state, body) = told(&probe);
    assert!(state == "terminated;reason=timeout" && body.contains("dialog-info"));
}

#[test]
fn who_knows_nothing_of_it_or_is_silent_ends_it_and_a_passing_trouble_does_not() {
    for status in [481, 489, 404] {
        let mut probe = Probe::new();
        let (subscription, _) = watching(&mut probe);
        notify(&mut probe, subscription, Progress::Early);
        confirm(&mut probe, udp(PHONE), status);
        assert_eq!(probe.events, [Event::Unsubscribed { subscription }], "{status}");
        assert!(is_over(&mut probe, subscription));
    }
    let mut probe = Probe::new();
    let (subscription, _) = watching(&mut probe);
    notify(&mut probe, subscription, Progress::Early);
    confirm(&mut probe, udp(PHONE), 503);
    assert!(probe.events.is_empty());
    notify(&mut probe, subscription, Progress::Confirmed);
    assert_eq!(probe.request().method, Method::Notify);
    probe.wait(32_000);
    assert_eq!(probe.events, [Event::Unsubscribed { subscription }]);
    assert!(is_over(&mut probe, subscription));
}

#[test]
fn a_connection_that_is_gone_takes_its_subscriptions_with_it() {
    let mut probe = Probe::new();
    let flow = tcp(PHONE, 7);
    let subscription = asked(&mut probe, flow, "t", "Event: dialog");
    accept(&mut probe, subscription);
    let unanswered = asked(&mut probe, flow, "v", "Event: dialog");
    let lamp = asked(&mut probe, udp(PHONE), "u", "Event: dialog");
    probe.input(Input::FlowClosed { flow });
    let over = [subscription, unanswered].map(|subscription| Event::Unsubscribed { subscription });
    assert_eq!(probe.events, over);
    accept(&mut probe, lamp);
    assert_eq!(probe.endpoint.stats().subscriptions, 1);
}

#[test]
fn a_connection_by_which_a_phone_is_told_is_kept() {
    let mut probe = Probe::new();
    probe.command(Command::SetGuests(vec![]));
    let (told, idle) = (tcp(PHONE, 7), tcp(PHONE, 8));
    let subscription = asked(&mut probe, told, "t", "Event: dialog");
    accept(&mut probe, subscription);
    for (flow, closed) in [(told, 0), (idle, 1)] {
        probe.input(Input::FlowStands { flow });
        assert_eq!(probe.other.len(), closed);
    }
}

#[test]
fn a_device_without_registration_or_account_has_no_subscriptions() {
    let register = |number: u32, extra: &str| {
        request("REGISTER", number, extra)
            .replace("sip:guest@127.0.0.1>;tag", "sip:anna@127.0.0.1>;tag")
            .replace("To: <sip:100@", "To: <sip:anna@")
            .replace("Contact: <sip:guest@127.0.0.1:7000>\n", "")
    };
    let mut probe = Probe::new();
    let login = ("anna", PASSWORD);
    probe.receive_with_login(udp(PHONE), &register(1, "Contact: <sip:anna@10.0.0.5>"), login);
    let (subscription, _) = watching(&mut probe);
    probe.receive_with_login(udp(PHONE), &register(5, "Contact: *\nExpires: 0"), login);
    assert!(probe.events.contains(&Event::Unsubscribed { subscription }), "{:?}", probe.events);
    let mut probe = Probe::new();
    let (subscription, _) = watching(&mut probe);
    probe.command(Command::RemoveAccount { device: probe.anna });
    assert_eq!(probe.events, [Event::Unsubscribed { subscription }]);
    assert_eq!(told(&probe).0, "terminated;reason=rejected");
}

#[test]
fn a_device_has_a_hundred_subscriptions_at_most() {
    let mut probe = Probe::new();
    let first = asked(&mut probe, udp(PHONE), "first", "Event: dialog");
    accept(&mut probe, first);
    for number in 0..100 {
        asked(&mut probe, udp(PHONE), &format!("n{number}"), "Event: dialog");
    }
    assert!(probe.events.contains(&Event::Unsubscribed { subscription: first }), "the oldest gives way");
    assert_eq!(probe.endpoint.stats().subscriptions, 100);
    probe.wait(20_000);
    assert_eq!(probe.endpoint.stats().subscriptions, 0);
}

#[test]
fn a_call_that_rings_may_be_picked_up_by_the_name_that_its_lamp_tells() {
    let mut probe = Probe::new();
    probe.command(dial(1, "127.0.0.1:7000".parse().unwrap(), "udp", Some("offer")));
    let invite: Request = probe.request().clone();
    let ringing = invite.response(180).with_to_tag("p1").with(HeaderName::Contact, "<sip:p@127.0.0.1:7000>");
    probe.receive_message(udp("127.0.0.1:7000"), ringing);
    let (subscription, _) = watching(&mut probe);
    let (id, direction, progress) = ("s1".to_owned(), Direction::Recipient, Progress::Early);
    let call = Some(CallRef(1));
    let dialog = DialogState { id, direction, progress, remote: None, call };
    probe.command(Command::Notify { subscription, state: EventState::Dialog(vec![dialog]) });
    let body = told(&probe).1;
    let call_id = invite.headers.call_id().unwrap();
    let ours = invite.headers.from().unwrap().tag().unwrap().to_owned();
    let name = format!("call-id=\"{call_id}\" local-tag=\"{ours}\" remote-tag=\"p1\"");
    assert!(body.contains(&name), "{body}");
    let replaces = format!("Replaces: {call_id};to-tag={ours};from-tag=p1");
    probe.receive("127.0.0.1:7005", &request("INVITE", 9, &replaces));
    let [Event::Incoming { invite, .. }] = &probe.events[..] else { panic!("{:?}", probe.sent) };
    assert_eq!(invite.replaces.as_ref().map(|named| named.call), Some(CallRef(1)));
}

#[test]
fn subscriptions_survive_a_snapshot() {
    let mut probe = Probe::new();
    let (subscription, _) = watching(&mut probe);
    let snapshot = serde_json::to_string(&probe.endpoint).unwrap();
    probe.endpoint = serde_json::from_str(&snapshot).unwrap();
    notify(&mut probe, subscription, Progress::Early);
    assert!(told(&probe).1.contains("version=\"1\""));
    assert_eq!(probe.request().body, Bytes::from(told(&probe).1));
}
