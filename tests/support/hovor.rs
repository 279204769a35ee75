//! The program under test, with the demo company, in a folder and on ports of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;

use super::folder::Folder;
use super::machine::{self, Place};
use super::phone::{Over, Setup};
use super::ports::Ports;
use super::process::Process;
use super::{http, invariants, wait_for};

/// The password of every operator of the demo company.
pub const PASSWORD: &str = "hovor-demo";

pub struct Hovor {
    // Ends before its folder is removed.
    process: Process,
    folder: Folder,
    _place: Arc<Place>,
    pub ports: Ports,
    pub sip_port: u16,
    pub tls_port: u16,
    pub http_port: u16,
    rtp: (u16, u16),
    /// The address at which it speaks SIP.
    host: &'static str,
    options: Vec<String>,
    environment: Vec<(String, String)>,
    /// It was asked to end, and found well before.
    is_ending: AtomicBool,
}

impl Hovor {
    /// Starts `hovor serve --demo` and waits until it serves.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// The same when no other test runs: for those that take the whole machine for a while, as browsers do.
    pub fn start_alone() -> Self {
        let _alone = machine::alone();
        Self::start()
    }

    /// The same with further options of `serve`.
    pub fn start_with(options: &[&str]) -> Self {
        Self::start_on(80, options)
    }

    /// The same with so many pairs of ports for sound.
    pub fn start_on(pairs: u16, options: &[&str]) -> Self {
        Self::start_in(Folder::new("hovor"), pairs, false, &[&["--demo"], options].concat(), &[])
    }

    /// Starts the demo with its data in a folder of the test, and these variables in its environment.
    pub fn start_at(data: &Path, options: &[&str], environment: &[(&str, &str)]) -> Self {
        let folder = Folder::new("hovor");
        std::os::unix::fs::symlink(data, folder.join("data")).unwrap();
        Self::start_in(folder, 80, false, &[&["--demo"], options].concat(), environment)
    }

    /// The same, speaking SIP at `[::1]` too.
    pub fn start_on_both_families() -> Self {
        Self::start_in(Folder::new("hovor"), 80, true, &["--demo"], &[])
    }

    /// Starts it without the demo, with an empty company.
    pub fn start_empty(options: &[&str]) -> Self {
        Self::start_in(empty_company(), 80, false, options, &[])
    }

    /// The same for other machines too, which reach it at this address; its pages are served over TLS to them, by a
    /// certificate for this name. Gives the port of these pages besides.
    pub fn start_for_others(host: &'static str, name: &str) -> (Self, u16) {
        let ports = Ports::claim();
        let port = ports.one();
        let options = ["--https", &format!("{host}:{port}"), "--tls-self-signed", name];
        (Self::start_there(empty_company(), (80, false, host), &options, &[]), port)
    }

    fn start_in(
        folder: Folder,
        pairs: u16,
        on_both: bool,
        options: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        Self::start_there(folder, (pairs, on_both, "127.0.0.1"), options, environment)
    }

