//! One provider: where it is, whether it takes calls, and what it calls us.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::KEEP_ALIVE;
use super::health::{Health, HealthView};
use super::registration::{Registration, RegistrationView};
use crate::entropy::Entropy;
use crate::id::TrunkId;
use crate::sip::digest::Login;
use crate::sip::endpoint::policy::contains;
use crate::sip::endpoint::{Destination, Flow, Hop, Transport, TrunkPeer};
use crate::sip::message::NameAddr;
use crate::sip::uri::{Host, Uri};
use crate::time::Time;

/// One provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trunk {
    pub peer: TrunkPeer,
    /// The user of our Contact there: no guess and no other trunk has the same.
    pub contact: String,
    pub registration: Option<Registration>,
    pub health: Option<Health>,
    /// What the line was told last: whether it takes calls.
    pub told: bool,
    pub(super) places: Vec<Place>,
    /// When to resolve the name; never for an address.
    pub(super) resolve_at: Option<Time>,
    /// How the places were found, or why there are none.
    pub(super) notes: Vec<String>,
    pub(super) trouble: Option<String>,
    pub(super) ping_at: Option<Time>,
    /// The connection by which it registered us, and by which its calls come.
    pub registered_by: Option<u64>,
    /// Whether the line was told that it is reached over IPv6.
    pub(super) told_ipv6: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    pub transport: Transport,
    pub remote: SocketAddr,
    /// It failed, and comes after the others until then.
    pub avoid_until: Option<Time>,
    /// Why it could not be reached last.
    pub why: Option<String>,
}

impl Place {
    pub fn new(transport: Transport, remote: SocketAddr) -> Self {
        Self { transport, remote, avoid_until: None, why: None }
    }

    /// Whether a message to there was one to this place.
    pub fn is(&self, to: &Destination) -> bool {
        (self.transport, self.remote) == (to.transport(), to.remote())
    }
}

/// How a provider fares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrunkView {
    /// Which.
    pub trunk: TrunkId,
    /// Whether it gets calls.
    pub is_up: bool,
    /// Where it is reached, best place first.
    pub places: Vec<(Transport, SocketAddr)>,
    /// How the places were found.
    pub notes: Vec<String>,
    /// Why the name could not be found last.
    pub trouble: Option<String>,
    /// Our registration there, if we register.
    pub registration: Option<RegistrationView>,
    /// What came of asking, if it is asked.
    pub health: Option<HealthView>,
}

impl Trunk {
    pub(super) fn new(peer: TrunkPeer, entropy: &mut Entropy, now: Time) -> Self {
        let hop = peer.next_hop();
        let transport = hop.transport.unwrap_or(Transport::Udp);
        let port = if hop.port == 0 { transport.default_port() } else { hop.port };
        let (places, resolve_at) = match Host::from(&*hop.host).address() {
            Some(ip) => {
                let remote = SocketAddr::new(ip, port);
                (vec![Place::new(transport, remote)], None)
            }
            None => (vec![], Some(now)),
        };
        Self {
            contact: contact(&peer),
            registration: peer.register.map(|lasts| Registration::new(lasts, entropy, now)),
            health: peer.options.map(|every| Health::new(every, entropy, now)),
            told: true,
            places,
            resolve_at,
            notes: vec![],
            trouble: None,
            ping_at: None,
            registered_by: None,
            told_ipv6: false,
            peer,
        }
    }

    /// Takes over what holds of the provider as it was before a change.
    pub(super) fn inherit(&mut self, before: Trunk) {
        (self.told, self.told_ipv6) = (before.told, before.told_ipv6);
        if before.peer.next_hop() == self.peer.next_hop() {
            (self.places, self.resolve_at) = (before.places, before.resolve_at);
            (self.notes, self.trouble) = (before.notes, before.trouble);
            if before.peer.options == self.peer.options {
                self.health = before.health;
            }
        }
    }

    /// True if both register in the same way.
    pub(super) fn registers_like(&self, other: &TrunkPeer) -> bool {
        let what =
            |peer: &TrunkPeer| (peer.host.clone(), peer.next_hop(), peer.credentials.clone(), peer.register);
        what(&self.peer) == what(other)
    }

