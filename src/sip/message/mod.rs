//! The wire format: messages, their headers, and how a stream is cut into messages (RFC 3261
//! sections 7, 18.3, 20 and 25).
//!
//! [`Message::parse`] reads one whole message and checks what every message must have; the value of
//! a header is read only when somebody asks for it. [`Message::write`] is the inverse. Real phones
//! break the grammar in many ways, so reading is lenient where the meaning is clear (RFC 4475 says
//! where) and writing is strict.

mod address;
mod error;
mod headers;
mod lines;
mod method;
mod name;
mod params;
mod parse;
pub(crate) mod scan;
mod status;
pub mod stream;
mod typed;
mod values;
mod via;
mod write;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::uri::Uri;
pub use address::{Contact, NameAddr};
pub use error::{ErrorKind, HeaderError, ParseError, Problem, WriteError};
pub use headers::Headers;
pub use method::Method;
pub use name::HeaderName;
pub use params::Params;
pub use status::reason_phrase;
pub use values::{CSeq, RAck, ReasonHeader, Refresher, Replaces, RetryAfter, SessionExpires};
pub use via::{MAGIC_COOKIE, Via};

/// The longest datagram, in bytes.
pub const MAX_DATAGRAM: usize = 65_535;
/// The longest start line and headers together, in bytes.
pub const MAX_HEAD: usize = 16 * 1024;
/// The longest body, in bytes.
pub const MAX_BODY: usize = 64 * 1024;
/// The most header lines.
pub const MAX_HEADERS: usize = 256;

/// A request or a response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    Request(Request),
    Response(Response),
}

/// Somebody asks for something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    pub method: Method,
    /// The Request-URI: whom the request is for at this hop.
    pub uri: Uri,
    pub headers: Headers,
    pub body: Bytes,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// 100 to 699.
    pub status: u16,
    /// For people; programs look at the status.
    pub reason: String,
    pub headers: Headers,
    pub body: Bytes,
}

impl Message {
    /// The headers.
    pub fn headers(&self) -> &Headers {
        match self {
            Message::Request(request) => &request.headers,
            Message::Response(response) => &response.headers,
        }
    }

    /// The body.
    pub fn body(&self) -> &Bytes {
        match self {
            Message::Request(request) => &request.body,
            Message::Response(response) => &response.body,
        }
    }
}

impl Request {
    /// A request without headers and body.
    pub fn new(method: Method, uri: Uri) -> Self {
        Self { method, uri, headers: Headers::new(), body: Bytes::new() }
    }

    /// A response to this request: with its Vias, From, To, Call-ID and CSeq, and the usual reason
    /// phrase (RFC 3261 section 8.2.6).
    ///
    /// Whoever answers anything but 100 adds the tag to To.
    pub fn response(&self, status: u16) -> Response {
        let mut headers = Headers::new();
        for name in [HeaderName::Via, HeaderName::From, HeaderName::To, HeaderName::CallId, HeaderName::CSeq]
        {
            headers.copy(&self.headers, name);
        }
        if status == 100 {
            headers.copy(&self.headers, HeaderName::Timestamp);
        }
        Response { status, reason: reason_phrase(status).to_owned(), headers, body: Bytes::new() }
    }

    /// Notes in the topmost Via where the request really came from (RFC 3261 section 18.2.1,
    /// RFC 3581 section 4).
    pub fn stamp_source(&mut self, source: std::net::SocketAddr) -> Result<(), HeaderError> {
        let mut via = self.headers.via()?;
        via.stamp(source);
        self.headers.set_top_via(&via);
        Ok(())
    }

    /// With this line added.
    pub fn with(mut self, name: impl Into<HeaderName>, value: impl Into<String>) -> Self {
        self.headers.push(name, value);
        self
    }

    /// With this body and its type.
    pub fn with_body(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        self.headers.set(HeaderName::ContentType, content_type);
        self.body = body.into();
        self
    }
}

impl Response {
    /// With this line added.
    pub fn with(mut self, name: impl Into<HeaderName>, value: impl Into<String>) -> Self {
        self.headers.push(name, value);
        self
    }

    /// With this tag in To, if it has none yet.
    pub fn with_to_tag(mut self, tag: &str) -> Self {
        if let Ok(mut to) = self.headers.to()
            && to.tag().is_none()
        {
            to.params.set("tag", tag);
            self.headers.set(HeaderName::To, to);
        }
        self
    }

    /// With this reason phrase instead of the usual one.
    pub fn with_reason(mut self, reason: &str) -> Self {
        self.reason = reason.to_owned();
        self
    }

    /// With this body and its type.
    pub fn with_body(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        self.headers.set(HeaderName::ContentType, content_type);
        self.body = body.into();
        self
    }

    /// Whether it is 1xx: the answer is still to come.
    pub fn is_provisional(&self) -> bool {
        self.status < 200
    }

    /// Whether it is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl From<Request> for Message {
    fn from(request: Request) -> Self {
        Message::Request(request)
    }
}

impl From<Response> for Message {
    fn from(response: Response) -> Self {
        Message::Response(response)
    }
}

#[cfg(any(test, fuzzing))]
pub(crate) mod tests;
