//! A dialog with what is exchanged in it: offers, answers, refreshes.

use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::context::{Context, Failure, Step};
use super::identity::Shown;
use super::info::Digits;
use super::offer::Exchange;
use super::peer::Peer;
use super::referral::Referrals;
use super::timer::{self, SessionTimer, Wish};
use crate::id::TrunkId;
use crate::sip::dialog::Dialog;
use crate::sip::endpoint::stack::{ALLOW, SDP, SUPPORTED};
use crate::sip::endpoint::{By, Cause};
use crate::sip::message::{
    CSeq, HeaderName, Headers, Method, ReasonHeader, Refresher, Request, Response, SessionExpires,
};
use crate::sip::transaction::{ClientId, GIVE_UP, ServerId, T1, T2};
use crate::time::Time;

/// A dialog with what is exchanged in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    pub dialog: Dialog,
    pub peer: Peer,
    pub side: Side,
    pub exchange: Exchange,
    /// Our 2xx that the peer has not acknowledged.
    pub unacked: Option<Unacked>,
    pub timer: SessionTimer,
    /// Our UPDATE that only refreshes the session.
    pub refreshing: Option<Ongoing>,
    /// What the peer can do.
    pub can: Abilities,
    /// The user in our Contact.
    pub user: Option<String>,
    /// The provider whose challenges we can answer.
    pub trunk: Option<TrunkId>,
    /// What we last offered or answered.
    pub local: Bytes,
    /// What the peer asked for by REFER.
    pub referrals: Referrals,
    /// The digits that we send in INFO.
    pub digits: Digits,
    /// Whom the peer is shown, if that is not who began the call.
    pub shown: Option<Shown>,
    /// The peer may be told of others (RFC 3325 section 2.3).
    pub trusted: bool,
}

/// Who began the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    /// We did, so the Call-ID is ours.
    Caller,
    /// The peer did.
    Callee,
}

/// What the peer says it can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Abilities {
    /// UPDATE (RFC 3311).
    pub update: bool,
    /// Session timers (RFC 4028).
    pub timer: bool,
    /// A From that changes within the dialog (RFC 4916).
    pub from_change: bool,
}

impl Abilities {
    /// What Allow and Supported say; what an earlier message said stands if they are absent.
    pub fn learn(&mut self, headers: &Headers) {
        if headers.contains(HeaderName::Allow) {
            self.update = headers.lists(HeaderName::Allow, "UPDATE");
        }
        if headers.contains(HeaderName::Supported) {
            self.timer = headers.lists(HeaderName::Supported, "timer");
            self.from_change = headers.lists(HeaderName::Supported, "from-change");
        }
    }
}

/// A request of ours that waits for its response.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ongoing {
    pub client: ClientId,
    /// Less its Via.
    pub request: Box<Request>,
}

/// Our 2xx, repeated until its ACK (RFC 3261 section 13.3.1.4).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unacked {
    pub kind: Accepted,
    pub cseq: u32,
    server: ServerId,
    response: Bytes,
    again: Time,
    pause: Duration,
    pub give_up: Time,
}

/// Which INVITE we accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Accepted {
    /// The one that began the call.
    First,
    /// A re-INVITE.
    Again,
}

impl Unacked {
    pub fn new(kind: Accepted, cseq: u32, server: ServerId, response: Bytes, now: Time) -> Self {
        Self { kind, cseq, server, response, again: now + T1, pause: T1, give_up: now + GIVE_UP }
    }

    /// Sends the 2xx again if it is time.
    pub fn handle_timeout(&mut self, cx: &mut Context) {
        if self.again <= cx.now {
            cx.stack.transactions.answer(self.server, 200, self.response.clone(), cx.now);
            self.pause = (self.pause * 2).min(T2);
            self.again = cx.now + self.pause;
        }
    }

    pub fn poll_timeout(&self) -> Time {
        self.again.min(self.give_up)
    }
}

impl Session {
    pub fn new(dialog: Dialog, peer: Peer, side: Side, user: Option<String>) -> Self {
        Self {
            dialog,
            peer,
            side,
            exchange: Exchange::Initial,
            unacked: None,
            timer: SessionTimer::Off,
            refreshing: None,
            can: Abilities::default(),
            user,
            trunk: None,
            local: Bytes::new(),
            referrals: Referrals::default(),
            digits: Digits::default(),
            shown: None,
            trusted: false,
        }
    }

