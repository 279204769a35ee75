//! Requests of ours that belong to no call: registering at providers and asking whether they are there.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::stack::{SDP, Sent, Stack};
use super::trunks::registration::Registration;
use super::trunks::{Trunk, health};
use super::{Destination, Endpoint, Event, Flow, Output, Owner, keepalive};
use crate::id::TrunkId;
use crate::sip::call::Failure;
use crate::sip::digest::{Asker, Challenge, Login};
use crate::sip::message::{CSeq, Contact, HeaderName, Method, NameAddr, Request, Response};
use crate::sip::transaction::ClientId;
use crate::sip::uri::Uri;
use crate::time::Time;

/// How often one request is answered when it asks for credentials: by a proxy, by the registrar, and once more
/// with a fresh nonce each.
const ANSWERS: u8 = 4;

/// What a request of ours outside of calls is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Purpose {
    /// To register.
    Register,
    /// To take the registration back.
    Leave,
    /// To see whether somebody is there.
    Options,
}

/// One request on its way, with all its tries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Errand {
    /// As it was before anybody asked for credentials.
    bare: Request,
    request: Request,
    sent: Sent,
    /// The places that are left.
    rest: VecDeque<Destination>,
    login: Option<Login>,
    /// How often it has been sent with credentials.
    answers: u8,
    began: Time,
    /// When the place that it was sent to counts as silent; without it, when the transaction says so.
    until: Option<Time>,
}

/// What came of an errand.
struct Outcome {
    /// The final response and the time it took, or why there is none.
    result: Result<(Response, Duration), String>,
    /// The number of the last request.
    cseq: u32,
    to: Destination,
}

impl Endpoint {
    /// Does what is due at the providers.
    pub(super) fn tend_trunks(&mut self, now: Time) {
        self.resolve_trunks(now);
        for trunk in self.stack.trunks.ids() {
            let Some(entry) = self.stack.trunks.get(trunk) else { continue };
            let due = |at: Option<Time>| at.is_some_and(|at| at <= now);
            let registers = due(entry.registration.as_ref().and_then(Registration::poll_timeout));
            let asks = due(entry.health.as_ref().and_then(health::Health::poll_timeout));
            match self.draining {
                None if registers => self.register_at(trunk, now),
                Some(_) if registers => self.stay_away(trunk, now),
                _ => {}
            }
            if asks {
                self.ask(trunk, now);
            }
            self.tell_trunk(trunk, now);
        }
        for to in self.stack.trunks.pings(now) {
            self.stack.output(Output::Send { to, bytes: keepalive::PING });
        }
        let late = self.errands.iter().filter(|(_, errand)| errand.until.is_some_and(|until| until <= now));
        let late: Vec<_> = late.map(|(key, errand)| (*key, errand.sent.client)).collect();
        for (key, client) in late {
            self.stack.transactions.abandon(client, now);
            self.errand_failed(key, client, Failure::Timeout, now);
        }
    }

    /// When the next errand counts as lost.
    pub(super) fn errand_timeout(&self) -> Option<Time> {
        self.errands.values().filter_map(|errand| errand.until).min()
    }

    /// Takes all registrations back.
    pub(super) fn leave_trunks(&mut self, now: Time) {
        for trunk in self.stack.trunks.ids() {
            if let Some(entry) = self.stack.trunks.get_mut(trunk) {
                let before = entry.clone();
                entry.registration.as_mut().into_iter().for_each(|registration| {
                    registration.leave(now);
                });
                self.leave_trunk(before, now);
            }
        }
    }

    /// Takes the registration back that we have at a provider as it was.
    pub(super) fn leave_trunk(&mut self, mut before: Trunk, now: Time) {
        let trunk = before.peer.trunk;
        self.errands.remove(&(trunk, Purpose::Register));
        let Some(registration) = &mut before.registration else { return };
        if !registration.leave(now) {
            return;
        }
        // Whatever number an unanswered REGISTER had, this one is higher.
        registration.cseq += u32::from(ANSWERS) + 1;
        if let Some(to) = before.destinations(now).front() {
            let request = register(&before, 0, to, &self.stack);
            self.send_errand((trunk, Purpose::Leave), request, before.destinations(now), before.login(), now);
        }
    }

