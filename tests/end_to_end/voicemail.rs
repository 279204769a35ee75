//! Messages: left, kept over a restart, listened to by phone and by command, and guarded by a PIN.

use std::time::Duration;

use serde_json::Value;

use crate::support::audio::{Sound, assert_heard};
use crate::support::hovor::Hovor;
use crate::support::phone::{Moment, Phone};
use crate::support::{pause, wait_for};

/// Calls 622, speaks after the tone, and hangs up in the middle.
fn leave(hovor: &Hovor, voice: &Sound, seconds: f64) {
    let mut client = hovor.phone("client").says(voice).pjsua();
    client.dial(&hovor.uri("622"));
    client.wait_for(Moment::Established);
    // The greeting ends with a key.
    pause(1.5);
    client.press("#");
    pause(seconds);
    client.hangup();
    client.wait_for(Moment::Closed);
}

fn messages(hovor: &Hovor) -> Vec<Value> {
    let text = hovor.cli(&["voicemail", "--json"]);
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("no JSON ({e}): {text}"))
}

/// The only message, when it is there.
fn the_message(hovor: &Hovor) -> Value {
    let mut all =
        wait_for("a message", Duration::from_secs(5), || Some(messages(hovor)).filter(|all| !all.is_empty()));
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

#[test]
fn a_message_is_kept_over_a_restart_and_heard_by_command_and_by_phone() {
    let mut hovor = Hovor::start();
    let voice = Sound::voice(51, 60.0);
    leave(&hovor, &voice, 7.0);
    let message = the_message(&hovor);
    assert_eq!((&message["mailbox"], &message["heard"]), (&"sales".into(), &false.into()), "{message}");
    let id = message["id"].as_str().unwrap().to_owned();
    hovor.restart();
    assert_eq!(the_message(&hovor)["id"], message["id"]);
    assert_eq!(hovor.metric("hovor_voicemail_messages"), Some(1.0));
    let file = hovor.data().join("played.wav");
    hovor.cli(&["voicemail", "play", &id, &file.display().to_string()]);
    assert_heard("the message", &Sound::read(&file), &voice, 4);

    let mut owner = hovor.phone("owner").says(&Sound::silence(60.0)).pjsua();
    owner.dial(&hovor.uri("620"));
    owner.wait_for(Moment::Established);
    pause(1.0);
    owner.press("8200#");
    pause(1.0);
    owner.press("4711#");
    wait_for("the message to be heard", Duration::from_secs(40), || {
        (the_message(&hovor)["heard"] == true).then_some(())
    });
    owner.press("7");
    wait_for("the message to be deleted", Duration::from_secs(5), || {
        messages(&hovor).is_empty().then_some(())
    });
    owner.hangup();
    owner.wait_for(Moment::Closed);
    assert_heard("the owner", &owner.heard(0), &voice, 4);
    let record = hovor.record_of("owner");
    assert_eq!(record.text("keys"), "", "a PIN is in no record: {record:#?}");
    assert!(!hovor.data().join(format!("voicemail/{id}.wav")).exists(), "the sound goes with its message");
}

#[test]
fn who_types_wrong_pins_is_let_go() {
    let hovor = Hovor::start();
    let mut guesser = hovor.operator("201").baresip();
    guesser.dial(&hovor.uri("*97"));
    guesser.wait_for(Moment::Established);
    // An own phone is asked for the PIN at once.
    for wait in [5.0, 7.0, 1.0] {
        pause(1.0);
        guesser.press("1234#");
        pause(wait);
    }
    guesser.wait_for_within(Moment::Closed, 1, Duration::from_secs(20));
    let events = hovor.cli(&["sessions", "--limit", "1", "--json"]);
    let sessions: Vec<Value> = serde_json::from_str(&events).unwrap();
    let detail = hovor.cli(&["sessions", sessions[0]["id"].as_str().unwrap()]);
    assert_eq!(detail.matches("wrong PIN").count(), 3, "{detail}");
    assert!(!detail.contains("1234"), "{detail}");
}

#[test]
fn a_caller_who_says_nothing_leaves_no_message() {
    let hovor = Hovor::start();
    leave(&hovor, &Sound::silence(60.0), 3.0);
    pause(1.0);
    assert!(messages(&hovor).is_empty());
    let left = std::fs::read_dir(hovor.data().join("voicemail")).unwrap().count();
    let recording = std::fs::read_dir(hovor.data().join("recordings")).unwrap().count();
    assert_eq!((left, recording), (0, 0));
}

#[test]
fn a_message_whose_note_a_power_cut_left_behind_is_there_after_the_next_start() {
    let mut hovor = Hovor::start();
    let voice = Sound::voice(52, 60.0);
    leave(&hovor, &voice, 4.0);
    let message = the_message(&hovor);
    let id = message["id"].as_str().unwrap().to_owned();
    let (wav, kept) = (hovor.data().join(format!("voicemail/{id}.wav")), hovor.data().join("kept"));
    std::fs::copy(&wav, &kept).unwrap();
    let mailboxes = hovor.cli(&["mailbox", "list", "--json"]);
    let mailboxes: Vec<Value> = serde_json::from_str(&mailboxes).unwrap();
    let mailbox = mailboxes.iter().find(|mailbox| mailbox["name"] == "sales").unwrap();
    let tenants: Vec<Value> = serde_json::from_str(&hovor.cli(&["tenant", "list", "--json"])).unwrap();
    let tenant = tenants.iter().find(|tenant| tenant["name"] == "harbour").unwrap();
    hovor.cli(&["voicemail", "delete", &id]);
    assert!(!wav.exists());
    hovor.kill();
    // As it was between the note and the move of the sound.
    let from = hovor.data().join("recordings/cut-short.wav");
    std::fs::copy(&kept, &from).unwrap();
    let note = serde_json::json!({ "from": from, "message": {
        "id": id, "tenant": tenant["id"], "mailbox": mailbox["id"], "session": message["session"],
        "caller": "client", "caller_name": null, "at": message["left_at"], "ms": message["length_ms"],
        "heard": false,
    }});
    std::fs::write(wav.with_extension("json"), note.to_string()).unwrap();
    std::fs::write(hovor.data().join("voicemail/00000000-0000-7000-8000-000000000000.wav"), "stray").unwrap();
    hovor.restart_after_a_crash();
    assert_eq!(the_message(&hovor)["id"], id.as_str());
    assert_heard("the message", &Sound::read(&wav), &voice, 2);
    assert_eq!(std::fs::read_dir(wav.parent().unwrap()).unwrap().count(), 1, "no note and no stray is left");
}
