//! External contacts, and the clients who are to be called back.

use std::collections::{BTreeMap, BTreeSet};

use super::statement::{Sql, containing};
use super::{Row, SqlStore, Tx, table};
use crate::id::{ExternalContactId, MissedCallId, SessionId, UserId};
use crate::store::missed_call::{COLUMNS, spoken_with};
use crate::store::scope::Reach;
use crate::store::{
    ExternalContact, ExternalContactChange, ExternalContactFilter, Key, MissedCall, MissedFilter,
    MissedState, NewExternalContact, Scope, Session, StoreError, Tenant,
};
use crate::time::UnixMs;

type Result<T> = std::result::Result<T, StoreError>;

/// Most rows of one page.
const PAGE_MAX: u32 = 1000;

impl SqlStore {
    pub(super) async fn find_external_contacts(
        &self,
        scope: &Scope,
        filter: &ExternalContactFilter,
    ) -> Result<Vec<ExternalContact>> {
        let mut sql = table::select::<ExternalContact>(scope);
        let sought = filter.sought();
        for (at, text) in sought.iter().enumerate() {
            sql.push(if at == 0 { " AND (" } else { " OR " });
            sql.push("t.searched LIKE ").bind(containing(text)).push(" ESCAPE '\\'");
        }
        if !sought.is_empty() {
            sql.push(")");
        }
        if let Some(after) = filter.after {
            let last: ExternalContact = self.find(scope, &Key::Id(after.0)).await?;
            sql.push(" AND (t.name > ").bind(&last.name).push(" OR (t.name = ").bind(&last.name);
            sql.push(" AND t.id > ").bind(after.to_string()).push("))");
        }
        sql.push(" ORDER BY t.name, t.id LIMIT ").bind(filter.limit.min(PAGE_MAX));
        table::many(&self.db.query(sql).await?)
    }

    pub(super) async fn insert_external_contact(
        &self,
        scope: &Scope,
        new: NewExternalContact,
    ) -> Result<ExternalContact> {
        let (mut tx, _) = self.change(scope).await?;
        let key = new.tenant.as_ref().ok_or_else(|| {
            StoreError::invalid(
                "tenant",
                "is missing",
                "name the tenant whose operators may reach the contact",
            )
        })?;
        let tenant: Tenant = tx.one(scope, key).await?;
        let contact = ExternalContact::new(self.id(ExternalContactId::new), tenant.id, new)?;
        tx.insert(scope, &contact).await?;
        tx.commit().await?;
        Ok(contact)
    }

    pub(super) async fn update_external_contact(
        &self,
        scope: &Scope,
        key: &Key,
        change: ExternalContactChange,
    ) -> Result<ExternalContact> {
        let (mut tx, _) = self.change(scope).await?;
        let mut contact: ExternalContact = tx.one_to_change(scope, key).await?;
        contact.apply(change)?;
        tx.update(scope, &contact).await?;
        tx.commit().await?;
        Ok(contact)
    }

    pub(super) async fn read_missed_calls(
        &self,
        scope: &Scope,
        filter: &MissedFilter,
    ) -> Result<Vec<MissedCall>> {
        let mut sql = missed_calls(scope);
        if let Some(state) = filter.state {
            sql.push(" AND t.state = ").bind(state.as_str());
        }
        if let Some(operator) = filter.operator {
            sql.push(" AND t.operators LIKE ").bind(format!("%{operator}%"));
        }
        if let Some(group) = filter.group {
            sql.push(" AND t.groups_waited LIKE ").bind(format!("%{group}%"));
        }
        if let Some(before) = filter.before {
            sql.push(" AND t.id < ").bind(before.to_string());
        }
        sql.push(" ORDER BY t.id DESC LIMIT ").bind(filter.limit.min(PAGE_MAX));
        self.db.query(sql).await?.iter().map(MissedCall::read).collect()
    }

    pub(super) async fn read_missed_call(&self, scope: &Scope, id: MissedCallId) -> Result<MissedCall> {
        let mut sql = missed_calls(scope);
        sql.push(" AND t.id = ").bind(id.to_string());
        let rows = self.db.query(sql).await?;
        rows.first().map(MissedCall::read).ok_or_else(|| StoreError::not_found("missed call", id))?
    }

    pub(super) async fn close_missed_call(
        &self,
        scope: &Scope,
        id: MissedCallId,
        by: Option<UserId>,
        now: UnixMs,
    ) -> Result<MissedCall> {
        let mut tx = self.db.begin().await?;
        let mut sql = missed_calls(scope);
        sql.push(" AND t.id = ").bind(id.to_string()).push(tx.hold_rows());
        let rows = tx.query(sql).await?;
        let mut call =
            rows.first().map(MissedCall::read).ok_or_else(|| StoreError::not_found("missed call", id))??;
        if call.state != MissedState::Open {
            return Ok(call);
        }
        (call.state, call.closed_at, call.closed_by) = (MissedState::Dismissed, Some(now), by);
        tx.put_missed_call(scope, &call).await?;
        tx.commit().await?;
        Ok(call)
    }
}