    /// A trunk that comes while the program stops is not registered at any more.
    fn stay_away(&mut self, trunk: TrunkId, now: Time) {
        let entry = self.stack.trunks.get_mut(trunk);
        if let Some(registration) = entry.and_then(|entry| entry.registration.as_mut()) {
            registration.leave(now);
        }
    }

    fn register_at(&mut self, trunk: TrunkId, now: Time) {
        let Some(entry) = self.stack.trunks.get_mut(trunk) else { return };
        let (to, why) = (entry.destinations(now), entry.trouble().map(str::to_owned));
        let Some(registration) = &mut entry.registration else { return };
        let Some(first) = to.front().copied() else {
            return registration.wait_for_name(why.as_deref(), now);
        };
        registration.begin();
        registration.cseq += 1;
        let (asks, login, entry) = (registration.asks(), entry.login(), entry.clone());
        let request = register(&entry, asks, &first, &self.stack);
        self.send_errand((trunk, Purpose::Register), request, to, login, now);
    }

    fn ask(&mut self, trunk: TrunkId, now: Time) {
        let Some(entry) = self.stack.trunks.get_mut(trunk) else { return };
        let (to, why) = (entry.destinations(now), entry.trouble().map(str::to_owned));
        let Some(health) = &mut entry.health else { return };
        let Some(first) = to.front().copied() else {
            let why = why.unwrap_or_else(|| "its name is being looked up".to_owned());
            return health.failed(why, &mut self.stack.entropy, now);
        };
        health.begin();
        let entry = entry.clone();
        let request = options(&entry, &first, &mut self.stack);
        self.send_errand((trunk, Purpose::Options), request, to, None, now);
    }

    fn send_errand(
        &mut self,
        key: (TrunkId, Purpose),
        request: Request,
        mut to: VecDeque<Destination>,
        login: Option<Login>,
        now: Time,
    ) {
        let Some(first) = to.pop_front() else { return };
        let owner = Owner::Errand(key.0, key.1);
        let sent = self.stack.request(request.clone(), first, owner, now);
        let until = (key.1 == Purpose::Options).then(|| now + health::PATIENCE);
        let bare = request.clone();
        let errand = Errand { bare, request, sent, rest: to, login, answers: 0, began: now, until };
        self.errands.insert(key, errand);
    }

    pub(super) fn errand_answered(
        &mut self,
        key: (TrunkId, Purpose),
        client: ClientId,
        (response, flow): (&Response, Flow),
        now: Time,
    ) {
        let Some(errand) = self.errands.get_mut(&key).filter(|errand| errand.sent.client == client) else {
            return;
        };
        if response.is_provisional() {
            return;
        }
        if matches!(response.status, 401 | 407)
            && let Some(request) = errand.with_credentials(response, &mut self.stack)
        {
            let to = errand.sent.to;
            return self.send_errand_again(key, request, to, now);
        }
        if response.status == 503 && !errand.rest.is_empty() {
            return self.errand_failed(key, client, Failure::Transport, now);
        }
        let result = Ok((response.clone(), now - errand.began));
        if let Some(trunk) = self.stack.trunks.get_mut(key.0).filter(|_| key.1 == Purpose::Register) {
            trunk.registered_by = flow.connection;
        }
        self.errand_done(key, result, now);
    }

    /// Nobody answers where it went: the next place is tried (RFC 3263 section 4.3).
    pub(super) fn errand_failed(
        &mut self,
        key: (TrunkId, Purpose),
        client: ClientId,
        failure: Failure,
        now: Time,
    ) {
        let Some(errand) = self.errands.get_mut(&key).filter(|errand| errand.sent.client == client) else {
            return;
        };
        self.stack.trunks.failed(key.0, &errand.sent.to, now);
        if let Some(next) = errand.rest.pop_front() {
            let request = errand.bare.clone();
            return self.send_errand_again(key, request, next, now);
        }
        let to = errand.sent.to;
        let why = match failure {
            Failure::Timeout => "does not answer".to_owned(),
            Failure::Transport => match self.stack.trunks.why_unreached(key.0, &to) {
                Some(why) => format!("cannot be reached: {why}"),
                None => "cannot be reached".to_owned(),
            },
        };
        self.errand_done(key, Err(why), now);
    }

