//! A client leaves a number in a page, waits in the same queue as callers, and is called by the operator who accepts.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::audio::Sound;
use crate::support::hovor::{Hovor, PASSWORD};
use crate::support::http::Reply;
use crate::support::phone::{Moment, Phone, wait_until_alike};
use crate::support::seat::Seat;
use crate::support::wait_for;

const CLIENT: &str = "+420777123456";
/// Opus does not keep the shape of a wave as it is.
const OPUS: f64 = 0.8;
const SHOP: &str = "https://shop.example";

fn listed(hovor: &Hovor, command: &[&str]) -> Vec<Value> {
    serde_json::from_str(&hovor.cli(&[command, &["--json"]].concat())).unwrap()
}

/// The address of the demo shop's widget.
fn widget(hovor: &Hovor) -> String {
    let widgets = listed(hovor, &["widget", "list"]);
    format!("/chat/{}", widgets[0]["id"].as_str().unwrap())
}

/// A page of this site asks.
fn asks(hovor: &Hovor, origin: &str, path: &str, body: &Value) -> Reply {
    hovor.request("POST", path, &[("Origin", origin), ("Content-Type", "text/plain")], &body.to_string())
}

#[test]
fn a_client_leaves_a_number_in_the_demo_shop_and_is_called_by_the_operator_who_accepts() {
    let hovor = Hovor::start_alone();
    let (theirs, own) = (Sound::voice(83, 60.0), Sound::voice(84, 60.0));
    let mut phone = hovor.phone(CLIENT).says(&theirs).baresip();
    hovor.cli(&["trunk", "set", "carrier", "--port", &phone.sip_port().to_string(), "--options", "0"]);
    hovor.cli(&["operator", "anna", "away", "lunch"]);
    let mut client = Seat::visit(&hovor, "eva", "/demo/");
    client.clicks("[data-launcher]");
    client.clicks("form.entry .quiet");
    client.asks(json!({ "do": "fill", "selector": ".call input[name=phone]", "text": "777 123 456" }));
    client.asks(json!({ "do": "fill", "selector": ".call input[name=name]", "text": "Eva Malá" }));
    client.looks("widget-callback");
    assert_eq!(client.asks(json!({ "do": "axe" })), json!([]));
    client.clicks(".call [type=submit]");
    client.sees(".call [role=status]:has-text('next')");

    // Loaded anew, the page knows of it.
    client.asks(json!({ "do": "reload" }));
    client.clicks("[data-launcher]");
    client.sees(".call [role=status]:has-text('next')");

    // It stands in the queue, and accepting it calls the operator's phone before the client's.
    let mut anna = Seat::take(&hovor, "anna", &own);
    anna.opens();
    anna.logs_in(PASSWORD);
    anna.sees(".handset");
    anna.sees(".entry:has-text('Eva Malá'):has-text('777 123 456'):has-text('Callback')");
    anna.looks("workspace-callback");
    assert_eq!(phone.count(Moment::Incoming), 0);
    anna.clicks("li:has(.entry:has-text('Eva Malá')) button.good");
    phone.wait_for(Moment::Incoming);
    let calling = listed(&hovor, &["callback", "list"]);
    assert_eq!(calling[0]["state"], "calling", "{calling:#?}");
    phone.accept();
    phone.wait_for(Moment::Established);
    wait_until_alike("the client", || phone.heard(0), &own, 1, OPUS);
    anna.listens();
    wait_until_alike("anna", || anna.heard(), &theirs, 1, OPUS);
    phone.hangup();
    phone.wait_for(Moment::Closed);
    let over = wait_for("the promise to be kept", Duration::from_secs(5), || {
        listed(&hovor, &["callback", "list", "--over"]).pop()
    });
    assert_eq!((&over["state"], &over["name"]), (&json!("served"), &json!("Eva Malá")), "{over}");
    let (_, session) = anna.fetches(&format!("/api/v1/sessions/{}", over["session"].as_str().unwrap()));
    assert!(session.to_string().contains("callback_over"), "{session:#}");
}

