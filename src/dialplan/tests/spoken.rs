//! What callers hear by language, and what is said to those who wait.

use std::time::Duration;

use super::*;

fn said(pieces: Vec<String>) -> Vec<Sound> {
    pieces.into_iter().map(Sound::File).collect()
}

fn problems_of(text: &str) -> Vec<String> {
    let problems = load(vec![SourceFile::new("test.toml", text)], &world()).unwrap_err();
    problems.iter().map(|problem| problem.what.clone()).collect()
}

/// A Czech file of tenant Harbour.
fn czech(nodes: &str) -> String {
    format!("language = \"cs\"\n{}", harbour(nodes))
}

#[test]
fn a_sum_of_money_is_said_in_the_language_of_the_file() {
    let nodes = "[a]\nsay = \"21.50 CZK\"\nas = \"money\"\ncurrency = \"CZK\"\nthen = \"hangup\"";
    let mut caller = Caller::answered(&czech(nodes));
    let sum = say::amount("21.50", Some(say::Currency::Czk)).unwrap();
    let sounds = said(say::money("cs", sum));
    assert_eq!(sounds.len(), 6, "dvacet jedna korun a padesát haléřů");
    assert_eq!(caller.steps(), [Step::Play { playback: 1, sounds, repeat: false }]);
}

#[test]
fn what_is_no_number_is_read_digit_by_digit() {
    let nodes = "[a]\nsay = \"{caller}\"\nas = \"date\"\nthen = \"hangup\"";
    let mut world = world();
    world.sounds.extend(say::pieces_of_dates("en"));
    let plans = load(vec![SourceFile::new("test.toml", harbour(nodes))], &world).unwrap();
    let facts = Facts { caller: "+420777".into(), dialled: "100".into() };
    let mut run = Run::start(plans.entry("100").unwrap(), facts, Epoch(UnixMs(0)), Time::ZERO);
    run.handle(Input::Answered, Time::ZERO);
    let steps: Vec<Step> = std::iter::from_fn(|| run.poll_output()).collect();
    let sounds = said(say::digits("en", "420777"));
    assert_eq!(steps.last(), Some(&Step::Play { playback: 1, sounds, repeat: false }));
}

#[test]
fn free_text_is_spoken_in_the_language_of_the_file() {
    let nodes = "[a]\nsay = { text = \"Voláte z čísla {caller}.\" }\nthen = \"hangup\"";
    let mut caller = Caller::answered(&czech(nodes));
    let text = "Voláte z čísla +420777123456.".to_owned();
    let sounds = vec![Sound::Speech { language: "cs".into(), text }];
    assert_eq!(caller.steps(), [Step::Play { playback: 1, sounds, repeat: false }]);
    assert_eq!(
        caller.tell(Input::PlayFailed { playback: 1 }),
        [BYE],
        "a text that cannot be spoken is passed over"
    );
}

#[test]
fn free_text_needs_its_program_and_some_text() {
    let nodes = "[a]\nsay = { text = \"Hello.\" }\nthen = \"hangup\"";
    let silent = world().speech(false);
    let problems = load(vec![SourceFile::new("test.toml", harbour(nodes))], &silent).unwrap_err();
    assert!(problems[0].what.contains("espeak-ng"), "{}", problems[0]);
    assert!(
        problems[0].help.as_ref().is_some_and(|help| help.contains("apt-get install espeak-ng")),
        "{}",
        problems[0]
    );
    let nameless = "[a]\nsay = { words = \"Hello.\" }\nthen = \"hangup\"";
    assert_eq!(problems_of(&harbour(nameless)).len(), 2);
}

#[test]
fn what_cannot_be_said_so_is_found() {
    for (setting, wanted) in [
        ("say = \"12x\"\nas = \"number\"", "cannot be said as `number`"),
        ("say = \"hello\"", "cannot be said as `digits`"),
        ("say = \"2026-02-30\"\nas = \"date\"", "cannot be said as `date`"),
        ("say = \"25:00\"\nas = \"time\"", "cannot be said as `time`"),
        ("say = \"12\"\nas = \"money\"", "cannot be said as `money`"),
        ("say = \"12\"\nas = \"money\"\ncurrency = \"EURO\"", "there is no currency `EURO`"),
        ("say = \"12\"\nas = \"number\"\ngender = \"female\"", "there is no gender `female`"),
        ("say = \"12\"\nas = \"speech\"", "nothing can be said as `speech`"),
    ] {
        let found = problems_of(&harbour(&format!("[a]\n{setting}\nthen = \"hangup\"")));
        assert!(found.iter().any(|what| what.contains(wanted)), "{setting}: {found:?}");
    }
}

#[test]
fn a_sound_may_differ_by_language() {
    let nodes = "[a]\nplay = [\"welcome\", { en = \"menu\", cs = \"pozdrav\" }]\nthen = \"hangup\"";
    let heard = |text: &str| match Caller::answered(text).steps().as_slice() {
        [Step::Play { sounds, .. }] => sounds.clone(),
        steps => panic!("{steps:?}"),
    };
    assert_eq!(heard(&harbour(nodes)), [file("prompts/en/welcome"), file("prompts/en/menu")]);
    assert_eq!(heard(&czech(nodes)), [file("prompts/cs/welcome"), file("prompts/cs/pozdrav")]);
    let found = problems_of(&harbour("[a]\nplay = { cs = \"pozdrav\", fr = \"salut\" }\nthen = \"hangup\""));
    assert!(found.iter().any(|what| what.contains("there is no language `fr`")), "{found:?}");
    assert!(found.iter().any(|what| what.contains("spoken to in `en`")), "{found:?}");
}

