//! The switch on simulated time, with lines and media played by the test.

#![cfg_attr(not(test), allow(dead_code, unused_imports, reason = "fuzzers need less of it"))]

#[cfg(test)]
mod callback;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod channels;
#[cfg(test)]
mod consult;
#[cfg(test)]
mod conversation;
#[cfg(test)]
mod course;
#[cfg(test)]
mod dialling;
#[cfg(test)]
mod diversion;
#[cfg(test)]
mod forwarding;
#[cfg(test)]
mod inquiry;
#[cfg(test)]
mod kept;
#[cfg(test)]
mod outside;
#[cfg(test)]
mod parking;
#[cfg(test)]
mod parting;
#[cfg(test)]
mod queueing;
#[cfg(test)]
mod recording;
#[cfg(test)]
mod resume;
#[cfg(test)]
mod rooms;
#[cfg(test)]
mod services;
#[cfg(test)]
mod summon;
#[cfg(test)]
mod text;
#[cfg(test)]
mod voicemail;
#[cfg(test)]
mod waking;
pub(crate) mod world;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::action::{Action, Event, SwitchConfig};
use super::cause::{Cause, EndedBy};
use super::command::{Command, Destination, Refusal};
use super::directory::{Directory, Door, Mailbox, Operator, Tenant, Trunk};
use super::history::{SessionEvent, Summary};
use super::leg::Part;
use super::line::{
    Abilities, Arrival, Handed, LineCommand, LineEvent, Message, Origin, Party, Target, Wanted,
};
use super::recording::rules::{Announcement, Rule, Terms};
use super::services::Services;
use super::{Switch, route};
use crate::dialplan::{self, SourceFile, World};
use crate::entropy::Entropy;
use crate::id::{
    CompanyId, DeviceId, DoorId, GroupId, LegId, MailboxId, SessionId, TenantId, TrunkId, UserId,
};
use crate::media;
use crate::queue;
use crate::time::{Epoch, Time, UnixMs};

/// The dialplan of the tests: a menu, two groups, an operator and an external number behind keys.
const PLAN: &str = r#"
description = "Harbour"
tenant = "harbour"
numbers = ["+420200000100", "100"]
start = "welcome"
music = "music/harbour"
timezone = "UTC"

[welcome]
play = "welcome"
then = "main"

[main]
menu = "menu"
else = "sales"

[main.keys]
1 = "sales"
2 = "all"
3 = "one"
4 = "outside"
5 = "several"
6 = "team"
7 = "crew"
8 = "typed"
0 = "message"
9 = "main"

[sales]
queue = "sales"
callback = "1"
callback-retry = ["5min", "15min"]
position-every = "30s"
max-wait = "10min"
else = "sorry"

[all]
queue = "all"
callback = "1"
callback-number = "ask"
callback-retry = "1min"
callback-hours = "Mon-Fri 08:00-22:13"
callback-expires = "1h"
position-every = "30s"
max-wait = "10min"
else = "sorry"

[one]
dial = "201"
timeout = "20s"
else = "sorry"

[outside]
dial = "+420777000111"
timeout = "20s"
else = "sorry"

[several]
dial = ["201", "202", "+420777000111"]
timeout = "40s"
busy = "hangup"
else = "sorry"

[team]
dial = "sales"
timeout = "40s"
else = "sorry"

[crew]
dial = "all"
no-answer = "hangup"
else = "sorry"

[typed]
dial = "20{key}"
else = "sorry"

[message]
voicemail = "sales"
then = "sorry"

[sorry]
play = "sorry"
then = "hangup"
"#;

/// Rooms that belong to nobody.
const ROOMS: &str =
    "[numbers]\n610 = \"room\"\n611 = \"room\"\n\n[room]\nconference = \"{dialled}\"\nlimit = 3\n";

const OPERATORS: [(&str, &str); 4] = [("anna", "201"), ("boris", "202"), ("cyril", "203"), ("dana", "204")];

/// A switch with a company, and everything it has asked for.
pub(crate) struct Fixture {
    pub switch: Switch,
    pub now: Time,
    pub ids: Entropy,
    /// Actions since the last look.
    pub actions: Vec<Action>,
    pub events: BTreeMap<SessionId, Vec<SessionEvent>>,
    pub records: BTreeMap<SessionId, Summary>,
    pub users: BTreeMap<&'static str, UserId>,
    pub devices: BTreeMap<&'static str, DeviceId>,
    pub trunk: TrunkId,
}

