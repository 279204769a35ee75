//! REGISTER: who may, and what becomes of it.

use super::probe::{PASSWORD, Probe, tcp, udp};
use crate::sip::endpoint::{Binding, Command, Event, Input};
use crate::sip::message::HeaderName;

fn register(number: u32, extra: &str) -> String {
    register_as("anna", number, extra)
}

fn register_as(user: &str, number: u32, extra: &str) -> String {
    format!(
        "REGISTER sip:127.0.0.1 SIP/2.0
        Via: SIP/2.0/UDP 10.0.0.5:5060;rport;branch=z9hG4bKr{number}
        From: <sip:{user}@127.0.0.1>;tag=r1
        To: <sip:{user}@127.0.0.1>
        Call-ID: reg
        CSeq: {number} REGISTER
        Max-Forwards: 70
        User-Agent: phone
        {extra}"
    )
}

const CONTACT: &str = "Contact: <sip:anna@10.0.0.5:5060>";

fn registered(probe: &mut Probe, number: u32, extra: &str) {
    probe.receive_with_login(udp("127.0.0.1:7001"), &register(number, extra), ("anna", PASSWORD));
}

fn bindings(probe: &Probe) -> &[Binding] {
    match &probe.events[..] {
        [.., Event::Bindings { bindings, .. }] => bindings,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_phone_registers_and_is_reached_where_its_request_came_from() {
    let mut probe = Probe::new();
    registered(&mut probe, 1, CONTACT);
    assert_eq!(probe.response().status, 200);
    let line = "<sip:anna@10.0.0.5:5060>;expires=3600";
    assert_eq!(probe.response().headers.get(HeaderName::Contact), Some(line));
    let [binding] = bindings(&probe) else { panic!() };
    assert_eq!(binding.device, probe.anna);
    assert_eq!(binding.flow, udp("127.0.0.1:7001"));
    assert_eq!((binding.expires_at.0, binding.reachable), (1_700_003_600_000, true));
    probe.wait(3_600_000);
    assert_eq!(bindings(&probe), []);
}

#[test]
fn credentials_are_asked_for_in_both_algorithms() {
    let mut probe = Probe::new();
    probe.receive("127.0.0.1:7001", &register(1, CONTACT));
    let response = probe.response();
    assert_eq!(response.status, 401);
    let challenges: Vec<_> = response.headers.lines(HeaderName::WwwAuthenticate).collect();
    assert!(challenges[0].contains("SHA-256") && challenges[1].contains("MD5"), "{challenges:?}");
    assert!(probe.events.is_empty());
}

#[test]
fn a_wrong_password_and_an_unknown_user_look_the_same() {
    let mut answers = vec![];
    for (user, password) in [("anna", "wrong"), ("nobody", PASSWORD)] {
        let mut probe = Probe::new();
        probe.receive_with_login(udp("127.0.0.1:7001"), &register_as(user, 1, CONTACT), (user, password));
        assert!(matches!(probe.events[..], [Event::Trouble { .. }]));
        let response = probe.response();
        let names: Vec<String> = response.headers.iter().map(|(name, _)| name.to_string()).collect();
        answers.push((response.status, response.reason.clone(), names));
    }
    assert_eq!(answers[0].0, 403);
    assert_eq!(answers[0], answers[1]);
}

#[test]
fn nobody_registers_for_somebody_else() {
    let mut probe = Probe::new();
    probe.command(Command::SetAccount(crate::sip::simnet::account("boris", "other")));
    probe.receive_with_login(udp("127.0.0.1:7001"), &register_as("anna", 1, CONTACT), ("boris", "other"));
    assert_eq!(probe.response().status, 403);
}

#[test]
fn a_binding_is_refreshed_and_removed_one_by_one_or_all_at_once() {
    let mut probe = Probe::new();
    registered(&mut probe, 1, &format!("{CONTACT}, <sip:anna@10.0.0.6>;q=0.5"));
    assert_eq!(bindings(&probe).len(), 2);
    registered(&mut probe, 3, &format!("{CONTACT};expires=0"));
    assert_eq!(bindings(&probe)[0].uri, "sip:anna@10.0.0.6");
    registered(&mut probe, 5, "Contact: *\nExpires: 0");
    assert_eq!(probe.response().status, 200);
    assert_eq!(bindings(&probe), []);
    registered(&mut probe, 7, "Contact: *");
    assert_eq!(probe.response().status, 400, "without Expires: 0");
}

#[test]
fn a_query_changes_nothing() {
    let mut probe = Probe::new();
    registered(&mut probe, 1, CONTACT);
    registered(&mut probe, 3, "");
    assert_eq!(probe.response().headers.all(HeaderName::Contact).count(), 1);
    assert!(probe.events.is_empty());
}

#[test]
fn a_registration_that_is_too_short_is_refused_and_one_too_long_is_shortened() {
    let mut probe = Probe::new();
    registered(&mut probe, 1, &format!("{CONTACT}\nExpires: 10"));
    assert_eq!(probe.response().status, 423);
    assert_eq!(probe.response().headers.get(HeaderName::MinExpires), Some("60"));
    registered(&mut probe, 3, &format!("{CONTACT}\nExpires: 99999"));
    assert!(probe.response().headers.get(HeaderName::Contact).unwrap().ends_with("expires=7200"));
}

#[test]
fn a_register_that_was_overtaken_is_refused() {
    let mut probe = Probe::new();
    registered(&mut probe, 10, CONTACT);
    registered(&mut probe, 5, &format!("{CONTACT};expires=0"));
    assert_eq!(probe.response().status, 500);
    assert_eq!(probe.endpoint.bindings(probe.anna).len(), 1);
}

#[test]
fn a_device_has_ten_bindings_at_most() {
    let mut probe = Probe::new();
    for number in 0..12 {
        registered(&mut probe, 1 + 2 * number, &format!("Contact: <sip:anna@10.0.1.{number}>"));
        probe.wait(1000);
    }
    let uris: Vec<&str> = probe.endpoint.bindings(probe.anna).iter().map(|binding| &*binding.uri).collect();
    assert_eq!((uris.len(), uris[0]), (10, "sip:anna@10.0.1.2"), "the oldest give way");
}

#[test]
fn a_binding_over_a_connection_is_unreachable_once_that_is_gone() {
    let mut probe = Probe::new();
    let flow = tcp("127.0.0.1:7001", 7);
    let instance = format!("{CONTACT};+sip.instance=\"<urn:uuid:1>\";reg-id=1\nSupported: outbound");
    probe.receive_with_login(flow, &register(1, &instance), ("anna", PASSWORD));
    assert_eq!(probe.response().headers.get(HeaderName::Require), Some("outbound"));
    assert_eq!(bindings(&probe)[0].instance.as_deref(), Some("<urn:uuid:1>"));
    probe.input(Input::FlowClosed { flow });
    assert!(!bindings(&probe)[0].reachable);
    probe.receive_with_login(tcp("127.0.0.1:7002", 8), &register(3, &instance), ("anna", PASSWORD));
    let [binding] = bindings(&probe) else { panic!("the same flow of the same phone") };
    assert!(binding.reachable);
}

#[test]
fn a_phone_that_comes_back_with_another_contact_does_not_ring_twice() {
    let mut probe = Probe::new();
    registered(&mut probe, 1, &format!("{CONTACT};+sip.instance=\"<urn:uuid:1>\""));
    registered(&mut probe, 3, "Contact: <sip:anna@10.0.0.9>;+sip.instance=\"<urn:uuid:1>\"");
    assert_eq!(bindings(&probe).len(), 1);
}

#[test]
fn bindings_from_before_a_restart_stand_again() {
    let mut probe = Probe::new();
    registered(&mut probe, 1, CONTACT);
    let mut udp_binding = bindings(&probe)[0].clone();
    let mut probe = Probe::new();
    probe.command(Command::RestoreBinding(udp_binding.clone()));
    assert_eq!(bindings(&probe), [udp_binding.clone()]);
    udp_binding.uri = "sip:anna@10.0.0.6;transport=tcp".into();
    udp_binding.flow = tcp("127.0.0.1:7001", 7);
    probe.command(Command::RestoreBinding(udp_binding));
    assert_eq!(bindings(&probe).iter().filter(|binding| binding.reachable).count(), 1);
}

#[test]
fn a_removed_account_has_no_bindings() {
    let mut probe = Probe::new();
    registered(&mut probe, 1, CONTACT);
    probe.command(Command::RemoveAccount { device: probe.anna });
    assert_eq!(bindings(&probe), []);
    registered(&mut probe, 3, CONTACT);
    assert_eq!(probe.response().status, 403);
}

#[test]
fn a_nonce_that_is_too_old_is_stale() {
    let mut probe = Probe::new();
    probe.receive("127.0.0.1:7001", &register(1, CONTACT));
    let challenge = probe.response().clone();
    probe.wait(3_600_000);
    let login = crate::sip::digest::Login { username: "anna".into(), password: PASSWORD.into() };
    let method = crate::sip::message::Method::Register;
    let answers = crate::sip::digest::answer(&challenge.headers, &login, &method, "sip:127.0.0.1", "c");
    let line = format!("{CONTACT}\nAuthorization: {}", answers[0].1);
    probe.receive("127.0.0.1:7001", &register(2, &line));
    assert_eq!(probe.response().status, 401);
    assert!(probe.response().headers.get(HeaderName::WwwAuthenticate).unwrap().contains("stale=true"));
}

#[test]
fn the_nat_before_a_phone_is_kept_open() {
    let mut probe = Probe::new();
    registered(&mut probe, 1, CONTACT);
    probe.wait(60_000);
    assert_eq!(probe.other.len(), 3, "every 25 seconds");
    registered(&mut probe, 3, "Contact: *\nExpires: 0");
    registered(&mut probe, 5, "Contact: <sip:anna@127.0.0.1:7001>");
    probe.wait(60_000);
    assert_eq!(probe.other, [], "no NAT, no pings");
}

#[test]
fn every_phone_has_its_turn() {
    let mut probe = Probe::new();
    for number in 0..60 {
        let name = format!("phone{number}");
        let mut account = crate::sip::simnet::account(&name, PASSWORD);
        let mut entropy = crate::entropy::Entropy::from_number(number);
        account.device = crate::id::DeviceId::new(crate::time::UnixMs(0), &mut entropy);
        probe.command(Command::SetAccount(account));
        let from = format!("127.0.0.1:{}", 20_000 + number);
        let text = register_as(&name, 100 + 2 * number as u32, CONTACT);
        probe.receive_with_login(udp(&from), &text, (&name, PASSWORD));
    }
    probe.wait(26_000);
    let ports: std::collections::BTreeSet<String> =
        probe.other.iter().map(|output| format!("{output:?}")).collect();
    assert_eq!(ports.len(), 60);
}
