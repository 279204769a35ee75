//! Sequences of messages, commands and silences against the endpoint.

use std::time::Duration;

use bytes::Bytes;

use super::choices::Choices;
use crate::id::TrunkId;
use crate::sip::digest::{self, Login};
use crate::sip::endpoint::{CallRef, Command, Destination, EndpointConfig, Event, Flow, Input, Output};
use crate::sip::message::{Message, Method, Request, Response};
use crate::sip::simnet;
use crate::sip::tests::probe::{PASSWORD, Probe, request, tcp, udp, within};

const METHODS: [&str; 12] = [
    "INVITE", "INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "PRACK", "UPDATE", "REGISTER", "INFO", "REFER",
    "DANCE",
];
const EXTRAS: [&str; 16] = [
    "",
    "",
    "Require: 100rel",
    "Require: nothing-supports-this\nProxy-Require: nor-this",
    "Supported: 100rel, timer\nSession-Expires: 90;refresher=uas",
    "Session-Expires: 4294967295\nMin-SE: 4294967295",
    "RAck: 1 1 INVITE",
    "Contact: *\nExpires: 0",
    "Record-Route: <sip:127.0.0.1:9;lr>, <sip:x>",
    "Route: <sip:127.0.0.1:5060;lr>",
    "Replaces: probe;to-tag=a;from-tag=b",
    "Authorization: Digest username=\"anna\", realm=\"hovor\", nonce=\"\", uri=\"x\", response=\"y\"",
    "Content-Type: application/sdp\nExpires: 99999999999",
    "Content-Type: application/unknown\nContent-Encoding: gzip",
    "Path: <sip:127.0.0.1:7000;lr>\nSupported: path, outbound",
    "Max-Forwards: 0",
];
const STATUSES: [u16; 16] = [100, 180, 183, 199, 200, 200, 202, 302, 401, 407, 408, 422, 481, 491, 500, 503];
const RESPONSE_EXTRAS: [&str; 7] = [
    "",
    "Require: 100rel\nRSeq: 1",
    "Contact: <sip:x@127.0.0.1:7000>;expires=60",
    "Session-Expires: 90;refresher=uac\nMin-SE: 120",
    "WWW-Authenticate: Digest realm=\"p\", nonce=\"n\", qop=\"auth\"",
    "Retry-After: 4294967295",
    "Record-Route: <sip:127.0.0.1:9;lr>",
];
/// Milliseconds.
const PAUSES: [u64; 8] = [0, 20, 500, 3_000, 4_000, 33_000, 100_000, 700_000];
const PROVIDER: &str = "203.0.113.1:5060";
const STEPS: usize = 120;
const CALLS: usize = 3;
const TRANSACTIONS: usize = 30;

/// Any sequence is survived, within bounds of memory; each call ends exactly once; and in the end all is forgotten.
pub fn endpoint(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let mut course = Course::new(choices.byte());
    for _ in 0..STEPS {
        if choices.is_over() {
            break;
        }
        course.step(&mut choices);
        course.note();
        let stats = course.probe.endpoint.stats();
        assert!(stats.calls <= 2 * CALLS && stats.transactions <= 2 * TRANSACTIONS + CALLS, "{stats:?}");
    }
    course.finish();
}

/// An endpoint and what was said to it and by it.
struct Course {
    probe: Probe,
    trunk: TrunkId,
    /// Tags of ours.
    tags: Vec<String>,
    asked: Vec<(Destination, Request)>,
    refusals: Vec<Response>,
    questions: Vec<u64>,
    calls: Vec<CallRef>,
    events: Vec<Event>,
    number: u32,
}

impl Course {
    fn new(kind: u8) -> Self {
        let mut config = EndpointConfig::default();
        config.limits.transactions = TRANSACTIONS;
        config.limits.calls = CALLS;
        let mut probe = Probe::with_config(config);
        let register = (kind % 2 == 1).then_some(Duration::from_secs(600));
        let trunk = probe.add_trunk_that_registers(register);
        let (tags, asked, refusals, questions) = (vec![], vec![], vec![], vec![]);
        let (calls, events, number) = (vec![], vec![], 0);
        let mut course = Self { probe, trunk, tags, asked, refusals, questions, calls, events, number };
        course.note();
        course
    }

