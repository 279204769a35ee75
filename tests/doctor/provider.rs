//! A provider that answers as a test wants it to.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::support::ports::Ports;
use crate::support::tls::Files;

/// A request as it came.
pub struct Asked<'a> {
    pub method: &'a str,
    pub text: &'a str,
    /// Where the provider is.
    pub at: SocketAddr,
}

impl Asked<'_> {
    pub fn proves_a_password(&self) -> bool {
        self.text.contains("uthorization: Digest")
    }
}

/// A response: status, further header lines, body.
pub type Reply = (u16, String, String);

type Answer = dyn Fn(&Asked) -> Option<Reply> + Send + Sync;

/// Runs until it is dropped.
pub struct Provider {
    pub port: u16,
    over: Arc<AtomicBool>,
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

impl Provider {
    /// Over UDP. What gets no answer is ignored.
    pub fn udp(ports: &Ports, answer: impl Fn(&Asked) -> Option<Reply> + Send + Sync + 'static) -> Self {
        Self::udp_at("127.0.0.1", ports, answer)
    }

    /// The same at another address of this machine.
    pub fn udp_at(
        address: &str,
        ports: &Ports,
        answer: impl Fn(&Asked) -> Option<Reply> + Send + Sync + 'static,
    ) -> Self {
        let port = ports.one();
        let socket = UdpSocket::bind((address, port)).unwrap();
        let at = socket.local_addr().unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
        let over = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&over);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while !ended.load(Ordering::Relaxed) {
                let Ok((length, from)) = socket.recv_from(&mut buffer) else { continue };
                let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
                if let Some(response) = respond(at, &text, &answer) {
                    socket.send_to(response.as_bytes(), from).unwrap();
                }
            }
        });
        Self { port, over }
    }

    /// Over TCP alone.
    pub fn tcp(ports: &Ports, answer: impl Fn(&Asked) -> Option<Reply> + Send + Sync + 'static) -> Self {
        Self::listening(ports, move |at, text| respond(at, text, &answer))
    }

    /// Over TLS alone, with this certificate.
    pub fn tls(
        ports: &Ports,
        files: &Files,
        answer: impl Fn(&Asked) -> Option<Reply> + Send + Sync + 'static,
    ) -> Self {
        let chain =
            CertificateDer::pem_file_iter(&files.certificate).unwrap().collect::<Result<_, _>>().unwrap();
        let key = PrivateKeyDer::from_pem_file(&files.key).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        let config = Arc::new(config);
        let secured = move |stream: TcpStream| {
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            Box::new(rustls::StreamOwned::new(connection, stream)) as Box<dyn Stream>
        };
        Self::serving(ports, secured, move |port, text| respond(port, text, &answer))
    }

    /// A web server.
    pub fn web(ports: &Ports) -> Self {
        Self::listening(ports, |_, _| {
            Some("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n".to_owned())
        })
    }

    fn listening(
        ports: &Ports,
        say: impl Fn(SocketAddr, &str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self::serving(ports, |stream| Box::new(stream) as Box<dyn Stream>, say)
    }

    fn serving(
        ports: &Ports,
        secured: impl Fn(TcpStream) -> Box<dyn Stream> + Send + 'static,
        say: impl Fn(SocketAddr, &str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        let port = ports.one();
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let at = listener.local_addr().unwrap();
        listener.set_nonblocking(true).unwrap();
        let over = Arc::new(AtomicBool::new(false));
        let (ended, say) = (Arc::clone(&over), Arc::new(say));
        std::thread::spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                match listener.accept() {
                    Ok((stream, _)) => {
                        let (ended, say) = (Arc::clone(&ended), Arc::clone(&say));
                        stream.set_nonblocking(false).unwrap();
                        stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
                        let stream = secured(stream);
                        std::thread::spawn(move || converse(stream, &ended, &|text| say(at, text)));
                    }
                    Err(_) => std::thread::sleep(Duration::from_millis(20)),
                }
            }
        });
        Self { port, over }
    }
}

/// What is read and written, whatever is underneath.
trait Stream: Read + Write + Send {}

impl<T: Read + Write + Send> Stream for T {}

fn converse(mut stream: Box<dyn Stream>, over: &AtomicBool, say: &dyn Fn(&str) -> Option<String>) {
    let (mut buffer, mut text) = ([0; 4096], String::new());
    while !over.load(Ordering::Relaxed) {
        match stream.read(&mut buffer) {
            Ok(0) => return,
            Ok(length) => text.push_str(&String::from_utf8_lossy(&buffer[..length])),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => continue,
            Err(_) => return,
        }
        if text.contains("\r\n\r\n")
            && let Some(answer) = say(&std::mem::take(&mut text))
        {
            let _ = stream.write_all(answer.as_bytes()).and_then(|()| stream.flush());
        }
    }
}

