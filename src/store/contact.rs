//! Clients whom the company knows: the contact directory.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::e164;
use crate::id::{ContactId, TenantId};
use crate::matching::{Person, keys};
use crate::store::scope::{Owner, Reach};
use crate::store::sql::{Links, Noun, Row, Value};
use crate::store::{Key, StoreError, Tenant, field};
use crate::time::UnixMs;

type Result<T> = std::result::Result<T, StoreError>;

/// Phones, e-mails and identifiers of one contact at most, of each.
const MOST: usize = 20;
/// The longest text, in characters.
pub(super) const TEXT_MAX: usize = 200;
/// The longest note, in characters.
const NOTE_MAX: usize = 2_000;

/// A number or an address, and what it is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// A number in E.164 form, or an address for mails.
    pub value: String,
    /// What it is for, in the words of whoever wrote it: `mobile`; perhaps empty.
    #[serde(default)]
    pub label: String,
}

/// What tells a contact from others, by a name that the company chose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Identifier {
    /// `Customer no.`.
    pub name: String,
    /// `A-17`.
    pub value: String,
}

/// A contact that became part of another one, and can be parted again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merged {
    /// Its id, which it gets back.
    pub id: ContactId,
    /// Its name.
    pub name: String,
    /// When it was merged.
    pub at: UnixMs,
}

/// A client whom the company knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Its id.
    pub id: ContactId,
    /// The tenant whose client it is.
    pub tenant: TenantId,
    /// The name for people; several contacts may have the same.
    pub name: String,
    /// Where the contact works; perhaps empty.
    pub organisation: String,
    /// Telephone numbers.
    pub phones: Vec<Entry>,
    /// Addresses for mails.
    pub emails: Vec<Entry>,
    /// Customer numbers and the like.
    pub identifiers: Vec<Identifier>,
    /// What operators should know; perhaps empty.
    pub note: String,
    /// When it was made.
    pub created_at: UnixMs,
    /// When it was changed last.
    pub changed_at: UnixMs,
    /// What was merged into it, the newest first.
    #[serde(skip)]
    pub merged: Vec<Merged>,
}

/// What a new contact needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContact {
    /// The tenant, by name or id; may be left out by those who serve one alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub tenant: Option<Key>,
    /// The name for people.
    pub name: String,
    /// A company or a department.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub organisation: String,
    /// Numbers, in E.164 form or as they are dialled in the tenant's country; at most 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<Entry>,
    /// Addresses for mails; at most 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<Entry>,
    /// Customer numbers and the like; at most 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// At most 2,000 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// What changes of a contact; what is left out stays, and lists are replaced as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactChange {
    /// Another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Another company or department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// Other numbers, in place of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phones: Option<Vec<Entry>>,
    /// Other addresses, in place of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emails: Option<Vec<Entry>>,
    /// Other identifiers, in place of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifiers: Option<Vec<Identifier>>,
    /// Another note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Which contacts to list, by name. The default is the first hundred.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactFilter {
    /// Only those in whose name, organisation, e-mails or identifiers each word begins one, or whose number begins or ends
    /// with these digits.
    pub text: Option<String>,
    /// How many at most; 1000 is the ceiling.
    pub limit: u32,
    /// Only those after this one, the last of the page before.
    pub after: Option<ContactId>,
}

impl Default for ContactFilter {
    fn default() -> Self {
        Self { text: None, limit: 100, after: None }
    }
}

impl Contact {
    pub(super) fn new(id: ContactId, tenant: &Tenant, new: NewContact, now: UnixMs) -> Result<Self> {
        let country = tenant.country.as_deref();
        Ok(Self {
            id,
            tenant: tenant.id,
            name: filled("name", &new.name)?,
            organisation: text("organisation", &new.organisation)?,
            phones: phones(&new.phones, country)?,
            emails: emails(&new.emails)?,
            identifiers: identifiers(&new.identifiers)?,
            note: field::prose("note", &new.note, NOTE_MAX)?,
            created_at: now,
            changed_at: now,
            merged: vec![],
        })
    }

    pub(super) fn apply(&mut self, change: ContactChange, country: Option<&str>, now: UnixMs) -> Result<()> {
        if let Some(name) = change.name {
            self.name = filled("name", &name)?;
        }
        if let Some(organisation) = change.organisation {
            self.organisation = text("organisation", &organisation)?;
        }
        if let Some(list) = change.phones {
            self.phones = phones(&list, country)?;
        }
        if let Some(list) = change.emails {
            self.emails = emails(&list)?;
        }
        if let Some(list) = change.identifiers {
            self.identifiers = identifiers(&list)?;
        }
        if let Some(text) = change.note {
            self.note = field::prose("note", &text, NOTE_MAX)?;
        }
        self.changed_at = now;
        Ok(())
    }

    /// The contact as clients are compared with it.
    pub fn person(&self) -> Person {
        let values = |list: &[Entry]| list.iter().map(|entry| entry.value.clone()).collect();
        let pair = |identifier: &Identifier| (identifier.name.clone(), identifier.value.clone());
        Person {
            name: self.name.clone(),
            organisation: self.organisation.clone(),
            phones: values(&self.phones),
            emails: values(&self.emails),
            identifiers: self.identifiers.iter().map(pair).collect(),
        }
    }

