//! Simple paths into an answer: `customer.tags[0]`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where in a JSON answer a value stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Path {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Part {
    Member(String),
    Item(usize),
}

impl Path {
    /// Reads `customer.tags[0]`; `[2].name` begins in a list.
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = Vec::new();
        for (at, piece) in text.split('.').enumerate() {
            let (member, items) = match piece.find('[') {
                Some(bracket) => piece.split_at(bracket),
                None => (piece, ""),
            };
            if member.contains(']') || (member.is_empty() && (items.is_empty() || at > 0)) {
                return None;
            }
            if !member.is_empty() {
                parts.push(Part::Member(member.to_owned()));
            }
            let mut rest = items;
            while !rest.is_empty() {
                let (number, after) = rest.strip_prefix('[')?.split_once(']')?;
                parts.push(Part::Item(number.parse().ok()?));
                rest = after;
            }
        }
        (!parts.is_empty()).then_some(Self { parts })
    }

    /// The value as a text: empty if nothing is there; lists and objects as JSON.
    pub fn find(&self, answer: &Value) -> String {
        let found = self.parts.iter().try_fold(answer, |value, part| match part {
            Part::Member(name) => value.get(name),
            Part::Item(at) => value.get(at),
        });
        match found {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_finds_members_and_items() {
        let answer = serde_json::json!({
            "customer": { "name": "Ann", "vip": true, "tags": ["a", { "b": 3 }], "gone": null },
            "total": 12.5,
        });
        for (path, expected) in [
            ("customer.name", "Ann"),
            ("customer.vip", "true"),
            ("customer.tags[0]", "a"),
            ("customer.tags[1].b", "3"),
            ("customer.tags[1]", "{\"b\":3}"),
            ("customer.gone", ""),
            ("customer.never.there", ""),
            ("customer.tags[9]", ""),
            ("total", "12.5"),
        ] {
            assert_eq!(Path::read(path).unwrap().find(&answer), expected, "{path}");
        }
        let list = serde_json::json!([["x"]]);
        assert_eq!(Path::read("[0][0]").unwrap().find(&list), "x");
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in ["", ".", "a.", ".a", "a[", "a[x]", "a]", "a[0", "a[0]b", "a..b", "a.[0]", "[-1]"] {
            assert_eq!(Path::read(text), None, "{text}");
        }
    }
}
