//! How sound is protected: suites, keys and the lines that carry them (RFC 4568, RFC 7714 section 14).

use std::fmt;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::{Deserialize, Serialize};

use super::description::{Attribute, Media};
use super::web::WebEnd;
use crate::entropy::Entropy;

/// Some peers leave the padding out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// The longest key and salt of a suite that is offered in a description.
const LONGEST: usize = 30;

/// A way to protect packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Suite {
    /// AEAD_AES_128_GCM (RFC 7714): tags of 16 bytes.
    Gcm,
    /// AES_CM_128_HMAC_SHA1_80 (RFC 4568 section 6.2.1): tags of 10 bytes; every peer knows it.
    Sha1_80,
    /// AES_CM_128_HMAC_SHA1_32: tags of 4 bytes for sound.
    Sha1_32,
    /// AEAD_AES_256_GCM (RFC 7714), which browsers choose by DTLS.
    Gcm256,
}

impl Suite {
    /// Those that we offer in descriptions, in this order. GCM costs the least here and is the strongest.
    pub const ALL: [Suite; 3] = [Suite::Gcm, Suite::Sha1_80, Suite::Sha1_32];

    /// Its name in a description.
    pub const fn name(self) -> &'static str {
        match self {
            Suite::Gcm => "AEAD_AES_128_GCM",
            Suite::Sha1_80 => "AES_CM_128_HMAC_SHA1_80",
            Suite::Sha1_32 => "AES_CM_128_HMAC_SHA1_32",
            Suite::Gcm256 => "AEAD_AES_256_GCM",
        }
    }

    /// Bytes of the master key.
    pub const fn key(self) -> usize {
        match self {
            Suite::Gcm | Suite::Sha1_80 | Suite::Sha1_32 => 16,
            Suite::Gcm256 => 32,
        }
    }

    /// Bytes of the master salt, which follows the key.
    pub const fn salt(self) -> usize {
        match self {
            Suite::Gcm | Suite::Gcm256 => 12,
            Suite::Sha1_80 | Suite::Sha1_32 => 14,
        }
    }

    /// Bytes of master key and salt.
    const fn material(self) -> usize {
        self.key() + self.salt()
    }
}

/// The master key and salt of one direction. Never shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MasterKey {
    suite: Suite,
    /// The key, then the salt.
    bytes: Vec<u8>,
}

impl MasterKey {
    /// Key and salt of a suite. `None` if they have another length than the suite's.
    pub fn new(suite: Suite, bytes: &[u8]) -> Option<Self> {
        (bytes.len() == suite.material()).then(|| Self { suite, bytes: bytes.to_owned() })
    }

    /// The suite that it is for.
    pub fn suite(&self) -> Suite {
        self.suite
    }

    /// The key, of as many bytes as the suite's are.
    pub fn key<const LENGTH: usize>(&self) -> [u8; LENGTH] {
        std::array::from_fn(|at| self.bytes.get(at).copied().unwrap_or(0))
    }

    /// The salt, filled up with zeros (RFC 7714 section 11 for the shorter one).
    pub fn salt(&self) -> [u8; 14] {
        std::array::from_fn(|at| self.bytes.get(self.suite.key() + at).copied().unwrap_or(0))
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({}, …)", self.suite.name())
    }
}

/// What both sides protect with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    /// For what we send.
    pub send: MasterKey,
    /// For what the peer sends.
    pub receive: MasterKey,
}

/// The randomness of a leg's own keys: one for each suite, so that no two lines share one. Never shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets(Vec<[u8; LONGEST]>);

impl Secrets {
    /// Draws them.
    pub fn draw(entropy: &mut Entropy) -> Self {
        let drawn = Suite::ALL.map(|_| {
            let mut bytes = [0; LONGEST];
            entropy.fill(&mut bytes);
            bytes
        });
        Self(drawn.to_vec())
    }

    /// Our key for a suite.
    fn key(&self, suite: Suite) -> MasterKey {
        let drawn = self.0.get(suite as usize).copied().unwrap_or([0; LONGEST]);
        let bytes = drawn.into_iter().take(suite.material()).collect();
        MasterKey { suite, bytes }
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(…)")
    }
}

