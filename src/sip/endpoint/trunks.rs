//! Providers: where they are, and which messages are theirs.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Destination, Flow, Transport, TrunkPeer};
use crate::id::TrunkId;
use crate::sip::digest::Login;
use crate::sip::uri::Host;
use crate::time::Time;

/// How long addresses of a name are used before it is resolved again.
const FRESH: Duration = Duration::from_secs(300);
/// The pause after a name could not be resolved. The old addresses are used meanwhile.
const RETRY: Duration = Duration::from_secs(30);

/// All providers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trunks {
    trunks: BTreeMap<TrunkId, Trunk>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Trunk {
    peer: TrunkPeer,
    addresses: Vec<(Transport, SocketAddr)>,
    /// When to resolve the name; never for an address.
    resolve_at: Option<Time>,
}

impl Trunks {
    /// Adds or replaces a provider.
    pub fn set(&mut self, peer: TrunkPeer, now: Time) {
        let port = if peer.port == 0 { 5060 } else { peer.port };
        let (addresses, resolve_at) = match Host::from(&*peer.host).address() {
            Some(ip) => (vec![(peer.transport, SocketAddr::new(ip, port))], None),
            None => (vec![], Some(now)),
        };
        self.trunks.insert(peer.trunk, Trunk { peer, addresses, resolve_at });
    }

    /// Forgets a provider.
    pub fn remove(&mut self, trunk: TrunkId) {
        self.trunks.remove(&trunk);
    }

    /// A provider.
    pub fn peer(&self, trunk: TrunkId) -> Option<&TrunkPeer> {
        self.trunks.get(&trunk).map(|trunk| &trunk.peer)
    }

    /// Our name and password there.
    pub fn login(&self, trunk: TrunkId) -> Option<Login> {
        let (username, password) = self.peer(trunk)?.credentials.clone()?;
        Some(Login { username, password })
    }

    /// Where to send calls, best first.
    pub fn destinations(&self, trunk: TrunkId) -> VecDeque<Destination> {
        let addresses = self.trunks.get(&trunk).map(|trunk| trunk.addresses.as_slice()).unwrap_or_default();
        addresses.iter().map(|&(transport, remote)| Destination::Address { transport, remote }).collect()
    }

    /// The provider that a message came from.
    ///
    /// Many providers send from other ports than they listen on, so the address alone decides; on
    /// this machine, where phones and test peers share one address, the port must agree too, and so it
    /// must if the sender claims to be a `device` of ours, which may stand beside the provider.
    pub fn identify(&self, flow: &Flow, device: bool) -> Option<TrunkId> {
        let source = flow.remote;
        let exact = |trunk: &&Trunk| trunk.addresses.iter().any(|(_, address)| *address == source);
        let near = |trunk: &&Trunk| {
            !device
                && !source.ip().is_loopback()
                && trunk.addresses.iter().any(|(_, address)| address.ip() == source.ip())
        };
        let trunk = self.trunks.values().find(exact).or_else(|| self.trunks.values().find(near))?;
        Some(trunk.peer.trunk)
    }

    /// The providers whose names are to be resolved now.
    pub fn due(&mut self, now: Time) -> Vec<TrunkPeer> {
        let mut due = vec![];
        for trunk in self.trunks.values_mut().filter(|trunk| trunk.resolve_at.is_some_and(|at| at <= now)) {
            // Should the answer never come, the question is asked again.
            trunk.resolve_at = Some(now + RETRY);
            due.push(trunk.peer.clone());
        }
        due
    }

    /// A name was resolved, or could not be.
    pub fn resolved(&mut self, trunk: TrunkId, addresses: Option<Vec<(Transport, SocketAddr)>>, now: Time) {
        let Some(trunk) = self.trunks.get_mut(&trunk) else { return };
        trunk.resolve_at = Some(now + if addresses.is_some() { FRESH } else { RETRY });
        if let Some(addresses) = addresses {
            trunk.addresses = addresses;
        }
    }

    /// When the next name is to be resolved.
    pub fn poll_timeout(&self) -> Option<Time> {
        self.trunks.values().filter_map(|trunk| trunk.resolve_at).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;
    use crate::time::UnixMs;

    fn peer(host: &str, port: u16, number: u64) -> TrunkPeer {
        let trunk = TrunkId::new(UnixMs(0), &mut Entropy::from_number(number));
        TrunkPeer { trunk, host: host.into(), port, transport: Transport::Udp, credentials: None }
    }

    fn flow(remote: &str) -> Flow {
        let local = "127.0.0.1:5060".parse().unwrap();
        Flow { transport: Transport::Udp, local, remote: remote.parse().unwrap(), connection: None }
    }

    #[test]
    fn on_this_machine_the_port_tells_a_provider_from_a_phone() {
        let mut trunks = Trunks::default();
        let carrier = peer("127.0.0.1", 5090, 1);
        trunks.set(carrier.clone(), Time::ZERO);
        assert_eq!(trunks.identify(&flow("127.0.0.1:5090"), true), Some(carrier.trunk));
        assert_eq!(trunks.identify(&flow("127.0.0.1:5091"), false), None);
    }

    #[test]
    fn elsewhere_the_address_alone_decides() {
        let mut trunks = Trunks::default();
        let carrier = peer("203.0.113.1", 0, 1);
        trunks.set(carrier.clone(), Time::ZERO);
        assert_eq!(trunks.identify(&flow("203.0.113.1:40000"), false), Some(carrier.trunk));
        assert_eq!(trunks.identify(&flow("203.0.113.1:40000"), true), None);
        assert_eq!(trunks.identify(&flow("203.0.113.2:5060"), false), None);
        assert_eq!(trunks.poll_timeout(), None);
    }

    #[test]
    fn a_name_is_resolved_and_resolved_again() {
        let mut trunks = Trunks::default();
        let carrier = peer("sip.example", 0, 1);
        trunks.set(carrier.clone(), Time::ZERO);
        assert_eq!(trunks.due(Time::ZERO).len(), 1);
        assert!(trunks.due(Time::ZERO).is_empty(), "asked once");
        let address = "203.0.113.1:5060".parse().unwrap();
        trunks.resolved(carrier.trunk, Some(vec![(Transport::Udp, address)]), Time::ZERO);
        assert_eq!(trunks.destinations(carrier.trunk).len(), 1);
        assert_eq!(trunks.poll_timeout(), Some(Time::from_secs(300)));
        trunks.resolved(carrier.trunk, None, Time::from_secs(300));
        assert_eq!(trunks.destinations(carrier.trunk).len(), 1, "old addresses are better than none");
    }
}
