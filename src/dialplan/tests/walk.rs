use std::time::Duration;

use super::*;

const MENU: &str = r#"
[a]
play = "welcome"
then = "main"
[main]
menu = "menu"
tries = 2
timeout = "4s"
else = "sorry"
keys = { 1 = "sales", 9 = "main" }
[sales]
queue = "sales"
position-every = "30s"
max-wait = "70s"
full = "hangup"
else = "sorry"
[sorry]
play = "sorry"
then = "hangup"
"#;

#[test]
fn a_caller_is_answered_before_anything_is_heard() {
    let mut caller = Caller::of(&harbour(MENU));
    assert_eq!(
        caller.run.poll_output(),
        Some(Step::Entered { node: "a".into(), line: 6, by: String::new() })
    );
    assert_eq!(caller.run.poll_output(), Some(Step::Answer));
    assert_eq!(caller.run.poll_output(), None);
    assert_eq!(caller.tell(Input::Answered), [play(1, "prompts/en/welcome")]);
}

#[test]
fn a_key_in_a_menu_leads_on_and_is_kept() {
    let mut caller = Caller::answered(&harbour(MENU));
    caller.steps();
    assert_eq!(caller.tell(Input::PlayEnded { playback: 1 }), [play(2, "prompts/en/menu")]);
    assert_eq!(caller.tell(Input::PlayEnded { playback: 2 }), []);
    let steps = caller.tell(Input::Digit('1'));
    let key = Step::Parameter { name: "main".into(), value: "1".into() };
    assert_eq!(steps, [key, Step::Queue { group: "sales".into(), priority: 0 }, music(3)]);
}

#[test]
fn a_key_cuts_the_prompt_short() {
    let mut caller = Caller::answered(&harbour(MENU));
    caller.steps();
    caller.tell(Input::PlayEnded { playback: 1 });
    let steps = caller.tell(Input::Digit('9'));
    let key = Step::Parameter { name: "main".into(), value: "9".into() };
    assert_eq!(steps, [Step::StopPlay, key, play(3, "prompts/en/menu")]);
}

#[test]
fn a_key_pressed_before_the_menu_counts_for_the_menu() {
    let mut caller = Caller::answered(&harbour(MENU));
    caller.steps();
    let steps = caller.tell(Input::Digit('1'));
    assert_eq!(steps[0], Step::StopPlay);
    assert_eq!(steps[2], Step::Queue { group: "sales".into(), priority: 0 });
}

#[test]
fn a_silent_caller_is_asked_again_and_then_led_on() {
    let mut caller = Caller::answered(&harbour(MENU));
    caller.steps();
    caller.tell(Input::PlayEnded { playback: 1 });
    caller.tell(Input::PlayEnded { playback: 2 });
    assert_eq!(caller.wait(), [play(3, "prompts/en/menu")]);
    assert_eq!(caller.now, Time::from_secs(4));
    caller.tell(Input::PlayEnded { playback: 3 });
    assert_eq!(caller.wait(), [play(4, "prompts/en/sorry")]);
    assert_eq!(caller.tell(Input::PlayEnded { playback: 4 }), [BYE]);
    assert!(caller.run.is_over());
}

#[test]
fn wrong_keys_are_told_and_count_as_tries() {
    let mut caller = Caller::answered(&harbour(MENU));
    caller.steps();
    caller.tell(Input::PlayEnded { playback: 1 });
    assert_eq!(caller.tell(Input::Digit('5')), [Step::StopPlay, play(3, "prompts/en/invalid")]);
    assert_eq!(caller.tell(Input::PlayEnded { playback: 2 }), [], "the end of what was cut short");
    assert_eq!(caller.tell(Input::PlayEnded { playback: 3 }), [play(4, "prompts/en/menu")]);
    caller.tell(Input::Digit('5'));
    assert_eq!(caller.tell(Input::PlayEnded { playback: 5 }), [play(6, "prompts/en/sorry")]);
}

#[test]
fn a_waiting_caller_hears_music_and_the_place_in_the_queue() {
    let mut caller =
        Caller::answered(&harbour("[a]\nqueue = \"sales\"\nposition-every = \"30s\"\nelse = \"hangup\""));
    assert_eq!(caller.steps(), [Step::Queue { group: "sales".into(), priority: 0 }, music(1)]);
    assert_eq!(caller.wait(), [Step::AskPosition]);
    assert_eq!(caller.now, Time::from_secs(30));
    let announcement = say::position("en", 12).into_iter().map(Sound::File).collect();
    let steps = caller.tell(Input::Position { position: 12, wait: None });
    assert_eq!(steps, [Step::Announce { playback: 2, sounds: announcement }]);
    assert_eq!(caller.tell(Input::PlayEnded { playback: 2 }), [], "the music goes on where it stopped");
    assert_eq!(caller.wait(), [Step::AskPosition]);
    assert_eq!(caller.now, Time::from_secs(60));
    assert_eq!(caller.wait(), [Step::AskPosition], "an answer that never came is asked for again");
    assert_eq!(caller.tell(Input::Connected), [Step::StopPlay]);
    assert_eq!(caller.run.poll_timeout(), None);
    assert_eq!(caller.tell(Input::QueueEnded(QueueOutcome::Served)), [BYE]);
}

