//! How much somebody may do: one order for the roles of users and of tokens.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::store::{Role, StoreError};

/// How much somebody may do within reach. Each can do what the one before it can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rank {
    /// Serves clients.
    Operator,
    /// Sees and helps the operators: listens, also to recordings.
    Supervisor,
    /// Sets tenants up.
    TenantAdmin,
    /// Sets the company up.
    CompanyAdmin,
}

impl Rank {
    /// All of them, the least first.
    pub const ALL: [Self; 4] = [Self::Operator, Self::Supervisor, Self::TenantAdmin, Self::CompanyAdmin];

    /// Its name, as in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Supervisor => "supervisor",
            Self::TenantAdmin => "tenant_admin",
            Self::CompanyAdmin => "company_admin",
        }
    }
}

impl fmt::Display for Rank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<Role> for Rank {
    fn from(role: Role) -> Self {
        match role {
            Role::Operator => Self::Operator,
            Role::Supervisor => Self::Supervisor,
            Role::Administrator => Self::TenantAdmin,
        }
    }
}

impl FromStr for Rank {
    type Err = StoreError;
    fn from_str(text: &str) -> Result<Self, StoreError> {
        Self::ALL.into_iter().find(|rank| rank.as_str() == text).ok_or_else(|| {
            let help = "use operator, supervisor, tenant_admin or company_admin";
            StoreError::invalid("role", format!("`{text}` is not a role"), help)
        })
    }
}
