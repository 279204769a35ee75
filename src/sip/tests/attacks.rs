//! What attackers try on the wire, and what they get: nothing, or the same as everybody.

use std::sync::atomic::{AtomicU32, Ordering};

use super::probe::{PASSWORD, Probe, request, tcp, udp, within};
use super::talking::{GUEST, answered_guest};
use crate::sip::digest::{self, Login};
use crate::sip::endpoint::{Command, EndpointConfig, Event, Flow, Output, Target, TrunkPeer};
use crate::sip::guard::BanView;
use crate::sip::message::{HeaderName, Method, Response};

/// Where attackers sit. The network of guests is elsewhere.
const ATTACKER: &str = "203.0.113.66:5060";
/// Where a phone of ours stands, behind the same NAT as the attacker.
const NEIGHBOUR: &str = "203.0.113.66:7001";
const CONTACT: &str = "Contact: <sip:anna@10.0.0.5:5060>";

/// Numbers that no request has had, for itself and one with credentials after it.
fn unused() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(100_000);
    NEXT.fetch_add(2, Ordering::Relaxed)
}

/// A request of its own transaction and dialog.
fn fresh(method: &str, user: &str, number: u32, extra: &str) -> String {
    format!(
        "{method} sip:127.0.0.1 SIP/2.0
        Via: SIP/2.0/UDP 10.0.0.5:5060;rport;branch=z9hG4bKf{number}
        From: <sip:{user}@127.0.0.1>;tag=f{number}
        To: <sip:{user}@127.0.0.1>
        Call-ID: f{number}
        CSeq: {number} {method}
        Max-Forwards: 70
        {extra}"
    )
}

/// The status of the answer; none if there is none.
fn status(probe: &mut Probe, flow: Flow, text: &str) -> Option<u16> {
    probe.receive_by(flow, text);
    probe.sent.last().map(|_| probe.response().status)
}

/// The credentials with which `login` answers the last response.
fn credentials(probe: &Probe, method: Method, (username, password): (&str, &str)) -> String {
    let login = Login { username: username.into(), password: password.into() };
    let (name, value) =
        digest::answer(&probe.response().headers, &login, &method, "sip:127.0.0.1", "c").remove(0);
    format!("{name}: {value}")
}

/// Fails to register `times` times, each with a nonce of its own; gives the last ban.
fn guesses(probe: &mut Probe, from: &str, user: &str, times: u32) -> Option<BanView> {
    let mut ban = None;
    for _ in 0..times {
        let number = unused();
        probe.receive(from, &fresh("REGISTER", user, number, CONTACT));
        if probe.sent.is_empty() {
            return ban;
        }
        let guess = credentials(probe, Method::Register, (user, "guess"));
        probe.receive(from, &fresh("REGISTER", user, number + 1, &format!("{CONTACT}\n{guess}")));
        ban = probe.events.iter().find_map(|event| match event {
            Event::Banned(ban) => Some(ban.clone()),
            _ => None,
        });
    }
    ban
}

fn register(probe: &mut Probe, from: &str) -> u16 {
    probe.receive_with_login(udp(from), &fresh("REGISTER", "anna", unused(), CONTACT), ("anna", PASSWORD));
    probe.response().status
}

/// What an attacker can tell two answers apart by, but for what is drawn anew for each.
fn looks(response: &Response) -> (u16, String, Vec<(String, usize)>) {
    let headers = response.headers.iter().map(|(name, value)| (name.to_string(), value.len()));
    (response.status, response.reason.clone(), headers.collect())
}

#[test]
fn nobody_learns_which_users_there_are() {
    for method in ["REGISTER", "INVITE", "OPTIONS", "SUBSCRIBE", "MESSAGE"] {
        let mut answers = vec![];
        for user in ["anna", "anne"] {
            let mut probe = Probe::new();
            probe.receive(ATTACKER, &fresh(method, user, 1, CONTACT));
            answers.push(looks(probe.response()));
            if method == "REGISTER" {
                let guess = credentials(&probe, Method::Register, (user, "guess"));
                for number in [2, 3] {
                    probe.receive(ATTACKER, &fresh(method, user, number, &format!("{CONTACT}\n{guess}")));
                    answers.push(looks(probe.response()));
                }
            }
        }
        let half = answers.len() / 2;
        assert_eq!(answers[..half], answers[half..], "{method}");
    }
}

