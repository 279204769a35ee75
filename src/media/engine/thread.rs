//! One worker thread: it carries packets, commands and the clock to its [`Worker`].

mod browsers;
mod moving;

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};

use super::events::Events;
use super::front::{Front, Place};
use super::library::{Job, Library};
use super::mailbox::Mailbox;
use super::metrics::{Counters, add};
use super::poll::{Metronome, Poll, Ready, Urgency, hurry};
use super::ports::{Pair, Ports};
use super::slots::{Ground, Slots};
use super::writer::Outbox;
use crate::id::{LegId, RoomId};
use crate::media::player::Source;
use crate::media::recording::room::RoomKey;
use crate::media::webrtc::News;
use crate::media::worker::{Leg, Output, Port, RecordStep, TICK, Worker, sources};
use crate::media::{Command, Event, Family, Quality, Sound, Ways};
use crate::sdp::Web;
use crate::time::Time;

/// What reaches a worker thread from others.
#[derive(Debug)]
pub enum Letter {
    /// An order of the switch.
    Command(Command),
    /// This leg is on its way here; what comes for it waits.
    Expect(LegId),
    /// After the next tick, send the leg to that worker.
    Depart { leg: LegId, room: RoomId, to: usize },
    /// The leg that was expected, with its sockets.
    Arrive { leg: Box<Leg>, room: RoomId, ground: Ground },
    /// The leg that was expected ended before it could leave.
    Lost(LegId),
    /// What was agreed on with a browser, for the worker at whose port it has its place.
    Browser { leg: LegId, web: Box<Web> },
    /// What that worker found out of its way.
    News { leg: LegId, news: News },
    /// What came for the leg at that port.
    Datagram { leg: LegId, bytes: Vec<u8>, from: SocketAddr },
    /// Files that were asked for.
    Sounds { leg: LegId, playback: u64, sounds: Result<Vec<Source>, (Sound, String)> },
    /// Close all legs and end.
    Stop,
}

impl Letter {
    /// The leg that it is about, if it must wait for that leg to arrive.
    fn addressee(&self) -> Option<LegId> {
        match self {
            Self::Command(command) => command.leg(),
            Self::Depart { leg, .. } | Self::News { leg, .. } | Self::Datagram { leg, .. } => Some(*leg),
            Self::Expect(_)
            | Self::Arrive { .. }
            | Self::Lost(_)
            | Self::Browser { .. }
            | Self::Sounds { .. }
            | Self::Stop => None,
        }
    }
}

/// Datagrams longer than this are no sound of ours.
const LONGEST: usize = 2_048;
/// Ticks that are made up for at once; more are left out.
const MOST_TICKS: u64 = 5;
/// Where packets come thick, a thread that is woken for each spends much of its time on being woken. It sleeps so
/// long instead, and finds several.
const NAP: Duration = Duration::from_millis(1);
/// So many packets of one tick are thick: some two for each nap.
const THICK: u64 = 40;
/// Datagrams of browsers that are read one after the other before something else has its turn.
const IN_A_ROW: usize = 32;
/// How many ticks lie between two looks for browsers' legs that are gone.
const SWEEP_EVERY: u64 = 50;
/// The tokens of what is no socket.
const BELL: u64 = u64::MAX;
const CLOCK: u64 = u64::MAX - 1;

/// What a worker thread is made of. Everything in it is its own or shared without waiting.
pub struct Thread {
    pub worker: Worker,
    pub mailboxes: Arc<[Arc<Mailbox<Letter>>]>,
    pub index: usize,
    pub ports: Ports,
    pub front: Front,
    pub library: Arc<Library>,
    pub loader: SyncSender<Job>,
    pub outbox: Outbox,
    pub events: Events,
    pub counters: Arc<Counters>,
    pub origin: Instant,
    pub poll: Poll,
    pub clock: Metronome,
}

/// The thread while it runs.
pub struct Running {
    thread: Thread,
    slots: Slots,
    /// Legs on their way here, and what waits for them.
    expected: BTreeMap<LegId, Vec<Letter>>,
    /// Legs that leave after the next tick.
    departures: Vec<(LegId, RoomId, usize)>,
    /// How many ticks are done.
    ticks: u64,
    /// Packets that came since the last tick.
    received: u64,
    /// Whether they came thick in the tick before.
    thick: bool,
    stopped: bool,
}

impl Thread {
    /// Runs until [`Letter::Stop`] comes.
    pub fn run(self) {
        let ticks = ticks_of(self.now());
        let slots = Slots::default();
        let running = Running {
            slots,
            expected: BTreeMap::new(),
            departures: vec![],
            ticks,
            received: 0,
            thick: false,
            stopped: false,
            thread: self,
        };
        running.run();
    }

    fn now(&self) -> Time {
        Time::ZERO + self.origin.elapsed()
    }

    /// The same moment in our own time and in that of libraries.
    fn now_twice(&self) -> (Time, Instant) {
        let passed = self.origin.elapsed();
        (Time::ZERO + passed, self.origin + passed)
    }
}

