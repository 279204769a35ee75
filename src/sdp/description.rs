use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::crypto::Profile;
use super::direction::Direction;

/// A session description: the lines of RFC 8866 that decide where sound goes.
///
/// Lines that decide nothing here (`i=`, `u=`, `e=`, `p=`, `b=`, `r=`, `z=`, `k=`, the times of
/// `t=`) are skipped when read; `t=0 0` is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionDescription {
    /// Who made the description, and which version of it this is.
    pub origin: Origin,
    /// The session's name; `-` when there is none.
    pub name: String,
    /// Where media without an address of its own goes: an IP address, or a host name.
    pub connection: Option<String>,
    /// Attributes for all media.
    pub attributes: Vec<Attribute>,
    /// The media sections, in the order that offer and answer share.
    pub media: Vec<Media>,
}

/// The `o=` line (RFC 8866 section 5.2). Numbers are kept as text: peers exceed 64 bits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The maker's login there, `-` if it has none.
    pub username: String,
    /// Constant for as long as the session lives.
    pub session_id: String,
    /// Rises by one with every change of the description.
    pub version: String,
    /// The maker's address or host name.
    pub address: String,
}

/// One `a=` line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// What stands before the colon.
    pub name: String,
    /// What stands after the colon, if there is one.
    pub value: Option<String>,
}

/// One `m=` section (RFC 8866 section 5.14).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// `audio`, `video`, `image`, …
    pub kind: String,
    /// The port where the maker receives; 0 refuses or ends the stream.
    pub port: u16,
    /// The transport profile, such as `RTP/AVP`.
    pub protocol: String,
    /// Payload types for RTP, in order of preference; anything else for other profiles.
    pub formats: Vec<String>,
    /// Where this medium goes, if not to the session's address.
    pub connection: Option<String>,
    /// Attributes of this medium.
    pub attributes: Vec<Attribute>,
}

impl SessionDescription {
    /// The description as it goes on the wire, with CRLF after every line.
    pub fn write(&self) -> Bytes {
        Bytes::from(self.to_string())
    }

    /// Where `media` goes: its own address, else the session's.
    pub fn address<'a>(&'a self, media: &'a Media) -> Option<&'a str> {
        media.connection.as_deref().or(self.connection.as_deref())
    }

    /// Where the first audio stream is wanted, if that is an address in particular.
    pub fn wanted_at(&self) -> Option<IpAddr> {
        let audio = self.media.iter().find(|media| media.kind == "audio" && media.port != 0)?;
        let address: IpAddr = self.address(audio)?.parse().ok()?;
        (!is_nowhere(address)).then_some(address)
    }

    /// Whether the first audio stream is a browser's: with keys by DTLS, and found by ICE.
    pub fn is_of_browser(&self) -> bool {
        let audio = self.media.iter().find(|media| media.kind == "audio" && media.port != 0);
        audio.is_some_and(|media| Profile::of(&media.protocol) == Some(Profile::Web))
    }

    /// The direction of `media`: its own, else the session's, else both ways.
    pub fn direction(&self, media: &Media) -> Direction {
        let said = |list: &[Attribute]| list.iter().find_map(|attribute| Direction::parse(&attribute.name));
        said(&media.attributes).or_else(|| said(&self.attributes)).unwrap_or_default()
    }
}

impl Media {
    /// The value of the first attribute of this name.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|a| a.name.eq_ignore_ascii_case(name))?.value.as_deref()
    }

    /// Whether an attribute of this name stands here, with or without a value.
    pub fn has(&self, name: &str) -> bool {
        self.attributes.iter().any(|a| a.name.eq_ignore_ascii_case(name))
    }

    /// The encoding that `a=rtpmap` gives a payload type.
    pub fn rtpmap(&self, payload_type: u8) -> Option<&str> {
        self.of_payload_type("rtpmap", payload_type)
    }

    /// The parameters that `a=fmtp` gives a payload type.
    pub fn fmtp(&self, payload_type: u8) -> Option<&str> {
        self.of_payload_type("fmtp", payload_type)
    }

    fn of_payload_type(&self, name: &str, payload_type: u8) -> Option<&str> {
        let named = self.attributes.iter().filter(|a| a.name.eq_ignore_ascii_case(name));
        named
            .filter_map(|a| a.value.as_deref()?.trim().split_once(char::is_whitespace))
            .find(|(number, _)| number.parse() == Ok(payload_type))
            .map(|(_, value)| value.trim())
    }
}

impl Attribute {
    /// An attribute that stands alone, such as `a=sendrecv`.
    pub fn flag(name: impl Into<String>) -> Self {
        Self { name: name.into(), value: None }
    }

    /// An attribute with a value, such as `a=ptime:20`.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: Some(value.into()) }
    }
}

impl fmt::Display for SessionDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Origin { username, session_id, version, address } = &self.origin;
        let kind = address_kind(address);
        write!(f, "v=0\r\no={username} {session_id} {version} IN {kind} {address}\r\ns={}\r\n", self.name)?;
        if let Some(address) = &self.connection {
            write!(f, "c=IN {} {address}\r\n", address_kind(address))?;
        }
        f.write_str("t=0 0\r\n")?;
        self.attributes.iter().try_for_each(|attribute| attribute.fmt(f))?;
        self.media.iter().try_for_each(|media| media.fmt(f))
    }
}

impl fmt::Display for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "m={} {} {}", self.kind, self.port, self.protocol)?;
        self.formats.iter().try_for_each(|format| write!(f, " {format}"))?;
        f.write_str("\r\n")?;
        if let Some(address) = &self.connection {
            write!(f, "c=IN {} {address}\r\n", address_kind(address))?;
        }
        self.attributes.iter().try_for_each(|attribute| attribute.fmt(f))
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => write!(f, "a={}:{value}\r\n", self.name),
            None => write!(f, "a={}\r\n", self.name),
        }
    }
}

fn address_kind(address: &str) -> &'static str {
    if address.contains(':') { "IP6" } else { "IP4" }
}

/// Whether an address means "send me nothing", the older way to hold (RFC 3264 section 8.4).
pub(super) fn is_nowhere(address: IpAddr) -> bool {
    address == IpAddr::V4(Ipv4Addr::UNSPECIFIED) || address == IpAddr::V6(Ipv6Addr::UNSPECIFIED)
}
