//! A phone of a simulation: what it says, and what it was sent.

use std::net::SocketAddr;

use crate::id::LegId;
use crate::media::FRAME;
use crate::media::codec::{self, Decoder, Encoder};
use crate::media::rtp::RtpPacket;
use crate::media::srtp::Srtp;
use crate::media::tone::{Oscillator, goertzel, level};
use crate::sdp::{Codec, Fmtp};
use crate::time::Time;

/// The payload type by which all phones send and take keys.
pub const KEYS: u8 = 101;

/// What phones ask of an encoder.
pub const FEC: Fmtp =
    Fmtp { max_playback_rate: 48_000, max_average_bitrate: None, cbr: false, use_inband_fec: true };

pub fn payload_type(codec: Codec) -> u8 {
    codec.static_payload_type().unwrap_or(96)
}

/// What a phone says.
pub enum Mouth {
    Silent,
    Tone(Oscillator),
    /// This, at the rate of its codec, and then nothing.
    Says(Vec<i16>),
    /// Frames that each hold their number.
    Numbers(u32),
}

/// A packet as a phone got it.
#[derive(Clone, Debug, PartialEq)]
pub struct Got {
    pub at: Time,
    pub payload_type: u8,
    pub marker: bool,
    pub sequence: u16,
    pub timestamp: u32,
    pub ssrc: u32,
    pub payload: Vec<u8>,
}

pub struct Phone {
    pub leg: LegId,
    pub address: SocketAddr,
    pub codec: Codec,
    pub mouth: Mouth,
    pub sequence: u16,
    pub timestamp: u32,
    pub got: Vec<Got>,
    pub reports: Vec<Vec<u8>>,
    /// What it protects its packets with.
    pub srtp: Option<Srtp>,
    /// How much faster its clock is than ours, in millionths.
    pub skew_ppm: i64,
    /// When its next packet comes, after the tick before, in microseconds.
    pub due: i64,
    encoder: Encoder,
}

impl Phone {
    /// A phone at this address that says nothing.
    pub fn new(leg: LegId, address: SocketAddr, codec: Codec) -> Self {
        Self {
            leg,
            address,
            codec,
            mouth: Mouth::Silent,
            sequence: 65_500,
            timestamp: u32::MAX - 3_000,
            got: vec![],
            reports: vec![],
            srtp: None,
            skew_ppm: 0,
            due: 5_000,
            encoder: Encoder::new(codec, FEC),
        }
    }

    /// The next 20 ms of its sound.
    pub fn packet(&mut self) -> Option<Vec<u8>> {
        let mut payload = vec![];
        match &mut self.mouth {
            Mouth::Silent => {
                self.timestamp = self.timestamp.wrapping_add(self.codec.clock_rate() / 50);
                return None;
            }
            Mouth::Tone(oscillator) => {
                let mut samples = vec![0; codec::sample_rate(self.codec) as usize / 50];
                oscillator.fill(&mut samples);
                self.encoder.encode(&samples, &mut payload);
            }
            Mouth::Says(sound) => {
                let length = codec::sample_rate(self.codec) as usize / 50;
                let frame: Vec<i16> = sound.drain(..length.min(sound.len())).collect();
                if frame.len() < length {
                    self.mouth = Mouth::Silent;
                    return self.packet();
                }
                self.encoder.encode(&frame, &mut payload);
            }
            Mouth::Numbers(number) => {
                payload = numbered(*number);
                *number += 1;
            }
        }
        let bytes = self.bytes(payload_type(self.codec), self.timestamp, &payload);
        self.timestamp = self.timestamp.wrapping_add(self.codec.clock_rate() / 50);
        Some(bytes)
    }

    /// Goes on in another codec.
    pub fn change_codec(&mut self, codec: Codec) {
        self.codec = codec;
        self.encoder = Encoder::new(codec, FEC);
    }

    /// A packet with the next sequence number.
    pub fn bytes(&mut self, payload_type: u8, timestamp: u32, payload: &[u8]) -> Vec<u8> {
        let sequence = self.sequence;
        let packet = RtpPacket { payload_type, marker: false, sequence, timestamp, ssrc: 7, payload };
        self.sequence = self.sequence.wrapping_add(1);
        let mut bytes = vec![];
        packet.write(&mut bytes);
        bytes
    }

    /// Packets with sound.
    pub fn sound(&self) -> impl Iterator<Item = &Got> {
        self.got.iter().filter(|got| got.payload_type != KEYS)
    }

    /// All samples it heard.
    pub fn samples(&self) -> Vec<i16> {
        let mut samples = vec![];
        let mut decoder = Decoder::new(self.codec);
        self.sound().for_each(|got| decoder.decode(&got.payload, &mut samples));
        samples
    }

    /// Level of a tone in the last `ms` milliseconds it heard, in dBm0.
    pub fn level(&self, hz: f32, ms: usize) -> f32 {
        let samples = self.samples();
        let rate = codec::sample_rate(self.codec);
        let from = samples.len().saturating_sub(ms * rate as usize / 1_000);
        goertzel(&samples[from..], hz, rate)
    }

    /// Level of all that it heard in the last `ms` milliseconds, in dBm0.
    pub fn loudness(&self, ms: usize) -> f32 {
        let samples = self.samples();
        let from = samples.len().saturating_sub(ms * codec::sample_rate(self.codec) as usize / 1_000);
        level(&samples[from..])
    }

    /// The numbers of the frames it heard; other frames are left out.
    pub fn numbers(&self) -> Vec<u32> {
        self.sound().filter_map(|got| number_of(&got.payload)).collect()
    }

    /// Asserts that what it got is one stream: one SSRC, sequence numbers without a gap, timestamps
    /// that follow each other (but for keys, which stand for the time they last).
    pub fn assert_continuous(&self) {
        for pair in self.got.windows(2) {
            let [one, two] = pair else { continue };
            assert_eq!(two.ssrc, one.ssrc);
            assert_eq!(two.sequence, one.sequence.wrapping_add(1), "{one:?} then {two:?}");
            let step = two.timestamp.wrapping_sub(one.timestamp);
            assert!(step < 16_000 && (step > 0 || two.payload_type == KEYS), "{one:?} then {two:?}");
        }
    }
}

/// A payload of G.711 that carries a number and survives decoding and encoding.
pub fn numbered(number: u32) -> Vec<u8> {
    // Bytes that are loud samples in both laws, so that no frame counts as quiet.
    let digit = |shift: u32| 0x10 | (number >> shift) as u8 & 0x0f;
    (0..FRAME as u32).map(|i| digit(4 * (i % 6))).collect()
}

pub fn number_of(payload: &[u8]) -> Option<u32> {
    let number = payload.iter().take(6).enumerate().map(|(i, byte)| u32::from(byte & 0x0f) << (4 * i)).sum();
    (payload == numbered(number)).then_some(number)
}

/// A packet as it came.
pub fn got(at: Time, bytes: &[u8]) -> Got {
    let packet = RtpPacket::parse(bytes).unwrap();
    Got {
        at,
        payload_type: packet.payload_type,
        marker: packet.marker,
        sequence: packet.sequence,
        timestamp: packet.timestamp,
        ssrc: packet.ssrc,
        payload: packet.payload.to_vec(),
    }
}
