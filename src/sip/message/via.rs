//! The way of a request, hop by hop (RFC 3261 section 20.42, RFC 3581).

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Params, scan};
use crate::sip::flow::Transport;
use crate::sip::uri::{Host, parse_host_port};

/// What a branch starts with if its maker follows RFC 3261 (section 8.1.1.7).
pub const MAGIC_COOKIE: &str = "z9hG4bK";

/// One value of a Via header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Via {
    /// "UDP", "TCP", "TLS", "WS", …, as it was written.
    pub transport: String,
    /// Where the sender says it can be reached.
    pub host: Host,
    pub port: Option<u16>,
    pub params: Params,
}

impl Via {
    /// A Via for a request of ours; the branch is given in full. It asks for `rport` (RFC 3581).
    pub fn new(transport: Transport, sent_by: SocketAddr, branch: &str) -> Self {
        let mut params = Params::new();
        params.set("branch", branch);
        params.set_flag("rport");
        let transport = transport.via_name().to_owned();
        Self { transport, host: sent_by.ip().into(), port: Some(sent_by.port()), params }
    }

    /// Reads one value. `Err` says what is wrong.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let (head, params) = text.split_at(text.find(';').unwrap_or(text.len()));
        let mut parts = head.splitn(3, '/').map(scan::trim);
        let (name, version, rest) = (parts.next(), parts.next(), parts.next());
        if !name.is_some_and(|name| name.eq_ignore_ascii_case("SIP")) || version != Some("2.0") {
            return Err("not SIP/2.0");
        }
        let (transport, sent_by) = rest.and_then(|rest| rest.split_once([' ', '\t'])).ok_or("no sent-by")?;
        if !scan::is_token(transport) {
            return Err("an improper transport");
        }
        // Spaces are allowed around the colon before the port.
        let sent_by: String = sent_by.split([' ', '\t']).collect();
        let (host, port) = parse_host_port(&sent_by).map_err(|error| error.0)?;
        Ok(Self { transport: transport.to_owned(), host, port, params: Params::parse(params)? })
    }

    /// The transport, if this program knows it.
    pub fn known_transport(&self) -> Option<Transport> {
        Transport::parse(&self.transport)
    }

    /// What identifies the transaction together with the sent-by.
    pub fn branch(&self) -> Option<&str> {
        self.params.get("branch").filter(|branch| !branch.is_empty())
    }

    /// Whether the branch is unique in space and time, as RFC 3261 promises and RFC 2543 did not.
    pub fn has_rfc3261_branch(&self) -> bool {
        let parts = self.branch().and_then(|branch| branch.split_at_checked(MAGIC_COOKIE.len()));
        parts.is_some_and(|(cookie, rest)| cookie.eq_ignore_ascii_case(MAGIC_COOKIE) && !rest.is_empty())
    }

    /// Where the request was seen to come from.
    pub fn received(&self) -> Option<IpAddr> {
        let text = self.params.get("received")?;
        text.trim_start_matches('[').trim_end_matches(']').parse().ok()
    }

    /// The port the request was seen to come from; `None` also if the sender merely asks for it.
    pub fn rport(&self) -> Option<u16> {
        scan::number(self.params.get("rport")?)
    }

    /// Notes where the request really came from (RFC 3261 section 18.2.1, RFC 3581 section 4).
    pub fn stamp(&mut self, source: SocketAddr) {
        let wants_port = self.params.has("rport");
        if wants_port {
            self.params.set("rport", &source.port().to_string());
        }
        if wants_port || self.host.address() != Some(source.ip()) {
            self.params.set("received", &source.ip().to_string());
        }
    }

    /// The host and port that a response to this hop goes to (RFC 3261 section 18.2.2, RFC 3581).
    pub fn response_address(&self) -> (Host, u16) {
        let host = self.received().map_or_else(|| self.host.clone(), Host::from);
        let default = if self.transport.eq_ignore_ascii_case("TLS") { 5061 } else { 5060 };
        (host, self.rport().or(self.port).unwrap_or(default))
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIP/2.0/{} {}", self.transport, self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        write!(f, "{}", self.params)
    }
}

impl FromStr for Via {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, &'static str> {
        Self::parse(text)
    }
}

impl From<Via> for String {
    fn from(via: Via) -> String {
        via.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_usual_via_is_read_and_written_back() {
        let text = "SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bK87asdks7;rport";
        let via = Via::parse(text).unwrap();
        assert_eq!(via.known_transport(), Some(Transport::Udp));
        assert_eq!((via.branch(), via.rport()), (Some("z9hG4bK87asdks7"), None));
        assert!(via.has_rfc3261_branch());
        assert_eq!(via.to_string(), text);
    }

    #[test]
    fn spaces_are_allowed_where_the_grammar_allows_them() {
        let via = Via::parse("SIP  / 2.0\t/ UDP  192.0.2.2 : 5080 ; branch = 390skdjuw").unwrap();
        assert_eq!(via.to_string(), "SIP/2.0/UDP 192.0.2.2:5080;branch=390skdjuw");
        assert!(!via.has_rfc3261_branch());
    }

    #[test]
    fn improper_vias_are_refused() {
        for text in [
            "",
            "SIP/2.0/UDP",
            "SIP/3.0/UDP a",
            "HTTP/2.0/UDP a",
            "SIP/2.0/UDP a;;b",
            "SIP/2.0/UDP a:x",
            "a, b",
        ] {
            assert!(Via::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_response_goes_to_where_the_request_came_from() {
        let source = "198.51.100.7:40000".parse().unwrap();
        let mut asks = Via::parse("SIP/2.0/UDP 10.0.0.1:5062;rport;branch=z9hG4bK1").unwrap();
        asks.stamp(source);
        assert_eq!(
            asks.to_string(),
            "SIP/2.0/UDP 10.0.0.1:5062;rport=40000;branch=z9hG4bK1;received=198.51.100.7"
        );
        assert_eq!(asks.response_address(), ("198.51.100.7".into(), 40000));

        let mut old = Via::parse("SIP/2.0/UDP phone.example.com:5062").unwrap();
        old.stamp(source);
        assert_eq!(old.response_address(), ("198.51.100.7".into(), 5062));
    }

    #[test]
    fn an_ipv6_sender_needs_no_received() {
        let mut via = Via::parse("SIP/2.0/UDP [2001:db8::9:1]").unwrap();
        via.stamp("[2001:db8::9:1]:5060".parse().unwrap());
        assert_eq!(via.received(), None);
        assert_eq!(via.response_address(), ("[2001:db8::9:1]".into(), 5060));
    }
}
