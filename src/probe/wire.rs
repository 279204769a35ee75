//! The SIP messages that went to and fro, with their times.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use bytes::Bytes;

use crate::sip::endpoint::Transport;
use crate::sip::message::{HeaderName, Message, Method, Request, Response};
use crate::time::Time;
use crate::trace::masked;

/// Messages that are kept; a call has some twenty.
const KEPT: usize = 1_000;

/// One message.
#[derive(Clone, Debug)]
pub struct Entry {
    /// When.
    pub at: Time,
    /// Whether it was ours.
    pub ours: bool,
    /// How it travelled.
    pub transport: Transport,
    /// The other end.
    pub peer: SocketAddr,
    /// As it was read; absent if it cannot be.
    pub message: Option<Message>,
    bytes: Bytes,
}

/// All messages, in their order.
#[derive(Clone, Debug, Default)]
pub struct Wire {
    entries: Vec<Entry>,
    /// Branch and method of our requests, and whether each is answered.
    asked: BTreeMap<String, bool>,
}

impl Wire {
    /// A message goes or comes.
    pub fn note(&mut self, at: Time, ours: bool, (transport, peer): (Transport, SocketAddr), bytes: &Bytes) {
        // Two line ends keep a connection open and mean nothing.
        if self.entries.len() >= KEPT || bytes.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        let message = Message::parse(bytes.clone()).ok();
        match &message {
            Some(Message::Request(request)) if ours && request.method != Method::Ack => {
                self.asked.entry(key(&request.headers)).or_insert(false);
            }
            Some(Message::Response(response)) if !ours && response.status >= 200 => {
                self.asked.insert(key(&response.headers), true);
            }
            _ => {}
        }
        self.entries.push(Entry { at, ours, transport, peer, message, bytes: bytes.clone() });
    }

    /// Whether all requests of ours are answered.
    pub fn is_settled(&self) -> bool {
        self.asked.values().all(|answered| *answered)
    }

    /// All messages.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Our requests of this method, with their times.
    pub fn asked(&self, method: Method) -> impl Iterator<Item = (&Entry, &Request)> {
        self.entries.iter().filter_map(move |entry| match &entry.message {
            Some(Message::Request(request)) if entry.ours && request.method == method => {
                Some((entry, request))
            }
            _ => None,
        })
    }

    /// The responses to our requests of this method, with their times.
    pub fn answers(&self, method: Method) -> impl Iterator<Item = (&Entry, &Response)> {
        self.entries.iter().filter_map(move |entry| match &entry.message {
            Some(Message::Response(response)) if !entry.ours => {
                let asked = response.headers.cseq().ok()?.method;
                (asked == method).then_some((entry, response))
            }
            _ => None,
        })
    }
}

impl Entry {
    /// The message as it went.
    pub fn raw(&self) -> &Bytes {
        &self.bytes
    }

    /// The message as it went, with what proves passwords, and keys, left out.
    pub fn text(&self) -> String {
        masked(&self.bytes).lines().map(|line| format!("{line}\n")).collect()
    }
}

fn key(headers: &crate::sip::message::Headers) -> String {
    let branch = headers.via().ok().and_then(|via| via.branch().map(str::to_owned)).unwrap_or_default();
    let cseq = headers.get(HeaderName::CSeq).unwrap_or_default();
    format!("{branch} {cseq}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: (Transport, &str) = (Transport::Udp, "192.0.2.1:5060");

    fn note(wire: &mut Wire, ours: bool, text: &str) {
        let bytes = Bytes::from(text.replace('\n', "\r\n"));
        wire.note(Time::ZERO, ours, (PEER.0, PEER.1.parse().unwrap()), &bytes);
    }

    const BYE: &str = "BYE sip:a@b SIP/2.0\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\nFrom: <sip:a@b>;tag=1\n\
        To: <sip:a@b>;tag=2\nCall-ID: c\nCSeq: 2 BYE\nAuthorization: Digest response=\"abc\"\nContent-Length: 0\n\n";
    const OK: &str = "SIP/2.0 200 OK\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\nFrom: <sip:a@b>;tag=1\n\
        To: <sip:a@b>;tag=2\nCall-ID: c\nCSeq: 2 BYE\nContent-Length: 0\n\n";

    #[test]
    fn what_is_asked_waits_for_its_answer() {
        let mut wire = Wire::default();
        assert!(wire.is_settled());
        note(&mut wire, true, BYE);
        assert!(!wire.is_settled());
        note(&mut wire, false, "\n\n");
        note(&mut wire, false, OK);
        assert!(wire.is_settled());
        assert_eq!((wire.entries().len(), wire.answers(Method::Bye).count()), (2, 1));
    }

    #[test]
    fn credentials_are_not_shown() {
        let mut wire = Wire::default();
        note(&mut wire, true, BYE);
        let text = wire.entries()[0].text();
        assert!(text.contains("Authorization: Digest response=***") && !text.contains("abc"), "{text}");
        assert!(text.contains("CSeq: 2 BYE\n"), "{text}");
    }

    #[test]
    fn keys_are_not_shown() {
        let mut wire = Wire::default();
        let body = "v=0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpV|2^20\n";
        note(
            &mut wire,
            true,
            &BYE.replace("Content-Length: 0\n\n", &format!("Content-Length: 70\n\n{body}")),
        );
        let text = wire.entries()[0].text();
        assert!(text.contains("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:***\n"), "{text}");
        assert!(!text.contains("d0Rmdmc"), "{text}");
    }
}
