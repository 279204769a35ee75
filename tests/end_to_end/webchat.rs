//! Clients who write from a page of a site, and operators who serve them in the workspace.

use serde_json::json;

use crate::support::audio::Sound;
use crate::support::hovor::{Hovor, PASSWORD};
use crate::support::pause;
use crate::support::seat::Seat;

const BOX: &str = ".chats textarea";

/// Opens the widget and begins a chat under this name.
#[track_caller]
fn begins(client: &mut Seat, name: &str) {
    client.clicks("[data-launcher]");
    client.asks(json!({ "do": "fill", "selector": "form.entry input[name=name]", "text": name }));
    client.clicks("form.entry button.primary");
    client.sees(".composer");
}

/// A client writes.
#[track_caller]
fn says(client: &mut Seat, text: &str) {
    client.asks(json!({ "do": "fill", "selector": ".composer textarea", "text": text }));
    client.presses("Enter");
}

/// An operator writes into the chat that is shown.
#[track_caller]
fn answers(operator: &mut Seat, text: &str) {
    operator.asks(json!({ "do": "fill", "selector": BOX, "text": text }));
    operator.presses("Enter");
    operator.sees(&format!(".log li.mine:has-text('{text}')"));
}

/// Accepts the one who waits.
#[track_caller]
fn accepts(operator: &mut Seat, who: &str) {
    operator.sees(&format!(".entry:has-text('{who}')"));
    operator.clicks(&format!("li:has(.entry:has-text('{who}')) button.good"));
    operator.sees(&format!(".chats :is(h1, h2):has-text('{who}')"));
}

/// An operator at the workspace.
fn sits_down(hovor: &Hovor, name: &str) -> Seat {
    let mut seat = Seat::take(hovor, name, &Sound::voice(95, 5.0));
    seat.opens();
    seat.logs_in(PASSWORD);
    seat.sees(".handset");
    seat
}

#[test]
fn a_client_of_the_demo_shop_is_served_in_the_workspace() {
    let hovor = Hovor::start_alone();
    let mut client = Seat::visit(&hovor, "eva", "/demo/");
    begins(&mut client, "Eva Malá");
    says(&mut client, "Is the lamp <b>in stock</b>?");
    client.sees(".log .waiting");
    client.looks("widget-waiting");

    // The operator sees who it is, in which browser and on which page, and reads what was written before.
    let mut anna = sits_down(&hovor, "anna");
    anna.sees(".entry:has-text('Eva Malá'):has-text('Chrome'):has-text('Linux')");
    accepts(&mut anna, "Eva Malá");
    anna.sees(".log li.client:has-text('Is the lamp <b>in stock</b>?')");
    client.sees(".heading:has-text('Anna')");
    answers(&mut anna, "Yes, three of them: https://shop.example/lamp");
    client.sees(".said.theirs:has-text('Yes, three of them') a[href='https://shop.example/lamp']");
    anna.sees(".log li.mine .mark:has-text('Read')");

    // A template by its shortcut.
    anna.asks(json!({ "do": "fill", "selector": BOX, "text": "#hou" }));
    anna.sees("[role=listbox] [aria-selected=true]:has-text('#hours')");
    anna.presses("Enter");
    anna.presses("Enter");
    client.sees(".said.theirs:has-text('Monday to Friday')");

    // The client walks to another page, which the operator sees, and finds the chat there.
    says(&mut client, "Great");
    client.clicks("a[href*='cart']");
    client.clicks("[data-launcher]");
    client.sees(".said.theirs:has-text('Yes, three of them')");
    client.sees(".said.mine:has-text('Great')");
    anna.sees(".chats .title a[href*='cart']");
    // What moves in the widget has come to rest.
    pause(0.6);
    client.looks("widget-chat");
    anna.looks("workspace-chat");
    assert_eq!(anna.asks(json!({ "do": "axe" })), json!([]));
    assert_eq!(client.asks(json!({ "do": "axe" })), json!([]));

    // Whoever serves ends it; what was written stays in the history.
    anna.clicks(".chats button.end");
    client.sees(".footer.over");
    let (_, sessions) = anna.fetches("/api/v1/sessions");
    let id = sessions[0]["id"].as_str().unwrap_or_else(|| panic!("{sessions}")).to_owned();
    pause(0.5);
    let (_, written) = anna.fetches(&format!("/api/v1/sessions/{id}/messages"));
    let texts: Vec<_> =
        written["messages"].as_array().unwrap().iter().map(|one| one["text"].clone()).collect();
    assert_eq!(texts.len(), 4, "{written}");
    assert_eq!(texts[0], "Is the lamp <b>in stock</b>?");

    // It is found by what was written in it, and the list says where.
    anna.clicks("nav a[href='/history']");
    anna.asks(json!({ "do": "fill", "selector": "input[type=search]", "text": "STOCK lamp" }));
    anna.sees(".passage:has-text('Eva Malá: Is the lamp <b>in stock</b>?')");
    anna.looks("workspace-history-messages");
    let (_, found) = anna.fetches("/api/v1/sessions?q=three");
    assert_eq!(found[0]["passage"]["author"], "Anna", "{found}");
    let (_, found) = anna.fetches("/api/v1/sessions?q=hree");
    assert_eq!(found, json!([]), "words are found by their beginning");
}

