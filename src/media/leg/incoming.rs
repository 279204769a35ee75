//! What comes from one leg: sound, keys, and what the statistics say about them.

mod tap;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use self::tap::Tap;
use crate::media::codec;
use crate::media::dtmf;
use crate::media::playout::{self, Playout};
use crate::media::rtp::{Arrival, ReceiverStatistics, RtpPacket};
use crate::sdp::{Agreed, Codec, Fmtp};
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
    /// Timestamp units in a packet.
    pub ptime: u32,
    /// What their encoder was asked for.
    pub fmtp: Fmtp,
    /// The clock of keys among them.
    pub keys_clock: u32,
}

/// What those who hear a leg have of a key that it has released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passed {
    /// Nothing.
    Nothing,
    /// Its packets, as they came.
    Packets,
    /// Its tones, but for those who take events.
    Tones,
}

/// Sound that waits for its tick.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Decoded already, at the codec's rate.
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
    keys_clock: u32,
    fmtp: Fmtp,
    receives: bool,
    statistics: ReceiverStatistics,
    playout: Playout,
    tap: Tap,
    presses: dtmf::Receiver,
    /// Listens for keys in the sound of a peer that knows no events.
    tones: Option<Box<dtmf::Detector>>,
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
            keys_clock: agreed.dtmf_clock_rate,
            fmtp: agreed.fmtp,
            receives: false,
            statistics: ReceiverStatistics::new(),
            playout: Playout::new(agreed.codec),
            tap: Tap::default(),
            presses: dtmf::Receiver::new(),
            tones: None,
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
        (self.keys_clock, self.fmtp) = (agreed.dtmf_clock_rate, agreed.fmtp);
        self.tones = match self.keys {
            Some(_) => None,
            None => Some(self.tones.take().unwrap_or_default()),
        };
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
        let kind = self.kind(packet.payload_type);
        // All of a stream has one clock: that of its sound.
        let clock = match kind {
            Some(Kind::Sound(codec)) => codec.clock_rate(),
            Some(Kind::Key) | None => self.playout.codec().clock_rate(),
        };
        let arrival = self.statistics.arrived(&packet, clock, now);
        if before.is_some_and(|ssrc| ssrc != packet.ssrc) {
            self.presses.restart();
        }
        if !arrival.is_new() || !self.receives {
            return Arrived::Nothing;
        }
        match kind {
            None => {
                self.tap_other(&packet);
                Arrived::Other(packet)
            }
            Some(Kind::Sound(codec)) => {
                let ptime = codec::duration(codec, packet.payload);
                let format = Format { codec, ptime, fmtp: self.fmtp, keys_clock: self.keys_clock };
                self.last = Some((format, now));
                let sound = Sound { packet, codec, first: arrival == Arrival::Started };
                self.tap_sound(&sound, now);
                Arrived::Sound(sound)
            }
            Some(Kind::Key) => {
                self.last = self.last.map(|(format, _)| (format, now));
                self.presses.receive(packet.timestamp, packet.payload, self.keys_clock, now);
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

    /// Samples a second of what is heard.
    pub fn rate(&self) -> u32 {
        self.playout.rate()
    }

    /// What is heard in this tick, at [`rate`](Self::rate).
    pub fn frame(&mut self, now: Time) -> Option<Vec<i16>> {
        let mut frame = vec![0; self.rate() as usize / 50];
        match self.playout.fill(now, &mut frame) {
            playout::Heard::Sound => Some(frame),
            playout::Heard::Nothing => None,
        }
    }

    /// Whether keys are looked for in the sound.
    pub fn listens_for_tones(&self) -> bool {
        self.tones.is_some()
    }

    /// Looks for keys in what was heard, at 8 kHz.
    pub fn look_for_tones(&mut self, samples: &[i16]) {
        if let Some(tones) = &mut self.tones {
            tones.hear(samples);
        }
    }

    /// Whether what is heard is the tones of a key.
    pub fn hears_tones(&self) -> bool {
        self.tones.as_ref().is_some_and(|tones| tones.is_down())
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

    /// The next key that was released, and what those who hear the leg have of it already.
    pub fn next_key(&mut self, now: Time) -> Option<(dtmf::Digit, Passed)> {
        self.presses.handle_timeout(now);
        if let Some(digit) = self.presses.poll_output() {
            let forwarded = std::mem::take(&mut self.key_forwarded);
            return Some((digit, if forwarded { Passed::Packets } else { Passed::Nothing }));
        }
        let digit = self.tones.as_mut()?.poll_output()?;
        Some((digit, Passed::Tones))
    }

    fn kind(&self, payload_type: u8) -> Option<Kind> {
        if self.keys == Some(payload_type) {
            return Some(Kind::Key);
        }
        let (_, codec) = self.sound.iter().find(|(known, _)| *known == payload_type)?;
        Some(Kind::Sound(*codec))
    }
}
