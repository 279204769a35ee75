//! The 2xx responses to our INVITEs: each is acknowledged as often as it comes, and all but one of
//! a forked INVITE are hung up (RFC 3261 section 13.2.2.4).

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::peer::Peer;
use crate::sip::dialog::Dialog;
use crate::sip::endpoint::stack::{SDP, Sent, Stack};
use crate::sip::endpoint::{CallRef, Destination, Output};
use crate::sip::message::{Method, Request, Response};
use crate::sip::transaction::{ClientId, GIVE_UP};
use crate::time::Time;

/// How many ACKs a call keeps in case a 2xx is repeated; more forks than that are unheard of.
const KEPT: usize = 16;

/// What a call remembers of the 2xx it got.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Acceptances {
    acks: Vec<Acknowledged>,
    forks: Option<Forks>,
    /// A re-INVITE that was unanswered when the call ended, and when to stop waiting for its answer.
    orphan: Option<(ClientId, Time)>,
    /// The INVITEs that went unanswered to places which another place was tried after.
    abandoned: Vec<Abandoned>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Acknowledged {
    cseq: u32,
    tag: String,
    ack: Bytes,
    to: Destination,
}

/// The INVITE that began the call. Further 2xx to it may come until `until`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Forks {
    client: ClientId,
    /// The tag of the branch that won.
    winner: String,
    invite: Box<Request>,
    peer: Peer,
    until: Time,
}

/// An INVITE whose place was silent for too long. Should it answer after all, nobody wants it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Abandoned {
    sent: Sent,
    invite: Box<Request>,
    until: Time,
    cancelled: bool,
}

impl Acceptances {
    /// Nobody wants the answer to this INVITE any more: another place is tried.
    pub fn abandon(&mut self, sent: Sent, invite: Request, now: Time) {
        if self.abandoned.len() < KEPT {
            let invite = Box::new(invite);
            self.abandoned.push(Abandoned { sent, invite, until: now + GIVE_UP, cancelled: false });
        }
    }

    /// Takes back, or hangs up, what an abandoned INVITE brings. True if the response is one to that.
    pub fn refuse_late(
        &mut self,
        client: ClientId,
        response: &Response,
        call: CallRef,
        stack: &mut Stack,
        now: Time,
    ) -> bool {
        let Some(late) = self.abandoned.iter_mut().find(|late| late.sent.client == client) else {
            return false;
        };
        if response.is_provisional() && !late.cancelled {
            late.cancelled = true;
            stack.cancel(&late.sent, &late.invite, None, call, now);
        }
        let (invite, peer) = (late.invite.clone(), Peer::Network { known: late.sent.to, trunk: None });
        if let (Some(cseq), Some(dialog)) = (accepted_invite(response), Dialog::asked(&invite, response)) {
            self.hang_up(dialog, peer, cseq, call, stack, now);
        }
        true
    }

    /// Acknowledges an answer that nobody wants, and ends the call that it began.
    fn hang_up(
        &mut self,
        mut dialog: Dialog,
        peer: Peer,
        cseq: u32,
        call: CallRef,
        stack: &mut Stack,
        now: Time,
    ) {
        self.acknowledge(&dialog, &peer, cseq, None, stack);
        let bye = dialog.request(Method::Bye);
        let to = peer.destination(&dialog, stack);
        stack.request(bye, to, call, now);
    }

    /// Sends the ACK to a 2xx of the INVITE with this number, and keeps it.
    pub fn acknowledge(
        &mut self,
        dialog: &Dialog,
        peer: &Peer,
        cseq: u32,
        sdp: Option<Bytes>,
        stack: &mut Stack,
    ) {
        let mut ack = dialog.ack(cseq);
        if let Some(sdp) = sdp {
            ack = ack.with_body(SDP, sdp);
        }
        let to = peer.destination(dialog, stack);
        let ack = stack.ack(ack, to);
        if self.acks.len() >= KEPT {
            self.acks.remove(0);
        }
        self.acks.push(Acknowledged { cseq, tag: dialog.remote_tag().to_owned(), ack, to });
    }

    /// Our INVITE was accepted by the branch of this dialog; from now on the others are unwanted.
    pub fn watch_forks(&mut self, client: ClientId, invite: Request, winner: &Dialog, peer: Peer, now: Time) {
        let (winner, invite) = (winner.remote_tag().to_owned(), Box::new(invite));
        self.forks = Some(Forks { client, winner, invite, peer, until: now + GIVE_UP });
    }

    /// Sends the ACK again if this 2xx came before. True if so.
    pub fn repeat(&self, response: &Response, stack: &mut Stack) -> bool {
        let Some(cseq) = accepted_invite(response) else { return false };
        let tag = remote_tag(response);
        let Some(known) = self.acks.iter().find(|known| known.cseq == cseq && known.tag == tag) else {
            return false;
        };
        stack.output(Output::Send { to: known.to, bytes: known.ack.clone() });
        true
    }

    /// A 2xx of another branch of our INVITE: somebody else was faster, so it is hung up. True if
    /// the response was one to that INVITE.
    pub fn refuse_fork(
        &mut self,
        client: ClientId,
        response: &Response,
        call: CallRef,
        stack: &mut Stack,
        now: Time,
    ) -> bool {
        let Some(forks) = self.forks.as_ref().filter(|forks| forks.client == client) else { return false };
        if remote_tag(response) == forks.winner {
            // Its ACK waits for the line's answer to the offer in it.
            return true;
        }
        let (invite, peer) = (forks.invite.clone(), forks.peer);
        if let (Some(cseq), Some(dialog)) = (accepted_invite(response), Dialog::asked(&invite, response)) {
            self.hang_up(dialog, peer, cseq, call, stack, now);
        }
        true
    }

    /// The call ends while this re-INVITE is unanswered. Its answer still wants an ACK, but may never come.
    pub fn orphan(&mut self, client: ClientId, now: Time) {
        self.orphan = Some((client, now + GIVE_UP));
    }

    /// Lets time pass.
    pub fn handle_timeout(&mut self, stack: &mut Stack, now: Time) {
        self.forks.take_if(|forks| forks.until <= now);
        for late in self.abandoned.extract_if(.., |late| late.until <= now) {
            stack.transactions.abandon(late.sent.client, now);
        }
        if let Some((client, _)) = self.orphan.take_if(|(_, until)| *until <= now) {
            stack.transactions.abandon(client, now);
        }
    }

    /// When something is next due.
    pub fn poll_timeout(&self) -> Option<Time> {
        let forks = self.forks.as_ref().map(|forks| forks.until);
        let orphan = self.orphan.as_ref().map(|(_, until)| *until);
        let abandoned = self.abandoned.iter().map(|late| late.until);
        [forks, orphan].into_iter().flatten().chain(abandoned).min()
    }
}

/// The number of the INVITE that this response accepts.
pub fn accepted_invite(response: &Response) -> Option<u32> {
    let cseq = response.headers.cseq().ok()?;
    (response.is_success() && cseq.method == Method::Invite).then_some(cseq.number)
}

/// The tag of the peer that responds.
pub fn remote_tag(response: &Response) -> String {
    response.headers.to().ok().and_then(|to| to.tag().map(str::to_owned)).unwrap_or_default()
}
