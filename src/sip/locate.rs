//! Where a name is reached: which records of the name service tell it, and the order that they give (RFC 3263
//! section 4, RFC 2782). Asking for them is the driver's business.

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::flow::Transport;
use crate::entropy::Entropy;

/// Places of one name that are kept at most, however many the name service gives.
pub const PLACES: usize = 16;

/// Where a name is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Located {
    /// The places, best first.
    pub places: Vec<(Transport, SocketAddr)>,
    /// How long that holds.
    pub ttl: Duration,
    /// How they were found, in words, for people who look for a fault.
    pub notes: Vec<String>,
}

/// A NAPTR record (RFC 3403 section 4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Naptr {
    pub order: u16,
    pub preference: u16,
    /// `s` if the replacement has SRV records.
    pub flags: String,
    /// `SIP+D2U` and the like.
    pub service: String,
    pub replacement: String,
}

/// An SRV record (RFC 2782).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Srv {
    pub priority: u16,
    pub weight: u16,
    pub port: u16,
    pub target: String,
}

/// A name that has SRV records, and the transport that they are for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    pub name: String,
    pub transport: Transport,
}

/// The services that NAPTR records offer and we speak, best first.
pub fn offered(mut records: Vec<Naptr>) -> Vec<Service> {
    records.sort_by_key(|record| (record.order, record.preference));
    let service = |record: Naptr| {
        let transport = match record.service.to_ascii_uppercase().as_str() {
            "SIP+D2U" => Transport::Udp,
            "SIP+D2T" => Transport::Tcp,
            "SIPS+D2T" => Transport::Tls,
            _ => return None,
        };
        record.flags.eq_ignore_ascii_case("s").then_some(Service { name: record.replacement, transport })
    };
    records.into_iter().filter_map(service).collect()
}

/// The services to ask for where no NAPTR record says which there are: of this transport, or of all.
pub fn usual(host: &str, transport: Option<Transport>) -> Vec<Service> {
    let wanted = Transport::ALL.into_iter().filter(|known| transport.is_none_or(|wanted| wanted == *known));
    let service = |transport| {
        let name = match transport {
            Transport::Udp => "_sip._udp",
            Transport::Tcp => "_sip._tcp",
            Transport::Tls => "_sips._tcp",
            // We are what browsers connect to; we connect to none.
            Transport::Ws | Transport::Wss => return None,
        };
        Some(Service { name: format!("{name}.{host}"), transport })
    };
    wanted.filter_map(service).collect()
}

/// SRV records in the order in which they are to be tried: by priority, and among equals by a draw
/// that their weights load. A target `.` says that there is no such service.
pub fn ordered(mut records: Vec<Srv>, entropy: &mut Entropy) -> Vec<Srv> {
    records.retain(|record| record.target != "." && !record.target.is_empty());
    // Those without weight stand first, so that they are drawn now and then (RFC 2782, page 4).
    records.sort_by_key(|record| (record.priority, record.weight));
    let mut drawn = vec![];
    while let Some(priority) = records.first().map(|record| record.priority) {
        let equals = records.iter().take_while(|record| record.priority == priority).count();
        let weights: Vec<u32> = records[..equals].iter().map(|record| record.weight.into()).collect();
        drawn.push(records.remove(draw(&weights, entropy)));
    }
    drawn
}

/// The place of one of these weights, the heavier the more often.
pub fn draw(weights: &[u32], entropy: &mut Entropy) -> usize {
    let sum: u64 = weights.iter().copied().map(u64::from).sum();
    let mut left = entropy.u64() % (sum + 1);
    for (at, weight) in weights.iter().copied().map(u64::from).enumerate() {
        if left <= weight {
            return at;
        }
        left -= weight;
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn srv(priority: u16, weight: u16, target: &str) -> Srv {
        Srv { priority, weight, port: 5060, target: target.into() }
    }

    fn naptr(order: u16, preference: u16, flags: &str, service: &str, replacement: &str) -> Naptr {
        let [flags, service, replacement] = [flags, service, replacement].map(str::to_owned);
        Naptr { order, preference, flags, service, replacement }
    }

    #[test]
    fn lower_priorities_go_first_whatever_their_weight() {
        let mut entropy = Entropy::from_number(1);
        for _ in 0..100 {
            let records = vec![srv(20, 0, "c"), srv(10, 60, "a"), srv(10, 40, "b")];
            let order: Vec<String> = ordered(records, &mut entropy).into_iter().map(|r| r.target).collect();
            assert_eq!(order.len(), 3);
            assert_eq!(order[2], "c");
        }
    }

    #[test]
    fn among_equals_the_heavier_goes_first_more_often() {
        let mut entropy = Entropy::from_number(2);
        let first =
            |_| ordered(vec![srv(1, 30, "light"), srv(1, 90, "heavy")], &mut entropy)[0].target.clone();
        let heavy = (0..1000).map(first).filter(|target| target == "heavy").count();
        assert!((700..800).contains(&heavy), "{heavy}");
    }

    #[test]
    fn one_without_weight_is_drawn_now_and_then() {
        let mut entropy = Entropy::from_number(3);
        let first = |_| ordered(vec![srv(1, 0, "none"), srv(1, 10, "some")], &mut entropy)[0].target.clone();
        let none = (0..1000).map(first).filter(|target| target == "none").count();
        assert!((20..200).contains(&none), "{none}");
    }

    #[test]
    fn a_dot_says_that_there_is_no_such_service() {
        assert_eq!(ordered(vec![srv(0, 0, ".")], &mut Entropy::from_number(4)), []);
    }

    #[test]
    fn services_go_by_order_then_preference_and_only_those_we_speak() {
        let records = vec![
            naptr(20, 10, "s", "SIP+D2T", "_sip._tcp.example"),
            naptr(10, 20, "S", "sip+d2u", "_sip._udp.example"),
            naptr(10, 10, "s", "SIPS+D2T", "_sips._tcp.example"),
            naptr(5, 5, "u", "SIP+D2U", "x"),
        ];
        let names: Vec<String> = offered(records).into_iter().map(|service| service.name).collect();
        assert_eq!(names, ["_sips._tcp.example", "_sip._udp.example", "_sip._tcp.example"]);
    }

    #[test]
    fn without_naptr_each_transport_has_its_usual_name() {
        let names = |transport| usual("p.example", transport).into_iter().map(|s| s.name).collect::<Vec<_>>();
        assert_eq!(names(None), ["_sip._udp.p.example", "_sip._tcp.p.example", "_sips._tcp.p.example"]);
        assert_eq!(names(Some(Transport::Tls)), ["_sips._tcp.p.example"]);
        assert_eq!(names(Some(Transport::Tcp)), ["_sip._tcp.p.example"]);
    }
}
