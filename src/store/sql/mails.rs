//! Mails: written with what they tell of, read as they are due.

use super::statement::Sql;
use super::{SqlStore, Tx};
use crate::id::MailId;
use crate::store::mail::{COLUMNS, MAILS_WAITING_MAX};
use crate::store::scope::Reach;
use crate::store::{Mail, MailAbout, MailState, Mailbox, Message, Scope, StoreError};
use crate::time::UnixMs;

type Result<T> = std::result::Result<T, StoreError>;

impl SqlStore {
    /// How many wait.
    pub(super) async fn count_mails(&self, scope: &Scope) -> Result<u64> {
        let mut tx = self.db.snapshot().await?;
        tx.waiting_mails(scope).await
    }

    pub(super) async fn read_next_mails(&self, scope: &Scope, limit: u32) -> Result<Vec<Mail>> {
        let mut sql = Sql::new("SELECT t.* FROM mails t WHERE t.state = 'waiting' AND ");
        scope.condition(&mut sql, Reach::Tenant);
        sql.push(" ORDER BY t.next_at_ms, t.id LIMIT ").bind(limit);
        self.db.query(sql).await?.iter().map(Mail::read).collect()
    }

    pub(super) async fn write_mails(&self, scope: &Scope, mails: &[Mail]) -> Result<()> {
        let mut tx = self.db.begin().await?;
        for mail in mails {
            scope.admit("mail", &Some(mail.tenant).into())?;
            let mut sql = Sql::insert("mails", COLUMNS, [mail.values(&scope.company.to_string())]);
            sql.or_update(&["id"], COLUMNS).push(" WHERE ");
            scope.condition(&mut sql, Reach::Tenant);
            tx.execute(sql).await?;
        }
        Ok(tx.commit().await?)
    }

    pub(super) async fn delete_mails(&self, scope: &Scope, before: UnixMs) -> Result<u64> {
        let mut tx = self.db.begin().await?;
        let mut sql = Sql::new("DELETE FROM mails AS t WHERE t.state <> 'waiting' AND t.created_at_ms < ");
        sql.bind(before.0).push(" AND ");
        scope.condition(&mut sql, Reach::Tenant);
        let removed = tx.execute(sql).await?;
        tx.commit().await?;
        Ok(removed)
    }
}

impl Tx {
    /// Has the owner told of a new message, where the mailbox says so.
    pub(super) async fn post(&mut self, scope: &Scope, mailbox: &Mailbox, message: &Message) -> Result<()> {
        let Some(recipient) = mailbox.email.clone() else { return Ok(()) };
        let is_room = self.waiting_mails(scope).await? < MAILS_WAITING_MAX;
        let mail = Mail {
            id: MailId(message.id.0),
            tenant: message.tenant,
            about: MailAbout::Message(mailbox.id),
            recipient,
            created_at: message.at,
            state: if is_room { MailState::Waiting } else { MailState::Failed },
            attempts: 0,
            next_at: is_room.then_some(message.at),
            last_at: None,
            last_error: (!is_room).then(|| "too many mails wait".to_owned()),
        };
        let mut sql = Sql::insert("mails", COLUMNS, [mail.values(&scope.company.to_string())]);
        sql.push(" ON CONFLICT (id) DO NOTHING");
        self.execute(sql).await?;
        Ok(())
    }

    async fn waiting_mails(&mut self, scope: &Scope) -> Result<u64> {
        let mut sql = Sql::new("SELECT COUNT(*) AS waiting FROM mails t WHERE t.state = 'waiting' AND ");
        scope.condition(&mut sql, Reach::Tenant);
        let rows = self.query(sql).await?;
        let waiting = rows.first().map_or(Ok(0), |row| row.int("waiting"))?;
        Ok(u64::try_from(waiting).unwrap_or(0))
    }
}
