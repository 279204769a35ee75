//! What every call and every answer needs: configuration, randomness, transactions, and the way out.

use std::collections::{BTreeSet, VecDeque};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::trunks::Trunks;
use super::{Destination, EndpointConfig, Event, Flow, Output, Owner, Transport};
use crate::entropy::Entropy;
use crate::id::TrunkId;
use crate::sip::digest::{self, Asker, Login};
use crate::sip::message::{
    CSeq, HeaderName, MAGIC_COOKIE, Message, Method, NameAddr, Request, Response, Via,
};
use crate::sip::transaction::{ClientId, ServerId, Transactions};
use crate::sip::uri::{Host, Scheme, Uri};
use crate::time::Time;

/// The methods that we understand.
pub const ALLOW: &str = "INVITE, ACK, BYE, CANCEL, OPTIONS, PRACK, UPDATE, REGISTER, REFER, INFO, SUBSCRIBE";
/// The extensions that we understand within calls.
pub const SUPPORTED: &str = "100rel, timer, replaces, norefersub";
/// The one body that we read and write.
pub const SDP: &str = "application/sdp";

/// A request of ours that is on its way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    /// Its transaction.
    pub client: ClientId,
    /// Its Via; a CANCEL has the same.
    pub via: Via,
    /// Where it went.
    pub to: Destination,
}

/// What every call and every answer needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stack {
    /// What the endpoint was built with.
    pub config: EndpointConfig,
    /// Tags, branches, Call-IDs and pauses come from it.
    pub entropy: Entropy,
    /// All transactions, each with whose it is.
    pub transactions: Transactions<Owner>,
    /// The providers that we call.
    pub trunks: Trunks,
    /// Begins every branch of ours, so that a request that comes back to us is known.
    loop_mark: String,
    /// Our address as the last peer on another machine reached it.
    reached_at: Option<IpAddr>,
    /// The connections that stand, of those that something came by.
    connections: BTreeSet<u64>,
    outputs: VecDeque<Output>,
}

impl Stack {
    /// Nothing sent, nothing received.
    pub fn new(config: EndpointConfig, mut entropy: Entropy) -> Self {
        let loop_mark = format!("{MAGIC_COOKIE}{}", entropy.token(8));
        let transactions = Transactions::new(config.limits.transactions);
        Self {
            config,
            entropy,
            transactions,
            trunks: Trunks::default(),
            loop_mark,
            reached_at: None,
            connections: BTreeSet::new(),
            outputs: VecDeque::new(),
        }
    }

    /// Tells the line.
    pub fn event(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }

    /// Wants something of the driver.
    pub fn output(&mut self, output: Output) {
        self.outputs.push_back(output);
    }

