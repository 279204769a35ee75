//! SUBSCRIBE: who may, to what, and for how long (RFC 6665 section 4.2).

use super::policy::user_of;
use super::{Destination, Endpoint, Event, Flow, SubscriptionRef};
use crate::id::DeviceId;
use crate::sip::call::Peer;
use crate::sip::digest::Asker;
use crate::sip::message::{HeaderName, Request, Response};
use crate::sip::subscription::{End, EventState, Package, Subscription, Wish};
use crate::sip::transaction::{ClientId, ServerId};
use crate::time::Time;

/// Subscriptions of one device; a panel of keys with lamps has some fifty. The oldest gives way: whoever restarts does
/// not end those from before.
const MOST: usize = 100;
/// The shortest subscription in seconds; each refresh costs a NOTIFY.
const SHORTEST: u32 = 60;
/// The longest one, and what is granted to those who name none.
const LONGEST: u32 = 3600;

impl Endpoint {
    /// Somebody subscribes; the line is asked. `Err` is the answer that needs no line.
    pub(super) fn subscribe(
        &mut self,
        server: ServerId,
        request: Request,
        flow: Flow,
        now: Time,
    ) -> Result<(), Box<Response>> {
        let claimed = user_of(request.headers.from().ok().as_ref());
        let device = self.device(&request, Asker::Server, &claimed, &flow, now)?;
        let package = self.package(&request)?;
        let seconds = self.seconds(&request)?;
        let user = request.uri.username().map(|user| user.into_owned()).unwrap_or_default();
        let refusal = self.refusal(&request, 400).with_reason("Bad Request: no Contact");
        let subscription = self.subscriptions.draw();
        let wish = Wish { device, package, seconds, request, peer: Peer::Phone(Destination::Flow(flow)) };
        let asked = Subscription::asked(subscription, server, wish, &mut self.stack, now).ok_or(refusal)?;
        let before = self.subscriptions.of(device);
        if before.len() >= MOST {
            before.first().into_iter().for_each(|oldest| self.lose_subscription(*oldest, now));
        }
        self.subscriptions.add(subscription, asked);
        self.stack.event(Event::Subscribed { subscription, device, package, user });
        Ok(())
    }

    /// The subscription that a SUBSCRIBE refreshes.
    pub(super) fn subscription_of(&self, request: &Request, flow: &Flow) -> Option<SubscriptionRef> {
        let headers = &request.headers;
        let (to, from) = (headers.to().ok()?, headers.from().ok()?);
        let (reference, subscription) = self.subscriptions.find(headers.call_id().ok()?, to.tag()?)?;
        subscription.has_peer(from.tag().unwrap_or_default(), flow, &self.stack).then_some(reference)
    }

    /// A SUBSCRIBE within a subscription.
    pub(super) fn resubscribe(
        &mut self,
        reference: SubscriptionRef,
        server: ServerId,
        (request, flow): (&Request, Flow),
        now: Time,
    ) {
        let seconds = self.seconds(request).map_err(|refusal| *refusal);
        if let Some(subscription) = self.subscriptions.get_mut(reference) {
            subscription.refresh(server, (request, flow), seconds, &mut self.stack, now);
            self.subscriptions.touch(reference);
        }
    }

    /// The line accepts a subscription, and says how things stand.
    pub(super) fn accept_subscription(&mut self, reference: SubscriptionRef, state: &EventState, now: Time) {
        if let Some(subscription) = self.subscriptions.get_mut(reference) {
            match subscription.package == state.package() {
                true => {
                    let body = state.body(&subscription.entity, |call| self.calls.get(&call)?.call.name());
                    subscription.accept(body, &mut self.stack, now);
                }
                false => subscription.refuse(500, &mut self.stack, now),
            }
            self.subscriptions.touch(reference);
        }
    }

    /// The line refuses a subscription.
    pub(super) fn refuse_subscription(&mut self, reference: SubscriptionRef, status: u16, now: Time) {
        if let Some(subscription) = self.subscriptions.get_mut(reference) {
            subscription.refuse(status, &mut self.stack, now);
            self.subscriptions.touch(reference);
        }
    }

