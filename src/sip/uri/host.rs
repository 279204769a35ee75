//! The place in a URI or a Via.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::UriError;
use crate::sip::message::scan;

/// A host, by name or by address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Host {
    Name(String),
    V4(Ipv4Addr),
    V6(Ipv6Addr),
}

impl Host {
    /// The address, if the host is one.
    pub fn address(&self) -> Option<IpAddr> {
        match self {
            Host::Name(_) => None,
            Host::V4(address) => Some(IpAddr::V4(*address)),
            Host::V6(address) => Some(IpAddr::V6(*address)),
        }
    }

    /// Whether it is this host: a name in any case, or an address (IPv6 with brackets or without).
    pub fn is(&self, other: &str) -> bool {
        match self {
            Host::Name(name) => name.trim_end_matches('.').eq_ignore_ascii_case(other.trim_end_matches('.')),
            _ => self.address() == other.trim_start_matches('[').trim_end_matches(']').parse().ok(),
        }
    }

    pub(super) fn folded(&self) -> Host {
        match self {
            Host::Name(name) => Host::Name(name.to_ascii_lowercase()),
            address => address.clone(),
        }
    }
}

impl FromStr for Host {
    type Err = UriError;
    fn from_str(text: &str) -> Result<Self, UriError> {
        if let Some(inner) = text.strip_prefix('[') {
            let inner = inner.strip_suffix(']').ok_or(UriError("an IPv6 address without its end"))?;
            return inner.parse().map(Host::V6).map_err(|_| UriError("an improper IPv6 address"));
        }
        if let Ok(address) = text.parse() {
            return Ok(Host::V4(address));
        }
        // Names with underscores and escapes are in use, whatever the grammar says.
        let proper = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte) || byte >= 0x80;
        match !text.is_empty() && text.bytes().all(proper) {
            true => Ok(Host::Name(text.to_owned())),
            false => Err(UriError("an improper host")),
        }
    }
}

impl From<IpAddr> for Host {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Host::V4(address),
            IpAddr::V6(address) => Host::V6(address),
        }
    }
}

impl From<&str> for Host {
    /// An address if the text is one (IPv6 with brackets or without), else a name as it is.
    fn from(text: &str) -> Self {
        match text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            Ok(address) => address.into(),
            Err(_) => Host::Name(text.to_owned()),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::Name(name) => f.write_str(name),
            Host::V4(address) => write!(f, "{address}"),
            Host::V6(address) => write!(f, "[{address}]"),
        }
    }
}

/// Reads `host`, `host:port`, `1.2.3.4:port` or `[2001:db8::1]:port`.
pub(crate) fn parse_host_port(text: &str) -> Result<(Host, Option<u16>), UriError> {
    let end = match text.starts_with('[') {
        true => text.find(']').map_or(text.len(), |at| at + 1),
        false => text.find(':').unwrap_or(text.len()),
    };
    let (host, port) = text.split_at(end);
    let port = match port.strip_prefix(':') {
        Some(digits) => Some(scan::number(digits).ok_or(UriError("an improper port"))?),
        None if port.is_empty() => None,
        None => return Err(UriError("unexpected text after the host")),
    };
    Ok((host.parse()?, port))
}
