//! Contacts that become part of another one, and are parted again.

use super::statement::{Sql, pieces};
use super::{SqlStore, Tx};
use crate::id::{ContactId, SessionId};
use crate::store::contact_merge::{COLUMNS, Merge};
use crate::store::{Contact, Scope, StoreError};

type Result<T> = std::result::Result<T, StoreError>;

impl SqlStore {
    pub(super) async fn join_contacts(
        &self,
        scope: &Scope,
        id: ContactId,
        other: ContactId,
    ) -> Result<Contact> {
        if id == other {
            return Err(StoreError::invalid("other", "is the same contact", "name another one"));
        }
        let mut tx = self.db.begin().await?;
        let (whole, other) = tx.both_held(scope, id, other).await?;
        if whole.tenant != other.tenant {
            return Err(StoreError::invalid(
                "other",
                "belongs to another tenant",
                "merge contacts of one tenant",
            ));
        }
        let sessions = tx.sessions_of(other.id).await?;
        let merge = Merge::of(whole, other, sessions, Self::now());
        merge.after.check_bounds()?;
        tx.move_sessions(&merge.sessions, merge.other.id, id).await?;
        tx.delete(&merge.other).await?;
        tx.update(scope, &merge.after).await?;
        let company = scope.company.to_string();
        tx.execute(Sql::insert("contact_merges", COLUMNS, [merge.values(&company)])).await?;
        tx.commit().await?;
        self.read_contact(scope, id).await
    }

    pub(super) async fn part_contacts(
        &self,
        scope: &Scope,
        id: ContactId,
        other: ContactId,
    ) -> Result<Contact> {
        let mut tx = self.db.begin().await?;
        let now = tx.held_contact(scope, id).await?;
        let (mine, others): (Vec<_>, Vec<_>) =
            tx.merges_into(id).await?.into_iter().partition(|merge| merge.other.id == other);
        let Some(merge) = mine.into_iter().next() else {
            return Err(StoreError::conflict(
                format!("contact {other} is not merged into {id}"),
                "`merged` of the contact names those that are",
            ));
        };
        let whole = merge.undone(&now, &others, Self::now());
        tx.update(scope, &whole).await?;
        tx.insert(scope, &merge.other).await?;
        tx.move_sessions(&merge.sessions, id, other).await?;
        let mut sql = Sql::new("DELETE FROM contact_merges WHERE other_id = ");
        sql.bind(other.to_string());
        tx.execute(sql).await?;
        tx.commit().await?;
        self.read_contact(scope, id).await
    }
}

impl Tx {
    /// Two contacts, held in the one order in which everybody holds them.
    async fn both_held(
        &mut self,
        scope: &Scope,
        one: ContactId,
        other: ContactId,
    ) -> Result<(Contact, Contact)> {
        if one < other {
            let first = self.held_contact(scope, one).await?;
            return Ok((first, self.held_contact(scope, other).await?));
        }
        let second = self.held_contact(scope, other).await?;
        Ok((self.held_contact(scope, one).await?, second))
    }

    async fn merges_into(&mut self, id: ContactId) -> Result<Vec<Merge>> {
        let mut sql = Sql::new("SELECT t.* FROM contact_merges t WHERE t.into_id = ");
        sql.bind(id.to_string());
        self.query(sql).await?.iter().map(Merge::read).collect()
    }

    /// Forgets what was merged into a contact, and into that.
    pub(super) async fn forget_merges(&mut self, id: ContactId) -> Result<()> {
        let mut wholes = vec![id];
        while let Some(whole) = wholes.pop() {
            wholes.extend(self.merges_into(whole).await?.iter().map(|merge| merge.other.id));
            let mut sql = Sql::new("DELETE FROM contact_merges WHERE into_id = ");
            sql.bind(whole.to_string());
            self.execute(sql).await?;
        }
        Ok(())
    }

    async fn sessions_of(&mut self, contact: ContactId) -> Result<Vec<SessionId>> {
        let mut sql = Sql::new("SELECT t.session_id FROM session_clients t WHERE t.contact_id = ");
        sql.bind(contact.to_string()).push(" ORDER BY t.session_id").push(self.hold_rows());
        self.query(sql).await?.iter().map(|row| row.id("session_id").map(SessionId)).collect()
    }

    /// Moves those of these sessions that are with the one contact to the other.
    async fn move_sessions(&mut self, sessions: &[SessionId], from: ContactId, to: ContactId) -> Result<()> {
        for piece in pieces(sessions) {
            let mut sql = Sql::new("UPDATE session_clients SET contact_id = ");
            sql.bind(to.to_string()).push(" WHERE contact_id = ").bind(from.to_string());
            sql.push(" AND session_id IN (").bind_list(piece.iter().map(SessionId::to_string)).push(")");
            self.execute(sql).await?;
        }
        Ok(())
    }
}