    /// Something for the log.
    pub fn trouble(&mut self, source: SocketAddr, what: impl Into<String>) {
        self.event(Event::Trouble { source, what: what.into() });
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// A new tag.
    pub fn tag(&mut self) -> String {
        self.entropy.token(12)
    }

    /// True if a request with this Via went out from here.
    pub fn is_ours(&self, via: &Via) -> bool {
        via.branch().is_some_and(|branch| branch.starts_with(&self.loop_mark))
    }

    /// Sends a request in a transaction of its own. It has all headers but Via.
    pub fn request(
        &mut self,
        mut request: Request,
        to: Destination,
        owner: impl Into<Owner>,
        now: Time,
    ) -> Sent {
        let via = self.stamp(&mut request, &to);
        let method = request.method.clone();
        let bytes = self.write(request.into());
        let branch = via.branch().unwrap_or_default();
        let client = self.transactions.send(method.as_str(), branch, bytes, to, owner.into(), now);
        Sent { client, via, to }
    }

    /// Takes an INVITE back (RFC 3261 section 9.1). `invite` is what was sent, less its Via.
    pub fn cancel(
        &mut self,
        sent: &Sent,
        invite: &Request,
        reason: Option<String>,
        owner: impl Into<Owner>,
        now: Time,
    ) {
        let mut cancel = hop_request(Method::Cancel, invite);
        cancel.headers.push_front(HeaderName::Via, sent.via.clone());
        if let Some(reason) = reason {
            cancel.headers.push(HeaderName::Reason, reason);
        }
        let bytes = self.write(cancel.into());
        let branch = sent.via.branch().unwrap_or_default();
        self.transactions.send(Method::Cancel.as_str(), branch, bytes, sent.to, owner.into(), now);
    }

    /// Sends an ACK to a 2xx and returns it, to be sent again with each repeat of the 2xx.
    pub fn ack(&mut self, mut ack: Request, to: Destination) -> Bytes {
        self.stamp(&mut ack, &to);
        let bytes = self.write(ack.into());
        self.output(Output::Send { to, bytes: bytes.clone() });
        bytes
    }

    /// `request` once more, with the credentials that a 401 or 407 of a provider asks for. `None` if we
    /// have none, or if the provider has refused them before.
    pub fn with_credentials(
        &mut self,
        trunk: TrunkId,
        request: &Request,
        challenge: &Response,
    ) -> Option<Request> {
        let asker = if challenge.status == 401 { Asker::Server } else { Asker::Proxy };
        if request.headers.contains(asker.credentials_header()) {
            return None;
        }
        let login = self.trunks.login(trunk)?;
        self.answer_challenge(&login, request, challenge)
    }

    /// `request` once more, with this login as the response asks for it. `None` if it asks for nothing that
    /// we can answer.
    pub fn answer_challenge(
        &mut self,
        login: &Login,
        request: &Request,
        challenge: &Response,
    ) -> Option<Request> {
        let cnonce = self.entropy.token(16);
        let uri = request.uri.to_string();
        let answers = digest::answer(&challenge.headers, login, &request.method, &uri, &cnonce);
        if answers.is_empty() {
            return None;
        }
        let mut request = request.clone();
        answers.into_iter().for_each(|(name, value)| request.headers.push(name, value));
        Some(request)
    }

    /// Answers a request and returns what went out.
    pub fn respond(&mut self, server: ServerId, response: Response, now: Time) -> Bytes {
        let status = response.status;
        let bytes = self.response_bytes(response);
        self.transactions.answer(server, status, bytes.clone(), now);
        bytes
    }

    /// A response of ours as it goes on the wire.
    pub fn response_bytes(&mut self, mut response: Response) -> Bytes {
        response.headers.set(HeaderName::Server, &*self.config.user_agent);
        self.write(response.into())
    }

    /// Where the peer at `to` reaches us.
    pub fn address(&self, to: &Destination) -> SocketAddr {
        let remote = to.remote().ip();
        let local = match to {
            Destination::Flow(flow) => Some(flow.local),
            Destination::Address { .. } | Destination::Provider { .. } => None,
        };
        let listens = self.listener(to.transport(), local, remote);
        let port = listens.or(local).map_or(to.transport().default_port(), |address| address.port());
        let specified = |address: &SocketAddr| !address.ip().is_unspecified();
        let known = local.filter(specified).or(listens.filter(specified)).map(|address| address.ip());
        // Listening on all addresses, we learn from the messages that come which one is ours.
        let like = |ip: &IpAddr| ip.is_ipv4() == remote.is_ipv4();
        let learnt = self.reached_at.filter(|ip| like(ip) && !remote.is_loopback());
        let ip = self.config.external.filter(like).or(known).or(learnt);
        let nobody = if remote.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() };
        SocketAddr::new(ip.unwrap_or(nobody), port)
    }

    /// The host of our addresses as the peer at `to` sees them: the one that is `named`, where we register the
    /// provider's, else a domain of ours or our address.
    pub fn our_host(&self, named: Option<&str>, trunk: Option<TrunkId>, to: Option<&Destination>) -> Host {
        let registered = trunk.and_then(|trunk| self.trunks.peer(trunk));
        let registered = registered.filter(|peer| peer.register.is_some()).map(|peer| &*peer.host);
        match named.or(registered).or(self.config.domains.first().map(String::as_str)) {
            Some(host) => Host::from(host),
            None => to.map_or_else(|| Host::from(&*self.config.realm), |to| self.address(to).ip().into()),
        }
    }

