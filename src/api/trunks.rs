//! Trunks: connections to providers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::names::Names;
use crate::api::resource::resource;
use crate::store::{Key, NewTrunk, Transport, Trunk, TrunkChange};

/// A trunk, as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrunkView {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The only tenant that may call out over it, by name.
    pub tenant: Option<String>,
    /// The provider's host name or IP address.
    pub host: String,
    /// The provider's port.
    pub port: u16,
    /// How messages travel to it.
    pub transport: Transport,
    /// The user name with which the provider knows us.
    pub username: Option<String>,
    /// Whether a password is stored.
    pub has_password: bool,
    /// Dialled numbers that start with one of these go out here.
    pub prefixes: Vec<String>,
    /// Whether it is in use.
    pub enabled: bool,
}

impl View<Trunk> for TrunkView {
    fn of(row: Trunk, names: &Names) -> Self {
        Self {
            id: row.id.0,
            tenant: row.tenant.map(|tenant| names.tenant(tenant)),
            has_password: row.password.is_some(),
            name: row.name,
            host: row.host,
            port: row.port,
            transport: row.transport,
            username: row.username,
            prefixes: row.prefixes,
            enabled: row.enabled,
        }
    }

    fn id(&self) -> Uuid {
        self.id
    }
}

resource! {
    noun: "trunk", nouns: "trunks", path: "/api/v1/trunks", item: "/api/v1/trunks/{key}",
    shows: TrunkView, made: TrunkView, new: NewTrunk, change: TrunkChange,
    store: trunks trunk add_trunk change_trunk remove_trunk
}
