//! Requests that belong to no call, or that nobody may send.

use bytes::Bytes;

use super::probe::{PASSWORD, Probe, request, tcp, udp, within};
use crate::sip::endpoint::{
    Command, Destination, EndpointConfig, Event, Flow, Input, Origin, Output, TrunkPeer,
};
use crate::sip::message::{HeaderName, Message};

const GUEST: &str = "127.0.0.1:7000";

fn status(probe: &mut Probe, text: &str) -> u16 {
    probe.receive(GUEST, text);
    probe.response().status
}

#[test]
fn options_tells_what_we_can_do() {
    let mut probe = Probe::new();
    assert_eq!(status(&mut probe, &request("OPTIONS", 1, "")), 200);
    let headers = &probe.response().headers;
    assert!(headers.lists(HeaderName::Allow, "PRACK") && headers.lists(HeaderName::Supported, "timer"));
    assert_eq!(headers.get(HeaderName::Accept), Some("application/sdp"));
    assert!(headers.to().unwrap().tag().is_some());
}

#[test]
fn an_unknown_method_is_told_which_are_known() {
    let mut probe = Probe::new();
    for (method, wanted) in [("PUBLISH", 405), ("MESSAGE", 405), ("DANCE", 501)] {
        assert_eq!(status(&mut probe, &request(method, 1, "")), wanted);
        assert!(probe.response().headers.lists(HeaderName::Allow, "INVITE"));
    }
}

#[test]
fn who_takes_no_session_description_cannot_be_answered() {
    let mut probe = Probe::new();
    let mut number = 0;
    let mut answer = |accept: &str| {
        number += 1;
        status(
            &mut probe,
            &request("INVITE", number, accept).replace("Call-ID: probe", &format!("Call-ID: a{number}")),
        )
    };
    for accept in [
        "",
        "Accept:",
        "Accept: text/plain, Application/SDP;level=1",
        "Accept: */*;q=0.1",
        "Accept: application/*",
    ] {
        assert_eq!(answer(accept), 100, "{accept}");
    }
    assert_eq!(answer("Accept: text/plain\nAccept: application/dtmf-relay"), 406);
}

#[test]
fn an_unknown_extension_is_named() {
    let mut probe = Probe::new();
    assert_eq!(status(&mut probe, &request("INVITE", 1, "Require: 100rel, magic")), 420);
    assert_eq!(probe.response().headers.get(HeaderName::Unsupported), Some("magic"));
}

#[test]
fn requests_of_dialogs_that_are_not_there_are_refused() {
    let mut probe = Probe::new();
    for method in ["BYE", "UPDATE", "PRACK", "CANCEL"] {
        assert_eq!(status(&mut probe, &request(method, 1, "")), 481, "{method}");
    }
    assert_eq!(status(&mut probe, &within("INVITE", 9, "<sip:100@127.0.0.1>;tag=no", "")), 481);
    probe.receive(GUEST, &request("ACK", 1, ""));
    assert!(probe.sent.is_empty(), "an ACK is never answered");
}

#[test]
fn a_call_without_hops_left_or_without_contact_is_refused() {
    let mut probe = Probe::new();
    let tired = request("INVITE", 1, "").replace("Max-Forwards: 70", "Max-Forwards: 0");
    assert_eq!(status(&mut probe, &tired), 483);
    let lonely = request("INVITE", 2, "").replace("Contact: <sip:guest@127.0.0.1:7000>", "X: y");
    assert_eq!(status(&mut probe, &lonely), 400);
    assert!(probe.events.is_empty());
}

#[test]
fn what_cannot_be_read_is_refused_if_it_says_whom_to_tell() {
    let mut probe = Probe::new();
    let broken = request("INVITE", 1, "a line that is no header");
    assert_eq!(status(&mut probe, &broken), 400);
    assert!(matches!(probe.events[..], [Event::Trouble { .. }]));
    let flow = tcp(GUEST, 4);
    probe.input(Input::Received { flow, bytes: Bytes::from_static(b"GET / HTTP/1.1\r\n\r\n") });
    assert_eq!(probe.other, [Output::Close { flow }]);
}

