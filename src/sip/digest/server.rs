//! Asking for credentials and checking them.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::nonce::Nonces;
use super::{Algorithm, Asker, Credentials, Ha1, Protection, Response};
use crate::entropy::Entropy;
use crate::sip::message::{Headers, Method, scan};
use crate::time::Time;

/// Asks for credentials of one realm and checks what is answered.
///
/// A nonce carries its own proof, so asking costs no memory. It is good for five minutes and any
/// number of requests with different counts, or for one request that does not count (no qop), from the address
/// that it was sent to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Authenticator {
    realm: String,
    /// What is asked for, the most wanted first (RFC 8760 section 2.3).
    algorithms: Vec<Algorithm>,
    nonces: Nonces,
    entropy: Entropy,
}

/// What credentials are worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// The secret is right and the nonce is fresh.
    Accepted,
    /// The nonce is none of ours for this address, used up or too old: ask again with `stale=true`. Unless the
    /// nonce is ours the secret is not even looked at, so that nobody learns by it whether a guess was right.
    Stale,
    /// They were made for a nonce that was sent to this address, so the peer is where it says.
    Refused(Refusal),
}

/// Why credentials were refused; for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Refusal {
    #[error("an algorithm that was not asked for")]
    Algorithm,
    #[error("a quality of protection that was not asked for, or without its count")]
    Protection,
    #[error("wrong secret")]
    Secret,
}

impl Authenticator {
    /// For this realm and these algorithms, the most wanted first.
    pub fn new(realm: &str, algorithms: Vec<Algorithm>, mut entropy: Entropy) -> Self {
        let nonces = Nonces::new(&mut entropy);
        Self { realm: realm.to_owned(), algorithms, nonces, entropy }
    }

    /// The realm.
    pub fn realm(&self) -> &str {
        &self.realm
    }

    /// The values of the headers that ask the peer at this address, one an algorithm, with one new nonce. `stale`
    /// tells the peer that only the nonce was not right (RFC 7616 section 3.3).
    pub fn challenges(&mut self, stale: bool, source: IpAddr, now: Time) -> Vec<String> {
        let realm = scan::quote(&self.realm);
        let nonce = self.nonces.make(source, &mut self.entropy, now);
        let stale = if stale { ", stale=true" } else { "" };
        let ask = |algorithm: &Algorithm| {
            format!(
                "Digest realm={realm}, nonce=\"{nonce}\"{stale}, algorithm={}, qop=\"auth\"",
                algorithm.as_str()
            )
        };
        self.algorithms.iter().map(ask).collect()
    }

    /// The credentials among `headers` that are for our realm.
    pub fn credentials(&self, headers: &Headers, asker: Asker) -> Option<Credentials> {
        headers
            .lines(asker.credentials_header())
            .filter_map(Credentials::parse)
            .find(|c| c.realm == self.realm)
    }

    /// Whether credentials were made for a nonce that was sent to this address of late.
    pub fn knows(&self, credentials: &Credentials, source: IpAddr, now: Time) -> bool {
        self.nonces.recognise(&credentials.nonce, source, now).is_some()
    }

    /// Checks credentials that came with a request of this method from this address. The caller has looked up
    /// `ha1` by the credentials' user name.
    ///
    /// The nonce is used up by this, so a repeated request must be told apart before.
    pub fn verify(
        &mut self,
        credentials: &Credentials,
        method: &Method,
        ha1: &Ha1,
        source: IpAddr,
        now: Time,
    ) -> Verdict {
        let Some(id) = self.nonces.recognise(&credentials.nonce, source, now) else { return Verdict::Stale };
        match self.check(credentials, method, ha1) {
            Err(refusal) => Verdict::Refused(refusal),
            Ok(nc) if self.nonces.spend(id, nc, now) => Verdict::Accepted,
            Ok(_) => Verdict::Stale,
        }
    }

    /// Whether the hash is right; gives the count if there is one.
    fn check(&self, given: &Credentials, method: &Method, ha1: &Ha1) -> Result<Option<u32>, Refusal> {
        let algorithm = Algorithm::parse(given.algorithm.as_deref().unwrap_or("MD5"));
        let algorithm = algorithm.filter(|a| self.algorithms.contains(a)).ok_or(Refusal::Algorithm)?;
        let (protection, nc) = match given.qop.as_deref() {
            Some(qop) if qop.eq_ignore_ascii_case("auth") => {
                let (written, cnonce) =
                    given.nc.as_deref().zip(given.cnonce.as_deref()).ok_or(Refusal::Protection)?;
                let nc = u32::from_str_radix(written, 16).map_err(|_| Refusal::Protection)?;
                (Some(Protection { nc: written, cnonce }), Some(nc))
            }
            None if algorithm == Algorithm::Md5 => (None, None),
            _ => return Err(Refusal::Protection),
        };
        let (ha1, method, uri, nonce) = (ha1.with(algorithm), method.as_str(), &*given.uri, &*given.nonce);
        let right = Response { algorithm, ha1, method, uri, nonce, protection }.hash();
        let given = given.response.to_ascii_lowercase();
        if bool::from(right.as_bytes().ct_eq(given.as_bytes())) { Ok(nc) } else { Err(Refusal::Secret) }
    }
}
