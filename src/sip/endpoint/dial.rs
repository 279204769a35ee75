//! Building the INVITE of an outgoing call.

use std::collections::VecDeque;

use bytes::Bytes;

use super::stack::{ALLOW, SDP, SUPPORTED};
use super::{
    By, CallRef, Cause, Destination, Endpoint, Event, FromUser, Identity, IdentityHeader, Query, Target,
    TrunkPeer,
};
use crate::id::TrunkId;
use crate::sip::call::{Call, Kind, Outgoing, timer};
use crate::sip::dialog::route;
use crate::sip::message::{HeaderName, Method, NameAddr, Request, SessionExpires};
use crate::sip::uri::{Host, Scheme, Uri};
use crate::time::Time;

/// A call that the line wants made.
pub struct Dial {
    pub target: Target,
    pub from: Identity,
    pub to_user: Option<String>,
    pub offer: Option<Bytes>,
    pub max_forwards: u8,
    pub headers: Vec<(String, String)>,
}

/// A target in our terms.
struct Aim {
    uri: Uri,
    routes: Vec<NameAddr>,
    kind: Kind,
    trunk: Option<TrunkId>,
    withheld: bool,
    to: VecDeque<Destination>,
}

impl Endpoint {
    pub(super) fn dial(&mut self, reference: CallRef, dial: Dial, now: Time) {
        if self.calls.contains_key(&reference) {
            return;
        }
        let urgent = matches!(&dial.target, Target::Trunk { user, .. } if self.emergency.contains(user));
        let aim = match self.aim(&dial.target, now) {
            Ok(aim) if urgent || self.live < self.stack.config.limits.calls => aim,
            Ok(_) => return self.refuse_dial(reference, 503, "too many calls"),
            Err(text) => return self.refuse_dial(reference, 404, text),
        };
        let (call_id, tag) = (self.stack.entropy.token(24), self.stack.tag());
        let peer = aim.trunk.and_then(|trunk| self.stack.trunks.get(trunk));
        let patience = peer.and_then(|trunk| trunk.peer.patience);
        let registered = peer.filter(|trunk| trunk.registration.is_some());
        let user = match registered {
            Some(trunk) => Some(trunk.contact.clone()),
            None => Some(dial.from.user.clone()).filter(|user| !user.is_empty() && !aim.withheld),
        };
        let invite = self.invite(&aim, dial, &call_id, &tag);
        let unresolved = aim.to.is_empty();
        let next_hop = aim.routes.first().map_or(&aim.uri, |route| &route.uri).clone();
        let trusted = aim.kind == Kind::Phone || aim.trunk.is_some_and(|trunk| self.is_told(trunk));
        let (to, kind, trunk) = (aim.to, aim.kind, aim.trunk);
        let outgoing = Outgoing { invite, to, kind, user, trunk, patience, trusted };
        let call = Call::dial(reference, (call_id, tag), outgoing, &mut self.stack, now);
        self.add_call(reference, call);
        if unresolved {
            let host = next_hop.host.as_ref().map(Host::to_string).unwrap_or_default();
            self.resolve(Query::Call(reference, aim.trunk), host, next_hop.port, next_hop.transport());
        }
    }

    /// Whether a provider is told who it is connected with.
    pub(super) fn is_told(&self, trunk: TrunkId) -> bool {
        let peer = self.stack.trunks.peer(trunk);
        peer.is_some_and(|peer| peer.identity == IdentityHeader::Asserted)
    }

    fn refuse_dial(&mut self, call: CallRef, status: u16, text: &str) {
        let cause = Cause { status: Some(status), by: By::Transport, text: text.to_owned() };
        self.stack.event(Event::Ended { call, cause });
    }

