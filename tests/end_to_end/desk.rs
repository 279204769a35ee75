//! People at the pages of the workspace, as they are served: what they see and hear, and what others hear of them.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::audio::{Sound, assert_alike};
use crate::support::hovor::{Hovor, PASSWORD};
use crate::support::phone::{Moment, Phone, wait_until_alike};
use crate::support::seat::Seat;
use crate::support::{pause, wait_for};

/// Opus does not keep the shape of a wave as it is; and a browser stretches what it plays whenever it is kept waiting.
const OPUS: f64 = 0.8;
const HEARD: &str = ".sign.good:has-text('can hear you')";
const ON_HOLD: &str = ".sign.warn:has-text('is on hold and hears music')";

/// A client who chose sales in the menu.
fn client_waits(hovor: &Hovor, says: &Sound) -> impl Phone {
    let mut client = hovor.phone("client").says(says).codec("PCMA").baresip();
    client.dial(&hovor.uri("100"));
    client.wait_for(Moment::Established);
    pause(1.5);
    client.press("1");
    client
}

/// What happened so far in the only session of a client.
fn happened(seat: &mut Seat) -> (Value, Vec<String>) {
    let (_, sessions) = seat.fetches("/api/v1/sessions");
    let of_client = |session: &&Value| session["from"] == "client";
    let session = sessions.as_array().unwrap().iter().find(of_client).unwrap().clone();
    let (_, detail) = seat.fetches(&format!("/api/v1/sessions/{}", session["id"].as_str().unwrap()));
    let kinds = detail["events"].as_array().unwrap().iter();
    (session, kinds.map(|event| event["kind"].as_str().unwrap_or_default().to_owned()).collect())
}

#[test]
fn operators_serve_a_client_from_their_pages() {
    let hovor = Hovor::start_alone();
    let (voice, anna_says, boris_says) =
        (Sound::voice(91, 60.0), Sound::voice(92, 60.0), Sound::voice(93, 60.0));
    let mut anna = Seat::take(&hovor, "anna", &anna_says);
    let mut boris = Seat::take(&hovor, "boris", &boris_says);
    anna.opens();
    anna.looks("login");
    anna.logs_in("wrong");
    anna.sees("[role=alert]");
    anna.logs_in(PASSWORD);
    anna.sees(".handset .ready");

    // A client comes by the menu; anna sees who waits, and that it rings here.
    let mut client = client_waits(&hovor, &voice);
    anna.sees(".offers section:has-text('client')");
    anna.sees("[data-entry]");
    anna.looks("workspace-queue");
    let rings = anna.took("invited", "rings");
    anna.clicks("li:has([data-entry]) button.good");
    anna.sees(HEARD);
    boris.is_ready();
    let sound = anna.took("accepted", "heard");
    println!("INVITE to ringing in the workspace: {rings:.0} ms; click on Accept to sound: {sound:.0} ms");
    anna.listens();
    wait_until_alike("anna", || anna.heard(), &voice, 1, OPUS);
    anna.looks("workspace-call");

    // Keys arrive, and so does silence.
    anna.presses("k");
    anna.asks(json!({ "do": "type", "text": "42#" }));
    wait_for("the keys", Duration::from_secs(5), || client.keys_received().contains("42#").then_some(()));
    anna.presses("k");
    anna.presses("h");
    anna.sees(ON_HOLD);
    anna.presses("h");
    anna.sees(HEARD);

    // A word with a colleague, whom the client does not hear; then all three, and somebody at a desk phone.
    anna.presses("i");
    anna.chooses("Operator", "Boris");
    anna.clicks("dialog [role=switch]");
    anna.clicks("dialog footer .primary");
    boris.sees(".offers section");
    boris.presses("a");
    anna.sees(ON_HOLD);
    boris.listens();
    wait_until_alike("boris", || boris.heard(), &anna_says, 1, OPUS);
    anna.presses("h");
    anna.sees(HEARD);
    let mut cyril = hovor.operator("203").answers_at_once().codec("PCMA").baresip();
    anna.presses("i");
    anna.chooses("Operator", "Cyril");
    anna.clicks("dialog footer .primary");
    cyril.wait_for(Moment::Established);
    anna.sees("article:has-text('Cyril')");
    anna.looks("workspace-conference");
    cyril.hangup();
    cyril.wait_for(Moment::Closed);

    // Anna leaves the client to boris, who sends the client on to a group.
    anna.clicks(".controls button:has-text('Leave')");
    anna.sees_no_more("article");
    boris.sees(HEARD);
    boris.presses("f");
    boris.chooses("Group", "Support");
    boris.clicks("dialog footer .primary");
    boris.sees_no_more("article");
    // Events are written a moment after they happened.
    let session = wait_for("all that happened to be in the history", Duration::from_secs(10), || {
        let (session, kinds) = happened(&mut anna);
        let is_there = |kind: &&str| kinds.iter().any(|one| one == kind);
        ["held", "joined", "forwarding"].iter().all(is_there).then_some(session)
    });
    assert!(session["groups"].as_array().unwrap().contains(&"support".into()), "{session}");
    client.hangup();
    client.wait_for(Moment::Closed);
    assert_alike("the client", &client.heard(0), &anna_says, 2, OPUS);

    // The other pages, what a supervisor sees, and what somebody of another tenant does not.
    for (key, sees, page) in
        [("s", "text=Check the microphone", "workspace-settings"), ("d", "#dial-hint", "workspace-dial")]
    {
        anna.presses("w");
        anna.presses(key);
        anna.sees(sees);
        anna.looks(page);
    }
    drop((anna, boris));
    let mut dana = Seat::take(&hovor, "dana", &Sound::silence(1.0));
    dana.is_ready();
    dana.presses("b");
    dana.sees("table");
    dana.looks("workspace-board");
    drop(dana);
    let mut emil = Seat::take(&hovor, "emil", &Sound::silence(1.0));
    emil.is_ready();
    assert_eq!(emil.fetches(&format!("/api/v1/sessions/{}", session["id"].as_str().unwrap())).0, 404);
    assert_eq!(emil.fetches("/api/v1/sessions").1, json!([]));
    assert_eq!(emil.fetches("/api/v1/operators").1.as_array().unwrap().len(), 2, "emil and filip");
}

