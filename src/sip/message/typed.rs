//! Typed access to the headers that routing and calls look at.

use super::values::{CSeq, RAck, ReasonHeader, Replaces, RetryAfter, SessionExpires};
use super::{Contact, HeaderError, HeaderName, Headers, NameAddr, Params, Problem, Via, scan};

impl Headers {
    /// The topmost Via.
    pub fn via(&self) -> Result<Via, HeaderError> {
        self.first(HeaderName::Via, Via::parse)
    }

    /// All Vias, topmost first.
    pub fn vias(&self) -> Result<Vec<Via>, HeaderError> {
        self.each(HeaderName::Via, Via::parse)
    }

    /// Replaces the topmost Via and leaves the others as they are.
    pub fn set_top_via(&mut self, via: &Via) {
        let line = self.get(HeaderName::Via).unwrap_or_default();
        let rest = scan::cut(line, b',').1.map(|rest| format!(", {}", scan::trim(rest)));
        self.replace_first(HeaderName::Via, format!("{via}{}", rest.unwrap_or_default()));
    }

    /// Who asks.
    pub fn from(&self) -> Result<NameAddr, HeaderError> {
        self.first(HeaderName::From, NameAddr::parse)
    }

    /// Who is asked.
    pub fn to(&self) -> Result<NameAddr, HeaderError> {
        self.first(HeaderName::To, NameAddr::parse)
    }

    /// What a call's messages have in common.
    pub fn call_id(&self) -> Result<&str, HeaderError> {
        let value = self.get(HeaderName::CallId).ok_or(HeaderError::missing(HeaderName::CallId))?;
        match value.is_empty() || value.contains([' ', '\t']) {
            true => Err(HeaderError::malformed(HeaderName::CallId, "not one word")),
            false => Ok(value),
        }
    }

    /// The number of a request, and its method.
    pub fn cseq(&self) -> Result<CSeq, HeaderError> {
        self.first(HeaderName::CSeq, CSeq::parse)
    }

    /// How many more hops the request may take; `None` if it does not say.
    pub fn max_forwards(&self) -> Result<Option<u8>, HeaderError> {
        self.optional(HeaderName::MaxForwards, |text| scan::number(text).ok_or("no number up to 255"))
    }

    /// The addresses of Contact.
    pub fn contact(&self) -> Result<Contact, HeaderError> {
        let malformed = |what| HeaderError::malformed(HeaderName::Contact, what);
        let values: Vec<&str> = self.all(HeaderName::Contact).collect();
        match &*values {
            ["*"] => Ok(Contact::Any),
            _ if values.contains(&"*") => Err(malformed("a * beside other values")),
            _ => self.each(HeaderName::Contact, NameAddr::parse).map(Contact::These),
        }
    }

    /// The first address of Contact, which is where requests of the dialog go; `None` if there is none.
    pub fn first_contact(&self) -> Result<Option<NameAddr>, HeaderError> {
        match self.contact()? {
            Contact::Any => {
                Err(HeaderError::malformed(HeaderName::Contact, "a * where an address is needed"))
            }
            Contact::These(addresses) => Ok(addresses.into_iter().next()),
        }
    }

    /// The hops that the request must still visit, next hop first.
    pub fn routes(&self) -> Result<Vec<NameAddr>, HeaderError> {
        self.each(HeaderName::Route, NameAddr::parse)
    }

    /// The hops that want to see the rest of the dialog, the last one first.
    pub fn record_routes(&self) -> Result<Vec<NameAddr>, HeaderError> {
        self.each(HeaderName::RecordRoute, NameAddr::parse)
    }

    /// The hops between us and a phone that registers (RFC 3327).
    pub fn paths(&self) -> Result<Vec<NameAddr>, HeaderError> {
        self.each(HeaderName::Path, NameAddr::parse)
    }

    /// Whom the network vouches for (RFC 3325).
    pub fn asserted_identities(&self) -> Result<Vec<NameAddr>, HeaderError> {
        self.each(HeaderName::PAssertedIdentity, NameAddr::parse)
    }

    /// As whom the sender wants to be seen (RFC 3325 section 9.2).
    pub fn preferred_identities(&self) -> Result<Vec<NameAddr>, HeaderError> {
        self.each(HeaderName::PPreferredIdentity, NameAddr::parse)
    }

    /// Whom to call instead (RFC 3515 section 2.1: exactly one).
    pub fn refer_to(&self) -> Result<NameAddr, HeaderError> {
        match self.lines(HeaderName::ReferTo).count() {
            0 | 1 => self.first(HeaderName::ReferTo, NameAddr::parse),
            _ => Err(HeaderError::malformed(HeaderName::ReferTo, "more than one")),
        }
    }

