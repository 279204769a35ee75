//! Writing widgets: the group that serves is one of the same tenant.

use super::{SqlStore, Tx};
use crate::id::{DoorId, GroupId};
use crate::store::{Group, Key, NewWidget, Scope, StoreError, Tenant, Widget, WidgetChange};

type Result<T> = std::result::Result<T, StoreError>;

impl SqlStore {
    pub(super) async fn insert_widget(&self, scope: &Scope, new: NewWidget) -> Result<Widget> {
        let (mut tx, _) = self.change(scope).await?;
        let tenant: Tenant = tx.one(scope, &new.tenant).await?;
        let group = tx.group_of(scope, &tenant, &new.group).await?;
        let widget = Widget::new(self.id(DoorId::new), (tenant.id, group), new)?;
        tx.insert(scope, &widget).await?;
        tx.commit().await?;
        Ok(widget)
    }

    pub(super) async fn update_widget(
        &self,
        scope: &Scope,
        key: &Key,
        change: WidgetChange,
    ) -> Result<Widget> {
        let (mut tx, _) = self.change(scope).await?;
        let mut widget: Widget = tx.one_to_change(scope, key).await?;
        let group = match &change.group {
            Some(key) => {
                let tenant: Tenant = tx.one(scope, &widget.tenant.into()).await?;
                Some(tx.group_of(scope, &tenant, key).await?)
            }
            None => None,
        };
        widget.apply(group, change)?;
        tx.update(scope, &widget).await?;
        tx.commit().await?;
        Ok(widget)
    }
}

impl Tx {
    /// A group of this tenant.
    async fn group_of(&mut self, scope: &Scope, tenant: &Tenant, key: &Key) -> Result<GroupId> {
        let group: Group = self.one(&scope.narrow(tenant.id), key).await?;
        Ok(group.id)
    }
}
