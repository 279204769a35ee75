//! One contact of a client with the company, as it is remembered. Its events tell the rest.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{ContactId, GroupId, SessionId, TenantId, UserId};
use crate::store::StoreError;
use crate::store::sql::{Row, Value};
use crate::time::UnixMs;

/// Whether a client takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionKind {
    /// With a client of the company.
    Client,
    /// Without one: operator to operator, test numbers, open rooms.
    Internal,
}

/// Who began the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionDirection {
    /// It came to us.
    Inbound,
    /// We began it.
    Outbound,
}

macro_rules! words {
    ($type:ident, $field:literal, $($variant:ident = $word:literal),*) => {
        impl $type {
            /// The word for it, as in the API.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl FromStr for $type {
            type Err = StoreError;
            fn from_str(text: &str) -> Result<Self, StoreError> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    _ => Err(StoreError::invalid($field, format!("`{text}` is not known"), concat!($("`", $word, "` "),*))),
                }
            }
        }
    };
}

words!(SessionKind, "kind", Client = "client", Internal = "internal");
words!(SessionDirection, "direction", Inbound = "inbound", Outbound = "outbound");

/// One contact of a client with the company. Times that have not come yet are `None`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// Its id, which orders sessions by their beginning.
    #[schema(value_type = uuid::Uuid)]
    pub id: SessionId,
    /// The tenant whose client it is; none for internal sessions of the whole company.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub tenant: Option<TenantId>,
    /// Whether a client takes part.
    pub kind: SessionKind,
    /// Who began it.
    pub direction: SessionDirection,
    /// The line it came by: `phone`.
    pub line: String,
    /// The caller's number or user name.
    pub from: String,
    /// The caller's name, where one was given.
    pub from_name: Option<String>,
    /// What was dialled.
    pub dialled: String,
    /// The group whose queue it waited in last.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub group: Option<GroupId>,
    /// The operator who served it last.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub operator: Option<UserId>,
    /// Keys that the caller pressed.
    pub keys: String,
    /// When it arrived.
    #[schema(value_type = i64)]
    pub started_at: UnixMs,
    /// When an operator (or for internal sessions, the called party) answered.
    #[schema(value_type = Option<i64>)]
    pub answered_at: Option<UnixMs>,
    /// When it ended; a live session has not.
    #[schema(value_type = Option<i64>)]
    pub ended_at: Option<UnixMs>,
    /// How long it waited in queues, in milliseconds.
    pub waiting_ms: i64,
    /// How long client and operator talked, in milliseconds.
    pub talk_ms: i64,
    /// How it ended: `caller_hung_up`, `operator_hung_up`, `overflow`, ….
    pub end_cause: Option<String>,
    /// Whatever else is known, by name.
    pub parameters: BTreeMap<String, String>,
    /// With which words the dialplan marked it.
    #[serde(default)]
    pub tags: BTreeSet<String>,
    /// Whom it called by name, not by a queue: login names of operators, numbers outside.
    #[serde(default)]
    pub called: BTreeSet<String>,
}

/// Which sessions to list. The default is all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionFilter {
    /// Only those that have not ended (true), or only those that have (false).
    pub live: Option<bool>,
    /// Only those of this operator.
    pub operator: Option<UserId>,
    /// Only those that began at this moment or later.
    pub since: Option<UnixMs>,
    /// Only those that began before this moment.
    pub until: Option<UnixMs>,
    /// Only those whose caller or dialled number contains this text.
    pub number: Option<String>,
    /// Only those whose client is this contact.
    pub contact: Option<ContactId>,
    /// Only those with this tag, in any letters, whoever set it.
    pub tag: Option<String>,
    /// Only those of which each of these words is found: in a number, the client's name, a tag, a note, the result or a
    /// parameter.
    pub text: Option<String>,
}

/// A page of a list, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many rows at most; 1000 is the ceiling.
    pub limit: u32,
    /// Only rows older than this one, the last of the page before.
    pub before: Option<SessionId>,
}

impl Default for Page {
    fn default() -> Self {
        Self { limit: 100, before: None }
    }
}

/// The columns of a session, in the order of [`Session::values`].
pub(super) const COLUMNS: &[&str] = &[
    "id",
    "company_id",
    "tenant_id",
    "kind",
    "direction",
    "line",
    "caller",
    "caller_name",
    "dialled",
    "group_id",
    "operator_id",
    "keys_pressed",
    "started_at_ms",
    "answered_at_ms",
    "ended_at_ms",
    "waiting_ms",
    "talk_ms",
    "end_cause",
    "parameters",
    "tags",
    "called",
];

/// Longest text of a session's column, in characters. What a caller sends may be longer; a history
/// that refuses it would lose the session, so it is cut.
const TEXT_MAX: usize = 256;

fn clipped(text: &str) -> String {
    text.chars().take(TEXT_MAX).collect()
}

impl Session {
    pub(super) fn values(&self, company: &str) -> Vec<Value> {
        vec![
            Value::from(self.id.to_string()),
            Value::from(company),
            Value::from(self.tenant.map(|id| id.to_string())),
            Value::from(self.kind.as_str()),
            Value::from(self.direction.as_str()),
            clipped(&self.line).into(),
            clipped(&self.from).into(),
            Value::from(self.from_name.as_deref().map(clipped)),
            clipped(&self.dialled).into(),
            Value::from(self.group.map(|id| id.to_string())),
            Value::from(self.operator.map(|id| id.to_string())),
            clipped(&self.keys).into(),
            Value::from(self.started_at.0),
            Value::from(self.answered_at.map(|at| at.0)),
            Value::from(self.ended_at.map(|at| at.0)),
            Value::from(self.waiting_ms),
            Value::from(self.talk_ms),
            Value::from(self.end_cause.as_deref().map(clipped)),
            Value::json(&self.parameters),
            Value::json(&self.tags),
            Value::json(&self.called),
        ]
    }

    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id("id").map(SessionId)?,
            tenant: row.optional_id("tenant_id")?.map(TenantId),
            kind: row.text("kind")?.parse()?,
            direction: row.text("direction")?.parse()?,
            line: row.text("line")?,
            from: row.text("caller")?,
            from_name: row.optional_text("caller_name")?,
            dialled: row.text("dialled")?,
            group: row.optional_id("group_id")?.map(GroupId),
            operator: row.optional_id("operator_id")?.map(UserId),
            keys: row.text("keys_pressed")?,
            started_at: row.int("started_at_ms").map(UnixMs)?,
            answered_at: row.optional_int("answered_at_ms")?.map(UnixMs),
            ended_at: row.optional_int("ended_at_ms")?.map(UnixMs),
            waiting_ms: row.int("waiting_ms")?,
            talk_ms: row.int("talk_ms")?,
            end_cause: row.optional_text("end_cause")?,
            parameters: row.json("parameters")?,
            tags: row.json("tags")?,
            called: row.json("called")?,
        })
    }
}
