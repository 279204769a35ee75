//! From the text of one file to its nodes, with every problem on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::fields::{Fields, HANGUP, RETURN};
use super::graph;
use super::languages;
use super::numbers::{self, Claim};
use super::plan::{Node, Plan};
use super::problem::{Problem, Severity};
use super::scope::Scope;
use super::source::SourceFile;
use super::suggest::{choice, choice_or, did_you_mean, listed};
use super::switches::SwitchUse;
use super::syntax::mend;
use super::verbs::{VERBS, Verb, hours};
use super::world::World;

/// What may stand at the top of a file, beside nodes.
pub(super) const SETTINGS: &[&str] =
    &["description", "exceptions", "holidays", "language", "music", "numbers", "start", "tenant", "timezone"];

type Entry<'a, 't> = (&'a Spanned<DeString<'t>>, &'a Spanned<DeValue<'t>>);

/// A file as far as it could be read.
#[derive(Default)]
pub(super) struct Draft {
    /// Missing if the file is no TOML.
    pub plan: Option<Plan>,
    /// The numbers that it answers.
    pub claims: Vec<Claim>,
    /// Switches that it names.
    pub switches: Vec<SwitchUse>,
    /// Switches that it turns, each with its tenant.
    pub turned: Vec<(String, String)>,
    pub problems: Vec<Problem>,
}

/// The longest file that is read, in bytes.
const LONGEST: usize = 1 << 20;

/// Reads one file and checks it by itself.
pub(super) fn read(file: &SourceFile, world: &World) -> Draft {
    if file.text.len() > LONGEST {
        let what = "this is no dialplan: it is longer than a megabyte";
        let problem = Problem::new(Severity::Error, file, 0..0, what).help("part it into several files");
        return Draft { problems: vec![problem], ..Draft::default() };
    }
    let mended = mend(file);
    let (document, errors) = DeTable::parse_recoverable(&mended.text);
    let mut scope = Scope::new(file, &mended, world);
    let mut is_toml = true;
    for error in errors {
        is_toml &= error.message().contains("duplicate key");
        syntax(&mut scope, document.get_ref(), &error);
    }
    if !is_toml {
        return Draft { problems: scope.problems, ..Draft::default() };
    }
    let (plan, claims) = read_document(&mut scope, document.get_ref());
    let tenant = scope.tenant_name;
    let turned = scope.turned.into_iter().map(|switch| (tenant.clone(), switch)).collect();
    Draft { plan: Some(plan), claims, switches: scope.switches, turned, problems: scope.problems }
}

/// A key that stands twice; all else that TOML cannot read has been put right or left out before.
fn syntax(scope: &mut Scope, document: &DeTable, error: &toml::de::Error) {
    let span = error.span().unwrap_or(0..0);
    if !error.message().contains("duplicate key") {
        let what = format!("this is no TOML: {}", error.message().lines().collect::<Vec<_>>().join(", "));
        return scope.error(span, what, "cannot be read from here", "see https://toml.io");
    }
    let name = scope.written(span.clone()).trim_matches(['"', '\'']).to_owned();
    let first = first_of(document, &name, span.start).map(|at| scope.line(at));
    let what = match first {
        Some(line) => format!("`{name}` stands here a second time: first on line {line}"),
        None => format!("`{name}` stands here a second time"),
    };
    scope.error(span, what, "duplicate key", "keep one of the two, or give one another name");
}

/// Where a key of this name stands last before `end`, in any table.
fn first_of(table: &DeTable, name: &str, end: usize) -> Option<usize> {
    let deeper = table.iter().filter_map(|(_, value)| first_of(value.get_ref().as_table()?, name, end));
    let own = table.keys().filter(|key| key.get_ref() == name).map(|key| key.span().start);
    own.chain(deeper).filter(|at| *at < end).max()
}

