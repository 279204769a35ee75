//! Phones in browsers: lent to a login, and taken back when it ends.

use super::statement::Sql;
use super::{SqlStore, Tx, table};
use crate::id::DeviceId;
use crate::store::field::NAME_MAX;
use crate::store::{
    Company, Device, DeviceKind, DeviceMade, Key, Login, NewDevice, Scope, StoreError, User, secret,
};
use crate::time::UnixMs;

type Result<T> = std::result::Result<T, StoreError>;

/// Random characters at the end of the name of such a phone.
const SUFFIX: usize = 8;

impl SqlStore {
    pub(super) async fn put_lent_device(
        &self,
        scope: &Scope,
        login: &Login,
        now: UnixMs,
    ) -> Result<DeviceMade> {
        let secret = self.draw(secret::device_secret);
        let suffix = self.draw(|entropy| entropy.token(SUFFIX));
        let id = self.id(DeviceId::new);
        let kind = DeviceKind::Browser { login: login.id, expires_at: login.phone_until(now) };
        let (mut tx, company) = self.change(scope).await?;
        let user: User = tx.one(scope, &Key::Id(login.user.0)).await?;
        let mut sql = table::select::<Device>(scope);
        sql.push(" AND t.login_id = ").bind(login.id.to_string());
        let lent = table::many::<Device>(&tx.query(sql).await?)?.pop();
        let is_new = lent.is_none();
        let mut device = match lent {
            Some(device) => device,
            None => new_phone(id, &user, &company, &suffix, &secret)?,
        };
        device.lend(kind, &secret)?;
        match is_new {
            true => tx.insert(scope, &device).await?,
            false => tx.update(scope, &device).await?,
        }
        tx.commit().await?;
        Ok(DeviceMade { device, secret })
    }

    pub(super) async fn delete_lent_devices(&self, scope: &Scope, now: UnixMs) -> Result<u64> {
        let mut tx = self.db.begin().await?;
        let mut sql = Sql::new("DELETE FROM devices WHERE company_id = ");
        sql.bind(scope.company.to_string())
            .push(" AND login_id IS NOT NULL AND (expires_at_ms <= ")
            .bind(now.0);
        sql.push(" OR login_id IN (SELECT l.id FROM logins l WHERE ");
        over(&mut sql, now);
        sql.push("))");
        let gone = tx.execute(sql).await?;
        tx.end_old_logins(scope, now).await?;
        tx.commit().await?;
        Ok(gone)
    }
}

/// A phone whose name tells colleagues whose it is, and nobody else has.
fn new_phone(id: DeviceId, user: &User, company: &Company, suffix: &str, secret: &str) -> Result<Device> {
    let name = user.extension.as_ref().unwrap_or(&user.name);
    // As long as SIP user names may be.
    let room = NAME_MAX.saturating_sub(suffix.len() + 1);
    let name: String = name.chars().take(room).collect();
    let new = NewDevice {
        user: Key::Id(user.id.0),
        username: Some(format!("{name}-{suffix}")),
        label: Some("browser".to_owned()),
        secret: None,
        srtp: None,
    };
    Device::new(id, user, &company.realm, &new, secret)
}

/// Appends the condition that a login is over.
pub(super) fn over(sql: &mut Sql, now: UnixMs) {
    let (begun, used) = Login::over_by(now);
    sql.push("(created_at_ms <= ").bind(begun.0).push(" OR seen_at_ms <= ").bind(used.0).push(")");
}

impl Tx {
    /// Ends all logins whose time is over.
    pub(super) async fn end_old_logins(&mut self, scope: &Scope, now: UnixMs) -> Result<u64> {
        let mut sql = Sql::new("DELETE FROM logins WHERE company_id = ");
        sql.bind(scope.company.to_string()).push(" AND ");
        over(&mut sql, now);
        Ok(self.execute(sql).await?)
    }
}
