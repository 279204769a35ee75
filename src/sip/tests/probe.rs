//! One endpoint, spoken to in plain text.

use std::time::Duration;

use bytes::Bytes;

use crate::entropy::Entropy;
use crate::id::{DeviceId, TrunkId};
use crate::sip::digest::{self, Login};
use crate::sip::endpoint::{
    CallRef, Command, Destination, Endpoint, EndpointConfig, Event, Flow, Input, Output, Transport, TrunkPeer,
};
use crate::sip::message::{HeaderName, Message, Request, Response};
use crate::sip::simnet::account;
use crate::time::{Epoch, Time, UnixMs};

pub const PASSWORD: &str = "hovor-demo";

/// One endpoint at 127.0.0.1:5060 with the account `anna`, and what it did last.
pub struct Probe {
    pub endpoint: Endpoint,
    pub now: Time,
    pub sent: Vec<(Destination, Message)>,
    pub events: Vec<Event>,
    pub other: Vec<Output>,
    /// Refusals of what could not be read. They give back what stood there, so they need not be readable either.
    pub echoes: Vec<Bytes>,
    pub anna: DeviceId,
}

impl Probe {
    pub fn new() -> Self {
        Self::with_config(EndpointConfig::default())
    }

    pub fn with_config(config: EndpointConfig) -> Self {
        let local = "127.0.0.1:5060".parse().unwrap();
        let config = EndpointConfig {
            udp: vec![local],
            tcp: vec![local],
            tls: vec!["127.0.0.1:5061".parse().unwrap()],
            epoch: Epoch(UnixMs(1_700_000_000_000)),
            guests: vec![("127.0.0.0".parse().unwrap(), 8)],
            ..config
        };
        let endpoint = Endpoint::new(config, Entropy::from_number(3));
        let anna = account("anna", PASSWORD);
        let device = anna.device;
        let mut probe = Self {
            endpoint,
            now: Time::ZERO,
            sent: vec![],
            events: vec![],
            other: vec![],
            echoes: vec![],
            anna: device,
        };
        probe.command(Command::SetAccount(anna));
        probe
    }

    /// A provider at 203.0.113.1:5060 with a password.
    pub fn add_trunk(&mut self) -> TrunkId {
        self.add_trunk_that_registers(None)
    }

    /// The same, at which we register every so often.
    pub fn add_trunk_that_registers(&mut self, register: Option<Duration>) -> TrunkId {
        let trunk = TrunkId::new(UnixMs(0), &mut Entropy::from_number(9));
        let credentials = Some(("company".to_owned(), "secret".to_owned()));
        let peer = TrunkPeer::new(trunk, "203.0.113.1");
        self.command(Command::SetTrunk(TrunkPeer { port: 5060, credentials, register, ..peer }));
        trunk
    }

    pub fn command(&mut self, command: Command) {
        self.input(Input::Command(command));
    }

    pub fn input(&mut self, input: Input) {
        self.endpoint.handle(input, self.now);
        self.collect();
    }

    /// A message comes from this address over UDP.
    pub fn receive(&mut self, from: &str, text: &str) {
        self.receive_by(udp(from), text);
    }

    pub fn receive_by(&mut self, flow: Flow, text: &str) {
        self.input(Input::Received { flow, bytes: wire(text) });
    }

    pub fn receive_message(&mut self, flow: Flow, message: impl Into<Message>) {
        self.input(Input::Received { flow, bytes: message.into().write().unwrap() });
    }

    /// Lets `ms` milliseconds pass.
    pub fn wait(&mut self, ms: u64) {
        let end = Time::from_millis(self.now.as_millis() + ms);
        self.clear();
        while let Some(next) = self.endpoint.poll_timeout().filter(|next| *next <= end) {
            self.now = next.max(self.now);
            self.endpoint.handle_timeout(self.now);
            while let Some(output) = self.endpoint.poll_output() {
                self.note(output);
            }
        }
        self.now = end;
    }

    /// The one response sent last.
    pub fn response(&self) -> &Response {
        match &self.sent[..] {
            [.., (_, Message::Response(response))] => response,
            other => panic!("no response but {other:?}"),
        }
    }

