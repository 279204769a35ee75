//! A connection to a provider.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Map;
use utoipa::ToSchema;

use crate::id::{TenantId, TrunkId};
use crate::store::scope::{Owner, Reach};
use crate::store::sql::{Noun, Row, Value};
use crate::store::{Key, StoreError, TrunkSettings, field};

/// How SIP messages travel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// Datagrams.
    #[default]
    Udp,
    /// A plain connection.
    Tcp,
    /// A connection that nobody can listen in on.
    Tls,
}

impl Transport {
    /// The transport's name, as in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
        }
    }
}

impl FromStr for Transport {
    type Err = StoreError;
    fn from_str(text: &str) -> Result<Self, StoreError> {
        [Self::Udp, Self::Tcp, Self::Tls].into_iter().find(|known| known.as_str() == text).ok_or_else(|| {
            StoreError::invalid("transport", format!("`{text}` is not a transport"), "use udp, tcp or tls")
        })
    }
}

/// A connection to a provider. Calls come in by the dialled number, whose tenant is the session's.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trunk {
    /// Its id.
    pub id: TrunkId,
    /// The only tenant that may call out over it; all may when there is none.
    pub tenant: Option<TenantId>,
    /// Its name, unique in the company: `carrier`.
    pub name: String,
    /// The provider's host name or IP address.
    pub host: String,
    /// The provider's port; without one what the name service says, or 5060 (5061 over TLS).
    pub port: Option<u16>,
    /// How messages travel to it; without one what the name service says, or UDP.
    pub transport: Option<Transport>,
    /// The user name with which the provider knows us; none if it knows us by address.
    pub username: Option<String>,
    /// The password that goes with it, in clear because it has to answer the provider's realms.
    #[serde(skip)]
    pub password: Option<String>,
    /// Dialled numbers that start with one of these go out here: `+`, `00`.
    pub prefixes: Vec<String>,
    /// Whether it is in use.
    pub enabled: bool,
    /// How it is used.
    pub settings: TrunkSettings,
}

impl std::fmt::Debug for Trunk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, name, host, port, transport, enabled, .. } = self;
        write!(f, "Trunk({id}, {name} at {host}:{port:?} {transport:?}, enabled: {enabled})")
    }
}

/// What a new trunk needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTrunk {
    /// Lower-case letters, digits, `.`, `_` and `-`; at most 64.
    pub name: String,
    /// The only tenant that may call out over it, by name or id; all if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub tenant: Option<Key>,
    /// A host name or an IP address.
    pub host: String,
    /// What the name service says, or 5060 (5061 over TLS), if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// What the name service says, or `udp`, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transport: Option<Transport>,
    /// The user name with which the provider knows us.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The password that goes with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// Each `+` and digits, or digits; `+` and `00` if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefixes: Option<Vec<String>>,
    /// True if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Those that are named; the others have their defaults.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = TrunkSettings)]
    pub settings: Map<String, serde_json::Value>,
}

/// What changes of a trunk; what is left out stays, `null` removes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrunkChange {
    /// Another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The only tenant that may call out over it.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "field::nullable")]
    #[schema(value_type = Option<String>)]
    pub tenant: Option<Option<Key>>,
    /// Another host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Another port.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "field::nullable")]
    #[schema(value_type = Option<u16>)]
    pub port: Option<Option<u16>>,
    /// Another transport.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "field::nullable")]
    #[schema(value_type = Option<Transport>)]
    pub transport: Option<Option<Transport>>,
    /// Another user name.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "field::nullable")]
    #[schema(value_type = Option<String>)]
    pub username: Option<Option<String>>,
    /// Another password.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "field::nullable")]
    #[schema(value_type = Option<String>)]
    pub password: Option<Option<String>>,
    /// All prefixes anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefixes: Option<Vec<String>>,
    /// Whether it is in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Those that are named; `null` gives a default back.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = TrunkSettings)]
    pub settings: Map<String, serde_json::Value>,
}

