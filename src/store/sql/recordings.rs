//! Recordings of sessions.

use super::SqlStore;
use super::statement::{Sql, pieces};
use crate::id::{RecordingId, SessionId};
use crate::store::scope::Reach;
use crate::store::{Recording, Scope, StoreError, recording};
use crate::time::UnixMs;

type Result<T> = std::result::Result<T, StoreError>;

/// Most recordings of one answer.
const MOST: u32 = 10_000;

impl SqlStore {
    pub(super) async fn insert_recording(&self, scope: &Scope, recording: &Recording) -> Result<()> {
        scope.admit("recording", &recording.tenant.into())?;
        let values = recording.values(&scope.company.to_string());
        let mut sql = Sql::insert("recordings", recording::COLUMNS, [values]);
        sql.push(" ON CONFLICT (id) DO NOTHING");
        let mut tx = self.db.begin().await?;
        tx.execute(sql).await?;
        Ok(tx.commit().await?)
    }

    pub(super) async fn read_recordings(&self, scope: &Scope, session: SessionId) -> Result<Vec<Recording>> {
        let mut sql = recordings(scope);
        sql.push(" AND t.session_id = ").bind(session.to_string());
        sql.push(" ORDER BY t.id LIMIT ").bind(MOST);
        self.db.query(sql).await?.iter().map(Recording::read).collect()
    }

    pub(super) async fn read_recording(&self, scope: &Scope, id: RecordingId) -> Result<Recording> {
        let mut sql = recordings(scope);
        sql.push(" AND t.id = ").bind(id.to_string());
        let rows = self.db.query(sql).await?;
        rows.first().map(Recording::read).ok_or_else(|| StoreError::not_found("recording", id))?
    }

    pub(super) async fn delete_recording(&self, scope: &Scope, id: RecordingId) -> Result<Recording> {
        let recording = self.read_recording(scope, id).await?;
        scope.admit("recording", &recording.tenant.into())?;
        self.delete_recordings(&[id]).await?;
        Ok(recording)
    }

    pub(super) async fn delete_old_recordings(&self, scope: &Scope, now: UnixMs) -> Result<Vec<Recording>> {
        let mut sql = recordings(scope);
        sql.push(" AND t.remove_after_ms < ").bind(now.0);
        sql.push(" ORDER BY t.remove_after_ms LIMIT ").bind(MOST);
        let old: Vec<Recording> =
            self.db.query(sql).await?.iter().map(Recording::read).collect::<Result<_>>()?;
        let ids: Vec<_> = old.iter().map(|recording| recording.id).collect();
        self.delete_recordings(&ids).await?;
        Ok(old)
    }

    async fn delete_recordings(&self, ids: &[RecordingId]) -> Result<()> {
        let mut tx = self.db.begin().await?;
        for piece in pieces(ids) {
            let mut sql = Sql::new("DELETE FROM recordings WHERE id IN (");
            sql.bind_list(piece.iter().map(RecordingId::to_string)).push(")");
            tx.execute(sql).await?;
        }
        Ok(tx.commit().await?)
    }
}

fn recordings(scope: &Scope) -> Sql {
    let mut sql = Sql::new("SELECT t.* FROM recordings t WHERE ");
    scope.condition(&mut sql, Reach::Tenant);
    sql
}
