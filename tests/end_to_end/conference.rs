//! Conferences of six, and what becomes of a client who is handed on: to a phone outside, to nobody, from the queue.

use std::time::Duration;

use serde_json::{Value, json};

use crate::conversation::{ANNA, BORIS, CLIENT, CYRIL, DANA, ERIN, ask, assert_course, client, order, tone};
use crate::messages::login;
use crate::support::baresip::Baresip;
use crate::support::hovor::{Hovor, PASSWORD};
use crate::support::phone::{Moment, Phone};
use crate::support::sipp::Sipp;
use crate::support::{pause, wait_for};

/// The phone of one more operator of Harbour, which answers at once.
fn newcomer(hovor: &Hovor, name: &str, extension: &str, hz: f64) -> Baresip {
    hovor.cli(&["user", "add", name, "--extension", extension, "--role", "harbour=operator"]);
    let device: Value = serde_json::from_str(&hovor.cli(&["device", "add", name, "--json"])).unwrap();
    let secret = device["secret"].as_str().unwrap();
    let phone = hovor.phone(extension).registers_at(hovor.sip_port, secret);
    phone.says(&tone(hz)).answers_at_once().baresip()
}

/// The legs of the newest session, as its history tells them.
fn legs(hovor: &Hovor) -> Vec<Value> {
    let made: Value = serde_json::from_str(&hovor.cli(&["token", "add", "legs", "--json"])).unwrap();
    let bearer = format!("Bearer {}", made["secret"].as_str().unwrap());
    let id = hovor.sessions()[0]["id"].as_str().unwrap().to_owned();
    let detail = hovor.request("GET", &format!("/api/v1/sessions/{id}"), &[("authorization", &bearer)], "");
    hovor.cli(&["token", "remove", "legs"]);
    detail.json()["legs"].as_array().unwrap().clone()
}

fn leg_of(hovor: &Hovor, party: &str) -> Value {
    legs(hovor).into_iter().rfind(|leg| leg["party"] == party).unwrap_or_else(|| panic!("{party} has no leg"))
}

#[test]
fn five_operators_and_the_client_hear_one_another_a_sixth_is_refused_and_one_is_sent_out() {
    let hovor = Hovor::start();
    let here = [("201", ANNA), ("202", BORIS), ("203", CYRIL), ("204", DANA)];
    let mut phones: Vec<Baresip> = here
        .iter()
        .map(|(extension, hz)| hovor.operator(extension).says(&tone(*hz)).answers_at_once().baresip())
        .collect();
    phones.push(newcomer(&hovor, "erin", "207", ERIN));
    let sixth = newcomer(&hovor, "frank", "208", 1_750.0);
    let mut client = client(&hovor);
    client.wait_for(Moment::Established);
    pause(1.0);
    for (name, phone) in ["boris", "cyril", "dana", "erin"].iter().zip(&phones[1..]) {
        order(&hovor, "invite", json!({ "to": { "operator": name } }));
        phone.wait_for(Moment::Established);
    }
    pause(2.0);
    let (status, why) = ask(&hovor, "invite", json!({ "to": { "operator": "frank" } }));
    assert!(status == 409 && why.contains("5 operators"), "{status} {why}");
    assert_eq!(sixth.count(Moment::Incoming), 0);
    order(&hovor, "remove", json!({ "leg": leg_of(&hovor, "erin")["id"] }));
    phones[4].wait_for(Moment::Closed);
    pause(1.5);
    order(&hovor, "leave", json!({ "operator": "anna" }));
    phones[0].wait_for(Moment::Closed);
    pause(1.5);
    client.hangup();
    for phone in &phones[1..4] {
        phone.wait_for(Moment::Closed);
    }
    let all = ["700", "700+1000+1150+1300+1500", "700+1000+1150+1300", "1000+1150+1300"];
    assert_course("the client", &client.heard(0), &all);
    let others = [
        "400+1000+1150+1300+1500",
        "400+700+1150+1300+1500",
        "400+700+1000+1300+1500",
        "400+700+1000+1150+1500",
        "400+700+1000+1150+1300",
    ];
    for (phone, others) in phones.iter().zip(others) {
        assert_course(phone.user(), &phone.heard(0), &[others]);
    }
    let (anna, erin) = (leg_of(&hovor, "anna"), leg_of(&hovor, "erin"));
    assert!(erin["left_at"].as_i64() < anna["left_at"].as_i64(), "{erin} {anna}");
}

