//! Somebody at the pages of the workspace: `seat.mjs`, which drives a Chromium, spoken to in lines of JSON.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use super::audio::Sound;
use super::elsewhere::{Elsewhere, HERE};
use super::folder::Folder;
use super::hovor::{Hovor, PASSWORD};
use super::process::Process;

/// Where pictures of the documentation are; they are made anew with `HOVOR_GOLDEN=write`.
const PICTURES: &str = "docs/images";

pub struct Seat {
    process: Process,
    folder: Folder,
    replies: Lines<BufReader<ChildStdout>>,
    asked: u64,
    name: String,
}

impl Seat {
    /// A browser with a microphone that hears this, before the first page.
    pub fn take(hovor: &Hovor, name: &str, says: &Sound) -> Self {
        let url = format!("http://127.0.0.1:{}/", hovor.http_port);
        Self::sit_down(Command::new("node"), (name, says), (&url, &[]))
    }

    /// A client's browser, at a page of the program that needs no login.
    pub fn visit(hovor: &Hovor, name: &str, path: &str) -> Self {
        let url = format!("http://127.0.0.1:{}{path}", hovor.http_port);
        let mut seat = Self::sit_down(Command::new("node"), (name, &Sound::voice(95, 5.0)), (&url, &[]));
        seat.asks(json!({ "do": "open" }));
        seat
    }

    /// The same on another machine, which knows this name and trusts whoever has this certificate.
    pub fn take_there(
        there: &mut Elsewhere,
        name: &str,
        says: &Sound,
        (host, port): (&str, u16),
        pin: &str,
    ) -> Self {
        let arguments = [
            format!("--host-resolver-rules=MAP {host} {HERE}"),
            format!("--ignore-certificate-errors-spki-list={pin}"),
        ];
        Self::sit_down(there.command("node"), (name, says), (&format!("https://{host}:{port}/"), &arguments))
    }

    fn sit_down(
        mut command: Command,
        (name, says): (&str, &Sound),
        (url, arguments): (&str, &[String]),
    ) -> Self {
        let folder = Folder::new(&format!("seat-{name}"));
        // Browsers speak at 48 kHz, and take a file of that rate as it is.
        says.at(48_000).write(&folder.join("says.wav"));
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let settings = json!({
            "url": url, "arguments": arguments, "says": folder.join("says.wav"), "chromium": "/usr/bin/chromium",
            "tools": here.join("target/test-tools/browser"), "axe": here.join("web/node_modules/axe-core/axe.min.js"),
        });
        command.arg(here.join("tests/support/seat.mjs")).arg(settings.to_string());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = Process::start_with(&mut command, &folder.join("log"));
        let replies = BufReader::new(process.child().stdout.take().unwrap()).lines();
        Self { process, folder, replies, asked: 0, name: name.to_owned() }
    }

    /// Has something done, and waits until it is.
    #[track_caller]
    pub fn asks(&mut self, mut command: Value) -> Value {
        self.asked += 1;
        command["id"] = self.asked.into();
        let stdin = self.process.child().stdin.as_mut().unwrap();
        stdin.write_all(format!("{command}\n").as_bytes()).unwrap();
        loop {
            let line = self.replies.next().and_then(Result::ok);
            let line =
                line.unwrap_or_else(|| panic!("{}'s browser is gone: {}", self.name, self.process.log()));
            let mut reply: Value = serde_json::from_str(&line).unwrap();
            if reply["id"] == self.asked {
                assert!(
                    reply.get("error").is_none(),
                    "{} {command}: {}",
                    self.name,
                    reply["error"].as_str().unwrap()
                );
                return reply["value"].take();
            }
        }
    }

    /// Comes to the login page.
    #[track_caller]
    pub fn opens(&mut self) {
        self.asks(json!({ "do": "open" }));
        self.sees("input[autocomplete=username]");
    }

