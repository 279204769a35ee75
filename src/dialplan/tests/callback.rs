//! Callers who wait, and arrange to be called instead.

use std::time::Duration;

use super::super::trial::{End, Keys, Queued, Sounds, What, walk};
use super::problems::{TOP, problem};
use super::*;

const SALES: &str = "[a]\nqueue = \"sales\"\ncallback = \"1\"\nkeys = { 2 = \"b\" }\nelse = \"b\"\n\n\
    [b]\nplay = \"sorry\"\nthen = \"hangup\"\n";

fn prompts(caller: &[Step]) -> Vec<String> {
    let sounds = caller.iter().find_map(|step| match step {
        Step::Play { sounds, .. } => Some(sounds.clone()),
        _ => None,
    });
    let name = |sound| match sound {
        Sound::File(name) => Some(name.trim_start_matches("prompts/en/").to_owned()),
        _ => None,
    };
    sounds.into_iter().flatten().filter_map(name).collect()
}

fn to(number: &str) -> Input {
    Input::CallbackTo { number: Some(number.to_owned()) }
}

fn playback(steps: &[Step]) -> u64 {
    let playback = |step: &Step| match step {
        Step::Play { playback, .. } => Some(*playback),
        _ => None,
    };
    steps.iter().find_map(playback).unwrap()
}

/// A caller who waits and has pressed the key.
fn asking() -> (Caller, Vec<Step>) {
    let mut caller = Caller::answered(&harbour(SALES));
    caller.steps();
    let steps = caller.tell(Input::Digit('1'));
    (caller, steps)
}

#[test]
fn the_number_is_read_back_digit_by_digit_and_confirmed() {
    let (mut caller, steps) = asking();
    let asked = Step::AskCallback { number: "+420777123456".into(), typed: false };
    assert_eq!(steps, [Step::StopPlay, asked]);
    let said = prompts(&caller.tell(to("+420777123456")));
    assert_eq!((said[0].as_str(), said.len()), ("callback/your-number", 14));
    assert_eq!((said[1].as_str(), said[13].as_str()), ("digits/4", "callback/confirm"));
    let steps = caller.tell(Input::Digit('1'));
    let [Step::StopPlay, Step::Promise { number, typed: false, terms }] = steps.as_slice() else {
        panic!("{steps:?}")
    };
    assert_eq!(
        (number.as_str(), terms),
        (
            "+420777123456",
            &CallbackTerms {
                pauses: vec![Duration::from_secs(300), Duration::from_secs(900)],
                lasts: Duration::from_secs(86_400),
                has_hours: false,
            }
        )
    );
    let steps = caller.tell(Input::Promised(Promised::Made));
    assert_eq!(prompts(&steps), ["callback/promised"]);
    let over = caller.tell(Input::PlayEnded { playback: playback(&steps) });
    assert_eq!(over, [hang_up(Cause::Normal)]);
}

#[test]
fn another_number_is_typed_and_one_that_cannot_be_called_is_asked_for_again() {
    let (mut caller, _) = asking();
    caller.tell(to("+420777123456"));
    assert_eq!(prompts(&caller.tell(Input::Digit('2'))), ["callback/type-number"]);
    for key in "90*777000".chars() {
        caller.tell(Input::Digit(key));
    }
    let steps = caller.wait();
    assert_eq!(steps, [Step::AskCallback { number: "777000".into(), typed: true }]);
    let steps = caller.tell(Input::CallbackTo { number: None });
    assert_eq!(prompts(&steps), ["callback/not-possible"]);
    let steps = caller.tell(Input::PlayEnded { playback: playback(&steps) });
    assert_eq!(prompts(&steps), ["callback/type-number"]);
    for key in "777000333#".chars() {
        caller.tell(Input::Digit(key));
    }
    assert!(prompts(&caller.tell(to("+420777000333"))).contains(&"callback/confirm".to_owned()));
}

#[test]
fn who_does_not_want_it_after_all_waits_on_with_music_and_keys_work_again() {
    for keys in ["*", "777", "2*"] {
        let (mut caller, _) = asking();
        caller.tell(to("+420777123456"));
        let mut last = vec![];
        keys.chars().for_each(|key| last = caller.tell(Input::Digit(key)));
        assert_eq!(prompts(&last), ["music/harbour"], "{keys}");
        assert!(caller.tell(Input::Digit('2')).contains(&Step::LeaveQueue), "{keys}");
    }
    let (mut caller, _) = asking();
    let steps = caller.tell(to("+420777123456"));
    caller.tell(Input::PlayEnded { playback: playback(&steps) });
    let steps = caller.wait();
    assert!(prompts(&steps).contains(&"callback/confirm".to_owned()), "asked once more");
    caller.tell(Input::PlayEnded { playback: playback(&steps) });
    caller.wait();
    // A promise that cannot be made leaves the caller waiting.
    let (mut caller, _) = asking();
    caller.tell(to("+420777123456"));
    caller.tell(Input::Digit('1'));
    let steps = caller.tell(Input::Promised(Promised::Refused));
    assert_eq!(prompts(&steps), ["callback/not-now"]);
    let steps = caller.tell(Input::PlayEnded { playback: playback(&steps) });
    assert_eq!(prompts(&steps), ["music/harbour"]);
}

#[test]
fn an_operator_who_answers_meanwhile_has_the_caller() {
    let (mut caller, _) = asking();
    caller.tell(to("+420777123456"));
    assert_eq!(caller.tell(Input::Connected), [Step::StopPlay]);
    assert_eq!(caller.tell(Input::Digit('1')), []);
    assert_eq!(caller.tell(Input::QueueEnded(QueueOutcome::Served)), [hang_up(Cause::Normal)]);
}

#[test]
fn what_is_wrong_with_the_settings_is_told() {
    let queue = |settings: &str| format!("[a]\nqueue = \"sales\"\n{settings}\nelse = \"hangup\"\n");
    for (settings, line, what) in [
        ("callback = \"x\"", 3, "no key `x`"),
        ("callback = 1", 3, "the key by which a caller asks for a call"),
        ("callback = \"2\"\nkeys = { 2 = \"hangup\" }", 1, "both `callback` and among"),
        ("callback = \"1\"\ncallback-number = \"asks\"", 4, "says no number"),
        ("callback = \"1\"\ncallback-retry = [\"soon\"]", 4, "after each call in vain"),
        ("callback = \"1\"\ncallback-hours = \"Mon-Fri 08:00-17:00\"", 4, "in which time zone"),
        ("callback-expires = \"1h\"", 1, "nothing says by which key"),
    ] {
        let (at, told, _) = problem(&queue(settings));
        assert!(told.contains(what) && at == TOP + line, "{settings}: line {at}, {told}");
    }
}

#[test]
fn a_trial_walks_through_the_promise() {
    let mut caller = super::super::trial::Caller::new("100", UnixMs(1_795_424_400_000));
    caller.number = "+420777123456".to_owned();
    caller.keys = Keys::list("1@10s,1").unwrap();
    caller.queues = vec![Queued::read("waits").unwrap()];
    let walk = walk(plans(&harbour(SALES)).entry("100").unwrap(), &caller, &Sounds::default());
    assert_eq!(walk.end, End::HungUp(Cause::Normal));
    let happened = |text: &str| {
        walk.moments.iter().any(|moment| matches!(&moment.what, What::Happened { text: t } if t == text))
    };
    assert!(happened("is promised a call to +420777123456"), "{:#?}", walk.moments);
}