#[test]
fn a_body_that_is_no_session_description_is_refused() {
    let mut probe = Probe::new();
    let text = request("INVITE", 1, "Content-Type: text/plain") + "\n\nhello";
    assert_eq!(status(&mut probe, &text), 415);
    assert_eq!(probe.response().headers.get(HeaderName::Accept), Some("application/sdp"));
}

#[test]
fn an_unknown_scheme_is_refused() {
    let mut probe = Probe::new();
    let text = request("INVITE", 1, "").replace("INVITE sip:100@127.0.0.1", "INVITE weird:100");
    assert_eq!(status(&mut probe, &text), 416);
}

#[test]
fn a_request_that_a_proxy_sent_twice_is_refused_the_second_time() {
    let mut probe = Probe::new();
    assert_eq!(status(&mut probe, &request("INVITE", 1, "")), 100);
    let other_way = request("INVITE", 1, "").replace("z9hG4bK", "z9hG4bKother");
    assert_eq!(status(&mut probe, &other_way), 482);
    assert_eq!(status(&mut probe, &request("INVITE", 1, "")), 100, "a mere repeat brings the last response");
    assert!(probe.events.is_empty());
}

#[test]
fn a_request_that_we_sent_ourselves_is_a_loop() {
    let mut probe = Probe::new();
    let target = crate::sip::endpoint::Target::Uri { uri: "sip:x@127.0.0.1:7000".into() };
    let from = crate::sip::endpoint::Identity { user: "y".into(), ..Default::default() };
    let call = crate::sip::endpoint::CallRef(1);
    probe.command(Command::Dial {
        call,
        target,
        from,
        to_user: None,
        offer: None,
        max_forwards: 70,
        headers: vec![],
    });
    let invite = probe.request().clone();
    probe.receive_message(udp(GUEST), invite);
    assert_eq!(probe.response().status, 482);
}

#[test]
fn responses_go_where_the_request_came_from() {
    let mut probe = Probe::new();
    let named = request("OPTIONS", 1, "").replace("UDP 127.0.0.1:7000;", "UDP 10.0.0.5:7000;rport;");
    probe.receive("127.0.0.1:40001", &named);
    assert_eq!(probe.destination().remote(), "127.0.0.1:40001".parse().unwrap());
    let via = probe.response().headers.via().unwrap();
    assert_eq!((via.received(), via.rport()), (Some("127.0.0.1".parse().unwrap()), Some(40001)));
    let without = request("OPTIONS", 2, "");
    probe.receive("127.0.0.1:40001", &without);
    assert_eq!(probe.destination().remote(), "127.0.0.1:7000".parse().unwrap(), "the port of the Via");
    let flow = tcp("127.0.0.1:40001", 3);
    probe.receive_by(flow, &request("OPTIONS", 3, ""));
    assert_eq!(probe.destination(), Destination::Flow(flow));
}

fn origin(probe: &Probe) -> Option<Origin> {
    probe.events.iter().find_map(|event| match event {
        Event::Incoming { invite, .. } => Some(invite.origin),
        _ => None,
    })
}

#[test]
fn guests_call_without_a_secret_but_only_from_where_they_may() {
    let mut probe = Probe::new();
    probe.receive(GUEST, &request("INVITE", 1, ""));
    assert_eq!(origin(&probe), Some(Origin::Guest));
    probe.receive("198.51.100.1:7000", &request("INVITE", 2, ""));
    assert_eq!((probe.response().status, origin(&probe)), (407, None));
    probe.command(Command::SetGuests(vec![]));
    assert_eq!(status(&mut probe, &request("INVITE", 3, "")), 407);
}

#[test]
fn a_device_proves_its_secret_even_where_guests_may_call() {
    let mut probe = Probe::new();
    let text = request("INVITE", 1, "").replace("sip:guest@", "sip:anna@");
    probe.receive_with_login(udp(GUEST), &text, ("anna", PASSWORD));
    assert_eq!(origin(&probe), Some(Origin::Device(probe.anna)));
    let text = request("INVITE", 5, "").replace("sip:guest@", "sip:anna@");
    probe.receive_with_login(udp(GUEST), &text, ("anna", "wrong"));
    assert_eq!(probe.response().status, 403);
}

