//! Providers: where they are, which messages are theirs, whether they take calls, and our registrations there.

pub mod health;
pub mod peer;
pub mod registration;
mod trunk;

use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use self::health::Health;
use self::registration::Registration;
use self::trunk::Place;
pub use self::trunk::{Trunk, TrunkView};
use super::{Destination, Flow, Hop, Transport, TrunkPeer};
use crate::entropy::Entropy;
use crate::id::TrunkId;
use crate::sip::digest::Login;
use crate::sip::locate::Located;
use crate::time::Time;

/// The pause after a name could not be resolved. The old addresses are used meanwhile.
const RETRY: Duration = Duration::from_secs(30);
/// How long a place that failed comes after the others.
const AVOIDED: Duration = Duration::from_secs(60);
/// The mean pause between the end of the connection that we registered by, and registering anew.
const RECONNECT: Duration = Duration::from_secs(2);
/// The pause between two signs of life to a registrar, which keep the NAT before us open.
const KEEP_ALIVE: Duration = Duration::from_secs(25);

/// All providers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trunks {
    trunks: BTreeMap<TrunkId, Trunk>,
}

impl Trunks {
    /// Adds or replaces a provider. Gives the one before if it has to be told that we leave.
    pub fn set(&mut self, peer: TrunkPeer, entropy: &mut Entropy, now: Time) -> Option<Trunk> {
        let mut trunk = Trunk::new(peer, entropy, now);
        let before = self.trunks.remove(&trunk.peer.trunk);
        let id = trunk.peer.trunk;
        let left = before.and_then(|before| {
            let stays = before.registers_like(&trunk.peer);
            if stays {
                trunk.registration.clone_from(&before.registration);
                (trunk.ping_at, trunk.registered_by) = (before.ping_at, before.registered_by);
            }
            let leaves = (!stays).then(|| before.clone());
            trunk.inherit(before);
            leaves
        });
        self.trunks.insert(id, trunk);
        left
    }

    /// Forgets a provider.
    pub fn remove(&mut self, trunk: TrunkId) -> Option<Trunk> {
        self.trunks.remove(&trunk)
    }

    /// All of them.
    pub fn ids(&self) -> Vec<TrunkId> {
        self.trunks.keys().copied().collect()
    }

    /// A provider.
    pub fn get(&self, trunk: TrunkId) -> Option<&Trunk> {
        self.trunks.get(&trunk)
    }

    /// A provider, to be changed.
    pub fn get_mut(&mut self, trunk: TrunkId) -> Option<&mut Trunk> {
        self.trunks.get_mut(&trunk)
    }

    /// A provider as the configuration describes it.
    pub fn peer(&self, trunk: TrunkId) -> Option<&TrunkPeer> {
        self.trunks.get(&trunk).map(|trunk| &trunk.peer)
    }

    /// Whether a provider is to be found at this hop.
    pub fn is_at(&self, trunk: TrunkId, hop: &Hop) -> bool {
        self.peer(trunk).is_some_and(|peer| peer.next_hop() == *hop)
    }

    /// Our name and password there.
    pub fn login(&self, trunk: TrunkId) -> Option<Login> {
        self.trunks.get(&trunk)?.login()
    }

    /// Where to send calls, best first.
    pub fn destinations(&self, trunk: TrunkId, now: Time) -> VecDeque<Destination> {
        self.trunks.get(&trunk).map(|trunk| trunk.destinations(now)).unwrap_or_default()
    }

    /// A place of a provider failed: the others come first for a while.
    pub fn failed(&mut self, trunk: TrunkId, to: &Destination, now: Time) {
        let Some(trunk) = self.trunks.get_mut(&trunk) else { return };
        for place in trunk.places.iter_mut().filter(|place| place.is(to)) {
            place.avoid_until = Some(now + AVOIDED);
        }
    }

    /// A message could not get to this place.
    pub fn unreached(&mut self, to: &Destination, why: &str) {
        let places = self.trunks.values_mut().flat_map(|trunk| trunk.places.iter_mut());
        places.filter(|place| place.is(to)).for_each(|place| place.why = Some(why.to_owned()));
    }

    /// Why a message could not get to this place of a provider.
    pub fn why_unreached(&self, trunk: TrunkId, to: &Destination) -> Option<String> {
        self.trunks.get(&trunk)?.places.iter().find(|place| place.is(to))?.why.clone()
    }

    /// A connection is gone. A provider that registered us by it cannot call us until we register anew.
    pub fn connection_closed(&mut self, flow: &Flow, entropy: &mut Entropy, now: Time) {
        let lost = self
            .trunks
            .values_mut()
            .filter(|trunk| trunk.registered_by.is_some() && trunk.registered_by == flow.connection);
        for trunk in lost {
            trunk.registered_by = None;
            // Not at once, and not all of its customers at the same moment: it may be starting anew.
            let pause = RECONNECT.mul_f64(f64::from(entropy.u32()) / f64::from(u32::MAX)) + RECONNECT / 2;
            trunk.registration.as_mut().into_iter().for_each(|registration| registration.hurry(now + pause));
        }
    }

