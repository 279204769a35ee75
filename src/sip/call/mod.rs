//! Calls: what an INVITE begins and a BYE ends (RFC 3261 sections 13 to 15).
//!
//! A [`Call`] is one machine from its first INVITE to the end of its last transaction. What it
//! sends and tells goes into the [`Stack`]. Its states follow one another:
//!
//! ```text
//! Calling ──2xx──▶ Up ──Hangup──▶ Leaving ──▶ Over
//! Ringing ─Answer─▶ │ ──BYE───────────────────▶ │
//! ```
//!
//! [`Event::Ended`] is told once, in [`Call::take`].

mod acceptances;
mod calling;
mod context;
mod early;
mod identity;
mod info;
mod leaving;
mod offer;
mod peer;
mod referral;
mod reliable;
mod ringing;
mod session;
pub mod timer;
mod up;

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::endpoint::stack::Stack;
use super::endpoint::{CallRef, Cause, Command, Destination, Event, Flow, ReferTo};
use super::message::{Request, Response};
use super::transaction::{ClientId, ServerId};
use crate::time::Time;
use acceptances::{Acceptances, accepted_invite};
use context::{Context, Step};
use leaving::Leaving;
use ringing::Ringing;
use session::Session;

pub use calling::{Calling, Kind, Outgoing};
pub use context::Failure;
pub use offer::sdp;
pub use peer::Peer;

/// One call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    reference: CallRef,
    call_id: String,
    tag: String,
    state: State,
    acceptances: Acceptances,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum State {
    /// Our INVITE is not answered yet.
    Calling(Box<Calling>),
    /// The caller's INVITE is not answered yet.
    Ringing(Box<Ringing>),
    /// Answered.
    Up(Box<Session>),
    /// The line is told that the call is over; the peer is still being told.
    Leaving(Box<Leaving>),
    /// Over on both sides, but the peer is still told how the call goes that its REFER asked for (RFC 5057 section 3).
    Referring(Box<Session>),
    /// Over on both sides.
    Over,
}

/// How a dialog of a call stands, for somebody who names it (RFC 3891 section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It rings: at the peer if the INVITE was `ours`, else here.
    Early { ours: bool },
    /// It is answered.
    Up,
    /// It is over.
    Ended,
}

/// One step of a call: splits it into its state and what the step needs.
macro_rules! step {
    ($self:ident, $stack:ident, $now:ident, |$state:pat_param, $cx:ident| $body:expr) => {{
        let acceptances = &mut $self.acceptances;
        let mut context = Context { stack: $stack, acceptances, call: $self.reference, now: $now };
        let $cx = &mut context;
        let $state = &mut $self.state;
        let step = $body;
        $self.take(step, $stack, $now);
    }};
}

impl Call {
    /// Calls somebody. `call_id` and `tag` are those of the INVITE.
    pub fn dial(
        reference: CallRef,
        (call_id, tag): (String, String),
        outgoing: Outgoing,
        stack: &mut Stack,
        now: Time,
    ) -> Self {
        let mut acceptances = Acceptances::default();
        let mut cx = Context { stack, acceptances: &mut acceptances, call: reference, now };
        let state = State::Calling(Box::new(Calling::start(outgoing, &mut cx)));
        Self { reference, call_id, tag, state, acceptances }
    }

    /// Somebody calls, who may be told whom it is connected with if it is `trusted`. `None` if the INVITE lacks what a dialog needs.
    pub fn incoming(
        reference: CallRef,
        server: ServerId,
        invite: Request,
        (peer, trusted): (Peer, bool),
        stack: &mut Stack,
        now: Time,
    ) -> Option<Self> {
        let tag = stack.tag();
        let call_id = invite.headers.call_id().ok()?.to_owned();
        let mut acceptances = Acceptances::default();
        let mut cx = Context { stack, acceptances: &mut acceptances, call: reference, now };
        let mut ringing = Ringing::start(server, invite, peer, &tag, &mut cx)?;
        ringing.session.trusted = trusted;
        Some(Self { reference, call_id, tag, state: State::Ringing(Box::new(ringing)), acceptances })
    }

    /// Call-ID and our tag, by which its requests are found.
    pub fn key(&self) -> (&str, &str) {
        (&self.call_id, &self.tag)
    }

    /// True if nothing is left to do.
    pub fn is_over(&self) -> bool {
        let is_done = match &self.state {
            State::Referring(session) => session.referrals.is_empty(),
            State::Over => true,
            _ => false,
        };
        is_done && self.acceptances.poll_timeout().is_none()
    }

    /// True if the line still knows of it.
    pub fn is_live(&self) -> bool {
        match &self.state {
            State::Calling(calling) => calling.is_wanted(),
            State::Ringing(_) | State::Up(_) => true,
            State::Leaving(_) | State::Referring(_) | State::Over => false,
        }
    }

    /// True if it is answered and neither side has hung up.
    pub fn is_up(&self) -> bool {
        matches!(self.state, State::Up(_))
    }

