//! What the check says of verbs that ask, remember and decide.

use super::problems::{TOP, problem, problems};
use super::*;

#[test]
fn what_new_verbs_are_told_wrongly_is_explained() {
    let gather =
        |lines: &str| format!("[a]\ngather = \"menu\"\n{lines}\nthen = \"hangup\"\nelse = \"hangup\"");
    let branch = |condition: &str| format!("[a]\nif = {condition}\nthen = \"hangup\"\nelse = \"hangup\"");
    let http = |lines: &str| format!("[a]\n{lines}\nthen = \"hangup\"\nelse = \"hangup\"");
    for (nodes, what, help) in [
        (gather(""), "how many digits", "digits = 6"),
        (gather("min = 5\nmax = 4"), "at least 5 and at most 4", "turn them round"),
        (gather("digits = 4\nmax = 5"), "`digits` says how many", "leave one"),
        (gather("digits = 4\nvalid = [\"1000..2000\", \"12345\"]"), "can ever type 12345", "mend"),
        (gather("digits = 4\nend = \"5\""), "only # and *", "end = \"#\""),
        (gather("digits = 4\nvalid = \"> x\""), "cannot be compared", "100..199"),
        (gather("digits = 4\ninto = \"caller\""), "known of every caller", "another name"),
        (branch("{}"), "says nothing", "caller ="),
        (branch("5"), "a condition", "caller ="),
        (branch("{ waitng = 5 }"), "parameter `waitng`", "did you mean `waiting`?"),
        (branch("{ waiting = 5 }"), "of which group", "group = "),
        (branch("{ group = \"sales\" }"), "alone says nothing", "waiting ="),
        (branch("{ group = \"salse\", free = 0 }"), "no group", "did you mean `sales`?"),
        (
            branch("{ group = \"sales\", online = \"none\" }"),
            "`online` is a number, and never none",
            "online = 0",
        ),
        (branch("{ group = \"sales\", free = \"< 0\" }"), "never < 0", "free = 0"),
        (branch("{ group = \"sales\", waiting = [1, \"\"] }"), "never empty", "waiting = 0"),
        (branch("{ caller = [\"1\", \"not 2\"] }"), "stands alone", "branches before"),
        (branch("{ switch = \"Night!\" }"), "name of a switch", "lower-case"),
        (branch("{ switch = \"night\", is = \"onn\" }"), "never `onn`", "did you mean `on`?"),
        (http("set = {}").replace("else = \"hangup\"", ""), "at least one", "reason"),
        (
            http("set = { caller = \"1\" }").replace("else = \"hangup\"", ""),
            "known of every caller",
            "another name",
        ),
        (
            http("set = { language = \"xx\" }").replace("else = \"hangup\"", ""),
            "no recordings in `xx`",
            "`en`",
        ),
        (
            http("http = \"https://crm.example.com\"\nkeep = { language = \"language\" }"),
            "`language` is known of every caller",
            "set = { language = \"{spoken}\" }",
        ),
        (http("http = \"crm.example.com\""), "no address of the web", "https://"),
        (http("http = \"https://crm.exmaple.com/x\""), "not allowed", "did you mean `crm.example.com`?"),
        (http("http = \"https://{caller}/x\""), "is no host", "as it is"),
        (http("http = \"https://crm.example.com@10.0.0.1/\""), "is no host", "as it is"),
        (http("http = \"https://crm.example.com/{nmae}\""), "parameter `nmae`", "there is"),
        (
            http("http = \"https://crm.example.com\"\nkeep = { x = \"a..b\" }"),
            "found nowhere",
            "customer.name",
        ),
        (http("http = \"https://crm.example.com\"\nstatus = { 99 = \"hangup\" }"), "no status", "200 to 599"),
        (http("http = \"https://crm.example.com\"\ntimeout = \"1min\""), "nobody waits", "30s"),
        (http("http = \"https://crm.example.com\"\nmethod = \"PUT\""), "no method", "GET"),
        (http("http = \"https://crm.example.com\"\nheaders = { Host = \"x\" }"), "by itself", "leave it out"),
        (
            http("http = \"https://crm.example.com\"\nheaders = { \"a b\" = \"x\" }"),
            "name of a header",
            "letters",
        ),
    ] {
        let (_, found, advice) = problem(&nodes);
        assert!(found.contains(what), "{nodes}: {found}");
        assert!(advice.contains(help), "{nodes}: {advice}");
    }
}

