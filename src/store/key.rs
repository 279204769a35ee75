//! How a caller points at a row: by its id, or by its name.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::id::{
    DeviceId, ExternalContactId, GroupId, MailboxId, NumberId, TenantId, TokenId, TrunkId, UserId,
};

/// An id or a name. Text that reads as a UUID is an id; names never look like one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Key {
    /// The row's id.
    Id(Uuid),
    /// The row's name: a tenant's name, a number in either form, a login name, a SIP user name, …
    Name(String),
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Name(name) => name.fmt(f),
        }
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        match Uuid::parse_str(text) {
            Ok(id) => Self::Id(id),
            Err(_) => Self::Name(text.to_owned()),
        }
    }
}

impl From<String> for Key {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.to_string()
    }
}

impl FromStr for Key {
    type Err = Infallible;
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::from(text))
    }
}

macro_rules! from_ids {
    ($($id:ident)*) => {$(
        impl From<$id> for Key {
            fn from(id: $id) -> Self {
                Self::Id(id.0)
            }
        }
    )*};
}

from_ids! { ExternalContactId MailboxId TenantId NumberId UserId DeviceId GroupId TrunkId TokenId }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_an_id_and_everything_else_a_name() {
        let id = TenantId(Uuid::from_u128(7));
        assert_eq!(Key::from(id.to_string()), Key::from(id));
        assert_eq!(Key::from("harbour"), Key::Name("harbour".into()));
        assert_eq!(serde_json::to_string(&Key::from("+420200000100")).unwrap(), "\"+420200000100\"");
    }
}
