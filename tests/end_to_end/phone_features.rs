//! What an operator does with the phone alone: codes for forwarding and do-not-disturb, open rooms, parking, picking up
//! what rings elsewhere, lamps, and what a ringing phone shows.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::audio::Sound;
use crate::support::hovor::{Hovor, PASSWORD};
use crate::support::phone::{Moment, Phone};
use crate::support::pjsua::Pjsua;
use crate::support::sipp::{Running, Sipp};
use crate::support::{pause, wait_for};

const CLIENT: f64 = 400.0;
const ANNA: f64 = 700.0;
const BORIS: f64 = 1_000.0;
/// The tone by which a room tells that somebody comes.
const COMES: f64 = 880.0;

fn tone(hz: f64) -> Sound {
    Sound::tone(hz, -12.0, 90.0)
}

/// Dials a code and lets the confirmation be heard to its end. `number` counts the calls of this phone.
fn dial_code(phone: &mut Pjsua, hovor: &Hovor, code: &str, number: usize) {
    phone.dial(&hovor.uri(&code.replace('#', "%23")));
    phone.wait_for_number(Moment::Closed, number);
    let heard = phone.heard(number - 1);
    let spoken = (0..(heard.seconds() / 0.1) as usize)
        .filter(|step| heard.between(*step as f64 * 0.1, *step as f64 * 0.1 + 0.1).level() > -40.0)
        .count();
    assert!(spoken >= 5, "{code} is not confirmed: {} s, {spoken} with sound", heard.seconds());
}

fn settings(hovor: &Hovor, name: &str) -> Value {
    serde_json::from_str(&hovor.cli(&["call-settings", name, "--json"])).unwrap()
}

/// Whether this tone is heard somewhere in a stretch of sound, a tenth of a second at least.
fn has(sound: &Sound, (from, to): (f64, f64), hz: f64) -> bool {
    let steps = ((to.min(sound.seconds()) - from) / 0.1).floor().max(0.0) as usize;
    (0..steps).any(|step| {
        let start = from + step as f64 * 0.1;
        sound.between(start, start + 0.1).level_of(hz) > -32.0
    })
}

/// The last seconds of what a phone heard.
fn last(sound: &Sound, seconds: f64) -> Sound {
    sound.between((sound.seconds() - seconds).max(0.0), sound.seconds())
}

/// Waits until the newest session that dialled this number says this of its way.
fn wait_until_told(hovor: &Hovor, dialled: &str, words: &str) {
    wait_for(words, Duration::from_secs(5), || {
        let all = hovor.sessions();
        let session = all.iter().find(|session| session["dialled"] == dialled)?;
        session["decisions"].to_string().contains(words).then_some(())
    });
}

#[test]
fn forwarding_by_code_leads_calls_to_the_colleague_and_is_taken_back_by_code() {
    let hovor = Hovor::start();
    let mut anna = hovor.operator("201").pjsua();
    let mut boris = hovor.operator("202").says(&tone(BORIS)).answers_at_once().baresip();
    dial_code(&mut anna, &hovor, "*21*202#", 1);
    assert_eq!(settings(&hovor, "anna")["always"], "202");
    let mut client = hovor.phone("client").says(&tone(CLIENT)).baresip();
    client.dial(&hovor.uri("201"));
    boris.wait_for(Moment::Established);
    pause(1.5);
    boris.hangup();
    client.wait_for(Moment::Closed);
    assert!(last(&client.heard(0), 1.0).level_of(BORIS) > -32.0);
    assert_eq!(anna.count(Moment::Incoming), 0);
    wait_until_told(&hovor, "201", "forwarded by rule of anna (always) to 202");
    dial_code(&mut anna, &hovor, "#21#", 2);
    assert_eq!(settings(&hovor, "anna")["always"], Value::Null);
    client.dial(&hovor.uri("201"));
    anna.wait_for(Moment::Incoming);
}

