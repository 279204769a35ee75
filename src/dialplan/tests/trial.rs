//! Calls without a telephone.

use std::time::Duration;

use super::super::trial::*;
use super::*;

const COMPANY: &str = r##"
tenant   = "harbour"
numbers  = ["100"]
start    = "opening"
timezone = "Europe/Prague"
music    = "music/harbour"

[opening]
hours    = "Mon-Fri 08:00-17:00"
holidays = ["12-24"]
open     = "welcome"
closed   = "closed"

[welcome]
play = "welcome"
then = "main"

[main]
menu = "menu"
keys = { 1 = "sales", 2 = "anna", "#" = "speak" }
else = "sales"

[sales]
queue    = "sales"
max-wait = "2min"
full     = "closed"
else     = "anna"

[anna]
dial = "201"
busy = "speak"
else = "closed"

[speak]
record = "10s"
then   = "closed"

[closed]
play = "sorry"
then = "hangup"
"##;

fn moment(text: &str) -> UnixMs {
    Clock::of(Some("Europe/Prague")).moment(When::read(text).unwrap())
}

fn sounds() -> Sounds {
    let lengths = [("welcome", 2), ("menu", 4), ("sorry", 3), ("invalid", 1), ("beep", 1)];
    let lengths = lengths.map(|(name, length)| (format!("prompts/en/{name}"), Duration::from_secs(length)));
    let texts = [("prompts/en/welcome".to_owned(), "Welcome.".to_owned())];
    Sounds { lengths: lengths.into(), texts: texts.into() }
}

/// A caller on a Monday morning who presses these keys.
fn caller(press: &str) -> super::super::trial::Caller {
    let mut caller = super::super::trial::Caller::new("100", moment("2026-11-23T10:00"));
    caller.keys = Keys::list(press).unwrap();
    caller
}

fn call(caller: &super::super::trial::Caller) -> Walk {
    walk(plans(COMPANY).entry("100").unwrap(), caller, &sounds())
}

/// The nodes with the ways to them.
fn way(walk: &Walk) -> Vec<String> {
    let entered = |moment: &Moment| match &moment.what {
        What::Entered { node, why, .. } => Some(format!("{why}>{node}")),
        _ => None,
    };
    walk.moments.iter().filter_map(entered).collect()
}

#[test]
fn a_call_is_told_node_by_node_with_what_is_heard_and_why() {
    let mut caller = caller("1");
    caller.number = "+420777123456".into();
    let expected = "\
+420777123456 calls 100, Mon 2026-11-23 10:00:00 CET
    0.000 s  opening  test.toml:8: hours Mon-Fri 08:00-17:00
    0.000 s  welcome  test.toml:14: play welcome (open)
    0.000 s      the call is answered
    0.000 s      hears welcome \u{201c}Welcome.\u{201d}, 2.0 s
    2.000 s  main     test.toml:18: menu menu
    2.000 s      hears menu, 4.0 s
    6.500 s      presses 1
    6.500 s      main = \"1\"
    6.500 s  sales    test.toml:23: queue group sales (1)
    6.500 s      waits for group sales
    6.500 s      hears music/harbour, 20.0 s, cut short
   26.500 s      an operator answers
   86.500 s      the conversation is over
   86.500 s  hang up, normal
";
    assert_eq!(call(&caller).report(), expected);
}

#[test]
fn hours_count_in_the_time_zone_of_the_file() {
    for (at, node) in [
        ("2026-11-23T16:59", "open>welcome"),
        ("2026-11-23 17:00", "closed>closed"),
        ("2026-11-23T15:59:59Z", "open>welcome"),
        ("2026-11-23T16:00Z", "closed>closed"),
        ("2026-12-24T10:00", "holiday>closed"),
    ] {
        let mut caller = caller("");
        caller.at = moment(at);
        assert_eq!(way(&call(&caller))[1], node, "{at}");
    }
    assert!(When::read("2026-12-24").unwrap_err().contains("a date and a time of day"));
    assert!(When::read("Christmas").is_err());
}

#[test]
fn keys_come_at_their_prompts_and_at_their_moments() {
    let at = |press: &str| {
        let walk = call(&caller(press));
        let keys = walk.moments.iter().filter_map(|moment| match moment.what {
            What::Key { key } => Some((moment.at_ms, key)),
            _ => None,
        });
        keys.collect::<Vec<_>>()
    };
    assert_eq!(at("1"), [(6_500, '1')]);
    assert_eq!(at("1@1s"), [(3_000, '1')]);
    // Silence at the first prompt: five seconds later it is asked again.
    assert_eq!(at(",1"), [(15_500, '1')]);
    // After a wrong key: half a second, the prompt `invalid` and the menu again.
    assert_eq!(at("7,2"), [(6_500, '7'), (12_000, '2')]);
    assert_eq!(at(""), []);
    assert!(Keys::list("1x").unwrap_err().contains("no key `x`"));
    assert!(Keys::list("1@soon").unwrap_err().contains("`1@2s`"));
}

