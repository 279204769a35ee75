//! A brand or department of the company.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::TenantId;
use crate::store::scope::{Owner, Reach};
use crate::store::sql::{Noun, Row, Value};
use crate::store::{StoreError, field};

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
}

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
}

/// What changes of a tenant; what is left out stays.
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
}

impl Tenant {
    pub(super) fn new(id: TenantId, new: NewTenant) -> Result<Self, StoreError> {
        let name = field::name("name", &new.name)?;
        Ok(Self {
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
        Ok(())
    }
}

impl Noun for Tenant {
    const WHAT: &'static str = "tenant";
    const TABLE: &'static str = "tenants";
    const NAMES: &'static [&'static str] = &["name"];
    const COLUMNS: &'static [&'static str] = &["name", "display", "language", "timezone"];
    const REACH: Reach = Reach::Itself;

    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id("id").map(TenantId)?,
            name: row.text("name")?,
            display: row.text("display")?,
            language: row.text("language")?,
            timezone: row.text("timezone")?,
        })
    }

    fn values(&self) -> Vec<Value> {
        vec![
            Value::from(&self.name),
            Value::from(&self.display),
            Value::from(&self.language),
            Value::from(&self.timezone),
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
