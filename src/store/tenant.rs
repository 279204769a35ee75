//! A brand or department of the company.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::e164::{self, Classes};
use crate::id::TenantId;
use crate::lines::LINES;
use crate::queue::Capacity;
use crate::store::scope::{Owner, Reach};
use crate::store::session_work::{folded, word};
use crate::store::sql::{Noun, Row, Value};
use crate::store::{Services, StoreError, field};

/// A brand or department with numbers, groups and settings of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tenant {
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    pub id: TenantId,
    /// Its name in files, commands and addresses, unique in the company: `harbour`.
    pub name: String,
    /// Its name for people: `Harbour`.
    pub display: String,
    /// The language of its callers, a tag of BCP 47: `en`.
    pub language: String,
    /// The IANA time zone of its opening hours: `Europe/Prague`.
    pub timezone: String,
    /// The country whose national numbers its operators dial (ISO 3166-1): `CZ`. Without it numbers outside
    /// begin with `+` or `00`.
    pub country: Option<String>,
    /// The numbers that call help; those of its country if not set.
    pub emergency: Option<Vec<String>>,
    /// Shown to those whom it calls: a number in E.164 form, or `withheld`; its first number if not set.
    pub caller_number: Option<String>,
    /// Classes of numbers outside that its dialplans may call; the usual ones if not set.
    #[schema(value_type = Option<Vec<String>>)]
    pub calls: Option<Classes>,
    /// Calls outside at once of its dialplans; as many as is usual if not set.
    pub max_calls: Option<u32>,
    /// What its sessions do without: `handset`, `queue`, `hold`, `mute`, `conference`, `forwarding`, `recording`,
    /// `channel_switches`.
    #[schema(value_type = Vec<String>)]
    pub switched_off: Services,
    /// Whether clients on hold hear music, or else nothing.
    pub hold_music: bool,
    /// How many sessions of a line an operator may have who is on one of another line, or of the same: by the line that is
    /// wanted, then by the one that is there. What is not named is as the line itself has it.
    #[schema(value_type = BTreeMap<String, BTreeMap<String, u32>>)]
    pub capacity: Capacity,
    /// Why its operators may be away: `lunch`, `Dentist`. The usual reasons, and any other word, if not set.
    pub away_reasons: Option<Vec<String>>,
    /// What a call with its clients may have led to: `Solved`, `Call back`.
    pub call_results: Vec<String>,
    /// What its operators are asked to take down of each session: `Order no.`.
    pub parameters: Vec<String>,
}

/// Reasons of one tenant's operators to be away.
const MOST_REASONS: usize = 30;
/// Results of calls, and parameters that are asked for.
const MOST_OF_WORK: usize = 30;

/// What [`Tenant::caller_number`] says if no number is to be shown.
pub const WITHHELD: &str = "withheld";

/// What a new tenant needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTenant {
    /// Lower-case letters, digits, `.`, `_` and `-`; at most 64.
    pub name: String,
    /// At most 100 characters; the name if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
    /// `en` if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// `UTC` if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// The country whose national numbers are dialled: `CZ`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The numbers that call help; those of its country if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<Vec<String>>,
    /// A number in E.164 form, or `withheld`; the first number if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller_number: Option<String>,
    /// Classes of numbers outside that its dialplans may call: `local`, `national`, `mobile`, `international`, `premium`;
    /// the first three if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub calls: Option<Classes>,
    /// Calls outside at once; 20 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_calls: Option<u32>,
    /// What its sessions do without: `handset`, `queue`, `hold`, `mute`, `conference`, `forwarding`, `recording`,
    /// `channel_switches`; nothing if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub switched_off: Option<Services>,
    /// `false`: clients on hold hear nothing. `true` if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_music: Option<bool>,
    /// How many sessions of a line (the outer name) an operator may have who is on one of another line, or of the same (the
    /// inner name), 0 to 100: `{"webchat": {"webchat": 3, "phone": 1}}`. What is not named is as the line itself has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<BTreeMap<String, BTreeMap<String, u32>>>)]
    pub capacity: Option<Capacity>,
    /// Why its operators may be away, at most 30 reasons; the usual ones, and any other word, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub away_reasons: Option<Vec<String>>,
    /// What a call may have led to, at most 30 results; none if left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub call_results: Vec<String>,
    /// What operators are asked to take down of each session, at most 30 names; none if left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<String>,
}

