//! `hours = ["Mon-Fri 08:00-17:00"]`: sends the caller one way when open, another when closed.

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::DeValue;

use super::super::fields::Fields;
use super::super::hours::{Hours, Opening, closest_zone, is_zone};
use super::super::plan::Target;
use super::super::stage::Stage;
use super::{Exit, Next, Verb, When};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpeningHours {
    hours: Hours,
    open: Target,
    closed: Target,
    holiday: Target,
}

pub fn read(fields: &mut Fields) -> Verb {
    let mut hours = Hours::new(&zone(fields));
    each_text(fields, "hours", "\"Mon-Fri 08:00-17:00\"", |text| hours.add_weekly(text));
    each_text(fields, "holidays", "\"12-24..12-26\"", |text| hours.add_holiday(text));
    each_text(fields, "exceptions", "\"2026-12-31 08:00-12:00\"", |text| hours.add_exception(text));
    let open = fields.target("open", "where does the caller go during these hours?");
    let closed = fields.target("closed", "where does the caller go outside these hours?");
    let holiday = fields.target_or("holiday", &closed);
    Verb::Hours(OpeningHours { hours, open, closed, holiday })
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

/// Reports a time zone that does not exist.
pub fn check_zone(scope: &mut super::super::scope::Scope, name: &str, span: std::ops::Range<usize>) {
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
    fields: &mut Fields,
    key: &'static str,
    example: &str,
    mut take: impl FnMut(&str) -> Result<(), String>,
) {
    let Some(value) = fields.value(key) else { return };
    let one: [&Spanned<DeValue>; 1] = [value];
    let list: Vec<&Spanned<DeValue>> = match value.get_ref() {
        DeValue::Array(list) if list.is_empty() && key == "hours" => {
            let what = "these hours never open";
            fields.scope.error(value.span(), what, "no hours", format!("write `hours = {example}`"));
            return;
        }
        DeValue::Array(list) => list.iter().collect(),
        _ => one.to_vec(),
    };
    for value in list {
        match value.get_ref() {
            DeValue::String(text) => {
                if let Err(what) = take(text) {
                    let help = format!("write it like {example}");
                    fields.scope.error(value.span(), what, "cannot be read", help);
                }
            }
            _ => fields.scope.wrong_type(key, value, "a text or a list of texts", example),
        }
    }
}

impl OpeningHours {
    pub fn enter(&self, stage: &mut Stage) -> Next {
        let target = match self.hours.opening(stage.wall) {
            Opening::Open => &self.open,
            Opening::Closed => &self.closed,
            Opening::Holiday => &self.holiday,
        };
        Next::Go(target.clone())
    }

    pub fn exits(&self) -> Vec<Exit<'_>> {
        [&self.open, &self.closed, &self.holiday].map(|target| (When::AtOnce, target)).into()
    }
}