    fn aim(&self, target: &Target, now: Time) -> Result<Aim, &'static str> {
        match target {
            Target::Binding { uri, flow, path, .. } => {
                let uri = Uri::parse(uri).map_err(|_| "an improper Contact")?;
                let routes = path.iter().filter_map(|hop| NameAddr::parse(hop).ok()).collect();
                let to = [Destination::Flow(*flow)].into();
                Ok(Aim { uri, routes, kind: Kind::Phone, trunk: None, withheld: false, to })
            }
            Target::Trunk { trunk, user, withheld } => {
                let entry = self.stack.trunks.get(*trunk).ok_or("no such trunk")?;
                let (uri, routes) = (entry.uri(Some(user)), entry.route().into_iter().collect());
                let (to, trunk) = (entry.destinations(now), Some(*trunk));
                Ok(Aim { uri, routes, kind: Kind::Network, trunk, withheld: *withheld, to })
            }
            Target::Uri { uri } => {
                let uri = Uri::parse(uri).map_err(|_| "an improper URI")?;
                uri.host.as_ref().filter(|_| uri.scheme == Scheme::Sip).ok_or("not a sip: URI")?;
                let place = uri.place();
                let to = place.map(|(transport, remote)| Destination::Address { transport, remote });
                let to = to.into_iter().collect();
                Ok(Aim { uri, routes: vec![], kind: Kind::Network, trunk: None, withheld: false, to })
            }
        }
    }

    fn invite(&mut self, aim: &Aim, dial: Dial, call_id: &str, tag: &str) -> Request {
        let (uri, routes) = route(&aim.uri, &aim.routes);
        let mut invite = Request::new(Method::Invite, uri);
        for hop in routes {
            invite.headers.push(HeaderName::Route, hop);
        }
        let mut invite = invite
            .with(HeaderName::MaxForwards, dial.max_forwards.to_string())
            .with(HeaderName::From, self.from(&dial.from, aim).with_tag(tag))
            .with(HeaderName::To, to(aim, dial.to_user))
            .with(HeaderName::CallId, call_id)
            .with(HeaderName::CSeq, "1 INVITE")
            .with(HeaderName::Allow, ALLOW)
            .with(HeaderName::Supported, SUPPORTED);
        for (name, value) in self.identity(&dial.from, aim) {
            invite.headers.push(name, value);
        }
        for (name, value) in dial.headers {
            let clean = |text: &str| !text.contains(['\r', '\n', '\0']);
            if let Some(name) = HeaderName::parse(&name).filter(|_| clean(&value)) {
                invite.headers.push(name, value);
            }
        }
        let config = &self.stack.config;
        let wanted = SessionExpires { seconds: config.session_expires, refresher: None };
        let invite = timer::ask(invite, wanted, config.min_session_expires);
        match dial.offer {
            Some(offer) => invite.with_body(SDP, offer),
            None => invite,
        }
    }

    fn from(&self, from: &Identity, aim: &Aim) -> NameAddr {
        let peer = aim.trunk.and_then(|trunk| self.stack.trunks.peer(trunk));
        let account = peer.filter(|peer| peer.from == FromUser::Account).and_then(TrunkPeer::username);
        match account.unwrap_or(&from.user) {
            // RFC 3323 section 4.1.1.3. A provider that wants our user name there hides it itself.
            user if user.is_empty() || aim.withheld && account.is_none() => {
                NameAddr::new(Uri::sip(Some("anonymous"), "anonymous.invalid"))
                    .with_display(Some("Anonymous"))
            }
            user => {
                let display = from.display.as_deref().filter(|_| !aim.withheld);
                NameAddr::new(Uri::sip(Some(user), self.our_host(from, aim))).with_display(display)
            }
        }
    }

    /// The host of our addresses, as the callee sees them.
    fn our_host(&self, from: &Identity, aim: &Aim) -> Host {
        self.stack.our_host(from.host.as_deref(), aim.trunk, aim.to.front())
    }

    /// What a provider is told of the caller besides From (RFC 3323, RFC 3325).
    fn identity(&self, from: &Identity, aim: &Aim) -> Vec<(HeaderName, String)> {
        let Some(peer) = aim.trunk.and_then(|trunk| self.stack.trunks.peer(trunk)) else { return vec![] };
        let header = match peer.identity {
            IdentityHeader::None => None,
            IdentityHeader::Asserted => Some(HeaderName::PAssertedIdentity),
            IdentityHeader::Preferred => Some(HeaderName::PPreferredIdentity),
        };
        let address = || {
            let uri = Uri::sip(Some(&from.user), self.our_host(from, aim));
            String::from(NameAddr::new(uri).with_display(from.display.as_deref()))
        };
        let told = header.filter(|_| !from.user.is_empty()).map(|header| (header, address()));
        let private = (aim.withheld || from.user.is_empty()).then(|| (HeaderName::Privacy, "id".to_owned()));
        told.into_iter().chain(private).collect()
    }
}

/// To is the target without what is only for the way there.
fn to(aim: &Aim, user: Option<String>) -> NameAddr {
    let mut uri = aim.uri.clone();
    uri.params = Default::default();
    uri.headers = None;
    uri.port = None;
    if let Some(user) = user.filter(|_| uri.is_sip())
        && let Some(host) = uri.host
    {
        uri = Uri::sip(Some(&user), host);
    }
    NameAddr::new(uri)
}
