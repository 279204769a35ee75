//! One subscription: from its SUBSCRIBE to its last NOTIFY (RFC 6665 sections 4.2 and 4.4).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Body, Package, ends_subscription};
use crate::id::DeviceId;
use crate::sip::call::Peer;
use crate::sip::dialog::Dialog;
use crate::sip::endpoint::stack::Stack;
use crate::sip::endpoint::{Destination, Event, Flow, SubscriptionRef};
use crate::sip::message::{HeaderName, Method, Request, Response};
use crate::sip::transaction::{ClientId, ServerId};
use crate::sip::uri::Uri;
use crate::time::Time;

/// How long the line has to answer; the subscriber waits 32 s at the most.
const PATIENCE: Duration = Duration::from_secs(20);

/// One subscription.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Subscription {
    reference: SubscriptionRef,
    /// Whose.
    pub device: DeviceId,
    /// What to.
    pub package: Package,
    /// The `id` of its Event header, which its NOTIFYs repeat.
    id: Option<String>,
    /// Whom about, as the subscriber wrote it.
    pub entity: Uri,
    dialog: Dialog,
    peer: Peer,
    /// The number of the next NOTIFY's body.
    version: u32,
    stage: Stage,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Stage {
    /// The line has until `until` to say whether.
    Asked { server: ServerId, request: Box<Request>, seconds: u32, until: Time },
    /// The subscriber is told until `until`.
    Active { until: Time, body: Body, notify: Notify },
    /// The last NOTIFY is on its way.
    Ending { client: ClientId },
    /// Nothing is left.
    Over,
}

/// At most one NOTIFY is on its way, so that none overtakes another and a slow phone gets few.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum Notify {
    /// The subscriber knows what is.
    Quiet,
    /// It is being told.
    Sent { client: ClientId },
    /// It is being told what is true no more.
    Outdated { client: ClientId },
}

/// Why a subscription ends (RFC 6665 section 4.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Its time is up, or the subscriber wants no more.
    Timeout,
    /// The subscriber may not have it any more.
    Rejected,
}

/// A SUBSCRIBE that begins a subscription.
pub struct Wish {
    /// Whose.
    pub device: DeviceId,
    /// What to.
    pub package: Package,
    /// For how long; 0 to be told once.
    pub seconds: u32,
    /// What it came in.
    pub request: Request,
    /// The way it came.
    pub peer: Peer,
}

impl Subscription {
    /// Somebody subscribes. `None` if the SUBSCRIBE lacks what a dialog needs.
    pub fn asked(
        reference: SubscriptionRef,
        server: ServerId,
        wish: Wish,
        stack: &mut Stack,
        now: Time,
    ) -> Option<Self> {
        let Wish { device, package, seconds, request, peer } = wish;
        let dialog = Dialog::answered(&request, &stack.tag())?;
        let entity = Uri::sip(request.uri.username().as_deref(), request.uri.host.clone()?);
        let id = request.headers.event().and_then(|(_, id)| id);
        let stage = Stage::Asked { server, request: Box::new(request), seconds, until: now + PATIENCE };
        Some(Self { reference, device, package, id, entity, dialog, peer, version: 0, stage })
    }

    /// Call-ID and our tag, by which its requests are found.
    pub fn key(&self) -> (&str, &str) {
        (self.dialog.call_id(), self.dialog.local_tag())
    }

