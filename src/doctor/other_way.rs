//! Nobody answers: why? Whether a port is closed, somebody listens over the other transport, or speaks something
//! else than SIP.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Case;
use super::finding::{Fault, Finding, Step};
use crate::probe::locate::own_address;
use crate::probe::station::Station;
use crate::sip::endpoint::{Command, Hop, Transport, TrunkPeer};
use crate::sip::message::Method;
use crate::sip::transport::tls::Trouble;

/// What TLS answers to anything else: an alert record (RFC 8446 section 5.1), whose version begins with 3.
const TLS_ALERT: &[u8] = &[21, 3];
/// How long whoever is there over the other transport has to say something.
const PATIENCE: Duration = Duration::from_secs(3);

/// Why nobody answered.
pub async fn silent(case: &Case, places: &[(Transport, SocketAddr)], station: &Station) -> Finding {
    let Some((way, at)) = places.first().copied() else { return no_place() };
    let trouble = station.tls.as_ref().map(|(_, trouble)| trouble);
    if let Some(trouble) = trouble.filter(|trouble| trouble.is_of_certificate()) {
        return no_tls(at, trouble, case);
    }
    let tcp = greet(at, station).await;
    match (way, &tcp) {
        (_, Greeting::Foreign(text)) => return not_sip(at, text),
        (Transport::Udp | Transport::Tls, Greeting::Sip) => return wrong_transport(way, Transport::Tcp, at),
        (Transport::Udp | Transport::Tcp, Greeting::Tls) => return wrong_transport(way, Transport::Tls, at),
        (Transport::Tls, Greeting::Tls) => {
            return no_tls(at, trouble.unwrap_or(&Trouble::TooSlow), case);
        }
        _ => {}
    }
    let other = if way.is_reliable() { Transport::Udp } else { Transport::Tcp };
    if way.is_reliable() && answers_over(case, other, at).await {
        return wrong_transport(way, other, at);
    }
    if let Some(text) = foreign(station) {
        return not_sip(at, &text);
    }
    let unsent = station.unsent.iter().find(|why| why.contains("refused"));
    match (unsent, way, tcp) {
        (Some(_), ..) | (None, Transport::Tcp | Transport::Tls, Greeting::Refused) => Finding::bad(
            Step::Reach,
            Fault::PortClosed,
            format!("nobody listens at {at} over {}", way.via_name()),
            "The machine is there, but no SIP on that port. Check --host, --port and --transport",
        ),
        _ => Finding::bad(
            Step::Reach,
            Fault::Silent,
            format!("{at} does not answer over {}, nor over {}", way.via_name(), other.via_name()),
            "A firewall drops the messages, there or here (let UDP and TCP to that port out, and answers in), or \
             the provider ignores addresses that it does not know: tell it the address of this machine",
        ),
    }
}

fn no_place() -> Finding {
    Finding::bad(Step::Reach, Fault::NameUnknown, "there is nowhere to ask", "Check --host")
}

fn wrong_transport(tried: Transport, other: Transport, at: SocketAddr) -> Finding {
    let (tried, name) = (tried.via_name(), other.via_name());
    Finding::bad(
        Step::Reach,
        Fault::WrongTransport,
        format!("{at} does not answer over {tried}, but does over {name}"),
        format!("hovor trunk set NAME --transport {}", other.uri_name()),
    )
}

