//! Endpoints on a simulated network that loses, doubles, delays and reorders what it carries.
//!
//! Time is simulated too: it jumps from event to event, so an hour of calls takes milliseconds, and the
//! same seed gives the same run.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;

use super::endpoint::{
    Account, CallRef, Command, Destination, Endpoint, EndpointConfig, Event, Flow, Identity, Input, Output,
    Target, Transport,
};
use super::message::Message;
use crate::entropy::Entropy;
use crate::id::DeviceId;
use crate::sip::digest::Ha1;
use crate::time::{Time, UnixMs};

/// What the network does to datagrams. Connections deliver all, in order.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    /// Of a thousand datagrams so many are lost.
    pub lost: u32,
    /// And so many arrive twice.
    pub doubled: u32,
    /// Milliseconds on the way, at least and at most.
    pub latency: (u32, u32),
}

impl Weather {
    pub const FINE: Weather = Weather { lost: 0, doubled: 0, latency: (5, 5) };
    pub const BAD: Weather = Weather { lost: 150, doubled: 100, latency: (1, 300) };
    pub const BROKEN: Weather = Weather { lost: 1000, doubled: 0, latency: (5, 5) };
}

/// One endpoint and what it told.
pub struct Node {
    pub endpoint: Endpoint,
    pub address: SocketAddr,
    pub events: Vec<(Time, Event)>,
    pub sent: Vec<(Time, Message)>,
}

/// A network of endpoints.
pub struct Net {
    pub now: Time,
    pub weather: Weather,
    pub nodes: Vec<Node>,
    entropy: Entropy,
    carried: BTreeMap<(Time, u64), (usize, Flow, Bytes)>,
    due: BTreeMap<(Time, u64), (usize, Command)>,
    /// Connections by their two ends, the one that opened it first.
    connections: BTreeMap<(SocketAddr, SocketAddr), u64>,
    count: u64,
    /// Messages for which this says true are lost, whatever the weather.
    pub drop: fn(&Message) -> bool,
}

impl Net {
    /// `count` endpoints, each of which takes calls of everybody.
    pub fn new(count: usize, seed: u64) -> Self {
        Self::with_config(count, seed, EndpointConfig::default())
    }

    pub fn with_config(count: usize, seed: u64, config: EndpointConfig) -> Self {
        let mut entropy = Entropy::from_number(seed);
        let node = |at: usize| {
            let address: SocketAddr = format!("192.0.2.{}:5060", at + 1).parse().unwrap();
            let guests = vec![("0.0.0.0".parse().unwrap(), 0)];
            let config = EndpointConfig { udp: vec![address], tcp: vec![address], guests, ..config.clone() };
            let endpoint = Endpoint::new(config, entropy.fork());
            Node { endpoint, address, events: vec![], sent: vec![] }
        };
        let nodes = (0..count).map(node).collect();
        Self {
            now: Time::ZERO,
            weather: Weather::FINE,
            nodes,
            entropy: entropy.fork(),
            carried: BTreeMap::new(),
            due: BTreeMap::new(),
            connections: BTreeMap::new(),
            count: 0,
            drop: |_| false,
        }
    }

    /// Gives a node a command now.
    pub fn command(&mut self, node: usize, command: Command) {
        self.input(node, Input::Command(command));
    }

    /// Gives a node a command after a while.
    pub fn command_in(&mut self, ms: u64, node: usize, command: Command) {
        self.count += 1;
        self.due.insert((self.now + Duration::from_millis(ms), self.count), (node, command));
    }

    /// Gives a node anything now.
    pub fn input(&mut self, node: usize, input: Input) {
        self.nodes[node].endpoint.handle(input, self.now);
        self.collect(node);
    }

    /// Runs until `end`, step by step.
    pub fn run_until(&mut self, end: Time) {
        while let Some(next) = self.next().filter(|next| *next <= end) {
            self.step(next);
        }
        self.now = end;
    }

