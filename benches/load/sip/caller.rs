//! Those who call: as many calls a second as wanted, each kept for a while and ended.

use std::collections::BTreeMap;
use std::net::{SocketAddrV4, UdpSocket};

use super::message::{Message, finish, uri};
use super::timers::Timers;
use super::{Agent, PATIENCE, T1, T2};
use crate::clock::{self, Nanos, SECOND};
use crate::datagram::Arrival;
use crate::stats::Spread;

/// What callers do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The server.
    pub server: SocketAddrV4,
    /// The user parts of whom they call, each as often.
    pub numbers: Vec<String>,
    pub calls: u32,
    /// Calls begun a second.
    pub rate: u32,
    /// How long a call is held; without it until [`Callers::hang_up`].
    pub hold: Option<Nanos>,
    /// Where they want their sound.
    pub sound: SocketAddrV4,
}

impl Plan {
    /// Whom this call is for.
    fn number(&self, call: u32) -> &str {
        &self.numbers[call as usize * self.numbers.len() / self.calls as usize]
    }
}

/// What became of the calls.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Outcome {
    pub begun: u32,
    pub answered: u32,
    /// Ended as planned, both sides agreeing.
    pub ended: u32,
    /// By status; 0 stands for no answer at all.
    pub failed: BTreeMap<u16, u32>,
    /// Messages that we sent again because nothing came back in time.
    pub repeated_by_us: u32,
    /// Messages that the server sent again.
    pub repeated_by_server: u32,
    /// From INVITE to the kernel's stamp on the 200.
    pub set_up: Spread,
    /// From BYE to its 200.
    pub tear_down: Spread,
    /// How late calls were begun: whether this generator kept up.
    pub own_lateness: Spread,
}

enum State {
    Inviting {
        pause: Nanos,
    },
    /// The server has answered, if not finally.
    Proceeding,
    Talking,
    Leaving {
        pause: Nanos,
    },
    Over,
}

struct Call {
    state: State,
    /// When the request of the state was first sent.
    since: Nanos,
    dialog: Option<Dialog>,
}

struct Dialog {
    to: String,
    target: String,
    routes: String,
    sound: Option<SocketAddrV4>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Repeat,
    HangUp,
    GiveUp,
}

pub struct Callers {
    socket: UdpSocket,
    /// Our address as it stands in messages.
    local: String,
    plan: Plan,
    /// Stands in Call-IDs, so that runs after one another do not get each other's messages.
    run: String,
    start: Nanos,
    calls: Vec<Call>,
    timers: Timers<(u32, Due)>,
    open: u32,
    outcome: Outcome,
    times: [Vec<u32>; 3],
}

/// Places in [`Callers::times`].
const SET_UP: usize = 0;
const TEAR_DOWN: usize = 1;
const LATENESS: usize = 2;

impl Callers {
    /// Callers who begin at once.
    pub fn new(socket: UdpSocket, plan: Plan) -> std::io::Result<Self> {
        let (local, start) = (socket.local_addr()?.to_string(), clock::now());
        let run = format!("{:x}", start / 1_000);
        let (calls, timers, outcome, times) =
            (vec![], Timers::default(), Outcome::default(), Default::default());
        Ok(Self { socket, local, plan, run, start, calls, timers, open: 0, outcome, times })
    }

    /// Where the server wants the sound of each answered call.
    pub fn sound(&self) -> impl Iterator<Item = SocketAddrV4> {
        self.calls.iter().filter_map(|call| call.dialog.as_ref()?.sound)
    }

    /// All calls are answered, or failed.
    pub fn all_stand(&self) -> bool {
        self.calls.len() == self.plan.calls as usize
            && !self.calls.iter().any(|call| matches!(call.state, State::Inviting { .. } | State::Proceeding))
    }

    /// Ends all calls that stand, at the rate at which they were begun.
    pub fn hang_up(&mut self) {
        let now = clock::now();
        for index in 0..self.calls.len() as u32 {
            let at = now + u64::from(index) * SECOND / u64::from(self.plan.rate);
            self.timers.set(at, (index, Due::HangUp));
        }
        self.plan.hold = Some(0);
    }

