//! What is recorded of a conversation that goes through everything, and who may listen to it.

use std::time::Duration;

use serde_json::{Value, json};

use super::conversation::{ANNA, BORIS, CLIENT, assert_course, course, order, tone};
use crate::support::audio::Sound;
use crate::support::hovor::Hovor;
use crate::support::http::Reply;
use crate::support::phone::{Moment, Phone};
use crate::support::{pause, wait_for};

/// A token for one tenant, as a header.
fn bearer(hovor: &Hovor, tenant: &str) -> String {
    let made = hovor.cli(&["token", "add", &format!("of-{tenant}"), "--tenant", tenant, "--json"]);
    let made: Value = serde_json::from_str(&made).unwrap();
    format!("Bearer {}", made["secret"].as_str().unwrap())
}

fn get(hovor: &Hovor, bearer: &str, path: &str, range: Option<&str>) -> Reply {
    let mut headers = vec![("authorization", bearer)];
    headers.extend(range.map(|range| ("range", range)));
    hovor.request("GET", path, &headers, "")
}

#[test]
fn one_recording_has_the_client_on_the_left_whoever_serves_on_the_right_and_nothing_private() {
    let hovor = Hovor::start();
    let announced = ["--record-announcement", "recorded", "--record-at-once", "--record-keep-days", "30"];
    hovor.cli(&[&["group", "set", "sales", "--in", "harbour", "--record", "on"], &announced[..]].concat());
    let anna = hovor.operator("201").says(&tone(ANNA)).answers_at_once().pjsua();
    let mut client = hovor.phone("client").says(&tone(CLIENT)).baresip();
    client.dial(&hovor.uri("100"));
    client.wait_for(Moment::Established);
    pause(1.5);
    client.press("1");
    anna.wait_for(Moment::Established);
    pause(1.1);
    let boris = hovor.operator("202").says(&tone(BORIS)).answers_at_once().baresip();
    order(&hovor, "invite", json!({ "to": { "operator": "boris" }, "consult": true }));
    boris.wait_for(Moment::Established);
    pause(1.1);
    order(&hovor, "leave", json!({ "operator": "boris" }));
    boris.wait_for(Moment::Closed);
    pause(1.1);
    order(&hovor, "recording", json!({ "action": "pause", "by": "anna" }));
    assert_eq!(hovor.sessions()[0]["recording"], "paused");
    pause(1.1);
    order(&hovor, "recording", json!({ "action": "resume" }));
    pause(1.1);
    order(&hovor, "forward", json!({ "to": { "operator": "boris" } }));
    anna.wait_for(Moment::Closed);
    pause(1.1);
    client.hangup();
    boris.wait_for_number(Moment::Closed, 2);
    check(&hovor);
}

