//! Devices that may register and call.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Account;
use crate::id::DeviceId;

/// All devices, by name and by id.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Accounts {
    by_name: BTreeMap<String, Account>,
    names: BTreeMap<DeviceId, String>,
}

impl Accounts {
    /// Adds or replaces a device.
    pub fn set(&mut self, account: Account) {
        self.remove(account.device);
        self.names.insert(account.device, account.username.clone());
        self.by_name.insert(account.username.clone(), account);
    }

    /// Forgets a device.
    pub fn remove(&mut self, device: DeviceId) {
        if let Some(name) = self.names.remove(&device)
            && self.by_name.get(&name).is_some_and(|account| account.device == device)
        {
            self.by_name.remove(&name);
        }
    }

    /// The device of this name.
    pub fn find(&self, name: &str) -> Option<&Account> {
        self.by_name.get(name)
    }
}
