//! Which address of this machine phones are told, when it listens on all of them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use tracing::{info, warn};

use crate::config::Config;

/// Addresses of documentation networks (RFC 5737, RFC 3849): only the default route leads there.
const ELSEWHERE_V4: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 1));
const ELSEWHERE_V6: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1));
/// Any port will do: nothing is sent.
const DISCARD: u16 = 9;

/// The addresses that phones are told for sound, one of each family that we have.
pub fn for_media(config: &Config) -> Vec<IpAddr> {
    config.media_addresses().into_iter().map(in_particular).collect()
}

/// A session description cannot say "all addresses": there `0.0.0.0` means hold (RFC 3264 section 8.4).
fn in_particular(told: IpAddr) -> IpAddr {
    if !told.is_unspecified() {
        return told;
    }
    match towards_the_default_route(told) {
        Some(own) => {
            info!(address = %own, "phones are told this address for sound; --external-addr names another");
            own
        }
        None => {
            warn!(
                "this machine has no default route, so phones are told a loopback address for sound. Name the \
                 right one with --sip or --external-addr"
            );
            if told.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() }
        }
    }
}

/// The address with which this machine speaks to the world. Connecting a datagram socket asks the
/// routing table and sends nothing.
fn towards_the_default_route(all: IpAddr) -> Option<IpAddr> {
    let elsewhere = if all.is_ipv4() { ELSEWHERE_V4 } else { ELSEWHERE_V6 };
    let socket = UdpSocket::bind(SocketAddr::new(all, 0)).ok()?;
    socket.connect(SocketAddr::new(elsewhere, DISCARD)).ok()?;
    let own = socket.local_addr().ok()?.ip();
    (!own.is_unspecified()).then_some(own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    fn told(sip: &str, external: Option<&str>) -> IpAddr {
        let external_addr = external.map(|text| text.parse().unwrap());
        let settings = Settings { sip: vec![sip.parse().unwrap()], external_addr, ..Settings::default() };
        for_media(&settings.resolve().unwrap())[0]
    }

    #[test]
    fn phones_are_never_told_all_addresses() {
        assert!(!told("0.0.0.0:5060", None).is_unspecified());
        assert!(!told("[::]:5060", None).is_unspecified());
    }

    #[test]
    fn what_was_set_is_told_as_it_is() {
        assert_eq!(told("127.0.0.1:5060", None).to_string(), "127.0.0.1");
        assert_eq!(told("0.0.0.0:5060", Some("203.0.113.7")).to_string(), "203.0.113.7");
    }
}
