//! Messages: left, kept over a restart, listened to by phone, by command and by REST, and guarded by a PIN.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::audio::{Sound, assert_heard};
use crate::support::hovor::Hovor;
use crate::support::http::Reply;
use crate::support::phone::{Moment, Phone};
use crate::support::pjsua::Pjsua;
use crate::support::{pause, wait_for};

/// Calls 622, speaks after the tone, and hangs up in the middle.
fn leave(hovor: &Hovor, voice: &Sound, seconds: f64) {
    leave_by(&mut hovor.phone("client").says(voice).pjsua(), &hovor.uri("622"), seconds);
}

fn leave_by(phone: &mut Pjsua, to: &str, seconds: f64) {
    phone.dial(to);
    phone.wait_for(Moment::Established);
    // The greeting ends with a key.
    pause(1.5);
    phone.press("#");
    pause(seconds);
    phone.hangup();
    phone.wait_for(Moment::Closed);
}

fn prompt(name: &str) -> Sound {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("media/prompts/en/{name}.wav"));
    Sound::read(&path).at_8_khz()
}

/// Lets these prompts be heard to their end.
fn listen(prompts: &[&str]) {
    pause(prompts.iter().map(|name| prompt(name).seconds()).sum::<f64>() + 0.7);
}

/// Waits until the newest session of this caller tells of this.
fn wait_until_told(hovor: &Hovor, caller: &str, words: &str) {
    wait_for(words, Duration::from_secs(15), || {
        let id = hovor.records_of(caller).first()?.text("id").to_owned();
        hovor.cli(&["sessions", &id]).contains(words).then_some(())
    });
}

