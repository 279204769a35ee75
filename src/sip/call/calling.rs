//! Our INVITE, until it is answered.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::acceptances::remote_tag;
use super::context::{Context, Failure, Step};
use super::early::Early;
use super::offer::sdp;
use super::peer::Peer;
use super::session::{Session, Side, local_cause, reason_header, remote_cause};
use crate::id::TrunkId;
use crate::sip::dialog::{Dialog, wants_security};
use crate::sip::endpoint::stack::Sent;
use crate::sip::endpoint::{By, Cause, Command, Destination, Event, Flow, Identity};
use crate::sip::message::{CSeq, HeaderName, Method, Request, Response, SessionExpires};
use crate::sip::transaction::{ClientId, GIVE_UP, ServerId};
use crate::time::Time;

/// How long a phone may ring without a word (timer C, RFC 3261 section 16.6).
const RINGING: Duration = Duration::from_secs(185);

/// A call to make.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outgoing {
    /// The INVITE, less Via and Contact.
    pub invite: Request,
    /// Where to, best first; empty while the name is being resolved.
    pub to: VecDeque<Destination>,
    /// The kind of peer.
    pub kind: Kind,
    /// The user in our Contact.
    pub user: Option<String>,
    /// The provider whose challenges we can answer.
    pub trunk: Option<TrunkId>,
    /// How long a place may be silent before the next one is tried.
    pub patience: Option<Duration>,
    /// Whether the callee may be told of others.
    pub trusted: bool,
}

/// What we call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// A registered phone.
    Phone,
    /// A provider, or anybody else with an address of its own.
    Network,
}

/// Our INVITE, until it is answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calling {
    outgoing: Outgoing,
    stage: Stage,
    early: Vec<Early>,
    /// Whom the callee is to be shown once it has answered, if that is not who began the call.
    party: Option<Identity>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Stage {
    /// Nobody knows yet where to.
    Resolving { until: Time },
    /// Nothing came back yet. The place counts as silent from `until` on.
    Sent { sent: Sent, until: Option<Time> },
    /// Something came back; it may go on in silence until `until`.
    Proceeding { sent: Sent, until: Time },
    /// The line hung up, but a CANCEL may go only after a provisional response (RFC 3261 section 9.1).
    Doomed { sent: Sent, reason: Option<String> },
    /// The CANCEL is out. If no final response comes by `until`, none ever will.
    Cancelled { sent: Sent, until: Time },
}

impl Calling {
    pub fn start(outgoing: Outgoing, cx: &mut Context) -> Self {
        let mut calling = Self {
            outgoing,
            stage: Stage::Resolving { until: cx.now + GIVE_UP },
            early: vec![],
            party: None,
        };
        calling.send_next(cx);
        calling
    }

    /// True unless the line hung up.
    pub fn is_wanted(&self) -> bool {
        matches!(self.stage, Stage::Resolving { .. } | Stage::Sent { .. } | Stage::Proceeding { .. })
    }

    /// The early dialog with the callee of this tag.
    pub fn session(&self, tag: &str) -> Option<&Session> {
        self.early.iter().map(|early| &early.session).find(|session| session.dialog.remote_tag() == tag)
    }

    /// Where the INVITE went last.
    pub fn sent_to(&self) -> Option<Destination> {
        self.sent().map(|sent| sent.to)
    }

    /// The name is resolved, or cannot be.
    pub fn resolved(&mut self, to: VecDeque<Destination>, cx: &mut Context) -> Step {
        if !matches!(self.stage, Stage::Resolving { .. }) {
            return Step::Stay;
        }
        self.outgoing.to = to;
        match self.send_next(cx) {
            true => Step::Stay,
            false => Step::Over(unresolved()),
        }
    }

