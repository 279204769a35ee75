//! Messages that arrive: what they are for, and the answers that need no call (RFC 3261 section 8.2).

use std::net::SocketAddr;

use bytes::Bytes;

use super::admission::FULL;
use super::policy::{caller, user_of};
use super::stack::{ALLOW, SDP, SUPPORTED, refusal_ack};
use super::{CallRef, Destination, Endpoint, Event, Flow, Incoming, Origin, Output, Owner, dialog_key};
use crate::sip::call::timer::{self, Wish};
use crate::sip::call::{Call, Peer, sdp};
use crate::sip::message::{HeaderName, Headers, Message, Method, ParseError, Request, Response};
use crate::sip::subscription::Package;
use crate::sip::transaction::{Arrival, Kind, RequestKey, ServerId};
use crate::time::Time;

impl Endpoint {
    pub(super) fn receive(&mut self, flow: Flow, bytes: Bytes, now: Time) {
        self.stack.learn_flow(&flow);
        match Message::parse(bytes) {
            Ok(Message::Request(request)) => self.receive_request(request, flow, now),
            Ok(Message::Response(response)) => self.receive_response(&response, flow, now),
            Err(error) if self.bears_nonsense(&flow, now) => self.receive_nonsense(&error, flow),
            Err(_) => {}
        }
    }

    fn receive_nonsense(&mut self, error: &ParseError, flow: Flow) {
        self.stack.trouble(flow.remote, format!("a message that cannot be read: {error}"));
        if let Some(response) = error.response() {
            let response = response.with_to_tag(&self.stack.tag());
            let bytes = self.stack.response_bytes(response);
            self.stack.output(Output::Send { to: Destination::Flow(flow), bytes });
        } else if flow.connection.is_some() {
            self.stack.output(Output::Close { flow });
        }
    }

    fn receive_response(&mut self, response: &Response, flow: Flow, now: Time) {
        let (Ok(via), Ok(cseq)) = (response.headers.via(), response.headers.cseq()) else { return };
        if !self.stack.is_ours(&via) {
            self.stack.trouble(flow.remote, "a response to nothing that we sent");
            return;
        }
        let branch = via.branch().unwrap_or_default();
        let ack = |invite: &Bytes| refusal_ack(invite, response);
        let found =
            self.stack.transactions.respond((cseq.method.as_str(), branch), response.status, ack, now);
        if let Some((client, owner)) = found {
            match owner {
                Owner::Call(call) => {
                    self.with_call(call, |call, stack| call.response(client, response, stack, now));
                }
                Owner::Errand(trunk, purpose) => {
                    self.errand_answered((trunk, purpose), client, (response, flow), now);
                }
                Owner::Subscription(subscription) => {
                    self.notify_answered(subscription, client, response, now);
                }
                Owner::Heartbeat(flow) => self.page_answered(flow, client, now),
            }
        }
    }

    fn receive_request(&mut self, mut request: Request, flow: Flow, now: Time) {
        if request.stamp_source(flow.remote).is_err() {
            return;
        }
        let Some(key) = request_key(&request) else { return };
        if !self.lets_in(&request, &flow, now) {
            return;
        }
        if request.method == Method::Ack {
            if !self.stack.transactions.acknowledge(&key.hop, now) {
                self.receive_ack(&request, &flow, now);
            }
            return;
        }
        let to = way_back(&request, flow);
        if self.is_forged_cancel(&request, &flow) {
            return self.refuse_stateless(&request, 481, to);
        }
        let kind = match request.method {
            Method::Invite => Kind::Invite { urgent: self.is_urgent(&request) },
            _ => Kind::Other,
        };
        match self.stack.transactions.receive(key, kind, to, now) {
            Arrival::Absorbed => {}
            Arrival::New(server) => {
                if let Some(response) = self.dispatch(server, request, flow, now) {
                    self.refuse_or_answer(server, *response, to, now);
                }
            }
            Arrival::Merged => self.refuse_stateless(&request, 482, to),
            Arrival::Full => self.refuse_stateless(&request, 503, to),
        }
    }

