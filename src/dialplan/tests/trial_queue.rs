//! Calls without a telephone that wait in a queue, and the reasons of ways that lead to one node.

use std::time::Duration;

use super::super::trial::*;
use super::*;

const SUPPORT: &str = r##"
tenant  = "harbour"
numbers = ["100"]
start   = "support"
music   = "music/harbour"

[support]
queue          = "support"
position-every = "30s"
wait-every     = "60s"
keys           = { 1 = "message", any = "sales" }
max-wait       = "5min"
else           = "or-message"

[sales]
queue = "sales"
else  = "hangup"

[or-message]
menu  = "menu"
keys  = { 1 = "message" }
tries = 1
else  = "hangup"

[message]
record = "10s"
then   = "hangup"
"##;

fn sounds() -> Sounds {
    let lengths = [("menu", 4), ("sorry", 3), ("beep", 1)];
    let lengths = lengths.map(|(name, length)| (format!("prompts/en/{name}"), Duration::from_secs(length)));
    Sounds { lengths: lengths.into(), ..Sounds::default() }
}

/// Somebody who presses these keys, and what becomes of the waits.
fn caller(press: &str, queue: &str) -> super::super::trial::Caller {
    let mut caller = super::super::trial::Caller::new("100", UnixMs(1_795_424_400_000));
    caller.keys = Keys::list(press).unwrap();
    caller.queues = vec![Queued::read(queue).unwrap()];
    caller
}

fn call(text: &str, caller: &super::super::trial::Caller) -> Walk {
    walk(plans(text).entry("100").unwrap(), caller, &sounds())
}

/// The nodes with the ways to them, and the way to the end.
fn way(walk: &Walk) -> Vec<String> {
    let step = |moment: &Moment| match &moment.what {
        What::Entered { node, why, .. } => Some(format!("{why}>{node}")),
        What::HungUp { why, .. } => Some(format!("{why}>")),
        _ => None,
    };
    walk.moments.iter().filter_map(step).collect()
}

#[test]
fn a_key_leads_out_of_a_queue() {
    for (press, expected) in
        [("1", "1>message"), ("1@100s", "1>message"), ("7", "any key>sales"), ("#@0s", "any key>sales")]
    {
        let walk = call(SUPPORT, &caller(press, "waits"));
        assert_eq!(way(&walk)[..2], [">support", expected], "{press}");
    }
    let walk = call(SUPPORT, &caller("1@100s", "waits"));
    let pressed = walk.moments.iter().find(|moment| moment.what == What::Key { key: '1' }).unwrap();
    assert_eq!(pressed.at_ms, 100_000);
}

#[test]
fn keys_that_were_not_pressed_before_the_wait_was_over_are_for_the_next_prompt() {
    for (press, queue) in [("1", "full"), ("1@8s", "full@5s"), (",1", "waits")] {
        let walk = call(SUPPORT, &caller(press, queue));
        assert_eq!(way(&walk)[2], "1>message", "{press} {queue}: {:?}", way(&walk));
    }
    // Served before the key was to be pressed.
    let walk = call(SUPPORT, &caller("1@1min", "served@20s"));
    assert_eq!(way(&walk), [">support", ">"]);
    assert!(!walk.moments.iter().any(|moment| matches!(moment.what, What::Key { .. })));
}

#[test]
fn music_goes_on_after_an_announcement() {
    let mut caller = caller("", "served@70s");
    caller.position = 3;
    caller.wait = Some(Duration::from_secs(300));
    let walk = call(SUPPORT, &caller);
    let heard = walk.moments.iter().filter_map(|moment| match &moment.what {
        What::Heard { sounds, ms, cut } => Some((moment.at_ms, sounds[0].sound.as_str(), *ms, *cut)),
        _ => None,
    });
    let heard: Vec<_> = heard.collect();
    assert_eq!(heard[0], (0, "music/harbour", 30_000, false));
    assert_eq!(heard[1].1, "queue/you-are-number");
    assert_eq!((heard[2].0, heard[2].1), (30_000 + heard[1].2, "music/harbour"));
    assert_eq!(heard[4].1, "music/harbour");
    assert_eq!(heard.last().map(|(at, _, ms, cut)| (at + ms, *cut)), Some((70_000, true)));
    let told = |text: &str| walk.moments.iter().any(|m| m.what == What::Happened { text: text.into() });
    assert!(told("is number 3 in the queue, for about 5min"), "{}", walk.report());
}

