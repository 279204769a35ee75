//! A person with a login. An operator is a user who serves clients.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::e164::Classes;
use crate::id::{TenantId, UserId};
use crate::store::scope::{Owner, Reach, Scope};
use crate::store::sql::{Links, Noun, Row, Value};
use crate::store::{Key, StoreError, field};

/// What a user may do in one tenant. Each role can do what the one before it can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Serves clients.
    Operator,
    /// Sees and helps the operators.
    Supervisor,
    /// Sets the tenant up.
    Administrator,
}

impl Role {
    /// The role's name, as in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Supervisor => "supervisor",
            Self::Administrator => "administrator",
        }
    }
}

impl FromStr for Role {
    type Err = StoreError;
    fn from_str(text: &str) -> Result<Self, StoreError> {
        [Self::Operator, Self::Supervisor, Self::Administrator]
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| {
                let help = "use operator, supervisor or administrator";
                StoreError::invalid("roles", format!("`{text}` is not a role"), help)
            })
    }
}

/// A person with a login.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The user's id.
    pub id: UserId,
    /// The login name, unique in the company: `anna`.
    pub name: String,
    /// The name for people: `Anna Nováková`.
    pub display: String,
    /// The number by which colleagues dial this user: `201`. Unique in the company.
    pub extension: Option<String>,
    /// What the user may do in which tenant.
    pub roles: BTreeMap<TenantId, Role>,
    /// May do everything in the whole company.
    pub administrator: bool,
    /// The argon2id hash of the login password; a user without one cannot log in.
    #[serde(skip)]
    pub password_hash: Option<String>,
    /// Classes of numbers outside that may be called; the usual ones if not set.
    pub calls: Option<Classes>,
    /// Calls outside at once; as many as is usual if not set.
    pub max_calls: Option<u32>,
}

/// What a new user needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// Lower-case letters, digits, `.`, `_` and `-`; at most 64.
    pub name: String,
    /// At most 100 characters; the name if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
    /// 2 to 8 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// Tenant (name or id) to role.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = BTreeMap<String, Role>)]
    pub roles: BTreeMap<Key, Role>,
    /// May do everything in the whole company.
    #[serde(default)]
    pub administrator: bool,
    /// 8 to 128 characters. Without one the user cannot log in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// Classes of numbers outside that may be called: `local`, `national`, `mobile`, `international`, `premium`;
    /// the first three if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub calls: Option<Classes>,
    /// Calls outside at once; 2 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_calls: Option<u32>,
}

/// What changes of a user; what is left out stays, `null` removes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserChange {
    /// Another login name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Another name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
    /// Another extension.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "field::nullable")]
    #[schema(value_type = Option<String>)]
    pub extension: Option<Option<String>>,
    /// Roles to give (tenant to role) or to take away (tenant to `null`); others stay.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = Object)]
    pub roles: BTreeMap<Key, Option<Role>>,
    /// Whether the user may do everything in the whole company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub administrator: Option<bool>,
    /// A new password; `null` ends logging in.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "field::nullable")]
    #[schema(value_type = Option<String>)]
    pub password: Option<Option<String>>,
    /// All classes of numbers outside that may be called anew; `null` for the usual ones.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "field::nullable")]
    #[schema(value_type = Option<Vec<String>>)]
    pub calls: Option<Option<Classes>>,
    /// Calls outside at once; `null` for as many as is usual.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "field::nullable")]
    #[schema(value_type = Option<u32>)]
    pub max_calls: Option<Option<u32>>,
}

impl NewUser {
    /// Checks what can be checked without the store.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] names the field.
    pub fn check(&self) -> Result<(), StoreError> {
        User::new(UserId(uuid::Uuid::nil()), BTreeMap::new(), self)?;
        self.password.as_deref().map_or(Ok(""), |password| field::password("password", password))?;
        Ok(())
    }
}