#[test]
fn a_device_says_as_which_number_it_wants_to_be_seen_and_nobody_else_is_heard_about_it() {
    const WISH: &str = "P-Preferred-Identity: <sip:%2B420200000222@127.0.0.1>";
    let shown = |wish: &str, user: &str| {
        let mut probe = Probe::new();
        let invite = request("INVITE", 1, wish).replace("sip:guest@", &format!("sip:{user}@"));
        match user {
            "anna" => probe.receive_with_login(udp(GUEST), &invite, ("anna", PASSWORD)),
            _ => probe.receive(GUEST, &invite),
        }
        match &probe.events[..] {
            [Event::Incoming { invite, .. }] => invite.shown.clone(),
            other => panic!("{wish} of {user}: {other:?}, {:?}", probe.sent),
        }
    };
    assert_eq!(shown(WISH, "anna").as_deref(), Some("+420200000222"));
    assert_eq!(shown(WISH, "guest"), None, "a guest has no numbers");
    assert_eq!(shown("P-Preferred-Identity: <<<", "anna"), None, "what cannot be read is no wish");
}

#[test]
fn a_trunk_is_known_by_its_address() {
    let mut probe = Probe::new();
    let trunk = probe.add_trunk();
    let vouched =
        |number| request("INVITE", number, "P-Asserted-Identity: \"Ann\" <sip:+4201@x>, <tel:+4201>");
    probe.receive("203.0.113.1:5060", &vouched(1));
    let [Event::Incoming { invite, .. }] = &probe.events[..] else { panic!() };
    assert_eq!(invite.from.user, "guest", "what it says of others is not believed unless told so");
    let peer = TrunkPeer { trusts_identity: true, ..TrunkPeer::new(trunk, "203.0.113.1") };
    probe.command(Command::SetTrunk(peer));
    probe.receive("203.0.113.1:5060", &vouched(2));
    assert_eq!(origin(&probe), Some(Origin::Trunk(trunk)));
    let [Event::Incoming { invite, .. }] = &probe.events[..] else { panic!() };
    assert_eq!((invite.from.display.as_deref(), &*invite.from.user), (Some("Ann"), "+4201"));
    assert_eq!((&*invite.request_user, &*invite.to_user, invite.max_forwards), ("100", "100", 69));
}

#[test]
fn new_calls_are_refused_while_we_stop() {
    let mut probe = Probe::new();
    probe.command(Command::Drain { retry_after: 120 });
    assert_eq!(status(&mut probe, &request("INVITE", 1, "")), 503);
    assert_eq!(probe.response().headers.get(HeaderName::RetryAfter), Some("120"));
}

#[test]
fn while_it_goes_hard_new_calls_are_refused_and_all_else_passes() {
    let mut probe = Probe::new();
    let to = super::talking::answered_guest(&mut probe, "");
    probe.command(Command::SetEmergency(["112".to_owned()].into()));
    probe.command(Command::Admit { permille: 0 });
    let call =
        |number: u32| request("INVITE", number, "").replace("Call-ID: probe", &format!("Call-ID: c{number}"));
    for number in 10..14 {
        assert_eq!(status(&mut probe, &call(number)), 503);
        let after: u32 = probe.response().headers.get(HeaderName::RetryAfter).unwrap().parse().unwrap();
        assert!((5..=10).contains(&after), "{after}");
    }
    assert_eq!(probe.endpoint.stats().shed, 4);
    assert_eq!(status(&mut probe, &request("OPTIONS", 20, "")), 200);
    let help = call(21)
        .replace("INVITE sip:100@", "INVITE sip:112@")
        .replace("sip:guest@127.0.0.1>;tag", "sip:anna@127.0.0.1>;tag");
    probe.receive_with_login(udp(GUEST), &help, ("anna", PASSWORD));
    assert!(matches!(probe.events[..], [Event::Incoming { .. }]), "{:?}", probe.events);
    assert_eq!(
        status(&mut probe, &call(23).replace("INVITE sip:100@", "INVITE sip:112@")),
        503,
        "a guest calls no help"
    );
    assert_eq!(status(&mut probe, &within("BYE", 30, &to, "")), 200);
    probe.command(Command::Admit { permille: 1_000 });
    assert_eq!(status(&mut probe, &call(31)), 100);
}