#[test]
fn a_code_sends_calls_that_nobody_answers_to_a_phone_outside_after_so_many_seconds() {
    const OUTSIDE: &str = "+420777123456";
    let hovor = Hovor::start();
    let mut anna = hovor.operator("201").pjsua();
    let outside = hovor.phone(OUTSIDE).says(&tone(BORIS)).answers_at_once().baresip();
    hovor.cli(&["trunk", "set", "carrier", "--port", &outside.sip_port().to_string(), "--options", "0"]);
    dial_code(&mut anna, &hovor, &format!("*61*{OUTSIDE}*5#"), 1);
    assert_eq!(settings(&hovor, "anna")["no_answer"], json!({ "to": OUTSIDE, "after_s": 5 }));
    let mut client = hovor.phone("client").says(&tone(CLIENT)).baresip();
    client.dial(&hovor.uri("201"));
    anna.wait_for(Moment::Incoming);
    let rings = Instant::now();
    outside.wait_for(Moment::Established);
    let rang = rings.elapsed().as_secs_f64();
    assert!((4.0..8.0).contains(&rang), "it rang for {rang} s");
    client.wait_for(Moment::Established);
    pause(1.5);
    client.hangup();
    outside.wait_for(Moment::Closed);
    assert!(last(&client.heard(0), 1.0).level_of(BORIS) > -32.0);
    assert!(last(&outside.heard(0), 1.0).level_of(CLIENT) > -32.0);
    wait_until_told(&hovor, "201", &format!("forwarded by rule of anna (when not answered) to {OUTSIDE}"));
}

#[test]
fn calls_that_nobody_answers_go_on_in_time_as_set_by_rest_and_the_rule_outlives_a_restart() {
    let mut hovor = Hovor::start();
    let made: Value = serde_json::from_str(&hovor.cli(&["token", "add", "crm", "--json"])).unwrap();
    let bearer = format!("Bearer {}", made["secret"].as_str().unwrap());
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let path = "/api/v1/operators/anna/call-settings";
    let wanted = json!({ "no_answer": { "to": "202", "after_s": 5 } });
    let set = hovor.request("PUT", path, &headers, &wanted.to_string());
    assert_eq!(set.status, 200, "{}", set.body);
    let own = json!({ "always": "201" });
    let refused = hovor.request("PUT", path, &headers, &own.to_string());
    assert!(refused.status == 422 && refused.body.contains("own extension"), "{}", refused.body);
    hovor.restart();
    let kept: Value = hovor.request("GET", path, &headers, "").json();
    assert_eq!(kept["no_answer"], wanted["no_answer"]);
    let anna = hovor.operator("201").baresip();
    let boris = hovor.operator("202").answers_at_once().baresip();
    let mut client = hovor.phone("client").baresip();
    client.dial(&hovor.uri("201"));
    anna.wait_for(Moment::Incoming);
    boris.wait_for(Moment::Established);
    anna.wait_for(Moment::Closed);
    wait_until_told(&hovor, "201", "forwarded by rule of anna (when not answered) to 202");
}

#[test]
fn who_is_not_to_be_disturbed_gets_no_queue_and_direct_calls_go_by_the_rule_for_busy() {
    let hovor = Hovor::start();
    let mut anna = hovor.operator("201").pjsua();
    let boris = hovor.operator("202").answers_at_once().baresip();
    dial_code(&mut anna, &hovor, "*67*202#", 1);
    dial_code(&mut anna, &hovor, "*78", 2);
    assert!(hovor.cli(&["operator", "anna"]).contains("do not disturb"));
    let mut direct = hovor.phone("direct").baresip();
    direct.dial(&hovor.uri("201"));
    boris.wait_for(Moment::Established);
    wait_until_told(&hovor, "201", "forwarded by rule of anna (when busy) to 202");
    direct.hangup();
    boris.wait_for(Moment::Closed);
    let mut client = hovor.phone("client").pjsua();
    client.dial(&hovor.uri("100"));
    client.wait_for(Moment::Established);
    pause(0.5);
    client.press("1");
    boris.wait_for_number(Moment::Established, 2);
    wait_until_told(&hovor, "100", "not to anna: do not disturb");
    assert_eq!(anna.count(Moment::Incoming), 0);
}

#[test]
fn three_phones_in_a_room_hear_each_other_and_a_tone_when_one_comes() {
    let hovor = Hovor::start();
    let room = hovor.uri("610");
    let mut client = hovor.phone("client").says(&tone(CLIENT)).baresip();
    let mut anna = hovor.operator("201").says(&tone(ANNA)).pjsua();
    let mut boris = hovor.operator("202").says(&tone(BORIS)).baresip();
    client.dial(&room);
    client.wait_for(Moment::Established);
    pause(3.5);
    anna.dial(&room);
    anna.wait_for(Moment::Established);
    pause(1.5);
    boris.dial(&room);
    boris.wait_for(Moment::Established);
    pause(2.0);
    boris.hangup();
    boris.wait_for(Moment::Closed);
    pause(1.5);
    anna.hangup();
    anna.wait_for(Moment::Closed);
    pause(1.0);
    client.hangup();
    client.wait_for(Moment::Closed);
    let heard = client.heard(0);
    assert!(heard.between(0.5, 3.0).level() > -45.0, "the first one hears that nobody else is there");
    // The words end after 1.8 s.
    assert!(!has(&heard, (2.0, 3.0), ANNA) && has(&heard, (0.0, 20.0), COMES));
    let both = |sound: &Sound, one: f64, other: f64| {
        let steps = (sound.seconds() / 0.2) as usize;
        (0..steps).any(|step| {
            let part = sound.between(step as f64 * 0.2, step as f64 * 0.2 + 0.2);
            part.level_of(one) > -32.0 && part.level_of(other) > -32.0
        })
    };
    assert!(both(&heard, ANNA, BORIS), "the client");
    assert!(both(&anna.heard(0), CLIENT, BORIS), "anna");
    assert!(both(&boris.heard(0), CLIENT, ANNA), "boris");
    assert!(!has(&last(&anna.heard(0), 0.8), (0.0, 0.8), BORIS), "boris has left");
}

