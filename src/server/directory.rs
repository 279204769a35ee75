//! The configuration in the store, in the words of each room that needs it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::dialplan::World;
use crate::id::{DeviceId, TrunkId};
use crate::queue;
use crate::sip::endpoint::{Account, Binding, Command, Flow, Transport, TrunkPeer};
use crate::store;
use crate::switch::directory::{Directory, Operator, Tenant, Trunk};

/// The configuration for the switch.
pub fn for_switch(stored: &store::Directory) -> Directory {
    let caller_number = |tenant| {
        let numbers = stored.numbers.iter().filter(|number| number.tenant == tenant);
        numbers.map(|number| number.number.clone()).next()
    };
    let devices_of = |user| {
        let devices = stored.devices.iter().filter(|device| device.user == user);
        devices.map(|device| device.id).collect::<Vec<_>>()
    };
    Directory {
        company: Some(stored.company.id),
        tenants: stored
            .tenants
            .iter()
            .map(|tenant| {
                let (name, display) = (tenant.name.clone(), tenant.display.clone());
                (tenant.id, Tenant { name, display, caller_number: caller_number(tenant.id) })
            })
            .collect(),
        numbers: stored.numbers.iter().flat_map(|n| dialled_as(n).map(|text| (text, n.tenant))).collect(),
        operators: stored
            .users
            .iter()
            .filter(|user| !user.roles.is_empty())
            .map(|user| {
                let operator = Operator {
                    name: user.name.clone(),
                    display: user.display.clone(),
                    extension: user.extension.clone(),
                    tenants: user.roles.keys().copied().collect(),
                    devices: devices_of(user.id),
                    may_call_out: true,
                };
                (user.id, operator)
            })
            .collect(),
        extensions: stored.users.iter().filter_map(|user| Some((user.extension.clone()?, user.id))).collect(),
        devices: stored.devices.iter().map(|device| (device.id, device.user)).collect(),
        groups: stored.groups.iter().map(|group| (group.id, for_queue(group))).collect(),
        trunks: stored
            .trunks
            .iter()
            .filter(|trunk| trunk.enabled)
            .map(|trunk| {
                let (name, tenant, prefixes) = (trunk.name.clone(), trunk.tenant, trunk.prefixes.clone());
                (trunk.id, Trunk { name, tenant, prefixes })
            })
            .collect(),
    }
}

/// All the ways a number is dialled: in E.164 and in short.
fn dialled_as(number: &store::Number) -> impl Iterator<Item = String> + use<> {
    [Some(number.number.clone()), number.short.clone()].into_iter().flatten()
}

fn for_queue(group: &store::Group) -> queue::Group {
    let ms = |ms: u32| Duration::from_millis(u64::from(ms));
    queue::Group {
        id: group.id,
        name: group.name.clone(),
        tenant: group.tenant,
        members: group.members.iter().map(|user| queue::Member { operator: *user }).collect(),
        strategy: match group.strategy {
            store::Strategy::Push => queue::Strategy::Push,
            store::Strategy::RingAll => queue::Strategy::RingAll,
            store::Strategy::Pull => queue::Strategy::Pull,
        },
        offer_for: ms(group.offer_for_ms),
        misses_allowed: group.misses_allowed,
        after_call_work: ms(group.after_call_work_ms),
        limit: group.limit.map(|limit| limit as usize),
        max_wait: group.max_wait_ms.map(ms),
    }
}

/// What dialplan files may name. `sounds` are the sound files that exist.
pub fn for_dialplans(stored: &store::Directory, sounds: BTreeSet<String>) -> World {
    let mut world = World::new().sounds(sounds);
    for tenant in &stored.tenants {
        let numbers = stored.numbers.iter().filter(|number| number.tenant == tenant.id);
        let numbers: Vec<_> = numbers.flat_map(dialled_as).collect();
        let groups = stored.groups.iter().filter(|group| group.tenant == tenant.id);
        world = world.tenant(&tenant.name, numbers, groups.map(|group| group.name.clone()));
    }
    world
        .extensions(stored.users.iter().filter_map(|user| user.extension.clone()))
        .trunks(stored.trunks.iter().filter(|trunk| trunk.enabled).map(|trunk| trunk.name.clone()))
}

