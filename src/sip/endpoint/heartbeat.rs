//! Whether the pages behind browsers' phones are alive.
//!
//! A page can be frozen, by the browser or by the sleep of the notebook, while its connection stands: nobody would
//! answer a call there. Each connection that a browser registered by is asked with OPTIONS (RFC 3261 section 11). One
//! that used to answer and does so no more cannot be reached until it answers again, or registers.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::stack::Stack;
use super::{Binding, Destination, Endpoint, Flow, Owner};
use crate::sip::message::{CSeq, HeaderName, Method, NameAddr, Request};
use crate::sip::transaction::ClientId;
use crate::sip::uri::Uri;
use crate::time::Time;

/// The pause after an answer, or after none came.
pub const PAUSE: Duration = Duration::from_secs(15);
/// How long a page may take to answer. A busy one takes tens of milliseconds.
pub const PATIENCE: Duration = Duration::from_secs(8);

/// All connections of browsers that are registered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeats {
    pages: BTreeMap<Flow, Page>,
    timers: BTreeSet<(Time, Flow)>,
}

/// What is known of one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Page {
    /// When it is asked next; while it is asked, when it counts as silent.
    due: Time,
    asked: Option<ClientId>,
    /// It has answered once. There are phones that never do, and they are believed.
    answers: bool,
}

impl Heartbeats {
    /// Begins to ask the browsers among these.
    pub fn watch(&mut self, bindings: &[Binding], now: Time) {
        for flow in bindings.iter().map(|binding| binding.flow).filter(|flow| flow.transport.is_websocket()) {
            if !self.pages.contains_key(&flow) {
                self.set(flow, Page { due: now + PAUSE, asked: None, answers: false });
            }
        }
    }

    /// When the next is due.
    pub fn poll_timeout(&self) -> Option<Time> {
        self.timers.first().map(|(at, _)| *at)
    }

    fn next_due(&self, now: Time) -> Option<(Flow, Page)> {
        let (_, flow) = self.timers.first().filter(|(at, _)| *at <= now)?;
        self.pages.get(flow).map(|page| (*flow, *page))
    }

    fn set(&mut self, flow: Flow, page: Page) {
        self.forget(&flow);
        self.timers.insert((page.due, flow));
        self.pages.insert(flow, page);
    }

    /// The connection is gone.
    pub fn forget(&mut self, flow: &Flow) {
        if let Some(page) = self.pages.remove(flow) {
            self.timers.remove(&(page.due, *flow));
        }
    }
}

impl Endpoint {
    /// Asks the pages whose turn it is, and finds those that do not answer.
    pub(super) fn tend_pages(&mut self, now: Time) {
        while let Some((flow, page)) = self.heartbeats.next_due(now) {
            let Some(uri) = self.registrar.contact_by(&flow) else {
                self.heartbeats.forget(&flow);
                continue;
            };
            let Some(client) = page.asked else {
                let request = question(uri, &flow, &mut self.stack);
                let to = Destination::Flow(flow);
                let sent = self.stack.request(request, to, Owner::Heartbeat(flow), now);
                self.heartbeats.set(flow, Page { due: now + PATIENCE, asked: Some(sent.client), ..page });
                continue;
            };
            self.stack.transactions.abandon(client, now);
            self.page_silent(flow, client, now);
        }
    }

    /// The page has answered: it is alive.
    pub(super) fn page_answered(&mut self, flow: Flow, client: ClientId, now: Time) {
        if self.heartbeats.pages.get(&flow).is_none_or(|page| page.asked != Some(client)) {
            return;
        }
        self.heartbeats.set(flow, Page { due: now + PAUSE, asked: None, answers: true });
        for device in self.registrar.find(&flow) {
            self.tell_bindings(device);
        }
    }

    /// No answer comes any more.
    pub(super) fn page_silent(&mut self, flow: Flow, client: ClientId, now: Time) {
        let Some(page) = self.heartbeats.pages.get(&flow).filter(|page| page.asked == Some(client)).copied()
        else {
            return;
        };
        self.heartbeats.set(flow, Page { due: now + PAUSE, asked: None, ..page });
        if page.answers {
            self.lose_bindings(&flow);
        }
    }
}

fn question(contact: Uri, flow: &Flow, stack: &mut Stack) -> Request {
    let to = Destination::Flow(*flow);
    let us = NameAddr::new(Uri::sip_at(Some("hovor"), stack.address(&to)));
    let (tag, call_id) = (stack.tag(), stack.entropy.token(24));
    let our_contact = stack.contact(Some("hovor"), &to, false);
    Request::new(Method::Options, contact.clone())
        .with(HeaderName::MaxForwards, "70")
        .with(HeaderName::From, us.with_tag(&tag))
        .with(HeaderName::To, NameAddr::new(contact))
        .with(HeaderName::CallId, call_id)
        .with(HeaderName::CSeq, CSeq::new(1, Method::Options))
        .with(HeaderName::Contact, our_contact)
}
