//! The top of SIP: one pure machine that turns messages into events and commands into messages.
//!
//! [`Endpoint`] finds the transaction, dialog and call that a message is for, decides who may call
//! and register, and answers what belongs to no call. `api` has what goes in and out.

pub mod account;
mod accounts;
mod admission;
pub mod api;
mod command;
pub mod config;
mod dial;
mod door;
pub mod errand;
pub mod heartbeat;
mod keepalive;
pub mod party;
mod policy;
mod proper;
mod receive;
mod refer;
mod register;
mod resolving;
pub mod stack;
mod stats;
mod subscribe;
pub mod trunks;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::call::{Call, Failure};
use super::digest::{Authenticator, Ha1};
pub use super::flow::{self, Destination, Flow, Transport};
use super::guard::{BanView, Guard};
use super::registrar::Registrar;
use super::subscription::{End, Subscriptions};
use super::transaction::{ClientId, table};
use crate::entropy::Entropy;
use crate::id::{DeviceId, TrunkId};
use crate::time::{Time, UnixMs};
pub use account::{Account, Binding};
use accounts::Accounts;
use admission::Admission;
pub use api::{Command, Event, Input, Output};
pub use config::{EndpointConfig, Limits};
use errand::{Errand, Purpose};
use heartbeat::Heartbeats;
use keepalive::KeepAlive;
pub use party::{
    By, CallRef, Cause, Identity, Incoming, Origin, ReferRef, ReferTo, Replaced, Replaces, SubscriptionRef,
    Target,
};
use resolving::Query;
use stack::Stack;
pub use stats::Stats;
pub use trunks::TrunkView;
pub use trunks::peer::{FromUser, Hop, IdentityHeader, Server, TrunkPeer};

/// The top of SIP.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Endpoint {
    stack: Stack,
    authenticator: Authenticator,
    accounts: Accounts,
    guard: Guard,
    /// Stands for the secret of a user who does not exist, so that refusing takes as long and looks the same. Nobody
    /// knows what it was made of.
    nobody: Ha1,
    registrar: Registrar,
    calls: BTreeMap<CallRef, Entry>,
    /// Call-ID and our tag of every call.
    dialogs: BTreeMap<String, CallRef>,
    timers: BTreeSet<(Time, CallRef)>,
    /// Requests of ours that belong to no call.
    errands: BTreeMap<(TrunkId, Purpose), Errand>,
    /// Numbers that a device may always call.
    emergency: BTreeSet<String>,
    subscriptions: Subscriptions,
    keep_alive: KeepAlive,
    heartbeats: Heartbeats,
    live: usize,
    queries: BTreeMap<u64, Query>,
    next_query: u64,
    /// Set when new calls are refused: after how many seconds to try again.
    draining: Option<u32>,
    admission: Admission,
    /// Connections that were closed because they were of no use.
    strangers_closed: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Entry {
    call: Call,
    armed: Option<Time>,
    /// Counted among the live calls.
    counted: bool,
}

/// Whose a transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Owner {
    /// A call's.
    Call(CallRef),
    /// It belongs to no call.
    Errand(TrunkId, Purpose),
    /// A subscription's.
    Subscription(SubscriptionRef),
    /// It asks whether the page behind a browser's connection is alive.
    Heartbeat(Flow),
}

impl From<SubscriptionRef> for Owner {
    fn from(subscription: SubscriptionRef) -> Self {
        Owner::Subscription(subscription)
    }
}

impl From<CallRef> for Owner {
    fn from(call: CallRef) -> Self {
        Owner::Call(call)
    }
}

impl Endpoint {
    /// An endpoint without accounts, trunks and calls.
    pub fn new(config: EndpointConfig, mut entropy: Entropy) -> Self {
        Self {
            authenticator: Authenticator::new(&config.realm, config.digest.clone(), entropy.fork()),
            accounts: Accounts::default(),
            guard: Guard::new(config.guard),
            nobody: Ha1::of("", &entropy.token(32), &entropy.token(32)),
            registrar: Registrar::new(config.limits.bindings),
            calls: BTreeMap::new(),
            dialogs: BTreeMap::new(),
            timers: BTreeSet::new(),
            errands: BTreeMap::new(),
            emergency: BTreeSet::new(),
            subscriptions: Subscriptions::default(),
            keep_alive: KeepAlive::default(),
            heartbeats: Heartbeats::default(),
            live: 0,
            queries: BTreeMap::new(),
            next_query: 0,
            draining: None,
            admission: Admission::default(),
            strangers_closed: 0,
            stack: Stack::new(config, entropy),
        }
    }

