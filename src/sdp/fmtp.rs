use serde::{Deserialize, Serialize};

/// What a peer asks of our encoder by `a=fmtp`. Only Opus has something to ask (RFC 7587 section 6.1).
///
/// `stereo` is not kept: we send one channel, which every decoder takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fmtp {
    /// Samples a second that the peer can let be heard; what is above half of it is sent in vain.
    pub max_playback_rate: u32,
    /// Most bits a second on average, if the peer bounds them: 6,000 to 510,000.
    pub max_average_bitrate: Option<u32>,
    /// Packets are all to have the same length.
    pub cbr: bool,
    /// The peer makes use of redundancy for lost packets.
    pub use_inband_fec: bool,
}

impl Default for Fmtp {
    fn default() -> Self {
        Self { max_playback_rate: 48_000, max_average_bitrate: None, cbr: false, use_inband_fec: false }
    }
}

impl Fmtp {
    /// Reads `name=value;name=value`. What is not known or makes no sense is left out.
    pub fn parse(value: &str) -> Self {
        let mut fmtp = Self::default();
        for (name, value) in value.split(';').filter_map(|part| part.split_once('=')) {
            let Ok(number) = value.trim().parse::<u32>() else { continue };
            match name.trim().to_ascii_lowercase().as_str() {
                "maxplaybackrate" if number >= 8_000 => fmtp.max_playback_rate = number.min(48_000),
                "maxaveragebitrate" => fmtp.max_average_bitrate = Some(number.clamp(6_000, 510_000)),
                "cbr" => fmtp.cbr = number == 1,
                "useinbandfec" => fmtp.use_inband_fec = number == 1,
                _ => {}
            }
        }
        fmtp
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_peer_asks_for_is_read_and_nonsense_is_not() {
        let asked = Fmtp::parse(
            "maxplaybackrate=16000; sprop-stereo=1;stereo=0; MaxAverageBitrate=20000;cbr=1; useinbandfec=1",
        );
        let expected = Fmtp {
            max_playback_rate: 16_000,
            max_average_bitrate: Some(20_000),
            cbr: true,
            use_inband_fec: true,
        };
        assert_eq!(asked, expected);
        for nothing in
            ["", ";;=", "0-15", "maxplaybackrate=0", "maxplaybackrate=-1", "useinbandfec", "cbr=yes"]
        {
            assert_eq!(Fmtp::parse(nothing), Fmtp::default(), "{nothing}");
        }
        assert_eq!(Fmtp::parse("maxaveragebitrate=4000000000").max_average_bitrate, Some(510_000));
    }
}
