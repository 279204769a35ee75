//! A caller's INVITE, until we answer it.

use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::context::{Context, Step};
use super::offer::{Exchange, sdp};
use super::peer::Peer;
use super::reliable::{Action, Next, Reliable};
use super::session::{Accepted, Session, Side, Unacked, local_cause, remote_cause};
use crate::sip::dialog::Dialog;
use crate::sip::endpoint::{By, Cause, Command, Event, Flow};
use crate::sip::message::{HeaderName, Method, Request};
use crate::sip::transaction::ServerId;
use crate::time::Time;

/// Proxies forget a call that says nothing for three minutes, so it says something every minute
/// (RFC 3261 section 13.3.1.1).
const REMINDER: Duration = Duration::from_secs(60);

/// A caller's INVITE, until we answer it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ringing {
    pub server: ServerId,
    pub session: Session,
    invite: Request,
    reliable: Reliable,
    reminder: Option<Reminder>,
}

/// The last provisional response, to be repeated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Reminder {
    at: Time,
    status: u16,
}

impl Ringing {
    /// `None` if the INVITE lacks what a dialog needs.
    pub fn start(server: ServerId, invite: Request, peer: Peer, tag: &str, cx: &mut Context) -> Option<Self> {
        let dialog = Dialog::answered(&invite, tag)?;
        let user = invite.uri.username().map(|user| user.into_owned());
        let mut session = Session::new(dialog, peer, Side::Callee, user);
        session.can.learn(&invite.headers);
        // The upper half would leave too little room to count up (RFC 3262 section 3).
        let reliable = Reliable::Idle { next: cx.stack.entropy.u32() >> 1 | 1 };
        Some(Self { server, session, invite, reliable, reminder: None })
    }

    pub fn command(&mut self, command: Command, cx: &mut Context) -> Step {
        match command {
            Command::Ring { status, sdp, .. } => self.ring(status, sdp, cx),
            Command::Answer { sdp, .. } => {
                if let Some(Next::Answer { sdp }) = self.reliable.defer(Next::Answer { sdp }) {
                    return self.answer(sdp, cx);
                }
            }
            Command::Reject { status, reason, retry_after, .. } => {
                return self.reject(status, reason.as_deref(), retry_after, cx);
            }
            Command::Hangup { cause, .. } => {
                let status = cause
                    .as_ref()
                    .and_then(|cause| cause.status)
                    .filter(|status| (400..700).contains(status));
                return self.reject(status.unwrap_or(480), None, None, cx);
            }
            Command::Offer { sdp, .. } => self.session.offer(sdp, Method::Update, cx),
            Command::AnswerOffer { sdp, .. } => self.session.answer_offer(sdp, cx),
            Command::RefuseOffer { status, .. } => return self.session.refuse_offer(status, cx),
            Command::ShowParty { party, .. } => self.session.show(&party, None, cx),
            _ => {}
        }
        Step::Stay
    }

    pub fn request(&mut self, server: ServerId, request: Request, flow: Flow, cx: &mut Context) -> Step {
        if self.session.is_out_of_order(server, &request, cx) {
            return Step::Stay;
        }
        match request.method {
            Method::Prack => return self.pracked(server, request, cx),
            Method::Update => self.session.update(server, request, flow, cx),
            Method::Bye => {
                self.refuse(487, None, None, cx);
                return self.session.bye(server, &request, cx);
            }
            Method::Info => self.session.info(server, &request, cx),
            _ => {
                let response = match request.method {
                    Method::Invite => self.session.reply(&request, 500).with(HeaderName::RetryAfter, "5"),
                    Method::Options => self.session.reply(&request, 200),
                    // Nobody is connected yet who could be referred.
                    Method::Refer => self.session.reply(&request, 491),
                    _ => self.session.reply(&request, 481),
                };
                cx.respond(server, response);
            }
        }
        Step::Stay
    }

    /// The caller hung up before the answer.
    pub fn cancelled(&mut self, cancel: &Request, cx: &mut Context) -> Step {
        self.refuse(487, None, None, cx);
        self.session.close(cx);
        // Whatever the Reason says ("completed elsewhere" is 200 there), to us the call was cancelled.
        Step::Over(remote_cause(Some(487), "cancelled", &cancel.headers))
    }

    pub fn handle_timeout(&mut self, cx: &mut Context) -> Step {
        match self.reliable.handle_timeout(cx.now) {
            Some(Action::Send(response)) => cx.stack.transactions.answer(self.server, 183, response, cx.now),
            Some(Action::GiveUp) => {
                self.refuse(504, None, None, cx);
                self.session.close(cx);
                let text = "our ringing was never acknowledged".to_owned();
                return Step::Over(Cause { status: Some(504), by: By::Timeout, text });
            }
            None => {}
        }
        if let Some(status) =
            self.reminder.as_ref().filter(|reminder| reminder.at <= cx.now).map(|r| r.status)
        {
            self.ring(status, None, cx);
        }
        self.session.exchange_timeout(Method::Update, cx)
    }

    pub fn poll_timeout(&self) -> Option<Time> {
        let reminder = self.reminder.as_ref().map(|reminder| reminder.at);
        let exchange = self.session.exchange.poll_timeout();
        [self.reliable.poll_timeout(), reminder, exchange].into_iter().flatten().min()
    }