#[test]
fn the_history_says_how_long_each_one_talked_and_was_held_when_the_client_was_handed_on() {
    let hovor = Hovor::start();
    let mut anna = hovor.operator("201").says(&tone(ANNA)).answers_at_once().pjsua();
    let mut boris = hovor.operator("202").says(&tone(BORIS)).baresip();
    let mut client = client(&hovor);
    client.wait_for(Moment::Established);
    pause(2.0);
    anna.hold();
    pause(2.0);
    anna.resume();
    pause(2.0);
    anna.command(json!({ "do": "transfer", "uri": hovor.uri("202") }));
    boris.wait_for(Moment::Incoming);
    pause(1.0);
    boris.accept();
    boris.wait_for(Moment::Established);
    pause(3.0);
    client.hangup();
    boris.wait_for(Moment::Closed);
    hovor.record_of("client");
    let (anna, boris) = (leg_of(&hovor, "anna"), leg_of(&hovor, "boris"));
    let client = legs(&hovor).into_iter().find(|leg| leg["party"].is_null()).expect("the client's leg");
    let times = [("anna", &anna, 3.5..6.5), ("boris", &boris, 2.5..5.0), ("the client", &client, 6.5..11.0)];
    for (who, leg, talked) in times {
        let seconds = leg["talk_ms"].as_f64().unwrap() / 1e3;
        assert!(talked.contains(&seconds), "{who} talked {seconds} s: {leg:#}");
    }
    let held = client["held_ms"].as_f64().unwrap() / 1e3;
    assert!((1.5..5.0).contains(&held), "the client was held {held} s: {client:#}");
    assert_eq!(boris["held_ms"], 0, "{boris:#}");
}

#[test]
fn a_client_is_handed_to_a_phone_outside_by_the_transfer_key_and_by_command() {
    let hovor = Hovor::start();
    let outside = hovor.phone("+420777123456").says(&tone(DANA)).codec("PCMA").answers_at_once().baresip();
    let port = outside.sip_port().to_string();
    hovor.cli(&["trunk", "set", "carrier", "--port", &port, "--options", "0"]);
    let mut anna = hovor.operator("201").says(&tone(ANNA)).answers_at_once().pjsua();
    let mut client = client(&hovor);
    for call in 1..=2 {
        if call == 2 {
            client.dial(&hovor.uri("201"));
        }
        client.wait_for_number(Moment::Established, call);
        anna.wait_for_number(Moment::Established, call);
        pause(2.0);
        match call {
            1 => anna.command(json!({ "do": "transfer", "uri": hovor.uri("+420777123456") })),
            _ => order(&hovor, "forward", json!({ "to": { "number": "+420777123456" } })),
        }
        outside.wait_for_number(Moment::Established, call);
        anna.wait_for_number(Moment::Closed, call);
        pause(2.5);
        client.hangup();
        outside.wait_for_number(Moment::Closed, call);
        client.wait_for_number(Moment::Closed, call);
        assert_course("the client", &client.heard(call - 1), &["700", "1300"]);
        assert_course("outside", &outside.heard(call - 1), &["400"]);
    }
}

