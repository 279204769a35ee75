//! The schema of dialplan files, against the files of this repository.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// What a value lacks by a schema: as much of JSON Schema (draft 07) as the schema of dialplans uses.
fn faults(root: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    if let Some(name) = schema["$ref"].as_str() {
        return faults(root, root.pointer(&name[1..]).expect("a definition"), value, at);
    }
    let mut found = Vec::new();
    if let Some(ways) = schema["anyOf"].as_array()
        && !ways.iter().any(|way| faults(root, way, value, at).is_empty())
    {
        found.push(format!("{at}: fits none"));
    }
    let fits = match schema["type"].as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64(),
        Some("boolean") => value.is_boolean(),
        Some(other) => panic!("a type that this test does not know: {other}"),
        None => true,
    };
    let is_one = schema["enum"].as_array().is_none_or(|words| words.contains(value));
    let is_same = schema.get("const").is_none_or(|wanted| wanted == value);
    let number = value.as_i64().unwrap_or_default();
    let is_within = schema["minimum"].as_i64().is_none_or(|least| least <= number)
        && schema["maximum"].as_i64().is_none_or(|most| number <= most);
    if !(fits && is_one && is_same && is_within) {
        found.push(format!("{at}: {value}"));
    }
    for item in value.as_array().into_iter().flatten().filter(|_| schema.get("items").is_some()) {
        found.extend(faults(root, &schema["items"], item, at));
    }
    for needed in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.get(needed).is_none() {
            found.push(format!("{at}: lacks {needed}"));
        }
    }
    for (name, member) in value.as_object().into_iter().flatten() {
        let at = format!("{at}.{name}");
        let is_key = name.len() == 1 || name == "any";
        match (schema["properties"].get(name), &schema["additionalProperties"]) {
            (Some(known), _) => found.extend(faults(root, known, member, &at)),
            (None, _) if schema.get("patternProperties").is_some() && is_key => {}
            (None, Value::Bool(false)) => found.push(format!("{at}: not known")),
            (None, others) => found.extend(faults(root, others, member, &at)),
        }
    }
    found
}

fn faults_of(text: &str) -> Vec<String> {
    let schema = hovor::dialplan::schema();
    let value: Value = toml::from_str(text).unwrap();
    faults(&schema, &schema, &value, "")
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files(&path, found),
            false if path.to_str().is_some_and(|p| p.ends_with(".toml") && !p.ends_with(".test.toml")) => {
                found.push(path);
            }
            false => {}
        }
    }
}

#[test]
fn every_dialplan_of_the_repository_fits_the_schema() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = vec![];
    files(&root.join("dialplans"), &mut paths);
    files(&root.join("tests/check/good"), &mut paths);
    assert!(paths.len() > 8);
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(faults_of(text.trim_start_matches('\u{feff}')), [""; 0], "{}", path.display());
    }
}

#[test]
fn every_example_of_the_reference_fits_the_schema() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/dialplan.md")).unwrap();
    let blocks: Vec<&str> =
        text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(blocks.len() >= 12);
    for block in blocks {
        assert_eq!(faults_of(block), [""; 0], "{block}");
    }
}

#[test]
fn what_does_not_belong_does_not_fit_the_schema() {
    let top = "numbers = [\"100\"]\nstart = \"a\"\n";
    for nodes in [
        "[a]\nplay = \"x\"\nthen = \"b\"\nskipp = true",
        "[a]\nthen = \"b\"",
        "[a]\nmenu = \"x\"\nelse = \"b\"",
        "[a]\nmenu = \"x\"\nelse = \"b\"\nkeys = { 12 = \"b\" }",
        "[a]\nhangup = \"bussy\"",
        "[a]\nqueue = \"x\"\nelse = \"b\"\npriority = 1000",
        "[a]\nplay = { tone = 440, lvl = 3 }\nthen = \"b\"",
    ] {
        assert_ne!(faults_of(&format!("{top}{nodes}")), [""; 0], "{nodes}");
    }
    assert_ne!(faults_of("start = \"a\"\n[a]\necho = true"), [""; 0]);
}