    /// A call got no answer anywhere at a provider.
    pub fn call_failed(&mut self, trunk: TrunkId, now: Time) {
        if let Some(health) = self.trunks.get_mut(&trunk).and_then(|trunk| trunk.health.as_mut()) {
            health.call_failed(now);
        }
    }

    /// The provider that a message came from.
    ///
    /// A call for the Contact that we registered is from where we registered it. Else the address decides:
    /// many providers send from other ports than they listen on; on this machine, where phones and test
    /// peers share one address, the port must agree too, and so it must if the sender claims to be a
    /// `device` of ours, which may stand beside the provider.
    pub fn identify(&self, flow: &Flow, request_user: &str, device: bool) -> Option<TrunkId> {
        let registered = |trunk: &&Trunk| {
            trunk.registration.is_some()
                && trunk.contact == request_user
                && (trunk.peer.networks.is_empty() || trunk.is_at(flow, false))
        };
        let exact = |trunk: &&Trunk| {
            trunk.peer.networks.is_empty() && trunk.places.iter().any(|place| place.remote == flow.remote)
        };
        let all = || self.trunks.values();
        let trunk = all().find(registered).or_else(|| all().find(exact));
        Some(trunk.or_else(|| all().find(|trunk| trunk.is_at(flow, device)))?.peer.trunk)
    }

    /// Whether any provider's messages may come from this address.
    pub fn may_come_from(&self, address: IpAddr) -> bool {
        self.trunks.values().any(|trunk| trunk.may_come_from(address))
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
    pub fn resolved(&mut self, trunk: TrunkId, result: Result<Located, String>, now: Time) {
        let Some(trunk) = self.trunks.get_mut(&trunk) else { return };
        match result {
            Ok(located) => {
                let known =
                    |place: &Place| trunk.places.iter().find(|old| old.remote == place.remote).cloned();
                let place = |&(transport, remote): &(Transport, SocketAddr)| {
                    let new = Place::new(transport, remote);
                    let old = known(&new);
                    let avoid_until = old.as_ref().and_then(|old| old.avoid_until);
                    Place { avoid_until, why: old.and_then(|old| old.why), ..new }
                };
                // A call is of one family, wherever it is sent next.
                let first = located.places.first().map(|(_, at)| at.is_ipv6());
                let alike = located.places.iter().filter(|(_, at)| Some(at.is_ipv6()) == first);
                trunk.places = alike.map(place).collect();
                (trunk.notes, trunk.trouble) = (located.notes, None);
                trunk.resolve_at = Some(now + located.ttl);
            }
            Err(why) => {
                trunk.trouble = Some(why);
                trunk.resolve_at = Some(now + RETRY);
            }
        }
    }

    /// The providers that are reached over another family of addresses than was told last, and whether that is IPv6.
    pub fn new_families(&mut self) -> Vec<(TrunkId, bool)> {
        let changed = self.trunks.values_mut().filter_map(|trunk| {
            let is_ipv6 = trunk.places.first()?.remote.is_ipv6();
            (std::mem::replace(&mut trunk.told_ipv6, is_ipv6) != is_ipv6)
                .then_some((trunk.peer.trunk, is_ipv6))
        });
        changed.collect()
    }

    /// Resolves the name, registers and asks now, whatever pauses were meant to be.
    pub fn hurry(&mut self, trunk: TrunkId, now: Time) {
        let Some(trunk) = self.trunks.get_mut(&trunk) else { return };
        trunk.resolve_at = trunk.resolve_at.map(|_| now);
        trunk.registration.as_mut().into_iter().for_each(|registration| registration.hurry(now));
        trunk.health.as_mut().into_iter().for_each(|health| health.hurry(now));
    }

    /// The places to be shown a sign of life now.
    pub fn pings(&mut self, now: Time) -> Vec<Destination> {
        let due = self.trunks.values_mut().filter(|trunk| trunk.ping_at.is_some_and(|at| at <= now));
        due.filter_map(|trunk| {
            let stands = trunk.registration.as_ref().and_then(Registration::until).is_some_and(|at| at > now);
            trunk.ping_at = stands.then(|| now + KEEP_ALIVE);
            trunk.destinations(now).pop_front().filter(|_| stands)
        })
        .collect()
    }

    /// When something is next due.
    pub fn poll_timeout(&self) -> Option<Time> {
        let times = self.trunks.values().flat_map(|trunk| {
            let registration = trunk.registration.as_ref().and_then(Registration::poll_timeout);
            let health = trunk.health.as_ref().and_then(Health::poll_timeout);
            [trunk.resolve_at, registration, health, trunk.ping_at]
        });
        times.flatten().min()
    }

    /// How each of them fares.
    pub fn views(&self, now: Time) -> Vec<TrunkView> {
        self.trunks.values().map(|trunk| trunk.view(now)).collect()
    }
}

#[cfg(test)]
mod tests;
