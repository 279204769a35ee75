//! The running program: all rooms put together, started, and stopped gracefully.

mod answers;
mod carriers;
mod carry;
mod certificates;
mod chats;
mod core;
mod dialplans;
mod directory;
mod examiner;
mod figures;
pub mod files;
mod held;
mod http;
mod ice_tcp;
mod interrupted;
mod invariants;
mod journal;
mod lamps;
mod leftovers;
mod lent;
mod limits;
mod live;
mod loader;
mod mails;
mod metrics;
mod own_address;
mod places;
mod present;
mod promised;
mod pulse;
mod quota;
mod recordings;
mod relief;
mod remembered;
mod requests;
mod secrets;
mod stop;
mod strain;
mod switch_thread;
#[cfg(test)]
mod tests;
mod tracer;
mod voicemail;
pub mod web;
mod webhooks;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tracing::info;

use self::certificates::Certificates;
use self::core::{Core, Inputs, State};
use self::dialplans::keeper::Keeper;
use self::dialplans::watch;
pub use self::directory::{for_demo, for_dialplans};
use self::examiner::Examiner;
use self::figures::Counters;
use self::http::Asking;
use self::ice_tcp::IceTcp;
use self::journal::Journal;
use self::lamps::Lamps;
use self::live::Feed;
use self::loader::{Again, Loader};
use self::mails::Mailer;
use self::quota::Quota;
use self::recordings::Recordings;
pub use self::requests::Handle;
use self::requests::{Request, WAITING};
use self::switch_thread::SwitchThread;
use self::voicemail::Voicemail;
use self::webhooks::Webhooks;
use crate::allow::Networks;
use crate::api::live::Live;
use crate::api::running::{NotApplied, Running, Stopping};
use crate::clock::{self, Clock, entropy};
use crate::config::{self, Config};
use crate::entropy::Entropy;
use crate::lines::phone::{Phone, PhoneConfig};
use crate::lines::webchat::WebChat;
use crate::lines::workspace::Workspaces;
use crate::media::engine::{Doors, Engine, EngineConfig};
use crate::queue::Status;
use crate::resolve::{self, Resolver};
use crate::sdp::{Capabilities, Codec, Protection};
use crate::sip::digest::Algorithm;
use crate::sip::endpoint::{Command, Endpoint, EndpointConfig};
use crate::sip::transport::tls::Certificate;
use crate::sip::transport::websocket::Door;
use crate::sip::transport::{self, Incoming, Transports};
use crate::store::{self, Presence, Scope, Store};
use crate::switch::history::Past;
use crate::switch::{Switch, SwitchConfig};
use crate::time::{Time, UnixMs};

/// Reports of the media threads that wait at most; what is beyond is lost, and counted.
const MEDIA_WAITING: usize = 16_384;
/// Sessions at once. Ports for sound run out sooner as a rule.
const MAX_SESSIONS: usize = 5_000;
/// How long the switch task may take to end when it does: its media threads end with it.
const AFTERMATH: Duration = Duration::from_secs(5);
/// The realm of the demo's and of every first company's passwords.
const REALM: &str = store::DEFAULT_REALM;
/// How long it is remembered which clients were called back; looked at when the program starts.
const CALLBACKS_KEPT: Duration = Duration::from_secs(90 * 86_400);

/// What goes wrong when the program starts, in words for the person at the terminal.
pub type StartError = String;

/// The program while it runs.
pub struct Server {
    handle: Handle,
    core: JoinHandle<()>,
    _thread: SwitchThread,
    watch: JoinHandle<()>,
    journal: JoinHandle<()>,
    telling: webhooks::Tasks,
    store: Arc<dyn Store>,
    sip: Vec<SocketAddr>,
    websockets: Door,
    doors: Doors,
}

