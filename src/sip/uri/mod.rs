//! URIs: whom a request is for and where somebody can be reached (RFC 3261 section 19.1, RFC 3966).

mod escape;
mod host;
mod same;

use std::borrow::Cow;
use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::flow::Transport;
use super::message::{Params, scan};
use escape::{escape, has_proper_escapes, unescape};
pub use host::Host;
pub(crate) use host::parse_host_port;

/// A URI, in the parts that routing looks at. Parts keep their spelling, escapes included.
///
/// `==` compares spelling; [`is_equivalent`](Self::is_equivalent) compares meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uri {
    pub scheme: Scheme,
    /// What stands before the `@`, with its escapes; the number of a `tel:` URI.
    pub user: Option<String>,
    /// Part of old URIs, and never a good idea.
    pub password: Option<String>,
    /// Stands in every `sip:` and `sips:` URI and in no other.
    pub host: Option<Host>,
    pub port: Option<u16>,
    pub params: Params,
    /// What follows the `?`, as it was written: headers of the request that the URI asks for.
    pub headers: Option<String>,
}

/// The scheme of a [`Uri`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scheme {
    Sip,
    /// SIP over TLS on each hop.
    Sips,
    /// A telephone number (RFC 3966).
    Tel,
    /// Another scheme. Here stands the whole URI as it was written, and the other parts are empty.
    Other(String),
}

/// Why a text is no URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("improper URI: {0}")]
pub struct UriError(pub &'static str);

impl Uri {
    /// `sip:user@host`, without a port. `user` is plain text; it is escaped where it must be.
    pub fn sip(user: Option<&str>, host: impl Into<Host>) -> Self {
        Self {
            scheme: Scheme::Sip,
            user: user.filter(|user| !user.is_empty()).map(|user| escape(user, is_user_byte)),
            password: None,
            host: Some(host.into()),
            port: None,
            params: Params::new(),
            headers: None,
        }
    }

    /// `sip:user@address:port`.
    pub fn sip_at(user: Option<&str>, address: SocketAddr) -> Self {
        Self { port: Some(address.port()), ..Self::sip(user, address.ip()) }
    }

    /// Reads a URI. Spaces, controls and improper escapes are refused.
    pub fn parse(text: &str) -> Result<Self, UriError> {
        if text.bytes().any(|byte| byte <= b' ' || byte == 0x7f || b"<>\"".contains(&byte)) {
            return Err(UriError("a space, control, quote or bracket in it"));
        }
        let (scheme, rest) = text.split_once(':').ok_or(UriError("no scheme"))?;
        match &*scheme.to_ascii_lowercase() {
            "sip" => parse_sip(Scheme::Sip, rest),
            "sips" => parse_sip(Scheme::Sips, rest),
            "tel" => parse_tel(rest),
            _ if is_scheme(scheme) && !rest.is_empty() => Ok(Self::other(text)),
            _ => Err(UriError("an improper scheme")),
        }
    }

    /// A URI that is kept as it is written, for schemes that nobody here understands.
    pub(crate) fn other(text: &str) -> Self {
        let scheme = Scheme::Other(text.to_owned());
        let params = Params::new();
        Self { scheme, user: None, password: None, host: None, port: None, params, headers: None }
    }

    /// With this parameter set; an empty value makes it a flag, as in `;lr`.
    pub fn with_param(mut self, name: &str, value: &str) -> Self {
        match value {
            "" => self.params.set_flag(name),
            value => self.params.set(name, value),
        }
        self
    }

    /// Whether it is a `sip:` or `sips:` URI.
    pub fn is_sip(&self) -> bool {
        matches!(self.scheme, Scheme::Sip | Scheme::Sips)
    }

    /// The user, or the number of a `tel:` URI, without escapes and control characters.
    pub fn username(&self) -> Option<Cow<'_, str>> {
        self.user.as_deref().map(|user| scan::printable(unescape(user)))
    }

    /// Whether the host is this one: a name in any case, or an address.
    pub fn host_is(&self, host: &str) -> bool {
        self.host.as_ref().is_some_and(|own| own.is(host))
    }

    /// The transport that the URI names; `None` if it names none, or one unknown here. `sips:` means TLS, whatever
    /// it is said to run over (RFC 3261 section 26.2.2).
    pub fn transport(&self) -> Option<Transport> {
        match self.scheme {
            Scheme::Sips => Some(Transport::Tls),
            _ => self.params.get("transport").and_then(Transport::parse),
        }
    }

    /// Where the URI leads if its host is an address (RFC 3263 section 4): over UDP and to the usual port if it
    /// says nothing else.
    pub fn place(&self) -> Option<(Transport, SocketAddr)> {
        let ip = self.host.as_ref()?.address()?;
        let transport = self.transport().unwrap_or(Transport::Udp);
        Some((transport, SocketAddr::new(ip, self.port.unwrap_or(transport.default_port()))))
    }

    /// Headers of the request that the URI asks for, without escapes: names in lower case, and values (RFC 3261
    /// section 19.1.1).
    pub fn asked_headers(&self) -> impl Iterator<Item = (String, String)> {
        let headers = self.headers.iter().flat_map(|headers| headers.split('&'));
        let parts = headers.map(|header| header.split_once('=').unwrap_or((header, "")));
        parts.map(|(name, value)| (unescape(name).to_ascii_lowercase(), unescape(value).into_owned()))
    }

    /// Whether the URI stands for a loose router (RFC 3261 section 19.1.1).
    pub fn is_loose(&self) -> bool {
        self.params.iter().any(|(name, _)| unescape(name).eq_ignore_ascii_case("lr"))
    }
}