/// The door of a line without numbers, which leads to the group sales.
fn door() -> DoorId {
    DoorId::new(UnixMs(1), &mut Entropy::from_number(78))
}

impl Fixture {
    pub fn new() -> Self {
        let mut ids = Entropy::from_number(1);
        let zero = UnixMs(1_700_000_000_000);
        let company = CompanyId::new(zero, &mut ids);
        let tenant = TenantId::new(zero, &mut ids);
        let trunk = TrunkId::new(zero, &mut ids);
        let users: BTreeMap<_, _> =
            OPERATORS.iter().map(|(name, _)| (*name, UserId::new(zero, &mut ids))).collect();
        let devices: BTreeMap<_, _> =
            OPERATORS.iter().map(|(name, _)| (*name, DeviceId::new(zero, &mut ids))).collect();
        let config = SwitchConfig {
            epoch: Epoch(zero),
            recordings: "/tmp".into(),
            max_sessions: 1_000,
            park_for: Duration::from_secs(60),
        };
        let mut fixture = Self {
            switch: Switch::new(config, Entropy::from_number(2)),
            now: Time::from_secs(1),
            ids,
            actions: vec![],
            events: BTreeMap::new(),
            records: BTreeMap::new(),
            users,
            devices,
            trunk,
        };
        let directory = fixture.directory(company, tenant);
        fixture.tell(Event::Directory(Arc::new(directory)));
        fixture.tell(Event::Plans(Arc::new(plans())));
        fixture
    }

    /// The same company, which records: those whom `sales` serves, after an announcement; nobody whom `all` serves; and
    /// each party of who dials `100`.
    pub fn recorded() -> Self {
        let mut fixture = Self::new();
        fixture.reconfigure(|directory| {
            let announcement = Announcement { sound: "recorded".into(), meanwhile: false };
            let announced = Terms { announcement: Some(announcement), ..Terms::default() };
            let each = Terms { per_party: true, keep_days: Some(30), ..Terms::default() };
            for group in directory.groups.values() {
                let rule = Rule { on: group.name == "sales", terms: announced.clone() };
                directory.recording.groups.insert(group.id, rule);
            }
            directory.recording.numbers.insert("100".into(), Rule { on: true, terms: each });
        });
        fixture
    }

    fn directory(&mut self, company: CompanyId, tenant: TenantId) -> Directory {
        let zero = UnixMs(1_700_000_000_000);
        let harbour = Tenant {
            name: "harbour".into(),
            display: "Harbour".into(),
            language: "en".into(),
            caller_number: Some("+420200000100".into()),
            country: Some("CZ".into()),
            emergency: vec!["112".into()],
            withheld: false,
            home: Some("CZ".into()),
            rights: Default::default(),
            off: Default::default(),
            silent_hold: false,
            capacity: Default::default(),
        };
        let operator = |name: &str, extension: &str| Operator {
            name: name.into(),
            display: name.to_uppercase(),
            extension: Some(extension.into()),
            tenants: vec![tenant],
            devices: vec![self.devices[name]],
            rights: Default::default(),
        };
        let operators = OPERATORS.iter().map(|(name, ext)| (self.users[name], operator(name, ext))).collect();
        let mut group = |name: &str, members: &[&str], strategy| {
            let mut group = queue::Group::new(GroupId::new(zero, &mut self.ids), tenant, name);
            group.members = members.iter().map(|m| queue::Member { operator: self.users[m] }).collect();
            group.strategy = strategy;
            group.limit = Some(5);
            (group.id, group)
        };
        let mailbox = Mailbox {
            name: "sales".into(),
            tenant,
            number: None,
            user: None,
            greeting: Default::default(),
            max_message_ms: 60_000,
            limit: 2,
            has_pin: true,
        };
        let sales = group("sales", &["anna", "boris"], queue::Strategy::Push);
        let all = group("all", &["cyril", "dana"], queue::Strategy::RingAll);
        Directory {
            company: Some(company),
            tenants: [(tenant, harbour)].into(),
            numbers: [("+420200000100".into(), tenant), ("100".into(), tenant)].into(),
            operators,
            extensions: OPERATORS.iter().map(|(name, ext)| ((*ext).to_owned(), self.users[name])).collect(),
            devices: OPERATORS.iter().map(|(name, _)| (self.devices[name], self.users[name])).collect(),
            groups: [sales.clone(), all].into(),
            mailboxes: [(MailboxId::new(zero, &mut Entropy::from_number(77)), mailbox)].into(),
            trunks: [(self.trunk, Trunk { name: "carrier".into(), ..Trunk::default() })].into(),
            doors: [(door(), Door { name: "shop".into(), tenant, group: sales.0 })].into(),
            lines: vec![queue::Line {
                name: "notes".into(),
                reach: queue::Reach::Workspace,
                beside: [("notes".into(), 4)].into(),
            }],
            prefixes: Default::default(),
            recording: Default::default(),
        }
    }

