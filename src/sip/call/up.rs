//! An answered call: what line and peer may do to it.

use std::time::Duration;

use bytes::Bytes;

use super::context::{Context, Failure, Step};
use super::identity::Shown;
use super::offer::{Exchange, body};
use super::session::{Accepted, Session, failure, fatal, local_cause};
use super::timer::Action;
use crate::sip::endpoint::{By, Cause, Command, Event, Flow};
use crate::sip::message::{HeaderName, Method, RAck, Request, Response};
use crate::sip::transaction::{ClientId, ServerId};
use crate::time::Time;

impl Session {
    /// The line wants something of an answered call.
    pub fn command(&mut self, command: Command, cx: &mut Context) -> Step {
        match command {
            Command::Offer { sdp, .. } => self.offer(sdp, Method::Invite, cx),
            Command::AnswerOffer { sdp, .. } => self.answer_offer(sdp, cx),
            Command::RefuseOffer { status, .. } => return self.refuse_offer(status, cx),
            Command::Hangup { cause, .. } => {
                let status = cause.as_ref().and_then(|cause| cause.status);
                return Step::Bye { told: local_cause(status, "hung up"), reason: cause };
            }
            Command::AnswerRefer { refer, status } => self.answer_refer(refer.number, status, cx),
            Command::ReferProgress { refer, status } => self.refer_progress(refer.number, status, cx),
            Command::SendInfoDigit { digit, ms, .. } => self.send_digit(digit, ms, cx),
            Command::ShowParty { party, .. } => self.show(&party, Some(cx.now), cx),
            _ => {}
        }
        Step::Stay
    }

    /// The peer wants something of an answered call.
    pub fn handle_request(
        &mut self,
        server: ServerId,
        request: Request,
        flow: Flow,
        cx: &mut Context,
    ) -> Step {
        if self.is_out_of_order(server, &request, cx) {
            return Step::Stay;
        }
        match request.method {
            Method::Bye => return self.bye(server, &request, cx),
            Method::Invite => self.reinvite(server, request, flow, cx),
            Method::Update => self.update(server, request, flow, cx),
            Method::Options => {
                let response = self.accept(&request, 200, None, cx);
                cx.respond(server, response);
            }
            Method::Info => self.info(server, &request, cx),
            // A PRACK that is too late, or for nothing we sent.
            _ => {
                let response = self.reply(&request, 481);
                cx.respond(server, response);
            }
        }
        Step::Stay
    }

    /// Refuses a request that was overtaken (RFC 3261 section 12.2.2). True if it was.
    pub fn is_out_of_order(&mut self, server: ServerId, request: &Request, cx: &mut Context) -> bool {
        let number = request.headers.cseq().map_or(0, |cseq| cseq.number);
        if self.dialog.accept(number).is_ok() {
            return false;
        }
        let response = self.reply(request, 500);
        cx.respond(server, response);
        true
    }

    /// The peer acknowledged our 2xx.
    pub fn acknowledged(&mut self, ack: &Request, cx: &mut Context) -> Step {
        let number = ack.headers.cseq().map_or(0, |cseq| cseq.number);
        let Some(unacked) = self.unacked.take_if(|unacked| unacked.cseq == number) else { return Step::Stay };
        let answer = body(&ack.body);
        let offered = matches!(self.exchange, Exchange::Offered);
        if offered {
            self.exchange = Exchange::Quiet;
        }
        match (unacked.kind, offered, answer) {
            (Accepted::First, _, sdp) => cx.event(Event::Established { call: cx.call, sdp }),
            (Accepted::Again, true, Some(sdp)) => {
                cx.event(Event::OfferAnswered { call: cx.call, sdp: Some(sdp) })
            }
            (Accepted::Again, true, None) => cx.event(Event::OfferRefused { call: cx.call, status: 488 }),
            (Accepted::Again, false, _) => {}
        }
        self.release_offer(cx);
        Step::Stay
    }

    /// True if a response to this request of ours is awaited.
    pub fn expects(&self, client: ClientId) -> bool {
        self.exchange.ongoing().is_some_and(|ongoing| ongoing.client == client)
            || self.refreshing.as_ref().is_some_and(|ongoing| ongoing.client == client)
    }

