//! Dependencies point one way. This test reads the sources and fails when they do not.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms it may name. A room that is not listed here fails the test.
const ROOMS: &[(&str, &[&str])] = &[
    ("sdp", &[]),
    ("sip", &[]),
    ("queue", &[]),
    ("media", &["sdp"]),
    ("dialplan", &["queue"]),
    ("switch", &["dialplan", "queue", "sdp", "media"]),
    ("lines", &["switch", "sip", "media", "queue", "sdp"]),
    ("webhook", &[]),
    // Who a client may be; by its keys the store finds contacts, by its percentages the API lists them.
    ("matching", &[]),
    ("trace", &["sip"]),
    // The edge: these carry data between the rooms and the world, and no room above names them.
    ("config", &[]),
    ("clock", &[]),
    ("resolve", &["sip"]),
    ("store", &["matching", "queue", "sip", "switch", "dialplan", "lines"]),
    // A telephone of its own for tests, and the doctor for trunks, who uses it.
    ("probe", &["trace", "clock", "resolve", "media", "sip", "sdp"]),
    ("doctor", &["probe", "clock", "sip", "sdp"]),
    // It lists the lines that there are, and asks of none what only that one has.
    ("api", &["matching", "trace", "doctor", "store", "config", "lines", "switch", "dialplan", "queue"]),
    (
        "server",
        &[
            "trace", "doctor", "probe", "clock", "resolve", "api", "config", "store", "lines", "switch",
            "webhook", "dialplan", "queue", "media", "sip", "sdp",
        ],
    ),
    // What tests and fuzzers hold the rooms above to; no part of the program.
    ("fuzzing", &["sdp", "sip", "media", "dialplan", "switch"]),
    ("cli", &["trace", "doctor", "probe", "server", "api", "store", "config", "dialplan"]),
];

/// Words that every room may use. They name no room themselves.
const VOCABULARY: &[&str] = &["allow", "e164", "entropy", "id", "time"];

/// Files of `src/` that hold no room: they say which rooms there are, and start the program.
const ROOTS: &[&str] = &["lib.rs", "main.rs"];

/// Rooms that are told the time and do no I/O, but for the files and folders that are their drivers.
const PURE: &[&str] =
    &["sdp", "sip", "queue", "media", "dialplan", "switch", "lines", "webhook", "matching", "trace"];
const DRIVERS: &[&str] = &["driver", "driver.rs", "engine", "transport", "webrtc"];
const WORLD: &[&str] = &[
    "tokio::",
    "std::fs",
    "std::thread",
    "std::process",
    "std::env",
    "UdpSocket",
    "TcpStream",
    "TcpListener",
    "Instant::now",
    "SystemTime",
    "HashMap",
    "HashSet",
];

/// One source file: the room it belongs to, how deep its module lies, and its text without comments and strings.
struct Source {
    path: PathBuf,
    room: String,
    depth: usize,
    code: String,
}

fn sources() -> Vec<Source> {
    let mut files = vec![];
    collect(Path::new("src"), &mut files);
    files.sort();
    files.into_iter().map(|path| Source::read(&path)).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => collect(&path, files),
            false if path.extension().is_some_and(|e| e == "rs") => files.push(path),
            false => {}
        }
    }
}

impl Source {
    fn read(path: &Path) -> Self {
        let inside = path.strip_prefix("src").unwrap();
        let modules: Vec<String> = inside
            .with_extension("")
            .components()
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .filter(|name| name != "mod" && name != "lib" && name != "main")
            .collect();
        let room = modules.first().cloned().unwrap_or_default();
        let code = without_comments_and_strings(&fs::read_to_string(path).unwrap());
        Self { path: path.to_owned(), room, depth: modules.len(), code }
    }

    fn is_driver(&self) -> bool {
        self.path.components().any(|part| DRIVERS.iter().any(|driver| part.as_os_str() == *driver))
    }

    /// What this file names at the top of the crate, with the line it does so on.
    fn names(&self) -> Vec<(usize, String)> {
        let mut found = named_after(&self.code, "crate::");
        found.extend(named_after(&self.code, "hovor::"));
        // As many `super` as the file is deep lead out of its room.
        let out = "super::".repeat(self.depth.max(1));
        found.extend(
            named_after(&self.code, &out).into_iter().filter(|(_, name)| rooms().contains(&name[..])),
        );
        found
    }
}

fn rooms() -> BTreeSet<&'static str> {
    ROOMS.iter().map(|(room, _)| *room).collect()
}

