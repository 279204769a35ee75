//! `Digest name=value, …` in the headers that ask and answer.

use serde::{Deserialize, Serialize};

use crate::sip::message::scan;

/// Names and values, unquoted.
pub(super) struct AuthParams(Vec<(String, String)>);

impl AuthParams {
    /// Reads the value of a header; `None` if the scheme is not Digest or the text is broken.
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = scan::trim(text).split_once([' ', '\t'])?;
        if !scheme.eq_ignore_ascii_case("Digest") {
            return None;
        }
        scan::split(rest, b',').filter(|part| !part.is_empty()).map(param).collect::<Option<_>>().map(Self)
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    }

    pub fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }
}

fn param(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    let (name, value) = (scan::trim(name), scan::trim(value));
    let value = match value.starts_with('"') {
        true => scan::unquote(value).filter(|(_, rest)| rest.is_empty())?.0,
        false => value.to_owned(),
    };
    scan::is_token(name).then(|| (name.to_owned(), value))
}

/// What an Authorization or Proxy-Authorization header says (RFC 7616 section 3.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    pub username: String,
    pub realm: String,
    pub nonce: String,
    /// The URI that the hash covers. Proxies change Request-URIs, so it need not be the same.
    pub uri: String,
    pub response: String,
    /// As it was written; `None` means MD5.
    pub algorithm: Option<String>,
    /// As it was written; `None` is the manner of RFC 2069.
    pub qop: Option<String>,
    /// Which use of the nonce this is, in eight hexadecimal digits.
    pub nc: Option<String>,
    pub cnonce: Option<String>,
}

impl Credentials {
    /// Reads the value of a header; `None` if it is not Digest or lacks what each answer needs.
    pub fn parse(text: &str) -> Option<Self> {
        let params = AuthParams::parse(text)?;
        Some(Self {
            username: params.owned("username")?,
            realm: params.owned("realm")?,
            nonce: params.owned("nonce")?,
            uri: params.owned("uri")?,
            response: params.owned("response")?,
            algorithm: params.owned("algorithm"),
            qop: params.owned("qop"),
            nc: params.owned("nc"),
            cnonce: params.owned("cnonce"),
        })
    }
}
