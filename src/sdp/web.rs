//! What a description says of ICE and DTLS, by which browsers are reached and their sound is protected (RFC 8839,
//! RFC 8842, RFC 8122).
//!
//! Our side is ICE-lite: it names its addresses, answers checks, and sends where the peer has proved to be.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::description::{Attribute, Media, SessionDescription};
use crate::entropy::Entropy;

/// A password of fewer characters proves nothing (RFC 8839 section 5.4).
const PASSWORD: std::ops::RangeInclusive<usize> = 22..=256;
const UFRAG: std::ops::RangeInclusive<usize> = 4..=256;
/// The priority of the first candidate, of type host (RFC 8445 section 5.1.2.1).
const PRIORITY: u32 = (126 << 24) | (65_535 << 8) | 255;
/// … and of the first over TCP to which the peer connects, which is taken if nothing else is left (RFC 6544 section 4.2).
const PRIORITY_OVER_TCP: u32 = (90 << 24) | ((4 << 13 | 8_191) << 8) | 255;

/// By what one side proves its checks of the way (RFC 8839 section 5.4).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ice {
    /// The name.
    pub ufrag: String,
    /// The secret; never shown.
    pub password: String,
}

impl fmt::Debug for Ice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ice({}, …)", self.ufrag)
    }
}

/// The SHA-256 of a certificate (RFC 8122 section 5): who has the key of that certificate is the other side.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// Reads the value of `a=fingerprint`; `None` if it is by another hash, or none at all.
    fn parse(value: &str) -> Option<Self> {
        let (hash, hex) = value.trim().split_once(char::is_whitespace)?;
        if !hash.eq_ignore_ascii_case("sha-256") {
            return None;
        }
        let mut bytes = [0; 32];
        let mut pairs = hex.trim().split(':');
        for byte in &mut bytes {
            let pair = pairs.next().filter(|pair| pair.len() == 2)?;
            *byte = u8::from_str_radix(pair, 16).ok()?;
        }
        pairs.next().is_none().then_some(Self(bytes))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha-256 ")?;
        self.0.iter().enumerate().try_for_each(|(at, byte)| {
            let colon = if at == 0 { "" } else { ":" };
            write!(f, "{colon}{byte:02X}")
        })
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Who begins the DTLS handshake (RFC 8842 section 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Setup {
    /// This side begins.
    Active,
    /// This side waits.
    Passive,
    /// Either will do; only in offers.
    ActPass,
}

impl Setup {
    fn parse(value: &str) -> Option<Self> {
        let all = [Setup::Active, Setup::Passive, Setup::ActPass];
        all.into_iter().find(|setup| setup.as_str().eq_ignore_ascii_case(value.trim()))
    }

    const fn as_str(self) -> &'static str {
        match self {
            Setup::Active => "active",
            Setup::Passive => "passive",
            Setup::ActPass => "actpass",
        }
    }
}

/// What our side of a leg has for a browser: the certificate's fingerprint, and what its checks are proved by. Never
/// shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebEnd {
    /// Of our certificate.
    pub fingerprint: Fingerprint,
    ice: Ice,
    /// Where we listen for peers whose datagrams do not get through (RFC 6544).
    tcp_ports: Vec<u16>,
}

impl WebEnd {
    /// Draws what its checks are proved by.
    pub fn draw(fingerprint: Fingerprint, tcp_ports: &[u16], entropy: &mut Entropy) -> Self {
        let ice = Ice { ufrag: entropy.token(12), password: entropy.token(32) };
        Self { fingerprint, ice, tcp_ports: tcp_ports.to_vec() }
    }

    /// By what checks are proved after so many restarts: another name and secret each time (RFC 8839 section 4.4.1.1.1).
    fn ice(&self, restarts: u32) -> Ice {
        let Ice { ufrag, password } = &self.ice;
        Ice { ufrag: format!("{ufrag}{restarts}"), password: format!("{password}{restarts}") }
    }
}

/// What an offer and its answer settled of ICE and DTLS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Web {
    /// By what the peer's checks of the way to us are proved.
    pub local: Ice,
    /// The peer's name in them.
    pub remote_ufrag: String,
    /// Of the peer's certificate.
    pub fingerprint: Fingerprint,
    /// Whether we begin the DTLS handshake.
    pub begins: bool,
}

/// What a description of ours says of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OurWeb {
    ice: Ice,
    tcp_ports: Vec<u16>,
    restarts: u32,
    fingerprint: Fingerprint,
    setup: Setup,
    /// The name of our section.
    mid: Option<String>,
    /// Whether sections are bundled, that is, our only one with none.
    bundle: bool,
}

/// What the peer's description says of it.
pub(super) struct TheirWeb {
    ice: Ice,
    fingerprint: Fingerprint,
    setup: Setup,
    mid: Option<String>,
    bundle: bool,
}