    /// A new request within the dialog.
    pub fn request(&mut self, method: Method, cx: &mut Context) -> Request {
        let request = self.dialog.request(method);
        if !matches!(request.method, Method::Invite | Method::Update | Method::Notify) {
            return request;
        }
        let to = self.peer.destination(&self.dialog, cx.stack);
        let contact = cx.stack.contact(self.user.as_deref(), &to, self.dialog.is_secure());
        let request = request.with(HeaderName::Contact, contact).with(HeaderName::Allow, ALLOW);
        self.with_identity(request.with(HeaderName::Supported, SUPPORTED))
    }

    /// Sends a request within the dialog.
    pub fn send(&mut self, request: Request, cx: &mut Context) -> Ongoing {
        let to = self.peer.destination(&self.dialog, cx.stack);
        let sent = cx.stack.request(request.clone(), to, cx.call, cx.now);
        Ongoing { client: sent.client, request: Box::new(request) }
    }

    /// Sends a challenged request once more, with credentials. `None` if we have none, or if the
    /// peer did not take them.
    pub fn retry(&mut self, ongoing: &Ongoing, challenge: &Response, cx: &mut Context) -> Option<Ongoing> {
        let mut request = cx.stack.with_credentials(self.trunk?, &ongoing.request, challenge)?;
        let number = self.dialog.number();
        request.headers.set(HeaderName::CSeq, CSeq::new(number, request.method.clone()));
        Some(self.send(request, cx))
    }

    /// A 2xx or reliable 1xx of ours: with Contact, what we can do, and the session description.
    pub fn accept(&self, request: &Request, status: u16, sdp: Option<Bytes>, cx: &Context) -> Response {
        let to = self.peer.known();
        let mut response = request.response(status).with_to_tag(self.dialog.local_tag());
        // The caller learns from it which proxies the rest of the dialog passes (RFC 3261 section 12.1.1).
        response.headers.copy(&request.headers, HeaderName::RecordRoute);
        let mut response = response
            .with(HeaderName::Contact, cx.stack.contact(self.user.as_deref(), &to, self.dialog.is_secure()))
            .with(HeaderName::Allow, ALLOW)
            .with(HeaderName::Supported, SUPPORTED);
        let shown = self.shown.iter().filter(|_| request.method == Method::Invite).flat_map(Shown::headers);
        shown.for_each(|(name, value)| response.headers.push(name, value));
        match sdp {
            Some(sdp) => response.with_body(SDP, sdp),
            None => response,
        }
    }

    /// A response without more to it, such as a refusal.
    pub fn reply(&self, request: &Request, status: u16) -> Response {
        request.response(status).with_to_tag(self.dialog.local_tag())
    }

    /// Sets the session timer as `request` wishes and returns the headers that say so in our 2xx.
    /// `Err` is the refusal of an interval that is too short.
    pub fn agree_timer(
        &mut self,
        request: &Request,
        cx: &Context,
    ) -> Result<Vec<(HeaderName, String)>, Response> {
        let config = &cx.stack.config;
        let wish = Wish::of(&request.headers);
        match timer::accept(wish, config.session_expires, config.min_session_expires) {
            Err(least) => Err(self.reply(request, 422).with(HeaderName::MinSe, least.to_string())),
            Ok(None) => {
                self.timer = SessionTimer::Off;
                Ok(vec![])
            }
            Ok(Some(agreed)) => {
                let ours = agreed.refresher == Some(Refresher::Uas);
                self.timer = SessionTimer::start(agreed.seconds, ours, cx.now);
                let mut headers = vec![];
                if wish.supported {
                    headers.push((HeaderName::SessionExpires, agreed.to_string()));
                }
                if wish.supported && !ours {
                    headers.push((HeaderName::Require, "timer".to_owned()));
                }
                Ok(headers)
            }
        }
    }

