//! Datagrams at the port of browsers: checks of the way (STUN) and handshakes (DTLS), of whoever knows the address.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use is::stun::{StunMessage, TransId};

use super::choices::Choices;
use crate::entropy::Entropy;
use crate::id::LegId;
use crate::media::webrtc::{Door, Identity, News, Output, hmac_sha1};
use crate::sdp::{Fingerprint, Ice, Web};
use crate::time::UnixMs;

const FAR: [&str; 4] = ["192.0.2.1:4000", "192.0.2.1:4001", "198.51.100.1:4000", "[2001:db8::1]:4000"];
/// Our name, and that of the browser.
const NAMES: &str = "ours:theirs";
const PASSWORD: &str = "a-password-that-strangers-do-not-know";

/// Any datagrams come to the port at which a browser is expected: who proves nothing is neither answered nor heard, nobody
/// gets keys without the certificate that was named, and nothing fails inside.
///
/// The first byte says who begins the handshake; then each datagram is one byte that says from where it comes and what it
/// is, and its bytes with their length before them.
pub fn stun(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let mut bench = Bench::new(choices.byte() & 1 != 0);
    while !choices.is_over() && !bench.door.is_empty() {
        let how = choices.byte();
        let from = FAR[usize::from(how & 3)].parse().expect("an address");
        let content = choices.bytes();
        match how >> 2 & 7 {
            0 | 1 => bench.arrives(content, from),
            2 => bench.arrives(&check(NAMES, how, PASSWORD), from),
            3 => bench.arrives(&check(&String::from_utf8_lossy(content), how, PASSWORD), from),
            4 => bench.arrives(&check(NAMES, how, &String::from_utf8_lossy(content)), from),
            5 => bench.arrives(&record(22, content), from),
            6 => bench.arrives(&record(how, content), from),
            _ => bench.passes(Duration::from_millis(u64::from(how) * 10)),
        }
    }
    bench.door.sweep(|_| true);
    assert!(bench.door.is_empty());
}

struct Bench {
    door: Door,
    leg: LegId,
    now: Instant,
    /// Where somebody has proved to know the password.
    proved: BTreeSet<SocketAddr>,
}

impl Bench {
    #[expect(clippy::disallowed_methods, reason = "an instant cannot be made otherwise")]
    fn new(begins: bool) -> Self {
        static IDENTITY: LazyLock<Identity> = LazyLock::new(|| Identity::new().expect("a certificate"));
        let leg = LegId::new(UnixMs(1), &mut Entropy::from_number(1));
        let mut door = Door::new(IDENTITY.clone());
        let local = Ice { ufrag: "ours".into(), password: PASSWORD.into() };
        // Nobody has a certificate with this fingerprint.
        let fingerprint = Fingerprint([7; 32]);
        door.expect(leg, Web { local, remote_ufrag: "theirs".into(), fingerprint, begins });
        Self { door, leg, now: Instant::now(), proved: BTreeSet::new() }
    }

    fn arrives(&mut self, bytes: &[u8], from: SocketAddr) {
        if proves(bytes) {
            self.proved.insert(from);
        }
        let heard = self.door.receive(bytes, from, self.now);
        assert!(heard.is_none() || heard == Some(self.leg) && self.proved.contains(&from), "who is heard");
        self.answers();
    }

    fn passes(&mut self, time: Duration) {
        self.now += time;
        self.door.handle_timeout(self.now);
        self.answers();
    }

    fn answers(&mut self) {
        while let Some(output) = self.door.poll_output() {
            match output {
                Output::Send { to, .. } | Output::News { news: News::Reached(to), .. } => {
                    assert!(self.proved.contains(&to), "{to} has proved nothing");
                }
                Output::News { news: News::Secured(_), .. } => panic!("keys for whoever comes"),
                Output::News { news: News::Lost(why), .. } => {
                    assert!(!why.contains("fault of ours"), "{why}")
                }
            }
        }
    }
}

/// Whether this is a check by who knows the password. The library is asked outside of the door as well: that takes a panic
/// of it for a check that proves nothing.
fn proves(bytes: &[u8]) -> bool {
    let Ok(message) = StunMessage::parse(bytes) else { return false };
    let names = message.split_username();
    let _ = (message.username(), message.ice_controlled(), message.use_candidate());
    message.is_binding_request()
        && names == NAMES.split_once(':')
        && message.verify(PASSWORD.as_bytes(), hmac_sha1)
}

/// A check of the way, chosen or not, by the side that may choose or by the other.
fn check(names: &str, how: u8, password: &str) -> Vec<u8> {
    let check = StunMessage::binding_request(names, TransId::new(), how & 64 == 0, 7, 100, how & 32 != 0);
    let mut bytes = vec![0; 2_048];
    let length = check.to_bytes(Some(password.as_bytes()), &mut bytes, hmac_sha1).unwrap_or(0);
    bytes.truncate(length);
    bytes
}

/// A record of DTLS 1.2 in plain text (RFC 6347 section 4.1).
fn record(kind: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len() as u16;
    let mut bytes = vec![20 + kind % 44, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0];
    if kind == 22 {
        bytes[0] = 22;
    }
    bytes.extend(length.to_be_bytes());
    bytes.extend(content);
    bytes
}
