//! The sending end of a stream: one SSRC whose sequence numbers and timestamps never break, whether
//! packets are made here or forwarded.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::RtpPacket;
use crate::entropy::Entropy;
use crate::time::Time;

/// Timestamps may run this far (in ms) from the clock before they are set by it again.
const SLACK_MS: u32 = 60;

/// The header fields of one packet to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Sequence number.
    pub sequence: u16,
    /// Timestamp.
    pub timestamp: u32,
    /// The stream's number.
    pub ssrc: u32,
    /// First packet after silence or of a digit.
    pub marker: bool,
}

impl Stamp {
    /// The 12 bytes before the payload.
    pub fn header(&self, payload_type: u8) -> [u8; super::HEADER] {
        let mut bytes = [0; super::HEADER];
        bytes[0] = 0x80;
        bytes[1] = (payload_type & 0x7f) | (u8::from(self.marker) << 7);
        bytes[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        bytes[4..8].copy_from_slice(&self.timestamp.to_be_bytes());
        bytes[8..12].copy_from_slice(&self.ssrc.to_be_bytes());
        bytes
    }
}

/// Numbers the packets of one outgoing stream.
///
/// Made packets ([`next`](Self::next)) and forwarded ones ([`forward`](Self::forward)) may
/// alternate: the listener sees one stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sender {
    ssrc: u32,
    clock_rate: u32,
    /// Sequence number of the next packet made here.
    sequence: u16,
    /// Timestamp that follows the last packet without a gap.
    timestamp: u32,
    /// A timestamp and when it was due.
    anchor: Option<(u32, Time)>,
    /// How a foreign stream's numbers become ours, while it is forwarded.
    forwarding: Option<Forwarding>,
    packets: u64,
    octets: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Forwarding {
    ssrc: u32,
    sequence_offset: u16,
    timestamp_offset: u32,
}

impl Sender {
    /// A stream with a random number and random beginnings (RFC 3550 section 5.1).
    pub fn new(clock_rate: u32, entropy: &mut Entropy) -> Self {
        Self {
            ssrc: entropy.u32(),
            clock_rate: clock_rate.max(1),
            // Below 2^15, so that the first wrap is far and no packet seems to come before the first.
            sequence: (entropy.u32() >> 17) as u16,
            timestamp: entropy.u32(),
            anchor: None,
            forwarding: None,
            packets: 0,
            octets: 0,
        }
    }

    /// Timestamp units a second.
    pub fn clock_rate(&self) -> u32 {
        self.clock_rate
    }

    /// Goes on with another clock, as another codec needs it. The numbers go on where they are, and count by the new
    /// clock from the last packet on; peers are told by the payload type (RFC 7160 section 3.2).
    pub fn set_clock_rate(&mut self, clock_rate: u32) {
        if clock_rate != self.clock_rate {
            self.clock_rate = clock_rate.max(1);
            self.forwarding = None;
        }
    }

    /// The stream's number.
    pub fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// Packets sent.
    pub fn packets(&self) -> u64 {
        self.packets
    }

    /// Payload bytes sent.
    pub fn octets(&self) -> u64 {
        self.octets
    }

    /// The timestamp of `now`, for sender reports.
    pub fn timestamp_at(&self, now: Time) -> u32 {
        let (timestamp, then) = self.anchor.unwrap_or((self.timestamp, now));
        timestamp.wrapping_add(self.units(now.since(then).as_micros() as u64))
    }

    /// Numbers a packet made here: `duration` timestamp units of sound, `octets` bytes of payload.
    ///
    /// Its timestamp follows the packet before. After a pause it is set by the clock and the marker
    /// says so (RFC 3551 section 4.1).
    pub fn next(&mut self, duration: u32, octets: usize, now: Time) -> Stamp {
        self.forwarding = None;
        let marker = self.align(now);
        let stamp = Stamp { sequence: self.sequence, timestamp: self.timestamp, ssrc: self.ssrc, marker };
        self.sent(stamp, duration, octets, now);
        stamp
    }

