//! An access token of an administrator or a program. Only its hash is stored.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{TenantId, TokenId};
use crate::store::scope::{Owner, Reach, Scope};
use crate::store::sql::{Noun, Row, Value};
use crate::store::{Key, Rank, StoreError, field, secret};
use crate::time::UnixMs;

/// An access token: whoever shows its secret may do in the company, or in one tenant of it, what its role allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// The only tenant that it opens; the whole company when there is none.
    pub tenant: Option<TenantId>,
    /// How much it allows there.
    pub role: Rank,
    /// Its name, unique in the company, so that it can be found and taken back.
    pub name: String,
    /// SHA-256 of the secret, lower-case hex.
    #[serde(skip)]
    pub hash: String,
    /// When it was made.
    pub created_at: UnixMs,
    /// When it ceases to open anything.
    pub expires_at: Option<UnixMs>,
}

/// What a new token needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// Lower-case letters, digits, `.`, `_` and `-`; at most 64.
    pub name: String,
    /// The only tenant that it opens, by name or id; the whole company if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub tenant: Option<Key>,
    /// How much it allows: `operator`, `supervisor`, `tenant_admin`, or `company_admin` (of the whole company only). The
    /// highest that there is if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Rank>,
    /// When it ceases to open anything, in milliseconds since 1970; never if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    pub expires_at: Option<UnixMs>,
}

/// What changes of a token; what is left out stays, `null` removes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenChange {
    /// Another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Another role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Rank>,
    /// Another end, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "field::nullable")]
    #[schema(value_type = Option<i64>)]
    pub expires_at: Option<Option<UnixMs>>,
}

/// A token just made, with its secret, which is shown this once and kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenMade {
    /// The token.
    pub token: Token,
    /// Its secret in clear.
    pub secret: String,
}

impl Token {
    pub(super) fn new(
        id: TokenId,
        tenant: Option<TenantId>,
        secret: &str,
        now: UnixMs,
        new: NewToken,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            id,
            tenant,
            role: role_within(tenant, new.role.unwrap_or_else(|| highest(tenant)))?,
            name: field::name("name", &new.name)?,
            hash: secret::token_hash(secret),
            created_at: now,
            expires_at: new.expires_at,
        })
    }

    pub(super) fn apply(&mut self, change: TokenChange) -> Result<(), StoreError> {
        if let Some(name) = change.name {
            self.name = field::name("name", &name)?;
        }
        self.role = role_within(self.tenant, change.role.unwrap_or(self.role))?;
        self.expires_at = change.expires_at.unwrap_or(self.expires_at);
        Ok(())
    }

    /// What the token opens at the moment `now`, as far as its role goes; nothing once it expired.
    pub fn opens(&self, company: &Scope, now: UnixMs) -> Option<Scope> {
        match self.expires_at {
            Some(end) if end <= now => None,
            _ => Some(self.tenant.map_or_else(|| company.clone(), |tenant| company.narrow(tenant))),
        }
    }
}

/// The highest role that a token can have.
fn highest(tenant: Option<TenantId>) -> Rank {
    if tenant.is_some() { Rank::TenantAdmin } else { Rank::CompanyAdmin }
}

/// Refuses a role that reaches beyond the only tenant.
fn role_within(tenant: Option<TenantId>, role: Rank) -> Result<Rank, StoreError> {
    match role <= highest(tenant) {
        true => Ok(role),
        false => Err(StoreError::invalid(
            "role",
            format!("a token of one tenant cannot be `{role}`"),
            format!("make it `{}` at most, or a token of the whole company", highest(tenant)),
        )),
    }
}

impl Noun for Token {
    const WHAT: &'static str = "token";
    const TABLE: &'static str = "tokens";
    const NAMES: &'static [&'static str] = &["name"];
    const COLUMNS: &'static [&'static str] =
        &["tenant_id", "role", "name", "hash", "created_at_ms", "expires_at_ms"];
    const REACH: Reach = Reach::Tenant;

    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id("id").map(TokenId)?,
            tenant: row.optional_id("tenant_id")?.map(TenantId),
            role: row.text("role")?.parse()?,
            name: row.text("name")?,
            hash: row.text("hash")?,
            created_at: row.int("created_at_ms").map(UnixMs)?,
            expires_at: row.optional_int("expires_at_ms")?.map(UnixMs),
        })
    }

    fn values(&self) -> Vec<Value> {
        vec![
            Value::from(self.tenant.map(|tenant| tenant.to_string())),
            Value::from(self.role.as_str()),
            Value::from(&self.name),
            Value::from(&self.hash),
            Value::from(self.created_at.0),
            Value::from(self.expires_at.map(|end| end.0)),
        ]
    }

    fn id(&self) -> uuid::Uuid {
        self.id.0
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn owner(&self) -> Owner {
        self.tenant.into()
    }
}
