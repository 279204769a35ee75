//! `hours = ["Mon-Fri 08:00-17:00"]`: sends the caller one way when open, another when closed.

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::DeValue;

use super::super::fields::Fields;
use super::super::hours::{Hours, Opening, closest_zone, is_zone};
use super::super::plan::Target;
use super::super::scope::Scope;
use super::super::stage::Stage;
use super::{Exit, Next, Verb, When};

/// What a person calls the ways out.
const OPEN: &str = "open";
const CLOSED: &str = "closed";
const HOLIDAY: &str = "holiday";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpeningHours {
    hours: Hours,
    open: Target,
    closed: Target,
    holiday: Target,
}

const A_HOLIDAY: &str = "\"12-24..12-26\"";
const AN_EXCEPTION: &str = "\"2026-12-31 08:00-12:00\"";

/// Reads the `holidays` or `exceptions` of the file, which every node has that gives none of its own.
pub fn read_shared(scope: &mut Scope, key: &str, value: &Spanned<DeValue>) {
    let mut shared = std::mem::replace(&mut scope.shared_hours, Hours::new("UTC"));
    match key {
        "holidays" => each_text(scope, key, value, A_HOLIDAY, |text| shared.add_holiday(text)),
        _ => each_text(scope, key, value, AN_EXCEPTION, |text| shared.add_exception(text)),
    }
    scope.shared_hours = shared;
}

pub fn read(fields: &mut Fields) -> Verb {
    let mut hours = Hours::new(&zone(fields));
    if let Some(value) = fields.value("hours") {
        if value.get_ref().as_array().is_some_and(|list| list.is_empty()) {
            let help = "write `hours = \"Mon-Fri 08:00-17:00\"`";
            fields.scope.error(value.span(), "these hours never open", "no hours", help);
        }
        each_text(fields.scope, "hours", value, "\"Mon-Fri 08:00-17:00\"", |text| hours.add_weekly(text));
    }
    match fields.value("holidays") {
        Some(value) => each_text(fields.scope, "holidays", value, A_HOLIDAY, |text| hours.add_holiday(text)),
        None => hours.take_holidays(&fields.scope.shared_hours),
    }
    match fields.value("exceptions") {
        Some(value) => {
            each_text(fields.scope, "exceptions", value, AN_EXCEPTION, |text| hours.add_exception(text))
        }
        None => hours.take_exceptions(&fields.scope.shared_hours),
    }
    check_ever_open(fields, &hours);
    let open = fields.target("open", "where does the caller go during these hours?");
    let closed = fields.target("closed", "where does the caller go outside these hours?");
    let holiday = fields.target_or("holiday", &closed);
    Verb::Hours(OpeningHours { hours, open, closed, holiday })
}

/// Hours that a setting of another verb gives, with the time zone, the holidays and the exceptions of the file.
pub fn read_hours(fields: &mut Fields, key: &'static str) -> Option<Hours> {
    let value = fields.value(key)?;
    let Some(zone) = fields.scope.timezone.clone() else {
        let help = "add `timezone = \"Europe/Prague\"` at the top of the file";
        let what = format!("the file does not say in which time zone `{key}` are");
        fields.scope.error(value.span(), what, "no time zone", help);
        return None;
    };
    let mut hours = Hours::new(&zone);
    each_text(fields.scope, key, value, "\"Mon-Fri 08:00-17:00\"", |text| hours.add_weekly(text));
    hours.take_holidays(&fields.scope.shared_hours);
    hours.take_exceptions(&fields.scope.shared_hours);
    if fields.scope.problems.len() == fields.problems_before && !hours.ever_open() {
        let help =
            "a day that is a holiday or `closed` by an exception has no other hours: look at these dates";
        fields.scope.error(value.span(), "these hours never open", "closed on every day", help);
    }
    Some(hours)
}

fn zone(fields: &mut Fields) -> String {
    let own = fields.text("timezone", "the name of a time zone", "\"Europe/Prague\"");
    let file = fields.scope.timezone.clone();
    match (own, file) {
        (Some((name, span)), _) => {
            check_zone(fields.scope, &name, span);
            name
        }
        (None, Some(name)) => name,
        (None, None) => {
            let help = "add `timezone = \"Europe/Prague\"` here or at the top of the file";
            let what = format!("node `{}` does not say in which time zone its hours are", fields.name);
            fields.scope.error(fields.header.clone(), what, "no time zone", help);
            "UTC".into()
        }
    }
}

/// Reports hours that holidays and exceptions leave nothing of.
fn check_ever_open(fields: &mut Fields, hours: &Hours) {
    let wrong = fields.scope.problems.len();
    if wrong > fields.problems_before || hours.ever_open() {
        return;
    }
    let Some(value) = fields.value("hours") else { return };
    let help = "a day that is a holiday or `closed` by an exception has no other hours: look at these dates";
    fields.scope.error(value.span(), "these hours never open", "closed on every day", help);
}

/// Reports a time zone that does not exist.
pub fn check_zone(scope: &mut Scope, name: &str, span: std::ops::Range<usize>) {
    if !is_zone(name) {
        let help = match closest_zone(name) {
            Some(close) => format!("did you mean \"{close}\"?"),
            None => "use a name of the IANA list, as in \"Europe/Prague\"".into(),
        };
        scope.error(span, format!("there is no time zone \"{name}\""), "unknown time zone", help);
    }
}

/// Reads a text or a list of texts; each that cannot be read is a problem of its own.
fn each_text(
    scope: &mut Scope,
    key: &str,
    value: &Spanned<DeValue>,
    example: &str,
    mut take: impl FnMut(&str) -> Result<(), String>,
) {
    let list: Vec<&Spanned<DeValue>> = match value.get_ref() {
        DeValue::Array(list) => list.iter().collect(),
        _ => vec![value],
    };
    for value in list {
        match value.get_ref() {
            DeValue::String(text) => {
                if let Err(what) = take(text) {
                    let help = format!("write it like {example}");
                    scope.error(value.span(), what, "cannot be read", help);
                }
            }
            _ => scope.wrong_type(key, value, "a text or a list of texts", example),
        }
    }
}

impl OpeningHours {
    pub fn enter(&self, stage: &mut Stage) -> Next {
        match self.hours.opening(stage.wall) {
            Opening::Open => Next::by(OPEN, &self.open),
            Opening::Closed => Next::by(CLOSED, &self.closed),
            Opening::Holiday => Next::by(HOLIDAY, &self.holiday),
        }
    }

    pub fn lines(&self) -> Vec<String> {
        self.hours.lines()
    }

    pub fn exits(&self) -> Vec<Exit<'_>> {
        let mut exits =
            vec![Exit::new(When::AtOnce, OPEN, &self.open), Exit::new(When::AtOnce, CLOSED, &self.closed)];
        // Without a holiday nobody ever goes that way, unless the file says where it would lead.
        if self.hours.has_holidays() || self.holiday != self.closed {
            exits.push(Exit::new(When::AtOnce, HOLIDAY, &self.holiday));
        }
        exits
    }
}
