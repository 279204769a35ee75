//! Whatever the network does, calls begin and end on both sides, and nothing is left of them.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::entropy::Entropy;
use crate::sip::endpoint::{CallRef, Command, Event};
use crate::sip::simnet::{Net, Weather, assert_ended_once, call_of, dial, leftovers};

/// Lines at both ends that do what phones and people do, at random moments.
struct People {
    entropy: Entropy,
    seen: [usize; 2],
    visits: BTreeMap<&'static str, usize>,
}

impl People {
    fn new(seed: u64) -> Self {
        Self { entropy: Entropy::from_number(seed), seen: [0, 0], visits: BTreeMap::new() }
    }

    fn below(&mut self, end: u32) -> u32 {
        self.entropy.u32() % end
    }

    /// Everybody reacts to what they were told since the last time.
    fn react(&mut self, net: &mut Net) {
        for node in 0..2 {
            let events: Vec<Event> =
                net.nodes[node].events[self.seen[node]..].iter().map(|(_, e)| e.clone()).collect();
            self.seen[node] += events.len();
            for event in events {
                if let Some(call) = call_of(&event) {
                    self.react_to(net, node, call, &event);
                }
            }
        }
    }

    fn react_to(&mut self, net: &mut Net, node: usize, call: CallRef, event: &Event) {
        let name = match event {
            Event::Incoming { .. } => {
                self.take_call(net, node, call);
                "incoming"
            }
            Event::OfferReceived { .. } => {
                let ms = u64::from(self.below(800));
                let answer = match self.below(4) {
                    0 => Command::RefuseOffer { call, status: 488 },
                    _ => Command::AnswerOffer { call, sdp: "answer".into() },
                };
                net.command_in(ms, node, answer);
                "offer received"
            }
            Event::Answered { sdp, .. } => {
                // An answer to a call without offer has the offer.
                if sdp.as_deref() == Some(b"first") {
                    net.command_in(20, node, Command::AnswerOffer { call, sdp: "late".into() });
                }
                self.live(net, node, call);
                "answered"
            }
            Event::Established { .. } => {
                self.live(net, node, call);
                "established"
            }
            Event::OfferAnswered { .. } => "offer answered",
            Event::OfferRefused { .. } => "offer refused",
            Event::Progress { .. } => "progress",
            Event::Ended { .. } => "ended",
            Event::Refer { .. }
            | Event::InfoDigit { .. }
            | Event::Stranded { .. }
            | Event::Bindings { .. }
            | Event::Subscribed { .. }
            | Event::Unsubscribed { .. }
            | Event::Trunk { .. }
            | Event::TrunkFamily { .. }
            | Event::Banned(_)
            | Event::Trouble { .. } => return,
        };
        *self.visits.entry(name).or_default() += 1;
    }

    fn take_call(&mut self, net: &mut Net, node: usize, call: CallRef) {
        let (ring, decide) = (u64::from(self.below(500)), u64::from(500 + self.below(6000)));
        let sdp = (self.below(3) == 0).then(|| "first".into());
        net.command_in(ring, node, Command::Ring { call, status: 180 + self.below(4) as u16, sdp });
        match self.below(5) {
            0 => net.command_in(
                decide,
                node,
                Command::Reject { call, status: 486, reason: None, retry_after: None },
            ),
            1 => net.command_in(decide, node, Command::Hangup { call, cause: None }),
            _ => net.command_in(decide, node, Command::Answer { call, sdp: "first".into() }),
        }
    }

    fn live(&mut self, net: &mut Net, node: usize, call: CallRef) {
        for _ in 0..self.below(3) {
            let ms = u64::from(self.below(9000));
            net.command_in(ms, node, Command::Offer { call, sdp: "again".into() });
        }
        if self.below(2) == 0 {
            let ms = u64::from(self.below(15_000));
            net.command_in(ms, node, Command::Hangup { call, cause: None });
        }
    }