/// What a leg makes of protected sound.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Protection {
    /// Plain sound alone.
    #[default]
    Off,
    /// What the peer offers. Our own first offer is of protected sound if `offers`.
    Optional { secrets: Secrets, offers: bool },
    /// Protected sound alone.
    Required(Secrets),
    /// Sound as browsers have it: protected by keys of DTLS, and with the way found by ICE.
    Web(WebEnd),
}

impl Protection {
    /// Whether a section by this profile can be talked over.
    pub(super) fn allows(&self, profile: Profile) -> bool {
        match self {
            Protection::Off => profile == Profile::Plain,
            Protection::Optional { .. } => profile != Profile::Web,
            Protection::Required(_) => profile == Profile::Protected,
            Protection::Web(_) => profile == Profile::Web,
        }
    }

    /// What our side has for a browser, if the peer is one.
    pub fn web(&self) -> Option<&WebEnd> {
        match self {
            Protection::Web(end) => Some(end),
            _ => None,
        }
    }

    /// Whether our first offer is of protected sound.
    pub(super) fn offers(&self) -> bool {
        matches!(self, Protection::Optional { offers: true, .. } | Protection::Required(_))
    }

    fn secrets(&self) -> Option<&Secrets> {
        match self {
            Protection::Off | Protection::Web(_) => None,
            Protection::Optional { secrets, .. } | Protection::Required(secrets) => Some(secrets),
        }
    }

    /// The lines of an offer: each suite with a key of its own.
    pub(super) fn lines(&self) -> Vec<Line> {
        let line = |(at, suite): (usize, &Suite)| {
            let key = self.secrets()?.key(*suite);
            Some(Line { tag: at as u32 + 1, key })
        };
        Suite::ALL.iter().enumerate().filter_map(line).collect()
    }

    /// The line that answers the peer's best one that we can use, and the keys of both.
    pub(super) fn answer(&self, media: &Media) -> Option<(Line, Keys)> {
        let theirs = lines(media).into_iter().next()?;
        let send = self.secrets()?.key(theirs.key.suite);
        Some((Line { tag: theirs.tag, key: send.clone() }, Keys { send, receive: theirs.key }))
    }
}

/// Whether a transport profile carries plain or protected sound, by keys of the description or of DTLS. Feedback (the `F`) obliges to nothing unless it is
/// asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Profile {
    Plain,
    Protected,
    Web,
}

impl Profile {
    /// The profile of an `m=` line, if we speak it.
    pub fn of(protocol: &str) -> Option<Self> {
        match protocol {
            "RTP/AVP" | "RTP/AVPF" => Some(Profile::Plain),
            "RTP/SAVP" | "RTP/SAVPF" => Some(Profile::Protected),
            "UDP/TLS/RTP/SAVP" | "UDP/TLS/RTP/SAVPF" => Some(Profile::Web),
            _ => None,
        }
    }

    /// As we write it.
    pub const fn name(self) -> &'static str {
        match self {
            Profile::Plain => "RTP/AVP",
            Profile::Protected => "RTP/SAVP",
            Profile::Web => "UDP/TLS/RTP/SAVPF",
        }
    }
}

/// An `a=crypto` line (RFC 4568 section 4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line {
    pub tag: u32,
    pub key: MasterKey,
}

impl Line {
    /// As it stands in a description.
    pub fn attribute(&self) -> Attribute {
        let key = BASE64.encode(&self.key.bytes);
        Attribute::new("crypto", format!("{} {} inline:{key}", self.tag, self.key.suite.name()))
    }

