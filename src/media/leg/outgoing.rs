//! What one leg is sent: frames made into packets, packets passed on, and keys pressed.

use serde::{Deserialize, Serialize};

use super::incoming::Waiting;
use crate::media::codec::{self, Encoder};
use crate::media::mixer::Frame;
use crate::media::rtp::{RtpPacket, Sender};
use crate::media::srtp::TRAILER;
use crate::media::{FRAME, RATE, dtmf};
use crate::sdp::{Agreed, Codec};
use crate::time::Time;

/// Samples of a millisecond.
const MS: usize = RATE as usize / 1_000;
/// A frame whose samples are all smaller than this may be left out to fall back to the clock.
const QUIET: u16 = 128;

/// The sending half of a configured leg.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outgoing {
    encoder: Encoder,
    payload_type: u8,
    dtmf_payload_type: Option<u8>,
    /// Samples of one packet.
    ptime: usize,
    /// Samples that do not fill a packet yet.
    pending: Vec<i16>,
    keys: dtmf::Sender,
    /// Samples sent ahead of the clock when a jitter buffer was emptied into the stream. They are
    /// made up for by leaving out frames in which nothing is heard.
    lead: usize,
}

impl Outgoing {
    /// What an offer and answer agreed on.
    pub fn new(agreed: &Agreed) -> Self {
        Self {
            encoder: Encoder::new(agreed.codec),
            payload_type: agreed.payload_type,
            dtmf_payload_type: agreed.dtmf_payload_type,
            ptime: usize::from(agreed.ptime_ms.max(10)) * MS,
            pending: vec![],
            keys: dtmf::Sender::new(agreed.codec.clock_rate()),
            lead: 0,
        }
    }

    /// A later offer and answer; keys that wait to be sent stay.
    pub fn configure(&mut self, agreed: &Agreed) {
        let mut new = Self::new(agreed);
        if agreed.dtmf_payload_type.is_some() {
            std::mem::swap(&mut new.keys, &mut self.keys);
        }
        *self = Self { lead: self.lead, ..new };
    }

    /// The codec it sends.
    pub fn codec(&self) -> Codec {
        self.encoder.codec()
    }

    /// Samples in a packet.
    pub fn ptime(&self) -> usize {
        self.ptime
    }

    /// Whether nothing of our own is under way, so that another leg's packets may be passed on.
    pub fn is_idle(&self) -> bool {
        self.pending.is_empty() && self.keys.is_idle()
    }

    /// Whether frames become packets one by one, so that its payload can be shared.
    pub fn is_plain(&self) -> bool {
        self.ptime == FRAME && self.pending.is_empty()
    }

    /// Whether it can send the payload of another encoder in the place of a frame.
    pub fn can_share(&self) -> bool {
        self.is_plain() && self.lead < FRAME
    }

    /// Queues keys for the peer, if it takes keys. More than 64 waiting are dropped.
    pub fn press(&mut self, keys: &str) {
        if self.dtmf_payload_type.is_some() {
            self.keys.queue(keys);
        }
    }

    /// The packet of a key that is being sent. While there is one, no sound is sent.
    pub fn key_packet(&mut self, sender: &mut Sender, now: Time) -> Option<Vec<u8>> {
        let payload_type = self.dtmf_payload_type?;
        if self.keys.is_idle() {
            return None;
        }
        let packet = self.keys.next(sender.event_timestamp(now))?;
        let payload = packet.payload.bytes();
        let stamp = sender.event(packet.timestamp, packet.first, payload.len());
        Some(datagram(stamp.header(payload_type), &payload))
    }

    /// Whether this frame is left out to make up for packets sent ahead of the clock.
    pub fn skips(&mut self, frame: &Frame, sender: &mut Sender) -> bool {
        if self.lead < FRAME || frame.iter().any(|sample| sample.unsigned_abs() >= QUIET) {
            return false;
        }
        self.lead -= FRAME;
        sender.stand_still(crate::media::worker::TICK);
        true
    }

    /// Makes packets of a frame: one, or none or several if packets are longer or shorter.
    pub fn packets(&mut self, frame: &Frame, sender: &mut Sender, now: Time) -> Vec<Vec<u8>> {
        if self.is_plain() {
            return vec![self.packet(frame, sender, now)];
        }
        self.pending.extend_from_slice(frame);
        let mut packets = vec![];
        while self.pending.len() >= self.ptime {
            let rest = self.pending.split_off(self.ptime);
            let samples = std::mem::replace(&mut self.pending, rest);
            packets.push(self.packet(&samples, sender, now));
        }
        packets
    }

    /// Makes packets of sound whose time has not come yet.
    pub fn ahead(&mut self, waiting: &Waiting, sender: &mut Sender, now: Time) -> Vec<Vec<u8>> {
        let mut packets = vec![];
        if !waiting.samples.is_empty() {
            self.lead += waiting.samples.len();
            packets.push(self.packet(&waiting.samples, sender, now));
        }
        for payload in &waiting.payloads {
            self.lead += codec::duration(self.codec(), payload) as usize;
            packets.push(self.shared_packet(payload, sender, now));
        }
        packets
    }

    /// Makes a packet of a payload that another leg's encoder made of a frame.
    pub fn shared_packet(&mut self, payload: &[u8], sender: &mut Sender, now: Time) -> Vec<u8> {
        let stamp = sender.next(codec::duration(self.codec(), payload), payload.len(), now);
        datagram(stamp.header(self.payload_type), payload)
    }

    /// Passes on a sound packet of another leg.
    pub fn forward(&mut self, packet: &RtpPacket<'_>, sender: &mut Sender, now: Time) -> Vec<u8> {
        let duration = codec::duration(self.codec(), packet.payload);
        let stamp = sender.forward(packet, duration, now);
        datagram(stamp.header(self.payload_type), packet.payload)
    }

    /// Passes on a key packet of another leg; nothing if the peer takes no keys.
    pub fn forward_key(&mut self, packet: &RtpPacket<'_>, sender: &mut Sender, now: Time) -> Option<Vec<u8>> {
        let Some(payload_type) = self.dtmf_payload_type else {
            // Its number is not used, so the next packet's mapping begins anew, without a gap.
            sender.stop_forwarding();
            return None;
        };
        let duration = dtmf::Payload::parse(packet.payload)?.duration;
        let stamp = sender.forward(packet, u32::from(duration), now);
        Some(datagram(stamp.header(payload_type), packet.payload))
    }

    fn packet(&mut self, samples: &[i16], sender: &mut Sender, now: Time) -> Vec<u8> {
        let mut payload = Vec::with_capacity(samples.len());
        self.encoder.encode(samples, &mut payload);
        self.shared_packet(&payload, sender, now)
    }
}

fn datagram(header: [u8; crate::media::rtp::HEADER], payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(header.len() + payload.len() + TRAILER);
    bytes.extend_from_slice(&header);
    bytes.extend_from_slice(payload);
    bytes
}
