//! Where the program listens: addresses and ports, as people write them.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde::Deserialize;
use serde::de::Error as _;

use super::texts::Texts;

/// A range of UDP ports, written `20000-29999`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortRange(pub RangeInclusive<u16>);

impl FromStr for PortRange {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let parts =
            text.split_once('-').and_then(|(a, b)| Some((a.trim().parse().ok()?, b.trim().parse().ok()?)));
        match parts {
            Some((first, last)) if first >= 1024 && last > first => Ok(Self(first..=last)),
            _ => Err(format!("`{text}` is no range of ports; write for example 20000-29999, from 1024 up")),
        }
    }
}

impl<'de> Deserialize<'de> for PortRange {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// `[::]` alone stands for all addresses of IPv4 as well, as people expect; each family has its own socket.
pub fn both_families(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let all_v4 = |port| SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), port);
    let mut both = vec![];
    for address in &addresses {
        let is_all = *address == SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), address.port());
        let has_v4 = addresses.iter().any(|other| other.is_ipv4() && other.port() == address.port());
        both.push(*address);
        both.extend((is_all && !has_v4).then(|| all_v4(address.port())));
    }
    both
}

/// Why an address cannot be listened on, and what to do about it.
pub fn listen_help(error: &io::Error, option: &str) -> String {
    let help = match error.kind() {
        io::ErrorKind::AddrInUse => {
            format!(
                "another program listens there, perhaps another hovor. Stop it, or choose another with {option}"
            )
        }
        io::ErrorKind::AddrNotAvailable => format!(
            "this machine has no such address. Name one of its own with {option}, or 0.0.0.0 for all of them"
        ),
        io::ErrorKind::PermissionDenied => {
            format!("ports below 1024 belong to root. Choose another with {option}")
        }
        _ => format!("choose another address with {option}"),
    };
    format!("{error}; {help}")
}

/// Reads an address to listen on.
pub fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        format!(
            "`{text}` is no address; write ADDRESS:PORT, for example 192.0.2.10:5060, or 0.0.0.0:5060 for all"
        )
    })
}

/// An address in a configuration file.
pub fn read_address<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<SocketAddr>, D::Error> {
    address(&String::deserialize(deserializer)?).map(Some).map_err(D::Error::custom)
}

/// A list of addresses, or one text with commas.
pub fn read_addresses<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<SocketAddr>, D::Error> {
    let text = Texts::deserialize(deserializer)?.with_commas();
    text.split(',').map(|text| address(text.trim())).collect::<Result<_, _>>().map_err(D::Error::custom)
}
