//! What is remembered and what survives: records, registrations, and a stop that cuts nobody off.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::hovor::Hovor;
use crate::support::phone::{Moment, Phone};
use crate::support::sipp::Sipp;
use crate::support::{pause, wait_for};

#[test]
fn a_live_session_is_listed_and_remains_when_it_has_ended() {
    let hovor = Hovor::start();
    let mut client = hovor.phone("client").baresip();
    client.dial(&hovor.uri("601"));
    client.wait_for(Moment::Established);
    wait_for("the live session", Duration::from_secs(5), || {
        hovor.records_of("client").into_iter().find(|record| !record.has_ended())
    });
    client.hangup();
    let record = hovor.record_of("client");
    assert_eq!(record.text("dialled"), "601", "{record:#?}");
    assert_eq!(record.text("cause"), "normal", "{record:#?}");
}

#[test]
fn sessions_are_printed_for_people_too() {
    let hovor = Hovor::start();
    let mut client = hovor.phone("client").baresip();
    client.dial(&hovor.uri("601"));
    client.wait_for(Moment::Established);
    client.hangup();
    hovor.record_of("client");
    let text = hovor.cli(&["sessions"]);
    assert!(text.contains("client") && text.contains("601"), "{text}");
}

#[test]
fn a_past_call_is_explained_step_by_step_by_the_running_program_and_by_its_database_alone() {
    let mut hovor = Hovor::start();
    let mut client = hovor.phone("client").baresip();
    client.dial(&hovor.uri("100"));
    client.wait_for(Moment::Established);
    pause(1.0);
    client.press("1");
    let waits = || hovor.records_of("client").into_iter().find(|record| !record.0["groups"][0].is_null());
    wait_for("the caller to wait for sales", Duration::from_secs(20), waits);
    client.hangup();
    let record = hovor.record_of("client");
    let explain = ["dialplan", "try", "--demo", "--explain", record.text("id")];
    let told = hovor.cli(&explain);
    let steps: Vec<_> = ["welcome", "main", "sales"]
        .map(|node| told.find(&format!("  {node}  ")).unwrap_or_else(|| panic!("no {node} in:\n{told}")))
        .into();
    assert!(steps.is_sorted(), "{told}");
    assert!(told.contains("harbour.toml:") && told.contains("waits for group sales"), "{told}");
    hovor.stop();
    assert_eq!(hovor.cli(&explain), told, "the database tells it as the program did");
}

#[test]
fn a_restart_keeps_registrations_over_udp_and_records() {
    let mut hovor = Hovor::start();
    let mut anna = hovor.operator("201").baresip();
    let mut client = hovor.phone("client").baresip();
    client.dial(&hovor.uri("601"));
    client.wait_for(Moment::Established);
    client.hangup();
    hovor.record_of("client");
    hovor.restart();
    hovor.record_of("client");
    client.dial(&hovor.uri("201"));
    anna.wait_for(Moment::Incoming);
    anna.accept();
    client.wait_for_number(Moment::Established, 2);
    client.hangup();
    anna.wait_for(Moment::Closed);
}

#[test]
fn records_survive_a_power_cut() {
    let mut hovor = Hovor::start();
    let mut client = hovor.phone("client").baresip();
    client.dial(&hovor.uri("601"));
    client.wait_for(Moment::Established);
    client.hangup();
    hovor.record_of("client");
    hovor.kill();
    hovor.restart_after_a_crash();
    hovor.record_of("client");
}

#[test]
fn a_stop_refuses_new_calls_and_waits_for_live_ones() {
    let mut hovor = Hovor::start();
    let mut anna = hovor.operator("201").baresip();
    let mut client = hovor.phone("client").baresip();
    client.dial(&hovor.uri("201"));
    anna.wait_for(Moment::Incoming);
    anna.accept();
    client.wait_for(Moment::Established);
    hovor.terminate();
    pause(0.5);
    let late = Sipp::new(&hovor.ports, "call_refused_for_now", hovor.sip_port).calling("600").run();
    assert!(late.notes.contains("Retry-After"), "{}", late.notes);
    pause(2.0);
    assert!(!hovor.has_ended(), "a live call is cut off");
    assert_eq!(client.count(Moment::Closed), 0);
    client.hangup();
    anna.wait_for(Moment::Closed);
    wait_for("hovor to end after the last call", Duration::from_secs(5), || hovor.has_ended().then_some(()));
}

