use super::*;

pub(super) fn problems(text: &str) -> Vec<Problem> {
    load(vec![SourceFile::new("test.toml", text)], &world()).expect_err("the file should be refused")
}

/// The only problem of these nodes: its line, what is wrong, what to do.
pub(super) fn problem(nodes: &str) -> (u32, String, String) {
    let mut problems = problems(&harbour(nodes));
    assert_eq!(problems.len(), 1, "{problems:#?}");
    let problem = problems.remove(0);
    (problem.line, problem.what, problem.help.unwrap_or_default())
}

/// Lines of the file before the nodes.
pub(super) const TOP: u32 = 4;

#[test]
fn a_picture_shows_the_line_with_the_place_underlined() {
    let text =
        harbour("[a]\nplay = \"welcome\"\nthen = \"sory\"\n\n[sorry]\nplay = \"sorry\"\nthen = \"hangup\"");
    let problems = problems(&text);
    assert_eq!(problems.len(), 1);
    let expected = "\
Error: there is no node `sory` in this file
   ╭─[ test.toml:7:8 ]
   │
 7 │ then = \"sory\"
   │        ───┬──  
   │           ╰──── no such node
   │ 
   │ Help: did you mean `sorry`?
───╯
";
    assert_eq!(problems[0].to_string(), expected);
    assert!(problems[0].picture(true).contains("\u{1b}["));
    assert_eq!(
        problems[0].one_line(),
        "test.toml:7:8: there is no node `sory` in this file (did you mean `sorry`?)"
    );
}

#[test]
fn every_problem_of_every_file_is_found_at_once() {
    let one = harbour("[a]\nplay = \"welcom\"\nthen = \"b\"\nvolume = 3\n[c]\nqeue = \"sales\"");
    let two = "tenant = \"summit\"\nnumbers = [\"100\", 110]\n[x]\nhangup = \"bussy\"";
    let files = vec![SourceFile::new("one.toml", one), SourceFile::new("two.toml", two)];
    let problems = load(files, &world()).unwrap_err();
    let found: Vec<(String, u32)> = problems.iter().map(|p| (p.file.clone(), p.line)).collect();
    let expected = [("one.toml", 6), ("one.toml", 7), ("one.toml", 8), ("one.toml", 10)];
    let expected =
        expected.into_iter().chain([("two.toml", 2), ("two.toml", 2), ("two.toml", 2), ("two.toml", 4)]);
    assert_eq!(
        found,
        expected.map(|(file, line)| (file.to_owned(), line)).collect::<Vec<_>>(),
        "{problems:#?}"
    );
}

#[test]
fn unknown_names_are_met_with_the_name_that_was_meant() {
    for (nodes, line, what, help) in [
        ("[a]\nplay = \"welcom\"\nthen = \"hangup\"", 2, "no sound", "did you mean \"welcome\"?"),
        ("[a]\nplay = \"welcome.wav\"\nthen = \"hangup\"", 2, "no sound", "write \"welcome\""),
        ("[a]\nqueue = \"slaes\"\nelse = \"hangup\"", 2, "no group", "did you mean `sales`?"),
        ("[a]\nqueue = \"zoo\"\nelse = \"hangup\"", 2, "no group", "there is `sales` or `support`"),
        ("[a]\ndial = \"210\"\nelse = \"hangup\"", 2, "nobody's extension", "did you mean `201`?"),
        ("[a]\nhangup = \"bussy\"", 2, "no cause", "did you mean `busy`?"),
        ("[a]\npaly = \"welcome\"\nthen = \"hangup\"", 2, "no verb `paly`", "did you mean `play`?"),
        (
            "[a]\nplay = \"welcome\"\nthen = \"hangup\"\nskipp = true",
            4,
            "no setting `skipp`",
            "did you mean `skip`?",
        ),
        ("[a]\nsay = \"{kye}\"\nthen = \"hangup\"", 2, "sets a parameter `kye`", "did you mean `key`?"),
        (
            "[a]\nsay = \"1\"\nas = \"numbers\"\nthen = \"hangup\"",
            3,
            "nothing can be said",
            "did you mean `number`?",
        ),
    ] {
        let (at, found, advice) = problem(nodes);
        assert_eq!(at, TOP + line, "{found}");
        assert!(found.contains(what), "{found}");
        assert!(advice.contains(help), "{advice}");
    }
}