    /// Runs for a while.
    pub fn run(&mut self, seconds: u64) {
        self.run_until(self.now + Duration::from_secs(seconds));
    }

    /// Runs until there is nothing left to do, or for an hour; says how long it took.
    pub fn run_dry(&mut self) -> Duration {
        let start = self.now;
        while let Some(next) = self.next().filter(|next| *next < start + Duration::from_secs(3600)) {
            self.step(next);
        }
        self.now - start
    }

    /// Tells what a node told since it was last asked.
    pub fn take_events(&mut self, node: usize) -> Vec<Event> {
        std::mem::take(&mut self.nodes[node].events).into_iter().map(|(_, event)| event).collect()
    }

    /// Breaks all connections of a node.
    pub fn break_connections(&mut self, node: usize) {
        let address = self.nodes[node].address;
        let broken: Vec<_> =
            self.connections.keys().filter(|(a, b)| *a == address || *b == address).copied().collect();
        for (a, b) in broken {
            let connection = self.connections.remove(&(a, b));
            for (local, remote) in [(a, b), (b, a)] {
                let flow = Flow { transport: Transport::Tcp, local, remote, connection };
                if let Some(node) = self.node_at(local) {
                    self.input(node, Input::FlowClosed { flow });
                }
            }
        }
    }

    fn next(&self) -> Option<Time> {
        let timeouts = self.nodes.iter().filter_map(|node| node.endpoint.poll_timeout()).min();
        let carried = self.carried.keys().next().map(|(at, _)| *at);
        let due = self.due.keys().next().map(|(at, _)| *at);
        [timeouts, carried, due].into_iter().flatten().min().map(|at| at.max(self.now))
    }

    fn step(&mut self, now: Time) {
        self.now = now;
        for node in 0..self.nodes.len() {
            if self.nodes[node].endpoint.poll_timeout().is_some_and(|at| at <= now) {
                self.nodes[node].endpoint.handle_timeout(now);
                self.collect(node);
            }
        }
        while let Some(entry) = self.carried.first_entry().filter(|entry| entry.key().0 <= now) {
            let (node, flow, bytes) = entry.remove();
            self.input(node, Input::Received { flow, bytes });
        }
        while let Some(entry) = self.due.first_entry().filter(|entry| entry.key().0 <= now) {
            let (node, command) = entry.remove();
            self.command(node, command);
        }
    }

    fn collect(&mut self, node: usize) {
        while let Some(output) = self.nodes[node].endpoint.poll_output() {
            match output {
                Output::Send { to, bytes } => self.send(node, to, bytes),
                Output::Event(event) => self.nodes[node].events.push((self.now, event)),
                Output::Resolve { query, .. } => {
                    self.input(node, Input::Resolved { query, result: Err("no names here".into()) });
                }
                Output::Close { .. } => {}
            }
        }
    }

    fn send(&mut self, from: usize, to: Destination, bytes: Bytes) {
        let message = Message::parse(bytes.clone()).unwrap_or_else(|error| panic!("{error}: {bytes:?}"));
        let dropped = (self.drop)(&message);
        self.nodes[from].sent.push((self.now, message));
        let (local, remote) = (self.nodes[from].address, to.remote());
        let Some(node) = self.node_at(remote) else { return };
        if dropped {
            return;
        }
        let connection = match to {
            Destination::Flow(flow) if flow.connection.is_some() => {
                if !self.connections.values().any(|open| Some(*open) == flow.connection) {
                    self.input(from, Input::SendFailed { to, why: "it is closed".into() });
                    return;
                }
                flow.connection
            }
            _ if to.transport().is_reliable() => Some(self.connection(local, remote)),
            _ => None,
        };
        let flow = Flow { transport: to.transport(), local: remote, remote: local, connection };
        match connection {
            Some(_) => self.carry(5, node, flow, bytes),
            None => self.carry_datagram(node, flow, bytes),
        }
    }