impl Running {
    fn run(mut self) {
        hurry(Urgency::Sound);
        let thread = &self.thread;
        let Some(mailbox) = thread.mailboxes.get(thread.index).cloned() else { return };
        let watched = thread
            .poll
            .add(mailbox.as_raw_fd(), BELL)
            .and_then(|()| thread.poll.add(thread.clock.as_raw_fd(), CLOCK));
        if let Err(error) = watched {
            tracing::error!(%error, "a media thread cannot watch its clock");
            return;
        }
        let (mut ready, mut letters) = (Ready::new(), VecDeque::new());
        while !self.stopped {
            if let Err(error) = self.thread.poll.wait(&mut ready) {
                tracing::error!(%error, "a media thread cannot wait for packets");
                return;
            }
            for token in ready.drain(..) {
                // Many packets may wait, and a tick that is due waits for one of them at most.
                self.tick();
                match token {
                    BELL => {
                        mailbox.take(&mut letters);
                        letters.drain(..).for_each(|letter| self.handle(letter));
                    }
                    CLOCK => self.thread.clock.hush(),
                    token => match self.thread.front.socket(token) {
                        Some(pair) => self.let_in(&pair.rtp),
                        None => self.receive(token),
                    },
                }
            }
            self.tick();
            if self.thick {
                self.nap();
            }
        }
        self.thread.outbox.finish();
    }

    /// Lets packets gather, but no tick wait.
    #[expect(clippy::disallowed_methods, reason = "a driver waits for the network")]
    fn nap(&self) {
        let until_tick = time_of(self.ticks + 1).since(self.thread.now());
        std::thread::sleep(NAP.min(until_tick));
    }

    /// Carries out a letter, or keeps it for the leg that it has to wait for.
    fn handle(&mut self, letter: Letter) {
        if let Some(leg) = letter.addressee()
            && let Some(waiting) = self.expected.get_mut(&leg)
        {
            waiting.push(letter);
            return;
        }
        let now = self.thread.now();
        match letter {
            Letter::Command(Command::Open { leg, room, family, ways }) => {
                self.open(leg, room, (family, ways), now);
            }
            Letter::Command(command) => {
                if let Command::Configure { leg, agreed } = &command
                    && let Some(web) = &agreed.web
                {
                    self.expect(*leg, web);
                }
                self.thread.worker.handle_command(command, now);
            }
            Letter::Browser { leg, web } => self.thread.front.door.expect(leg, *web),
            Letter::News { leg, news } => self.thread.worker.handle_news(leg, news, now),
            Letter::Datagram { leg, mut bytes, from } => {
                self.thread.worker.handle_packet(leg, &mut bytes, from, now);
            }
            Letter::Expect(leg) => {
                self.expected.insert(leg, vec![]);
            }
            Letter::Depart { leg, room, to } => self.departures.push((leg, room, to)),
            Letter::Arrive { leg, room, ground } => self.arrive(*leg, room, ground, now),
            Letter::Lost(leg) => {
                self.expected.remove(&leg);
            }
            Letter::Sounds { leg, playback, sounds } => {
                self.thread.worker.handle_sounds(leg, playback, sounds, now);
            }
            Letter::Stop => {
                for leg in self.slots.legs() {
                    self.thread.worker.handle_command(Command::Close { leg }, now);
                }
                self.stopped = true;
            }
        }
        self.carry_out();
    }

    fn open(&mut self, leg: LegId, room: RoomId, at: (Family, Ways), now: Time) {
        let opened = if self.thread.worker.has(leg) {
            Err("the leg is open already".to_owned())
        } else {
            self.bind(leg, room, at, now)
        };
        let event = match opened {
            Ok((rtp_port, web_port)) => Event::Opened { leg, rtp_port, web_port },
            Err(reason) => Event::OpenFailed { leg, reason },
        };
        self.report(event);
    }

    /// The port of its own, or 0, and that for browsers.
    fn bind(
        &mut self,
        leg: LegId,
        room: RoomId,
        (family, ways): (Family, Ways),
        now: Time,
    ) -> Result<(u16, Option<u16>), String> {
        let Thread { ports, poll, front, index, .. } = &mut self.thread;
        let own =
            ways.has_ports().then(|| ports.take(family)).transpose().map_err(|error| error.to_string())?;
        let web = ways.has_web().then(|| front.place(leg, family, *index, (ports, poll))).transpose();
        let web = web.map_err(|error| format!("no port for browsers: {error}"))?;
        let found = (own.as_ref().map_or(0, Pair::port), web.as_ref().map(Place::port));
        self.slots.insert(leg, Ground { own, web }, poll).map_err(|(error, _)| error.to_string())?;
        self.thread.worker.open(leg, room, now).map_err(|reason| {
            self.slots.remove(leg, &self.thread.poll);
            reason.to_owned()
        })?;
        Ok(found)
    }

