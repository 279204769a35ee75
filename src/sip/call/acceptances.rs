//! The 2xx responses to our INVITEs: each is acknowledged as often as it comes, and all but one of
//! a forked INVITE are hung up (RFC 3261 section 13.2.2.4).

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::peer::Peer;
use crate::sip::dialog::Dialog;
use crate::sip::endpoint::stack::{SDP, Stack};
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
    invite: Box<Request>,
    peer: Peer,
    until: Time,
}

impl Acceptances {
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
        let to = peer.destination(dialog);
        let ack = stack.ack(ack, to);
        if self.acks.len() >= KEPT {
            self.acks.remove(0);
        }
        self.acks.push(Acknowledged { cseq, tag: dialog.remote_tag().to_owned(), ack, to });
    }

    /// Our INVITE was accepted; from now on its other branches are unwanted.
    pub fn watch_forks(&mut self, client: ClientId, invite: Request, peer: Peer, now: Time) {
        self.forks = Some(Forks { client, invite: Box::new(invite), peer, until: now + GIVE_UP });
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
        let (invite, peer) = (forks.invite.clone(), forks.peer);
        if let (Some(cseq), Some(mut dialog)) = (accepted_invite(response), Dialog::asked(&invite, response))
        {
            self.acknowledge(&dialog, &peer, cseq, None, stack);
            let bye = dialog.request(Method::Bye);
            stack.request(bye, peer.destination(&dialog), call, now);
        }
        true
    }

    /// Lets time pass.
    pub fn handle_timeout(&mut self, now: Time) {
        if self.forks.as_ref().is_some_and(|forks| forks.until <= now) {
            self.forks = None;
        }
    }

    /// When the last branch can have answered.
    pub fn poll_timeout(&self) -> Option<Time> {
        self.forks.as_ref().map(|forks| forks.until)
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
