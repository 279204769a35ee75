//! Opus (RFC 6716) by the library of its makers, one channel at 48 kHz.
//!
//! The library's state cannot be looked into. So what is copied or restored from a snapshot begins anew, primed with
//! the last frame: the far end's decoder hears no seam, since the first packet of an encoder leans on none before it.

use std::sync::Arc;

use audiopus::coder;
use audiopus::packet::Packet;
use audiopus::{Application, Bandwidth, Bitrate, Channels, MutSignals, SampleRate, Signal};
use serde::{Deserialize, Serialize};

use crate::sdp::Fmtp;

/// Samples a second, always.
pub const RATE: u32 = 48_000;
/// Longest packet (RFC 6716 section 3.2.5): 120 ms.
const LONGEST: usize = 5_760;
/// What the library conceals at once without a seam: multiples of 10 ms.
const STEP: usize = 480;
/// Lengths that one packet may have, in samples, longest first: 60 ms to 2.5 ms.
const LENGTHS: [usize; 6] = [2_880, 1_920, 960, 480, 240, 120];
/// Longest payload: it fits into a datagram on any network.
const MOST_BYTES: usize = 1_275;
/// Effort of the encoder, 0 to 10.
const COMPLEXITY: u8 = 5;
/// Loss that redundancy is laid out for, in percent.
const EXPECTED_LOSS: u8 = 10;
/// Bits a second for voices of 4, 8 and 20 kHz.
const BITRATES: [u32; 3] = [24_000, 32_000, 48_000];

/// Writes 48 kHz sound as packets.
#[derive(Debug, Serialize, Deserialize)]
pub struct Encoder {
    fmtp: Fmtp,
    /// Samples a second that are worth to be written: no more were there before it came to 48 kHz.
    source_rate: u32,
    /// The last frame written; none if nothing was.
    last: Option<Arc<[i16]>>,
    #[serde(skip)]
    library: Option<coder::Encoder>,
}

/// Reads packets as 48 kHz sound.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Decoder {
    /// Concealed beyond what was asked for, less than 10 ms.
    surplus: Vec<i16>,
    #[serde(skip)]
    library: Option<coder::Decoder>,
}

impl Clone for Encoder {
    fn clone(&self) -> Self {
        Self { fmtp: self.fmtp, source_rate: self.source_rate, last: self.last.clone(), library: None }
    }
}

impl PartialEq for Encoder {
    fn eq(&self, other: &Self) -> bool {
        (self.fmtp, self.source_rate, &self.last) == (other.fmtp, other.source_rate, &other.last)
    }
}

impl Clone for Decoder {
    fn clone(&self) -> Self {
        Self { surplus: self.surplus.clone(), library: None }
    }
}

impl PartialEq for Decoder {
    fn eq(&self, other: &Self) -> bool {
        self.surplus == other.surplus
    }
}

impl Encoder {
    /// An encoder as the peer asks for it.
    pub fn new(fmtp: Fmtp) -> Self {
        Self { fmtp, source_rate: RATE, last: None, library: None }
    }

    /// Says at how many samples a second the sound was before it came to 48 kHz, so that nothing is spent on what it
    /// cannot hold.
    pub fn set_source_rate(&mut self, rate: u32) {
        if rate != self.source_rate {
            self.source_rate = rate;
            if let Some(library) = &mut self.library {
                // A wish; what is written can be heard without it.
                let _ = fit(library, &self.fmtp, rate);
            }
        }
    }

    /// What follows does not follow what was written last.
    pub fn restart(&mut self) {
        (self.last, self.library) = (None, None);
    }

    /// The longest piece of so many samples that makes one packet; none if there are too few.
    pub fn piece(samples: usize) -> Option<usize> {
        LENGTHS.into_iter().find(|length| *length <= samples)
    }

    /// Appends the packet of so many samples as a packet can hold; nothing if it cannot be made.
    pub fn encode(&mut self, samples: &[i16], payload: &mut Vec<u8>) {
        if self.library.is_none() {
            self.library = begun(&self.fmtp, self.source_rate, self.last.as_deref());
        }
        let Some(library) = &self.library else { return };
        let mut bytes = [0; MOST_BYTES];
        if let Ok(length) = library.encode(samples, &mut bytes) {
            payload.extend_from_slice(bytes.get(..length).unwrap_or_default());
        }
        self.last = Some(samples.into());
    }
}

/// A new encoder that goes on from this frame.
fn begun(fmtp: &Fmtp, source_rate: u32, last: Option<&[i16]>) -> Option<coder::Encoder> {
    let mut encoder = coder::Encoder::new(SampleRate::Hz48000, Channels::Mono, Application::Audio).ok()?;
    encoder.set_complexity(COMPLEXITY).ok()?;
    encoder.set_inband_fec(fmtp.use_inband_fec).ok()?;
    encoder.set_packet_loss_perc(if fmtp.use_inband_fec { EXPECTED_LOSS } else { 0 }).ok()?;
    encoder.set_vbr(!fmtp.cbr).ok()?;
    encoder.set_dtx(false).ok()?;
    // Voices, by the mode that has redundancy; but without the filter of low tones that comes with the mode for calls.
    encoder.set_signal(Signal::Voice).ok()?;
    fit(&mut encoder, fmtp, source_rate).ok()?;
    if let Some(last) = last {
        // Only the state that it leaves behind is of use.
        let _ = encoder.encode(last, &mut [0; MOST_BYTES]);
    }
    Some(encoder)
}