    /// Things stand otherwise.
    pub(super) fn notify(&mut self, reference: SubscriptionRef, state: &EventState, now: Time) {
        if let Some(subscription) = self.subscriptions.get_mut(reference)
            && subscription.package == state.package()
        {
            let body = state.body(&subscription.entity, |call| self.calls.get(&call)?.call.name());
            subscription.notify(body, &mut self.stack, now);
            self.subscriptions.touch(reference);
        }
    }

    /// The response to a NOTIFY.
    pub(super) fn notify_answered(
        &mut self,
        reference: SubscriptionRef,
        client: ClientId,
        response: &Response,
        now: Time,
    ) {
        if let Some(subscription) = self.subscriptions.get_mut(reference) {
            subscription.answered(client, response, &mut self.stack, now);
            self.subscriptions.touch(reference);
        }
    }

    /// A NOTIFY got no response.
    pub(super) fn notify_failed(&mut self, reference: SubscriptionRef, client: ClientId, now: Time) {
        if let Some(subscription) = self.subscriptions.get_mut(reference) {
            subscription.failed(client, &mut self.stack, now);
            self.subscriptions.touch(reference);
        }
    }

    /// Ends the subscriptions of a device.
    pub(super) fn end_subscriptions(&mut self, device: DeviceId, why: End, now: Time) {
        for reference in self.subscriptions.of(device) {
            if let Some(subscription) = self.subscriptions.get_mut(reference) {
                subscription.end(why, &mut self.stack, now);
                self.subscriptions.touch(reference);
            }
        }
    }

    /// A connection is gone, and with it those who were told over it.
    pub(super) fn lose_subscriptions(&mut self, flow: &Flow, now: Time) {
        for reference in self.subscriptions.by(flow) {
            self.lose_subscription(reference, now);
        }
    }

    /// Ends what is over by `now`.
    pub(super) fn tend_subscriptions(&mut self, now: Time) {
        while let Some(reference) = self.subscriptions.due(now) {
            if let Some(subscription) = self.subscriptions.get_mut(reference) {
                subscription.handle_timeout(&mut self.stack, now);
            }
            self.subscriptions.touch(reference);
        }
    }

    fn lose_subscription(&mut self, reference: SubscriptionRef, now: Time) {
        if let Some(subscription) = self.subscriptions.get_mut(reference) {
            subscription.lose(&mut self.stack, now);
            self.subscriptions.touch(reference);
        }
    }

    fn package(&mut self, request: &Request) -> Result<Package, Box<Response>> {
        let package = request.headers.event().and_then(|(name, _)| Package::parse(&name));
        let Some(package) = package else {
            let refusal = self.refusal(request, 489).with(HeaderName::AllowEvents, Package::ALLOWED);
            return Err(Box::new(refusal));
        };
        let mut kinds = request.headers.all(HeaderName::Accept).peekable();
        let takes = |kind: &str| {
            let kind = kind.split(';').next().unwrap_or_default().trim();
            [package.content_type(), "application/*", "*/*"]
                .iter()
                .any(|ours| ours.eq_ignore_ascii_case(kind))
        };
        match kinds.peek().is_none() || kinds.any(takes) {
            true => Ok(package),
            false => Err(Box::new(self.refusal(request, 406))),
        }
    }

    /// For how many seconds; 0 to end it.
    fn seconds(&mut self, request: &Request) -> Result<u32, Box<Response>> {
        match request.headers.expires() {
            Ok(Some(0)) => Ok(0),
            Ok(Some(seconds)) if seconds < SHORTEST => {
                let refusal = self.refusal(request, 423).with(HeaderName::MinExpires, SHORTEST.to_string());
                Err(Box::new(refusal))
            }
            Ok(seconds) => Ok(seconds.unwrap_or(LONGEST).min(LONGEST)),
            Err(_) => Err(Box::new(self.refusal(request, 400).with_reason("Bad Request: Expires"))),
        }
    }
}