#[test]
fn a_stop_without_calls_is_quick() {
    let mut hovor = Hovor::start();
    let start = Instant::now();
    hovor.stop();
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}

#[test]
fn an_operators_status_is_set_within_100_ms() {
    let hovor = Hovor::start();
    let mut taken = vec![];
    for _ in 0..5 {
        let start = Instant::now();
        hovor.cli(&["operator", "anna", "away", "lunch"]);
        taken.push(start.elapsed());
        assert!(hovor.cli(&["operator", "anna"]).contains("lunch"));
        hovor.cli(&["operator", "anna", "online"]);
        assert!(!hovor.cli(&["operator", "anna"]).contains("lunch"));
    }
    // The quickest: the others may have waited for a busy machine to start the command at all.
    assert!(taken.iter().min() < Some(&Duration::from_millis(100)), "{taken:?}");
}

#[test]
fn a_program_with_a_token_sees_sessions_and_operators() {
    let hovor = Hovor::start();
    assert_eq!(hovor.get("/api/v1/operators").status, 401);
    let token = hovor.cli(&["token", "add", "dashboard", "--json"]);
    let token: serde_json::Value = serde_json::from_str(&token).unwrap();
    let token = token["secret"].as_str().unwrap_or_else(|| panic!("no token in {token}"));
    let bearer = format!("Bearer {token}");
    let ask = |path| hovor.request("GET", path, &[("Authorization", &bearer)], "");
    assert!(ask("/api/v1/operators").body.contains("anna"));
    assert!(ask("/api/v1/sessions").json().is_array());
}

#[test]
fn health_and_metrics_are_told() {
    let hovor = Hovor::start();
    let mut client = hovor.phone("client").baresip();
    client.dial(&hovor.uri("600"));
    client.wait_for(Moment::Established);
    let metrics = hovor.get("/metrics").body;
    assert!(metrics.contains("# TYPE"), "{metrics}");
    client.hangup();
    assert_eq!(hovor.get("/healthz").status, 200);
}

#[test]
fn a_recording_that_a_power_cut_left_behind_is_gone_after_the_next_start() {
    let mut hovor = Hovor::start();
    let mut client = hovor.phone("client").pjsua();
    client.dial(&hovor.uri("603"));
    client.wait_for(Moment::Established);
    let recordings = hovor.data().join("recordings");
    let count = || std::fs::read_dir(&recordings).unwrap().count();
    wait_for("the recording to begin", Duration::from_secs(15), || (count() == 1).then_some(()));
    hovor.kill();
    assert_eq!(count(), 1);
    hovor.restart_after_a_crash();
    assert_eq!(count(), 0);
}

#[test]
fn a_registration_over_a_connection_comes_back_unreachable_until_the_phone_registers_again() {
    let mut hovor = Hovor::start();
    let anna = hovor.operator("201").over_tcp().baresip();
    let reachable = |hovor: &Hovor| {
        let operators: Value = serde_json::from_str(&hovor.cli(&["operator", "--json"])).unwrap();
        let anna = operators.as_array().unwrap().iter().find(|operator| operator["name"] == "anna").cloned();
        anna.unwrap()["reachable"].as_bool().unwrap()
    };
    assert!(reachable(&hovor));
    anna.freeze();
    hovor.kill();
    hovor.restart_after_a_crash();
    assert!(!reachable(&hovor), "nobody can call over a connection that is gone");
    anna.thaw();
    wait_for("the phone to register again", Duration::from_secs(90), || reachable(&hovor).then_some(()));
}
