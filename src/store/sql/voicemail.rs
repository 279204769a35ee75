//! Mailboxes and what is left in them.

use std::time::Duration;

use super::configuration::blocking;
use super::statement::Sql;
use super::{SqlStore, Tx, table};
use crate::id::{MailboxId, MessageId};
use crate::store::scope::Reach;
use crate::store::{
    Group, Key, Mailbox, MailboxChange, MailboxOwner, Message, MessageCount, MessageFilter, NewMailbox,
    PinCheck, Scope, StoreError, Tenant, User, field, message, secret,
};
use crate::time::UnixMs;

type Result<T> = std::result::Result<T, StoreError>;

/// Most messages of one answer.
const MOST: u32 = 10_000;
/// Wrong PINs in a row after which the mailbox is locked.
const WRONG_PINS: u32 = 5;
/// How long it is locked at first; each further wrong PIN doubles it.
const LOCKED: Duration = Duration::from_secs(60);
/// Doublings at most: a little over an hour.
const DOUBLINGS: u32 = 6;
const DAY_MS: i64 = 86_400_000;

impl SqlStore {
    pub(super) async fn insert_mailbox(&self, scope: &Scope, new: NewMailbox) -> Result<Mailbox> {
        let hash = self.pin_hash(new.pin.as_deref()).await?;
        let (mut tx, _) = self.change(scope).await?;
        let key = new.tenant.as_ref().ok_or_else(|| {
            StoreError::invalid("tenant", "is missing", "name the tenant in whose dialplans it is used")
        })?;
        let tenant: Tenant = tx.one(scope, key).await?;
        let (owner, name) = tx.mailbox_owner(scope, &tenant, &new).await?;
        let mut mailbox = Mailbox::new(self.id(MailboxId::new), tenant.id, (owner, &name), &new)?;
        mailbox.pin_hash = hash;
        tx.insert(scope, &mailbox).await?;
        tx.commit().await?;
        Ok(mailbox)
    }

    pub(super) async fn update_mailbox(
        &self,
        scope: &Scope,
        key: &Key,
        change: MailboxChange,
    ) -> Result<Mailbox> {
        let hash = match &change.pin {
            Some(pin) => Some(self.pin_hash(pin.as_deref()).await?),
            None => None,
        };
        let (mut tx, _) = self.change(scope).await?;
        let mut mailbox: Mailbox = tx.one_to_change(scope, key).await?;
        mailbox.apply(&change)?;
        if let Some(hash) = hash {
            mailbox.pin_hash = hash;
            tx.set_wrong_pins(mailbox.id, 0, UnixMs(0)).await?;
        }
        tx.update(scope, &mailbox).await?;
        tx.commit().await?;
        Ok(mailbox)
    }

    pub(super) async fn set_greeting(&self, scope: &Scope, mailbox: MailboxId, own: bool) -> Result<Mailbox> {
        let (mut tx, _) = self.change(scope).await?;
        let mut mailbox: Mailbox = tx.one_to_change(scope, &mailbox.into()).await?;
        mailbox.own_greeting = own;
        tx.update(scope, &mailbox).await?;
        tx.commit().await?;
        Ok(mailbox)
    }

    /// The attempt is counted before the PIN is looked at, so that many at once are no way around.
    pub(super) async fn try_pin(
        &self,
        scope: &Scope,
        mailbox: MailboxId,
        pin: &str,
        now: UnixMs,
    ) -> Result<PinCheck> {
        let mut tx = self.db.begin().await?;
        let mut sql = table::select_one::<Mailbox>(scope, &mailbox.into());
        sql.push(tx.hold_rows());
        let rows = tx.query(sql).await?;
        let found: Mailbox = table::single(&rows, &mailbox.into())?;
        let row = rows.first().ok_or_else(|| StoreError::not_found("mailbox", mailbox))?;
        let (wrong, locked_until) = (row.u32("wrong_pins")?, row.int("locked_until_ms")?);
        if now.0 < locked_until {
            return Ok(PinCheck::Locked);
        }
        let wrong = wrong.saturating_add(1);
        let doublings = wrong.checked_sub(WRONG_PINS).map(|over| over.min(DOUBLINGS));
        let lock = doublings.map_or(0, |doublings| LOCKED.as_millis() as i64 * (1 << doublings));
        tx.set_wrong_pins(mailbox, wrong, UnixMs(now.0 + lock)).await?;
        tx.commit().await?;
        let pin = field::pin("pin", pin).map(str::to_owned).unwrap_or_default();
        let right = blocking(move || Ok(secret::verify_password(&pin, found.pin_hash.as_deref()))).await?;
        if !right {
            return Ok(PinCheck::Wrong);
        }
        let mut tx = self.db.begin().await?;
        tx.set_wrong_pins(mailbox, 0, UnixMs(0)).await?;
        tx.commit().await?;
        Ok(PinCheck::Right)
    }

    pub(super) async fn insert_message(&self, scope: &Scope, message: &Message) -> Result<()> {
        scope.admit("mailbox", &Some(message.tenant).into())?;
        let mut tx = self.db.begin().await?;
        let mut sql = table::select_one::<Mailbox>(scope, &message.mailbox.into());
        sql.push(tx.hold_rows());
        let mailbox: Mailbox = table::single(&tx.query(sql).await?, &message.mailbox.into())?;
        let mut sql = Sql::insert("messages", message::COLUMNS, [message.values(&scope.company.to_string())]);
        sql.push(" ON CONFLICT (id) DO NOTHING");
        if tx.execute(sql).await? > 0 {
            tx.post(scope, &mailbox, message).await?;
        }
        Ok(tx.commit().await?)
    }

