use super::*;

/// The problems of a text, each as its line, what is wrong and what to do, and the text put right.
fn mended(text: &str) -> (Vec<(u32, String, String)>, String) {
    let mended = mend(&SourceFile::new("test.toml", text));
    let problems = mended.problems.into_iter();
    (problems.map(|p| (p.line, p.what, p.help.unwrap_or_default())).collect(), mended.text)
}

/// The only line of a text, put right.
#[track_caller]
fn right(line: &str) -> String {
    let (problems, text) = mended(line);
    assert_eq!(problems.len(), 1, "{line}: {problems:#?} {text}");
    assert!(is_toml(&text), "{text}");
    text
}

#[test]
fn what_toml_can_read_stays_as_it_is() {
    for text in [
        "",
        "# = nothing",
        "# ===== Sales =====\n#\n",
        "a = [\n  \"x\", # one\n  \"y\",\n]\n[b]\r\nc = { 1 = \"d\" }\r\n",
        "# else = \"x\"\nnumbers = [+420200000100]",
        "a = \"“quoted” # = 'x'\"",
        "a = {\n  b = 1,\n  c = 2\n}",
        "\u{feff}a = 1",
        "text = \"\"\"\nmany\nlines = [\n\"\"\"\n",
    ] {
        assert_eq!(mended(text), (vec![], text.to_owned()));
    }
}