    fn step(&mut self, choices: &mut Choices<'_>) {
        match choices.byte() % 20 {
            0..6 => {
                let (flow, text) = (flow(choices), self.sensible(choices));
                self.probe.receive_by(flow, &text);
            }
            6..8 => self.damaged(choices),
            8 => {
                let bytes = Bytes::copy_from_slice(choices.bytes());
                self.probe.input(Input::Received { flow: flow(choices), bytes });
            }
            9..12 => self.answer(choices),
            12..15 => self.command(choices),
            15 => self.dial(choices),
            16 => self.log_in(choices),
            17 => self.break_something(choices),
            _ => self.probe.wait(choices.of(&PAUSES)),
        }
    }

    /// Takes in what the endpoint did.
    fn note(&mut self) {
        for (to, message) in &self.probe.sent {
            let tag = |party: Result<crate::sip::NameAddr, _>| party.ok()?.tag().map(str::to_owned);
            self.tags.extend(tag(message.headers().to()));
            match message {
                Message::Request(request) => self.asked.push((*to, request.clone())),
                Message::Response(response) if response.status == 401 || response.status == 407 => {
                    self.refusals.push(response.clone());
                }
                Message::Response(_) => {}
            }
        }
        for other in &self.probe.other {
            if let Output::Resolve { query, .. } = other {
                self.questions.push(*query);
            }
        }
        self.calls.extend(simnet::incoming(&self.probe.events));
        self.events.append(&mut self.probe.events);
        self.probe.sent.clear();
        self.probe.other.clear();
    }

    /// A request that makes some sense: with a tag of ours if there is one.
    fn sensible(&mut self, choices: &mut Choices<'_>) -> String {
        let method = choices.of(&METHODS);
        let (number, extra) = (1 + choices.below(12) as u32, choices.of(&EXTRAS));
        let how = choices.byte();
        let text = match self.tags.get(usize::from(how >> 4)) {
            Some(tag) if how & 1 == 0 => {
                within(method, number, &format!("<sip:100@127.0.0.1>;tag={tag}"), extra)
            }
            _ => request(method, number, extra),
        };
        // A CANCEL or ACK now and then has the branch of an INVITE.
        let text = match how & 2 {
            0 => text,
            _ => text.replace(&format!("z9hG4bK{method}"), "z9hG4bKINVITE"),
        };
        if how & 12 == 0 { text + "\n\nv=0 body" } else { text }
    }

    fn damaged(&mut self, choices: &mut Choices<'_>) {
        let mut bytes = self.sensible(choices).replace('\n', "\r\n").into_bytes();
        bytes.extend_from_slice(b"\r\n\r\n");
        for _ in 0..=choices.below(4) {
            let at = usize::from(choices.byte()) * 4 + choices.below(4);
            let at = at % bytes.len();
            bytes[at] = choices.byte();
        }
        self.probe.input(Input::Received { flow: flow(choices), bytes: bytes.into() });
    }

    /// The answer to something that we asked, as it was or from somewhere else.
    fn answer(&mut self, choices: &mut Choices<'_>) {
        let back = choices.below(4).min(self.asked.len().saturating_sub(1));
        let Some((to, asked)) = self.asked.iter().rev().nth(back) else { return };
        let (status, extra, how) = (choices.of(&STATUSES), choices.of(&RESPONSE_EXTRAS), choices.byte());
        let mut response = asked.response(status);
        if how & 1 == 0 {
            response = response.with_to_tag(["one", "two", "three", "four"][usize::from(how >> 6)]);
        }
        for (name, value) in extra.lines().filter_map(|line| line.split_once(": ")) {
            response.headers.push(name, value);
        }
        if how & 2 == 0 {
            response = response.with_body("application/sdp", &b"v=0"[..]);
        }
        let came = match to {
            Destination::Flow(flow) => *flow,
            to => udp(&to.remote().to_string()),
        };
        let from = if how & 4 == 0 { came } else { flow(choices) };
        self.probe.receive_message(from, response);
    }