    pub fn outcome(mut self) -> Outcome {
        self.outcome.set_up = Spread::of(&mut self.times[SET_UP]);
        self.outcome.tear_down = Spread::of(&mut self.times[TEAR_DOWN]);
        self.outcome.own_lateness = Spread::of(&mut self.times[LATENESS]);
        self.outcome
    }

    fn next_begins(&self) -> Option<Nanos> {
        let begun = self.calls.len() as u64;
        let at = self.start + begun * SECOND / u64::from(self.plan.rate);
        (begun < u64::from(self.plan.calls)).then_some(at)
    }

    fn begin(&mut self, due: Nanos) {
        let (index, now) = (self.calls.len() as u32, clock::now());
        self.times[LATENESS].push(clock::micros(now.saturating_sub(due)));
        self.calls.push(Call { state: State::Inviting { pause: T1 }, since: now, dialog: None });
        self.outcome.begun += 1;
        self.open += 1;
        self.timers.set(now + T1, (index, Due::Repeat));
        self.timers.set(now + PATIENCE, (index, Due::GiveUp));
        self.send(&self.invite(index));
    }

    fn repeat(&mut self, index: u32, now: Nanos) {
        let text = match &self.calls[index as usize].state {
            State::Inviting { .. } => self.invite(index),
            State::Leaving { .. } => self.in_dialog(index, "BYE", 2),
            State::Proceeding | State::Talking | State::Over => return,
        };
        self.outcome.repeated_by_us += 1;
        self.send(&text);
        let (State::Inviting { pause } | State::Leaving { pause }) = &mut self.calls[index as usize].state
        else {
            return;
        };
        *pause *= 2;
        let next = now + (*pause).min(T2);
        self.timers.set(next, (index, Due::Repeat));
    }

    fn leave(&mut self, index: u32, now: Nanos) {
        let call = &mut self.calls[index as usize];
        if !matches!(call.state, State::Talking) {
            return;
        }
        (call.state, call.since) = (State::Leaving { pause: T1 }, now);
        self.timers.set(now + T1, (index, Due::Repeat));
        self.timers.set(now + PATIENCE, (index, Due::GiveUp));
        self.send(&self.in_dialog(index, "BYE", 2));
    }

    fn give_up(&mut self, index: u32, now: Nanos) {
        let call = &self.calls[index as usize];
        let waits = !matches!(call.state, State::Talking | State::Over);
        if waits && now.saturating_sub(call.since) >= PATIENCE {
            self.over(index, Some(0));
        }
    }

    fn over(&mut self, index: u32, failure: Option<u16>) {
        self.calls[index as usize].state = State::Over;
        self.open -= 1;
        match failure {
            Some(status) => *self.outcome.failed.entry(status).or_default() += 1,
            None => self.outcome.ended += 1,
        }
    }

    fn responded(&mut self, message: &Message, at: Nanos) -> Option<()> {
        let (run, index) = message.header("Call-ID")?.split_once('-')?;
        let index: u32 = index.parse().ok().filter(|_| run == self.run)?;
        let (status, (_, method)) = (message.status()?, message.cseq()?);
        let call = self.calls.get_mut(index as usize)?;
        match (&call.state, method, status) {
            (State::Inviting { .. }, "INVITE", 100..200) => call.state = State::Proceeding,
            (State::Inviting { .. } | State::Proceeding, "INVITE", 200..300) => {
                self.answered(index, message, at);
            }
            (State::Inviting { .. } | State::Proceeding, "INVITE", 300..) => {
                let to = message.header("To").unwrap_or_default();
                self.send(&self.acknowledge_refusal(index, to));
                self.over(index, Some(status));
            }
            (_, "INVITE", 200..) => {
                self.outcome.repeated_by_server += 1;
                if status < 300 {
                    self.send(&self.in_dialog(index, "ACK", 1));
                }
            }
            (State::Leaving { .. }, "BYE", 200..) => {
                self.times[TEAR_DOWN].push(clock::micros(at.saturating_sub(call.since)));
                self.over(index, (status >= 300).then_some(status));
            }
            _ => {}
        }
        Some(())
    }