#[test]
fn ten_wrong_secrets_and_the_source_gets_no_answer_for_a_minute() {
    let mut probe = Probe::new();
    assert_eq!(guesses(&mut probe, ATTACKER, "anna", 9), None);
    let ban = guesses(&mut probe, ATTACKER, "nobody", 1).unwrap();
    assert_eq!((ban.source.to_string().as_str(), ban.until.since(ban.since).as_secs()), ("203.0.113.66", 60));
    assert!(ban.why.contains("\"nobody\""), "{}", ban.why);
    for method in ["REGISTER", "INVITE", "OPTIONS", "DANCE"] {
        assert_eq!(status(&mut probe, udp(ATTACKER), &fresh(method, "anna", 1, CONTACT)), None, "{method}");
    }
    assert_eq!(status(&mut probe, udp(ATTACKER), "garbage"), None);
    assert!(register(&mut probe, "203.0.113.67:5060") == 200, "others are not concerned");
    assert_eq!(probe.endpoint.bans(probe.now), [ban]);
    assert_eq!(probe.endpoint.stats().turned_away.banned, 5);
    probe.wait(60_000);
    assert_eq!(register(&mut probe, ATTACKER), 200);
    assert_eq!(probe.endpoint.bans(probe.now), []);
}

#[test]
fn a_banned_connection_is_closed() {
    let mut probe = Probe::new();
    guesses(&mut probe, ATTACKER, "anna", 10).unwrap();
    let flow = tcp("203.0.113.66:40000", 7);
    for text in [&*fresh("REGISTER", "anna", 1, CONTACT), "neither a request nor a response"] {
        assert_eq!(status(&mut probe, flow, text), None);
        assert_eq!(probe.other, [Output::Close { flow }]);
    }
}

#[test]
fn an_administrator_sees_a_ban_and_lifts_it() {
    let mut probe = Probe::new();
    let ban = guesses(&mut probe, ATTACKER, "anna", 10).unwrap();
    probe.command(Command::LiftBan { source: ban.source });
    assert_eq!(probe.endpoint.bans(probe.now), []);
    assert_eq!(register(&mut probe, ATTACKER), 200);
}

#[test]
fn a_phone_that_is_registered_goes_on_while_its_neighbour_is_banned() {
    let mut probe = Probe::new();
    assert_eq!(register(&mut probe, NEIGHBOUR), 200);
    for _ in 0..3 {
        let ban = guesses(&mut probe, ATTACKER, "boris", 10).unwrap();
        assert_eq!(ban.until.since(ban.since).as_secs(), 60, "no ban grows where phones of ours are");
        assert_eq!(register(&mut probe, NEIGHBOUR), 200);
        assert_eq!(status(&mut probe, udp(ATTACKER), &fresh("OPTIONS", "x", 1, "")), None);
        probe.wait(60_000);
    }
}

#[test]
fn a_call_that_stands_ends_as_ever_although_its_source_is_banned_meanwhile() {
    let mut probe = Probe::new();
    let invite =
        fresh("INVITE", "anna", 1, CONTACT).replace("INVITE sip:127.0.0.1", "INVITE sip:100@127.0.0.1");
    probe.receive_with_login(udp(NEIGHBOUR), &invite, ("anna", PASSWORD));
    let call = probe.incoming();
    probe.command(Command::Answer { call, sdp: "answer".into() });
    let to = probe.response().headers.get(HeaderName::To).unwrap().to_owned();
    guesses(&mut probe, ATTACKER, "boris", 10).unwrap();
    let within = |method: &str, number: u32| {
        fresh(method, "anna", number, "")
            .replace("To: <sip:anna@127.0.0.1>", &format!("To: {to}"))
            .replace(&format!("tag=f{number}"), "tag=f1")
            .replace(&format!("Call-ID: f{number}"), "Call-ID: f1")
    };
    probe.receive(NEIGHBOUR, &within("ACK", 2));
    assert_eq!(probe.events, [Event::Established { call, sdp: None }]);
    assert_eq!(status(&mut probe, udp(NEIGHBOUR), &within("BYE", 3)), Some(200));
}

/// The address of a datagram can be invented: with a nonce that was sent to the attacker, failures in the name of
/// another address lead to nothing.
#[test]
fn nobody_gets_another_address_banned() {
    let mut probe = Probe::new();
    let victim = "198.51.100.7:5060";
    for number in 0..100 {
        let number = 2 * number;
        probe.receive(ATTACKER, &fresh("REGISTER", "anna", number, CONTACT));
        let stolen = credentials(&probe, Method::Register, ("anna", "guess"));
        let forged = fresh("REGISTER", "anna", number + 1, &format!("{CONTACT}\n{stolen}"));
        assert_eq!(status(&mut probe, udp(victim), &forged), Some(401), "asked again, no more");
    }
    assert_eq!(probe.endpoint.bans(probe.now), []);
    assert_eq!(register(&mut probe, victim), 200);
}

