//! When two URIs mean the same.

use std::collections::BTreeMap;

use super::escape::unescape;
use super::{Host, Scheme, Uri};
use crate::sip::message::Params;

type Folded = BTreeMap<String, String>;

impl Uri {
    /// Whether both mean the same (RFC 3261 section 19.1.4; RFC 3966 section 4 for numbers).
    pub fn is_equivalent(&self, other: &Uri) -> bool {
        match (&self.scheme, &other.scheme) {
            (Scheme::Other(a), Scheme::Other(b)) => a == b,
            (Scheme::Tel, Scheme::Tel) => {
                same_number(self.user.as_deref(), other.user.as_deref())
                    && same_params(&self.params, &other.params, |_| true)
            }
            (a, b) if a == b => self.is_equivalent_sip(other),
            _ => false,
        }
    }

    fn is_equivalent_sip(&self, other: &Uri) -> bool {
        // These change where a request goes, so one URI alone having them is a difference.
        let decisive = |name: &str| ["user", "ttl", "method", "maddr", "transport"].contains(&name);
        let text = |part: &Option<String>| part.as_deref().map(|text| unescape(text).into_owned());
        text(&self.user) == text(&other.user)
            && text(&self.password) == text(&other.password)
            && self.host.as_ref().map(Host::folded) == other.host.as_ref().map(Host::folded)
            && self.port == other.port
            && same_params(&self.params, &other.params, decisive)
            && self.sorted_headers() == other.sorted_headers()
    }

    fn sorted_headers(&self) -> Vec<(String, String)> {
        let mut headers: Vec<_> = self.asked_headers().collect();
        headers.sort();
        headers
    }
}

/// Numbers are the same whatever separates their digits (RFC 3966 section 5.1.1).
fn same_number(a: Option<&str>, b: Option<&str>) -> bool {
    let digits = |number: Option<&str>| {
        number.unwrap_or_default().to_ascii_lowercase().replace(['-', '.', '(', ')'], "")
    };
    digits(a) == digits(b)
}

/// Parameters in both must agree; one in a single URI matters only if it is `decisive`.
fn same_params(a: &Params, b: &Params, decisive: impl Fn(&str) -> bool) -> bool {
    let folded = |params: &Params| -> Folded {
        let fold = |text: &str| unescape(text).to_ascii_lowercase();
        params.iter().map(|(name, value)| (fold(name), fold(value))).collect()
    };
    let (a, b) = (folded(a), folded(b));
    let covered = |from: &Folded, by: &Folded| {
        from.iter().all(|(name, value)| by.get(name).map_or(!decisive(name), |other| value == other))
    };
    covered(&a, &b) && covered(&b, &a)
}
