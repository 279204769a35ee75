//! A browser made of the same libraries, over a network that is a function call.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use is::stun::{StunMessage, TransId};

use super::check::hmac_sha1;
use super::*;
use crate::entropy::Entropy;
use crate::sdp::{
    Agreed, Capabilities, Direction, Fingerprint, Local, Negotiation, Protection, SessionDescription, Suite,
    WebEnd,
};
use crate::time::UnixMs;

const HOME: &str = "192.0.2.9:5000";

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

/// A browser as descriptions know it.
pub struct Client {
    identity: Identity,
    /// What its offer and our answer settle.
    pub agreed: Agreed,
    theirs: Web,
}

impl Client {
    /// One that offers to who has a certificate with this fingerprint.
    pub fn new(hovor: Fingerprint, entropy: &mut Entropy) -> Self {
        Self::that_offers("actpass", hovor, entropy)
    }

    /// The same with this role in its offer.
    fn that_offers(setup: &str, hovor: Fingerprint, entropy: &mut Entropy) -> Self {
        let identity = Identity::new().unwrap();
        let mut side = |fingerprint, port| {
            let local = Local { address: [127, 0, 0, 1].into(), port, also: vec![], session_id: 1 };
            let protection = Protection::Web(WebEnd::draw(fingerprint, &[], entropy));
            Negotiation::new(local, Capabilities { protection, ..Capabilities::default() })
        };
        let (mut browser, mut hovor) = (side(identity.fingerprint(), 1), side(hovor, 2));
        let offer = String::from_utf8(browser.offer(Direction::SendRecv, None).to_vec()).unwrap();
        let offer = offer.replace("a=setup:actpass", &format!("a=setup:{setup}"));
        let answer = hovor.receive_offer(offer.as_bytes(), Direction::SendRecv, None).unwrap();
        assert!(SessionDescription::parse(&answer).unwrap().is_of_browser());
        browser.receive_answer(&answer).unwrap();
        let (agreed, theirs) =
            (hovor.agreed().unwrap().clone(), *browser.agreed().unwrap().web.clone().unwrap());
        Self { identity, agreed, theirs }
    }

    fn web(&self) -> &Web {
        self.agreed.web.as_deref().unwrap()
    }

    /// A check of the way that it chooses.
    pub fn check(&self) -> Vec<u8> {
        self.check_with(true, &self.web().local.password)
    }

    fn check_with(&self, chosen: bool, password: &str) -> Vec<u8> {
        let name = format!("{}:{}", self.web().local.ufrag, self.web().remote_ufrag);
        let check = StunMessage::binding_request(&name, TransId::new(), true, 7, 100, chosen);
        let mut bytes = vec![0; 512];
        let length = check.to_bytes(Some(password.as_bytes()), &mut bytes, hmac_sha1).unwrap();
        bytes.truncate(length);
        bytes
    }

    /// Its side of the handshake, which one of the two begins.
    pub fn handshake(&self, now: Instant) -> Handshake {
        assert_ne!(self.theirs.begins, self.web().begins);
        Handshake::new(&self.identity, &self.theirs, now)
    }
}

struct Bench {
    door: Door,
    leg: LegId,
    browser: Client,
    now: Instant,
    news: Vec<News>,
}

fn bench() -> Bench {
    bench_with("actpass")
}

/// The same with a browser that offers this role.
#[expect(clippy::disallowed_methods, reason = "an instant cannot be made otherwise")]
fn bench_with(setup: &str) -> Bench {
    let hovor = Identity::new().unwrap();
    let browser = Client::that_offers(setup, hovor.fingerprint(), &mut Entropy::from_number(5));
    let leg = LegId::new(UnixMs(1), &mut Entropy::from_number(1));
    let mut door = Door::new(hovor);
    door.expect(leg, browser.web().clone());
    Bench { door, leg, browser, now: Instant::now(), news: vec![] }
}

impl Bench {
    /// How many answers a check from there gets.
    fn prove(&mut self, from: &str, chosen: bool) -> usize {
        let check = self.browser.check_with(chosen, &self.browser.web().local.password);
        assert_eq!(self.door.receive(&check, address(from), self.now), None);
        self.sent().len()
    }

    /// What goes out; news is kept.
    fn sent(&mut self) -> Vec<(SocketAddr, Vec<u8>)> {
        let mut sent = vec![];
        while let Some(output) = self.door.poll_output() {
            match output {
                Output::Send { to, bytes } => sent.push((to, bytes)),
                Output::News { leg, news } => {
                    assert_eq!(leg, self.leg);
                    self.news.push(news);
                }
            }
        }
        sent
    }

    /// Lets the browser shake hands; `lose` says which of the packets get lost. The browser's keys.
    fn shake(&mut self, mut lose: impl FnMut(usize) -> bool) -> Option<Keys> {
        let mut hand = self.browser.handshake(self.now);
        let (mut keys, mut count) = (None, 0);
        for _ in 0..200 {
            let mut step = hand.handle_timeout(self.now).ok()?;
            for _ in 0..20 {
                keys = keys.or(step.keys.take());
                for packet in std::mem::take(&mut step.packets) {
                    count += 1;
                    if !lose(count) {
                        assert_eq!(self.door.receive(&packet, address(HOME), self.now), None);
                    }
                }
                for (to, bytes) in self.sent() {
                    count += 1;
                    assert_eq!(to, address(HOME));
                    if !lose(count) {
                        let more = hand.receive(&bytes, self.now).ok()?;
                        keys = keys.or(more.keys);
                        step.packets.extend(more.packets);
                    }
                }
                if step.packets.is_empty() {
                    break;
                }
            }
            if keys.is_some() && self.keys().is_some() {
                break;
            }
            self.now += Duration::from_millis(100);
            self.door.handle_timeout(self.now);
        }
        keys
    }

