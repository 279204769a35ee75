//! SIP on the wire: messages, URIs, streams.

use bytes::Bytes;

use super::choices::Choices;
use crate::sip::message::stream::{Frame, FrameError, Framer};
use crate::sip::message::tests::{reading, torture_text};
use crate::sip::message::{MAX_BODY, MAX_HEAD, Message};
use crate::sip::{NameAddr, Uri, Via};

/// Any bytes are read as a message or refused; what was read can be written, and read again as the same.
pub fn sip_message(bytes: &[u8]) {
    reading::survives(Bytes::copy_from_slice(bytes));
}

/// The messages of RFC 4475, which a fuzzer begins with.
pub fn torture() -> Vec<Bytes> {
    torture_text::cases().into_iter().map(|case| case.bytes).collect()
}

/// Any text is read as a URI or as an address with a name, or refused; what was read is written and read again as
/// the same. Two of them, a line each, are as much like one another as the other way round.
pub fn uri(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let uris: Vec<Uri> = text.lines().take(2).filter_map(|line| Uri::parse(line).ok()).collect();
    for uri in &uris {
        assert_eq!(Uri::parse(&uri.to_string()).as_ref(), Ok(uri));
        assert!(uri.is_equivalent(uri), "{uri}");
        let _ = (uri.username(), uri.transport(), uri.place(), uri.is_loose());
        // In brackets it means the same.
        let address = NameAddr::new(uri.clone()).with_display(Some("\"A\\"));
        assert_eq!(NameAddr::parse(&address.to_string()).map(|read| read.uri).as_ref(), Ok(uri));
    }
    if let [one, other] = &uris[..] {
        assert_eq!(one.is_equivalent(other), other.is_equivalent(one), "{one} {other}");
    }
    for line in text.lines().take(2) {
        if let Ok(address) = NameAddr::parse(line) {
            assert_eq!(NameAddr::parse(&address.to_string()), Ok(address));
        }
        if let Ok(via) = Via::parse(line) {
            assert_eq!(Via::parse(&via.to_string()), Ok(via));
        }
    }
}

/// A stream gives the same messages in whatever pieces it comes. The first bytes say in which.
pub fn sip_stream(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let cuts: Vec<usize> = choices.bytes().iter().map(|cut| usize::from(*cut)).collect();
    let stream = choices.rest();
    let whole = frames(&[stream]);
    let single: Vec<&[u8]> = stream.chunks(1).collect();
    assert_eq!(frames(&single), whole, "a byte at a time");
    assert_eq!(frames(&pieces(stream, &cuts)), whole, "in pieces of {cuts:?}");
    for frame in whole {
        if let Ok(Frame::Message(bytes)) = frame {
            assert!(bytes.len() <= MAX_HEAD + 4 + MAX_BODY);
            let length = bytes.len();
            if let Ok(message) = Message::parse(bytes) {
                assert!(message.body().len() < length);
            }
        }
    }
}

/// Cut as `cuts` say, again and again.
fn pieces<'a>(mut stream: &'a [u8], cuts: &[usize]) -> Vec<&'a [u8]> {
    let mut pieces = vec![];
    for cut in cuts.iter().cycle().take(stream.len()) {
        let (piece, rest) = stream.split_at((*cut).min(stream.len()));
        pieces.push(piece);
        stream = rest;
    }
    pieces.push(stream);
    pieces
}

fn frames(pieces: &[&[u8]]) -> Vec<Result<Frame, FrameError>> {
    let mut framer = Framer::new();
    let mut found = vec![];
    for piece in pieces {
        framer.push(piece);
        found.extend(std::iter::from_fn(|| framer.next_frame()));
    }
    found
}
