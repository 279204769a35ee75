//! Requests that nobody may send us, whoever it is (RFC 3261 section 8.2).

use super::stack::{ALLOW, SDP};
use super::{Endpoint, Flow};
use crate::sip::call::sdp;
use crate::sip::message::{HeaderName, Headers, Method, Request, Response};
use crate::sip::uri::Scheme;

/// Extensions that a request may require.
const EXTENSIONS: &[&str] = &["100rel", "timer", "path", "outbound", "replaces", "norefersub"];

impl Endpoint {
    /// The refusal of a request that nobody may send us.
    pub(super) fn improper(&mut self, request: &Request, flow: &Flow) -> Option<Response> {
        let headers = &request.headers;
        if headers.vias().is_ok_and(|vias| vias.iter().any(|via| self.stack.is_ours(via))) {
            return Some(self.refusal(request, 482));
        }
        if !ALLOW.split(", ").any(|method| method == request.method.as_str()) {
            let status = if matches!(request.method, Method::Other(_)) { 501 } else { 405 };
            return Some(self.refusal(request, status).with(HeaderName::Allow, ALLOW));
        }
        if !request.uri.is_sip() && request.uri.username().is_none() {
            return Some(self.refusal(request, 416));
        }
        if request.uri.scheme == Scheme::Sips && !flow.transport.is_secure() {
            // Whoever wrote it believes that nobody listened in (RFC 3261 section 26.2.2).
            return Some(self.refusal(request, 403).with_reason("SIPS Needs TLS"));
        }
        if request.method == Method::Register && !headers.to().is_ok_and(|to| to.uri.is_sip()) {
            // Whom to register is told by a SIP URI (section 10.3).
            return Some(self.refusal(request, 400).with_reason("Bad Request: To: no SIP URI"));
        }
        let required = headers.all(HeaderName::Require).filter(|_| request.method != Method::Cancel);
        let unknown: Vec<&str> = required
            .filter(|option| !EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(option)))
            .collect();
        if !unknown.is_empty() {
            let unknown = unknown.join(", ");
            return Some(self.refusal(request, 420).with(HeaderName::Unsupported, unknown));
        }
        let carries_sdp = matches!(request.method, Method::Invite | Method::Update | Method::Prack);
        if carries_sdp && !request.body.is_empty() && sdp(headers, &request.body).is_none() {
            return Some(self.refusal(request, 415).with(HeaderName::Accept, SDP));
        }
        if request.method == Method::Invite && !takes_sdp(headers) {
            let reason = "Not Acceptable: we answer with application/sdp";
            return Some(self.refusal(request, 406).with_reason(reason));
        }
        None
    }
}

/// Whether a session description may stand in the answer. Whoever says nothing of what it takes, takes one (RFC 3261
/// section 20.1).
fn takes_sdp(headers: &Headers) -> bool {
    let ranges = || {
        let kinds = headers.all(HeaderName::Accept).map(|range| range.split(';').next().unwrap_or_default());
        kinds.map(str::trim)
    };
    let covers = |range: &str| [SDP, "application/*", "*/*"].iter().any(|r| r.eq_ignore_ascii_case(range));
    ranges().next().is_none() || ranges().any(covers)
}
