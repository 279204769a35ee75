//! What callers are told: numbers in several languages, free text, the expected wait, and the way out of a queue.

use std::path::Path;

use crate::support::audio::{Sound, assert_heard};
use crate::support::baresip::Baresip;
use crate::support::folder::Folder;
use crate::support::hovor::Hovor;
use crate::support::pause;
use crate::support::phone::{Moment, Phone};

const CZECH: &str = r#"
tenant   = "harbour"
language = "cs"
numbers  = ["650"]
start    = "sum"

[sum]
say  = "1272.50 CZK"
as   = "money"
then = "order"

[order]
say  = { text = "Vaše objednávka je připravena." }
then = "hangup"
"#;

const GERMAN: &str = r#"
language = "de"
numbers  = ["651"]
start    = "date"

[date]
say  = "2021-12-24"
as   = "date"
then = "pause"

[pause]
play = { silence = "1s" }
then = "hangup"
"#;

const TONE: &str = r#"
numbers = ["653"]
start   = "tone"

[tone]
play = [{ tone = 400, level = -16, for = "2s" }, { tone = 1004, level = -16, for = "500ms" }]
then = "hangup"
"#;

const QUEUE: &str = r#"
tenant  = "harbour"
numbers = ["652"]
start   = "sales"
music   = "music/harbour"

[sales]
queue      = "sales"
wait-every = "4s"
keys       = { 1 = "no-more" }
else       = "no-more"

[no-more]
play = "sorry"
then = "hangup"
"#;

fn start() -> (Hovor, Folder) {
    let folder = Folder::new("dialplans");
    for (name, text) in [("cs", CZECH), ("de", GERMAN), ("tone", TONE), ("queue", QUEUE)] {
        std::fs::write(folder.join(&format!("{name}.toml")), text).unwrap();
    }
    let path = folder.path().to_string_lossy().into_owned();
    (Hovor::start_with(&["--dialplans", &path]), folder)
}

fn media(name: &str) -> Sound {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("media/{name}.wav"));
    Sound::read(&path).at_8_khz()
}

/// Calls a number and listens until the program hangs up.
fn call(hovor: &Hovor, number: &str) -> Sound {
    let mut caller = hovor.phone("caller").says(&Sound::silence(60.0)).pjsua();
    caller.dial(&hovor.uri(number));
    caller.wait_for(Moment::Established);
    caller.wait_for(Moment::Closed);
    caller.heard(0)
}

#[track_caller]
fn assert_in_order(heard: &Sound, pieces: &[&str]) {
    let place = |piece: &&str| media(piece).place_in(heard).unwrap_or_else(|| panic!("{piece} is not heard"));
    let places: Vec<f64> = pieces.iter().map(place).collect();
    assert!(places.is_sorted(), "heard at {places:?} s");
}

#[test]
fn a_caller_hears_a_sum_in_czech_and_a_date_in_german() {
    let (hovor, _folder) = start();
    let pieces = ["numbers/thousand-one", "numbers/200", "numbers/70", "numbers/2", "counted/crown-other"];
    let czech = pieces.map(|piece| format!("prompts/cs/{piece}"));
    let czech: Vec<&str> =
        czech.iter().map(String::as_str).chain(["prompts/cs/counted/heller-other"]).collect();
    let heard = call(&hovor, "650");
    assert_in_order(&heard, &czech);
    let kept: Vec<_> = std::fs::read_dir(hovor.data().join("speech"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "wav"))
        .collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
    let text = Sound::read(&kept[0]).at_8_khz();
    assert!(text.place_in(&heard).is_some(), "the text is not heard");
    let pieces = ["dates/day-24", "dates/month-12", "numbers/2", "numbers/thousand", "numbers/21"];
    let german = pieces.map(|piece| format!("prompts/de/{piece}"));
    assert_in_order(&call(&hovor, "651"), &german.each_ref().map(String::as_str));
}

#[test]
fn the_last_word_is_heard_to_its_end_through_a_jitter_buffer() {
    let (hovor, _folder) = start();
    // The phone holds back 100 ms of what it gets, and lets none of it be heard once the call is over. What it
    // drops while it finds its measure is at the beginning.
    let heard = call(&hovor, "653");
    let frames = heard.samples.chunks(80);
    let tone = frames.filter(|frame| {
        let frame = Sound { rate: 8000, samples: frame.to_vec() };
        frame.level_of(1004.0) > -22.0
    });
    let ms = 10 * tone.count();
    // Without its wait the end would be missing: 400 ms and less. The phone itself drops a packet or two on a busy
    // machine.
    assert!((440..=520).contains(&ms), "{ms} ms of a tone of 500 ms are heard");
}

#[test]
fn who_calls_an_operator_without_a_phone_is_told_so_in_the_language_of_the_tenant() {
    let hovor = Hovor::start();
    hovor.cli(&["tenant", "set", "harbour", "--language", "cs-CZ"]);
    for (extension, language) in [("201", "cs"), ("205", "en")] {
        let mut caller = hovor.phone("caller").says(&Sound::silence(60.0)).pjsua();
        caller.dial(&hovor.uri(extension));
        caller.wait_for(Moment::Closed);
        assert!(caller.ending().starts_with("480"), "{}", caller.ending());
        assert_in_order(&caller.heard(0), &[&format!("prompts/{language}/not-available")]);
    }
}

fn client(hovor: &Hovor, name: &str) -> Baresip {
    let mut client = hovor.phone(name).baresip();
    client.dial(&hovor.uri("652"));
    client.wait_for(Moment::Established);
    client
}

#[test]
fn a_caller_leaves_the_queue_by_a_key() {
    let (hovor, _folder) = start();
    let mut client = client(&hovor, "client");
    pause(3.0);
    client.press("1");
    client.wait_for(Moment::Closed);
    let heard = client.heard(0);
    assert_in_order(&heard, &["prompts/en/sorry"]);
    let record = hovor.record_of("client");
    assert!(record.explains(&["left the queue"]), "{record:#?}");
}

#[test]
fn a_waiting_caller_hears_the_expected_wait_and_the_music_goes_on() {
    let (hovor, _folder) = start();
    let mut anna = hovor.operator("201").baresip();
    for served in 1..=3 {
        let mut client = client(&hovor, &format!("client-{served}"));
        anna.wait_for_number(Moment::Incoming, served);
        anna.accept();
        anna.wait_for_number(Moment::Established, served);
        pause(1.0);
        client.hangup();
        anna.wait_for_number(Moment::Closed, served);
        hovor.cli(&["operator", "anna", "online"]);
    }
    let mut talking = client(&hovor, "talking");
    anna.wait_for_number(Moment::Incoming, 4);
    anna.accept();
    anna.wait_for_number(Moment::Established, 4);
    let mut waiting = client(&hovor, "waiting");
    pause(14.0);
    waiting.hangup();
    waiting.wait_for(Moment::Closed);
    talking.hangup();
    let (heard, music) = (waiting.heard(0), media("music/harbour"));
    assert!(media("prompts/en/queue/wait-is-short").place_in(&heard).is_some(), "the wait is not told");
    assert_heard("the caller", &heard, &music, 5);
    // After twelve seconds the music has gone on for as long as it was heard, not begun anew.
    let matches = heard.matches(&music);
    let last = matches.iter().rev().find(|found| found.coefficient > 0.97).unwrap();
    assert!(last.at > 9.0 && last.origin > 4.0 && last.origin < last.at - 2.0, "{last:?}");
}