#[test]
fn memory_is_bounded() {
    let mut config = EndpointConfig::default();
    config.limits.calls = 1;
    config.limits.transactions = 3;
    let mut probe = Probe::with_config(config);
    let call =
        |number: u32| request("INVITE", number, "").replace("Call-ID: probe", &format!("Call-ID: c{number}"));
    assert_eq!(status(&mut probe, &call(1)), 100);
    assert_eq!(status(&mut probe, &call(2)), 503);
    assert_eq!(probe.endpoint.stats().transactions, 1, "nothing is kept of a call that is refused so");
    for number in [5, 6] {
        let asked = request("OPTIONS", number, "").replace("Call-ID: probe", &format!("Call-ID: c{number}"));
        assert_eq!(status(&mut probe, &asked), 200);
    }
    assert_eq!(probe.endpoint.stats().transactions, 3);
    assert_eq!(status(&mut probe, &call(4)), 503);
    assert_eq!(probe.endpoint.stats().transactions, 3);
    assert!(probe.response().headers.contains(HeaderName::RetryAfter));
}

/// Else two hundred thousand requests with a Call-ID of 10 kB would take 6 GB.
#[test]
fn requests_with_long_names_take_the_room_of_many() {
    let mut config = EndpointConfig::default();
    config.limits.transactions = 20;
    let mut probe = Probe::with_config(config);
    let mut ask = |number: u32, length: usize| {
        let id = format!("Call-ID: {number}{}", "x".repeat(length));
        status(&mut probe, &request("OPTIONS", number, "").replace("Call-ID: probe", &id))
    };
    let answers: Vec<u16> = (0..4).map(|number| ask(number, 10_000)).collect();
    assert_eq!(answers, [200, 200, 503, 503]);
    assert_eq!(ask(5, 10), 503);
    probe.wait(33_000);
    assert_eq!(status(&mut probe, &request("OPTIONS", 6, "")), 200);
    assert_eq!(probe.endpoint.stats().transactions, 1);
}

#[test]
fn an_endpoint_goes_on_from_a_snapshot_as_if_nothing_had_happened() {
    let mut probe = Probe::new();
    probe.receive(GUEST, &(request("INVITE", 1, "Content-Type: application/sdp") + "\n\nv=0"));
    let call = probe.incoming();
    let snapshot = serde_json::to_string(&probe.endpoint).unwrap();
    let mut twin = serde_json::from_str::<crate::sip::Endpoint>(&snapshot).unwrap();
    assert_eq!(twin, probe.endpoint);
    let input = Input::Command(Command::Answer { call, sdp: "v=0 answer".into() });
    probe.endpoint.handle(input.clone(), probe.now);
    twin.handle(input, probe.now);
    loop {
        let (one, two) = (probe.endpoint.poll_output(), twin.poll_output());
        assert_eq!(one, two);
        if one.is_none() {
            break;
        }
    }
    assert_eq!(twin.poll_timeout(), probe.endpoint.poll_timeout());
}

#[test]
fn the_address_in_our_messages_is_the_one_that_the_world_sees() {
    let config =
        EndpointConfig { external: Some("203.0.113.77".parse().unwrap()), ..EndpointConfig::default() };
    let mut probe = Probe::with_config(config);
    probe.receive(GUEST, &request("INVITE", 1, ""));
    let call = probe.incoming();
    probe.command(Command::Ring { call, status: 180, sdp: None });
    assert_eq!(probe.response().headers.get(HeaderName::Contact), Some("<sip:100@203.0.113.77:5060>"));
}

#[test]
fn a_response_to_nothing_that_we_sent_is_dropped() {
    let mut probe = Probe::new();
    let flow: Flow = udp(GUEST);
    let Ok(Message::Request(invite)) = Message::parse(Bytes::from(format!(
        "{}\r\n\r\n",
        request("INVITE", 1, "").lines().map(str::trim).collect::<Vec<_>>().join("\r\n")
    ))) else {
        panic!()
    };
    probe.receive_message(flow, invite.response(200).with_to_tag("x"));
    assert!(probe.sent.is_empty());
}