#[test]
fn several_chats_are_served_side_by_side_while_a_browser_is_offline() {
    let hovor = Hovor::start_alone();
    let mut anna = sits_down(&hovor, "anna");
    let mut clients: Vec<Seat> =
        ["Adam", "Bara"].iter().map(|name| Seat::visit(&hovor, name, "/demo/")).collect();
    for (client, name) in clients.iter_mut().zip(["Adam", "Bara"]) {
        begins(client, name);
        says(client, &format!("I am {name}"));
        accepts(&mut anna, name);
        anna.sees(&format!(".log li.client:has-text('I am {name}')"));
    }
    assert_eq!(anna.count(".chats [role=tab]"), 2);

    // What is written on both sides while the client is offline arrives once each, in order.
    let bara = &mut clients[1];
    bara.asks(json!({ "do": "offline", "on": true }));
    says(bara, "one");
    says(bara, "two");
    answers(&mut anna, "are you there?");
    pause(10.0);
    bara.asks(json!({ "do": "offline", "on": false }));
    anna.sees(".log li.client:has-text('two')");
    bara.sees(".said.theirs:has-text('are you there?')");
    says(bara, "three");
    anna.sees(".log li.client:has-text('three')");
    for text in ["one", "two", "three"] {
        assert_eq!(anna.count(&format!(".log .bubble:text-is('{text}')")), 1, "{text}");
        assert_eq!(bara.count(&format!(".said .bubble:text-is('{text}')")), 1, "{text}");
    }

    // The other one is a click away, and what came meanwhile is counted.
    says(&mut clients[0], "hello?");
    anna.sees(".chats [role=tab]:has-text('Adam') b");
    anna.clicks(".chats [role=tab]:has-text('Adam')");
    anna.sees(".log li.client:has-text('hello?')");
}

#[test]
fn a_colleague_is_asked_aside_and_takes_the_chat_over() {
    let hovor = Hovor::start_alone();
    let (mut anna, mut boris) = (sits_down(&hovor, "anna"), sits_down(&hovor, "boris"));
    let mut client = Seat::visit(&hovor, "eva", "/demo/");
    begins(&mut client, "Eva");
    says(&mut client, "Do you ship to Iceland?");
    accepts(&mut anna, "Eva");

    // A colleague comes in, and reads what was written before.
    anna.clicks(".chats button[aria-label='Invite']");
    anna.chooses("Operator", "Boris");
    anna.clicks("dialog footer .primary");
    accepts(&mut boris, "Eva");
    boris.sees(".log li.client:has-text('Do you ship to Iceland?')");
    anna.clicks("button.only");
    answers(&mut anna, "do we?");
    boris.sees(".log li.aside:has-text('do we?')");
    answers(&mut boris, "Yes, by sea.");
    client.sees(".said.theirs:has-text('Yes, by sea.')");
    assert_eq!(client.count(".said:has-text('do we?')"), 0, "the client does not read it");

    // The first one leaves, and the chat goes on with the other.
    anna.clicks(".chats button:has-text('Leave')");
    client.sees(".heading p:text-is('Chatting with Boris')");
    says(&mut client, "Thank you");
    boris.sees(".log li.client:has-text('Thank you')");

    // Handed to the other one again, with a word.
    boris.clicks(".chats button[aria-label='Forward']");
    boris.chooses("Operator", "Anna");
    boris.clicks("dialog footer .primary");
    accepts(&mut anna, "Eva");
    client.sees(".heading p:text-is('Chatting with Anna')");
    answers(&mut anna, "Here I am again");
    client.sees(".said.theirs:has-text('Here I am again')");
}

