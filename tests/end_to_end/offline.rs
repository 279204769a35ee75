//! A client leaves a message in a page while nobody is there.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::audio::Sound;
use crate::support::hovor::{Hovor, PASSWORD};
use crate::support::mail::MailServer;
use crate::support::ports::Ports;
use crate::support::seat::Seat;
use crate::support::wait_for;

fn listed(hovor: &Hovor, command: &[&str]) -> Vec<Value> {
    serde_json::from_str(&hovor.cli(&[command, &["--json"]].concat())).unwrap()
}

/// Has the demo shop's widget take messages; gives its address.
fn takes_messages(hovor: &Hovor) -> String {
    let widget = listed(hovor, &["widget", "list"]).remove(0);
    let id = widget["id"].as_str().unwrap();
    let mut settings = widget["settings"].clone();
    settings["offline"] = json!({ "email": "shop@example.com" });
    let admin: Value = serde_json::from_str(&hovor.cli(&["token", "add", "t", "--json"])).unwrap();
    let authorization = format!("Bearer {}", admin["secret"].as_str().unwrap());
    let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
    let body = json!({ "settings": settings }).to_string();
    let changed = hovor.request("PATCH", &format!("/api/v1/widgets/{id}"), &headers, &body);
    assert_eq!(changed.status, 200, "{}", changed.body);
    format!("/chat/{id}")
}

#[test]
fn while_nobody_is_there_a_client_leaves_a_message_which_is_mailed_and_followed_up() {
    let ports = Ports::claim();
    let port = ports.one();
    let server = MailServer::start(port);
    let port = port.to_string();
    let smtp = ["--smtp-host", "127.0.0.1", "--smtp-port", &port, "--smtp-tls", "none"];
    let hovor = Hovor::start_with(&[&smtp[..], &["--smtp-from", "PBX <pbx@example.com>"]].concat());
    takes_messages(&hovor);
    let mut client = Seat::visit(&hovor, "eva", "/demo/");
    client.clicks("[data-launcher]");
    for (field, text) in [("name", "Eva Malá"), ("phone", "777 123 456"), ("email", "eva@example.com")] {
        let selector = format!("form.entry input[name={field}]");
        client.asks(json!({ "do": "fill", "selector": selector, "text": text }));
    }
    let text = "Is the lamp <b>in stock</b>?\nAnd when do you open?";
    client.asks(json!({ "do": "fill", "selector": "form.entry textarea", "text": text }));
    client.looks("widget-offline");
    assert_eq!(client.asks(json!({ "do": "axe" })), json!([]));
    client.clicks("form.entry button.primary");
    client.sees(".entry [role=status]:has-text('Thank you')");

    let mail = server.wait_for_mail(Duration::from_secs(15));
    assert_eq!(mail["to"], json!(["shop@example.com"]), "{mail}");
    let content = mail["content"].as_str().unwrap();
    for part in ["Reply-To: eva@example.com", "Is the lamp <b>in stock</b>?", "+420777123456"] {
        assert!(content.contains(part), "{part}: {content}");
    }

    // It is in the history, and stands among the clients whom somebody has to call.
    let mut anna = Seat::take(&hovor, "anna", &Sound::voice(95, 5.0));
    anna.opens();
    anna.logs_in(PASSWORD);
    anna.sees(".handset");
    let (_, sessions) = anna.fetches("/api/v1/sessions?tag=offline");
    let id = sessions[0]["id"].as_str().unwrap_or_else(|| panic!("{sessions}")).to_owned();
    assert_eq!((&sessions[0]["from_name"], &sessions[0]["line"]), (&json!("Eva Malá"), &json!("webchat")));
    let (_, written) = anna.fetches(&format!("/api/v1/sessions/{id}/messages"));
    assert_eq!(written["messages"][0]["text"], json!(text), "{written}");
    let missed = listed(&hovor, &["missed"]);
    assert_eq!((missed.len(), &missed[0]["number"]), (1, &json!("+420777123456")), "{missed:?}");

    // Now that somebody is there, the same page offers a chat.
    wait_for("Anna to be there", Duration::from_secs(10), || {
        client.asks(json!({ "do": "reload" }));
        client.clicks("[data-launcher]");
        client.sees("form.entry button.primary");
        (client.count("form.entry textarea") == 0).then_some(())
    });
}

#[test]
fn what_cannot_be_answered_is_not_taken_and_no_address_leaves_many() {
    let hovor = Hovor::start();
    let path = format!("{}/offline", takes_messages(&hovor));
    let leaves = |body: &Value| {
        let headers = [("Origin", "https://shop.example"), ("Content-Type", "text/plain")];
        hovor.request("POST", &path, &headers, &body.to_string()).status
    };
    assert_eq!(leaves(&json!({ "text": "hello" })), 422, "nobody could answer");
    assert_eq!(leaves(&json!({ "text": " ", "email": "eva@example.com" })), 422);
    assert_eq!(leaves(&json!({ "text": "hello", "email": "eva" })), 422);
    assert_eq!(leaves(&json!({ "text": "x".repeat(4_001), "email": "eva@example.com" })), 422);
    let good = json!({ "text": "hello", "email": "eva@example.com" });
    assert_eq!((0..11).map(|_| leaves(&good)).collect::<Vec<_>>(), [vec![201; 10], vec![429]].concat());
    assert_eq!(listed(&hovor, &["missed"]), Vec::<Value>::new(), "an address for mails cannot be called");
}