    /// Asks for a session timer in a request of ours (RFC 4028 section 7.1).
    pub fn ask_timer(&self, request: Request, cx: &Context) -> Request {
        let config = &cx.stack.config;
        let (seconds, refresher) = match self.timer.interval() {
            Some(seconds) if self.timer.is_ours() => (seconds, Some(Refresher::Uac)),
            Some(seconds) => (seconds, Some(Refresher::Uas)),
            None => (config.session_expires, None),
        };
        timer::ask(request, SessionExpires { seconds, refresher }, config.min_session_expires)
    }

    /// Sets the session timer as the 2xx to a request of ours says (RFC 4028 section 7.2).
    pub fn take_timer(&mut self, response: &Response, cx: &Context) {
        let wanted = cx.stack.config.session_expires;
        self.timer = match response.headers.session_expires().ok().flatten() {
            Some(agreed) => {
                let ours = agreed.refresher != Some(Refresher::Uas);
                SessionTimer::start(agreed.seconds.max(timer::LEAST), ours, cx.now)
            }
            // The peer knows nothing of timers, so it is on us to find out whether it is still there.
            None if wanted > 0 => SessionTimer::start(wanted.max(timer::LEAST), true, cx.now),
            None => SessionTimer::Off,
        };
    }

    /// Our refresh was refused. A peer that never agreed to a timer has shown all the same that it is
    /// there; one that did agree wants the refresh tried again.
    pub fn refresh_refused(&mut self, cx: &Context) {
        match self.timer.interval() {
            Some(interval) if !self.can.timer => {
                self.timer = SessionTimer::start(interval, true, cx.now);
            }
            _ => self.timer.postpone(cx.now + Duration::from_secs(5)),
        }
    }

    /// Notes what a 2xx or a target refresh request of the peer says about the peer.
    pub fn learn(&mut self, headers: &Headers) {
        self.dialog.refresh(headers);
        self.can.learn(headers);
    }

    /// A BYE of the peer ends the call.
    pub fn bye(&mut self, server: ServerId, request: &Request, cx: &mut Context) -> Step {
        let response = self.reply(request, 200);
        cx.respond(server, response);
        self.close(cx);
        Step::Over(remote_cause(None, "", &request.headers))
    }

    /// Answers what the peer still waits for, because the call is over.
    pub fn close(&mut self, cx: &mut Context) {
        self.refuse_referrals(cx);
        if let Some(ongoing) =
            self.exchange.ongoing().filter(|ongoing| ongoing.request.method == Method::Invite)
        {
            cx.acceptances.orphan(ongoing.client, cx.now);
        }
        if let Exchange::Owed { server, request, .. } = &self.exchange {
            let response = self.reply(request, 487);
            cx.respond(*server, response);
            self.exchange = Exchange::Quiet;
        }
    }
}

/// The peer ended the call with this status and phrase; its Reason header knows better.
pub fn remote_cause(status: Option<u16>, phrase: &str, headers: &Headers) -> Cause {
    let reason = headers.reason();
    let text = reason.as_ref().and_then(|reason| reason.text.clone()).unwrap_or_else(|| phrase.to_owned());
    let told = reason.filter(|reason| reason.protocol == "SIP").and_then(|reason| reason.cause);
    Cause { status: status.or(told), by: By::Remote, text }
}

/// We ended the call.
pub fn local_cause(status: Option<u16>, text: &str) -> Cause {
    Cause { status, by: By::Local, text: text.to_owned() }
}

/// A refusal that means that the peer knows nothing of the dialog ends it (RFC 3261 section 12.2.1.2).
pub fn fatal(status: u16) -> Step {
    match status {
        408 | 481 => {
            let told =
                Cause { status: Some(status), by: By::Remote, text: "the peer lost the call".to_owned() };
            Step::Bye { told, reason: None }
        }
        _ => Step::Stay,
    }
}

/// A request within the dialog got no response, which ends it too.
pub fn failure(failure: Failure) -> Step {
    let (by, text) = match failure {
        Failure::Timeout => (By::Timeout, "the peer does not answer"),
        Failure::Transport => (By::Transport, "the peer cannot be reached"),
    };
    Step::Bye { told: Cause { status: Some(408), by, text: text.to_owned() }, reason: None }
}

/// The Reason header that tells the peer why (RFC 3326).
pub fn reason_header(cause: Option<&Cause>) -> Option<String> {
    let cause = cause?;
    cause.status.map(|status| ReasonHeader::sip(status, &cause.text).to_string())
}
