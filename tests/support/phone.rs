//! What the tests ask of a phone, whichever program it is.

use std::time::Duration;

use super::audio::Sound;
use super::baresip::Baresip;
use super::pjsua::Pjsua;
use super::ports::Ports;
use super::wait_for;

/// How a phone is set up.
pub struct Setup<'a> {
    pub ports: &'a Ports,
    pub user: String,
    /// The registrar's port and the password; without them the phone does not register.
    pub registrar: Option<(u16, String)>,
    pub tcp: bool,
    pub codec: &'static str,
    /// Answers at once; else it rings until the test says what to do.
    pub auto_answer: bool,
    pub says: Sound,
    pub sip_port: Option<u16>,
}

impl<'a> Setup<'a> {
    pub fn new(ports: &'a Ports, user: &str) -> Self {
        Self {
            ports,
            user: user.to_owned(),
            registrar: None,
            tcp: false,
            codec: "PCMU",
            auto_answer: false,
            says: Sound::silence(120.0),
            sip_port: None,
        }
    }

    pub fn registers_at(mut self, port: u16, password: &str) -> Self {
        self.registrar = Some((port, password.to_owned()));
        self
    }

    pub fn over_tcp(mut self) -> Self {
        self.tcp = true;
        self
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

    pub fn baresip(self) -> Baresip {
        Baresip::start(self)
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
    fn tcp(&self) -> bool;
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
        let uri = format!("{uri}{}", transport(self.tcp()));
        self.dial_exactly(&uri);
    }

    /// Where others reach this phone without a registrar.
    fn uri(&self) -> String {
        format!("sip:{}@127.0.0.1:{}{}", self.user(), self.sip_port(), transport(self.tcp()))
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

    /// Whether a call rings that is neither taken nor gone.
    fn rings(&self) -> bool {
        self.count(Moment::Incoming) > self.count(Moment::Established).max(self.count(Moment::Closed))
    }
}

pub fn transport(tcp: bool) -> &'static str {
    if tcp { ";transport=tcp" } else { "" }
}
