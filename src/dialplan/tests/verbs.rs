//! Verbs that ask, remember and decide.

use super::*;

fn parameter(name: &str, value: &str) -> Step {
    Step::Parameter { name: name.into(), value: value.into() }
}

fn ends(cause: Cause) -> Step {
    hang_up(cause)
}

/// Three ends to tell ways apart.
const ENDS: &str = "[yes]\nhangup = \"busy\"\n[no]\nhangup = \"rejected\"\n[other]\nhangup = \"not-found\"\n";

const ORDER: &str = r#"
[a]
gather = "menu"
min = 3
max = 5
valid = ["100..199", "4711", "99*"]
tries = 2
timeout = "4s"
into = "order"
then = "thanks"
else = "hangup"
[thanks]
say = "{order}"
then = "hangup"
"#;

fn asked() -> Caller {
    let mut caller = Caller::answered(&harbour(ORDER));
    caller.steps();
    caller
}

fn typed(keys: &str) -> (Caller, Vec<Step>) {
    let mut caller = asked();
    let steps = keys.chars().flat_map(|key| caller.tell(Input::Digit(key))).collect();
    (caller, steps)
}

#[test]
fn digits_are_gathered_up_to_the_key_that_ends_them() {
    let (_, steps) = typed("150#");
    assert_eq!(steps[..2], [Step::StopPlay, parameter("order", "150")]);
    let (mut caller, steps) = typed("4711");
    assert_eq!(steps, [Step::StopPlay], "a fifth digit may come");
    assert_eq!(caller.wait()[0], parameter("order", "4711"), "none came");
    let (_, steps) = typed("99123");
    assert_eq!(steps[1], parameter("order", "99123"), "there is no room for a sixth");
}

#[test]
fn the_star_starts_the_typing_over() {
    let (_, steps) = typed("77*150#");
    assert!(steps.contains(&parameter("order", "150")), "{steps:?}");
}

#[test]
fn what_is_not_valid_is_told_and_asked_for_again() {
    for keys in ["12#", "250#", "#", "9812#"] {
        let (mut caller, steps) = typed(keys);
        assert_eq!(steps.last(), Some(&play(2, "prompts/en/not-right")), "{keys}");
        assert_eq!(caller.tell(Input::PlayEnded { playback: 2 }), [play(3, "prompts/en/menu")]);
        caller.tell(Input::PlayEnded { playback: 3 });
        assert_eq!(caller.wait(), [BYE]);
    }
}

#[test]
fn digits_typed_before_the_question_answer_it() {
    let nodes = format!("[w]\nplay = \"welcome\"\nthen = \"a\"\n{ORDER}");
    let mut caller = Caller::answered(&harbour(&nodes).replace("start = \"a\"", "start = \"w\""));
    caller.steps();
    assert_eq!(caller.tell(Input::Digit('1')), [Step::StopPlay]);
    caller.tell(Input::Digit('9'));
    caller.tell(Input::Digit('9'));
    assert_eq!(caller.tell(Input::Digit('#'))[0], parameter("order", "199"));
}

fn decided(condition: &str, lines: &str) -> Vec<Step> {
    let nodes = format!(
        "[a]\nset = {{ order = \"4711\" }}\nthen = \"if\"\n[if]\nif = {condition}\n{lines}\nelse = \"no\"\n{ENDS}"
    );
    let mut caller = Caller::of(&harbour(&nodes));
    caller.steps()
}

#[test]
fn a_condition_parts_the_way_by_what_is_known_of_the_caller() {
    for (condition, holds) in [
        ("{ caller = \"+420*\" }", true),
        ("{ caller = \"+421*\" }", false),
        ("{ caller = [\"+421*\", \"+420777?23456\"] }", true),
        ("{ caller = \"not +420*\" }", false),
        ("{ caller = \"\" }", false),
        ("{ dialled = 100, tenant = \"harbour\", language = \"en\" }", true),
        ("{ dialled = 100, language = \"cs\" }", false),
        ("{ order = \"47*\" }", true),
        ("{ order = \"> 4711\" }", false),
        ("{ order = \"4000..5000\" }", true),
        ("{ \"{order}-{dialled}\" = \"4711-100\" }", true),
        ("{ key = \"\" }", true),
    ] {
        let end = ends(if holds { Cause::Busy } else { Cause::Rejected });
        assert_eq!(decided(condition, "then = \"yes\"").last(), Some(&end), "{condition}");
    }
}

