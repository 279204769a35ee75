//! G.711 packets (RFC 3550, RFC 3551) whose payload says where they come from.

use crate::clock::{MILLISECOND, Nanos};

/// A packet every 20 ms.
pub const PACKET_EVERY: Nanos = 20 * MILLISECOND;
/// Payload type of PCMU.
const PCMU: u8 = 0;
/// Bytes of the fixed header.
const HEADER: usize = 12;
/// Bytes and samples of 20 ms at 8 kHz.
const PAYLOAD: usize = 160;
/// Begins every payload of ours.
const MARK: [u8; 8] = *b"hovor-bm";
/// The mark, the stream, the number, the time.
const STAMP: usize = 8 + 4 + 4 + 8;

/// What a packet says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    pub stream: u32,
    pub number: u32,
    /// When it left.
    pub left: Nanos,
}

/// Writes a packet.
pub fn write(bytes: &mut Vec<u8>, stream: u32, number: u32, left: Nanos) {
    head(bytes, stream, number);
    bytes.extend(MARK);
    bytes.extend(stream.to_be_bytes());
    bytes.extend(number.to_be_bytes());
    bytes.extend(left.to_be_bytes());
    bytes.resize(HEADER + PAYLOAD, 0xd5);
}

/// Writes a packet of a voice: noise that is as loud as people are, other for each stream.
pub fn speak(bytes: &mut Vec<u8>, stream: u32, number: u32) {
    head(bytes, stream, number);
    let mut state = (u64::from(stream) << 32 | u64::from(number)).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    for _ in 0..PAYLOAD / 8 {
        // xorshift64: any numbers that are not the same will do.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        // Of µ-law's segments those in the middle: 0x9f to 0xbf and 0x1f to 0x3f.
        bytes.extend(state.to_le_bytes().map(|byte| (byte & 0x9f | 0x20) ^ 0x80));
    }
}

fn head(bytes: &mut Vec<u8>, stream: u32, number: u32) {
    let marker = if number == 0 { 0x80 } else { 0 };
    bytes.extend([0x80, PCMU | marker]);
    bytes.extend((number as u16).to_be_bytes());
    bytes.extend(number.wrapping_mul(PAYLOAD as u32).to_be_bytes());
    bytes.extend((0x6c6f_0000 + stream).to_be_bytes());
}

/// Reads a packet that was written here, through whatever hands it went.
pub fn read(bytes: &[u8]) -> Option<Stamp> {
    let contributors = usize::from(bytes.first()? & 0x0f);
    let payload = bytes.get(HEADER + 4 * contributors..)?;
    let (mark, rest) = payload.get(..STAMP)?.split_at(MARK.len());
    if mark != MARK {
        return None;
    }
    Some(Stamp {
        stream: u32::from_be_bytes(rest[..4].try_into().ok()?),
        number: u32::from_be_bytes(rest[4..8].try_into().ok()?),
        left: Nanos::from_be_bytes(rest[8..16].try_into().ok()?),
    })
}
