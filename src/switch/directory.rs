//! The configuration as the switch needs it: one immutable snapshot, replaced whole.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{CompanyId, DeviceId, GroupId, TenantId, TrunkId, UserId};
use crate::queue;

/// Everything that routing decisions rest on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Directory {
    /// The installation's owner; absent until `hovor init` has run.
    pub company: Option<CompanyId>,
    /// Brands and departments.
    pub tenants: BTreeMap<TenantId, Tenant>,
    /// E.164 numbers and short numbers, each with the tenant that owns it.
    pub numbers: BTreeMap<String, TenantId>,
    /// Operators by id.
    pub operators: BTreeMap<UserId, Operator>,
    /// Extensions of operators.
    pub extensions: BTreeMap<String, UserId>,
    /// The owner of each device.
    pub devices: BTreeMap<DeviceId, UserId>,
    /// Groups by id.
    pub groups: BTreeMap<GroupId, queue::Group>,
    /// Trunks by id.
    pub trunks: BTreeMap<TrunkId, Trunk>,
}

/// A brand or department of the company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    /// Short name, as dialplan files use it.
    pub name: String,
    /// Name to show to people.
    pub display: String,
    /// The number shown to those whom this tenant calls (E.164).
    pub caller_number: Option<String>,
}

/// A user who serves clients.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// Login name, as commands use it.
    pub name: String,
    /// Name to show to people.
    pub display: String,
    /// Internal number, if there is one.
    pub extension: Option<String>,
    /// Tenants this operator serves, the first one being the home tenant.
    pub tenants: Vec<TenantId>,
    /// SIP devices of this operator.
    pub devices: Vec<DeviceId>,
    /// Whether external numbers may be dialled.
    pub may_call_out: bool,
}

/// A connection to a provider, as far as routing is concerned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trunk {
    /// Short name.
    pub name: String,
    /// Prefixes of E.164 numbers that this trunk takes; empty takes all.
    pub prefixes: Vec<String>,
}

impl Directory {
    /// The operator who owns this device.
    pub fn owner(&self, device: DeviceId) -> Option<(UserId, &Operator)> {
        let user = *self.devices.get(&device)?;
        Some((user, self.operators.get(&user)?))
    }

    /// The operator with this login name or extension.
    pub fn operator_named(&self, name: &str) -> Option<(UserId, &Operator)> {
        let by_extension = self.extensions.get(name).copied();
        let user = by_extension.or_else(|| {
            self.operators.iter().find(|(_, operator)| operator.name == name).map(|(id, _)| *id)
        })?;
        Some((user, self.operators.get(&user)?))
    }

    /// The group of this tenant with this name.
    pub fn group_named(&self, tenant: TenantId, name: &str) -> Option<&queue::Group> {
        self.groups.values().find(|group| group.tenant == tenant && group.name == name)
    }

    /// The tenant with this short name.
    pub fn tenant_named(&self, name: &str) -> Option<(TenantId, &Tenant)> {
        self.tenants.iter().find(|(_, tenant)| tenant.name == name).map(|(id, tenant)| (*id, tenant))
    }

    /// The trunk that takes this E.164 number: the one with the longest matching prefix.
    pub fn trunk_for(&self, number: &str) -> Option<TrunkId> {
        let reach = |trunk: &Trunk| match trunk.prefixes.is_empty() {
            true => Some(0),
            false => trunk.prefixes.iter().filter(|p| number.starts_with(p.as_str())).map(String::len).max(),
        };
        let candidates = self.trunks.iter().filter_map(|(id, trunk)| Some((reach(trunk)?, *id)));
        candidates.max_by_key(|(length, id)| (*length, std::cmp::Reverse(*id))).map(|(_, id)| id)
    }
}
