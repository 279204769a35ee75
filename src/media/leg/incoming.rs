//! What comes from one leg: sound, keys, and what the statistics say about them.

mod tap;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use self::tap::Tap;
use crate::media::codec;
use crate::media::dtmf;
use crate::media::mixer::{Frame, SILENCE};
use crate::media::playout::{self, Playout};
use crate::media::rtp::{Arrival, ReceiverStatistics, RtpPacket};
use crate::sdp::{Agreed, Codec};
use crate::time::Time;

/// A leg whose packets have stopped for so long has nothing to pass on.
const STOPPED: Duration = Duration::from_millis(200);

/// What a datagram turned out to be.
#[derive(Clone, Copy, Debug)]
pub enum Arrived<'a> {
    /// Nothing to hear.
    Nothing,
    /// Sound.
    Sound(Sound<'a>),
    /// A step of a key press.
    Key(RtpPacket<'a>),
    /// A packet of a kind that was not agreed, such as comfort noise.
    Other(RtpPacket<'a>),
}

/// A packet with sound.
#[derive(Clone, Copy, Debug)]
pub struct Sound<'a> {
    pub packet: RtpPacket<'a>,
    pub codec: Codec,
    /// It is the first of its stream.
    pub first: bool,
}

/// What packets hold; equal ones can be passed on as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Format {
    pub codec: Codec,
    /// Samples in a packet.
    pub ptime: usize,
}

/// Sound that waits for its tick.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Decoded already.
    pub samples: Vec<i16>,
    /// In the codec that the leg sends.
    pub payloads: Vec<Vec<u8>>,
}

/// What a payload type stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Sound(Codec),
    Key,
}

/// The receiving half of a configured leg.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incoming {
    sound: Vec<(u8, Codec)>,
    keys: Option<u8>,
    receives: bool,
    statistics: ReceiverStatistics,
    playout: Playout,
    tap: Tap,
    presses: dtmf::Receiver,
    /// What the last packet with sound held, and when the last packet came.
    last: Option<(Format, Time)>,
    /// Packets of the key that is down were passed on.
    key_forwarded: bool,
}

impl Incoming {
    /// What an offer and answer agreed on.
    pub fn new(agreed: &Agreed) -> Self {
        let mut incoming = Self {
            sound: vec![],
            keys: None,
            receives: false,
            statistics: ReceiverStatistics::new(),
            playout: Playout::new(agreed.codec),
            tap: Tap::Off,
            presses: dtmf::Receiver::new(),
            last: None,
            key_forwarded: false,
        };
        incoming.configure(agreed);
        incoming
    }

    /// A later offer and answer. What is in the jitter buffer stays.
    pub fn configure(&mut self, agreed: &Agreed) {
        self.sound = vec![(agreed.receive_payload_type, agreed.codec)];
        self.sound.extend(agreed.receive_also.iter().take(8));
        self.playout.configure(agreed.codec);
        self.keys = agreed.receive_dtmf_payload_type;
        self.receives = agreed.direction.receives();
        if !self.receives {
            self.last = None;
        }
    }

    /// Whether we may hear the peer.
    pub fn receives(&self) -> bool {
        self.receives
    }

    /// What is counted, for a report that ends an interval.
    pub fn statistics(&mut self) -> &mut ReceiverStatistics {
        &mut self.statistics
    }

    /// What is counted.
    pub fn counted(&self) -> &ReceiverStatistics {
        &self.statistics
    }

    /// Packets that came too late to be heard.
    pub fn late(&self) -> u64 {
        self.playout.counters().late
    }

    /// Whether this payload type was agreed on.
    pub fn knows(&self, payload_type: u8) -> bool {
        self.kind(payload_type).is_some()
    }

    /// Counts a packet and says what is in it. Duplicates and strays hold nothing.
    pub fn receive<'a>(&mut self, packet: RtpPacket<'a>, now: Time) -> Arrived<'a> {
        let before = self.statistics.ssrc();
        let arrival = self.statistics.arrived(&packet, crate::media::RATE, now);
        if before.is_some_and(|ssrc| ssrc != packet.ssrc) {
            self.presses.restart();
        }
        if !arrival.is_new() || !self.receives {
            return Arrived::Nothing;
        }
        match self.kind(packet.payload_type) {
            None => {
                self.tap_other(&packet);
                Arrived::Other(packet)
            }
            Some(Kind::Sound(codec)) => {
                let ptime = codec::duration(codec, packet.payload) as usize;
                self.last = Some((Format { codec, ptime }, now));
                let sound = Sound { packet, codec, first: arrival == Arrival::Started };
                self.tap_sound(&sound, now);
                Arrived::Sound(sound)
            }
            Some(Kind::Key) => {
                self.last = self.last.map(|(format, _)| (format, now));
                self.presses.receive(packet.timestamp, packet.payload, crate::media::RATE, now);
                self.tap_other(&packet);
                Arrived::Key(packet)
            }
        }
    }

    /// Keeps sound for its time.
    pub fn keep(&mut self, sound: &Sound<'_>, now: Time) {
        self.playout.configure(sound.codec);
        self.playout.put(&sound.packet, now);
    }

    /// Notes a packet without sound that is not passed on, so that it is not missed.
    pub fn keep_other(&mut self, packet: &RtpPacket<'_>) {
        self.playout.put_other(packet);
    }

    /// Learns the jitter of sound that is passed on, so that the jitter buffer is ready.
    pub fn observe(&mut self, sound: &Sound<'_>, now: Time) {
        self.playout.configure(sound.codec);
        self.playout.pass(&sound.packet, now);
    }

    /// What is heard in this tick.
    pub fn frame(&mut self, now: Time) -> Option<Frame> {
        let mut frame = SILENCE;
        match self.playout.fill(now, &mut frame) {
            playout::Heard::Sound => Some(frame),
            playout::Heard::Nothing => None,
        }
    }

    /// All that waits for its tick, at once: samples, and the payloads that follow them.
    pub fn drain(&mut self) -> Waiting {
        self.tap_before_forwarding();
        let samples = self.playout.take_ready();
        let mut payloads = vec![];
        while let Some(payload) = self.playout.drain() {
            payloads.push(payload.to_vec());
        }
        Waiting { samples, payloads }
    }

    /// What could be passed on: the format of the last packet, if packets still come.
    pub fn format(&self, now: Time) -> Option<Format> {
        self.last.filter(|(_, came)| now.since(*came) < STOPPED).map(|(format, _)| format)
    }

    /// The packets of the key that is down are passed on.
    pub fn note_forwarded_key(&mut self) {
        self.key_forwarded = true;
    }

    /// The next key that was released, and whether its packets were passed on.
    pub fn next_key(&mut self, now: Time) -> Option<(dtmf::Digit, bool)> {
        self.presses.handle_timeout(now);
        let digit = self.presses.poll_output()?;
        Some((digit, std::mem::take(&mut self.key_forwarded)))
    }

    fn kind(&self, payload_type: u8) -> Option<Kind> {
        if self.keys == Some(payload_type) {
            return Some(Kind::Key);
        }
        let (_, codec) = self.sound.iter().find(|(known, _)| *known == payload_type)?;
        Some(Kind::Sound(*codec))
    }
}
