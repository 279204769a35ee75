//! What one leg is sent: frames made into packets, packets passed on, and keys pressed.

use serde::{Deserialize, Serialize};

use super::border::{Outward, Shared};
use super::incoming::{Format, Waiting};
use crate::media::codec::{self, Codec};
use crate::media::dtmf;
use crate::media::rtp::{RtpPacket, Sender};
use crate::media::srtp::TRAILER;
use crate::sdp::{Agreed, Fmtp};
use crate::time::Time;

/// A frame whose samples are all smaller than this may be left out to fall back to the clock.
const QUIET: u16 = 128;
/// Milliseconds of a frame.
const FRAME_MS: u8 = 20;

/// The sending half of a configured leg.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outgoing {
    outward: Outward,
    fmtp: Fmtp,
    payload_type: u8,
    dtmf_payload_type: Option<u8>,
    keys_clock: u32,
    /// Milliseconds of one packet.
    ptime_ms: u8,
    /// Samples that do not fill a packet yet, at the codec's rate.
    pending: Vec<i16>,
    keys: dtmf::Sender,
    /// Keys for a peer that knows no events.
    tones: dtmf::Tones,
    /// Timestamp units sent ahead of the clock when a jitter buffer was emptied into the stream. They are
    /// made up for by leaving out frames in which nothing is heard.
    lead: u32,
}

impl Outgoing {
    /// What an offer and answer agreed on.
    pub fn new(agreed: &Agreed) -> Self {
        Self {
            outward: Outward::new(agreed.codec, agreed.fmtp),
            fmtp: agreed.fmtp,
            payload_type: agreed.payload_type,
            dtmf_payload_type: agreed.dtmf_payload_type,
            keys_clock: agreed.dtmf_clock_rate,
            ptime_ms: ptime_ms(agreed),
            pending: vec![],
            keys: dtmf::Sender::new(agreed.dtmf_clock_rate),
            tones: dtmf::Tones::default(),
            lead: 0,
        }
    }

    /// A later offer and answer; keys that wait to be sent stay, and a codec that stays goes on.
    pub fn configure(&mut self, agreed: &Agreed) {
        let mut new = Self::new(agreed);
        let same = self.codec() == agreed.codec && self.fmtp == agreed.fmtp;
        if same {
            std::mem::swap(&mut new.outward, &mut self.outward);
            new.lead = self.lead;
        }
        match agreed.dtmf_payload_type {
            Some(_) if self.keys_clock == agreed.dtmf_clock_rate => {
                std::mem::swap(&mut new.keys, &mut self.keys)
            }
            Some(_) => {}
            None => std::mem::swap(&mut new.tones, &mut self.tones),
        }
        *self = new;
    }

    /// What its packets hold.
    pub fn format(&self) -> Format {
        let ptime = self.units(self.ptime_ms);
        Format { codec: self.codec(), ptime, fmtp: self.fmtp, keys_clock: self.keys_clock }
    }

    /// Samples a second that its codec takes.
    pub fn rate(&self) -> u32 {
        self.outward.rate()
    }

    /// Whether nothing of our own is under way, so that another leg's packets may be passed on.
    pub fn is_idle(&self) -> bool {
        self.pending.is_empty() && self.keys.is_idle() && self.tones.is_idle()
    }

    /// Whether frames become packets one by one, so that its payload can be shared.
    pub fn is_plain(&self) -> bool {
        self.ptime_ms == FRAME_MS && self.pending.is_empty() && self.tones.is_idle()
    }

    /// Whether it can send the payload of another encoder in the place of a frame.
    pub fn can_share(&self) -> bool {
        self.is_plain() && self.lead < self.units(FRAME_MS)
    }

    /// Whether the peer takes keys as events.
    pub fn takes_keys(&self) -> bool {
        self.dtmf_payload_type.is_some()
    }

    /// Queues keys for the peer, as events or as tones. More than 64 waiting are dropped.
    pub fn press(&mut self, keys: &str) {
        match self.dtmf_payload_type {
            Some(_) => drop(self.keys.queue(keys)),
            None => self.tones.queue(keys),
        }
    }

