//! The configuration in the store, in the words of each room that needs it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use super::carriers::{carrier, peer};
use super::files::Sounds;
use super::voicemail;
use crate::dialplan::{Greeting, World};
use crate::e164::{self, Classes};
use crate::id::{DeviceId, DoorId, TenantId, TrunkId};
use crate::lines::{LINES, Line, webchat};
use crate::media::engine::speech;
use crate::queue;
use crate::sip::endpoint::{Account, Binding, Command, Flow, Transport, TrunkPeer};
use crate::store::{self, demo};
use crate::switch::directory::{Directory, Door, Mailbox, Operator, Rights, Tenant};
use crate::switch::recording::rules::{self, Announcement, Rule, Terms};
use crate::time::UnixMs;

/// The configuration for the switch; recorded greetings are in the folder `messages`.
pub fn for_switch(stored: &store::Directory, messages: &Path) -> Directory {
    let devices_of = |user| {
        let devices = stored.devices.iter().filter(|device| device.user == user);
        devices.map(|device| device.id).collect::<Vec<_>>()
    };
    Directory {
        company: Some(stored.company.id),
        doors: offered(stored)
            .map(|widget| {
                let (name, tenant, group) = (widget.name.clone(), widget.tenant, widget.group);
                (widget.id, Door { name, tenant, group })
            })
            .collect(),
        lines: LINES.iter().map(Line::for_queues).collect(),
        tenants: stored
            .tenants
            .iter()
            .map(|tenant| {
                let shown = tenant.caller_number.clone().filter(|number| number != store::WITHHELD);
                let of_switch = Tenant {
                    name: tenant.name.clone(),
                    display: tenant.display.clone(),
                    language: tenant.language.clone(),
                    withheld: tenant.caller_number.as_deref() == Some(store::WITHHELD),
                    home: home(stored, tenant),
                    rights: rights((&tenant.calls, tenant.max_calls), Rights::CALLS_OF_A_TENANT),
                    caller_number: shown.or_else(|| first_number(stored, tenant.id).map(str::to_owned)),
                    country: tenant.country.clone(),
                    emergency: tenant.emergency_numbers(),
                    off: tenant.switched_off.clone(),
                    silent_hold: !tenant.hold_music,
                    capacity: tenant.capacity.clone(),
                };
                (tenant.id, of_switch)
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
                    rights: rights((&user.calls, user.max_calls), Rights::CALLS_OF_A_USER),
                };
                (user.id, operator)
            })
            .collect(),
        extensions: stored.users.iter().filter_map(|user| Some((user.extension.clone()?, user.id))).collect(),
        devices: stored.devices.iter().map(|device| (device.id, device.user)).collect(),
        groups: stored.groups.iter().map(|group| (group.id, for_queue(group))).collect(),
        mailboxes: stored
            .mailboxes
            .iter()
            .map(|mailbox| (mailbox.id, for_callers(mailbox, messages)))
            .collect(),
        trunks: stored
            .trunks
            .iter()
            .filter(|trunk| trunk.enabled)
            .map(|trunk| (trunk.id, carrier(trunk)))
            .collect(),
        prefixes: stored.destinations.iter().map(|row| (row.prefix.clone(), row.class)).collect(),
        recording: recording(stored),
    }
}

/// The widgets of the web chat that are offered.
pub fn widgets(stored: &store::Directory) -> BTreeMap<DoorId, webchat::Widget> {
    let wanted = |asked| match asked {
        store::Asked::Off => webchat::Wanted::Off,
        store::Asked::Optional => webchat::Wanted::Optional,
        store::Asked::Required => webchat::Wanted::Required,
    };
    let widget = |widget: &store::Widget| {
        let store::EntryForm { name, phone, email } = widget.settings.form;
        webchat::Widget {
            name: widget.name.clone(),
            form: webchat::Form { name: wanted(name), phone: wanted(phone), email: wanted(email) },
            consent: widget.settings.consent.as_ref().map(|consent| consent.version.clone()),
        }
    };
    offered(stored).map(|one| (one.id, widget(one))).collect()
}

fn offered(stored: &store::Directory) -> impl Iterator<Item = &store::Widget> {
    stored.widgets.iter().filter(|widget| widget.enabled)
}