#[test]
fn the_expected_wait_is_heard_if_there_is_one() {
    let only_wait = SUPPORT.replace("position-every = \"30s\"\n", "");
    let mut patient = caller("", "served@65s");
    let silent = call(&only_wait, &patient);
    assert!(silent.report().contains("is number 1 in the queue\n"), "{}", silent.report());
    assert!(!silent.report().contains("hears queue/"), "{}", silent.report());
    patient.wait = Some(Duration::from_secs(120));
    let told = call(&only_wait, &patient);
    assert!(told.report().contains("hears queue/"), "{}", told.report());
}

#[test]
fn a_scenario_presses_keys_in_a_queue_and_says_the_wait() {
    let table = "number = \"100\"\n[\"Who presses 1 leaves a message\"]\npress = \"1\"\nqueue = \"waits\"\nwait = \"2min\"\n\
                 speak = \"0s\"\nends = \"message\"\n[\"Nobody can serve\"]\nqueue = \"failed\"\nends = \"or-message\"\n";
    let verdict = test(&[SourceFile::new("test.test.toml", table)], &plans(SUPPORT), &sounds());
    let expected = "\
2 scenarios passed
3 of 4 nodes are reached by a scenario (75 %)
    test.toml: never sales (line 15)
4 of 7 ways out of them are taken (57 %)
    test.toml: never support (line 7): any key; or-message (line 19): 1
";
    assert_eq!(verdict.report(false), expected);
}

#[test]
fn where_several_ways_lead_to_a_node_the_one_that_was_taken_is_told() {
    let gather = "[a]\ngather = \"menu\"\ndigits = 2\ninto = \"order\"\nthen = \"b\"\nelse = \"b\"\n[b]\nhangup = \"normal\"";
    assert_eq!(way(&call(&harbour(gather), &caller("42", "waits"))), [">a", "{order}>b", ">"]);
    assert_eq!(way(&call(&harbour(gather), &caller("", "waits"))), [">a", "else>b", ">"]);
    let queue = "[a]\nqueue = \"sales\"\nelse = \"hangup\"";
    assert_eq!(way(&call(&harbour(queue), &caller("", "served"))), [">a", ">"]);
    assert_eq!(way(&call(&harbour(queue), &caller("", "full"))), [">a", "full>"]);
    let branch = "[a]\nif = [\n{ dialled = \"2*\", then = \"b\" },\n{ caller = \"\", then = \"b\" } ]\nelse = \"b\"\n[b]\nhangup = \"normal\"";
    assert_eq!(way(&call(&harbour(branch), &caller("", "waits"))), [">a", "caller is withheld>b", ">"]);
}

/// A caller who is spoken to in Czech from the second node on.
const LANGUAGES: &str = "numbers = [\"600\"]\nstart = \"a\"\n[a]\nplay = \"welcome\"\nthen = \"b\"\n\
                         [b]\nset = { language = \"cs\" }\nthen = \"c\"\n[c]\nplay = \"welcome\"\nthen = \"hangup\"";

#[test]
fn a_scenario_may_say_in_which_language_a_sound_is_heard() {
    let tried = |hears: &str| {
        let table = SourceFile::new("x.test.toml", format!("[x]\nnumber = \"600\"\nhears = {hears}\n"));
        test(&[table], &plans(LANGUAGES), &sounds())
    };
    for hears in [
        "\"cs/welcome\"",
        "[\"en/welcome\", \"cs/welcome\"]",
        "[\"prompts/en/welcome\", \"prompts/cs/welcome\"]",
        "[\"welcome\", \"welcome\"]",
    ] {
        assert!(tried(hears).passed(), "{hears}: {}", tried(hears).report(false));
    }
    let wrong = tried("[\"cs/welcome\", \"en/welcome\"]");
    assert_eq!(wrong.scenarios[0].failures[0].what, "x: the caller never heard `en/welcome`");
    for (slip, meant) in
        [("cs/wellcome", "cs/welcome"), ("prompts/cs/welcom", "prompts/cs/welcome"), ("welcom", "welcome")]
    {
        let problems = tried(&format!("\"{slip}\"")).problems;
        assert_eq!(problems[0].help.as_deref(), Some(format!("did you mean `{meant}`?").as_str()));
    }
}

#[test]
fn every_cause_of_a_hang_up_can_be_expected() {
    for (cause, _) in Cause::WORDS {
        let text = harbour(&format!("[a]\nhangup = \"{cause}\""));
        let table = format!("[x]\nnumber = \"100\"\ncause = \"{cause}\"\n");
        let verdict = test(&[SourceFile::new("x.test.toml", table)], &plans(&text), &sounds());
        assert!(verdict.passed(), "{}", verdict.report(false));
    }
}
