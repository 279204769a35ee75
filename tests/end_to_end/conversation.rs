//! Hold, consultation, conference and forwarding, by the keys of phones and over REST: who hears whom, as phones record it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::audio::Sound;
use crate::support::baresip::Baresip;
use crate::support::hovor::Hovor;
use crate::support::phone::{Moment, Phone};
use crate::support::pjsua::Pjsua;
use crate::support::sipp::Sipp;
use crate::support::{pause, wait_for};

pub const CLIENT: f64 = 400.0;
pub const ANNA: f64 = 700.0;
pub const BORIS: f64 = 1_000.0;
pub const CYRIL: f64 = 1_150.0;
pub const DANA: f64 = 1_300.0;
pub const ERIN: f64 = 1_500.0;

/// What is heard in a stretch of sound, by the tones of those who may speak.
fn heard_of(sound: &Sound, seconds: (f64, f64)) -> (Vec<f64>, bool) {
    let part = sound.between(seconds.0, seconds.1);
    let tones = [CLIENT, ANNA, BORIS, CYRIL, DANA, ERIN];
    let heard: Vec<f64> = tones.into_iter().filter(|hz| part.level_of(*hz) > -32.0).collect();
    (heard, part.level() > -50.0)
}

/// Half seconds in which each was heard, as a course without repeats: tones, `music` or `silence`.
pub fn course(sound: &Sound) -> Vec<String> {
    let steps = (sound.seconds() / 0.5) as usize;
    let mut course: Vec<String> = vec![];
    for step in 0..steps {
        let from = step as f64 * 0.5;
        let said = match heard_of(sound, (from, from + 0.5)) {
            (tones, _) if !tones.is_empty() => {
                tones.iter().map(|hz| format!("{hz:.0}")).collect::<Vec<_>>().join("+")
            }
            (_, true) => "music".to_owned(),
            _ => "silence".to_owned(),
        };
        if course.last() != Some(&said) {
            course.push(said);
        }
    }
    course
}

/// Asserts that these follow one another in the course, whatever is between them.
#[track_caller]
pub fn assert_course(who: &str, sound: &Sound, wanted: &[&str]) {
    let course = course(sound);
    let mut rest = course.iter();
    for one in wanted {
        assert!(rest.any(|step| step == one), "{who} did not hear {wanted:?} in this order: {course:?}");
    }
}

pub fn tone(hz: f64) -> Sound {
    Sound::tone(hz, -12.0, 90.0)
}

/// A client at baresip who has dialled anna's extension.
pub fn client(hovor: &Hovor) -> Baresip {
    let mut client = hovor.phone("client").says(&tone(CLIENT)).baresip();
    client.dial(&hovor.uri("201"));
    client
}

/// Does something with the only live session, over REST; it must be done.
pub fn order(hovor: &Hovor, what: &str, body: Value) {
    let reply = ask(hovor, what, body);
    assert_eq!(reply.0, 204, "{what}: {}", reply.1);
}

/// The same, whatever comes of it: the status and the body of the answer.
pub fn ask(hovor: &Hovor, what: &str, body: Value) -> (u16, String) {
    ask_of(hovor, 0, what, body)
}

/// The same with one of several live sessions; the newest is number 0.
fn ask_of(hovor: &Hovor, number: usize, what: &str, body: Value) -> (u16, String) {
    let made: Value = serde_json::from_str(&hovor.cli(&["token", "add", what, "--json"])).unwrap();
    let bearer = format!("Bearer {}", made["secret"].as_str().unwrap());
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let id = wait_for(&format!("live session {number}"), Duration::from_secs(5), || {
        let live: Value = hovor.request("GET", "/api/v1/sessions?live=true", &headers, "").json();
        live[number]["id"].as_str().map(str::to_owned)
    });
    let path = format!("/api/v1/sessions/{id}/{what}");
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let reply = hovor.request("POST", &path, &headers, &body);
    hovor.cli(&["token", "remove", what]);
    (reply.status, reply.body)
}

