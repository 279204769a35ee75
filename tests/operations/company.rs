//! A company that is not the demo's, in a folder and on ports of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::support::folder::Folder;
use crate::support::ports::Ports;
use crate::support::process::Process;
use crate::support::{http, invariants, wait_for};

pub struct Company {
    // Ends before its folder is removed.
    pub process: Option<Process>,
    pub folder: Folder,
    pub ports: Ports,
    pub sip_port: u16,
    pub http_port: u16,
    rtp_port: u16,
}

/// Ports for the sound of forty legs.
const RTP_PORTS: u16 = 80;
/// How long a start or its failure may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

impl Company {
    /// Nothing but a folder and ports.
    pub fn empty() -> Self {
        let (folder, ports) = (Folder::new("company"), Ports::claim());
        let (sip_port, http_port, rtp_port) = (ports.one(), ports.one(), ports.several(RTP_PORTS));
        Self { process: None, folder, ports, sip_port, http_port, rtp_port }
    }

    /// A company as `hovor init` makes it.
    pub fn new() -> Self {
        let company = Self::empty();
        let made = company.hovor(&["init", "Acme"]).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        company
    }

    /// The same, serving.
    pub fn serving() -> Self {
        let mut company = Self::new();
        let process = company.start(&["serve"]);
        company.process = Some(process);
        company.wait_until_it_serves();
        company
    }

    pub fn wait_until_it_serves(&mut self) {
        wait_for("hovor to serve", PATIENCE, || {
            if let Some(process) = &mut self.process {
                assert!(process.has_ended().is_none(), "hovor does not start");
            }
            http::request(self.http_port, "GET", "/healthz", &[], "").ok()
        });
    }

    /// `hovor` with these arguments, and all settings of this company in its environment.
    pub fn hovor(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hovor"));
        self.settle(&mut command);
        command.args(arguments);
        command
    }

    /// Gives a command this company's settings, and no others.
    pub fn settle(&self, command: &mut Command) {
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("HOVOR_")) {
            command.env_remove(name);
        }
        command
            .current_dir(self.folder.path())
            .env("HOVOR_DATA", self.data())
            .env("HOVOR_MEDIA", Path::new(env!("CARGO_MANIFEST_DIR")).join("media"))
            .env("HOVOR_SIP", format!("127.0.0.1:{}", self.sip_port))
            .env("HOVOR_HTTP", format!("127.0.0.1:{}", self.http_port))
            .env("HOVOR_RTP_PORTS", format!("{}-{}", self.rtp_port, self.rtp_port + RTP_PORTS - 1));
    }

    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub fn start(&self, arguments: &[&str]) -> Process {
        Process::start(&mut self.hovor(arguments), &self.folder.join("log"))
    }

    /// What `hovor serve` complains of before it gives up.
    #[track_caller]
    pub fn serve_fails(&self, options: &[&str]) -> String {
        let log = self.folder.join("failure");
        let mut command = self.hovor(&["serve"]);
        let mut process = Process::start(command.args(options), &log);
        let status = process.wait(PATIENCE);
        assert_eq!(status.code(), Some(1), "hovor serve {options:?}: {}", process.log());
        process.log()
    }

    pub fn health(&self) -> (u16, Value) {
        let reply = http::request(self.http_port, "GET", "/healthz", &[], "").unwrap();
        (reply.status, reply.json())
    }
}

impl Drop for Company {
    fn drop(&mut self) {
        let is_running = self.process.as_mut().is_some_and(|process| process.has_ended().is_none());
        if is_running && !std::thread::panicking() {
            invariants::assert_hold(self.http_port);
        }
    }
}
