//! Offers and answers within a call: re-INVITE and UPDATE both ways (RFC 3261 section 14, RFC 3311,
//! RFC 6337).
//!
//! The line sees at most one exchange at a time. An offer of ours that crosses the peer's is tried
//! again by itself; if the peer's comes first, ours is refused with 491 before the line hears of it.

use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::context::{Context, Step};
use super::session::{Accepted, Ongoing, Session, Side, Unacked, fatal, local_cause};
use crate::sip::endpoint::stack::SDP;
use crate::sip::endpoint::{Event, Flow};
use crate::sip::message::{HeaderName, Headers, Method, RAck, Request, Response};
use crate::sip::transaction::ServerId;
use crate::time::Time;

/// How long the line has to answer an offer. The peer of an UPDATE waits 32 s at the most.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// The refusal of an offer that crosses another one.
const PENDING: u16 = 491;

/// Where offer and answer stand.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Exchange {
    /// Nothing is outstanding.
    #[default]
    Quiet,
    /// The first offer, or its answer, is still on its way in the INVITE and its responses.
    Initial,
    /// We offered in this request.
    Asked(Ongoing),
    /// We offered what stands already, to refresh the session.
    Refreshing(Ongoing),
    /// Our offer waits until `at`, or else until our 2xx is acknowledged.
    Waiting { at: Option<Time>, offer: Bytes },
    /// The peer offered, or wants our offer; the line has until `until`.
    Owed { server: ServerId, request: Box<Request>, until: Time },
    /// Our 2xx has our offer; the ACK brings the answer.
    Offered,
    /// The 2xx to the INVITE with this number has the peer's offer; our ACK waits for the answer.
    AckOwed { cseq: u32, until: Time },
    /// A reliable provisional response has the peer's offer; our PRACK waits for the answer.
    PrackOwed { rack: RAck },
}

impl Exchange {
    /// When an offer is due, or the line's time is up.
    pub fn poll_timeout(&self) -> Option<Time> {
        match self {
            Exchange::Waiting { at, .. } => *at,
            Exchange::Owed { until, .. } | Exchange::AckOwed { until, .. } => Some(*until),
            _ => None,
        }
    }

    /// The request of ours that an answer is awaited to.
    pub fn ongoing(&self) -> Option<&Ongoing> {
        match self {
            Exchange::Asked(ongoing) | Exchange::Refreshing(ongoing) => Some(ongoing),
            _ => None,
        }
    }

    /// The line's time from now.
    pub fn ack_owed(cseq: u32, now: Time) -> Self {
        Exchange::AckOwed { cseq, until: now + PATIENCE }
    }
}

impl Session {
    /// The line offers, by re-INVITE or, before the call is answered, by UPDATE.
    pub fn offer(&mut self, offer: Bytes, by: Method, cx: &mut Context) {
        match self.exchange {
            Exchange::Quiet if by == Method::Update && !self.can.update => {
                cx.event(Event::OfferRefused { call: cx.call, status: PENDING });
            }
            Exchange::Quiet if self.unacked.is_none() => self.ask(offer, by, cx),
            Exchange::Quiet => self.exchange = Exchange::Waiting { at: None, offer },
            _ => cx.event(Event::OfferRefused { call: cx.call, status: PENDING }),
        }
    }

    fn ask(&mut self, offer: Bytes, by: Method, cx: &mut Context) {
        self.local = offer.clone();
        let request = self.request(by, cx);
        let request = self.ask_timer(request, cx).with_body(SDP, offer);
        self.exchange = Exchange::Asked(self.send(request, cx));
    }

    /// Sends what stands once more, to refresh the session.
    pub fn refresh_by_invite(&mut self, cx: &mut Context) {
        let request = self.request(Method::Invite, cx);
        let body = self.local.clone();
        let request = self.ask_timer(request, cx).with_body(SDP, body);
        self.exchange = Exchange::Refreshing(self.send(request, cx));
    }

    /// The peer sent a re-INVITE.
    pub fn reinvite(&mut self, server: ServerId, request: Request, flow: Flow, cx: &mut Context) {
        if let Some(refusal) = self.collision(&request, cx).or_else(|| self.timer_refusal(&request, cx)) {
            cx.respond(server, refusal);
            return;
        }
        self.move_target(&request, flow);
        self.imply_ack(cx);
        cx.respond(server, request.response(100));
        self.owe(server, request, cx);
    }

    /// Whoever sends a re-INVITE has got our 2xx. Should its ACK be lost or late, nobody is to wait for
    /// it any more (RFC 5407 section 3.1.4).
    fn imply_ack(&mut self, cx: &mut Context) {
        if let Some(unacked) = self.unacked.take()
            && unacked.kind == Accepted::First
        {
            cx.event(Event::Established { call: cx.call, sdp: None });
        }
    }

