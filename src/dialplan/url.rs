//! Addresses that a file sends requests to: a fixed host, and a path with places in it.

use std::fmt::Write;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::fields::Fields;
use super::stage::Stage;
use super::suggest::choice;
use super::template::Template;

/// `https://crm.example.com/callers/{caller}`: what fills a place cannot lead to another host.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Address {
    /// `https://crm.example.com:8443`.
    origin: String,
    /// From the first `/` on.
    path: Template,
}

impl Address {
    /// Reads the address under `key`.
    pub fn read(fields: &mut Fields, key: &'static str) -> Option<Self> {
        let (text, span) = fields.text(key, "an address", "\"https://crm.example.com/callers\"")?;
        let Some((scheme, rest)) = text.split_once("://").filter(|(scheme, _)| is_web(scheme)) else {
            let help = format!("write `{key} = \"https://…\"`");
            fields.scope.error(span, format!("`{text}` is no address of the web"), "not an address", help);
            return None;
        };
        let (authority, path) = match rest.find(['/', '?', '#']) {
            Some(at) => rest.split_at(at),
            None => (rest, "/"),
        };
        let host = host_of(authority);
        check_host(fields, authority, host, span.clone());
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        let path = fields.template_of(&path, span)?;
        Some(Self { origin: format!("{scheme}://{authority}"), path })
    }

    /// The address for this caller: what fills a place is written so that it stays one piece.
    pub fn fill(&self, stage: &Stage) -> String {
        format!("{}{}", self.origin, stage.text_with(&self.path, encoded))
    }

    /// Its host, for people.
    pub fn words(&self) -> String {
        format!("{}{}", self.origin, self.path)
    }
}

fn is_web(scheme: &str) -> bool {
    ["http", "https"].contains(&scheme)
}

/// The host of `host:port`, without the brackets of an IPv6 address.
pub(super) fn host_of(authority: &str) -> &str {
    if let Some(rest) = authority.strip_prefix('[') {
        return rest.split_once(']').map_or(rest, |(host, _)| host);
    }
    authority.rsplit_once(':').map_or(authority, |(host, _)| host)
}

fn check_host(fields: &mut Fields, authority: &str, host: &str, span: Range<usize>) {
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    if host.is_empty() || !authority.chars().all(plain) {
        let help = "write the host as it is; places may stand after it, as in \"https://host/{caller}\"";
        fields.scope.error(span, format!("`{authority}` is no host"), "not a host", help);
        return;
    }
    let allow = &fields.scope.world.http;
    if !allow.is_empty() && !allow.host(host) {
        let help = choice(host, allow.names());
        let help = format!("{help}; others are added to `http-allow` in the configuration");
        fields.scope.unknown_name(span, format!("requests to {host} are not allowed"), "not allowed", help);
    } else if allow.is_empty() {
        let help = format!("start hovor with `--http-allow {host}`, or write it into the configuration file");
        fields.scope.unknown_name(span, "no host is allowed for requests", "not allowed", help);
    }
}

/// As it stands in a path or a query (RFC 3986 section 2.3): all but unreserved characters by number.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(byte.into()),
            _ => _ = write!(encoded, "%{byte:02X}"),
        }
    }
    // Dots alone would climb out of the path.
    match encoded.as_str() {
        "." => "%2E".into(),
        ".." => "%2E%2E".into(),
        _ => encoded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_an_authority_is_found() {
        for (authority, host) in [
            ("crm.example.com", "crm.example.com"),
            ("crm.example.com:8443", "crm.example.com"),
            ("127.0.0.1:80", "127.0.0.1"),
            ("[::1]:80", "::1"),
            ("[::1]", "::1"),
        ] {
            assert_eq!(host_of(authority), host);
        }
    }

    #[test]
    fn what_fills_a_place_stays_one_piece_of_the_path() {
        for (text, expected) in [
            ("+420777", "%2B420777"),
            ("a/b?c#d&e=f", "a%2Fb%3Fc%23d%26e%3Df"),
            ("..", "%2E%2E"),
            ("ž", "%C5%BE"),
            ("a-b_c.~", "a-b_c.~"),
        ] {
            assert_eq!(encoded(text), expected);
        }
    }
}
