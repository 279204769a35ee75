//! From the text of one file to its nodes, with every problem on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::fields::{Fields, HANGUP};
use super::graph;
use super::numbers::{self, Claim};
use super::plan::{Node, Plan};
use super::problem::{Problem, Severity};
use super::scope::Scope;
use super::source::SourceFile;
use super::suggest::{choice, did_you_mean, listed};
use super::verbs::{VERBS, Verb, hours};
use super::world::World;

/// What may stand at the top of a file, beside nodes.
const SETTINGS: &[&str] = &["description", "language", "music", "numbers", "start", "tenant", "timezone"];

type Entry<'a, 't> = (&'a Spanned<DeString<'t>>, &'a Spanned<DeValue<'t>>);

/// A file as far as it could be read.
pub(super) struct Draft {
    /// Missing if the file is no TOML.
    pub plan: Option<Plan>,
    /// The numbers that it answers.
    pub claims: Vec<Claim>,
    pub problems: Vec<Problem>,
}

/// Reads one file and checks it by itself.
pub(super) fn read(file: &SourceFile, world: &World) -> Draft {
    let (document, errors) = DeTable::parse_recoverable(&file.text);
    let mut scope = Scope::new(file, world);
    let mut is_toml = true;
    for error in errors {
        is_toml &= error.message().contains("duplicate key");
        scope.problems.push(syntax(file, &error));
    }
    if !is_toml {
        return Draft { plan: None, claims: Vec::new(), problems: scope.problems };
    }
    let (plan, claims) = read_document(&mut scope, document.get_ref());
    Draft { plan: Some(plan), claims, problems: scope.problems }
}

fn syntax(file: &SourceFile, error: &toml::de::Error) -> Problem {
    let span = error.span().unwrap_or(0..0);
    let message = error.message().lines().collect::<Vec<_>>().join(", ");
    let problem = Problem::new(Severity::Error, file, span, message.clone());
    match message.contains("duplicate key") {
        true => problem.label("stands here a second time").help("keep one of the two"),
        false => problem.label("TOML cannot be read from here").help(
            "text stands in quotes, tables begin with [name], and a key that is `#` or `*` is written \"#\" or \"*\"",
        ),
    }
}

fn read_document(scope: &mut Scope, document: &DeTable) -> (Plan, Vec<Claim>) {
    let (nodes, settings): (Vec<Entry>, Vec<Entry>) = document
        .iter()
        .partition(|(key, value)| !SETTINGS.contains(&key.get_ref().as_ref()) && value.get_ref().is_table());
    scope.nodes = nodes.iter().map(|(key, _)| key.get_ref().to_string()).collect();
    read_settings(scope, &settings);
    let mut plan = Plan {
        file: scope.file.path.clone(),
        tenant: settings.iter().find(|(key, _)| key.get_ref() == "tenant").and_then(|(_, value)| text(value)),
        language: scope.language.clone(),
        sounds: BTreeSet::new(),
        nodes: BTreeMap::new(),
    };
    let mut headers = BTreeMap::new();
    for (key, value) in nodes {
        let DeValue::Table(table) = value.get_ref() else { continue };
        headers.insert(key.get_ref().to_string(), key.span());
        if let Some(verb) = read_node(scope, key.get_ref(), key.span(), table) {
            let line = scope.file.line(key.span().start);
            plan.nodes.insert(key.get_ref().to_string(), Node { line, verb });
        }
    }
    check_recording(scope, &plan);
    let claims = numbers::read(scope, document);
    check_graph(scope, &plan, &claims, &headers);
    plan.sounds = std::mem::take(&mut scope.sounds);
    (plan, claims)
}

fn check_recording(scope: &mut Scope, plan: &Plan) {
    let records = plan.nodes.values().any(|node| matches!(node.verb, Verb::Record(_)));
    if let Some(span) = scope.plays_recording.clone().filter(|_| !records) {
        let help = "let the caller speak in a node before: `record = \"10s\"`";
        scope.error(span, "nothing is ever recorded in this file", "no recording", help);
    }
}

fn check_graph(scope: &mut Scope, plan: &Plan, claims: &[Claim], headers: &BTreeMap<String, Range<usize>>) {
    let is_sound = scope.problems.is_empty();
    let starts: Vec<&str> = claims.iter().map(|claim| claim.node.as_str()).collect();
    for finding in graph::check(&plan.nodes, &starts) {
        let span = headers.get(&finding.node).cloned().unwrap_or(0..0);
        match finding.severity {
            Severity::Error => scope.error(span, finding.what, finding.label, finding.help),
            Severity::Warning if is_sound => scope.warning(span, finding.what, finding.label, finding.help),
            Severity::Warning => {}
        }
    }
}

