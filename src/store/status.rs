//! What an operator said about being ready for clients, kept over restarts.

use serde::{Deserialize, Serialize};

use crate::id::UserId;
use crate::store::StoreError;
use crate::store::sql::{Row, Value};
use crate::time::UnixMs;

/// Whether an operator is ready for new clients.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum Presence {
    /// Ready.
    Online,
    /// Not ready, perhaps with a reason (lunch, personal, …).
    Away {
        /// The reason, one of those that the administrator set up.
        reason: Option<String>,
    },
    /// Set by the queue after too many unanswered offers.
    NotAnswering,
}

/// The status of one operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorStatus {
    /// The operator.
    pub user: UserId,
    /// What the operator said.
    pub presence: Presence,
    /// Since when it holds.
    pub since: UnixMs,
}

/// The columns of a status, in the order of [`OperatorStatus::values`].
pub(super) const COLUMNS: &[&str] = &["user_id", "company_id", "status", "reason", "since_ms"];

impl OperatorStatus {
    pub(super) fn values(&self, company: &str) -> Vec<Value> {
        let (status, reason) = match &self.presence {
            Presence::Online => ("online", None),
            Presence::Away { reason } => ("away", reason.clone()),
            Presence::NotAnswering => ("not_answering", None),
        };
        vec![
            Value::from(self.user.to_string()),
            Value::from(company),
            Value::from(status),
            Value::from(reason),
            Value::from(self.since.0),
        ]
    }

    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        let presence = match row.text("status")?.as_str() {
            "online" => Presence::Online,
            "away" => Presence::Away { reason: row.optional_text("reason")? },
            "not_answering" => Presence::NotAnswering,
            _ => return Err(Row::nonsense("status")),
        };
        Ok(Self { user: row.id("user_id").map(UserId)?, presence, since: row.int("since_ms").map(UnixMs)? })
    }
}