/// Sets the bandwidth and the bits for it.
fn fit(encoder: &mut coder::Encoder, fmtp: &Fmtp, source_rate: u32) -> audiopus::Result<()> {
    // The band of a telephone is written truer in the next wider one, for a few bits more.
    let (bandwidth, bits) = match fmtp.max_playback_rate.min(source_rate.max(16_000)) {
        0..12_000 => (Bandwidth::Narrowband, BITRATES[0]),
        12_000..16_000 => (Bandwidth::Mediumband, BITRATES[1]),
        16_000..24_000 => (Bandwidth::Wideband, BITRATES[1]),
        24_000..48_000 => (Bandwidth::Superwideband, BITRATES[2]),
        _ => (Bandwidth::Fullband, BITRATES[2]),
    };
    encoder.set_max_bandwidth(bandwidth)?;
    let bits = fmtp.max_average_bitrate.map_or(bits, |most| bits.min(most));
    encoder.set_bitrate(Bitrate::BitsPerSecond(i32::try_from(bits).unwrap_or(i32::MAX)))
}

impl Decoder {
    /// Appends the samples of a packet; nothing if it is none.
    pub fn decode(&mut self, payload: &[u8], samples: &mut Vec<i16>) {
        let old = samples.len();
        samples.resize(old + duration(payload) as usize, 0);
        let wanted = samples.get_mut(old..).unwrap_or_default();
        let made = self.run(Some(payload), wanted, false);
        samples.truncate(old + made);
        let seam = std::mem::take(&mut self.surplus);
        let weights = 1..=seam.len() as i32;
        for ((sample, concealed), weight) in samples.iter_mut().skip(old).zip(&seam).zip(weights) {
            let (new, before) = (i32::from(*sample), i32::from(*concealed));
            *sample = (before + (new - before) * weight / (seam.len() as i32 + 1)) as i16;
        }
    }

    /// Fills a gap: from the redundancy in the packet that follows it, if there is one, else from what was heard.
    pub fn conceal(&mut self, next: Option<&[u8]>, samples: &mut [i16]) {
        let ready = self.surplus.len().min(samples.len());
        let (begun, rest) = samples.split_at_mut(ready);
        begun.copy_from_slice(&self.surplus[..ready]);
        self.surplus.drain(..ready);
        let (whole, part) = rest.split_at_mut(rest.len() / STEP * STEP);
        for piece in whole.chunks_mut(LONGEST) {
            let made = match (next, part.is_empty()) {
                (Some(next), true) => self.run(Some(next), piece, true),
                _ => self.run(None, piece, false),
            };
            piece.get_mut(made..).unwrap_or_default().fill(0);
        }
        if !part.is_empty() {
            let mut last = [0; STEP];
            self.run(None, &mut last, false);
            let (now, later) = last.split_at(part.len());
            part.copy_from_slice(now);
            self.surplus = later.to_vec();
        }
    }

    /// What follows does not follow what was heard last.
    pub fn restart(&mut self) {
        self.surplus.clear();
        // It takes some 20 kB, which a stream that is passed on does without.
        self.library = None;
    }

    fn run(&mut self, payload: Option<&[u8]>, samples: &mut [i16], redundancy: bool) -> usize {
        if self.library.is_none() {
            self.library = coder::Decoder::new(SampleRate::Hz48000, Channels::Mono).ok();
        }
        let Some(library) = &mut self.library else { return 0 };
        let packet = match payload.map(Packet::try_from) {
            Some(Err(_)) => return 0,
            Some(Ok(packet)) => Some(packet),
            None => None,
        };
        let Ok(output) = MutSignals::try_from(samples) else { return 0 };
        library.decode(packet, output, redundancy).unwrap_or(0)
    }
}

/// Samples of a packet at 48 kHz, told by its first bytes (RFC 6716 sections 3.1 and 3.2); 0 if it is none.
pub fn duration(payload: &[u8]) -> u32 {
    let Some(&head) = payload.first() else { return 0 };
    let frame = match head >> 3 {
        mode @ 0..12 => [480, 960, 1_920, 2_880][usize::from(mode & 3)],
        mode @ 12..16 => [480, 960][usize::from(mode & 1)],
        mode => 120 << (mode & 3),
    };
    let frames = match (head & 3, payload.get(1)) {
        (0, _) => 1,
        (1 | 2, _) => 2,
        (_, Some(count)) => u32::from(count & 63),
        (_, None) => 0,
    };
    let samples: u32 = frame * frames;
    if samples as usize > LONGEST { 0 } else { samples }
}

#[cfg(test)]
#[path = "opus_tests.rs"]
mod tests;