impl Trunk {
    pub(super) fn new(id: TrunkId, tenant: Option<TenantId>, new: NewTrunk) -> Result<Self, StoreError> {
        Self {
            id,
            tenant,
            name: new.name,
            host: new.host,
            port: new.port,
            transport: new.transport,
            username: new.username,
            password: new.password,
            prefixes: new.prefixes.unwrap_or_else(|| vec!["+".to_owned(), "00".to_owned()]),
            enabled: new.enabled.unwrap_or(true),
            settings: TrunkSettings::default().changed(&new.settings)?,
        }
        .within_limits()
    }

    pub(super) fn apply(
        &mut self,
        tenant: Option<Option<TenantId>>,
        change: TrunkChange,
    ) -> Result<(), StoreError> {
        *self = Self {
            id: self.id,
            tenant: tenant.unwrap_or(self.tenant),
            name: change.name.unwrap_or_else(|| self.name.clone()),
            host: change.host.unwrap_or_else(|| self.host.clone()),
            port: change.port.unwrap_or(self.port),
            transport: change.transport.unwrap_or(self.transport),
            username: change.username.unwrap_or_else(|| self.username.clone()),
            password: change.password.unwrap_or_else(|| self.password.clone()),
            prefixes: change.prefixes.unwrap_or_else(|| self.prefixes.clone()),
            enabled: change.enabled.unwrap_or(self.enabled),
            settings: self.settings.changed(&change.settings)?,
        }
        .within_limits()?;
        Ok(())
    }

    fn within_limits(mut self) -> Result<Self, StoreError> {
        self.name = field::name("name", &self.name)?;
        self.host = field::host("host", &self.host)?;
        if let Some(port) = self.port {
            field::between("port", u32::from(port), 1..=65_535)?;
        }
        self.username = self.username.map(|text| field::secret_word("username", &text)).transpose()?;
        self.password = self.password.map(|text| field::secret_word("password", &text)).transpose()?;
        if self.password.is_some() && self.username.is_none() {
            let help = "name the user with which the provider knows us, or leave the password out";
            return Err(StoreError::invalid("username", "is missing beside the password", help));
        }
        field::at_most("prefixes", self.prefixes.len(), 100)?;
        self.prefixes =
            self.prefixes.iter().map(|text| field::prefix("prefixes", text)).collect::<Result<_, _>>()?;
        self.settings = self.settings.within_limits(self.username.is_some())?;
        Ok(self)
    }
}

/// Stands in the table for a transport that the name service says.
const ANY: &str = "any";

fn port(stored: i64) -> Result<Option<u16>, StoreError> {
    let port = u16::try_from(stored).map_err(|_| Row::nonsense("port"))?;
    Ok(Some(port).filter(|port| *port != 0))
}

impl Noun for Trunk {
    const WHAT: &'static str = "trunk";
    const TABLE: &'static str = "trunks";
    const NAMES: &'static [&'static str] = &["name"];
    const COLUMNS: &'static [&'static str] = &[
        "tenant_id",
        "name",
        "host",
        "port",
        "transport",
        "username",
        "password",
        "prefixes",
        "enabled",
        "settings",
    ];
    const REACH: Reach = Reach::Tenant;

    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id("id").map(TrunkId)?,
            tenant: row.optional_id("tenant_id")?.map(TenantId),
            name: row.text("name")?,
            host: row.text("host")?,
            port: port(row.int("port")?)?,
            transport: match row.text("transport")?.as_str() {
                ANY => None,
                named => Some(named.parse()?),
            },
            username: row.optional_text("username")?,
            password: row.optional_text("password")?,
            prefixes: row.json("prefixes")?,
            enabled: row.flag("enabled")?,
            settings: row.json("settings")?,
        })
    }

    fn values(&self) -> Vec<Value> {
        vec![
            Value::from(self.tenant.map(|tenant| tenant.to_string())),
            Value::from(&self.name),
            Value::from(&self.host),
            Value::from(i64::from(self.port.unwrap_or(0))),
            Value::from(self.transport.map_or(ANY, Transport::as_str)),
            Value::from(self.username.clone()),
            Value::from(self.password.clone()),
            Value::json(&self.prefixes),
            Value::from(self.enabled),
            Value::json(&self.settings),
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