    /// A response to a request within the dialog.
    pub fn response(&mut self, client: ClientId, response: &Response, cx: &mut Context) -> Step {
        if self.exchange.ongoing().is_some_and(|ongoing| ongoing.client == client) {
            return self.offer_response(response, cx);
        }
        if self.notify_answered(client, response, cx) {
            return Step::Stay;
        }
        if let Some(step) = self.info_answered(client, response, cx) {
            return step;
        }
        match self.refreshing.take_if(|ongoing| ongoing.client == client) {
            Some(ongoing) if response.is_provisional() => self.refreshing = Some(ongoing),
            Some(ongoing) => match response.status {
                200..300 => {
                    self.learn(&response.headers);
                    self.take_timer(response, cx);
                }
                401 | 407 => self.refreshing = self.retry(&ongoing, response, cx),
                405 | 501 => {
                    self.can.update = false;
                    self.timer.postpone(cx.now);
                    self.show_again(cx.now);
                }
                status => {
                    self.refresh_refused(cx);
                    return fatal(status);
                }
            },
            None => {}
        }
        Step::Stay
    }

    /// A request within the dialog got no response.
    pub fn failed(&mut self, client: ClientId, why: Failure, cx: &mut Context) -> Step {
        if self.exchange.ongoing().is_some_and(|ongoing| ongoing.client == client) {
            self.offer_failed(cx);
            return failure(why);
        }
        if self.notify_failed(client) {
            return Step::Stay;
        }
        if self.info_failed(client) {
            return failure(why);
        }
        match self.refreshing.take_if(|ongoing| ongoing.client == client) {
            Some(_) => failure(why),
            None => Step::Stay,
        }
    }

    /// Lets time pass in an answered call.
    pub fn handle_timeout(&mut self, cx: &mut Context) -> Step {
        if let Some(unacked) = &mut self.unacked {
            if unacked.give_up <= cx.now {
                let text = "our answer was never acknowledged".to_owned();
                self.unacked = None;
                return Step::Bye { told: Cause { status: Some(408), by: By::Timeout, text }, reason: None };
            }
            unacked.handle_timeout(cx);
        }
        match self.timer.handle_timeout(cx.now) {
            Some(Action::Refresh) => self.refresh(cx),
            Some(Action::Expire) => {
                let text = "the session was not refreshed".to_owned();
                return Step::Bye { told: Cause { status: Some(408), by: By::Timeout, text }, reason: None };
            }
            None => {}
        }
        self.referral_timeout(cx);
        self.show_timeout(cx);
        self.exchange_timeout(Method::Invite, cx)
    }

    /// When an answered call next wants to be woken.
    pub fn poll_timeout(&self) -> Option<Time> {
        let unacked = self.unacked.as_ref().map(|unacked| unacked.poll_timeout());
        let shown = self.shown.as_ref().and_then(Shown::poll_timeout);
        let (timer, exchange) = (self.timer.poll_timeout(), self.exchange.poll_timeout());
        [unacked, timer, exchange, self.referrals.poll_timeout(), shown].into_iter().flatten().min()
    }

    /// Acknowledges a reliable provisional response.
    pub fn prack(&mut self, rack: RAck, sdp: Option<Bytes>, cx: &mut Context) {
        let prack = self.request(Method::Prack, cx).with(HeaderName::RAck, rack.to_string());
        let prack = match sdp {
            Some(sdp) => prack.with_body(crate::sip::endpoint::stack::SDP, sdp),
            None => prack,
        };
        self.send(prack, cx);
    }

    fn refresh(&mut self, cx: &mut Context) {
        match self.is_busy() {
            true => self.timer.postpone(cx.now + Duration::from_secs(5)),
            false => self.refresh_now(cx),
        }
    }

    /// True if something is being agreed on with the peer, so that a refresh has to wait.
    pub fn is_busy(&self) -> bool {
        !matches!(self.exchange, Exchange::Quiet) || self.unacked.is_some() || self.refreshing.is_some()
    }

    /// Says once more what stands.
    pub fn refresh_now(&mut self, cx: &mut Context) {
        if self.can.update {
            let request = self.request(Method::Update, cx);
            let request = self.ask_timer(request, cx);
            self.refreshing = Some(self.send(request, cx));
        } else {
            self.refresh_by_invite(cx);
        }
    }
}
