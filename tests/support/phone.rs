//! What the tests ask of a phone, whichever program it is.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::audio::{Match, Sound};
use super::baresip::Baresip;
use super::browser::{Browser, Stack};
use super::pjsua::Pjsua;
use super::ports::Ports;
use super::tls::Files;
use super::{pause, wait_for};

/// How a phone is set up.
pub struct Setup<'a> {
    pub ports: &'a Ports,
    pub user: String,
    /// The registrar's port and the password; without them the phone does not register.
    pub registrar: Option<(u16, String)>,
    pub over: Over,
    pub codec: &'static str,
    /// Answers at once; else it rings until the test says what to do.
    pub auto_answer: bool,
    pub says: Sound,
    pub sip_port: Option<u16>,
    /// Whom a PJSIP phone trusts over TLS; everybody without it.
    pub ca: Option<PathBuf>,
    /// The certificate and the key by which a PJSIP phone proves who it is to those who call it over TLS.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// Its address on this machine.
    pub host: &'static str,
    /// A browser's network lets UDP through.
    pub has_udp: bool,
    /// The one suite that protects its sound, or any if empty; plain sound without.
    pub srtp: Option<&'static str>,
}

impl<'a> Setup<'a> {
    pub fn new(ports: &'a Ports, user: &str) -> Self {
        Self {
            ports,
            user: user.to_owned(),
            registrar: None,
            over: Over::Udp,
            codec: "PCMU",
            auto_answer: false,
            says: Sound::silence(120.0),
            sip_port: None,
            ca: None,
            certificate: None,
            srtp: None,
            has_udp: true,
            host: "127.0.0.1",
        }
    }

    pub fn registers_at(mut self, port: u16, password: &str) -> Self {
        self.registrar = Some((port, password.to_owned()));
        self
    }

    pub fn over(self, over: Over) -> Self {
        Self { over, ..self }
    }

    pub fn over_tcp(self) -> Self {
        self.over(Over::Tcp)
    }

    pub fn codec(mut self, codec: &'static str) -> Self {
        self.codec = codec;
        self
    }

    pub fn answers_at_once(mut self) -> Self {
        self.auto_answer = true;
        self
    }

    pub fn says(mut self, sound: &Sound) -> Self {
        self.says = sound.clone();
        self
    }

    pub fn at_port(mut self, port: u16) -> Self {
        self.sip_port = Some(port);
        self
    }

    pub fn trusts(self, ca: &Path) -> Self {
        Self { ca: Some(ca.to_owned()), ..self }
    }

    pub fn proves_by(self, files: &Files) -> Self {
        Self { certificate: Some((files.certificate.clone(), files.key.clone())), ..self }
    }

    /// At `[::1]`; baresip alone.
    pub fn over_ipv6(self) -> Self {
        Self { host: "[::1]", ..self }
    }

    pub fn protects(self, suite: &'static str) -> Self {
        Self { srtp: Some(suite), ..self }
    }

    /// A browser that sends no datagram, as where the network lets none through.
    pub fn without_udp(self) -> Self {
        Self { has_udp: false, ..self }
    }

    pub fn baresip(self) -> Baresip {
        Baresip::start(self)
    }

    /// A browser; its registrar's port is that of the web server.
    pub fn browser(self) -> Browser {
        Browser::start(self, Stack::JsSip)
    }

    /// A browser whose page speaks by another stack than the workspace.
    pub fn sip_js(self) -> Browser {
        Browser::start(self, Stack::SipJs)
    }

    pub fn pjsua(self) -> Pjsua {
        Pjsua::start(self)
    }

    pub fn start(self, program: Program) -> Box<dyn Phone> {
        match program {
            Program::Baresip => Box::new(self.baresip()),
            Program::Pjsua => Box::new(self.pjsua()),
        }
    }
}

/// How a phone's messages travel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Over {
    Udp,
    Tcp,
    Tls,
}

