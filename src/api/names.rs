//! People read names, rows hold ids: the names of tenants and users within a scope.

use std::collections::BTreeMap;

use crate::api::running::TrunkState;
use crate::id::{GroupId, TenantId, TrunkId, UserId};
use crate::store::{Group, Scope, Store, StoreError};

/// The names that answers use in place of ids.
pub struct Names {
    tenants: BTreeMap<TenantId, String>,
    users: BTreeMap<UserId, String>,
    /// Groups, where they were asked for.
    groups: BTreeMap<GroupId, String>,
    /// How trunks fare, where the running program was asked.
    trunks: BTreeMap<TrunkId, TrunkState>,
}

impl Names {
    /// The names within a scope.
    pub async fn within(store: &dyn Store, scope: &Scope) -> Result<Self, StoreError> {
        let tenants = store.tenants(scope).await?.into_iter().map(|tenant| (tenant.id, tenant.name));
        let users = store.users(scope).await?.into_iter().map(|user| (user.id, user.name));
        let (groups, trunks) = (BTreeMap::new(), BTreeMap::new());
        Ok(Self { tenants: tenants.collect(), users: users.collect(), groups, trunks })
    }

    /// The same with the names of these groups.
    pub fn with_groups(mut self, groups: Vec<Group>) -> Self {
        self.groups = groups.into_iter().map(|group| (group.id, group.name)).collect();
        self
    }

    /// The group's name; its id if it is gone.
    pub fn group(&self, id: GroupId) -> String {
        self.groups.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }

    /// The same with what the running program says of its trunks.
    pub fn with_trunks(mut self, states: Vec<(TrunkId, TrunkState)>) -> Self {
        self.trunks = states.into_iter().collect();
        self
    }

    /// How a trunk fares; as one of which nothing is known if the program does not know it.
    pub fn trunk_state(&self, id: TrunkId) -> TrunkState {
        self.trunks.get(&id).cloned().unwrap_or_default()
    }

    /// The tenant's name; its id if it was removed this moment.
    pub fn tenant(&self, id: TenantId) -> String {
        self.known_tenant(id).unwrap_or_else(|| id.to_string())
    }

    /// The tenant's name, if it lies within the scope.
    pub fn known_tenant(&self, id: TenantId) -> Option<String> {
        self.tenants.get(&id).cloned()
    }

    /// The user's name; the id if the user was removed this moment.
    pub fn user(&self, id: UserId) -> String {
        self.users.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }
}
