//! The installation's owner.

use serde::{Deserialize, Serialize};

use crate::id::CompanyId;
use crate::store::sql::Row;
use crate::store::{StoreError, field};
use crate::time::UnixMs;

/// The digest realm of a company that names none; it is in every HA1 of its devices.
pub const DEFAULT_REALM: &str = "hovor";

/// The installation's owner: everything else belongs to one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    /// Its id, in every other row.
    pub id: CompanyId,
    /// Its name for people, unique in the installation.
    pub name: String,
    /// The realm of SIP digest authentication (RFC 3261 section 22.1).
    pub realm: String,
    /// When it was set up.
    pub created_at: UnixMs,
}

impl Company {
    /// A company with a checked name and realm.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when the name or the realm is empty, too long or not printable.
    pub(super) fn new(id: CompanyId, name: &str, realm: &str, now: UnixMs) -> Result<Self, StoreError> {
        Ok(Self {
            id,
            name: field::display("name", name)?,
            realm: field::realm("realm", realm)?,
            created_at: now,
        })
    }

    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id("id").map(CompanyId)?,
            name: row.text("name")?,
            realm: row.text("realm")?,
            created_at: row.int("created_at_ms").map(UnixMs)?,
        })
    }
}