fn missed_calls(scope: &Scope) -> Sql {
    let mut sql = Sql::new("SELECT t.* FROM missed_calls t WHERE ");
    scope.condition(&mut sql, Reach::Tenant);
    sql
}

impl Tx {
    /// Those of these sessions that end with this batch, and were not stored as ended before: what is written again
    /// after a failure counts once.
    pub(super) async fn ending(
        &mut self,
        sessions: &BTreeMap<SessionId, &Session>,
    ) -> Result<Vec<SessionId>> {
        let over = sessions.values().filter(|session| session.ended_at.is_some());
        let over: Vec<SessionId> =
            over.filter(|session| MissedCall::of(session, |_| None).is_some()).map(|s| s.id).collect();
        if over.is_empty() {
            return Ok(over);
        }
        let mut sql = Sql::new("SELECT t.id FROM sessions t WHERE t.ended_at_ms IS NOT NULL AND t.id IN (");
        sql.bind_list(over.iter().map(SessionId::to_string)).push(")");
        let known = self.query(sql).await?.iter().map(|row| row.id("id")).collect::<Result<BTreeSet<_>>>()?;
        Ok(over.into_iter().filter(|id| !known.contains(&id.0)).collect())
    }

    /// Takes down which clients called in vain, and closes the entries of those with whom somebody speaks.
    pub(super) async fn follow_clients(
        &mut self,
        scope: &Scope,
        sessions: &BTreeMap<SessionId, &Session>,
        ending: &[SessionId],
    ) -> Result<()> {
        let names = ending.iter().filter_map(|id| sessions.get(id)).flat_map(|session| &session.called);
        let names = self.users_named(scope, names.collect()).await?;
        for session in ending.iter().filter_map(|id| sessions.get(id)) {
            if let Some(call) = MissedCall::of(session, |name| names.get(name).copied()) {
                self.add_missed_call(scope, call).await?;
            }
        }
        let spoken: BTreeSet<&str> = sessions.values().flat_map(|session| spoken_with(session)).collect();
        for mut call in self.open_missed_calls(scope, &spoken).await? {
            let theirs = |session: &&&Session| {
                session.tenant == Some(call.tenant) && spoken_with(session).contains(&call.client.as_str())
            };
            let theirs: Vec<&Session> = sessions.values().filter(theirs).copied().collect();
            if theirs.into_iter().any(|session| call.settle(session)) {
                self.put_missed_call(scope, &call).await?;
            }
        }
        Ok(())
    }

    async fn add_missed_call(&mut self, scope: &Scope, call: MissedCall) -> Result<()> {
        let mut open = self.open_missed_calls(scope, &BTreeSet::from([call.client.as_str()])).await?;
        open.retain(|known| known.tenant == call.tenant);
        match open.pop() {
            Some(mut known) => {
                known.again(call);
                self.put_missed_call(scope, &known).await
            }
            None => self.put_missed_call(scope, &call).await,
        }
    }

    async fn open_missed_calls(&mut self, scope: &Scope, of: &BTreeSet<&str>) -> Result<Vec<MissedCall>> {
        if of.is_empty() {
            return Ok(vec![]);
        }
        let mut sql = missed_calls(scope);
        sql.push(" AND t.state = 'open' AND t.client IN (").bind_list(of.iter().copied()).push(")");
        sql.push(" ORDER BY t.id").push(self.hold_rows());
        self.query(sql).await?.iter().map(MissedCall::read).collect()
    }

    async fn put_missed_call(&mut self, scope: &Scope, call: &MissedCall) -> Result<()> {
        let mut sql = Sql::insert("missed_calls", COLUMNS, [call.values(&scope.company.to_string())]);
        sql.or_update(&["id"], COLUMNS);
        self.execute(sql).await?;
        Ok(())
    }

    async fn users_named(
        &mut self,
        scope: &Scope,
        names: BTreeSet<&String>,
    ) -> Result<BTreeMap<String, UserId>> {
        if names.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut sql = Sql::new("SELECT t.id, t.name FROM users t WHERE t.company_id = ");
        sql.bind(scope.company.to_string()).push(" AND t.name IN (").bind_list(names).push(")");
        let user = |row: &Row| Ok((row.text("name")?, UserId(row.id("id")?)));
        self.query(sql).await?.iter().map(user).collect()
    }
}
