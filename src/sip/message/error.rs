//! What can be wrong with a message, and how to say so to its sender.

use super::{HeaderName, Method, Request, Response, reason_phrase};

/// Why bytes are no message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} (byte {at})")]
pub struct ParseError {
    pub kind: ErrorKind,
    /// What is wrong, for the log and for the reason phrase of a refusal.
    pub what: String,
    /// Where, in bytes from the start of the message.
    pub at: usize,
    /// As much of a request as could be read, so that it can be refused.
    pub partial: Option<Box<Request>>,
}

/// The kinds of [`ParseError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Not SIP at all, or no end of the headers.
    NotSip,
    /// A start line that is none.
    StartLine,
    /// Another version than SIP/2.0.
    Version,
    /// A header line that is none, or a value that every message must have right.
    Header,
    /// Shorter than its Content-Length says, or a Content-Length that says nothing.
    Length,
    /// More than this program accepts.
    TooLarge,
}

impl ParseError {
    /// The response that tells the sender: 400, 501, 505 or 513. `None` if nothing is to be told, to a
    /// response or an ACK, or if there is no Via. It goes to where the request came from.
    pub fn response(&self) -> Option<Response> {
        let request = self.partial.as_ref().filter(|request| request.method != Method::Ack)?;
        request.headers.get(HeaderName::Via)?;
        let status = match self.kind {
            ErrorKind::Version => 505,
            ErrorKind::TooLarge => 513,
            // What is proper in such a request is not for us to say (RFC 4475 section 3.1.2.18).
            _ if matches!(request.method, Method::Other(_)) => 501,
            _ => 400,
        };
        let reason = match status {
            400 => format!("Bad Request: {}", self.what),
            status => reason_phrase(status).to_owned(),
        };
        Some(request.response(status).with_reason(&reason))
    }
}

/// Why a header does not say what it should.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{header}: {problem}")]
pub struct HeaderError {
    pub header: HeaderName,
    pub problem: Problem,
}

/// The kinds of [`HeaderError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("missing")]
    Missing,
    #[error("more than once")]
    Repeated,
    #[error("{0}")]
    Malformed(&'static str),
}

impl HeaderError {
    pub(super) fn missing(header: HeaderName) -> Self {
        Self { header, problem: Problem::Missing }
    }

    pub(super) fn malformed(header: HeaderName, what: &'static str) -> Self {
        Self { header, problem: Problem::Malformed(what) }
    }
}

/// Why a message cannot be written: something in it would break out of its line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place} holds what would break the message")]
pub struct WriteError {
    /// A header's name, "request line" or "reason phrase".
    pub place: String,
}