    /// The peer's INVITE that is not answered yet.
    pub fn open_invite(&self) -> Option<ServerId> {
        match &self.state {
            State::Ringing(ringing) => Some(ringing.server),
            State::Up(session) => session.open_invite(),
            _ => None,
        }
    }

    /// True if the call has a dialog with the peer of this tag, and requests of it may come by `flow`.
    pub fn has_peer(&self, tag: &str, flow: &Flow, stack: &Stack) -> bool {
        self.session(tag).is_some_and(|session| session.peer.may_use(flow, stack))
    }

    /// How the dialog with the peer of this tag stands; `None` if there is none.
    pub fn standing(&self, tag: &str) -> Option<Standing> {
        self.session(tag)?;
        Some(match &self.state {
            State::Calling(calling) if calling.is_wanted() => Standing::Early { ours: true },
            State::Ringing(_) => Standing::Early { ours: false },
            State::Up(_) => Standing::Up,
            State::Calling(_) | State::Leaving(_) | State::Referring(_) | State::Over => Standing::Ended,
        })
    }

    fn session(&self, tag: &str) -> Option<&Session> {
        let session = match &self.state {
            State::Calling(calling) => calling.session(tag),
            _ => self.only_session(),
        };
        session.filter(|session| session.dialog.remote_tag() == tag)
    }

    /// True if the call needs this connection.
    pub fn stands_on(&self, flow: &Flow) -> bool {
        let known = match &self.state {
            State::Calling(calling) => calling.sent_to(),
            _ => self.only_session().map(|session| session.peer.known()),
        };
        known == Some(Destination::Flow(*flow))
    }

    /// The one dialog of a call that is not of our making, or is answered.
    fn only_session(&self) -> Option<&Session> {
        match &self.state {
            State::Ringing(ringing) => Some(&ringing.session),
            State::Up(session) | State::Referring(session) => Some(session),
            State::Leaving(leaving) => Some(leaving.session()),
            State::Calling(_) | State::Over => None,
        }
    }

    /// The line wants something of the call. What makes no sense in its state is ignored.
    pub fn command(&mut self, command: Command, stack: &mut Stack, now: Time) {
        let outlives = matches!(command, Command::ReferProgress { .. });
        if !self.is_live() && !outlives {
            return;
        }
        step!(self, stack, now, |state, cx| match state {
            State::Calling(calling) => calling.command(command, cx),
            State::Ringing(ringing) => ringing.command(command, cx),
            State::Up(session) | State::Referring(session) => session.command(command, cx),
            State::Leaving(leaving) => leaving.session_mut().command(command, cx),
            State::Over => Step::Stay,
        });
    }

    /// The name that we call is resolved; empty if it cannot be.
    pub fn resolved(&mut self, to: VecDeque<Destination>, stack: &mut Stack, now: Time) {
        step!(self, stack, now, |state, cx| match state {
            State::Calling(calling) => calling.resolved(to, cx),
            _ => Step::Stay,
        });
    }

    /// A request of the peer, other than ACK and CANCEL, that [`has_peer`](Self::has_peer) allows.
    pub fn request(&mut self, server: ServerId, request: Request, flow: Flow, stack: &mut Stack, now: Time) {
        step!(self, stack, now, |state, cx| match state {
            State::Calling(calling) => {
                calling.request(server, request, flow, cx);
                Step::Stay
            }
            State::Ringing(ringing) => ringing.request(server, request, flow, cx),
            State::Up(session) => session.handle_request(server, request, flow, cx),
            State::Leaving(leaving) => leaving.request(server, &request, cx),
            State::Referring(_) | State::Over => {
                let response = request.response(481);
                cx.respond(server, response);
                Step::Stay
            }
        });
    }

    /// A REFER of the peer that [`has_peer`](Self::has_peer) allows; `named` is whom it names, or the status of the
    /// refusal.
    pub fn refer(
        &mut self,
        server: ServerId,
        (request, flow): (Request, Flow),
        named: Result<ReferTo, u16>,
        stack: &mut Stack,
        now: Time,
    ) {
        match self.state {
            State::Up(_) => step!(self, stack, now, |state, cx| {
                if let State::Up(session) = state
                    && !session.is_out_of_order(server, &request, cx)
                {
                    session.refer(server, request, named, cx);
                }
                Step::Stay
            }),
            _ => self.request(server, request, flow, stack, now),
        }
    }

    /// The ACK to a 2xx of ours.
    pub fn acknowledged(&mut self, ack: &Request, stack: &mut Stack, now: Time) {
        step!(self, stack, now, |state, cx| match state {
            State::Up(session) => session.acknowledged(ack, cx),
            State::Leaving(leaving) => {
                leaving.acknowledged(ack, cx);
                Step::Stay
            }
            _ => Step::Stay,
        });
    }

