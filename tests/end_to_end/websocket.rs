//! SIP over a WebSocket (RFC 7118) with a client that does nothing by itself.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use md5::{Digest, Md5};
use socket2::{Domain, Socket, Type};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Message, WebSocket, client};

use crate::support::hovor::{Hovor, PASSWORD};
use crate::support::wait_for;

struct Client {
    socket: WebSocket<TcpStream>,
    user: &'static str,
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
    fn connect(port: u16, user: &'static str) -> Self {
        Self::connect_from(Ipv4Addr::LOCALHOST, None, port, user)
    }

    /// The same from this address of ours, with this said of who stands behind it.
    fn connect_from(own: Ipv4Addr, behind: Option<&str>, port: u16, user: &'static str) -> Self {
        let stream = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        stream.bind(&SocketAddr::from((own, 0)).into()).unwrap();
        stream.connect(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into()).unwrap();
        let stream = TcpStream::from(stream);
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut request = format!("ws://127.0.0.1:{port}/sip").into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("sip"));
        if let Some(behind) = behind {
            request.headers_mut().insert("x-forwarded-for", behind.parse().unwrap());
        }
        let (socket, _) = client(request, stream).unwrap();
        Self { socket, user, sent: 0 }
    }

    fn send(&mut self, method: &str, uri: &str, to: &str, more: &str) {
        if method != "ACK" {
            self.sent += 1;
        }
        let (number, body) = (self.sent, more.split_once("\r\n\r\n").map_or("", |(_, body)| body));
        let more = more.split_once("\r\n\r\n").map_or(more, |(headers, _)| headers);
        let more = if more.is_empty() { String::new() } else { format!("{}\r\n", more.trim_end()) };
        let own = self.socket.get_ref().local_addr().unwrap().port();
        let text = format!(
            "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/WS x7.invalid;branch=z9hG4bK{own}{method}{number}\r\n\
             From: <sip:{user}@127.0.0.1>;tag=f\r\nTo: {to}\r\nCall-ID: {own}-{method_id}\r\nCSeq: {number} {method}\r\n\
             Max-Forwards: 70\r\nContact: <sip:u1@x7.invalid;transport=ws>\r\n{more}Content-Length: {}\r\n\r\n{body}",
            body.len(),
            user = self.user,
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
    fn proof(&self, challenge: &Heard, header: &str, method: &str, uri: &str) -> String {
        self.guess(PASSWORD, challenge, header, method, uri)
    }

    /// The same with this password.
    fn guess(&self, password: &str, challenge: &Heard, header: &str, method: &str, uri: &str) -> String {
        let user = self.user;
        let (realm, nonce) = (challenge.param(header, "realm"), challenge.param(header, "nonce"));
        let (ha1, ha2) = (md5(&format!("{user}:{realm}:{password}")), md5(&format!("{method}:{uri}")));
        let response = md5(&format!("{ha1}:{nonce}:00000001:abc:auth:{ha2}"));
        format!(
            "Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{response}\", \
             algorithm=MD5, qop=auth, nc=00000001, cnonce=\"abc\""
        )
    }

    /// Registers this user's address of record, or another's, with a password; gives the last answer.
    fn register(&mut self, of: &str, password: &str, more: &str) -> Heard {
        let to = format!("<sip:{of}@127.0.0.1>");
        self.send("REGISTER", HOME, &to, more);
        let challenge = self.answer().expect("SIP/2.0 401");
        let proof = self.guess(password, &challenge, "WWW-Authenticate", "REGISTER", HOME);
        self.send("REGISTER", HOME, &to, &format!("{more}\r\nAuthorization: {proof}"));
        self.answer()
    }

    /// Calls a number, with credentials; what comes then is to be heard yet.
    fn invite(&mut self, number: &str) -> String {
        let uri = format!("sip:{number}@127.0.0.1");
        let offer = format!("Content-Type: application/sdp\r\n\r\n{SDP}");
        self.send("INVITE", &uri, &format!("<{uri}>"), &offer);
        let challenge = self.answer().expect("SIP/2.0 407");
        self.send("ACK", &uri, challenge.header("To"), "");
        let proof = self.proof(&challenge, "Proxy-Authenticate", "INVITE", &uri);
        self.send("INVITE", &uri, &format!("<{uri}>"), &format!("Proxy-Authorization: {proof}\r\n{offer}"));
        uri
    }
}

/// Where phones register.
const HOME: &str = "sip:127.0.0.1";

/// A description of sound that goes nowhere: this is about signalling.
const SDP: &str =
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n";

#[test]
fn a_client_over_a_websocket_registers_calls_and_is_called_over_its_own_connection() {
    let hovor = Hovor::start();
    let mut client = Client::connect(hovor.http_port, "201");
    let registered = client.register("201", PASSWORD, "Expires: 120").expect("SIP/2.0 200");
    assert!(registered.header("Contact").contains("u1@x7.invalid;transport=ws"), "{}", registered.0);
    assert!(registered.header("Via").contains("SIP/2.0/WS "), "{}", registered.0);

    let echo = client.invite("600");
    let answered = client.answer().expect("SIP/2.0 200");
    assert!(answered.header("Contact").contains(";transport=ws"), "{}", answered.0);
    let to = answered.header("To").to_owned();
    client.send("ACK", &echo, &to, "");
    client.send("BYE", &echo, &to, "");
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
    wait_for("the call to end", Duration::from_secs(10), || {
        (crate::support::phone::Phone::count(&phone, crate::support::phone::Moment::Closed) > 0).then_some(())
    });
}

/// How many wrong passwords get an address banned.
const GUESSES: usize = 10;

#[test]
fn behind_a_trusted_proxy_who_guesses_over_a_websocket_is_banned_and_nobody_beside_it() {
    let hovor = Hovor::start_with(&["--trusted-proxies", "127.0.0.1", "--never-ban", "none"]);
    let client =
        |behind, user| Client::connect_from(Ipv4Addr::LOCALHOST, Some(behind), hovor.http_port, user);
    let mut attacker = client("192.0.2.31", "201");
    for _ in 0..GUESSES {
        attacker.register("201", "guess", "Expires: 120").expect("SIP/2.0 403");
    }
    let bans = hovor.cli(&["bans"]);
    assert!(bans.contains("192.0.2.31") && !bans.contains("127.0.0.1"), "{bans}");
    // A browser beside it, and one that says itself that it is somebody else, which the proxy adds to.
    client("192.0.2.32", "202").register("202", PASSWORD, "Expires: 120").expect("SIP/2.0 200");
    let mut liar = client("192.0.2.32, 192.0.2.31", "201");
    liar.send("OPTIONS", HOME, "<sip:127.0.0.1>", "");
    let answered = liar.socket.read();
    assert!(!matches!(answered, Ok(Message::Text(_))), "who is banned is hung up on: {answered:?}");
}

#[test]
fn who_is_no_trusted_proxy_is_banned_itself_whatever_it_says_of_others() {
    // Not the demo, in which this machine is a guest, and never banned.
    let hovor = Hovor::start_empty(&["--trusted-proxies", "127.0.0.1", "--never-ban", "none"]);
    let stranger = Ipv4Addr::new(127, 0, 0, 2);
    for guess in 0..GUESSES {
        let behind = format!("192.0.2.{guess}");
        let mut attacker = Client::connect_from(stranger, Some(&behind), hovor.http_port, "201");
        attacker.register("201", "guess", "Expires: 120").expect("SIP/2.0 403");
    }
    let bans = hovor.cli(&["bans"]);
    assert!(bans.contains("127.0.0.2") && !bans.contains("192.0.2."), "{bans}");
}

#[test]
fn a_proxy_that_ends_tls_counts_as_tls() {
    let hovor = Hovor::start_with(&["--trusted-proxies", "127.0.0.1"]);
    let body = format!(r#"{{"name": "anna", "password": "{PASSWORD}"}}"#);
    let json = ("Content-Type", "application/json");
    let by_proxy = [json, ("X-Forwarded-For", "192.0.2.7"), ("X-Forwarded-Proto", "https")];
    let secure = hovor.request("POST", "/api/v1/login", &by_proxy, &body);
    assert!(secure.head.contains("__Host-hovor_login="), "{secure:?}");
    let plain = hovor.request("POST", "/api/v1/login", &[json], &body);
    assert!(plain.head.contains(" hovor_login="), "{plain:?}");
}

/// Two browsers at one door, which say that they are reached at the same made-up address, as any may.
#[test]
fn two_browsers_at_one_door_are_called_each_over_its_own_connection_and_touch_nothing_of_the_other() {
    let hovor = Hovor::start();
    let mut anna = Client::connect(hovor.http_port, "201");
    let mut boris = Client::connect(hovor.http_port, "202");
    anna.register("201", PASSWORD, "Expires: 120").expect("SIP/2.0 200");
    let own = boris.register("202", PASSWORD, "Expires: 120").expect("SIP/2.0 200");
    assert_eq!(own.0.matches("u1@x7.invalid").count(), 1, "{}", own.0);
    // Whoever knows the own password registers nobody else, nor takes anybody off.
    for more in ["Expires: 120", "Expires: 0"] {
        boris.register("201", PASSWORD, more).expect("SIP/2.0 403");
    }

    let mut cyril = Client::connect(hovor.http_port, "203");
    cyril.invite("201");
    anna.hear().expect("INVITE sip:u1@x7.invalid");
    boris.send("OPTIONS", HOME, "<sip:127.0.0.1>", "");
    boris.hear().expect("SIP/2.0 ");

    boris.register("202", PASSWORD, "Expires: 0").expect("SIP/2.0 200");
    assert_eq!(hovor.metric("hovor_sip_bindings"), Some(1.0), "who takes itself off leaves the other there");
}
