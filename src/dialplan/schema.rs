//! The JSON schema of dialplan files, for completion and help in editors.

use serde_json::{Map, Value, json};

use super::reference::{Entry, FILE, Kind, Setting, VERBS};
use super::say::LANGUAGES;

/// The schema, of a draft that TOML language servers understand (07).
pub fn schema() -> Value {
    let mut definitions = Map::from_iter([("sound".to_owned(), sound())]);
    for entry in VERBS {
        definitions.insert(entry.verb().to_owned(), node(entry));
    }
    let nodes: Vec<Value> =
        VERBS.iter().map(|entry| json!({ "$ref": format!("#/definitions/{}", entry.verb()) })).collect();
    let settings: Map<String, Value> =
        FILE.iter().map(|setting| (setting.name.to_owned(), described(setting))).collect();
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "hovor dialplan",
        "description": "What a caller meets. Every table is a node with one verb.",
        "type": "object",
        "properties": settings,
        "required": needed(FILE),
        "additionalProperties": { "anyOf": nodes },
        "definitions": definitions,
    })
}

fn node(entry: &Entry) -> Value {
    let settings: Map<String, Value> =
        entry.settings.iter().map(|setting| (setting.name.to_owned(), described(setting))).collect();
    json!({
        "title": entry.verb(),
        "description": entry.about,
        "type": "object",
        "properties": settings,
        "required": needed(entry.settings),
        "additionalProperties": false,
    })
}

fn needed(settings: &[Setting]) -> Vec<&str> {
    settings.iter().filter(|setting| setting.needed).map(|setting| setting.name).collect()
}

fn described(setting: &Setting) -> Value {
    let mut value = of_kind(setting.kind);
    value["description"] = setting.about.into();
    value
}

fn of_kind(kind: Kind) -> Value {
    let text = || json!({ "type": "string" });
    match kind {
        Kind::True => json!({ "const": true }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Text | Kind::Node => text(),
        Kind::Texts => one_or_many(text()),
        Kind::Length => json!({ "type": "string", "pattern": "^\\s*([0-9]+(ms|s|min|m|h)\\s*)+$" }),
        Kind::Whole(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Kind::Sounds => one_or_many(json!({ "$ref": "#/definitions/sound" })),
        Kind::Keys => json!({
            "type": "object",
            "patternProperties": { "^([0-9A-D*#]|any)$": text() },
            "additionalProperties": false,
            "minProperties": 1,
        }),
        Kind::Said => json!({ "anyOf": [text(), {
            "type": "object",
            "properties": { "text": text() },
            "required": ["text"],
            "additionalProperties": false,
        }] }),
        Kind::Words(words) => json!({ "enum": words }),
        Kind::Table => json!({ "type": "object" }),
        Kind::Condition => one_or_many(json!({ "type": "object", "minProperties": 1 })),
        Kind::Fits => one_or_many(json!({ "type": ["string", "integer"] })),
        Kind::TrueOrText => json!({ "anyOf": [{ "const": true }, text()] }),
        Kind::Numbers => json!({
            "anyOf": [
                { "type": "array", "items": { "type": "string", "pattern": "^[+]?[0-9*#]{1,32}$" } },
                { "type": "object", "additionalProperties": text() },
            ],
        }),
    }
}

fn one_or_many(one: Value) -> Value {
    json!({ "anyOf": [one.clone(), { "type": "array", "items": one, "minItems": 1 }] })
}

fn sound() -> Value {
    let sounds = || one_or_many(json!({ "$ref": "#/definitions/sound" }));
    let languages: Map<String, Value> =
        LANGUAGES.iter().map(|language| ((*language).to_owned(), sounds())).collect();
    json!({ "anyOf": [
        {
            "type": "object",
            "description": "Another sound in each language.",
            "properties": languages,
            "additionalProperties": false,
            "minProperties": 1,
        },
        { "type": "string", "description": "A sound file below the media folder, without .wav; or \"{recording}\"." },
        {
            "type": "object",
            "description": "A tone.",
            "properties": {
                "tone": { "type": "integer", "minimum": 20, "maximum": 4000, "description": "Its frequency in Hz." },
                "level": { "type": "integer", "minimum": -60, "maximum": 3, "description": "Its level in dBm0; -16 if it is missing." },
                "for": { "type": "string", "description": "How long; without end if it is missing." },
            },
            "required": ["tone"],
            "additionalProperties": false,
        },
        {
            "type": "object",
            "description": "Nothing to hear.",
            "properties": { "silence": { "type": "string", "description": "How long." } },
            "required": ["silence"],
            "additionalProperties": false,
        },
    ] })
}
