//! Lines that operators switched on or off, kept over restarts.

use serde::{Deserialize, Serialize};

use crate::id::UserId;
use crate::store::StoreError;
use crate::store::sql::{Row, Value};
use crate::time::UnixMs;

/// Whether an operator takes new sessions of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelSwitch {
    /// The operator.
    pub user: UserId,
    /// The name of the line.
    pub line: String,
    /// Whether.
    pub on: bool,
    /// Since when it stands so.
    pub since: UnixMs,
}

/// The columns of a channel's switch, in the order of [`ChannelSwitch::values`].
pub(super) const COLUMNS: &[&str] = &["user_id", "company_id", "line", "is_on", "since_ms"];

impl ChannelSwitch {
    pub(super) fn values(&self, company: &str) -> Vec<Value> {
        vec![
            Value::from(self.user.to_string()),
            Value::from(company),
            Value::from(&self.line),
            Value::from(self.on),
            Value::from(self.since.0),
        ]
    }

    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            user: row.id("user_id").map(UserId)?,
            line: row.text("line")?,
            on: row.flag("is_on")?,
            since: row.int("since_ms").map(UnixMs)?,
        })
    }
}