fn parse_sip(scheme: Scheme, rest: &str) -> Result<Uri, UriError> {
    let (user, rest) = match rest.split_once('@') {
        Some((user, rest)) => (Some(user), rest),
        None => (None, rest),
    };
    let (rest, headers) = match rest.split_once('?') {
        Some((rest, headers)) => (rest, Some(headers)),
        None => (rest, None),
    };
    let (user, password) =
        match user.map(|user| user.split_once(':').map_or((user, None), |(u, p)| (u, Some(p)))) {
            None => (None, None),
            Some((user, password)) => (Some(user), password),
        };
    check_part(user, is_user_byte, UriError("an improper user"))?;
    check_part(password, is_password_byte, UriError("an improper password"))?;
    check_part(headers, is_header_byte, UriError("improper headers"))?;
    if user == Some("") {
        return Err(UriError("an empty user"));
    }
    let (place, params) = rest.split_at(rest.find(';').unwrap_or(rest.len()));
    let (host, port) = parse_host_port(place)?;
    let owned = |part: Option<&str>| part.map(str::to_owned);
    Ok(Uri {
        scheme,
        user: owned(user),
        password: owned(password),
        host: Some(host),
        port,
        params: parse_params(params)?,
        headers: owned(headers),
    })
}

fn parse_tel(rest: &str) -> Result<Uri, UriError> {
    let (number, params) = rest.split_at(rest.find(';').unwrap_or(rest.len()));
    let proper = |byte: u8| byte.is_ascii_hexdigit() || b"+-.()*#".contains(&byte);
    if !number.bytes().any(|byte| byte.is_ascii_hexdigit() || b"*#".contains(&byte))
        || !number.bytes().all(proper)
    {
        return Err(UriError("an improper telephone number"));
    }
    let params = parse_params(params)?;
    let user = Some(number.to_owned());
    Ok(Uri { scheme: Scheme::Tel, user, password: None, host: None, port: None, params, headers: None })
}

fn parse_params(text: &str) -> Result<Params, UriError> {
    if !has_proper_escapes(text) {
        return Err(UriError("an improper escape"));
    }
    Params::parse(text).map_err(UriError)
}

fn check_part(part: Option<&str>, proper: fn(u8) -> bool, error: UriError) -> Result<(), UriError> {
    let fine =
        |text: &str| text.bytes().all(|b| proper(b) || b == b'%' || b >= 0x80) && has_proper_escapes(text);
    if part.is_none_or(fine) { Ok(()) } else { Err(error) }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte)
}

/// "user-unreserved" of RFC 3261 section 25.1, and `#`, which phones dial without an escape.
fn is_user_byte(byte: u8) -> bool {
    is_unreserved(byte) || b"&=+$,;?/#".contains(&byte)
}

fn is_password_byte(byte: u8) -> bool {
    is_unreserved(byte) || b"&=+$,:".contains(&byte)
}

fn is_header_byte(byte: u8) -> bool {
    is_unreserved(byte) || b"[]/?:+$=&;@,".contains(&byte)
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = self.user.as_deref().unwrap_or_default();
        match &self.scheme {
            Scheme::Other(text) => return f.write_str(text),
            Scheme::Tel => return write!(f, "tel:{user}{}", self.params),
            Scheme::Sip => f.write_str("sip:")?,
            Scheme::Sips => f.write_str("sips:")?,
        }
        if self.user.is_some() {
            f.write_str(user)?;
            if let Some(password) = &self.password {
                write!(f, ":{password}")?;
            }
            f.write_str("@")?;
        }
        if let Some(host) = &self.host {
            write!(f, "{host}")?;
        }
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        write!(f, "{}", self.params)?;
        match &self.headers {
            Some(headers) => write!(f, "?{headers}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Uri {
    type Err = UriError;
    fn from_str(text: &str) -> Result<Self, UriError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests;
