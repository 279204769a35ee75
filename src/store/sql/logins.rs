//! Logins: made, found by what the cookie holds, and ended.

use super::statement::Sql;
use super::{SqlStore, Tx, table};
use crate::id::{LoginId, UserId};
use crate::store::login::{COLUMNS, LOGINS_MAX};
use crate::store::scope::Reach;
use crate::store::{Key, Login, LoginMade, Scope, StoreError, User, secret};
use crate::time::UnixMs;

type Result<T> = std::result::Result<T, StoreError>;

impl SqlStore {
    pub(super) async fn insert_login(&self, scope: &Scope, user: &User, now: UnixMs) -> Result<LoginMade> {
        let secret = self.draw(secret::login_secret);
        let login = Login { id: self.id(LoginId::new), user: user.id, created_at: now, seen_at: now };
        let (mut tx, _) = self.change(scope).await?;
        let known: User = tx.one(scope, &Key::Id(user.id.0)).await?;
        if known.password_hash != user.password_hash {
            let what = "the password was changed this moment";
            return Err(StoreError::conflict(what, "log in with the new one"));
        }
        let old = tx.end_old_logins(scope, now).await?;
        let ended = old + tx.end_logins_beyond(scope, user.id, LOGINS_MAX - 1).await?;
        let values = login.values(&scope.company.to_string(), &secret::token_hash(&secret));
        tx.execute(Sql::insert("logins", COLUMNS, [values])).await?;
        tx.commit().await?;
        Ok(LoginMade { login, secret, ended })
    }

    pub(super) async fn find_login(
        &self,
        scope: &Scope,
        secret: &str,
        now: UnixMs,
    ) -> Result<Option<(Login, User)>> {
        let mut sql = Sql::new("SELECT t.* FROM logins t WHERE ");
        scope.condition(&mut sql, Reach::User("user_id"));
        sql.push(" AND t.hash = ").bind(secret::token_hash(secret));
        let Some(row) = self.db.query(sql).await?.pop() else { return Ok(None) };
        let login = Login::read(&row)?;
        if login.ends_at() <= now {
            return Ok(None);
        }
        let rows = self.db.query(table::select_one::<User>(scope, &Key::Id(login.user.0))).await?;
        Ok(table::many::<User>(&rows)?.pop().map(|user| (login, user)))
    }

    pub(super) async fn update_login(&self, scope: &Scope, id: LoginId, now: UnixMs) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let mut sql = Sql::new("UPDATE logins AS t SET seen_at_ms = ");
        sql.bind(now.0).push(" WHERE t.id = ").bind(id.to_string()).push(" AND ");
        scope.condition(&mut sql, Reach::User("user_id"));
        tx.execute(sql).await?;
        Ok(tx.commit().await?)
    }

    pub(super) async fn delete_login(&self, scope: &Scope, id: LoginId) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let mut sql = Sql::new("DELETE FROM logins AS t WHERE t.id = ");
        sql.bind(id.to_string()).push(" AND ");
        scope.condition(&mut sql, Reach::User("user_id"));
        tx.execute(sql).await?;
        Ok(tx.commit().await?)
    }
}

impl Tx {
    /// Ends all logins of a user but for so many that were used last; gives how many those are.
    pub(super) async fn end_logins_beyond(
        &mut self,
        scope: &Scope,
        user: UserId,
        kept: usize,
    ) -> Result<u64> {
        let mut sql = Sql::new("SELECT t.* FROM logins t WHERE t.company_id = ");
        sql.bind(scope.company.to_string()).push(" AND t.user_id = ").bind(user.to_string());
        sql.push(" ORDER BY t.seen_at_ms DESC, t.id DESC");
        let mut ended = 0;
        for row in self.query(sql).await?.iter().skip(kept) {
            let mut sql = Sql::new("DELETE FROM logins WHERE id = ");
            sql.bind(row.text("id")?);
            ended += self.execute(sql).await?;
        }
        Ok(ended)
    }
}
