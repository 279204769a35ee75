//! Small typed values of single headers.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Method, Params, scan};

/// The number of a request within its dialog, and its method (RFC 3261 section 20.16).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CSeq {
    pub number: u32,
    pub method: Method,
}

impl CSeq {
    /// The number and method of a request of ours.
    pub fn new(number: u32, method: Method) -> Self {
        Self { number, method }
    }

    /// Reads `4711 INVITE`.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let (number, method) = text.split_once([' ', '\t']).ok_or("no method")?;
        let number = scan::number(number).ok_or("no 32-bit number")?;
        let method = Method::parse(scan::trim(method)).ok_or("an improper method")?;
        Ok(Self { number, method })
    }
}

impl fmt::Display for CSeq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number, self.method)
    }
}

impl From<CSeq> for String {
    fn from(cseq: CSeq) -> String {
        cseq.to_string()
    }
}

/// Which provisional response a PRACK confirms (RFC 3262 section 7.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RAck {
    /// The RSeq of the response.
    pub rseq: u32,
    /// The CSeq of the response.
    pub cseq: CSeq,
}

impl RAck {
    /// Reads `776656 1 INVITE`.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let (rseq, cseq) = text.split_once([' ', '\t']).ok_or("no CSeq")?;
        let rseq = scan::number(rseq).ok_or("no 32-bit number")?;
        Ok(Self { rseq, cseq: CSeq::parse(scan::trim(cseq))? })
    }
}

impl fmt::Display for RAck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.rseq, self.cseq)
    }
}

/// Which end refreshes a session (RFC 4028 section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refresher {
    /// The end that sent the request.
    Uac,
    /// The end that answered it.
    Uas,
}

/// The session interval (RFC 4028 section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionExpires {
    pub seconds: u32,
    pub refresher: Option<Refresher>,
}

impl SessionExpires {
    /// Reads `1800;refresher=uas`.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let (seconds, params) = text.split_at(text.find(';').unwrap_or(text.len()));
        let seconds = scan::saturating_number(scan::trim(seconds)).ok_or("no number of seconds")?;
        let refresher = match Params::parse(params)?.get("refresher") {
            Some(word) if word.eq_ignore_ascii_case("uac") => Some(Refresher::Uac),
            Some(word) if word.eq_ignore_ascii_case("uas") => Some(Refresher::Uas),
            Some(_) => return Err("an unknown refresher"),
            None => None,
        };
        Ok(Self { seconds, refresher })
    }
}

impl fmt::Display for SessionExpires {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let refresher = match self.refresher {
            Some(Refresher::Uac) => ";refresher=uac",
            Some(Refresher::Uas) => ";refresher=uas",
            None => "",
        };
        write!(f, "{}{refresher}", self.seconds)
    }
}

/// The dialog whose place a call takes (RFC 3891 section 6.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaces {
    pub call_id: String,
    /// The tag of the end that receives the request.
    pub to_tag: String,
    /// The tag of the other end.
    pub from_tag: String,
    /// Only a call that is not yet answered may be replaced.
    pub early_only: bool,
}

impl Replaces {
    /// Reads `call-id;to-tag=a;from-tag=b`.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let (call_id, params) = text.split_at(text.find(';').ok_or("no tags")?);
        let params = Params::parse(params)?;
        let tag = |name| params.get(name).filter(|tag| !tag.is_empty()).map(str::to_owned);
        let call_id = scan::trim(call_id);
        if call_id.is_empty() || call_id.contains([' ', '\t']) {
            return Err("an improper Call-ID");
        }
        Ok(Self {
            call_id: call_id.to_owned(),
            to_tag: tag("to-tag").ok_or("no to-tag")?,
            from_tag: tag("from-tag").ok_or("no from-tag")?,
            early_only: params.has("early-only"),
        })
    }
}

impl fmt::Display for Replaces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{};to-tag={};from-tag={}", self.call_id, self.to_tag, self.from_tag)?;
        if self.early_only { f.write_str(";early-only") } else { Ok(()) }
    }
}

/// Why a call ended (RFC 3326).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReasonHeader {
    /// "SIP" or "Q.850", in capitals.
    pub protocol: String,
    /// A SIP status or a Q.850 cause.
    pub cause: Option<u16>,
    pub text: Option<String>,
}

