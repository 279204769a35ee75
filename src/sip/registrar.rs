//! Where devices can be reached (RFC 3261 section 10.3, RFC 5626).
//!
//! The registrar keeps the bindings; that the device is who it says was made sure before.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::id::DeviceId;
use crate::sip::endpoint::Binding;
use crate::sip::flow::Flow;
use crate::sip::uri::Uri;
use crate::time::UnixMs;

/// What a REGISTER wants, beyond asking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Change {
    /// `Contact: *`: forget all bindings.
    RemoveAll,
    /// Add, refresh or (those with an expiry in the past) remove these.
    Update(Vec<Binding>),
}

/// A REGISTER that may not be obeyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A later REGISTER overtook it (RFC 3261 section 10.3 step 7).
    OutOfOrder,
}

/// All bindings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Registrar {
    bindings: BTreeMap<DeviceId, Vec<Binding>>,
    expiries: BTreeSet<(UnixMs, DeviceId)>,
    /// The ways of all bindings, by the peer's address.
    ways: BTreeMap<IpAddr, BTreeSet<(Flow, DeviceId)>>,
    limit: usize,
}

impl Registrar {
    /// No bindings, and at most `limit` for each device.
    pub fn new(limit: usize) -> Self {
        Self { bindings: BTreeMap::new(), expiries: BTreeSet::new(), ways: BTreeMap::new(), limit }
    }

    /// The bindings of a device, the most wanted first.
    pub fn of(&self, device: DeviceId) -> &[Binding] {
        self.bindings.get(&device).map(Vec::as_slice).unwrap_or_default()
    }

    /// All bindings of all devices.
    pub fn iter(&self) -> impl Iterator<Item = &Binding> {
        self.bindings.values().flatten()
    }

    /// The bindings of up to `count` devices after this one, or from the first on.
    pub fn after(
        &self,
        device: Option<DeviceId>,
        count: usize,
    ) -> impl Iterator<Item = (&DeviceId, &[Binding])> {
        use std::ops::Bound::{Excluded, Unbounded};
        let start = device.map_or(Unbounded, Excluded);
        self.bindings.range((start, Unbounded)).take(count).map(|(device, bindings)| (device, &**bindings))
    }

    /// Whether a device is registered by this very way.
    pub fn knows(&self, flow: &Flow) -> bool {
        self.by(flow).next().is_some()
    }

    /// Whether any device is registered from this address.
    pub fn is_home_of_any(&self, address: IpAddr) -> bool {
        self.ways.contains_key(&address)
    }

    /// How many devices are registered.
    pub fn devices(&self) -> usize {
        self.bindings.len()
    }

    /// How many bindings there are.
    pub fn len(&self) -> usize {
        self.bindings.values().map(Vec::len).sum()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.bindings.is_empty()
    }

    /// Obeys a REGISTER with this Call-ID and CSeq, all of it or nothing.
    pub fn register(
        &mut self,
        device: DeviceId,
        change: Change,
        order: (&str, u32),
        now: UnixMs,
    ) -> Result<(), Refusal> {
        let mut bindings = self.of(device).to_vec();
        match change {
            Change::RemoveAll if bindings.iter().any(|old| is_later(old, order)) => {
                return Err(Refusal::OutOfOrder);
            }
            Change::RemoveAll => bindings.clear(),
            Change::Update(updates) => {
                for update in updates {
                    apply(&mut bindings, update, order, now)?;
                }
            }
        }
        // A phone that takes a new port with each start pushes its own oldest binding out.
        while bindings.len() > self.limit {
            let oldest = bindings.iter().enumerate().min_by_key(|(_, b)| b.expires_at).map(|(at, _)| at);
            oldest.map(|at| bindings.remove(at));
        }
        self.put(device, bindings);
        Ok(())
    }

    /// Takes back a binding from before a restart, unless a newer one stands.
    pub fn restore(&mut self, binding: Binding, now: UnixMs) {
        let device = binding.device;
        let mut bindings = self.of(device).to_vec();
        let known = bindings.iter().any(|old| is_same(old, &binding));
        if known || binding.expires_at <= now || bindings.len() >= self.limit {
            return;
        }
        bindings.push(binding);
        self.put(device, bindings);
    }

    /// Forgets a device. True if it had bindings.
    pub fn remove(&mut self, device: DeviceId) -> bool {
        let had = self.bindings.contains_key(&device);
        self.put(device, vec![]);
        had
    }

    /// Nobody is reached by this connection any more: the devices whose bindings can no longer be reached.
    pub fn lose(&mut self, flow: &Flow) -> Vec<DeviceId> {
        self.reach(flow, false)
    }

    /// Somebody is reached by this connection after all: the devices whose bindings can be reached again.
    pub fn find(&mut self, flow: &Flow) -> Vec<DeviceId> {
        self.reach(flow, true)
    }