    /// The peer sent an UPDATE: an offer, or a mere refresh.
    pub fn update(&mut self, server: ServerId, request: Request, flow: Flow, cx: &mut Context) {
        let refusal = match request.body.is_empty() {
            true => None,
            false => self.collision(&request, cx),
        };
        if let Some(refusal) = refusal.or_else(|| self.timer_refusal(&request, cx)) {
            cx.respond(server, refusal);
            return;
        }
        self.move_target(&request, flow);
        match request.body.is_empty() {
            true => self.accept_update(server, &request, None, cx),
            false => self.owe(server, request, cx),
        }
    }

    /// The line answers the peer's offer, or makes the offer that the peer asked for.
    pub fn answer_offer(&mut self, sdp: Bytes, cx: &mut Context) {
        match std::mem::take(&mut self.exchange) {
            Exchange::Owed { server, request, .. } => {
                self.local = sdp.clone();
                match request.method {
                    Method::Invite => self.accept_reinvite(server, &request, sdp, cx),
                    _ => self.accept_update(server, &request, Some(sdp), cx),
                }
            }
            Exchange::AckOwed { cseq, .. } => {
                self.local = sdp.clone();
                cx.acceptances.acknowledge(&self.dialog, &self.peer, cseq, Some(sdp), cx.stack);
            }
            Exchange::PrackOwed { rack } => {
                self.local = sdp.clone();
                self.prack(rack, Some(sdp), cx);
            }
            other => self.exchange = other,
        }
    }

    /// The line refuses the peer's offer. An offer in the 2xx that answered our INVITE cannot be
    /// refused but by ending the call.
    pub fn refuse_offer(&mut self, status: u16, cx: &mut Context) -> Step {
        match std::mem::take(&mut self.exchange) {
            Exchange::Owed { server, request, .. } => {
                let status = if (300..700).contains(&status) { status } else { 488 };
                let response = self.reply(&request, status);
                cx.respond(server, response);
            }
            other @ Exchange::AckOwed { .. } => {
                self.exchange = other;
                return Step::Bye { told: local_cause(Some(status), "offer refused"), reason: None };
            }
            other => self.exchange = other,
        }
        Step::Stay
    }

    /// The peer takes its re-INVITE back.
    pub fn cancelled(&mut self, cx: &mut Context) {
        if self.open_invite().is_some() {
            self.close(cx);
        }
    }

    /// The peer's re-INVITE that the line has not answered yet.
    pub fn open_invite(&self) -> Option<ServerId> {
        match &self.exchange {
            Exchange::Owed { server, request, .. } if request.method == Method::Invite => Some(*server),
            _ => None,
        }
    }

    /// The response to our offer, or to our refresh by re-INVITE.
    pub fn offer_response(&mut self, response: &Response, cx: &mut Context) -> Step {
        let (ongoing, told) = match std::mem::take(&mut self.exchange) {
            Exchange::Asked(ongoing) => (ongoing, true),
            Exchange::Refreshing(ongoing) => (ongoing, false),
            other => {
                self.exchange = other;
                return Step::Stay;
            }
        };
        let again = |ongoing| if told { Exchange::Asked(ongoing) } else { Exchange::Refreshing(ongoing) };
        match response.status {
            ..200 => self.exchange = again(ongoing),
            200..300 => self.offer_accepted(&ongoing, response, told, cx),
            491 if told => {
                self.exchange =
                    Exchange::Waiting { at: Some(cx.now + self.pause(cx)), offer: ongoing.request.body }
            }
            401 | 407 => match self.retry(&ongoing, response, cx) {
                Some(ongoing) => self.exchange = again(ongoing),
                None => self.offer_refused(response.status, told, cx),
            },
            status => {
                self.offer_refused(status, told, cx);
                return fatal(status);
            }
        }
        Step::Stay
    }

    /// Our offer got no response: the peer is gone (RFC 3261 section 12.2.1.2).
    pub fn offer_failed(&mut self, cx: &mut Context) {
        let told = matches!(std::mem::take(&mut self.exchange), Exchange::Asked(_));
        self.offer_refused(408, told, cx);
    }

    /// The line's time is up, or an offer is due.
    pub fn exchange_timeout(&mut self, by: Method, cx: &mut Context) -> Step {
        if self.exchange.poll_timeout().is_none_or(|at| at > cx.now) {
            return Step::Stay;
        }
        match std::mem::take(&mut self.exchange) {
            Exchange::Waiting { offer, .. } if self.unacked.is_none() => self.ask(offer, by, cx),
            Exchange::Waiting { offer, .. } => self.exchange = Exchange::Waiting { at: None, offer },
            Exchange::Owed { server, request, .. } => {
                let response = self.reply(&request, 500);
                cx.respond(server, response);
            }
            other @ Exchange::AckOwed { .. } => {
                self.exchange = other;
                return Step::Bye { told: local_cause(Some(500), "offer not answered"), reason: None };
            }
            other => self.exchange = other,
        }
        Step::Stay
    }

