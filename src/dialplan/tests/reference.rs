use super::*;
use std::collections::BTreeSet;

use crate::dialplan::fields::asked;
use crate::dialplan::reference::{Entry, FILE, Kind, Setting, VERBS};

/// A value of this kind.
fn example(kind: Kind) -> String {
    match kind {
        Kind::True | Kind::Flag => "true".into(),
        Kind::Text | Kind::Texts | Kind::Node | Kind::Sounds | Kind::Said => "\"hangup\"".into(),
        Kind::Length => "\"5s\"".into(),
        Kind::Whole(least, _) => least.to_string(),
        Kind::Keys => "{ 1 = \"hangup\" }".into(),
        Kind::Words(words) => format!("\"{}\"", words[0]),
        Kind::Table => "{ x = \"hangup\" }".into(),
        Kind::Condition => "{ caller = \"1\" }".into(),
        Kind::Fits => "\"1..9\"".into(),
        Kind::TrueOrText => "true".into(),
        Kind::Numbers => "[\"100\"]".into(),
    }
}

/// The same file with each other word that a setting may be.
fn with_other_words(entry: &Entry, text: &str) -> Vec<String> {
    let mut texts = vec![text.to_owned()];
    for setting in entry.settings {
        let Kind::Words(words) = setting.kind else { continue };
        let line = |word: &str| format!("{} = \"{word}\"", setting.name);
        let more = words.iter().flat_map(|word| {
            let said = text.replace(&line(words[0]), &line(word));
            [format!("{text}\n{}", line(word)), said]
        });
        texts.extend(more.collect::<Vec<_>>());
    }
    texts
}

/// A file with a node of this verb: what it needs, and one setting more.
fn file(entry: &Entry, more: Option<&Setting>) -> String {
    let settings = entry
        .settings
        .iter()
        .filter(|setting| setting.needed || more.is_some_and(|m| m.name == setting.name));
    let lines: Vec<String> = settings.map(|s| format!("{} = {}", s.name, example(s.kind))).collect();
    harbour(&format!("[a]\n{}", lines.join("\n")))
}

#[test]
fn every_verb_stands_in_the_reference() {
    let verbs: Vec<&str> = VERBS.iter().map(Entry::verb).collect();
    assert_eq!(verbs, crate::dialplan::verbs().collect::<Vec<_>>());
    let settings: BTreeSet<&str> = FILE.iter().map(|setting| setting.name).collect();
    assert_eq!(settings, crate::dialplan::read::SETTINGS.iter().copied().collect());
}

#[test]
fn every_setting_that_is_read_stands_in_the_reference_and_every_one_there_is_read() {
    for entry in VERBS {
        asked::forget();
        let mut problems = Vec::new();
        for more in [None].into_iter().chain(entry.settings.iter().map(Some)) {
            for text in with_other_words(entry, &file(entry, more)) {
                let loaded = load(vec![SourceFile::new("test.toml", text)], &World::unknown());
                problems.extend(loaded.err().unwrap_or_default());
            }
        }
        // What may be missing if something else is there is no matter of the table.
        let may_lack = |what: &str| {
            [("play", "then"), ("if", "then"), ("switch", "on"), ("switch", "off")]
                .iter()
                .any(|(verb, key)| entry.verb() == *verb && what.contains(&format!("lacks `{key}`")))
        };
        let lacks = problems.iter().find(|p| p.what.contains(" lacks ") && !may_lack(&p.what));
        assert!(lacks.is_none(), "`{}`: {lacks:#?}", entry.verb());
        let settings: BTreeSet<&str> = entry.settings.iter().map(|setting| setting.name).collect();
        let read: BTreeSet<&str> = asked::of(entry.verb()).into_iter().collect();
        assert_eq!(
            read,
            settings,
            "`{}`: what is read, and what stands in dialplan/reference.rs",
            entry.verb()
        );
    }
}

#[test]
fn a_setting_that_is_needed_is_missed() {
    for entry in VERBS {
        for setting in entry.settings.iter().skip(1).filter(|setting| setting.needed) {
            let line = format!("{} = {}", setting.name, example(setting.kind));
            let text = file(entry, None).replacen(&format!("\n{line}"), "", 1);
            let found = load(vec![SourceFile::new("test.toml", text)], &World::unknown()).unwrap_err();
            let lacks = format!("lacks `{}`", setting.name);
            assert!(found.iter().any(|problem| problem.what.contains(&lacks)), "{}: {lacks}", entry.verb());
        }
    }
}

#[test]
fn the_reference_for_people_has_every_setting() {
    let text = include_str!("../../../docs/dialplan.md");
    let section = |heading: &str| {
        let start = text.find(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("no section {heading}"));
        let rest = &text[start + heading.len() + 2..];
        let end = ["\n### ", "\n## "].iter().filter_map(|next| rest.find(next)).min().unwrap_or(rest.len());
        &rest[..end]
    };
    let top = section("## The top of a file");
    assert!(FILE.iter().all(|setting| top.contains(&format!("`{}`", setting.name))));
    for entry in VERBS {
        let section = section(&format!("### {}", entry.verb()));
        for setting in entry.settings.iter().skip(1) {
            let name = format!("`{}`", setting.name);
            assert!(section.contains(&name), "docs/dialplan.md, {}: no word of {name}", entry.verb());
        }
    }
}