#[test]
fn what_is_missing_is_named_with_a_line_that_would_do() {
    for (nodes, what, help) in [
        ("[a]\nplay = \"welcome\"", "lacks `then`", "add `then = \"hangup\"`"),
        ("[a]\nmenu = \"menu\"\nelse = \"hangup\"", "lacks `keys`", "keys = {"),
        ("[a]\nmenu = \"menu\"\nkeys = {}\nelse = \"hangup\"", "at least one key", "keys = {"),
        ("[a]\nmenu = \"menu\"\nkeys = { 1 = \"hangup\" }", "lacks `else`", "add `else = \"hangup\"`"),
        ("[a]\nqueue = \"sales\"", "lacks `else`", "add `else = \"hangup\"`"),
        ("[a]\nthen = \"hangup\"", "does nothing", "`dial`"),
        (
            "[a]\nhours = \"Mon 08:00-12:00\"\nopen = \"hangup\"\nclosed = \"hangup\"",
            "time zone",
            "Europe/Prague",
        ),
        ("[a]\nplay = \"{recording}\"\nthen = \"hangup\"", "nothing is ever recorded", "`record ="),
        (
            "[a]\nhours = []\ntimezone = \"UTC\"\nopen = \"hangup\"\nclosed = \"hangup\"",
            "never open",
            "Mon-Fri",
        ),
    ] {
        let (_, found, advice) = problem(nodes);
        assert!(found.contains(what), "{found}");
        assert!(advice.contains(help), "{advice}");
    }
}

#[test]
fn a_place_in_a_text_names_what_is_known_and_is_shown_where_it_stands() {
    let text = harbour(
        "[main]\nmenu = \"menu\"\nkeys = { 1 = \"a\" }\nelse = \"hangup\"\n\
         [a]\nsay = \"{main} {caller} {mian}\"\nthen = \"hangup\"",
    );
    let found = problems(&text.replace("start = \"a\"", "start = \"main\""));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].what, "nothing in this file sets a parameter `mian`");
    assert_eq!((found[0].column, found[0].width), (24, 6), "{}", found[0]);
    assert_eq!(found[0].help.as_deref(), Some("did you mean `main`?"));
    for (text, what) in [("{caller", "without its `}`"), ("1}", "without its `{`"), ("{}", "without a name")]
    {
        let (_, found, _) = problem(&format!("[a]\nsay = \"{text}\"\nthen = \"hangup\""));
        assert!(found.contains(what), "{found}");
    }
}

#[test]
fn a_node_is_not_called_like_a_setting() {
    let found = problems("numbers = [\"600\"]\nstart = \"music\"\n[music]\necho = true");
    assert!(
        found.iter().any(|problem| problem.what == "`music` is a setting of the file, not a node"),
        "{found:#?}"
    );
    let found = problems("[numbers]\n600 = \"hangup\"\n[hangup]\nhangup = \"normal\"");
    assert!(found.iter().any(|problem| problem.label == "reserved"), "{found:#?}");
}

#[test]
fn a_node_does_one_thing() {
    let (line, what, help) =
        problem("[a]\nplay = \"welcome\"\nqueue = \"sales\"\nelse = \"hangup\"\nthen = \"hangup\"");
    assert_eq!(line, TOP + 1);
    assert!(what.contains("two things: `play` and `queue`"), "{what}");
    assert!(help.contains("`queue`"));
}

#[test]
fn lengths_of_time_need_their_unit() {
    let menu = |timeout: &str| {
        format!("[a]\nmenu = \"menu\"\nkeys = {{ 1 = \"hangup\" }}\ntimeout = {timeout}\nelse = \"hangup\"")
    };
    assert_eq!(problem(&menu("5")).2, "say the unit: `timeout = \"5s\"`");
    assert!(problem(&menu("\"5 sec\"")).2.contains("units are ms, s, min and h"));
}

#[test]
fn keys_are_those_of_a_telephone_and_stand_once() {
    let menu = |keys: &str| format!("[a]\nmenu = \"menu\"\nelse = \"hangup\"\n[a.keys]\n{keys}");
    let (line, what, _) = problem(&menu("1 = \"hangup\"\n12 = \"hangup\""));
    assert_eq!((line, what.as_str()), (TOP + 6, "a telephone has no key `12`"));
    let (line, what, help) = problem(&menu("1 = \"hangup\"\n1 = \"hangup\""));
    assert_eq!(line, TOP + 6);
    assert_eq!(what, format!("`1` stands here a second time: first on line {}", TOP + 5));
    assert!(help.starts_with("keep one of the two"), "{help}");
}

