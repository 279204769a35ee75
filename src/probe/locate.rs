//! Where a callee is, and which address of this machine leads there.

use std::net::{IpAddr, SocketAddr, UdpSocket};

use super::plan::{Callee, Place};
use crate::clock::entropy;
use crate::resolve::{Resolver, Wanted};
use crate::sip::locate::Located;
use crate::sip::uri::{Host, Uri};

/// Where the INVITE to this callee goes first.
///
/// # Errors
/// What is wrong with its address.
pub fn wanted(callee: &Callee) -> Result<Wanted, String> {
    match callee {
        Callee::Address { uri, .. } => {
            let parsed = Uri::parse(uri).map_err(|error| format!("`{uri}` is no SIP address: {error}"))?;
            let host = parsed.host.as_ref().filter(|_| parsed.is_sip());
            let host = host.ok_or_else(|| format!("`{uri}` is not called by hovor; write sip:USER@HOST"))?;
            let name = host.address().map_or_else(|| Host::to_string(host), |ip| ip.to_string());
            Ok(Wanted { host: name, port: parsed.port, transport: parsed.transport() })
        }
        Callee::Trunk { peer, .. } => Ok(Wanted {
            host: peer.next_hop().host,
            port: Some(peer.next_hop().port).filter(|port| *port != 0),
            transport: peer.next_hop().transport,
        }),
    }
}

/// Where the host is reached, best place first: as a provider's would be found.
///
/// # Errors
/// Why it is not.
pub async fn locate(wanted: &Wanted, place: &Place) -> Result<Located, String> {
    // Where nothing is said, addresses of both families are asked for.
    let listen: Vec<IpAddr> = place.local.into_iter().collect();
    let resolver = Resolver::new(place.dns, &listen, entropy())?;
    resolver.locate(wanted).await
}

/// The address of this machine that leads to `peer`. Connecting a datagram socket asks the routing table and
/// sends nothing.
///
/// # Errors
/// There is no way there.
pub fn own_address(peer: SocketAddr) -> Result<IpAddr, String> {
    let any: SocketAddr = if peer.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0_u16; 8], 0).into() };
    let ask = || {
        let socket = UdpSocket::bind(any)?;
        socket.connect(peer)?;
        socket.local_addr()
    };
    let own = ask().map_err(|error: std::io::Error| format!("no way leads to {}: {error}", peer.ip()))?;
    Ok(own.ip())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::endpoint::Transport;

    fn address(uri: &str) -> Result<Wanted, String> {
        wanted(&Callee::Address { uri: uri.to_owned(), login: None, ca: None })
    }

    #[test]
    fn the_address_says_where_to() {
        let tcp = address("sip:100@pbx.example:5070;transport=tcp").unwrap();
        assert_eq!((&*tcp.host, tcp.port, tcp.transport), ("pbx.example", Some(5070), Some(Transport::Tcp)));
        assert_eq!(address("sip:100@pbx.example").unwrap().port, None);
        assert_eq!(address("sips:100@pbx.example").unwrap().transport, Some(Transport::Tls));
    }

    #[test]
    fn what_cannot_be_called_is_said_with_what_can() {
        assert!(address("tel:+420700").unwrap_err().contains("sip:USER@HOST"));
        assert!(address("100").is_err());
    }

    #[test]
    fn the_loopback_leads_to_itself() {
        assert_eq!(own_address("127.0.0.1:5060".parse().unwrap()).unwrap().to_string(), "127.0.0.1");
    }
}