    /// Takes a message, a command, or the answer to a question.
    pub fn handle(&mut self, input: Input, now: Time) {
        match input {
            Input::Received { flow, bytes } => self.receive(flow, bytes, now),
            Input::FlowClosed { flow } => {
                self.stack.connection_closed(&flow);
                self.stack.trunks.connection_closed(&flow, &mut self.stack.entropy, now);
                self.lose(&Destination::Flow(flow), now);
                self.strand(&flow);
                self.heartbeats.forget(&flow);
                self.lose_bindings(&flow);
                self.lose_subscriptions(&flow, now);
            }
            Input::SendFailed { to, why } => {
                self.stack.trunks.unreached(&to, &why);
                self.lose(&to, now);
                if let Destination::Flow(flow) = to
                    && flow.connection.is_some()
                {
                    self.lose_bindings(&flow);
                    self.lose_subscriptions(&flow, now);
                }
            }
            Input::FlowStands { flow } => self.review(flow),
            Input::Resolved { query, result } => self.resolved(query, result, now),
            Input::Command(command) => self.command(command, now),
        }
        self.keep_alive.start(&self.registrar, now);
        self.settle(now);
    }

    /// Lets time pass. Call it no later than [`poll_timeout`](Self::poll_timeout) asks.
    pub fn handle_timeout(&mut self, now: Time) {
        self.stack.transactions.handle_timeout(now);
        self.settle(now);
        while let Some(&(at, reference)) = self.timers.first()
            && at <= now
        {
            self.timers.remove(&(at, reference));
            if let Some(entry) = self.calls.get_mut(&reference) {
                entry.armed = None;
                entry.call.handle_timeout(&mut self.stack, now);
            }
            self.touch(reference);
        }
        for device in self.registrar.handle_timeout(self.wall(now)) {
            self.bindings_changed(device, now);
        }
        self.tend_subscriptions(now);
        self.tend_trunks(now);
        self.tend_pages(now);
        for flow in self.keep_alive.handle_timeout(&self.registrar, now) {
            self.stack.output(Output::Send { to: Destination::Flow(flow), bytes: keepalive::PING });
        }
        self.settle(now);
    }

    /// When something is next due.
    pub fn poll_timeout(&self) -> Option<Time> {
        let expiry = self.registrar.poll_timeout().map(|at| self.moment(at));
        let call = self.timers.first().map(|(at, _)| *at);
        let (trunk, ping) = (self.stack.trunks.poll_timeout(), self.keep_alive.poll_timeout());
        let errand = self.errand_timeout();
        let (subscription, page) = (self.subscriptions.poll_timeout(), self.heartbeats.poll_timeout());
        [self.stack.transactions.poll_timeout(), call, expiry, trunk, errand, ping, subscription, page]
            .into_iter()
            .flatten()
            .min()
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.stack.poll_output()
    }

    /// The Call-ID of a call.
    pub fn call_id(&self, call: CallRef) -> Option<&str> {
        self.calls.get(&call).map(|entry| entry.call.key().0)
    }

    /// The bindings of a device, the most wanted first.
    pub fn bindings(&self, device: DeviceId) -> &[Binding] {
        self.registrar.of(device)
    }

    /// How the providers fare.
    pub fn trunks(&self, now: Time) -> Vec<TrunkView> {
        self.stack.trunks.views(now)
    }

    /// Who has to be at the other end of a connection over TLS to this provider.
    pub fn server(&self, trunk: TrunkId) -> Option<Server> {
        self.stack.trunks.peer(trunk).map(TrunkPeer::server)
    }

    /// The bans that stand.
    pub fn bans(&self, now: Time) -> Vec<BanView> {
        self.guard.bans(now)
    }

    /// Lets a call do something, and sees to its timer after that.
    fn with_call(&mut self, reference: CallRef, step: impl FnOnce(&mut Call, &mut Stack)) {
        if let Some(entry) = self.calls.get_mut(&reference) {
            step(&mut entry.call, &mut self.stack);
            self.touch(reference);
        }
    }