#[test]
fn the_first_branch_that_holds_is_taken() {
    let list = "[{ order = \"1*\", then = \"yes\" }, { order = \"4*\", then = \"other\" }, { order = \"47*\", then = \"yes\" }]";
    assert_eq!(decided(list, "").last(), Some(&ends(Cause::NotFound)));
}

const OUTSIDE: &str = "[a]\nif = [\n{ group = \"sales\", waiting = \"> 5\", online = 0, then = \"yes\" },\n\
                       { switch = \"night\", is = \"off\", caller = \"+420*\", then = \"other\" },\n]\nelse = \"no\"\n";

#[test]
fn the_world_outside_is_asked_one_question_at_a_time() {
    let look = |question: Question| Step::Look { question };
    let group = || "sales".to_owned();
    let start = || {
        let mut caller = Caller::of(&harbour(&format!("{OUTSIDE}{ENDS}")));
        assert_eq!(caller.steps(), [look(Question::Waiting { group: group() })]);
        caller
    };
    let mut caller = start();
    assert_eq!(caller.tell(Input::Seen { value: 6 }), [look(Question::Online { group: group() })]);
    assert_eq!(caller.tell(Input::Seen { value: 0 }), [ends(Cause::Busy)]);
    let mut caller = start();
    assert_eq!(
        caller.tell(Input::Seen { value: 5 }),
        [look(Question::Switch { switch: "night".into() })],
        "the second question of a branch that does not hold is not asked"
    );
    assert_eq!(caller.tell(Input::Seen { value: 0 }), [ends(Cause::NotFound)]);
    let mut caller = start();
    caller.tell(Input::Seen { value: 5 });
    assert_eq!(caller.tell(Input::Seen { value: 1 }), [ends(Cause::Rejected)]);
    let mut unanswered = start();
    assert_eq!(unanswered.wait(), [look(Question::Switch { switch: "night".into() })]);
    assert_eq!(unanswered.wait(), [ends(Cause::Rejected)]);
}

#[test]
fn parameters_are_set_together_and_a_tag_marks_the_session() {
    let nodes = "[a]\nset = { p = \"{caller}\", n = 5, yes = true }\nthen = \"b\"\n\
                 [b]\nset = { p = \"{n}\", n = \"{p}\" }\nthen = \"c\"\n\
                 [c]\ntag = [\"vip\", \"{key}\", \" from {n} \"]\nthen = \"hangup\"";
    let mut caller = Caller::of(&harbour(nodes));
    let tag = |tag: &str| Step::Tag { tag: tag.into() };
    let number = "+420777123456";
    assert_eq!(
        caller.steps(),
        [
            parameter("n", "5"),
            parameter("p", number),
            parameter("yes", "true"),
            parameter("n", number),
            parameter("p", "5"),
            tag("vip"),
            tag("from +420777123456"),
            BYE
        ]
    );
}

#[test]
fn a_dialplan_says_whether_conversations_are_recorded_from_here_on() {
    let nodes = "[a]\nrecord-call = \"on\"\nthen = \"b\"\n[b]\nrecord-call = \"off\"\nthen = \"hangup\"";
    let steps = Caller::of(&harbour(nodes)).steps();
    assert_eq!(steps, [Step::RecordCall { on: true }, Step::RecordCall { on: false }, BYE]);
}

#[test]
fn a_sub_flow_comes_back_to_where_it_was_called() {
    let nodes = "[a]\ncall = \"ask\"\nthen = \"b\"\n[b]\ncall = \"ask\"\nthen = \"end\"\n\
                 [end]\nset = { sum = \"{p}{q}\" }\nthen = \"hangup\"\n\
                 [ask]\nset = { p = \"{q}\", q = \"1\" }\nthen = \"deeper\"\n\
                 [deeper]\ncall = \"ring\"\nthen = \"return\"\n[ring]\ntag = \"rung\"\nthen = \"return\"";
    let steps = Caller::of(&harbour(nodes)).steps();
    assert_eq!(steps.iter().filter(|step| matches!(step, Step::Tag { .. })).count(), 2);
    assert_eq!(steps[steps.len() - 2..], [parameter("sum", "11"), BYE]);
}

