//! sipp: scenarios of exact messages, from `tests/sipp/`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::audio::Sound;
use super::folder::Folder;
use super::ports::Ports;
use super::process::Process;

/// One run of a scenario. Set it up with its methods, then `start` or `run` it.
pub struct Sipp {
    folder: Folder,
    command: Command,
    pub port: u16,
    /// Every message is kept.
    traced: bool,
}

/// What a finished run counted.
#[derive(Debug)]
pub struct Outcome {
    pub succeeded: u64,
    pub failed: u64,
    pub retransmissions: u64,
    /// What sipp said about calls that went another way than their scenario.
    pub errors: String,
    /// What the scenario wrote with `<log>`.
    pub notes: String,
    /// Every message, sent and received.
    pub messages: String,
    /// The last screen, with its counters.
    pub screen: String,
}

pub struct Running {
    process: Process,
    folder: Folder,
}

impl Sipp {
    /// A scenario of `tests/sipp/` against the SIP port of a peer.
    pub fn new(ports: &Ports, scenario: &str, peer: u16) -> Self {
        let folder = Folder::new(&format!("sipp-{scenario}"));
        let (port, media) = (ports.one(), ports.several(4));
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sipp").join(format!("{scenario}.xml"));
        let mut command = Command::new("sipp");
        command
            .arg(format!("127.0.0.1:{peer}"))
            .arg("-sf")
            .arg(file)
            .args(["-i", "127.0.0.1", "-p", &port.to_string(), "-mi", "127.0.0.1", "-mp", &media.to_string()])
            // A pause of a scenario that names no length.
            .args(["-d", "6000"])
            .args(["-nostdin", "-m", "1", "-r", "1", "-timeout", "60", "-timeout_error"])
            .args(["-trace_stat", "-fd", "1", "-trace_screen", "-trace_err", "-trace_logs"])
            .arg("-stf")
            .arg(folder.join("statistics.csv"))
            .arg("-screen_file")
            .arg(folder.join("screen"))
            .arg("-error_file")
            .arg(folder.join("errors"))
            .arg("-log_file")
            .arg(folder.join("notes"))
            .current_dir(folder.path());
        Self { folder, command, port, traced: true }
    }

    /// The number to call: `[service]` in the scenario.
    pub fn calling(self, number: &str) -> Self {
        self.option(&["-s", number])
    }

    /// So many calls, `rate` a second, as many as that at once.
    pub fn calls(self, calls: u32, rate: u32) -> Self {
        self.option(&["-m", &calls.to_string(), "-r", &rate.to_string(), "-l", &calls.to_string()])
    }

    /// At the port of a run that has ended: what registered there is called now.
    pub fn on_port(mut self, port: u16) -> Self {
        self.port = port;
        self.option(&["-p", &port.to_string()])
    }

    pub fn over_tcp(self) -> Self {
        self.option(&["-t", "t1"])
    }

    /// Rows of values, `[field0]` and so on, one row a call.
    pub fn users(self, rows: &[String]) -> Self {
        let path = self.folder.join("users.csv");
        std::fs::write(&path, format!("SEQUENTIAL\n{}\n", rows.join("\n"))).unwrap();
        self.option(&["-inf", &path.to_string_lossy()])
    }

    /// Sound for `rtp_stream`, as raw A-law in the file `sound.al` of the folder it runs in.
    pub fn says(self, sound: &Sound) -> Self {
        let wav = self.folder.join("sound.wav");
        sound.write(&wav);
        let to: PathBuf = self.folder.join("sound.al");
        let sox = Command::new("sox").arg(&wav).args(["-t", "al", "-r", "8000", "-c", "1"]).arg(&to).status();
        assert!(sox.unwrap().success());
        self
    }

    pub fn option(mut self, arguments: &[&str]) -> Self {
        self.command.args(arguments);
        self
    }

    /// Keeps no messages, which takes longer than to send them.
    pub fn untraced(mut self) -> Self {
        self.traced = false;
        self
    }

    pub fn start(mut self) -> Running {
        if self.traced {
            self.command.arg("-trace_msg").arg("-message_file").arg(self.folder.join("messages"));
        }
        let process = Process::start(&mut self.command, &self.folder.join("log"));
        Running { process, folder: self.folder }
    }

    /// Runs to the end; every call must have gone as the scenario says.
    #[track_caller]
    pub fn run(self) -> Outcome {
        self.start().finish()
    }
}

impl Running {
    /// What the scenario has written with `<log>` so far.
    pub fn notes(&self) -> String {
        std::fs::read_to_string(self.folder.join("notes")).unwrap_or_default()
    }

    pub fn has_ended(&mut self) -> bool {
        self.process.has_ended().is_some()
    }

    /// Waits for the end; every call must have gone as the scenario says.
    #[track_caller]
    pub fn finish(self) -> Outcome {
        let outcome = self.outcome();
        assert!(outcome.failed == 0 && outcome.succeeded > 0, "{outcome:#?}");
        outcome
    }

    /// Waits for the end, whatever it is.
    #[track_caller]
    pub fn outcome(mut self) -> Outcome {
        self.process.wait(Duration::from_secs(90));
        let text = |name: &str| std::fs::read_to_string(self.folder.join(name)).unwrap_or_default();
        let statistics = text("statistics.csv");
        let count = |column: &str| last_value(&statistics, column).unwrap_or_default();
        Outcome {
            succeeded: count("SuccessfulCall(C)"),
            failed: count("FailedCall(C)"),
            retransmissions: count("Retransmissions(C)"),
            errors: text("errors"),
            notes: text("notes"),
            messages: text("messages"),
            screen: text("screen"),
        }
    }
}

/// The cumulated value of a column: the one in the last row.
fn last_value(csv: &str, column: &str) -> Option<u64> {
    let position = csv.lines().next()?.split(';').position(|name| name == column)?;
    csv.lines().last()?.split(';').nth(position)?.trim().parse().ok()
}
