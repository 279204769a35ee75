//! Lists of hosts and networks that the configuration gives: where requests to other programs may go, who is never
//! turned away.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Hosts that requests may go to: names, and addresses or networks.
///
/// A name reaches public addresses only. An address of a private network is reached only if the list
/// names it or its network, whatever name leads to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allow {
    names: BTreeSet<String>,
    networks: Vec<(IpAddr, u8)>,
}

impl Allow {
    /// True if nothing is allowed.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && self.networks.is_empty()
    }

    /// Whether a request may name this host: a name, or an address as it is written.
    pub fn host(&self, host: &str) -> bool {
        match host.parse::<IpAddr>() {
            Ok(address) => self.names_address(address),
            Err(_) => self.names.contains(&host.trim_end_matches('.').to_ascii_lowercase()),
        }
    }

    /// Whether a connection may be made to this address, which an allowed name has led to.
    pub fn address(&self, address: IpAddr) -> bool {
        is_public(address.to_canonical()) || self.names_address(address)
    }

    /// The names on the list, to choose from.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.names.iter().map(String::as_str)
    }

    fn names_address(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.iter().any(|(network, length)| covers(*network, *length, address))
    }

    /// Adds an entry: `crm.example.com`, `192.0.2.7` or `10.0.0.0/8`.
    fn add(&mut self, entry: &str) -> Result<(), String> {
        if let Some(network) = network(entry) {
            self.networks.push(network);
            return Ok(());
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
        let name = entry.trim_end_matches('.').to_ascii_lowercase();
        if name.is_empty() || !name.chars().all(plain) {
            return Err(wrong(entry));
        }
        self.names.insert(name);
        Ok(())
    }
}

fn wrong(entry: &str) -> String {
    format!(
        "`{entry}` is no host: write a name as in crm.example.com, an address as in 192.0.2.7, or a network \
         as in 10.0.0.0/8, without https:// and without a port"
    )
}

/// An address, or a network: `192.0.2.7`, `10.0.0.0/8`.
fn network(entry: &str) -> Option<(IpAddr, u8)> {
    let (address, length) = match entry.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (entry, None),
    };
    let address: IpAddr = address.trim_matches(['[', ']']).parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let length = length.map_or(Ok(most), str::parse::<u8>).ok()?;
    (length <= most).then_some((address, length))
}

/// Addresses and networks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks(pub Vec<(IpAddr, u8)>);

impl Networks {
    /// The networks that never leave this machine (RFC 6890).
    pub fn loopback() -> Self {
        Self(vec![(IpAddr::from([127, 0, 0, 0]), 8), (IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1_u16]), 128)])
    }

    /// Whether an address is in one of them.
    pub fn contain(&self, address: IpAddr) -> bool {
        // Sockets of both families show IPv4 as a part of IPv6.
        let address = address.to_canonical();
        self.0.iter().any(|(network, length)| covers(*network, *length, address))
    }
}

impl FromStr for Networks {
    type Err = String;
    /// Entries with commas between them; `none` for no entry.
    fn from_str(text: &str) -> Result<Self, String> {
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty() && *entry != "none");
        let read = |entry: &str| {
            network(entry).ok_or_else(|| {
                format!(
                    "`{entry}` is no network: write an address as in 192.0.2.7, or a network as in 10.0.0.0/8"
                )
            })
        };
        entries.map(read).collect::<Result<_, _>>().map(Self)
    }
}

impl FromStr for Allow {
    type Err = String;
    /// Entries with commas between them.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut allow = Self::default();
        for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            allow.add(entry)?;
        }
        Ok(allow)
    }
}

fn covers(network: IpAddr, length: u8, address: IpAddr) -> bool {
    let (network, address, bits) = match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            (u128::from(network.to_bits()), u128::from(address.to_bits()), 32)
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => (network.to_bits(), address.to_bits(), 128),
        _ => return false,
    };
    let rest = bits - u32::from(length);
    network.checked_shr(rest).unwrap_or(0) == address.checked_shr(rest).unwrap_or(0)
}

/// Networks that are not the open internet: this machine, private ones, and those of special use, among
/// them the ones that stand for an IPv4 address of any kind (RFC 6890, RFC 6052, RFC 3056).
const SPECIAL: &[(&str, u8)] = &[
    ("0.0.0.0", 8),
    ("10.0.0.0", 8),
    ("100.64.0.0", 10),
    ("127.0.0.0", 8),
    ("169.254.0.0", 16),
    ("172.16.0.0", 12),
    ("192.0.0.0", 24),
    ("192.168.0.0", 16),
    ("198.18.0.0", 15),
    ("224.0.0.0", 3),
    ("::", 96),
    ("64:ff9b::", 96),
    ("64:ff9b:1::", 48),
    ("100::", 64),
    ("2001::", 23),
    ("2002::", 16),
    ("fc00::", 7),
    ("fe80::", 9),
    ("ff00::", 8),
];

fn is_public(address: IpAddr) -> bool {
    !SPECIAL.iter().any(|(network, length)| {
        network.parse().is_ok_and(|network: IpAddr| covers(network, *length, address))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allow(text: &str) -> Allow {
        text.parse().unwrap()
    }

    #[test]
    fn a_name_reaches_public_addresses_only() {
        let allow = allow("crm.example.com, Hooks.Example.org.");
        assert!(
            allow.host("CRM.example.com")
                && allow.host("hooks.example.org")
                && allow.host("crm.example.com.")
        );
        assert!(!allow.host("example.com") && !allow.host("x.crm.example.com") && !allow.host("8.8.8.8"));
        for public in ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "::ffff:8.8.8.8"] {
            assert!(allow.address(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn private_addresses_are_reached_only_by_name_of_their_network() {
        let special = [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fec0::1",
            "fd00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::7f00:1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
        ];
        for address in special {
            assert!(!allow("crm.example.com").address(address.parse().unwrap()), "{address}");
        }
        let named = allow("crm.example.com,127.0.0.1,10.0.0.0/8,fd00::/8");
        for (address, is) in [
            ("127.0.0.1", true),
            ("::ffff:127.0.0.1", true),
            ("127.0.0.2", false),
            ("10.200.3.4", true),
            ("11.0.0.1", true),
            ("fd12::1", true),
            ("fc12::1", false),
            ("192.168.1.1", false),
        ] {
            assert_eq!(named.address(address.parse().unwrap()), is, "{address}");
        }
        assert!(named.host("10.9.9.9") && named.host("fd00::7") && !named.host("11.0.0.1"));
        assert!(allow("0.0.0.0/0").host("1.2.3.4") && allow("::/0").address("::1".parse().unwrap()));
    }

    #[test]
    fn what_is_no_host_is_explained() {
        for entry in
            ["https://crm.example.com", "crm.example.com:443", "10.0.0.0/33", "10.0.0.0/x", "a b", "a/8"]
        {
            assert!(entry.parse::<Allow>().unwrap_err().contains("crm.example.com,"), "{entry}");
        }
        assert!(allow("").is_empty() && allow(" , ").is_empty() && !allow("x").is_empty());
    }
}
