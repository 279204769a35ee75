//! What happened to a session, in order and without gaps. Events are never changed.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{SessionId, TenantId};
use crate::store::StoreError;
use crate::store::sql::{Row, Value};
use crate::time::UnixMs;

/// The longest body of an event, in bytes of JSON. A decision over hundreds of operators fits.
pub const BODY_MAX: usize = 64 * 1024;

/// One thing that happened to a session.
///
/// The events of a session are numbered from 1 without gaps. Appending a number that would leave
/// a gap is a [`StoreError::Conflict`]. Appending an event that is stored already changes
/// nothing if it is the same event, so a writer whose connection broke before the answer came may
/// append its batch again; a different event under a number already taken is a conflict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SessionEvent {
    /// The session.
    #[schema(value_type = uuid::Uuid)]
    pub session: SessionId,
    /// The session's tenant, the same in all its events.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub tenant: Option<TenantId>,
    /// The event's number within its session, from 1.
    pub seq: u32,
    /// When it happened.
    #[schema(value_type = i64)]
    pub at: UnixMs,
    /// What happened: `offered`, `answered`, ….
    pub kind: String,
    /// The particulars.
    #[schema(value_type = Object)]
    pub body: serde_json::Value,
}

/// The kind of events that tell of a message.
const WROTE: &str = "wrote";

/// A message, as an event tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written<'a> {
    /// Its number in the session.
    pub number: u64,
    /// Who wrote it, by the name for people.
    pub author: &'a str,
    /// What.
    pub text: &'a str,
}

/// The columns of an event, in the order of [`SessionEvent::values`].
pub(super) const COLUMNS: &[&str] =
    &["session_id", "seq", "company_id", "tenant_id", "at_ms", "kind", "body"];

impl SessionEvent {
    /// The message, if it tells of one.
    pub fn message(&self) -> Option<Written<'_>> {
        let text = |field: &str| self.body.get(field)?.as_str();
        let number = self.body.get("number").filter(|_| self.kind == WROTE)?.as_u64()?;
        Some(Written { number, author: text("author")?, text: text("text")? })
    }

    pub(super) fn values(&self, company: &str) -> Result<Vec<Value>, StoreError> {
        let body = self.body.to_string();
        if body.len() > BODY_MAX {
            let what = format!("has {} bytes", body.len());
            return Err(StoreError::invalid("body", what, format!("keep an event under {BODY_MAX} bytes")));
        }
        Ok(vec![
            Value::from(self.session.to_string()),
            Value::from(self.seq),
            Value::from(company),
            Value::from(self.tenant.map(|id| id.to_string())),
            Value::from(self.at.0),
            Value::from(&self.kind),
            Value::from(body),
        ])
    }

    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            session: row.id("session_id").map(SessionId)?,
            tenant: row.optional_id("tenant_id")?.map(TenantId),
            seq: row.u32("seq")?,
            at: row.int("at_ms").map(UnixMs)?,
            kind: row.text("kind")?,
            body: row.json("body")?,
        })
    }
}