    /// Answers a request that belongs to no call. Whoever has yet to prove where it is gets each answer once, and
    /// nothing is kept of it (RFC 3261 section 8.2.7): else one datagram with an invented source would have us send
    /// eleven to it.
    fn refuse_or_answer(&mut self, server: ServerId, response: Response, to: Destination, now: Time) {
        match response.status {
            401 | 407 | 503 => {
                self.stack.transactions.forget(server);
                let bytes = self.stack.response_bytes(response);
                self.stack.output(Output::Send { to, bytes });
            }
            _ => {
                self.stack.respond(server, response, now);
            }
        }
    }

    fn receive_ack(&mut self, ack: &Request, flow: &Flow, now: Time) {
        if let Some(reference) = self.call_of(ack, flow) {
            self.with_call(reference, |call, stack| call.acknowledged(ack, stack, now));
        }
    }

    fn refuse_stateless(&mut self, request: &Request, status: u16, to: Destination) {
        let mut response = self.refusal(request, status);
        if status == 503 {
            response.headers.push(HeaderName::RetryAfter, FULL.to_string());
        }
        let bytes = self.stack.response_bytes(response);
        self.stack.output(Output::Send { to, bytes });
    }

    /// Gives a new request to whom it is for. Returns the response if nobody else answers.
    fn dispatch(
        &mut self,
        server: ServerId,
        request: Request,
        flow: Flow,
        now: Time,
    ) -> Option<Box<Response>> {
        if let Some(refusal) = self.improper(&request, &flow) {
            return Some(Box::new(refusal));
        }
        if request.method == Method::Cancel {
            return self.receive_cancel(server, &request, &flow, now);
        }
        if request.method == Method::Subscribe
            && let Some(subscription) = self.subscription_of(&request, &flow)
        {
            self.resubscribe(subscription, server, (&request, flow), now);
            return None;
        }
        let in_dialog = request.headers.to().is_ok_and(|to| to.tag().is_some());
        match (&request.method, in_dialog) {
            (Method::Register, _) => Some(self.register(&request, &flow, now)),
            (Method::Invite, false) => self.invite_received(server, request, flow, now).err(),
            (Method::Options, false) => Some(Box::new(self.abilities(&request))),
            (Method::Subscribe, false) => self.subscribe(server, request, flow, now).err(),
            // We act for nobody who is in no call with us (RFC 3515 section 5.2).
            (Method::Refer, false) => Some(Box::new(self.refusal(&request, 403))),
            _ => match self.call_of(&request, &flow) {
                Some(reference) => {
                    self.stack.transactions.assign(server, reference.into());
                    let named = (request.method == Method::Refer).then(|| self.refer_to(&request));
                    self.with_call(reference, |call, stack| match named {
                        Some(named) => call.refer(server, (request, flow), named, stack, now),
                        None => call.request(server, request, flow, stack, now),
                    });
                    None
                }
                None => Some(Box::new(self.refusal(&request, 481))),
            },
        }
    }

    /// Answers the CANCEL first, so that the caller expects the 487 that follows.
    fn receive_cancel(
        &mut self,
        server: ServerId,
        cancel: &Request,
        flow: &Flow,
        now: Time,
    ) -> Option<Box<Response>> {
        let invite = self.cancelled_by(cancel, flow);
        let Some((invite, owner)) = invite else { return Some(Box::new(self.refusal(cancel, 481))) };
        let response = self.refusal(cancel, 200);
        self.stack.respond(server, response, now);
        if let Some(Owner::Call(reference)) = owner
            && self.calls.get(&reference).and_then(|entry| entry.call.open_invite()) == Some(invite)
        {
            self.with_call(reference, |call, stack| call.cancelled(cancel, stack, now));
        }
        None
    }

    /// The INVITE that a CANCEL takes back. It comes from where that came (RFC 3261 section 9.1), though perhaps
    /// from another port: many phones use branches that can be guessed.
    pub(super) fn cancelled_by(&self, cancel: &Request, flow: &Flow) -> Option<(ServerId, Option<Owner>)> {
        let (invite, owner, to) = self.invite_of(cancel)?;
        (to.remote().ip() == flow.remote.ip()).then_some((invite, owner))
    }