#[test]
fn a_caller_leaves_the_queue_after_the_longest_wait() {
    let mut caller =
        Caller::answered(&harbour("[a]\nqueue = \"sales\"\nmax-wait = \"1min\"\nelse = \"hangup\""));
    caller.steps();
    assert_eq!(caller.wait(), [Step::LeaveQueue, Step::StopPlay, BYE]);
    assert_eq!(caller.now, Time::from_secs(60));
}

#[test]
fn a_full_queue_and_a_failed_one_lead_on_by_their_own_ways() {
    let nodes = "[a]\nqueue = \"sales\"\nfull = \"b\"\nelse = \"c\"\n[b]\nhangup = \"busy\"\n[c]\nhangup = \"congestion\"";
    for (outcome, cause) in [
        (QueueOutcome::Full, Cause::Busy),
        (QueueOutcome::Failed, Cause::Congestion),
        (QueueOutcome::TimedOut, Cause::Congestion),
    ] {
        let mut caller = Caller::answered(&harbour(nodes));
        caller.steps();
        assert_eq!(caller.tell(Input::QueueEnded(outcome)), [Step::StopPlay, hang_up(cause)]);
    }
}

const DIAL: &str = r#"
[a]
dial = "201"
timeout = "20s"
busy = "b"
no-answer = "n"
unavailable = "u"
else = "e"
[b]
hangup = "busy"
[n]
hangup = "normal"
[u]
hangup = "unavailable"
[e]
hangup = "congestion"
"#;

#[test]
fn dialling_leaves_the_call_unanswered_and_leads_on_by_the_outcome() {
    for (outcome, cause) in [
        (DialOutcome::Busy, Cause::Busy),
        (DialOutcome::NoAnswer, Cause::Normal),
        (DialOutcome::Unreachable, Cause::Unavailable),
        (DialOutcome::Refused, Cause::Congestion),
        (DialOutcome::Failed, Cause::Congestion),
        (DialOutcome::Served, Cause::Normal),
    ] {
        let mut caller = Caller::of(&harbour(DIAL));
        assert_eq!(caller.steps(), [dial(DialTarget::Extension("201".into()))]);
        assert_eq!(caller.tell(Input::DialEnded(outcome)), [hang_up(cause)]);
    }
}

#[test]
fn ringing_is_given_up_after_its_time_but_a_conversation_is_not() {
    let mut caller = Caller::of(&harbour(DIAL));
    caller.steps();
    assert_eq!(caller.run.poll_timeout(), Some(Time::from_secs(20)));
    let mut talking = Caller { run: caller.run.clone(), now: caller.now };
    assert_eq!(caller.wait(), [Step::CancelDial, BYE]);
    assert_eq!(talking.tell(Input::Connected), []);
    assert_eq!(talking.run.poll_timeout(), None);
}

#[test]
fn an_answered_caller_hears_ringing_while_somebody_is_dialled() {
    let nodes = "[a]\nplay = \"welcome\"\nthen = \"d\"\n[d]\ndial = \"+420200000999\"\nelse = \"hangup\"";
    let mut caller = Caller::answered(&harbour(nodes));
    caller.steps();
    let steps = caller.tell(Input::PlayEnded { playback: 1 });
    let dial = dial(DialTarget::External("+420200000999".into()));
    assert_eq!(steps, [dial, Step::Play { playback: 2, sounds: vec![Sound::Ringback], repeat: true }]);
    assert_eq!(caller.tell(Input::Connected), [Step::StopPlay]);
}

#[test]
fn a_recording_is_played_back() {
    let nodes = r##"
        [a]
        record = "10s"
        stop = "#"
        then = "b"
        [b]
        play = "{recording}"
        then = "hangup"
    "##;
    let mut caller = Caller::answered(&harbour(nodes));
    assert_eq!(caller.steps(), [play(1, "prompts/en/beep")]);
    let record =
        Step::Record { recording: 1, max: Duration::from_secs(10), stop_digits: "#".into(), silence: None };
    assert_eq!(caller.tell(Input::PlayEnded { playback: 1 }), [record]);
    assert_eq!(caller.tell(Input::Digit('#')), [], "the recorder watches the key itself");
    let steps = caller.tell(spoken(1, 900, RecordOutcome::Key));
    let said = Step::Play { playback: 2, sounds: vec![Sound::Recording("/tmp/1.wav".into())], repeat: false };
    assert_eq!(steps, [Step::Parameter { name: "a".into(), value: "key".into() }, said]);
    assert_eq!(caller.tell(Input::PlayEnded { playback: 2 }), [BYE]);
}