    pub fn command(&mut self, command: Command, cx: &mut Context) -> Step {
        match command {
            Command::Hangup { cause, .. } => return self.hang_up(cause.as_ref(), cx),
            Command::Offer { sdp, .. } => match self.early.iter_mut().find(|early| early.is_quiet()) {
                Some(early) => early.session.offer(sdp, Method::Update, cx),
                None => cx.event(Event::OfferRefused { call: cx.call, status: 491 }),
            },
            Command::AnswerOffer { sdp, .. } => {
                if let Some(early) = self.early.iter_mut().find(|early| early.owes()) {
                    early.session.answer_offer(sdp, cx);
                }
            }
            Command::RefuseOffer { status, .. } => {
                if let Some(early) = self.early.iter_mut().find(|early| early.owes()) {
                    early.session.refuse_offer(status, cx);
                }
            }
            Command::ShowParty { party, .. } => self.party = Some(party),
            _ => {}
        }
        Step::Stay
    }

    /// A request of a callee that has not answered yet.
    pub fn request(&mut self, server: ServerId, request: Request, flow: Flow, cx: &mut Context) {
        let tag =
            request.headers.from().ok().and_then(|from| from.tag().map(str::to_owned)).unwrap_or_default();
        let Some(early) = self.early(&tag) else { return };
        if early.session.is_out_of_order(server, &request, cx) {
            return;
        }
        if request.method == Method::Update {
            return early.session.update(server, request, flow, cx);
        }
        if request.method == Method::Info {
            return early.session.info(server, &request, cx);
        }
        let status = match request.method {
            // A callee that gives up says so in its answer to the INVITE.
            Method::Bye | Method::Options => 200,
            Method::Refer => 491,
            _ => 481,
        };
        let response = early.session.reply(&request, status);
        cx.respond(server, response);
    }

    pub fn response(&mut self, client: ClientId, response: &Response, cx: &mut Context) -> Step {
        if self.sent().is_none_or(|sent| sent.client != client) {
            if let Some(early) = self.early.iter_mut().find(|early| early.session.expects(client)) {
                early.session.response(client, response, cx);
            }
            return Step::Stay;
        }
        match response.status {
            ..200 => {
                self.provisional(response, cx);
                Step::Stay
            }
            200..300 => self.accepted(response, cx),
            status => self.refused(status, response, cx),
        }
    }

    pub fn failed(&mut self, client: ClientId, why: Failure, cx: &mut Context) -> Step {
        if self.sent().is_none_or(|sent| sent.client != client) {
            if let Some(early) = self.early.iter_mut().find(|early| early.session.expects(client)) {
                early.session.failed(client, why, cx);
            }
            return Step::Stay;
        }
        if !self.is_wanted() {
            return Step::Gone;
        }
        self.place_failed(cx);
        if self.send_next(cx) {
            return Step::Stay;
        }
        self.trunk_failed(cx);
        Step::Over(match why {
            Failure::Timeout => silent(),
            Failure::Transport => {
                Cause { status: Some(503), by: By::Transport, text: "cannot be reached".into() }
            }
        })
    }

    /// The place was silent for longer than the provider is given: the next one is tried. If there is none the
    /// call is over for the line, and a late answer is taken back.
    fn lose_patience(&mut self, cx: &mut Context) -> Step {
        let Some(sent) = self.sent().cloned() else { return Step::Stay };
        self.place_failed(cx);
        let invite = self.outgoing.invite.clone();
        if self.send_next(cx) {
            cx.acceptances.abandon(sent, invite, cx.now);
            return Step::Stay;
        }
        self.trunk_failed(cx);
        self.stage = Stage::Doomed { sent, reason: None };
        Step::Told(silent())
    }

    fn place_failed(&self, cx: &mut Context) {
        if let (Some(trunk), Some(sent)) = (self.outgoing.trunk, self.sent()) {
            cx.stack.trunks.failed(trunk, &sent.to, cx.now);
        }
    }

    fn trunk_failed(&self, cx: &mut Context) {
        if let Some(trunk) = self.outgoing.trunk {
            cx.stack.trunks.call_failed(trunk, cx.now);
        }
    }

    pub fn handle_timeout(&mut self, cx: &mut Context) -> Step {
        for early in &mut self.early {
            early.session.exchange_timeout(Method::Update, cx);
        }
        match &self.stage {
            Stage::Sent { until: Some(until), .. } if *until <= cx.now => self.lose_patience(cx),
            Stage::Proceeding { until, .. } if *until <= cx.now => {
                self.cancel(None, cx);
                Step::Told(Cause { status: Some(408), by: By::Timeout, text: "rang for too long".into() })
            }
            Stage::Resolving { until } if *until <= cx.now => Step::Over(unresolved()),
            Stage::Cancelled { until, sent } if *until <= cx.now => {
                cx.stack.transactions.abandon(sent.client, cx.now);
                Step::Gone
            }
            _ => Step::Stay,
        }
    }

