//! A company whose clients come by doors of any line, with far ends that answer as the test says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use hovor::entropy::Entropy;
use hovor::id::{CompanyId, DeviceId, DoorId, GroupId, LegId, SessionId, TenantId, UserId};
use hovor::lines::Line;
use hovor::switch::cause::{Cause, EndedBy};
use hovor::switch::directory::{Directory, Door, Operator, Tenant};
use hovor::switch::history::{SessionEvent, Summary};
use hovor::switch::line::{Arrival, LineCommand, LineEvent, Origin, Party, Target};
use hovor::switch::{Action, Event, Switch, SwitchConfig};
use hovor::time::{Epoch, Time, UnixMs};
use hovor::{media, queue};

const NAMES: [&str; 2] = ["anna", "boris"];
const ZERO: UnixMs = UnixMs(1_700_000_000_000);

/// The company, what its switch wanted done, and what became of its sessions.
pub struct World {
    switch: Switch,
    now: Time,
    ids: Entropy,
    people: BTreeMap<&'static str, (UserId, DeviceId)>,
    door: DoorId,
    /// What each leg was told and the test has not looked at.
    told: BTreeMap<LegId, Vec<LineCommand>>,
    asked: Vec<(LegId, Target)>,
    /// Legs that the media engine has, and gives back when they are gone.
    heard: BTreeSet<LegId>,
    sounded: bool,
    events: BTreeMap<SessionId, Vec<SessionEvent>>,
    records: BTreeMap<SessionId, Summary>,
}

impl World {
    /// A tenant with a group of two operators who are not there, and a door that leads to it.
    pub fn new(lines: &[Line]) -> Self {
        let mut ids = Entropy::from_number(1);
        let (company, tenant) = (CompanyId::new(ZERO, &mut ids), TenantId::new(ZERO, &mut ids));
        let people = NAMES.map(|name| (name, (UserId::new(ZERO, &mut ids), DeviceId::new(ZERO, &mut ids))));
        let (people, door) = (BTreeMap::from(people), DoorId::new(ZERO, &mut ids));
        let operator = |name: &str, device: DeviceId| Operator {
            name: name.into(),
            display: name.to_uppercase(),
            extension: None,
            tenants: vec![tenant],
            devices: vec![device],
            rights: Default::default(),
        };
        let mut group = queue::Group::new(GroupId::new(ZERO, &mut ids), tenant, "sales");
        group.members = people.values().map(|(user, _)| queue::Member { operator: *user }).collect();
        let shop = Door { name: "shop".into(), tenant, group: group.id };
        let directory = Directory {
            company: Some(company),
            tenants: [(
                tenant,
                Tenant { name: "harbour".into(), language: "en".into(), ..Tenant::default() },
            )]
            .into(),
            operators: people.iter().map(|(name, (user, device))| (*user, operator(name, *device))).collect(),
            devices: people.values().map(|(user, device)| (*device, *user)).collect(),
            groups: [(group.id, group)].into(),
            doors: [(door, shop)].into(),
            lines: lines.iter().map(Line::for_queues).collect(),
            ..Directory::default()
        };
        let config = SwitchConfig {
            epoch: Epoch(ZERO),
            recordings: "/tmp".into(),
            max_sessions: 1_000,
            park_for: Duration::from_secs(60),
        };
        let mut world = Self {
            switch: Switch::new(config, Entropy::from_number(2)),
            now: Time::from_secs(1),
            ids,
            people,
            door,
            told: BTreeMap::new(),
            asked: vec![],
            heard: BTreeSet::new(),
            sounded: false,
            events: BTreeMap::new(),
            records: BTreeMap::new(),
        };
        world.handle(Event::Directory(Arc::new(directory)));
        world
    }

    pub fn user(&self, name: &str) -> UserId {
        self.people[name].0
    }

    pub fn device(&self, name: &str) -> DeviceId {
        self.people[name].1
    }

    /// A client comes by a line, is let in, and is up.
    pub fn comes(&mut self, line: Line, name: &str) -> LegId {
        let leg = LegId::new(ZERO, &mut self.ids);
        let arrival = Arrival {
            line: line.name.into(),
            abilities: line.abilities,
            origin: Origin::Door(self.door),
            from: Party { number: String::new(), display: Some(name.into()) },
            dialled: "shop".into(),
            hops_left: 70,
            replaces: None,
            shown: None,
            invited: None,
            details: BTreeMap::new(),
        };
        if line.abilities.sound {
            self.heard.insert(leg);
        }
        self.tell(leg, LineEvent::Arrived(Box::new(arrival)));
        assert!(matches!(self.told(leg).as_slice(), [LineCommand::Answer { .. }]), "the client is let in");
        self.tell(leg, LineEvent::Up);
        leg
    }

    /// An operator comes to the desk: the phone can be reached, and the workspace is open.
    pub fn arrives(&mut self, name: &str) {
        self.is_there(name, true);
    }

