//! Dialogs: what two ends agree on so that later requests find each other (RFC 3261 section 12).

use serde::{Deserialize, Serialize};

use super::message::{CSeq, HeaderName, Headers, Method, NameAddr, Request, Response};
use super::uri::{Scheme, Uri};

/// One end of a dialog.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dialog {
    call_id: String,
    local: NameAddr,
    remote: NameAddr,
    local_cseq: u32,
    remote_cseq: Option<u32>,
    target: Uri,
    routes: Vec<NameAddr>,
    /// Every hop is to be secure: our Contact is a `sips:` URI.
    secure: bool,
}

/// A request with a CSeq that is not higher than the last one's (RFC 3261 section 12.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfOrder;

impl Dialog {
    /// The dialog that answering `request` makes, under our tag (RFC 3261 section 12.1.1). `None` if
    /// the request lacks what a dialog needs.
    pub fn answered(request: &Request, tag: &str) -> Option<Self> {
        let headers = &request.headers;
        let (target, routes) = (headers.first_contact().ok()??.uri, headers.record_routes().ok()?);
        let next_hop = routes.first().map_or(&target, |route| &route.uri);
        Some(Self {
            secure: [next_hop, &request.uri].iter().any(|uri| uri.scheme == Scheme::Sips),
            call_id: headers.call_id().ok()?.to_owned(),
            local: headers.to().ok()?.with_tag(tag),
            remote: headers.from().ok()?,
            local_cseq: 0,
            remote_cseq: Some(headers.cseq().ok()?.number),
            target,
            routes,
        })
    }

    /// The dialog that `response` makes of our `request` (RFC 3261 section 12.1.2).
    pub fn asked(request: &Request, response: &Response) -> Option<Self> {
        let headers = &request.headers;
        let mut routes = response.headers.record_routes().ok()?;
        routes.reverse();
        Some(Self {
            call_id: headers.call_id().ok()?.to_owned(),
            local: headers.from().ok()?,
            remote: response.headers.to().ok()?,
            local_cseq: headers.cseq().ok()?.number,
            remote_cseq: None,
            target: contact(&response.headers).unwrap_or_else(|| request.uri.clone()),
            routes,
            secure: wants_security(request),
        })
    }

    /// The Call-ID.
    pub fn call_id(&self) -> &str {
        &self.call_id
    }

    /// Our tag.
    pub fn local_tag(&self) -> &str {
        self.local.tag().unwrap_or_default()
    }

    /// The peer's tag; empty if it has none, as before RFC 3261.
    pub fn remote_tag(&self) -> &str {
        self.remote.tag().unwrap_or_default()
    }

    /// True if the request is one of this dialog: both tags are the right ones.
    pub fn owns(&self, request: &Request) -> bool {
        let tag = |address: Result<NameAddr, _>| {
            address.ok().and_then(|a| a.tag().map(str::to_owned)).unwrap_or_default()
        };
        tag(request.headers.to()) == self.local_tag() && tag(request.headers.from()) == self.remote_tag()
    }

    /// Takes note of a request of the peer. ACK and CANCEL have the number of their INVITE and are
    /// not to be given here.
    pub fn accept(&mut self, cseq: u32) -> Result<(), OutOfOrder> {
        if self.remote_cseq.is_some_and(|last| cseq <= last) {
            return Err(OutOfOrder);
        }
        self.remote_cseq = Some(cseq);
        Ok(())
    }

    /// A re-INVITE or UPDATE, or a 2xx to one, may move the peer's Contact.
    pub fn refresh(&mut self, headers: &Headers) {
        if let Some(uri) = contact(headers) {
            self.target = uri;
        }
    }

    /// An early dialog that a 2xx confirms takes its route set from the 2xx (RFC 3261 section 13.2.2.4).
    pub fn confirm(&mut self, response: &Response) {
        self.refresh(&response.headers);
        if let Ok(mut routes) = response.headers.record_routes() {
            routes.reverse();
            self.routes = routes;
        }
    }

    /// A new request within the dialog. Via and Contact are the sender's to add.
    pub fn request(&mut self, method: Method) -> Request {
        let number = self.number();
        self.build(method, number)
    }

    /// The ACK to a 2xx of the INVITE with this number (RFC 3261 section 13.2.2.4).
    pub fn ack(&self, cseq: u32) -> Request {
        self.build(Method::Ack, cseq)
    }

    /// The number for the next request of ours, where one is made of another.
    pub fn number(&mut self) -> u32 {
        self.local_cseq += 1;
        self.local_cseq
    }

    /// Our requests come from this address from now on, under the same tag (RFC 4916 section 4.4.1).
    pub fn rename(&mut self, local: &NameAddr) {
        let params = std::mem::take(&mut self.local.params);
        self.local = NameAddr { params, ..local.clone() };
    }

    /// Where the next request goes first: the topmost route, or the peer's Contact.
    pub fn next_hop(&self) -> &Uri {
        self.routes.first().map_or(&self.target, |route| &route.uri)
    }

    /// True if our Contact has to be a `sips:` URI.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// True if proxies stand between us and the peer.
    pub fn is_routed(&self) -> bool {
        !self.routes.is_empty()
    }