fn respond(at: SocketAddr, text: &str, answer: &Answer) -> Option<String> {
    let method = text.split(' ').next()?;
    if method == "ACK" || method.starts_with("SIP/") || method.trim().is_empty() {
        return None;
    }
    let (status, headers, body) = answer(&Asked { method, text, at })?;
    let copied = |name: &str| {
        let lines = text.lines().filter(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")));
        lines.map(|line| format!("{line}\r\n")).collect::<String>()
    };
    let to = copied("to");
    let to = if to.contains("tag=") { to } else { to.replace("\r\n", ";tag=provider\r\n") };
    let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
    Some(format!(
        "SIP/2.0 {status} Planted\r\n{}{}{to}{}{}{headers}{kind}Content-Length: {}\r\n\r\n{body}",
        copied("via"),
        copied("from"),
        copied("call-id"),
        copied("cseq"),
        body.len(),
    ))
}

pub fn status(status: u16) -> Option<Reply> {
    Some((status, String::new(), String::new()))
}

/// A question for a password.
pub fn challenge() -> Option<Reply> {
    let header = "WWW-Authenticate: Digest realm=\"provider\", nonce=\"abc\", qop=\"auth\"\r\n";
    Some((401, header.to_owned(), String::new()))
}

/// The answer to a call, with the sound at this address and port.
pub fn answered(asked: &Asked, address: &str, media: u16, formats: &str) -> Option<Reply> {
    let contact = format!("Contact: <sip:provider@{}>\r\n", asked.at);
    let sdp = format!(
        "v=0\r\no=- 1 1 IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\nm=audio {media} RTP/AVP {formats}\r\n\
         a=sendrecv\r\n"
    );
    Some((200, contact, sdp))
}

/// Sends every packet of sound back to where it came from.
pub fn echo(ports: &Ports) -> u16 {
    far_end("127.0.0.1", ports, |_| true, |_, _, _, _| {})
}

/// The same at another address of this machine.
pub fn echo_at(address: &str, ports: &Ports) -> u16 {
    far_end(address, ports, |_| true, |_, _, _, _| {})
}

/// The same, but for every tenth packet.
pub fn lossy_echo(ports: &Ports) -> u16 {
    far_end("127.0.0.1", ports, |n| n % 10 != 0, |_, _, _, _| {})
}

/// The same, and it says that hardly anything arrives.
pub fn complaining_echo(ports: &Ports) -> u16 {
    let complain = |reports: &UdpSocket, n: u32, packet: &[u8], from: SocketAddr| {
        if n.is_multiple_of(25) {
            let _ = reports.send_to(&report(packet, n), (from.ip(), from.port() + 1));
        }
    };
    far_end("127.0.0.1", ports, |_| true, complain)
}

/// A receiver's report (RFC 3550 section 6.4.2) about the stream of this packet: so many are lost.
fn report(packet: &[u8], lost: u32) -> Vec<u8> {
    let (ssrc, sequence) = (&packet[8..12], &packet[2..4]);
    let (own, lost) = ([0, 0, 0, 7], lost.to_be_bytes());
    let (fraction, times) = ([250], [0; 12]);
    [&[0x81, 201, 0, 7], &own[..], ssrc, &fraction, &lost[1..], &[0, 0], sequence, &times].concat()
}

/// Sends the packets of sound back that `keep` keeps, counted from 1, and tells `about` each, with the socket for RTCP.
fn far_end(
    address: &str,
    ports: &Ports,
    keep: impl Fn(u32) -> bool + Send + 'static,
    about: impl Fn(&UdpSocket, u32, &[u8], SocketAddr) + Send + 'static,
) -> u16 {
    let port = ports.several(2);
    let socket = UdpSocket::bind((address, port)).unwrap();
    let reports = UdpSocket::bind((address, port + 1)).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    std::thread::spawn(move || {
        let mut buffer = [0; 2048];
        for n in 1.. {
            let Ok((length, from)) = socket.recv_from(&mut buffer) else { return };
            about(&reports, n, &buffer[..length], from);
            if keep(n) {
                let _ = socket.send_to(&buffer[..length], from);
            }
        }
    });
    port
}

/// Puts this thread, and whatever it starts from here on, into a network of its own, in which this machine has this
/// address too.
pub fn alone_at(address: &str) {
    crate::support::elsewhere::alone();
    let added = std::process::Command::new("ip").args(["address", "add", address, "dev", "lo"]).status();
    assert!(added.unwrap().success(), "{address}");
}
