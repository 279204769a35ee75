//! Names of header fields.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::scan;

macro_rules! names {
    ($($name:ident = $text:literal $lower:literal $(or $compact:literal)? $(: $list:ident)?;)*) => {
        /// The name of a header field: any token, compared without regard to case (RFC 3261 section
        /// 7.3.1). Compact forms (section 7.3.3) are the same name.
        #[derive(Clone, Debug)]
        pub enum HeaderName {
            $($name,)*
            /// One that this program has no use for, as it was written.
            Other(String),
        }

        impl HeaderName {
            /// The name as this program writes it: in full, in the usual case.
            pub fn as_str(&self) -> &str {
                match self {
                    $(HeaderName::$name => $text,)*
                    HeaderName::Other(text) => text,
                }
            }

            /// Whether one line may carry several values, separated by commas (RFC 3261 section 7.3.1).
            ///
            /// Unknown names count as not: a comma may be part of their value.
            pub fn is_list(&self) -> bool {
                match self {
                    $($(HeaderName::$name => names!(@ $list),)?)*
                    _ => false,
                }
            }

            fn known(text: &str) -> Option<Self> {
                const LONGEST: usize = 24;
                let mut lower = [0; LONGEST];
                let lower = lower.get_mut(..text.len())?;
                lower.copy_from_slice(text.as_bytes());
                lower.make_ascii_lowercase();
                match &*lower {
                    $($lower $(| $compact)? => Some(HeaderName::$name),)*
                    _ => None,
                }
            }
        }

        #[cfg(test)]
        const ALL: &[(HeaderName, &[u8], Option<&[u8]>)] = &[
            $((HeaderName::$name, $lower, names!(@opt $($compact)?))),*
        ];
    };
    (@ list) => { true };
    (@opt $compact:literal) => { Some($compact) };
    (@opt) => { None };
}

names! {
    Accept = "Accept" b"accept": list;
    AcceptEncoding = "Accept-Encoding" b"accept-encoding": list;
    AcceptLanguage = "Accept-Language" b"accept-language": list;
    AlertInfo = "Alert-Info" b"alert-info": list;
    Allow = "Allow" b"allow": list;
    AllowEvents = "Allow-Events" b"allow-events" or b"u": list;
    Authorization = "Authorization" b"authorization";
    CallId = "Call-ID" b"call-id" or b"i";
    CallInfo = "Call-Info" b"call-info": list;
    Contact = "Contact" b"contact" or b"m": list;
    ContentDisposition = "Content-Disposition" b"content-disposition";
    ContentEncoding = "Content-Encoding" b"content-encoding" or b"e": list;
    ContentLanguage = "Content-Language" b"content-language": list;
    ContentLength = "Content-Length" b"content-length" or b"l";
    ContentType = "Content-Type" b"content-type" or b"c";
    CSeq = "CSeq" b"cseq";
    Date = "Date" b"date";
    Diversion = "Diversion" b"diversion": list;
    Event = "Event" b"event" or b"o";
    Expires = "Expires" b"expires";
    From = "From" b"from" or b"f";
    HistoryInfo = "History-Info" b"history-info": list;
    MaxForwards = "Max-Forwards" b"max-forwards";
    MinExpires = "Min-Expires" b"min-expires";
    MinSe = "Min-SE" b"min-se";
    PAssertedIdentity = "P-Asserted-Identity" b"p-asserted-identity": list;
    PPreferredIdentity = "P-Preferred-Identity" b"p-preferred-identity": list;
    Path = "Path" b"path": list;
    Privacy = "Privacy" b"privacy";
    ProxyAuthenticate = "Proxy-Authenticate" b"proxy-authenticate";
    ProxyAuthorization = "Proxy-Authorization" b"proxy-authorization";
    ProxyRequire = "Proxy-Require" b"proxy-require": list;
    RAck = "RAck" b"rack";
    Reason = "Reason" b"reason": list;
    RecordRoute = "Record-Route" b"record-route": list;
    ReferSub = "Refer-Sub" b"refer-sub";
    ReferTo = "Refer-To" b"refer-to" or b"r";
    ReferredBy = "Referred-By" b"referred-by" or b"b";
    Replaces = "Replaces" b"replaces";
    Require = "Require" b"require": list;
    RetryAfter = "Retry-After" b"retry-after";
    Route = "Route" b"route": list;
    RSeq = "RSeq" b"rseq";
    Server = "Server" b"server";
    ServiceRoute = "Service-Route" b"service-route": list;
    SessionExpires = "Session-Expires" b"session-expires" or b"x";
    Subject = "Subject" b"subject" or b"s";
    SubscriptionState = "Subscription-State" b"subscription-state";
    Supported = "Supported" b"supported" or b"k": list;
    Timestamp = "Timestamp" b"timestamp";
    To = "To" b"to" or b"t";
    Unsupported = "Unsupported" b"unsupported": list;
    UserAgent = "User-Agent" b"user-agent";
    Via = "Via" b"via" or b"v": list;
    Warning = "Warning" b"warning": list;
    WwwAuthenticate = "WWW-Authenticate" b"www-authenticate";
}

impl HeaderName {
    /// The name written so; `None` if it is not a token.
    pub fn parse(text: &str) -> Option<Self> {
        Self::known(text).or_else(|| scan::is_token(text).then(|| HeaderName::Other(text.to_owned())))
    }
}

impl PartialEq for HeaderName {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (HeaderName::Other(a), HeaderName::Other(b)) => a.eq_ignore_ascii_case(b),
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

impl Eq for HeaderName {}

impl From<&str> for HeaderName {
    /// Takes any text; what is no token is refused when it is written.
    fn from(text: &str) -> Self {
        Self::known(text).unwrap_or_else(|| HeaderName::Other(text.to_owned()))
    }
}

impl From<&HeaderName> for HeaderName {
    fn from(name: &HeaderName) -> Self {
        name.clone()
    }
}

impl fmt::Display for HeaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for HeaderName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for HeaderName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(HeaderName::from(&*text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_known_in_any_case_and_in_its_compact_form() {
        for (name, lower, compact) in ALL {
            assert_eq!(name.as_str().to_ascii_lowercase().as_bytes(), *lower);
            assert_eq!(HeaderName::parse(&name.as_str().to_ascii_uppercase()).as_ref(), Some(name));
            if let Some(compact) = compact {
                assert_eq!(HeaderName::parse(std::str::from_utf8(compact).unwrap()).as_ref(), Some(name));
            }
        }
    }

    #[test]
    fn unknown_names_keep_their_spelling_and_compare_without_case() {
        let name = HeaderName::parse("X-hovor-Trace").unwrap();
        assert_eq!(name.as_str(), "X-hovor-Trace");
        assert_eq!(name, HeaderName::from("x-HOVOR-trace"));
        assert_ne!(name, HeaderName::Via);
    }

    #[test]
    fn what_is_no_token_is_no_name() {
        for text in ["", "Two words", "Colon:", "Nul\0", "Café"] {
            assert_eq!(HeaderName::parse(text), None, "{text:?}");
        }
    }
}