fn read_document(scope: &mut Scope, document: &DeTable) -> (Plan, Vec<Claim>) {
    let (nodes, settings): (Vec<Entry>, Vec<Entry>) = document
        .iter()
        .partition(|(key, value)| !SETTINGS.contains(&key.get_ref().as_ref()) && value.get_ref().is_table());
    scope.misplaced = misplaced(&nodes, &settings);
    scope.any_tenant = scope.misplaced.contains("tenant") || scope.mended.damaged.contains("");
    scope.nodes = nodes.iter().map(|(key, _)| key.get_ref().to_string()).collect();
    read_languages(scope, &settings, &nodes);
    read_settings(scope, &settings);
    let mut plan = Plan {
        file: scope.file.path.clone(),
        tenant: settings.iter().find(|(key, _)| key.get_ref() == "tenant").and_then(|(_, value)| text(value)),
        language: scope.language.clone(),
        timezone: scope.timezone.clone(),
        sounds: BTreeSet::new(),
        switches: BTreeSet::new(),
        nodes: BTreeMap::new(),
    };
    let mut headers = BTreeMap::new();
    for (key, value) in nodes {
        let DeValue::Table(table) = value.get_ref() else { continue };
        headers.insert(key.get_ref().to_string(), key.span());
        if let Some(verb) = read_node(scope, key.get_ref(), key.span(), table) {
            let line = scope.line(key.span().start);
            plan.nodes.insert(key.get_ref().to_string(), Node { line, verb });
        }
    }
    let claims = numbers::read(scope, document);
    // What was left out may have been the missing piece.
    if scope.mended.damaged.is_empty() {
        check_recording(scope, &plan);
        scope.check_parameters();
        check_graph(scope, &plan, &claims, &headers);
    }
    plan.sounds = std::mem::take(&mut scope.sounds);
    plan.switches = scope.switches.iter().map(|used| used.name.clone()).collect();
    (plan, claims)
}

/// Settings of a file that stand below the header of a node, and not at the top.
fn misplaced(nodes: &[Entry], settings: &[Entry]) -> BTreeSet<String> {
    let at_top = |name: &str| settings.iter().any(|(key, _)| key.get_ref() == name);
    let tables = nodes.iter().filter_map(|(_, value)| value.get_ref().as_table());
    let below: BTreeSet<&str> =
        tables.flat_map(|table| table.keys()).map(|key| key.get_ref().as_ref()).collect();
    let lost = SETTINGS.iter().filter(|name| below.contains(*name) && !at_top(name));
    lost.map(|name| (*name).to_owned()).collect()
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
            "language" => {}
            "holidays" | "exceptions" => hours::read_shared(scope, name, value),
            "timezone" => match text(value) {
                Some(zone) => {
                    hours::check_zone(scope, &zone, value.span());
                    scope.timezone = Some(zone);
                }
                None => scope.wrong_type(name, value, "the name of a time zone", "\"Europe/Prague\""),
            },
            "description" if text(value).is_none() => scope.wrong_type(name, value, "a text", "\"…\""),
            "description" | "music" | "numbers" | "start" => {}
            _ => unknown_setting(scope, name, key.span(), value.get_ref().is_array()),
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

fn unknown_setting(scope: &mut Scope, name: &str, span: Range<usize>, is_list: bool) {
    let verb = VERBS.iter().find(|(verb, _)| *verb == name);
    let help = match verb {
        _ if is_list => format!("a node stands in one pair of brackets: write `[{name}]`"),
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
    scope.tenant_name.clone_from(&name);
    scope.any_tenant = scope.tenant.is_none();
    if scope.any_tenant {
        let tenants = scope.world.tenants.keys().map(String::as_str);
        let help = choice_or(&name, tenants, &format!("add it with `hovor tenant add {name}`"));
        scope.unknown_name(value.span(), format!("there is no tenant `{name}`"), "unknown tenant", help);
    }
}

/// The file's own language and those that its nodes change to; prompts are looked up by them.
fn read_languages(scope: &mut Scope, settings: &[Entry], nodes: &[Entry]) {
    let language = settings.iter().find(|(key, value)| key.get_ref() == "language" && !is_node(value));
    if let Some((_, value)) = language {
        read_language(scope, value);
    }
    let tables = nodes.iter().filter_map(|(_, value)| value.get_ref().as_table());
    let mut languages = vec![scope.language.clone()];
    for language in languages::set_in(tables) {
        if !languages.contains(&language) {
            languages.push(language);
        }
    }
    scope.languages = languages;
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
    for (word, what) in [(HANGUP, "ends the call"), (RETURN, "goes back to the node that called")] {
        if name == word {
            let what = format!("`{word}` {what} wherever it stands as a node's name");
            let help = format!("give the node another name; `then = \"{word}\"` needs no node");
            scope.error(header.clone(), what, "reserved", help);
        }
    }
    if table.keys().all(|key| scope.is_misplaced(key.get_ref(), name)) && !table.is_empty() {
        let fields = Fields::new(scope, name, header, table);
        fields.finish("a node");
        return None;
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
    if scope.mended.damaged.contains(name) {
        return;
    }
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