    /// By what it is found, each once.
    fn keys(&self) -> Vec<keys::Key> {
        let mut all = keys::of_name(&self.name);
        all.extend(keys::words_of(&self.name).into_iter().map(|word| (keys::Kind::Word, word)));
        all.extend(keys::words_of(&self.organisation).into_iter().map(|word| (keys::Kind::Word, word)));
        all.extend(self.phones.iter().flat_map(|phone| keys::of_phone(&phone.value)));
        all.extend(self.emails.iter().flat_map(|email| keys::of_email(&email.value)));
        all.extend(self.identifiers.iter().flat_map(|one| keys::of_identifier(&one.value)));
        all.sort();
        all.dedup();
        all
    }

    /// Refuses more than a contact may hold, after two became one.
    pub(super) fn check_bounds(&self) -> Result<()> {
        let lists = [self.phones.len(), self.emails.len(), self.identifiers.len()];
        match lists.iter().all(|length| *length <= MOST) && self.note.chars().count() <= NOTE_MAX {
            true => Ok(()),
            false => Err(StoreError::conflict(
                format!(
                    "together they have more than {MOST} phones, e-mails or identifiers, or a note of more than \
                     {NOTE_MAX} characters"
                ),
                "first remove what is not needed",
            )),
        }
    }
}

/// A text for people, perhaps empty.
pub(super) fn text(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim();
    match text.chars().count() > TEXT_MAX || text.chars().any(char::is_control) {
        true => {
            let help = format!("use at most {TEXT_MAX} printable characters");
            Err(StoreError::invalid(field, format!("`{}` is not accepted", field::shortened(text)), help))
        }
        false => Ok(text.to_owned()),
    }
}

pub(super) fn filled(field: &'static str, written: &str) -> Result<String> {
    let text = text(field, written)?;
    match text.is_empty() {
        true => Err(StoreError::invalid(field, "is empty", "write what people should read")),
        false => Ok(text),
    }
}

/// A number as it is dialled in the country, or in E.164 form.
pub(super) fn phone(field: &'static str, written: &str, country: Option<&str>) -> Result<String> {
    match e164::in_full(written.trim(), country) {
        Some(number) => field::e164(field, &number),
        None => field::e164(field, written),
    }
}

fn phones(list: &[Entry], country: Option<&str>) -> Result<Vec<Entry>> {
    entries("phones", list, |value| phone("phones", value, country))
}

fn emails(list: &[Entry]) -> Result<Vec<Entry>> {
    entries("emails", list, |value| field::email("emails", value))
}

/// Each value once, in any letters; the first one counts.
fn entries(
    field: &'static str,
    list: &[Entry],
    accepted: impl Fn(&str) -> Result<String>,
) -> Result<Vec<Entry>> {
    field::at_most(field, list.len(), MOST)?;
    let mut entries: Vec<Entry> = Vec::new();
    for Entry { value, label } in list {
        let entry = Entry { value: accepted(value)?, label: text(field, label)? };
        if !entries.iter().any(|known| known.value.eq_ignore_ascii_case(&entry.value)) {
            entries.push(entry);
        }
    }
    Ok(entries)
}

fn identifiers(list: &[Identifier]) -> Result<Vec<Identifier>> {
    field::at_most("identifiers", list.len(), MOST)?;
    let mut identifiers: Vec<Identifier> = Vec::new();
    for Identifier { name, value } in list {
        let identifier =
            Identifier { name: filled("identifiers", name)?, value: filled("identifiers", value)? };
        if !identifiers.contains(&identifier) {
            identifiers.push(identifier);
        }
    }
    Ok(identifiers)
}

impl Noun for Contact {
    const WHAT: &'static str = "contact";
    const TABLE: &'static str = "contacts";
    const NAMES: &'static [&'static str] = &["name"];
    const COLUMNS: &'static [&'static str] = &[
        "tenant_id",
        "name",
        "organisation",
        "phones",
        "emails",
        "identifiers",
        "note",
        "created_at_ms",
        "changed_at_ms",
    ];
    const REACH: Reach = Reach::Tenant;

    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.id("id").map(ContactId)?,
            tenant: row.id("tenant_id").map(TenantId)?,
            name: row.text("name")?,
            organisation: row.text("organisation")?,
            phones: row.json("phones")?,
            emails: row.json("emails")?,
            identifiers: row.json("identifiers")?,
            note: row.text("note")?,
            created_at: row.int("created_at_ms").map(UnixMs)?,
            changed_at: row.int("changed_at_ms").map(UnixMs)?,
            merged: vec![],
        })
    }

    fn values(&self) -> Vec<Value> {
        vec![
            Value::from(self.tenant.to_string()),
            Value::from(&self.name),
            Value::from(&self.organisation),
            Value::json(&self.phones),
            Value::json(&self.emails),
            Value::json(&self.identifiers),
            Value::from(&self.note),
            Value::from(self.created_at.0),
            Value::from(self.changed_at.0),
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

    fn links(&self) -> Option<Links> {
        let tenant = self.tenant.to_string();
        let row = |(kind, value): keys::Key| vec![Value::from(&tenant), kind.as_str().into(), value.into()];
        let rows = self.keys().into_iter().map(row).collect();
        Some(Links {
            table: "contact_keys",
            owner: "contact_id",
            columns: &["tenant_id", "kind", "value"],
            rows,
        })
    }
}