const ASK: &str = r#"
[a]
http = "https://crm.example.com/callers/{caller}?number={dialled}"
send = { number = "{caller}", "the order" = 5 }
headers = { Authorization = "Bearer {dialled}" }
timeout = "3s"
keep = { name = "customer.name", first = "orders[0]" }
status = { 404 = "other", 500 = "yes" }
then = "greet"
no-answer = "no"
else = "yes"
[greet]
set = { greeting = "{name}/{first}" }
then = "hangup"
"#;

fn asking() -> Caller {
    let mut caller = Caller::of(&harbour(&format!("{ASK}{ENDS}")));
    let http = HttpRequest {
        method: HttpMethod::Post,
        url: "https://crm.example.com/callers/%2B420777123456?number=100".into(),
        headers: [("Authorization".to_owned(), "Bearer 100".to_owned())].into(),
        body: Some("{\"number\":\"+420777123456\",\"the order\":\"5\"}".into()),
        timeout: std::time::Duration::from_secs(3),
    };
    assert_eq!(caller.steps(), [Step::Http { request: 1, http }]);
    caller
}

#[test]
fn an_answer_becomes_parameters_and_its_status_leads_on() {
    let answer = |status, body: &str| Input::HttpAnswered { request: 1, status, body: body.into() };
    let body = "{\"customer\":{\"name\":\"Ann\"},\"orders\":[7]}";
    let kept = [parameter("first", "7"), parameter("name", "Ann")];
    let steps = asking().tell(answer(200, body));
    assert_eq!(steps, [kept[0].clone(), kept[1].clone(), parameter("greeting", "Ann/7"), BYE]);
    assert_eq!(asking().tell(answer(404, body))[2..], [ends(Cause::NotFound)]);
    for (status, body, cause) in [
        (500, "", Cause::Busy),
        (404, "gone", Cause::NotFound),
        (200, "not json", Cause::Busy),
        (302, "", Cause::Busy),
        (503, "", Cause::Busy),
    ] {
        assert_eq!(asking().tell(answer(status, body)), [ends(cause)], "{status} {body}");
    }
}

#[test]
fn every_failure_of_a_request_has_a_way_out() {
    for (word, why) in HttpFailure::WORDS {
        let cause = if *why == HttpFailure::TimedOut { Cause::Rejected } else { Cause::Busy };
        assert_eq!(asking().tell(Input::HttpFailed { request: 1, why: *why }), [ends(cause)], "{word}");
    }
    let mut other = asking();
    assert_eq!(other.tell(Input::HttpFailed { request: 2, why: HttpFailure::Broken }), [], "not this one");
    assert_eq!(other.wait(), [ends(Cause::Rejected)]);
    assert_eq!(other.now, Time::from_secs(4), "a second past the limit");
}

#[test]
fn a_caller_who_is_answered_hears_music_while_another_program_is_asked() {
    let nodes = "[w]\nanswer = true\nthen = \"a\"\n[a]\nhttp = \"http://crm.example.com\"\nmusic = \"music/harbour\"\nthen = \"hangup\"\nelse = \"hangup\"";
    let mut caller = Caller::answered(&harbour(nodes).replace("start = \"a\"", "start = \"w\""));
    let steps = caller.steps();
    assert!(
        matches!(&steps[0], Step::Http { http, .. } if http.url == "http://crm.example.com/" && http.body.is_none())
    );
    assert_eq!(steps[1], music(1));
    assert_eq!(
        caller.tell(Input::HttpAnswered { request: 1, status: 200, body: String::new() }),
        [Step::StopPlay, BYE]
    );
}

