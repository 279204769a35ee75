//! Answering when a provider asks for credentials.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::params::AuthParams;
use super::{Algorithm, Asker, Protection, Response};
use crate::sip::message::{HeaderName, Headers, Method, scan};

/// Our name and password at a provider.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    pub username: String,
    pub password: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("username", &self.username).finish_non_exhaustive()
    }
}

/// A request for credentials that we can answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// Who asks, which decides where the answer stands.
    pub asker: Asker,
    pub realm: String,
    pub nonce: String,
    pub algorithm: Algorithm,
    /// To be given back as it is.
    pub opaque: Option<String>,
    /// Whether the answer counts its uses of the nonce (qop=auth).
    pub counted: bool,
    /// Only the nonce of the last answer was wrong, not the password: answer once more.
    pub stale: bool,
}

impl Challenge {
    /// Reads the value of one header; `None` if it is nothing that we can answer.
    pub fn parse(asker: Asker, text: &str) -> Option<Self> {
        let params = AuthParams::parse(text)?;
        let qop = params.get("qop");
        let offers_auth =
            |qop: &str| qop.split(',').any(|word| scan::trim(word).eq_ignore_ascii_case("auth"));
        Some(Self {
            asker,
            realm: params.owned("realm")?,
            nonce: params.owned("nonce")?,
            algorithm: Algorithm::parse(params.get("algorithm").unwrap_or("MD5"))?,
            opaque: params.owned("opaque"),
            counted: match qop {
                None => false,
                Some(qop) if offers_auth(qop) => true,
                Some(_) => return None,
            },
            stale: params.get("stale").is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
        })
    }

    /// All that the headers of a 401 or 407 ask and we can answer: one a realm and asker, the first
    /// that stands there (RFC 8760 section 2.4).
    pub fn all(headers: &Headers) -> Vec<Challenge> {
        let mut found: Vec<Challenge> = Vec::new();
        for asker in [Asker::Server, Asker::Proxy] {
            for challenge in
                headers.lines(asker.challenge_header()).filter_map(|line| Self::parse(asker, line))
            {
                if !found.iter().any(|known| known.asker == asker && known.realm == challenge.realm) {
                    found.push(challenge);
                }
            }
        }
        found
    }

    /// The value of the header that answers: for the `nc`th use of this nonce (from 1), with a fresh
    /// random `cnonce`. `uri` is the Request-URI as it is written.
    pub fn answer(&self, login: &Login, method: &Method, uri: &str, cnonce: &str, nc: u32) -> String {
        let algorithm = self.algorithm;
        let ha1 = algorithm.hash(&[&login.username, &self.realm, &login.password]);
        let nc = format!("{nc:08x}");
        let protection = self.counted.then_some(Protection { nc: &nc, cnonce });
        let (method, nonce) = (method.as_str(), &*self.nonce);
        let response = Response { algorithm, ha1: &ha1, method, uri, nonce, protection }.hash();
        let mut header = format!(
            "Digest username={}, realm={}, nonce={}, uri={}, response=\"{response}\", algorithm={}",
            scan::quote(&login.username),
            scan::quote(&self.realm),
            scan::quote(nonce),
            scan::quote(uri),
            algorithm.as_str(),
        );
        if self.counted {
            header += &format!(", cnonce={}, qop=auth, nc={nc}", scan::quote(cnonce));
        }
        if let Some(opaque) = &self.opaque {
            header += &format!(", opaque={}", scan::quote(opaque));
        }
        header
    }
}

/// The headers that answer a 401 or 407 for the first time; empty if nothing in it can be answered.
pub fn answer(
    refusal: &Headers,
    login: &Login,
    method: &Method,
    uri: &str,
    cnonce: &str,
) -> Vec<(HeaderName, String)> {
    let answer = |c: &Challenge| (c.asker.credentials_header(), c.answer(login, method, uri, cnonce, 1));
    Challenge::all(refusal).iter().map(answer).collect()
}
