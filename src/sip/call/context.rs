//! What a step of a call needs to know, and where it leads.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::acceptances::Acceptances;
use super::session::Session;
use crate::sip::endpoint::stack::Stack;
use crate::sip::endpoint::{CallRef, Cause, Event};
use crate::sip::message::Response;
use crate::sip::transaction::ServerId;
use crate::time::Time;

/// Why a request of ours got no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Failure {
    /// Nobody answered in time.
    Timeout,
    /// It could not be sent.
    Transport,
}

/// What a step of a call needs to know.
pub struct Context<'a> {
    pub stack: &'a mut Stack,
    pub acceptances: &'a mut Acceptances,
    pub call: CallRef,
    pub now: Time,
}

impl Context<'_> {
    pub fn event(&mut self, event: Event) {
        self.stack.event(event);
    }

    pub fn respond(&mut self, server: ServerId, response: Response) -> Bytes {
        self.stack.respond(server, response, self.now)
    }
}

/// Where a step of a call leads.
pub enum Step {
    /// Nowhere.
    Stay,
    /// It was answered.
    Up(Box<Session>),
    /// It is over for the line; what is to be said to the peer is being said.
    Told(Cause),
    /// It is over for the line, and the peer is to get a BYE with this reason.
    Bye { told: Cause, reason: Option<Cause> },
    /// It is over for both.
    Over(Cause),
    /// It is over for the peer too; the line knows already.
    Gone,
    /// The peer took a call that the line has given up: the peer is to get a BYE.
    Discard(Box<Session>),
}