#[test]
fn a_page_that_is_loaded_anew_in_mid_call_takes_the_call_up_again() {
    let hovor = Hovor::start_alone();
    let (voice, anna_says) = (Sound::voice(94, 60.0), Sound::voice(95, 60.0));
    let mut anna = Seat::take(&hovor, "anna", &anna_says);
    anna.is_ready();
    let mut client = client_waits(&hovor, &voice);
    anna.sees(".offers section");
    anna.presses("a");
    anna.sees(HEARD);
    pause(1.5);

    #[allow(clippy::disallowed_methods, reason = "tests run in real time")]
    let begin = Instant::now();
    anna.asks(json!({ "do": "reload" }));
    anna.sees(HEARD);
    let took = begin.elapsed();
    println!("reload to the same call: {} ms", took.as_millis());
    anna.listens();
    wait_until_alike("anna", || anna.heard(), &voice, 1, OPUS);
    let (session, kinds) = happened(&mut anna);
    let place = |kind: &str| kinds.iter().position(|one| one == kind);
    assert!(place("stranded").is_some() && place("stranded") < place("taken_up"), "{kinds:?}");
    // The client was told by a tone, and waited with music.
    let held = kinds.iter().filter(|kind| *kind == "held").count();
    assert_eq!(held, 2, "music begins and ends: {kinds:?}");
    assert_eq!(session["phase"], "talking");
    assert_eq!(session["parties"], json!(["anna"]));
    let lately = || {
        let heard = client.heard(0);
        heard.between(heard.seconds() - 4.0, heard.seconds())
    };
    wait_until_alike("the client", lately, &anna_says, 1, OPUS);
    client.hangup();
    client.wait_for(Moment::Closed);
    anna.sees_no_more("article");
}

#[test]
fn a_page_that_the_browser_froze_is_not_offered_calls_until_it_thaws() {
    let hovor = Hovor::start();
    let mut anna = Seat::take(&hovor, "anna", &Sound::silence(1.0));
    anna.is_ready();
    let becomes = |what: &str, registered: bool| {
        // It is asked every 15 s, and has 8 s to answer.
        wait_for(what, Duration::from_secs(40), || {
            let state = hovor.cli(&["operator", "anna"]);
            (state.contains("registered") == registered).then_some(())
        });
    };
    becomes("her telephone", true);
    // A page that never answered would be believed to be alive: it is asked once.
    pause(17.0);
    anna.asks(json!({ "do": "state", "is": "frozen" }));
    becomes("what is frozen is found", false);
    anna.asks(json!({ "do": "state", "is": "active" }));
    becomes("what is awake again is found", true);
}

#[test]
fn a_channel_that_is_off_brings_no_clients_and_one_that_is_on_again_brings_those_who_wait() {
    let hovor = Hovor::start_alone();
    let mut anna = Seat::take(&hovor, "anna", &Sound::voice(94, 60.0));
    anna.is_ready();
    let switch = "[role=group][aria-label=Channels] label:has-text('Telephone') input";
    anna.clicks("button:has-text('Change status')");
    anna.clicks(switch);
    anna.sees(&format!("{switch}:not(:checked)"));
    anna.looks("workspace-channel-off");
    anna.presses("Escape");
    anna.sees_no_more(".handset .ready");

    let voice = Sound::voice(95, 60.0);
    let mut client = client_waits(&hovor, &voice);
    let decisions = wait_for("the reason why nobody is asked", Duration::from_secs(10), || {
        let decisions = hovor.sessions()[0]["decisions"].to_string();
        decisions.contains("not to anna").then_some(decisions)
    });
    assert!(decisions.contains("not to anna: the channel phone is off"), "{decisions}");
    assert_eq!((anna.count(".offers section"), anna.count("[data-entry]")), (0, 0));

    anna.clicks("button:has-text('Change status')");
    anna.clicks(switch);
    anna.presses("Escape");
    anna.sees(".offers section");
    anna.clicks(".offers section button.good");
    anna.sees(HEARD);
    client.hangup();
    client.wait_for(Moment::Closed);
}
