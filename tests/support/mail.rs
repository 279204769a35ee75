//! A mail server on this machine: `smtp_sink.py`, which prints the mails that it takes.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use super::folder::Folder;
use super::process::Process;
use super::tls::Files;
use super::wait_for;

pub struct MailServer {
    // Ends before its folder is removed.
    process: Process,
    _folder: Folder,
    said: Arc<Mutex<Vec<Value>>>,
}

impl MailServer {
    /// Takes mails of everybody at this port.
    pub fn start(port: u16) -> Self {
        Self::start_with(json!({ "port": port, "certificate": null, "user": null, "password": null }))
    }

    /// Takes mails at this port over TLS alone, of whoever logs in so.
    pub fn start_guarded(port: u16, files: &Files, (user, password): (&str, &str)) -> Self {
        let certificate = [&files.certificate, &files.key];
        Self::start_with(
            json!({ "port": port, "certificate": certificate, "user": user, "password": password }),
        )
    }

    fn start_with(settings: Value) -> Self {
        let folder = Folder::new("mail");
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut command = Command::new(here.join("target/test-tools/venv/bin/python"));
        command.arg(here.join("tests/support/smtp_sink.py")).arg(settings.to_string());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = Process::start_with(&mut command, &folder.join("log"));
        let said: Arc<Mutex<Vec<Value>>> = Arc::default();
        let lines = BufReader::new(process.child().stdout.take().unwrap()).lines();
        let heard = Arc::clone(&said);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                heard.lock().unwrap().extend(serde_json::from_str::<Value>(&line).ok());
            }
        });
        let mut server = Self { process, _folder: folder, said };
        wait_for("the mail server to be ready", Duration::from_secs(20), || {
            assert!(server.process.has_ended().is_none(), "the mail server does not start");
            (!server.said.lock().unwrap().is_empty()).then_some(())
        });
        server
    }

    /// The mails so far.
    pub fn mails(&self) -> Vec<Value> {
        self.said.lock().unwrap().iter().skip(1).cloned().collect()
    }

    /// The first mail, when it is there.
    #[track_caller]
    pub fn wait_for_mail(&self, limit: Duration) -> Value {
        wait_for("a mail", limit, || self.mails().into_iter().next())
    }
}