#[test]
fn queues_and_calls_come_to_what_was_said() {
    let way_of = |press: &str, queue: &str, dial: &str| {
        let mut caller = caller(press);
        caller.queues = vec![Queued::read(queue).unwrap()];
        caller.dials = vec![Dialled::read(dial).unwrap()];
        let walk = call(&caller);
        let last = way(&walk).split_off(3);
        (last, walk.end, walk.lasted_ms)
    };
    let over = End::HungUp(Cause::Normal);
    assert_eq!(way_of("1", "full", "busy").0, ["1>sales", "full>closed"]);
    let (way, end, lasted) = way_of("1", "waits", "busy");
    assert_eq!(way, ["1>sales", "timeout>anna", "busy>speak", ">closed"]);
    assert_eq!((end, lasted), (over, 6_500 + 120_000 + 1_000 + 5_000 + 3_000));
    assert_eq!(way_of("1", "failed", "no-answer").0, ["1>sales", "else>anna", "no answer>closed"]);
    assert_eq!(way_of("2", "full", "served@5s"), (vec!["2>anna".into()], over, 6_500 + 65_000));
    assert!(Queued::read("sevred").unwrap_err().contains("did you mean `served`?"));
    assert!(Dialled::read("bus").unwrap_err().contains("did you mean `busy`?"));
}

#[test]
fn a_caller_may_hang_up_and_a_call_may_go_on() {
    let mut impatient = caller("");
    impatient.hangs_up = Some(Duration::from_secs(3));
    let walk = call(&impatient);
    assert_eq!((walk.end, walk.lasted_ms), (End::CallerHungUp, 3_000));
    assert!(matches!(walk.moments.last(), Some(Moment { what: What::CallerHungUp, .. })));
    let entry = plans(&harbour("[a]\necho = true")).entry("100").unwrap();
    let endless = super::super::trial::walk(entry, &caller(""), &sounds());
    assert_eq!(endless.end, End::GoesOn);
    assert!(endless.report().ends_with("and so on, until somebody hangs up\n"));
}

#[test]
fn a_walk_is_json_for_programs() {
    let json = serde_json::to_value(call(&caller("1"))).unwrap();
    let first = serde_json::json!({
        "at_ms": 0, "what": "entered", "node": "opening", "verb": "hours", "line": 8,
        "does": ["Mon-Fri 08:00-17:00", "1 holiday", "Europe/Prague"], "why": "",
    });
    assert_eq!(json["moments"][0], first);
    assert_eq!(json["end"], serde_json::json!({ "how": "hung_up", "cause": "Normal" }));
}

#[test]
fn a_past_call_is_told_like_a_trial() {
    let entered = |node: &str, line, by: &str| Noted::Entered { node: node.into(), line, by: by.into() };
    let other = |text: &str| Noted::Other(text.into());
    let past = Past {
        caller: String::new(),
        dialled: "100".into(),
        started: moment("2026-11-23T10:00"),
        noted: vec![
            (0, entered("main", 18, "")),
            (10, Noted::Answered),
            (900, Noted::Key('1')),
            (900, entered("sales", 23, "1")),
            (900, other("waits for group sales as number 1")),
            (5_000, other("leaves the queue: the queue is full")),
            (5_000, entered("closed", 99, "full")),
            (7_000, Noted::Ended { by_caller: true, text: String::new() }),
        ],
    };
    let expected = "\
a withheld number calls 100, Mon 2026-11-23 10:00:00 CET
    0.000 s  main    test.toml:18: menu menu
    0.010 s      the call is answered
    0.900 s      presses 1
    0.900 s  sales   test.toml:23: queue group sales (1)
    0.900 s      waits for group sales as number 1
    5.000 s      leaves the queue: the queue is full
    5.000 s  closed  test.toml:99: play (the file has changed since) (full)
    7.000 s  the caller hangs up
";
    assert_eq!(past.explain(&plans(COMPANY)).report(), expected);
}

const TABLE: &str = r##"
number = "100"
at     = "2026-11-23 10:00"

["Key 1 leads to sales"]
press  = "1"
visits = ["welcome", "sales"]
avoids = "speak"
hears  = ["welcome", "menu", "music/harbour"]
ends   = "sales"
cause  = "normal"
parameters = { main = "1" }

["Who waits too long gets to Anna, and may leave a message"]
press = "1"
queue = "waits"
dial  = "busy"
path  = ["opening", "welcome", "main", "sales", "anna", "speak", "closed"]

["On Christmas Eve nobody works"]
at   = 2026-12-24T10:00:00
ends = "closed"
"##;

fn tried(table: &str) -> Verdict {
    test(&[SourceFile::new("test.test.toml", table)], &plans(COMPANY), &sounds())
}