    fn send_errand_again(
        &mut self,
        key: (TrunkId, Purpose),
        mut request: Request,
        to: Destination,
        now: Time,
    ) {
        let Some(errand) = self.errands.get_mut(&key) else { return };
        let number = errand.number() + 1;
        request.headers.set(HeaderName::CSeq, CSeq::new(number, request.method.clone()));
        let owner = Owner::Errand(key.0, key.1);
        errand.sent = self.stack.request(request.clone(), to, owner, now);
        errand.began = now;
        errand.until = errand.until.map(|_| now + health::PATIENCE);
        errand.request = request;
    }

    fn errand_done(
        &mut self,
        key: (TrunkId, Purpose),
        result: Result<(Response, Duration), String>,
        now: Time,
    ) {
        let Some(errand) = self.errands.remove(&key) else { return };
        let outcome = Outcome { result, cseq: errand.number(), to: errand.sent.to };
        match key.1 {
            Purpose::Register => self.registered_at(key.0, &errand, outcome, now),
            Purpose::Options => self.asked(key.0, outcome, now),
            Purpose::Leave => {}
        }
        self.tell_trunk(key.0, now);
    }

    fn registered_at(&mut self, trunk: TrunkId, errand: &Errand, outcome: Outcome, now: Time) {
        let Some(entry) = self.stack.trunks.get_mut(trunk) else { return };
        let Some(registration) = &mut entry.registration else { return };
        registration.cseq = outcome.cseq;
        let entropy = &mut self.stack.entropy;
        let (status, why, retry_after) = match outcome.result {
            Ok((response, _)) if response.is_success() => {
                let granted = granted(&response, &entry.contact).unwrap_or(registration.asks());
                registration.accepted(granted, entropy, now);
                return entry.keep_alive(now);
            }
            Ok((response, _)) => {
                let least = response.headers.min_expires().ok().flatten();
                if response.status == 423 && least.is_some_and(|least| registration.too_brief(least, now)) {
                    return;
                }
                let retry_after = response.headers.retry_after().ok().flatten().map(|after| after.seconds);
                (Some(response.status), refused(&response, errand), retry_after)
            }
            Err(why) => (None, format!("{} {why}", outcome.to.remote()), None),
        };
        registration.failed(status, why, retry_after, entropy, now);
    }

    fn asked(&mut self, trunk: TrunkId, outcome: Outcome, now: Time) {
        let Some(entry) = self.stack.trunks.get_mut(trunk) else { return };
        let Some(health) = &mut entry.health else { return };
        let entropy = &mut self.stack.entropy;
        match outcome.result {
            Ok((response, _)) if response.status == 503 => {
                health.failed(format!("says 503 {}", response.reason), entropy, now);
            }
            // Whatever it says of the question, somebody is there to say it.
            Ok((_, round_trip)) => health.answered(round_trip, entropy, now),
            Err(why) => health.failed(format!("{} {why}", outcome.to.remote()), entropy, now),
        }
    }

    /// Tells the line of each provider that is reached over another family of addresses than before.
    pub(super) fn tell_families(&mut self) {
        for (trunk, is_ipv6) in self.stack.trunks.new_families() {
            self.stack.event(Event::TrunkFamily { trunk, is_ipv6 });
        }
    }

    /// Tells the line if a provider takes calls again, or no more.
    pub(super) fn tell_trunk(&mut self, trunk: TrunkId, now: Time) {
        let Some(entry) = self.stack.trunks.get_mut(trunk) else { return };
        let is_up = entry.is_up(now);
        if entry.told == is_up {
            return;
        }
        entry.told = is_up;
        let registration = entry.registration.as_ref().and_then(|r| r.view(now).trouble);
        let health = entry.health.as_ref().and_then(|health| health.view().trouble);
        let why = entry.trouble().map(str::to_owned).or(registration).or(health).unwrap_or_default();
        self.stack.event(Event::Trunk { trunk, is_up, why });
    }
}

