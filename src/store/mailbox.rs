//! Where callers leave messages: the mailbox of an operator or of a group.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{GroupId, MailboxId, TenantId, UserId};
use crate::store::scope::{Owner, Reach};
use crate::store::sql::{Noun, Row, Value};
use crate::store::{Key, StoreError, field};

/// What a caller hears before the tone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Greeting {
    /// The house's prompt.
    Default,
    /// What the owner has recorded; the house's prompt until there is one.
    #[default]
    Own,
    /// Nothing but the tone.
    None,
}

impl Greeting {
    /// Its name, as in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Own => "own",
            Self::None => "none",
        }
    }
}

impl FromStr for Greeting {
    type Err = StoreError;
    fn from_str(text: &str) -> Result<Self, StoreError> {
        let known = [Self::Default, Self::Own, Self::None];
        known.into_iter().find(|greeting| greeting.as_str() == text).ok_or_else(|| {
            StoreError::invalid("greeting", format!("`{text}` is not a greeting"), "use default, own or none")
        })
    }
}

/// Whose messages a mailbox takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailboxOwner {
    /// An operator's.
    User(UserId),
    /// A group's.
    Group(GroupId),
}

/// The mailbox of an operator or of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailbox {
    /// Its id.
    pub id: MailboxId,
    /// The tenant in whose dialplans it can be used.
    pub tenant: TenantId,
    /// Its name, unique in the tenant: `anna`, `sales`.
    pub name: String,
    /// The digits by which it is asked for on the phone, besides its owner's extension. Unique in the company.
    pub number: Option<String>,
    /// Whose it is.
    pub owner: MailboxOwner,
    /// The argon2id hash of the PIN; without one nobody listens by phone.
    #[serde(skip)]
    pub pin_hash: Option<String>,
    /// What a caller hears before the tone.
    pub greeting: Greeting,
    /// Whether the owner has recorded a greeting.
    pub own_greeting: bool,
    /// The longest message, in milliseconds.
    pub max_message_ms: u32,
    /// How many messages it holds.
    pub limit: u32,
    /// Days after which a message goes by itself; none does if it is missing.
    pub keep_days: Option<u32>,
    /// Where a mail goes for each message; nowhere if it is missing.
    pub email: Option<String>,
    /// Whether the message itself is in the mail.
    pub email_sound: bool,
    /// Whether the message goes from the mailbox when it has gone out by mail.
    pub email_delete: bool,
}

/// What a new mailbox needs: the tenant, and a user or a group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMailbox {
    /// The tenant, by name or id.
    #[schema(value_type = String)]
    pub tenant: Option<Key>,
    /// Its name; that of its owner if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The operator whose it is, by name or id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub user: Option<Key>,
    /// The group whose it is, by name or id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub group: Option<Key>,
    /// 2 to 8 digits by which it is asked for on the phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// 4 to 10 digits. Without a PIN nobody listens by phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<String>,
    /// What a caller hears before the tone.
    #[serde(default)]
    pub greeting: Greeting,
    /// The longest message in milliseconds, up to half an hour; three minutes if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_message_ms: Option<u32>,
    /// How many messages it holds, up to 1,000; 100 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Days after which a message goes by itself, up to 3,650; none does if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_days: Option<u32>,
    /// Where a mail goes for each message; nowhere if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether the message itself is in the mail; it is if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_sound: Option<bool>,
    /// Whether the message goes from the mailbox when it has gone out by mail; it stays if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_delete: Option<bool>,
}

/// What changes of a mailbox; what is left out stays, `null` removes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailboxChange {
    /// Another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Other digits by which it is asked for on the phone.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "field::nullable")]
    #[schema(value_type = Option<String>)]
    pub number: Option<Option<String>>,
    /// Another PIN. A mailbox that wrong PINs have locked is open again.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "field::nullable")]
    #[schema(value_type = Option<String>)]
    pub pin: Option<Option<String>>,
    /// What a caller hears before the tone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub greeting: Option<Greeting>,
    /// The longest message in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_message_ms: Option<u32>,
    /// How many messages it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Days after which a message goes by itself.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "field::nullable")]
    #[schema(value_type = Option<u32>)]
    pub keep_days: Option<Option<u32>>,
    /// Another address for mails.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "field::nullable")]
    #[schema(value_type = Option<String>)]
    pub email: Option<Option<String>>,
    /// Whether the message itself is in the mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_sound: Option<bool>,
    /// Whether the message goes from the mailbox when it has gone out by mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_delete: Option<bool>,
}

/// What came of a PIN that was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinCheck {
    /// It is the right one.
    Right,
    /// It is not, or the mailbox has none.
    Wrong,
    /// Too many were wrong; no PIN is looked at for a while.
    Locked,
}