    /// The same world around another switch.
    pub fn twin(&self, switch: Switch) -> Self {
        Self {
            switch,
            now: self.now,
            ids: self.ids.clone(),
            actions: vec![],
            events: self.events.clone(),
            records: self.records.clone(),
            users: self.users.clone(),
            devices: self.devices.clone(),
            trunk: self.trunk,
        }
    }

    /// The administrator changes the configuration.
    pub fn reconfigure(&mut self, change: impl FnOnce(&mut Directory)) {
        let mut directory = Directory::clone(self.switch.directory());
        change(&mut directory);
        self.tell(Event::Directory(Arc::new(directory)));
    }

    /// The administrator switches services off for all tenants.
    pub fn switch_off(&mut self, services: &str) {
        let off: Services = services.parse().unwrap();
        self.reconfigure(|directory| {
            directory.tenants.values_mut().for_each(|tenant| tenant.off = off.clone())
        });
    }

    pub fn tell(&mut self, event: Event) {
        self.switch.handle(event, self.now);
        self.collect();
    }

    /// Somebody wants something done with a session.
    pub fn command(&mut self, id: SessionId, by: Option<UserId>, command: Command) -> Result<(), Refusal> {
        let done = self.switch.command(id, by, command, self.now);
        self.collect();
        done
    }

    pub fn line(&mut self, leg: LegId, event: LineEvent) {
        self.tell(Event::Line { leg, event });
    }

    pub fn register(&mut self, name: &str, reachable: bool) {
        let (device, operator) = (self.devices[name], self.users[name]);
        self.tell(Event::Reachable { device, reachable });
        self.tell(Event::Workspace { operator, open: reachable });
    }

