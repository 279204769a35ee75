//! Reading messages.

use std::borrow::Cow;

use bytes::Bytes;
use memchr::memmem;

use super::headers::Value;
use super::lines::{Fault, Field, Line, fields, lines};
use super::{
    ErrorKind, HeaderError, HeaderName, Headers, MAX_BODY, MAX_HEAD, MAX_HEADERS, Message, Method,
    ParseError, Problem, Request, Response, scan,
};
use crate::sip::uri::Uri;

/// What is wrong so far.
struct Trouble {
    kind: ErrorKind,
    what: String,
    at: usize,
}

impl Trouble {
    fn new(kind: ErrorKind, at: usize, what: impl Into<String>) -> Self {
        Self { kind, what: what.into(), at }
    }

    fn into_error(self, partial: Option<Request>) -> ParseError {
        ParseError { kind: self.kind, what: self.what, at: self.at, partial: partial.map(Box::new) }
    }
}

impl From<Trouble> for ParseError {
    fn from(trouble: Trouble) -> Self {
        trouble.into_error(None)
    }
}

impl From<HeaderError> for Trouble {
    fn from(error: HeaderError) -> Self {
        Trouble::new(ErrorKind::Header, 0, error.to_string())
    }
}

impl Message {
    /// Reads one whole message: a datagram, or what the [framer](super::stream::Framer) cut out of a
    /// stream.
    ///
    /// Bytes after the body are dropped (RFC 3261 section 18.3). Text that is no UTF-8 is taken as
    /// Latin-1, which is what old phones send. A message that is returned has exactly one readable
    /// From, To, Call-ID and CSeq and a readable topmost Via.
    ///
    /// # Errors
    /// Says what is wrong and where, and holds what could be read of a request.
    pub fn parse(bytes: Bytes) -> Result<Message, ParseError> {
        let (start, head, rest) = split(&bytes)?;
        let mut lines = lines(text(&head));
        let Some(Ok(Line { text: first, .. })) = lines.next() else {
            return Err(Trouble::new(ErrorKind::NotSip, start, "no start line").into());
        };
        let (headers, trouble) = read_headers(&head, fields(lines));
        let (body, length_trouble) = cut_body(&headers, rest);
        let trouble = trouble.or(length_trouble).map(|found| Trouble { at: found.at + start, ..found });
        match first.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("SIP/")) {
            true => finish_response(first, headers, body, trouble),
            false => finish_request(first, headers, body, trouble),
        }
    }
}

/// Where the head starts, the head with its last CRLF, and what follows the empty line.
fn split(bytes: &Bytes) -> Result<(usize, Bytes, Bytes), Trouble> {
    let start = bytes.iter().position(|byte| !matches!(byte, b'\r' | b'\n')).unwrap_or(bytes.len());
    let message = bytes.slice(start..);
    let Some(end) = memmem::find(&message, b"\r\n\r\n") else {
        let kind = if message.len() > MAX_HEAD { ErrorKind::TooLarge } else { ErrorKind::NotSip };
        return Err(Trouble::new(kind, bytes.len(), "no end of the headers"));
    };
    if end > MAX_HEAD {
        return Err(Trouble::new(ErrorKind::TooLarge, start + MAX_HEAD, "headers too long"));
    }
    let head = message.slice(..end + 2);
    let head = if std::str::from_utf8(&head).is_ok() { head } else { repair(&head).into() };
    Ok((start, head, message.slice(end + 4..)))
}

/// The bytes as text, each that is no UTF-8 taken as a letter of Latin-1.
fn repair(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|byte| char::from(*byte)));
    }
    text
}

fn text(head: &Bytes) -> &str {
    std::str::from_utf8(head).unwrap_or_default()
}

/// Reads as many headers as there are, and says what is wrong with the first that is none.
fn read_headers<'a>(
    head: &Bytes,
    fields: impl Iterator<Item = Result<Field<'a>, Fault>>,
) -> (Headers, Option<Trouble>) {
    let mut headers = Headers::with_capacity(16);
    for field in fields {
        let field = match field {
            Ok(field) if headers.len() < MAX_HEADERS => field,
            Ok(field) => {
                return (headers, Some(Trouble::new(ErrorKind::TooLarge, field.at, "too many headers")));
            }
            Err(Fault { at, what }) => return (headers, Some(Trouble::new(ErrorKind::Header, at, what))),
        };
        // A name that is none is nothing that anybody needs (RFC 3261 section 8.2).
        let Some(name) = HeaderName::parse(field.name) else { continue };
        let value = match field.value {
            Cow::Borrowed(text) => Value::of_text(head, text),
            Cow::Owned(text) => text.into(),
        };
        headers.push_value(name, value);
    }
    (headers, None)
}

