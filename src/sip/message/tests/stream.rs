//! Cutting streams.

use super::super::stream::{Frame, FrameError, Framer};
use super::*;

fn frames(framer: &mut Framer) -> Vec<Result<Frame, FrameError>> {
    std::iter::from_fn(|| framer.next_frame()).collect()
}

fn framed(bytes: &[u8]) -> Vec<Result<Frame, FrameError>> {
    let mut framer = Framer::new();
    framer.push(bytes);
    frames(&mut framer)
}

const MESSAGE: &[u8] = b"X a SIP/2.0\r\nl: 3\r\n\r\nabc";

#[test]
fn messages_come_out_whole_however_they_arrive() {
    let stream = [b"\r\n\r\n\r\n", MESSAGE, b"\r\n\r\n", MESSAGE, b"\r\n", MESSAGE, MESSAGE].concat();
    let message = || Ok(Frame::Message(Bytes::from_static(MESSAGE)));
    let wanted = [Ok(Frame::Ping), message(), Ok(Frame::Ping), message(), message(), message()];
    for size in 1..stream.len() {
        let mut framer = Framer::new();
        let mut found = vec![];
        for bytes in stream.chunks(size) {
            framer.push(bytes);
            found.extend(frames(&mut framer));
        }
        assert_eq!(found, wanted, "in pieces of {size}");
    }
}

#[test]
fn the_length_is_found_in_any_spelling() {
    for header in ["Content-Length: 3", "cOnTeNt-lEnGtH : 3", "L\t:\r\n 3", "l:3\r\nContent-Length: 0003"] {
        let message = format!("X a SIP/2.0\r\nA: b\r\n{header}\r\n\r\nabc");
        assert_eq!(
            framed(format!("{message}\r\n").as_bytes()),
            [Ok(Frame::Message(message.into()))],
            "{header}"
        );
    }
}

#[test]
fn a_stream_without_proper_lengths_is_given_up() {
    let of = |header: &str| framed(format!("X a SIP/2.0\r\n{header}\r\n\r\nabc").as_bytes());
    assert_eq!(of("A: b"), [Err(FrameError::NoLength)]);
    assert!(matches!(of("l: -3")[..], [Err(FrameError::BadLength(_))]));
    assert!(matches!(of("l: 3\r\nl: 4")[..], [Err(FrameError::BadLength(_))]));
    assert_eq!(of("l: 65537"), [Err(FrameError::BodyTooLong)]);
    assert_eq!(of("l: 99999999999999999999"), [Err(FrameError::BodyTooLong)]);
}

#[test]
fn a_head_without_end_is_given_up() {
    assert_eq!(framed(&[b'x'; MAX_HEAD + 5]), [Err(FrameError::HeadTooLong)]);
    let late = format!("{}\r\n\r\n", "x".repeat(MAX_HEAD + 1));
    assert_eq!(framed(late.as_bytes()), [Err(FrameError::HeadTooLong)]);
    assert_eq!(framed(&[b'x'; MAX_HEAD]), []);
}

#[test]
fn nothing_follows_an_error() {
    let mut framer = Framer::new();
    framer.push(b"X a SIP/2.0\r\n\r\n");
    assert_eq!(frames(&mut framer), [Err(FrameError::NoLength)]);
    framer.push(MESSAGE);
    assert_eq!(frames(&mut framer), []);
}
