//! A user who has logged in, with one browser. Only a hash of what its cookie holds is stored.

use std::time::Duration;

use crate::id::{LoginId, UserId};
use crate::store::StoreError;
use crate::store::sql::{Row, Value};
use crate::time::UnixMs;

/// Logins of one user at once; one more ends the one that was used longest ago.
pub const LOGINS_MAX: usize = 8;

/// A login. It lasts over restarts, until the user logs out, gets another password or does nothing for long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// Its id.
    pub id: LoginId,
    /// Who logged in.
    pub user: UserId,
    /// When.
    pub created_at: UnixMs,
    /// When it was used last, to within [`Login::NOTED_EVERY`].
    pub seen_at: UnixMs,
}

/// A login just made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginMade {
    /// The login.
    pub login: Login,
    /// What the browser shows from now on: 260 random bits, kept nowhere else.
    pub secret: String,
    /// How many older ones it has ended: their browsers are phones no more.
    pub ended: u64,
}

/// The columns of a login, in the order of [`Login::values`].
pub(super) const COLUMNS: &[&str] = &["id", "company_id", "user_id", "hash", "created_at_ms", "seen_at_ms"];

impl Login {
    /// A login that is not used for so long ends: a night, so that nobody finds a desk open in the morning.
    pub const IDLE: Duration = Duration::from_secs(12 * 3_600);
    /// No login lasts longer.
    pub const LONGEST: Duration = Duration::from_secs(7 * 86_400);
    /// How often its use is written down.
    pub const NOTED_EVERY: Duration = Duration::from_secs(60);

    /// When it ends if it is not used again.
    pub fn ends_at(&self) -> UnixMs {
        UnixMs(
            ms(Self::IDLE)
                .saturating_add(self.seen_at.0)
                .min(ms(Self::LONGEST).saturating_add(self.created_at.0)),
        )
    }

    /// Until when the phone in its browser may register that is asked for at the moment `now`.
    pub(super) fn phone_until(&self, now: UnixMs) -> UnixMs {
        UnixMs(now.0.saturating_add(ms(Self::IDLE)).min(self.created_at.0.saturating_add(ms(Self::LONGEST))))
    }

    /// Whether its use is to be written down at the moment `now`.
    pub fn is_to_be_noted(&self, now: UnixMs) -> bool {
        now.0 >= self.seen_at.0.saturating_add(ms(Self::NOTED_EVERY))
    }

    /// The latest beginnings and last uses of logins that are over at the moment `now`.
    pub(super) fn over_by(now: UnixMs) -> (UnixMs, UnixMs) {
        (UnixMs(now.0 - ms(Self::LONGEST)), UnixMs(now.0 - ms(Self::IDLE)))
    }

    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id("id").map(LoginId)?,
            user: row.id("user_id").map(UserId)?,
            created_at: row.int("created_at_ms").map(UnixMs)?,
            seen_at: row.int("seen_at_ms").map(UnixMs)?,
        })
    }

    pub(super) fn values(&self, company: &str, hash: &str) -> Vec<Value> {
        vec![
            Value::from(self.id.to_string()),
            Value::from(company),
            Value::from(self.user.to_string()),
            Value::from(hash),
            Value::from(self.created_at.0),
            Value::from(self.seen_at.0),
        ]
    }
}

fn ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