    /// Numbers a packet of an event that began at `timestamp`, which stays the same for all its
    /// packets (RFC 4733 section 2.5.1.2).
    pub fn event(&mut self, timestamp: u32, marker: bool, octets: usize) -> Stamp {
        self.forwarding = None;
        let stamp = Stamp { sequence: self.sequence, timestamp, ssrc: self.ssrc, marker };
        self.sequence = self.sequence.wrapping_add(1);
        self.count(octets);
        stamp
    }

    /// The timestamp that an event beginning `now` gets.
    pub fn event_timestamp(&mut self, now: Time) -> u32 {
        self.align(now);
        // What follows goes on by the clock, even if nothing was sent before.
        self.anchor.get_or_insert((self.timestamp, now));
        self.timestamp
    }

    /// Numbers a packet of another stream, which is passed on as it came: its gaps and its order
    /// are kept, its beginning follows what was sent before.
    pub fn forward(&mut self, packet: &RtpPacket<'_>, duration: u32, now: Time) -> Stamp {
        let (map, pause) = match self.forwarding {
            Some(map) if map.ssrc == packet.ssrc => (map, false),
            _ => self.adopt(packet, now),
        };
        self.forwarding = Some(map);
        let stamp = Stamp {
            sequence: packet.sequence.wrapping_add(map.sequence_offset),
            timestamp: packet.timestamp.wrapping_add(map.timestamp_offset),
            ssrc: self.ssrc,
            marker: packet.marker || pause,
        };
        if stamp.sequence.wrapping_sub(self.sequence) < 1 << 15 {
            self.sent(stamp, duration, packet.payload.len(), now);
        } else {
            self.count(packet.payload.len());
        }
        stamp
    }

    /// Lets the stream's clock stand still for `pause`, to make up for packets that were numbered
    /// ahead of it.
    pub fn stand_still(&mut self, pause: Duration) {
        self.anchor = self.anchor.map(|(timestamp, then)| (timestamp, then + pause));
    }

    /// Forgets the stream forwarded so far: the next forwarded packet begins a new mapping. Needed
    /// when the foreign sender has restarted under the same SSRC.
    pub fn stop_forwarding(&mut self) {
        self.forwarding = None;
    }

    fn adopt(&mut self, packet: &RtpPacket<'_>, now: Time) -> (Forwarding, bool) {
        let pause = self.align(now);
        let map = Forwarding {
            ssrc: packet.ssrc,
            sequence_offset: self.sequence.wrapping_sub(packet.sequence),
            timestamp_offset: self.timestamp.wrapping_sub(packet.timestamp),
        };
        (map, pause)
    }

    /// Sets the timestamp by the clock if it has fallen behind; says whether it begins anew.
    fn align(&mut self, now: Time) -> bool {
        let Some(_) = self.anchor else { return true };
        let due = self.timestamp_at(now);
        let late = due.wrapping_sub(self.timestamp) as i32;
        let behind = late > self.units(u64::from(SLACK_MS) * 1_000) as i32;
        if behind {
            self.timestamp = due;
        }
        behind
    }

    fn sent(&mut self, stamp: Stamp, duration: u32, octets: usize, now: Time) {
        self.sequence = stamp.sequence.wrapping_add(1);
        self.timestamp = stamp.timestamp.wrapping_add(duration);
        self.anchor = Some((stamp.timestamp, now));
        self.count(octets);
    }

    fn count(&mut self, octets: usize) {
        self.packets += 1;
        self.octets += octets as u64;
    }

    fn units(&self, us: u64) -> u32 {
        (u128::from(us) * u128::from(self.clock_rate) / 1_000_000) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAYLOAD: [u8; 160] = [0xd5; 160];

    fn sender() -> Sender {
        Sender::new(8_000, &mut Entropy::from_number(3))
    }

    fn foreign(sequence: u16, timestamp: u32) -> RtpPacket<'static> {
        RtpPacket { payload_type: 8, marker: false, sequence, timestamp, ssrc: 99, payload: &PAYLOAD }
    }

    #[test]
    fn made_packets_follow_each_other_and_the_first_is_marked() {
        let mut sender = sender();
        let one = sender.next(160, 160, Time::from_millis(0));
        let two = sender.next(160, 160, Time::from_millis(23));
        let three = sender.next(160, 160, Time::from_millis(40));
        assert!(one.marker && !two.marker && !three.marker);
        assert_eq!(two.sequence, one.sequence.wrapping_add(1));
        assert_eq!(three.timestamp, one.timestamp.wrapping_add(320));
        assert_eq!((sender.packets(), sender.octets()), (3, 480));
    }