    pub fn poll_timeout(&self) -> Option<Time> {
        let stage = match &self.stage {
            Stage::Resolving { until } | Stage::Proceeding { until, .. } | Stage::Cancelled { until, .. } => {
                Some(*until)
            }
            Stage::Sent { until, .. } => *until,
            Stage::Doomed { .. } => None,
        };
        self.early.iter().map(|early| early.session.exchange.poll_timeout()).chain([stage]).flatten().min()
    }

    fn sent(&self) -> Option<&Sent> {
        match &self.stage {
            Stage::Resolving { .. } => None,
            Stage::Sent { sent, .. }
            | Stage::Proceeding { sent, .. }
            | Stage::Doomed { sent, .. }
            | Stage::Cancelled { sent, .. } => Some(sent),
        }
    }

    /// Sends the INVITE to the next address. False if there is none.
    fn send_next(&mut self, cx: &mut Context) -> bool {
        let Some(to) = self.outgoing.to.pop_front() else { return false };
        self.send(to, cx);
        true
    }

    fn send(&mut self, to: Destination, cx: &mut Context) {
        let secure = wants_security(&self.outgoing.invite);
        let contact = cx.stack.contact(self.outgoing.user.as_deref(), &to, secure);
        self.outgoing.invite.headers.set(HeaderName::Contact, contact);
        let sent = cx.stack.request(self.outgoing.invite.clone(), to, cx.call, cx.now);
        self.early.clear();
        let until = self.outgoing.patience.map(|patience| cx.now + patience);
        self.stage = Stage::Sent { sent, until };
    }

    /// Sends a changed INVITE to where the last one went.
    fn send_again(&mut self, mut invite: Request, cx: &mut Context) -> Step {
        let Some(to) = self.sent().map(|sent| sent.to) else { return Step::Stay };
        let number = invite.headers.cseq().map_or(1, |cseq| cseq.number + 1);
        invite.headers.set(HeaderName::CSeq, CSeq::new(number, Method::Invite));
        self.outgoing.invite = invite;
        self.send(to, cx);
        Step::Stay
    }

    fn hang_up(&mut self, cause: Option<&Cause>, cx: &mut Context) -> Step {
        let status = cause.and_then(|cause| cause.status).or(Some(487));
        let told = local_cause(status, "hung up before the answer");
        let reason = reason_header(cause);
        match &self.stage {
            Stage::Sent { sent, .. } => {
                self.stage = Stage::Doomed { sent: sent.clone(), reason };
                Step::Told(told)
            }
            Stage::Proceeding { .. } => {
                self.cancel(reason, cx);
                Step::Told(told)
            }
            Stage::Resolving { .. } => Step::Over(told),
            Stage::Doomed { .. } | Stage::Cancelled { .. } => Step::Stay,
        }
    }

    fn cancel(&mut self, reason: Option<String>, cx: &mut Context) {
        let Some(sent) = self.sent().cloned() else { return };
        for early in &mut self.early {
            early.session.close(cx);
        }
        cx.stack.cancel(&sent, &self.outgoing.invite, reason, cx.call, cx.now);
        self.stage = Stage::Cancelled { sent, until: cx.now + GIVE_UP };
    }

    fn provisional(&mut self, response: &Response, cx: &mut Context) {
        match &mut self.stage {
            Stage::Sent { sent, .. } => {
                self.stage = Stage::Proceeding { sent: sent.clone(), until: cx.now + RINGING }
            }
            Stage::Proceeding { until, .. } => *until = cx.now + RINGING,
            Stage::Doomed { reason, .. } => {
                let reason = reason.take();
                return self.cancel(reason, cx);
            }
            Stage::Resolving { .. } | Stage::Cancelled { .. } => return,
        }
        if response.status == 100 {
            return;
        }
        let offered = !self.outgoing.invite.body.is_empty();
        let tag = remote_tag(response);
        if !tag.is_empty() && self.session(&tag).is_none() && self.early.len() < Early::MOST {
            self.early.extend(self.new_session(response).map(Early::new));
        }
        let is_news = self.early(&tag).is_none_or(|early| early.provisional(response, offered, cx));
        if is_news {
            let sdp = sdp(&response.headers, &response.body);
            cx.event(Event::Progress { call: cx.call, status: response.status, sdp });
        }
    }

