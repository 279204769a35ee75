//! Users: people with a login; operators are users who serve clients.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::names::Names;
use crate::api::resource::resource;
use crate::e164::Classes;
use crate::store::{Key, NewUser, Role, User, UserChange};
use crate::switch::directory::Rights;

/// A user, as shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UserView {
    /// The user's id.
    pub id: Uuid,
    /// The login name.
    pub name: String,
    /// The name for people.
    pub display: String,
    /// The number by which colleagues dial this user.
    pub extension: Option<String>,
    /// Tenant (by name) to role.
    pub roles: BTreeMap<String, Role>,
    /// May do everything in the whole company.
    pub administrator: bool,
    /// Whether the user has a password and so can log in.
    pub can_log_in: bool,
    /// Classes of numbers outside that the user may call.
    #[schema(value_type = Vec<String>)]
    pub calls: Classes,
    /// Calls outside at once.
    pub max_calls: u32,
}

impl View<User> for UserView {
    fn of(row: User, names: &Names) -> Self {
        let roles =
            row.roles.into_iter().filter_map(|(tenant, role)| Some((names.known_tenant(tenant)?, role)));
        Self {
            id: row.id.0,
            name: row.name,
            display: row.display,
            extension: row.extension,
            roles: roles.collect(),
            administrator: row.administrator,
            can_log_in: row.password_hash.is_some(),
            calls: row.calls.unwrap_or_else(Classes::usual),
            max_calls: row.max_calls.unwrap_or(Rights::CALLS_OF_A_USER),
        }
    }

    fn id(&self) -> Uuid {
        self.id
    }
}

resource! {
    noun: "user", nouns: "users", path: "/api/v1/users", item: "/api/v1/users/{key}",
    shows: UserView, made: UserView, new: NewUser, change: UserChange,
    store: users user add_user change_user remove_user
}