#[test]
fn providers_guests_and_trusted_networks_are_never_banned() {
    let trusted = vec![("198.51.100.0".parse().unwrap(), 24)];
    let mut probe = Probe::with_config(EndpointConfig { trusted, ..Default::default() });
    let trunk = probe.add_trunk();
    let peer = TrunkPeer {
        networks: vec![("192.0.2.0".parse().unwrap(), 24)],
        ..TrunkPeer::new(trunk, "203.0.113.1")
    };
    probe.command(Command::SetTrunk(peer));
    for source in ["203.0.113.1:5060", "192.0.2.9:5060", "127.0.0.1:7000", "198.51.100.7:5060"] {
        assert_eq!(guesses(&mut probe, source, "anna", 20), None, "{source}");
        assert_eq!(register(&mut probe, source), 200, "{source}");
    }
}

#[test]
fn a_flood_of_questions_is_answered_less_and_less_and_a_phone_that_is_registered_is_still_heard() {
    let mut probe = Probe::new();
    assert_eq!(register(&mut probe, NEIGHBOUR), 200);
    let flood = |probe: &mut Probe| {
        let asked = 1_000..2_000;
        asked
            .filter(|number| status(probe, udp(ATTACKER), &fresh("OPTIONS", "x", *number, "")).is_some())
            .count()
    };
    let answered = flood(&mut probe);
    assert!((290..=300).contains(&answered), "{answered}");
    assert_eq!(register(&mut probe, NEIGHBOUR), 200);
    assert_eq!(register(&mut probe, "198.51.100.7:5060"), 200, "another source is not concerned");
    assert_eq!(probe.endpoint.bans(probe.now), [], "asking bans nobody");
}

/// An office whose five hundred phones come back after a power cut.
#[test]
fn many_phones_behind_one_address_register_at_once() {
    let mut probe = Probe::new();
    for port in 10_000..10_500 {
        assert_eq!(register(&mut probe, &format!("203.0.113.66:{port}")), 200);
    }
}

#[test]
fn programs_that_look_for_victims_get_no_answer() {
    let mut probe = Probe::new();
    let scan = fresh("OPTIONS", "100", 1, "User-Agent: friendly-scanner");
    assert_eq!(status(&mut probe, udp(ATTACKER), &scan), None);
    assert_eq!(probe.endpoint.stats().turned_away.scanner, 1);
    assert_eq!(status(&mut probe, udp(ATTACKER), &fresh("OPTIONS", "100", 2, "User-Agent: x")), Some(200));
}

/// One datagram with an invented source brings one answer to that source, of about its own size.
#[test]
fn a_challenge_is_sent_once_and_nothing_is_kept_of_it() {
    for method in ["INVITE", "REGISTER"] {
        let mut probe = Probe::new();
        let asked = fresh(method, "anna", 1, CONTACT);
        assert!(status(&mut probe, udp(ATTACKER), &asked).is_some());
        assert_eq!(probe.endpoint.stats().transactions, 0, "{method}");
        assert_eq!(status(&mut probe, udp(ATTACKER), &fresh("ACK", "anna", 1, "")), None);
        probe.wait(60_000);
        assert!(probe.sent.is_empty(), "{method}: {:?}", probe.sent);
    }
}

#[test]
fn credentials_that_were_seen_on_the_wire_let_nobody_in() {
    let mut probe = Probe::new();
    probe.receive(NEIGHBOUR, &fresh("REGISTER", "anna", 1, CONTACT));
    let seen = credentials(&probe, Method::Register, ("anna", PASSWORD));
    assert_eq!(
        status(&mut probe, udp(NEIGHBOUR), &fresh("REGISTER", "anna", 2, &format!("{CONTACT}\n{seen}"))),
        Some(200)
    );
    let mine = "Contact: <sip:anna@203.0.113.66:5060>";
    for (number, from) in [(3, ATTACKER), (4, NEIGHBOUR), (5, "198.51.100.7:5060")] {
        let replayed = fresh("REGISTER", "anna", number, &format!("{mine}\n{seen}"));
        assert_eq!(status(&mut probe, udp(from), &replayed), Some(401), "{from}");
        let challenge = probe.response().headers.get(HeaderName::WwwAuthenticate).unwrap().to_owned();
        assert!(challenge.contains("stale=true"));
    }
    let [binding] = probe.endpoint.bindings(probe.anna) else { panic!("one phone is registered") };
    assert_eq!(binding.flow, udp(NEIGHBOUR));
    assert_eq!(probe.endpoint.bans(probe.now), [], "a phone that was slow is not punished");
}