    /// Reads one datagram. If more wait, the kernel reports the socket again.
    fn receive(&mut self, token: u64) {
        let Some((leg, port, socket)) = self.slots.find(token) else { return };
        let mut buffer = [0; LONGEST];
        let (length, from) = match socket.recv_from(&mut buffer) {
            Ok(received) => received,
            // Another thread's fault or a message of the network about what we sent: not a packet.
            Err(_) => return,
        };
        self.received += 1;
        add(&self.thread.counters.packets_in, 1);
        let now = self.thread.now();
        let bytes = buffer.get_mut(..length).unwrap_or_default();
        match port {
            Port::Rtp | Port::Web => self.thread.worker.handle_packet(leg, bytes, from, now),
            Port::Rtcp => self.thread.worker.handle_rtcp(leg, bytes, from, now),
        }
        self.carry_out();
    }

    /// Does the ticks that are due.
    fn tick(&mut self) {
        let due = ticks_of(self.thread.now());
        if due <= self.ticks {
            return;
        }
        self.thick = self.received >= THICK * (due - self.ticks);
        self.received = 0;
        let skipped = (due - self.ticks).saturating_sub(MOST_TICKS);
        add(&self.thread.counters.ticks_skipped, skipped);
        self.ticks += skipped;
        while self.ticks < due {
            self.ticks += 1;
            let scheduled = time_of(self.ticks);
            let begun = self.thread.now();
            self.thread.counters.tick(begun.since(scheduled));
            self.thread.worker.tick(scheduled);
            self.carry_out();
            let worked = self.thread.now().since(begun);
            add(&self.thread.counters.tick_work_us, u64::try_from(worked.as_micros()).unwrap_or(u64::MAX));
        }
        self.look_after_browsers();
        self.depart();
        self.thread.outbox.flush();
        self.thread.events.flush();
        let worker = &self.thread.worker;
        self.thread.counters.show(worker);
    }
}

impl Running {
    /// Does what the worker asks for.
    fn carry_out(&mut self) {
        while let Some(output) = self.thread.worker.poll_output() {
            match output {
                Output::Send { leg, port, to, bytes, forwarded } => {
                    self.send(leg, port, to, &bytes, forwarded)
                }
                Output::Event(event) => self.report(event),
                Output::Record(step) => self.record(step),
                Output::Load { leg, playback, sounds } => self.load(leg, playback, sounds),
            }
        }
    }

    fn send(&mut self, leg: LegId, port: Port, to: SocketAddr, bytes: &[u8], forwarded: bool) {
        let counters = &self.thread.counters;
        let sent = self.slots.socket(leg, port).is_some_and(|socket| socket.send_to(bytes, to).is_ok());
        add(if sent { &counters.packets_out } else { &counters.send_failures }, 1);
        add(&counters.packets_forwarded, u64::from(sent && forwarded));
    }

    fn report(&mut self, event: Event) {
        match &event {
            Event::Closed { leg, quality } => self.closed(*leg, quality),
            Event::Failed { leg, .. } | Event::OpenFailed { leg, .. } if !self.thread.worker.has(*leg) => {
                self.thread.events.gone(*leg);
            }
            _ => {}
        }
        self.thread.events.send(event);
    }

    fn record(&mut self, step: RecordStep) {
        if let RecordStep::Report(Event::Closed { leg, quality }) = &step {
            self.closed(*leg, quality);
        }
        let posted = self.thread.outbox.post(step);
        add(&self.thread.counters.recorded_samples_lost, posted.lost as u64);
        if let Some(RoomKey { room, recording }) = posted.incomplete {
            let reason = "the disk is too slow for what is recorded".to_owned();
            self.report(Event::RecordingIncomplete { room, recording, reason });
        }
    }

    fn closed(&mut self, leg: LegId, quality: &Quality) {
        self.slots.remove(leg, &self.thread.poll);
        add(&self.thread.counters.packets_lost, quality.packets_lost);
        add(&self.thread.counters.packets_late, quality.packets_late);
    }

    /// Gives the worker sounds that are kept already; asks the loader for others.
    fn load(&mut self, leg: LegId, playback: u64, sounds: Vec<Sound>) {
        let library = &self.thread.library;
        let kept = sources(&sounds, |name| library.kept(name).ok_or(()));
        let sounds = match (kept, self.thread.mailboxes.get(self.thread.index)) {
            (Ok(sources), _) => Ok(sources),
            (Err((sound, ())), Some(reply)) => {
                let job = Job::Play { leg, playback, sounds, reply: Arc::clone(reply) };
                match self.thread.loader.try_send(job) {
                    Ok(()) => return,
                    Err(_) => Err((sound, "too many sounds wait to be read".to_owned())),
                }
            }
            (Err((sound, ())), None) => Err((sound, "the worker has no mailbox".to_owned())),
        };
        let now = self.thread.now();
        self.thread.worker.handle_sounds(leg, playback, sounds, now);
    }
}

/// How many ticks are due by `now`.
fn ticks_of(now: Time) -> u64 {
    now.0 / TICK_US
}

/// When the tick of this number is due.
fn time_of(ticks: u64) -> Time {
    Time(ticks * TICK_US)
}

const TICK_US: u64 = TICK.as_micros() as u64;