    fn answered(&mut self, index: u32, message: &Message, at: Nanos) {
        let call = &mut self.calls[index as usize];
        let mut routes: Vec<&str> = message.all("Record-Route").collect();
        routes.reverse();
        call.dialog = Some(Dialog {
            to: message.header("To").unwrap_or_default().to_owned(),
            target: message.header("Contact").map(uri).unwrap_or_default().to_owned(),
            routes: routes.iter().map(|route| format!("Route: {route}\r\n")).collect(),
            sound: message.sound(),
        });
        call.state = State::Talking;
        self.times[SET_UP].push(clock::micros(at.saturating_sub(call.since)));
        self.outcome.answered += 1;
        self.send(&self.in_dialog(index, "ACK", 1));
        if let Some(hold) = self.plan.hold {
            self.timers.set(clock::now() + hold, (index, Due::HangUp));
        }
    }

    fn invite(&self, index: u32) -> String {
        let Plan { server, sound, .. } = &self.plan;
        let number = self.plan.number(index);
        let (local, run) = (&self.local, &self.run);
        let text = format!(
            "INVITE sip:{number}@{server} SIP/2.0\r\nVia: SIP/2.0/UDP {local};rport;branch=z9hG4bK{run}-{index}-1\r\n\
             From: <sip:+420777{index:06}@{local}>;tag={run}{index}\r\nTo: <sip:{number}@{server}>\r\n\
             Call-ID: {run}-{index}\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\nContact: <sip:caller@{local}>\r\n"
        );
        finish(text, Some(*sound))
    }

    /// The ACK of a refusal belongs to the INVITE's transaction (RFC 3261 section 17.1.1.3).
    fn acknowledge_refusal(&self, index: u32, to: &str) -> String {
        let (Plan { server, .. }, local, run) = (&self.plan, &self.local, &self.run);
        let number = self.plan.number(index);
        finish(
            format!(
                "ACK sip:{number}@{server} SIP/2.0\r\n\
                 Via: SIP/2.0/UDP {local};rport;branch=z9hG4bK{run}-{index}-1\r\n\
                 From: <sip:+420777{index:06}@{local}>;tag={run}{index}\r\nTo: {to}\r\n\
                 Call-ID: {run}-{index}\r\nCSeq: 1 ACK\r\nMax-Forwards: 70\r\n"
            ),
            None,
        )
    }

    fn in_dialog(&self, index: u32, method: &str, cseq: u32) -> String {
        let Some(Dialog { to, target, routes, .. }) = &self.calls[index as usize].dialog else {
            return String::new();
        };
        let (local, run) = (&self.local, &self.run);
        let text = format!(
            "{method} {target} SIP/2.0\r\n\
             Via: SIP/2.0/UDP {local};rport;branch=z9hG4bK{run}-{index}-{method}\r\n{routes}\
             From: <sip:+420777{index:06}@{local}>;tag={run}{index}\r\nTo: {to}\r\n\
             Call-ID: {run}-{index}\r\nCSeq: {cseq} {method}\r\nMax-Forwards: 70\r\n"
        );
        finish(text, None)
    }

    fn send(&self, text: &str) {
        // What the kernel does not take is sent again, and counted then.
        let _ = self.socket.send_to(text.as_bytes(), self.plan.server);
    }
}

impl Agent for Callers {
    fn socket(&self) -> &UdpSocket {
        &self.socket
    }

    fn received(&mut self, arrival: Arrival) {
        let Some(message) = Message::read(arrival.bytes) else { return };
        match message.method() {
            None => drop(self.responded(&message, arrival.at)),
            // A server that asks something within a call, or ends it: an answer does no harm.
            Some("ACK") => {}
            Some(_) => self.send(&finish(message.response("200 OK", "x"), None)),
        }
    }

    fn due(&self) -> Option<Nanos> {
        self.next_begins().into_iter().chain(self.timers.next()).min()
    }

    fn wake(&mut self, now: Nanos) {
        while let Some(due) = self.next_begins().filter(|due| *due <= now) {
            self.begin(due);
        }
        while let Some((index, what)) = self.timers.take(now) {
            match what {
                Due::Repeat => self.repeat(index, now),
                Due::HangUp => self.leave(index, now),
                Due::GiveUp => self.give_up(index, now),
            }
        }
    }

    fn is_done(&self) -> bool {
        let finished = self.calls.len() == self.plan.calls as usize && self.open == 0;
        finished || self.plan.hold.is_none() && self.all_stand()
    }
}