    /// An offer that waited for the ACK may go.
    pub fn release_offer(&mut self, cx: &mut Context) {
        if let Exchange::Waiting { at: None, .. } = self.exchange
            && self.unacked.is_none()
            && let Exchange::Waiting { offer, .. } = std::mem::take(&mut self.exchange)
        {
            self.ask(offer, Method::Invite, cx);
        }
    }

    fn offer_accepted(&mut self, ongoing: &Ongoing, response: &Response, told: bool, cx: &mut Context) {
        self.learn(&response.headers);
        self.take_timer(response, cx);
        if ongoing.request.method == Method::Invite {
            let cseq = ongoing.request.headers.cseq().map_or(0, |cseq| cseq.number);
            cx.acceptances.acknowledge(&self.dialog, &self.peer, cseq, None, cx.stack);
        }
        if told {
            cx.event(Event::OfferAnswered { call: cx.call, sdp: body(&response.body) });
        }
    }

    fn offer_refused(&mut self, status: u16, told: bool, cx: &mut Context) {
        match told {
            true => cx.event(Event::OfferRefused { call: cx.call, status }),
            false => self.refresh_refused(cx),
        }
    }

    fn accept_reinvite(&mut self, server: ServerId, request: &Request, sdp: Bytes, cx: &mut Context) {
        let timer = self.agree_timer(request, cx).unwrap_or_default();
        let mut response = self.accept(request, 200, Some(sdp), cx);
        timer.into_iter().for_each(|(name, value)| response.headers.push(name, value));
        let bytes = cx.respond(server, response);
        let cseq = request.headers.cseq().map_or(0, |cseq| cseq.number);
        self.unacked = Some(Unacked::new(Accepted::Again, cseq, server, bytes, cx.now));
        if request.body.is_empty() {
            self.exchange = Exchange::Offered;
        }
    }

    fn accept_update(&mut self, server: ServerId, request: &Request, sdp: Option<Bytes>, cx: &mut Context) {
        let timer = self.agree_timer(request, cx).unwrap_or_default();
        let mut response = self.accept(request, 200, sdp, cx);
        timer.into_iter().for_each(|(name, value)| response.headers.push(name, value));
        cx.respond(server, response);
    }

    /// The refusal of an offer that crosses another one (RFC 3261 section 14.2, RFC 3311 section 5.2): 500
    /// while we owe an answer, 491 while we wait for one.
    fn collision(&mut self, request: &Request, cx: &mut Context) -> Option<Response> {
        match &self.exchange {
            Exchange::Quiet => None,
            Exchange::Waiting { .. } => {
                self.exchange = Exchange::Quiet;
                cx.event(Event::OfferRefused { call: cx.call, status: PENDING });
                None
            }
            Exchange::Initial if self.side == Side::Callee => Some(self.later(request, cx)),
            Exchange::Owed { .. } | Exchange::AckOwed { .. } | Exchange::PrackOwed { .. } => {
                Some(self.later(request, cx))
            }
            _ => Some(self.reply(request, PENDING)),
        }
    }

    fn later(&self, request: &Request, cx: &mut Context) -> Response {
        let pause = cx.stack.entropy.u32() % 11;
        self.reply(request, 500).with(HeaderName::RetryAfter, pause.to_string())
    }

    fn timer_refusal(&mut self, request: &Request, cx: &Context) -> Option<Response> {
        let before = self.timer;
        let refusal = self.agree_timer(request, cx).err();
        self.timer = before;
        refusal
    }

    fn move_target(&mut self, request: &Request, flow: Flow) {
        self.learn(&request.headers);
        self.peer.refresh(flow);
    }

    pub fn owe(&mut self, server: ServerId, request: Request, cx: &mut Context) {
        let sdp = body(&request.body);
        self.exchange = Exchange::Owed { server, request: Box::new(request), until: cx.now + PATIENCE };
        cx.event(Event::OfferReceived { call: cx.call, sdp });
    }

    /// The pause after a 491: whoever made the Call-ID waits longer, so that the two do not meet again
    /// (RFC 3261 section 14.1).
    fn pause(&self, cx: &mut Context) -> Duration {
        let steps = u64::from(cx.stack.entropy.u32());
        Duration::from_millis(match self.side {
            Side::Caller => 2100 + 10 * (steps % 191),
            Side::Callee => 10 * (steps % 201),
        })
    }
}

/// A body, if there is one.
pub fn body(body: &Bytes) -> Option<Bytes> {
    (!body.is_empty()).then(|| body.clone())
}

/// The session description in a body; absent if the body is something else.
pub fn sdp(headers: &Headers, bytes: &Bytes) -> Option<Bytes> {
    let is_sdp = headers.content_type().is_none_or(|kind| kind == SDP);
    body(bytes).filter(|_| is_sdp)
}