impl Over {
    /// What a URI says of it.
    pub fn param(self) -> &'static str {
        match self {
            Over::Udp => "",
            Over::Tcp => ";transport=tcp",
            Over::Tls => ";transport=tls",
        }
    }
}

/// The SIP stacks that phones are made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Program {
    Baresip,
    Pjsua,
}

/// What happens to a phone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Moment {
    Registered,
    /// A call came in.
    Incoming,
    /// The phone that this one calls is said to ring.
    Ringing,
    /// A call, in or out, is connected.
    Established,
    /// A call is over, and the recording of it is whole.
    Closed,
}

pub trait Phone {
    fn user(&self) -> &str;
    fn sip_port(&self) -> u16;
    fn over(&self) -> Over;
    fn dial_exactly(&mut self, uri: &str);
    fn accept(&mut self);
    /// Hangs up, gives up, or declines: what the red key does.
    fn hangup(&mut self);
    fn hold(&mut self);
    fn resume(&mut self);
    /// Presses keys, one after another, as RFC 4733 events.
    fn press(&mut self, keys: &str);
    /// How often this has happened since the phone was started.
    fn count(&self, moment: Moment) -> usize;
    /// How the last call ended, as the phone says it: a status, a reason.
    fn ending(&self) -> String;
    /// Keys that this phone received, in order.
    fn keys_received(&self) -> String;
    /// What this phone heard in its n-th call with sound, counted from 0.
    fn heard(&self, call: usize) -> Sound;

    /// Calls this address over the phone's own transport.
    fn dial(&mut self, uri: &str) {
        let uri = format!("{uri}{}", self.over().param());
        self.dial_exactly(&uri);
    }

    /// Where others reach this phone without a registrar.
    fn uri(&self) -> String {
        format!("sip:{}@127.0.0.1:{}{}", self.user(), self.sip_port(), self.over().param())
    }

    /// Waits until it happens, or has happened, for the first time.
    #[track_caller]
    fn wait_for(&self, moment: Moment) {
        self.wait_for_number(moment, 1);
    }

    /// Waits until it happens, or has happened, that often.
    #[track_caller]
    fn wait_for_number(&self, moment: Moment, number: usize) {
        self.wait_for_within(moment, number, Duration::from_secs(20));
    }

    #[track_caller]
    fn wait_for_within(&self, moment: Moment, number: usize, limit: Duration) {
        let what = format!("{moment:?} number {number} at {}'s phone", self.user());
        wait_for(&what, limit, || (self.count(moment) >= number).then_some(()));
    }

    /// Waits until this phone has heard so many seconds of what was `said` in its n-th call with sound, counted from 0: each
    /// half second alike over 0.99. Where a packet came late the half second is another one; on a busy machine it takes
    /// longer until there are enough.
    #[track_caller]
    fn wait_until_it_hears(&self, call: usize, said: &Sound, seconds: usize) {
        wait_until_alike(self.user(), || self.heard(call), said, seconds, 0.99);
    }

    /// Whether a call rings that is neither taken nor gone.
    fn rings(&self) -> bool {
        self.count(Moment::Incoming) > self.count(Moment::Established).max(self.count(Moment::Closed))
    }
}

/// Waits until so many seconds of what was `said` are heard, each half second alike over `least`.
#[track_caller]
pub fn wait_until_alike(
    who: &str,
    mut heard: impl FnMut() -> Sound,
    said: &Sound,
    seconds: usize,
    least: f64,
) {
    let deadline = Instant::now() + Duration::from_secs(30);
    let mut matches = vec![];
    while matches.iter().filter(|found: &&Match| found.coefficient > least).count() < 2 * seconds {
        let table: String = matches.iter().map(Match::to_string).collect();
        assert!(Instant::now() < deadline, "{who} did not hear {seconds} s alike over {least}:\n{table}");
        pause(1.0);
        matches = heard().matches(said);
    }
}
