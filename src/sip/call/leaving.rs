//! A call that the line has left: the peer gets its BYE (RFC 3261 section 15.1).

use serde::{Deserialize, Serialize};

use super::context::{Context, Step};
use super::offer::Exchange;
use super::session::{Ongoing, Session, reason_header};
use crate::sip::endpoint::Cause;
use crate::sip::message::{HeaderName, Method, Request, Response};
use crate::sip::transaction::{ClientId, ServerId};
use crate::time::Time;

/// A call that the line has left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Leaving {
    session: Session,
    stage: Stage,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Stage {
    /// A callee may not say BYE before its 2xx is acknowledged (RFC 3261 section 15).
    Unacknowledged { reason: Option<Cause> },
    /// The BYE is out.
    Goodbye(Ongoing),
}

impl Leaving {
    pub fn start(mut session: Session, reason: Option<Cause>, cx: &mut Context) -> Self {
        session.close(cx);
        if session.unacked.is_some() {
            return Self { session, stage: Stage::Unacknowledged { reason } };
        }
        let ongoing = goodbye(&mut session, reason.as_ref(), cx);
        Self { session, stage: Stage::Goodbye(ongoing) }
    }

    pub fn session(&self) -> &Session {
        &self.session
    }

    pub fn session_mut(&mut self) -> &mut Session {
        &mut self.session
    }

    pub fn into_session(self) -> Session {
        self.session
    }

    pub fn expects(&self, client: ClientId) -> bool {
        matches!(&self.stage, Stage::Goodbye(ongoing) if ongoing.client == client)
    }

    /// The peer's BYE may cross ours; nothing else makes sense any more.
    pub fn request(&mut self, server: ServerId, request: &Request, cx: &mut Context) -> Step {
        let status = if request.method == Method::Bye { 200 } else { 481 };
        let response = self.session.reply(request, status);
        cx.respond(server, response);
        match (&self.stage, status) {
            (Stage::Unacknowledged { .. }, 200) => Step::Gone,
            _ => Step::Stay,
        }
    }

    pub fn acknowledged(&mut self, ack: &Request, cx: &mut Context) {
        let number = ack.headers.cseq().map_or(0, |cseq| cseq.number);
        if self.session.unacked.take_if(|unacked| unacked.cseq == number).is_some() {
            self.say_goodbye(cx);
        }
    }

    pub fn response(&mut self, response: &Response, cx: &mut Context) -> Step {
        let Stage::Goodbye(ongoing) = &self.stage else { return Step::Stay };
        match response.status {
            ..200 => Step::Stay,
            401 | 407 => match self.session.retry(&ongoing.clone(), response, cx) {
                Some(ongoing) => {
                    self.stage = Stage::Goodbye(ongoing);
                    Step::Stay
                }
                None => Step::Gone,
            },
            _ => Step::Gone,
        }
    }

    /// A 2xx to a re-INVITE that our BYE crossed wants its ACK all the same.
    pub fn acknowledge(&mut self, cseq: u32, cx: &mut Context) {
        cx.acceptances.acknowledge(&self.session.dialog, &self.session.peer, cseq, None, cx.stack);
    }

    pub fn handle_timeout(&mut self, cx: &mut Context) {
        self.session.referral_timeout(cx);
        let Some(unacked) = &mut self.session.unacked else { return };
        if unacked.give_up > cx.now {
            unacked.handle_timeout(cx);
        } else {
            self.session.unacked = None;
            self.say_goodbye(cx);
        }
    }

    pub fn poll_timeout(&self) -> Option<Time> {
        let unacked = self.session.unacked.as_ref().map(|unacked| unacked.poll_timeout());
        [unacked, self.session.referrals.poll_timeout()].into_iter().flatten().min()
    }

    fn say_goodbye(&mut self, cx: &mut Context) {
        if let Stage::Unacknowledged { reason } = &self.stage {
            let reason = reason.clone();
            self.stage = Stage::Goodbye(goodbye(&mut self.session, reason.as_ref(), cx));
        }
    }
}

fn goodbye(session: &mut Session, reason: Option<&Cause>, cx: &mut Context) -> Ongoing {
    // The peer still waits for our ACK if the line never answered the offer in its 2xx.
    if let Exchange::AckOwed { cseq, .. } = session.exchange {
        cx.acceptances.acknowledge(&session.dialog, &session.peer, cseq, None, cx.stack);
    }
    session.exchange = Exchange::Quiet;
    let mut bye = session.request(Method::Bye, cx);
    if let Some(reason) = reason_header(reason) {
        bye.headers.push(HeaderName::Reason, reason);
    }
    session.send(bye, cx)
}