    /// The listener that a flow came in by, else the first one of the peer's family.
    fn listener(
        &self,
        transport: Transport,
        local: Option<SocketAddr>,
        remote: IpAddr,
    ) -> Option<SocketAddr> {
        let listeners = match transport {
            Transport::Udp => &self.config.udp[..],
            Transport::Tcp => &self.config.tcp,
            Transport::Tls => &self.config.tls,
            // The flow says it: there is no other way to such a peer.
            Transport::Ws | Transport::Wss => &[][..],
        };
        let by = listeners.iter().find(|listener| local == Some(**listener));
        by.or_else(|| listeners.iter().find(|listener| listener.is_ipv4() == remote.is_ipv4())).copied()
    }

    /// Learns from the way a message came: that its connection stands, and our own address.
    pub fn learn_flow(&mut self, flow: &Flow) {
        self.connections.extend(flow.connection);
        if !flow.local.ip().is_unspecified() && !flow.remote.ip().is_loopback() {
            self.reached_at = Some(flow.local.ip());
        }
    }

    /// A connection is gone.
    pub fn connection_closed(&mut self, flow: &Flow) {
        flow.connection.map(|connection| self.connections.remove(&connection));
    }

    /// False if a message this way would need a connection that is gone.
    pub fn is_open(&self, to: &Destination) -> bool {
        match to {
            Destination::Flow(Flow { connection: Some(connection), .. }) => {
                self.connections.contains(connection)
            }
            _ => true,
        }
    }

    /// Our Contact for the peer at `to`; a `sips:` URI if every hop has to be `secure` (RFC 3261 section 8.1.1.8).
    pub fn contact(&self, user: Option<&str>, to: &Destination, secure: bool) -> NameAddr {
        let uri = Uri::sip_at(user.filter(|user| !user.is_empty()), self.address(to));
        NameAddr::new(match to.transport() {
            Transport::Udp => uri,
            Transport::Tls | Transport::Wss if secure => Uri { scheme: Scheme::Sips, ..uri },
            transport => uri.with_param("transport", transport.uri_name()),
        })
    }

    fn stamp(&mut self, request: &mut Request, to: &Destination) -> Via {
        let branch = format!("{}{}", self.loop_mark, self.entropy.token(14));
        let via = Via::new(to.transport(), self.address(to), &branch);
        request.headers.push_front(HeaderName::Via, via.clone());
        request.headers.set(HeaderName::UserAgent, &*self.config.user_agent);
        via
    }

    /// A message that cannot be written is not sent; its transaction then times out.
    fn write(&mut self, message: Message) -> Bytes {
        match message.write() {
            Ok(bytes) => bytes,
            Err(error) => {
                let nowhere = SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 0);
                self.trouble(nowhere, format!("a message was not sent: {error}"));
                Bytes::new()
            }
        }
    }
}

/// A CANCEL for `invite`, or the ACK to its refusal: same hop, same number (RFC 3261 sections 9.1, 17.1.1.3).
fn hop_request(method: Method, invite: &Request) -> Request {
    let mut request = Request::new(method.clone(), invite.uri.clone());
    for name in [HeaderName::Route, HeaderName::From, HeaderName::To, HeaderName::CallId] {
        request.headers.copy(&invite.headers, name);
    }
    let number = invite.headers.cseq().map_or(0, |cseq| cseq.number);
    request.with(HeaderName::CSeq, CSeq::new(number, method)).with(HeaderName::MaxForwards, "70")
}

/// The ACK to a refusal of `invite`, as it was sent (RFC 3261 section 17.1.1.3).
pub fn refusal_ack(invite: &Bytes, refusal: &Response) -> Bytes {
    let Ok(Message::Request(invite)) = Message::parse(invite.clone()) else { return Bytes::new() };
    let mut ack = hop_request(Method::Ack, &invite);
    if let Ok(via) = invite.headers.via() {
        ack.headers.push_front(HeaderName::Via, via);
    }
    if let Some(to) = refusal.headers.get(HeaderName::To) {
        ack.headers.set(HeaderName::To, to);
    }
    ack.write().unwrap_or_default()
}
