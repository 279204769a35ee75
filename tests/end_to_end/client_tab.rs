//! Who a client is: what operators see and write beside a call, and in the directory of contacts.

use serde_json::{Value, json};

use crate::support::audio::Sound;
use crate::support::hovor::Hovor;
use crate::support::pause;
use crate::support::phone::{Moment, Phone};
use crate::support::seat::Seat;

/// Of a contact of the demo company: Jana Nováková.
const KNOWN: &str = "+420777123456";
const UNKNOWN: &str = "+420601222333";
const HEARD: &str = ".sign.good:has-text('can hear you')";

/// Somebody with this number who chose sales in the menu.
fn calls(hovor: &Hovor, number: &str, says: &Sound) -> impl Phone {
    let mut client = hovor.phone(number).says(says).codec("PCMA").baresip();
    client.dial(&hovor.uri("100"));
    client.wait_for(Moment::Established);
    pause(1.5);
    client.press("1");
    client
}

/// Takes the call that rings, and hears it.
#[track_caller]
fn accepts(seat: &mut Seat) {
    seat.clicks(".offers section button.good");
    seat.sees(HEARD);
}

/// Writes into a field of the tab, and leaves it.
#[track_caller]
fn writes(seat: &mut Seat, field: &str, text: &str) {
    let selector = format!(".clients .field:has(label:text-is('{field}')) input");
    seat.asks(json!({ "do": "fill", "selector": selector, "text": text }));
    seat.presses("Tab");
}

/// What the server knows of the client of the running session.
fn client_of_running(seat: &mut Seat) -> Value {
    let (_, sessions) = seat.fetches("/api/v1/sessions?live=true");
    let id = sessions[0]["id"].as_str().unwrap_or_else(|| panic!("no session runs: {sessions}")).to_owned();
    seat.fetches(&format!("/api/v1/sessions/{id}/client")).1
}

#[test]
fn a_known_client_is_matched_and_two_operators_see_the_same() {
    let hovor = Hovor::start_alone();
    let voice = Sound::voice(96, 90.0);
    let mut anna = Seat::take(&hovor, "anna", &Sound::voice(97, 90.0));
    let mut boris = Seat::take(&hovor, "boris", &Sound::voice(98, 90.0));
    anna.is_ready();
    let mut client = calls(&hovor, KNOWN, &voice);

    // Who it is stands there before the call is accepted, and then beside it, with the reason.
    anna.sees(".offers section");
    anna.presses("q");
    anna.presses("p");
    anna.sees(".preview section:has-text('Jana Nováková'):has-text('Matched automatically')");
    anna.presses("Escape");
    accepts(&mut anna);
    anna.sees(".connected:has-text('Jana Nováková'):has-text('Matched automatically · 9')");
    anna.sees(".connected:has-text('Same phone number: +420 777 123 456')");
    anna.looks("client-known");

    // What is written is saved when the field is left; what is wrong is said beside it, and not kept.
    writes(&mut anna, "E-mail", "jana@");
    anna.sees(".clients .field:has(label:text-is('E-mail')) .wrong:has-text('Not saved')");
    writes(&mut anna, "E-mail", "jana@example.com");
    anna.sees_no_more(".clients .wrong");
    writes(&mut anna, "Name", "Jana N.");
    anna.sees(".connected:has-text('name')");
    let known = client_of_running(&mut anna);
    assert_eq!(known["email"], "jana@example.com", "{known}");
    assert_eq!(known["name"], "Jana N.", "{known}");

    // A colleague in the call sees it, and what one of them does is seen by the other.
    boris.is_ready();
    anna.clicks(".controls button:has-text('Invite')");
    anna.chooses("Operator", "Boris");
    anna.clicks("dialog footer .primary");
    boris.sees(".offers section");
    boris.clicks(".offers section button.good");
    boris.sees(".connected:has-text('Matched automatically')");
    boris.clicks(".connected button:has-text('Disconnect')");
    anna.sees_no_more(".connected");
    anna.sees(".clients li:has-text('Jana Nováková'):has-text('Same phone number')");
    anna.looks("client-candidates");
    anna.clicks(".clients li:has-text('Same phone number') button:has-text('Connect')");
    boris.sees(".connected:has-text('Jana Nováková'):has-text('Chosen by an operator')");
    client.hangup();
    client.wait_for(Moment::Closed);
}