/// What changes of a tenant; what is left out stays, `null` removes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantChange {
    /// A new name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A new name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
    /// Another language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Another time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// Another country of national numbers.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "field::nullable")]
    #[schema(value_type = Option<String>)]
    pub country: Option<Option<String>>,
    /// All emergency numbers anew; `null` for those of its country.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "field::nullable")]
    #[schema(value_type = Option<Vec<String>>)]
    pub emergency: Option<Option<Vec<String>>>,
    /// Another number to show, or `withheld`; `null` for its first number.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "field::nullable")]
    #[schema(value_type = Option<String>)]
    pub caller_number: Option<Option<String>>,
    /// All classes of numbers outside that its dialplans may call anew; `null` for the usual ones.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "field::nullable")]
    #[schema(value_type = Option<Vec<String>>)]
    pub calls: Option<Option<Classes>>,
    /// Calls outside at once; `null` for as many as is usual.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "field::nullable")]
    #[schema(value_type = Option<u32>)]
    pub max_calls: Option<Option<u32>>,
    /// All that its sessions do without anew; an empty list for nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub switched_off: Option<Services>,
    /// Whether clients on hold hear music.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_music: Option<bool>,
    /// How many sessions of a line (the outer name) an operator may have who is on one of another line, or of the same (the
    /// inner name), 0 to 100: `{"webchat": {"webchat": 3, "phone": 1}}`. All of it anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<BTreeMap<String, BTreeMap<String, u32>>>)]
    pub capacity: Option<Capacity>,
    /// All reasons of its operators to be away anew; an empty list for none, `null` for the usual ones.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "field::nullable")]
    #[schema(value_type = Option<Vec<String>>)]
    pub away_reasons: Option<Option<Vec<String>>>,
    /// All results of calls anew; an empty list for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_results: Option<Vec<String>>,
    /// All parameters that operators are asked for anew; an empty list for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Vec<String>>,
}

impl Tenant {
    pub(super) fn new(id: TenantId, new: NewTenant) -> Result<Self, StoreError> {
        let name = field::name("name", &new.name)?;
        let country = new.country.map(|text| field::country("country", &text)).transpose()?;
        let emergency = new.emergency.map(emergency_numbers).transpose()?;
        let caller_number = new.caller_number.map(|text| shown_number(&text)).transpose()?;
        Ok(Self {
            country,
            emergency,
            caller_number,
            calls: new.calls,
            max_calls: new.max_calls.map(|count| field::calls_at_once("max_calls", count)).transpose()?,
            switched_off: new.switched_off.unwrap_or_default(),
            hold_music: new.hold_music.unwrap_or(true),
            capacity: new.capacity.map(capacity).transpose()?.unwrap_or_default(),
            away_reasons: new.away_reasons.map(away_reasons).transpose()?,
            call_results: words_of_work("call_results", new.call_results)?,
            parameters: words_of_work("parameters", new.parameters)?,
            id,
            display: field::display("display", new.display.as_deref().unwrap_or(&name))?,
            language: field::language("language", new.language.as_deref().unwrap_or("en"))?,
            timezone: field::timezone("timezone", new.timezone.as_deref().unwrap_or("UTC"))?,
            name,
        })
    }

    pub(super) fn apply(&mut self, change: TenantChange) -> Result<(), StoreError> {
        if let Some(name) = change.name {
            self.name = field::name("name", &name)?;
        }
        if let Some(display) = change.display {
            self.display = field::display("display", &display)?;
        }
        if let Some(language) = change.language {
            self.language = field::language("language", &language)?;
        }
        if let Some(timezone) = change.timezone {
            self.timezone = field::timezone("timezone", &timezone)?;
        }
        if let Some(country) = change.country {
            self.country = country.map(|text| field::country("country", &text)).transpose()?;
        }
        if let Some(emergency) = change.emergency {
            self.emergency = emergency.map(emergency_numbers).transpose()?;
        }
        if let Some(number) = change.caller_number {
            self.caller_number = number.map(|text| shown_number(&text)).transpose()?;
        }
        if let Some(off) = change.switched_off {
            self.switched_off = off;
        }
        self.hold_music = change.hold_music.unwrap_or(self.hold_music);
        if let Some(wanted) = change.capacity {
            self.capacity = capacity(wanted)?;
        }
        if let Some(reasons) = change.away_reasons {
            self.away_reasons = reasons.map(away_reasons).transpose()?;
        }
        if let Some(results) = change.call_results {
            self.call_results = words_of_work("call_results", results)?;
        }
        if let Some(parameters) = change.parameters {
            self.parameters = words_of_work("parameters", parameters)?;
        }
        if let Some(calls) = change.calls {
            self.calls = calls;
        }
        if let Some(count) = change.max_calls {
            self.max_calls = count.map(|count| field::calls_at_once("max_calls", count)).transpose()?;
        }
        Ok(())
    }

    /// The numbers that call help.
    pub fn emergency_numbers(&self) -> Vec<String> {
        let usual = || e164::emergency(self.country.as_deref()).iter().map(|n| (*n).to_owned()).collect();
        self.emergency.clone().unwrap_or_else(usual)
    }
}

fn emergency_numbers(numbers: Vec<String>) -> Result<Vec<String>, StoreError> {
    field::at_most("emergency", numbers.len(), 32)?;
    numbers.iter().map(|number| field::emergency("emergency", number)).collect()
}

