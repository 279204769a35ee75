//! All subscriptions, found by what their messages carry, and their timers.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Subscription;
use crate::id::DeviceId;
use crate::sip::endpoint::SubscriptionRef;
use crate::sip::flow::Flow;
use crate::time::Time;

/// All subscriptions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Subscriptions {
    all: BTreeMap<SubscriptionRef, Entry>,
    /// Call-ID and our tag of each.
    dialogs: BTreeMap<String, SubscriptionRef>,
    /// Those of each device, the oldest first.
    devices: BTreeMap<DeviceId, BTreeSet<SubscriptionRef>>,
    timers: BTreeSet<(Time, SubscriptionRef)>,
    last: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Entry {
    subscription: Subscription,
    armed: Option<Time>,
}

impl Subscriptions {
    /// A name for a new one.
    pub fn draw(&mut self) -> SubscriptionRef {
        self.last += 1;
        SubscriptionRef(self.last)
    }

    /// Takes one in.
    pub fn add(&mut self, reference: SubscriptionRef, subscription: Subscription) {
        self.dialogs.insert(key(subscription.key()), reference);
        self.devices.entry(subscription.device).or_default().insert(reference);
        self.all.insert(reference, Entry { subscription, armed: None });
        self.touch(reference);
    }

    /// One of them.
    pub fn get(&self, reference: SubscriptionRef) -> Option<&Subscription> {
        self.all.get(&reference).map(|entry| &entry.subscription)
    }

    /// One of them, after which [`touch`](Self::touch) is due.
    pub fn get_mut(&mut self, reference: SubscriptionRef) -> Option<&mut Subscription> {
        self.all.get_mut(&reference).map(|entry| &mut entry.subscription)
    }

    /// The one with this Call-ID and tag of ours.
    pub fn find(&self, call_id: &str, tag: &str) -> Option<(SubscriptionRef, &Subscription)> {
        let reference = *self.dialogs.get(&key((call_id, tag)))?;
        Some((reference, self.get(reference)?))
    }

    /// Those of a device, the oldest first.
    pub fn of(&self, device: DeviceId) -> Vec<SubscriptionRef> {
        self.devices.get(&device).map(|all| all.iter().copied().collect()).unwrap_or_default()
    }

    /// Those that are told over a connection.
    pub fn by(&self, flow: &Flow) -> Vec<SubscriptionRef> {
        let by = self.all.iter().filter(|(_, entry)| entry.subscription.is_by(flow));
        by.map(|(reference, _)| *reference).collect()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// Sets the timer of one that did something, and forgets it if it is over.
    pub fn touch(&mut self, reference: SubscriptionRef) {
        let Some(entry) = self.all.get_mut(&reference) else { return };
        let over = entry.subscription.is_over();
        let wanted = entry.subscription.poll_timeout().filter(|_| !over);
        if entry.armed != wanted {
            entry.armed.take().map(|at| self.timers.remove(&(at, reference)));
            wanted.map(|at| self.timers.insert((at, reference)));
            entry.armed = wanted;
        }
        if over {
            self.forget(reference);
        }
    }

    /// One that is due at `now`.
    pub fn due(&self, now: Time) -> Option<SubscriptionRef> {
        self.timers.first().filter(|(at, _)| *at <= now).map(|(_, reference)| *reference)
    }

    /// When the first is due.
    pub fn poll_timeout(&self) -> Option<Time> {
        self.timers.first().map(|(at, _)| *at)
    }

    fn forget(&mut self, reference: SubscriptionRef) {
        let Some(Entry { subscription, .. }) = self.all.remove(&reference) else { return };
        self.dialogs.remove(&key(subscription.key()));
        if let Some(others) = self.devices.get_mut(&subscription.device) {
            others.remove(&reference);
            if others.is_empty() {
                self.devices.remove(&subscription.device);
            }
        }
    }
}

fn key((call_id, tag): (&str, &str)) -> String {
    format!("{call_id} {tag}")
}
