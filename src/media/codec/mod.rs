//! Codecs: a payload to samples and back.
//!
//! [`Encoder`] and [`Decoder`] are enums of one variant a codec, those of G.722 and Opus with their state.

pub mod g711;
pub mod g722;
pub mod opus;

use serde::{Deserialize, Serialize};

pub use crate::sdp::Codec;
use crate::sdp::Fmtp;

/// Samples a second that the codec's decoder gives and its encoder takes.
///
/// The RTP clock may differ: G.722 counts 8000 and samples 16000 (RFC 3551 section 4.5.2).
pub const fn sample_rate(codec: Codec) -> u32 {
    match codec {
        Codec::Pcmu | Codec::Pcma => 8_000,
        Codec::G722 => 16_000,
        Codec::Opus => opus::RATE,
    }
}

/// Samples for each unit of the RTP timestamp.
pub const fn samples_per_unit(codec: Codec) -> usize {
    (sample_rate(codec) / codec.clock_rate()) as usize
}

/// How much a payload of this length advances the RTP timestamp; 0 if there is no sound in it.
pub fn duration(codec: Codec, payload: &[u8]) -> u32 {
    match codec {
        Codec::Pcmu | Codec::Pcma | Codec::G722 => u32::try_from(payload.len()).unwrap_or(u32::MAX),
        Codec::Opus => opus::duration(payload),
    }
}

/// Writes samples of one direction of one leg as payloads. A copy goes on where the original was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Encoder {
    /// G.711 µ-law.
    Pcmu,
    /// G.711 A-law.
    Pcma,
    /// G.722.
    G722(Box<g722::Encoder>),
    /// Opus.
    Opus(opus::Encoder),
}

impl Encoder {
    /// An encoder at the beginning of its stream, as the peer asks for it.
    pub fn new(codec: Codec, fmtp: Fmtp) -> Self {
        match codec {
            Codec::Pcmu => Self::Pcmu,
            Codec::Pcma => Self::Pcma,
            Codec::G722 => Self::G722(Box::default()),
            Codec::Opus => Self::Opus(opus::Encoder::new(fmtp)),
        }
    }

    /// The codec it writes.
    pub fn codec(&self) -> Codec {
        match self {
            Self::Pcmu => Codec::Pcmu,
            Self::Pcma => Codec::Pcma,
            Self::G722(_) => Codec::G722,
            Self::Opus(_) => Codec::Opus,
        }
    }

    /// Appends the payload of `samples` (one ptime at [`sample_rate`]) to `payload`.
    pub fn encode(&mut self, samples: &[i16], payload: &mut Vec<u8>) {
        match self {
            Self::Pcmu => payload.extend(samples.iter().map(|&sample| g711::encode_ulaw(sample))),
            Self::Pcma => payload.extend(samples.iter().map(|&sample| g711::encode_alaw(sample))),
            Self::G722(encoder) => encoder.encode(samples, payload),
            Self::Opus(encoder) => encoder.encode(samples, payload),
        }
    }

    /// How many of so many samples one payload can hold; none if it cannot hold so few.
    pub fn piece(&self, samples: usize) -> Option<usize> {
        match self {
            Self::Opus(_) => opus::Encoder::piece(samples),
            Self::Pcmu | Self::Pcma | Self::G722(_) => (samples > 0).then_some(samples),
        }
    }

    /// Says that the sound had this many samples a second before it came to [`sample_rate`].
    pub fn set_source_rate(&mut self, rate: u32) {
        if let Self::Opus(encoder) = self {
            encoder.set_source_rate(rate);
        }
    }

    /// What follows comes after payloads that others wrote.
    pub fn restart(&mut self) {
        // A G.722 decoder cannot be told to begin anew: the scale that was last in use is the best guess at its own.
        if let Self::Opus(encoder) = self {
            encoder.restart();
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
    /// G.722.
    G722(Box<g722::Decoder>),
    /// Opus.
    Opus(opus::Decoder),
}

impl Decoder {
    /// A decoder at the beginning of its stream.
    pub fn new(codec: Codec) -> Self {
        match codec {
            Codec::Pcmu => Self::Pcmu,
            Codec::Pcma => Self::Pcma,
            Codec::G722 => Self::G722(Box::default()),
            Codec::Opus => Self::Opus(opus::Decoder::default()),
        }
    }

    /// The codec it reads.
    pub fn codec(&self) -> Codec {
        match self {
            Self::Pcmu => Codec::Pcmu,
            Self::Pcma => Codec::Pcma,
            Self::G722(_) => Codec::G722,
            Self::Opus(_) => Codec::Opus,
        }
    }

    /// Appends the samples of `payload` at [`sample_rate`] to `samples`.
    pub fn decode(&mut self, payload: &[u8], samples: &mut Vec<i16>) {
        match self {
            Self::Pcmu => samples.extend(payload.iter().map(|&byte| g711::decode_ulaw(byte))),
            Self::Pcma => samples.extend(payload.iter().map(|&byte| g711::decode_alaw(byte))),
            Self::G722(decoder) => decoder.decode(payload, samples),
            Self::Opus(decoder) => decoder.decode(payload, samples),
        }
    }

    /// Fills a gap, if the codec knows how to; `next` is the payload that follows it, if that is here already.
    /// Says whether it did.
    pub fn conceal(&mut self, next: Option<&[u8]>, samples: &mut [i16]) -> bool {
        match self {
            Self::Opus(decoder) => decoder.conceal(next, samples),
            Self::Pcmu | Self::Pcma | Self::G722(_) => return false,
        }
        true
    }

    /// What follows comes after payloads that were not read.
    pub fn restart(&mut self) {
        if let Self::Opus(decoder) = self {
            decoder.restart();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_goes_through_each_law_and_back() {
        let frame: Vec<i16> = (0..160).map(|i| ((i * 37) % 400 - 200) * 50).collect();
        for codec in [Codec::Pcmu, Codec::Pcma] {
            let (mut payload, mut heard) = (vec![], vec![]);
            Encoder::new(codec, Fmtp::default()).encode(&frame, &mut payload);
            Decoder::new(codec).decode(&payload, &mut heard);
            assert_eq!(duration(codec, &payload), 160);
            assert_eq!(heard.len(), 160);
            for (said, heard) in frame.iter().zip(&heard) {
                assert!((said - heard).abs() <= said.abs() / 25 + 16, "{codec:?}: {said} became {heard}");
            }
        }
    }

    #[test]
    fn twenty_milliseconds_are_as_long_in_every_codec() {
        for codec in Codec::ALL.iter().copied() {
            let frame = vec![0; sample_rate(codec) as usize / 50];
            let (mut payload, mut heard) = (vec![], vec![]);
            Encoder::new(codec, Fmtp::default()).encode(&frame, &mut payload);
            Decoder::new(codec).decode(&payload, &mut heard);
            assert_eq!(duration(codec, &payload), codec.clock_rate() / 50, "{codec}");
            assert_eq!(heard.len(), frame.len(), "{codec}");
            assert_eq!(samples_per_unit(codec) * duration(codec, &payload) as usize, frame.len());
        }
    }
}