impl Server {
    /// Puts all rooms together and starts them.
    ///
    /// # Errors
    /// What cannot be opened, and why.
    pub async fn start(config: &Config, store: Arc<dyn Store>, scope: Scope) -> Result<Self, StartError> {
        limits::raise_open_files(&config.rtp_ports);
        let clock = Clock::start();
        let messages = absolute(&config.data.join("voicemail"));
        let (requests, requests_in) = mpsc::channel(WAITING);
        let weak = requests.downgrade();
        let voicemail =
            Arc::new(Voicemail::new(store.clone(), scope.clone(), messages.clone(), clock.clone(), weak));
        // What belongs to a message is moved out of the recordings before the rest goes.
        voicemail.recover().await?;
        let folder = absolute(&config.data.join("recordings"));
        let recordings = Arc::new(Recordings::new(store.clone(), scope.clone(), folder, clock.clone()));
        recordings.recover().await?;
        tokio::task::spawn_blocking(crate::e164::warm_up);
        leftovers::remove(&config.data.join("recordings"));
        let go_on = interrupted::close(store.as_ref(), &scope, clock.wall()).await;
        let go_on = go_on.map_err(|error| error.to_string())?;
        let mut entropy = entropy();
        let certificates = Certificates::open(config, &clock).await?;
        let thread = SwitchThread::start()?;
        let (transports, sip_in) = bind(config, &certificates, &thread)?;
        let sip = transports.udp_addresses();
        let websockets = transports.websockets().for_pages_of(&config.web_origins);
        let (media_out, media_in) = mpsc::channel(MEDIA_WAITING);
        let engine = engine(config, &mut entropy, media_out)?;
        let doors = engine.doors();
        let (journal, journal_task) = Journal::start(store.clone(), scope.clone());
        let (answers, resolved) = mpsc::channel(WAITING);
        let (replies, asked) = mpsc::channel(WAITING);
        let mailer = Mailer::new(config.smtp.as_ref(), Arc::clone(&voicemail), &mut entropy)?;
        let (webhooks, telling) = Webhooks::start(config, (&store, &scope), &clock, &mut entropy)?;
        let resolver = Resolver::new(config.dns, &families(config), entropy.fork())?;
        let keep = Duration::from_secs(u64::from(config.trace_keep));
        let (tracer, traces) = tracer::start(keep, (config.trace_memory as usize) << 20, sip.clone());
        // A thousand events a millisecond are more than there can be: an earlier run gave lower numbers.
        let live = Arc::new(Live::new(u64::try_from(clock.wall().0).unwrap_or(0) * 1_000));
        let core = Core {
            clock: clock.clone(),
            endpoint: endpoint(config, &transports, &clock, &mut entropy),
            phone: phone(config, &clock, &mut entropy, &engine),
            webchat: WebChat::new(clock.epoch(), entropy.fork(), chats::key(&config.data, &mut entropy)?),
            workspaces: Workspaces::default(),
            chats: chats::Chats::default(),
            held: held::Held::default(),
            switch: switch(config, &clock, &mut entropy),
            transports,
            resolver: resolver.clone(),
            engine,
            journal,
            voicemail: Arc::clone(&voicemail),
            recordings: Arc::clone(&recordings),
            inputs: Inputs { sip: sip_in, media: media_in, requests: requests_in, resolved, answers, asked },
            counters: Counters::default(),
            lamps: Lamps::default(),
            feed: Feed::start(Arc::clone(&live)),
            troubles: Quota::default(),
            strain: strain::Strain::default(),
            invariants: invariants::Invariants::default(),
            shed_before: 0,
            asking: Asking::new(Arc::new(config.http_allow.clone()), replies)?,
            webhooks,
            tracer,
            statuses: std::collections::BTreeMap::new(),
            changed: std::collections::BTreeSet::new(),
            state: State::Starting,
            look: Time::ZERO,
        };
        let (folder, media) = (config.dialplans.clone(), config.media.clone());
        let versions = config.data.join("dialplan-versions");
        let (keeper, origin) = Keeper::open(folder.clone(), media.clone(), versions, clock.wall());
        let http = config.http_allow.clone();
        let loader = Arc::new(Loader::new(store.clone(), scope.clone(), messages, keeper, origin, http));
        let told = Arc::new(AtomicBool::new(false));
        let dialplans = folder.as_path().into();
        let examiner = Arc::new(Examiner::new(config, resolver));
        let handle = Handle {
            clock,
            requests,
            store: store.clone(),
            loader,
            voicemail: Arc::clone(&voicemail),
            recordings: Arc::clone(&recordings),
            dialplans,
            told: told.clone(),
            examiner,
            traces,
            certificates: Arc::clone(&certificates),
            live,
        };
        tokio::spawn(certificates.watch());
        let core = thread.runtime().spawn(core.run());
        let watch = tokio::spawn(std::future::pending());
        let journal = journal_task;
        let mut server =
            Self { handle, core, _thread: thread, watch, journal, telling, store, sip, websockets, doors };
        server.restore(&scope, go_on).await?;
        tokio::spawn(voicemail.sweep());
        tokio::spawn(mailer.run());
        tokio::spawn(recordings.sweep());
        let lent = lent::sweep(server.handle.clone(), server.store.clone(), scope);
        let presence = present::watch(server.handle.clone());
        let files = watch::watch(server.handle.clone(), folder, media, told);
        // They ask the switch, which ends when nobody does any more.
        server.watch = tokio::spawn(async { _ = tokio::join!(files, lent, presence) });
        Ok(server)
    }