#[test]
fn a_switch_is_turned_and_tells_how_it_stands() {
    let nodes = format!("[a]\nswitch = \"night\"\non = \"yes\"\noff = \"no\"\nelse = \"other\"\n{ENDS}");
    let start = || {
        let mut caller = Caller::of(&harbour(&nodes));
        assert_eq!(caller.steps(), [Step::Turn { switch: "night".into(), turn: Turn::Toggle }]);
        caller
    };
    assert_eq!(start().tell(Input::Turned { on: true }), [ends(Cause::Busy)]);
    assert_eq!(start().tell(Input::Turned { on: false }), [ends(Cause::Rejected)]);
    assert_eq!(start().tell(Input::MayNotTurn), [ends(Cause::NotFound)]);
    assert_eq!(start().wait(), [ends(Cause::NotFound)]);
}

#[test]
fn another_program_is_told_and_nothing_is_awaited() {
    let nodes = "[a]\nset = { order = 7 }\nthen = \"b\"\n\
                 [b]\nwebhook = \"https://crm.example.com/{order}\"\nthen = \"c\"\n\
                 [c]\nwebhook = \"https://crm.example.com/\"\nevent = \"order.asked\"\nsend = { from = \"{caller}\" }\nthen = \"hangup\"";
    let steps = Caller::of(&harbour(nodes)).steps();
    let webhook = |path: &str, event: &str, name: &str, value: &str| Step::Webhook {
        url: format!("https://crm.example.com/{path}"),
        event: event.into(),
        data: [(name.to_owned(), value.to_owned())].into(),
    };
    let expected =
        [webhook("7", "b", "order", "7"), webhook("", "order.asked", "from", "+420777123456"), BYE];
    assert_eq!(steps[1..], expected);
}

/// Where a queue's keys lead.
const LEFT: &str = "[a]\nqueue = \"sales\"\nelse = \"other\"\nkeys = { 1 = \"yes\", any = \"no\" }\n";

#[test]
fn any_other_key_may_lead_out_of_a_queue() {
    for (key, cause) in [('1', Cause::Busy), ('7', Cause::Rejected), ('#', Cause::Rejected)] {
        let mut caller = Caller::answered(&harbour(&format!("{LEFT}{ENDS}")));
        caller.steps();
        let steps = caller.tell(Input::Digit(key));
        assert_eq!(steps[1..], [Step::LeaveQueue, Step::StopPlay, ends(cause)], "{key}");
    }
}

/// A file in which what was kept becomes the language.
fn speaking(kept: &str) -> Vec<Step> {
    let nodes = format!(
        "[a]\nset = {{ spoken = \"{kept}\" }}\nthen = \"b\"\n\
         [b]\nset = {{ language = \"{{spoken}}\" }}\nthen = \"c\"\n\
         [c]\nif = {{ language = \"cs\" }}\nthen = \"yes\"\nelse = \"no\"\n{ENDS}"
    );
    let world = World::unknown();
    let file = SourceFile::new("test.toml", harbour(&nodes));
    let plans = load(vec![file], &world).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let entry = plans.entry("100").unwrap();
    let mut caller =
        Caller { run: Run::start(entry, Facts::default(), Epoch(UnixMs(0)), Time::ZERO), now: Time::ZERO };
    caller.steps()
}

#[test]
fn what_was_kept_may_become_the_language_if_it_is_one() {
    assert_eq!(speaking("cs")[1..], [parameter("language", "cs"), ends(Cause::Busy)]);
    assert_eq!(speaking(" CS ")[1..], [parameter("language", "cs"), ends(Cause::Busy)]);
    for unknown in ["xx", "", "czech"] {
        assert_eq!(speaking(unknown)[1..], [parameter("language", "en"), ends(Cause::Rejected)], "{unknown}");
    }
}

#[test]
fn a_language_that_may_become_any_needs_its_sounds_in_all() {
    let nodes =
        "[a]\nset = { language = \"{key}\" }\nthen = \"b\"\n[b]\nplay = \"welcome\"\nthen = \"hangup\"";
    let problems = load(vec![SourceFile::new("test.toml", harbour(nodes))], &world()).unwrap_err();
    assert_eq!(
        problems[0].what,
        "there is no sound \"welcome\" in `de`, which a node of this file changes to"
    );
}