    fn start_there(
        folder: Folder,
        (pairs, on_both, host): (u16, bool, &'static str),
        options: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        let (_place, ports) = (machine::share(), Ports::claim());
        let (sip_port, tls_port) = (ports.one(), ports.one());
        let (http_port, rtp) = (ports.one(), ports.several(2 * pairs));
        let rtp = (rtp, rtp + 2 * pairs - 1);
        let mut options: Vec<String> = options.iter().map(|option| (*option).to_owned()).collect();
        if on_both {
            options.extend(["--sip".to_owned(), format!("[::1]:{sip_port}")]);
        }
        let environment: Vec<(String, String)> =
            environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let process = serve(&folder, (host, sip_port, tls_port), http_port, rtp, &options, &environment);
        let is_ending = AtomicBool::new(false);
        let mut hovor = Self {
            process,
            folder,
            _place,
            ports,
            sip_port,
            tls_port,
            http_port,
            rtp,
            host,
            options,
            environment,
            is_ending,
        };
        hovor.wait_until_it_serves();
        hovor
    }

    /// Stops the program as an administrator does and starts it again on the same data.
    pub fn restart(&mut self) {
        self.stop();
        self.restart_after_a_crash();
    }

    /// Starts the program again, whose process has ended, on the same data.
    pub fn restart_after_a_crash(&mut self) {
        let sip = (self.host, self.sip_port, self.tls_port);
        self.process = serve(&self.folder, sip, self.http_port, self.rtp, &self.options, &self.environment);
        self.is_ending.store(false, Ordering::Relaxed);
        self.wait_until_it_serves();
    }

    /// Asks the program to end and waits until it has; it must end well.
    pub fn stop(&mut self) {
        self.terminate();
        let status = self.process.wait(Duration::from_secs(40));
        assert!(status.success(), "hovor ended with {status}");
    }

    /// Asks the program to end, no more. Up to here nothing must have been wrong inside.
    #[track_caller]
    pub fn terminate(&self) {
        invariants::assert_hold(self.http_port);
        self.is_ending.store(true, Ordering::Relaxed);
        self.process.signal(libc::SIGTERM);
    }

    /// Ends the program as a power cut does.
    pub fn kill(&mut self) {
        self.process.signal(libc::SIGKILL);
        self.process.wait(Duration::from_secs(5));
    }

    /// The number of its process.
    pub fn pid(&mut self) -> u32 {
        self.process.child().id()
    }

    pub fn has_ended(&mut self) -> bool {
        self.process.has_ended().is_some()
    }

    /// What the program complains of, whose process has ended, when it is started again and must not start.
    #[track_caller]
    pub fn fails_to_restart(&mut self) -> String {
        let sip = (self.host, self.sip_port, self.tls_port);
        self.process = serve(&self.folder, sip, self.http_port, self.rtp, &self.options, &self.environment);
        let status = self.process.wait(Duration::from_secs(30));
        assert!(!status.success(), "hovor starts");
        self.log()
    }

    fn wait_until_it_serves(&mut self) {
        wait_for("hovor to serve", Duration::from_secs(30), || {
            assert!(self.process.has_ended().is_none(), "hovor does not start");
            http::request(self.http_port, "GET", "/healthz", &[], "").ok().filter(|reply| reply.status == 200)
        });
    }

    /// A phone that calls from beside the program, unregistered, with ports of this test.
    pub fn phone(&self, user: &str) -> Setup<'_> {
        Setup::new(&self.ports, user)
    }