/// The devices and trunks that the SIP endpoint knows.
#[derive(Default)]
pub struct Peers {
    accounts: BTreeMap<DeviceId, Account>,
    trunks: BTreeMap<TrunkId, TrunkPeer>,
}

impl Peers {
    /// The peers of a configuration.
    pub fn of(stored: &store::Directory) -> Self {
        let accounts = stored.devices.iter().map(|device| {
            let account = Account {
                device: device.id,
                username: device.username.clone(),
                ha1_md5: device.ha1_md5.clone(),
                ha1_sha256: device.ha1_sha256.clone(),
            };
            (device.id, account)
        });
        let trunks = stored.trunks.iter().filter(|trunk| trunk.enabled).map(|trunk| (trunk.id, peer(trunk)));
        Self { accounts: accounts.collect(), trunks: trunks.collect() }
    }

    /// The commands that turn `self` into `next`.
    pub fn changes(&self, next: &Peers) -> Vec<Command> {
        let gone = self.accounts.keys().filter(|device| !next.accounts.contains_key(device));
        let mut commands: Vec<_> = gone.map(|device| Command::RemoveAccount { device: *device }).collect();
        let changed =
            next.accounts.iter().filter(|(device, account)| self.accounts.get(device) != Some(account));
        commands.extend(changed.map(|(_, account)| Command::SetAccount(account.clone())));
        let gone = self.trunks.keys().filter(|trunk| !next.trunks.contains_key(trunk));
        commands.extend(gone.map(|trunk| Command::RemoveTrunk { trunk: *trunk }));
        let changed = next.trunks.iter().filter(|(id, trunk)| self.trunks.get(id) != Some(trunk));
        commands.extend(changed.map(|(_, trunk)| Command::SetTrunk(trunk.clone())));
        commands
    }
}

fn peer(trunk: &store::Trunk) -> TrunkPeer {
    TrunkPeer {
        trunk: trunk.id,
        host: trunk.host.clone(),
        port: trunk.port,
        transport: transport(trunk.transport),
        credentials: trunk.username.clone().zip(trunk.password.clone()),
    }
}

/// A transport in the endpoint's words.
pub fn transport(stored: store::Transport) -> Transport {
    match stored {
        store::Transport::Udp => Transport::Udp,
        store::Transport::Tcp => Transport::Tcp,
    }
}

/// A binding as the store keeps it.
pub fn registration(binding: &Binding) -> store::Registration {
    store::Registration {
        device: binding.device,
        uri: binding.uri.clone(),
        transport: match binding.flow.transport {
            Transport::Udp => store::Transport::Udp,
            Transport::Tcp => store::Transport::Tcp,
        },
        local: binding.flow.local,
        remote: binding.flow.remote,
        connection_bound: binding.flow.connection.is_some(),
        instance: binding.instance.clone(),
        user_agent: binding.user_agent.clone(),
        expires_at: binding.expires_at,
        call_id: binding.call_id.clone(),
        cseq: binding.cseq,
        reg_id: binding.reg_id,
        q: binding.q,
        path: binding.path.clone(),
    }
}

/// A binding as it was before the restart. One over a connection cannot be reached any more.
pub fn binding(stored: &store::Registration) -> Binding {
    // The connection's number belongs to the process before; it marks that there was one.
    let connection = stored.connection_bound.then_some(0);
    Binding {
        device: stored.device,
        uri: stored.uri.clone(),
        flow: Flow {
            transport: transport(stored.transport),
            local: stored.local,
            remote: stored.remote,
            connection,
        },
        path: stored.path.clone(),
        expires_at: stored.expires_at,
        instance: stored.instance.clone(),
        reg_id: stored.reg_id,
        user_agent: stored.user_agent.clone(),
        call_id: stored.call_id.clone(),
        cseq: stored.cseq,
        q: stored.q,
        reachable: !stored.connection_bound,
    }
}
