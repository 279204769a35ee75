//! A browser that looks on: the WebSocket of `/api/v1/live`.

#![allow(dead_code, reason = "each test target takes what it needs of this")]

use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::HandshakeError;
use tokio_tungstenite::tungstenite::{self, Error, Message, WebSocket};

/// By then something that is awaited has been said.
const SOON: Duration = Duration::from_secs(15);

pub struct Live {
    socket: WebSocket<TcpStream>,
}

impl Live {
    /// Looks on; an error is the status of the refusal.
    pub fn open(port: u16, cookie: &str, after: Option<u64>) -> Result<Self, u16> {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(SOON)).unwrap();
        let query = after.map(|after| format!("?after={after}")).unwrap_or_default();
        let address = format!("ws://127.0.0.1:{port}/api/v1/live{query}");
        let mut request = address.into_client_request().unwrap();
        request.headers_mut().insert("cookie", format!("hovor_login={cookie}").parse().unwrap());
        match tungstenite::client(request, stream) {
            Ok((socket, _)) => Ok(Self { socket }),
            Err(HandshakeError::Failure(Error::Http(response))) => Err(response.status().as_u16()),
            Err(other) => panic!("no WebSocket: {other}"),
        }
    }

    /// What is said next; nothing once it is over.
    pub fn next(&mut self) -> Option<Value> {
        #[allow(clippy::disallowed_methods, reason = "tests run in real time")]
        let begin = Instant::now();
        loop {
            assert!(begin.elapsed() < SOON, "nothing is said for {SOON:?}");
            match self.socket.read() {
                Ok(Message::Text(text)) => {
                    let said: Value = serde_json::from_str(&text).unwrap();
                    // It only shows that the connection lives.
                    if said.get("beat").is_none() {
                        return Some(said);
                    }
                }
                Ok(Message::Close(_)) | Err(Error::ConnectionClosed | Error::AlreadyClosed) => return None,
                Ok(_) => {}
                Err(error) => panic!("nothing is said: {error}"),
            }
        }
    }

    /// The next event for which this holds.
    pub fn event(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let mut seen = vec![];
        while let Some(mut said) = self.next() {
            let event = said["event"].take();
            if is_it(&event) {
                return event;
            }
            seen.push(event);
        }
        panic!("it ended before {what}: {seen:#?}")
    }
}
