//! A PJSIP phone: `pjsua.py`, spoken to in lines of JSON.

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

pub struct Pjsua {
    process: Process,
    folder: Folder,
    sip_port: u16,
    user: String,
    over: Over,
    said: Arc<Mutex<Vec<Value>>>,
}

impl Pjsua {
    pub fn start(setup: Setup) -> Self {
        let folder = Folder::new(&format!("pjsua-{}", setup.user));
        let sip_port = setup.sip_port.unwrap_or_else(|| setup.ports.one());
        setup.says.write(&folder.join("says.wav"));
        let (registrar, password) = setup.registrar.unzip();
        let registers = registrar.is_some();
        let settings = json!({
            "user": setup.user, "registrar": registrar, "password": password, "over": format!("{:?}", setup.over).to_lowercase(),
            "codec": setup.codec, "auto_answer": setup.auto_answer, "says": folder.join("says.wav"),
            "sip_port": sip_port, "rtp_port": setup.ports.several(20), "folder": folder.path(),
            "log": folder.join("pjsip.log"), "ca": setup.ca, "certificate": setup.certificate,
            "srtp": setup.srtp,
        });
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut command = Command::new(here.join("target/test-tools/venv/bin/python"));
        command.arg(here.join("tests/support/pjsua.py")).arg(settings.to_string());
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
        let mut phone = Self { process, folder, sip_port, user: setup.user, over: setup.over, said };
        wait_for("PJSIP to be ready", Duration::from_secs(20), || {
            assert!(phone.process.has_ended().is_none(), "PJSIP does not start");
            phone.events().iter().find(|event| event["event"] == "ready").map(|_| ())
        });
        if registers {
            phone.wait_for(Moment::Registered);
        }
        phone
    }

    pub fn reject(&mut self, status: u16) {
        self.command(json!({ "do": "reject", "code": status }));
    }

    pub fn unregister(&mut self) {
        self.command(json!({ "do": "unregister" }));
    }

    pub fn command(&mut self, command: Value) {
        let stdin = self.process.child().stdin.as_mut().unwrap();
        stdin.write_all(format!("{command}\n").as_bytes()).unwrap();
    }

    /// Everything the phone has said so far.
    pub fn events(&self) -> Vec<Value> {
        self.said.lock().unwrap().clone()
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("pjsip.log")).unwrap_or_default()
    }
}

impl Phone for Pjsua {
    fn user(&self) -> &str {
        &self.user
    }

    fn sip_port(&self) -> u16 {
        self.sip_port
    }

    fn over(&self) -> Over {
        self.over
    }

    fn dial_exactly(&mut self, uri: &str) {
        self.command(json!({ "do": "call", "uri": uri }));
    }

    fn accept(&mut self) {
        self.command(json!({ "do": "answer" }));
    }

    fn hangup(&mut self) {
        self.command(json!({ "do": "hangup" }));
    }

    fn hold(&mut self) {
        self.command(json!({ "do": "hold" }));
    }

    fn resume(&mut self) {
        self.command(json!({ "do": "resume" }));
    }

    fn press(&mut self, keys: &str) {
        self.command(json!({ "do": "dtmf", "keys": keys }));
    }

    fn count(&self, moment: Moment) -> usize {
        let happened = |event: &Value| match moment {
            Moment::Registered => event["event"] == "registration" && event["status"] == 200,
            Moment::Incoming => event["event"] == "incoming",
            Moment::Ringing => event["state"] == "EARLY" && event["role"] == "caller",
            Moment::Established => event["state"] == "CONFIRMED",
            Moment::Closed => event["event"] == "closed",
        };
        self.events().iter().filter(|event| happened(event)).count()
    }

    fn ending(&self) -> String {
        let events = self.events();
        let last = events.iter().rfind(|event| event["state"] == "DISCONNECTED");
        last.map(|event| format!("{} {}", event["status"], event["reason"].as_str().unwrap_or("")))
            .unwrap_or_default()
    }

    fn keys_received(&self) -> String {
        let events = self.events();
        events
            .iter()
            .filter(|event| event["event"] == "dtmf")
            .filter_map(|event| event["key"].as_str())
            .collect()
    }

    fn heard(&self, call: usize) -> Sound {
        Sound::read(&self.folder.join(&format!("heard-{call}.wav")))
    }
}
