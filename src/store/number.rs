//! A telephone number that a tenant owns. What its callers meet is in the dialplan files.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{NumberId, TenantId};
use crate::store::scope::{Owner, Reach};
use crate::store::sql::{Noun, Row, Value};
use crate::store::{Key, RecordingRule, StoreError, field};

/// A telephone number; it belongs to exactly one tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Number {
    /// Its id.
    pub id: NumberId,
    /// The tenant that owns it.
    pub tenant: TenantId,
    /// The number in E.164 form: `+420200000100`, or a block of them: `+4202000001xx`. Unique in the company.
    pub number: String,
    /// A short form dialled inside: `100`. Unique in the company, extensions included.
    pub short: Option<String>,
    /// What the number is for, for people.
    pub label: String,
    /// What it says of recording.
    pub recording: Option<RecordingRule>,
}

/// What a new number needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNumber {
    /// The tenant that owns it, by name or id.
    #[schema(value_type = String)]
    pub tenant: Key,
    /// E.164: `+` and 7 to 15 digits, the last of which may be `x` for a block of numbers; spaces, dots, dashes
    /// and brackets are dropped.
    pub number: String,
    /// 2 to 8 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short: Option<String>,
    /// At most 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What is recorded of the conversations of its callers; nothing is said if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording: Option<RecordingRule>,
}

/// What changes of a number; what is left out stays, `null` removes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberChange {
    /// Another tenant takes the number over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub tenant: Option<Key>,
    /// Another short form.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "field::nullable")]
    #[schema(value_type = Option<String>)]
    pub short: Option<Option<String>>,
    /// Another label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Another rule of recording, as a whole; `null` says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "field::nullable")]
    #[schema(value_type = Option<RecordingRule>)]
    pub recording: Option<Option<RecordingRule>>,
}

impl Number {
    pub(super) fn new(id: NumberId, tenant: TenantId, new: NewNumber) -> Result<Self, StoreError> {
        Ok(Self {
            id,
            tenant,
            number: field::number("number", &new.number)?,
            short: new.short.map(|short| field::extension("short", &short)).transpose()?,
            label: field::label("label", new.label.as_deref().unwrap_or(""))?,
            recording: new.recording.map(RecordingRule::checked).transpose()?,
        })
    }

    pub(super) fn apply(&mut self, tenant: Option<TenantId>, change: NumberChange) -> Result<(), StoreError> {
        self.tenant = tenant.unwrap_or(self.tenant);
        if let Some(short) = change.short {
            self.short = short.map(|short| field::extension("short", &short)).transpose()?;
        }
        if let Some(label) = change.label {
            self.label = field::label("label", &label)?;
        }
        if let Some(rule) = change.recording {
            self.recording = rule.map(RecordingRule::checked).transpose()?;
        }
        Ok(())
    }
}

impl Number {
    /// Whether it is a block of numbers, with `x` for its last digits.
    pub fn is_block(&self) -> bool {
        self.number.ends_with('x')
    }

    /// Whether both have a number in common.
    pub fn meets(&self, other: &Number) -> bool {
        let same = |(a, b): (char, char)| a == b || a == 'x' || b == 'x';
        self.number.len() == other.number.len() && self.number.chars().zip(other.number.chars()).all(same)
    }
}

impl Noun for Number {
    const WHAT: &'static str = "number";
    const TABLE: &'static str = "numbers";
    const NAMES: &'static [&'static str] = &["number", "short"];
    const COLUMNS: &'static [&'static str] = &["tenant_id", "number", "short", "label", "recording"];
    const REACH: Reach = Reach::Tenant;

    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id("id").map(NumberId)?,
            tenant: row.id("tenant_id").map(TenantId)?,
            number: row.text("number")?,
            short: row.optional_text("short")?,
            label: row.text("label")?,
            recording: row.optional_json("recording")?,
        })
    }

    fn values(&self) -> Vec<Value> {
        vec![
            Value::from(self.tenant.to_string()),
            Value::from(&self.number),
            Value::from(self.short.clone()),
            Value::from(&self.label),
            RecordingRule::value(self.recording.as_ref()),
        ]
    }

    fn id(&self) -> uuid::Uuid {
        self.id.0
    }

    fn name(&self) -> &str {
        &self.number
    }

    fn owner(&self) -> Owner {
        Some(self.tenant).into()
    }
}
