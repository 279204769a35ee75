//! What a caller left in a mailbox. Its sound is a file named by its id.

use serde::{Deserialize, Serialize};

use crate::id::{MailboxId, MessageId, SessionId, TenantId};
use crate::store::StoreError;
use crate::store::sql::{Row, Value};
use crate::time::UnixMs;

/// A message in a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its id, and the name of its sound file.
    pub id: MessageId,
    /// The tenant of its mailbox.
    pub tenant: TenantId,
    /// Where it was left.
    pub mailbox: MailboxId,
    /// The session in which it was left.
    pub session: SessionId,
    /// The caller's number.
    pub caller: String,
    /// The caller's name, if one was given.
    pub caller_name: Option<String>,
    /// When it was left.
    pub at: UnixMs,
    /// How long it is, in milliseconds.
    pub ms: u32,
    /// Whether it was listened to.
    pub heard: bool,
}

/// Which messages to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MessageFilter {
    /// Only those in this mailbox.
    pub mailbox: Option<MailboxId>,
    /// Only those that were listened to (true) or not (false).
    pub heard: Option<bool>,
}

/// How many messages a mailbox holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageCount {
    /// Which mailbox.
    pub mailbox: MailboxId,
    /// Those that nobody has listened to.
    pub new: u32,
    /// All of them.
    pub all: u32,
}

/// The columns of a message, in the order of [`Message::values`].
pub(super) const COLUMNS: &[&str] = &[
    "id",
    "company_id",
    "tenant_id",
    "mailbox_id",
    "session_id",
    "caller",
    "caller_name",
    "at_ms",
    "length_ms",
    "heard",
];

/// Longest text that a caller can make us keep, in characters.
const TEXT_MAX: usize = 256;

impl Message {
    pub(super) fn values(&self, company: &str) -> Vec<Value> {
        let cut = |text: &str| text.chars().take(TEXT_MAX).collect::<String>();
        vec![
            Value::from(self.id.to_string()),
            Value::from(company),
            Value::from(self.tenant.to_string()),
            Value::from(self.mailbox.to_string()),
            Value::from(self.session.to_string()),
            Value::from(cut(&self.caller)),
            Value::from(self.caller_name.as_deref().map(cut)),
            Value::from(self.at.0),
            Value::from(self.ms),
            Value::from(self.heard),
        ]
    }

    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id("id").map(MessageId)?,
            tenant: row.id("tenant_id").map(TenantId)?,
            mailbox: row.id("mailbox_id").map(MailboxId)?,
            session: row.id("session_id").map(SessionId)?,
            caller: row.text("caller")?,
            caller_name: row.optional_text("caller_name")?,
            at: row.int("at_ms").map(UnixMs)?,
            ms: row.u32("length_ms")?,
            heard: row.flag("heard")?,
        })
    }
}
