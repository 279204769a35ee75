//! ITU-T G.722 at 64 kbit/s: 16 kHz sound in two sub-bands, each by adaptive differential PCM; one byte for two
//! samples, bit exact with the recommendation.
//!
//! [`bands`] splits and joins the sub-bands, [`predictor`] follows each of them, [`tables`] holds the numbers.

mod bands;
mod predictor;
mod tables;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use self::bands::{Join, Split};
use self::predictor::{Lower, Upper};

/// Writes 16 kHz sound as bytes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Encoder {
    split: Split,
    lower: Lower,
    upper: Upper,
}

/// Reads bytes as 16 kHz sound.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Decoder {
    join: Join,
    lower: Lower,
    upper: Upper,
}

impl Encoder {
    /// Appends one byte for each two samples. An odd last one is left out.
    pub fn encode(&mut self, samples: &[i16], payload: &mut Vec<u8>) {
        let Self { split, lower, upper } = self;
        payload.extend(samples.chunks_exact(2).map(|pair| {
            let (low, high) = split.next([pair[0], pair[1]]);
            (upper.encode(high) << 6) | lower.encode(low)
        }));
    }
}

impl Decoder {
    /// Appends two samples for each byte.
    pub fn decode(&mut self, payload: &[u8], samples: &mut Vec<i16>) {
        for byte in payload {
            let low = self.lower.decode(byte & 0x3f);
            let high = self.upper.decode(byte >> 6);
            samples.extend(self.join.next(low, high));
        }
    }
}
