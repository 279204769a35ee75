//! Switches that operators turn by dialling a number: on or off, kept over restarts.

use serde::{Deserialize, Serialize};

use crate::id::{TenantId, UserId};
use crate::store::StoreError;
use crate::store::sql::{Row, Value};
use crate::time::UnixMs;

/// How a switch of a tenant stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switch {
    /// Whose it is.
    pub tenant: TenantId,
    /// Its name, as dialplan files use it.
    pub name: String,
    /// Whether it is on.
    pub on: bool,
    /// The operator who turned it by telephone.
    pub by: Option<UserId>,
    /// Since when it stands so.
    pub since: UnixMs,
}

/// The columns of a switch, in the order of [`Switch::values`].
pub(super) const COLUMNS: &[&str] = &["tenant_id", "company_id", "name", "is_on", "turned_by", "since_ms"];

impl Switch {
    pub(super) fn values(&self, company: &str) -> Vec<Value> {
        vec![
            Value::from(self.tenant.to_string()),
            Value::from(company),
            Value::from(&self.name),
            Value::from(self.on),
            Value::from(self.by.map(|user| user.to_string())),
            Value::from(self.since.0),
        ]
    }

    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            tenant: row.id("tenant_id").map(TenantId)?,
            name: row.text("name")?,
            on: row.flag("is_on")?,
            by: row.optional_id("turned_by")?.map(UserId),
            since: row.int("since_ms").map(UnixMs)?,
        })
    }
}