impl User {
    /// A user with the roles already resolved; the password's hash is added by the store.
    pub(super) fn new(
        id: UserId,
        roles: BTreeMap<TenantId, Role>,
        new: &NewUser,
    ) -> Result<Self, StoreError> {
        let name = field::name("name", &new.name)?;
        Ok(Self {
            id,
            display: field::display("display", new.display.as_deref().unwrap_or(&name))?,
            extension: new
                .extension
                .as_deref()
                .map(|text| field::extension("extension", text))
                .transpose()?,
            roles,
            administrator: new.administrator,
            password_hash: None,
            calls: new.calls.clone(),
            max_calls: new.max_calls.map(|count| field::calls_at_once("max_calls", count)).transpose()?,
            name,
        })
    }

    /// Refuses whoever may not act for this user: it takes rights in each tenant that the user serves.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`].
    pub fn admits(&self, scope: &Scope) -> Result<(), StoreError> {
        scope.admit(Self::WHAT, &self.owner())
    }

    /// Applies all but the password, whose hash the store makes.
    pub(super) fn apply(
        &mut self,
        roles: BTreeMap<TenantId, Option<Role>>,
        change: &UserChange,
    ) -> Result<(), StoreError> {
        if let Some(name) = &change.name {
            self.name = field::name("name", name)?;
        }
        if let Some(display) = &change.display {
            self.display = field::display("display", display)?;
        }
        if let Some(extension) = &change.extension {
            self.extension =
                extension.as_deref().map(|text| field::extension("extension", text)).transpose()?;
        }
        for (tenant, role) in roles {
            match role {
                Some(role) => self.roles.insert(tenant, role),
                None => self.roles.remove(&tenant),
            };
        }
        self.administrator = change.administrator.unwrap_or(self.administrator);
        if let Some(calls) = &change.calls {
            self.calls.clone_from(calls);
        }
        if let Some(count) = change.max_calls {
            self.max_calls = count.map(|count| field::calls_at_once("max_calls", count)).transpose()?;
        }
        Ok(())
    }
}

impl Noun for User {
    const WHAT: &'static str = "user";
    const TABLE: &'static str = "users";
    const NAMES: &'static [&'static str] = &["name"];
    const COLUMNS: &'static [&'static str] =
        &["name", "display", "extension", "administrator", "password_hash", "calls", "max_calls"];
    const COMPUTED: &'static str = ", (SELECT string_agg(r.tenant_id || ':' || r.role, ',' ORDER BY r.tenant_id) \
         FROM user_roles r WHERE r.user_id = t.id) AS roles";
    const REACH: Reach = Reach::User("id");

    fn read(row: &Row) -> Result<Self, StoreError> {
        let roles = row.optional_text("roles")?.unwrap_or_default();
        Ok(Self {
            id: row.id("id").map(UserId)?,
            name: row.text("name")?,
            display: row.text("display")?,
            extension: row.optional_text("extension")?,
            roles: roles.split(',').filter(|pair| !pair.is_empty()).map(role_of).collect::<Result<_, _>>()?,
            administrator: row.flag("administrator")?,
            password_hash: row.optional_text("password_hash")?,
            calls: row.optional_json("calls")?,
            max_calls: row.optional_u32("max_calls")?,
        })
    }

    fn values(&self) -> Vec<Value> {
        vec![
            Value::from(&self.name),
            Value::from(&self.display),
            Value::from(self.extension.clone()),
            Value::from(self.administrator),
            Value::from(self.password_hash.clone()),
            Value::from(self.calls.as_ref().and_then(|calls| serde_json::to_string(calls).ok())),
            Value::from(self.max_calls.map(i64::from)),
        ]
    }

    fn id(&self) -> uuid::Uuid {
        self.id.0
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn owner(&self) -> Owner {
        match self.administrator {
            true => Owner::Company,
            false => Owner::Tenants(self.roles.keys().copied().collect()),
        }
    }

    fn links(&self) -> Option<Links> {
        let rows =
            self.roles.iter().map(|(tenant, role)| vec![tenant.to_string().into(), role.as_str().into()]);
        Some(Links {
            table: "user_roles",
            owner: "user_id",
            columns: &["tenant_id", "role"],
            rows: rows.collect(),
        })
    }
}

fn role_of(pair: &str) -> Result<(TenantId, Role), StoreError> {
    let (tenant, role) = pair.split_once(':').ok_or_else(|| Row::nonsense("roles"))?;
    Ok((tenant.parse().map_err(|_| Row::nonsense("roles"))?, role.parse()?))
}
