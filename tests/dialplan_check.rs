//! What the check says of good and of broken files, word by word. `BLESS=1 cargo test --test dialplan_check` takes what
//! it says now as right; read the difference before you commit it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use hovor::dialplan::{self, Problem, SourceFile, World};
use hovor::e164::Classes;

/// A company with everything that the files name.
fn world() -> World {
    let pieces = dialplan::say::pieces_of_positions("en");
    let prompts =
        ["welcome", "menu", "sorry", "invalid", "not-right", "beep"].map(|name| format!("prompts/en/{name}"));
    World::new()
        .tenant("harbour", ["+420200000100", "100"], ["sales", "support", "night"])
        .unstaffed("harbour", "night")
        .tenant("summit", ["+420200000200"], ["summit"])
        .extensions(["201", "202"])
        .rights("harbour", Some("CZ"), Classes::usual())
        .trunk("carrier", Some("harbour"), [])
        .carries("carrier", Classes::of_trunks())
        .sounds(pieces)
        .sounds(prompts)
        .sounds(["music/harbour"])
        .unplayable("damaged", "it is cut off: 500 of 1600 bytes of sound are there")
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check").join(name)
}

/// The files of a folder that end in `.toml`: name and text.
fn files(folder: &Path) -> Vec<(String, String)> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|e| e == "toml")).collect();
    paths.sort();
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    paths.into_iter().map(|path| (name(&path), fs::read_to_string(&path).unwrap())).collect()
}

fn problems(name: &str, text: &str) -> Vec<Problem> {
    match dialplan::load(vec![SourceFile::new(name, text)], &world()) {
        Ok(plans) => plans.warnings().to_vec(),
        Err(problems) => problems,
    }
}

fn drawn(problems: &[Problem]) -> String {
    let pictures: String = problems.iter().map(|problem| problem.picture(false)).collect();
    pictures.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// Holds `found` against the file at `path`.
fn hold(path: &Path, found: &str, differences: &mut Vec<String>) {
    if std::env::var_os("BLESS").is_some() {
        return fs::write(path, found).unwrap();
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    if expected != found {
        differences.push(format!("{}\n--- expected\n{expected}--- found\n{found}", path.display()));
    }
}

#[test]
fn good_files_are_accepted_without_a_word() {
    let files = files(&folder("good"));
    assert!(files.len() >= 8);
    for (name, text) in files {
        assert_eq!(drawn(&problems(&name, &text)), "", "{name}");
    }
}

#[test]
fn broken_files_are_met_with_the_words_that_are_written_beside_them() {
    let files = files(&folder("broken"));
    assert!(files.len() >= 60, "{} files", files.len());
    let mut differences = Vec::new();
    let mut all = serde_json::Map::new();
    for (name, text) in files {
        let problems = problems(&name, &text);
        assert!(!problems.is_empty(), "{name} is accepted");
        hold(&folder("broken").join(&name).with_extension("txt"), &drawn(&problems), &mut differences);
        all.insert(name, serde_json::to_value(&problems).unwrap());
    }
    let json = format!("{:#}\n", serde_json::Value::Object(all));
    hold(&folder("broken").join("problems.json"), &json, &mut differences);
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn every_problem_says_what_to_do() {
    for (name, text) in files(&folder("broken")) {
        for problem in problems(&name, &text) {
            assert!(problem.help.is_some_and(|help| !help.is_empty()), "{name}: {}", problem.what);
        }
    }
}

/// What a command says of a broken file that it holds against the demo company.
#[derive(Debug, PartialEq)]
struct Said {
    code: Option<i32>,
    out: String,
    error: String,
}

fn says(command: &str, file: &str, options: &[&str]) -> Said {
    let data = std::env::temp_dir().join(format!("hovor-check-{}", std::process::id()));
    let mut hovor = Command::new(env!("CARGO_BIN_EXE_hovor"));
    hovor.current_dir(env!("CARGO_MANIFEST_DIR")).args(["dialplan", command, "--demo", "--data"]).arg(data);
    let output = hovor.arg(folder("broken").join(file)).args(options).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
    Said { code: output.status.code(), out: text(&output.stdout), error: text(&output.stderr) }
}

/// Holds what `draw` and `try` say against what `check` says.
fn as_checked(file: &str) {
    let checked = says("check", file, &[]);
    // Its last line sums up.
    let problems = checked.out.rsplit_once('\n').map_or("", |(problems, _)| problems.trim_end());
    let (drawn, tried) = (says("draw", file, &[]), says("try", file, &["--at", "2026-11-23T10:00"]));
    match checked.code {
        Some(1) => {
            let refused = Said { code: Some(1), out: problems.to_owned(), error: String::new() };
            assert_eq!((&drawn, &tried), (&refused, &refused), "{file}");
        }
        // Warnings keep nobody from drawing and trying, and are told beside.
        _ => {
            assert_eq!((checked.code, drawn.code, tried.code), (Some(0), Some(0), Some(0)), "{file}");
            assert_eq!((&*drawn.error, &*tried.error), (problems, problems), "{file}");
            assert!(drawn.out.contains("flowchart") && tried.out.contains(" calls "), "{drawn:?} {tried:?}");
        }
    }
}

#[test]
fn draw_and_try_say_of_a_broken_file_what_check_says_and_exit_as_it_does() {
    let files: Vec<String> = files(&folder("broken")).into_iter().map(|(name, _)| name).collect();
    std::thread::scope(|scope| {
        for part in files.chunks(files.len().div_ceil(4)) {
            scope.spawn(move || part.iter().for_each(|file| as_checked(file)));
        }
    });
}

/// Texts near to those of the corpus: bytes changed, left out, doubled, and lines of another file put in. What the
/// fuzz target `fuzz/fuzz_targets/dialplan.rs` does for hours, this does for a moment, alike on every run.
#[test]
fn damaged_files_are_read_without_a_panic_and_their_problems_stand_where_they_say() {
    let mut entropy = hovor::entropy::Entropy::from_number(7);
    let texts: Vec<String> =
        ["good", "broken"].iter().flat_map(|name| files(&folder(name))).map(|(_, text)| text).collect();
    for _ in 0..2_000 {
        let mut pick = |most: usize| entropy.u32() as usize % most.max(1);
        let mut text: Vec<char> = texts[pick(texts.len())].chars().collect();
        for _ in 0..=pick(4) {
            let (at, other) = (pick(text.len()), pick(texts.len()));
            match pick(5) {
                0 if !text.is_empty() => {
                    text.remove(at);
                }
                1 => text.insert(at, ['"', '#', '[', '{', '=', ',', '\n', '“', '\\', ' '][pick(10)]),
                2 => text.truncate(at),
                3 => text
                    .splice(at..at, texts[other].lines().nth(pick(8)).unwrap_or("]").chars())
                    .for_each(drop),
                _ => text.extend_from_within(at..(at + pick(40)).min(text.len())),
            }
        }
        let text: String = text.into_iter().collect();
        for problem in problems("damaged.toml", &text) {
            let line = text.lines().nth(problem.line as usize - 1).unwrap_or_default();
            assert!(line.starts_with(&problem.source_line), "{problem:?}\n{text}");
            assert!(!problem.picture(true).is_empty());
        }
    }
}