    /// Whether tones of keys wait to be heard.
    pub fn has_tones(&self) -> bool {
        !self.tones.is_idle()
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
    pub fn skips(&mut self, frame: &[i16], sender: &mut Sender) -> bool {
        let length = self.units(FRAME_MS);
        let is_quiet = frame.iter().all(|sample| sample.unsigned_abs() < QUIET) && self.tones.is_idle();
        if self.lead < length || !is_quiet {
            return false;
        }
        self.lead -= length;
        sender.stand_still(crate::media::worker::TICK);
        true
    }

    /// Makes packets of a frame of the room: one, or none or several if packets are longer or shorter. See
    /// [`Outward::bring`] for `joint`.
    pub fn packets(
        &mut self,
        frame: Vec<i16>,
        room: u32,
        joint: bool,
        sender: &mut Sender,
        now: Time,
    ) -> Vec<Vec<u8>> {
        let mut samples = self.outward.bring(frame, room, joint);
        // In the place of all that is heard otherwise, so that nothing disturbs them.
        self.tones.fill(&mut samples, self.outward.rate());
        if self.ptime_ms == FRAME_MS && self.pending.is_empty() {
            return self.packet(&samples, sender, now).into_iter().collect();
        }
        self.pending.extend_from_slice(&samples);
        let length = self.rate() as usize / 1_000 * usize::from(self.ptime_ms);
        let mut packets = vec![];
        while self.pending.len() >= length {
            let rest = self.pending.split_off(length);
            let samples = std::mem::replace(&mut self.pending, rest);
            packets.extend(self.packet(&samples, sender, now));
        }
        packets
    }

    /// A payload of this leg with what wrote it, for legs that hear the same.
    pub fn share(&self, payload: Vec<u8>) -> Shared {
        Shared { payload, outward: self.outward.clone() }
    }

    /// Makes a packet of a payload that another leg's encoder made of a frame, and goes on from there.
    pub fn follow(&mut self, shared: &Shared, sender: &mut Sender, now: Time) -> Vec<u8> {
        self.outward = shared.outward.clone();
        self.made_packet(&shared.payload, sender, now)
    }

    /// Packets are passed on from now on.
    pub fn rest(&mut self) {
        self.outward.rest();
    }

    /// Makes packets of sound whose time has not come yet.
    pub fn ahead(&mut self, waiting: &Waiting, sender: &mut Sender, now: Time) -> Vec<Vec<u8>> {
        let mut packets = vec![];
        let mut samples = &waiting.samples[..];
        while let Some((piece, rest)) =
            self.outward.piece(samples.len()).and_then(|length| samples.split_at_checked(length))
        {
            self.lead += (piece.len() / codec::samples_per_unit(self.codec())) as u32;
            packets.extend(self.packet(piece, sender, now));
            samples = rest;
        }
        for payload in &waiting.payloads {
            self.lead += codec::duration(self.codec(), payload);
            packets.push(self.made_packet(payload, sender, now));
        }
        packets
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

    fn codec(&self) -> Codec {
        self.outward.codec()
    }

    /// Milliseconds in timestamp units.
    fn units(&self, ms: u8) -> u32 {
        self.codec().clock_rate() / 1_000 * u32::from(ms)
    }

    fn packet(&mut self, samples: &[i16], sender: &mut Sender, now: Time) -> Option<Vec<u8>> {
        let mut payload = Vec::with_capacity(samples.len());
        self.outward.encode(samples, &mut payload);
        (!payload.is_empty()).then(|| self.made_packet(&payload, sender, now))
    }

    fn made_packet(&mut self, payload: &[u8], sender: &mut Sender, now: Time) -> Vec<u8> {
        let stamp = sender.next(codec::duration(self.codec(), payload), payload.len(), now);
        datagram(stamp.header(self.payload_type), payload)
    }
}

/// Milliseconds of a packet that the codec can write.
fn ptime_ms(agreed: &Agreed) -> u8 {
    match (agreed.codec, agreed.ptime_ms) {
        (Codec::Opus, 10 | 20 | 40 | 60) => agreed.ptime_ms,
        (Codec::Opus, _) => FRAME_MS,
        (_, ptime_ms) => ptime_ms.max(10),
    }
}

fn datagram(header: [u8; crate::media::rtp::HEADER], payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(header.len() + payload.len() + TRAILER);
    bytes.extend_from_slice(&header);
    bytes.extend_from_slice(payload);
    bytes
}