#[test]
fn a_line_that_toml_cannot_read_is_put_right_as_it_was_meant() {
    let mut wrong = Vec::new();
    for (line, expected) in [
        ("then = welcome", "then = \"welcome\""),
        ("then = sales desk # x", "then = \"sales desk\" # x"),
        ("then = “welcome”", "then = \"welcome\""),
        ("then = „welcome“", "then = \"welcome\""),
        ("then = «welcome»", "then = \"welcome\""),
        ("then = `welcome`", "then = \"welcome\""),
        ("then = ‘welcome’", "then = \"welcome\""),
        ("then = \"welcome”", "then = \"welcome\""),
        ("then = \"welcome", "then = \"welcome\""),
        ("then = \"welcome   # on", "then = \"welcome\"   # on"),
        ("then = \"welcome'", "then = \"welcome\""),
        ("then = 'welcome", "then = \"welcome\""),
        ("then = welcome\"", "then = \"welcome\""),
        ("then \"welcome\"", "then = \"welcome\""),
        ("then welcome", "then = \"welcome\""),
        ("then: \"welcome\"", "then = \"welcome\""),
        ("then : welcome", "then = \"welcome\""),
        ("then == \"welcome\"", "then = \"welcome\""),
        ("then => \"welcome\"", "then = \"welcome\""),
        ("then := \"welcome\"", "then = \"welcome\""),
        ("then = \"welcome\";", "then = \"welcome\""),
        ("then = \"welcome\",", "then = \"welcome\""),
        ("then = welcome;", "then = \"welcome\""),
        ("then = \"welcome\"]", "then = \"welcome\""),
        ("\u{a0}then\u{a0}= \"welcome\"", "then = \"welcome\""),
        ("skip = True", "skip = true"),
        ("skip = no", "skip = false"),
        ("timeout = 30s", "timeout = \"30s\""),
        ("hours = Mon-Fri 08:00-17:00", "hours = \"Mon-Fri 08:00-17:00\""),
        ("dial = 0800123456", "dial = \"0800123456\""),
        ("dial = +420 777 123", "dial = \"+420 777 123\""),
        ("numbers = [0800123, \"100\"]", "numbers = [\"0800123\", \"100\"]"),
        ("numbers = [\"100\" \"110\"]", "numbers = [\"100\", \"110\"]"),
        ("numbers = [\"100\", \"110\"", "numbers = [\"100\", \"110\"]"),
        ("numbers = [\"100\",, \"110\"]", "numbers = [\"100\", \"110\"]"),
        ("numbers = \"100\", \"110\"", "numbers = [\"100\", \"110\"]"),
        ("numbers = [\"100\", \"110\"}", "numbers = [\"100\", \"110\"]"),
        ("holidays = [12-24, 12-25]", "holidays = [\"12-24\", \"12-25\"]"),
        ("play = \"music\\harbour\"", "play = \"music/harbour\""),
        ("description = \"the \"best\" office\"", "description = \"the \\\"best\\\" office\""),
        ("# = \"sales\"", "\"#\" = \"sales\""),
        ("* = \"sales\"", "\"*\" = \"sales\""),
        ("*70 = \"tone\"", "\"*70\" = \"tone\""),
        ("+420200000100 = \"a\"", "\"+420200000100\" = \"a\""),
        ("max wait = \"10min\"", "\"max wait\" = \"10min\""),
        ("stop = #", "stop = \"#\""),
        ("stop = *#", "stop = \"*#\""),
        ("keys = { 1 = \"a\", # = \"b\" }", "keys = { 1 = \"a\", \"#\" = \"b\" }"),
        ("keys = { # = \"b\", * = \"c\" }", "keys = { \"#\" = \"b\", \"*\" = \"c\" }"),
        ("keys = { 1 = a, 2 = b }", "keys = { 1 = \"a\", 2 = \"b\" }"),
        ("keys = { 1 = \"a\" 2 = \"b\" }", "keys = { 1 = \"a\", 2 = \"b\" }"),
        ("keys = { 1 = \"a\", 2 = \"b\"", "keys = { 1 = \"a\", 2 = \"b\" }"),
        ("keys = { 1: \"a\", 2: \"b\" }", "keys = { 1 = \"a\", 2 = \"b\" }"),
        ("keys { 1 = \"a\" }", "keys = { 1 = \"a\" }"),
        ("[welcome", "[welcome]"),
        ("welcome]", "[welcome]"),
        ("[front desk]", "[\"front desk\"]"),
        ("[příjem]", "[\"příjem\"]"),
        ("[“front”]", "[\"front\"]"),
        ("[welcome]:", "[welcome]"),
        ("[welcome] play = \"x\"", "[welcome]\nplay = \"x\""),
        ("play = \"a\" then = \"b\"", "play = \"a\"\nthen = \"b\""),
        ("play = \"a\", then = \"b\"", "play = \"a\"\nthen = \"b\""),
        ("skip = true then = \"b\"", "skip = true \nthen = \"b\""),
        ("// the menu", "# the menu"),
        ("; the menu", "# the menu"),
        ("This is the menu", "# This is the menu"),
    ] {
        let found = right(line);
        if found.replace(" \n", "\n").trim() != expected.replace(" \n", "\n") {
            wrong.push((line, found));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_wrong_line_is_said_with_the_line_as_it_should_be() {
    let text = "numbers = [\n  \"100\",\n  0800123,\n  \"110\"\n]\nstart = welcome\n[welcome\nplay = \"a\"\n";
    let (problems, right) = mended(text);
    let said: Vec<(u32, &str)> = problems.iter().map(|(line, _, help)| (*line, help.as_str())).collect();
    assert_eq!(
        said,
        [(3, "write `\"0800123\",`"), (6, "write `start = \"welcome\"`"), (7, "write `[welcome]`")]
    );
    assert_eq!(
        right,
        text.replace("0800123", "\"0800123\"")
            .replace("= welcome", "= \"welcome\"")
            .replace("[welcome\n", "[welcome]\n")
    );
}

#[test]
fn a_list_that_is_never_closed_ends_before_the_next_setting() {
    let (problems, text) = mended("numbers = [\"100\",\nstart = \"a\"\n[a]\necho = true\n");
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(text, "numbers = [\"100\",]\nstart = \"a\"\n[a]\necho = true\n");
    let (problems, text) = mended("[a.keys]\n1 = { 2 = \"x\"\n[b]\necho = true\n");
    assert_eq!((problems.len(), text.as_str()), (1, "[a.keys]\n1 = { 2 = \"x\" }\n[b]\necho = true\n"));
}

#[test]
fn what_cannot_be_put_right_is_left_out_and_said() {
    let mended = mend(&SourceFile::new("test.toml", "start = \"a\"\n[a]\nthen =\necho = true\n= 4\n"));
    let lines: Vec<u32> = mended.problems.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [3, 5], "{:#?}", mended.problems);
    assert_eq!(mended.text, "start = \"a\"\n[a]\n\necho = true\n\n");
    assert!(mended.damaged.contains("a"));
}

#[test]
fn places_are_found_again_in_the_file_as_it_was_written() {
    let text = "then = welcome # first\nplay = “x”\nnext = \"end\"\n";
    let mended = mend(&SourceFile::new("test.toml", text));
    for word in ["then", "welcome", "# first", "play", "x", "next", "\"end\""] {
        let at = mended.text.find(word).unwrap();
        let span = mended.original(at..at + word.len());
        assert!(text[span.clone()].contains(word), "{word}: {:?}", &text[span]);
    }
}
