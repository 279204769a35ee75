//! RTP packets and the two ends of a stream of them (RFC 3550).

mod receiver;
mod sender;

pub use self::receiver::{Arrival, ReceiverStatistics, ReportBlock};
pub use self::sender::{Sender, Stamp};

use rtp_rs::{RtpReader, RtpReaderError};

/// Length of a header without contributing sources or extension, as we write it.
pub const HEADER: usize = 12;

/// One packet, its payload without padding; contributing sources and extensions are skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RtpPacket<'a> {
    /// What the payload is, 0 to 127.
    pub payload_type: u8,
    /// For sound: the first packet after silence.
    pub marker: bool,
    /// Rises by one with each packet.
    pub sequence: u16,
    /// When the payload's first sample was taken, in units of the payload type's clock.
    pub timestamp: u32,
    /// The stream's number.
    pub ssrc: u32,
    /// What the codec reads.
    pub payload: &'a [u8],
}

/// Why a datagram is no RTP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// Fewer than 12 bytes.
    #[error("{0} bytes are too short for an RTP header")]
    TooShort(usize),
    /// The first two bits do not say 2.
    #[error("RTP version {0} is not known")]
    Version(u8),
    /// Contributing sources, or the extension, reach beyond the end.
    #[error("the RTP header reaches beyond the datagram")]
    Truncated,
    /// The padding is longer than what it stands in.
    #[error("the RTP padding is longer than the payload")]
    Padding,
}

impl<'a> RtpPacket<'a> {
    /// Reads a datagram that [`is_rtcp`] has not claimed. Checks what RFC 3550 section A.1 can
    /// check on a single packet.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Invalid> {
        let reader = RtpReader::new(bytes).map_err(|error| match error {
            RtpReaderError::BufferTooShort(length) => Invalid::TooShort(length),
            RtpReaderError::UnsupportedVersion(version) => Invalid::Version(version),
            RtpReaderError::HeadersTruncated { .. } => Invalid::Truncated,
            RtpReaderError::PaddingLengthInvalid(_) => Invalid::Padding,
        })?;
        Ok(Self {
            payload_type: reader.payload_type(),
            marker: reader.mark(),
            sequence: reader.sequence_number().into(),
            timestamp: reader.timestamp(),
            ssrc: reader.ssrc(),
            payload: reader.payload(),
        })
    }

    /// Appends the packet to `buffer`.
    pub fn write(&self, buffer: &mut Vec<u8>) {
        let stamp = Stamp {
            sequence: self.sequence,
            timestamp: self.timestamp,
            ssrc: self.ssrc,
            marker: self.marker,
        };
        buffer.extend_from_slice(&stamp.header(self.payload_type));
        buffer.extend_from_slice(self.payload);
    }
}

/// Whether a datagram on a port shared with RTP is RTCP (RFC 5761 section 4).
pub fn is_rtcp(bytes: &[u8]) -> bool {
    bytes.get(1).is_some_and(|packet_type| (192..=223).contains(packet_type))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PACKET: RtpPacket<'static> = RtpPacket {
        payload_type: 8,
        marker: true,
        sequence: 65_535,
        timestamp: 0xdead_beef,
        ssrc: 0x1234_5678,
        payload: b"sound",
    };

    fn written() -> Vec<u8> {
        let mut bytes = vec![];
        PACKET.write(&mut bytes);
        bytes
    }

    #[test]
    fn a_written_packet_reads_as_it_was() {
        assert_eq!(RtpPacket::parse(&written()), Ok(PACKET));
        assert_eq!(written().len(), HEADER + 5);
    }

    #[test]
    fn contributing_sources_extension_and_padding_are_skipped() {
        let mut bytes = written();
        bytes[0] |= 0b0011_0010;
        let extra = [0, 0, 0, 1, 0, 0, 0, 2, 0xbe, 0xde, 0, 1, 9, 9, 9, 9];
        bytes.splice(HEADER..HEADER, extra);
        bytes.extend([0, 0, 3]);
        assert_eq!(RtpPacket::parse(&bytes), Ok(PACKET));
    }

    #[test]
    fn what_is_no_packet_is_refused_by_its_fault() {
        assert_eq!(RtpPacket::parse(&written()[..11]), Err(Invalid::TooShort(11)));
        let mut version = written();
        version[0] = 0x40;
        assert_eq!(RtpPacket::parse(&version), Err(Invalid::Version(1)));
        let mut sources = written();
        sources[0] |= 15;
        assert_eq!(RtpPacket::parse(&sources), Err(Invalid::Truncated));
        let mut padding = written();
        padding[0] |= 0x20;
        padding[HEADER + 4] = 6;
        assert_eq!(RtpPacket::parse(&padding), Err(Invalid::Padding));
    }

    #[test]
    fn rtcp_is_told_from_rtp_by_its_second_byte() {
        assert!(is_rtcp(&[0x80, 200, 0, 0]));
        assert!(is_rtcp(&[0x80, 203]));
        assert!(!is_rtcp(&written()));
        assert!(!is_rtcp(&[0x80]));
    }

    proptest! {
        #[test]
        fn random_bytes_never_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..80), version: bool) {
            if let (true, Some(first)) = (version, bytes.first_mut()) {
                *first = *first & 0x3f | 0x80;
            }
            if let Ok(packet) = RtpPacket::parse(&bytes) {
                prop_assert!(packet.payload.len() + HEADER <= bytes.len());
            }
        }
    }
}
