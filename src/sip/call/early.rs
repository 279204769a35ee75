//! Early dialogs of our INVITE: one for each phone that a fork reached (RFC 3261 section 12.1,
//! RFC 3262 section 4).

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::offer::{Exchange, sdp};
use super::session::Session;
use crate::sip::endpoint::Event;
use crate::sip::message::{HeaderName, RAck, Request, Response};

/// An early dialog.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Early {
    pub session: Session,
    /// The number of its last reliable response.
    rseq: Option<u32>,
}

impl Early {
    /// How many a call may have.
    pub const MOST: usize = 16;

    pub fn new(session: Session) -> Self {
        Self { session, rseq: None }
    }

    /// True if offer and answer went through and a new offer may follow.
    pub fn is_quiet(&self) -> bool {
        matches!(self.session.exchange, Exchange::Quiet)
    }

    /// True if the line is asked for an answer.
    pub fn owes(&self) -> bool {
        matches!(self.session.exchange, Exchange::Owed { .. } | Exchange::PrackOwed { .. })
    }

    /// Takes a provisional response and acknowledges it if it is reliable. False if it came before,
    /// or came too early. `offered` tells whether the INVITE had our offer.
    pub fn provisional(&mut self, response: &Response, offered: bool, cx: &mut Context) -> bool {
        let reliable = response.headers.lists(HeaderName::Require, "100rel");
        let rseq = response.headers.rseq().ok().flatten().filter(|_| reliable);
        let Some(rseq) = rseq else {
            self.session.learn(&response.headers);
            return true;
        };
        if self.rseq.is_some_and(|last| rseq != last.wrapping_add(1)) {
            return false;
        }
        let Ok(cseq) = response.headers.cseq() else { return false };
        self.rseq = Some(rseq);
        self.session.learn(&response.headers);
        let rack = RAck { rseq, cseq };
        let has_sdp = sdp(&response.headers, &response.body).is_some();
        if matches!(self.session.exchange, Exchange::Initial) && has_sdp {
            if !offered {
                self.session.exchange = Exchange::PrackOwed { rack };
                return true;
            }
            self.session.exchange = Exchange::Quiet;
        }
        self.session.prack(rack, None, cx);
        true
    }
}

impl Session {
    /// Our `invite` was taken: acknowledges the 2xx, unless it has an offer that the line is to answer.
    pub fn answered(&mut self, invite: &Request, number: u32, response: &Response, cx: &mut Context) {
        let sdp = sdp(&response.headers, &response.body);
        let late = invite.body.is_empty() && matches!(self.exchange, Exchange::Initial);
        if late && sdp.is_some() {
            self.exchange = Exchange::ack_owed(number, cx.now);
        } else {
            if matches!(self.exchange, Exchange::Initial | Exchange::PrackOwed { .. }) {
                self.exchange = Exchange::Quiet;
            }
            if self.local.is_empty() {
                self.local = invite.body.clone();
            }
            cx.acceptances.acknowledge(&self.dialog, &self.peer, number, None, cx.stack);
        }
        cx.event(Event::Answered { call: cx.call, sdp });
    }
}
