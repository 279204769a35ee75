//! Calls that nobody took, and how they are called back by a click; external contacts; rights of supervisors.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::audio::Sound;
use crate::support::hovor::Hovor;
use crate::support::http::Reply;
use crate::support::phone::{Moment, Phone};
use crate::support::{pause, wait_for};

/// Asks as a program does that has this token.
fn ask(hovor: &Hovor, token: &str, method: &str, path: &str, body: &Value) -> Reply {
    let authority = format!("Bearer {token}");
    let headers = [("authorization", &*authority), ("content-type", "application/json")];
    let body = if body.is_null() { String::new() } else { body.to_string() };
    hovor.request(method, &format!("/api/v1{path}"), &headers, &body)
}

fn token(hovor: &Hovor, name: &str, options: &[&str]) -> String {
    let made = hovor.cli(&[&["token", "add", name, "--json"], options].concat());
    serde_json::from_str::<Value>(&made).unwrap()["secret"].as_str().unwrap().to_owned()
}

/// The missed calls of this kind, when there are so many calls in the first one.
fn missed(hovor: &Hovor, token: &str, query: &str, attempts: u64) -> Value {
    wait_for(&format!("{attempts} calls in {query}"), Duration::from_secs(5), || {
        let list = ask(hovor, token, "GET", &format!("/missed-calls{query}"), &Value::Null).json();
        assert!(list.as_array().unwrap().len() <= 1, "{list:#}");
        (list[0]["attempts"] == attempts).then(|| list[0].clone())
    })
}

#[test]
fn a_client_whom_nobody_served_is_called_back_by_a_click_and_listed_once() {
    let hovor = Hovor::start();
    let all = token(&hovor, "all", &[]);
    let mut carrier = hovor.phone("+420777123456").codec("PCMA").says(&Sound::voice(71, 90.0)).baresip();
    hovor.cli(&["trunk", "set", "carrier", "--port", &carrier.sip_port().to_string()]);
    for call in 1..=2 {
        carrier.dial(&hovor.uri("+420200000100"));
        carrier.wait_for_number(Moment::Established, call);
        pause(2.0);
        carrier.press("1");
        pause(1.5);
        carrier.hangup();
        carrier.wait_for_number(Moment::Closed, call);
        missed(&hovor, &all, "?state=open&group=sales", call as u64);
    }
    let call = missed(&hovor, &all, "?state=open", 2);
    assert_eq!((&call["number"], &call["groups"]), (&json!("+420777123456"), &json!(["sales"])), "{call:#}");
    assert!(call["waited_ms"].as_i64().unwrap() > 500, "{call:#}");
    // Another tenant sees nothing of it.
    let path = format!("/missed-calls/{}", call["id"].as_str().unwrap());
    let summit = token(&hovor, "summit", &["--tenant", "summit"]);
    assert_eq!(ask(&hovor, &summit, "GET", "/missed-calls", &Value::Null).body, "[]");
    assert_eq!(ask(&hovor, &summit, "POST", &format!("{path}/dismiss"), &json!({})).status, 404);
    // Whoever has no phone, or no business with this client, cannot call.
    let by = |name: &str| ask(&hovor, &all, "POST", &format!("{path}/call"), &json!({ "operator": name }));
    assert_eq!((by("anna").status, by("emil").status), (409, 403));

    let mut anna = hovor.operator("201").says(&Sound::voice(72, 90.0)).pjsua();
    assert_eq!(by("anna").status, 201);
    anna.wait_for(Moment::Incoming);
    assert_eq!(carrier.count(Moment::Incoming), 0, "the operator's phone rings first");
    assert!(anna.log().contains("Answer-Mode: Auto") && anna.log().contains("answer-after=0"));
    anna.accept();
    carrier.wait_for(Moment::Incoming);
    pause(1.0);
    carrier.accept();
    carrier.wait_for_number(Moment::Established, 3);
    carrier.wait_until_it_hears(2, &Sound::voice(72, 90.0), 3);
    anna.wait_until_it_hears(0, &Sound::voice(71, 90.0), 3);
    anna.hangup();
    carrier.wait_for_number(Moment::Closed, 3);
    anna.wait_for(Moment::Closed);
    assert_eq!(ask(&hovor, &all, "GET", "/missed-calls?state=open", &Value::Null).body, "[]");
    let done = missed(&hovor, &all, "?state=called_back", 2);
    assert_eq!((&done["closed_by"], &done["id"]), (&json!("anna"), &call["id"]), "{done:#}");
    let session = done["closed_session"].as_str().unwrap();
    assert!(hovor.cli(&["sessions", session]).contains("is called first"));
    assert_eq!(ask(&hovor, &all, "POST", &format!("{path}/dismiss"), &json!({})).status, 409);
}

