//! As much HTTP as a test needs to ask one question.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: String,
    /// The same as it came, for what is no text.
    pub bytes: Vec<u8>,
}

impl Reply {
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("no JSON ({e}): {self:?}"))
    }
}

/// Sends one request and reads the answer to its end.
pub fn request(
    port: u16,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> std::io::Result<Reply> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    write!(stream, "{head}Content-Length: {}\r\n\r\n{body}", body.len())?;
    let mut answer = vec![];
    stream.read_to_end(&mut answer)?;
    parse(&answer).ok_or(std::io::ErrorKind::InvalidData.into())
}

fn parse(answer: &[u8]) -> Option<Reply> {
    let (head, body) = split(answer, b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(head).into_owned();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
    let bytes = if chunked { without_chunks(body)? } else { body.to_vec() };
    Some(Reply { status, head, body: String::from_utf8_lossy(&bytes).into_owned(), bytes })
}

fn without_chunks(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = vec![];
    loop {
        let (size, after) = split(rest, b"\r\n")?;
        let size = std::str::from_utf8(size).ok()?;
        let size = usize::from_str_radix(size.split(';').next()?, 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(after.get(..size)?);
        rest = after.get(size + 2..)?;
    }
}

/// What stands before and after the first `between`.
fn split<'a>(bytes: &'a [u8], between: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(between.len()).position(|window| window == between)?;
    Some((&bytes[..at], &bytes[at + between.len()..]))
}