    /// True if nothing is left to do.
    pub fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over)
    }

    /// True if a request from the peer with this tag may come by `flow`.
    pub fn has_peer(&self, tag: &str, flow: &Flow, stack: &Stack) -> bool {
        self.dialog.remote_tag() == tag && self.peer.may_use(flow, stack)
    }

    /// True if the subscriber is reached over this connection.
    pub fn is_by(&self, flow: &Flow) -> bool {
        flow.connection.is_some()
            && matches!(self.peer.known(), Destination::Flow(by) if by.connection == flow.connection)
    }

    /// The line accepts it, and this is how things stand.
    pub fn accept(&mut self, body: Body, stack: &mut Stack, now: Time) {
        let Stage::Asked { server, request, seconds, .. } = &self.stage else { return };
        let (server, seconds) = (*server, *seconds);
        let response = self.accepted(request, seconds, stack);
        stack.respond(server, response, now);
        let until = now + Duration::from_secs(seconds.into());
        self.stage = Stage::Active { until, body, notify: Notify::Quiet };
        match seconds {
            0 => self.end(End::Timeout, stack, now),
            _ => self.tell(stack, now),
        }
    }

    /// The line refuses it.
    pub fn refuse(&mut self, status: u16, stack: &mut Stack, now: Time) {
        let Stage::Asked { server, request, .. } = &self.stage else { return };
        let status = if (300..700).contains(&status) { status } else { 403 };
        let response = request.response(status).with_to_tag(self.dialog.local_tag());
        stack.respond(*server, response, now);
        self.stage = Stage::Over;
    }

    /// Things stand otherwise.
    pub fn notify(&mut self, news: Body, stack: &mut Stack, now: Time) {
        let Stage::Active { body, notify, .. } = &mut self.stage else { return };
        if *body == news {
            return;
        }
        *body = news;
        match *notify {
            Notify::Quiet => self.tell(stack, now),
            Notify::Sent { client } | Notify::Outdated { client } => *notify = Notify::Outdated { client },
        }
    }

    /// The subscriber wants it to go on for so many seconds, or to end.
    pub fn refresh(
        &mut self,
        server: ServerId,
        (request, flow): (&Request, Flow),
        seconds: Result<u32, Response>,
        stack: &mut Stack,
        now: Time,
    ) {
        let reply = |status| request.response(status).with_to_tag(self.dialog.local_tag());
        let number = request.headers.cseq().map_or(0, |cseq| cseq.number);
        let is_same =
            request.headers.event().is_some_and(|(name, id)| name == self.package.name() && id == self.id);
        let (refusal, missing) = (reply(500), reply(481));
        if self.dialog.accept(number).is_err() {
            stack.respond(server, refusal, now);
            return;
        }
        let seconds = match seconds {
            Ok(seconds) if is_same && matches!(self.stage, Stage::Active { .. }) => seconds,
            refused => {
                stack.respond(server, refused.err().unwrap_or(missing), now);
                return;
            }
        };
        self.dialog.refresh(&request.headers);
        self.peer.refresh(flow);
        let response = self.accepted(request, seconds, stack);
        stack.respond(server, response, now);
        if let Stage::Active { until, notify, .. } = &mut self.stage {
            *until = now + Duration::from_secs(seconds.into());
            match *notify {
                _ if seconds == 0 => self.end(End::Timeout, stack, now),
                Notify::Quiet => self.tell(stack, now),
                Notify::Sent { client } | Notify::Outdated { client } => {
                    *notify = Notify::Outdated { client }
                }
            }
        }
    }

    /// Says for the last time how things stand, and tells the line.
    pub fn end(&mut self, why: End, stack: &mut Stack, now: Time) {
        match &self.stage {
            Stage::Active { .. } => {
                stack.event(Event::Unsubscribed { subscription: self.reference });
                let client = self.send(Some(why), stack, now);
                self.stage = Stage::Ending { client };
            }
            Stage::Asked { .. } => {
                stack.event(Event::Unsubscribed { subscription: self.reference });
                self.refuse(if why == End::Rejected { 403 } else { 500 }, stack, now);
            }
            Stage::Ending { .. } | Stage::Over => {}
        }
    }

    /// Nobody is there any more who could be told.
    pub fn lose(&mut self, stack: &mut Stack, now: Time) {
        match self.stage {
            // Unanswered, the SUBSCRIBE would be kept for ever.
            Stage::Asked { .. } => self.end(End::Timeout, stack, now),
            Stage::Active { .. } => stack.event(Event::Unsubscribed { subscription: self.reference }),
            Stage::Ending { .. } | Stage::Over => {}
        }
        self.stage = Stage::Over;
    }

    /// The response to a NOTIFY.
    pub fn answered(&mut self, client: ClientId, response: &Response, stack: &mut Stack, now: Time) {
        if response.is_provisional() {
            return;
        }
        let ends = ends_subscription(response.status);
        match &mut self.stage {
            Stage::Active {
                notify: Notify::Sent { client: sent } | Notify::Outdated { client: sent },
                ..
            } if *sent == client && ends => {
                self.lose(stack, now);
            }
            Stage::Active { notify, .. } if *notify == (Notify::Sent { client }) => *notify = Notify::Quiet,
            Stage::Active { notify, .. } if *notify == (Notify::Outdated { client }) => self.tell(stack, now),
            Stage::Ending { client: last } if *last == client => self.stage = Stage::Over,
            _ => {}
        }
    }

    /// A NOTIFY got no response.
    pub fn failed(&mut self, client: ClientId, stack: &mut Stack, now: Time) {
        let is_its = match self.stage {
            Stage::Active {
                notify: Notify::Sent { client: sent } | Notify::Outdated { client: sent },
                ..
            }
            | Stage::Ending { client: sent } => sent == client,
            _ => false,
        };
        if is_its {
            self.lose(stack, now);
        }
    }

    /// Lets time pass.
    pub fn handle_timeout(&mut self, stack: &mut Stack, now: Time) {
        if self.poll_timeout().is_some_and(|at| at <= now) {
            self.end(End::Timeout, stack, now);
        }
    }

    /// When something is next due.
    pub fn poll_timeout(&self) -> Option<Time> {
        match &self.stage {
            Stage::Asked { until, .. } | Stage::Active { until, .. } => Some(*until),
            Stage::Ending { .. } | Stage::Over => None,
        }
    }

    fn accepted(&self, request: &Request, seconds: u32, stack: &Stack) -> Response {
        let contact = stack.contact(None, &self.peer.known(), self.dialog.is_secure());
        let mut response = request.response(200).with_to_tag(self.dialog.local_tag());
        response.headers.copy(&request.headers, HeaderName::RecordRoute);
        response.with(HeaderName::Contact, contact).with(HeaderName::Expires, seconds.to_string())
    }

    fn tell(&mut self, stack: &mut Stack, now: Time) {
        let client = self.send(None, stack, now);
        if let Stage::Active { notify, .. } = &mut self.stage {
            *notify = Notify::Sent { client };
        }
    }

    fn send(&mut self, end: Option<End>, stack: &mut Stack, now: Time) -> ClientId {
        let (text, seconds) = match &self.stage {
            Stage::Active { body, until, .. } => (body.text(self.version), until.since(now).as_secs()),
            _ => (String::new(), 0),
        };
        self.version = self.version.wrapping_add(1);
        let event = match &self.id {
            Some(id) => format!("{};id={id}", self.package.name()),
            None => self.package.name().to_owned(),
        };
        let state = match end {
            None => format!("active;expires={seconds}"),
            Some(End::Timeout) => "terminated;reason=timeout".to_owned(),
            Some(End::Rejected) => "terminated;reason=rejected".to_owned(),
        };
        let to = self.peer.destination(&self.dialog, stack);
        let contact = stack.contact(None, &to, self.dialog.is_secure());
        let request = self
            .dialog
            .request(Method::Notify)
            .with(HeaderName::Contact, contact)
            .with(HeaderName::Event, event)
            .with(HeaderName::SubscriptionState, state)
            .with_body(self.package.content_type(), text);
        stack.request(request, to, self.reference, now).client
    }
}
