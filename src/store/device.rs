//! A SIP phone with a secret of its own; never the user's login password.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{DeviceId, LoginId, TenantId, UserId};
use crate::store::scope::{Owner, Reach};
use crate::store::secret::Ha1;
use crate::store::sql::{Noun, Row, Value};
use crate::store::{Key, Srtp, StoreError, field};
use crate::time::UnixMs;

/// A SIP phone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// Whose phone it is.
    pub user: UserId,
    /// The SIP user name with which it registers, unique in the company.
    pub username: String,
    /// What it is, for people: `desk phone`.
    pub label: String,
    /// Whether it is a phone of its own, or one in a browser.
    pub kind: DeviceKind,
    /// The digest realm in its HA1s.
    pub realm: String,
    /// Whether its sound is protected.
    pub srtp: Srtp,
    /// MD5 of `username:realm:secret` (RFC 7616), lower-case hex. As good as the secret.
    #[serde(skip)]
    pub ha1_md5: String,
    /// SHA-256 of the same, lower-case hex. As good as the secret.
    #[serde(skip)]
    pub ha1_sha256: String,
    /// The tenants of its user, who share its administration.
    #[serde(skip)]
    pub(super) tenants: BTreeSet<TenantId>,
    /// Whether its user administers the company.
    #[serde(skip)]
    pub(super) of_administrator: bool,
}

/// What a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    /// A phone that somebody set up.
    Phone,
    /// A phone in a browser. It is lent, and nobody changes it.
    Browser {
        /// With which it goes.
        login: LoginId,
        /// When it ceases to register, unless it is asked for again.
        expires_at: UnixMs,
    },
}

impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, user, username, label, realm, .. } = self;
        write!(f, "Device({id}, {username}@{realm}, of {user}, {label:?})")
    }
}

/// What a new device needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDevice {
    /// Whose phone it is, by name or id.
    #[schema(value_type = String)]
    pub user: Key,
    /// The SIP user name: letters, digits, `.`, `_` and `-`; at most 64. The user's extension if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// At most 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// 8 to 128 characters. Left out, a secret is generated, which is better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// `optional` if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub srtp: Option<Srtp>,
}

/// What changes of a device; what is left out stays. The user name is part of the secret's hash
/// and stays for good.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceChange {
    /// Another user takes it over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub user: Option<Key>,
    /// Another label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// A new secret, 8 to 128 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// Whether its sound is protected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub srtp: Option<Srtp>,
}

/// A device just made, with its secret, which is shown this once and kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceMade {
    /// The device.
    pub device: Device,
    /// Its secret in clear.
    pub secret: String,
}

impl Device {
    /// A device of `user` (its `owner` and extension known) with this secret.
    pub(super) fn new(
        id: DeviceId,
        user: &crate::store::User,
        realm: &str,
        new: &NewDevice,
        secret: &str,
    ) -> Result<Self, StoreError> {
        let Some(username) = new.username.as_ref().or(user.extension.as_ref()) else {
            let help = "give it a SIP user name, or its user an extension";
            return Err(StoreError::invalid("username", "is missing, and the user has no extension", help));
        };
        let username = field::sip_user("username", username)?;
        let ha1 = Ha1::of(&username, realm, field::password("secret", secret)?);
        Ok(Self {
            id,
            user: user.id,
            label: field::label("label", new.label.as_deref().unwrap_or(""))?,
            kind: DeviceKind::Phone,
            realm: realm.to_owned(),
            srtp: new.srtp.unwrap_or_default(),
            ha1_md5: ha1.md5,
            ha1_sha256: ha1.sha256,
            tenants: user.roles.keys().copied().collect(),
            of_administrator: user.administrator,
            username,
        })
    }

    /// Lends it with another secret.
    pub(super) fn lend(&mut self, kind: DeviceKind, secret: &str) -> Result<(), StoreError> {
        self.kind = kind;
        let ha1 = Ha1::of(&self.username, &self.realm, field::password("secret", secret)?);
        (self.ha1_md5, self.ha1_sha256) = (ha1.md5, ha1.sha256);
        Ok(())
    }

    pub(super) fn apply(
        &mut self,
        user: Option<&crate::store::User>,
        change: DeviceChange,
    ) -> Result<(), StoreError> {
        if let DeviceKind::Browser { .. } = self.kind {
            let what = format!("`{}` is the phone in a browser, and goes with its login", self.username);
            return Err(StoreError::conflict(
                what,
                "leave it, or remove it; add a device for a phone of its own",
            ));
        }
        if let Some(user) = user {
            self.user = user.id;
            self.tenants = user.roles.keys().copied().collect();
            self.of_administrator = user.administrator;
        }
        self.srtp = change.srtp.unwrap_or(self.srtp);
        if let Some(label) = change.label {
            self.label = field::label("label", &label)?;
        }
        if let Some(secret) = change.secret {
            let ha1 = Ha1::of(&self.username, &self.realm, field::password("secret", &secret)?);
            (self.ha1_md5, self.ha1_sha256) = (ha1.md5, ha1.sha256);
        }
        Ok(())
    }
}

impl Noun for Device {
    const WHAT: &'static str = "device";
    const TABLE: &'static str = "devices";
    const NAMES: &'static [&'static str] = &["username"];
    const COLUMNS: &'static [&'static str] = &[
        "user_id",
        "username",
        "label",
        "realm",
        "ha1_md5",
        "ha1_sha256",
        "srtp",
        "login_id",
        "expires_at_ms",
    ];
    const COMPUTED: &'static str = ", (SELECT string_agg(r.tenant_id, ',') FROM user_roles r \
         WHERE r.user_id = t.user_id) AS tenants, \
         (SELECT u.administrator FROM users u WHERE u.id = t.user_id) AS of_administrator";
    const REACH: Reach = Reach::User("user_id");

    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id("id").map(DeviceId)?,
            user: row.id("user_id").map(UserId)?,
            username: row.text("username")?,
            label: row.text("label")?,
            realm: row.text("realm")?,
            ha1_md5: row.text("ha1_md5")?,
            ha1_sha256: row.text("ha1_sha256")?,
            srtp: row.text("srtp")?.parse()?,
            kind: match row.optional_id("login_id")?.map(LoginId) {
                None => DeviceKind::Phone,
                Some(login) => DeviceKind::Browser { login, expires_at: UnixMs(row.int("expires_at_ms")?) },
            },
            tenants: row.ids("tenants")?.into_iter().map(TenantId).collect(),
            of_administrator: row.flag("of_administrator")?,
        })
    }

    fn values(&self) -> Vec<Value> {
        let (login, expires_at) = match self.kind {
            DeviceKind::Phone => (None, None),
            DeviceKind::Browser { login, expires_at } => (Some(login.to_string()), Some(expires_at.0)),
        };
        vec![
            Value::from(self.user.to_string()),
            Value::from(&self.username),
            Value::from(&self.label),
            Value::from(&self.realm),
            Value::from(&self.ha1_md5),
            Value::from(&self.ha1_sha256),
            Value::from(self.srtp.as_str()),
            Value::from(login),
            Value::from(expires_at),
        ]
    }

    fn id(&self) -> uuid::Uuid {
        self.id.0
    }

    fn name(&self) -> &str {
        &self.username
    }

    fn owner(&self) -> Owner {
        match self.of_administrator {
            true => Owner::Company,
            false => Owner::Tenants(self.tenants.clone()),
        }
    }
}