    pub(super) async fn read_messages(&self, scope: &Scope, filter: &MessageFilter) -> Result<Vec<Message>> {
        let mut sql = messages(scope);
        if let Some(mailbox) = filter.mailbox {
            sql.push(" AND t.mailbox_id = ").bind(mailbox.to_string());
        }
        if let Some(heard) = filter.heard {
            sql.push(" AND t.heard = ").bind(heard);
        }
        sql.push(" ORDER BY t.id DESC LIMIT ").bind(MOST);
        self.db.query(sql).await?.iter().map(Message::read).collect()
    }

    pub(super) async fn read_message(&self, scope: &Scope, id: MessageId) -> Result<Message> {
        let mut sql = messages(scope);
        sql.push(" AND t.id = ").bind(id.to_string());
        let rows = self.db.query(sql).await?;
        rows.first().map(Message::read).ok_or_else(|| StoreError::not_found("message", id))?
    }

    pub(super) async fn mark_message(&self, scope: &Scope, id: MessageId, heard: bool) -> Result<Message> {
        let message = self.read_message(scope, id).await?;
        let mut tx = self.db.begin().await?;
        let mut sql = Sql::new("UPDATE messages SET heard = ");
        sql.bind(heard).push(" WHERE id = ").bind(id.to_string());
        tx.execute(sql).await?;
        tx.commit().await?;
        Ok(Message { heard, ..message })
    }

    pub(super) async fn delete_message(&self, scope: &Scope, id: MessageId) -> Result<()> {
        self.read_message(scope, id).await?;
        self.delete_messages(&[id]).await
    }

    async fn delete_messages(&self, ids: &[MessageId]) -> Result<()> {
        let mut tx = self.db.begin().await?;
        for piece in super::statement::pieces(ids) {
            let mut sql = Sql::new("DELETE FROM messages WHERE id IN (");
            sql.bind_list(piece.iter().map(MessageId::to_string)).push(")");
            tx.execute(sql).await?;
        }
        Ok(tx.commit().await?)
    }

    pub(super) async fn delete_old_messages(&self, scope: &Scope, now: UnixMs) -> Result<Vec<MessageId>> {
        let mut gone = vec![];
        for mailbox in self.list::<Mailbox>(scope).await? {
            let Some(days) = mailbox.keep_days else { continue };
            let mut sql = messages(scope);
            sql.push(" AND t.mailbox_id = ").bind(mailbox.id.to_string());
            sql.push(" AND t.at_ms < ").bind(now.0 - i64::from(days) * DAY_MS);
            for row in self.db.query(sql).await? {
                gone.push(MessageId(row.id("id")?));
            }
        }
        self.delete_messages(&gone).await?;
        Ok(gone)
    }

    pub(super) async fn count_messages(&self, scope: &Scope) -> Result<Vec<MessageCount>> {
        let mut sql = Sql::new(
            "SELECT t.mailbox_id, COUNT(*) AS total, COUNT(CASE WHEN t.heard = 0 THEN 1 END) AS fresh \
             FROM messages t WHERE ",
        );
        scope.condition(&mut sql, Reach::Tenant);
        sql.push(" GROUP BY t.mailbox_id ORDER BY t.mailbox_id");
        let count = |row: &super::Row| -> Result<MessageCount> {
            let mailbox = MailboxId(row.id("mailbox_id")?);
            Ok(MessageCount { mailbox, new: row.u32("fresh")?, all: row.u32("total")? })
        };
        self.db.query(sql).await?.iter().map(count).collect()
    }

    async fn pin_hash(&self, pin: Option<&str>) -> Result<Option<String>> {
        let Some(pin) = pin else { return Ok(None) };
        let pin = field::pin("pin", pin)?.to_owned();
        let salt = self.draw(|entropy| {
            let mut salt = [0; 16];
            entropy.fill(&mut salt);
            salt
        });
        blocking(move || secret::hash_password(&pin, salt)).await.map(Some)
    }
}

fn messages(scope: &Scope) -> Sql {
    let mut sql = Sql::new("SELECT t.* FROM messages t WHERE ");
    scope.condition(&mut sql, Reach::Tenant);
    sql
}

impl Tx {
    async fn mailbox_owner(
        &mut self,
        scope: &Scope,
        tenant: &Tenant,
        new: &NewMailbox,
    ) -> Result<(MailboxOwner, String)> {
        match (&new.user, &new.group) {
            (Some(user), None) => {
                let user: User = self.one(scope, user).await?;
                if !user.roles.contains_key(&tenant.id) {
                    let what = format!("`{}` has no role in tenant `{}`", user.name, tenant.name);
                    return Err(StoreError::invalid("user", what, "give the user a role there first"));
                }
                Ok((MailboxOwner::User(user.id), user.name))
            }
            (None, Some(group)) => {
                let group: Group = self.one(&scope.narrow(tenant.id), group).await?;
                Ok((MailboxOwner::Group(group.id), group.name))
            }
            _ => {
                let what = "a mailbox belongs to a user or to a group";
                Err(StoreError::invalid("user", what, "name one of the two"))
            }
        }
    }

    async fn set_wrong_pins(&mut self, mailbox: MailboxId, wrong: u32, locked_until: UnixMs) -> Result<()> {
        let mut sql = Sql::new("UPDATE mailboxes SET wrong_pins = ");
        sql.bind(wrong).push(", locked_until_ms = ").bind(locked_until.0);
        sql.push(" WHERE id = ").bind(mailbox.to_string());
        self.execute(sql).await?;
        Ok(())
    }
}
