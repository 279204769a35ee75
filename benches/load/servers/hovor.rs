//! hovor: a company of its own, set up by its commands, with a trunk that calls and a trunk that is called.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::clock;
use crate::ports;
use crate::process::{Folder, Process};

/// The number that is connected with the callees' trunk.
pub const PARTY: &str = "+420200000100";
/// The same, and what is said is recorded.
pub const RECORDED: &str = "+420200000102";
/// The number where music is played for ever.
pub const MUSIC: &str = "+420200000101";
/// The secret of all phones.
pub const SECRET: &str = "a-secret-for-measuring";

/// What callers meet.
const DIALPLAN: &str = r#"tenant = "load"

[numbers]
"+420200000100" = "party"
"+420200000101" = "on-hold"
"+420200000102" = "party"

[party]
dial = "+420999000001"
else = "hangup"

[on-hold]
play   = "music/harbour"
repeat = true
"#;

/// The number of an open room.
pub fn room(index: usize) -> String {
    format!("+4202000{:05}", 10_000 + index)
}

fn dialplan(rooms: &[String]) -> String {
    if rooms.is_empty() {
        return DIALPLAN.to_owned();
    }
    let numbers: String = rooms.iter().map(|room| format!("\"{room}\" = \"room\"\n")).collect();
    DIALPLAN.replace("[numbers]\n", &format!("[numbers]\n{numbers}")) + ROOM
}

/// What callers of a room's number meet.
const ROOM: &str = r#"
[room]
conference = "{dialled}"
"#;

/// A data folder with the company, used by one program after the other.
pub struct Company {
    folder: Folder,
    program: PathBuf,
}

impl Company {
    /// Sets the company up, with so many phones and open rooms.
    pub fn new(phones: usize, rooms: usize) -> Result<Self, String> {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_hovor"));
        let company = Self { folder: Folder::new("hovor")?, program };
        company.command(&["init", "Load"], "")?;
        let serving = company.start()?;
        company.fill(phones, rooms)?;
        drop(serving);
        Ok(company)
    }

    fn fill(&self, phones: usize, rooms: usize) -> Result<(), String> {
        let (callers, callees) = (ports::CALLERS.to_string(), ports::CALLEES.to_string());
        let trunk = ["--host", "127.0.0.1", "--transport", "udp", "--options", "0"];
        // What is usual stops a fraud, and a measurement.
        self.command(&["tenant", "add", "load", "--max-calls", "5000"], "")?;
        let rooms: Vec<String> = (0..rooms).map(room).collect();
        for number in [PARTY, MUSIC, RECORDED].into_iter().chain(rooms.iter().map(String::as_str)) {
            self.command(&["number", "add", number, "--tenant", "load"], "")?;
        }
        self.command(&["number", "set", RECORDED, "--record", "on"], "")?;
        for (name, port, prefix) in [("callers", &callers, "+1"), ("callees", &callees, "+420999")] {
            let ends = ["trunk", "add", name, "--port", port, "--prefix", prefix];
            self.command(&[&ends[..], &trunk].concat(), "")?;
        }
        for user in users(phones) {
            self.command(
                &["user", "add", &format!("u{user}"), "--extension", &user, "--role", "load=operator"],
                "",
            )?;
            self.command(&["device", "add", &format!("u{user}"), "--secret-stdin"], SECRET)?;
        }
        self.folder.write("data/dialplans/load.toml", &dialplan(&rooms))?;
        self.command(&["dialplan", "reload"], "").map(drop)
    }

    /// Starts the program and waits until it serves, and has read its sounds.
    pub fn serve(&self) -> Result<Hovor, String> {
        let hovor = self.start()?;
        hovor.process.settle()?;
        Ok(hovor)
    }

    fn start(&self) -> Result<Hovor, String> {
        let (first, last) = ports::RTP;
        let mut command = Command::new(&self.program);
        command
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("HOVOR_LOG", "warn")
            .args(["serve", "--sip", &format!("127.0.0.1:{}", ports::SERVER)])
            .args(["--http", &format!("127.0.0.1:{}", ports::HTTP)])
            .args(["--rtp-ports", &format!("{first}-{last}"), "--stop-wait", "0"])
            .arg("--data")
            .arg(self.data());
        let mut process = Process::start(&mut command, &self.folder.join("log"))?;
        process.wait_until(|| get("/healthz").is_some())?;
        Ok(Hovor { process })
    }

    /// A widget by which clients come who write, and a token for looking at what they wrote. The program has to run.
    pub fn door(&self) -> Result<Door, String> {
        let listed = self.command(&["widget", "list", "--json"], "")?;
        let known: Value = serde_json::from_str(&listed).map_err(|error| error.to_string())?;
        if known.as_array().is_none_or(Vec::is_empty) {
            self.command(&["group", "add", "writing", "--tenant", "load"], "")?;
            self.command(&["widget", "add", "writing", "--tenant", "load", "--group", "writing"], "")?;
            return self.door();
        }
        let token = self.command(&["token", "add", &format!("load-{:x}", clock::now()), "--json"], "")?;
        let token: Value = serde_json::from_str(&token).map_err(|error| error.to_string())?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Ok(Door { widget: text(&known[0]["id"]), token: text(&token["secret"]) })
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Runs a command of hovor on this company.
    fn command(&self, arguments: &[&str], input: &str) -> Result<String, String> {
        let wrong = |error: std::io::Error| format!("hovor {arguments:?}: {error}");
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .arg("--data")
            .arg(self.data())
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(wrong)?;
        if let Some(mut stdin) = child.stdin.take() {
            // A command that reads nothing has closed it perhaps.
            let _ = stdin.write_all(input.as_bytes());
        }
        let output = child.wait_with_output().map_err(wrong)?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            false => Err(format!("hovor {arguments:?}: {}", String::from_utf8_lossy(&output.stderr))),
        }
    }
}

/// The user names of so many phones.
pub fn users(phones: usize) -> impl Iterator<Item = String> {
    (0..phones).map(|index| (3_000 + index).to_string())
}

/// The program while it runs.
pub struct Hovor {
    pub process: Process,
}

impl Hovor {
    /// The samples of a metric, each with its name and labels.
    pub fn samples(&self, name: &str) -> Vec<(String, f64)> {
        let text = get("/metrics").unwrap_or_default();
        let lines = text
            .lines()
            .filter(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '{', '_'])));
        lines
            .filter_map(|line| {
                let (name, value) = line.rsplit_once(' ')?;
                Some((name.to_owned(), value.parse().ok()?))
            })
            .collect()
    }
}

/// Where clients come who write.
pub struct Door {
    pub widget: String,
    token: String,
}

impl Door {
    /// What the interface for programs says.
    pub fn get(&self, path: &str) -> Result<Value, String> {
        let header = format!("Authorization: Bearer {}\r\n", self.token);
        let body = ask(path, &header).ok_or_else(|| format!("{path}: no answer"))?;
        serde_json::from_str(&body).map_err(|error| format!("{path}: {error}"))
    }
}

/// The body of a page, if the answer is 200.
fn get(path: &str) -> Option<String> {
    ask(path, "")
}

fn ask(path: &str, header: &str) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", ports::HTTP)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: localhost\r\n{header}Connection: close\r\n\r\n").ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    head.split(' ').nth(1).is_some_and(|status| status == "200").then(|| body.to_owned())
}
