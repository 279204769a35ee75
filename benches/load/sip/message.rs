//! Reads what these runs need of a message. The servers under test write full header names.

use std::fmt::Write as _;
use std::net::SocketAddrV4;

/// A message that came.
#[derive(Clone, Copy)]
pub struct Message<'a> {
    head: &'a str,
    body: &'a str,
}

impl<'a> Message<'a> {
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let (head, body) = text.split_once("\r\n\r\n")?;
        Some(Self { head, body })
    }

    /// The method of a request; `None` for a response.
    pub fn method(&self) -> Option<&'a str> {
        let first = self.head.split(' ').next()?;
        (first != "SIP/2.0").then_some(first)
    }

    /// The status of a response.
    pub fn status(&self) -> Option<u16> {
        self.head.strip_prefix("SIP/2.0 ")?.get(..3)?.parse().ok()
    }

    /// The values of a header, one a line.
    pub fn all(&self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.head.split("\r\n").skip(1).filter_map(move |line| {
            let (key, value) = line.split_once(':')?;
            key.trim_end().eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub fn header(&self, name: &'a str) -> Option<&'a str> {
        self.all(name).next()
    }

    /// Number and method of CSeq.
    pub fn cseq(&self) -> Option<(u32, &'a str)> {
        let (number, method) = self.header("CSeq")?.split_once(' ')?;
        Some((number.parse().ok()?, method.trim()))
    }

    /// Where the sender wants its sound.
    pub fn sound(&self) -> Option<SocketAddrV4> {
        let line = |start| self.body.split("\r\n").find_map(|line| line.strip_prefix(start));
        let ip = line("c=IN IP4 ")?.trim().parse().ok()?;
        let port = line("m=audio ")?.split(' ').next()?.parse().ok()?;
        Some(SocketAddrV4::new(ip, port))
    }

    /// The head of a response to this request: what has to be copied (RFC 3261 section 8.2.6.2).
    pub fn response(&self, status: &str, to_tag: &str) -> String {
        let mut text = format!("SIP/2.0 {status}\r\n");
        for name in ["Via", "Record-Route", "From", "Call-ID", "CSeq"] {
            for value in self.all(name) {
                let _ = write!(text, "{name}: {value}\r\n");
            }
        }
        let to = self.header("To").unwrap_or_default();
        let tag = if to.contains(";tag=") { String::new() } else { format!(";tag={to_tag}") };
        let _ = write!(text, "To: {to}{tag}\r\n");
        text
    }
}

/// Adds the rest of a message that has a description, or none.
pub fn finish(mut text: String, sound: Option<SocketAddrV4>) -> String {
    let Some(sound) = sound else {
        text.push_str("Content-Length: 0\r\n\r\n");
        return text;
    };
    let (ip, port) = (sound.ip(), sound.port());
    let body = describe(&ip.to_string(), port);
    let _ = write!(text, "Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    text
}

/// A description of G.711 µ-law with telephone events, as phones write it (RFC 8866).
pub fn describe(ip: &str, port: u16) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP 0 101\r\n\
         a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\n\
         a=sendrecv\r\n"
    )
}

/// The address between angle brackets, or all of it.
pub fn uri(value: &str) -> &str {
    let inner = value.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or(value, |(uri, _)| uri)
}
