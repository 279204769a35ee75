//! Waiting callers and their operators: who is rung, who is not, and what happens when somebody goes away.

use std::path::Path;
use std::time::Duration;

use crate::support::audio::{Sound, assert_heard};
use crate::support::baresip::Baresip;
use crate::support::folder::Folder;
use crate::support::hovor::Hovor;
use crate::support::phone::{Moment, Phone};
use crate::support::{pause, wait_for};

/// A client who has chosen sales (anna 201 and boris 202) and waits.
fn waiting_client(hovor: &Hovor, name: &str) -> Baresip {
    let mut client = hovor.phone(name).baresip();
    client.dial(&hovor.uri("100"));
    client.wait_for(Moment::Established);
    pause(1.5);
    client.press("1");
    client
}

/// Waits until one of two phones rings; returns the one that does, then the other.
fn first_to_ring<'a>(one: &'a mut Baresip, other: &'a mut Baresip) -> (&'a mut Baresip, &'a mut Baresip) {
    let first = wait_for("a phone to ring", Duration::from_secs(10), || match (one.rings(), other.rings()) {
        (true, true) => panic!("both phones ring"),
        (true, false) => Some(true),
        (false, true) => Some(false),
        (false, false) => None,
    });
    if first { (one, other) } else { (other, one) }
}

#[test]
fn a_call_that_nobody_answers_goes_to_the_next_operator() {
    let hovor = Hovor::start();
    let (mut anna, mut boris) = (hovor.operator("201").baresip(), hovor.operator("202").baresip());
    let mut client = waiting_client(&hovor, "client");
    let (silent, next) = first_to_ring(&mut anna, &mut boris);
    next.wait_for_within(Moment::Incoming, 1, Duration::from_secs(30));
    silent.wait_for(Moment::Closed);
    assert!(!silent.rings());
    next.accept();
    next.wait_for(Moment::Established);
    pause(1.0);
    client.hangup();
    next.wait_for(Moment::Closed);
    let record = hovor.record_of("client");
    assert!(record.explains(&["anna", "boris"]), "{record:#?}");
}

#[test]
fn a_call_that_is_declined_goes_to_the_next_operator_at_once() {
    let hovor = Hovor::start();
    let (mut anna, mut boris) = (hovor.operator("201").baresip(), hovor.operator("202").baresip());
    let mut client = waiting_client(&hovor, "client");
    let (busy, next) = first_to_ring(&mut anna, &mut boris);
    busy.hangup();
    next.wait_for_within(Moment::Incoming, 1, Duration::from_secs(3));
    next.accept();
    next.wait_for(Moment::Established);
    client.hangup();
    next.wait_for(Moment::Closed);
}

#[test]
fn an_operator_who_is_away_is_not_rung() {
    let hovor = Hovor::start();
    let (anna, mut boris) = (hovor.operator("201").baresip(), hovor.operator("202").baresip());
    hovor.cli(&["operator", "anna", "away", "lunch"]);
    let mut client = waiting_client(&hovor, "client");
    boris.wait_for(Moment::Incoming);
    boris.accept();
    boris.wait_for(Moment::Established);
    client.hangup();
    boris.wait_for(Moment::Closed);
    assert_eq!(anna.count(Moment::Incoming), 0);
    assert!(hovor.record_of("client").explains(&["anna", "lunch"]));
}

#[test]
fn two_callers_are_served_by_one_operator_one_after_the_other() {
    let hovor = Hovor::start();
    let mut anna = hovor.operator("201").baresip();
    let mut first = waiting_client(&hovor, "first");
    anna.wait_for(Moment::Incoming);
    anna.accept();
    anna.wait_for(Moment::Established);
    let mut second = waiting_client(&hovor, "second");
    pause(3.0);
    assert_eq!(anna.count(Moment::Incoming), 1, "an operator in a call is rung");
    first.hangup();
    anna.wait_for(Moment::Closed);
    hovor.cli(&["operator", "anna", "online"]);
    anna.wait_for_within(Moment::Incoming, 2, Duration::from_secs(40));
    anna.accept();
    anna.wait_for_number(Moment::Established, 2);
    second.hangup();
    anna.wait_for_number(Moment::Closed, 2);
}

#[test]
fn a_caller_who_hangs_up_while_it_rings_stops_the_ringing() {
    let hovor = Hovor::start();
    let anna = hovor.operator("201").baresip();
    let mut client = waiting_client(&hovor, "client");
    anna.wait_for(Moment::Incoming);
    client.hangup();
    anna.wait_for_within(Moment::Closed, 1, Duration::from_secs(2));
    let record = hovor.record_of("client");
    assert_eq!(record.text("cause"), "normal", "{record:#?}");
}

