//! Nonces: recognised by their signature, good for the address that they were made for, remembered only once
//! they were used.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::hex;
use crate::entropy::Entropy;
use crate::time::Time;

/// How long a nonce is good for.
pub(super) const LIFETIME: Duration = Duration::from_secs(300);
/// How many used nonces are remembered. At 100 bytes each that is 10 MB.
const MEMORY: usize = 100_000;
/// Bytes of the signature that a nonce carries.
const SIGNATURE: usize = 16;

/// Makes nonces and knows its own again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Nonces {
    key: [u8; 32],
    used: BTreeMap<Id, Uses>,
    /// Nonces up to here are forgotten, so they count as used up.
    forgotten: Option<Id>,
    memory: usize,
}

/// What tells nonces apart: 64 bits of the time it was made, 64 random ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Id(u128);

/// Which uses of a nonce were seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Uses {
    /// By an answer that does not count; nothing may follow.
    Once,
    /// Bit n stands for use `highest - n`; what is older counts as seen.
    Counted { highest: u32, seen: u64 },
}

impl Nonces {
    pub fn new(entropy: &mut Entropy) -> Self {
        let mut key = [0; 32];
        entropy.fill(&mut key);
        Self { key, used: BTreeMap::new(), forgotten: None, memory: MEMORY }
    }

    /// A new nonce for the peer at this address: 16 bytes of time and randomness with their signature, in
    /// hexadecimal. The signature covers the address, so whoever gives the nonce back has received what was sent
    /// there.
    pub fn make(&self, source: IpAddr, entropy: &mut Entropy, now: Time) -> String {
        let id = Id::new(now, entropy.u64()).0.to_be_bytes();
        format!("{}{}", hex(&id), hex(&self.sign(&id, source)))
    }

    /// The identity of a nonce, if it is ours, was made for this address, and is still good.
    pub fn recognise(&self, nonce: &str, source: IpAddr, now: Time) -> Option<Id> {
        let bytes = unhex::<{ 16 + SIGNATURE }>(nonce)?;
        let (id, signature) = bytes.split_first_chunk::<16>()?;
        let is_ours = bool::from(self.sign(id, source).ct_eq(signature));
        Some(Id(u128::from_be_bytes(*id))).filter(|id| is_ours && !self.is_past(*id, now))
    }

    fn is_past(&self, id: Id, now: Time) -> bool {
        id.made() > now || now.since(id.made()) > LIFETIME || self.forgotten.is_some_and(|last| id <= last)
    }

    /// Notes a use of a nonce: the `nc`th, or the only one. False if the nonce is too old, or this
    /// use or a later one of its kind was seen before.
    pub fn spend(&mut self, id: Id, nc: Option<u32>, now: Time) -> bool {
        if self.is_past(id, now) {
            return false;
        }
        let fresh = match (self.used.get_mut(&id), nc) {
            (None, None) => self.used.insert(id, Uses::Once).is_none(),
            (None, Some(nc)) => self.used.insert(id, Uses::Counted { highest: nc, seen: 1 }).is_none(),
            (Some(uses), Some(nc)) => uses.count(nc),
            (Some(_), None) => false,
        };
        self.forget(now);
        fresh
    }

    fn forget(&mut self, now: Time) {
        let is_past = |id: &Id| now.since(id.made()) > LIFETIME;
        while self.used.len() > self.memory || self.used.first_key_value().is_some_and(|(id, _)| is_past(id))
        {
            self.forgotten = self.used.pop_first().map(|(id, _)| id);
        }
    }

    fn sign(&self, id: &[u8], source: IpAddr) -> [u8; SIGNATURE] {
        let mut signature = [0; SIGNATURE];
        // A key of any length will do for HMAC, so there is always a signature.
        if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) {
            mac.update(id);
            // An IPv4 address looks alike over sockets of both families.
            match source.to_canonical() {
                IpAddr::V4(ip) => mac.update(&ip.octets()),
                IpAddr::V6(ip) => mac.update(&ip.octets()),
            }
            let whole = mac.finalize().into_bytes();
            signature.iter_mut().zip(whole).for_each(|(to, from)| *to = from);
        }
        signature
    }
}