fn read_settings(scope: &mut Scope, settings: &[Entry]) {
    for (key, value) in settings {
        let name = key.get_ref().as_ref();
        if is_node(value) {
            let help = "give the node another name";
            scope.error(
                key.span(),
                format!("`{name}` is a setting of the file, not a node"),
                "reserved",
                help,
            );
            continue;
        }
        match name {
            "tenant" => read_tenant(scope, value),
            "language" => read_language(scope, value),
            "timezone" => match text(value) {
                Some(zone) => {
                    hours::check_zone(scope, &zone, value.span());
                    scope.timezone = Some(zone);
                }
                None => scope.wrong_type(name, value, "the name of a time zone", "\"Europe/Prague\""),
            },
            "description" if text(value).is_none() => scope.wrong_type(name, value, "a text", "\"…\""),
            "description" | "music" | "numbers" | "start" => {}
            _ => unknown_setting(scope, name, key.span()),
        }
    }
    // Prompts are looked up by language, so the music comes after it.
    let music = settings.iter().find(|(key, value)| key.get_ref() == "music" && !is_node(value));
    if let Some((key, value)) = music {
        let table = DeTable::new();
        scope.music = Fields::new(scope, "", key.span(), &table).sounds_of("music", value);
    }
}

/// True for a table with a verb in it.
fn is_node(value: &Spanned<DeValue>) -> bool {
    let is_verb = |key: &str| VERBS.iter().any(|(verb, _)| *verb == key);
    value.get_ref().as_table().is_some_and(|table| table.keys().any(|key| is_verb(key.get_ref())))
}

fn unknown_setting(scope: &mut Scope, name: &str, span: Range<usize>) {
    let verb = VERBS.iter().find(|(verb, _)| *verb == name);
    let help = match verb {
        Some(_) => format!("a verb stands in a node: write `[name]` on the line before `{name} = …`"),
        None => choice(name, SETTINGS.iter().copied()),
    };
    scope.error(span, format!("a dialplan file has no setting `{name}`"), "unknown setting", help);
}

fn read_tenant(scope: &mut Scope, value: &Spanned<DeValue>) {
    let Some(name) = text(value) else {
        return scope.wrong_type("tenant", value, "the name of a tenant", "\"harbour\"");
    };
    scope.tenant = scope.world.tenants.get(&name);
    if scope.tenant.is_none() {
        let help = choice(&name, scope.world.tenants.keys().map(String::as_str));
        scope.error(value.span(), format!("there is no tenant `{name}`"), "unknown tenant", help);
    }
}

fn read_language(scope: &mut Scope, value: &Spanned<DeValue>) {
    match text(value) {
        Some(language) if super::say::LANGUAGES.contains(&language.as_str()) => scope.language = language,
        Some(language) => {
            let help = choice(&language, super::say::LANGUAGES.iter().copied());
            scope.error(
                value.span(),
                format!("there are no recordings in `{language}`"),
                "unknown language",
                help,
            );
        }
        None => scope.wrong_type("language", value, "a language", "\"en\""),
    }
}

fn read_node(scope: &mut Scope, name: &str, header: Range<usize>, table: &DeTable) -> Option<Verb> {
    if name == HANGUP {
        let help = "give the node another name; `then = \"hangup\"` needs no node";
        scope.error(
            header.clone(),
            "`hangup` ends the call wherever it stands as a node's name",
            "reserved",
            help,
        );
    }
    let mut found = VERBS.iter().filter(|(verb, _)| table.keys().any(|key| key.get_ref() == verb));
    let Some((verb, read)) = found.next() else {
        no_verb(scope, name, header, table);
        return None;
    };
    if let Some((other, _)) = found.next() {
        let what = format!("node `{name}` does two things: `{verb}` and `{other}`");
        let help =
            format!("a node does one thing: move `{other}` into a node of its own and lead there by `then`");
        scope.error(header, what, "two verbs", help);
        return None;
    }
    let mut fields = Fields::new(scope, name, header, table);
    let read = read(&mut fields);
    fields.finish(verb);
    Some(read)
}

fn no_verb(scope: &mut Scope, name: &str, header: Range<usize>, table: &DeTable) {
    let verbs = || VERBS.iter().map(|(verb, _)| *verb);
    let slip = table.keys().find_map(|key| Some((key, did_you_mean(key.get_ref(), verbs())?)));
    match slip {
        Some((key, verb)) => {
            let what = format!("there is no verb `{}`", key.get_ref());
            scope.error(key.span(), what, "unknown verb", format!("did you mean `{verb}`?"));
        }
        None => {
            let help = format!("say what it does: {}", listed(verbs()));
            scope.error(header, format!("node `{name}` does nothing"), "no verb", help);
        }
    }
}

fn text(value: &Spanned<DeValue>) -> Option<String> {
    value.get_ref().as_str().map(str::to_owned)
}