    /// The peer takes back the INVITE that is [open](Self::open_invite); the CANCEL is answered already.
    pub fn cancelled(&mut self, cancel: &Request, stack: &mut Stack, now: Time) {
        step!(self, stack, now, |state, cx| match state {
            State::Ringing(ringing) => ringing.cancelled(cancel, cx),
            State::Up(session) => {
                session.cancelled(cx);
                Step::Stay
            }
            _ => Step::Stay,
        });
    }

    /// A response to a request of ours.
    pub fn response(&mut self, client: ClientId, response: &Response, stack: &mut Stack, now: Time) {
        if self.acceptances.repeat(response, stack)
            || self.acceptances.refuse_fork(client, response, self.reference, stack, now)
            || self.acceptances.refuse_late(client, response, self.reference, stack, now)
        {
            return;
        }
        step!(self, stack, now, |state, cx| match state {
            State::Calling(calling) => calling.response(client, response, cx),
            State::Ringing(ringing) => {
                ringing.session.response(client, response, cx);
                Step::Stay
            }
            State::Up(session) => session.response(client, response, cx),
            State::Leaving(leaving) if leaving.expects(client) => leaving.response(response, cx),
            State::Leaving(leaving) => {
                if let Some(cseq) = accepted_invite(response) {
                    leaving.acknowledge(cseq, cx);
                }
                leaving.session_mut().notify_answered(client, response, cx);
                Step::Stay
            }
            State::Referring(session) => {
                session.notify_answered(client, response, cx);
                Step::Stay
            }
            State::Over => Step::Stay,
        });
    }

    /// A request of ours got no response.
    pub fn failed(&mut self, client: ClientId, failure: Failure, stack: &mut Stack, now: Time) {
        step!(self, stack, now, |state, cx| match state {
            State::Calling(calling) => calling.failed(client, failure, cx),
            State::Ringing(ringing) => {
                ringing.session.failed(client, failure, cx);
                Step::Stay
            }
            State::Up(session) => session.failed(client, failure, cx),
            State::Leaving(leaving) if leaving.expects(client) => Step::Gone,
            State::Leaving(leaving) => {
                leaving.session_mut().notify_failed(client);
                Step::Stay
            }
            State::Referring(session) => {
                session.notify_failed(client);
                Step::Stay
            }
            State::Over => Step::Stay,
        });
    }

    /// Lets time pass. Call it no later than [`poll_timeout`](Self::poll_timeout) asks.
    pub fn handle_timeout(&mut self, stack: &mut Stack, now: Time) {
        self.acceptances.handle_timeout(stack, now);
        step!(self, stack, now, |state, cx| match state {
            State::Calling(calling) => calling.handle_timeout(cx),
            State::Ringing(ringing) => ringing.handle_timeout(cx),
            State::Up(session) => session.handle_timeout(cx),
            State::Leaving(leaving) => {
                leaving.handle_timeout(cx);
                Step::Stay
            }
            State::Referring(session) => {
                session.referral_timeout(cx);
                Step::Stay
            }
            State::Over => Step::Stay,
        });
    }

    /// When the call next wants to be woken.
    pub fn poll_timeout(&self) -> Option<Time> {
        let state = match &self.state {
            State::Calling(calling) => calling.poll_timeout(),
            State::Ringing(ringing) => ringing.poll_timeout(),
            State::Up(session) => session.poll_timeout(),
            State::Leaving(leaving) => leaving.poll_timeout(),
            State::Referring(session) => session.referrals.poll_timeout(),
            State::Over => None,
        };
        [state, self.acceptances.poll_timeout()].into_iter().flatten().min()
    }

    /// Goes where a step leads and tells the line if that is the end.
    fn take(&mut self, step: Step, stack: &mut Stack, now: Time) {
        match step {
            Step::Stay => {}
            Step::Up(session) => self.state = State::Up(session),
            Step::Told(cause) => self.tell(cause, stack),
            Step::Over(cause) => {
                self.tell(cause, stack);
                self.end();
            }
            Step::Gone => self.end(),
            Step::Bye { told, reason } => match std::mem::replace(&mut self.state, State::Over) {
                State::Up(session) => {
                    self.tell(told, stack);
                    self.leave(*session, reason, stack, now);
                }
                other => self.state = other,
            },
            Step::Discard(session) => self.leave(*session, None, stack, now),
        }
    }

    /// Both sides are done with the call.
    fn end(&mut self) {
        self.state = match std::mem::replace(&mut self.state, State::Over) {
            State::Up(session) if !session.referrals.is_empty() => State::Referring(session),
            State::Leaving(leaving) if !leaving.session().referrals.is_empty() => {
                State::Referring(Box::new(leaving.into_session()))
            }
            _ => State::Over,
        };
    }

    fn tell(&self, cause: Cause, stack: &mut Stack) {
        stack.event(Event::Ended { call: self.reference, cause });
    }

    fn leave(&mut self, session: Session, reason: Option<Cause>, stack: &mut Stack, now: Time) {
        let mut cx = Context { stack, acceptances: &mut self.acceptances, call: self.reference, now };
        self.state = State::Leaving(Box::new(Leaving::start(session, reason, &mut cx)));
    }
}