/// Recording of this number, of which this much was spoken.
fn spoken(recording: u64, spoken_ms: u32, ended: RecordOutcome) -> Input {
    Input::Recorded { recording, file: "/tmp/1.wav".into(), ms: spoken_ms + 3_000, spoken_ms, ended }
}

#[test]
fn what_is_too_short_is_no_recording_and_how_it_went_is_kept() {
    let nodes = r#"
        [a]
        record = "60s"
        min = "2s"
        silence = "3s"
        beep = false
        short = "hangup"
        then = "b"
        [b]
        play = "{recording}"
        then = "hangup"
    "#;
    let how = |value: &str| Step::Parameter { name: "a".into(), value: value.into() };
    let (max, silence) = (Duration::from_secs(60), Some(Duration::from_secs(3)));
    let begin = Step::Record { recording: 1, max, stop_digits: "#".into(), silence };
    let mut caller = Caller::answered(&harbour(nodes));
    assert_eq!(caller.steps(), std::slice::from_ref(&begin));
    assert_eq!(caller.tell(spoken(1, 1_999, RecordOutcome::Silence)), [how("short"), BYE]);
    let mut caller = Caller::answered(&harbour(nodes));
    assert_eq!(caller.steps(), [begin]);
    let steps = caller.tell(spoken(1, 2_000, RecordOutcome::Silence));
    assert_eq!(steps[0], how("silence"));
    assert!(matches!(&steps[1], Step::Play { .. }), "{steps:?}");
}

#[test]
fn a_failed_or_lost_recording_does_not_hold_the_caller() {
    let nodes = "[a]\nrecord = \"10s\"\nbeep = false\nthen = \"hangup\"";
    let mut failed = Caller::answered(&harbour(nodes));
    failed.steps();
    let mut lost = Caller { run: failed.run.clone(), now: failed.now };
    let how = Step::Parameter { name: "a".into(), value: "failed".into() };
    assert_eq!(failed.tell(Input::RecordFailed { recording: 1 }), [how.clone(), BYE]);
    assert_eq!(lost.wait(), [how, BYE]);
    assert_eq!(lost.now, Time::from_secs(15));
}

const KEYS: &str = r#"
[a]
menu = "menu"
keys = { any = "b" }
else = "hangup"
[b]
say = "{key}"
skip = false
then = "a"
"#;

#[test]
fn keys_pressed_while_one_is_read_back_are_read_back_in_turn() {
    let mut caller = Caller::answered(&harbour(KEYS));
    caller.steps();
    let said = |steps: &[Step]| {
        steps.iter().any(|step| matches!(step, Step::Play { sounds, .. } if matches!(&sounds[0], Sound::File(name) if name.contains("digits"))))
    };
    assert!(said(&caller.tell(Input::Digit('4'))));
    assert_eq!(caller.tell(Input::Digit('#')), []);
    assert_eq!(caller.tell(Input::Digit('7')), []);
    for key in ["hash", "7"] {
        let playback = caller.run.playback();
        let steps = caller.tell(Input::PlayEnded { playback });
        assert_eq!(steps.last(), Some(&play(playback + 1, &format!("prompts/en/digits/{key}"))));
    }
}

#[test]
fn a_number_is_said_as_digits_or_as_a_number() {
    let nodes =
        "[a]\nsay = \"{dialled}\"\nas = \"number\"\nthen = \"b\"\n[b]\nsay = \"{caller}\"\nthen = \"hangup\"";
    let mut caller = Caller::answered(&harbour(nodes));
    let number = say::number("en", 100).into_iter().map(Sound::File).collect();
    assert_eq!(caller.steps(), [Step::Play { playback: 1, sounds: number, repeat: false }]);
    let digits = say::digits("en", "420777123456").into_iter().map(Sound::File).collect();
    let steps = caller.tell(Input::PlayEnded { playback: 1 });
    assert_eq!(steps, [Step::Play { playback: 2, sounds: digits, repeat: false }]);
}

#[test]
fn hours_lead_by_the_clock_of_their_time_zone() {
    let nodes = |hours: &str| {
        harbour(&format!(
            "[a]\nhours = \"{hours}\"\ntimezone = \"Europe/Prague\"\nopen = \"o\"\nclosed = \"c\"\n\
             [o]\nhangup = \"normal\"\n[c]\nhangup = \"rejected\""
        ))
    };
    let cause = |hours: &str| Caller::of(&nodes(hours)).steps();
    assert_eq!(cause("Mon 10:00-10:01"), [BYE]);
    assert_eq!(cause("Mon 09:00-10:00"), [hang_up(Cause::Rejected)]);
    assert_eq!(cause("Tue-Sun 00:00-24:00"), [hang_up(Cause::Rejected)]);
}