/// A lamp of dana's phone for an extension.
fn lamp(hovor: &Hovor, extension: &str) -> Running {
    let login = format!("204;[authentication username=204 password={PASSWORD}]");
    let lamp = Sipp::new(&hovor.ports, "watch", hovor.sip_port).calling(extension).users(&[login]).start();
    wait_for("the first state", Duration::from_secs(10), || lamp.notes().contains("lamp").then_some(()));
    lamp
}

/// Waits until a lamp has told so many states, and gives the last one.
fn shown(lamp: &Running, words: &str) -> String {
    wait_for(&format!("the lamp to show {words}"), Duration::from_secs(10), || {
        let notes = lamp.notes();
        notes.lines().rfind(|line| line.contains("lamp") && line.contains(words)).map(str::to_owned)
    })
}

#[test]
fn a_client_parked_by_the_transfer_key_is_taken_at_another_phone_and_the_lamp_of_the_slot_shows_it() {
    let hovor = Hovor::start();
    let lamp = lamp(&hovor, "701");
    let mut anna = hovor.operator("201").says(&tone(ANNA)).answers_at_once().pjsua();
    let mut boris = hovor.operator("202").says(&tone(BORIS)).baresip();
    let mut client = hovor.phone("client").says(&tone(CLIENT)).baresip();
    client.dial(&hovor.uri("201"));
    client.wait_for(Moment::Established);
    pause(1.0);
    anna.command(json!({ "do": "transfer", "uri": hovor.uri("700") }));
    shown(&lamp, "confirmed");
    anna.wait_for(Moment::Closed);
    pause(1.0);
    boris.dial(&hovor.uri("701"));
    boris.wait_for(Moment::Established);
    pause(1.5);
    boris.hangup();
    client.wait_for(Moment::Closed);
    let told = last(&anna.heard(0), 2.5);
    assert!(
        told.level() > -45.0 && told.level_of(CLIENT) < -40.0,
        "the parker hears the slot, not the client"
    );
    let heard = client.heard(0);
    assert!(last(&heard, 1.0).level_of(BORIS) > -32.0);
    assert!(last(&boris.heard(0), 1.0).level_of(CLIENT) > -32.0);
    let waits = heard.between(2.5, 4.0);
    assert!(waits.level() > -50.0 && waits.level_of(ANNA) < -40.0, "music: {}", waits.level());
    let notes = lamp.notes();
    let after = notes.lines().rfind(|line| line.contains("lamp")).unwrap();
    assert!(!after.contains("confirmed"), "the slot is free again: {notes}");
    wait_until_told(&hovor, "201", "parked by anna at 701");
    wait_until_told(&hovor, "201", "picked up by boris from slot 701");
}

#[test]
fn a_client_who_is_parked_for_too_long_comes_back_to_the_parker() {
    let hovor = Hovor::start_with(&["--park-for", "2"]);
    let mut anna = hovor.operator("201").says(&tone(ANNA)).answers_at_once().pjsua();
    let mut client = hovor.phone("client").says(&tone(CLIENT)).baresip();
    client.dial(&hovor.uri("201"));
    client.wait_for(Moment::Established);
    pause(0.5);
    // A second call while the client is on hold, as desk phones have it.
    anna.command(json!({ "do": "hold_first" }));
    pause(0.5);
    anna.dial(&hovor.uri("*68"));
    anna.wait_for_number(Moment::Closed, 2);
    anna.wait_for_number(Moment::Incoming, 2);
    pause(1.5);
    client.hangup();
    client.wait_for(Moment::Closed);
    assert!(last(&client.heard(0), 0.8).level_of(ANNA) > -32.0);
    wait_until_told(&hovor, "201", "waited too long at 701");
}

