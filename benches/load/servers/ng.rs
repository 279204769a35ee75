//! rtpengine's control protocol: bencoded dictionaries in datagrams, each after a cookie.

use std::net::{SocketAddrV4, UdpSocket};
use std::time::Duration;

use crate::sip::message::describe;

pub struct Control {
    socket: UdpSocket,
    server: SocketAddrV4,
    asked: u64,
}

impl Control {
    pub fn new(server: SocketAddrV4) -> std::io::Result<Self> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.set_read_timeout(Some(Duration::from_secs(1)))?;
        Ok(Self { socket, server, asked: 0 })
    }

    /// Whether it answers.
    pub fn ping(&mut self) -> bool {
        self.ask(&[("command", "ping")]).is_ok()
    }

    /// Sets a call up. Gives where the caller and where the callee are to send their sound.
    pub fn connect(
        &mut self,
        call: &str,
        caller: SocketAddrV4,
        callee: SocketAddrV4,
    ) -> Result<[SocketAddrV4; 2], String> {
        let sdp = |end: SocketAddrV4| describe(&end.ip().to_string(), end.port());
        let (offer, answer) = (sdp(caller), sdp(callee));
        let offer = [("call-id", call), ("command", "offer"), ("from-tag", "a"), ("sdp", &offer)];
        let for_callee = self.ask(&offer)?;
        let answer =
            [("call-id", call), ("command", "answer"), ("from-tag", "a"), ("sdp", &answer), ("to-tag", "b")];
        let for_caller = self.ask(&answer)?;
        Ok([sound(&for_caller)?, sound(&for_callee)?])
    }

    /// Asks, and gives the answer if it says `ok` or `pong`. The keys must be in order.
    fn ask(&mut self, words: &[(&str, &str)]) -> Result<String, String> {
        self.asked += 1;
        let entries: String = words.iter().flat_map(|(key, value)| [text(key), text(value)]).collect();
        let question = format!("{} d{entries}e", self.asked);
        let mut buffer = [0; 8_192];
        self.socket.send_to(question.as_bytes(), self.server).map_err(|error| error.to_string())?;
        let length = self.socket.recv(&mut buffer).map_err(|error| format!("rtpengine: {error}"))?;
        let answer = String::from_utf8_lossy(&buffer[..length]).into_owned();
        let is_good = answer.contains("6:result2:ok") || answer.contains("6:result4:pong");
        if is_good { Ok(answer) } else { Err(format!("rtpengine answers {answer}")) }
    }
}

fn text(value: &str) -> String {
    format!("{}:{value}", value.len())
}

/// Where the description in an answer wants sound: its lines are found wherever they stand.
fn sound(answer: &str) -> Result<SocketAddrV4, String> {
    let line = |start| answer.split("\r\n").find_map(|line| line.strip_prefix(start));
    let port = line("m=audio ").and_then(|rest| rest.split(' ').next()?.parse().ok());
    port.map(super::local).ok_or_else(|| format!("rtpengine describes no sound: {answer}"))
}