/// The body as Content-Length says; without one, all that is there.
fn cut_body(headers: &Headers, rest: Bytes) -> (Bytes, Option<Trouble>) {
    let trouble = |what: &str| Some(Trouble::new(ErrorKind::Length, 0, what));
    let length = match content_length(headers.lines(HeaderName::ContentLength)) {
        Ok(length) => length.unwrap_or(rest.len()),
        Err(what) => return (Bytes::new(), trouble(what)),
    };
    if length > MAX_BODY {
        return (Bytes::new(), Some(Trouble::new(ErrorKind::TooLarge, 0, "body too long")));
    }
    if length > rest.len() {
        return (Bytes::new(), trouble("the body is shorter than its Content-Length"));
    }
    (rest.slice(..length), None)
}

/// The one length that all values agree on; `None` if there is no value.
pub(super) fn content_length<'a>(
    values: impl Iterator<Item = &'a str>,
) -> Result<Option<usize>, &'static str> {
    let mut length = None;
    for value in values {
        // Too large for a number is certainly too large for us.
        let digits = scan::saturating_number(value).ok_or("a Content-Length that is no number")?;
        let value = usize::try_from(digits).unwrap_or(usize::MAX);
        if length.is_some_and(|known| known != value) {
            return Err("several Content-Lengths");
        }
        length = Some(value);
    }
    Ok(length)
}

fn finish_request(
    line: &str,
    headers: Headers,
    body: Bytes,
    trouble: Option<Trouble>,
) -> Result<Message, ParseError> {
    let (method, uri, line_trouble) = read_request_line(line)?;
    let trouble =
        line_trouble.or(trouble).or_else(|| check(&headers, Some(&method)).err().map(Trouble::from));
    let request = Request { method, uri, headers, body };
    match trouble {
        None => Ok(Message::Request(request)),
        Some(trouble) => Err(trouble.into_error(Some(request))),
    }
}

/// The method, the Request-URI, and what is wrong with the latter or with the version.
fn read_request_line(line: &str) -> Result<(Method, Uri, Option<Trouble>), Trouble> {
    let not_sip = || Trouble::new(ErrorKind::NotSip, 0, "neither a request nor a response");
    let (method, rest) = line.split_once(' ').ok_or_else(not_sip)?;
    let method = Method::parse(method).ok_or_else(not_sip)?;
    let (uri, version) = rest.rsplit_once(' ').ok_or_else(not_sip)?;
    let at = method.as_str().len() + 1;
    let trouble = match version.get(..4) {
        _ if version.eq_ignore_ascii_case("SIP/2.0") => None,
        Some(name) if name.eq_ignore_ascii_case("SIP/") => {
            Some(Trouble::new(ErrorKind::Version, at + uri.len() + 1, "not version 2.0"))
        }
        _ => {
            Some(Trouble::new(ErrorKind::StartLine, at + uri.len() + 1, "no version at the end of the line"))
        }
    };
    let uri_trouble = |what: &str| Some(Trouble::new(ErrorKind::StartLine, at, what));
    Ok(match Uri::parse(uri) {
        // RFC 3261 section 19.1.1, table 1.
        Ok(uri) if uri.headers.is_some() => {
            (method, uri, trouble.or(uri_trouble("headers in the Request-URI")))
        }
        Ok(uri) => (method, uri, trouble),
        Err(error) => (method, Uri::other(uri), trouble.or(uri_trouble(&error.to_string()))),
    })
}

fn finish_response(
    line: &str,
    headers: Headers,
    body: Bytes,
    trouble: Option<Trouble>,
) -> Result<Message, ParseError> {
    let (version, rest) = line.split_once(' ').unwrap_or((line, ""));
    if !version.eq_ignore_ascii_case("SIP/2.0") {
        return Err(Trouble::new(ErrorKind::Version, 0, "not version 2.0").into());
    }
    let (status, reason) = rest.split_once(' ').unwrap_or((rest, ""));
    let status = scan::number(status)
        .filter(|status| status_is_proper(*status))
        .ok_or_else(|| Trouble::new(ErrorKind::StartLine, version.len() + 1, "no status from 100 to 699"))?;
    if let Some(trouble) = trouble.or_else(|| check(&headers, None).err().map(Trouble::from)) {
        return Err(trouble.into());
    }
    Ok(Message::Response(Response { status, reason: reason.to_owned(), headers, body }))
}

fn status_is_proper(status: u16) -> bool {
    (100..700).contains(&status)
}

/// What every message must have (RFC 3261 section 8.1.1), and once only. Max-Forwards is missing in
/// requests of older programs, tags too.
fn check(headers: &Headers, method: Option<&Method>) -> Result<(), HeaderError> {
    use HeaderName::{CSeq, CallId, From, MaxForwards, To};
    for name in [From, To, CallId, CSeq, MaxForwards] {
        if headers.lines(&name).nth(1).is_some() {
            return Err(HeaderError { header: name, problem: Problem::Repeated });
        }
    }
    headers.via()?;
    headers.from()?;
    headers.to()?;
    headers.call_id()?;
    headers.max_forwards()?;
    let cseq = headers.cseq()?;
    match method {
        Some(method) if *method != cseq.method => {
            Err(HeaderError::malformed(CSeq, "the method of another request"))
        }
        _ => Ok(()),
    }
}
