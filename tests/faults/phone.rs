//! A telephone of bare sockets: cheap enough for a crowd, and it bears that the other side is gone.

use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hovor::entropy::Entropy;

use crate::wire::{Dialog, Received, authorization, description};

/// A request that is not answered is sent again after this long (T1 of RFC 3261).
const T1: Duration = Duration::from_millis(500);
const FRAME: Duration = Duration::from_millis(20);

/// How an attempt to call somebody ended without a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failed {
    Refused(u16),
    /// We gave up while it rang.
    Cancelled,
    /// Nobody answered at all.
    Silence,
}

/// How a conversation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    ByThem,
    TimeIsUp,
}

/// A number for each call and transaction of all phones: the system may give the port of one that is gone to another one,
/// whose calls must not look like those of before.
fn next() -> u64 {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    COUNT.fetch_add(1, Ordering::Relaxed)
}

pub struct Phone {
    pub user: String,
    sip: UdpSocket,
    rtp: UdpSocket,
    server: SocketAddr,
    pub random: Entropy,
    /// Packets of sound since the phone was made.
    pub sent: u32,
    pub received: u32,
}

impl Phone {
    /// A phone of this user that speaks with the program at this port.
    pub fn new(user: &str, server: u16, seed: u64) -> Self {
        let [sip, rtp] = [(), ()].map(|()| UdpSocket::bind(("127.0.0.1", 0)).unwrap());
        sip.set_read_timeout(Some(Duration::from_millis(10))).unwrap();
        rtp.set_nonblocking(true).unwrap();
        let (server, random) = (([127, 0, 0, 1], server).into(), Entropy::from_number(seed));
        Self { user: user.to_owned(), sip, rtp, server, random, sent: 0, received: 0 }
    }

    /// A length of time up to this one.
    pub fn up_to(&mut self, longest: Duration) -> Duration {
        longest.mul_f64(f64::from(self.random.u32()) / f64::from(u32::MAX))
    }

    fn port(&self) -> u16 {
        self.sip.local_addr().unwrap().port()
    }

    pub fn send(&self, text: &str) {
        // A program that was killed refuses: that is seen in what does not come back.
        let _ = self.sip.send_to(text.as_bytes(), self.server);
    }

    /// The next message, if one comes at once.
    pub fn receive(&self) -> Option<Received> {
        let mut buffer = [0; 8192];
        let (length, _) = self.sip.recv_from(&mut buffer).ok()?;
        Some(Received(String::from_utf8_lossy(&buffer[..length]).into_owned()))
    }

    /// A request of a dialog. An ACK of a refusal, and CANCEL, have the branch of their INVITE.
    fn request(&self, method: &str, dialog: &Dialog, branch: &str, lines: &str, body: &str) -> String {
        let (own, user) = (self.port(), &self.user);
        format!(
            "{method} {} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{own};rport;branch=z9hG4bK{branch}\r\n\
             From: {}\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: {} {method}\r\nMax-Forwards: 70\r\n\
             Contact: <sip:{user}@127.0.0.1:{own}>\r\n{lines}Content-Length: {}\r\n\r\n{body}",
            dialog.target,
            dialog.own,
            dialog.peer,
            dialog.call_id,
            dialog.cseq,
            body.len()
        )
    }

    fn branch(&mut self) -> String {
        format!("{}x{}", self.random.token(8), next())
    }

    fn dialog(&mut self, number: &str) -> Dialog {
        let (own, count, token) = (self.port(), next(), self.random.token(8));
        let target = format!("sip:{number}@{}", self.server);
        Dialog {
            call_id: format!("{own}-{count}-{token}"),
            own: format!("<sip:{}@127.0.0.1:{own}>;tag={token}", self.user),
            peer: format!("<{target}>"),
            target,
            cseq: 1,
            rtp: None,
        }
    }