impl ReasonHeader {
    /// A SIP status with a text, such as 200 "Call completed elsewhere".
    pub fn sip(cause: u16, text: &str) -> Self {
        Self { protocol: "SIP".to_owned(), cause: Some(cause), text: Some(text.to_owned()) }
    }

    /// Reads `SIP;cause=200;text="Call completed elsewhere"`.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let (protocol, params) = text.split_at(text.find(';').unwrap_or(text.len()));
        let protocol = scan::trim(protocol).to_ascii_uppercase();
        if !scan::is_token(&protocol) {
            return Err("an improper protocol");
        }
        let params = Params::parse(params)?;
        let cause = params.get("cause").and_then(scan::number);
        Ok(Self { protocol, cause, text: params.get("text").map(str::to_owned) })
    }
}

impl fmt::Display for ReasonHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.protocol)?;
        if let Some(cause) = self.cause {
            write!(f, ";cause={cause}")?;
        }
        match &self.text {
            Some(text) => write!(f, ";text={}", scan::quote(text)),
            None => Ok(()),
        }
    }
}

/// When to try again (RFC 3261 section 20.33).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetryAfter {
    pub seconds: u32,
    /// How long the peer will then be there, in seconds.
    pub duration: Option<u32>,
}

impl RetryAfter {
    /// Reads `120 (in a meeting);duration=3600`.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (seconds, rest) = text.split_at(digits);
        let seconds = scan::saturating_number(seconds).ok_or("no number of seconds")?;
        let after_comment = rest.rfind(')').map_or(rest, |end| rest.get(end + 1..).unwrap_or_default());
        let params = Params::parse(after_comment)?;
        Ok(Self { seconds, duration: params.get("duration").and_then(scan::saturating_number) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cseq_has_a_32_bit_number_and_a_method() {
        let cseq = CSeq::parse("0009  INVITE").unwrap();
        assert_eq!(cseq, CSeq::new(9, Method::Invite));
        assert_eq!(cseq.to_string(), "9 INVITE");
        for text in
            ["INVITE", "9", "-1 INVITE", "4294967296 INVITE", "1 IN VITE", "36893488147419103232 REGISTER"]
        {
            assert!(CSeq::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_rack_names_a_response() {
        let rack = RAck::parse("776656 1 INVITE").unwrap();
        assert_eq!(rack, RAck { rseq: 776656, cseq: CSeq::new(1, Method::Invite) });
        assert_eq!(rack.to_string(), "776656 1 INVITE");
    }

    #[test]
    fn session_intervals_say_who_refreshes() {
        let interval = SessionExpires::parse("1800 ;refresher=UAS").unwrap();
        assert_eq!(interval, SessionExpires { seconds: 1800, refresher: Some(Refresher::Uas) });
        assert_eq!(interval.to_string(), "1800;refresher=uas");
        assert!(SessionExpires::parse("soon").is_err());
        assert!(SessionExpires::parse("90;refresher=me").is_err());
    }

    #[test]
    fn replaces_needs_both_tags() {
        let text = "425928@bobster.example.org;to-tag=7743;from-tag=6472;early-only";
        let replaces = Replaces::parse(text).unwrap();
        assert_eq!((&*replaces.to_tag, &*replaces.from_tag, replaces.early_only), ("7743", "6472", true));
        assert_eq!(replaces.to_string(), text);
        assert!(Replaces::parse("a;to-tag=1").is_err());
        assert!(Replaces::parse("a").is_err());
    }

    #[test]
    fn reasons_carry_a_cause_and_a_text() {
        let reason = ReasonHeader::parse(r#"sip ;cause=200 ;text="Call completed elsewhere""#).unwrap();
        assert_eq!(reason, ReasonHeader::sip(200, "Call completed elsewhere"));
        assert_eq!(reason.to_string(), r#"SIP;cause=200;text="Call completed elsewhere""#);
    }

    #[test]
    fn retry_after_may_have_a_comment() {
        let retry = RetryAfter::parse("120 (I'm in a (long) meeting);duration=3600").unwrap();
        assert_eq!(retry, RetryAfter { seconds: 120, duration: Some(3600) });
        assert_eq!(RetryAfter::parse("5").unwrap().seconds, 5);
        assert!(RetryAfter::parse("later").is_err());
    }
}
