//! Phones that register, each time with a challenge: REGISTER, 401, REGISTER with credentials, 200.

use std::collections::BTreeMap;
use std::net::{SocketAddrV4, UdpSocket};

use super::message::{Message, finish};
use super::timers::Timers;
use super::{Agent, PATIENCE, T1, T2, digest};
use crate::clock::{self, Nanos, SECOND};
use crate::datagram::Arrival;
use crate::stats::Spread;

/// What phones do.
#[derive(Clone, Debug)]
pub struct Plan {
    pub server: SocketAddrV4,
    /// User names.
    pub users: Vec<String>,
    /// The secret of all of them.
    pub secret: String,
    pub registrations: u32,
    /// Registrations begun a second.
    pub rate: u32,
}

/// What became of the registrations.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Outcome {
    pub begun: u32,
    pub done: u32,
    /// By status; 0 stands for no answer at all.
    pub failed: BTreeMap<u16, u32>,
    /// Requests that we sent again because nothing came back in time.
    pub repeated_by_us: u32,
    /// From the first REGISTER to the 200.
    pub time: Spread,
    /// How late registrations were begun: whether this generator kept up.
    pub own_lateness: Spread,
}

struct Registration {
    since: Nanos,
    /// When the last request was sent, and the pause after which it is sent again.
    asked: Nanos,
    pause: Nanos,
    /// The second request has gone out with these credentials.
    credentials: Option<String>,
    is_over: bool,
}

pub struct Phones {
    socket: UdpSocket,
    local: String,
    plan: Plan,
    start: Nanos,
    registrations: Vec<Registration>,
    timers: Timers<u32>,
    open: u32,
    outcome: Outcome,
    times: Vec<u32>,
    lateness: Vec<u32>,
}

impl Phones {
    pub fn new(socket: UdpSocket, plan: Plan) -> std::io::Result<Self> {
        let (local, start) = (socket.local_addr()?.to_string(), clock::now());
        Ok(Self {
            socket,
            local,
            plan,
            start,
            registrations: vec![],
            timers: Timers::default(),
            open: 0,
            outcome: Outcome::default(),
            times: vec![],
            lateness: vec![],
        })
    }

    pub fn outcome(mut self) -> Outcome {
        self.outcome.time = Spread::of(&mut self.times);
        self.outcome.own_lateness = Spread::of(&mut self.lateness);
        self.outcome
    }

    fn next_begins(&self) -> Option<Nanos> {
        let begun = self.registrations.len() as u64;
        let at = self.start + begun * SECOND / u64::from(self.plan.rate);
        (begun < u64::from(self.plan.registrations)).then_some(at)
    }

    fn begin(&mut self, due: Nanos) {
        let (index, now) = (self.registrations.len() as u32, clock::now());
        self.lateness.push(clock::micros(now.saturating_sub(due)));
        let credentials = None;
        let new = Registration { since: now, asked: now, pause: T1, credentials, is_over: false };
        self.registrations.push(new);
        self.outcome.begun += 1;
        self.open += 1;
        self.timers.set(now + T1, index);
        self.send(index);
    }

    /// Each user refreshes the same registration: the same Call-ID and Contact, a rising CSeq.
    fn send(&self, index: u32) {
        let (user, round) = self.user_of(index);
        let credentials = &self.registrations[index as usize].credentials;
        let cseq = 2 * round + 1 + u32::from(credentials.is_some());
        let (Plan { server, .. }, local, start) = (&self.plan, &self.local, self.start);
        let text = format!(
            "REGISTER sip:{server} SIP/2.0\r\nVia: SIP/2.0/UDP {local};rport;branch=z9hG4bK{start}-{index}-{cseq}\r\n\
             From: <sip:{user}@{server}>;tag={start}{user}\r\nTo: <sip:{user}@{server}>\r\n\
             Call-ID: {start}-{user}\r\nCSeq: {cseq} REGISTER\r\nMax-Forwards: 70\r\n\
             Contact: <sip:{user}@{local}>\r\nExpires: 600\r\n{}",
            credentials.as_deref().unwrap_or_default()
        );
        // What the kernel does not take is sent again, and counted then.
        let _ = self.socket.send_to(finish(text, None).as_bytes(), server);
    }

    /// The user of a registration, and how often that user has registered before.
    fn user_of(&self, index: u32) -> (&str, u32) {
        let users = self.plan.users.len();
        (&self.plan.users[index as usize % users], index / users as u32)
    }

    fn responded(&mut self, message: &Message, at: Nanos) -> Option<()> {
        // The branch tells which registration it is: z9hG4bKSTART-INDEX-CSEQ.
        let branch = message.header("Via")?.split("branch=z9hG4bK").nth(1)?.split(';').next()?;
        let mut parts = branch.split('-');
        let is_ours = parts.next()?.parse() == Ok(self.start);
        let index: u32 = parts.next()?.parse().ok().filter(|_| is_ours)?;
        let (status, now) = (message.status()?, clock::now());
        let uri = format!("sip:{}", self.plan.server);
        let user = self.user_of(index).0.to_owned();
        let registration = self.registrations.get_mut(index as usize)?;
        match status {
            100..200 => {}
            _ if registration.is_over => {}
            401 if registration.credentials.is_none() => {
                let challenge = message.header("WWW-Authenticate")?;
                let answer = digest::answer(challenge, &user, &self.plan.secret, &uri)?;
                registration.credentials = Some(format!("Authorization: {answer}\r\n"));
                (registration.asked, registration.pause) = (now, T1);
                self.timers.set(now + T1, index);
                self.send(index);
            }
            // Our first request was sent twice, and so was its answer.
            401 if message.cseq()?.0 % 2 == 1 => {}
            200 => {
                self.times.push(clock::micros(at.saturating_sub(registration.since)));
                self.over(index, None);
            }
            refusal => self.over(index, Some(refusal)),
        }
        Some(())
    }

    fn over(&mut self, index: u32, failure: Option<u16>) {
        self.registrations[index as usize].is_over = true;
        self.open -= 1;
        match failure {
            Some(status) => *self.outcome.failed.entry(status).or_default() += 1,
            None => self.outcome.done += 1,
        }
    }
}

impl Agent for Phones {
    fn socket(&self) -> &UdpSocket {
        &self.socket
    }

    fn received(&mut self, arrival: Arrival) {
        if let Some(message) = Message::read(arrival.bytes) {
            let _ = self.responded(&message, arrival.at);
        }
    }

    fn due(&self) -> Option<Nanos> {
        self.next_begins().into_iter().chain(self.timers.next()).min()
    }

    fn wake(&mut self, now: Nanos) {
        while let Some(due) = self.next_begins().filter(|due| *due <= now) {
            self.begin(due);
        }
        while let Some(index) = self.timers.take(now) {
            let registration = &mut self.registrations[index as usize];
            if registration.is_over || now < registration.asked + registration.pause {
                continue;
            }
            if now.saturating_sub(registration.since) > PATIENCE {
                self.over(index, Some(0));
                continue;
            }
            (registration.asked, registration.pause) = (now, (registration.pause * 2).min(T2));
            self.timers.set(now + registration.pause, index);
            self.outcome.repeated_by_us += 1;
            self.send(index);
        }
    }

    fn is_done(&self) -> bool {
        self.registrations.len() == self.plan.registrations as usize && self.open == 0
    }
}
