//! Digest authentication (RFC 7616, RFC 8760, RFC 3261 section 22).
//!
//! [`Authenticator`] is the side that asks: it hands out nonces that it can recognise without
//! remembering them, and checks answers. [`Challenge::answer`] is the side that is asked.

mod client;
mod nonce;
mod params;
mod server;

use std::fmt;

use md5::Md5;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use client::{Challenge, Login, answer};
pub use params::Credentials;
pub use server::{Authenticator, Refusal, Verdict};

use super::message::HeaderName;

/// A hash function of digest authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Algorithm {
    /// Weak, and all that many phones know.
    Md5,
    /// RFC 8760.
    Sha256,
}

impl Algorithm {
    /// The name in a header.
    pub fn as_str(self) -> &'static str {
        match self {
            Algorithm::Md5 => "MD5",
            Algorithm::Sha256 => "SHA-256",
        }
    }

    /// The algorithm of this name, in any case; `None` if it is unknown here.
    pub fn parse(name: &str) -> Option<Self> {
        [Algorithm::Md5, Algorithm::Sha256]
            .into_iter()
            .find(|known| known.as_str().eq_ignore_ascii_case(name))
    }

    /// The hash of the `parts` joined by colons, in lower-case hexadecimal.
    fn hash(self, parts: &[&str]) -> String {
        let text = parts.join(":");
        match self {
            Algorithm::Md5 => hex(&Md5::digest(text)),
            Algorithm::Sha256 => hex(&Sha256::digest(text)),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The hashes of `username:realm:password` that stand for a password (RFC 7616 section 3.4.2).
///
/// They are as good as the password for this realm, so they are never shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ha1 {
    /// 32 hexadecimal digits.
    pub md5: String,
    /// 64 hexadecimal digits.
    pub sha256: String,
}

impl Ha1 {
    /// The hashes of a password.
    pub fn of(username: &str, realm: &str, password: &str) -> Self {
        let parts = [username, realm, password];
        Self { md5: Algorithm::Md5.hash(&parts), sha256: Algorithm::Sha256.hash(&parts) }
    }

    /// The hash for this algorithm.
    pub fn with(&self, algorithm: Algorithm) -> &str {
        match algorithm {
            Algorithm::Md5 => &self.md5,
            Algorithm::Sha256 => &self.sha256,
        }
    }
}

impl fmt::Debug for Ha1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ha1(…)")
    }
}

/// Who asks for credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Asker {
    /// The one that the request is for, such as a registrar: 401.
    Server,
    /// One on the way: 407.
    Proxy,
}

impl Asker {
    /// The status of the response that asks.
    pub fn status(self) -> u16 {
        match self {
            Asker::Server => 401,
            Asker::Proxy => 407,
        }
    }

    /// The header that asks.
    pub fn challenge_header(self) -> HeaderName {
        match self {
            Asker::Server => HeaderName::WwwAuthenticate,
            Asker::Proxy => HeaderName::ProxyAuthenticate,
        }
    }

    /// The header that answers.
    pub fn credentials_header(self) -> HeaderName {
        match self {
            Asker::Server => HeaderName::Authorization,
            Asker::Proxy => HeaderName::ProxyAuthorization,
        }
    }
}

/// What an answer's hash is made of (RFC 7616 section 3.4.1).
struct Response<'a> {
    algorithm: Algorithm,
    ha1: &'a str,
    method: &'a str,
    uri: &'a str,
    nonce: &'a str,
    /// `None` for answers in the manner of RFC 2069, without qop.
    protection: Option<Protection<'a>>,
}

/// What qop adds. Both are taken as they were written.
struct Protection<'a> {
    nc: &'a str,
    cnonce: &'a str,
}

impl Response<'_> {
    fn hash(&self) -> String {
        let ha2 = self.algorithm.hash(&[self.method, self.uri]);
        match &self.protection {
            Some(Protection { nc, cnonce }) => {
                self.algorithm.hash(&[self.ha1, self.nonce, nc, cnonce, "auth", &ha2])
            }
            None => self.algorithm.hash(&[self.ha1, self.nonce, &ha2]),
        }
    }
}

#[cfg(test)]
mod tests;