    fn ring(&mut self, status: u16, sdp: Option<Bytes>, cx: &mut Context) {
        let status = if (101..200).contains(&status) { status } else { 180 };
        let headers = &self.invite.headers;
        let required = headers.lists(HeaderName::Require, "100rel");
        let wanted = required || sdp.is_some() && headers.lists(HeaderName::Supported, "100rel");
        self.reminder = Some(Reminder { at: cx.now + REMINDER, status });
        if !wanted {
            let response = self.session.accept(&self.invite, status, sdp, cx);
            cx.respond(self.server, response);
            return;
        }
        if let Some(Next::Ring { status, sdp }) = self.reliable.defer(Next::Ring { status, sdp }) {
            self.ring_reliably(status, sdp, cx);
        }
    }

    fn ring_reliably(&mut self, status: u16, sdp: Option<Bytes>, cx: &mut Context) {
        let Some(rseq) = self.reliable.next() else { return };
        // Offer and answer went through already: the description cannot come again.
        let sdp = sdp.filter(|_| matches!(self.session.exchange, Exchange::Initial));
        if let Some(sdp) = &sdp {
            self.session.local = sdp.clone();
        }
        let response = self
            .session
            .accept(&self.invite, status, sdp, cx)
            .with(HeaderName::Require, "100rel")
            .with(HeaderName::RSeq, rseq.to_string());
        let bytes = cx.respond(self.server, response);
        self.reliable.sent(bytes, cx.now);
    }

    fn pracked(&mut self, server: ServerId, request: Request, cx: &mut Context) -> Step {
        let invite = self.invite.headers.cseq().ok();
        let rack = request.headers.rack().ok().filter(|rack| Some(&rack.cseq) == invite.as_ref());
        let Some(then) = rack.and_then(|rack| self.reliable.acknowledge(rack.rseq)) else {
            let response = self.session.reply(&request, 481);
            cx.respond(server, response);
            return Step::Stay;
        };
        self.settle(server, request, cx);
        for next in then {
            match next {
                Next::Ring { status, sdp } => self.ring(status, sdp, cx),
                Next::Answer { sdp } => match self.reliable.defer(Next::Answer { sdp }) {
                    Some(Next::Answer { sdp }) => return self.answer(sdp, cx),
                    _ => continue,
                },
            }
        }
        Step::Stay
    }

    /// Answers a PRACK. One for a response with our description settles the first offer and answer,
    /// and may then bring a new offer (RFC 3262 section 5).
    fn settle(&mut self, server: ServerId, prack: Request, cx: &mut Context) {
        let brought = sdp(&prack.headers, &prack.body);
        let described = !self.session.local.is_empty();
        if brought.is_some() && matches!(self.session.exchange, Exchange::Quiet) {
            return self.session.owe(server, prack, cx);
        }
        let response = self.session.reply(&prack, 200);
        cx.respond(server, response);
        if described && matches!(self.session.exchange, Exchange::Initial) {
            self.session.exchange = Exchange::Quiet;
            if self.invite.body.is_empty() {
                cx.event(Event::OfferAnswered { call: cx.call, sdp: brought });
            }
        }
    }

    fn answer(&mut self, sdp: Bytes, cx: &mut Context) -> Step {
        let timer = match self.session.agree_timer(&self.invite, cx) {
            Ok(headers) => headers,
            Err(refusal) => {
                cx.respond(self.server, refusal);
                return Step::Over(local_cause(Some(422), "the session interval is too short"));
            }
        };
        let settled = !matches!(self.session.exchange, Exchange::Initial);
        let late = self.invite.body.is_empty() && !settled;
        if !settled {
            self.session.local = sdp.clone();
        }
        let mut response = self.session.accept(&self.invite, 200, Some(sdp).filter(|_| !settled), cx);
        timer.into_iter().for_each(|(name, value)| response.headers.push(name, value));
        let bytes = cx.respond(self.server, response);
        let number = self.invite.headers.cseq().map_or(0, |cseq| cseq.number);
        self.session.unacked = Some(Unacked::new(Accepted::First, number, self.server, bytes, cx.now));
        if !settled {
            self.session.exchange = if late { Exchange::Offered } else { Exchange::Quiet };
        }
        Step::Up(Box::new(self.session.clone()))
    }

    fn reject(
        &mut self,
        status: u16,
        reason: Option<&str>,
        retry_after: Option<u32>,
        cx: &mut Context,
    ) -> Step {
        let status = if (300..700).contains(&status) { status } else { 480 };
        self.refuse(status, reason, retry_after, cx);
        self.session.close(cx);
        Step::Over(local_cause(Some(status), reason.unwrap_or("refused")))
    }

    fn refuse(&mut self, status: u16, reason: Option<&str>, retry_after: Option<u32>, cx: &mut Context) {
        let mut response = self.session.reply(&self.invite, status);
        if let Some(reason) = reason {
            response = response.with_reason(reason);
        }
        if let Some(seconds) = retry_after {
            response.headers.push(HeaderName::RetryAfter, seconds.to_string());
        }
        cx.respond(self.server, response);
    }
}
