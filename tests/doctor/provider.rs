//! A provider that answers as a test wants it to.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
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
    /// The provider's own port.
    pub port: u16,
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
        let port = ports.one();
        let socket = UdpSocket::bind(("127.0.0.1", port)).unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
        let over = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&over);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while !ended.load(Ordering::Relaxed) {
                let Ok((length, from)) = socket.recv_from(&mut buffer) else { continue };
                let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
                if let Some(response) = respond(port, &text, &answer) {
                    socket.send_to(response.as_bytes(), from).unwrap();
                }
            }
        });
        Self { port, over }
    }

    /// Over TCP alone.
    pub fn tcp(ports: &Ports, answer: impl Fn(&Asked) -> Option<Reply> + Send + Sync + 'static) -> Self {
        Self::listening(ports, move |port, text| respond(port, text, &answer))
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

    fn listening(ports: &Ports, say: impl Fn(u16, &str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self::serving(ports, |stream| Box::new(stream) as Box<dyn Stream>, say)
    }

    fn serving(
        ports: &Ports,
        secured: impl Fn(TcpStream) -> Box<dyn Stream> + Send + 'static,
        say: impl Fn(u16, &str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        let port = ports.one();
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
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
                        std::thread::spawn(move || converse(stream, &ended, &|text| say(port, text)));
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

fn respond(port: u16, text: &str, answer: &Answer) -> Option<String> {
    let method = text.split(' ').next()?;
    if method == "ACK" || method.starts_with("SIP/") || method.trim().is_empty() {
        return None;
    }
    let (status, headers, body) = answer(&Asked { method, text, port })?;
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
    let contact = format!("Contact: <sip:provider@127.0.0.1:{}>\r\n", asked.port);
    let sdp = format!(
        "v=0\r\no=- 1 1 IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\nm=audio {media} RTP/AVP {formats}\r\n\
         a=sendrecv\r\n"
    );
    Some((200, contact, sdp))
}

/// Sends every packet of sound back to where it came from.
pub fn echo(ports: &Ports) -> u16 {
    let port = ports.several(2);
    let socket = UdpSocket::bind(("127.0.0.1", port)).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    std::thread::spawn(move || {
        let mut buffer = [0; 2048];
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            let _ = socket.send_to(&buffer[..length], from);
        }
    });
    port
}

/// A name server that knows no names.
pub fn empty_name_server(ports: &Ports) -> u16 {
    let port = ports.one();
    let socket = UdpSocket::bind(("127.0.0.1", port)).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    std::thread::spawn(move || {
        let mut buffer = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            // A response (0x80), recursion available, NXDOMAIN (3): the question goes back as it came.
            let mut answer = buffer[..length].to_vec();
            answer[2] |= 0x80;
            answer[3] = 0x83;
            let _ = socket.send_to(&answer, from);
        }
    });
    port
}
