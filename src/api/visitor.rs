//! Where a request comes from.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::allow::Networks;

/// What proxies say of those for whom they ask, the nearest one last.
const FORWARDED_FOR: &str = "x-forwarded-for";
/// How they were asked.
const FORWARDED_PROTO: &str = "x-forwarded-proto";

/// Who sent a request: an extension of each that came over the network. On a socket without addresses it is nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// The address, as far as somebody whom we trust knows it.
    pub address: IpAddr,
    /// Whether nobody on the way could read it.
    pub is_secure: bool,
}

impl Default for Visitor {
    fn default() -> Self {
        Self { address: IpAddr::V4(Ipv4Addr::UNSPECIFIED), is_secure: false }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().copied().unwrap_or_default())
    }
}

impl Visitor {
    /// Who stands behind the proxies that are trusted: the first address from our end on that is none of them.
    #[must_use]
    pub fn behind(self, proxies: &Networks, headers: &HeaderMap) -> Self {
        if !proxies.contain(self.address) {
            return self;
        }
        let last =
            |name: &str| headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).next_back();
        let named = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
        let named: Vec<&str> = named.flat_map(|list| list.split(',')).map(str::trim).collect();
        let mut address = self.address;
        for text in named.into_iter().rev() {
            // What nobody can read, and all before it, anybody may have written.
            let Ok(before) = text.parse() else { break };
            address = before;
            if !proxies.contain(before) {
                break;
            }
        }
        let is_https = last(FORWARDED_PROTO).is_some_and(|proto| proto.eq_ignore_ascii_case("https"));
        Self { address, is_secure: self.is_secure || is_https }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn behind(remote: &str, lists: &[&'static str]) -> (String, bool) {
        let mut headers = HeaderMap::new();
        for list in lists {
            headers.append(FORWARDED_FOR, HeaderValue::from_static(list));
        }
        headers.insert(FORWARDED_PROTO, HeaderValue::from_static("https"));
        let visitor = Visitor { address: remote.parse().unwrap(), is_secure: false };
        let seen = visitor.behind(&"10.0.0.0/8".parse().unwrap(), &headers);
        (seen.address.to_string(), seen.is_secure)
    }

    #[test]
    fn a_trusted_proxy_is_believed_and_nobody_else() {
        assert_eq!(behind("10.0.0.1", &["192.0.2.7"]), ("192.0.2.7".to_owned(), true));
        assert_eq!(behind("192.0.2.1", &["192.0.2.7"]), ("192.0.2.1".to_owned(), false));
    }

    #[test]
    fn what_a_client_says_of_itself_before_the_proxies_does_not_count() {
        assert_eq!(behind("10.0.0.1", &["198.51.100.1, 192.0.2.7", "10.0.0.2"]).0, "192.0.2.7");
        assert_eq!(behind("10.0.0.1", &["192.0.2.7, nonsense"]).0, "10.0.0.1");
        assert_eq!(behind("10.0.0.1", &[]).0, "10.0.0.1");
    }
}