    fn carry_datagram(&mut self, node: usize, flow: Flow, bytes: Bytes) {
        let Weather { lost, doubled, latency: (least, most) } = self.weather;
        let copies = 1 + usize::from(self.entropy.u32() % 1000 < doubled);
        for _ in 0..copies {
            let ms = least + self.entropy.u32() % (most - least + 1);
            if self.entropy.u32() % 1000 >= lost {
                self.carry(ms.into(), node, flow, bytes.clone());
            }
        }
    }

    fn carry(&mut self, ms: u64, node: usize, flow: Flow, bytes: Bytes) {
        self.count += 1;
        self.carried.insert((self.now + Duration::from_millis(ms), self.count), (node, flow, bytes));
    }

    fn connection(&mut self, local: SocketAddr, remote: SocketAddr) -> u64 {
        if let Some(open) = self.connections.get(&(local, remote)).or(self.connections.get(&(remote, local)))
        {
            return *open;
        }
        self.count += 1;
        self.connections.insert((local, remote), self.count);
        self.count
    }

    fn node_at(&self, address: SocketAddr) -> Option<usize> {
        self.nodes.iter().position(|node| node.address == address)
    }
}

/// A call from one node to another, with an offer unless it is to be late.
pub fn dial(call: u64, to: SocketAddr, transport: &str, offer: Option<&str>) -> Command {
    Command::Dial {
        call: CallRef(call),
        target: Target::Uri { uri: format!("sip:bob@{to};transport={transport}") },
        from: Identity { user: "ann".into(), ..Identity::default() },
        to_user: None,
        offer: offer.map(|offer| Bytes::copy_from_slice(offer.as_bytes())),
        max_forwards: 70,
        headers: vec![],
    }
}

/// The calls that a node was told to have begun.
pub fn incoming(events: &[Event]) -> Vec<CallRef> {
    events
        .iter()
        .filter_map(|event| match event {
            Event::Incoming { call, .. } => Some(*call),
            _ => None,
        })
        .collect()
}

/// The call that an event is about.
pub fn call_of(event: &Event) -> Option<CallRef> {
    match event {
        Event::Incoming { call, .. }
        | Event::Progress { call, .. }
        | Event::Answered { call, .. }
        | Event::Established { call, .. }
        | Event::OfferReceived { call, .. }
        | Event::OfferAnswered { call, .. }
        | Event::OfferRefused { call, .. }
        | Event::Refer { call, .. }
        | Event::InfoDigit { call, .. }
        | Event::Stranded { call }
        | Event::Ended { call, .. } => Some(*call),
        Event::Bindings { .. }
        | Event::Subscribed { .. }
        | Event::Unsubscribed { .. }
        | Event::Trunk { .. }
        | Event::TrunkFamily { .. }
        | Event::Banned(_)
        | Event::Trouble { .. } => None,
    }
}

/// A device with this name and password.
pub fn account(name: &str, password: &str) -> Account {
    let mut entropy = Entropy::from_number(name.bytes().map(u64::from).sum());
    let ha1 = Ha1::of(name, "hovor", password);
    Account {
        device: DeviceId::new(UnixMs(0), &mut entropy),
        username: name.into(),
        ha1_md5: ha1.md5,
        ha1_sha256: ha1.sha256,
    }
}

/// What is left in a node.
pub fn leftovers(node: &Node) -> (usize, usize) {
    let stats = node.endpoint.stats();
    (stats.transactions, stats.calls + stats.lingering)
}

/// Asserts that each call ended exactly once, and that nothing was told of it after that.
pub fn assert_ended_once(events: &[Event]) {
    let mut over = BTreeSet::new();
    let mut begun = BTreeSet::new();
    for event in events {
        let Some(call) = call_of(event) else { continue };
        begun.insert(call);
        assert!(!over.contains(&call), "{event:?} after the end of its call");
        if matches!(event, Event::Ended { .. }) {
            over.insert(call);
        }
    }
    assert_eq!(begun, over, "every call ends");
}
