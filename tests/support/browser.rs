//! A telephone in a browser: `browser.mjs`, which drives Chromium, spoken to in lines of JSON.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use super::audio::Sound;
use super::folder::Folder;
use super::phone::{Moment, Over, Phone, Setup};
use super::process::Process;
use super::wait_for;

pub struct Browser {
    process: Mutex<Process>,
    folder: Folder,
    user: String,
    said: Arc<Mutex<Vec<Value>>>,
}

/// Of what the page's telephone is made.
#[derive(Clone, Copy, Debug)]
pub enum Stack {
    JsSip,
    SipJs,
}

impl Browser {
    /// Registers over a WebSocket; the setup's registrar is the port of the web server.
    pub fn start(setup: Setup, stack: Stack) -> Self {
        let folder = Folder::new(&format!("browser-{}", setup.user));
        // Browsers speak at 48 kHz, and take a file of that rate as it is.
        setup.says.at(48_000).write(&folder.join("says.wav"));
        let (port, password) = setup.registrar.expect("a browser registers");
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let settings = json!({
            "stack": match stack { Stack::JsSip => "jssip", Stack::SipJs => "sipjs" },
            "user": setup.user, "port": port, "password": password, "auto_answer": setup.auto_answer,
            "has_udp": setup.has_udp, "says": folder.join("says.wav"), "tools": here.join("target/test-tools/browser"),
            "chromium": "/usr/bin/chromium",
        });
        let mut command = Command::new("node");
        command.arg(here.join("tests/support/browser.mjs")).arg(settings.to_string());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = Process::start_with(&mut command, &folder.join("log"));
        let said: Arc<Mutex<Vec<Value>>> = Arc::default();
        let (lines, heard) =
            (BufReader::new(process.child().stdout.take().unwrap()).lines(), Arc::clone(&said));
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                heard.lock().unwrap().extend(serde_json::from_str::<Value>(&line).ok());
            }
        });
        let phone = Self { process: Mutex::new(process), folder, user: setup.user, said };
        phone.wait_for_within(Moment::Registered, 1, Duration::from_secs(30));
        phone
    }

    fn command(&self, command: &Value) {
        let mut process = self.process.lock().unwrap();
        let stdin = process.child().stdin.as_mut().unwrap();
        stdin.write_all(format!("{command}\n").as_bytes()).unwrap();
    }

    /// Everything the phone has said so far.
    pub fn events(&self) -> Vec<Value> {
        self.said.lock().unwrap().clone()
    }

    /// What the browser counts of its call.
    #[track_caller]
    pub fn statistics(&self) -> Value {
        let before = self.number_of("stats");
        self.command(&json!({ "do": "stats" }));
        self.wait_for_next("stats", before)
    }

    /// Waits until it has said this.
    #[track_caller]
    pub fn wait_for_event(&self, event: &str) {
        self.wait_for_next(event, 0);
    }

    fn number_of(&self, event: &str) -> usize {
        self.events().iter().filter(|said| said["event"] == event).count()
    }

    #[track_caller]
    fn wait_for_next(&self, event: &str, before: usize) -> Value {
        wait_for(&format!("the browser's {event}"), Duration::from_secs(10), || {
            self.events().into_iter().filter(|said| said["event"] == event).nth(before)
        })
    }
}

impl Phone for Browser {
    fn user(&self) -> &str {
        &self.user
    }

    fn sip_port(&self) -> u16 {
        panic!("nobody reaches a browser at a port")
    }

    fn over(&self) -> Over {
        Over::Tcp
    }

    fn dial(&mut self, uri: &str) {
        self.dial_exactly(uri);
    }

    fn dial_exactly(&mut self, uri: &str) {
        self.command(&json!({ "do": "call", "uri": uri }));
    }

    fn accept(&mut self) {
        self.command(&json!({ "do": "answer" }));
    }

    fn hangup(&mut self) {
        self.command(&json!({ "do": "hangup" }));
    }

    fn hold(&mut self) {
        self.command(&json!({ "do": "hold" }));
    }

    fn resume(&mut self) {
        self.command(&json!({ "do": "resume" }));
    }

    fn press(&mut self, keys: &str) {
        self.command(&json!({ "do": "dtmf", "keys": keys }));
    }

    fn count(&self, moment: Moment) -> usize {
        let happened = |event: &Value| match moment {
            Moment::Registered => event["event"] == "registered",
            Moment::Incoming => event["event"] == "incoming",
            Moment::Ringing => event["event"] == "progress" && event["role"] == "caller",
            Moment::Established => event["event"] == "confirmed",
            Moment::Closed => event["event"] == "closed",
        };
        self.events().iter().filter(|event| happened(event)).count()
    }

    fn ending(&self) -> String {
        let events = self.events();
        let last = events.iter().rfind(|event| event["event"] == "closed");
        last.map(|event| format!("{} {}", event["status"], event["cause"])).unwrap_or_default()
    }

    fn keys_received(&self) -> String {
        String::new()
    }

    /// What it has heard in the last call, at 8 kHz.
    fn heard(&self, _call: usize) -> Sound {
        let (before, file) = (self.number_of("heard"), self.folder.join("heard.wav"));
        self.command(&json!({ "do": "heard", "file": file }));
        self.wait_for_next("heard", before);
        Sound::read(&file).at_8_khz()
    }
}
