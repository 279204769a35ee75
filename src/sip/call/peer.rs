//! Where the requests of a call go, so that they pass the NATs that messages have passed before.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use crate::sip::dialog::Dialog;
use crate::sip::flow::{Destination, Flow, Transport};

/// The way to the peer of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Peer {
    /// A phone: what it writes in Contact is of no use behind its NAT, so everything goes back the
    /// way its last message came.
    Phone(Destination),
    /// A provider or a proxy: it means the addresses that it writes.
    Network(Destination),
}

impl Peer {
    /// The way that is known to work.
    pub const fn known(&self) -> Destination {
        match self {
            Peer::Phone(known) | Peer::Network(known) => *known,
        }
    }

    /// Where the next request of the dialog goes.
    pub fn destination(&self, dialog: &Dialog) -> Destination {
        match self {
            Peer::Phone(known) if !dialog.is_routed() => *known,
            Peer::Phone(known) | Peer::Network(known) => next_hop(dialog, *known),
        }
    }

    /// A request that refreshes the target came this way: a NAT may have moved the peer's port.
    pub fn refresh(&mut self, flow: Flow) {
        let (Peer::Phone(known) | Peer::Network(known)) = self;
        *known = Destination::Flow(flow);
    }

    /// True if a request of the dialog may come by `flow`. A phone stays on its connection as long as
    /// that stands (`is_open`); after that it may come back from the same address.
    pub fn may_use(&self, flow: &Flow, is_open: impl Fn(u64) -> bool) -> bool {
        match self {
            Peer::Phone(Destination::Flow(Flow { connection: Some(known), remote, .. })) => {
                flow.connection == Some(*known) || !is_open(*known) && remote.ip() == flow.remote.ip()
            }
            _ => true,
        }
    }
}

fn next_hop(dialog: &Dialog, known: Destination) -> Destination {
    let uri = dialog.next_hop();
    let Some(ip) = uri.host.as_ref().and_then(|host| host.address()) else { return known };
    let remote = SocketAddr::new(ip, uri.port.unwrap_or(5060));
    let transport = uri.transport().unwrap_or(Transport::Udp);
    let same = remote == known.remote() && transport == known.transport();
    // A connection that stands is kept: most peers write a Contact that nobody listens on.
    let connected = matches!(known, Destination::Flow(flow) if flow.connection.is_some());
    if same || connected || ip.is_unspecified() || is_inside(ip) && !is_inside(known.remote().ip()) {
        return known;
    }
    Destination::Address { transport, remote }
}

/// True if the address means nothing beyond its own network (RFC 1918, RFC 4193).
fn is_inside(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_private() || ip.is_loopback() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::message::{HeaderName, Method, Request};
    use crate::sip::uri::Uri;

    fn dialog(contact: &str, route: Option<&str>) -> Dialog {
        let mut request = Request::new(Method::Invite, Uri::parse("sip:b@b.example").unwrap())
            .with(HeaderName::From, "<sip:a@a.example>;tag=a1")
            .with(HeaderName::To, "<sip:b@b.example>")
            .with(HeaderName::CallId, "c1")
            .with(HeaderName::CSeq, "7 INVITE")
            .with(HeaderName::Contact, contact);
        if let Some(route) = route {
            request.headers.push(HeaderName::RecordRoute, route);
        }
        Dialog::answered(&request, "b1").unwrap()
    }

    fn udp(remote: &str) -> Destination {
        Destination::Address { transport: Transport::Udp, remote: remote.parse().unwrap() }
    }

    #[test]
    fn a_phone_behind_a_nat_is_reached_the_way_it_came() {
        let source = udp("203.0.113.9:40001");
        assert_eq!(Peer::Phone(source).destination(&dialog("<sip:a@10.0.0.5>", None)), source);
        assert_eq!(Peer::Network(source).destination(&dialog("<sip:a@10.0.0.5>", None)), source);
    }

    #[test]
    fn a_provider_is_reached_where_it_says() {
        let source = udp("203.0.113.9:5060");
        assert_eq!(
            Peer::Network(source).destination(&dialog("<sip:a@203.0.113.7:5070>", None)),
            udp("203.0.113.7:5070")
        );
        let tcp = Peer::Network(source).destination(&dialog("<sip:a@203.0.113.7;transport=tcp>", None));
        assert_eq!(tcp.transport(), Transport::Tcp);
    }

    #[test]
    fn a_route_goes_before_the_contact() {
        let source = udp("203.0.113.9:5060");
        let routed = dialog("<sip:a@198.51.100.1>", Some("<sip:203.0.113.20:5080;lr>"));
        assert_eq!(Peer::Phone(source).destination(&routed), udp("203.0.113.20:5080"));
        let named = dialog("<sip:a@198.51.100.1>", Some("<sip:proxy.example;lr>"));
        assert_eq!(Peer::Network(source).destination(&named), source);
    }
}
