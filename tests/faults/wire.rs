//! As much SIP as a phone of bare sockets writes and reads.

use hovor::sip::digest::{self, Login};
use hovor::sip::message::{Message, Method};

/// A dialog as one side of it knows it.
#[derive(Clone, Debug)]
pub struct Dialog {
    pub call_id: String,
    /// Our From or To, with our tag.
    pub own: String,
    /// Theirs, with their tag once it is known.
    pub peer: String,
    /// Where requests go.
    pub target: String,
    pub cseq: u32,
    /// Where they want our sound.
    pub rtp: Option<u16>,
}

/// A message that came.
#[derive(Clone, Debug)]
pub struct Received(pub String);

impl Received {
    /// The value of a header, empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        let mut lines = self.0.lines().skip(1).take_while(|line| !line.is_empty());
        let found = lines.find_map(|line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then_some(value.trim())
        });
        found.unwrap_or_default()
    }

    /// The status of a response; none for a request.
    pub fn status(&self) -> Option<u16> {
        self.0.strip_prefix("SIP/2.0 ")?.get(..3)?.parse().ok()
    }

    /// The method of a request, or of the request that is answered.
    pub fn method(&self) -> &str {
        match self.status() {
            Some(_) => self.header("CSeq").rsplit(' ').next().unwrap_or_default(),
            None => self.0.split(' ').next().unwrap_or_default(),
        }
    }

    /// The URI of the Contact.
    pub fn contact(&self) -> String {
        let contact = self.header("Contact");
        let inside = contact.split_once('<').and_then(|(_, rest)| Some(rest.split_once('>')?.0));
        inside.unwrap_or(contact).to_owned()
    }

    /// Where the session description wants sound.
    pub fn rtp(&self) -> Option<u16> {
        self.0.lines().find_map(|line| line.strip_prefix("m=audio ")?.split(' ').next()?.parse().ok())
    }

    /// Our answer to it, with these lines and this body.
    pub fn answer(&self, status: &str, to: &str, lines: &str, body: &str) -> String {
        let vias: String = self
            .0
            .lines()
            .filter(|line| line.get(..4).is_some_and(|name| name.eq_ignore_ascii_case("via:")))
            .map(|line| format!("{line}\r\n"))
            .collect();
        format!(
            "SIP/2.0 {status}\r\n{vias}From: {}\r\nTo: {to}\r\nCall-ID: {}\r\nCSeq: {}\r\n{lines}Content-Length: \
             {}\r\n\r\n{body}",
            self.header("From"),
            self.header("Call-ID"),
            self.header("CSeq"),
            body.len()
        )
    }
}

/// The header line by which a request to register proves the password.
pub fn authorization(challenge: &Received, user: &str, password: &str, uri: &str) -> Option<String> {
    let Ok(Message::Response(response)) = Message::parse(challenge.0.clone().into()) else { return None };
    let login = Login { username: user.into(), password: password.into() };
    let answers = digest::answer(&response.headers, &login, &Method::Register, uri, "c0ffee");
    answers.first().map(|(name, value)| format!("{name}: {value}\r\n"))
}

/// A session description that wants A-law and keys at this port.
pub fn description(port: u16) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 8 101\r\n\
         a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=sendrecv\r\n"
    )
}
