//! Who may call.

use std::net::IpAddr;

use super::{Endpoint, Flow, Identity, Origin};
use crate::id::DeviceId;
use crate::sip::digest::{Asker, Ha1, Verdict};
use crate::sip::message::{HeaderName, Headers, NameAddr, Request, Response};
use crate::time::Time;

impl Endpoint {
    /// Who sent an INVITE, or the response that asks for credentials or refuses them.
    ///
    /// A trunk is known by its address. Everybody else proves a secret, but for guests, and a guest
    /// may not bear the name of one of our devices.
    pub(super) fn origin(
        &mut self,
        invite: &Request,
        flow: &Flow,
        now: Time,
    ) -> Result<Origin, Box<Response>> {
        let claimed = user_of(invite.headers.from().ok().as_ref());
        let is_device = self.accounts.find(&claimed).is_some();
        let called = invite.uri.username().unwrap_or_default();
        if let Some(trunk) = self.stack.trunks.identify(flow, &called, is_device) {
            return Ok(Origin::Trunk(trunk));
        }
        if self.authenticator.credentials(&invite.headers, Asker::Proxy).is_some() {
            return self.device(invite, Asker::Proxy, &claimed, flow, now).map(Origin::Device);
        }
        match !is_device && self.is_guest(flow.remote.ip()) {
            true => Ok(Origin::Guest),
            false => Err(self.challenge(invite, Asker::Proxy, false, flow, now)),
        }
    }

    /// The device that proves its secret in `request`. It must go by the name that it claims.
    pub(super) fn device(
        &mut self,
        request: &Request,
        asker: Asker,
        claimed: &str,
        flow: &Flow,
        now: Time,
    ) -> Result<DeviceId, Box<Response>> {
        let Some(credentials) = self.authenticator.credentials(&request.headers, asker) else {
            return Err(self.challenge(request, asker, false, flow, now));
        };
        let source = flow.remote.ip();
        let account = self.accounts.find(&credentials.username).cloned();
        let ha1 = account.as_ref().map_or_else(
            || self.nobody.clone(),
            |account| Ha1 { md5: account.ha1_md5.clone(), sha256: account.ha1_sha256.clone() },
        );
        let verdict = self.authenticator.verify(&credentials, &request.method, &ha1, source, now);
        let refusal = match (verdict, account) {
            (Verdict::Accepted, Some(account)) if account.username == claimed => {
                self.guard.proved(source.into());
                return Ok(account.device);
            }
            (Verdict::Stale, _) => return Err(self.challenge(request, asker, true, flow, now)),
            (Verdict::Refused(refusal), Some(_)) => refusal.to_string(),
            (_, Some(_)) => format!("claims to be {claimed:?}"),
            (_, None) => "no such account".to_owned(),
        };
        let (method, name) = (&request.method, &credentials.username);
        let why = format!("{method} refused: credentials of {name:?}: {refusal}");
        self.stack.trouble(flow.remote, &*why);
        self.failed(flow, &why, now);
        Err(Box::new(self.refusal(request, 403)))
    }

    /// A response of no dialog, under a tag of its own.
    pub(super) fn refusal(&mut self, request: &Request, status: u16) -> Response {
        let tag = self.stack.tag();
        request.response(status).with_to_tag(&tag)
    }

    /// The response that asks for credentials.
    fn challenge(
        &mut self,
        request: &Request,
        asker: Asker,
        stale: bool,
        flow: &Flow,
        now: Time,
    ) -> Box<Response> {
        let mut response = self.refusal(request, asker.status());
        for challenge in self.authenticator.challenges(stale, flow.remote.ip(), now) {
            response.headers.push(asker.challenge_header(), challenge);
        }
        Box::new(response)
    }

    fn is_guest(&self, source: IpAddr) -> bool {
        self.stack.config.guests.iter().any(|(network, length)| contains(*network, *length, source))
    }
}

/// The caller of an INVITE as it may be shown: for a device its own number; else what it says, or
/// what its network vouches for if that is `trusted`, unless it wishes to stay unknown (RFC 3323, RFC 3325).
pub fn caller(headers: &Headers, trusted: bool) -> Identity {
    let from = headers.from().ok();
    let private = headers.lists(HeaderName::Privacy, "id") || headers.lists(HeaderName::Privacy, "user");
    let vouched = || headers.asserted_identities().ok().and_then(|all| all.into_iter().next());
    let asserted = if trusted && !private { vouched() } else { None };
    let Some(address) = asserted.or(from) else { return Identity::default() };
    if private || address.uri.host_is("anonymous.invalid") {
        return Identity::default();
    }
    Identity {
        user: user_of(Some(&address)),
        host: address.uri.host.as_ref().map(|host| host.to_string()),
        display: address.display,
    }
}

/// The user of an address; empty if there is none.
pub fn user_of(address: Option<&NameAddr>) -> String {
    address.and_then(|address| address.uri.username().map(|user| user.into_owned())).unwrap_or_default()
}

/// True if `address` is in the network.
pub fn contains(network: IpAddr, length: u8, address: IpAddr) -> bool {
    let shared = |a: u128, b: u128, bits: u8| {
        (a ^ b).checked_shr(u32::from(bits.saturating_sub(length))).unwrap_or(0) == 0
    };
    match (network, address.to_canonical()) {
        (IpAddr::V4(a), IpAddr::V4(b)) => shared(a.to_bits().into(), b.to_bits().into(), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => shared(a.to_bits(), b.to_bits(), 128),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_the_addresses_with_its_prefix() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        assert!(contains(ip("127.0.0.0"), 8, ip("127.1.2.3")));
        assert!(!contains(ip("127.0.0.0"), 8, ip("128.0.0.1")));
        assert!(contains(ip("0.0.0.0"), 0, ip("203.0.113.1")));
        assert!(!contains(ip("0.0.0.0"), 0, ip("::1")));
        assert!(contains(ip("192.0.2.1"), 32, ip("192.0.2.1")));
        assert!(!contains(ip("192.0.2.1"), 32, ip("192.0.2.2")));
        assert!(contains(ip("2001:db8::"), 32, ip("2001:db8:1::1")));
        assert!(contains(ip("127.0.0.0"), 8, ip("::ffff:127.0.0.1")));
    }

    #[test]
    fn who_wishes_to_stay_unknown_does() {
        let mut headers = Headers::new();
        headers.push(HeaderName::From, "\"Ann\" <sip:100@a.example>;tag=1");
        assert_eq!(caller(&headers, false).display.as_deref(), Some("Ann"));
        headers.push(HeaderName::Privacy, "id");
        assert_eq!(caller(&headers, false), Identity::default());
    }
}
