//! Scenarios as an administrator writes them: `*.test.toml` beside the dialplan files.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::super::plan::{Entry, Plans};
use super::super::problem::{Problem, Severity};
use super::super::source::SourceFile;
use super::super::span::moment;
use super::super::suggest::choice;
use super::caller::{Answer, Caller, Dialled, Keys, Queued};
use super::clock::{Clock, When};
use super::expect::{Expected, Named};

/// When calls come in unless a scenario says otherwise: a Monday morning.
const USUAL_MOMENT: &str = "2026-01-12T10:00";

/// What may stand in a scenario; what `top` says may stand at the top of the file too, for all of them.
const SETTINGS: &[(&str, bool)] = &[
    ("at", true),
    ("avoids", false),
    ("caller", true),
    ("cause", false),
    ("dial", true),
    ("ends", false),
    ("hangup", false),
    ("hears", false),
    ("http", true),
    ("number", true),
    ("parameters", false),
    ("path", false),
    ("position", true),
    ("press", false),
    ("queue", true),
    ("seen", true),
    ("speak", true),
    ("visits", false),
    ("wait", true),
];

/// One scenario: a caller, and what is to come of the call.
#[derive(Clone, Debug)]
pub(super) struct Scenario {
    pub name: String,
    pub line: u32,
    pub entry: Entry,
    pub caller: Caller,
    pub expected: Expected,
}

type Value<'t> = Spanned<DeValue<'t>>;

/// Reads the scenarios of one file, and every problem in it.
pub(super) fn read(file: &SourceFile, plans: &Plans) -> (Vec<Scenario>, Vec<Problem>) {
    let (document, errors) = DeTable::parse_recoverable(&file.text);
    let mut reader = Reader { file, plans, problems: Vec::new() };
    for error in &errors {
        let message = error.message().lines().collect::<Vec<_>>().join(", ");
        let help = "names with spaces stand in quotes: [\"Key 2 leads to support\"]";
        reader.error(error.span().unwrap_or(0..0), message, "TOML cannot be read from here", help);
    }
    if !errors.is_empty() {
        return (Vec::new(), reader.problems);
    }
    let table = document.get_ref();
    let is_scenario = |key: &str, value: &Value| {
        value.get_ref().is_table() && !SETTINGS.iter().any(|(known, _)| *known == key)
    };
    let mut top: BTreeMap<&str, &Value> = BTreeMap::new();
    for (key, value) in table.iter().filter(|(key, value)| !is_scenario(key.get_ref(), value)) {
        let known = SETTINGS.iter().filter(|(_, top)| *top).map(|(name, _)| *name);
        if known.clone().any(|known| known == key.get_ref()) {
            top.insert(key.get_ref(), value);
        } else {
            let what = format!("`{}` is no setting for all scenarios", key.get_ref());
            reader.error(key.span(), what, "unknown setting", choice(key.get_ref(), known));
        }
    }
    let mut scenarios: Vec<Scenario> = Vec::new();
    for (key, value) in table.iter().filter(|(key, value)| is_scenario(key.get_ref(), value)) {
        if let DeValue::Table(table) = value.get_ref() {
            scenarios.extend(reader.scenario(key.get_ref(), key.span(), &top, table));
        }
    }
    scenarios.sort_by_key(|scenario| scenario.line);
    if scenarios.is_empty() && reader.problems.is_empty() {
        let help = "write one: [\"Key 2 leads to support\"], then number, press and ends";
        reader.error(0..0, "there is no scenario in this file", "empty", help);
    }
    (scenarios, reader.problems)
}