    fn keys(&self) -> Option<Keys> {
        self.news.iter().find_map(|news| match news {
            News::Secured(keys) => Some(keys.clone()),
            _ => None,
        })
    }
}

#[test]
fn a_browser_that_proves_where_it_is_shakes_hands_and_both_have_the_same_keys() {
    let mut bench = bench();
    assert_eq!(bench.prove(HOME, true), 1);
    assert_eq!(bench.news, [News::Reached(address(HOME))]);
    let theirs = bench.shake(|_| false).expect("the browser has keys");
    let ours = bench.keys().expect("we have keys");
    assert_eq!((&ours.send, &ours.receive), (&theirs.receive, &theirs.send));
    assert!(ours.send != ours.receive && Suite::ALL.contains(&Suite::Gcm));
    assert_eq!(bench.door.receive(&[0x80, 111, 0, 1], address(HOME), bench.now), Some(bench.leg));
    // A later description of the same certificate changes nothing.
    bench.door.expect(bench.leg, bench.browser.web().clone());
    assert_eq!(bench.door.receive(&[0x80, 111, 0, 2], address(HOME), bench.now), Some(bench.leg));
}

#[test]
fn what_gets_lost_of_the_handshake_is_sent_again() {
    let mut bench = bench();
    bench.prove(HOME, true);
    let theirs = bench.shake(|count| count % 3 == 1).expect("the browser has keys");
    assert_eq!(bench.keys().map(|ours| ours.send), Some(theirs.receive));
}

#[test]
fn who_proves_nothing_is_not_answered_and_not_heard() {
    let mut bench = bench();
    let forged = bench.browser.check_with(true, "another-password-of-some-length");
    for bytes in
        [&forged[..], b"\x00\x01\x00\x00", b"\x16\xfe\xfd", b"", &[0x80, 0, 0, 1], &[0; 20], &[255; 30]]
    {
        assert_eq!(bench.door.receive(bytes, address(HOME), bench.now), None);
    }
    assert_eq!((bench.sent(), bench.news.len()), (vec![], 0));
}

#[test]
fn a_certificate_that_was_not_named_ends_the_leg() {
    let mut bench = bench();
    bench.prove(HOME, true);
    bench.browser.identity = Identity::new().unwrap();
    bench.shake(|_| false);
    assert!(matches!(&bench.news[1..], [News::Lost(why)] if why.contains("not the one")), "{:?}", bench.news);
    assert_eq!(bench.keys(), None);
    assert!(bench.door.is_empty());
}

#[test]
fn a_browser_that_changes_its_network_is_followed_and_only_so_many_ways_are_kept() {
    let mut bench = bench();
    bench.prove(HOME, true);
    for port in 6_000..6_020 {
        bench.prove(&format!("192.0.2.9:{port}"), false);
    }
    assert_eq!(bench.news.len(), 1, "it has chosen once");
    assert_eq!(bench.door.by_address.len(), WAYS);
    assert!(bench.door.by_address.contains_key(&address(HOME)), "the chosen way stays");
    bench.prove("198.51.100.1:7000", true);
    assert_eq!(bench.news[1..], [News::Reached(address("198.51.100.1:7000"))]);
}

#[test]
fn a_leg_that_is_gone_leaves_nothing() {
    let mut bench = bench();
    bench.prove(HOME, true);
    bench.shake(|_| false);
    bench.door.sweep(|_| true);
    let Door { peers, by_ufrag, by_address, shaking, .. } = &bench.door;
    assert!(peers.is_empty() && by_ufrag.is_empty() && by_address.is_empty() && shaking.is_empty());
    assert_eq!(bench.prove(HOME, true), 0);
}

/// A browser that waits for us to begin.
#[test]
fn we_begin_if_the_browser_waits() {
    let mut bench = bench_with("passive");
    bench.door.receive(&bench.browser.check(), address(HOME), bench.now);
    let hello = bench.sent();
    assert!(hello.iter().any(|(_, bytes)| bytes.first() == Some(&22)), "a record of a handshake");
}

#[test]
fn a_handshake_that_we_begin_ends_in_the_same_keys_even_if_our_first_word_gets_lost() {
    let mut bench = bench_with("passive");
    // Our first record goes out with the answer to the check, and `prove` drops both.
    assert!(bench.prove(HOME, true) > 1);
    let theirs = bench.shake(|_| false).expect("the browser has keys");
    let ours = bench.keys().expect("we have keys");
    assert_eq!((&ours.send, &ours.receive), (&theirs.receive, &theirs.send));
    assert!(ours.send != ours.receive);
    assert_eq!(bench.door.receive(&[0x80, 111, 0, 1], address(HOME), bench.now), Some(bench.leg));
}

#[test]
fn a_certificate_that_was_not_named_is_not_taken_by_one_who_begins_either() {
    let mut bench = bench_with("passive");
    let other = Identity::new().unwrap();
    bench.browser.identity = other;
    bench.prove(HOME, true);
    bench.shake(|_| false);
    assert_eq!(bench.keys(), None);
    assert!(bench.news.iter().any(|news| matches!(news, News::Lost(_))), "{:?}", bench.news);
}
