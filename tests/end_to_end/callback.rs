//! A client who hangs up while waiting, keeps the place in the queue, and is called by the first operator who is free.

use std::time::Duration;

use serde_json::Value;

use crate::support::audio::Sound;
use crate::support::hovor::Hovor;
use crate::support::phone::{Moment, Phone};
use crate::support::{pause, wait_for};

const CLIENT: &str = "+420777123456";

/// Clients who are to be called back, or were.
fn callbacks(hovor: &Hovor, options: &[&str]) -> Vec<Value> {
    let text = hovor.cli(&[&["callback", "list", "--json"][..], options].concat());
    serde_json::from_str(&text).unwrap()
}

/// Waits until the only open promise is in this state.
#[track_caller]
fn wait_for_state(hovor: &Hovor, state: &str) -> Value {
    wait_for(&format!("a promise that is {state}"), Duration::from_secs(10), || {
        callbacks(hovor, &[]).into_iter().find(|open| open["state"] == state)
    })
}

#[test]
fn a_client_presses_a_key_hangs_up_and_is_called_once_when_it_is_their_turn_after_a_crash_too() {
    let mut hovor = Hovor::start();
    let (theirs, own) = (Sound::voice(81, 60.0), Sound::voice(82, 60.0));
    let mut client = hovor.phone(CLIENT).says(&theirs).baresip();
    let port = client.sip_port().to_string();
    hovor.cli(&["trunk", "set", "carrier", "--port", &port, "--options", "0"]);
    client.dial(&hovor.uri("+420200000100"));
    client.wait_for(Moment::Established);
    pause(1.5);
    client.press("1");
    pause(1.0);
    client.press("1");
    pause(0.5);
    client.press("1");
    let promised = wait_for_state(&hovor, "on line");
    client.hangup();
    client.wait_for(Moment::Closed);
    let waits = wait_for_state(&hovor, "waiting");
    assert_eq!((&waits["number"], &waits["position"]), (&CLIENT.into(), &1.into()), "{waits}");
    pause(0.3);
    hovor.kill();
    hovor.restart_after_a_crash();
    let restored = wait_for_state(&hovor, "waiting");
    assert_eq!((&restored["id"], &restored["waiting_since"]), (&promised["id"], &promised["waiting_since"]));
    let mut second = hovor.phone("second").baresip();
    second.dial(&hovor.uri("100"));
    second.wait_for(Moment::Established);
    pause(1.5);
    second.press("1");
    // A phone that registers is called at once, before it can tell this test of it.
    hovor.cli(&["operator", "anna", "away", "lunch"]);
    let mut anna = hovor.operator("201").says(&own).baresip();
    hovor.cli(&["operator", "anna", "online"]);
    anna.wait_for(Moment::Incoming);
    let rings = anna.events("CALL_INCOMING");
    assert!(rings[0]["peeruri"].as_str().unwrap().contains(CLIENT), "{rings:?}");
    assert_eq!(rings[0]["peerdisplayname"], "callback: sales, Harbour", "{rings:?}");
    assert_eq!(client.count(Moment::Incoming), 0, "nobody is called before an operator is there");
    anna.accept();
    client.wait_for(Moment::Incoming);
    client.accept();
    anna.wait_for(Moment::Established);
    client.wait_for_number(Moment::Established, 2);
    anna.wait_until_it_hears(0, &theirs, 3);
    client.wait_until_it_hears(1, &own, 3);
    client.hangup();
    anna.wait_for(Moment::Closed);
    anna.wait_for_number(Moment::Incoming, 2);
    anna.accept();
    second.wait_for(Moment::Established);
    let over =
        wait_for("the promise to be over", Duration::from_secs(5), || callbacks(&hovor, &["--over"]).pop());
    assert_eq!(over["state"], "served", "{over}");
    assert_eq!(callbacks(&hovor, &[]), [] as [Value; 0]);
    assert_eq!(client.count(Moment::Incoming), 1, "nobody is called twice");
    let record = hovor.record_of(CLIENT);
    assert_eq!(record.text("id"), over["session"].as_str().unwrap(), "{record:#?}");
    assert!(record.0.to_string().contains(over["asked_in"].as_str().unwrap()), "{record:#?}");
    second.hangup();
    anna.wait_for_number(Moment::Closed, 2);
}

#[test]
fn a_client_who_is_busy_is_called_again_later_and_a_program_takes_the_promise_back() {
    let hovor = Hovor::start();
    let busy = crate::support::sipp::Sipp::new(&hovor.ports, "busy", hovor.sip_port);
    let port = busy.port.to_string();
    let busy = busy.start();
    hovor.cli(&["trunk", "set", "carrier", "--port", &port, "--options", "0"]);
    let mut anna = hovor.operator("201").answers_at_once().baresip();
    hovor.cli(&["callback", "add", CLIENT, "--group", "sales"]);
    anna.wait_for(Moment::Established);
    let paused = wait_for_state(&hovor, "paused");
    assert_eq!((&paused["number"], &paused["tries"]), (&CLIENT.into(), &1.into()), "{paused}");
    let pause_ms = paused["next_at"].as_i64().unwrap() - paused["promised_at"].as_i64().unwrap();
    assert!((300_000..310_000).contains(&pause_ms), "{paused}");
    anna.wait_for(Moment::Closed);
    busy.finish();
    let refused = hovor.run(&["callback", "add", "00420777123456", "--group", "sales"]);
    assert!(!refused.status.success(), "twice to one client");
    hovor.cli(&["callback", "cancel", paused["id"].as_str().unwrap()]);
    let over =
        wait_for("the promise to be over", Duration::from_secs(5), || callbacks(&hovor, &["--over"]).pop());
    assert_eq!(over["state"], "cancelled");
    assert_eq!(callbacks(&hovor, &[]), [] as [Value; 0]);
    anna.hangup();
}
