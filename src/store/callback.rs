//! Clients who were promised a call. What such a promise is, the switch says; here it is kept.

use crate::id::{CallbackId, GroupId, SessionId, TenantId};
use crate::store::StoreError;
use crate::store::sql::{Row, Value};
use crate::switch::callback::{Callback, State};
use crate::time::UnixMs;

/// The columns of a promise, in the order of [`values`].
pub(super) const COLUMNS: &[&str] = &[
    "id",
    "company_id",
    "tenant_id",
    "group_id",
    "number",
    "priority",
    "since_ms",
    "made_ms",
    "session_id",
    "due_ms",
    "client_name",
    "asker",
    "tries",
    "is_open",
    "terms",
    "state",
];

pub(super) fn values(callback: &Callback, company: &str) -> Vec<Value> {
    let is_open = !matches!(callback.state, State::Ended { .. });
    vec![
        Value::from(callback.id.to_string()),
        Value::from(company),
        Value::from(callback.tenant.to_string()),
        Value::from(callback.group.to_string()),
        Value::from(&callback.number),
        Value::from(i64::from(callback.priority)),
        Value::from(callback.since.0),
        Value::from(callback.made.0),
        Value::from(callback.asked_in.map(|id| id.to_string())),
        Value::from(callback.due.map(|due| due.0)),
        Value::from(callback.name.clone()),
        Value::from(callback.asker.as_ref().and_then(|asker| serde_json::to_string(asker).ok())),
        Value::from(callback.tries),
        Value::from(is_open),
        Value::json(&callback.terms),
        Value::json(&callback.state),
    ]
}

pub(super) fn read(row: &Row) -> Result<Callback, StoreError> {
    Ok(Callback {
        id: row.id("id").map(CallbackId)?,
        tenant: row.id("tenant_id").map(TenantId)?,
        group: row.id("group_id").map(GroupId)?,
        number: row.text("number")?,
        priority: i32::try_from(row.int("priority")?).map_err(|_| Row::nonsense("priority"))?,
        since: row.int("since_ms").map(UnixMs)?,
        made: row.int("made_ms").map(UnixMs)?,
        asked_in: row.optional_id("session_id")?.map(SessionId),
        due: row.optional_int("due_ms")?.map(UnixMs),
        name: row.optional_text("client_name")?,
        asker: row.optional_json("asker")?,
        tries: row.u32("tries")?,
        terms: row.json("terms")?,
        state: row.json("state")?,
    })
}
