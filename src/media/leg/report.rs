//! How a leg's streams fare: RTCP both ways, quality, and the watch for silence.

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Context, Leg, Output, Port, Stream};
use crate::entropy::Entropy;
use crate::media::rtcp::Rtcp;
use crate::media::{Event, Quality, Standing};
use crate::time::Time;

/// Pause between two reports of quality to the switch.
const QUALITY_EVERY: Duration = Duration::from_secs(5);
/// Somebody speaks of whom packets came within this time.
const SOUND_WITHIN: Duration = Duration::from_secs(1);

/// The reporting half of a configured leg.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reports {
    rtcp: Rtcp,
    /// Where the peer's reports come from, if they do.
    source: Option<SocketAddr>,
    quality_due: Time,
    watch: Watch,
    sound: Sound,
}

/// The watch for sound that comes, and what was told of the leg last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Sound {
    packets: u64,
    /// When their number was last another one; never: none has come.
    at: Option<Time>,
    told: Option<Standing>,
}

/// The watch for a peer that has fallen silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Watch {
    /// Something came then, or should have begun to come.
    Heard(Time),
    /// The silence was reported.
    Reported,
}

impl Reports {
    /// Reporting of a leg configured now.
    pub fn new(context: &mut Context) -> Self {
        let mut entropy: Entropy = context.entropy.fork();
        let name = entropy.token(16);
        Self {
            rtcp: Rtcp::new(name, context.epoch, entropy, context.now),
            source: None,
            quality_due: context.now + QUALITY_EVERY,
            watch: Watch::Heard(context.now),
            sound: Sound::default(),
        }
    }

    /// Something valid came from the peer.
    pub fn heard(&mut self, now: Time) {
        self.watch = Watch::Heard(now);
    }

    /// The peer is described anew: its silence is counted from now, its reports may come from elsewhere.
    pub fn configure(&mut self, now: Time) {
        self.watch = Watch::Heard(now);
        self.source = None;
    }

    /// Whether the peer has just been silent for too long. It may be silent if we should not receive.
    fn falls_silent(&mut self, receives: bool, limit: Duration, now: Time) -> bool {
        match self.watch {
            Watch::Heard(_) if !receives => self.watch = Watch::Heard(now),
            Watch::Heard(then) if now.since(then) >= limit => {
                self.watch = Watch::Reported;
                return true;
            }
            Watch::Heard(_) | Watch::Reported => {}
        }
        false
    }
}

impl Stream {
    /// Where our reports go: where the peer's come from, else the address of its description,
    /// else beside where its sound comes from.
    fn reports_target(&self) -> Option<SocketAddr> {
        if self.awaits_keys() {
            return None;
        }
        if self.agreed.rtcp_mux {
            return self.latch.target();
        }
        let beside = || {
            let sound = self.latch.held()?;
            (sound.ip() != self.agreed.remote.ip())
                .then(|| sound.port().checked_add(1).map(|port| SocketAddr::new(sound.ip(), port)))
                .flatten()
        };
        let described = self.agreed.remote_rtcp.filter(|to| to.port() != 0 && !to.ip().is_unspecified());
        self.reports.source.or_else(beside).or(described)
    }

    /// Whether a report from there may be the peer's: it comes from the host of its sound or of
    /// its description, and always from the same port.
    fn admits_report(&self, from: SocketAddr, now: Time) -> bool {
        if self.awaits_keys() {
            return false;
        }
        if self.agreed.rtcp_mux {
            return self.latch.admits(from, now);
        }
        match (self.reports.source, self.latch.held()) {
            (Some(source), _) => source == from,
            (None, Some(sound)) => sound.ip() == from.ip(),
            (None, None) => {
                from.ip() == self.agreed.remote.ip()
                    || self.agreed.remote_rtcp.is_some_and(|described| described.ip() == from.ip())
            }
        }
    }

    fn reports_port(&self) -> Port {
        if self.agreed.rtcp_mux { self.port() } else { Port::Rtcp }
    }
}

impl Stream {
    /// What is there of its sound, if that is news.
    fn changed_standing(&mut self, now: Time) -> Option<Standing> {
        let packets = self.incoming.counted().received();
        if packets != self.reports.sound.packets {
            self.reports.sound = Sound { packets, at: Some(now), ..self.reports.sound };
        }
        let sound = self.reports.sound;
        // What has just begun is neither there nor missing.
        if sound.at.is_none() && now < self.first_silence + SOUND_WITHIN {
            return None;
        }
        let comes = sound.at.is_some_and(|at| now.since(at) < SOUND_WITHIN);
        let told = sound.told;
        let standing = Standing {
            speaks: self.incoming.receives(),
            listens: self.agreed.direction.sends(),
            comes,
            reached: !self.awaits_keys() && self.latch.target().is_some(),
        };
        if told == Some(standing) {
            return None;
        }
        self.reports.sound.told = Some(standing);
        Some(standing)
    }
}

