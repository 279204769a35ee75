use super::*;

fn mermaid(nodes: &str) -> String {
    let plans = plans(&harbour(nodes));
    plans.chart(&plans.plans()[0]).mermaid()
}

#[test]
fn a_chart_leads_from_the_numbers_to_the_ends() {
    let nodes = "[a]\nmenu = \"menu\"\nkeys = { 1 = \"b\", \"#\" = \"b\" }\nelse = \"hangup\"\n\
                 [b]\nhours = \"Mon-Fri,Sun 08:00-12:00\"\ntimezone = \"Europe/Prague\"\nopen = \"a\"\nclosed = \"hangup\"";
    let expected = r##"%% test.toml
flowchart TD
    n0(["100"]):::numbers
    n1[/"menu · <b>a</b><br/>menu<br/>asks up to 3 times, waits 5s"\]:::menu
    n2{{"hours · <b>b</b><br/>Mon-Fri,Sun 08:00-12:00<br/>Europe/Prague"}}:::choice
    n3(["hang up"]):::ending
    n4(["hang up"]):::ending
    n0 --> n1
    n1 -->|"#35;, 1"| n2
    n1 -->|"else"| n3
    n2 -->|"open"| n1
    n2 -->|"closed"| n4
"##;
    assert_eq!(mermaid(nodes), expected);
}

/// The labels of the arrows that lead from `a`.
fn labels(nodes: &str) -> Vec<String> {
    let chart = mermaid(nodes);
    let arrows = chart.lines().filter_map(|line| line.trim().strip_prefix("n1 -->"));
    arrows.map(|arrow| arrow.split('"').nth(1).unwrap_or_default().to_owned()).collect()
}

#[test]
fn ways_that_the_file_leaves_out_go_with_the_one_for_every_other_case() {
    let dial = |ways: &str| format!("[a]\ndial = \"201\"\n{ways}else = \"b\"\n[b]\nhangup = \"busy\"");
    assert_eq!(labels(&dial("")), [""]);
    assert_eq!(labels(&dial("busy = \"hangup\"\n")), ["busy", "else"]);
    let hours = |holidays: &str| {
        format!(
            "[a]\nhours = \"Mon 08:00-12:00\"\n{holidays}timezone = \"UTC\"\nopen = \"b\"\nclosed = \"hangup\"\n[b]\nhangup = \"busy\""
        )
    };
    assert_eq!(labels(&hours("")), ["open", "closed"]);
    assert_eq!(labels(&hours("holidays = [\"12-24\"]\n")), ["open", "closed, holiday"]);
}

#[test]
fn nothing_is_called_withheld_or_empty() {
    let nodes = "[a]\nif = [\n{ caller = \"\", then = \"b\" },\n{ dialled = [\"\", \"1*\"], then = \"hangup\" },\n\
                 { key = \"not \", then = \"c\" } ]\nelse = \"d\"\n\
                 [b]\nhangup = \"busy\"\n[c]\nhangup = \"busy\"\n[d]\nhangup = \"busy\"";
    assert_eq!(
        labels(nodes),
        ["caller is withheld", "dialled is empty or 1#42;", "key is not empty", "else"]
    );
}

#[test]
fn what_a_file_says_cannot_become_markup() {
    let drawn = mermaid("[a]\necho = true\n[\"<b>\\\"x\\\"]\\n\"]\necho = true");
    assert!(drawn.contains("echo · <b>#60;b#62;#34;x#34;] </b>"), "{drawn}");
}
