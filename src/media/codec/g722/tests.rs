//! Measured against another implementation. That is libg722 (Sippy Software), which passes the digital test sequences
//! of the recommendation's appendix II; by its Python module `G722` it made of the same sounds and bytes:
//!
//! ```python
//! encoded = G722.G722(16000, 64000).encode(numpy.array(sound(), dtype=numpy.int16))
//! decoded = G722.G722(16000, 64000).decode(bytes(encoded))
//! hashlib.sha256(bytes(encoded)), hashlib.sha256(decoded.astype("<i2").tobytes())
//! ```

use sha2::{Digest, Sha256};

use super::*;
use crate::media::tone::{self, Oscillator};

/// Numbers without an order (xorshift).
fn numbers() -> impl Iterator<Item = u32> {
    let mut state = 0x2545_f491_u32;
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state
    })
}

/// Four seconds that reach into every corner: noise at every level, and square waves of many lengths, up to full scale.
fn sound() -> Vec<i16> {
    let sample = |(place, number): (usize, u32)| {
        let level = (place / 1_000) % 16;
        let noise = (number & 0xffff) as i32 - 32_768;
        let square = if (place / (3 + (place / 4_000) % 40)).is_multiple_of(2) { 32_767 } else { -32_768 };
        let loud = if (place / 16_000).is_multiple_of(2) { noise } else { square };
        (loud >> level) as i16
    };
    (0..64_000).zip(numbers()).map(sample).collect()
}

fn hash(bytes: impl IntoIterator<Item = u8>) -> String {
    let bytes: Vec<u8> = bytes.into_iter().collect();
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn encoded(samples: &[i16]) -> Vec<u8> {
    let (mut encoder, mut payload) = (Encoder::default(), vec![]);
    samples.chunks(320).for_each(|frame| encoder.encode(frame, &mut payload));
    payload
}

fn decoded(payload: &[u8]) -> Vec<i16> {
    let (mut decoder, mut samples) = (Decoder::default(), vec![]);
    payload.chunks(160).for_each(|frame| decoder.decode(frame, &mut samples));
    samples
}

fn little_endian(samples: &[i16]) -> impl Iterator<Item = u8> {
    samples.iter().flat_map(|sample| sample.to_le_bytes())
}

#[test]
fn every_byte_is_that_of_another_implementation() {
    let payload = encoded(&sound());
    assert_eq!(payload[..8], *b"\x8c \x84 \x85 (6");
    let expected = "907a5f8d832fad5aa6eae2f2cb3345b1e8fcbd8e710515ee23720805217a54aa";
    assert_eq!(hash(payload.iter().copied()), expected);
    let expected = "75326161fa73558819c8d7b836d59ac64f9da66be83e1c5ed1bda64ea1104063";
    assert_eq!(hash(little_endian(&decoded(&payload))), expected);
}

#[test]
fn bytes_that_no_encoder_wrote_are_heard_as_another_implementation_lets_them_be_heard() {
    let payload: Vec<u8> = numbers().map(|number| (number >> 11) as u8).take(32_000).collect();
    let expected = "4b5da629e9f91e34938aa32a19b5e938173ab1a7dd9fb65867d3295ff1390191";
    assert_eq!(hash(little_endian(&decoded(&payload))), expected);
}

#[test]
fn tones_of_the_whole_band_keep_their_level() {
    for hz in [100.0, 300.0, 1_004.0, 3_400.0, 5_000.0, 6_800.0] {
        let mut samples = vec![0; 16_000];
        Oscillator::new(hz, -16.0, 16_000).fill(&mut samples);
        let heard = decoded(&encoded(&samples));
        let level = tone::goertzel(&heard[1_600..], hz, 16_000);
        assert!((level + 16.0).abs() < 0.5, "{hz} Hz: {level} dBm0");
    }
}
