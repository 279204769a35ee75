//! Whom the peer is connected with, where that changes in the call: its display shows it (RFC 4916, RFC 5876).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::session::Session;
use crate::sip::endpoint::Identity;
use crate::sip::message::{HeaderName, Method, NameAddr, Request};
use crate::sip::uri::Uri;
use crate::time::Time;

/// The pause after which it is tried again, where something else is being agreed on with the peer.
const PAUSE: Duration = Duration::from_millis(500);

/// Whom the peer is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// With the host that it is shown with.
    party: NameAddr,
    /// Nobody is to know.
    private: bool,
    /// When a request is due that tells it; none if it has been told, or goes with what is to be sent anyway.
    due: Option<Time>,
}

impl Shown {
    /// What says it in a message.
    pub fn headers(&self) -> impl Iterator<Item = (HeaderName, String)> {
        let asserted = (HeaderName::PAssertedIdentity, String::from(&self.party));
        let privacy = self.private.then(|| (HeaderName::Privacy, "id".to_owned()));
        [asserted].into_iter().chain(privacy)
    }

    /// When a request is due.
    pub fn poll_timeout(&self) -> Option<Time> {
        self.due
    }
}

impl Session {
    /// The other party is this one from now on. A request tells it when it is `due`; without that it goes with our
    /// answer.
    pub fn show(&mut self, party: &Identity, due: Option<Time>, cx: &mut Context) {
        if !self.trusted {
            return;
        }
        let private = party.user.is_empty();
        let (user, host) = match private {
            true => ("anonymous", "anonymous.invalid".into()),
            false => {
                let to = self.peer.known();
                (&*party.user, cx.stack.our_host(party.host.as_deref(), self.trunk, Some(&to)))
            }
        };
        let display = if private { Some("Anonymous") } else { party.display.as_deref() };
        let party = NameAddr::new(Uri::sip(Some(user), host)).with_display(display);
        self.shown = Some(Shown { party, private, due });
        self.show_timeout(cx);
    }

    /// Tells the peer if that is due.
    pub fn show_timeout(&mut self, cx: &mut Context) {
        let busy = self.is_busy();
        let Some(shown) = &mut self.shown else { return };
        if shown.due.is_none_or(|due| due > cx.now) {
            return;
        }
        shown.due = busy.then(|| cx.now + PAUSE);
        if !busy {
            if self.can.from_change {
                self.dialog.rename(&shown.party);
            }
            self.refresh_now(cx);
        }
    }

    /// The peer knows no UPDATE: it is told by re-INVITE.
    pub fn show_again(&mut self, now: Time) {
        if let Some(shown) = &mut self.shown {
            shown.due = Some(now);
        }
    }

    /// A request with the word of whom the peer is connected with, if it changes a session.
    pub fn with_identity(&self, mut request: Request) -> Request {
        if matches!(request.method, Method::Invite | Method::Update)
            && let Some(shown) = &self.shown
        {
            shown.headers().for_each(|(name, value)| request.headers.push(name, value));
        }
        request
    }
}
