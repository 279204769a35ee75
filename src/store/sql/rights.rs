//! Who may call what: the classes of prefixes, and who may grant which class.

use super::{SqlStore, Tx};
use crate::e164::Classes;
use crate::id::DestinationId;
use crate::store::{
    Destination, DestinationChange, Key, NewDestination, Scope, StoreError, Tenant, Tenants, User,
};

type Result<T> = std::result::Result<T, StoreError>;

impl SqlStore {
    pub(super) async fn insert_destination(&self, scope: &Scope, new: NewDestination) -> Result<Destination> {
        let destination = Destination::new(self.id(DestinationId::new), new)?;
        let (mut tx, _) = self.change(scope).await?;
        tx.insert(scope, &destination).await?;
        tx.commit().await?;
        Ok(destination)
    }

    pub(super) async fn update_destination(
        &self,
        scope: &Scope,
        key: &Key,
        change: DestinationChange,
    ) -> Result<Destination> {
        let (mut tx, _) = self.change(scope).await?;
        let mut destination: Destination = tx.one_to_change(scope, key).await?;
        destination.apply(change)?;
        tx.update(scope, &destination).await?;
        tx.commit().await?;
        Ok(destination)
    }
}

impl Tx {
    /// What calls cost is the company's. Whoever administers a tenant alone grants its users no more than the tenant
    /// itself has, and the tenant nothing.
    pub(super) async fn check_grant(&mut self, scope: &Scope, user: &User) -> Result<()> {
        let Some(granted) = user.calls.as_ref().filter(|_| scope.tenants != Tenants::All) else {
            return Ok(());
        };
        for id in user.roles.keys() {
            let tenant: Tenant = self.one(scope, &Key::from(*id)).await?;
            let own = tenant.calls.unwrap_or_else(Classes::usual);
            if let Some(class) = granted.iter().find(|class| !own.holds(*class)) {
                return Err(may_not_grant(format!("tenant `{}` has no {class} calls to grant", tenant.name)));
            }
        }
        Ok(())
    }
}

/// Refuses a change of what a tenant may call by whoever administers that tenant alone.
pub(super) fn check_tenant_grant(scope: &Scope, before: Option<&Tenant>, after: &Tenant) -> Result<()> {
    let rights = |tenant: &Tenant| (tenant.calls.clone(), tenant.max_calls);
    let unchanged = before.map(rights).unwrap_or_default() == rights(after);
    match unchanged || scope.tenants == Tenants::All {
        true => Ok(()),
        false => Err(may_not_grant("what a tenant may call is not its own to say".to_owned())),
    }
}

fn may_not_grant(what: String) -> StoreError {
    StoreError::forbidden(what, "ask an administrator of the company")
}