    /// Asks the running program.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// What proves over TLS who we are; always the newest.
    pub fn certificate(&self) -> Certificate {
        self.handle.certificates.shown()
    }

    /// By which browsers bring sound over TCP.
    pub fn sound_over_tcp(&self) -> IceTcp {
        IceTcp::new(self.doors.clone())
    }

    /// The route by which browsers bring SIP to the web server: `GET /sip` (RFC 7118). It needs to know the
    /// [`Ends`](crate::sip::transport::websocket::Ends) of each connection.
    pub fn sip_for_browsers(&self) -> axum::Router {
        self.websockets.clone().router()
    }

    /// Where SIP is spoken.
    pub fn sip_addresses(&self) -> &[SocketAddr] {
        &self.sip
    }

    /// Waits for what must never be: the end, by a fault of ours, of a task on which everything rests. Gives its name.
    pub async fn failed(&mut self) -> &'static str {
        // Whether it ended or panicked: nothing is carried, written or sent any more.
        let ended = tokio::select! {
            _ = &mut self.core => return "switch",
            _ = &mut self.journal => "journal",
            _ = &mut self.telling.keeper => "keeper of webhooks",
            _ = &mut self.telling.sender => "sender of webhooks",
        };
        // They have nothing left to do when the switch goes, and may be through with that sooner.
        match tokio::time::timeout(AFTERMATH, &mut self.core).await {
            Ok(_) => "switch",
            Err(_) => ended,
        }
    }

    /// Tells the switch task what stood before the restart; of sessions, those that go on.
    async fn restore(&self, scope: &Scope, go_on: Vec<Past>) -> Result<(), StartError> {
        let stopped = |_| "the switch task stopped while it was started".to_owned();
        let words = |error: store::StoreError| error.to_string();
        self.handle.loader.apply(&self.handle, Again::All).await.map_err(|why| match why {
            NotApplied::Stopping => stopped(Stopping),
            NotApplied::Unreadable(why) => why,
        })?;
        let bindings = self.store.registrations(scope).await.map_err(words)?;
        info!(bindings = bindings.len(), "registrations restored");
        let peers =
            bindings.iter().map(|stored| Command::RestoreBinding(directory::binding(stored))).collect();
        self.handle.ask(|done| Request::Peers { peers, done }).await.map_err(stopped)?;
        for switch in self.store.switches(scope).await.map_err(words)? {
            self.handle.ask(|done| Request::RestoreSwitch { switch, done }).await.map_err(stopped)?;
        }
        for settings in self.store.call_settings(scope).await.map_err(words)? {
            self.handle.ask(|done| Request::RestoreCallSettings { settings, done }).await.map_err(stopped)?;
        }
        for switch in self.store.channel_switches(scope).await.map_err(words)? {
            self.handle.ask(|done| Request::RestoreChannel { switch, done }).await.map_err(stopped)?;
        }
        for stored in self.store.statuses(scope).await.map_err(words)? {
            let status = match stored.presence {
                Presence::Online => Status::Online,
                Presence::Away { reason } => Status::Away { reason },
                Presence::NotAnswering => continue,
            };
            self.handle.set_status(stored.user, status).await.map_err(stopped)?;
        }
        let kept_since = UnixMs(self.handle.clock.wall().0 - CALLBACKS_KEPT.as_millis() as i64);
        self.store.remove_callbacks(scope, kept_since).await.map_err(words)?;
        // Who is ready to call them is known by now.
        let callbacks = self.store.callbacks(scope, true).await.map_err(words)?;
        self.handle.ask(|done| Request::RestoreCallbacks { callbacks, done }).await.map_err(stopped)?;
        if !go_on.is_empty() {
            info!(sessions = go_on.len(), "sessions go on that were live before");
        }
        for past in go_on {
            let past = Box::new(past);
            self.handle.ask(|done| Request::Resume { past, done }).await.map_err(stopped)?;
        }
        self.handle.ask(|done| Request::Open { done }).await.map_err(stopped)
    }
}