#[test]
fn the_hold_key_of_a_phone_gives_the_client_music_and_resume_gives_back_the_operator() {
    let hovor = Hovor::start();
    let mut anna = hovor.operator("201").says(&tone(ANNA)).answers_at_once().pjsua();
    let mut client = client(&hovor);
    client.wait_for(Moment::Established);
    pause(3.0);
    anna.hold();
    pause(4.0);
    anna.resume();
    pause(4.0);
    client.hangup();
    client.wait_for(Moment::Closed);
    assert_course("the client", &client.heard(0), &["700", "music", "700"]);
}

#[test]
fn holding_and_resuming_asks_nothing_of_the_clients_phone() {
    let hovor = Hovor::start();
    let mut anna = hovor.operator("201").says(&tone(ANNA)).answers_at_once().pjsua();
    let client = Sipp::new(&hovor.ports, "call_until_hung_up", hovor.sip_port);
    let client = client.calling("201").says(&tone(CLIENT)).start();
    anna.wait_for(Moment::Established);
    for what in ["hold", "resume"] {
        pause(0.5);
        order(&hovor, what, Value::Null);
    }
    for key in [Pjsua::hold, Pjsua::resume] {
        pause(0.5);
        key(&mut anna);
    }
    pause(0.5);
    anna.hangup();
    let messages = client.finish().messages;
    let changes = messages.matches("\n\nINVITE ").count() + messages.matches("\n\nUPDATE ").count();
    assert_eq!(changes, 1, "but for the phone's own INVITE: {messages}");
}

#[test]
fn the_transfer_key_hands_the_client_to_a_colleague_who_has_not_been_asked() {
    let hovor = Hovor::start();
    let mut anna = hovor.operator("201").says(&tone(ANNA)).answers_at_once().pjsua();
    let mut boris = hovor.operator("202").says(&tone(BORIS)).baresip();
    let mut client = client(&hovor);
    client.wait_for(Moment::Established);
    pause(2.0);
    anna.command(json!({ "do": "transfer", "uri": hovor.uri("202") }));
    boris.wait_for(Moment::Incoming);
    pause(2.0);
    boris.accept();
    boris.wait_for(Moment::Established);
    anna.wait_for(Moment::Closed);
    pause(3.0);
    client.hangup();
    boris.wait_for(Moment::Closed);
    assert_course("the client", &client.heard(0), &["700", "music", "1000"]);
    assert_course("boris", &boris.heard(0), &["400"]);
}

#[test]
fn if_the_colleague_declines_a_transfer_the_client_is_back_with_the_operator() {
    let hovor = Hovor::start();
    let mut anna = hovor.operator("201").says(&tone(ANNA)).answers_at_once().pjsua();
    let mut boris = hovor.operator("202").baresip();
    let mut client = client(&hovor);
    client.wait_for(Moment::Established);
    pause(2.0);
    anna.command(json!({ "do": "transfer", "uri": hovor.uri("202") }));
    boris.wait_for(Moment::Incoming);
    pause(2.0);
    boris.hangup();
    pause(3.0);
    client.hangup();
    client.wait_for(Moment::Closed);
    assert_course("the client", &client.heard(0), &["700", "music", "700"]);
}

#[test]
fn a_desk_phone_asks_a_colleague_first_and_then_hands_the_client_over_with_replaces() {
    let hovor = Hovor::start();
    let mut anna = hovor.operator("201").says(&tone(ANNA)).answers_at_once().pjsua();
    let boris = hovor.operator("202").says(&tone(BORIS)).answers_at_once().baresip();
    let mut client = client(&hovor);
    client.wait_for(Moment::Established);
    pause(2.0);
    anna.command(json!({ "do": "hold_first" }));
    pause(1.0);
    anna.dial(&hovor.uri("202"));
    boris.wait_for(Moment::Established);
    pause(3.0);
    anna.command(json!({ "do": "transfer_to_other" }));
    anna.wait_for_number(Moment::Closed, 2);
    pause(3.0);
    client.hangup();
    boris.wait_for(Moment::Closed);
    assert_course("the client", &client.heard(0), &["700", "music", "1000"]);
    assert_course("boris", &boris.heard(0), &["700", "400"]);
    // A tenth of a second may hold the end of the one and the beginning of the other.
    let heard = boris.heard(0);
    let tenths = (0..(heard.seconds() * 10.0) as usize).map(|n| n as f64 / 10.0);
    let both = tenths.filter(|at| heard_of(&heard, (*at, at + 0.1)).0 == [CLIENT, ANNA]).count();
    assert!(both <= 1, "a private word was none for {both} tenths of a second: {:?}", course(&heard));
}

