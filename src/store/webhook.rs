//! What other programs are told: what waits, and what has become of the rest.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{SessionId, TenantId, WebhookId};
use crate::store::StoreError;
use crate::store::sql::{Row, Value};
use crate::time::UnixMs;

/// Webhooks that wait at most; one beyond is written down as failed.
pub const WAITING_MAX: u64 = 100_000;

/// One event for one receiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// Its id, the same in every attempt.
    pub id: WebhookId,
    /// The tenant that it is about.
    pub tenant: Option<TenantId>,
    /// The session that it is about.
    pub session: Option<SessionId>,
    /// What happened.
    pub event: String,
    /// To whom it is sent.
    pub url: String,
    /// What is sent.
    pub body: String,
    /// When it happened.
    pub created_at: UnixMs,
    /// What has become of it.
    pub state: WebhookState,
    /// How often it was sent.
    pub attempts: u32,
    /// When it is sent next, if it waits.
    pub next_at: Option<UnixMs>,
    /// When it was sent last.
    pub last_at: Option<UnixMs>,
    /// What the receiver answered last.
    pub last_status: Option<u32>,
    /// Why it did not arrive.
    pub last_error: Option<String>,
}

/// What has become of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WebhookState {
    /// It is sent, or sent again.
    Waiting,
    /// It has arrived.
    Delivered,
    /// It was given up.
    Failed,
}

impl WebhookState {
    /// All states, with their words.
    const WORDS: &[(&'static str, WebhookState)] = &[
        ("waiting", WebhookState::Waiting),
        ("delivered", WebhookState::Delivered),
        ("failed", WebhookState::Failed),
    ];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        Self::WORDS.iter().find(|(_, state)| *state == self).map_or("", |(word, _)| word)
    }
}

/// The columns of a webhook, in the order of [`Webhook::values`].
pub(super) const COLUMNS: &[&str] = &[
    "id",
    "company_id",
    "tenant_id",
    "session_id",
    "event",
    "url",
    "body",
    "created_at_ms",
    "state",
    "attempts",
    "next_at_ms",
    "last_at_ms",
    "last_status",
    "last_error",
];

impl Webhook {
    pub(super) fn values(&self, company: &str) -> Vec<Value> {
        vec![
            Value::from(self.id.to_string()),
            Value::from(company),
            Value::from(self.tenant.map(|id| id.to_string())),
            Value::from(self.session.map(|id| id.to_string())),
            Value::from(&self.event),
            Value::from(&self.url),
            Value::from(&self.body),
            Value::from(self.created_at.0),
            Value::from(self.state.as_str()),
            Value::from(self.attempts),
            Value::from(self.next_at.map(|at| at.0)),
            Value::from(self.last_at.map(|at| at.0)),
            Value::from(self.last_status.map(i64::from)),
            Value::from(self.last_error.clone()),
        ]
    }

    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        let word = row.text("state")?;
        let state = WebhookState::WORDS.iter().find(|(known, _)| *known == word);
        Ok(Self {
            id: row.id("id").map(WebhookId)?,
            tenant: row.optional_id("tenant_id")?.map(TenantId),
            session: row.optional_id("session_id")?.map(SessionId),
            event: row.text("event")?,
            url: row.text("url")?,
            body: row.text("body")?,
            created_at: row.int("created_at_ms").map(UnixMs)?,
            state: state.map(|(_, state)| *state).ok_or_else(|| Row::nonsense("state"))?,
            attempts: row.u32("attempts")?,
            next_at: row.optional_int("next_at_ms")?.map(UnixMs),
            last_at: row.optional_int("last_at_ms")?.map(UnixMs),
            last_status: row.optional_u32("last_status")?,
            last_error: row.optional_text("last_error")?,
        })
    }
}