/// The recording of the only session.
fn check(hovor: &Hovor) {
    let (own, other) = (bearer(hovor, "harbour"), bearer(hovor, "summit"));
    let session = hovor.sessions()[0]["id"].as_str().unwrap().to_owned();
    let all = format!("/api/v1/sessions/{session}/recordings");
    let recording = wait_for("the recording", Duration::from_secs(5), || {
        get(hovor, &own, &all, None).json().as_array().and_then(|all| all.first().cloned())
    });
    assert_eq!(recording["complete"], true, "{recording}");
    let (started, removed) = (&recording["started_at"], &recording["removed_at"]);
    assert_eq!(removed.as_i64().unwrap() - started.as_i64().unwrap(), 30 * 86_400_000);
    let one = format!("{all}/{}", recording["id"].as_str().unwrap());
    let reply = get(hovor, &own, &format!("{one}/audio"), None);
    assert!(reply.status == 200 && reply.head.contains("audio/wav"), "{}", reply.head);
    let [left, right] = &Sound::channels(&reply.bytes)[..] else { panic!("stereo") };
    let mut sides = course(left);
    // Where it begins and ends within a window.
    sides.retain(|step| step != "music");
    assert_eq!(sides, ["400", "silence", "400"], "only the pause is without the client");
    assert_course("the right side", right, &["700", "silence", "700", "silence", "700", "1000"]);
    assert!(right.level_of(CLIENT) < -45.0 && left.level_of(ANNA) < -45.0, "the sides are mixed up");
    let told = get(hovor, &own, &one, None).json();
    let marks: Vec<&str> =
        told["marks"].as_array().unwrap().iter().map(|mark| mark["mark"].as_str().unwrap()).collect();
    assert_eq!((marks, &told["ms"]), (vec!["private", "paused"], &recording["length_ms"]), "{told:#}");
    let second = |key: &str| told["marks"][0][key].as_f64().unwrap() / 1e3;
    let private = right.between(second("from_ms"), second("to_ms"));
    assert!(private.seconds() > 0.9 && private.level() < -60.0, "the consultation is on it");
    let sides = told["parties"].as_array().unwrap().iter().map(|party| &party["recorded"][0]["side"]);
    assert_eq!(sides.filter(|side| **side == "company").count(), 2, "{told:#}");
    let part = get(hovor, &own, &format!("{one}/audio"), Some("bytes=44-1043"));
    assert_eq!((part.status, &part.bytes[..]), (206, &reply.bytes[44..1_044]));
    for path in [&all, &one, &format!("{one}/audio")] {
        assert_eq!(get(hovor, &other, path, None).status, 404, "{path}");
    }
    assert_eq!(hovor.request("DELETE", &one, &[("authorization", &other)], "").status, 404);
    let log = hovor.log();
    assert!(log.contains("a recording is listened to") && log.contains("token of-harbour"), "{log}");
    assert_eq!(hovor.request("DELETE", &one, &[("authorization", &own)], "").status, 204);
    assert_eq!(get(hovor, &own, &format!("{one}/audio"), None).status, 404);
    assert!(
        std::fs::read_dir(hovor.data().join("recordings/kept"))
            .unwrap()
            .next()
            .is_none_or(|tenant| { std::fs::read_dir(tenant.unwrap().path()).unwrap().next().is_none() })
    );
}

#[test]
fn a_recording_that_is_announced_first_begins_when_the_client_has_heard_so() {
    let hovor = Hovor::start();
    hovor.cli(&[
        "group",
        "set",
        "sales",
        "--in",
        "harbour",
        "--record",
        "on",
        "--record-announcement",
        "recorded",
    ]);
    let anna = hovor.operator("201").answers_at_once().pjsua();
    let mut client = hovor.phone("client").says(&tone(CLIENT)).baresip();
    client.dial(&hovor.uri("100"));
    client.wait_for(Moment::Established);
    pause(1.5);
    client.press("1");
    anna.wait_for(Moment::Established);
    wait_for("the recording to begin", Duration::from_secs(10), || {
        (hovor.sessions()[0]["recording"] == "on").then_some(())
    });
    pause(1.5);
    client.hangup();
    anna.wait_for(Moment::Closed);
    client.wait_for(Moment::Closed);
    let own = bearer(&hovor, "harbour");
    let all = format!("/api/v1/sessions/{}/recordings", hovor.sessions()[0]["id"].as_str().unwrap());
    let recording = wait_for("the recording", Duration::from_secs(5), || {
        get(&hovor, &own, &all, None).json().as_array().and_then(|all| all.first().cloned())
    });
    let length = recording["length_ms"].as_f64().unwrap() / 1e3;
    let heard = client.heard(0);
    let begins = heard.seconds() - length;
    let announced = heard.between(begins - 1.5, begins - 0.3).level();
    assert!(announced > -45.0, "nothing was announced before it: {announced}");
    let after = heard.between(begins + 0.3, heard.seconds() - 0.1).level();
    assert!(after < -50.0, "the announcement goes on in the recording: {after}");
    let reply = get(&hovor, &own, &format!("{all}/{}/audio", recording["id"].as_str().unwrap()), None);
    let [left, right] = &Sound::channels(&reply.bytes)[..] else { panic!("stereo") };
    assert!(left.between(0.1, length - 0.2).level_of(CLIENT) > -20.0, "{length}");
    assert!(right.level() < -50.0, "the announcement is on it");
}