    /// A CANCEL from elsewhere must not even become a transaction: the true one would be taken for its repeat.
    fn is_forged_cancel(&self, request: &Request, flow: &Flow) -> bool {
        request.method == Method::Cancel
            && self.invite_of(request).is_some()
            && self.cancelled_by(request, flow).is_none()
    }

    fn invite_of(&self, cancel: &Request) -> Option<(ServerId, Option<Owner>, Destination)> {
        let hop = hop_key(cancel, &Method::Invite)?;
        self.stack.transactions.find(&hop)
    }

    /// The answer to OPTIONS (RFC 3261 section 11.2).
    fn abilities(&mut self, request: &Request) -> Response {
        self.refusal(request, 200)
            .with(HeaderName::Allow, ALLOW)
            .with(HeaderName::Accept, SDP)
            .with(HeaderName::Supported, SUPPORTED)
            .with(HeaderName::AllowEvents, Package::ALLOWED)
    }

    /// Somebody calls. `Err` is the refusal.
    fn invite_received(
        &mut self,
        server: ServerId,
        invite: Request,
        flow: Flow,
        now: Time,
    ) -> Result<(), Box<Response>> {
        self.check_invite(&invite)?;
        let origin = self.origin(&invite, &flow, now)?;
        if self.is_urgent(&invite)
            && !matches!(origin, Origin::Device(_))
            && let Some(seconds) = self.crowded()
        {
            return Err(self.refuse_for_now(&invite, seconds));
        }
        let replaces = self.takes_over(&invite)?;
        let known = Destination::Flow(flow);
        let peer = match origin {
            Origin::Trunk(trunk) => (Peer::Network { known, trunk: Some(trunk) }, self.is_told(trunk)),
            Origin::Device(_) => (Peer::Phone(known), true),
            Origin::Guest => (Peer::Phone(known), false),
        };
        let reference = self.new_reference();
        self.stack.respond(server, invite.response(100), now);
        let event = Box::new(Incoming { replaces, ..self.incoming(&invite, origin, flow) });
        let refused = self.refusal(&invite, 400).with_reason("Bad Request: no Contact");
        let call = Call::incoming(reference, server, invite, peer, &mut self.stack, now).ok_or(refused)?;
        self.stack.transactions.assign(server, reference.into());
        self.add_call(reference, call);
        self.stack.event(Event::Incoming { call: reference, invite: event });
        Ok(())
    }

    fn check_invite(&mut self, invite: &Request) -> Result<(), Box<Response>> {
        if !self.is_urgent(invite)
            && let Some(seconds) = self.crowded()
        {
            return Err(self.refuse_for_now(invite, seconds));
        }
        if invite.headers.max_forwards().ok().flatten() == Some(0) {
            return Err(Box::new(self.refusal(invite, 483)));
        }
        if !invite
            .headers
            .first_contact()
            .is_ok_and(|contact| contact.is_some_and(|contact| contact.uri.is_sip()))
        {
            return Err(Box::new(self.refusal(invite, 400).with_reason("Bad Request: no Contact")));
        }
        let config = &self.stack.config;
        let wish = Wish::of(&invite.headers);
        timer::accept(wish, config.session_expires, config.min_session_expires)
            .map(|_| ())
            .map_err(|least| Box::new(self.refusal(invite, 422).with(HeaderName::MinSe, least.to_string())))
    }

    fn refuse_for_now(&mut self, invite: &Request, seconds: u32) -> Box<Response> {
        Box::new(self.refusal(invite, 503).with(HeaderName::RetryAfter, seconds.to_string()))
    }