struct Reader<'a> {
    file: &'a SourceFile,
    plans: &'a Plans,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn error(&mut self, span: Range<usize>, what: impl Into<String>, label: &str, help: impl Into<String>) {
        self.problems.push(Problem::new(Severity::Error, self.file, span, what).label(label).help(help));
    }

    fn scenario(
        &mut self,
        name: &str,
        header: Range<usize>,
        top: &BTreeMap<&str, &Value>,
        table: &DeTable,
    ) -> Option<Scenario> {
        let before = self.problems.len();
        let mut settings = top.clone();
        for (key, value) in table {
            let known = SETTINGS.iter().map(|(name, _)| *name);
            if !known.clone().any(|known| known == key.get_ref()) {
                let what = format!("a scenario has no setting `{}`", key.get_ref());
                self.error(key.span(), what, "unknown setting", choice(key.get_ref(), known));
            }
            settings.insert(key.get_ref(), value);
        }
        let entry = self.entry(name, &header, settings.get("number").copied())?;
        let clock = Clock::of(entry.plan.timezone.as_deref());
        let caller = self.caller(&settings, &clock);
        let expected = self.expected(&settings, &entry);
        if expected.is_empty() && self.problems.len() == before {
            let what = format!("scenario `{name}` expects nothing");
            let help = "say what is to come of the call: `ends = \"support\"`, `visits`, `hears` or another";
            self.error(header.clone(), what, "nothing is tested here", help);
        }
        let line = self.file.line(header.start);
        (self.problems.len() == before).then(|| Scenario {
            name: name.to_owned(),
            line,
            entry,
            caller,
            expected,
        })
    }

    fn entry(&mut self, name: &str, header: &Range<usize>, number: Option<&Value>) -> Option<Entry> {
        let Some(value) = number else {
            let what = format!("scenario `{name}` does not say which number is called");
            let help = "add `number = \"100\"` here, or at the top for all scenarios";
            self.error(header.clone(), what, "no number", help);
            return None;
        };
        let number = self.text("number", value, "\"100\"")?;
        let entry = self.plans.entry(&number);
        if entry.is_none() {
            let numbers: Vec<&str> = self.plans.numbers().collect();
            let help = choice(&number, numbers.iter().copied());
            self.error(value.span(), format!("no dialplan answers {number}"), "no such number", help);
        }
        entry
    }

    fn caller(&mut self, settings: &BTreeMap<&str, &Value>, clock: &Clock) -> Caller {
        let number = settings.get("number").and_then(|value| value.get_ref().as_str()).unwrap_or_default();
        let usual = When::read(USUAL_MOMENT).map(|when| clock.moment(when)).unwrap_or_default();
        let mut caller = Caller::new(number, usual);
        for (key, value) in settings {
            match *key {
                "at" => caller.at = self.when(key, value).map_or(usual, |when| clock.moment(when)),
                "caller" => caller.number = self.text(key, value, "\"+420777123456\"").unwrap_or_default(),
                "press" => {
                    let text = self.text(key, value, "\"1,#\"").map(|text| Keys::list(&text));
                    caller.keys = self.good(value, text).unwrap_or_default();
                }
                "hangup" => caller.hangs_up = self.length(key, value),
                "speak" => caller.speaks = self.length(key, value).unwrap_or(caller.speaks),
                "position" => caller.position = self.whole(key, value).unwrap_or(1).max(1),
                "wait" => caller.wait = self.length(key, value),
                "queue" => caller.queues = self.words(key, value, "\"served\"", Queued::read),
                "dial" => caller.dials = self.words(key, value, "\"busy\"", Dialled::read),
                "http" => {
                    for (node, value) in self.table(key, value, "{ lookup = \"200:{}\" }") {
                        caller.answers.insert(node, self.words("http", value, "\"timeout\"", Answer::read));
                    }
                }
                "seen" => {
                    for (name, value) in self.table(key, value, "{ sales = 3 }") {
                        let seen = self.whole("seen", value);
                        caller.seen.extend(seen.map(|seen| (name, seen)));
                    }
                }
                _ => {}
            }
        }
        caller
    }

    fn expected(&mut self, settings: &BTreeMap<&str, &Value>, entry: &Entry) -> Expected {
        let mut expected = Expected::default();
        let nodes: Vec<&str> = entry.plan.nodes().collect();
        for (key, value) in settings {
            match *key {
                "path" => expected.path = Some((self.names(key, value, &nodes, "node"), value.span())),
                "visits" => expected.visits = self.names(key, value, &nodes, "node"),
                "avoids" => expected.avoids = self.names(key, value, &nodes, "node"),
                "ends" => expected.ends = self.names(key, value, &nodes, "node").into_iter().next(),
                "cause" => {
                    expected.cause = self.names(key, value, &Expected::causes(), "cause").into_iter().next()
                }
                "hears" => {
                    let sounds = Expected::sounds(&entry.plan);
                    let sounds: Vec<&str> = sounds.iter().map(String::as_str).collect();
                    expected.hears = self.names(key, value, &sounds, "sound");
                }
                "parameters" => {
                    for (name, value) in self.table(key, value, "{ main = \"2\" }") {
                        let text = self.text("parameters", value, "{ main = \"2\" }");
                        expected
                            .parameters
                            .extend(text.map(|text| (name, Named { name: text, span: value.span() })));
                    }
                }
                _ => {}
            }
        }
        expected
    }

    fn when(&mut self, key: &str, value: &Value) -> Option<When> {
        let text = match value.get_ref() {
            DeValue::Datetime(moment) => Some(moment.to_string()),
            _ => self.text(key, value, "\"2026-12-24 18:05\""),
        };
        self.good(value, text.map(|text| When::read(&text)))
    }

    /// A text or a list of texts, each one of those known.
    fn names(&mut self, key: &str, value: &Value, known: &[&str], noun: &str) -> Vec<Named> {
        let mut names = Vec::new();
        for value in one_or_many(value) {
            let Some(name) = self.text(key, value, "\"support\"") else { continue };
            if !known.contains(&name.as_str()) {
                let help = choice(&name, known.iter().copied());
                let what = format!("the dialplan has no {noun} `{name}`");
                self.error(value.span(), what, &format!("no such {noun}"), help);
            }
            names.push(Named { name, span: value.span() });
        }
        names
    }

    fn words<T>(
        &mut self,
        key: &str,
        value: &Value,
        example: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Vec<T> {
        let mut words = Vec::new();
        for value in one_or_many(value) {
            let read = self.text(key, value, example).map(|text| read(&text));
            words.extend(self.good(value, read));
        }
        words
    }

    fn table<'v, 't>(
        &mut self,
        key: &str,
        value: &'v Value<'t>,
        example: &str,
    ) -> Vec<(String, &'v Value<'t>)> {
        match value.get_ref() {
            DeValue::Table(table) => {
                table.iter().map(|(name, value)| (name.get_ref().to_string(), value)).collect()
            }
            _ => {
                self.wrong(key, value, "a table", example);
                Vec::new()
            }
        }
    }

    fn text(&mut self, key: &str, value: &Value, example: &str) -> Option<String> {
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            self.wrong(key, value, "a text in quotes", example);
        }
        text
    }

    fn whole(&mut self, key: &str, value: &Value) -> Option<u32> {
        let number = match value.get_ref() {
            DeValue::Boolean(flag) => Some(u32::from(*flag)),
            DeValue::Integer(number) => u32::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        if number.is_none() {
            self.wrong(key, value, "a whole number", "2");
        }
        number
    }

    fn length(&mut self, key: &str, value: &Value) -> Option<Duration> {
        let length = value.get_ref().as_str().and_then(moment);
        if length.is_none() {
            self.wrong(key, value, "a length of time", "\"12s\"");
        }
        length
    }

    fn good<T>(&mut self, value: &Value, read: Option<Result<T, String>>) -> Option<T> {
        match read? {
            Ok(good) => Some(good),
            Err(what) => {
                let (what, help) = what.split_once("; ").or(what.split_once(": ")).unwrap_or((&what, ""));
                let help = if help.is_empty() { "docs/dialplan.md has examples" } else { help };
                self.error(value.span(), what, "cannot be read", help);
                None
            }
        }
    }

    fn wrong(&mut self, key: &str, value: &Value, wanted: &str, example: &str) {
        let what = format!("`{key}` should be {wanted}");
        self.error(value.span(), what, "not what is wanted here", format!("write `{key} = {example}`"));
    }
}

/// A value, or those of a list.
fn one_or_many<'v, 't>(value: &'v Value<'t>) -> Vec<&'v Value<'t>> {
    match value.get_ref() {
        DeValue::Array(list) => list.iter().collect(),
        _ => vec![value],
    }
}
