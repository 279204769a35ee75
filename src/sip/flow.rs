//! The ways that messages come and go.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::id::TrunkId;

/// How messages travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// Datagrams: messages may be lost, doubled or overtaken.
    Udp,
    /// A connection that delivers in order.
    Tcp,
    /// The same, with nobody listening or speaking in between (RFC 3261 section 26.3).
    Tls,
    /// A WebSocket, as browsers have them (RFC 7118). Only they can make one, so nobody is called by it anew.
    Ws,
    /// A WebSocket over TLS.
    Wss,
}

impl Transport {
    /// All that this program speaks; those come first that cost least.
    pub const ALL: [Transport; 5] =
        [Transport::Udp, Transport::Tcp, Transport::Tls, Transport::Ws, Transport::Wss];

    /// True if the transport itself repeats what was lost, so that SIP need not.
    pub const fn is_reliable(self) -> bool {
        !matches!(self, Transport::Udp)
    }

    /// True if nobody on the way can read or change what is said.
    pub const fn is_secure(self) -> bool {
        matches!(self, Transport::Tls | Transport::Wss)
    }

    /// True if it is a browser's way, whose sound is WebRTC.
    pub const fn is_websocket(self) -> bool {
        matches!(self, Transport::Ws | Transport::Wss)
    }

    /// The port where no other is named (RFC 3261 section 19.1.2, RFC 7118 section 5.2.3).
    pub const fn default_port(self) -> u16 {
        match self {
            Transport::Udp | Transport::Tcp => 5060,
            Transport::Tls => 5061,
            Transport::Ws => 80,
            Transport::Wss => 443,
        }
    }

    /// The name in a Via header (RFC 3261 section 20.42).
    pub const fn via_name(self) -> &'static str {
        match self {
            Transport::Udp => "UDP",
            Transport::Tcp => "TCP",
            Transport::Tls => "TLS",
            Transport::Ws => "WS",
            Transport::Wss => "WSS",
        }
    }

    /// The value of a URI's `transport` parameter (RFC 3261 section 19.1.1).
    pub const fn uri_name(self) -> &'static str {
        match self {
            Transport::Udp => "udp",
            Transport::Tcp => "tcp",
            Transport::Tls => "tls",
            Transport::Ws => "ws",
            Transport::Wss => "wss",
        }
    }

    /// The transport of this name in a Via or a URI, in any case; `None` if it is unknown here.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.via_name().eq_ignore_ascii_case(name))
    }
}

/// The way a message came, and the way back (RFC 5626 section 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Flow {
    /// How the message travelled.
    pub transport: Transport,
    /// Our end.
    pub local: SocketAddr,
    /// The peer's end as we see it, so behind its NAT.
    pub remote: SocketAddr,
    /// The driver's number of the connection; datagrams have none. Numbers are never used twice.
    pub connection: Option<u64>,
}

/// Where a message is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Destination {
    /// Back along a way that a message came.
    Flow(Flow),
    /// To an address; a connection to it is opened if there is none.
    Address {
        /// How to send.
        transport: Transport,
        /// Where to.
        remote: SocketAddr,
    },
    /// To a provider over TLS, which has to prove its name; a connection that another provider's name was
    /// proved on is not used.
    Provider {
        /// Which.
        trunk: TrunkId,
        /// Where to.
        remote: SocketAddr,
    },
}

impl Destination {
    /// This address; over TLS it is the provider of the call or registration who has to be there, if there is one.
    pub const fn at(transport: Transport, remote: SocketAddr, provider: Option<TrunkId>) -> Self {
        match provider {
            Some(trunk) if transport.is_secure() => Destination::Provider { trunk, remote },
            _ => Destination::Address { transport, remote },
        }
    }

    /// How a message to here travels.
    pub const fn transport(&self) -> Transport {
        match self {
            Destination::Flow(flow) => flow.transport,
            Destination::Address { transport, .. } => *transport,
            Destination::Provider { .. } => Transport::Tls,
        }
    }

    /// The peer's address.
    pub const fn remote(&self) -> SocketAddr {
        match self {
            Destination::Flow(flow) => flow.remote,
            Destination::Address { remote, .. } | Destination::Provider { remote, .. } => *remote,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transport_is_known_by_its_name_in_any_case() {
        for transport in Transport::ALL {
            assert_eq!(Transport::parse(transport.uri_name()), Some(transport));
            assert_eq!(Transport::parse(transport.via_name()), Some(transport));
        }
        assert_eq!(Transport::parse("sctp"), None);
        assert_eq!((Transport::Tcp.default_port(), Transport::Tls.default_port()), (5060, 5061));
    }
}