    fn accepted(&mut self, response: &Response, cx: &mut Context) -> Step {
        let tag = remote_tag(response);
        let known = self.early.iter().position(|early| early.session.dialog.remote_tag() == tag);
        let session =
            known.map(|at| self.early.swap_remove(at).session).or_else(|| self.new_session(response));
        let (Some(mut session), Some(sent)) = (session, self.sent().cloned()) else {
            return Step::Over(Cause {
                status: Some(500),
                by: By::Remote,
                text: "an answer without its headers".into(),
            });
        };
        for early in &mut self.early {
            early.session.close(cx);
        }
        session.dialog.confirm(response);
        session.can.learn(&response.headers);
        cx.acceptances.watch_forks(
            sent.client,
            self.outgoing.invite.clone(),
            &session.dialog,
            session.peer,
            cx.now,
        );
        let number = self.outgoing.invite.headers.cseq().map_or(0, |cseq| cseq.number);
        if !self.is_wanted() {
            session.close(cx);
            cx.acceptances.acknowledge(&session.dialog, &session.peer, number, None, cx.stack);
            return Step::Discard(Box::new(session));
        }
        session.take_timer(response, cx);
        session.answered(&self.outgoing.invite, number, response, cx);
        self.party.iter().for_each(|party| session.show(party, Some(cx.now), cx));
        Step::Up(Box::new(session))
    }

    fn refused(&mut self, status: u16, response: &Response, cx: &mut Context) -> Step {
        if !self.is_wanted() {
            return Step::Gone;
        }
        let invite = &self.outgoing.invite;
        match status {
            401 | 407 => {
                let again =
                    self.outgoing.trunk.and_then(|trunk| cx.stack.with_credentials(trunk, invite, response));
                if let Some(invite) = again {
                    return self.send_again(invite, cx);
                }
            }
            422 => {
                if let Some(invite) = with_longer_session(invite, response) {
                    return self.send_again(invite, cx);
                }
            }
            503 => {
                self.place_failed(cx);
                if self.send_next(cx) {
                    return Step::Stay;
                }
            }
            _ => {}
        }
        Step::Over(remote_cause(Some(status), &response.reason, &response.headers))
    }

    fn early(&mut self, tag: &str) -> Option<&mut Early> {
        self.early.iter_mut().find(|early| early.session.dialog.remote_tag() == tag)
    }

    fn new_session(&self, response: &Response) -> Option<Session> {
        let dialog = Dialog::asked(&self.outgoing.invite, response)?;
        let known = self.sent()?.to;
        let peer = match self.outgoing.kind {
            Kind::Phone => Peer::Phone(known),
            Kind::Network => Peer::Network { known, trunk: self.outgoing.trunk },
        };
        let mut session = Session::new(dialog, peer, Side::Caller, self.outgoing.user.clone());
        (session.trunk, session.trusted) = (self.outgoing.trunk, self.outgoing.trusted);
        Some(session)
    }
}

fn silent() -> Cause {
    Cause { status: Some(408), by: By::Timeout, text: "nobody answers".into() }
}

fn unresolved() -> Cause {
    Cause { status: Some(503), by: By::Transport, text: "the name cannot be resolved".to_owned() }
}

/// The INVITE with the session interval that a 422 asks for (RFC 4028 section 7.3). `None` if it has
/// that already.
fn with_longer_session(invite: &Request, refusal: &Response) -> Option<Request> {
    let least = refusal.headers.min_se().ok()??;
    let asked = invite.headers.session_expires().ok()??;
    if least <= asked.seconds {
        return None;
    }
    let mut invite = invite.clone();
    let wanted = SessionExpires { seconds: least, refresher: asked.refresher };
    invite.headers.set(HeaderName::SessionExpires, wanted.to_string());
    invite.headers.set(HeaderName::MinSe, least.to_string());
    Some(invite)
}
