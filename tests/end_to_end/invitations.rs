//! Clients who were invited reach the operator who invited them: by an address, and by six digits.

use serde_json::{Value, json};

use crate::support::audio::Sound;
use crate::support::hovor::{Hovor, PASSWORD};
use crate::support::seat::Seat;

/// An invitation of an operator into the widget of the demo shop.
fn invitation(hovor: &Hovor, operator: &str, more: &[&str]) -> Value {
    let widgets: Value = serde_json::from_str(&hovor.cli(&["widget", "list", "--json"])).unwrap();
    let widget = widgets[0]["id"].as_str().unwrap();
    let add = ["invitation", "add", "--operator", operator, "--widget", widget, "--in", "harbour", "--json"];
    serde_json::from_str(&hovor.cli(&[&add, more].concat())).unwrap()
}

fn sits_down(hovor: &Hovor, name: &str) -> Seat {
    let mut seat = Seat::take(hovor, name, &Sound::voice(96, 5.0));
    seat.opens();
    seat.logs_in(PASSWORD);
    seat.sees(".handset");
    seat
}

fn begins(client: &mut Seat, name: &str) {
    client.asks(json!({ "do": "fill", "selector": "form.entry input[name=name]", "text": name }));
    client.clicks("form.entry button.primary");
    client.sees(".composer");
}

#[test]
fn an_invited_client_reaches_the_one_who_invited_them_by_the_address_and_by_the_code() {
    let hovor = Hovor::start_alone();
    let once = invitation(&hovor, "boris", &["--once"]);
    let (mut anna, mut boris) = (sits_down(&hovor, "anna"), sits_down(&hovor, "boris"));

    // The address opens the widget, and says whom the client reaches.
    let page = format!("/demo/#hovor-invitation={}", once["key"].as_str().unwrap());
    let mut eva = Seat::visit(&hovor, "eva", &page);
    eva.sees("form.entry .greeting:has-text('boris')");
    eva.looks("widget-invited");
    assert_eq!(eva.asks(json!({ "do": "axe" })), json!([]));
    begins(&mut eva, "Eva");
    boris.sees(".entry:has-text('Eva')");
    let (_, sessions) = anna.fetches("/api/v1/sessions");
    let path = format!("/api/v1/sessions/{}/routing", sessions[0]["id"].as_str().unwrap());
    let (_, routing) = anna.fetches(&path);
    let operators = routing["waiting"]["operators"].as_array().unwrap();
    let anna_of = operators.iter().find(|one| one["name"] == "anna").unwrap();
    assert_eq!(anna_of["code"], json!("for_another"), "{routing}");
    boris.clicks("li:has(.entry:has-text('Eva')) button.good");
    boris.sees(".chats :is(h1, h2):has-text('Eva')");

    // It was for one conversation; who has the code later is told kindly, and may write all the same.
    let mut adam = Seat::visit(&hovor, "adam", "/demo/");
    adam.clicks("[data-launcher]");
    adam.clicks("form.entry button.code");
    adam.asks(json!({ "do": "fill", "selector": "#code", "text": once["code"] }));
    adam.presses("Enter");
    adam.sees("#code-fault:has-text('used already')");

    // One that may be used again, by its six digits.
    let again = invitation(&hovor, "anna", &[]);
    adam.asks(json!({ "do": "fill", "selector": "#code", "text": again["code"] }));
    adam.presses("Enter");
    adam.sees("form.entry .greeting:has-text('anna')");
    begins(&mut adam, "Adam");
    anna.clicks("li:has(.entry:has-text('Adam')) button.good");
    anna.sees(".chats :is(h1, h2):has-text('Adam')");
    let listed: Value = serde_json::from_str(&hovor.cli(&["invitation", "list", "--json"])).unwrap();
    let uses: Vec<_> = listed.as_array().unwrap().iter().map(|one| (&one["state"], &one["uses"])).collect();
    assert_eq!(uses, [(&json!("open"), &json!(1)), (&json!("used"), &json!(1))], "{listed}");
}

#[test]
fn an_operator_makes_an_invitation_whose_address_needs_no_site_and_takes_it_back() {
    let hovor = Hovor::start_alone();
    let mut anna = sits_down(&hovor, "anna");
    anna.clicks("nav a[href='/invitations']");
    anna.sees("main .card:has-text('No invitations yet')");
    anna.clicks("main .card button.primary");
    anna.asks(json!({ "do": "fill", "selector": "dialog input[maxlength='200']", "text": "Mrs Mala, about the contract" }));
    anna.looks("workspace-invitation-new");
    anna.clicks("dialog button[type=submit]");
    anna.sees("dialog input.code");
    assert_eq!(anna.asks(json!({ "do": "axe" })), json!([]));
    anna.looks("workspace-invitation-made");
    let address = anna.asks(json!({ "do": "value", "selector": "dialog input[data-first]" }));
    let code = anna.asks(json!({ "do": "value", "selector": "dialog input.code" }));
    let (address, code) = (address.as_str().unwrap().to_owned(), code.as_str().unwrap().to_owned());
    anna.clicks("dialog footer button");
    anna.sees("main li:has-text('Mrs Mala'):has-text('not used yet')");

    // The address leads to a page of hovor with nothing but the chat, and out of the address bar goes what it holds.
    let (_, path) = address.split_once("/talk/").unwrap();
    let mut eva = Seat::visit(&hovor, "eva", &format!("/talk/{path}"));
    eva.sees("form.entry .greeting:has-text('anna')");
    eva.looks("widget-talk");
    assert_eq!(eva.asks(json!({ "do": "axe" })), json!([]));
    begins(&mut eva, "Eva");
    anna.clicks("nav a[href='/']");
    anna.clicks("li:has(.entry:has-text('Eva')) button.good");
    anna.sees(".chats :is(h1, h2):has-text('Eva')");

    anna.clicks("nav a[href='/invitations']");
    anna.sees("main li:has-text('Mrs Mala'):has-text('used once')");
    anna.looks("workspace-invitations");
    assert_eq!(anna.asks(json!({ "do": "axe" })), json!([]));
    anna.clicks("main li:has-text('Mrs Mala') button");
    anna.clicks("dialog button.bad");
    anna.sees("main details:has-text('Earlier ones')");
    let mut adam = Seat::visit(&hovor, "adam", "/demo/");
    adam.clicks("[data-launcher]");
    adam.clicks("form.entry button.code");
    adam.asks(json!({ "do": "fill", "selector": "#code", "text": code }));
    adam.presses("Enter");
    adam.sees("#code-fault:has-text('not valid any more')");
}