impl Mailbox {
    /// A mailbox whose owner is resolved; the PIN's hash is added by the store.
    pub(super) fn new(
        id: MailboxId,
        tenant: TenantId,
        (owner, owner_name): (MailboxOwner, &str),
        new: &NewMailbox,
    ) -> Result<Self, StoreError> {
        Self {
            id,
            tenant,
            name: field::name("name", new.name.as_deref().unwrap_or(owner_name))?,
            number: new.number.as_deref().map(|text| field::extension("number", text)).transpose()?,
            owner,
            pin_hash: None,
            greeting: new.greeting,
            own_greeting: false,
            max_message_ms: new.max_message_ms.unwrap_or(180_000),
            limit: new.limit.unwrap_or(100),
            keep_days: new.keep_days,
            email: new.email.as_deref().map(|text| field::email("email", text)).transpose()?,
            email_sound: new.email_sound.unwrap_or(true),
            email_delete: new.email_delete.unwrap_or(false),
        }
        .within_limits()
    }

    /// Applies all but the PIN, whose hash the store makes.
    pub(super) fn apply(&mut self, change: &MailboxChange) -> Result<(), StoreError> {
        if let Some(name) = &change.name {
            self.name = field::name("name", name)?;
        }
        if let Some(number) = &change.number {
            self.number = number.as_deref().map(|text| field::extension("number", text)).transpose()?;
        }
        if let Some(email) = &change.email {
            self.email = email.as_deref().map(|text| field::email("email", text)).transpose()?;
        }
        *self = Self {
            greeting: change.greeting.unwrap_or(self.greeting),
            max_message_ms: change.max_message_ms.unwrap_or(self.max_message_ms),
            limit: change.limit.unwrap_or(self.limit),
            keep_days: change.keep_days.unwrap_or(self.keep_days),
            email_sound: change.email_sound.unwrap_or(self.email_sound),
            email_delete: change.email_delete.unwrap_or(self.email_delete),
            ..self.clone()
        }
        .within_limits()?;
        Ok(())
    }

    fn within_limits(self) -> Result<Self, StoreError> {
        field::between("max_message_ms", self.max_message_ms, 5_000..=1_800_000)?;
        field::between("limit", self.limit, 1..=1_000)?;
        field::between("keep_days", self.keep_days.unwrap_or(1), 1..=3_650)?;
        if self.email_delete && !self.email_sound {
            let what = "would remove messages that no mail holds";
            return Err(StoreError::invalid("email_delete", what, "let the sound be in the mail, too"));
        }
        Ok(self)
    }
}

impl Noun for Mailbox {
    const WHAT: &'static str = "mailbox";
    const TABLE: &'static str = "mailboxes";
    const NAMES: &'static [&'static str] = &["name", "number"];
    const COLUMNS: &'static [&'static str] = &[
        "tenant_id",
        "name",
        "number",
        "user_id",
        "group_id",
        "pin_hash",
        "greeting",
        "own_greeting",
        "max_message_ms",
        "message_limit",
        "keep_days",
        "email",
        "email_sound",
        "email_delete",
    ];
    const REACH: Reach = Reach::Tenant;

    fn read(row: &Row) -> Result<Self, StoreError> {
        let owner = match (row.optional_id("user_id")?, row.optional_id("group_id")?) {
            (Some(user), _) => MailboxOwner::User(UserId(user)),
            (None, Some(group)) => MailboxOwner::Group(GroupId(group)),
            (None, None) => return Err(Row::nonsense("user_id")),
        };
        Ok(Self {
            id: row.id("id").map(MailboxId)?,
            tenant: row.id("tenant_id").map(TenantId)?,
            name: row.text("name")?,
            number: row.optional_text("number")?,
            owner,
            pin_hash: row.optional_text("pin_hash")?,
            greeting: row.text("greeting")?.parse()?,
            own_greeting: row.flag("own_greeting")?,
            max_message_ms: row.u32("max_message_ms")?,
            limit: row.u32("message_limit")?,
            keep_days: row.optional_u32("keep_days")?,
            email: row.optional_text("email")?,
            email_sound: row.flag("email_sound")?,
            email_delete: row.flag("email_delete")?,
        })
    }

    fn values(&self) -> Vec<Value> {
        let (user, group) = match self.owner {
            MailboxOwner::User(user) => (Some(user.to_string()), None),
            MailboxOwner::Group(group) => (None, Some(group.to_string())),
        };
        vec![
            Value::from(self.tenant.to_string()),
            Value::from(&self.name),
            Value::from(self.number.clone()),
            Value::from(user),
            Value::from(group),
            Value::from(self.pin_hash.clone()),
            Value::from(self.greeting.as_str()),
            Value::from(self.own_greeting),
            Value::from(self.max_message_ms),
            Value::from(self.limit),
            Value::from(self.keep_days.map(i64::from)),
            Value::from(self.email.clone()),
            Value::from(self.email_sound),
            Value::from(self.email_delete),
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