/// Somebody is there and speaks TLS, but it proves nothing.
fn no_tls(at: SocketAddr, trouble: &Trouble, case: &Case) -> Finding {
    let server = case.peer.server();
    let bad = |fault, advice: String| {
        Finding::bad(Step::Reach, fault, format!("{at} speaks TLS, but {trouble}"), advice)
    };
    match trouble {
        Trouble::WrongName(wrong) => bad(
            Fault::WrongTlsName,
            format!(
                "A certificate has to bear the domain that is called, {}, and * stands for nothing (RFC 5922). If the \
                 provider says that its own is right: hovor trunk set NAME --tls-name '{}'",
                server.name,
                name_to_set(&wrong.shown)
            ),
        ),
        Trouble::Expired(_) | Trouble::NotYetValid => bad(
            Fault::ExpiredCertificate,
            "Tell the provider to renew it. Look at the clock of this machine, too: date -u".to_owned(),
        ),
        Trouble::UnknownIssuer => bad(
            Fault::UnknownIssuer,
            "If the provider has an authority of its own, ask for its certificate and name the file: hovor trunk set NAME \
             --ca /etc/hovor/provider-ca.pem. Else install the usual authorities (Debian: ca-certificates)"
                .to_owned(),
        ),
        Trouble::NoTrust(_) => bad(
            Fault::TlsFailed,
            "Name a file that hovor can read: hovor trunk set NAME --ca FILE, or --ca none for what the system trusts"
                .to_owned(),
        ),
        _ => bad(
            Fault::TlsFailed,
            "Ask the provider which TLS versions it speaks (hovor: 1.2 and 1.3), and whether it wants a certificate of \
             yours (--tls-cert of hovor serve)"
                .to_owned(),
        ),
    }
}

/// The name of a certificate as `--tls-name` takes it.
fn name_to_set(shown: &[String]) -> &str {
    shown.first().map_or("sip.provider.example", |name| name.strip_prefix("sip:").unwrap_or(name))
}

fn not_sip(at: SocketAddr, text: &str) -> Finding {
    Finding::bad(
        Step::Reach,
        Fault::NotSip,
        format!("whoever is at {at} does not speak SIP; it says {text:?}"),
        "Another service has that port. Check --host and --port; SIP is on 5060 as a rule",
    )
}

/// The first line of a message that is no SIP.
fn foreign(station: &Station) -> Option<String> {
    let entry = station.wire.entries().iter().find(|entry| !entry.ours && entry.message.is_none())?;
    Some(first_line(&entry.text()))
}

/// What whoever listens over TCP does when it is asked.
enum Greeting {
    /// It answers as SIP does.
    Sip,
    /// It wants TLS.
    Tls,
    /// It answers as something else does.
    Foreign(String),
    /// It refuses the connection.
    Refused,
    /// Nothing.
    Silent,
}

/// Says to a TCP port what we said to the provider.
async fn greet(at: SocketAddr, station: &Station) -> Greeting {
    let Some((entry, _)) = station.wire.asked(Method::Options).next() else { return Greeting::Silent };
    let question = entry.raw().clone();
    let talk = async {
        let mut stream = TcpStream::connect(at).await?;
        stream.write_all(&question).await?;
        let mut answer = vec![0; 512];
        let length = stream.read(&mut answer).await?;
        answer.truncate(length);
        std::io::Result::Ok(answer)
    };
    match tokio::time::timeout(PATIENCE, talk).await {
        Ok(Ok(answer)) if answer.starts_with(b"SIP/2.0") => Greeting::Sip,
        Ok(Ok(answer)) if answer.starts_with(TLS_ALERT) => Greeting::Tls,
        Ok(Ok(answer)) if !answer.is_empty() => {
            Greeting::Foreign(first_line(&String::from_utf8_lossy(&answer)))
        }
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => Greeting::Refused,
        _ => Greeting::Silent,
    }
}

/// Whether the provider answers OPTIONS over another transport.
async fn answers_over(case: &Case, way: Transport, at: SocketAddr) -> bool {
    let Ok(address) = case.place.local.map_or_else(|| own_address(at), Ok) else { return false };
    let Ok(mut station) = Station::start(address, case.located(&[(way, at)]), &case.place) else {
        return false;
    };
    let hop = Hop { host: at.ip().to_string(), port: at.port(), transport: Some(way) };
    let peer = TrunkPeer {
        proxy: Some(hop),
        transport: Some(way),
        register: None,
        options: Some(Duration::from_secs(3600)),
        ..case.peer.clone()
    };
    station.sip(Command::SetTrunk(peer));
    let until = station.clock.now() + PATIENCE;
    while station.clock.now() < until && station.wire.answers(Method::Options).next().is_none() {
        let soon = station.clock.now() + Duration::from_millis(50);
        let _ = station.next(Some(soon.min(until))).await;
    }
    station.wire.answers(Method::Options).next().is_some()
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(80).collect()
}