    #[track_caller]
    pub fn logs_in(&mut self, password: &str) {
        let name = self.name.clone();
        self.asks(json!({ "do": "fill", "selector": "input[autocomplete=username]", "text": name }));
        self.asks(
            json!({ "do": "fill", "selector": "input[autocomplete=current-password]", "text": password }),
        );
        self.presses("Enter");
    }

    /// Logs in, and has a telephone.
    #[track_caller]
    pub fn is_ready(&mut self) {
        self.opens();
        self.logs_in(PASSWORD);
        self.sees(".handset .ready");
    }

    #[track_caller]
    pub fn clicks(&mut self, selector: &str) {
        self.asks(json!({ "do": "click", "selector": selector }));
    }

    #[track_caller]
    pub fn presses(&mut self, keys: &str) {
        self.asks(json!({ "do": "press", "keys": keys }));
    }

    #[track_caller]
    pub fn sees(&mut self, selector: &str) {
        self.asks(json!({ "do": "wait", "selector": selector }));
    }

    #[track_caller]
    pub fn sees_no_more(&mut self, selector: &str) {
        self.asks(json!({ "do": "wait", "selector": selector, "state": "detached" }));
    }

    #[track_caller]
    pub fn count(&mut self, selector: &str) -> u64 {
        self.asks(json!({ "do": "count", "selector": selector })).as_u64().unwrap()
    }

    /// Whom the call is handed to, or asked in: by a name in a list.
    #[track_caller]
    pub fn chooses(&mut self, tab: &str, name: &str) {
        self.sees("dialog");
        self.clicks(&format!("dialog [role=tab]:has-text('{tab}')"));
        self.clicks(&format!("dialog [role=option]:has-text('{name}')"));
    }

    /// Nothing is seriously wrong for people who use a keyboard or a screen reader; and the page is photographed.
    #[track_caller]
    pub fn looks(&mut self, picture: &str) {
        let found = self.asks(json!({ "do": "axe" }));
        assert_eq!(found, json!([]), "{picture}: faults by axe");
        for theme in ["light", "dark"] {
            let file = self.picture(&format!("{picture}-{theme}.png"));
            self.asks(json!({ "do": "shot", "file": file, "theme": theme }));
            assert!(std::fs::metadata(&file).is_ok_and(|file| file.len() > 4_000), "{picture} is empty");
        }
    }

    fn picture(&self, name: &str) -> PathBuf {
        let anew = std::env::var("HOVOR_GOLDEN").is_ok_and(|value| value == "write");
        match anew {
            true => Path::new(env!("CARGO_MANIFEST_DIR")).join(PICTURES).join(name),
            false => self.folder.join(name),
        }
    }

    /// Listens anew.
    #[track_caller]
    pub fn listens(&mut self) {
        self.asks(json!({ "do": "listen" }));
    }

    /// What was played since then, at 8 kHz.
    #[track_caller]
    pub fn heard(&mut self) -> Sound {
        let file = self.folder.join("heard.wav");
        self.asks(json!({ "do": "heard", "file": file }));
        Sound::read(&file).at_8_khz()
    }

    /// By what its sound goes: `udp` or `tcp`.
    #[track_caller]
    pub fn protocol(&mut self) -> Value {
        self.asks(json!({ "do": "protocol" }))
    }

    /// Calls a number by the keys of the page.
    #[track_caller]
    pub fn dials(&mut self, number: &str) {
        self.presses("d");
        self.asks(json!({ "do": "fill", "selector": "[aria-describedby=dial-hint]", "text": number }));
        self.presses("Enter");
    }

    /// What the server answers the page.
    #[track_caller]
    pub fn fetches(&mut self, path: &str) -> (u64, Value) {
        let mut reply = self.asks(json!({ "do": "fetch", "path": path }));
        (reply["status"].as_u64().unwrap(), reply["body"].take())
    }

    /// Milliseconds between two moments that its page noted.
    #[track_caller]
    pub fn took(&mut self, from: &str, to: &str) -> f64 {
        let times = self.asks(json!({ "do": "times" }));
        times[to].as_f64().unwrap_or(f64::NAN) - times[from].as_f64().unwrap_or(f64::NAN)
    }
}
