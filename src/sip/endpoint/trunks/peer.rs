//! A provider as the configuration describes it.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id::TrunkId;
use crate::sip::endpoint::Transport;

/// A provider.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrunkPeer {
    /// Which.
    pub trunk: TrunkId,
    /// Its name or address: the domain of the addresses at it.
    pub host: String,
    /// Its port; 0 means what the name service says, or the usual one of the transport.
    pub port: u16,
    /// How to reach it; without one what the name service says, or UDP.
    pub transport: Option<Transport>,
    /// Where its requests go first, if not to the host itself.
    pub proxy: Option<Hop>,
    /// User name and password, if it challenges our requests.
    pub credentials: Option<(String, String)>,
    /// We register there for so long at a time; without it the provider knows us by our address.
    pub register: Option<Duration>,
    /// The number that a call is for which names none but our user name.
    pub number: Option<String>,
    /// How often it is asked whether it is there.
    pub options: Option<Duration>,
    /// Where its calls come from; those that it is reached at if there are none.
    pub networks: Vec<(IpAddr, u8)>,
    /// Whether what it says about callers (P-Asserted-Identity) is believed.
    pub trusts_identity: bool,
    /// How long a place may be silent to an INVITE before the next one is tried.
    pub patience: Option<Duration>,
    /// The user of From in calls of ours.
    pub from: FromUser,
    /// By which header the provider is told who calls.
    pub identity: IdentityHeader,
    /// The name that its certificate has to bear, if not the host that requests go to first.
    pub tls_name: Option<String>,
    /// A file with the certificates that are trusted for it; without it, those that the system trusts.
    pub ca: Option<PathBuf>,
}

/// Who has to be at the other end of a connection over TLS that we make (RFC 5922).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Server {
    /// The host that we ask for (RFC 6066 section 3).
    pub host: String,
    /// The name that its certificate has to bear: as a rule the host.
    pub name: String,
    /// A file with the certificates that are trusted; without it, those that the system trusts.
    pub ca: Option<PathBuf>,
}

/// A host with its port and transport.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hop {
    /// A name or an address.
    pub host: String,
    /// 0 means what the name service says, or the usual one of the transport.
    pub port: u16,
    /// Without one what the name service says, or UDP.
    pub transport: Option<Transport>,
}

/// The user of From in calls of ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum FromUser {
    /// The number that is shown.
    #[default]
    Number,
    /// Our user name there.
    Account,
}

/// By which header a provider is told who calls (RFC 3325).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum IdentityHeader {
    /// By From alone.
    #[default]
    None,
    /// P-Asserted-Identity.
    Asserted,
    /// P-Preferred-Identity.
    Preferred,
}

impl TrunkPeer {
    /// A provider that is neither registered at nor asked whether it is there.
    pub fn new(trunk: TrunkId, host: impl Into<String>) -> Self {
        Self {
            trunk,
            host: host.into(),
            port: 0,
            transport: None,
            proxy: None,
            credentials: None,
            register: None,
            number: None,
            options: None,
            networks: vec![],
            trusts_identity: false,
            patience: None,
            from: FromUser::Number,
            identity: IdentityHeader::None,
            tls_name: None,
            ca: None,
        }
    }

    /// Who has to be there, over TLS. The name is that of the domain that was looked up, not that of the machine
    /// that it leads to: whoever forges the name service must not choose it (RFC 5922 section 4).
    pub fn server(&self) -> Server {
        let host = self.next_hop().host;
        let name = self.tls_name.clone().unwrap_or_else(|| host.clone());
        Server { host, name, ca: self.ca.clone() }
    }

    /// Where its requests go first.
    pub fn next_hop(&self) -> Hop {
        let host = || Hop { host: self.host.clone(), port: self.port, transport: self.transport };
        self.proxy.clone().unwrap_or_else(host)
    }

    /// Our user name there.
    pub fn username(&self) -> Option<&str> {
        self.credentials.as_ref().map(|(username, _)| username.as_str())
    }
}

impl fmt::Debug for TrunkPeer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrunkPeer")
            .field("trunk", &self.trunk)
            .field("host", &self.host)
            .field("port", &self.port)
            .field("transport", &self.transport)
            .field("proxy", &self.proxy)
            .field("register", &self.register)
            .finish_non_exhaustive()
    }
}
