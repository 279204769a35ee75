//! A company that bans whoever fails too often, this machine included, with one operator and her phone.

use std::io::Write;
use std::net::UdpSocket;
use std::process::Stdio;
use std::time::{Duration, Instant};

use hovor::sip::digest::{self, Login};
use hovor::sip::message::{Message, Method};

use crate::company::Company;
use crate::support::http;

pub const SECRET: &str = "correct-horse-battery";

/// A company whose `anna` has the phone `201`.
pub fn victim(options: &[&str]) -> Company {
    let mut company = Company::new();
    let process = company.start(&[&["serve", "--never-ban", "none"][..], options].concat());
    company.process = Some(process);
    company.wait_until_it_serves();
    says(&company, &["tenant", "add", "harbour", "--country", "CZ"]);
    says(&company, &["number", "add", "+420200000100", "--tenant", "harbour", "--short", "100"]);
    says(&company, &["user", "add", "anna", "--extension", "201", "--role", "harbour=operator"]);
    let mut device = company.hovor(&["device", "add", "anna", "--secret-stdin"]);
    let mut child = device.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(format!("{SECRET}\n").as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    company
}

/// What a command prints, which must succeed.
#[track_caller]
pub fn says(company: &Company, arguments: &[&str]) -> String {
    let output = company.hovor(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "hovor {arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// The value of a metric with its labels, as it stands in the text.
pub fn metric(company: &Company, name: &str) -> f64 {
    let text = http::request(company.http_port, "GET", "/metrics", &[], "").unwrap().body;
    let line = text.lines().find(|line| line.starts_with(&format!("{name} ")));
    line.and_then(|line| line.rsplit(' ').next()?.parse().ok())
        .unwrap_or_else(|| panic!("no {name} in {text}"))
}

/// A bare socket that speaks SIP.
pub struct Wire {
    socket: UdpSocket,
    number: u32,
}

impl Wire {
    pub fn to(port: u16) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.connect(("127.0.0.1", port)).unwrap();
        Self { socket, number: 0 }
    }

    pub fn port(&self) -> u16 {
        self.socket.local_addr().unwrap().port()
    }

    /// A request of a dialog of its own.
    pub fn text(&mut self, method: &str, user: &str, lines: &str) -> String {
        self.number += 1;
        let (own, number) = (self.port(), self.number);
        format!(
            "{method} sip:{user}@127.0.0.1 SIP/2.0\r\n\
             Via: SIP/2.0/UDP 127.0.0.1:{own};rport;branch=z9hG4bK{own}x{number}\r\n\
             From: <sip:{user}@127.0.0.1>;tag=t{number}\r\nTo: <sip:{user}@127.0.0.1>\r\n\
             Call-ID: {own}-{number}\r\nCSeq: {number} {method}\r\nMax-Forwards: 70\r\n\
             Contact: <sip:{user}@127.0.0.1:{own}>\r\n{lines}Content-Length: 0\r\n\r\n"
        )
    }

    pub fn send(&self, text: &str) {
        self.socket.send(text.as_bytes()).unwrap();
    }

    /// The next message within a while.
    pub fn receive(&self, patience: Duration) -> Option<String> {
        let mut buffer = [0; 4096];
        self.socket.set_read_timeout(Some(patience)).unwrap();
        let length = self.socket.recv(&mut buffer).ok()?;
        Some(String::from_utf8_lossy(&buffer[..length]).into_owned())
    }

    /// The answer to a request, with the time that it took; none within half a second is none.
    pub fn ask(&mut self, method: &str, user: &str, lines: &str) -> Option<(String, Duration)> {
        let text = self.text(method, user, lines);
        let begun = Instant::now();
        self.send(&text);
        Some((self.receive(Duration::from_millis(500))?, begun.elapsed()))
    }

    /// Asks to register with this password; gives the last answer.
    pub fn register(&mut self, user: &str, password: &str) -> Option<(String, Duration)> {
        let (challenge, _) = self.ask("REGISTER", user, "")?;
        let lines = authorization(&challenge, user, password);
        self.ask("REGISTER", user, &lines)
    }
}

/// The header line that answers a challenge to REGISTER.
pub fn authorization(challenge: &str, user: &str, password: &str) -> String {
    let Ok(Message::Response(response)) = Message::parse(challenge.to_owned().into()) else {
        panic!("{challenge}")
    };
    let login = Login { username: user.into(), password: password.into() };
    let uri = format!("sip:{user}@127.0.0.1");
    let answers = digest::answer(&response.headers, &login, &Method::Register, &uri, "c0ffee");
    let (name, value) = answers.first().unwrap_or_else(|| panic!("nothing is asked: {challenge}"));
    format!("{name}: {value}\r\n")
}

/// The status of an answer.
pub fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("{answer}"))
}