/// Each once, in their order.
fn away_reasons(reasons: Vec<String>) -> Result<Vec<String>, StoreError> {
    field::at_most("away_reasons", reasons.len(), MOST_REASONS)?;
    let mut kept = vec![];
    for reason in &reasons {
        let reason = field::display("away_reasons", reason)?;
        if !kept.contains(&reason) {
            kept.push(reason);
        }
    }
    Ok(kept)
}

/// Each once, in any letters, in their order.
fn words_of_work(field: &'static str, list: Vec<String>) -> Result<Vec<String>, StoreError> {
    field::at_most(field, list.len(), MOST_OF_WORK)?;
    let mut kept: Vec<String> = vec![];
    for text in &list {
        let text = word(field, text)?;
        if !kept.iter().any(|known| folded(known) == folded(&text)) {
            kept.push(text);
        }
    }
    Ok(kept)
}

fn shown_number(text: &str) -> Result<String, StoreError> {
    if text == WITHHELD { Ok(text.to_owned()) } else { field::e164("caller_number", text) }
}

/// The most sessions of one line at once.
const MOST_AT_ONCE: u32 = 100;

/// Names lines that there are, and says numbers that can be.
fn capacity(capacity: Capacity) -> Result<Capacity, StoreError> {
    let known = |name: &str| LINES.iter().any(|line| line.name == name);
    for (wanted, beside) in &capacity {
        if let Some(name) = [wanted].into_iter().chain(beside.keys()).find(|name| !known(name)) {
            let lines: Vec<_> = LINES.iter().map(|line| line.name).collect();
            let what = format!("there is no line `{}`", field::shortened(name));
            return Err(StoreError::invalid("capacity", what, format!("name one of {}", lines.join(", "))));
        }
        if let Some(count) = beside.values().find(|count| **count > MOST_AT_ONCE) {
            let help = format!("say 0 to {MOST_AT_ONCE}");
            return Err(StoreError::invalid("capacity", format!("{count} at once is too many"), help));
        }
        let heard = |name: &str| LINES.iter().any(|line| line.name == name && line.abilities.sound);
        let two = |(other, count): &(&String, &u32)| heard(other) && **count > u32::from(*other == wanted);
        if let Some((other, count)) = beside.iter().find(two).filter(|_| heard(wanted)) {
            let what =
                format!("has {count} of {wanted} beside {other}, and nobody is heard by two clients at once");
            return Err(StoreError::invalid("capacity", what, "leave that pair out"));
        }
    }
    Ok(capacity)
}

impl Noun for Tenant {
    const WHAT: &'static str = "tenant";
    const TABLE: &'static str = "tenants";
    const NAMES: &'static [&'static str] = &["name"];
    const COLUMNS: &'static [&'static str] = &[
        "name",
        "display",
        "language",
        "timezone",
        "country",
        "emergency",
        "caller_number",
        "calls",
        "max_calls",
        "switched_off",
        "hold_music",
        "capacity",
        "away_reasons",
        "call_results",
        "parameters",
    ];
    const REACH: Reach = Reach::Itself;

    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id("id").map(TenantId)?,
            name: row.text("name")?,
            display: row.text("display")?,
            language: row.text("language")?,
            timezone: row.text("timezone")?,
            country: row.optional_text("country")?,
            emergency: row.optional_json("emergency")?,
            caller_number: row.optional_text("caller_number")?,
            calls: row.optional_json("calls")?,
            max_calls: row.optional_u32("max_calls")?,
            switched_off: row.json("switched_off")?,
            hold_music: row.flag("hold_music")?,
            capacity: row.json("capacity")?,
            away_reasons: row.optional_json("away_reasons")?,
            call_results: row.json("call_results")?,
            parameters: row.json("parameters")?,
        })
    }

    fn values(&self) -> Vec<Value> {
        vec![
            Value::from(&self.name),
            Value::from(&self.display),
            Value::from(&self.language),
            Value::from(&self.timezone),
            Value::from(self.country.clone()),
            Value::from(self.emergency.as_ref().and_then(|numbers| serde_json::to_string(numbers).ok())),
            Value::from(self.caller_number.clone()),
            Value::from(self.calls.as_ref().and_then(|calls| serde_json::to_string(calls).ok())),
            Value::from(self.max_calls.map(i64::from)),
            Value::json(&self.switched_off),
            Value::from(self.hold_music),
            Value::json(&self.capacity),
            Value::from(self.away_reasons.as_ref().and_then(|reasons| serde_json::to_string(reasons).ok())),
            Value::json(&self.call_results),
            Value::json(&self.parameters),
        ]
    }

    fn id(&self) -> uuid::Uuid {
        self.id.0
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn owner(&self) -> Owner {
        Owner::Tenants(BTreeSet::from([self.id]))
    }
}