impl TheirWeb {
    /// Reads it; `None` if something is missing without which there is no way to the peer.
    pub fn read(description: &SessionDescription, media: &Media) -> Option<Self> {
        let of_session = |name: &str| {
            let found = description.attributes.iter().find(|a| a.name.eq_ignore_ascii_case(name));
            found.and_then(|attribute| attribute.value.as_deref())
        };
        let said = |name: &str| media.attribute(name).or_else(|| of_session(name));
        let ice = Ice { ufrag: said("ice-ufrag")?.to_owned(), password: said("ice-pwd")?.to_owned() };
        if !UFRAG.contains(&ice.ufrag.len()) || !PASSWORD.contains(&ice.password.len()) {
            return None;
        }
        let all = media.attributes.iter().chain(&description.attributes);
        let mut fingerprints = all.filter(|a| a.name.eq_ignore_ascii_case("fingerprint"));
        let fingerprint = fingerprints.find_map(|a| Fingerprint::parse(a.value.as_deref()?))?;
        let setup = said("setup").map_or(Some(Setup::ActPass), Setup::parse)?;
        let bundle = of_session("group").is_some_and(|group| group.starts_with("BUNDLE"));
        Some(Self { ice, fingerprint, setup, mid: media.attribute("mid").map(str::to_owned), bundle })
    }
}

impl OurWeb {
    /// What an offer says; `standing` is what was said last.
    pub fn offer(end: &WebEnd, standing: Option<&OurWeb>) -> Self {
        let restarts = standing.map_or(0, |standing| standing.restarts);
        Self {
            ice: end.ice(restarts),
            tcp_ports: end.tcp_ports.clone(),
            restarts,
            fingerprint: end.fingerprint,
            setup: Setup::ActPass,
            mid: standing.map_or_else(|| Some("0".to_owned()), |standing| standing.mid.clone()),
            bundle: standing.is_none_or(|standing| standing.bundle),
        }
    }

    /// What the answer to the peer's offer says, and what it settles. A peer that begins its checks anew is answered
    /// with a new name of ours, too.
    pub fn answer(end: &WebEnd, theirs: TheirWeb, standing: Option<(&OurWeb, &Web)>) -> (Self, Web) {
        let restarts = match standing {
            Some((ours, settled)) if settled.remote_ufrag == theirs.ice.ufrag => ours.restarts,
            Some((ours, _)) => ours.restarts.saturating_add(1),
            None => 0,
        };
        let begins = match (theirs.setup, standing) {
            (Setup::Passive, _) => true,
            (Setup::Active, _) => false,
            // Whoever began the handshake that stands has begun it.
            (Setup::ActPass, standing) => standing.is_some_and(|(_, settled)| settled.begins),
        };
        let setup = if begins { Setup::Active } else { Setup::Passive };
        let (mid, bundle) = (theirs.mid.clone(), theirs.bundle);
        let (ice, tcp_ports, fingerprint) = (end.ice(restarts), end.tcp_ports.clone(), end.fingerprint);
        let ours = Self { ice, tcp_ports, restarts, fingerprint, setup, mid, bundle };
        let settled = ours.settled(theirs, begins);
        (ours, settled)
    }

    /// What the peer's answer to this offer of ours settles.
    pub fn answered(&self, theirs: TheirWeb) -> Web {
        let begins = theirs.setup == Setup::Passive;
        self.settled(theirs, begins)
    }

    fn settled(&self, theirs: TheirWeb, begins: bool) -> Web {
        Web {
            local: self.ice.clone(),
            remote_ufrag: theirs.ice.ufrag,
            fingerprint: theirs.fingerprint,
            begins,
        }
    }

    /// What is said for the whole session.
    pub fn of_session(&self) -> Vec<Attribute> {
        let bundle = self.mid.as_ref().filter(|_| self.bundle);
        let bundle = bundle.map(|mid| Attribute::new("group", format!("BUNDLE {mid}")));
        [Attribute::flag("ice-lite")].into_iter().chain(bundle).collect()
    }

    /// What is said of our section, which is reached at these addresses.
    pub fn of_section(&self, addresses: &[IpAddr], port: u16) -> Vec<Attribute> {
        let mut list: Vec<Attribute> =
            self.mid.iter().map(|mid| Attribute::new("mid", mid.as_str())).collect();
        list.push(Attribute::new("ice-ufrag", self.ice.ufrag.as_str()));
        list.push(Attribute::new("ice-pwd", self.ice.password.as_str()));
        list.push(Attribute::new("fingerprint", self.fingerprint.to_string()));
        list.push(Attribute::new("setup", self.setup.as_str()));
        list.push(Attribute::new("msid", "hovor sound"));
        list.extend(self.candidates(addresses, port).map(|candidate| Attribute::new("candidate", candidate)));
        list.push(Attribute::flag("end-of-candidates"));
        list
    }

    /// Where we are reached, the best first.
    fn candidates(&self, addresses: &[IpAddr], port: u16) -> impl Iterator<Item = String> {
        let over_udp = addresses.iter().map(move |address| ("udp", PRIORITY, address, port, ""));
        let over_tcp = self.tcp_ports.iter().flat_map(move |port| {
            addresses.iter().map(|address| ("tcp", PRIORITY_OVER_TCP, address, *port, " tcptype passive"))
        });
        over_udp.chain(over_tcp).zip(0_u32..).map(|((transport, first, address, port, kind), at)| {
            let (number, priority) = (at + 1, first - (at << 8));
            format!("{number} 1 {transport} {priority} {address} {port} typ host{kind}")
        })
    }
}
