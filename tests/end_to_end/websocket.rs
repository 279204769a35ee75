//! SIP over a WebSocket (RFC 7118) with a client that does nothing by itself.

use std::net::TcpStream;
use std::time::Duration;

use md5::{Digest, Md5};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Message, WebSocket, client};

use crate::support::hovor::{Hovor, PASSWORD};

struct Client {
    socket: WebSocket<TcpStream>,
    sent: u32,
}

/// A message, by its headers.
struct Heard(String);

impl Heard {
    fn header(&self, name: &str) -> &str {
        let found = self.0.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        found.unwrap_or_else(|| panic!("no {name}:\n{}", self.0)).trim()
    }

    /// A parameter of a header, without its quotes.
    fn param(&self, header: &str, name: &str) -> String {
        let value = self.header(header);
        let rest = value.split(&format!("{name}=")).nth(1).unwrap_or_else(|| panic!("no {name}: {value}"));
        rest.trim_start_matches('"').split(['"', ',', ';', ' ']).next().unwrap().to_owned()
    }

    #[track_caller]
    fn expect(self, start: &str) -> Self {
        assert!(self.0.starts_with(start), "wanted {start}:\n{}", self.0);
        self
    }
}

fn md5(text: &str) -> String {
    Md5::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Client {
    fn connect(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut request = format!("ws://127.0.0.1:{port}/sip").into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("sip"));
        let (socket, _) = client(request, stream).unwrap();
        Self { socket, sent: 0 }
    }

    fn send(&mut self, method: &str, uri: &str, to: &str, more: &str) {
        if method != "ACK" {
            self.sent += 1;
        }
        let (number, body) = (self.sent, more.split_once("\r\n\r\n").map_or("", |(_, body)| body));
        let more = more.split_once("\r\n\r\n").map_or(more, |(headers, _)| headers);
        let more = if more.is_empty() { String::new() } else { format!("{}\r\n", more.trim_end()) };
        let text = format!(
            "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/WS x7.invalid;branch=z9hG4bK{method}{number}\r\n\
             From: <sip:201@127.0.0.1>;tag=f\r\nTo: {to}\r\nCall-ID: c-{method_id}\r\nCSeq: {number} {method}\r\n\
             Max-Forwards: 70\r\nContact: <sip:u1@x7.invalid;transport=ws>\r\n{more}Content-Length: {}\r\n\r\n{body}",
            body.len(),
            method_id = if method == "REGISTER" { "register" } else { "call" },
        );
        self.socket.send(Message::text(text)).unwrap();
    }

    fn hear(&mut self) -> Heard {
        loop {
            if let Message::Text(text) = self.socket.read().expect("a message") {
                return Heard(text.as_str().to_owned());
            }
        }
    }

    /// The next final answer.
    fn answer(&mut self) -> Heard {
        loop {
            let heard = self.hear();
            if !heard.0.starts_with("SIP/2.0 1") {
                return heard;
            }
        }
    }

    /// Credentials that answer a challenge.
    fn proof(challenge: &Heard, header: &str, method: &str, uri: &str) -> String {
        let (realm, nonce) = (challenge.param(header, "realm"), challenge.param(header, "nonce"));
        let (ha1, ha2) = (md5(&format!("201:{realm}:{PASSWORD}")), md5(&format!("{method}:{uri}")));
        let response = md5(&format!("{ha1}:{nonce}:00000001:abc:auth:{ha2}"));
        format!(
            "Digest username=\"201\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{response}\", \
             algorithm=MD5, qop=auth, nc=00000001, cnonce=\"abc\""
        )
    }
}

/// A description of sound that goes nowhere: this is about signalling.
const SDP: &str =
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n";

#[test]
fn a_client_over_a_websocket_registers_calls_and_is_called_over_its_own_connection() {
    let hovor = Hovor::start();
    let mut client = Client::connect(hovor.http_port);
    let (home, me) = ("sip:127.0.0.1", "<sip:201@127.0.0.1>");
    client.send("REGISTER", home, me, "Expires: 120");
    let challenge = client.answer().expect("SIP/2.0 401");
    let proof = Client::proof(&challenge, "WWW-Authenticate", "REGISTER", home);
    client.send("REGISTER", home, me, &format!("Expires: 120\r\nAuthorization: {proof}"));
    let registered = client.answer().expect("SIP/2.0 200");
    assert!(registered.header("Contact").contains("u1@x7.invalid;transport=ws"), "{}", registered.0);
    assert!(registered.header("Via").contains("SIP/2.0/WS "), "{}", registered.0);

    let echo = "sip:600@127.0.0.1";
    let offer = format!("Content-Type: application/sdp\r\n\r\n{SDP}");
    client.send("INVITE", echo, &format!("<{echo}>"), &offer);
    let challenge = client.answer().expect("SIP/2.0 407");
    client.send("ACK", echo, challenge.header("To"), "");
    let proof = Client::proof(&challenge, "Proxy-Authenticate", "INVITE", echo);
    client.send("INVITE", echo, &format!("<{echo}>"), &format!("Proxy-Authorization: {proof}\r\n{offer}"));
    let answered = client.answer().expect("SIP/2.0 200");
    assert!(answered.header("Contact").contains(";transport=ws"), "{}", answered.0);
    let to = answered.header("To").to_owned();
    client.send("ACK", echo, &to, "");
    client.send("BYE", echo, &to, "");
    client.answer().expect("SIP/2.0 200");

    // A call for it comes by the same connection, as browsers take it: with keys by DTLS and our addresses.
    let mut phone = hovor.operator("202").baresip();
    crate::support::phone::Phone::dial(&mut phone, &hovor.uri("201"));
    let invite = client.hear().expect("INVITE sip:u1@x7.invalid");
    assert!(invite.header("Via").starts_with("SIP/2.0/WS "), "{}", invite.0);
    for line in
        ["UDP/TLS/RTP/SAVPF ", "a=ice-lite", "a=setup:actpass", "a=fingerprint:sha-256 ", "a=candidate:"]
    {
        assert!(invite.0.contains(line), "no {line}:\n{}", invite.0);
    }
    // Without its connection it is not there.
    drop(client);
    crate::support::wait_for("the call to end", Duration::from_secs(10), || {
        (crate::support::phone::Phone::count(&phone, crate::support::phone::Moment::Closed) > 0).then_some(())
    });
}
