//! The answer to a challenge (RFC 7616) with MD5 and qop=auth.

use std::fmt::Write as _;

use md5::{Digest, Md5};

/// The value of an Authorization header for a challenge to REGISTER.
pub fn answer(challenge: &str, user: &str, secret: &str, uri: &str) -> Option<String> {
    let (realm, nonce) = (parameter(challenge, "realm")?, parameter(challenge, "nonce")?);
    let (nc, cnonce) = ("00000001", "0a4f113b");
    let ha1 = hash(&format!("{user}:{realm}:{secret}"));
    let ha2 = hash(&format!("REGISTER:{uri}"));
    let response = hash(&format!("{ha1}:{nonce}:{nc}:{cnonce}:auth:{ha2}"));
    let opaque =
        parameter(challenge, "opaque").map(|text| format!(", opaque=\"{text}\"")).unwrap_or_default();
    Some(format!(
        "Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{response}\", \
         algorithm=MD5, qop=auth, nc={nc}, cnonce=\"{cnonce}\"{opaque}"
    ))
}

/// The value of a quoted parameter.
fn parameter<'a>(challenge: &'a str, name: &str) -> Option<&'a str> {
    let start = challenge.find(&format!("{name}=\""))? + name.len() + 2;
    challenge.get(start..)?.split('"').next()
}

fn hash(text: &str) -> String {
    let mut hex = String::with_capacity(32);
    for byte in Md5::digest(text.as_bytes()) {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}