    fn incoming(&self, invite: &Request, origin: Origin, flow: Flow) -> Incoming {
        let headers = &invite.headers;
        let hops = headers.max_forwards().ok().flatten().unwrap_or(70);
        let to_user = user_of(headers.to().ok().as_ref());
        let request_user = invite.uri.username().map(|user| user.into_owned()).unwrap_or_default();
        let trunk = match origin {
            Origin::Trunk(trunk) => self.stack.trunks.get(trunk),
            Origin::Device(_) | Origin::Guest => None,
        };
        let dialled = trunk.map(|trunk| trunk.dialled(&request_user, &to_user));
        Incoming {
            origin,
            from: caller(headers, trunk.is_some_and(|trunk| trunk.peer.trusts_identity)),
            to_user,
            request_user: dialled.unwrap_or(request_user),
            request_host: invite.uri.host.as_ref().map(|host| host.to_string()).unwrap_or_default(),
            call_id: headers.call_id().unwrap_or_default().to_owned(),
            sdp: sdp(headers, &invite.body),
            flow,
            max_forwards: hops.min(70).saturating_sub(1),
            user_agent: headers.get(HeaderName::UserAgent).map(str::to_owned),
            replaces: None,
            shown: matches!(origin, Origin::Device(_)).then(|| preferred(headers)).flatten(),
        }
    }

    /// The call whose dialog a request belongs to.
    pub(super) fn call_of(&self, request: &Request, flow: &Flow) -> Option<CallRef> {
        let headers = &request.headers;
        let (to, from) = (headers.to().ok()?, headers.from().ok()?);
        let key = dialog_key(headers.call_id().ok()?, to.tag()?);
        let reference = self.dialogs.get(&key)?;
        let call = &self.calls.get(reference)?.call;
        call.has_peer(from.tag().unwrap_or_default(), flow, &self.stack).then_some(*reference)
    }

    fn new_reference(&mut self) -> CallRef {
        loop {
            let reference = CallRef(self.stack.entropy.u64());
            if !self.calls.contains_key(&reference) {
                return reference;
            }
        }
    }
}

/// Where the response to a request goes (RFC 3261 section 18.2.2, RFC 3581 section 4).
fn way_back(request: &Request, flow: Flow) -> Destination {
    let port = request.headers.via().ok().map(|via| via.response_address().1);
    match port {
        Some(port) if flow.connection.is_none() => {
            Destination::Flow(Flow { remote: SocketAddr::new(flow.remote.ip(), port), ..flow })
        }
        _ => Destination::Flow(flow),
    }
}

fn request_key(request: &Request) -> Option<RequestKey> {
    let hop = match request.method {
        Method::Ack => hop_key(request, &Method::Invite)?,
        _ => hop_key(request, &request.method)?,
    };
    let outside = request.headers.to().ok()?.tag().is_none() && request.method != Method::Cancel;
    let origin = match outside {
        true => Some(origin_key(request)?),
        false => None,
    };
    Some(RequestKey { hop, origin })
}

/// What makes a request unlike others at this hop. Before RFC 3261 branches were not unique, so more is
/// taken together (section 17.2.3).
fn hop_key(request: &Request, method: &Method) -> Option<String> {
    let headers = &request.headers;
    let via = headers.via().ok()?;
    let port = via.port.unwrap_or(5060);
    if via.has_rfc3261_branch() {
        return Some(format!("{method} {} {}:{port}", via.branch()?, via.host));
    }
    let cseq = headers.cseq().ok()?.number;
    let (call_id, from) = (headers.call_id().ok()?, headers.from().ok()?);
    let (tag, branch) = (from.tag().unwrap_or_default(), via.branch().unwrap_or_default());
    Some(format!("{method} {call_id} {tag} {cseq} {} {branch} {}:{port}", request.uri, via.host))
}

fn origin_key(request: &Request) -> Option<String> {
    let headers = &request.headers;
    let cseq = headers.cseq().ok()?;
    let from = headers.from().ok()?;
    Some(format!("{} {} {}", headers.call_id().ok()?, from.tag().unwrap_or_default(), cseq))
}

/// The number by which the caller wants to be seen; what cannot be read is no wish.
fn preferred(headers: &Headers) -> Option<String> {
    let identities = headers.preferred_identities().ok()?;
    identities.iter().find_map(|identity| identity.uri.username()).map(|user| user.into_owned())
}
