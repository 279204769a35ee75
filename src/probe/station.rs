//! A telephone of hovor's own rooms on sockets of its own: the driver that feeds them and carries out what
//! they want.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::sync::mpsc;

use super::plan::Place;
use super::wire::Wire;
use crate::clock::{Clock, entropy};
use crate::entropy::Entropy;
use crate::media;
use crate::media::engine::{Engine, EngineConfig};
use crate::sip::endpoint::{self as sip, Endpoint, EndpointConfig};
use crate::sip::locate::Located;
use crate::sip::transport::tls::Trouble;
use crate::sip::transport::{self, Failed, Incoming, Transports};
use crate::time::Time;

/// Reports of the media engine that may wait.
const WAITING: usize = 1_024;

/// Something that happened.
#[derive(Debug)]
pub enum Happening {
    /// At the endpoint.
    Sip(sip::Event),
    /// At the media engine.
    Media(media::Event),
    /// The moment that was waited for has come.
    Time,
}

/// A telephone.
pub struct Station {
    /// What time it is.
    pub clock: Clock,
    /// Tags and ids come from it.
    pub entropy: Entropy,
    /// All messages.
    pub wire: Wire,
    /// What went wrong on the way out, in words.
    pub unsent: Vec<String>,
    /// Why no TLS came of the last connection.
    pub tls: Option<(SocketAddr, Trouble)>,
    /// Where peers are told to send sound.
    pub sound_address: IpAddr,
    /// Where names lead: to what was found before.
    located: Located,
    endpoint: Endpoint,
    transports: Transports,
    incoming: mpsc::Receiver<Incoming>,
    engine: Engine,
    reports: mpsc::Receiver<media::Event>,
    events: std::collections::VecDeque<sip::Event>,
}

impl Station {
    /// Binds the sockets and starts the media engine. `located` is where the only host that is called is.
    ///
    /// # Errors
    /// What cannot be had, in words.
    pub fn start(address: IpAddr, located: Located, place: &Place) -> Result<Self, String> {
        let clock = Clock::start();
        let mut entropy = entropy();
        let any = SocketAddr::new(address, 0);
        let settings = transport::Config { udp: vec![any], tcp: vec![any], ..transport::Config::default() };
        let (transports, incoming) = Transports::bind(settings)
            .map_err(|error| format!("cannot open a socket at {address}: {error}"))?;
        let (engine, reports) = engine(address, place, &mut entropy)?;
        let config = EndpointConfig {
            epoch: clock.epoch(),
            user_agent: concat!("hovor-probe/", env!("CARGO_PKG_VERSION")).to_owned(),
            udp: transports.udp_addresses(),
            tcp: transports.tcp_addresses(),
            external: place.external,
            // A test call ends long before a refresh is due.
            session_expires: 0,
            ..EndpointConfig::default()
        };
        let endpoint = Endpoint::new(config, entropy.fork());
        let (wire, unsent, events) = Default::default();
        Ok(Self {
            clock,
            entropy,
            wire,
            unsent,
            tls: None,
            sound_address: place.external.unwrap_or(address),
            located,
            endpoint,
            transports,
            incoming,
            engine,
            reports,
            events,
        })
    }

    /// Wants something of the endpoint.
    pub fn sip(&mut self, command: sip::Command) {
        self.input(sip::Input::Command(command));
    }

    /// Wants something of the media engine.
    pub fn media(&mut self, command: media::Command) {
        if let Err(full) = self.engine.send(command) {
            self.unsent.push(full.to_string());
        }
    }

    /// Waits for what happens next, or for a moment.
    pub async fn next(&mut self, until: Option<Time>) -> Happening {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Happening::Sip(event);
            }
            let now = self.clock.now();
            if self.endpoint.poll_timeout().is_some_and(|at| at <= now) {
                self.endpoint.handle_timeout(now);
                self.pump();
                continue;
            }
            if until.is_some_and(|until| until <= now) {
                return Happening::Time;
            }
            let wake = self.endpoint.poll_timeout().into_iter().chain(until).min();
            tokio::select! {
                biased;
                Some(report) = self.reports.recv() => return Happening::Media(report),
                Some(incoming) = self.incoming.recv() => self.receive(incoming),
                () = wait_until(&self.clock, wake) => {}
            }
        }
    }

    /// Waits until all that was asked is answered, but no longer than `patience`.
    pub async fn settle(&mut self, patience: Duration) {
        let until = self.clock.now() + patience;
        while !self.wire.is_settled() && self.clock.now() < until {
            let soon = self.clock.now() + Duration::from_millis(20);
            let _ = self.next(Some(soon.min(until))).await;
        }
    }

    fn receive(&mut self, incoming: Incoming) {
        match &incoming {
            Incoming::Received { flow, bytes } => {
                self.wire.note(self.clock.now(), false, (flow.transport, flow.remote), bytes);
            }
            Incoming::SendFailed { to, why } => {
                if let Failed::Tls(trouble) = why {
                    self.tls = Some((to.remote(), trouble.clone()));
                }
                self.unsent.push(format!("{}: {why}", to.remote()));
            }
            Incoming::Closed { .. } | Incoming::Stands { .. } | Incoming::Unsafe { .. } => {}
        }
        if let Some(input) = incoming.input() {
            self.input(input);
        }
    }

    fn input(&mut self, input: sip::Input) {
        self.endpoint.handle(input, self.clock.now());
        self.pump();
    }

    fn pump(&mut self) {
        while let Some(output) = self.endpoint.poll_output() {
            let now = self.clock.now();
            match output {
                sip::Output::Send { to, bytes } => {
                    self.wire.note(now, true, (to.transport(), to.remote()), &bytes);
                    if let Err(error) = self.transports.carry(to, bytes, &self.endpoint) {
                        let why = error.to_string();
                        self.unsent.push(format!("{}: {why}", to.remote()));
                        self.endpoint.handle(sip::Input::SendFailed { to, why }, now);
                    }
                }
                sip::Output::Resolve { query, .. } => {
                    let result = Ok(self.located.clone());
                    self.endpoint.handle(sip::Input::Resolved { query, result }, now);
                }
                sip::Output::Close { flow } => self.transports.close(flow),
                sip::Output::Event(event) => self.events.push_back(event),
            }
        }
    }
}

fn engine(
    address: IpAddr,
    place: &Place,
    entropy: &mut Entropy,
) -> Result<(Engine, mpsc::Receiver<media::Event>), String> {
    let (sender, reports) = mpsc::channel(WAITING);
    let settings = EngineConfig {
        workers: 1,
        bind: vec![address],
        rtp_ports: place.rtp_ports.clone(),
        ..EngineConfig::default()
    };
    let engine = Engine::start(settings, entropy, sender);
    let engine = engine.map_err(|error| format!("cannot start the media threads: {error}"))?;
    Ok((engine, reports))
}

/// Waits until this moment of the clock; without one, for ever.
async fn wait_until(clock: &Clock, at: Option<Time>) {
    match at {
        Some(at) => tokio::time::sleep_until(clock.instant(at).into()).await,
        None => std::future::pending().await,
    }
}