    fn command(&mut self, choices: &mut Choices<'_>) {
        let Some(call) = self.calls.iter().rev().nth(choices.below(4)).copied() else { return };
        let sdp = || Bytes::from_static(b"v=0");
        self.probe.command(match choices.byte() % 10 {
            0 => Command::Ring { call, status: 180, sdp: None },
            1 => Command::Ring { call, status: 183, sdp: Some(sdp()) },
            2 | 3 => Command::Answer { call, sdp: sdp() },
            4 => Command::Reject { call, status: 486, reason: None, retry_after: Some(7) },
            5 => Command::Hangup { call, cause: None },
            6 => Command::Offer { call, sdp: sdp() },
            7 => Command::RefuseOffer { call, status: 488 },
            _ => Command::AnswerOffer { call, sdp: sdp() },
        });
    }

    fn dial(&mut self, choices: &mut Choices<'_>) {
        self.number += 1;
        let call = 1_000_000 + u64::from(self.number);
        let offer = (!choices.byte().is_multiple_of(4)).then_some("v=0");
        let to = choices.of(&["127.0.0.1:7000", "192.0.2.8:9000", PROVIDER]).parse().expect("an address");
        let mut command = simnet::dial(call, to, choices.of(&["udp", "tcp"]), offer);
        if let Command::Dial { target, .. } = &mut command {
            use crate::sip::endpoint::Target;
            match choices.byte() % 4 {
                0 => *target = Target::Uri { uri: "sip:bob@phones.example".into() },
                1 => *target = Target::Trunk { trunk: self.trunk, user: "+420".into(), withheld: false },
                _ => {}
            }
        }
        self.calls.push(CallRef(call));
        self.probe.command(command);
    }

    /// Somebody answers a challenge, with the right secret or a wrong one.
    fn log_in(&mut self, choices: &mut Choices<'_>) {
        let Some(refusal) = self.refusals.last() else { return };
        let flow = flow(choices);
        let password = if !choices.byte().is_multiple_of(4) { PASSWORD } else { "wrong" };
        let login = Login { username: "anna".into(), password: password.into() };
        let Ok(cseq) = refusal.headers.cseq() else { return };
        let text = request(cseq.method.as_str(), cseq.number + 20, choices.of(&EXTRAS));
        let method = Method::parse(cseq.method.as_str()).unwrap_or(Method::Register);
        let answers = digest::answer(&refusal.headers, &login, &method, "sip:100@127.0.0.1", "c");
        let line = answers.first().map(|(name, value)| format!("\n{name}: {value}"));
        self.probe.receive_by(flow, &(text + &line.unwrap_or_default()));
    }

    fn break_something(&mut self, choices: &mut Choices<'_>) {
        let why = || "it is broken".to_owned();
        match choices.byte() % 5 {
            0 => self.probe.input(Input::FlowClosed { flow: flow(choices) }),
            1 => {
                let Some((to, _)) = self.asked.last() else { return };
                self.probe.input(Input::SendFailed { to: *to, why: why() });
            }
            2 => {
                let query = self.questions.pop().unwrap_or(u64::from(choices.byte()));
                self.probe.input(Input::Resolved { query, result: Err(why()) });
            }
            3 => self.probe.command(Command::CheckTrunk { trunk: self.trunk }),
            _ => self.probe.input(Input::FlowStands { flow: flow(choices) }),
        }
    }

    fn finish(mut self) {
        for call in std::mem::take(&mut self.calls) {
            self.probe.command(Command::Hangup { call, cause: None });
            self.note();
        }
        let (trunk, device) = (self.trunk, self.probe.anna);
        self.probe.command(Command::RemoveTrunk { trunk });
        self.note();
        self.probe.command(Command::RemoveAccount { device });
        self.note();
        self.probe.wait(200_000);
        self.note();
        let stats = self.probe.endpoint.stats();
        assert_eq!((stats.transactions, stats.calls, stats.lingering, stats.bindings), (0, 0, 0, 0));
        simnet::assert_ended_once(&self.events);
    }
}

/// A guest by datagrams or a connection, strangers, or the provider.
fn flow(choices: &mut Choices<'_>) -> Flow {
    match choices.byte() % 8 {
        0..4 => udp("127.0.0.1:7000"),
        4 => udp("192.0.2.7:5060"),
        5 => udp(PROVIDER),
        6 => tcp("127.0.0.1:7001", 1),
        _ => tcp("192.0.2.8:9000", 2),
    }
}
