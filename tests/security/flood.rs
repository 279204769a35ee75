//! Calls to a number that is not there, as many a second as wanted: prepared messages, sent by the clock whatever comes
//! back. It takes a caller a small part of what a call takes the program, so one thread offers more than can be taken.

use std::net::UdpSocket;
use std::time::{Duration, Instant};

/// How long answers to the last calls are waited for.
pub const AFTERMATH: Duration = Duration::from_secs(1);
/// A pause so short that what is due after it fits into the queue of the other socket.
const STEP: Duration = Duration::from_millis(1);

/// What became of the calls that were offered.
#[derive(Debug, Default)]
pub struct Offered {
    pub calls: usize,
    /// How long it took to offer them.
    pub took: Duration,
    /// Calls that were let in, and told that there is no such number.
    pub served: usize,
    /// Calls that were refused with 503 and told when to come back.
    pub shed: usize,
    /// Calls that got another answer, as a line of each.
    pub wrong: Vec<String>,
    /// How long the refusals took, the quickest first.
    pub waits: Vec<Duration>,
}

impl Offered {
    /// Calls offered a second.
    pub fn rate(&self) -> f64 {
        self.calls as f64 / self.took.as_secs_f64()
    }

    /// Calls served a second.
    pub fn served_rate(&self) -> f64 {
        self.served as f64 / self.took.as_secs_f64()
    }

    /// How long half of the refusals took at the most.
    pub fn usual_wait(&self) -> Duration {
        self.waits.get(self.waits.len() / 2).copied().unwrap_or_default()
    }
}

/// Offers so many calls a second for so long to a program's port for SIP, from this port.
pub fn offer(from: u16, to: u16, rate: f64, lasting: Duration) -> Offered {
    let socket = UdpSocket::bind(("127.0.0.1", from)).unwrap();
    socket.connect(("127.0.0.1", to)).unwrap();
    socket.set_nonblocking(true).unwrap();
    let mut flood = Flood { socket, from, to, begun: vec![], answered: vec![], offered: Offered::default() };
    let begun = Instant::now();
    while begun.elapsed() < lasting {
        let due = (begun.elapsed().as_secs_f64() * rate) as usize;
        while flood.begun.len() < due {
            flood.call();
        }
        flood.listen();
        std::thread::sleep(STEP);
    }
    flood.offered.took = begun.elapsed();
    let over = Instant::now();
    while over.elapsed() < AFTERMATH {
        flood.listen();
        std::thread::sleep(STEP);
    }
    let mut offered = flood.offered;
    offered.calls = flood.begun.len();
    offered.waits.sort();
    offered
}

struct Flood {
    socket: UdpSocket,
    from: u16,
    to: u16,
    /// When each call was begun.
    begun: Vec<Instant>,
    /// The answers to a call may come again: only the first counts.
    answered: Vec<bool>,
    offered: Offered,
}

impl Flood {
    fn call(&mut self) {
        let number = self.begun.len();
        let contact = format!("Contact: <sip:caller@127.0.0.1:{}>\r\n", self.from);
        self.send("INVITE", number, &format!("<sip:999@127.0.0.1:{}>", self.to), &contact);
        self.begun.push(Instant::now());
        self.answered.push(false);
    }

    fn send(&self, method: &str, number: usize, called: &str, more: &str) {
        let Self { from, to, .. } = self;
        let message = format!(
            "{method} sip:999@127.0.0.1:{to} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{from};rport;branch=z9hG4bK{from}-{number}\r\n\
             From: <sip:caller@127.0.0.1:{from}>;tag=t{number}\r\nTo: {called}\r\nCall-ID: {number}@{from}\r\n\
             CSeq: 1 {method}\r\nMax-Forwards: 70\r\n{more}Content-Length: 0\r\n\r\n"
        );
        // What does not fit is lost, as on any network.
        let _ = self.socket.send(message.as_bytes());
    }

    /// Takes in all answers that have come.
    fn listen(&mut self) {
        let mut buffer = [0; 2_048];
        while let Ok(length) = self.socket.recv(&mut buffer) {
            self.answer(&String::from_utf8_lossy(&buffer[..length]));
        }
    }

    fn answer(&mut self, text: &str) {
        let header = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
        let number = header("Call-ID: ").and_then(|id| id.split_once('@')?.0.parse::<usize>().ok());
        let (Some(number), Some(called)) = (number, header("To: ")) else { return };
        if text.starts_with("SIP/2.0 1") {
            return;
        }
        self.send("ACK", number, called, "");
        if std::mem::replace(&mut self.answered[number], true) {
            return;
        }
        let has_time = header("Retry-After: ").is_some_and(|after| after.trim().parse::<u32>().is_ok());
        if text.starts_with("SIP/2.0 503 ") && has_time {
            self.offered.shed += 1;
            self.offered.waits.push(self.begun[number].elapsed());
        } else if text.starts_with("SIP/2.0 404 ") {
            self.offered.served += 1;
        } else {
            self.offered.wrong.push(text.lines().next().unwrap_or_default().to_owned());
        }
    }
}
