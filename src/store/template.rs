//! Messages that a tenant has ready.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{TemplateId, TenantId};
use crate::matching::fold;
use crate::store::scope::{Owner, Reach};
use crate::store::session_work::{lines, word};
use crate::store::sql::{Noun, Row, Value};
use crate::store::{Key, StoreError, contact};

type Result<T> = std::result::Result<T, StoreError>;

/// Templates of one tenant.
pub(super) const MOST_TEMPLATES: usize = 1_000;
/// The longest message, in characters.
const TEXT_MAX: usize = 4_000;

/// A message that operators need not write again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its id.
    pub id: TemplateId,
    /// The tenant whose operators have it.
    pub tenant: TenantId,
    /// By which it is called, in small letters, unique in the tenant: `hours`.
    pub shortcut: String,
    /// What people choose by.
    pub title: String,
    /// The message.
    pub text: String,
    /// Whether the operator who asks has marked it.
    pub starred: bool,
}

/// What a new template needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTemplate {
    /// The tenant, by name or id; may be left out by those who have one alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub tenant: Option<Key>,
    /// One word of at most 40 characters, unique in the tenant.
    pub shortcut: String,
    /// At most 200 characters.
    pub title: String,
    /// At most 4,000 characters.
    pub text: String,
}

/// What changes of a template; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateChange {
    /// Another shortcut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shortcut: Option<String>,
    /// Another title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Another message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Template {
    pub(super) fn new(id: TemplateId, tenant: TenantId, new: NewTemplate) -> Result<Self> {
        Ok(Self {
            id,
            tenant,
            shortcut: shortcut(&new.shortcut)?,
            title: contact::filled("title", &new.title)?,
            text: lines("text", &new.text, TEXT_MAX)?,
            starred: false,
        })
    }

    pub(super) fn apply(&mut self, change: TemplateChange) -> Result<()> {
        if let Some(text) = change.shortcut {
            self.shortcut = shortcut(&text)?;
        }
        if let Some(title) = change.title {
            self.title = contact::filled("title", &title)?;
        }
        if let Some(text) = change.text {
            self.text = lines("text", &text, TEXT_MAX)?;
        }
        Ok(())
    }
}

fn shortcut(text: &str) -> Result<String> {
    let shortcut = word("shortcut", text)?.to_lowercase();
    match shortcut.contains(char::is_whitespace) {
        true => {
            Err(StoreError::invalid("shortcut", format!("`{shortcut}` is several words"), "use one word"))
        }
        false => Ok(shortcut),
    }
}

impl Noun for Template {
    const WHAT: &'static str = "template";
    const TABLE: &'static str = "templates";
    const NAMES: &'static [&'static str] = &["shortcut"];
    const COLUMNS: &'static [&'static str] = &["tenant_id", "shortcut", "title", "text", "searched"];
    const REACH: Reach = Reach::Tenant;

    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.id("id").map(TemplateId)?,
            tenant: row.id("tenant_id").map(TenantId)?,
            shortcut: row.text("shortcut")?,
            title: row.text("title")?,
            text: row.text("text")?,
            starred: false,
        })
    }

    fn values(&self) -> Vec<Value> {
        vec![
            Value::from(self.tenant.to_string()),
            Value::from(&self.shortcut),
            Value::from(&self.title),
            Value::from(&self.text),
            Value::from(fold(&format!("{}\n{}\n{}", self.shortcut, self.title, self.text))),
        ]
    }

    fn id(&self) -> uuid::Uuid {
        self.id.0
    }

    fn name(&self) -> &str {
        &self.shortcut
    }

    fn owner(&self) -> Owner {
        Some(self.tenant).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shortcut_is_one_word_in_small_letters() {
        assert_eq!(shortcut(" Hours ").unwrap(), "hours");
        assert!(shortcut("our hours").unwrap_err().to_string().contains("one word"));
        assert!(shortcut("  ").is_err());
    }
}
