//! People who log in with a browser: their phone, what they see, and what they may do.

use std::time::Duration;

use serde_json::Value;

use crate::support::hovor::{Hovor, PASSWORD};
use crate::support::http::Reply;
use crate::support::live::Live;
use crate::support::phone::{Moment, Phone};
use crate::support::{pause, wait_for};

/// Somebody who has logged in.
struct Person {
    cookie: String,
    csrf: String,
}

impl Person {
    #[track_caller]
    fn log_in(hovor: &Hovor, name: &str) -> Self {
        let body = format!(r#"{{"name": "{name}", "password": "{PASSWORD}"}}"#);
        let json = [("Content-Type", "application/json")];
        let reply = hovor.request("POST", "/api/v1/login", &json, &body);
        assert_eq!(reply.status, 200, "{reply:?}");
        let cookie = reply.head.split("hovor_login=").nth(1).unwrap().split(';').next().unwrap().to_owned();
        Self { cookie, csrf: reply.json()["csrf"].as_str().unwrap().to_owned() }
    }

    #[track_caller]
    fn ask(&self, hovor: &Hovor, method: &str, path: &str) -> Reply {
        let cookie = format!("hovor_login={}", self.cookie);
        hovor.request(method, path, &[("Cookie", &cookie), ("X-CSRF-Token", &self.csrf)], "")
    }

    fn looks_on(&self, hovor: &Hovor, after: Option<u64>) -> Live {
        Live::open(hovor.http_port, &self.cookie, after).unwrap()
    }
}

fn is(kind: &'static str) -> impl Fn(&Value) -> bool {
    move |event| event["kind"] == kind
}

#[test]
fn a_person_logs_in_has_a_phone_and_sees_a_client_come_wait_talk_and_go() {
    let mut hovor = Hovor::start();
    let (anna, boris) = (Person::log_in(&hovor, "anna"), Person::log_in(&hovor, "boris"));
    let mut live = anna.looks_on(&hovor, None);
    let snapshot = live.next().unwrap()["snapshot"].clone();
    assert_eq!((&snapshot["me"]["reachable"], &snapshot["waiting"]), (&false.into(), &Value::Array(vec![])));
    let begin = snapshot["number"].as_u64();

    // Her browser's phone registers with what it was lent; here one over UDP does.
    let lent = anna.ask(&hovor, "POST", "/api/v1/me/phone");
    assert_eq!(lent.status, 200, "{lent:?}");
    let lent = lent.json();
    let (user, password) = (lent["authorization_user"].as_str().unwrap(), lent["password"].as_str().unwrap());
    let mut phone = hovor.phone(user).registers_at(hovor.sip_port, password).baresip();
    live.event("she can be reached", |event| event["kind"] == "me" && event["item"]["reachable"] == true);

    let mut client = hovor.phone("client").baresip();
    client.dial(&hovor.uri("100"));
    client.wait_for(Moment::Established);
    pause(1.5);
    client.press("1");
    // Both may have come about in one step; then the own one is told first.
    let (mut waits, mut rings) = (Value::Null, Value::Null);
    while waits.is_null() || rings.is_null() {
        let concerns = |event: &Value| event["kind"] == "waiting" || event["kind"] == "mine";
        let event = live.event("a client waits, and her phone rings", concerns);
        if event["kind"] == "waiting" { waits = event } else { rings = event }
    }
    assert_eq!(
        (&waits["item"]["from"], &waits["item"]["group"]["name"]),
        (&"client".into(), &"sales".into())
    );
    let session = waits["item"]["id"].as_str().unwrap().to_owned();
    assert_eq!((&rings["item"]["id"], &rings["item"]["state"]), (&waits["item"]["id"], &"ringing".into()));
    phone.wait_for(Moment::Incoming);
    phone.accept();
    let both = |event: &Value| event["item"]["hears"].as_array().is_some_and(|hears| hears.len() == 2);
    live.event("they hear each other", |event| event["kind"] == "mine" && both(event));

    let hold = format!("/api/v1/sessions/{session}/hold");
    let refused = boris.ask(&hovor, "POST", &hold);
    assert_eq!(refused.status, 403, "{refused:?}");
    assert_eq!(anna.ask(&hovor, "POST", &hold).status, 204);
    let held =
        live.event("the client waits", |event| event["kind"] == "mine" && event["item"]["held"] == true);
    let music = |leg: &Value| leg["kind"] == "client" && leg["music"] == true;
    assert!(held["item"]["legs"].as_array().unwrap().iter().any(music), "{held}");
    assert_eq!(anna.ask(&hovor, "POST", &format!("/api/v1/sessions/{session}/resume")).status, 204);
    live.event("they talk again", |event| event["kind"] == "mine" && event["item"]["held"] == false);
    client.hangup();
    phone.wait_for(Moment::Closed);
    live.event("it is over", is("mine_gone"));

    // Whoever lost the connection is told what came meanwhile.
    let mut again = anna.looks_on(&hovor, begin);
    again.event("a client waits", is("waiting"));
    again.event("it is over", is("mine_gone"));

    // A restart logs nobody out; what came before it is not known any more.
    hovor.restart();
    assert_eq!(anna.ask(&hovor, "GET", "/api/v1/me").json()["name"], "anna");
    let said = anna.looks_on(&hovor, begin).next().unwrap();
    assert!(said.get("resync").is_some(), "{said}");

    // The phone goes with the login.
    assert!(hovor.cli(&["device", "list"]).contains(user));
    assert_eq!(anna.ask(&hovor, "POST", "/api/v1/logout").status, 204);
    assert!(!hovor.cli(&["device", "list"]).contains(user));
    assert_eq!(anna.ask(&hovor, "GET", "/api/v1/me").status, 401);
    drop(phone);
    wait_for("boris to be logged in still", Duration::from_secs(1), || {
        (boris.ask(&hovor, "GET", "/api/v1/me").status == 200).then_some(())
    });
}