impl Errand {
    fn number(&self) -> u32 {
        self.request.headers.cseq().map_or(0, |cseq| cseq.number)
    }

    /// The request with the credentials that are asked for; `None` if we have none or they were refused.
    fn with_credentials(&mut self, challenge: &Response, stack: &mut Stack) -> Option<Request> {
        self.answers += 1;
        let login = self.login.as_ref().filter(|_| self.answers <= ANSWERS)?;
        let asker = if challenge.status == 401 { Asker::Server } else { Asker::Proxy };
        let refused = self.request.headers.contains(asker.credentials_header());
        let stale = Challenge::all(&challenge.headers).iter().any(|challenge| challenge.stale);
        match refused {
            true if !stale => None,
            true => stack.answer_challenge(login, &self.bare, challenge),
            false => stack.answer_challenge(login, &self.request, challenge),
        }
    }
}

/// Why a registration was refused, in words for the person who can mend it.
fn refused(response: &Response, errand: &Errand) -> String {
    let said = format!("{} {}", response.status, response.reason);
    match (response.status, errand.login.is_some()) {
        (401 | 407, false) => format!("asks for a password, and none is set ({said})"),
        (401 | 407, true) => format!("does not accept the user name or the password ({said})"),
        (403, _) => format!("refuses the registration; is the user name or the password wrong? ({said})"),
        (404, _) => format!("does not know the user ({said})"),
        _ => format!("refuses the registration ({said})"),
    }
}

/// For how many seconds our Contact is registered.
fn granted(response: &Response, contact: &str) -> Option<u32> {
    let ours = |address: &NameAddr| address.uri.username().is_some_and(|user| user == contact);
    let listed = match response.headers.contact().ok()? {
        Contact::These(contacts) => contacts.iter().find(|address| ours(address)).and_then(NameAddr::expires),
        Contact::Any => None,
    };
    listed.or_else(|| response.headers.expires().ok().flatten())
}

/// A REGISTER for this many seconds; 0 takes the registration back.
fn register(trunk: &Trunk, seconds: u32, to: &Destination, stack: &Stack) -> Request {
    let peer = &trunk.peer;
    let user = peer.username().unwrap_or(&trunk.contact);
    let us = NameAddr::new(Uri::sip(Some(user), &*peer.host));
    let (call_id, tag, cseq) = match &trunk.registration {
        Some(registration) => (&*registration.call_id, &*registration.tag, registration.cseq),
        None => ("", "", 0),
    };
    let contact = stack.contact(Some(&trunk.contact), to, false).with_param("expires", &seconds.to_string());
    request(trunk, Method::Register, Uri::sip(None, &*peer.host))
        .with(HeaderName::From, us.clone().with_tag(tag))
        .with(HeaderName::To, us)
        .with(HeaderName::CallId, call_id)
        .with(HeaderName::CSeq, CSeq::new(cseq, Method::Register))
        .with(HeaderName::Contact, contact)
        .with(HeaderName::Expires, seconds.to_string())
}

fn options(trunk: &Trunk, to: &Destination, stack: &mut Stack) -> Request {
    let us = NameAddr::new(Uri::sip_at(Some(trunk.peer.username().unwrap_or("hovor")), stack.address(to)));
    let (tag, call_id) = (stack.tag(), stack.entropy.token(24));
    let contact = stack.contact(Some(&trunk.contact), to, false);
    request(trunk, Method::Options, trunk.uri(None))
        .with(HeaderName::From, us.with_tag(&tag))
        .with(HeaderName::To, NameAddr::new(Uri::sip(None, &*trunk.peer.host)))
        .with(HeaderName::CallId, call_id)
        .with(HeaderName::CSeq, CSeq::new(1, Method::Options))
        .with(HeaderName::Contact, contact)
        .with(HeaderName::Accept, SDP)
}

fn request(trunk: &Trunk, method: Method, uri: Uri) -> Request {
    let mut request = Request::new(method, uri).with(HeaderName::MaxForwards, "70");
    trunk.route().into_iter().for_each(|route| request.headers.push(HeaderName::Route, route));
    request
}