/// What is recorded.
fn recording(stored: &store::Directory) -> rules::Rules {
    let numbers = stored.numbers.iter().filter_map(|number| Some((number, number.recording.as_ref()?)));
    rules::Rules {
        groups: stored
            .groups
            .iter()
            .filter_map(|group| Some((group.id, recording_rule(group.recording.as_ref()?))))
            .collect(),
        numbers: numbers
            .flat_map(|(number, rule)| dialled_as(number).map(|text| (text, recording_rule(rule))))
            .collect(),
    }
}

fn recording_rule(rule: &store::RecordingRule) -> Rule {
    let announcement = rule.announcement.as_ref().map(|sound| Announcement {
        sound: sound.clone(),
        meanwhile: rule.begins == store::RecordingBegins::AtOnce,
    });
    let per_party = rule.layout == store::RecordingLayout::PerParty;
    let terms = Terms { per_party, announcement, keep_days: rule.keep_days };
    Rule { on: rule.mode == store::RecordingMode::On, terms }
}

/// The first number of a tenant that is one, not a block.
fn first_number(stored: &store::Directory, tenant: TenantId) -> Option<&str> {
    let mut own = stored.numbers.iter().filter(|number| number.tenant == tenant && !number.is_block());
    own.next().map(|number| number.number.as_str())
}

/// The country that a tenant is in. A number of its own tells, if nobody does.
fn home(stored: &store::Directory, tenant: &store::Tenant) -> Option<String> {
    tenant.country.clone().or_else(|| e164::country_of(first_number(stored, tenant.id)?))
}

/// What may be called outside; the usual where nothing is said.
fn rights((classes, max_calls): (&Option<Classes>, Option<u32>), usual_calls: u32) -> Rights {
    Rights {
        classes: classes.clone().unwrap_or_else(Classes::usual),
        max_calls: max_calls.unwrap_or(usual_calls),
    }
}

/// A mailbox as callers meet it.
pub fn for_callers(mailbox: &store::Mailbox, messages: &Path) -> Mailbox {
    let own = || Greeting::Own(voicemail::greeting(messages, mailbox.id).to_string_lossy().into_owned());
    Mailbox {
        name: mailbox.name.clone(),
        tenant: mailbox.tenant,
        number: mailbox.number.clone(),
        user: match mailbox.owner {
            store::MailboxOwner::User(user) => Some(user),
            store::MailboxOwner::Group(_) => None,
        },
        greeting: match mailbox.greeting {
            store::Greeting::Own if mailbox.own_greeting => own(),
            store::Greeting::Own | store::Greeting::Default => Greeting::Default,
            store::Greeting::None => Greeting::None,
        },
        max_message_ms: mailbox.max_message_ms,
        limit: mailbox.limit as usize,
        has_pin: mailbox.pin_hash.is_some(),
    }
}