impl Uses {
    /// Notes use `nc`; false if it was seen.
    fn count(&mut self, nc: u32) -> bool {
        let Uses::Counted { highest, seen } = self else { return false };
        if nc > *highest {
            *seen = seen.checked_shl(nc - *highest).unwrap_or(0) | 1;
            *highest = nc;
            return true;
        }
        let bit = 1_u64.checked_shl(*highest - nc).unwrap_or(0);
        let fresh = bit != 0 && *seen & bit == 0;
        *seen |= bit;
        fresh
    }
}

impl Id {
    fn new(made: Time, random: u64) -> Self {
        Self(u128::from(made.0) << 64 | u128::from(random))
    }

    fn made(self) -> Time {
        Time((self.0 >> 64) as u64)
    }
}

fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if text.len() != 2 * N || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));

    fn nonces() -> (Nonces, Entropy) {
        let mut entropy = Entropy::from_number(1);
        (Nonces::new(&mut entropy), entropy)
    }

    fn made(nonces: &Nonces, entropy: &mut Entropy, now: Time) -> Id {
        nonces.recognise(&nonces.make(PEER, entropy, now), PEER, now).unwrap()
    }

    #[test]
    fn only_our_own_nonces_are_recognised() {
        let (nonces, mut entropy) = nonces();
        let now = Time::from_secs(9);
        let nonce = nonces.make(PEER, &mut entropy, now);
        assert_eq!(nonces.recognise(&nonce, PEER, now).unwrap().made(), now);
        let foreign = Nonces::new(&mut entropy).make(PEER, &mut entropy, now);
        assert_eq!(nonces.recognise(&foreign, PEER, now), None);
        let forged = nonce.replacen(&nonce[..2], "7f", 1);
        for text in ["", "00", &forged, &nonce[1..], &nonce.replace('a', "g")] {
            assert_eq!(nonces.recognise(text, PEER, now).filter(|_| text != nonce), None, "{text}");
        }
    }

    #[test]
    fn a_nonce_is_good_at_the_address_that_it_was_made_for() {
        let (nonces, mut entropy) = nonces();
        let nonce = nonces.make(PEER, &mut entropy, Time::ZERO);
        let at = |address: &str| nonces.recognise(&nonce, address.parse().unwrap(), Time::ZERO).is_some();
        assert!(at("192.0.2.7") && at("::ffff:192.0.2.7"));
        assert!(!at("192.0.2.8") && !at("2001:db8::1"));
    }

    #[test]
    fn a_count_is_good_once_even_out_of_order() {
        let (mut nonces, mut entropy) = nonces();
        let now = Time::from_secs(1);
        let id = made(&nonces, &mut entropy, now);
        let spent: Vec<bool> =
            [1, 1, 3, 2, 3, 2, 100, 36, 37, 37].map(|nc| nonces.spend(id, Some(nc), now)).into();
        assert_eq!(spent, [true, false, true, true, false, false, true, false, true, false]);
        assert!(!nonces.spend(id, None, now));
    }

    #[test]
    fn an_answer_that_does_not_count_uses_a_nonce_up() {
        let (mut nonces, mut entropy) = nonces();
        let id = made(&nonces, &mut entropy, Time::ZERO);
        assert!(nonces.spend(id, None, Time::ZERO));
        assert!(!nonces.spend(id, None, Time::ZERO));
        assert!(!nonces.spend(id, Some(7), Time::ZERO));
    }

    #[test]
    fn nonces_end_after_five_minutes_and_are_forgotten() {
        let (mut nonces, mut entropy) = nonces();
        let id = made(&nonces, &mut entropy, Time::ZERO);
        assert!(nonces.spend(id, Some(1), Time::from_secs(300)));
        assert!(!nonces.spend(id, Some(2), Time::from_secs(301)));
        let other = made(&nonces, &mut entropy, Time::from_secs(301));
        assert!(nonces.spend(other, Some(1), Time::from_secs(301)));
        assert_eq!(nonces.used.len(), 1);
    }

    #[test]
    fn memory_is_bounded_and_forgetting_lets_nobody_in_twice() {
        let (mut nonces, mut entropy) = nonces();
        nonces.memory = 3;
        let ids: Vec<Id> = (0..5).map(|s| made(&nonces, &mut entropy, Time::from_secs(s))).collect();
        let now = Time::from_secs(9);
        assert!(ids.iter().all(|id| nonces.spend(*id, Some(1), now)));
        assert_eq!(nonces.used.len(), 3);
        assert!(ids.iter().all(|id| !nonces.spend(*id, Some(1), now)));
    }
}