    fn reach(&mut self, flow: &Flow, reachable: bool) -> Vec<DeviceId> {
        let mut devices: Vec<_> = self.by(flow).collect();
        devices.retain(|device| {
            let bindings = self.bindings.get_mut(device).into_iter().flatten();
            let changed: Vec<_> =
                bindings.filter(|binding| binding.reachable != reachable && binding.flow == *flow).collect();
            let any = !changed.is_empty();
            changed.into_iter().for_each(|binding| binding.reachable = reachable);
            any
        });
        devices
    }

    /// The devices that are registered by this very way.
    fn by(&self, flow: &Flow) -> impl Iterator<Item = DeviceId> {
        let from_here = (*flow, DeviceId(uuid::Uuid::nil()));
        let ways = self.ways.get(&flow.remote.ip()).into_iter().flat_map(move |ways| ways.range(from_here..));
        ways.take_while(move |(way, _)| way == flow).map(|(_, device)| *device)
    }

    /// The Contact of a device that is registered by this very way.
    pub fn contact_by(&self, flow: &Flow) -> Option<Uri> {
        let device = self.by(flow).next()?;
        let binding = self.of(device).iter().find(|binding| binding.flow == *flow)?;
        Uri::parse(&binding.uri).ok()
    }

    /// Ends what is over by `now`: the devices that lost bindings.
    pub fn handle_timeout(&mut self, now: UnixMs) -> Vec<DeviceId> {
        let mut devices = vec![];
        while let Some(&(at, device)) = self.expiries.first()
            && at <= now
        {
            let kept = self.of(device).iter().filter(|binding| binding.expires_at > now).cloned().collect();
            self.put(device, kept);
            devices.push(device);
        }
        devices
    }

    /// When the first binding ends.
    pub fn poll_timeout(&self) -> Option<UnixMs> {
        self.expiries.first().map(|(at, _)| *at)
    }

    /// The device has these bindings from now on, and no others.
    fn note_ways(&mut self, device: DeviceId, bindings: &[Binding]) {
        let before: Vec<_> = self.of(device).iter().map(way(device)).collect();
        for (address, way) in before {
            if let Some(ways) = self.ways.get_mut(&address) {
                ways.remove(&way);
                if ways.is_empty() {
                    self.ways.remove(&address);
                }
            }
        }
        for (address, way) in bindings.iter().map(way(device)) {
            self.ways.entry(address).or_default().insert(way);
        }
    }

    fn put(&mut self, device: DeviceId, mut bindings: Vec<Binding>) {
        if let Some(at) = first_expiry(self.of(device)) {
            self.expiries.remove(&(at, device));
        }
        self.note_ways(device, &bindings);
        bindings.sort_by_key(|binding| std::cmp::Reverse(binding.q));
        match first_expiry(&bindings) {
            Some(at) => {
                self.expiries.insert((at, device));
                self.bindings.insert(device, bindings);
            }
            None => {
                self.bindings.remove(&device);
            }
        }
    }
}

fn way(device: DeviceId) -> impl Fn(&Binding) -> (IpAddr, (Flow, DeviceId)) {
    move |binding| (binding.flow.remote.ip(), (binding.flow, device))
}

fn first_expiry(bindings: &[Binding]) -> Option<UnixMs> {
    bindings.iter().map(|binding| binding.expires_at).min()
}

fn apply(
    bindings: &mut Vec<Binding>,
    update: Binding,
    order: (&str, u32),
    now: UnixMs,
) -> Result<(), Refusal> {
    if bindings.iter().any(|old| is_same(old, &update) && is_later(old, order)) {
        return Err(Refusal::OutOfOrder);
    }
    bindings.retain(|old| !is_same(old, &update) && !is_successor(old, &update));
    if update.expires_at > now {
        bindings.push(update);
    }
    Ok(())
}

/// True if a REGISTER of this order came after the one that set the binding, or is that very one.
fn is_later(old: &Binding, (call_id, cseq): (&str, u32)) -> bool {
    old.call_id == call_id && old.cseq >= cseq
}

/// True if both are one binding (RFC 3261 section 10.3; RFC 5626 section 6 for phones with flows).
fn is_same(old: &Binding, new: &Binding) -> bool {
    match (&old.instance, old.reg_id, &new.instance, new.reg_id) {
        (Some(a), Some(x), Some(b), Some(y)) => a == b && x == y,
        _ => match (Uri::parse(&old.uri), Uri::parse(&new.uri)) {
            (Ok(a), Ok(b)) => a.is_equivalent(&b),
            _ => old.uri == new.uri,
        },
    }
}

/// True if one phone came back with another Contact, as after a restart behind a NAT: it must not
/// ring twice.
fn is_successor(old: &Binding, new: &Binding) -> bool {
    old.instance.is_some() && old.instance == new.instance && old.reg_id.is_none() && new.reg_id.is_none()
}
