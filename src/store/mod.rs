//! What is remembered: one file a noun, and the trait [`Store`] with its two databases.
//!
//! [`open`] gives a store on SQLite (embedded, the default) or PostgreSQL. Every method takes a
//! [`Scope`]; what lies outside it does not exist for the caller. The rows of configuration
//! (tenants, numbers, users, devices, groups, trunks) are read in one piece as a [`Directory`];
//! sessions, their events and registrations are written in batches, each batch one transaction.

mod company;
pub mod demo;
mod device;
mod directory;
mod error;
mod event;
mod field;
mod group;
mod key;
mod number;
mod record;
mod registration;
mod scope;
pub mod secret;
mod session;
mod sql;
mod status;
mod tenant;
mod token;
mod trunk;
mod user;

use std::sync::Arc;

use async_trait::async_trait;

pub use company::{Company, DEFAULT_REALM};
pub use device::{Device, DeviceChange, DeviceMade, NewDevice};
pub use directory::Directory;
pub use error::StoreError;
pub use event::{BODY_MAX, SessionEvent};
pub use group::{Group, GroupChange, NewGroup, Strategy};
pub use key::Key;
pub use number::{NewNumber, Number, NumberChange};
pub use registration::Registration;
pub use scope::{Owner, Scope, Tenants};
pub use session::{Page, Session, SessionDirection, SessionFilter, SessionKind};
pub use status::{OperatorStatus, Presence};
pub use tenant::{NewTenant, Tenant, TenantChange};
pub use token::{NewToken, Token, TokenChange, TokenMade};
pub use trunk::{NewTrunk, Transport, Trunk, TrunkChange};
pub use user::{NewUser, Role, User, UserChange};

use crate::id::{DeviceId, SessionId};
use crate::time::UnixMs;

type Result<T> = std::result::Result<T, StoreError>;

/// Opens the store at `url` and brings its tables up to date.
///
/// `sqlite:PATH` creates file and folder where they are missing, readable by their owner alone;
/// `postgres://USER:PASSWORD@HOST/DATABASE` names a database that exists.
///
/// # Errors
/// [`StoreError::Invalid`] when the URL names neither, [`StoreError::Unavailable`] when the
/// database cannot be opened or migrated.
pub async fn open(url: &str) -> Result<Arc<dyn Store>> {
    Ok(Arc::new(sql::SqlStore::open(url).await?))
}

/// What is remembered. All methods but the first three work within a [`Scope`].
///
/// Errors are the same everywhere: [`StoreError::NotFound`] for a row that does not exist within
/// the scope, [`StoreError::Invalid`] and [`StoreError::Conflict`] for values that cannot be,
/// [`StoreError::Forbidden`] for a change of what the scope does not wholly contain, and
/// [`StoreError::Unavailable`] for a database that does not answer.
#[async_trait]
pub trait Store: Send + Sync {
    /// All companies of the installation; before `hovor init` there is none.
    async fn companies(&self) -> Result<Vec<Company>>;
    /// Sets a company up.
    async fn add_company(&self, name: &str, realm: &str) -> Result<Company>;
    /// Whether the database answers, for the health check.
    async fn ping(&self) -> Result<()>;
    /// Writes out what is pending and closes all connections.
    async fn close(&self);

    /// The whole configuration, read in one transaction.
    async fn directory(&self, scope: &Scope) -> Result<Directory>;

    /// All tenants, by name.
    async fn tenants(&self, scope: &Scope) -> Result<Vec<Tenant>>;
    /// One tenant.
    async fn tenant(&self, scope: &Scope, key: &Key) -> Result<Tenant>;
    /// Makes a tenant.
    async fn add_tenant(&self, scope: &Scope, new: NewTenant) -> Result<Tenant>;
    /// Changes a tenant and gives it as it is then.
    async fn change_tenant(&self, scope: &Scope, key: &Key, change: TenantChange) -> Result<Tenant>;
    /// Removes a tenant that owns nothing any more.
    async fn remove_tenant(&self, scope: &Scope, key: &Key) -> Result<()>;

    /// All numbers, by number.
    async fn numbers(&self, scope: &Scope) -> Result<Vec<Number>>;
    /// One number, by id, E.164 or short form.
    async fn number(&self, scope: &Scope, key: &Key) -> Result<Number>;
    /// Gives a tenant a number.
    async fn add_number(&self, scope: &Scope, new: NewNumber) -> Result<Number>;
    /// Changes a number and gives it as it is then.
    async fn change_number(&self, scope: &Scope, key: &Key, change: NumberChange) -> Result<Number>;
    /// Removes a number.
    async fn remove_number(&self, scope: &Scope, key: &Key) -> Result<()>;

    /// All users, by name.
    async fn users(&self, scope: &Scope) -> Result<Vec<User>>;
    /// One user.
    async fn user(&self, scope: &Scope, key: &Key) -> Result<User>;
    /// Makes a user. A password is hashed on a thread where it holds nothing up.
    async fn add_user(&self, scope: &Scope, new: NewUser) -> Result<User>;
    /// Changes a user and gives it as it is then.
    async fn change_user(&self, scope: &Scope, key: &Key, change: UserChange) -> Result<User>;
    /// Removes a user with their devices, memberships and status.
    async fn remove_user(&self, scope: &Scope, key: &Key) -> Result<()>;
    /// Checks a login: the user if the password is right.
    async fn check_password(&self, scope: &Scope, name: &str, password: &str) -> Result<Option<User>>;

