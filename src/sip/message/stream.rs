//! Cutting a stream into messages (RFC 3261 section 18.3), and keep-alives (RFC 5626 section 4.4.1).

use bytes::{Bytes, BytesMut};
use memchr::memmem;

use super::lines::{fields, lines};
use super::parse::content_length;
use super::{HeaderName, MAX_BODY, MAX_HEAD};

/// What the framer finds in a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// One whole message, ready for [`Message::parse`](super::Message::parse).
    Message(Bytes),
    /// The peer asks for a sign of life and is owed a CRLF.
    Ping,
}

/// Why a stream cannot be cut any further. The connection is to be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    #[error("headers longer than {MAX_HEAD} bytes")]
    HeadTooLong,
    #[error("a body longer than {MAX_BODY} bytes")]
    BodyTooLong,
    #[error("no Content-Length")]
    NoLength,
    #[error("{0}")]
    BadLength(&'static str),
}

/// Collects the bytes of a stream and gives them back as messages.
///
/// Holds one message at most, and what was pushed since: give it bytes only when
/// [`next_frame`](Self::next_frame) has nothing left.
#[derive(Clone, Debug)]
pub struct Framer {
    buffer: BytesMut,
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    /// In the headers; up to `seen` there is no end of them.
    Head { seen: usize },
    /// In the body of a message of `total` bytes.
    Body { total: usize },
    /// Nothing can be found in this stream any more.
    Broken,
}

impl Default for Framer {
    fn default() -> Self {
        Self::new()
    }
}

impl Framer {
    /// A framer at the start of a stream.
    pub fn new() -> Self {
        Self { buffer: BytesMut::new(), state: State::Head { seen: 0 } }
    }

    /// Takes bytes as they arrive.
    pub fn push(&mut self, bytes: &[u8]) {
        if !matches!(self.state, State::Broken) {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// The next message or ping; `None` if more bytes are needed. After an error there is nothing more.
    pub fn next_frame(&mut self) -> Option<Result<Frame, FrameError>> {
        let found = self.advance().transpose()?;
        if found.is_err() {
            self.state = State::Broken;
            self.buffer = BytesMut::new();
        }
        Some(found)
    }

    /// Whether a message has begun that is not yet complete. A lone line end is none.
    pub fn is_mid_message(&self) -> bool {
        !b"\r\n\r\n".starts_with(&self.buffer)
    }

    fn advance(&mut self) -> Result<Option<Frame>, FrameError> {
        if let State::Head { seen } = self.state {
            if seen == 0 && self.skip_line_ends() {
                return Ok(Some(Frame::Ping));
            }
            let Some(total) = self.find_total(seen)? else { return Ok(None) };
            self.state = State::Body { total };
        }
        match self.state {
            State::Body { total } if self.buffer.len() >= total => {
                self.state = State::Head { seen: 0 };
                Ok(Some(Frame::Message(self.buffer.split_to(total).freeze())))
            }
            _ => Ok(None),
        }
    }

    /// Drops line ends between messages; true if they were a ping. A lone CRLF is kept until it is
    /// clear what it is.
    fn skip_line_ends(&mut self) -> bool {
        while self.buffer.starts_with(b"\r\n") && self.buffer.len() > 2 {
            if self.buffer.starts_with(b"\r\n\r\n") {
                let _ = self.buffer.split_to(4);
                return true;
            }
            if self.buffer.starts_with(b"\r\n\r") && self.buffer.len() == 3 {
                return false;
            }
            let _ = self.buffer.split_to(2);
        }
        false
    }

    /// The length of the message that starts here, once its headers are complete.
    fn find_total(&mut self, seen: usize) -> Result<Option<usize>, FrameError> {
        let unseen = self.buffer.get(seen..).unwrap_or_default();
        match memmem::find(unseen, b"\r\n\r\n") {
            Some(end) if seen + end <= MAX_HEAD => {
                let head = seen + end + 4;
                body_length(self.buffer.get(..head).unwrap_or_default()).map(|body| Some(head + body))
            }
            None if self.buffer.len() <= MAX_HEAD + 4 => {
                // The end may have begun in the last three bytes.
                self.state = State::Head { seen: self.buffer.len().saturating_sub(3) };
                Ok(None)
            }
            _ => Err(FrameError::HeadTooLong),
        }
    }
}

/// What Content-Length says. A stream without it cannot be cut (RFC 3261 section 20.14).
fn body_length(head: &[u8]) -> Result<usize, FrameError> {
    let head = String::from_utf8_lossy(head);
    // The start line counts as a header here; no harm is in that.
    let lengths: Vec<_> = fields(lines(&head))
        .flatten()
        .filter(|field| HeaderName::parse(field.name) == Some(HeaderName::ContentLength))
        .collect();
    let values = lengths.iter().map(|field| &*field.value);
    match content_length(values).map_err(FrameError::BadLength)? {
        Some(length) if length <= MAX_BODY => Ok(length),
        Some(_) => Err(FrameError::BodyTooLong),
        None => Err(FrameError::NoLength),
    }
}