    fn add_call(&mut self, reference: CallRef, call: Call) {
        let (call_id, tag) = call.key();
        self.dialogs.insert(dialog_key(call_id, tag), reference);
        self.live += 1;
        self.calls.insert(reference, Entry { call, armed: None, counted: true });
        self.touch(reference);
    }

    /// Sets the timer of a call that did something, and forgets it if it is over.
    fn touch(&mut self, reference: CallRef) {
        let Some(entry) = self.calls.get_mut(&reference) else { return };
        let over = entry.call.is_over();
        let wanted = entry.call.poll_timeout().filter(|_| !over);
        if entry.armed != wanted {
            entry.armed.take().map(|at| self.timers.remove(&(at, reference)));
            wanted.map(|at| self.timers.insert((at, reference)));
            entry.armed = wanted;
        }
        if entry.counted && !entry.call.is_live() {
            entry.counted = false;
            self.live -= 1;
        }
        if over {
            let (call_id, tag) = entry.call.key();
            self.dialogs.remove(&dialog_key(call_id, tag));
            self.calls.remove(&reference);
        }
    }

    /// Carries out what the transactions want.
    fn settle(&mut self, now: Time) {
        while let Some(output) = self.stack.transactions.poll_output() {
            match output {
                table::Output::Send { to, bytes } if !bytes.is_empty() => {
                    self.stack.output(Output::Send { to, bytes });
                }
                table::Output::Send { .. } => {}
                table::Output::TimedOut { client, owner } => {
                    self.lost(client, owner, Failure::Timeout, now);
                }
            }
        }
    }

    /// Nothing reaches this place any more: what was sent there fails.
    fn lose(&mut self, to: &Destination, now: Time) {
        for (client, owner) in self.stack.transactions.fail(to, now) {
            self.lost(client, owner, Failure::Transport, now);
        }
    }

    /// A request of ours gets no response.
    fn lost(&mut self, client: ClientId, owner: Owner, failure: Failure, now: Time) {
        match owner {
            Owner::Call(call) => {
                self.with_call(call, |call, stack| call.failed(client, failure, stack, now));
            }
            Owner::Errand(trunk, purpose) => self.errand_failed((trunk, purpose), client, failure, now),
            Owner::Subscription(subscription) => self.notify_failed(subscription, client, now),
            Owner::Heartbeat(flow) => self.page_silent(flow, client, now),
        }
    }

    /// Tells which answered calls of a browser had only this connection: a page that is loaded anew says no goodbye.
    fn strand(&mut self, flow: &Flow) {
        if !flow.transport.is_websocket() {
            return;
        }
        let stranded =
            self.calls.iter().filter(|(_, entry)| entry.call.is_up() && entry.call.stands_on(flow));
        let stranded: Vec<CallRef> = stranded.map(|(call, _)| *call).collect();
        stranded.into_iter().for_each(|call| self.stack.event(Event::Stranded { call }));
    }

    fn lose_bindings(&mut self, flow: &Flow) {
        for device in self.registrar.lose(flow) {
            self.tell_bindings(device);
        }
    }

    /// The bindings of a device changed. Without any it is gone, and its subscriptions end.
    fn bindings_changed(&mut self, device: DeviceId, now: Time) {
        self.tell_bindings(device);
        self.heartbeats.watch(self.registrar.of(device), now);
        if self.registrar.of(device).is_empty() {
            self.end_subscriptions(device, End::Timeout, now);
        }
    }

    fn tell_bindings(&mut self, device: DeviceId) {
        let bindings = self.registrar.of(device).to_vec();
        self.stack.event(Event::Bindings { device, bindings });
    }

    fn restore(&mut self, mut binding: Binding, now: Time) {
        let device = binding.device;
        binding.reachable &= binding.flow.connection.is_none();
        self.registrar.restore(binding, self.wall(now));
        self.tell_bindings(device);
    }

    fn wall(&self, now: Time) -> UnixMs {
        self.stack.config.epoch.wall(now)
    }

    fn moment(&self, wall: UnixMs) -> Time {
        let since = wall.0.saturating_sub(self.stack.config.epoch.0.0);
        Time::from_millis(u64::try_from(since).unwrap_or(0))
    }
}

fn dialog_key(call_id: &str, tag: &str) -> String {
    format!("{call_id} {tag}")
}