    /// Registers; whether that went well.
    pub fn register(&mut self, password: &str) -> bool {
        let mut dialog = self.dialog(&self.user.clone());
        dialog.target = format!("sip:{}", self.server);
        dialog.peer = dialog.own.split(';').next().unwrap_or_default().to_owned();
        let uri = dialog.target.clone();
        let mut lines = "Expires: 120\r\n".to_owned();
        for _ in 0..2 {
            let branch = self.branch();
            self.send(&self.request("REGISTER", &dialog, &branch, &lines, ""));
            let begun = Instant::now();
            let answer = loop {
                match self.receive() {
                    Some(answer) if answer.method() == "REGISTER" => break answer,
                    Some(other) => self.polite(&other),
                    None if begun.elapsed() > 2 * T1 => return false,
                    None => {}
                }
            };
            let Some(401) = answer.status() else { return answer.status() == Some(200) };
            let Some(proof) = authorization(&answer, &self.user, password, &uri) else { return false };
            lines.push_str(&proof);
            dialog.cseq += 1;
        }
        false
    }

    /// Calls a number. Gives up after `gives_up` of ringing, and waits no longer than `patience` in all.
    pub fn call(
        &mut self,
        number: &str,
        patience: Duration,
        gives_up: Option<Duration>,
    ) -> Result<Dialog, Failed> {
        let (mut dialog, branch) = (self.dialog(number), self.branch());
        let lines = "Content-Type: application/sdp\r\n";
        let body = description(self.rtp.local_addr().unwrap().port());
        let invite = self.request("INVITE", &dialog, &branch, lines, &body);
        self.send(&invite);
        let (begun, mut again) = (Instant::now(), T1);
        let (mut rings, mut cancelled) = (false, false);
        while begun.elapsed() < patience {
            if let Some(message) = self.receive() {
                let is_answer = message.header("Call-ID") == dialog.call_id && message.method() == "INVITE";
                match message.status().filter(|_| is_answer) {
                    Some(100..200) => rings = true,
                    Some(200..300) => {
                        dialog.peer = message.header("To").to_owned();
                        (dialog.target, dialog.rtp) = (message.contact(), message.rtp());
                        self.acknowledge(&dialog);
                        if cancelled {
                            self.hang_up(&dialog);
                            return Err(Failed::Cancelled);
                        }
                        return Ok(dialog);
                    }
                    Some(status) => {
                        dialog.peer = message.header("To").to_owned();
                        self.send(&self.request("ACK", &dialog, &branch, "", ""));
                        return Err(if cancelled { Failed::Cancelled } else { Failed::Refused(status) });
                    }
                    None => self.polite(&message),
                }
            }
            if !rings && begun.elapsed() >= again {
                self.send(&invite);
                again *= 2;
            }
            if rings && !cancelled && gives_up.is_some_and(|after| begun.elapsed() >= after) {
                cancelled = true;
                self.send(&self.request("CANCEL", &dialog, &branch, "", ""));
            }
        }
        Err(Failed::Silence)
    }

    fn acknowledge(&mut self, dialog: &Dialog) {
        let branch = self.branch();
        self.send(&self.request("ACK", dialog, &branch, "", ""));
    }

    /// Says something for so long, or until they hang up.
    pub fn talk(&mut self, dialog: &Dialog, time: Duration) -> Ended {
        let begun = Instant::now();
        let mut next = begun;
        while begun.elapsed() < time {
            self.say(dialog);
            next += FRAME;
            while let Some(message) = self.receive() {
                self.polite(&message);
                if message.method() == "BYE" && message.header("Call-ID") == dialog.call_id {
                    return Ended::ByThem;
                }
            }
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
        }
        Ended::TimeIsUp
    }

    /// Sends one packet of sound, and counts what has come.
    fn say(&mut self, dialog: &Dialog) {
        let payload = [0x80, 8];
        let mut packet = [&payload[..], &(self.sent as u16).to_be_bytes()].concat();
        packet.extend((self.sent * 160).to_be_bytes());
        packet.extend(u32::from(self.port()).to_be_bytes());
        // A square wave of 500 Hz that comes and goes four times a second, as syllables do.
        let is_loud = (self.sent / 6).is_multiple_of(2);
        packet.extend((0..160_u8).map(|n| match is_loud {
            true if n / 8 % 2 == 0 => 0x35,
            true => 0xb5,
            false => 0x55,
        }));
        if let Some(port) = dialog.rtp {
            let _ = self.rtp.send_to(&packet, ("127.0.0.1", port));
        }
        self.sent += 1;
        let mut buffer = [0; 2048];
        while self.rtp.recv_from(&mut buffer).is_ok() {
            self.received += 1;
        }
    }