    /// Calls each way, some of which are given up while they ring.
    fn begin(&mut self, net: &mut Net, calls: u64) {
        for call in 1..=calls {
            let from = (call % 2) as usize;
            let to = net.nodes[1 - from].address;
            let offer = (self.below(4) > 0).then_some("offer");
            let transport = if self.below(5) == 0 { "tcp" } else { "udp" };
            let at = u64::from(self.below(2000));
            net.command_in(at, from, dial(call, to, transport, offer));
            if self.below(4) == 0 {
                let ms = at + u64::from(self.below(5000));
                net.command_in(ms, from, Command::Hangup { call: CallRef(call), cause: None });
            }
        }
    }

    fn run(&mut self, net: &mut Net, seconds: u64) {
        for _ in 0..seconds * 20 {
            net.run_until(net.now + std::time::Duration::from_millis(50));
            self.react(net);
        }
    }
}

fn live_calls(net: &Net) -> [usize; 2] {
    [0, 1].map(|node| net.nodes[node].endpoint.stats().calls)
}

fn storm(seed: u64, weather: Weather, calls: u64) -> BTreeMap<&'static str, usize> {
    let mut net = Net::new(2, seed);
    net.weather = weather;
    let mut people = People::new(seed);
    people.begin(&mut net, calls);
    people.run(&mut net, 110);
    let live = live_calls(&net);
    assert_eq!(live[0], live[1], "a call is up on both sides or on neither");
    hang_up_all(&mut net, calls);
    people.run(&mut net, 2);
    people.react(&mut net);
    net.run(100);
    for node in &net.nodes {
        let events: Vec<Event> = node.events.iter().map(|(_, event)| event.clone()).collect();
        assert_ended_once(&events);
        assert_eq!(leftovers(node), (0, 0));
        assert_eq!(node.endpoint.poll_timeout(), None);
    }
    people.visits
}

fn hang_up_all(net: &mut Net, calls: u64) {
    for call in 1..=calls {
        net.command((call % 2) as usize, Command::Hangup { call: CallRef(call), cause: None });
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn in_bad_weather_every_call_ends_once_and_leaves_nothing(
        seed in any::<u64>(), lost in 0..250_u32, doubled in 0..300_u32, latency in 1..900_u32,
    ) {
        storm(seed, Weather { lost, doubled, latency: (1, latency) }, 6);
    }

    #[test]
    fn random_commands_and_silence_leave_nothing_either(seed in any::<u64>()) {
        let mut net = Net::new(2, seed);
        let mut people = People::new(seed);
        people.begin(&mut net, 4);
        people.run(&mut net, 3);
        net.weather = Weather::BROKEN;
        people.run(&mut net, 20);
        hang_up_all(&mut net, 4);
        for node in 0..2 {
            for event in net.take_events(node) {
                if let Some(call) = call_of(&event) {
                    net.command(node, Command::Hangup { call, cause: None });
                }
            }
        }
        net.run(120);
        for node in &net.nodes {
            prop_assert_eq!(leftovers(node), (0, 0));
        }
    }
}

#[test]
fn a_storm_visits_every_event() {
    let mut visits = BTreeMap::new();
    for seed in 0..12 {
        for (name, count) in storm(seed, Weather::BAD, 10) {
            *visits.entry(name).or_insert(0) += count;
        }
    }
    println!("{visits:?}");
    let names = "answered ended established incoming offer answered offer received offer refused progress";
    assert_eq!(visits.keys().copied().collect::<Vec<_>>().join(" "), names);
}

/// A stormy run; with `restarts`, both endpoints go on from a snapshot ten times a second.
fn recorded_run(restarts: bool) -> Vec<impl PartialEq + std::fmt::Debug> {
    let mut net = Net::new(2, 5);
    net.weather = Weather::BAD;
    let mut people = People::new(5);
    people.begin(&mut net, 6);
    for _ in 0..200 {
        net.run_until(net.now + std::time::Duration::from_millis(100));
        people.react(&mut net);
        for node in net.nodes.iter_mut().filter(|_| restarts) {
            let snapshot = serde_json::to_string(&node.endpoint).unwrap();
            node.endpoint = serde_json::from_str(&snapshot).unwrap();
        }
    }
    net.nodes.into_iter().map(|node| (node.events, node.sent)).collect()
}

#[test]
fn the_same_seed_gives_the_same_run_even_from_snapshots() {
    let run = recorded_run(false);
    assert_eq!(run, recorded_run(false));
    assert_eq!(run, recorded_run(true));
}
