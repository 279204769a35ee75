use std::fmt;

use serde::{Deserialize, Serialize};

/// A way to carry sound in RTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Codec {
    /// G.711 µ-law, 8 kHz (RFC 3551 section 4.5.14).
    Pcmu,
    /// G.711 A-law, 8 kHz (RFC 3551 section 4.5.14).
    Pcma,
}

impl Codec {
    /// Every codec, in no order of preference.
    pub const ALL: &'static [Codec] = &[Codec::Pcmu, Codec::Pcma];

    /// The encoding name of `a=rtpmap`.
    pub const fn name(self) -> &'static str {
        match self {
            Codec::Pcmu => "PCMU",
            Codec::Pcma => "PCMA",
        }
    }

    /// Ticks a second of the RTP timestamp.
    pub const fn clock_rate(self) -> u32 {
        match self {
            Codec::Pcmu | Codec::Pcma => 8_000,
        }
    }

    /// The payload type that needs no `a=rtpmap` (RFC 3551 table 4), if the codec has one.
    pub const fn static_payload_type(self) -> Option<u8> {
        match self {
            Codec::Pcmu => Some(0),
            Codec::Pcma => Some(8),
        }
    }
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a payload type can stand for: a codec, or keys pressed (RFC 4733).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Sound.
    Audio(Codec),
    /// Keys pressed, at 8 kHz.
    TelephoneEvent,
}

impl Format {
    /// The payload type we propose when nothing binds us to another.
    pub const fn usual_payload_type(self) -> Option<u8> {
        match self {
            Format::Audio(codec) => codec.static_payload_type(),
            Format::TelephoneEvent => Some(101),
        }
    }

    /// The format that a payload type means without `a=rtpmap`.
    pub fn of_static(payload_type: u8) -> Option<Self> {
        let codec = Codec::ALL.iter().find(|codec| codec.static_payload_type() == Some(payload_type));
        codec.copied().map(Format::Audio)
    }

    /// The value of `a=rtpmap` after the payload type.
    pub fn rtpmap(self) -> String {
        match self {
            Format::Audio(codec) => format!("{}/{}", codec.name(), codec.clock_rate()),
            Format::TelephoneEvent => "telephone-event/8000".to_owned(),
        }
    }

    /// The format that an `a=rtpmap` names, as in `PCMU/8000/1`; None if we do not speak it.
    pub fn from_rtpmap(encoding: &str) -> Option<Self> {
        let mut parts = encoding.trim().split('/');
        let (name, rate) = (parts.next()?, parts.next()?.trim().parse::<u32>().ok()?);
        if parts.next().is_some_and(|channels| channels.trim() != "1") {
            return None;
        }
        if name.eq_ignore_ascii_case("telephone-event") {
            return (rate == 8_000).then_some(Format::TelephoneEvent);
        }
        let spoken = |codec: &&Codec| name.eq_ignore_ascii_case(codec.name()) && rate == codec.clock_rate();
        Codec::ALL.iter().find(spoken).copied().map(Format::Audio)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_rtpmap_is_read_whatever_its_case_and_with_one_channel() {
        assert_eq!(Format::from_rtpmap("pcmu/8000"), Some(Format::Audio(Codec::Pcmu)));
        assert_eq!(Format::from_rtpmap("PCMA/8000/1"), Some(Format::Audio(Codec::Pcma)));
        assert_eq!(Format::from_rtpmap("Telephone-Event/8000"), Some(Format::TelephoneEvent));
    }

    #[test]
    fn a_codec_at_another_rate_or_in_stereo_is_another_codec() {
        for encoding in
            ["PCMU/16000", "PCMA/8000/2", "telephone-event/48000", "opus/48000/2", "PCMU", "/", ""]
        {
            assert_eq!(Format::from_rtpmap(encoding), None, "{encoding}");
        }
    }

    #[test]
    fn what_we_write_in_an_rtpmap_we_read_back() {
        for format in Codec::ALL.iter().copied().map(Format::Audio).chain([Format::TelephoneEvent]) {
            assert_eq!(Format::from_rtpmap(&format.rtpmap()), Some(format));
        }
        assert_eq!(Format::of_static(8), Some(Format::Audio(Codec::Pcma)));
        assert_eq!(Format::of_static(3), None);
    }
}