/// The phone of 201 was told that somebody else answered: it lists no missed call (RFC 3326).
#[track_caller]
fn assert_completed_elsewhere(hovor: &Hovor) {
    let told = hovor.cli(&["trace", "--json", "--number", "201"]);
    assert!(told.contains("SIP;cause=200;text=\\\"Call completed elsewhere\\\""), "{told}");
}

#[test]
fn a_call_that_rings_at_a_colleague_is_answered_by_code_and_is_no_missed_call_there() {
    let hovor = Hovor::start();
    let anna = hovor.operator("201").pjsua();
    let mut boris = hovor.operator("202").says(&tone(BORIS)).pjsua();
    let mut client = hovor.phone("client").says(&tone(CLIENT)).baresip();
    client.dial(&hovor.uri("201"));
    anna.wait_for(Moment::Incoming);
    boris.dial(&hovor.uri("*8201"));
    boris.wait_for(Moment::Established);
    client.wait_for(Moment::Established);
    pause(1.5);
    client.hangup();
    boris.wait_for(Moment::Closed);
    assert!(last(&client.heard(0), 1.0).level_of(BORIS) > -32.0);
    assert!(last(&boris.heard(0), 1.0).level_of(CLIENT) > -32.0);
    assert_completed_elsewhere(&hovor);
    wait_until_told(&hovor, "201", "picked up by boris from anna");
}

/// The value of an attribute in a noted element.
fn attribute<'a>(noted: &'a str, name: &str) -> &'a str {
    let rest = noted.split_once(&format!(" {name}=\"")).unwrap_or_else(|| panic!("no {name} in {noted}")).1;
    rest.split('"').next().unwrap()
}

#[test]
fn a_lamp_names_the_call_that_rings_and_a_phone_that_names_it_answers_in_its_place() {
    let hovor = Hovor::start();
    let lamp = lamp(&hovor, "201");
    let anna = hovor.operator("201").pjsua();
    let mut boris = hovor.operator("202").says(&tone(BORIS)).pjsua();
    let mut client = hovor.phone("client").says(&tone(CLIENT)).baresip();
    client.dial(&hovor.uri("201"));
    anna.wait_for(Moment::Incoming);
    let rings = shown(&lamp, "call-id=");
    assert!(rings.contains("early"), "{rings}");
    let named = format!(
        "{};to-tag={};from-tag={};early-only",
        attribute(&rings, "call-id"),
        attribute(&rings, "local-tag"),
        attribute(&rings, "remote-tag")
    );
    boris.command(json!({ "do": "call", "uri": hovor.uri("201"), "headers": { "Replaces": named } }));
    boris.wait_for(Moment::Established);
    client.wait_for(Moment::Established);
    anna.wait_for(Moment::Closed);
    pause(1.5);
    assert_completed_elsewhere(&hovor);
    client.hangup();
    client.wait_for(Moment::Closed);
    assert!(last(&client.heard(0), 1.0).level_of(BORIS) > -32.0);
}

#[test]
fn a_ringing_phone_shows_queue_tenant_and_client_and_what_a_colleague_said_of_the_call() {
    let hovor = Hovor::start();
    let mut anna = hovor.operator("201").pjsua();
    let mut client = hovor.phone("client").pjsua();
    client.dial(&hovor.uri("100"));
    client.wait_for(Moment::Established);
    pause(0.5);
    client.press("1");
    anna.wait_for(Moment::Incoming);
    let log = anna.log();
    assert!(log.contains("From: \"sales @ Harbour: client\" <sip:client@"), "{log}");
    anna.accept();
    anna.wait_for(Moment::Established);
    let boris = hovor.operator("202").pjsua();
    let made: Value = serde_json::from_str(&hovor.cli(&["token", "add", "crm", "--json"])).unwrap();
    let bearer = format!("Bearer {}", made["secret"].as_str().unwrap());
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let live: Value = hovor.request("GET", "/api/v1/sessions?live=true", &headers, "").json();
    let path = format!("/api/v1/sessions/{}/forward", live[0]["id"].as_str().unwrap());
    let body = json!({ "to": { "operator": "boris" }, "note": "wants a refund" });
    let reply = hovor.request("POST", &path, &headers, &body.to_string());
    assert_eq!(reply.status, 204, "{}", reply.body);
    boris.wait_for(Moment::Incoming);
    let log = boris.log();
    assert!(log.contains("Subject: wants a refund"), "{log}");
    assert!(log.contains("From: \"wants a refund - Harbour: client\" <sip:client@"), "{log}");
}
