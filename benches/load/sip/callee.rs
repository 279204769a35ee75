//! Those who are called: they ring, answer at once, and are hung up.

use std::collections::HashMap;
use std::net::{SocketAddrV4, UdpSocket};

use super::message::{Message, finish};
use super::timers::Timers;
use super::{Agent, PATIENCE, T1, T2};
use crate::clock::{self, Nanos};
use crate::datagram::Arrival;

/// What callees saw.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Seen {
    pub calls: u32,
    pub acknowledged: u32,
    pub ended: u32,
    /// Answers that we sent again because no ACK came in time.
    pub repeated_by_us: u32,
    /// Requests that the server sent again.
    pub repeated_by_server: u32,
}

struct Call {
    answer: String,
    server: SocketAddrV4,
    sound: Option<SocketAddrV4>,
    is_acknowledged: bool,
    is_over: bool,
    since: Nanos,
    pause: Nanos,
}

pub struct Callees {
    socket: UdpSocket,
    local: String,
    sound: SocketAddrV4,
    calls: Vec<Call>,
    by_call_id: HashMap<String, u32>,
    timers: Timers<u32>,
    pub seen: Seen,
}

impl Callees {
    /// Callees who want their sound there.
    pub fn new(socket: UdpSocket, sound: SocketAddrV4) -> std::io::Result<Self> {
        let local = socket.local_addr()?.to_string();
        let (by_call_id, timers) = (HashMap::new(), Timers::default());
        Ok(Self { socket, local, sound, calls: vec![], by_call_id, timers, seen: Seen::default() })
    }

    /// Where the server wants the sound of each call that stands.
    pub fn sound(&self) -> impl Iterator<Item = SocketAddrV4> {
        self.calls.iter().filter(|call| !call.is_over).filter_map(|call| call.sound)
    }

    fn invited(&mut self, message: &Message, from: SocketAddrV4) -> Option<()> {
        let id = message.header("Call-ID")?;
        if let Some(index) = self.by_call_id.get(id) {
            self.seen.repeated_by_server += 1;
            let call = &self.calls[*index as usize];
            self.send(&call.answer, from);
            return Some(());
        }
        let (index, now) = (self.calls.len() as u32, clock::now());
        let (tag, contact) = (format!("callee{index}"), format!("Contact: <sip:callee@{}>\r\n", self.local));
        let answer = finish(message.response("200 OK", &tag) + &contact, Some(self.sound));
        self.send(&finish(message.response("180 Ringing", &tag) + &contact, None), from);
        self.send(&answer, from);
        self.by_call_id.insert(id.to_owned(), index);
        self.calls.push(Call {
            answer,
            server: from,
            sound: message.sound(),
            is_acknowledged: false,
            is_over: false,
            since: now,
            pause: T1,
        });
        self.seen.calls += 1;
        self.timers.set(now + T1, index);
        Some(())
    }

    fn find(&mut self, message: &Message) -> Option<&mut Call> {
        let index = self.by_call_id.get(message.header("Call-ID")?)?;
        self.calls.get_mut(*index as usize)
    }

    fn acknowledged(&mut self, message: &Message) {
        let Some(call) = self.find(message) else { return };
        if !std::mem::replace(&mut call.is_acknowledged, true) {
            self.seen.acknowledged += 1;
        }
    }

    fn hung_up(&mut self, message: &Message) {
        let Some(call) = self.find(message) else { return };
        match std::mem::replace(&mut call.is_over, true) {
            true => self.seen.repeated_by_server += 1,
            false => self.seen.ended += 1,
        }
    }

    fn send(&self, text: &str, to: SocketAddrV4) {
        // What the kernel does not take is sent again, and counted then.
        let _ = self.socket.send_to(text.as_bytes(), to);
    }
}

impl Agent for Callees {
    fn socket(&self) -> &UdpSocket {
        &self.socket
    }

    fn received(&mut self, arrival: Arrival) {
        let Some(message) = Message::read(arrival.bytes) else { return };
        match message.method() {
            Some("INVITE") => drop(self.invited(&message, arrival.from)),
            Some("ACK") => self.acknowledged(&message),
            Some(method) => {
                if method == "BYE" {
                    self.hung_up(&message);
                }
                self.send(&finish(message.response("200 OK", "x"), None), arrival.from);
            }
            None => {}
        }
    }

    fn due(&self) -> Option<Nanos> {
        self.timers.next()
    }

    fn wake(&mut self, now: Nanos) {
        while let Some(index) = self.timers.take(now) {
            let call = &mut self.calls[index as usize];
            if call.is_acknowledged || call.is_over || now.saturating_sub(call.since) > PATIENCE {
                continue;
            }
            call.pause = (call.pause * 2).min(T2);
            self.timers.set(now + call.pause, index);
            self.seen.repeated_by_us += 1;
            let call = &self.calls[index as usize];
            self.send(&call.answer, call.server);
        }
    }

    fn is_done(&self) -> bool {
        true
    }
}