#[test]
fn a_tone_and_an_echo_go_on_until_the_caller_hangs_up() {
    let tone = "[a]\nplay = { tone = 1004, level = -16 }\nrepeat = true";
    let mut caller = Caller::answered(&harbour(tone));
    let sounds = vec![Sound::Tone { hz: 1004.0, dbm0: -16.0, ms: None }];
    assert_eq!(caller.steps(), [Step::Play { playback: 1, sounds, repeat: true }]);
    assert_eq!(caller.tell(Input::Digit('1')), []);
    let mut caller = Caller::answered(&harbour("[a]\necho = true"));
    assert_eq!(caller.steps(), [Step::Echo]);
    assert_eq!(caller.run.poll_timeout(), None);
    assert_eq!(caller.tell(Input::HungUp), []);
    assert!(caller.run.is_over());
}

#[test]
fn a_plan_can_refuse_a_call_without_answering() {
    let mut caller = Caller::of(&harbour("[a]\nhangup = \"busy\""));
    assert_eq!(caller.steps(), [hang_up(Cause::Busy)]);
}

#[test]
fn a_run_goes_on_from_a_snapshot() {
    let mut caller = Caller::answered(&harbour(MENU));
    caller.steps();
    caller.tell(Input::PlayEnded { playback: 1 });
    let text = serde_json::to_string(&caller.run).unwrap();
    let mut restored = Caller { run: serde_json::from_str(&text).unwrap(), now: caller.now };
    assert_eq!(restored.run, caller.run);
    assert_eq!(restored.tell(Input::Digit('1')), caller.tell(Input::Digit('1')));
}

#[test]
fn a_key_of_an_earlier_menu_is_said_by_the_name_of_its_node() {
    let nodes = "[a]\nmenu = \"menu\"\nkeys = { any = \"b\" }\nelse = \"hangup\"\n\
                 [b]\nmenu = \"menu\"\nkeys = { any = \"c\" }\nelse = \"hangup\"\n\
                 [c]\nsay = \"{a} {key}\"\nthen = \"hangup\"";
    let mut caller = Caller::answered(&harbour(nodes));
    caller.tell(Input::Digit('4'));
    let sounds = say::digits("en", "42").into_iter().map(Sound::File).collect();
    let steps = caller.tell(Input::Digit('2'));
    assert_eq!(steps.last(), Some(&Step::Play { playback: 3, sounds, repeat: false }));
}

fn dial(target: DialTarget) -> Step {
    Step::Dial { targets: vec![target], ring: Ring::AsGroup, each: None }
}

#[test]
fn several_are_dialled_and_what_was_typed_is_only_an_extension() {
    let nodes = r#"
        [a]
        menu = "menu"
        keys = { any = "b" }
        else = "hangup"
        [b]
        dial = ["201", "sales", "+420777123456", "20{key}"]
        ring = "in-turn"
        each = "9s"
        else = "hangup"
    "#;
    let mut caller = Caller::answered(&harbour(nodes));
    caller.steps();
    let steps = caller.tell(Input::Digit('7'));
    let targets = vec![
        DialTarget::Extension("201".into()),
        DialTarget::Group("sales".into()),
        DialTarget::External("+420777123456".into()),
        DialTarget::Typed("207".into()),
    ];
    let dial = Step::Dial { targets, ring: Ring::InTurn, each: Some(Duration::from_secs(9)) };
    assert!(steps.contains(&dial), "{steps:?}");
}

#[test]
fn a_number_outside_needs_a_trunk_that_the_tenant_may_use_and_that_takes_it() {
    let text = harbour("[a]\ndial = \"00420777123456\"\nelse = \"hangup\"");
    let check = |trunks: &[(&str, Option<&str>, &str)]| {
        let mut world = world();
        world.trunks.clear();
        for (name, tenant, prefix) in trunks {
            world = world.trunk(name, *tenant, [(*prefix).to_owned()]);
        }
        let loaded = load(vec![SourceFile::new("test.toml", &*text)], &world);
        loaded.map(|_| ()).map_err(|problems| problems[0].what.clone())
    };
    assert_eq!(check(&[("any", None, "+")]), Ok(()));
    assert_eq!(check(&[("own", Some("harbour"), "00420")]), Ok(()));
    assert_eq!(check(&[]).unwrap_err(), "there is no trunk to dial outside");
    assert_eq!(
        check(&[("theirs", Some("summit"), "+")]).unwrap_err(),
        "no trunk is open to this file's tenant"
    );
    let elsewhere = check(&[("far", None, "+1")]).unwrap_err();
    assert_eq!(elsewhere, "no trunk that this file's tenant may use takes this number");
}