#[test]
fn chats_go_on_after_the_program_was_killed_and_after_it_was_stopped() {
    let mut hovor = Hovor::start_alone();
    let mut anna = sits_down(&hovor, "anna");
    let mut adam = Seat::visit(&hovor, "adam", "/demo/");
    begins(&mut adam, "Adam");
    says(&mut adam, "before the storm");
    accepts(&mut anna, "Adam");
    answers(&mut anna, "good day");
    adam.sees(".said.theirs:has-text('good day')");
    let mut bara = Seat::visit(&hovor, "bara", "/demo/");
    begins(&mut bara, "Bara");
    says(&mut bara, "I wait");
    anna.sees(".entry:has-text('Bara')");

    // Both write while nobody listens; each message arrives once.
    hovor.kill();
    says(&mut adam, "is it dark where you are?");
    anna.asks(json!({ "do": "fill", "selector": BOX, "text": "the power was out" }));
    anna.presses("Enter");
    hovor.restart_after_a_crash();
    anna.sees(".log li.client:has-text('is it dark where you are?')");
    adam.sees(".said.theirs:has-text('the power was out')");
    adam.sees(".heading:has-text('Anna')");
    for text in ["before the storm", "is it dark where you are?", "good day", "the power was out"] {
        assert_eq!(anna.count(&format!(".log .bubble:text-is('{text}')")), 1, "{text}");
        assert_eq!(adam.count(&format!(".said .bubble:text-is('{text}')")), 1, "{text}");
    }
    // Who waited does so still, and is served.
    accepts(&mut anna, "Bara");
    anna.sees(".log li.client:has-text('I wait')");
    bara.sees(".heading:has-text('Anna')");

    hovor.restart();
    answers(&mut anna, "here we are again");
    bara.sees(".said.theirs:has-text('here we are again')");
    says(&mut bara, "so am I");
    anna.sees(".log li.client:has-text('so am I')");
    let (_, sessions) = anna.fetches("/api/v1/sessions");
    assert_eq!(sessions.as_array().map(Vec::len), Some(2), "{sessions}");
}

#[test]
fn a_tenant_says_how_many_chats_an_operator_has_and_the_queue_says_why_not_more() {
    let hovor = Hovor::start_alone();
    hovor.cli(&["tenant", "set", "harbour", "--capacity", "webchat:webchat=1"]);
    let mut anna = sits_down(&hovor, "anna");
    let mut clients: Vec<Seat> =
        ["Adam", "Bara"].iter().map(|name| Seat::visit(&hovor, name, "/demo/")).collect();
    begins(&mut clients[0], "Adam");
    accepts(&mut anna, "Adam");
    begins(&mut clients[1], "Bara");
    anna.sees(".entry:has-text('Bara')");
    let (_, sessions) = anna.fetches("/api/v1/sessions");
    let bara = sessions.as_array().unwrap().iter().find(|one| one["from_name"] == "Bara").unwrap();
    let path = format!("/api/v1/sessions/{}/routing", bara["id"].as_str().unwrap());
    let (_, routing) = anna.fetches(&path);
    let waiting = &routing["waiting"];
    assert_eq!((&waiting["position"], &waiting["group"]), (&json!(1), &json!("anyone")), "{routing}");
    let told = |routing: &serde_json::Value, name: &str| {
        let operators = routing["waiting"]["operators"].as_array().unwrap();
        let one = operators.iter().find(|one| one["name"] == name).unwrap();
        (one["code"].clone(), one["can_take"].clone(), one["cannot"].clone())
    };
    assert_eq!(told(&routing, "anna"), (json!("on_session"), json!(false), json!("on_session")), "{routing}");
    assert_eq!(told(&routing, "boris").0, json!("not_at_desk"), "{routing}");

    // As many as usual again: she can take it at once.
    hovor.cli(&["tenant", "set", "harbour", "--usual-capacity"]);
    let (_, routing) = anna.fetches(&path);
    assert_eq!(told(&routing, "anna").1, json!(true), "{routing}");
    accepts(&mut anna, "Bara");
    let (_, routing) = anna.fetches(&path);
    assert_eq!(routing["waiting"], json!(null), "{routing}");
    assert!(routing["decisions"].as_array().is_some_and(|all| !all.is_empty()), "{routing}");
}
