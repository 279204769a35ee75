//! What an administrator does with dialplan files at the shell, without a program that runs: draw, try, test.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::company::Company;

/// A file of the demo company, by its full path.
fn demo(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("dialplans/demo").join(name).display().to_string()
}

impl Company {
    fn dialplan_tool(&self, arguments: &[&str]) -> Output {
        self.hovor(&[&["dialplan"][..], arguments, &["--demo"]].concat()).output().unwrap()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_file_is_drawn_to_the_screen_or_into_a_file_whose_name_says_how() {
    let company = Company::empty();
    let mermaid = company.dialplan_tool(&["draw", &demo("harbour.toml")]);
    assert!(mermaid.status.success() && text(&mermaid.stdout).contains("flowchart"), "{mermaid:?}");
    let picture = company.folder.join("harbour.svg");
    let drawn = company.dialplan_tool(&["draw", &demo("harbour.toml"), "-o", picture.to_str().unwrap()]);
    assert!(drawn.status.success(), "{drawn:?}");
    let svg = fs::read_to_string(&picture).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains("harbour/welcome"), "{svg}");
    let nowhere = company.folder.join("missing/harbour.svg");
    let refused = company.dialplan_tool(&["draw", &demo("harbour.toml"), "-o", nowhere.to_str().unwrap()]);
    assert!(text(&refused.stderr).contains("cannot write"), "{refused:?}");
    assert_eq!(refused.status.code(), Some(1));
}

#[test]
fn a_call_is_tried_at_a_moment_with_keys_and_each_step_names_its_line() {
    let company = Company::empty();
    let arguments = ["--number", "110", "--at", "2026-12-24T18:05", "--press", "1"];
    let tried = company.dialplan_tool(&[&["try", &demo("summit.toml")][..], &arguments].concat());
    let said = text(&tried.stdout);
    assert!(tried.status.success(), "{tried:?}");
    assert!(said.contains("summit.toml:") && said.contains("2026-12-24 18:05:00"), "{said}");
    let unknown = company.dialplan_tool(&["try", &demo("summit.toml"), "--number", "999"]);
    assert!(text(&unknown.stderr).contains("nothing answers 999; there is"), "{unknown:?}");
    assert_eq!(unknown.status.code(), Some(1));
}

#[test]
fn a_scenario_that_is_broken_fails_the_command_and_shows_the_way_that_was_walked() {
    let company = Company::empty();
    let folder = company.folder.join("tried");
    fs::create_dir(&folder).unwrap();
    fs::copy(demo("harbour.toml"), folder.join("harbour.toml")).unwrap();
    let scenario =
        |ends: &str| format!("number = \"100\"\n\n[\"Key 1\"]\npress = \"1\"\nends = \"{ends}\"\n");
    fs::write(folder.join("harbour.test.toml"), scenario("sales")).unwrap();
    let good = company.dialplan_tool(&["test", folder.to_str().unwrap()]);
    assert!(good.status.success() && text(&good.stdout).contains("1 scenario passed"), "{good:?}");
    fs::write(folder.join("harbour.test.toml"), scenario("support")).unwrap();
    let bad = company.dialplan_tool(&["test", folder.to_str().unwrap()]);
    let said = text(&bad.stdout);
    assert_eq!(bad.status.code(), Some(1), "{said}");
    for wanted in ["Key 1", "harbour.test.toml:3", "harbour.toml:", "sales"] {
        assert!(said.contains(wanted), "{wanted} is not in:\n{said}");
    }
}