    /// Reads a line. `None` if it asks for what we do not do: another suite, a key identifier in each packet, several
    /// keys, or a session parameter that changes how packets look (RFC 4568 section 6.3.7).
    fn parse(value: &str) -> Option<Self> {
        let mut fields = value.split_ascii_whitespace();
        let tag = fields.next().filter(|tag| tag.len() <= 9)?.parse().ok()?;
        let name = fields.next()?;
        let suite = Suite::ALL.into_iter().find(|suite| name.eq_ignore_ascii_case(suite.name()))?;
        let inline = fields.next()?.strip_prefix("inline:")?;
        let mut parts = inline.split('|');
        let bytes = BASE64.decode(parts.next()?).ok()?;
        // What follows is the key's lifetime, and an identifier with its length, `1:4`.
        if inline.contains(';') || parts.any(|part| part.contains(':')) {
            return None;
        }
        let harmless = |param: &str| param.starts_with('-') || param.starts_with("WSH=");
        fields.all(harmless).then_some(())?;
        Some(Self { tag, key: MasterKey::new(suite, &bytes)? })
    }
}

/// The lines of a section that we can use, the peer's preferred one first.
pub(super) fn lines(media: &Media) -> Vec<Line> {
    let crypto = media.attributes.iter().filter(|attribute| attribute.name.eq_ignore_ascii_case("crypto"));
    crypto.filter_map(|attribute| Line::parse(attribute.value.as_deref()?)).collect()
}

/// The keys that an answer to these lines of ours settles on: it names one of them, with a key for the other way.
pub(super) fn settled(ours: &[Line], media: &Media) -> Option<Keys> {
    let theirs = lines(media).into_iter().next()?;
    let line = ours.iter().find(|line| line.tag == theirs.tag && line.key.suite == theirs.key.suite)?;
    Some(Keys { send: line.key.clone(), receive: theirs.key })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line of RFC 4568 section 9.1.
    const RFC: &str = "1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:32";

    #[test]
    fn a_line_is_read_with_its_key_and_lifetime() {
        let line = RFC.replace("|1:32", "");
        let read = Line::parse(&line).unwrap();
        assert_eq!((read.tag, read.key.suite()), (1, Suite::Sha1_80));
        assert_eq!(&read.key.key::<16>(), b"wDfvg&T+)xG7@fb5");
        assert_eq!(&read.key.salt(), b"jU,RaA}\\|p0%*#");
        assert_eq!(format!("{:?}", read.key), "MasterKey(AES_CM_128_HMAC_SHA1_80, …)");
        let attribute = read.attribute();
        assert_eq!(attribute.value.as_deref(), Some(line.trim_end_matches("|2^20")));
    }

    #[test]
    fn what_changes_packets_in_ways_that_we_do_not_know_is_not_taken() {
        let good = "1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";
        assert!(Line::parse(good).is_some());
        for harmless in [" WSH=128", " -NEW=1"] {
            assert!(Line::parse(&format!("{good}{harmless}")).is_some(), "{harmless}");
        }
        for other in
            [" UNENCRYPTED_SRTP", " KDR=1", " FEC_ORDER=SRTP_FEC", " UNAUTHENTICATED_SRTP", "|2^20|1:4", ";x"]
        {
            assert_eq!(Line::parse(&format!("{good}{other}")), None, "{other}");
        }
        for wrong in [
            "",
            "1",
            "x AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj",
            "1 F8_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj",
            "1 AES_CM_128_HMAC_SHA1_80 inline:dGVzdA==",
            "1 AES_CM_128_HMAC_SHA1_80 inline:***",
            "1 AES_CM_128_HMAC_SHA1_80 d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj",
        ] {
            assert_eq!(Line::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn each_suite_has_a_key_of_its_own_and_no_two_legs_share_one() {
        let mut entropy = Entropy::from_number(1);
        let (one, two) = (Secrets::draw(&mut entropy), Secrets::draw(&mut entropy));
        let keys: Vec<MasterKey> =
            [&one, &two].into_iter().flat_map(|secrets| Suite::ALL.map(|suite| secrets.key(suite))).collect();
        for (at, key) in keys.iter().enumerate() {
            assert!(keys[..at].iter().all(|other| other.bytes[..16] != key.bytes[..16]));
            assert!(key.bytes[key.bytes.len() - 4..] != [0; 4], "all of it is random");
            assert_eq!(key.bytes.len(), key.suite.material());
        }
        assert_eq!(format!("{one:?}"), "Secrets(…)");
    }
}
