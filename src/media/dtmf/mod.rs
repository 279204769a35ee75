//! Keys pressed: as named events in RTP (RFC 4733), and as tones in the sound (ITU-T Q.23, Q.24) for peers that know
//! no events.

mod detector;
mod receiver;
mod sender;
mod tones;

pub use self::detector::Detector;
pub use self::receiver::Receiver;
pub use self::sender::{Packet, Sender};
pub use self::tones::Tones;

use serde::{Deserialize, Serialize};

/// The sixteen keys in the order of their event codes (RFC 4733 section 3.2).
const KEYS: &[u8; 16] = b"0123456789*#ABCD";

/// The lower and the upper tones of the keys (ITU-T Q.23), Hz: the rows and columns of [`GRID`].
const ROWS: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
const COLUMNS: [f32; 4] = [1_209.0, 1_336.0, 1_477.0, 1_633.0];
/// The keys by their tones.
const GRID: [&[u8; 4]; 4] = [b"123A", b"456B", b"789C", b"*0#D"];

/// Keys that wait to be fetched or sent; more are dropped.
const MAX_WAITING: usize = 64;

/// A key that was pressed and released.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digit {
    /// `0`-`9`, `*`, `#`, `A`-`D`.
    pub key: char,
    /// How long it was held, in milliseconds.
    pub ms: u32,
}

/// The payload of one event packet (RFC 4733 section 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// Event code; 0 to 15 are keys.
    pub event: u8,
    /// The key has been released.
    pub end: bool,
    /// Power below 0 dBm0, 0 to 63.
    pub volume: u8,
    /// Timestamp units since the event began.
    pub duration: u16,
}

impl Payload {
    /// Reads the first event of a payload; `None` if it is shorter than four bytes.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let &[event, flags, high, low, ..] = bytes else { return None };
        Some(Self {
            event,
            end: flags & 0x80 != 0,
            volume: flags & 0x3f,
            duration: u16::from_be_bytes([high, low]),
        })
    }

    /// The four bytes of the payload.
    pub fn bytes(self) -> [u8; 4] {
        let [high, low] = self.duration.to_be_bytes();
        [self.event, (u8::from(self.end) << 7) | (self.volume & 0x3f), high, low]
    }

    /// The key that the event stands for, if it is one.
    pub fn key(self) -> Option<char> {
        KEYS.get(usize::from(self.event)).map(|&key| char::from(key))
    }
}

/// The event code of a key; small letters count as capitals.
pub fn event_of(key: char) -> Option<u8> {
    let key = u8::try_from(key.to_ascii_uppercase()).ok()?;
    KEYS.iter().position(|&known| known == key).and_then(|code| u8::try_from(code).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_key_has_its_code() {
        for (code, key) in "0123456789*#ABCD".chars().enumerate() {
            assert_eq!(event_of(key), Some(code as u8));
            let payload = Payload { event: code as u8, end: false, volume: 10, duration: 0 };
            assert_eq!(payload.key(), Some(key));
        }
        assert_eq!(event_of('d'), Some(15));
        assert_eq!(event_of('x'), None);
        assert_eq!(event_of('é'), None);
    }

    #[test]
    fn a_payload_reads_as_it_was_written() {
        let payload = Payload { event: 11, end: true, volume: 10, duration: 0x1234 };
        assert_eq!(payload.bytes(), [11, 0x8a, 0x12, 0x34]);
        assert_eq!(Payload::parse(&payload.bytes()), Some(payload));
        assert_eq!(Payload::parse(&[1, 2, 3]), None);
    }

    proptest! {
        #[test]
        fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..12)) {
            let _ = Payload::parse(&bytes).map(Payload::key);
        }
    }
}
