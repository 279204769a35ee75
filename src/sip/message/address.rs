//! Names with addresses: From, To, Contact, Route, Record-Route, Refer-To (RFC 3261 section 20.10).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Params, scan};
use crate::sip::uri::Uri;

/// `"Display" <uri>;params`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameAddr {
    /// The name that people see, without quotes, escapes and control characters.
    pub display: Option<String>,
    pub uri: Uri,
    /// Parameters of the header, not of the URI.
    pub params: Params,
}

impl NameAddr {
    /// An address without a name.
    pub fn new(uri: Uri) -> Self {
        Self { display: None, uri, params: Params::new() }
    }

    /// With this name for people; none if it is empty.
    pub fn with_display(mut self, display: Option<&str>) -> Self {
        self.display = display.filter(|name| !name.is_empty()).map(str::to_owned);
        self
    }

    /// With this parameter of the header.
    pub fn with_param(mut self, name: &str, value: &str) -> Self {
        self.params.set(name, value);
        self
    }

    /// With this tag, which marks our end of a dialog.
    pub fn with_tag(self, tag: &str) -> Self {
        self.with_param("tag", tag)
    }

    /// Reads one value. `Err` says what is wrong.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = scan::trim(text);
        let (display, rest) = parse_display(text)?;
        let Some(bracketed) = rest.strip_prefix('<') else { return parse_bare(rest) };
        let (uri, params) = bracketed.split_once('>').ok_or("a URI without its closing bracket")?;
        let uri = Uri::parse(scan::trim(uri)).map_err(|error| error.0)?;
        Ok(Self { display, uri, params: Params::parse(params)? })
    }

    /// The tag; `None` also if it is empty.
    pub fn tag(&self) -> Option<&str> {
        self.params.get("tag").filter(|tag| !tag.is_empty())
    }

    /// The lifetime of a Contact in seconds.
    pub fn expires(&self) -> Option<u32> {
        scan::saturating_number(self.params.get("expires")?)
    }

    /// The preference of a Contact in thousandths: 1000 is `q=1`, the default (RFC 3261 section 20.10).
    pub fn q(&self) -> u16 {
        let parsed = self.params.get("q").and_then(|q| q.parse::<f32>().ok());
        parsed.map_or(1000, |q| (q.clamp(0.0, 1.0) * 1000.0).round() as u16)
    }
}

/// The display name and what follows it: a URI in brackets or bare.
fn parse_display(text: &str) -> Result<(Option<String>, &str), &'static str> {
    if text.starts_with('"') {
        let (name, rest) = scan::unquote(text).ok_or("a quoted name without its end")?;
        let rest = scan::trim(rest);
        // Tokens between the quotes and the bracket are no grammar, yet harmless.
        return match rest.find('<') {
            Some(at) if !rest[..at].contains('"') => Ok((non_empty(&name), &rest[at..])),
            _ => Err("a name without an address in brackets"),
        };
    }
    match text.find('<') {
        // A name of words that should have been quoted ("Bell, Alexander") is clear enough.
        Some(at) if !text[..at].contains(['"', '>']) => Ok((non_empty(&text[..at]), &text[at..])),
        Some(_) => Err("a quote in a name that is not quoted"),
        None => Ok((None, text)),
    }
}

fn non_empty(name: &str) -> Option<String> {
    Some(scan::trim(name))
        .filter(|name| !name.is_empty())
        .map(|name| scan::printable(name.into()).into_owned())
}

/// A URI without brackets: its parameters belong to the header, and it may hold neither comma nor
/// question mark (RFC 3261 section 20).
fn parse_bare(text: &str) -> Result<NameAddr, &'static str> {
    let (uri, params) = text.split_at(text.find(';').unwrap_or(text.len()));
    let uri = scan::trim(uri);
    if uri.contains([',', '?']) {
        return Err("a URI that needs brackets");
    }
    let uri = Uri::parse(uri).map_err(|error| error.0)?;
    Ok(NameAddr { display: None, uri, params: Params::parse(params)? })
}

impl fmt::Display for NameAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(display) = &self.display {
            write!(f, "{} ", scan::quote(display))?;
        }
        write!(f, "<{}>{}", self.uri, self.params)
    }
}

impl FromStr for NameAddr {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, &'static str> {
        Self::parse(text)
    }
}

impl From<NameAddr> for String {
    fn from(address: NameAddr) -> String {
        address.to_string()
    }
}

impl From<&NameAddr> for String {
    fn from(address: &NameAddr) -> String {
        address.to_string()
    }
}

/// What the Contact headers of a message say together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Contact {
    /// `*`: all bindings (RFC 3261 section 10.2.2).
    Any,
    /// These addresses; none if there is no Contact.
    These(Vec<NameAddr>),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> NameAddr {
        NameAddr::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn names_come_quoted_bare_or_not_at_all() {
        assert_eq!(parsed(r#""A. \"Bob\" <B>" <sip:b@x>;tag=1"#).display.as_deref(), Some(r#"A. "Bob" <B>"#));
        assert_eq!(parsed("Bell, Alexander <sip:b@x>").display.as_deref(), Some("Bell, Alexander"));
        assert_eq!(parsed("\"\" <sip:b@x>").display, None);
        assert_eq!(parsed("<sip:b@x>").display, None);
        assert_eq!(parsed(r#"caller<sip:b@x>;tag=88"#).tag(), Some("88"));
    }

    #[test]
    fn parameters_of_a_bare_uri_belong_to_the_header() {
        let address = parsed("sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n");
        assert_eq!(address.tag(), Some("1918181833n"));
        assert!(address.uri.params.is_empty());
        let address = parsed("<sip:b@x;transport=tcp>;expires=60");
        assert_eq!(address.uri.params.get("transport"), Some("tcp"));
        assert_eq!(address.expires(), Some(60));
    }

    #[test]
    fn improper_addresses_are_refused() {
        for text in [
            "",
            "Bob",
            "\"Bob <sip:b@x>",
            "\"Bob\"",
            "\"Bob\" sip:b@x",
            "Bob <sip:b@x",
            "<>",
            "sip:b@x?Route=%3Csip:y%3E",
            "sip:b@x,sip:c@x",
            "<sip:b@x> trailing",
            "B\"ob <sip:b@x>",
        ] {
            assert!(NameAddr::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn preferences_are_thousandths() {
        assert_eq!(parsed("<sip:b@x>").q(), 1000);
        assert_eq!(parsed("<sip:b@x>;q=0.25").q(), 250);
        assert_eq!(parsed("<sip:b@x>;q=7").q(), 1000);
    }

    #[test]
    fn writing_quotes_the_name() {
        let address = NameAddr::new(Uri::sip(Some("b"), "x")).with_display(Some("Bob \"B\"")).with_tag("t1");
        assert_eq!(address.to_string(), r#""Bob \"B\"" <sip:b@x>;tag=t1"#);
        assert_eq!(parsed(&address.to_string()), address);
    }
}
