//! Codecs: a payload to samples and back.
//!
//! [`Encoder`] and [`Decoder`] are enums of one variant a codec, so that codecs with state
//! (G.722, Opus) find their place beside the stateless G.711.

pub mod g711;

use serde::{Deserialize, Serialize};

pub use crate::sdp::Codec;

/// Samples a second that the codec's decoder gives and its encoder takes.
///
/// The RTP clock may differ: G.722 counts 8000 and samples 16000 (RFC 3551 section 4.5.2).
pub const fn sample_rate(codec: Codec) -> u32 {
    match codec {
        Codec::Pcmu | Codec::Pcma => 8_000,
    }
}

/// How much a payload of this length advances the RTP timestamp.
pub fn duration(codec: Codec, payload: &[u8]) -> u32 {
    match codec {
        Codec::Pcmu | Codec::Pcma => u32::try_from(payload.len()).unwrap_or(u32::MAX),
    }
}

/// Writes samples of one direction of one leg as payloads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Encoder {
    /// G.711 µ-law.
    Pcmu,
    /// G.711 A-law.
    Pcma,
}

impl Encoder {
    /// An encoder at the beginning of its stream.
    pub fn new(codec: Codec) -> Self {
        match codec {
            Codec::Pcmu => Self::Pcmu,
            Codec::Pcma => Self::Pcma,
        }
    }

    /// The codec it writes.
    pub fn codec(&self) -> Codec {
        match self {
            Self::Pcmu => Codec::Pcmu,
            Self::Pcma => Codec::Pcma,
        }
    }

    /// Appends the payload of `samples` (one ptime at [`sample_rate`]) to `payload`.
    pub fn encode(&mut self, samples: &[i16], payload: &mut Vec<u8>) {
        match self {
            Self::Pcmu => payload.extend(samples.iter().map(|&sample| g711::encode_ulaw(sample))),
            Self::Pcma => payload.extend(samples.iter().map(|&sample| g711::encode_alaw(sample))),
        }
    }
}

/// Reads payloads of one direction of one leg as samples.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Decoder {
    /// G.711 µ-law.
    Pcmu,
    /// G.711 A-law.
    Pcma,
}

impl Decoder {
    /// A decoder at the beginning of its stream.
    pub fn new(codec: Codec) -> Self {
        match codec {
            Codec::Pcmu => Self::Pcmu,
            Codec::Pcma => Self::Pcma,
        }
    }

    /// The codec it reads.
    pub fn codec(&self) -> Codec {
        match self {
            Self::Pcmu => Codec::Pcmu,
            Self::Pcma => Codec::Pcma,
        }
    }

    /// Appends the samples of `payload` at [`sample_rate`] to `samples`.
    pub fn decode(&mut self, payload: &[u8], samples: &mut Vec<i16>) {
        match self {
            Self::Pcmu => samples.extend(payload.iter().map(|&byte| g711::decode_ulaw(byte))),
            Self::Pcma => samples.extend(payload.iter().map(|&byte| g711::decode_alaw(byte))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_goes_through_each_codec_and_back() {
        let frame: Vec<i16> = (0..160).map(|i| ((i * 37) % 400 - 200) * 50).collect();
        for codec in [Codec::Pcmu, Codec::Pcma] {
            let (mut payload, mut heard) = (vec![], vec![]);
            Encoder::new(codec).encode(&frame, &mut payload);
            Decoder::new(codec).decode(&payload, &mut heard);
            assert_eq!(duration(codec, &payload), 160);
            assert_eq!(heard.len(), 160);
            for (said, heard) in frame.iter().zip(&heard) {
                assert!((said - heard).abs() <= said.abs() / 25 + 16, "{codec:?}: {said} became {heard}");
            }
        }
    }
}