    /// Lets time pass, stopping at every timeout on the way.
    pub fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(at) = self.switch.poll_timeout().filter(|at| *at <= end) {
            self.now = at.max(self.now);
            self.switch.handle_timeout(self.now);
            self.collect();
        }
        self.now = end;
    }

    fn collect(&mut self) {
        while let Some(action) = self.switch.poll_action() {
            match &action {
                Action::Event(event) => self.events.entry(event.session).or_default().push(event.clone()),
                Action::Closed { session, summary } => {
                    self.records.insert(*session, summary.as_ref().clone());
                }
                _ => {}
            }
            self.actions.push(action);
        }
        let violations = self.switch.invariants();
        assert!(violations.is_empty(), "{violations:?}");
    }

    /// A call comes in and its leg answers as a phone would. Gives the caller's leg.
    pub fn arrive(&mut self, origin: Origin, dialled: &str) -> LegId {
        self.arrive_from("+420700000001", origin, dialled)
    }

    /// The same from this number.
    pub fn arrive_from(&mut self, number: &str, origin: Origin, dialled: &str) -> LegId {
        self.arrive_shown(number, origin, dialled, None)
    }

    /// The same by somebody who wants to be seen as another number.
    pub fn arrive_shown(
        &mut self,
        number: &str,
        origin: Origin,
        dialled: &str,
        shown: Option<&str>,
    ) -> LegId {
        let leg = LegId::new(UnixMs(0), &mut self.ids);
        let arrival = Arrival {
            line: "phone".into(),
            abilities: Abilities::SOUND,
            origin,
            from: Party { number: number.into(), display: None },
            dialled: dialled.into(),
            hops_left: 70,
            replaces: None,
            shown: shown.map(str::to_owned),
            invited: None,
            details: Default::default(),
        };
        self.line(leg, LineEvent::Arrived(Box::new(arrival)));
        leg
    }

    /// A client comes in by the door of a line without sound, and writes.
    pub fn knock(&mut self, name: &str) -> LegId {
        self.knock_invited(name, None)
    }

    /// A client comes in by that door whom an operator has invited.
    pub fn knock_invited(&mut self, name: &str, invited: Option<UserId>) -> LegId {
        let leg = LegId::new(UnixMs(0), &mut self.ids);
        let arrival = Arrival {
            line: "notes".into(),
            abilities: Abilities::TEXT,
            origin: Origin::Door(door()),
            from: Party { number: String::new(), display: Some(name.into()) },
            dialled: "shop".into(),
            hops_left: 70,
            replaces: None,
            shown: None,
            invited,
            details: Default::default(),
        };
        self.line(leg, LineEvent::Arrived(Box::new(arrival)));
        leg
    }

    /// A phone calls with a name of the leg that it wants.
    pub fn replaces(&mut self, origin: Origin, wanted: LegId) -> LegId {
        let leg = LegId::new(UnixMs(0), &mut self.ids);
        let arrival = Arrival {
            line: "phone".into(),
            abilities: Abilities::SOUND,
            origin,
            from: Party { number: "202".into(), display: None },
            dialled: "201".into(),
            hops_left: 70,
            replaces: Some(wanted),
            shown: None,
            invited: None,
            details: Default::default(),
        };
        self.line(leg, LineEvent::Arrived(Box::new(arrival)));
        leg
    }

    /// A call to the dialplan, answered, up to its menu.
    pub fn call_menu(&mut self) -> LegId {
        let leg = self.arrive(Origin::Guest, "100");
        assert!(matches!(self.commands_to(leg).as_slice(), [LineCommand::Answer { .. }]));
        self.line(leg, LineEvent::Up);
        leg
    }

    /// The same, with a key pressed in the menu.
    pub fn call_and_press(&mut self, digit: char) -> LegId {
        let leg = self.call_menu();
        self.press(leg, digit);
        leg
    }

    pub fn press(&mut self, leg: LegId, digit: char) {
        self.tell(Event::Media(media::Event::Digit { leg, digit, ms: 100 }));
    }

    /// What the line was told about a leg since the last look at anything.
    pub fn commands_to(&mut self, leg: LegId) -> Vec<LineCommand> {
        let mut told = vec![];
        self.actions.retain(|action| match action {
            Action::Line { leg: to, command } if *to == leg => {
                told.push(command.clone());
                false
            }
            _ => true,
        });
        told
    }

    /// The legs that were dialled since the last look, each with its target.
    pub fn dialled(&mut self) -> Vec<(LegId, Target)> {
        let mut dialled = vec![];
        self.actions.retain(|action| match action {
            Action::Line { leg, command: LineCommand::Dial { target, .. } } => {
                dialled.push((*leg, target.clone()));
                false
            }
            _ => true,
        });
        dialled
    }

    /// The leg that was dialled first of those not looked at yet, and whose device it is.
    pub fn first_dialled(&mut self) -> (LegId, &'static str) {
        let (leg, target) = self.dialled().remove(0);
        (leg, self.who(&target))
    }

    /// The group of this name.
    pub fn group(&self, name: &str) -> GroupId {
        self.switch.directory.groups.values().find(|group| group.name == name).unwrap().id
    }

    /// The operator whose device a target names.
    pub fn who(&self, target: &Target) -> &'static str {
        let (Target::Devices(devices) | Target::OwnDevices(devices)) = target else { return "outside" };
        self.devices.iter().find(|(_, device)| devices.contains(device)).map_or("nobody", |(name, _)| name)
    }

    /// The last table of who hears whom.
    pub fn rows(&self) -> Vec<media::Row> {
        let tables = self.actions.iter().rev().find_map(|action| match action {
            Action::Media(media::Command::Hear { rows, .. }) => Some(rows.iter().copied().collect()),
            _ => None,
        });
        tables.unwrap_or_default()
    }

    /// Who hears whom now, in the session of this leg.
    pub fn hears(&self, to: LegId) -> Vec<LegId> {
        let session = self.switch.session_of(to).map(|id| &self.switch.sessions[&id]);
        let rows = session.into_iter().flat_map(|session| &session.rows);
        rows.filter(|row| row.to == to).map(|row| row.from).collect()
    }

    /// Whether a leg hears music because it waits.
    pub fn waits(&self, leg: LegId) -> bool {
        let session = self.switch.session_of(leg).map(|id| &self.switch.sessions[&id]);
        session.is_some_and(|session| session.music.contains_key(&leg))
    }

    /// A caller whom anna serves from a queue. Gives the session, the caller's leg and hers.
    pub fn served(&mut self) -> (SessionId, LegId, LegId) {
        self.register("anna", true);
        let caller = self.call_and_press('1');
        let (anna, _) = self.first_dialled();
        self.line(anna, LineEvent::Up);
        (self.switch.session_of(caller).unwrap(), caller, anna)
    }

    /// Somebody registers who is called into the session and answers. Gives the leg.
    pub fn invited(&mut self, id: SessionId, name: &'static str, consult: bool) -> LegId {
        self.register(name, true);
        let to = Destination::Operator(self.users[name]);
        self.command(id, None, Command::Invite { to, consult }).unwrap();
        let (leg, who) = self.first_dialled();
        assert_eq!(who, name);
        self.line(leg, LineEvent::Up);
        leg
    }

    /// What the caller was last let to hear.
    pub fn playing(&self, to: LegId) -> Vec<String> {
        let sounds = self.actions.iter().rev().find_map(|action| match action {
            Action::Media(
                media::Command::Play { leg, sounds, .. }
                | media::Command::Music { leg, sounds, .. }
                | media::Command::Announce { leg, sounds, .. },
            ) if *leg == to => Some(sounds),
            _ => None,
        });
        let names = sounds.into_iter().flatten().filter_map(|sound| match sound {
            media::Sound::File(name) => Some(name.to_string()),
            _ => None,
        });
        names.collect()
    }

    pub fn down(&mut self, leg: LegId, cause: Cause) {
        self.line(leg, LineEvent::Down { cause, by: EndedBy::Peer });
    }

    /// The media engine gives back every leg that was hung up or went down.
    pub fn close(&mut self, legs: &[LegId]) {
        for leg in legs {
            let quality = media::Quality { packets_sent: 1, ..Default::default() };
            self.tell(Event::Media(media::Event::Closed { leg: *leg, quality }));
        }
    }

    pub fn engagement(&self, name: &str) -> queue::Engagement {
        self.switch.operator(self.users[name]).unwrap().engagement.clone()
    }

    /// The record of the only session that is over.
    pub fn record(&self) -> &Summary {
        assert_eq!(self.records.len(), 1, "one session is over");
        self.records.values().next().unwrap()
    }

    /// Events are numbered without gaps, and the record is what they add up to.
    pub fn check_history(&self) {
        for (session, record) in &self.records {
            let events = &self.events[session];
            let numbers: Vec<u64> = events.iter().map(|event| event.seq).collect();
            assert_eq!(numbers, (1..=events.len() as u64).collect::<Vec<_>>());
            assert_eq!(&Summary::rebuild(events), record);
        }
    }
}