#[test]
fn an_operator_who_unregisters_while_it_rings_gives_the_call_to_the_next() {
    let hovor = Hovor::start();
    let mut anna = hovor.operator("201").pjsua();
    let mut client = waiting_client(&hovor, "client");
    anna.wait_for(Moment::Incoming);
    let mut boris = hovor.operator("202").baresip();
    anna.unregister();
    boris.wait_for_within(Moment::Incoming, 1, Duration::from_secs(8));
    boris.accept();
    boris.wait_for(Moment::Established);
    client.hangup();
    boris.wait_for(Moment::Closed);
}

#[test]
fn a_phone_that_has_vanished_is_passed_over() {
    let hovor = Hovor::start();
    let mut anna = hovor.operator("201").baresip();
    anna.vanish();
    let mut client = waiting_client(&hovor, "client");
    pause(2.0);
    let mut boris = hovor.operator("202").baresip();
    boris.wait_for_within(Moment::Incoming, 1, Duration::from_secs(40));
    boris.accept();
    boris.wait_for(Moment::Established);
    client.hangup();
    boris.wait_for(Moment::Closed);
}

#[test]
fn a_waiting_caller_hears_music_and_the_position_in_the_queue() {
    let folder = Folder::new("dialplans");
    let often = include_str!("../../dialplans/demo/harbour.toml").replace("\"30s\"", "\"8s\"");
    std::fs::write(folder.join("harbour.toml"), often).unwrap();
    let hovor = Hovor::start_with(&["--dialplans", folder.path().to_str().unwrap()]);
    let mut client = waiting_client(&hovor, "client");
    pause(20.0);
    client.hangup();
    client.wait_for(Moment::Closed);
    let media =
        |file: &str| Sound::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("media").join(file)).at_8_khz();
    let (heard, music) = (client.heard(0), media("music/harbour.wav"));
    assert_heard("the client", &heard, &music.clone().then(&music), 10);
    for piece in ["queue/you-are-number", "numbers/1", "queue/in-the-queue"] {
        let spoken = media(&format!("prompts/en/{piece}.wav"));
        assert!(spoken.place_in(&heard).is_some(), "{piece} is not heard");
    }
}

#[test]
fn two_phones_ring_at_once_and_the_first_to_answer_has_the_caller() {
    let folder = Folder::new("dialplans");
    let file = "tenant = \"harbour\"\nnumbers = [\"100\"]\nstart = \"both\"\n\n\
                [both]\ndial = [\"201\", \"202\"]\nelse = \"hangup\"\n";
    std::fs::write(folder.join("harbour.toml"), file).unwrap();
    let hovor = Hovor::start_with(&["--dialplans", &folder.path().display().to_string()]);
    let voice = Sound::voice(41, 60.0);
    let (anna, mut boris) = (hovor.operator("201").baresip(), hovor.operator("202").baresip());
    let mut client = hovor.phone("client").says(&voice).baresip();
    client.dial(&hovor.uri("100"));
    anna.wait_for(Moment::Incoming);
    boris.wait_for(Moment::Incoming);
    boris.accept();
    anna.wait_for(Moment::Closed);
    client.wait_for(Moment::Established);
    pause(4.0);
    client.hangup();
    boris.wait_for(Moment::Closed);
    assert_heard("boris", &boris.heard(0), &voice, 2);
}

#[test]
fn an_operator_who_lets_calls_ring_is_set_to_not_answering_and_rung_no_more() {
    let hovor = Hovor::start();
    hovor.cli(&["group", "set", "sales", "--offer-for", "3", "--misses-allowed", "2"]);
    let anna = hovor.operator("201").baresip();
    let mut client = waiting_client(&hovor, "client");
    anna.wait_for_within(Moment::Incoming, 2, Duration::from_secs(15));
    let status = || hovor.cli(&["operator", "anna", "--json"]);
    wait_for("the status", Duration::from_secs(10), || status().contains("not_answering").then_some(()));
    pause(5.0);
    assert_eq!(anna.count(Moment::Incoming), 2, "she is rung although she does not answer");
    hovor.cli(&["operator", "anna", "online"]);
    anna.wait_for_within(Moment::Incoming, 3, Duration::from_secs(20));
    client.hangup();
}
