//! Dependencies point one way. This test reads the source and fails when they do not.
use std::{fs, path::Path};

/// Each room and the rooms it may name. A room not listed here fails the test.
const ROOMS: &[(&str, &[&str])] = &[("sdp", &[]), ("sip", &[]), ("media", &["sdp"])];

fn visit(dir: &Path, check: &mut dyn FnMut(&Path, &str)) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { visit(&path, check) } else { check(&path, &fs::read_to_string(&path).unwrap()) }
    }
}

#[test]
fn rooms_name_only_the_rooms_below_them() {
    for (room, below) in ROOMS {
        visit(&Path::new("src").join(room), &mut |path, text| {
            for (line, code) in text.lines().enumerate() {
                for named in code.split("crate::").skip(1) {
                    let named = named.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap();
                    assert!(
                        named == *room || below.contains(&named),
                        "{}:{} names {named}",
                        path.display(),
                        line + 1
                    );
                }
            }
        });
    }
}
