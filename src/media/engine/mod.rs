//! The media engine: worker threads, their sockets and their clock.
//!
//! [`Engine::send`] takes [`Command`]s and never waits; [`Event`]s come by the channel given to
//! [`Engine::start`]. Each worker thread owns rooms and their legs; a thread of its own reads sounds,
//! and another writes recordings, so that media threads never touch a file.

mod events;
mod front;
mod library;
mod mailbox;
mod metrics;
mod poll;
mod ports;
mod router;
mod slots;
pub mod speech;
mod thread;
mod writer;

use std::io;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::Sender;

use self::events::{Events, Gone};
pub use self::front::Doors;
use self::front::Front;
use self::library::{Job, Library};
use self::mailbox::Mailbox;
use self::metrics::Counters;
pub use self::metrics::{LATENESS_BUCKETS_US, Metrics};
use self::poll::{Metronome, Poll};
pub use self::poll::{Urgency, hurry};
use self::ports::Ports;
use self::router::{Route, Router};
use self::speech::Speaker;
use self::thread::{Letter, Thread};
use self::writer::Outbox;
use super::webrtc::Identity;
use super::worker::{RecordStep, TICK, Worker, WorkerConfig};
use super::{Command, Event};
use crate::entropy::Entropy;
use crate::sdp::Fingerprint;
use crate::time::{Epoch, UnixMs};

/// How the engine is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineConfig {
    /// Worker threads; 0 means one a core.
    pub workers: usize,
    /// The addresses at which legs receive, the first of each family.
    pub bind: Vec<IpAddr>,
    /// Where legs get their ports: an even one and the next, each.
    pub rtp_ports: RangeInclusive<u16>,
    /// Where the names of sounds lead.
    pub media_dir: PathBuf,
    /// Where spoken texts are kept.
    pub speech_dir: PathBuf,
    /// A leg that should receive but got neither RTP nor RTCP for so long is reported as silent.
    pub silence_limit: Duration,
    /// Commands that may wait for one worker; more are refused.
    pub commands: usize,
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self {
            workers: 0,
            bind: vec![IpAddr::from([127, 0, 0, 1])],
            rtp_ports: 10_000..=29_999,
            media_dir: PathBuf::from("media"),
            speech_dir: PathBuf::from("data/speech"),
            silence_limit: Duration::from_secs(60),
            commands: 8_192,
        }
    }
}

/// A worker has no room for the command; nothing of it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a media worker is too busy to take the command")]
pub struct Full;

/// A handle of the running engine. Dropping it stops the engine.
#[derive(Debug)]
pub struct Engine {
    router: Mutex<Router>,
    gone: Gone,
    mailboxes: Arc<[Arc<Mailbox<Letter>>]>,
    counters: Vec<Arc<Counters>>,
    refused: AtomicU64,
    ports: Ports,
    loader: Option<SyncSender<Job>>,
    /// Reads what may be wanted some day.
    early: Option<SyncSender<Job>>,
    threads: Vec<JoinHandle<()>>,
    /// Who we are to browsers.
    identity: Identity,
    doors: Doors,
}