#[test]
fn numbers_are_claimed_once_and_by_their_owner() {
    let file = |tenant: &str, numbers: &str| {
        format!("{tenant}\nnumbers = {numbers}\nstart = \"a\"\n[a]\nhangup = \"normal\"")
    };
    for (tenant, numbers, what) in [
        ("tenant = \"harbour\"", "[\"100\", \"100\"]", "claimed twice"),
        ("tenant = \"summit\"", "[\"+420200000100\"]", "belongs to tenant `harbour`"),
        ("tenant = \"harbour\"", "[\"+420999999999\"]", "belongs to no tenant"),
        ("tenant = \"harbour\"", "[\"201\"]", "is an operator's extension"),
        ("tenant = \"harbour\"", "[\"+420 200 000 100\"]", "no telephone number"),
        ("tenant = \"harbour\"", "[+420200000100]", "without quotes"),
        ("", "[\"100\"]", "belongs to tenant `harbour`"),
        ("tenant = \"harbor\"", "[\"600\"]", "no tenant `harbor`"),
    ] {
        let found = problems(&file(tenant, numbers));
        assert!(found.iter().any(|problem| problem.what.contains(what)), "{what}: {found:#?}");
    }
    let unquoted = problems(&file("tenant = \"harbour\"", "[+420200000100]"));
    assert!(unquoted[0].help.as_ref().unwrap().contains("\"+420200000100\""), "{unquoted:#?}");
    let one = SourceFile::new("one.toml", file("", "[\"600\"]"));
    let two = SourceFile::new("two.toml", file("", "[\"600\"]"));
    let twice = load(vec![one, two], &world()).unwrap_err();
    assert_eq!(twice.len(), 1);
    assert_eq!(twice[0].file, "two.toml");
    assert!(twice[0].help.as_ref().unwrap().contains("one.toml:2"));
}

#[test]
fn a_table_of_numbers_says_for_each_where_it_starts() {
    let plans = plans("[numbers]\n600 = \"a\"\n\"*601\" = \"b\"\n[a]\necho = true\n[b]\nhangup = \"busy\"");
    assert_eq!(plans.entry("600").unwrap().node, "a");
    assert_eq!(plans.entry("*601").unwrap().node, "b");
    assert_eq!(plans.entry("602"), None);
    assert_eq!(plans.numbers().collect::<Vec<_>>(), ["*601", "600"]);
}

#[test]
fn a_round_without_waiting_is_refused() {
    let (line, what, _) = problem("[a]\ngoto = \"b\"\n[b]\nanswer = true\nthen = \"a\"");
    assert_eq!(line, TOP + 1);
    assert!(what.contains("`a` → `b` → `a`"), "{what}");
    let (_, what, _) = problem("[a]\nqueue = \"sales\"\nelse = \"a\"");
    assert!(what.contains("without ever waiting"), "{what}");
}

#[test]
fn a_round_without_an_end_for_a_silent_caller_is_refused() {
    let nodes = "[a]\nplay = \"welcome\"\nthen = \"b\"\n[b]\nmenu = \"menu\"\nkeys = { 1 = \"hangup\" }\nelse = \"a\"";
    let (_, what, help) = problem(nodes);
    assert!(what.contains("for ever: `a`, `b`"), "{what}");
    assert!(help.contains("`else`"));
    let nodes = "[a]\nhours = \"Mon 08:00-12:00\"\ntimezone = \"UTC\"\nopen = \"hangup\"\nclosed = \"b\"\n\
                 [b]\nplay = \"sorry\"\nthen = \"a\"";
    assert!(problem(nodes).1.contains("for ever"), "a caller could be kept all night");
}

#[test]
fn a_node_that_nobody_reaches_is_a_warning() {
    let plans = plans(&harbour("[a]\nhangup = \"normal\"\n[b]\nhangup = \"busy\""));
    let warnings = plans.warnings();
    assert_eq!(warnings.len(), 1);
    assert_eq!((warnings[0].severity, warnings[0].line), (Severity::Warning, TOP + 3));
    assert!(warnings[0].to_string().starts_with("Warning: no caller ever reaches node `b`"));
}