#[test]
fn resume_by_command_joins_whom_a_desk_phone_consults_and_a_listener_hears_the_word_before() {
    let hovor = Hovor::start();
    let mut anna = hovor.operator("201").says(&tone(ANNA)).answers_at_once().pjsua();
    let boris = hovor.operator("202").says(&tone(BORIS)).answers_at_once().baresip();
    let dana = hovor.operator("204").says(&tone(CYRIL)).answers_at_once().baresip();
    let mut client = client(&hovor);
    client.wait_for(Moment::Established);
    order(&hovor, "supervise", json!({ "supervisor": "dana", "mode": "listen" }));
    dana.wait_for(Moment::Established);
    pause(1.5);
    anna.command(json!({ "do": "hold_first" }));
    pause(0.5);
    anna.dial(&hovor.uri("202"));
    boris.wait_for(Moment::Established);
    pause(2.0);
    let joined = ask_of(&hovor, 1, "resume", Value::Null);
    assert_eq!(joined.0, 204, "{}", joined.1);
    anna.wait_for(Moment::Closed);
    pause(2.0);
    client.hangup();
    boris.wait_for(Moment::Closed);
    dana.wait_for(Moment::Closed);
    assert_course("the client", &client.heard(0), &["700", "music", "700+1000"]);
    assert_course("boris", &boris.heard(0), &["700", "400+700"]);
    assert_course("dana", &dana.heard(0), &["400+700", "700+1000"]);
}

#[test]
fn what_is_switched_off_for_a_tenant_is_refused_and_keys_by_command_reach_the_clients_phone() {
    let hovor = Hovor::start();
    let mut anna = hovor.operator("201").says(&tone(ANNA)).answers_at_once().pjsua();
    let mut client = client(&hovor);
    client.wait_for(Moment::Established);
    hovor.cli(&["tenant", "set", "harbour", "--off", "hold,forwarding", "--hold-music", "false"]);
    let refused = ask(&hovor, "hold", Value::Null);
    assert_eq!(refused.0, 409);
    assert!(refused.1.contains("hold is switched off for harbour"), "{}", refused.1);
    anna.command(json!({ "do": "transfer", "uri": hovor.uri("202") }));
    order(&hovor, "keys", json!({ "keys": "12#" }));
    wait_for("the keys", Duration::from_secs(5), || (client.keys_received() == "12#").then_some(()));
    let wrong = ask(&hovor, "keys", json!({ "keys": "12x" }));
    assert_eq!(wrong.0, 422, "{}", wrong.1);
    hovor.cli(&["tenant", "set", "harbour", "--off", "none"]);
    order(&hovor, "mute", json!({ "operator": "anna", "on": true }));
    order(&hovor, "hold", Value::Null);
    let id = hovor.sessions()[0]["id"].as_str().unwrap().to_owned();
    let shown: Value = serde_json::from_str(&hovor.cli(&["sessions", &id, "--json"])).unwrap();
    let (legs, now) = (&shown["now"]["legs"], &shown["now"]);
    assert_eq!(
        (&now["held"], &now["hears"], &legs[0]["music"]),
        (&json!(true), &json!([]), &json!(true)),
        "{now:#}"
    );
    assert_eq!((&legs[1]["muted"], &legs[1]["kind"]), (&json!(true), &json!("operator")), "{now:#}");
    pause(2.0);
    client.hangup();
    client.wait_for(Moment::Closed);
    assert_course("the client", &client.heard(0), &["700", "silence"]);
    let events = hovor.cli(&["sessions", &id, "--json"]);
    assert!(events.contains("not forwarded: forwarding is switched off"), "{events}");
    assert!(events.contains("keys_sent") && !events.contains("12#"));
}