impl Engine {
    /// Starts the threads. `events` is never waited for by a media thread.
    ///
    /// # Errors
    /// If the system gives no threads or descriptors.
    pub fn start(config: EngineConfig, entropy: &mut Entropy, events: Sender<Event>) -> io::Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let workers = if config.workers == 0 { cores } else { config.workers };
        let mailboxes = (0..workers).map(|_| Mailbox::new(config.commands).map(Arc::new));
        let mailboxes: Arc<[_]> = mailboxes.collect::<io::Result<Vec<_>>>()?.into();
        let library = Arc::new(Library::new(config.media_dir.clone()));
        let speaker = Speaker::new(config.speech_dir.clone());
        let (speech, speaking) = speech::start(speaker, Arc::clone(&library))?;
        let (loader, reading) = library::start(Arc::clone(&library), speech.clone(), false)?;
        // Nobody waits for what it reads, so nobody waits for its end.
        let (early, _) = library::start(Arc::clone(&library), speech, true)?;
        let (writer, writing) = writer::start(events.clone())?;
        let mut engine = Self {
            router: Mutex::new(Router::new(workers)),
            gone: Gone::default(),
            counters: (0..workers).map(|_| Arc::default()).collect(),
            refused: AtomicU64::new(0),
            ports: Ports::new(config.bind.clone(), config.rtp_ports.clone()),
            mailboxes,
            loader: Some(loader.clone()),
            early: Some(early),
            threads: vec![],
            identity: Identity::new().map_err(io::Error::other)?,
            doors: Doors::default(),
        };
        let clock = Clock::start();
        for index in 0..workers {
            let setting =
                Setting { config: &config, clock, library: &library, writer: &writer, events: &events };
            engine.start_worker(index, entropy.fork(), &setting, loader.clone())?;
        }
        engine.threads.extend([reading, speaking, writing]);
        Ok(engine)
    }

    /// Hands a command over. Commands about what is not there are ignored. A [`Command::Close`] is
    /// always taken, so that a leg's ports come back however busy its worker is.
    ///
    /// # Errors
    /// [`Full`] if a worker's queue is; then nothing was done, and it is counted.
    pub fn send(&self, command: Command) -> Result<(), Full> {
        let mut router = self.router();
        for leg in self.gone.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            router.forget(leg);
        }
        let taken = match router.route(&command) {
            Route::Nowhere => return Ok(()),
            Route::To(worker) if matches!(command, Command::Close { .. }) => {
                self.post_always(worker, Letter::Command(command.clone()))
            }
            Route::To(worker) => self.post(worker, Letter::Command(command.clone())),
            Route::Across { from, to } => self.post_move(&command, from, to),
        };
        if taken {
            router.record(&command);
            return Ok(());
        }
        self.refused.fetch_add(1, Ordering::Relaxed);
        Err(Full)
    }

    /// Reads sounds that will be played soon, so that the first to hear them need not wait. What
    /// cannot be read is logged; nothing is done if too much waits to be read.
    pub fn preload(&self, names: impl IntoIterator<Item = String>) {
        let names = names.into_iter().map(Arc::from).collect();
        if let Some(loader) = &self.early
            && loader.try_send(Job::Preload(names)).is_err()
        {
            tracing::warn!("too many sounds wait to be read; not preloading");
        }
    }

    /// Reads sounds again whose files have changed, if they are in memory. Who hears the old one hears it to
    /// its end; one that cannot be read any more is kept as it was.
    pub fn refresh(&self, names: impl IntoIterator<Item = String>) {
        let names = names.into_iter().map(Arc::from).collect();
        if let Some(loader) = &self.early
            && loader.try_send(Job::Refresh(names)).is_err()
        {
            tracing::warn!("too many sounds wait to be read; changed ones are heard as they were");
        }
    }

    /// What browsers are told of our certificate.
    pub fn fingerprint(&self) -> Fingerprint {
        self.identity.fingerprint()
    }

    /// Where browsers reach the workers.
    pub fn doors(&self) -> Doors {
        self.doors.clone()
    }

    /// Whether all threads run. One that has ended takes the sound of its legs with it.
    pub fn is_alive(&self) -> bool {
        !self.threads.iter().any(JoinHandle::is_finished)
    }

    /// Lets a thread end as a fault would.
    #[cfg(test)]
    pub(crate) fn end_a_thread(&self) {
        self.post_always(0, Letter::Stop);
    }

    /// What was counted since the engine started.
    pub fn metrics(&self) -> Metrics {
        let mut metrics = Metrics {
            commands_refused: self.refused.load(Ordering::Relaxed),
            ports_in_use: self.ports.in_use() as u64,
            ports_total: self.ports.total() as u64,
            ..Metrics::default()
        };
        for counters in &self.counters {
            counters.add_to(&mut metrics);
        }
        metrics
    }

    /// Closes all legs, completes all recordings and ends the threads. Their last events are sent
    /// if the channel has room, so keep receiving meanwhile.
    pub fn shutdown(mut self) {
        self.stop();
    }

    fn stop(&mut self) {
        for mailbox in self.mailboxes.iter() {
            mailbox.post_always(Letter::Stop);
        }
        (self.loader, self.early) = (None, None);
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a media thread had panicked");
            }
        }
    }

    fn post(&self, worker: usize, letter: Letter) -> bool {
        self.mailboxes.get(worker).is_some_and(|mailbox| mailbox.post(letter).is_ok())
    }

    /// For what comes once a leg, and so is bounded by the legs.
    fn post_always(&self, worker: usize, letter: Letter) -> bool {
        let mailbox = self.mailboxes.get(worker);
        mailbox.is_some_and(|mailbox| {
            mailbox.post_always(letter);
            true
        })
    }

    /// Tells both workers of a move, or none. Only we post under a bound, so room seen is room kept.
    fn post_move(&self, command: &Command, from: usize, to: usize) -> bool {
        let Command::Move { leg, room } = *command else { return false };
        let has_room =
            |worker: usize| self.mailboxes.get(worker).is_some_and(|mailbox| mailbox.has_room_for(1));
        if !has_room(from) || !has_room(to) {
            return false;
        }
        self.post(to, Letter::Expect(leg)) && self.post(from, Letter::Depart { leg, room, to })
    }

    fn router(&self) -> MutexGuard<'_, Router> {
        self.router.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn start_worker(
        &mut self,
        index: usize,
        entropy: Entropy,
        setting: &Setting<'_>,
        loader: SyncSender<Job>,
    ) -> io::Result<()> {
        let counters = Arc::clone(&self.counters[index]);
        let worker = WorkerConfig { silence_limit: setting.config.silence_limit, epoch: setting.clock.epoch };
        let thread = Thread {
            worker: Worker::new(worker, entropy),
            mailboxes: Arc::clone(&self.mailboxes),
            index,
            front: Front::new(self.identity.clone(), self.doors.clone()),
            ports: self.ports.clone(),
            library: Arc::clone(setting.library),
            loader,
            outbox: Outbox::new(setting.writer.clone()),
            events: Events::new(setting.events.clone(), Arc::clone(&self.gone), Arc::clone(&counters)),
            counters,
            origin: setting.clock.origin,
            poll: Poll::new()?,
            clock: setting.clock.metronome()?,
        };
        let name = format!("media-{index}");
        self.threads.push(std::thread::Builder::new().name(name).spawn(move || thread.run())?);
        Ok(())
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What the workers share when they start.
struct Setting<'a> {
    config: &'a EngineConfig,
    clock: Clock,
    library: &'a Arc<Library>,
    writer: &'a SyncSender<RecordStep>,
    events: &'a Sender<Event>,
}

/// When the engine's time began, on both clocks.
#[derive(Clone, Copy)]
struct Clock {
    origin: Instant,
    epoch: Epoch,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "the engine is the driver that asks for the time")]
    fn start() -> Self {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let epoch = Epoch(UnixMs(i64::try_from(since.as_millis()).unwrap_or(0)));
        Self { origin: Instant::now(), epoch }
    }

    /// A metronome on the grid that all workers share.
    fn metronome(self) -> io::Result<Metronome> {
        let tick = TICK.as_micros();
        let passed = self.origin.elapsed().as_micros() % tick;
        Metronome::new(Duration::from_micros((tick - passed) as u64), TICK)
    }
}

#[cfg(test)]
mod talk_off_tests;
#[cfg(test)]
mod tests;
