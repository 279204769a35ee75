//! What the switch costs an event: a caller who comes to a menu, presses a key, talks with somebody and hangs up.
//!
//! `cargo bench --bench switch`

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use hovor::dialplan::{self, Plans, SourceFile, World};
use hovor::entropy::Entropy;
use hovor::id::{DeviceId, LegId, TenantId, UserId};
use hovor::media;
use hovor::switch::cause::{Cause, EndedBy};
use hovor::switch::directory::{Directory, Operator, Tenant};
use hovor::switch::line::{Abilities, Arrival, LineCommand, LineEvent, Origin, Party};
use hovor::switch::{Action, Event, Switch, SwitchConfig};
use hovor::time::{Epoch, Time, UnixMs};

fn main() {
    divan::main();
}

const PLAN: &str = r#"
description = "Harbour"
tenant = "harbour"
numbers = ["100"]
start = "welcome"

[welcome]
play = "welcome"
then = "main"

[main]
menu = "menu"
else = "sorry"

[main.keys]
1 = "anna"

[anna]
dial = "201"
timeout = "20s"
else = "sorry"

[sorry]
play = "sorry"
then = "hangup"
"#;

fn plans() -> Plans {
    let world = World::new()
        .tenant("harbour", ["100"], [""; 0])
        .extensions(["201"])
        .sounds(["welcome", "menu", "sorry", "invalid"].map(|name| format!("prompts/en/{name}")));
    dialplan::load(vec![SourceFile::new("harbour.toml", PLAN)], &world).unwrap()
}

/// Anna, whose extension is 201, and the number 100.
fn directory(ids: &mut Entropy, device: DeviceId) -> Directory {
    let (tenant, anna) = (TenantId::new(UnixMs(0), ids), UserId::new(UnixMs(0), ids));
    let harbour = Tenant { name: "harbour".into(), language: "en".into(), ..Tenant::default() };
    let operator = Operator {
        name: "anna".into(),
        display: "Anna".into(),
        extension: Some("201".into()),
        tenants: vec![tenant],
        devices: vec![device],
        rights: Default::default(),
    };
    Directory {
        tenants: [(tenant, harbour)].into(),
        numbers: [("100".into(), tenant)].into(),
        operators: [(anna, operator)].into(),
        extensions: [("201".into(), anna)].into(),
        devices: [(device, anna)].into(),
        ..Directory::default()
    }
}

/// A switch, and lines and media that do at once what they are asked to.
struct House {
    switch: Switch,
    ids: Entropy,
    now: Time,
    /// Calls in which caller and operator have talked.
    connected: usize,
    /// Events so far.
    events: usize,
}

impl House {
    fn new() -> Self {
        let mut ids = Entropy::from_number(1);
        let config = SwitchConfig {
            epoch: Epoch(UnixMs(0)),
            recordings: "/tmp".into(),
            max_sessions: 100_000,
            park_for: Duration::from_secs(120),
        };
        let switch = Switch::new(config, ids.fork());
        let device = DeviceId::new(UnixMs(0), &mut ids);
        let directory = directory(&mut ids, device);
        let mut house = Self { switch, ids, now: Time::from_secs(1), connected: 0, events: 0 };
        house.tell(Event::Directory(Arc::new(directory)));
        house.tell(Event::Plans(Arc::new(plans())));
        house.tell(Event::Reachable { device, reachable: true });
        house
    }

    /// Tells the switch this and what comes of it, until nothing more does.
    fn tell(&mut self, event: Event) {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            self.now += Duration::from_micros(10);
            self.events += 1;
            self.switch.handle(event, self.now);
            while let Some(action) = self.switch.poll_action() {
                self.act(black_box(action), &mut events);
            }
        }
    }

    fn act(&mut self, action: Action, events: &mut VecDeque<Event>) {
        let line = |leg, event| Event::Line { leg, event };
        match action {
            Action::Line { leg, command: LineCommand::Answer { .. } } => {
                events.push_back(line(leg, LineEvent::Up));
            }
            Action::Line { leg, command: LineCommand::Dial { .. } } => {
                events.extend([LineEvent::Ringing, LineEvent::Up].map(|event| line(leg, event)));
            }
            Action::Line { leg, command: LineCommand::HangUp { cause } } => {
                events.push_back(line(leg, LineEvent::Down { cause, by: EndedBy::Us }));
                events.push_back(closed(leg));
            }
            Action::Media(media::Command::Play { leg, playback, repeat: false, .. }) => {
                events.push_back(Event::Media(media::Event::PlayEnded { leg, playback }));
            }
            Action::Closed { summary, .. } => self.connected += usize::from(summary.connected.is_some()),
            _ => {}
        }
    }

    /// Somebody calls 100, hears the welcome and comes to the menu.
    fn arrive(&mut self) -> LegId {
        let leg = LegId::new(UnixMs(0), &mut self.ids);
        let arrival = Arrival {
            line: "phone".into(),
            abilities: Abilities::SOUND,
            origin: Origin::Guest,
            from: Party { number: "+420700000001".into(), display: None },
            dialled: "100".into(),
            hops_left: 70,
            replaces: None,
            shown: None,
            invited: None,
            details: Default::default(),
        };
        self.tell(Event::Line { leg, event: LineEvent::Arrived(Box::new(arrival)) });
        leg
    }

    /// A whole call: to the menu, to Anna, and its end.
    fn call(&mut self) {
        let leg = self.arrive();
        self.tell(Event::Media(media::Event::Digit { leg, digit: '1', ms: 100 }));
        let down = LineEvent::Down { cause: Cause::Normal, by: EndedBy::Peer };
        self.tell(Event::Line { leg, event: down });
        self.tell(closed(leg));
    }
}

fn closed(leg: LegId) -> Event {
    Event::Media(media::Event::Closed { leg, quality: media::Quality::default() })
}

/// A whole call, while so many others stand in the menu. The count says what one event costs.
#[divan::bench(args = [0, 1_000])]
fn call(bencher: Bencher<'_, '_>, others: usize) {
    let mut house = House::new();
    (0..others).for_each(|_| _ = house.arrive());
    let before = house.events;
    house.call();
    assert_eq!(house.connected, 1, "a call is a conversation");
    let mut calls = 1;
    bencher.counter(ItemsCount::new(house.events - before)).bench_local(|| {
        calls += 1;
        house.call();
    });
    assert_eq!(house.connected, calls);
}
