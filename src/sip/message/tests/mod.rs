//! Tests of whole messages.

#![cfg_attr(not(test), allow(dead_code, unused_imports, reason = "fuzzers need less of it"))]

#[cfg(test)]
mod build;
#[cfg(test)]
mod properties;
pub(crate) mod reading;
#[cfg(test)]
mod second_opinion;
#[cfg(test)]
mod stream;
#[cfg(test)]
mod torture;
pub(crate) mod torture_text;

use super::*;
use crate::sip::flow::Transport;

/// `text` with each line end made CRLF.
fn crlf(text: &str) -> Bytes {
    Bytes::from(text.replace('\n', "\r\n"))
}

fn parsed(text: &str) -> Message {
    Message::parse(crlf(text)).unwrap_or_else(|error| panic!("{error}:\n{text}"))
}

fn request(text: &str) -> Request {
    match parsed(text) {
        Message::Request(request) => request,
        Message::Response(response) => panic!("{response:?}"),
    }
}

/// What a phone sends to call a number.
const INVITE: &str = "\
INVITE sip:100@127.0.0.1 SIP/2.0
Via: SIP/2.0/UDP 192.0.2.10:5062;branch=z9hG4bK776asdhds;rport
Max-Forwards: 70
From: \"Anna\" <sip:201@hovor>;tag=1928301774
To: <sip:100@hovor>
Call-ID: a84b4c76e66710@192.0.2.10
CSeq: 314159 INVITE
Contact: <sip:201@192.0.2.10:5062;transport=udp>;+sip.instance=\"<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>\"
Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, UPDATE, PRACK
Supported: replaces, timer, 100rel
User-Agent: Phone 1.0
Content-Type: application/sdp
Content-Length: 10

v=0
o=- 1
";