/// The ways a mailbox is asked for: its name, its number, and its owner's extension.
fn asked_for(mailbox: &store::Mailbox, users: &[store::User]) -> Vec<String> {
    let owner = users.iter().find(|user| mailbox.owner == store::MailboxOwner::User(user.id));
    let extension = owner.and_then(|user| user.extension.clone());
    [Some(mailbox.name.clone()), mailbox.number.clone(), extension].into_iter().flatten().collect()
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

/// What dialplan files may name.
pub fn for_dialplans(stored: &store::Directory, sounds: Sounds) -> World {
    let mut world = World::new().sounds(sounds.names).speech(speech::program().is_some());
    world.unplayable = sounds.unplayable;
    for tenant in &stored.tenants {
        let numbers = stored.numbers.iter().filter(|number| number.tenant == tenant.id);
        let numbers: Vec<_> = numbers.flat_map(dialled_as).collect();
        let groups = || stored.groups.iter().filter(|group| group.tenant == tenant.id);
        world = world.tenant(&tenant.name, numbers, groups().map(|group| group.name.clone()));
        for group in groups().filter(|group| group.members.is_empty()) {
            world = world.unstaffed(&tenant.name, &group.name);
        }
        let mailboxes = stored.mailboxes.iter().filter(|mailbox| mailbox.tenant == tenant.id);
        let names = mailboxes.flat_map(|mailbox| asked_for(mailbox, &stored.users));
        let calls = tenant.calls.clone().unwrap_or_else(Classes::usual);
        world =
            world.mailboxes(&tenant.name, names).rights(&tenant.name, home(stored, tenant).as_deref(), calls);
    }
    for trunk in stored.trunks.iter().filter(|trunk| trunk.enabled) {
        let tenant = stored.tenants.iter().find(|tenant| Some(tenant.id) == trunk.tenant);
        let tenant = tenant.map(|tenant| tenant.name.as_str());
        let calls = trunk.settings.calls.clone();
        world = world.trunk(&trunk.name, tenant, trunk.prefixes.clone()).carries(&trunk.name, calls);
    }
    let classes = stored.destinations.iter().map(|row| (row.prefix.clone(), row.class));
    world = world.classes(classes.collect());
    world.extensions(stored.users.iter().filter_map(|user| user.extension.clone()))
}

/// What the dialplan files of the demo company may name.
pub fn for_demo(sounds: Sounds) -> World {
    let mut world = World::new().sounds(sounds.names).speech(speech::program().is_some());
    world.unplayable = sounds.unplayable;
    for (tenant, _, number, short) in demo::TENANTS {
        let groups = demo::GROUPS.iter().filter(|(of, ..)| *of == tenant).map(|(_, name, ..)| *name);
        world = world.tenant(tenant, [number, short], groups);
        let own = demo::OPERATORS.iter().filter(|(.., of)| *of == tenant);
        world = world.mailboxes(tenant, own.flat_map(|(name, _, extension, _)| [*name, *extension]));
        world = world.rights(tenant, e164::country_of(number).as_deref(), Classes::usual());
    }
    let (tenant, name, number) = demo::GROUP_MAILBOX;
    world = world.mailboxes(tenant, [name, number]);
    let prefixes = ["+", "00"].map(str::to_owned);
    let world = world.extensions(demo::OPERATORS.map(|(_, _, extension, _)| extension));
    world.trunk(demo::TRUNK, None, prefixes).carries(demo::TRUNK, Classes::of_trunks())
}

/// The devices and trunks that the SIP endpoint knows.
#[derive(Default)]
pub struct Peers {
    accounts: BTreeMap<DeviceId, Account>,
    trunks: BTreeMap<TrunkId, TrunkPeer>,
    emergency: BTreeSet<String>,
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
        let emergency = stored.tenants.iter().flat_map(store::Tenant::emergency_numbers).collect();
        Self { accounts: accounts.collect(), trunks: trunks.collect(), emergency }
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
        if self.emergency != next.emergency {
            commands.push(Command::SetEmergency(next.emergency.clone()));
        }
        commands
    }
}

/// A transport in the endpoint's words.
pub fn transport(stored: store::Transport) -> Transport {
    match stored {
        store::Transport::Udp => Transport::Udp,
        store::Transport::Tcp => Transport::Tcp,
        store::Transport::Tls => Transport::Tls,
    }
}

/// A binding as the store keeps it. The endpoint goes by the calendar of our start; the system's clock has been set by
/// so many milliseconds since.
pub fn registration(binding: &Binding, set_by: i64) -> store::Registration {
    store::Registration {
        device: binding.device,
        uri: binding.uri.clone(),
        transport: binding.flow.transport,
        local: binding.flow.local,
        remote: binding.flow.remote,
        connection_bound: binding.flow.connection.is_some(),
        instance: binding.instance.clone(),
        user_agent: binding.user_agent.clone(),
        expires_at: UnixMs(binding.expires_at.0.saturating_add(set_by)),
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
        flow: Flow { transport: stored.transport, local: stored.local, remote: stored.remote, connection },
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_demo_company_is_known_without_its_store() {
        let folder = std::env::temp_dir().join(format!("hovor-demo-world-{}", std::process::id()));
        let store = store::open(&format!("sqlite:{}", folder.join("hovor.db").display())).await.unwrap();
        let scope = demo::seed(store.as_ref()).await.unwrap();
        let stored = store.directory(&scope).await.unwrap();
        assert_eq!(for_dialplans(&stored, Sounds::default()), for_demo(Sounds::default()));
        store.close().await;
        std::fs::remove_dir_all(folder).unwrap();
    }
}
