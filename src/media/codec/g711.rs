//! ITU-T G.711: logarithmic 8-bit samples, bit exact with the recommendation's tables.
//!
//! Linear samples are 16 bits. A-law uses the upper 13 of them, µ-law the upper 14.

/// Decoded values of every A-law byte.
static FROM_ALAW: [i16; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = expand_alaw(byte as u8);
        byte += 1;
    }
    table
};

/// Decoded values of every µ-law byte.
static FROM_ULAW: [i16; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = expand_ulaw(byte as u8);
        byte += 1;
    }
    table
};

/// A-law bytes by the upper 12 bits of a sample (the 13th decides nothing).
static TO_ALAW: [u8; 4096] = {
    let mut table = [0; 4096];
    let mut index = 0;
    while index < 4096 {
        table[index] = compress_alaw(((index as u16) << 4) as i16);
        index += 1;
    }
    table
};

/// µ-law bytes by the upper 14 bits of a sample.
static TO_ULAW: [u8; 16384] = {
    let mut table = [0; 16384];
    let mut index = 0;
    while index < 16384 {
        table[index] = compress_ulaw(((index as u16) << 2) as i16);
        index += 1;
    }
    table
};

/// The sample that an A-law byte means.
#[inline]
pub fn decode_alaw(byte: u8) -> i16 {
    FROM_ALAW[usize::from(byte)]
}

/// The sample that a µ-law byte means.
#[inline]
pub fn decode_ulaw(byte: u8) -> i16 {
    FROM_ULAW[usize::from(byte)]
}

/// The A-law byte of a sample.
#[inline]
pub fn encode_alaw(sample: i16) -> u8 {
    TO_ALAW[usize::from((sample as u16) >> 4)]
}

/// The µ-law byte of a sample.
#[inline]
pub fn encode_ulaw(sample: i16) -> u8 {
    TO_ULAW[usize::from((sample as u16) >> 2)]
}

/// Segment and step of a magnitude; even bits inverted (G.711 table 1).
const fn compress_alaw(sample: i16) -> u8 {
    let magnitude = (if sample < 0 { !sample } else { sample }) >> 4;
    let code = match magnitude {
        0..16 => magnitude as u8,
        _ => {
            let segment = 12 - (magnitude as u16).leading_zeros();
            ((magnitude >> (segment - 1)) as u8 - 16) | ((segment as u8) << 4)
        }
    };
    let sign = if sample < 0 { 0 } else { 0x80 };
    (code | sign) ^ 0x55
}

/// The middle of the interval that an A-law byte stands for.
const fn expand_alaw(byte: u8) -> i16 {
    let code = byte ^ 0x55;
    let segment = (code >> 4) & 7;
    let step = (code & 15) as i16;
    let magnitude = match segment {
        0 => (step << 4) + 8,
        _ => (((step + 16) << 4) + 8) << (segment - 1),
    };
    if code & 0x80 == 0 { -magnitude } else { magnitude }
}

/// Segment and step of a biased magnitude, all bits inverted (G.711 table 2).
const fn compress_ulaw(sample: i16) -> u8 {
    let magnitude = ((if sample < 0 { !sample } else { sample }) >> 2) + 33;
    let magnitude = if magnitude > 0x1fff { 0x1fff } else { magnitude };
    let segment = 10 - (magnitude as u16).leading_zeros();
    let step = (magnitude >> (segment + 1)) as u8 & 15;
    let sign = if sample < 0 { 0x80 } else { 0 };
    !(sign | ((segment as u8) << 4) | step)
}

/// The middle of the interval that a µ-law byte stands for.
const fn expand_ulaw(byte: u8) -> i16 {
    let code = !byte;
    let segment = (code >> 4) & 7;
    let step = (code & 15) as i16;
    let magnitude = (((step << 3) + 0x84) << segment) - 0x84;
    if code & 0x80 == 0 { magnitude } else { -magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where G.711 table 1a ends its positive segments and how wide their steps are, in units of
    /// 1/4096 of full scale.
    const ALAW: [(i32, i32); 7] =
        [(64, 2), (128, 4), (256, 8), (512, 16), (1024, 32), (2048, 64), (4096, 128)];

    /// The same of table 2a, in units of 1/8159.
    const ULAW: [(i32, i32); 8] =
        [(31, 2), (95, 4), (223, 8), (479, 16), (991, 32), (2015, 64), (4063, 128), (8159, 256)];

    #[test]
    fn known_values_are_those_of_the_recommendation() {
        assert_eq!((encode_alaw(0), encode_alaw(-1), encode_alaw(32767)), (0xd5, 0x55, 0xaa));
        assert_eq!((encode_ulaw(0), encode_ulaw(-1), encode_ulaw(32767)), (0xff, 0x7f, 0x80));
        assert_eq!((decode_alaw(0xaa), decode_alaw(0x2a), decode_alaw(0xd5)), (32256, -32256, 8));
        assert_eq!((decode_ulaw(0x80), decode_ulaw(0x00), decode_ulaw(0xff)), (32124, -32124, 0));
    }

    #[test]
    fn the_milliwatt_sequences_of_the_recommendation_are_one_sine() {
        let alaw = [0x34, 0x21, 0x21, 0x34, 0xb4, 0xa1, 0xa1, 0xb4].map(decode_alaw);
        let ulaw = [0x1e, 0x0b, 0x0b, 0x1e, 0x9e, 0x8b, 0x8b, 0x9e].map(decode_ulaw);
        assert_eq!(alaw, [-8960, -20992, -20992, -8960, 8960, 20992, 20992, 8960]);
        assert_eq!(ulaw, [-8828, -20860, -20860, -8828, 8828, 20860, 20860, 8828]);
    }

    #[test]
    fn every_byte_survives_decoding_and_encoding() {
        for byte in 0..=255 {
            assert_eq!(encode_alaw(decode_alaw(byte)), byte);
            // µ-law has two zeros; the negative one is written as the positive one.
            let expected = if byte == 0x7f { 0xff } else { byte };
            assert_eq!(encode_ulaw(decode_ulaw(byte)), expected);
        }
    }

    /// The value the tables decode a magnitude to, worked out by walking their segments.
    fn quantized(magnitude: i32, segments: &[(i32, i32)], first_half: bool) -> i32 {
        let mut start = 0;
        for &(end, step) in segments {
            if magnitude < end || end == segments[segments.len() - 1].0 {
                let last = (end - start - 1) / step;
                let centre = i32::from(first_half && start == 0);
                let index = ((magnitude - start + centre) / step).min(last + centre);
                return start + index * step + if centre == 1 { 0 } else { step / 2 };
            }
            start = end;
        }
        unreachable!("the last segment takes all")
    }

    #[test]
    fn every_sample_falls_into_the_interval_of_the_tables() {
        for sample in 0..=i16::MAX {
            let alaw = quantized(i32::from(sample) / 8, &ALAW, false) * 8;
            let ulaw = quantized(i32::from(sample) / 4, &ULAW, true) * 4;
            assert_eq!(i32::from(decode_alaw(encode_alaw(sample))), alaw, "A-law of {sample}");
            assert_eq!(i32::from(decode_ulaw(encode_ulaw(sample))), ulaw, "µ-law of {sample}");
            assert_eq!(decode_alaw(encode_alaw(!sample)), -decode_alaw(encode_alaw(sample)));
            assert_eq!(decode_ulaw(encode_ulaw(!sample)), -decode_ulaw(encode_ulaw(sample)));
        }
    }
}