/// The first names behind each `prefix`: one, or those of a `{group, of::names}`.
fn named_after(code: &str, prefix: &str) -> Vec<(usize, String)> {
    let mut found = vec![];
    for (at, _) in code.match_indices(prefix) {
        let line = code[..at].matches('\n').count() + 1;
        let rest = &code[at + prefix.len()..];
        let names = match rest.strip_prefix('{') {
            Some(group) => heads_of_group(group),
            None => vec![head(rest)],
        };
        found.extend(names.into_iter().filter(|name| !name.is_empty()).map(|name| (line, name)));
    }
    found
}

fn head(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn heads_of_group(text: &str) -> Vec<String> {
    let (mut depth, mut heads, mut start) = (0, vec![], 0);
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            ',' | '}' if depth == 0 => {
                heads.push(head(text[start..at].trim_start()));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    heads
}

/// The same lines with nothing in them that the compiler would not read as names.
fn without_comments_and_strings(text: &str) -> String {
    let (mut code, mut rest) = (String::new(), text);
    while let Some(c) = rest.chars().next() {
        let skipped = match c {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '"' => quoted(rest),
            'r' if !code.ends_with(|c: char| c.is_alphanumeric() || c == '_') => {
                raw_string(rest).unwrap_or(0)
            }
            '\'' if rest.starts_with("'\"'") || rest.starts_with("'\\") => {
                rest[2..].find('\'').map_or(1, |end| end + 3)
            }
            _ => 0,
        };
        match skipped {
            0 => code.push(c),
            _ => code.extend(rest[..skipped].chars().filter(|c| *c == '\n')),
        }
        rest = &rest[skipped.max(if skipped == 0 { c.len_utf8() } else { 0 })..];
    }
    code
}

/// The length of the string literal that `text` begins with.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

/// The length of the raw string that `text` begins with, if it does.
fn raw_string(text: &str) -> Option<usize> {
    let hashes = text[1..].chars().take_while(|c| *c == '#').count();
    let body = text[1 + hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(2 + hashes + body.find(&end)? + end.len())
}

#[test]
fn every_file_of_the_source_belongs_to_a_room_that_is_known() {
    for Source { path, room, .. } in sources() {
        let known = rooms().contains(&room[..])
            || VOCABULARY.contains(&&room[..])
            || ROOTS.iter().any(|root| path == Path::new("src").join(root));
        assert!(known, "{} is in no room of this list; say where it stands and why", path.display());
    }
}

#[test]
fn rooms_name_only_the_rooms_below_them() {
    let all = sources();
    let mut wrong = vec![];
    for (room, below) in ROOMS.iter().copied().chain(VOCABULARY.iter().map(|word| (*word, &[][..]))) {
        for source in all.iter().filter(|source| source.room == room) {
            for (line, named) in source.names() {
                let may = named == room || below.contains(&&named[..]) || VOCABULARY.contains(&&named[..]);
                if !may {
                    wrong.push(format!("{}:{line} names {named}", source.path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that point the wrong way:\n{}", wrong.join("\n"));
}

#[test]
fn pure_rooms_touch_no_clock_no_socket_no_file_and_no_thread() {
    let mut wrong = vec![];
    for source in sources().iter().filter(|source| PURE.contains(&&source.room[..]) && !source.is_driver()) {
        for (number, line) in source.code.lines().enumerate() {
            wrong.extend(WORLD.iter().filter(|word| line.contains(**word)).map(|word| {
                format!("{}:{} uses {word}, which belongs in a driver", source.path.display(), number + 1)
            }));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_are_found_in_code_and_nowhere_else() {
    let text = r##"
        // crate::comment
        /* crate::block
           crate::block */
        use crate::{sip::Endpoint, media::{self, Leg}, time};
        let quoted = "crate::string \" crate::more";
        let raw = r#"crate::raw "quoted" crate::raw"#;
        let c = '"'; crate::store::open();
    "##;
    let code = without_comments_and_strings(text);
    let names = named_after(&code, "crate::");
    let expected = [(5, "sip"), (5, "media"), (5, "time"), (8, "store")];
    assert_eq!(names, expected.map(|(line, name)| (line, name.to_owned())));
}

#[test]
fn a_room_is_not_left_by_the_back_door() {
    let code = "use super::super::store::Store; use super::message::Message;".to_owned();
    let source = Source { path: "src/sip/dialog.rs".into(), room: "sip".into(), depth: 2, code };
    assert_eq!(source.names(), [(1, "store".to_owned())]);
}