/// A caller from outside opens the mailbox of sales, and has heard how many messages are new and how many are not.
fn open_sales(hovor: &Hovor, says: &Sound, new: &str) -> Pjsua {
    let mut owner = hovor.phone("owner").says(says).pjsua();
    owner.dial(&hovor.uri("620"));
    owner.wait_for(Moment::Established);
    pause(1.0);
    owner.press("8200#");
    pause(1.0);
    owner.press("4711#");
    wait_until_told(hovor, "owner", "opened, with");
    listen(&["voicemail/new-messages", new, "voicemail/saved-messages", "numbers/0"]);
    owner
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

/// Asks as a program does that has this token.
fn ask(hovor: &Hovor, token: &str, method: &str, path: &str, body: &str) -> Reply {
    let authority = format!("Bearer {token}");
    let headers = [("authorization", &*authority), ("content-type", "application/json")];
    hovor.request(method, &format!("/api/v1/voicemail{path}"), &headers, body)
}

fn token(hovor: &Hovor, tenant: &str) -> String {
    let made = hovor.cli(&["token", "add", tenant, "--tenant", tenant, "--json"]);
    serde_json::from_str::<Value>(&made).unwrap()["secret"].as_str().unwrap().to_owned()
}

#[test]
fn messages_are_listed_read_and_removed_over_rest() {
    let hovor = Hovor::start();
    let voice = Sound::voice(56, 60.0);
    leave(&hovor, &voice, 5.0);
    let id = the_message(&hovor)["id"].as_str().unwrap().to_owned();
    let (harbour, summit) = (token(&hovor, "harbour"), token(&hovor, "summit"));
    let asked = |method: &str, path: &str, body: &str| ask(&hovor, &harbour, method, path, body);
    let listed = asked("GET", "?mailbox=sales&heard=false", "").json();
    let message = &listed[0];
    assert_eq!((listed.as_array().unwrap().len(), message["id"].as_str()), (1, Some(&*id)), "{listed}");
    assert_eq!((&message["caller"], &message["mailbox"]), (&"client".into(), &"sales".into()), "{message}");
    let length = message["length_ms"].as_f64().unwrap() / 1e3;
    assert!((3.0..6.0).contains(&length), "{message}");
    assert!(asked("GET", "?mailbox=anna", "").json().as_array().unwrap().is_empty());
    assert_eq!(asked("GET", "?mailbox=nobody", "").status, 404);

    let sound = asked("GET", &format!("/{id}/audio"), "");
    assert!(sound.status == 200 && sound.head.contains("audio/wav"), "{}", sound.head);
    let file = hovor.data().join("fetched.wav");
    std::fs::write(&file, &sound.bytes).unwrap();
    let sound = Sound::read(&file);
    assert!((sound.seconds() - length).abs() < 0.1, "{} s", sound.seconds());
    assert_heard("the message", &sound, &voice, 3);

    // Another tenant's token opens none of it.
    assert_eq!(ask(&hovor, &summit, "GET", "", "").body, "[]");
    for (method, path) in
        [("GET", format!("/{id}")), ("GET", format!("/{id}/audio")), ("DELETE", format!("/{id}"))]
    {
        assert_eq!(ask(&hovor, &summit, method, &path, "").status, 404, "{method} {path}");
    }
    assert_eq!(hovor.get("/api/v1/voicemail").status, 401);

    let changed = asked("PATCH", &format!("/{id}"), r#"{"heard":true}"#);
    assert_eq!((changed.status, &changed.json()["heard"]), (200, &true.into()));
    assert_eq!(asked("GET", "?heard=false", "").body, "[]");
    assert_eq!(asked("DELETE", &format!("/{id}"), "").status, 204);
    for path in [format!("/{id}"), format!("/{id}/audio")] {
        assert_eq!(asked("GET", &path, "").status, 404, "{path}");
    }
    assert!(!hovor.data().join(format!("voicemail/{id}.wav")).exists(), "the sound goes with its message");
    assert_eq!(hovor.metric("hovor_voicemail_messages"), Some(0.0));
}

#[test]
fn messages_are_listed_read_and_removed_by_command() {
    let hovor = Hovor::start();
    let voice = Sound::voice(57, 60.0);
    leave(&hovor, &voice, 5.0);
    let id = the_message(&hovor)["id"].as_str().unwrap().to_owned();
    let list = hovor.cli(&["voicemail", "list", "--mailbox", "sales", "--new"]);
    assert!(list.contains(&id) && list.contains("client"), "{list}");
    assert!(hovor.cli(&["voicemail", "list", "--mailbox", "anna"]).contains("no messages"));
    assert!(hovor.cli(&["voicemail", "show", &id]).contains("sales"));
    let file = hovor.data().join("played.wav");
    hovor.cli(&["voicemail", "play", &id, &file.display().to_string()]);
    assert_heard("the message", &Sound::read(&file), &voice, 3);
    hovor.cli(&["voicemail", "delete", &id]);
    assert!(hovor.cli(&["voicemail"]).contains("no messages"));
    for arguments in [&["voicemail", "delete", &id][..], &["voicemail", "list", "--mailbox", "slaes"]] {
        let refused = hovor.run(arguments);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && said.contains("there is no"), "{arguments:?}: {said}");
    }
}

/// What a caller of 622 hears before the tone.
fn greeting(hovor: &Hovor) -> Sound {
    let mut client = hovor.phone("client").pjsua();
    client.dial(&hovor.uri("622"));
    client.wait_for(Moment::Established);
    pause(6.0);
    client.hangup();
    client.wait_for(Moment::Closed);
    client.heard(0)
}

/// The owner is asked for a greeting, and speaks it.
fn speak_greeting(owner: &mut Pjsua, key: &str) {
    owner.press(key);
    listen(&["voicemail/speak-greeting", "beep"]);
    pause(5.0);
    owner.press("#");
    // What was recorded is heard until it is decided upon.
    pause(1.0);
}

#[test]
fn an_owner_records_a_greeting_by_phone_and_callers_hear_it() {
    let mut hovor = Hovor::start();
    let voice = Sound::voice(53, 120.0);
    let mut owner = open_sales(&hovor, &voice, "numbers/0");
    let opened = Instant::now();
    speak_greeting(&mut owner, "0");
    // That was nothing; once more.
    let first_take = opened.elapsed().as_secs_f64();
    speak_greeting(&mut owner, "2");
    owner.press("1");
    wait_until_told(&hovor, "owner", "a greeting was recorded");
    owner.hangup();
    owner.wait_for(Moment::Closed);
    let heard = greeting(&hovor);
    assert_heard("the caller", &heard, &voice, 3);
    let takes = heard.matches(&voice).into_iter().filter(|found| found.coefficient > 0.99);
    for found in takes {
        assert!(
            found.origin > first_take,
            "the first take is heard, which lasted until {first_take} s: {found}"
        );
    }
    assert!(prompt("voicemail/leave-message").place_in(&heard).is_none(), "the house's prompt is heard too");
    hovor.restart();
    assert_heard("a caller after a restart", &greeting(&hovor), &voice, 3);
    let recordings = std::fs::read_dir(hovor.data().join("recordings")).unwrap().count();
    assert_eq!(recordings, 0, "what was not kept is gone");

    let mut owner = open_sales(&hovor, &voice, "numbers/0");
    speak_greeting(&mut owner, "0");
    owner.press("3");
    wait_until_told(&hovor, "owner", "the greeting is the house's again");
    assert!(prompt("voicemail/leave-message").place_in(&greeting(&hovor)).is_some());
    // A greeting goes with its mailbox, at the next start.
    let greetings = || {
        let files = std::fs::read_dir(hovor.data().join("voicemail")).unwrap();
        files
            .filter(|file| file.as_ref().unwrap().file_name().to_string_lossy().starts_with("greeting-"))
            .count()
    };
    assert_eq!(greetings(), 1);
    hovor.cli(&["mailbox", "remove", "sales"]);
    let folder = hovor.data().join("voicemail");
    hovor.restart();
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
}

#[test]
fn an_owner_calls_back_who_left_a_message_and_they_talk() {
    let hovor = Hovor::start();
    let (theirs, own) = (Sound::voice(54, 90.0), Sound::voice(55, 90.0));
    let mut boris = hovor.operator("202").says(&theirs).pjsua();
    // Anna has no phone yet.
    leave_by(&mut boris, &hovor.uri("621"), 4.0);
    assert_eq!(the_message(&hovor)["caller"], "202");
    let mut anna = hovor.operator("201").says(&own).pjsua();
    anna.dial(&hovor.uri("*97"));
    anna.wait_for(Moment::Established);
    let began = Instant::now();
    pause(1.0);
    anna.press("4711#");
    wait_until_told(&hovor, "201", "opened, with 1 messages");
    listen(&["voicemail/new-messages", "numbers/1", "voicemail/saved-messages", "numbers/0"]);
    anna.press("8");
    boris.wait_for(Moment::Incoming);
    boris.accept();
    boris.wait_for_number(Moment::Established, 2);
    let connected = began.elapsed().as_secs_f64();
    pause(5.0);
    boris.hangup();
    anna.wait_for(Moment::Closed);
    boris.wait_for_number(Moment::Closed, 2);
    assert_heard("Boris", &boris.heard(1), &own, 3);
    assert_heard("Anna", &anna.heard(0).between(connected, f64::INFINITY), &theirs, 3);
    let record = hovor.record_of("201");
    assert!(record.explains(&["boris"]), "{record:#?}");
}

#[test]
fn an_owner_who_may_not_call_a_sender_back_is_told_so_and_stays_in_the_mailbox() {
    let hovor = Hovor::start();
    leave(&hovor, &Sound::voice(58, 60.0), 4.0);
    the_message(&hovor);
    let mut owner = open_sales(&hovor, &Sound::silence(90.0), "numbers/1");
    owner.press("8");
    listen(&["voicemail/no-call-back"]);
    owner.press("7");
    wait_for("the message to be deleted", Duration::from_secs(5), || {
        messages(&hovor).is_empty().then_some(())
    });
    owner.hangup();
    owner.wait_for(Moment::Closed);
    assert!(prompt("voicemail/no-call-back").place_in(&owner.heard(0)).is_some());
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
