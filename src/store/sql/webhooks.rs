//! Webhooks: written as they come, read as they are due.

use super::SqlStore;
use super::statement::{Sql, Value, pieces};
use crate::id::WebhookId;
use crate::store::scope::Reach;
use crate::store::webhook::{COLUMNS, WAITING_MAX};
use crate::store::{Scope, StoreError, Webhook, WebhookState};
use crate::time::UnixMs;

type Result<T> = std::result::Result<T, StoreError>;

/// Most rows of one answer.
const PAGE_MAX: u32 = 1000;

impl SqlStore {
    pub(super) async fn write_webhooks(&self, scope: &Scope, webhooks: &[Webhook]) -> Result<()> {
        for webhook in webhooks {
            scope.admit("webhook", &webhook.tenant.into())?;
        }
        let company = scope.company.to_string();
        let rows: Vec<Vec<Value>> = webhooks.iter().map(|webhook| webhook.values(&company)).collect();
        let mut tx = self.db.begin().await?;
        for piece in pieces(&rows) {
            let mut sql = Sql::insert("webhooks", COLUMNS, piece.to_vec());
            sql.or_update(&["id"], COLUMNS).push(" WHERE ");
            scope.condition(&mut sql, Reach::Tenant);
            tx.execute(sql).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Adds new webhooks; those for which there is no room are written down as failed.
    pub(super) async fn insert_webhooks(&self, scope: &Scope, webhooks: &[Webhook]) -> Result<u64> {
        let room = WAITING_MAX.saturating_sub(self.count_webhooks(scope).await?);
        let (fitting, others) = webhooks.split_at(usize::try_from(room).unwrap_or(0).min(webhooks.len()));
        self.write_webhooks(scope, fitting).await?;
        let refused: Vec<Webhook> = others
            .iter()
            .map(|webhook| Webhook {
                state: WebhookState::Failed,
                next_at: None,
                last_error: Some("too many webhooks wait".to_owned()),
                ..webhook.clone()
            })
            .collect();
        self.write_webhooks(scope, &refused).await?;
        Ok(refused.len() as u64)
    }

    /// How many wait.
    pub(super) async fn count_webhooks(&self, scope: &Scope) -> Result<u64> {
        let mut sql = Sql::new("SELECT COUNT(*) AS waiting FROM webhooks t WHERE t.state = 'waiting' AND ");
        scope.condition(&mut sql, Reach::Tenant);
        let rows = self.db.query(sql).await?;
        let waiting = rows.first().map_or(Ok(0), |row| row.int("waiting"))?;
        Ok(u64::try_from(waiting).unwrap_or(0))
    }

    pub(super) async fn read_next_webhooks(&self, scope: &Scope, limit: u32) -> Result<Vec<Webhook>> {
        let mut sql = Sql::new("SELECT t.* FROM webhooks t WHERE t.state = 'waiting' AND ");
        scope.condition(&mut sql, Reach::Tenant);
        sql.push(" ORDER BY t.next_at_ms, t.id LIMIT ").bind(limit.min(PAGE_MAX));
        self.db.query(sql).await?.iter().map(Webhook::read).collect()
    }

    pub(super) async fn read_webhooks(
        &self,
        scope: &Scope,
        state: Option<WebhookState>,
        limit: u32,
    ) -> Result<Vec<Webhook>> {
        let mut sql = Sql::new("SELECT t.* FROM webhooks t WHERE ");
        scope.condition(&mut sql, Reach::Tenant);
        if let Some(state) = state {
            sql.push(" AND t.state = ").bind(state.as_str());
        }
        sql.push(" ORDER BY t.id DESC LIMIT ").bind(limit.min(PAGE_MAX));
        self.db.query(sql).await?.iter().map(Webhook::read).collect()
    }

    pub(super) async fn read_webhook(&self, scope: &Scope, id: WebhookId) -> Result<Webhook> {
        let mut sql = Sql::new("SELECT t.* FROM webhooks t WHERE ");
        scope.condition(&mut sql, Reach::Tenant);
        sql.push(" AND t.id = ").bind(id.to_string());
        let rows = self.db.query(sql).await?;
        rows.first().map(Webhook::read).ok_or_else(|| StoreError::not_found("webhook", id))?
    }

    pub(super) async fn delete_webhooks(&self, scope: &Scope, before: UnixMs) -> Result<u64> {
        let mut tx = self.db.begin().await?;
        let mut sql = Sql::new("DELETE FROM webhooks AS t WHERE t.state <> 'waiting' AND t.created_at_ms < ");
        sql.bind(before.0).push(" AND ");
        scope.condition(&mut sql, Reach::Tenant);
        let removed = tx.execute(sql).await?;
        tx.commit().await?;
        Ok(removed)
    }
}
