//! Where the requests of a call go, so that they pass the NATs that messages have passed before.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use crate::id::TrunkId;
use crate::sip::dialog::Dialog;
use crate::sip::endpoint::stack::Stack;
use crate::sip::flow::{Destination, Flow, Transport};

/// The way to the peer of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Peer {
    /// A phone: what it writes in Contact is of no use behind its NAT, so everything goes back the
    /// way its last message came.
    Phone(Destination),
    /// A provider or a proxy: it means the addresses that it writes.
    Network {
        /// The way that is known to work.
        known: Destination,
        /// The provider that has to be there, if it goes over TLS.
        trunk: Option<TrunkId>,
    },
}

impl Peer {
    /// The way that is known to work.
    pub const fn known(&self) -> Destination {
        match self {
            Peer::Phone(known) | Peer::Network { known, .. } => *known,
        }
    }

    /// Where the next request of the dialog goes. A network whose connection is gone gets a new one.
    pub fn destination(&self, dialog: &Dialog, stack: &Stack) -> Destination {
        match self {
            Peer::Phone(known) if !dialog.is_routed() => *known,
            Peer::Network { known, trunk } if !stack.is_open(known) => reconnect(dialog, *known, *trunk),
            Peer::Network { known, trunk } => next_hop(dialog, *known, *trunk),
            Peer::Phone(known) => next_hop(dialog, *known, None),
        }
    }

    /// A request that refreshes the target came this way: a NAT may have moved the peer's port.
    pub fn refresh(&mut self, flow: Flow) {
        let (Peer::Phone(known) | Peer::Network { known, .. }) = self;
        *known = Destination::Flow(flow);
    }

    /// True if a request of the dialog may come by `flow`. A phone stays on its connection as long as
    /// that stands; after that it may come back from the same address.
    pub fn may_use(&self, flow: &Flow, stack: &Stack) -> bool {
        match self {
            Peer::Phone(known @ Destination::Flow(Flow { connection: Some(connection), remote, .. })) => {
                let back = remote.ip() == flow.remote.ip();
                flow.connection == Some(*connection) || !stack.is_open(known) && back
            }
            _ => true,
        }
    }
}

fn next_hop(dialog: &Dialog, known: Destination, trunk: Option<TrunkId>) -> Destination {
    let Some((transport, remote)) = dialog.next_hop().place() else { return known };
    let ip = remote.ip();
    // What began where nobody listens in stays there, whatever the peer's Contact forgets to say.
    let weaker = known.transport().is_secure() && !transport.is_secure();
    let same = remote == known.remote() && transport == known.transport();
    // A connection that stands is kept: most peers write a Contact that nobody listens on.
    let connected = matches!(known, Destination::Flow(flow) if flow.connection.is_some());
    if same || connected || weaker || ip.is_unspecified() || is_inside(ip) && !is_inside(known.remote().ip())
    {
        return known;
    }
    Destination::at(transport, remote, trunk)
}

