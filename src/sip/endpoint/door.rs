//! Who is let in at all: strangers who ask too much, banned sources and scanners get no answer.

use std::net::IpAddr;

use super::policy::contains;
use super::{Endpoint, Event, Flow, Output};
use crate::sip::digest::Asker;
use crate::sip::guard::{Source, is_scanner};
use crate::sip::message::{HeaderName, Method, Request};
use crate::time::Time;

impl Endpoint {
    /// Whether a request is dealt with. It is always if it belongs to a call that stands, comes from a network or
    /// provider that is trusted, or by the very way that a phone of ours is registered by: the address of a datagram
    /// can be invented, so what others do in a phone's name must not hurt that phone.
    pub(super) fn lets_in(&mut self, request: &Request, flow: &Flow, now: Time) -> bool {
        if self.is_trusted(flow.remote.ip()) || self.belongs_to_a_call(request, flow) {
            return true;
        }
        let agent = request.headers.get(HeaderName::UserAgent);
        if agent.is_some_and(is_scanner) {
            self.guard.dropped_scanner();
            return self.turn_away(flow);
        }
        if self.registrar.knows(flow) {
            return true;
        }
        let source = Source::from(flow.remote.ip());
        if self.guard.is_banned(source, now) {
            self.guard.dropped_banned();
            return self.turn_away(flow);
        }
        // Who gives back what was sent there is where it says.
        self.holds_nonce(request, flow, now) || self.guard.asks(source, now) || self.turn_away(flow)
    }

    /// The same for what cannot be read.
    pub(super) fn bears_nonsense(&mut self, flow: &Flow, now: Time) -> bool {
        let source = Source::from(flow.remote.ip());
        if self.is_trusted(flow.remote.ip()) {
            return true;
        }
        if self.guard.is_banned(source, now) {
            self.guard.dropped_banned();
            return self.turn_away(flow);
        }
        self.guard.asks(source, now) || self.turn_away(flow)
    }

    /// Closes a connection that was made to us a while ago, unless a phone is registered by it, a call stands on it, or
    /// it comes from a network or provider that is trusted. Signs of life (RFC 5626 section 4.4.1) are no use by
    /// themselves: anybody can send them.
    pub(super) fn review(&mut self, flow: Flow) {
        let is_of_use = self.is_trusted(flow.remote.ip())
            || self.registrar.knows(&flow)
            || self.calls.values().any(|entry| entry.call.stands_on(&flow));
        if !is_of_use {
            self.strangers_closed += 1;
            self.stack.output(Output::Close { flow });
        }
    }

    /// A peer that answered our challenge failed.
    pub(super) fn failed(&mut self, flow: &Flow, why: &str, now: Time) {
        let address = flow.remote.ip();
        if self.is_trusted(address) {
            return;
        }
        let lenient = self.registrar.is_home_of_any(address);
        if let Some(ban) = self.guard.failed(address.into(), why, lenient, now) {
            self.stack.event(Event::Banned(ban));
        }
    }

    fn is_trusted(&self, address: IpAddr) -> bool {
        let config = &self.stack.config;
        let inside = |(network, length): &(IpAddr, u8)| contains(*network, *length, address);
        config.guests.iter().chain(&config.trusted).any(inside) || self.stack.trunks.may_come_from(address)
    }

    fn belongs_to_a_call(&self, request: &Request, flow: &Flow) -> bool {
        match request.method {
            // Neither is ever answered unless it belongs to something that stands.
            Method::Ack => true,
            Method::Cancel => self.cancelled_by(request, flow).is_some(),
            _ => self.call_of(request, flow).is_some(),
        }
    }

    fn holds_nonce(&self, request: &Request, flow: &Flow, now: Time) -> bool {
        let asker = if request.method == Method::Register { Asker::Server } else { Asker::Proxy };
        let credentials = self.authenticator.credentials(&request.headers, asker);
        credentials.is_some_and(|given| self.authenticator.knows(&given, flow.remote.ip(), now))
    }

    /// Gives no answer; a connection is closed. Always false.
    fn turn_away(&mut self, flow: &Flow) -> bool {
        if flow.connection.is_some() {
            self.stack.output(Output::Close { flow: *flow });
        }
        false
    }
}