#[test]
fn over_rest_operators_consult_while_the_client_hears_music_then_all_talk_and_the_first_one_leaves() {
    let hovor = Hovor::start();
    let anna = hovor.operator("201").says(&tone(ANNA)).answers_at_once().pjsua();
    let boris = hovor.operator("202").says(&tone(BORIS)).answers_at_once().baresip();
    let mut client = client(&hovor);
    client.wait_for(Moment::Established);
    pause(2.0);
    order(&hovor, "invite", json!({ "to": { "operator": "boris" }, "consult": true }));
    boris.wait_for(Moment::Established);
    pause(3.0);
    order(&hovor, "resume", Value::Null);
    pause(3.0);
    order(&hovor, "mute", json!({ "operator": "boris", "on": true }));
    pause(2.0);
    order(&hovor, "mute", json!({ "operator": "boris", "on": false }));
    pause(2.0);
    order(&hovor, "leave", json!({ "operator": "anna" }));
    anna.wait_for(Moment::Closed);
    pause(2.0);
    client.hangup();
    boris.wait_for(Moment::Closed);
    assert_course("the client", &client.heard(0), &["700", "music", "700+1000", "700", "700+1000", "1000"]);
    assert_course("boris", &boris.heard(0), &["700", "400+700", "400"]);
}

#[test]
fn over_rest_a_supervisor_listens_whispers_and_barges_in() {
    let hovor = Hovor::start();
    let anna = hovor.operator("201").says(&tone(ANNA)).answers_at_once().pjsua();
    let dana = hovor.operator("204").says(&tone(CYRIL)).answers_at_once().baresip();
    let mut client = client(&hovor);
    client.wait_for(Moment::Established);
    pause(2.0);
    for mode in ["listen", "whisper", "barge"] {
        order(&hovor, "supervise", json!({ "supervisor": "dana", "mode": mode }));
        dana.wait_for(Moment::Established);
        pause(3.0);
    }
    client.hangup();
    client.wait_for(Moment::Closed);
    let heard = course(&client.heard(0));
    assert_course("the client", &client.heard(0), &["700", "700+1150"]);
    let alone = heard.iter().take_while(|step| *step != "700+1150").count();
    assert!(alone >= 1 && client.heard(0).seconds() > 8.0, "{heard:?}");
    let before = client.heard(0).between(3.0, 7.0);
    assert!(before.level_of(CYRIL) < -45.0, "the client heard the supervisor too early");
    assert_course("dana", &dana.heard(0), &["400+700"]);
    anna.wait_for(Moment::Closed);
    assert_course("anna", &anna.heard(0), &["400", "400+1150"]);
}

#[test]
fn forwarded_to_a_group_by_rest_the_client_waits_with_music_until_another_operator_answers() {
    let hovor = Hovor::start();
    let _anna = hovor.operator("201").says(&tone(ANNA)).answers_at_once().pjsua();
    let mut cyril = hovor.operator("203").says(&tone(CYRIL)).baresip();
    let mut client = client(&hovor);
    client.wait_for(Moment::Established);
    pause(2.0);
    order(&hovor, "forward", json!({ "to": { "group": "support" }, "note": "wants a refund" }));
    cyril.wait_for(Moment::Incoming);
    pause(2.0);
    cyril.accept();
    cyril.wait_for(Moment::Established);
    pause(3.0);
    let again = ask(&hovor, "forward", json!({ "to": { "operator": "nobody" } }));
    assert_eq!(again.0, 404, "{}", again.1);
    client.hangup();
    cyril.wait_for(Moment::Closed);
    assert_course("the client", &client.heard(0), &["700", "music", "1150"]);
    let record = wait_for("the record", Duration::from_secs(5), || {
        hovor.sessions().into_iter().find(|session| session["phase"] == "ended")
    });
    assert_eq!(record["parties"], json!(["anna", "cyril"]), "{record:#}");
}

#[test]
fn a_phone_that_watches_a_colleague_shows_who_is_there_and_who_is_away() {
    let hovor = Hovor::start();
    let mut anna = hovor.operator("201").pjsua();
    let boris = hovor.operator("202").baresip();
    anna.command(json!({ "do": "watch", "uri": hovor.uri("202") }));
    let shows = |anna: &Pjsua, online: bool| {
        wait_for(&format!("online to be shown as {online}"), Duration::from_secs(10), || {
            let last = anna.events().into_iter().rfind(|event| event["event"] == "presence")?;
            (last["online"] == online).then_some(())
        });
    };
    shows(&anna, true);
    hovor.cli(&["operator", "boris", "away", "lunch"]);
    shows(&anna, false);
    hovor.cli(&["operator", "boris", "online"]);
    shows(&anna, true);
    drop(boris);
}
