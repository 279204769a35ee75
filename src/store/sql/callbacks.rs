//! Promises to call clients back: written as they change, read when the program starts and by people.

use std::collections::{BTreeMap, BTreeSet};

use super::SqlStore;
use super::statement::{Sql, Value, pieces};
use crate::id::CallbackId;
use crate::store::callback::{self, COLUMNS};
use crate::store::scope::Reach;
use crate::store::{Scope, StoreError};
use crate::switch::callback::Callback;
use crate::time::UnixMs;

type Result<T> = std::result::Result<T, StoreError>;

/// Most promises of one answer that are over.
const PAGE_MAX: u32 = 1000;

impl SqlStore {
    pub(super) async fn read_callbacks(&self, scope: &Scope, open: bool) -> Result<Vec<Callback>> {
        let mut sql = Sql::new("SELECT t.* FROM callbacks t WHERE t.is_open = ");
        sql.bind(open).push(" AND ");
        scope.condition(&mut sql, Reach::Tenant);
        match open {
            true => sql.push(" ORDER BY t.since_ms, t.id"),
            false => sql.push(" ORDER BY t.id DESC LIMIT ").bind(PAGE_MAX),
        };
        self.db.query(sql).await?.iter().map(callback::read).collect()
    }

    pub(super) async fn read_callback(&self, scope: &Scope, id: CallbackId) -> Result<Callback> {
        let mut sql = Sql::new("SELECT t.* FROM callbacks t WHERE ");
        scope.condition(&mut sql, Reach::Tenant);
        sql.push(" AND t.id = ").bind(id.to_string());
        let rows = self.db.query(sql).await?;
        rows.first().map(callback::read).ok_or_else(|| StoreError::not_found("callback", id))?
    }

    pub(super) async fn write_callbacks(&self, scope: &Scope, callbacks: &[Callback]) -> Result<()> {
        let latest: BTreeMap<_, _> = callbacks.iter().map(|callback| (callback.id, callback)).collect();
        let tenants: BTreeSet<_> = latest.values().map(|callback| callback.tenant.to_string()).collect();
        let mut tx = self.db.begin().await?;
        let known = tx.ids_among(scope, "tenants", Reach::Itself, tenants.into_iter().collect()).await?;
        let company = scope.company.to_string();
        let kept = latest.values().filter(|callback| known.contains(&callback.tenant.to_string()));
        let rows: Vec<Vec<Value>> = kept.map(|callback| callback::values(callback, &company)).collect();
        for piece in pieces(&rows) {
            let mut sql = Sql::insert("callbacks", COLUMNS, piece.to_vec());
            sql.or_update(&["id"], COLUMNS).push(" WHERE ");
            scope.condition(&mut sql, Reach::Tenant);
            tx.execute(sql).await?;
        }
        Ok(tx.commit().await?)
    }

    pub(super) async fn delete_callbacks(&self, scope: &Scope, before: UnixMs) -> Result<u64> {
        let mut tx = self.db.begin().await?;
        let mut sql = Sql::new("DELETE FROM callbacks AS t WHERE t.is_open = 0 AND t.made_ms < ");
        sql.bind(before.0).push(" AND ");
        scope.condition(&mut sql, Reach::Tenant);
        let removed = tx.execute(sql).await?;
        tx.commit().await?;
        Ok(removed)
    }
}