#[test]
fn an_external_contact_is_found_called_by_a_click_and_brought_into_a_conversation() {
    let hovor = Hovor::start();
    let all = token(&hovor, "all", &[]);
    let mut master =
        hovor.phone("+420777000301").codec("PCMA").says(&Sound::tone(1_000.0, -12.0, 60.0)).baresip();
    hovor.cli(&["trunk", "set", "carrier", "--port", &master.sip_port().to_string()]);
    for q in ["MASTER", "port%20auth", "777%20000%20301"] {
        let found = ask(&hovor, &all, "GET", &format!("/external-contacts?q={q}"), &Value::Null).json();
        assert_eq!(
            (&found[0]["name"], &found[1]),
            (&json!("Harbour Master"), &Value::Null),
            "{q}: {found:#}"
        );
    }
    let anna = hovor.operator("201").says(&Sound::tone(700.0, -12.0, 60.0)).answers_at_once().pjsua();
    let call = json!({ "operator": "anna", "external_contact": "Harbour Master" });
    let made = ask(&hovor, &all, "POST", "/calls", &call);
    assert_eq!(made.status, 201, "{}", made.body);
    master.wait_for(Moment::Incoming);
    master.hangup();
    anna.wait_for(Moment::Closed);
    // Busy, she hears no more; and whom she may not call, nobody calls for her.
    let premium =
        ask(&hovor, &all, "POST", "/calls", &json!({ "operator": "anna", "number": "+420900123456" }));
    assert_eq!((premium.status, premium.body.contains("may not call")), (409, true), "{}", premium.body);

    let mut client = hovor.phone("client").says(&Sound::tone(400.0, -12.0, 60.0)).baresip();
    client.dial(&hovor.uri("201"));
    client.wait_for(Moment::Established);
    let session = wait_for("the session", Duration::from_secs(5), || {
        let live = ask(&hovor, &all, "GET", "/sessions?live=true", &Value::Null).json();
        live[0]["id"].as_str().map(|id| format!("/sessions/{id}"))
    });
    let order = |what: &str, body: Value| ask(&hovor, &all, "POST", &format!("{session}/{what}"), &body);
    let nobody = order("invite", json!({ "to": { "external_contact": "Mountain Rescue" } }));
    assert_eq!(nobody.status, 404, "another tenant's contact: {}", nobody.body);
    // Only who is a supervisor there listens.
    let refused = order("supervise", json!({ "supervisor": "boris", "mode": "listen" }));
    assert_eq!((refused.status, refused.body.contains("no supervisor")), (403, true), "{}", refused.body);
    assert_eq!(order("supervise", json!({ "supervisor": "dana", "mode": "listen" })).status, 409, "no phone");
    let joined = order("invite", json!({ "to": { "external_contact": "Harbour Master" } }));
    assert_eq!(joined.status, 204, "{}", joined.body);
    master.wait_for_number(Moment::Incoming, 2);
    master.accept();
    master.wait_for(Moment::Established);
    pause(2.0);
    client.hangup();
    client.wait_for(Moment::Closed);
    let heard = client.heard(0);
    let end = heard.between(heard.seconds() - 1.5, heard.seconds());
    assert!(end.level_of(700.0) > -32.0 && end.level_of(1_000.0) > -32.0, "the client hears both");
}
