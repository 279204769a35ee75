//! What operators want done with calls to them, kept over restarts.

use serde::{Deserialize, Serialize};

use crate::id::UserId;
use crate::store::StoreError;
use crate::store::sql::{Row, Value};
use crate::switch::diversion::{self, AFTER_S, NoAnswer};
use crate::time::UnixMs;

/// The call settings of one operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallSettings {
    /// The operator.
    pub user: UserId,
    /// What is done with direct calls.
    pub settings: diversion::CallSettings,
    /// Since when they hold.
    pub since: UnixMs,
}

/// The columns of call settings, in the order of [`CallSettings::values`].
pub(super) const COLUMNS: &[&str] = &[
    "user_id",
    "company_id",
    "always_to",
    "busy_to",
    "no_answer_to",
    "no_answer_after_s",
    "do_not_disturb",
    "since_ms",
];

impl CallSettings {
    pub(super) fn values(&self, company: &str) -> Vec<Value> {
        let diversion::CallSettings { always, busy, no_answer, do_not_disturb } = &self.settings;
        let after_s = no_answer.as_ref().map_or(AFTER_S, |rule| rule.after_s);
        vec![
            Value::from(self.user.to_string()),
            Value::from(company),
            Value::from(always.clone()),
            Value::from(busy.clone()),
            Value::from(no_answer.as_ref().map(|rule| rule.to.clone())),
            Value::from(i64::from(after_s)),
            Value::from(*do_not_disturb),
            Value::from(self.since.0),
        ]
    }

    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        let after_s = row.u32("no_answer_after_s")?;
        let settings = diversion::CallSettings {
            always: row.optional_text("always_to")?,
            busy: row.optional_text("busy_to")?,
            no_answer: row.optional_text("no_answer_to")?.map(|to| NoAnswer { to, after_s }),
            do_not_disturb: row.flag("do_not_disturb")?,
        };
        Ok(Self { user: row.id("user_id").map(UserId)?, settings, since: row.int("since_ms").map(UnixMs)? })
    }
}