#[test]
fn a_sub_flow_is_called_and_comes_back() {
    let (line, what, _) = problem("[a]\nplay = \"welcome\"\nthen = \"return\"");
    assert_eq!(line, TOP + 1);
    assert!(what.contains("without a `call`"), "{what}");
    let (_, what, _) = problem(
        "[a]\ncall = \"b\"\nthen = \"hangup\"\n[b]\ncall = \"c\"\nthen = \"return\"\n[c]\nplay = \"sorry\"\nthen = \"d\"\n[d]\ncall = \"b\"\nthen = \"return\"",
    );
    assert!(what.contains("`d` calls `b`"), "{what}");
    let (_, what, _) = problem("[a]\ncall = \"a\"\nthen = \"hangup\"");
    assert!(what.contains("under way already"), "{what}");
    let chain: String =
        (0..17).map(|n| format!("[n{n}]\ncall = \"n{}\"\nthen = \"return\"\n", n + 1)).collect();
    let (_, what, _) = problem(&format!(
        "[a]\ncall = \"n0\"\nthen = \"hangup\"\n{chain}[n17]\nplay = \"sorry\"\nthen = \"return\""
    ));
    assert!(what.contains("more than 16"), "{what}");
    let (_, what, _) = problem("[a]\ncall = \"hangup\"\nthen = \"hangup\"");
    assert!(what.contains("node to begin with"), "{what}");
}

#[test]
fn a_round_through_a_sub_flow_costs_what_the_sub_flow_costs() {
    let round = |sub: &str| format!("[a]\ncall = \"b\"\nthen = \"a\"\n[b]\n{sub}");
    let asks = round("menu = \"menu\"\nkeys = { 1 = \"return\" }\nelse = \"hangup\"");
    assert!(load(vec![SourceFile::new("test.toml", harbour(&asks))], &world()).is_ok());
    assert!(problem(&round("play = \"sorry\"\nthen = \"return\"")).1.contains("for ever"));
    assert!(problem(&round("tag = \"x\"\nthen = \"return\"")).1.contains("without ever waiting"));
}

#[test]
fn calls_are_recorded_on_or_off() {
    let (_, what, help) = problem("[a]\nrecord-call = \"onn\"\nthen = \"hangup\"");
    assert!(what.contains("`on` or `off`, not `onn`") && help.contains("`on`"), "{what} {help}");
}

#[test]
fn a_switch_that_no_number_turns_is_a_warning() {
    let nodes = "[a]\nif = { switch = \"nigth\" }\nthen = \"hangup\"\nelse = \"b\"\n\
                 [b]\nswitch = \"night\"\non = \"hangup\"\noff = \"hangup\"\nelse = \"hangup\"";
    let plans = plans(&harbour(nodes));
    let warnings = plans.warnings();
    assert_eq!(warnings.len(), 1, "{warnings:#?}");
    assert_eq!(warnings[0].help.as_deref(), Some("did you mean `night`?"));
    let (_, what, help) = {
        let found = problems(
            "numbers = [\"600\"]\nstart = \"a\"\n[a]\nif = { switch = \"x\" }\nthen = \"hangup\"\nelse = \"hangup\"",
        );
        (0, found[0].what.clone(), found[0].help.clone().unwrap())
    };
    assert!(what.contains("belong to a tenant") && help.contains("tenant ="), "{what}");
}