    /// All devices, by SIP user name.
    async fn devices(&self, scope: &Scope) -> Result<Vec<Device>>;
    /// One device, by id or SIP user name.
    async fn device(&self, scope: &Scope, key: &Key) -> Result<Device>;
    /// Makes a device; its secret is given back this once.
    async fn add_device(&self, scope: &Scope, new: NewDevice) -> Result<DeviceMade>;
    /// Changes a device and gives it as it is then.
    async fn change_device(&self, scope: &Scope, key: &Key, change: DeviceChange) -> Result<Device>;
    /// Removes a device and its bindings.
    async fn remove_device(&self, scope: &Scope, key: &Key) -> Result<()>;

    /// All groups, by name.
    async fn groups(&self, scope: &Scope) -> Result<Vec<Group>>;
    /// One group. A name that several tenants use needs a narrowed scope, or the id.
    async fn group(&self, scope: &Scope, key: &Key) -> Result<Group>;
    /// Makes a group.
    async fn add_group(&self, scope: &Scope, new: NewGroup) -> Result<Group>;
    /// Changes a group and gives it as it is then.
    async fn change_group(&self, scope: &Scope, key: &Key, change: GroupChange) -> Result<Group>;
    /// Removes a group.
    async fn remove_group(&self, scope: &Scope, key: &Key) -> Result<()>;

    /// All trunks, by name.
    async fn trunks(&self, scope: &Scope) -> Result<Vec<Trunk>>;
    /// One trunk.
    async fn trunk(&self, scope: &Scope, key: &Key) -> Result<Trunk>;
    /// Makes a trunk.
    async fn add_trunk(&self, scope: &Scope, new: NewTrunk) -> Result<Trunk>;
    /// Changes a trunk and gives it as it is then.
    async fn change_trunk(&self, scope: &Scope, key: &Key, change: TrunkChange) -> Result<Trunk>;
    /// Removes a trunk.
    async fn remove_trunk(&self, scope: &Scope, key: &Key) -> Result<()>;

    /// All tokens, by name.
    async fn tokens(&self, scope: &Scope) -> Result<Vec<Token>>;
    /// One token.
    async fn token(&self, scope: &Scope, key: &Key) -> Result<Token>;
    /// The token with this secret, if there is one (it may have expired).
    async fn token_by_secret(&self, scope: &Scope, secret: &str) -> Result<Option<Token>>;
    /// Makes a token; its secret is given back this once.
    async fn add_token(&self, scope: &Scope, new: NewToken) -> Result<TokenMade>;
    /// Changes a token and gives it as it is then.
    async fn change_token(&self, scope: &Scope, key: &Key, change: TokenChange) -> Result<Token>;
    /// Takes a token back.
    async fn remove_token(&self, scope: &Scope, key: &Key) -> Result<()>;

    /// Writes these sessions, new or changed, in one transaction.
    async fn put_sessions(&self, scope: &Scope, sessions: &[Session]) -> Result<()>;
    /// Sessions, newest first.
    async fn sessions(&self, scope: &Scope, filter: &SessionFilter, page: Page) -> Result<Vec<Session>>;
    /// One session.
    async fn session(&self, scope: &Scope, id: SessionId) -> Result<Session>;

    /// Appends events in one transaction: all or none. See [`SessionEvent`] for the numbering.
    async fn append(&self, scope: &Scope, events: &[SessionEvent]) -> Result<()>;
    /// The events of one session, in order; none if there is no such session.
    async fn events(&self, scope: &Scope, session: SessionId) -> Result<Vec<SessionEvent>>;

    /// All bindings.
    async fn registrations(&self, scope: &Scope) -> Result<Vec<Registration>>;
    /// Writes these bindings, new or refreshed, in one transaction. Those of a device that has
    /// been removed meanwhile are left out.
    async fn put_registrations(&self, scope: &Scope, bindings: &[Registration]) -> Result<()>;
    /// Replaces all bindings of these devices in one transaction; an empty list unregisters.
    async fn replace_registrations(
        &self,
        scope: &Scope,
        devices: &[(DeviceId, Vec<Registration>)],
    ) -> Result<()>;
    /// Removes these bindings, given by device and URI.
    async fn remove_registrations(&self, scope: &Scope, bindings: &[(DeviceId, String)]) -> Result<()>;
    /// Removes bindings that ended before `now`; gives how many.
    async fn remove_expired(&self, scope: &Scope, now: UnixMs) -> Result<u64>;

    /// The status of each operator who ever set one.
    async fn statuses(&self, scope: &Scope) -> Result<Vec<OperatorStatus>>;
    /// Writes these statuses in one transaction. Those of removed users are left out.
    async fn put_statuses(&self, scope: &Scope, statuses: &[OperatorStatus]) -> Result<()>;
}