/// Whoever knows the Call-ID of a call but not its tags, from wherever.
#[test]
fn forged_requests_of_a_call_do_nothing() {
    let mut probe = Probe::new();
    let to = answered_guest(&mut probe, "");
    let sdp = "Content-Type: application/sdp";
    for (from, number) in [(GUEST, 10), ("127.0.0.9:5060", 20), (ATTACKER, 30)] {
        for (method, number) in ["BYE", "INVITE", "UPDATE", "PRACK", "OPTIONS"].into_iter().zip(number..) {
            let body = if matches!(method, "INVITE" | "UPDATE") { "\n\nv=0 forged" } else { "" };
            for forged in [
                within(method, number, "<sip:100@127.0.0.1>;tag=guessed", sdp),
                within(method, number, &to, sdp).replace("tag=g1", "tag=guessed"),
                within(method, number, &to, sdp).replace("Call-ID: probe", "Call-ID: guessed"),
            ] {
                let own_transaction = format!("branch=z9hG4bK{}x", unused());
                probe.receive(from, &(forged.replace("branch=z9hG4bK", &own_transaction) + body));
                assert_eq!(probe.response().status, 481, "{method} from {from}");
                assert!(probe.events.is_empty(), "{method} from {from}: {:?}", probe.events);
            }
        }
    }
    assert_eq!(probe.endpoint.stats().calls, 1);
}

/// Some phones use branches that can be guessed, and CANCEL needs no more.
#[test]
fn a_forged_cancel_does_nothing() {
    let mut probe = Probe::new();
    probe.receive(GUEST, &request("INVITE", 1, ""));
    assert_eq!(probe.response().status, 100);
    let cancel = request("CANCEL", 1, "").replace("branch=z9hG4bKCANCEL1", "branch=z9hG4bKINVITE1");
    for (from, text) in [
        ("127.0.0.9:7000", cancel.clone()),
        (ATTACKER, cancel.clone()),
        (GUEST, cancel.replace("z9hG4bKINVITE1", "z9hG4bKguessed")),
    ] {
        assert_eq!(status(&mut probe, udp(from), &text), Some(481), "{from}");
        assert!(probe.events.is_empty());
    }
    assert_eq!(probe.endpoint.stats().calls, 1);
    probe.receive(GUEST, &cancel);
    assert!(matches!(probe.events[..], [Event::Ended { .. }]), "{:?}", probe.events);
}

/// Whoever answers in the place of a provider or phone would have to know what we drew.
#[test]
fn forged_responses_do_nothing() {
    let mut probe = Probe::new();
    let target = Target::Uri { uri: "sip:x@127.0.0.1:7000".into() };
    let (call, from) = (crate::sip::endpoint::CallRef(1), crate::sip::endpoint::Identity::default());
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
    let mut forged = invite.response(200).with_to_tag("x");
    let mut via = invite.headers.via().unwrap();
    let branch = via.branch().unwrap().to_owned();
    via.params.set("branch", &format!("{}aaaaaaaaaaaaaa", &branch[..branch.len() - 14]));
    forged.headers.set_top_via(&via);
    probe.receive_message(udp(ATTACKER), forged);
    assert!(probe.events.iter().all(|event| matches!(event, Event::Trouble { .. })), "{:?}", probe.events);
    assert!(probe.sent.is_empty());
}

/// The "digest leak": a peer that is hung up on asks for credentials, to guess the secret from the answer at leisure.
#[test]
fn a_peer_that_asks_us_for_credentials_gets_none() {
    let mut probe = Probe::new();
    probe.add_trunk();
    answered_guest(&mut probe, "");
    let Some(Event::Established { call, .. }) = probe.events.first().cloned() else { panic!() };
    probe.command(Command::Hangup { call, cause: None });
    let bye = probe.request().clone();
    for (status, name) in [(401, "WWW-Authenticate"), (407, "Proxy-Authenticate")] {
        let mut asks = bye.response(status);
        asks.headers.push(name, "Digest realm=\"203.0.113.1\", nonce=\"n\", algorithm=MD5");
        probe.receive_message(udp(GUEST), asks);
        assert!(probe.sent.is_empty(), "{:?}", probe.sent);
    }
}
