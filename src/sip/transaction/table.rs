//! All transactions of an endpoint, found by what their messages carry, and their timers.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::arrival::{Arrival, Kind, RequestKey};
use super::machine::{ClientMachine, ServerMachine};
use super::{client, invite_client, invite_server};
use crate::sip::flow::Destination;
use crate::time::Time;

/// One request that we answer. Never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ServerId(u64);

/// One request that we sent. Never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientId(u64);

/// What the transactions want done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Output<O> {
    /// Send this.
    Send {
        /// Where to.
        to: Destination,
        /// The message.
        bytes: Bytes,
    },
    /// A request was not answered in time.
    TimedOut {
        /// Which.
        client: ClientId,
        /// Whose.
        owner: O,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct ServerEntry<O> {
    machine: ServerMachine,
    key: RequestKey,
    to: Destination,
    owner: Option<O>,
    armed: Option<Time>,
    /// Bytes that its key and its answer take.
    weight: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct ClientEntry<O> {
    machine: ClientMachine,
    key: String,
    to: Destination,
    owner: O,
    armed: Option<Time>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Id {
    Server(ServerId),
    Client(ClientId),
}

/// All transactions of an endpoint. `O` says whose a request of ours is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transactions<O> {
    servers: BTreeMap<ServerId, ServerEntry<O>>,
    clients: BTreeMap<ClientId, ClientEntry<O>>,
    by_hop: BTreeMap<String, ServerId>,
    by_origin: BTreeMap<String, ServerId>,
    by_branch: BTreeMap<String, ClientId>,
    timers: BTreeSet<(Time, Id)>,
    outputs: VecDeque<Output<O>>,
    next: u64,
    limit: usize,
    /// Bytes that the requests of others take.
    weight: usize,
}

impl<O: Clone> Transactions<O> {
    /// No transactions, and never more than `limit` requests of others, or what so many take as a rule.
    pub fn new(limit: usize) -> Self {
        Self {
            servers: BTreeMap::new(),
            clients: BTreeMap::new(),
            by_hop: BTreeMap::new(),
            by_origin: BTreeMap::new(),
            by_branch: BTreeMap::new(),
            timers: BTreeSet::new(),
            outputs: VecDeque::new(),
            next: 0,
            limit,
            weight: 0,
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.servers.len() + self.clients.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.servers.is_empty() && self.clients.is_empty()
    }

    /// A request other than ACK came; answers go back to `to`.
    pub fn receive(&mut self, key: RequestKey, kind: Kind, to: Destination, now: Time) -> Arrival {
        if let Some(&id) = self.by_hop.get(&key.hop) {
            if let Some(entry) = self.servers.get_mut(&id) {
                entry.machine.repeat(now);
            }
            self.settle(Id::Server(id));
            return Arrival::Absorbed;
        }
        let twin = key.origin.as_ref().and_then(|origin| self.by_origin.get(origin));
        if twin.and_then(|twin| self.servers.get(twin)).is_some_and(|entry| entry.machine.is_ongoing()) {
            return Arrival::Merged;
        }
        if !kind.finds_room(self.len(), self.weight, self.limit) {
            return Arrival::Full;
        }
        let id = ServerId(self.number());
        self.by_hop.insert(key.hop.clone(), id);
        if let Some(origin) = key.origin.clone() {
            self.by_origin.insert(origin, id);
        }
        let invite = kind != Kind::Other;
        let machine = ServerMachine::new(invite, to.transport().is_reliable());
        let weight = key.weight();
        self.weight += weight;
        self.servers.insert(id, ServerEntry { machine, key, to, owner: None, armed: None, weight });
        Arrival::New(id)
    }

    /// An ACK came. True if it was for a refusal and is dealt with; else it is for a call.
    pub fn acknowledge(&mut self, hop: &str, now: Time) -> bool {
        let Some(&id) = self.by_hop.get(hop) else { return false };
        let Some(ServerEntry { machine: ServerMachine::Invite(machine), .. }) = self.servers.get_mut(&id)
        else {
            return false;
        };
        if !machine.is_refused() {
            return false;
        }
        machine.handle(invite_server::Input::Ack, now);
        self.settle(Id::Server(id));
        true
    }

    /// Notes whose a request of a peer is.
    pub fn assign(&mut self, server: ServerId, owner: O) {
        if let Some(entry) = self.servers.get_mut(&server) {
            entry.owner = Some(owner);
        }
    }

    /// The request that a CANCEL names by its hop, whose it is, and where its answers go.
    pub fn find(&self, hop: &str) -> Option<(ServerId, Option<O>, Destination)> {
        let id = self.by_hop.get(hop)?;
        let entry = self.servers.get(id)?;
        Some((*id, entry.owner.clone(), entry.to))
    }

    /// True if the request still waits for its final answer.
    pub fn is_open(&self, server: ServerId) -> bool {
        self.servers.get(&server).is_some_and(|entry| entry.machine.is_open())
    }

    /// Answers a request. Nothing happens if it was answered before or is forgotten.
    pub fn answer(&mut self, server: ServerId, status: u16, response: Bytes, now: Time) {
        let Some(entry) = self.servers.get_mut(&server) else { return };
        // An answer takes the place of the one before.
        let weight = entry.key.weight() + response.len();
        self.weight = self.weight + weight - entry.weight;
        entry.weight = weight;
        entry.machine.answer(status, response, now);
        self.settle(Id::Server(server));
    }

    /// Sends a request. `branch` is that of its Via and new, except that a CANCEL has its INVITE's.
    pub fn send(
        &mut self,
        method: &str,
        branch: &str,
        bytes: Bytes,
        to: Destination,
        owner: O,
        now: Time,
    ) -> ClientId {
        let id = ClientId(self.number());
        let key = client_key(method, branch);
        self.by_branch.insert(key.clone(), id);
        let machine = ClientMachine::new(method == "INVITE", bytes, to.transport().is_reliable(), now);
        self.clients.insert(id, ClientEntry { machine, key, to, owner, armed: None });
        self.settle(Id::Client(id));
        id
    }

    /// A response came, to the request with this branch and method. `ack` makes the ACK to a
    /// refusal out of the INVITE. Says whose request it was if the response is news.
    pub fn respond(
        &mut self,
        (method, branch): (&str, &str),
        status: u16,
        ack: impl FnOnce(&Bytes) -> Bytes,
        now: Time,
    ) -> Option<(ClientId, O)> {
        let id = *self.by_branch.get(&client_key(method, branch))?;
        let entry = self.clients.get_mut(&id)?;
        match &mut entry.machine {
            ClientMachine::Other(machine) => machine.respond(status, now),
            ClientMachine::Invite(machine) => machine.handle(
                match status {
                    100..200 => invite_client::Input::Provisional,
                    200..300 => invite_client::Input::Accepted,
                    _ => invite_client::Input::Refused { ack: machine.invite().map(ack).unwrap_or_default() },
                },
                now,
            ),
        }
        let owner = entry.owner.clone();
        self.settle(Id::Client(id)).then_some((id, owner))
    }

    /// Nothing can be sent to this place: the unanswered requests that went there, and whose.
    pub fn fail(&mut self, to: &Destination, now: Time) -> Vec<(ClientId, O)> {
        let lost: Vec<(ClientId, O)> = self
            .clients
            .iter()
            .filter(|(_, entry)| entry.to == *to && entry.machine.is_open())
            .map(|(id, entry)| (*id, entry.owner.clone()))
            .collect();
        for (id, _) in &lost {
            self.abandon(*id, now);
        }
        lost
    }

    /// Stops a request of ours: nobody wants its answer any more.
    pub fn abandon(&mut self, client: ClientId, now: Time) {
        let Some(entry) = self.clients.get_mut(&client) else { return };
        entry.machine.abandon(now);
        self.settle(Id::Client(client));
    }

    /// Lets time pass. Call it no later than [`poll_timeout`](Self::poll_timeout) asks.
    pub fn handle_timeout(&mut self, now: Time) {
        while let Some(&(at, id)) = self.timers.first()
            && at <= now
        {
            match id {
                Id::Server(server) => {
                    if let Some(entry) = self.servers.get_mut(&server) {
                        entry.machine.handle_timeout(now);
                    }
                }
                Id::Client(client) => {
                    if let Some(entry) = self.clients.get_mut(&client) {
                        entry.machine.handle_timeout(now);
                    }
                }
            }
            self.settle(id);
        }
    }

    /// When the first of them wants to be woken.
    pub fn poll_timeout(&self) -> Option<Time> {
        self.timers.first().map(|(at, _)| *at)
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<Output<O>> {
        self.outputs.pop_front()
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Collects what a machine wants, sets its timer, and forgets it if it is done. True if it
    /// wants a response delivered.
    fn settle(&mut self, id: Id) -> bool {
        match id {
            Id::Server(server) => {
                self.settle_server(server);
                false
            }
            Id::Client(client) => self.settle_client(client),
        }
    }

    fn settle_server(&mut self, id: ServerId) {
        let Some(entry) = self.servers.get_mut(&id) else { return };
        while let Some(bytes) = entry.machine.poll_output() {
            self.outputs.push_back(Output::Send { to: entry.to, bytes });
        }
        rearm(&mut self.timers, &mut entry.armed, entry.machine.poll_timeout(), Id::Server(id));
        if entry.machine.is_terminated() {
            self.forget(id);
        }
    }

    /// Forgets a request: a repeat of it is new.
    pub fn forget(&mut self, id: ServerId) {
        let Some(mut entry) = self.servers.remove(&id) else { return };
        self.weight -= entry.weight;
        rearm(&mut self.timers, &mut entry.armed, None, Id::Server(id));
        self.by_hop.remove(&entry.key.hop);
        if let Some(origin) = &entry.key.origin
            && self.by_origin.get(origin) == Some(&id)
        {
            self.by_origin.remove(origin);
        }
    }

    fn settle_client(&mut self, id: ClientId) -> bool {
        let Some(entry) = self.clients.get_mut(&id) else { return false };
        let mut deliver = false;
        while let Some(output) = entry.machine.poll_output() {
            match output {
                client::Output::Send(bytes) => self.outputs.push_back(Output::Send { to: entry.to, bytes }),
                client::Output::Deliver => deliver = true,
                client::Output::TimedOut => {
                    self.outputs.push_back(Output::TimedOut { client: id, owner: entry.owner.clone() });
                }
            }
        }
        rearm(&mut self.timers, &mut entry.armed, entry.machine.poll_timeout(), Id::Client(id));
        if entry.machine.is_terminated()
            && let Some(mut entry) = self.clients.remove(&id)
        {
            rearm(&mut self.timers, &mut entry.armed, None, Id::Client(id));
            self.by_branch.remove(&entry.key);
        }
        deliver
    }
}

/// A CANCEL shares the branch of its INVITE, so the method belongs to the key.
fn client_key(method: &str, branch: &str) -> String {
    format!("{method} {branch}")
}

fn rearm(timers: &mut BTreeSet<(Time, Id)>, armed: &mut Option<Time>, wanted: Option<Time>, id: Id) {
    if *armed == wanted {
        return;
    }
    if let Some(at) = armed.take() {
        timers.remove(&(at, id));
    }
    if let Some(at) = wanted {
        timers.insert((at, id));
    }
    *armed = wanted;
}