#[test]
fn an_unknown_client_becomes_a_contact_who_is_known_at_the_second_call() {
    let hovor = Hovor::start_alone();
    let voice = Sound::voice(99, 60.0);
    let mut anna = Seat::take(&hovor, "anna", &Sound::voice(100, 90.0));
    anna.is_ready();
    let mut client = calls(&hovor, UNKNOWN, &voice);
    anna.sees(".offers section");
    accepts(&mut anna);
    anna.sees(".clients :text('No contact fits what is known.')");
    writes(&mut anna, "Name", "Petr Dlouhý");
    anna.clicks(".clients button:has-text('New contact')");
    anna.sees("dialog input[inputmode=tel]");
    anna.looks("contact-new");
    anna.clicks("dialog button.primary");
    anna.sees(".connected:has-text('Petr Dlouhý'):has-text('Chosen by an operator')");
    client.hangup();
    client.wait_for(Moment::Closed);
    // What is known of the client can still be written down when the call is over.
    anna.sees("h1:text-is('The call has ended')");
    anna.sees(".connected:has-text('Petr Dlouhý')");
    anna.looks("client-after");
    drop(client);

    let mut client = calls(&hovor, UNKNOWN, &voice);
    anna.sees(".offers section");
    accepts(&mut anna);
    anna.sees(".connected:has-text('Petr Dlouhý'):has-text('Matched automatically')");
    anna.sees(".clients section:has(h3:text-is('Earlier sessions')) li:has-text('anna')");
    client.hangup();
    client.wait_for(Moment::Closed);

    // The directory has the contact, finds it as one types, and warns of another one who would be the same.
    anna.clicks("nav a:has-text('Contacts')");
    anna.asks(json!({ "do": "fill", "selector": ".directory input[type=search]", "text": "dlouhy" }));
    anna.sees(".directory:has-text('1 contact')");
    anna.looks("contacts");
    anna.presses("ArrowDown");
    anna.presses("Enter");
    anna.sees("article h1:has-text('Petr Dlouhý')");
    anna.sees("article section:has(h2:text-is('Sessions')) li:has-text('anna')");
    anna.looks("contact");
    anna.clicks(".directory button:has-text('New contact')");
    anna.asks(json!({ "do": "fill", "selector": "dialog input[data-first]", "text": "Petr Dlouhy" }));
    anna.clicks("dialog button:has-text('Add a phone')");
    anna.asks(json!({ "do": "fill", "selector": "dialog input[inputmode=tel]", "text": "+420 601 222 333" }));
    anna.clicks("dialog button.primary");
    anna.sees("dialog li:has-text('Petr Dlouhý'):has-text('Same phone number')");
    anna.looks("contact-similar");
    anna.clicks("dialog li button:has-text('Use this one')");
    anna.sees_no_more("dialog");
    assert_eq!(anna.fetches("/api/v1/contacts?q=dlouhy").1.as_array().map(Vec::len), Some(1));
}

#[test]
fn contacts_are_merged_parted_called_and_removed_in_the_directory() {
    let hovor = Hovor::start_alone();
    let mut anna = Seat::take(&hovor, "anna", &Sound::voice(101, 60.0));
    anna.is_ready();
    anna.presses("c");
    anna.clicks(".directory button:has-text('New contact')");
    anna.asks(json!({ "do": "fill", "selector": "dialog input[data-first]", "text": "Petr Krátký" }));
    anna.clicks("dialog button:has-text('Add a phone')");
    anna.asks(json!({ "do": "fill", "selector": "dialog input[inputmode=tel]", "text": "600" }));
    anna.clicks("dialog button.primary");
    anna.sees("dialog [role=alert]:has-text('phones')");
    anna.asks(json!({ "do": "fill", "selector": "dialog input[inputmode=tel]", "text": "+420602999888" }));
    anna.clicks("dialog button.primary");
    anna.sees("article h1:has-text('Petr Krátký')");

    anna.clicks("article button:has-text('Merge')");
    anna.clicks("dialog li button:has-text('Jana Nováková')");
    anna.sees("dialog li.new:has-text('+420 777 123 456')");
    anna.looks("contact-merge");
    anna.clicks("dialog footer .primary");
    anna.sees("article button:has-text('+420 777 123 456')");
    anna.sees_no_more(".directory li:has-text('Jana Nováková')");
    anna.clicks("article button:has-text('Undo the merge')");
    anna.sees(".directory li:has-text('Jana Nováková')");
    anna.sees_no_more("article button:has-text('+420 777 123 456')");

    // A click on a number calls it: the page of the call comes up.
    anna.clicks("article button:has-text('+420 602 999 888')");
    anna.sees("h1:has-text('+420 602 999 888'), section:has-text('+420 602 999 888')");
    anna.clicks("nav a:has-text('Contacts')");
    anna.clicks(".directory li a:has-text('Petr Krátký')");
    anna.clicks("article button:has-text('Delete')");
    anna.clicks("dialog button.bad");
    anna.sees_no_more("article");
    anna.sees_no_more(".directory li:has-text('Petr Krátký')");
}

