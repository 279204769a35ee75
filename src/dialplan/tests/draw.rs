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
    n2 -->|"closed, holiday"| n4
"##;
    assert_eq!(mermaid(nodes), expected);
}

#[test]
fn what_a_file_says_cannot_become_markup() {
    let drawn = mermaid("[a]\necho = true\n[\"<b>\\\"x\\\"]\\n\"]\necho = true");
    assert!(drawn.contains("echo · <b>#60;b#62;#34;x#34;] </b>"), "{drawn}");
}
