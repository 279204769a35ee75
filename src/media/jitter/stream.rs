//! A stream's numbers without their wraps.

use serde::{Deserialize, Serialize};

use crate::media::rtp::RtpPacket;

/// Sequence numbers further apart than this are another stream.
const MAX_DROPOUT: i64 = 3_000;

/// Where a packet stands in its stream.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    ssrc: u32,
    pub sequence: i64,
    pub timestamp: i64,
}

impl Place {
    /// The place of a stream's first packet.
    pub fn first(packet: &RtpPacket<'_>) -> Self {
        let (sequence, timestamp) = (i64::from(packet.sequence), i64::from(packet.timestamp));
        Self { ssrc: packet.ssrc, sequence, timestamp }
    }

    /// The place of a packet near this one; none if it belongs to another stream.
    pub fn near(&self, packet: &RtpPacket<'_>) -> Option<Self> {
        let sequence = i64::from(packet.sequence.wrapping_sub(self.sequence as u16) as i16);
        let timestamp = i64::from(packet.timestamp.wrapping_sub(self.timestamp as u32) as i32);
        (packet.ssrc == self.ssrc && sequence.abs() < MAX_DROPOUT).then_some(Self {
            ssrc: self.ssrc,
            sequence: self.sequence + sequence,
            timestamp: self.timestamp + timestamp,
        })
    }
}
