//! Writing messages.

use std::fmt::Write;

use bytes::{Bytes, BytesMut};

use super::{HeaderName, Headers, Message, Request, Response, WriteError, scan};

impl Message {
    /// The message as it goes on the wire. Content-Length is always that of the body.
    ///
    /// # Errors
    /// If a value holds CR or LF, or a name is no token: nobody may smuggle a line in.
    pub fn write(&self) -> Result<Bytes, WriteError> {
        match self {
            Message::Request(request) => request.write(),
            Message::Response(response) => response.write(),
        }
    }
}

impl Request {
    /// The request as it goes on the wire; see [`Message::write`].
    pub fn write(&self) -> Result<Bytes, WriteError> {
        let line = format!("{} {} SIP/2.0", self.method, self.uri);
        if !scan::is_token(self.method.as_str()) || !scan::is_one_line(&line) || line.split(' ').count() != 3
        {
            return Err(WriteError { place: "request line".to_owned() });
        }
        write(&line, &self.headers, &self.body)
    }
}

impl Response {
    /// The response as it goes on the wire; see [`Message::write`].
    pub fn write(&self) -> Result<Bytes, WriteError> {
        if !(100..700).contains(&self.status) || !scan::is_one_line(&self.reason) {
            return Err(WriteError { place: "status line".to_owned() });
        }
        write(&format!("SIP/2.0 {} {}", self.status, self.reason), &self.headers, &self.body)
    }
}

fn write(start_line: &str, headers: &Headers, body: &Bytes) -> Result<Bytes, WriteError> {
    let refuse = |place: &HeaderName| WriteError { place: place.to_string() };
    let mut out = BytesMut::with_capacity(start_line.len() + body.len() + 80 * headers.len() + 40);
    out.extend_from_slice(start_line.as_bytes());
    out.extend_from_slice(b"\r\n");
    for (name, value) in headers.iter().filter(|(name, _)| **name != HeaderName::ContentLength) {
        if !scan::is_token(name.as_str()) || !scan::is_one_line(value) {
            return Err(refuse(name));
        }
        for part in [name.as_str(), ": ", value, "\r\n"] {
            out.extend_from_slice(part.as_bytes());
        }
    }
    write!(out, "Content-Length: {}\r\n\r\n", body.len()).map_err(|_| refuse(&HeaderName::ContentLength))?;
    out.extend_from_slice(body);
    Ok(out.freeze())
}
