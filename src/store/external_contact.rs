//! Colleagues without an account, who are reached by telephone.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{ExternalContactId, TenantId};
use crate::store::scope::{Owner, Reach};
use crate::store::sql::{Noun, Row, Value};
use crate::store::{Key, StoreError, field};

/// Numbers of one external contact at most.
const MOST_NUMBERS: usize = 10;
/// The longest note, in characters.
const NOTE_MAX: usize = 2_000;

/// A colleague without an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExternalContact {
    /// Its id.
    pub id: ExternalContactId,
    /// The tenant whose operators may reach it.
    pub tenant: TenantId,
    /// The name for people, unique in the tenant.
    pub name: String,
    /// Where the contact works: a company, a department; perhaps empty.
    pub organisation: String,
    /// Telephone numbers in E.164 form, the one that is dialled at the front.
    pub numbers: Vec<String>,
    /// What operators should know; perhaps empty.
    pub note: String,
}

/// What a new external contact needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewExternalContact {
    /// The tenant, by name or id.
    #[schema(value_type = String)]
    pub tenant: Option<Key>,
    /// The name for people, unique in the tenant.
    pub name: String,
    /// A company or a department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// 1 to 10 telephone numbers in E.164 form, the one that is dialled at the front.
    pub numbers: Vec<String>,
    /// At most 2,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What changes of an external contact; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExternalContactChange {
    /// Another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Another company or department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// Other numbers, in place of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers: Option<Vec<String>>,
    /// Another note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Which external contacts to list, by name. The default is the first hundred.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalContactFilter {
    /// Only those whose name, organisation or a number contains this text.
    pub text: Option<String>,
    /// How many at most; 1000 is the ceiling.
    pub limit: u32,
    /// Only those after this one, the last of the page before.
    pub after: Option<ExternalContactId>,
}

impl Default for ExternalContactFilter {
    fn default() -> Self {
        Self { text: None, limit: 100, after: None }
    }
}

impl ExternalContact {
    pub(super) fn new(
        id: ExternalContactId,
        tenant: TenantId,
        new: NewExternalContact,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            id,
            tenant,
            name: name(&new.name)?,
            organisation: field::label("organisation", new.organisation.as_deref().unwrap_or(""))?,
            numbers: numbers(&new.numbers)?,
            note: field::prose("note", new.note.as_deref().unwrap_or(""), NOTE_MAX)?,
        })
    }

    pub(super) fn apply(&mut self, change: ExternalContactChange) -> Result<(), StoreError> {
        if let Some(text) = change.name {
            self.name = name(&text)?;
        }
        if let Some(organisation) = change.organisation {
            self.organisation = field::label("organisation", &organisation)?;
        }
        if let Some(list) = change.numbers {
            self.numbers = numbers(&list)?;
        }
        if let Some(text) = change.note {
            self.note = field::prose("note", &text, NOTE_MAX)?;
        }
        Ok(())
    }

    /// What a search looks through.
    fn searched(&self) -> String {
        let parts = [self.name.as_str(), self.organisation.as_str()].into_iter();
        let parts: Vec<&str> = parts.chain(self.numbers.iter().map(String::as_str)).collect();
        parts.join("\n").to_lowercase()
    }
}

impl ExternalContactFilter {
    /// The texts of which one is to be found: what was typed, and a number without what stands between its digits.
    pub(super) fn sought(&self) -> Vec<String> {
        let Some(typed) = self.text.as_deref().map(str::trim).filter(|text| !text.is_empty()) else {
            return vec![];
        };
        let number: String = typed.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        let is_number = typed.chars().all(|c| c.is_ascii_digit() || "+ .-()/".contains(c));
        let plain = Some(number).filter(|number| is_number && !number.is_empty());
        std::iter::once(typed.to_lowercase()).chain(plain).collect()
    }
}

/// A name that is no id: ids are looked for first.
fn name(text: &str) -> Result<String, StoreError> {
    let name = field::display("name", text)?;
    match uuid::Uuid::parse_str(&name) {
        Ok(_) => Err(StoreError::invalid("name", "has the form of an id", "write what people should read")),
        Err(_) => Ok(name),
    }
}

fn numbers(list: &[String]) -> Result<Vec<String>, StoreError> {
    field::at_most("numbers", list.len(), MOST_NUMBERS)?;
    let mut numbers = Vec::new();
    for text in list {
        let number = field::e164("numbers", text)?;
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    match numbers.is_empty() {
        true => Err(StoreError::invalid("numbers", "is empty", "name at least one number: `+420200000100`")),
        false => Ok(numbers),
    }
}

impl Noun for ExternalContact {
    const WHAT: &'static str = "external contact";
    const TABLE: &'static str = "external_contacts";
    const NAMES: &'static [&'static str] = &["name"];
    const COLUMNS: &'static [&'static str] =
        &["tenant_id", "name", "organisation", "numbers", "note", "searched"];
    const REACH: Reach = Reach::Tenant;

    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id("id").map(ExternalContactId)?,
            tenant: row.id("tenant_id").map(TenantId)?,
            name: row.text("name")?,
            organisation: row.text("organisation")?,
            numbers: row.json("numbers")?,
            note: row.text("note")?,
        })
    }

    fn values(&self) -> Vec<Value> {
        vec![
            Value::from(self.tenant.to_string()),
            Value::from(&self.name),
            Value::from(&self.organisation),
            Value::json(&self.numbers),
            Value::from(&self.note),
            Value::from(self.searched()),
        ]
    }

    fn id(&self) -> uuid::Uuid {
        self.id.0
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn owner(&self) -> Owner {
        Some(self.tenant).into()
    }
}