#[test]
fn what_a_call_was_about_is_taken_down_seen_by_a_colleague_and_found_again() {
    let hovor = Hovor::start_alone();
    let voice = Sound::voice(103, 90.0);
    let mut anna = Seat::take(&hovor, "anna", &Sound::voice(104, 90.0));
    let mut boris = Seat::take(&hovor, "boris", &Sound::voice(105, 90.0));
    anna.is_ready();
    let mut client = calls(&hovor, KNOWN, &voice);
    anna.sees(".offers section");
    accepts(&mut anna);
    let tags = "section[aria-label=Tags]";
    let notes = "section[aria-label=Notes]";
    anna.asks(json!({ "do": "fill", "selector": format!("{tags} input"), "text": "Wholesale" }));
    anna.presses("Enter");
    anna.sees(&format!("{tags} li:has-text('Wholesale')"));
    // A word in a note sets a tag of the catalogue by itself.
    anna.asks(json!({ "do": "fill", "selector": format!("{notes} textarea"), "text": "Wants a refund for the crane." }));
    anna.presses("Control+Enter");
    anna.sees(&format!("{notes} li:has-text('for the crane.')"));
    anna.sees(&format!("{tags} li:has-text('Refund')"));
    // What is written and not saved is there again after the page was loaded anew.
    anna.asks(json!({ "do": "fill", "selector": format!("{notes} textarea"), "text": "Half a thought" }));
    anna.looks("client-work");
    anna.asks(json!({ "do": "reload" }));
    anna.sees(HEARD);
    let kept = anna.asks(json!({ "do": "value", "selector": format!("{notes} textarea") }));
    assert_eq!(kept, "Half a thought");

    boris.is_ready();
    anna.clicks(".controls button:has-text('Invite')");
    anna.chooses("Operator", "Boris");
    anna.clicks("dialog footer .primary");
    boris.sees(".offers section");
    boris.clicks(".offers section button.good");
    boris.sees(&format!("{notes} li:has-text('for the crane.')"));
    boris.clicks("[aria-label='Call result'] button:has-text('Order placed')");
    anna.sees("[aria-label='Call result'] button[aria-pressed=true]:has-text('Order placed')");
    boris.clicks(&format!("{tags} li:has-text('Wholesale') button"));
    anna.sees_no_more(&format!("{tags} li:has-text('Wholesale')"));
    client.hangup();
    client.wait_for(Moment::Closed);

    // The history finds it by a word of the note.
    boris.clicks("nav a:has-text('History')");
    boris.sees("aside[aria-label=History] li a");
    boris.asks(json!({ "do": "fill", "selector": "aside input[type=search]", "text": "nothing-of-this" }));
    boris.sees_no_more("aside[aria-label=History] li a");
    boris.asks(json!({ "do": "fill", "selector": "aside input[type=search]", "text": "crane" }));
    boris.sees("aside[aria-label=History] li a:has-text('777 123 456')");
    boris.looks("history");
    let (_, found) = boris.fetches("/api/v1/sessions?q=crane");
    assert_eq!(found.as_array().map(Vec::len), Some(1), "{found}");
    assert_eq!(boris.fetches("/api/v1/sessions?q=nothing-of-this").1, json!([]));
}