fn bind(
    config: &Config,
    certificates: &Certificates,
    thread: &SwitchThread,
) -> Result<(Transports, mpsc::Receiver<Incoming>), StartError> {
    let (udp, tcp, tls) = (config.sip.clone(), config.sip.clone(), config.sip_tls.clone());
    let certificate = certificates.shown();
    let datagrams = Some(thread.runtime().clone());
    let settings =
        transport::Config { udp, tcp, tls, certificate, datagrams, ..transport::Config::default() };
    Transports::bind(settings).map_err(|error| {
        let option = if error.to_string().contains("on TLS") { "--sip-tls" } else { "--sip" };
        format!("cannot listen for SIP: {}", config::listen_help(&error, option))
    })
}

/// The addresses that we listen on for SIP.
fn families(config: &Config) -> Vec<IpAddr> {
    config.sip.iter().chain(&config.sip_tls).map(SocketAddr::ip).collect()
}

fn engine(
    config: &Config,
    entropy: &mut Entropy,
    events: mpsc::Sender<crate::media::Event>,
) -> Result<Engine, StartError> {
    let settings = EngineConfig {
        bind: config.sound_addresses(),
        rtp_ports: config.rtp_ports.clone(),
        media_dir: config.media.clone(),
        speech_dir: config.data.join("speech"),
        silence_limit: Duration::from_secs(u64::from(config.silence_limit)),
        ..EngineConfig::default()
    };
    Engine::start(settings, entropy, events)
        .map_err(|error| format!("cannot start the media threads: {error}"))
}

fn endpoint(config: &Config, transports: &Transports, clock: &Clock, entropy: &mut Entropy) -> Endpoint {
    let guests = if config.demo { Networks::loopback().0 } else { vec![] };
    let settings = EndpointConfig {
        epoch: clock.epoch(),
        realm: REALM.to_owned(),
        digest: match config.digest {
            config::Digest::Md5 => vec![Algorithm::Md5],
            config::Digest::Both => vec![Algorithm::Sha256, Algorithm::Md5],
            config::Digest::Sha256 => vec![Algorithm::Sha256],
        },
        user_agent: concat!("hovor/", env!("CARGO_PKG_VERSION")).to_owned(),
        udp: transports.udp_addresses(),
        tcp: transports.tcp_addresses(),
        tls: transports.tls_addresses(),
        external: config.external_addr,
        guests,
        trusted: config.never_ban.0.clone(),
        ..EndpointConfig::default()
    };
    Endpoint::new(settings, entropy.fork())
}

fn phone(config: &Config, clock: &Clock, entropy: &mut Entropy, engine: &Engine) -> Phone {
    let ports = engine.metrics().ports_total;
    let settings = PhoneConfig {
        epoch: clock.epoch(),
        media_addresses: config.media_addresses(),
        outward_addresses: own_address::for_media(config),
        capabilities: Capabilities {
            // The best that both can; but a new leg is offered first what the party speaks that it is to meet.
            codecs: vec![Codec::Opus, Codec::G722, Codec::Pcma, Codec::Pcmu],
            ptime_ms: 20,
            telephone_event: true,
            // Each leg has its own.
            protection: Protection::Off,
        },
        srtp_without_tls: config.srtp_without_tls,
        fingerprint: engine.fingerprint(),
        ice_tcp_ports: config.ice_tcp_ports(),
        max_legs: legs_for_all(usize::try_from(ports).unwrap_or(usize::MAX)),
    };
    Phone::new(settings, entropy.fork())
}

/// How many of so many pairs of ports any call may take. The last ones are for those who call help: two calls at the
/// least, of two legs each, and four where there are many.
fn legs_for_all(pairs: usize) -> usize {
    pairs - (pairs / 10).clamp(4, 8).min(pairs / 2)
}

fn switch(config: &Config, clock: &Clock, entropy: &mut Entropy) -> Switch {
    let settings = SwitchConfig {
        epoch: clock.epoch(),
        recordings: absolute(&config.data.join("recordings")),
        max_sessions: MAX_SESSIONS,
        park_for: Duration::from_secs(u64::from(config.park_for)),
    };
    Switch::new(settings, entropy.fork())
}

fn absolute(path: &std::path::Path) -> std::path::PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