    /// The one request sent last.
    pub fn request(&self) -> &Request {
        match &self.sent[..] {
            [.., (_, Message::Request(request))] => request,
            other => panic!("no request but {other:?}"),
        }
    }

    /// Where the last message went.
    pub fn destination(&self) -> Destination {
        self.sent.last().unwrap().0
    }

    pub fn incoming(&self) -> CallRef {
        crate::sip::simnet::incoming(&self.events)[0]
    }

    /// Sends a request, and once more with credentials if they are asked for.
    pub fn receive_with_login(&mut self, flow: Flow, text: &str, (username, password): (&str, &str)) {
        self.receive_by(flow, text);
        let challenge = self.response().clone();
        let login = Login { username: username.into(), password: password.into() };
        let Ok(Message::Request(mut request)) = Message::parse(wire(text)) else { panic!("{text}") };
        let uri = request.uri.to_string();
        for (name, value) in digest::answer(&challenge.headers, &login, &request.method, &uri, "cnonce") {
            request.headers.push(name, value);
        }
        let cseq = request.headers.cseq().unwrap();
        request.headers.set(HeaderName::CSeq, format!("{} {}", cseq.number + 1, cseq.method));
        let mut via = request.headers.via().unwrap();
        let branch = format!("{}x", via.branch().unwrap());
        via.params.set("branch", &branch);
        request.headers.set_top_via(&via);
        self.receive_message(flow, request);
    }

    fn collect(&mut self) {
        self.clear();
        while let Some(output) = self.endpoint.poll_output() {
            self.note(output);
        }
    }

    fn clear(&mut self) {
        self.sent.clear();
        self.events.clear();
        self.other.clear();
        self.echoes.clear();
    }

    fn note(&mut self, output: Output) {
        match output {
            Output::Send { ref bytes, .. } if &bytes[..] == b"\r\n\r\n" => self.other.push(output),
            Output::Send { to, bytes } => match Message::parse(bytes.clone()) {
                Ok(message) => self.sent.push((to, message)),
                Err(_) if is_refusal_of_nonsense(&bytes) => self.echoes.push(bytes),
                Err(error) => panic!("{error}: {bytes:?}"),
            },
            Output::Event(event) => self.events.push(event),
            other => self.other.push(other),
        }
    }
}

/// Whether it is a status by which messages are refused that cannot be read.
fn is_refusal_of_nonsense(bytes: &[u8]) -> bool {
    ["400", "501", "505", "513"]
        .iter()
        .any(|status| bytes.starts_with(format!("SIP/2.0 {status} ").as_bytes()))
}

pub fn udp(from: &str) -> Flow {
    flow(Transport::Udp, from, None)
}

pub fn tcp(from: &str, connection: u64) -> Flow {
    flow(Transport::Tcp, from, Some(connection))
}

fn flow(transport: Transport, from: &str, connection: Option<u64>) -> Flow {
    let local = "127.0.0.1:5060".parse().unwrap();
    Flow { transport, local, remote: from.parse().unwrap(), connection }
}

/// Text with plain line ends as it goes on the wire.
fn wire(text: &str) -> Bytes {
    let text = text.trim_start();
    let (head, body) = text.split_once("\n\n").unwrap_or((text.trim_end(), ""));
    let head = head.lines().map(str::trim).collect::<Vec<_>>().join("\r\n");
    Bytes::from(format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()))
}

/// A request to sip:100@127.0.0.1 from sip:guest@127.0.0.1:7000; `extra` are further lines.
pub fn request(method: &str, number: u32, extra: &str) -> String {
    format!(
        "{method} sip:100@127.0.0.1 SIP/2.0
        Via: SIP/2.0/UDP 127.0.0.1:7000;branch=z9hG4bK{method}{number}
        From: <sip:guest@127.0.0.1>;tag=g1
        To: <sip:100@127.0.0.1>
        Call-ID: probe
        CSeq: {number} {method}
        Max-Forwards: 70
        Contact: <sip:guest@127.0.0.1:7000>
        {extra}"
    )
    .trim_end()
    .to_owned()
}

/// A request within the dialog that answering [`request`] made.
pub fn within(method: &str, number: u32, to: &str, extra: &str) -> String {
    request(method, number, extra).replace("To: <sip:100@127.0.0.1>", &format!("To: {to}"))
}
