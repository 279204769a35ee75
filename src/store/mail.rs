//! Mails that tell of a message in a mailbox, or of what was written in a session: what waits, and what has become of the
//! rest.

use serde::{Deserialize, Serialize};

use crate::id::{MailId, MailboxId, MessageId, SessionId, TenantId};
use crate::store::StoreError;
use crate::store::sql::{Row, Value};
use crate::time::UnixMs;

/// Mails that wait at most; one beyond is written down as failed.
pub const MAILS_WAITING_MAX: u64 = 10_000;

/// A mail. What it says is made when it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Its id; that of the message of which it tells.
    pub id: MailId,
    /// The tenant whose it is.
    pub tenant: TenantId,
    /// Of what it tells.
    pub about: MailAbout,
    /// To whom it is sent.
    pub recipient: String,
    /// When that was.
    pub created_at: UnixMs,
    /// What has become of it.
    pub state: MailState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next, if it waits.
    pub next_at: Option<UnixMs>,
    /// When it was tried last.
    pub last_at: Option<UnixMs>,
    /// Why it was not taken.
    pub last_error: Option<String>,
}

/// Of what a mail tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailAbout {
    /// A message that was left in this mailbox.
    Message(MailboxId),
    /// What was written in this session.
    Session(SessionId),
}

/// What has become of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// It is sent, or sent again.
    Waiting,
    /// A server has taken it.
    Sent,
    /// It was given up.
    Failed,
}

impl MailState {
    /// All states, with their words.
    const WORDS: &[(&'static str, MailState)] =
        &[("waiting", MailState::Waiting), ("sent", MailState::Sent), ("failed", MailState::Failed)];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        Self::WORDS.iter().find(|(_, state)| *state == self).map_or("", |(word, _)| word)
    }
}

/// The columns of a mail, in the order of [`Mail::values`].
pub(super) const COLUMNS: &[&str] = &[
    "id",
    "company_id",
    "tenant_id",
    "mailbox_id",
    "session_id",
    "recipient",
    "created_at_ms",
    "state",
    "attempts",
    "next_at_ms",
    "last_at_ms",
    "last_error",
];

impl Mail {
    /// A mail that tells of a session, to be sent `now`.
    pub fn of_session(
        id: MailId,
        tenant: TenantId,
        session: SessionId,
        recipient: String,
        now: UnixMs,
    ) -> Self {
        let (about, state) = (MailAbout::Session(session), MailState::Waiting);
        let (created_at, next_at) = (now, Some(now));
        let (attempts, last_at, last_error) = (0, None, None);
        Self { id, tenant, about, recipient, created_at, state, attempts, next_at, last_at, last_error }
    }

    /// The message of which it tells, if it tells of one.
    pub fn message(&self) -> MessageId {
        MessageId(self.id.0)
    }

    pub(super) fn values(&self, company: &str) -> Vec<Value> {
        let (mailbox, session) = match self.about {
            MailAbout::Message(mailbox) => (Some(mailbox.to_string()), None),
            MailAbout::Session(session) => (None, Some(session.to_string())),
        };
        vec![
            Value::from(self.id.to_string()),
            Value::from(company),
            Value::from(self.tenant.to_string()),
            Value::from(mailbox),
            Value::from(session),
            Value::from(&self.recipient),
            Value::from(self.created_at.0),
            Value::from(self.state.as_str()),
            Value::from(self.attempts),
            Value::from(self.next_at.map(|at| at.0)),
            Value::from(self.last_at.map(|at| at.0)),
            Value::from(self.last_error.clone()),
        ]
    }

    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        let word = row.text("state")?;
        let state = MailState::WORDS.iter().find(|(known, _)| *known == word);
        Ok(Self {
            id: row.id("id").map(MailId)?,
            tenant: row.id("tenant_id").map(TenantId)?,
            about: match row.optional_id("session_id")? {
                Some(session) => MailAbout::Session(SessionId(session)),
                None => MailAbout::Message(row.id("mailbox_id").map(MailboxId)?),
            },
            recipient: row.text("recipient")?,
            created_at: row.int("created_at_ms").map(UnixMs)?,
            state: state.map(|(_, state)| *state).ok_or_else(|| Row::nonsense("state"))?,
            attempts: row.u32("attempts")?,
            next_at: row.optional_int("next_at_ms")?.map(UnixMs),
            last_at: row.optional_int("last_at_ms")?.map(UnixMs),
            last_error: row.optional_text("last_error")?,
        })
    }
}
