//! Devices, and where they are registered.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::flow::Flow;
use super::party::Target;
use crate::id::DeviceId;
use crate::time::UnixMs;

/// One way to reach a device (RFC 3261 section 10).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Binding {
    /// Whose.
    pub device: DeviceId,
    /// The Contact URI.
    pub uri: String,
    /// The way its REGISTER came; calls go back along it.
    pub flow: Flow,
    /// Path of the REGISTER, first hop first (RFC 3327).
    pub path: Vec<String>,
    /// When it ends by itself.
    pub expires_at: UnixMs,
    /// `+sip.instance` (RFC 5626 section 4.1), without the quotes.
    pub instance: Option<String>,
    /// `reg-id` (RFC 5626 section 4.2).
    pub reg_id: Option<u32>,
    /// The program of the phone.
    pub user_agent: Option<String>,
    /// Call-ID of the last REGISTER.
    pub call_id: String,
    /// CSeq of the last REGISTER.
    pub cseq: u32,
    /// Preference in thousandths: 1000 is the most wanted.
    pub q: u16,
    /// False if its connection is gone; it stands until it ends or registers again.
    pub reachable: bool,
}

impl Binding {
    /// How to call it.
    pub fn target(&self) -> Target {
        let (uri, path) = (self.uri.clone(), self.path.clone());
        Target::Binding { device: self.device, uri, flow: self.flow, path }
    }
}

/// A device that may register and call.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Whose.
    pub device: DeviceId,
    /// The name it authenticates with; also the user of its address.
    pub username: String,
    /// MD5 of `username:realm:password`, 32 hexadecimal digits (RFC 7616 section 3.4.2).
    pub ha1_md5: String,
    /// SHA-256 of the same, 64 hexadecimal digits.
    pub ha1_sha256: String,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("device", &self.device)
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}