fn plans() -> dialplan::Plans {
    let world = World::new()
        .tenant("harbour", ["+420200000100", "100"], ["sales", "all"])
        .extensions(OPERATORS.map(|(_, extension)| extension))
        .trunks(["carrier"])
        .sounds(sounds())
        .mailboxes("harbour", ["sales"]);
    let files = vec![SourceFile::new("harbour.toml", PLAN), SourceFile::new("rooms.toml", ROOMS)];
    dialplan::load(files, &world).unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })
}

/// The prompts of the plan, and every recorded piece that a number may need.
fn sounds() -> Vec<String> {
    let mut names = dialplan::say::pieces_of_positions("en");
    names.extend(["welcome", "menu", "sorry", "invalid"].map(|name| format!("prompts/en/{name}")));
    names.push("music/harbour".into());
    names.push("prompts/en/beep".into());
    names.push("prompts/en/room/alone".into());
    names.extend(
        ["leave-message", "full", "too-short", "saved"].map(|name| format!("prompts/en/voicemail/{name}")),
    );
    let callback =
        ["your-number", "confirm", "type-number", "not-possible", "promised", "already", "not-now"];
    names.extend(callback.map(|name| format!("prompts/en/callback/{name}")));
    names.extend(dialplan::say::pieces_of_digits("en"));
    names
}