    /// The address of a number there, or of the provider itself.
    pub fn uri(&self, user: Option<&str>) -> Uri {
        let mut uri = Uri::sip(user, &*self.peer.host);
        uri.port = Some(self.peer.port).filter(|port| *port != 0);
        match self.peer.transport {
            Some(transport) if transport != Transport::Udp => {
                uri.with_param("transport", transport.uri_name())
            }
            _ => uri,
        }
    }

    /// The proxy that its requests go through (RFC 3261 section 8.1.2).
    pub fn route(&self) -> Option<NameAddr> {
        let Hop { host, port, transport } = self.peer.proxy.clone()?;
        let mut uri = Uri::sip(None, &*host);
        uri.port = Some(port).filter(|port| *port != 0);
        if let Some(transport) = transport.filter(|transport| *transport != Transport::Udp) {
            uri = uri.with_param("transport", transport.uri_name());
        }
        Some(NameAddr::new(uri.with_param("lr", "")))
    }

    /// Where to send, best first.
    pub fn destinations(&self, now: Time) -> VecDeque<Destination> {
        let is_avoided = |place: &&Place| place.avoid_until.is_some_and(|until| until > now);
        let (avoided, good): (Vec<_>, Vec<_>) = self.places.iter().partition(is_avoided);
        let destination =
            |place: &Place| Destination::at(place.transport, place.remote, Some(self.peer.trunk));
        good.into_iter().chain(avoided).map(destination).collect()
    }

    /// Whether it gets calls.
    pub fn is_up(&self, now: Time) -> bool {
        let unregistered = self.registration.as_ref().is_some_and(|registration| registration.is_down(now));
        let gone = self.health.as_ref().is_some_and(Health::is_gone);
        let unfound = self.places.is_empty() && self.trouble.is_some();
        !unregistered && !gone && !unfound
    }

    /// Why the name could not be found.
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// Our name and password there, if we have one.
    pub fn login(&self) -> Option<Login> {
        let (username, password) = self.peer.credentials.clone()?;
        (!password.is_empty()).then_some(Login { username, password })
    }

    /// It registered us: the way there is kept open from now on.
    pub fn keep_alive(&mut self, now: Time) {
        let over_udp = self.places.first().is_some_and(|place| place.transport == Transport::Udp);
        self.ping_at = over_udp.then(|| now + KEEP_ALIVE);
    }

    /// The number that a call of this provider is for. One for our Contact names it in To, if at all.
    pub fn dialled(&self, request_user: &str, to_user: &str) -> String {
        let is_us =
            |user: &str| user == self.contact || Some(user) == self.peer.username() || user.is_empty();
        let named = [request_user, to_user].into_iter().find(|user| !is_us(user));
        let number = || self.peer.number.clone();
        named.map(str::to_owned).or_else(number).unwrap_or_else(|| to_user.to_owned())
    }

    /// Whether its messages may come from this address.
    pub(super) fn may_come_from(&self, address: IpAddr) -> bool {
        let inside = |(network, length): &(_, u8)| contains(*network, *length, address);
        self.peer.networks.iter().any(inside) || self.places.iter().any(|place| place.remote.ip() == address)
    }

    pub(super) fn is_at(&self, flow: &Flow, device: bool) -> bool {
        let source = flow.remote;
        if !self.peer.networks.is_empty() {
            let inside = |(network, length): &(_, u8)| contains(*network, *length, source.ip());
            return !device && self.peer.networks.iter().any(inside);
        }
        let near = !device && !source.ip().is_loopback();
        self.places.iter().any(|place| place.remote == source || near && place.remote.ip() == source.ip())
    }

    pub(super) fn view(&self, now: Time) -> TrunkView {
        TrunkView {
            trunk: self.peer.trunk,
            is_up: self.is_up(now),
            places: self.places.iter().map(|place| (place.transport, place.remote)).collect(),
            notes: self.notes.clone(),
            trouble: self.trouble.clone(),
            registration: self.registration.as_ref().map(|registration| registration.view(now)),
            health: self.health.as_ref().map(Health::view),
        }
    }
}

/// The user of our Contact at a provider. It stays the same over a restart, so that the registration made then
/// takes the place of the one before; without the password nobody can tell it.
fn contact(peer: &TrunkPeer) -> String {
    let (username, password) = peer.credentials.clone().unwrap_or_default();
    let digest = Sha256::digest(format!("contact:{}:{username}:{password}", peer.trunk));
    digest.iter().take(10).map(|byte| format!("{byte:02x}")).collect()
}