    fn build(&self, method: Method, cseq: u32) -> Request {
        let (uri, routes) = route(&self.target, &self.routes);
        let mut request = Request::new(method.clone(), uri);
        for hop in routes {
            request.headers.push(HeaderName::Route, hop);
        }
        request
            .with(HeaderName::MaxForwards, "70")
            .with(HeaderName::From, &self.local)
            .with(HeaderName::To, &self.remote)
            .with(HeaderName::CallId, &*self.call_id)
            .with(HeaderName::CSeq, CSeq::new(cseq, method))
    }
}

/// True if the Contact of a request of ours has to be a `sips:` URI: its target is one, or its first hop (RFC 3261
/// section 8.1.1.8).
pub fn wants_security(request: &Request) -> bool {
    let route = request.headers.get(HeaderName::Route).and_then(|route| NameAddr::parse(route).ok());
    [Some(&request.uri), route.as_ref().map(|route| &route.uri)]
        .into_iter()
        .flatten()
        .any(|uri| uri.scheme == Scheme::Sips)
}

/// Request-URI and Route for a target behind these routes. A first hop without `lr` routes strictly:
/// it wants to be the Request-URI itself (RFC 3261 section 12.2.1.1).
pub fn route(target: &Uri, routes: &[NameAddr]) -> (Uri, Vec<String>) {
    match routes.split_first() {
        Some((first, rest)) if !first.uri.is_loose() => {
            let last = NameAddr::new(target.clone());
            (first.uri.clone(), rest.iter().chain([&last]).map(String::from).collect())
        }
        _ => (target.clone(), routes.iter().map(String::from).collect()),
    }
}

fn contact(headers: &Headers) -> Option<Uri> {
    headers.first_contact().ok().flatten().map(|contact| contact.uri)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invite(record_routes: &[&str]) -> Request {
        let mut request = Request::new(Method::Invite, Uri::parse("sip:b@b.example").unwrap())
            .with(HeaderName::From, "<sip:a@a.example>;tag=a1")
            .with(HeaderName::To, "<sip:b@b.example>")
            .with(HeaderName::CallId, "c1")
            .with(HeaderName::CSeq, "7 INVITE")
            .with(HeaderName::Contact, "<sip:a@192.0.2.1:5070>");
        for route in record_routes {
            request.headers.push(HeaderName::RecordRoute, *route);
        }
        request
    }

    fn lines(request: &Request, name: HeaderName) -> Vec<String> {
        request.headers.all(name).map(str::to_owned).collect()
    }

    #[test]
    fn the_callee_routes_in_the_order_of_record_route() {
        let mut dialog = Dialog::answered(&invite(&["<sip:p2;lr>", "<sip:p1;lr>"]), "b1").unwrap();
        let bye = dialog.request(Method::Bye);
        assert_eq!(bye.uri.to_string(), "sip:a@192.0.2.1:5070");
        assert_eq!(lines(&bye, HeaderName::Route), ["<sip:p2;lr>", "<sip:p1;lr>"]);
        assert_eq!(bye.headers.from().unwrap().tag(), Some("b1"));
        assert_eq!(bye.headers.to().unwrap().tag(), Some("a1"));
        assert_eq!(bye.headers.get(HeaderName::CSeq), Some("1 BYE"));
    }

    #[test]
    fn the_caller_routes_the_other_way_round() {
        let invite = invite(&[]);
        let response = invite
            .response(200)
            .with_to_tag("b1")
            .with(HeaderName::RecordRoute, "<sip:p2;lr>, <sip:p1;lr>")
            .with(HeaderName::Contact, "<sip:b@192.0.2.2>");
        let mut dialog = Dialog::asked(&invite, &response).unwrap();
        assert_eq!(dialog.next_hop().to_string(), "sip:p1;lr");
        let bye = dialog.request(Method::Bye);
        assert_eq!(lines(&bye, HeaderName::Route), ["<sip:p1;lr>", "<sip:p2;lr>"]);
        assert_eq!(bye.headers.get(HeaderName::CSeq), Some("8 BYE"));
        assert_eq!(dialog.ack(7).headers.get(HeaderName::CSeq), Some("7 ACK"));
    }

    #[test]
    fn a_strict_router_becomes_the_request_uri() {
        let mut dialog = Dialog::answered(&invite(&["<sip:p2>", "<sip:p1;lr>"]), "b1").unwrap();
        let bye = dialog.request(Method::Bye);
        assert_eq!(bye.uri.to_string(), "sip:p2");
        assert_eq!(lines(&bye, HeaderName::Route), ["<sip:p1;lr>", "<sip:a@192.0.2.1:5070>"]);
    }

    #[test]
    fn requests_out_of_order_are_refused() {
        let mut dialog = Dialog::answered(&invite(&[]), "b1").unwrap();
        assert_eq!(dialog.accept(7), Err(OutOfOrder));
        assert_eq!(dialog.accept(9), Ok(()));
        assert_eq!(dialog.accept(8), Err(OutOfOrder));
    }

    #[test]
    fn only_exact_tags_belong_to_the_dialog() {
        let mut dialog = Dialog::answered(&invite(&[]), "b1").unwrap();
        let mut request = dialog.request(Method::Bye);
        assert!(!dialog.owns(&request), "our own requests carry the tags the other way round");
        request.headers.set(HeaderName::From, "<sip:a@a.example>;tag=a1");
        request.headers.set(HeaderName::To, "<sip:b@b.example>;tag=b1");
        assert!(dialog.owns(&request));
        request.headers.set(HeaderName::From, "<sip:a@a.example>;tag=a2");
        assert!(!dialog.owns(&request));
    }
}
