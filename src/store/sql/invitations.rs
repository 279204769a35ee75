//! Invitations: made, shown, used and taken back.

use std::collections::BTreeSet;

use super::{SqlStore, table};
use crate::id::{DoorId, InvitationId, UserId};
use crate::store::invitation::{MOST_OPEN, REMEMBERED, code};
use crate::store::{
    Invitation, InvitationState, Key, NewInvitation, Scope, Shown, StoreError, Tenant, User, Widget, field,
    secret,
};
use crate::time::UnixMs;

type Result<T> = std::result::Result<T, StoreError>;

/// Most invitations of one answer.
const PAGE_MAX: u32 = 1_000;

impl SqlStore {
    pub(super) async fn read_invitations(
        &self,
        scope: &Scope,
        operator: Option<UserId>,
    ) -> Result<Vec<Invitation>> {
        let mut sql = table::select::<Invitation>(scope);
        if let Some(operator) = operator {
            sql.push(" AND t.operator_id = ").bind(operator.to_string());
        }
        sql.push(" ORDER BY t.id DESC LIMIT ").bind(PAGE_MAX);
        table::many(&self.db.query(sql).await?)
    }

    pub(super) async fn insert_invitation(
        &self,
        scope: &Scope,
        new: NewInvitation,
        now: UnixMs,
    ) -> Result<(Invitation, String)> {
        let (mut tx, _) = self.change(scope).await?;
        let named = |what: &'static str, key: &Option<Key>| {
            key.clone().ok_or_else(|| StoreError::invalid(what, "is missing", format!("name the {what}")))
        };
        let tenant: Tenant = tx.one(scope, &named("tenant", &new.tenant)?).await?;
        let operator: User = tx.one(scope, &named("operator", &new.operator)?).await?;
        if !operator.roles.contains_key(&tenant.id) {
            let what = format!("{} has no role in {}", operator.name, tenant.name);
            return Err(StoreError::invalid("operator", what, "name an operator of the tenant"));
        }
        let widget: Widget = tx.one(&scope.narrow(tenant.id), &new.widget).await?;
        let known: Vec<Invitation> = tx.all(&scope.narrow(tenant.id)).await?;
        let open = known.iter().filter(|one| one.state(now) == InvitationState::Open).count();
        field::at_most("open invitations", open + 1, MOST_OPEN)?;
        let meant = known.iter().filter(|one| one.ends_at() + REMEMBERED > now);
        let meant: BTreeSet<&str> = meant.map(|one| one.code.as_str()).collect();
        // Both are from the operating system's generator.
        let mut entropy = secret::entropy()?;
        let key = secret::device_secret(&mut entropy);
        let code = loop {
            let code = code(&mut entropy);
            if !meant.contains(code.as_str()) {
                break code;
            }
        };
        let id = self.id(InvitationId::new);
        let shown = (secret::token_hash(&key), code);
        let invitation = Invitation::new((id, tenant.id, operator.id, widget.id), shown, new, now)?;
        tx.insert(scope, &invitation).await?;
        tx.commit().await?;
        Ok((invitation, key))
    }

    pub(super) async fn revoke(&self, scope: &Scope, id: InvitationId, now: UnixMs) -> Result<Invitation> {
        let (mut tx, _) = self.change(scope).await?;
        let mut invitation: Invitation = tx.one_to_change(scope, &Key::Id(id.0)).await?;
        if invitation.revoked_at.is_none() {
            invitation.revoked_at = Some(now);
            tx.update(scope, &invitation).await?;
        }
        tx.commit().await?;
        Ok(invitation)
    }

    pub(super) async fn find_invitation(
        &self,
        scope: &Scope,
        widget: DoorId,
        shown: Shown<'_>,
        now: UnixMs,
    ) -> Result<Option<Invitation>> {
        let mut sql = table::select::<Invitation>(scope);
        sql.push(" AND t.widget_id = ").bind(widget.to_string());
        match shown {
            Shown::Key(key) => sql.push(" AND t.key_hash = ").bind(secret::token_hash(key)),
            Shown::Code(code) => sql.push(" AND t.code = ").bind(code),
        };
        sql.push(" ORDER BY t.id DESC LIMIT ").bind(1_u32);
        let found: Vec<Invitation> = table::many(&self.db.query(sql).await?)?;
        let by_code = matches!(shown, Shown::Code(_));
        Ok(found.into_iter().find(|one| !by_code || one.ends_at() + REMEMBERED > now))
    }

    pub(super) async fn spend(
        &self,
        scope: &Scope,
        id: InvitationId,
        now: UnixMs,
    ) -> Result<InvitationState> {
        let (mut tx, _) = self.change(scope).await?;
        let mut invitation: Invitation = tx.one_to_change(scope, &Key::Id(id.0)).await?;
        let state = invitation.state(now);
        if state == InvitationState::Open {
            invitation.spend(now);
            tx.update(scope, &invitation).await?;
        }
        tx.commit().await?;
        Ok(state)
    }
}