    /// The event package and the `id` of a subscription to it (RFC 6665 section 8.2.1); `None` also if that cannot be
    /// read.
    pub fn event(&self) -> Option<(String, Option<String>)> {
        let value = self.get(HeaderName::Event)?;
        let (package, params) = value.split_at(value.find(';').unwrap_or(value.len()));
        let id = Params::parse(params).ok()?.get("id").map(str::to_owned);
        Some((scan::trim(package).to_owned(), id))
    }

    /// Who asks for that (RFC 3892); `None` also if it cannot be read.
    pub fn referred_by(&self) -> Option<NameAddr> {
        self.first(HeaderName::ReferredBy, NameAddr::parse).ok()
    }

    /// A lifetime in seconds. A number past counting is the longest one.
    pub fn expires(&self) -> Result<Option<u32>, HeaderError> {
        self.seconds(HeaderName::Expires)
    }

    /// The shortest lifetime that a registrar grants, in seconds.
    pub fn min_expires(&self) -> Result<Option<u32>, HeaderError> {
        self.seconds(HeaderName::MinExpires)
    }

    /// The shortest session interval that is accepted, in seconds (RFC 4028 section 5).
    pub fn min_se(&self) -> Result<Option<u32>, HeaderError> {
        self.seconds(HeaderName::MinSe)
    }

    /// The session interval, and who refreshes (RFC 4028 section 4).
    pub fn session_expires(&self) -> Result<Option<SessionExpires>, HeaderError> {
        self.optional(HeaderName::SessionExpires, SessionExpires::parse)
    }

    /// The number of a reliable provisional response (RFC 3262 section 7.1).
    pub fn rseq(&self) -> Result<Option<u32>, HeaderError> {
        self.optional(HeaderName::RSeq, |text| scan::number(text).ok_or("no number"))
    }

    /// Which provisional response a PRACK confirms (RFC 3262 section 7.2).
    pub fn rack(&self) -> Result<RAck, HeaderError> {
        self.first(HeaderName::RAck, RAck::parse)
    }

    /// Which dialog the new one takes the place of (RFC 3891).
    pub fn replaces(&self) -> Result<Option<Replaces>, HeaderError> {
        self.optional(HeaderName::Replaces, Replaces::parse)
    }

    /// Why the call ends (RFC 3326); the first reason that can be read.
    pub fn reason(&self) -> Option<ReasonHeader> {
        self.all(HeaderName::Reason).find_map(|text| ReasonHeader::parse(text).ok())
    }

    /// When to try again.
    pub fn retry_after(&self) -> Result<Option<RetryAfter>, HeaderError> {
        self.optional(HeaderName::RetryAfter, RetryAfter::parse)
    }

    /// The kind of the body in lower case, without parameters: "application/sdp".
    pub fn content_type(&self) -> Option<String> {
        let kind = scan::cut(self.get(HeaderName::ContentType)?, b';').0;
        Some(kind.split([' ', '\t']).collect::<String>().to_ascii_lowercase())
    }

    /// Whether a list of tokens such as Supported, Require or Allow names this one.
    pub fn lists(&self, name: impl Into<HeaderName>, token: &str) -> bool {
        self.all(name).any(|value| value.eq_ignore_ascii_case(token))
    }

    fn first<T>(&self, name: HeaderName, parse: Parse<T>) -> Result<T, HeaderError> {
        match self.all(name.clone()).next() {
            Some(text) => parse(text).map_err(|what| HeaderError::malformed(name, what)),
            None => Err(HeaderError { header: name, problem: Problem::Missing }),
        }
    }

    fn each<T>(&self, name: HeaderName, parse: Parse<T>) -> Result<Vec<T>, HeaderError> {
        let parsed: Result<_, _> = self.all(name.clone()).map(parse).collect();
        parsed.map_err(|what| HeaderError::malformed(name, what))
    }

    fn optional<T>(&self, name: HeaderName, parse: Parse<T>) -> Result<Option<T>, HeaderError> {
        let parsed = self.get(name.clone()).map(parse).transpose();
        parsed.map_err(|what| HeaderError::malformed(name, what))
    }

    fn seconds(&self, name: HeaderName) -> Result<Option<u32>, HeaderError> {
        self.optional(name, |text| scan::saturating_number(text).ok_or("no number of seconds"))
    }
}

type Parse<T> = fn(&str) -> Result<T, &'static str>;