    #[test]
    fn after_a_pause_the_clock_sets_the_timestamp_and_the_marker_says_so() {
        let mut sender = sender();
        let one = sender.next(160, 160, Time::from_millis(0));
        let two = sender.next(160, 160, Time::from_millis(500));
        assert_eq!(two.timestamp, one.timestamp.wrapping_add(4_000));
        assert_eq!(two.sequence, one.sequence.wrapping_add(1));
        assert!(two.marker);
    }

    #[test]
    fn changing_between_made_and_forwarded_packets_breaks_nothing() {
        let mut sender = sender();
        let made = sender.next(160, 160, Time::from_millis(0));
        let passed = sender.forward(&foreign(65_535, u32::MAX - 100), 160, Time::from_millis(20));
        let wrapped = sender.forward(&foreign(0, 59), 160, Time::from_millis(40));
        let again = sender.next(160, 160, Time::from_millis(60));
        let stamps = [made, passed, wrapped, again];
        for (step, stamp) in stamps.iter().enumerate() {
            assert_eq!(stamp.sequence, made.sequence.wrapping_add(step as u16));
            assert_eq!(stamp.timestamp, made.timestamp.wrapping_add(160 * step as u32));
            assert_eq!(stamp.marker, step == 0);
        }
    }

    #[test]
    fn forwarding_keeps_gaps_and_order_of_the_foreign_stream() {
        let mut sender = sender();
        let first = sender.forward(&foreign(10, 1_000), 160, Time::from_millis(0));
        let third = sender.forward(&foreign(12, 1_320), 160, Time::from_millis(40));
        let second = sender.forward(&foreign(11, 1_160), 160, Time::from_millis(41));
        let own = sender.next(160, 160, Time::from_millis(60));
        assert_eq!(third.sequence, first.sequence.wrapping_add(2));
        assert_eq!(second.timestamp, first.timestamp.wrapping_add(160));
        assert_eq!(own.sequence, first.sequence.wrapping_add(3));
        assert_eq!(own.timestamp, first.timestamp.wrapping_add(480));
    }

    #[test]
    fn sound_after_an_event_that_began_the_stream_is_later_than_it() {
        let mut sender = sender();
        let start = sender.event_timestamp(Time::from_millis(0));
        assert!(sender.event(start, true, 4).marker);
        let after = sender.next(160, 160, Time::from_millis(140));
        assert_eq!(after.timestamp, start.wrapping_add(1_120));
        assert!(after.marker);
    }

    #[test]
    fn a_change_of_clock_goes_on_without_a_pause() {
        let mut sender = sender();
        let one = sender.next(160, 160, Time::from_millis(0));
        sender.set_clock_rate(48_000);
        let two = sender.next(960, 80, Time::from_millis(20));
        let three = sender.next(960, 80, Time::from_millis(40));
        let late = sender.next(960, 80, Time::from_millis(1_040));
        assert_eq!(two.timestamp, one.timestamp.wrapping_add(160));
        assert_eq!(three.timestamp, two.timestamp.wrapping_add(960));
        assert_eq!(late.timestamp, three.timestamp.wrapping_add(48_000));
        assert!(!two.marker && !three.marker && late.marker);
    }

    #[test]
    fn an_event_keeps_its_timestamp_and_sound_goes_on_by_the_clock() {
        let mut sender = sender();
        let sound = sender.next(160, 160, Time::from_millis(0));
        let start = sender.event_timestamp(Time::from_millis(20));
        let events: Vec<Stamp> = (0..5).map(|step| sender.event(start, step == 0, 4)).collect();
        assert!(events.iter().all(|event| event.timestamp == sound.timestamp.wrapping_add(160)));
        let after = sender.next(160, 160, Time::from_millis(200));
        assert_eq!(after.sequence, sound.sequence.wrapping_add(6));
        assert_eq!(after.timestamp, sound.timestamp.wrapping_add(1_600));
    }
}