    /// Presses a key (RFC 4733).
    pub fn press(&mut self, dialog: &Dialog, key: u8) {
        let Some(port) = dialog.rtp else { return };
        for (n, end) in [0_u16, 1, 2, 3, 3, 3].into_iter().zip([0, 0, 0, 0x80, 0x80, 0x80]) {
            let mut packet = [&[0x80, 101][..], &(self.sent as u16).to_be_bytes()].concat();
            packet.extend(0x7000_0000_u32.to_be_bytes());
            packet.extend(u32::from(self.port()).to_be_bytes());
            packet.extend([key, end | 10]);
            packet.extend(((n + 1) * 160).to_be_bytes());
            let _ = self.rtp.send_to(&packet, ("127.0.0.1", port));
            self.sent += 1;
        }
    }

    /// Ends a conversation; whether the other side took notice.
    pub fn hang_up(&mut self, dialog: &Dialog) -> bool {
        let bye = Dialog { cseq: dialog.cseq + 1, ..dialog.clone() };
        let branch = self.branch();
        let bye = self.request("BYE", &bye, &branch, "", "");
        for _ in 0..3 {
            self.send(&bye);
            let sent = Instant::now();
            while sent.elapsed() < T1 {
                match self.receive() {
                    Some(answer) if answer.status().is_some() && answer.method() == "BYE" => return true,
                    Some(message) => self.polite(&message),
                    None => {}
                }
            }
        }
        false
    }

    /// Answers requests that nobody has to think about.
    pub fn polite(&self, message: &Received) {
        if message.status().is_some() || message.method() == "ACK" {
            return;
        }
        let status = match message.method() {
            "BYE" | "CANCEL" | "OPTIONS" => "200 OK",
            "INVITE" => "486 Busy Here",
            _ => "405 Method Not Allowed",
        };
        let to = message.header("To");
        let tag = if to.contains("tag=") { "" } else { ";tag=b" };
        self.send(&message.answer(status, &format!("{to}{tag}"), "", ""));
    }

    /// Lets a call that came in ring so long, and takes it unless `refuses`. Gives the dialog once it stands.
    pub fn take(&mut self, invite: &Received, rings: Duration, refuses: bool) -> Option<Dialog> {
        let own = format!("{};tag={}", invite.header("To"), self.random.token(8));
        self.send(&invite.answer("180 Ringing", &own, "", ""));
        let (call_id, begun) = (invite.header("Call-ID"), Instant::now());
        while begun.elapsed() < rings {
            let Some(message) = self.receive() else { continue };
            let is_ours = message.header("Call-ID") == call_id;
            match message.method() {
                "CANCEL" if is_ours => {
                    self.polite(&message);
                    self.send(&invite.answer("487 Request Terminated", &own, "", ""));
                    return None;
                }
                "INVITE" if is_ours => {}
                _ => self.polite(&message),
            }
        }
        if refuses {
            self.send(&invite.answer("486 Busy Here", &own, "", ""));
            return None;
        }
        let lines = format!(
            "Contact: <sip:{}@127.0.0.1:{}>\r\nContent-Type: application/sdp\r\n",
            self.user,
            self.port()
        );
        let body = description(self.rtp.local_addr().unwrap().port());
        let answer = invite.answer("200 OK", &own, &lines, &body);
        for _ in 0..6 {
            self.send(&answer);
            let sent = Instant::now();
            while sent.elapsed() < T1 {
                let Some(message) = self.receive() else { continue };
                let is_ours = message.header("Call-ID") == call_id;
                match message.method() {
                    "ACK" if is_ours => {
                        return Some(Dialog {
                            call_id: call_id.to_owned(),
                            own,
                            peer: invite.header("From").to_owned(),
                            target: invite.contact(),
                            cseq: 1,
                            rtp: invite.rtp(),
                        });
                    }
                    "INVITE" if is_ours => {}
                    "CANCEL" | "BYE" if is_ours => {
                        self.polite(&message);
                        return None;
                    }
                    _ => self.polite(&message),
                }
            }
        }
        None
    }
}