#[test]
fn a_file_that_is_no_toml_shows_where_it_breaks() {
    let problems = problems("numbers = [\"600\"\nstart = \"a\"\n[a]\necho = true\n");
    assert!(problems[0].line <= 2, "{problems:#?}");
    assert!(problems[0].help.is_some());
}

#[test]
fn a_file_needs_a_number_and_a_start() {
    let what = |text: &str| problems(text).remove(0).what;
    assert_eq!(what("[a]\necho = true"), "no number leads into this file");
    assert_eq!(what("numbers = [\"600\"]\n[a]\necho = true"), "the file does not say where callers start");
    assert!(
        what("play = \"welcome\"\nnumbers = [\"600\"]\nstart = \"a\"\n[a]\necho = true")
            .contains("no setting `play`")
    );
}

#[test]
fn sounds_that_may_be_played_are_known_beforehand() {
    let plans = plans(&harbour("[a]\nplay = [\"harbour/welcome\", \"music/harbour\"]\nthen = \"hangup\""));
    let sounds: Vec<String> = plans.sounds().into_iter().collect();
    assert_eq!(sounds, ["music/harbour", "prompts/en/harbour/welcome"]);
}

#[test]
fn nothing_is_said_of_names_where_nothing_is_known_of_the_company() {
    let text = harbour(
        "[a]\nplay = \"hello\"\nthen = \"b\"\n[b]\nqueue = \"crew\"\nelse = \"c\"\n[c]\ndial = \"999\"\nelse = \"d\"\n[d]\nsay = \"{key}\"\nthen = \"hangup\"",
    );
    let text = text.replace("\"100\"", "\"100\", \"+420999999999\"");
    let load = |text: &str| load(vec![SourceFile::new("test.toml", text)], &World::unknown());
    assert!(load(&text).unwrap().warnings().is_empty());
    let found = load(&text.replace("\"b\"", "\"e\"")).unwrap_err();
    assert!(found.iter().any(|problem| problem.what == "there is no node `e` in this file"), "{found:#?}");
}

#[test]
fn a_tenant_that_is_unknown_is_said_once() {
    let text = harbour("[a]\nqueue = \"sales\"\nelse = \"hangup\"").replace("\"harbour\"", "\"harbor\"");
    let text = text.replace("music = \"harbor\"", "");
    let found = problems(&text);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].help.as_deref(), Some("did you mean `harbour`?"));
}

#[test]
fn where_there_is_nothing_to_choose_from_the_help_says_how_to_add_one() {
    let world = World::new().tenant("harbour", ["100"], [""; 0]).sounds(["music/harbour"]);
    let help = |nodes: &str| {
        let found = load(vec![SourceFile::new("test.toml", harbour(nodes))], &world).unwrap_err();
        found[0].help.clone().unwrap()
    };
    assert!(help("[a]\nqueue = \"crew\"\nelse = \"hangup\"").contains("`hovor group add crew`"));
    assert!(help("[a]\ndial = \"201\"\nelse = \"hangup\"").starts_with("no operator has an extension yet"));
}

#[test]
fn a_number_behind_something_put_right_is_read_as_it_stands() {
    let nodes = "[a]\nmusic = [\"music/harbour\" \"music/harbour\"]\nqueue = \"sales\"\nelse = \"b\"\n\
                 [b]\nif = { group = \"sales\", online = 0 }\nthen = \"c\"\nelse = \"hangup\"\n\
                 [c]\nset = { attempts = 1 }\nthen = \"d\"\n[d]\nif = { attempts = 1 }\n\
                 then = \"hangup\"\nelse = \"hangup\"";
    let found = problems(&harbour(nodes));
    let what: Vec<&str> = found.iter().map(|problem| problem.what.as_str()).collect();
    assert_eq!(what, ["a comma stands between two values"], "{found:#?}");
}

#[test]
fn a_mailbox_of_a_tenant_of_which_nothing_is_known_is_taken_as_it_comes() {
    let text = harbour("[a]\nvoicemail = \"anna\"\nthen = \"b\"\n[b]\nmailbox = \"anna\"\nthen = \"hangup\"");
    let loaded = load(vec![SourceFile::new("test.toml", text)], &World::unknown());
    assert!(loaded.is_ok(), "{:#?}", loaded.err());
}