    /// The phone of an operator of the demo company.
    pub fn operator(&self, extension: &str) -> Setup<'_> {
        self.phone(extension).registers_at(self.sip_port, PASSWORD)
    }

    /// The browser of an operator of the demo company, with the credentials of the operator's device.
    pub fn browser(&self, extension: &str) -> Setup<'_> {
        self.phone(extension).registers_at(self.http_port, PASSWORD)
    }

    /// The phone of an operator of the demo company who registers over TLS.
    pub fn operator_over_tls(&self, extension: &str) -> Setup<'_> {
        self.phone(extension).registers_at(self.tls_port, PASSWORD).over(Over::Tls)
    }

    /// The address of a number at this program, over TLS.
    pub fn tls_uri(&self, number: &str) -> String {
        format!("sip:{number}@127.0.0.1:{}", self.tls_port)
    }

    /// The certificate that the program made for itself.
    pub fn certificate(&self) -> PathBuf {
        self.data().join("tls/demo.crt")
    }

    /// Asks the program to read its configuration again.
    pub fn hang_up(&self) {
        self.process.signal(libc::SIGHUP);
    }

    /// The address of a number at this program.
    pub fn uri(&self, number: &str) -> String {
        format!("sip:{number}@127.0.0.1:{}", self.sip_port)
    }

    #[track_caller]
    pub fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> http::Reply {
        http::request(self.http_port, method, path, headers, body)
            .unwrap_or_else(|e| panic!("{method} {path}: {e}"))
    }

    #[track_caller]
    pub fn get(&self, path: &str) -> http::Reply {
        self.request("GET", path, &[], "")
    }

    /// The value of a metric, its samples added up; `None` while it has none.
    pub fn metric(&self, name: &str) -> Option<f64> {
        let text = self.get("/metrics").body;
        let samples = text.lines().filter(|line| {
            line.strip_prefix(name).is_some_and(|rest| rest.starts_with(' ') || rest.starts_with('{'))
        });
        samples.map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
    }

    /// Runs `hovor ARGUMENTS` against this program.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// `hovor ARGUMENTS` against this program, not yet started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program();
        command.args(arguments).arg("--data").arg(self.data());
        command
    }

    /// The same for a command that must succeed; returns what it printed.
    #[track_caller]
    pub fn cli(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "hovor {arguments:?}: {} {said}", output.status);
        String::from_utf8(output.stdout).unwrap()
    }

    /// The sessions, the newest first, as `hovor sessions --json` prints them.
    #[track_caller]
    pub fn sessions(&self) -> Vec<Value> {
        let text = self.cli(&["sessions", "--json"]);
        let parsed = serde_json::from_str(&text).unwrap_or_else(|e| panic!("no JSON ({e}): {text}"));
        match parsed {
            Value::Array(sessions) => sessions,
            Value::Object(mut page) => page["sessions"].take().as_array().cloned().unwrap_or_default(),
            other => panic!("no list of sessions: {other}"),
        }
    }

    /// The first and the last port for sound.
    pub fn rtp_ports(&self) -> (u16, u16) {
        self.rtp
    }

    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub fn log(&self) -> String {
        self.process.log()
    }

    /// Memory that the program uses, in megabytes.
    pub fn memory(&self) -> u64 {
        self.memory_as("VmRSS:")
    }

    /// The most that it has used since its start, in megabytes.
    pub fn most_memory(&self) -> u64 {
        self.memory_as("VmHWM:")
    }

    fn memory_as(&self, row: &str) -> u64 {
        let pid = std::fs::read_to_string(self.data().join("hovor.pid")).unwrap();
        let status = std::fs::read_to_string(format!("/proc/{}/status", pid.trim())).unwrap();
        let line = status.lines().find(|line| line.starts_with(row)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    }
}

impl Drop for Hovor {
    fn drop(&mut self) {
        if self.process.has_ended().is_none() {
            if !std::thread::panicking() && !self.is_ending.load(Ordering::Relaxed) {
                invariants::assert_hold(self.http_port);
            }
            self.process.stop(Duration::from_secs(2));
        }
        if !std::thread::panicking() {
            let log = self.log();
            assert!(!log.contains("panicked"), "hovor panicked:\n{log}");
        }
    }
}

/// A folder with a company in which there is nothing yet.
fn empty_company() -> Folder {
    let folder = Folder::new("hovor");
    let made = program().args(["init", "Acme", "--data"]).arg(folder.join("data")).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    folder
}

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hovor"));
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")));
    command
}

fn serve(
    folder: &Folder,
    (host, sip, tls): (&str, u16, u16),
    http: u16,
    rtp: (u16, u16),
    options: &[String],
    environment: &[(String, String)],
) -> Process {
    let mut command = program();
    command
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .args(["serve", "--data"])
        .arg(folder.join("data"))
        .args(["--sip", &format!("{host}:{sip}")])
        .args(["--http", &format!("127.0.0.1:{http}")])
        .args(["--rtp-ports", &format!("{}-{}", rtp.0, rtp.1)])
        .args(options);
    if options.iter().any(|option| option == "--demo") {
        // Only the demo makes a certificate of its own.
        command.args(["--sip-tls", &format!("127.0.0.1:{tls}")]);
    }
    Process::start(&mut command, &folder.join("log"))
}
