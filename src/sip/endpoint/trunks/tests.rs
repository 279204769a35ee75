//! Which messages are whose, and where to send.

use super::*;
use crate::entropy::Entropy;
use crate::time::UnixMs;

fn peer(host: &str, port: u16, number: u64) -> TrunkPeer {
    let trunk = TrunkId::new(UnixMs(0), &mut Entropy::from_number(number));
    TrunkPeer { port, ..TrunkPeer::new(trunk, host) }
}

fn flow(remote: &str) -> Flow {
    let local = "127.0.0.1:5060".parse().unwrap();
    Flow { transport: Transport::Udp, local, remote: remote.parse().unwrap(), connection: None }
}

#[test]
fn on_this_machine_the_port_tells_a_provider_from_a_phone() {
    let mut trunks = Trunks::default();
    let carrier = peer("127.0.0.1", 5090, 1);
    trunks.set(carrier.clone(), &mut Entropy::from_number(1), Time::ZERO);
    assert_eq!(trunks.identify(&flow("127.0.0.1:5090"), "100", true), Some(carrier.trunk));
    assert_eq!(trunks.identify(&flow("127.0.0.1:5091"), "100", false), None);
}

#[test]
fn elsewhere_the_address_alone_decides() {
    let mut trunks = Trunks::default();
    let carrier = peer("203.0.113.1", 0, 1);
    trunks.set(carrier.clone(), &mut Entropy::from_number(1), Time::ZERO);
    assert_eq!(trunks.identify(&flow("203.0.113.1:40000"), "100", false), Some(carrier.trunk));
    assert_eq!(trunks.identify(&flow("203.0.113.1:40000"), "100", true), None);
    assert_eq!(trunks.identify(&flow("203.0.113.2:5060"), "100", false), None);
    assert_eq!(trunks.poll_timeout(), None);
}

#[test]
fn a_name_is_resolved_and_resolved_again() {
    let mut trunks = Trunks::default();
    let carrier = peer("sip.example", 0, 1);
    trunks.set(carrier.clone(), &mut Entropy::from_number(1), Time::ZERO);
    assert_eq!(trunks.due(Time::ZERO).len(), 1);
    assert!(trunks.due(Time::ZERO).is_empty(), "asked once");
    let address = "203.0.113.1:5060".parse().unwrap();
    let ttl = Duration::from_secs(300);
    let located = Located { places: vec![(Transport::Udp, address)], ttl, notes: vec![] };
    trunks.resolved(carrier.trunk, Ok(located), Time::ZERO);
    assert_eq!(trunks.destinations(carrier.trunk, Time::ZERO).len(), 1);
    assert_eq!(trunks.poll_timeout(), Some(Time::from_secs(300)), "as long as the name service says");
    trunks.resolved(carrier.trunk, Err("gone".into()), Time::from_secs(300));
    let places = trunks.destinations(carrier.trunk, Time::from_secs(300));
    assert_eq!(places.len(), 1, "old addresses are better than none");
}

fn located(addresses: &[&str]) -> Located {
    let places = addresses.iter().map(|address| (Transport::Udp, address.parse().unwrap())).collect();
    Located { places, ttl: Duration::from_secs(300), notes: vec![] }
}

#[test]
fn a_place_that_failed_comes_after_the_others_for_a_while() {
    let mut trunks = Trunks::default();
    let carrier = peer("sip.example", 0, 1);
    trunks.set(carrier.clone(), &mut Entropy::from_number(1), Time::ZERO);
    let both = ["203.0.113.1:5060", "203.0.113.2:5060"];
    trunks.resolved(carrier.trunk, Ok(located(&both)), Time::ZERO);
    let first = |trunks: &Trunks, at| trunks.destinations(carrier.trunk, at)[0].remote().to_string();
    let bad = trunks.destinations(carrier.trunk, Time::ZERO)[0];
    trunks.failed(carrier.trunk, &bad, Time::ZERO);
    assert_eq!(first(&trunks, Time::ZERO), both[1]);
    trunks.resolved(carrier.trunk, Ok(located(&both)), Time::ZERO);
    assert_eq!(first(&trunks, Time::ZERO), both[1], "resolving again does not mend it");
    assert_eq!(first(&trunks, Time::from_secs(60)), both[0]);
}

#[test]
fn networks_that_are_named_say_who_may_be_the_provider() {
    let mut trunks = Trunks::default();
    let networks = vec![("198.51.100.0".parse().unwrap(), 24)];
    let carrier = TrunkPeer { networks, ..peer("203.0.113.1", 0, 1) };
    trunks.set(carrier.clone(), &mut Entropy::from_number(1), Time::ZERO);
    assert_eq!(trunks.identify(&flow("198.51.100.7:5060"), "100", false), Some(carrier.trunk));
    assert_eq!(trunks.identify(&flow("198.51.100.7:5060"), "100", true), None);
    assert_eq!(trunks.identify(&flow("203.0.113.1:5060"), "100", false), None, "none but they");
}

#[test]
fn a_call_for_our_contact_is_of_where_we_registered_it() {
    let mut trunks = Trunks::default();
    let credentials = |user: &str| Some((user.to_owned(), "secret".to_owned()));
    let register = Some(Duration::from_secs(60));
    let one = TrunkPeer { credentials: credentials("one"), register, ..peer("203.0.113.1", 0, 1) };
    let two = TrunkPeer { credentials: credentials("two"), register, ..peer("203.0.113.1", 0, 2) };
    for peer in [&one, &two] {
        trunks.set(peer.clone(), &mut Entropy::from_number(1), Time::ZERO);
    }
    for peer in [&one, &two] {
        let contact = trunks.get(peer.trunk).unwrap().contact.clone();
        assert_eq!(trunks.identify(&flow("198.51.100.9:5060"), &contact, false), Some(peer.trunk));
    }
    assert_eq!(trunks.identify(&flow("198.51.100.9:5060"), "420200000100", false), None);
}

#[test]
fn the_number_of_a_call_is_in_to_or_in_the_settings_if_the_address_is_only_ours() {
    let mut trunks = Trunks::default();
    let credentials = Some(("company".to_owned(), "secret".to_owned()));
    let number = Some("+420200000100".to_owned());
    let carrier = TrunkPeer { credentials, number, ..peer("203.0.113.1", 0, 1) };
    trunks.set(carrier.clone(), &mut Entropy::from_number(1), Time::ZERO);
    let trunk = trunks.get(carrier.trunk).unwrap();
    assert_eq!(trunk.dialled("+420200000200", "x"), "+420200000200");
    assert_eq!(trunk.dialled(&trunk.contact, "420200000300"), "420200000300");
    assert_eq!(trunk.dialled(&trunk.contact, "company"), "+420200000100");
    assert_eq!(trunk.dialled("company", "company"), "+420200000100");
}