#[test]
fn scenarios_say_what_is_to_come_of_calls() {
    let verdict = tried(TABLE);
    assert!(verdict.passed(), "{}", verdict.report(false));
    assert_eq!(verdict.scenarios.len(), 3);
    let expected = "\
3 scenarios passed
7 of 7 nodes are reached by a scenario (100 %)
8 of 14 ways out of them are taken (57 %)
    test.toml: never opening (line 8): closed; main (line 18): #, 2, else; sales (line 23): full; anna (line 29): else
";
    assert_eq!(verdict.report(false), expected);
}

#[test]
fn a_failed_scenario_shows_its_place_and_the_way_that_was_walked() {
    let verdict = tried("[\"Key 2 leads to support\"]\nnumber = \"100\"\npress = \"2\"\nends = \"sales\"\n");
    assert!(!verdict.passed());
    let expected = r#"Error: Key 2 leads to support: the call ended in `anna`
   ╭─[ test.test.toml:4:8 ]
   │
 4 │ ends = "sales"
   │        ───┬───
   │           ╰───── not the last node
   │
   │ Help: the way was: opening → (open) welcome → main → (2) anna → hang up, normal
───╯
1 scenario failed, 0 passed
    test.test.toml:1: Key 2 leads to support
4 of 7 nodes are reached by a scenario (57 %)
    test.toml: never sales (line 23), speak (line 34), closed (line 38)
3 of 14 ways out of them are taken (21 %)
    test.toml: never opening (line 8): closed, holiday; main (line 18): #, 1, else; anna (line 29): busy, else
"#;
    let trimmed = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    assert_eq!(trimmed(&verdict.report(false)), trimmed(expected));
}

#[test]
fn every_expectation_can_fail() {
    for (expectation, what) in [
        ("path = [\"opening\"]", "the caller went another way"),
        ("visits = [\"main\", \"welcome\"]", "never came to `welcome`"),
        ("avoids = [\"main\"]", "came to `main`"),
        ("hears = \"sorry\"", "never heard `sorry`"),
        ("cause = \"busy\"", "ended with `normal`"),
        ("parameters = { main = \"2\" }", "`main` is \"1\""),
        ("parameters = { other = \"2\" }", "`other` was never set"),
    ] {
        let verdict = tried(&format!("[a]\nnumber = \"100\"\npress = \"1\"\n{expectation}\n"));
        let found = &verdict.scenarios[0].failures;
        assert_eq!(found.len(), 1, "{expectation}");
        assert!(found[0].what.contains(what), "{}", found[0].what);
    }
}

#[test]
fn slips_in_a_table_are_found_with_what_was_meant() {
    for (table, what, help) in [
        ("[a]\nnumber = \"101\"\nends = \"closed\"", "no dialplan answers 101", "`100`"),
        ("[a]\nends = \"closed\"", "does not say which number is called", "number = "),
        ("[a]\nnumber = \"100\"", "expects nothing", "ends"),
        ("[a]\nnumber = \"100\"\nends = \"closd\"", "no node `closd`", "did you mean `closed`?"),
        ("[a]\nnumber = \"100\"\nhears = \"wellcome\"", "no sound `wellcome`", "did you mean `welcome`?"),
        ("[a]\nnumber = \"100\"\ncause = \"bussy\"", "no cause `bussy`", "did you mean `busy`?"),
        ("[a]\nnumber = \"100\"\nend = \"closed\"", "no setting `end`", "did you mean `ends`?"),
        ("[a]\nnumber = \"100\"\npress = 1\nends = \"closed\"", "should be a text in quotes", "press = "),
        ("[a]\nnumber = \"100\"\npress = \"1x\"\nends = \"closed\"", "no key `x`", "0 to 9"),
        ("[a]\nnumber = \"100\"\nqueue = \"serve\"\nends = \"closed\"", "`serve`", "did you mean `served`?"),
        ("[a]\nnumber = \"100\"\nat = \"noon\"\nends = \"closed\"", "`noon` is no moment", "a date"),
        ("[a]\nnumber = \"100\"\nhangup = 3\nends = \"closed\"", "a length of time", "\"12s\""),
        ("numbr = \"100\"", "no setting for all scenarios", "did you mean `number`?"),
        ("", "there is no scenario", "write one"),
        ("[a b]", "", "in quotes"),
    ] {
        let problems = tried(table).problems;
        let problem = problems.first().unwrap_or_else(|| panic!("nothing found in {table}"));
        let found = problem.help.clone().unwrap_or_default();
        assert!(problem.what.contains(what) && found.contains(help), "{table}\n{problem}");
    }
}

#[test]
fn hundreds_of_scenarios_take_no_time() {
    let table: String = (0..500)
        .map(|at| {
            format!("[\"scenario {at}\"]\nnumber = \"100\"\npress = \"{}\"\nvisits = \"main\"\n", at % 3)
        })
        .collect();
    let verdict = tried(&table);
    assert_eq!(verdict.scenarios.len(), 500);
    assert!(verdict.passed());
}