#[test]
fn a_client_whom_nobody_takes_over_is_offered_to_who_handed_it_on_and_then_waits_in_the_queue_again() {
    let hovor = Hovor::start();
    let mut anna = hovor.operator("201").says(&tone(ANNA)).pjsua();
    let mut client = hovor.phone("client").says(&tone(CLIENT)).baresip();
    client.dial(&hovor.uri("100"));
    client.wait_for(Moment::Established);
    pause(3.0);
    client.press("1");
    anna.wait_for(Moment::Incoming);
    anna.accept();
    anna.wait_for(Moment::Established);
    let mut cyril = hovor.operator("203").baresip();
    pause(2.0);
    order(&hovor, "forward", json!({ "to": { "operator": "cyril" } }));
    anna.hangup();
    cyril.wait_for(Moment::Incoming);
    anna.wait_for(Moment::Closed);
    cyril.hangup();
    anna.wait_for_number(Moment::Incoming, 2);
    // Whoever is free is offered the client when the queue has it again.
    let mut boris = hovor.operator("202").says(&tone(BORIS)).baresip();
    anna.reject(486);
    boris.wait_for(Moment::Incoming);
    pause(1.0);
    boris.accept();
    boris.wait_for(Moment::Established);
    pause(2.5);
    client.hangup();
    boris.wait_for(Moment::Closed);
    assert_course("the client", &client.heard(0), &["700", "music", "1000"]);
    assert!(client.heard(0).longest_silence() < Duration::from_secs(2), "the client was left in silence");
}

#[test]
fn a_waiting_client_is_sent_to_an_operator_of_another_group_before_anybody_accepts() {
    let hovor = Hovor::start();
    let mut cyril = hovor.operator("203").says(&tone(CYRIL)).baresip();
    let mut client = hovor.phone("client").says(&tone(CLIENT)).baresip();
    client.dial(&hovor.uri("100"));
    client.wait_for(Moment::Established);
    pause(3.0);
    client.press("1");
    wait_for("the client to wait", Duration::from_secs(10), || {
        (hovor.sessions()[0]["phase"] == "waiting").then_some(())
    });
    order(&hovor, "forward", json!({ "to": { "operator": "cyril" }, "note": "asks for cyril" }));
    cyril.wait_for(Moment::Incoming);
    pause(1.0);
    cyril.accept();
    cyril.wait_for(Moment::Established);
    pause(2.5);
    client.hangup();
    cyril.wait_for(Moment::Closed);
    assert_course("the client", &client.heard(0), &["music", "1150"]);
    assert_course("cyril", &cyril.heard(0), &["400"]);
}

#[test]
fn a_phone_that_holds_by_inactive_or_by_the_address_of_nobody_gives_the_client_music() {
    let hovor = Hovor::start();
    let register = Sipp::new(&hovor.ports, "register", hovor.sip_port).users(&[login("201", PASSWORD)]);
    let port = register.port;
    register.run();
    let anna = Sipp::new(&hovor.ports, "hold_as_old_phones_do", hovor.sip_port)
        .on_port(port)
        .calling("201")
        .users(&[login("201", PASSWORD)])
        .says(&tone(ANNA))
        .start();
    let client = client(&hovor);
    client.wait_for(Moment::Established);
    anna.finish();
    client.wait_for(Moment::Closed);
    assert_course("the client", &client.heard(0), &["700", "music", "700", "music", "700"]);
}

#[test]
fn keys_that_a_phone_sends_by_info_lead_through_a_menu_and_reach_the_other_phone() {
    let hovor = Hovor::start();
    let mut anna = hovor.operator("201").says(&tone(ANNA)).answers_at_once().baresip();
    let mut client = hovor.phone("client").says(&tone(CLIENT)).pjsua();
    client.dial(&hovor.uri("100"));
    client.wait_for(Moment::Established);
    pause(3.0);
    client.command(json!({ "do": "info_keys", "keys": "1" }));
    anna.wait_for(Moment::Established);
    pause(1.0);
    client.command(json!({ "do": "info_keys", "keys": "4" }));
    wait_for("the key", Duration::from_secs(5), || (anna.keys_received() == "4").then_some(()));
    anna.hangup();
    client.wait_for(Moment::Closed);
    assert_eq!(hovor.record_of("client").text("keys"), "1");
}