impl Leg {
    /// A datagram of RTCP came.
    pub fn receive_rtcp(&mut self, bytes: &mut [u8], from: SocketAddr, context: &mut Context) {
        let now = context.now;
        let Some(stream) = self.stream.as_mut().filter(|stream| stream.admits_report(from, now)) else {
            self.refused += 1;
            *context.refused += 1;
            return;
        };
        let opened = match stream.protection() {
            Some(srtp) => srtp.open_report(bytes).map(|bytes| &*bytes).ok(),
            None => Some(&*bytes),
        };
        let (ssrc, clock) = (self.sender.ssrc(), self.sender.clock_rate());
        let read = opened.map(|bytes| stream.reports.rtcp.receive(bytes, ssrc, clock, context.now));
        match read {
            Some(Ok(_)) => {
                stream.reports.source = Some(from);
                stream.reports.heard(context.now);
            }
            Some(Err(_)) | None => {
                self.refused += 1;
                *context.refused += 1;
            }
        }
    }

    /// What is due by now: reports to the peer and to the switch, and the word that it is silent.
    pub fn housekeep(&mut self, context: &mut Context) {
        let now = context.now;
        let Some(stream) = &mut self.stream else { return };
        if stream.reports.falls_silent(stream.incoming.receives(), context.silence_limit, now) {
            context.outputs.push_back(Output::Event(Event::Silent { leg: self.id }));
        }
        if let Some(standing) = stream.changed_standing(now) {
            context.outputs.push_back(Output::Event(Event::Standing { leg: self.id, standing }));
        }
        if stream.reports.rtcp.poll_timeout() <= now {
            let bytes = stream.reports.rtcp.report(&self.sender, stream.incoming.statistics(), now);
            let (port, to) = (stream.reports_port(), stream.reports_target());
            self.send_report(port, to, bytes, context);
        }
        if self.stream.as_ref().is_some_and(|stream| stream.reports.quality_due <= now) {
            let event = Event::Quality { leg: self.id, quality: self.quality() };
            context.outputs.push_back(Output::Event(event));
            if let Some(stream) = &mut self.stream {
                stream.reports.quality_due = now + QUALITY_EVERY;
            }
        }
    }

    /// The last report, which says that we leave.
    pub fn say_goodbye(&mut self, context: &mut Context) {
        let Some(stream) = &mut self.stream else { return };
        let bytes = stream.reports.rtcp.bye(&self.sender, stream.incoming.statistics(), context.now);
        let (port, to) = (stream.reports_port(), stream.reports_target());
        self.send_report(port, to, bytes, context);
    }

    /// How the streams fared since the leg opened.
    pub fn quality(&self) -> Quality {
        let refused = Quality { packets_refused: self.refused, ..Quality::default() };
        let Some(stream) = &self.stream else { return refused };
        let (statistics, rtcp) = (stream.incoming.counted(), &stream.reports.rtcp);
        let microseconds = |time: Duration| u32::try_from(time.as_micros()).unwrap_or(u32::MAX);
        Quality {
            codec: Some(stream.agreed.codec),
            packets_received: statistics.received(),
            packets_lost: statistics.lost(),
            packets_late: stream.incoming.late(),
            packets_sent: self.sender.packets(),
            jitter_us: statistics.jitter_us(),
            round_trip_us: rtcp.round_trip().map(microseconds),
            remote_lost: rtcp.remote().map(|remote| remote.lost),
            remote_jitter_us: rtcp.remote().map(|remote| remote.jitter_us),
            ..refused
        }
    }

    fn send_report(&mut self, port: Port, to: Option<SocketAddr>, mut bytes: Vec<u8>, context: &mut Context) {
        let protection = self.stream.as_mut().and_then(|stream| stream.protection());
        let sealed = protection.is_none_or(|srtp| srtp.seal_report(&mut bytes).is_ok());
        if let Some(to) = to.filter(|_| sealed) {
            context.outputs.push_back(Output::Send { leg: self.id, port, to, bytes, forwarded: false });
        }
    }
}
