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
    /// G.722 at 64 kbit/s, 16 kHz; its RTP clock counts 8000 (RFC 3551 section 4.5.2).
    G722,
    /// Opus, up to 48 kHz (RFC 6716, RFC 7587).
    Opus,
}

impl Codec {
    /// Every codec, in no order of preference.
    pub const ALL: &'static [Codec] = &[Codec::Pcmu, Codec::Pcma, Codec::G722, Codec::Opus];

    /// The encoding name of `a=rtpmap`.
    pub const fn name(self) -> &'static str {
        match self {
            Codec::Pcmu => "PCMU",
            Codec::Pcma => "PCMA",
            Codec::G722 => "G722",
            Codec::Opus => "opus",
        }
    }

    /// Ticks a second of the RTP timestamp.
    pub const fn clock_rate(self) -> u32 {
        match self {
            Codec::Pcmu | Codec::Pcma | Codec::G722 => 8_000,
            Codec::Opus => 48_000,
        }
    }

    /// Channels that `a=rtpmap` names. Those of Opus are always said to be two, whatever is sent (RFC 7587 section 7).
    pub const fn channels(self) -> u8 {
        match self {
            Codec::Pcmu | Codec::Pcma | Codec::G722 => 1,
            Codec::Opus => 2,
        }
    }

    /// The payload type that needs no `a=rtpmap` (RFC 3551 table 4), if the codec has one.
    pub const fn static_payload_type(self) -> Option<u8> {
        match self {
            Codec::Pcmu => Some(0),
            Codec::Pcma => Some(8),
            Codec::G722 => Some(9),
            Codec::Opus => None,
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
    /// Keys pressed.
    TelephoneEvent {
        /// Ticks a second of their RTP timestamps and durations: that of the sound beside them (RFC 4733 section 2.1).
        clock_rate: u32,
    },
}

impl Format {
    /// The payload type we propose when nothing binds us to another.
    pub const fn usual_payload_type(self) -> Option<u8> {
        match self {
            Format::Audio(codec) => codec.static_payload_type(),
            Format::TelephoneEvent { clock_rate: 8_000 } => Some(101),
            Format::TelephoneEvent { .. } => Some(102),
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
            Format::Audio(codec) if codec.channels() == 1 => {
                format!("{}/{}", codec.name(), codec.clock_rate())
            }
            Format::Audio(codec) => format!("{}/{}/{}", codec.name(), codec.clock_rate(), codec.channels()),
            Format::TelephoneEvent { clock_rate } => format!("telephone-event/{clock_rate}"),
        }
    }

    /// The value of `a=fmtp` after the payload type: what we ask of who sends us this.
    pub const fn fmtp(self) -> Option<&'static str> {
        match self {
            // The decoder can make use of redundancy, and gives one channel whatever comes.
            Format::Audio(Codec::Opus) => Some("useinbandfec=1"),
            Format::Audio(_) => None,
            Format::TelephoneEvent { .. } => Some("0-15"),
        }
    }

    /// The format that an `a=rtpmap` names, as in `PCMU/8000/1`; None if we do not speak it.
    pub fn from_rtpmap(encoding: &str) -> Option<Self> {
        let mut parts = encoding.trim().split('/');
        let (name, rate) = (parts.next()?, parts.next()?.trim().parse::<u32>().ok()?);
        let channels: u8 = parts.next().map_or(Ok(1), |channels| channels.trim().parse()).ok()?;
        if name.eq_ignore_ascii_case("telephone-event") {
            let known = channels == 1 && Codec::ALL.iter().any(|codec| codec.clock_rate() == rate);
            return known.then_some(Format::TelephoneEvent { clock_rate: rate });
        }
        let spoken = |codec: &&Codec| {
            name.eq_ignore_ascii_case(codec.name())
                && (rate, channels) == (codec.clock_rate(), codec.channels())
        };
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
        assert_eq!(Format::from_rtpmap("G722/8000"), Some(Format::Audio(Codec::G722)));
        assert_eq!(Format::from_rtpmap("OPUS/48000/2"), Some(Format::Audio(Codec::Opus)));
        for clock_rate in [8_000, 48_000] {
            let encoding = format!("Telephone-Event/{clock_rate}");
            assert_eq!(Format::from_rtpmap(&encoding), Some(Format::TelephoneEvent { clock_rate }));
        }
    }

    #[test]
    fn a_codec_at_another_rate_or_in_stereo_is_another_codec() {
        for encoding in [
            "PCMU/16000",
            "PCMA/8000/2",
            "G722/16000",
            "opus/48000",
            "opus/48000/1",
            "telephone-event/16000",
            "telephone-event/8000/2",
            "PCMU",
            "/",
            "",
        ] {
            assert_eq!(Format::from_rtpmap(encoding), None, "{encoding}");
        }
    }

    #[test]
    fn what_we_write_in_an_rtpmap_we_read_back() {
        let keys = [8_000, 48_000].map(|clock_rate| Format::TelephoneEvent { clock_rate });
        for format in Codec::ALL.iter().copied().map(Format::Audio).chain(keys) {
            assert_eq!(Format::from_rtpmap(&format.rtpmap()), Some(format));
        }
        assert_eq!(Format::of_static(8), Some(Format::Audio(Codec::Pcma)));
        assert_eq!(Format::of_static(3), None);
    }
}
