//! What one test call is to do.

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::entropy;
use crate::sdp::{Codec, Protection, Secrets};
use crate::sip::endpoint::TrunkPeer;

/// What is listened to if nothing is said and pressed.
pub const LISTEN: Duration = Duration::from_secs(5);

/// Whom to call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Callee {
    /// A SIP address; with a name and a password, these answer a challenge.
    Address {
        /// `sip:100@127.0.0.1`.
        uri: String,
        /// Name and password for digest.
        login: Option<(String, String)>,
        /// A file with the certificates that are trusted over TLS; without it, those that the system trusts.
        ca: Option<PathBuf>,
    },
    /// A number at a provider.
    Trunk {
        /// The provider, with what it needs.
        peer: Box<TrunkPeer>,
        /// The number, as the provider wants it.
        number: String,
    },
}

/// What one test call is to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Whom to call.
    pub callee: Callee,
    /// The user in From.
    pub from: String,
    /// Codecs to offer, the preferred one first.
    pub codecs: Vec<Codec>,
    /// Whether sound is protected.
    pub protection: Protection,
    /// Where what is heard goes.
    pub record: PathBuf,
    /// A WAV file to say once the call is answered; an absolute path.
    pub play: Option<PathBuf>,
    /// Keys to press: `0` to `9`, `*`, `#`, `A` to `D`; a comma waits a second.
    pub keys: String,
    /// The pause between the answer and the first key.
    pub press_after: Duration,
    /// How long to wait for the answer.
    pub ring_for: Duration,
    /// How long to talk; without it, until all is said and pressed, and `least`.
    pub talk_for: Option<Duration>,
    /// How long to listen at the least if nothing says how long to talk.
    pub least: Duration,
    /// The longest call; what is said and pressed may not take longer.
    pub longest: Duration,
}

impl Plan {
    /// A call that says nothing and listens for five seconds.
    pub fn new(callee: Callee, record: PathBuf) -> Self {
        Self {
            callee,
            from: "probe".to_owned(),
            codecs: vec![Codec::Pcma, Codec::Pcmu],
            protection: Protection::Off,
            record,
            play: None,
            keys: String::new(),
            press_after: Duration::from_secs(1),
            ring_for: Duration::from_secs(60),
            talk_for: None,
            least: LISTEN,
            longest: Duration::from_secs(600),
        }
    }
}

/// Reads names of codecs: `pcma,pcmu`.
///
/// # Errors
/// Which one is not spoken.
pub fn codecs(names: &str) -> Result<Vec<Codec>, String> {
    let known = |name: &str| Codec::ALL.iter().copied().find(|codec| codec.name().eq_ignore_ascii_case(name));
    let codec = |name: &str| {
        let all: Vec<&str> = Codec::ALL.iter().map(|codec| codec.name()).collect();
        known(name).ok_or_else(|| {
            format!("`{name}` is no codec of hovor; there are {}", all.join(", ").to_lowercase())
        })
    };
    names.split(',').map(|name| codec(name.trim())).collect()
}

/// Protected sound with keys drawn now, or plain sound.
pub fn protection(wanted: bool) -> Protection {
    match wanted {
        true => Protection::Required(Secrets::draw(&mut entropy())),
        false => Protection::Off,
    }
}

/// Where the telephone stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The address of this machine to use; without it, the one that leads to the peer.
    pub local: Option<IpAddr>,
    /// Our address as the world sees it, if a NAT stands before us.
    pub external: Option<IpAddr>,
    /// The name server to ask; without it, those of the system.
    pub dns: Option<SocketAddr>,
    /// Ports for sound. Those of a running hovor are others, so that neither takes them from the other.
    pub rtp_ports: RangeInclusive<u16>,
}

impl Default for Place {
    fn default() -> Self {
        Self { local: None, external: None, dns: None, rtp_ports: 40_000..=40_199 }
    }
}
