//! The whole configuration in one piece, as the running switch keeps it in memory.

use serde::{Deserialize, Serialize};

use crate::store::{Company, Destination, Device, Group, Mailbox, Number, Tenant, Trunk, User, Widget};

/// The configuration within a scope, read in one transaction, so that its parts fit together.
/// Each list is ordered by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Directory {
    /// The company.
    pub company: Company,
    /// Its tenants.
    pub tenants: Vec<Tenant>,
    /// Their numbers.
    pub numbers: Vec<Number>,
    /// The users.
    pub users: Vec<User>,
    /// Their devices.
    pub devices: Vec<Device>,
    /// The groups.
    pub groups: Vec<Group>,
    /// The widgets of the web chat.
    pub widgets: Vec<Widget>,
    /// The mailboxes.
    pub mailboxes: Vec<Mailbox>,
    /// The trunks.
    pub trunks: Vec<Trunk>,
    /// The classes of numbers, where an administrator says them.
    pub destinations: Vec<Destination>,
}
