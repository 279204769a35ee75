//! Which lines operators have switched on or off.

use std::collections::BTreeMap;

use super::SqlStore;
use super::statement::{Sql, Value, pieces};
use crate::store::channel::COLUMNS;
use crate::store::scope::Reach;
use crate::store::{ChannelSwitch, Scope, StoreError};

type Result<T> = std::result::Result<T, StoreError>;

impl SqlStore {
    pub(super) async fn read_channel_switches(&self, scope: &Scope) -> Result<Vec<ChannelSwitch>> {
        let mut sql = Sql::new("SELECT t.* FROM channel_switches t WHERE ");
        scope.condition(&mut sql, Reach::User("user_id"));
        sql.push(" ORDER BY t.user_id, t.line");
        self.db.query(sql).await?.iter().map(ChannelSwitch::read).collect()
    }

    pub(super) async fn write_channel_switches(
        &self,
        scope: &Scope,
        switches: &[ChannelSwitch],
    ) -> Result<()> {
        let latest: BTreeMap<_, _> =
            switches.iter().map(|switch| ((switch.user, &switch.line), switch)).collect();
        let mut tx = self.db.begin().await?;
        let ids = latest.keys().map(|(user, _)| user.to_string()).collect();
        let known = tx.ids_among(scope, "users", Reach::User("id"), ids).await?;
        let company = scope.company.to_string();
        let kept = latest.values().filter(|switch| known.contains(&switch.user.to_string()));
        let rows: Vec<Vec<Value>> = kept.map(|switch| switch.values(&company)).collect();
        for piece in pieces(&rows) {
            let mut sql = Sql::insert("channel_switches", COLUMNS, piece.to_vec());
            sql.or_update(&["user_id", "line"], COLUMNS);
            tx.execute(sql).await?;
        }
        Ok(tx.commit().await?)
    }
}