const QUEUE: &str = r#"
[a]
queue = "sales"
position-every = "30s"
wait-every = "60s"
announce = "menu"
announce-every = "60s"
keys = { 1 = "b", "*" = "hangup" }
else = "hangup"
[b]
play = "sorry"
then = "hangup"
"#;

#[test]
fn announcements_that_fall_together_are_made_together_over_the_music() {
    let mut caller = Caller::answered(&harbour(QUEUE));
    assert_eq!(caller.steps(), [Step::Queue { group: "sales".into(), priority: 0 }, music(1)]);
    assert_eq!(caller.wait(), [Step::AskPosition]);
    let wait = Some(Duration::from_secs(301));
    let steps = caller.tell(Input::Position { position: 3, wait });
    assert_eq!(steps, [Step::Announce { playback: 2, sounds: said(say::position("en", 3)) }]);
    assert_eq!(caller.tell(Input::PlayEnded { playback: 2 }), []);
    assert_eq!(caller.wait(), [Step::AskPosition]);
    assert_eq!(caller.now, Time::from_secs(60));
    let steps = caller.tell(Input::Position { position: 2, wait });
    let mut sounds = said([say::position("en", 2), say::wait("en", Duration::from_secs(301))].concat());
    sounds.push(file("prompts/en/menu"));
    assert_eq!(steps, [Step::Announce { playback: 3, sounds }]);
    assert_eq!(caller.tell(Input::Position { position: 1, wait }), [], "nobody asked");
    assert_eq!(caller.tell(Input::Connected), [Step::StopPlay]);
}

#[test]
fn a_wait_that_cannot_be_told_is_not_told() {
    let nodes = "[a]\nqueue = \"sales\"\nwait-every = \"20s\"\nelse = \"hangup\"";
    let mut caller = Caller::answered(&harbour(nodes));
    caller.steps();
    assert_eq!(caller.wait(), [Step::AskPosition]);
    assert_eq!(caller.tell(Input::Position { position: 4, wait: None }), []);
    assert_eq!(caller.wait(), [Step::AskPosition]);
    assert_eq!(caller.now, Time::from_secs(40));
}

#[test]
fn a_key_leads_out_of_the_queue_and_is_kept() {
    let mut caller = Caller::answered(&harbour(QUEUE));
    caller.steps();
    assert_eq!(caller.tell(Input::Digit('5')), [], "a key that leads nowhere");
    let kept = Step::Parameter { name: "a".into(), value: "1".into() };
    let steps = caller.tell(Input::Digit('1'));
    assert_eq!(steps, [kept, Step::LeaveQueue, Step::StopPlay, play(2, "prompts/en/sorry")]);
    let mut other = Caller::answered(&harbour(QUEUE));
    other.steps();
    other.wait();
    other.tell(Input::Position { position: 3, wait: None });
    let steps = other.tell(Input::Digit('*'));
    assert_eq!(steps[1..], [Step::LeaveQueue, Step::StopPlay, BYE], "during an announcement too");
    let mut talking = Caller::answered(&harbour(QUEUE));
    talking.steps();
    talking.tell(Input::Connected);
    assert_eq!(talking.tell(Input::Digit('1')), []);
}

#[test]
fn announcements_and_keys_of_a_queue_are_checked() {
    let queue = |more: &str| harbour(&format!("[a]\nqueue = \"sales\"\n{more}\nelse = \"hangup\""));
    for (more, wanted) in [
        ("announce-every = \"30s\"", "nothing is announced"),
        ("announce = { tone = 440 }", "an announcement comes to an end"),
        ("keys = { 12 = \"hangup\" }", "a telephone has no key `12`"),
        ("keys = { hash = \"hangup\" }", "a telephone has no key `hash`"),
        ("keys = \"1\"", "`keys` should be a table"),
    ] {
        let found = problems_of(&queue(more));
        assert!(found.iter().any(|what| what.contains(wanted)), "{more}: {found:?}");
    }
}

#[test]
fn hours_share_the_holidays_of_their_file() {
    let nodes = "holidays = [\"11-23\"]\nexceptions = \"2026-11-30 closed\"\ntimezone = \"Europe/Prague\"\n\
        [a]\nhours = \"Mon-Sun 00:00-24:00\"\nopen = \"b\"\nclosed = \"c\"\nholiday = \"b\"\n\
        [b]\nhours = \"Mon-Sun 00:00-24:00\"\nholidays = []\nopen = \"d\"\nclosed = \"c\"\n\
        [c]\nhangup = \"rejected\"\n[d]\nhangup = \"busy\"";
    assert_eq!(Caller::of(&harbour(nodes)).steps(), [hang_up(Cause::Busy)]);
    let closed = nodes.replace("holiday = \"b\"", "holiday = \"c\"");
    assert_eq!(Caller::of(&harbour(&closed)).steps(), [hang_up(Cause::Rejected)]);
    let wrong = nodes.replace("11-23", "23.11.");
    let found = problems_of(&harbour(&wrong));
    assert_eq!(found.len(), 1, "said once, not for each node: {found:?}");
}