    /// An operator comes, or goes.
    pub fn is_there(&mut self, name: &str, there: bool) {
        let (operator, device) = self.people[name];
        self.handle(Event::Reachable { device, reachable: there });
        self.handle(Event::Workspace { operator, open: there });
    }

    /// The tenant lets operators have one session of `other` beside one of `line`.
    pub fn allows(&mut self, line: Line, other: Line) {
        let mut directory = Directory::clone(self.switch.directory());
        for tenant in directory.tenants.values_mut() {
            for (on, more) in [(line, other), (other, line)] {
                tenant.capacity.entry(on.name.to_owned()).or_default().insert(more.name.to_owned(), 1);
            }
        }
        self.handle(Event::Directory(Arc::new(directory)));
    }

    /// Whom the switch wanted to reach since the last look.
    pub fn asked(&mut self) -> Vec<(LegId, Target)> {
        std::mem::take(&mut self.asked)
    }

    /// Somebody is asked for the client who waits, and answers. Gives the leg.
    #[track_caller]
    pub fn is_answered(&mut self) -> LegId {
        let asked = self.asked();
        let [(leg, _)] = asked[..] else { panic!("one is asked: {asked:?}") };
        self.tell(leg, LineEvent::Up);
        leg
    }

    /// What a leg was told since the last look.
    pub fn told(&mut self, leg: LegId) -> Vec<LineCommand> {
        self.told.remove(&leg).unwrap_or_default()
    }

    /// What a leg was given to read since the last look.
    pub fn read_by(&mut self, leg: LegId) -> Vec<String> {
        let told = self.told(leg).into_iter();
        told.filter_map(
            |told| if let LineCommand::Deliver(message) = told { Some(message.text) } else { None },
        )
        .collect()
    }

    /// What came of what a leg wrote.
    #[track_caller]
    pub fn taken(&mut self, leg: LegId) -> Result<u64, String> {
        let taken = self.told(leg).into_iter().find_map(|told| match told {
            LineCommand::Taken { own: 7, outcome } => Some(outcome),
            _ => None,
        });
        taken.expect("nothing came of it")
    }

    /// The far end of a leg goes.
    pub fn goes(&mut self, leg: LegId) {
        self.leaves(leg, Cause::Normal);
    }

    /// The far end of a leg goes for a reason.
    pub fn leaves(&mut self, leg: LegId, cause: Cause) {
        self.tell(leg, LineEvent::Down { cause, by: EndedBy::Peer });
        if self.heard.remove(&leg) {
            let quality = media::Quality::default();
            self.handle(Event::Media(media::Event::Closed { leg, quality }));
        }
    }

    /// Whoever is asked at this moment is gone.
    pub fn nobody_answers(&mut self) {
        for (leg, _) in self.asked() {
            self.goes(leg);
        }
    }

    pub fn tell(&mut self, leg: LegId, event: LineEvent) {
        self.handle(Event::Line { leg, event });
    }

    /// A leg of which the switch never heard says something.
    pub fn tell_stranger(&mut self, event: LineEvent) {
        let leg = LegId::new(ZERO, &mut self.ids);
        self.tell(leg, event);
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

    pub fn engagement(&self, name: &str) -> queue::Engagement {
        self.switch.operator(self.user(name)).expect("an operator").engagement.clone()
    }

    /// Whether the media engine was asked for anything.
    pub fn sounded(&self) -> bool {
        self.sounded
    }

    /// The records of sessions that are over.
    pub fn records(&self) -> Vec<&Summary> {
        self.records.values().collect()
    }

    /// Nobody is left, everybody is free, and each record is what the events add up to, numbered without gaps.
    #[track_caller]
    pub fn is_at_rest(&self) {
        assert_eq!(self.switch.live(), 0);
        for name in NAMES {
            assert_eq!(self.engagement(name), queue::Engagement::Free, "{name}");
        }
        for (session, record) in &self.records {
            let events = &self.events[session];
            let numbers: Vec<u64> = events.iter().map(|event| event.seq).collect();
            assert_eq!(numbers, (1..=events.len() as u64).collect::<Vec<_>>());
            assert_eq!(&Summary::rebuild(events), record);
        }
    }

    fn handle(&mut self, event: Event) {
        self.switch.handle(event, self.now);
        self.collect();
    }

    fn collect(&mut self) {
        while let Some(action) = self.switch.poll_action() {
            match action {
                Action::Line { leg, command } => {
                    if let LineCommand::Dial { target, .. } = &command {
                        self.asked.push((leg, target.clone()));
                        if matches!(target, Target::Devices(_)) {
                            self.heard.insert(leg);
                        }
                    }
                    self.told.entry(leg).or_default().push(command);
                }
                Action::Media(_) => self.sounded = true,
                Action::Event(event) => self.events.entry(event.session).or_default().push(event),
                Action::Closed { session, summary } => _ = self.records.insert(session, *summary),
                _ => {}
            }
        }
        let violations = self.switch.invariants();
        assert!(violations.is_empty(), "{violations:?}");
    }
}