#[test]
fn a_stranger_has_a_few_numbers_called_and_none_by_which_somebody_earns() {
    let hovor = Hovor::start();
    let path = format!("{}/callback", widget(&hovor));
    let id = path.split('/').nth(2).unwrap();
    let json = [("content-type", "application/json")];
    let ask = |phone: &str| asks(&hovor, SHOP, &path, &json!({ "phone": phone, "name": "Eva" }));

    // The page of a site that may ask reads the answer, and no other.
    let made = ask("777 123 456");
    assert_eq!(made.status, 201, "{made:?}");
    assert!(made.head.to_lowercase().contains(&format!("access-control-allow-origin: {SHOP}")), "{made:?}");
    let shown = made.json();
    assert_eq!((&shown["state"], &shown["position"]), (&json!("waiting"), &json!(1)));
    let open = listed(&hovor, &["callback", "list"]);
    assert_eq!((&open[0]["number"], &open[0]["widget"]), (&json!(CLIENT), &json!(id)), "{open:#?}");

    // The same number again is the same promise, and only who made it takes it back.
    let again = asks(&hovor, SHOP, &path, &json!({ "phone": "00420777123456" }));
    assert_eq!((again.status, &again.json()["state"]), (200, &json!("known")), "{again:?}");
    assert!(again.json()["token"].is_null());
    let token = shown["token"].as_str().unwrap();
    let (stem, _) = token.split_once('.').unwrap();
    let other = asks(&hovor, SHOP, &format!("{path}/cancel"), &json!({ "token": format!("{stem}.aaaa") }));
    assert_eq!(other.status, 404, "{other:?}");
    let state = asks(&hovor, SHOP, &format!("{path}/state"), &json!({ "token": token }));
    assert_eq!(state.json()["state"], "waiting", "{state:?}");
    let cancelled = asks(&hovor, SHOP, &format!("{path}/cancel"), &json!({ "token": token }));
    assert_eq!((cancelled.status, &cancelled.json()["state"]), (200, &json!("cancelled")), "{cancelled:?}");
    assert_eq!(listed(&hovor, &["callback", "list"]), [] as [Value; 0]);

    // Premium, abroad, help; then an hour's share of this address is used up.
    for phone in ["900 123 456", "+4930901820", "+420112"] {
        assert_eq!(ask(phone).status, 422, "{phone}");
    }
    let refused = ask("777 123 457");
    assert_eq!(refused.status, 429, "{refused:?}");
    assert!(refused.head.to_lowercase().contains("retry-after"), "{refused:?}");
    assert_eq!(listed(&hovor, &["callback", "list"]), [] as [Value; 0]);

    // A site that may not, and a widget that offers no calls.
    let only = json!({ "origins": ["https://other.example"] }).to_string();
    let admin = hovor.cli(&["token", "add", "t", "--json"]);
    let secret = serde_json::from_str::<Value>(&admin).unwrap()["secret"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {secret}");
    let headers = [json[0], ("authorization", bearer.as_str())];
    let change = |body: &str| hovor.request("PATCH", &format!("/api/v1/widgets/{id}"), &headers, body).status;
    assert_eq!(change(&only), 200);
    assert_eq!(ask("777 123 456").status, 404);
    assert_eq!(change(&json!({ "origins": [], "settings": {} }).to_string()), 200);
    assert_eq!(ask("777 123 456").status, 403);
}

#[test]
fn a_client_says_when_to_be_called_and_a_missed_call_of_theirs_is_settled_by_it() {
    let hovor = Hovor::start();
    let mut client = hovor.phone(CLIENT).baresip();
    hovor.cli(&["trunk", "set", "carrier", "--port", &client.sip_port().to_string(), "--options", "0"]);
    client.dial(&hovor.uri("+420200000100"));
    client.wait_for(Moment::Established);
    crate::support::pause(2.0);
    client.press("1");
    crate::support::pause(1.5);
    client.hangup();
    client.wait_for(Moment::Closed);
    let missed = || listed(&hovor, &["missed", "list"]);
    wait_for("the missed call", Duration::from_secs(5), || missed().pop());

    let soon = jiff::Timestamp::now() + Duration::from_secs(4);
    hovor.cli(&["callback", "add", CLIENT, "--group", "sales", "--due", &soon.to_string(), "--name", "Eva"]);
    let open = listed(&hovor, &["callback", "list"]);
    assert_eq!((&open[0]["state"], &open[0]["due_at"]), (&json!("scheduled"), &json!(soon.as_millisecond())));
    assert!(missed()[0]["promised"].is_string(), "{:#?}", missed());
    let mut anna = hovor.operator("201").baresip();
    anna.wait_for(Moment::Incoming);
    assert!(jiff::Timestamp::now() >= soon, "nobody is called before");
    anna.accept();
    client.wait_for(Moment::Incoming);
    client.accept();
    client.wait_for_number(Moment::Established, 2);
    client.hangup();
    wait_for("the missed call to be settled", Duration::from_secs(5), || missed().is_empty().then_some(()));
}
