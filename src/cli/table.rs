//! Lists for people: columns as wide as their longest entry.

use jiff::Timestamp;
use serde_json::Value;

/// A column: its heading, and the field that it shows.
pub type Column = (&'static str, &'static str);

/// The rows as a table with headings.
pub fn table(columns: &[Column], rows: &[Value]) -> String {
    let mut lines: Vec<Vec<String>> =
        vec![columns.iter().map(|(heading, _)| (*heading).to_owned()).collect()];
    lines.extend(rows.iter().map(|row| columns.iter().map(|(_, field)| cell(field, &row[*field])).collect()));
    let width = |at: usize| lines.iter().map(|line| line[at].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let padded = |line: &Vec<String>| {
        let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    lines.iter().map(padded).collect::<Vec<_>>().join("\n")
}

/// What a person reads for the value of a field.
fn cell(field: &str, value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Bool(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        Value::String(text) if text.is_empty() => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(ms) if field.ends_with("_ms") => seconds(ms.as_i64().unwrap_or_default()),
        Value::Number(at) if field.ends_with("_at") => moment(at.as_i64().unwrap_or_default()),
        Value::Number(number) => number.to_string(),
        Value::Array(list) if list.is_empty() => "-".to_owned(),
        Value::Array(list) => list.iter().map(|value| cell("", value)).collect::<Vec<_>>().join(", "),
        Value::Object(map) if map.is_empty() => "-".to_owned(),
        Value::Object(map) => {
            map.iter().map(|(key, value)| format!("{key}={}", cell("", value))).collect::<Vec<_>>().join(", ")
        }
    }
}

/// A duration in seconds, with a fraction where there is one.
fn seconds(ms: i64) -> String {
    match ms % 1000 {
        0 => format!("{} s", ms / 1000),
        rest => format!("{}.{rest:03} s", ms / 1000),
    }
}

/// A moment in UTC, to the second.
pub fn moment(ms: i64) -> String {
    Timestamp::from_second(ms.div_euclid(1000)).map_or_else(|_| ms.to_string(), |at| at.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn columns_are_as_wide_as_their_longest_entry() {
        let rows = [
            json!({"name": "příliš dlouhé", "limit": null, "wait_ms": 1500, "members": ["a", "b"]}),
            json!({"name": "b", "limit": 5, "wait_ms": 60000, "members": []}),
        ];
        let columns = [("NAME", "name"), ("LIMIT", "limit"), ("WAIT", "wait_ms"), ("MEMBERS", "members")];
        assert_eq!(
            table(&columns, &rows),
            "NAME           LIMIT  WAIT     MEMBERS\n\
             příliš dlouhé  -      1.500 s  a, b\n\
             b              5      60 s     -"
        );
    }

    #[test]
    fn roles_flags_and_moments_are_readable() {
        assert_eq!(cell("roles", &json!({"harbour": "operator"})), "harbour=operator");
        assert_eq!((cell("enabled", &json!(true)), cell("x", &json!(false))), ("yes".into(), "no".into()));
        assert_eq!(cell("created_at", &json!(1_700_000_000_123_i64)), "2023-11-14T22:13:20Z");
    }
}