/// The next hop over a connection of its own. If that hop goes by a name, or by an address that means
/// nothing here, its port is tried at the address that the peer came from.
fn reconnect(dialog: &Dialog, lost: Destination, trunk: Option<TrunkId>) -> Destination {
    let uri = dialog.next_hop();
    let named = uri.transport().unwrap_or(lost.transport());
    let transport = if lost.transport().is_secure() { Transport::Tls } else { named };
    let remote = SocketAddr::new(lost.remote().ip(), uri.port.unwrap_or(transport.default_port()));
    next_hop(dialog, Destination::at(transport, remote, trunk), trunk)
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
    use crate::entropy::Entropy;
    use crate::sip::endpoint::EndpointConfig;
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

    fn network(known: Destination) -> Peer {
        Peer::Network { known, trunk: None }
    }

    fn stack() -> Stack {
        Stack::new(EndpointConfig::default(), Entropy::from_number(1))
    }

    fn tcp(remote: &str) -> Flow {
        let (local, remote) = ("192.0.2.1:5060".parse().unwrap(), remote.parse().unwrap());
        Flow { transport: Transport::Tcp, local, remote, connection: Some(7) }
    }

    #[test]
    fn a_phone_behind_a_nat_is_reached_the_way_it_came() {
        let source = udp("203.0.113.9:40001");
        assert_eq!(Peer::Phone(source).destination(&dialog("<sip:a@10.0.0.5>", None), &stack()), source);
        assert_eq!(network(source).destination(&dialog("<sip:a@10.0.0.5>", None), &stack()), source);
    }

    #[test]
    fn a_provider_is_reached_where_it_says() {
        let source = udp("203.0.113.9:5060");
        assert_eq!(
            network(source).destination(&dialog("<sip:a@203.0.113.7:5070>", None), &stack()),
            udp("203.0.113.7:5070")
        );
        let tcp = network(source).destination(&dialog("<sip:a@203.0.113.7;transport=tcp>", None), &stack());
        assert_eq!(tcp.transport(), Transport::Tcp);
    }

    #[test]
    fn a_route_goes_before_the_contact() {
        let source = udp("203.0.113.9:5060");
        let routed = dialog("<sip:a@198.51.100.1>", Some("<sip:203.0.113.20:5080;lr>"));
        assert_eq!(Peer::Phone(source).destination(&routed, &stack()), udp("203.0.113.20:5080"));
        let named = dialog("<sip:a@198.51.100.1>", Some("<sip:proxy.example;lr>"));
        assert_eq!(network(source).destination(&named, &stack()), source);
    }

    #[test]
    fn a_provider_whose_connection_is_gone_gets_a_new_one() {
        let flow = tcp("203.0.113.9:40001");
        let peer = network(Destination::Flow(flow));
        let mut stack = stack();
        stack.learn_flow(&flow);
        let plain = dialog("<sip:a@203.0.113.7:5070;transport=tcp>", None);
        assert_eq!(peer.destination(&plain, &stack), Destination::Flow(flow), "it stands");
        stack.connection_closed(&flow);
        let to = |dialog: &Dialog| peer.destination(dialog, &stack);
        let address = |remote: &str| Destination::Address {
            transport: Transport::Tcp,
            remote: remote.parse().unwrap(),
        };
        assert_eq!(to(&plain), address("203.0.113.7:5070"));
        let routed = dialog("<sip:a@198.51.100.1>", Some("<sip:203.0.113.20:5080;transport=tcp;lr>"));
        assert_eq!(to(&routed), address("203.0.113.20:5080"));
        let named = dialog("<sip:a@sbc.example:5062;transport=tcp>", None);
        assert_eq!(to(&named), address("203.0.113.9:5062"), "not the port that it happened to call from");
        let private = dialog("<sip:a@10.0.0.5:5064;transport=tcp>", None);
        assert_eq!(to(&private), address("203.0.113.9:5064"));
    }

    #[test]
    fn a_call_over_tls_stays_on_tls_and_with_the_provider_that_proved_its_name() {
        let trunk = TrunkId(uuid::Uuid::from_u128(7));
        let provider = |remote: &str| Destination::Provider { trunk, remote: remote.parse().unwrap() };
        let known = provider("203.0.113.9:5061");
        let peer = Peer::Network { known, trunk: Some(trunk) };
        for forgetful in ["<sip:a@203.0.113.7:5060>", "<sip:a@203.0.113.7:5060;transport=tcp>"] {
            assert_eq!(peer.destination(&dialog(forgetful, None), &stack()), known, "{forgetful}");
        }
        for secure in ["<sip:a@203.0.113.7;transport=tls>", "<sips:a@203.0.113.7>"] {
            assert_eq!(peer.destination(&dialog(secure, None), &stack()), provider("203.0.113.7:5061"));
        }
        let flow = Flow { transport: Transport::Tls, ..tcp("203.0.113.9:40001") };
        let called = Peer::Network { known: Destination::Flow(flow), trunk: Some(trunk) };
        assert_eq!(
            called.destination(&dialog("<sip:a@10.0.0.5>", None), &stack()),
            known,
            "its connection is gone"
        );
    }
}
