//! A prefix of numbers outside and the class that an administrator put it into.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::e164::Class;
use crate::id::DestinationId;
use crate::store::scope::{Owner, Reach};
use crate::store::sql::{Noun, Row, Value};
use crate::store::{StoreError, field};

/// All numbers with this prefix are of this class, whatever is known of them otherwise; the longest prefix tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    /// Its id.
    pub id: DestinationId,
    /// The beginning of the numbers in E.164 form: `+420900`. Unique in the company.
    pub prefix: String,
    /// The class of the numbers.
    pub class: Class,
    /// What it is, for people.
    pub label: String,
}

/// What a new destination needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDestination {
    /// `+` and the first digits.
    pub prefix: String,
    /// `local`, `national`, `mobile`, `international` or `premium`.
    #[schema(value_type = String)]
    pub class: Class,
    /// At most 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// What changes of a destination; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DestinationChange {
    /// Another class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub class: Option<Class>,
    /// Another label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

impl Destination {
    pub(super) fn new(id: DestinationId, new: NewDestination) -> Result<Self, StoreError> {
        Ok(Self {
            id,
            prefix: field::e164_prefix("prefix", &new.prefix)?,
            class: new.class,
            label: field::label("label", new.label.as_deref().unwrap_or(""))?,
        })
    }

    pub(super) fn apply(&mut self, change: DestinationChange) -> Result<(), StoreError> {
        self.class = change.class.unwrap_or(self.class);
        if let Some(label) = change.label {
            self.label = field::label("label", &label)?;
        }
        Ok(())
    }
}

impl Noun for Destination {
    const WHAT: &'static str = "destination";
    const TABLE: &'static str = "destinations";
    const NAMES: &'static [&'static str] = &["prefix"];
    const COLUMNS: &'static [&'static str] = &["prefix", "class", "label"];
    const REACH: Reach = Reach::Company;

    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id("id").map(DestinationId)?,
            prefix: row.text("prefix")?,
            class: row.text("class")?.parse().map_err(|_| Row::nonsense("class"))?,
            label: row.text("label")?,
        })
    }

    fn values(&self) -> Vec<Value> {
        vec![Value::from(&self.prefix), Value::from(self.class.as_str()), Value::from(&self.label)]
    }

    fn id(&self) -> uuid::Uuid {
        self.id.0
    }

    fn name(&self) -> &str {
        &self.prefix
    }

    fn owner(&self) -> Owner {
        Owner::Company
    }
}
