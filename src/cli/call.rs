//! `hovor call`: places a test call from the shell and tells what became of it.

mod text;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use self::text::{ladder, text};
use crate::config::PortRange;
use crate::probe::locate::wanted;
use crate::probe::plan::{self, Callee, Place, Plan};
use crate::probe::report::Report;
use crate::probe::verdict::{Check, Expectations, Verdict};
use crate::probe::{Done, keys};

/// Place a test call and report set-up time, RTP statistics and what was heard
///
/// Exit codes: 0 as expected, 1 answered but not as expected, 2 wrong usage, 3 refused or not answered,
/// 4 nobody reached.
#[derive(Args, Clone, Debug)]
pub struct Call {
    /// Whom to call: sip:100@127.0.0.1, or "sip:+420…@provider.example;transport=tcp"
    #[arg(value_name = "SIP-ADDRESS")]
    callee: String,
    /// Say this WAV file once the call is answered
    #[arg(long, value_name = "FILE")]
    play: Option<PathBuf>,
    /// Keep what is heard, from the first sound on, as a WAV file of 8 kHz
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Press these keys (0-9, *, #, A-D); a comma waits a second: 1,,201#
    #[arg(long, value_name = "KEYS", value_parser = keys::check)]
    press: Option<String>,
    /// The pause between the answer and the first key
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = time)]
    press_after: Duration,
    /// Hang up so long after the answer [default: 1 s after the last word and key, at least 5 s]
    #[arg(long, value_name = "TIME", value_parser = time)]
    hang_up_after: Option<Duration>,
    /// Wait so long for the answer
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = time)]
    ring_for: Duration,
    /// The number or name that calls [default: the one of --user, else "probe"]
    #[arg(long, value_name = "NUMBER")]
    from: Option<String>,
    /// The user name that answers when a password is asked for
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// A file with the password on its first line; or set HOVOR_CALL_PASSWORD
    #[arg(long, value_name = "FILE", requires = "user")]
    password_file: Option<PathBuf>,
    /// Speak SIP over TCP
    #[arg(long)]
    tcp: bool,
    /// Speak SIP over TLS, as with a sips: address
    #[arg(long, conflicts_with = "tcp")]
    tls: bool,
    /// Protect the sound (SRTP); its keys are told over TLS
    #[arg(long, requires = "tls")]
    srtp: bool,
    /// A file (PEM) with the certificates that are trusted over TLS [default: those that the system trusts]
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Codecs to offer, the preferred one first
    #[arg(long, value_name = "NAMES", default_value = "pcma,pcmu")]
    codec: String,
    /// The address of this machine to use [default: the one that leads there]
    #[arg(long, value_name = "ADDR")]
    local: Option<IpAddr>,
    /// Name server to ask where the callee is: 192.0.2.53:53 [default: those of the system]
    #[arg(long, value_name = "ADDR:PORT")]
    dns: Option<SocketAddr>,
    /// Ports for sound
    #[arg(long, value_name = "FIRST-LAST", default_value = "40000-40199")]
    rtp_ports: PortRange,
    /// The answer has to come within this time
    #[arg(long, value_name = "TIME", value_parser = time)]
    expect_answer: Option<Duration>,
    /// This status has to answer the call: 200, or 403 for a call that must not go through
    #[arg(long, value_name = "CODE", value_parser = clap::value_parser!(u16).range(200..700))]
    expect_status: Option<u16>,
    /// This WAV file has to be heard
    #[arg(long, value_name = "FILE")]
    expect_heard: Option<PathBuf>,
    /// What is heard has to be at least so loud
    #[arg(long, value_name = "DBM0", allow_negative_numbers = true)]
    expect_level: Option<f32>,
    /// No more packets may be lost on the way here
    #[arg(long, value_name = "PERCENT")]
    expect_loss: Option<f64>,
    /// No silence may be longer
    #[arg(long, value_name = "TIME", value_parser = time)]
    expect_silence: Option<Duration>,
    /// Print the SIP messages too, to standard error
    #[arg(long)]
    trace: bool,
    /// Print JSON, for programs
    #[arg(long)]
    json: bool,
}

/// The report with its checks, as programs read it.
#[derive(Serialize)]
struct Printed<'a> {
    ok: bool,
    #[serde(flatten)]
    report: &'a Report,
    checks: &'a [Check],
}

/// What a wrong command line exits with, as the parser of command lines does.
const USAGE: u8 = 2;

impl Call {
    /// Places the call, prints what became of it, and gives the exit code.
    pub async fn run(self) -> ExitCode {
        let (json, trace) = (self.json, self.trace);
        let job = match self.job() {
            Ok(job) => job,
            Err(error) => return failed(&error, USAGE),
        };
        let stop = async {
            // Without signals the call ends by itself all the same.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        let done = crate::probe::call(job.plan, &job.place, job.expected.as_deref(), stop).await;
        let Done { report, wire, .. } = match done {
            Ok(done) => done,
            Err(error) => return failed(&error, code(Verdict::Unreachable)),
        };
        let checks = job.expectations.check(&report);
        let verdict = job.expectations.verdict(&report, &checks);
        if trace {
            eprint!("{}", ladder(&wire));
        }
        super::print(match json {
            true => shown(&Printed { ok: verdict == Verdict::Good, report: &report, checks: &checks }),
            false => text(&report, &checks),
        });
        ExitCode::from(code(verdict))
    }

    /// All that is to be done, with its files read.
    fn job(self) -> Result<Job, String> {
        let password = self.password()?;
        let callee = address(&self.callee, self.tls.then_some("tls").or(self.tcp.then_some("tcp")));
        let ca = self.ca.clone().map(absolute).transpose()?;
        let callee = Callee::Address { uri: callee, login: self.user.clone().zip(password), ca };
        wanted(&callee)?;
        if let Some(play) = &self.play {
            crate::probe::samples(play)?;
        }
        let expected = self.expect_heard.as_deref().map(crate::probe::samples).transpose()?;
        let listen =
            expected.as_deref().map(|expected| Duration::from_millis(expected.len() as u64 / 8 + 1_500));
        let recording = Recording::new(self.record)?;
        let plan = Plan {
            from: self.from.or(self.user).unwrap_or_else(|| "probe".to_owned()),
            codecs: plan::codecs(&self.codec)?,
            protection: plan::protection(self.srtp),
            play: self.play.map(absolute).transpose()?,
            keys: self.press.unwrap_or_default(),
            press_after: self.press_after,
            ring_for: self.ring_for,
            talk_for: self.hang_up_after,
            least: listen.unwrap_or_default().max(plan::LISTEN),
            ..Plan::new(callee, recording.path.clone())
        };
        let expectations = Expectations {
            answer: self.expect_answer,
            status: self.expect_status,
            sound: expected.is_some(),
            level: self.expect_level,
            loss: self.expect_loss,
            silence: self.expect_silence,
        };
        let place = Place { local: self.local, external: None, dns: self.dns, rtp_ports: self.rtp_ports.0 };
        Ok(Job { plan, place, expected, expectations, _recording: recording })
    }

    fn password(&self) -> Result<Option<String>, String> {
        match (&self.password_file, &self.user) {
            (Some(path), _) => {
                let read = std::fs::read_to_string(path);
                let text = read.map_err(|error| format!("cannot read {}: {error}", path.display()))?;
                Ok(Some(text.lines().next().unwrap_or_default().to_owned()))
            }
            (None, Some(_)) => {
                let set = std::env::var("HOVOR_CALL_PASSWORD").ok().filter(|password| !password.is_empty());
                let missing =
                    "--user needs a password: name its file with --password-file, or set HOVOR_CALL_PASSWORD";
                set.map(Some).ok_or_else(|| missing.to_owned())
            }
            (None, None) => Ok(None),
        }
    }
}

struct Job {
    plan: Plan,
    place: Place,
    expected: Option<Arc<[i16]>>,
    expectations: Expectations,
    _recording: Recording,
}

/// The address as it is called: `100@127.0.0.1` will do for `sip:100@127.0.0.1`.
fn address(text: &str, way: Option<&str>) -> String {
    let scheme = if text.contains('@') && !text.split('@').next().is_some_and(|user| user.contains(':')) {
        "sip:"
    } else {
        ""
    };
    let way = way.filter(|_| !text.contains("transport=") && !text.starts_with("sips:"));
    let transport = way.map(|way| format!(";transport={way}")).unwrap_or_default();
    format!("{scheme}{text}{transport}")
}

/// Where what is heard goes. If nobody wants it, it is removed afterwards.
struct Recording {
    path: PathBuf,
    kept: bool,
}

impl Recording {
    fn new(wanted: Option<PathBuf>) -> Result<Self, String> {
        let kept = wanted.is_some();
        let name = || std::env::temp_dir().join(format!("hovor-call-{}.wav", std::process::id()));
        let path = absolute(wanted.unwrap_or_else(name))?;
        // Better to know now than after the call.
        match std::fs::File::create(&path) {
            Ok(_) => Ok(Self { path, kept }),
            Err(error) => Err(format!("cannot write {}: {error}", path.display())),
        }
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        if !self.kept {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

fn absolute(path: PathBuf) -> Result<PathBuf, String> {
    std::path::absolute(&path).map_err(|error| format!("{}: {error}", Path::new(&path).display()))
}

fn failed(error: &str, code: u8) -> ExitCode {
    eprintln!("hovor: {error}");
    ExitCode::from(code)
}

fn code(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Good => 0,
        Verdict::NotAsExpected => 1,
        Verdict::NotAnswered => 3,
        Verdict::Unreachable => 4,
    }
}

fn shown(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// A time as in `2s`, `500ms`, `1m30s`.
fn time(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no time; write 2s, 500ms or 1m30s");
    let time: jiff::SignedDuration = text.parse().map_err(|_| wrong())?;
    Duration::try_from(time).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_be_written_briefly() {
        assert_eq!(address("100@127.0.0.1", Some("tcp")), "sip:100@127.0.0.1;transport=tcp");
        assert_eq!(address("sip:100@127.0.0.1:5070", None), "sip:100@127.0.0.1:5070");
        assert_eq!(address("sip:a@b;transport=udp", Some("tcp")), "sip:a@b;transport=udp");
        assert_eq!(address("sips:a@b", Some("tls")), "sips:a@b");
    }

    #[test]
    fn times_are_written_as_people_do() {
        assert_eq!(time("2s"), Ok(Duration::from_secs(2)));
        assert_eq!(time("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(time("1m30s"), Ok(Duration::from_secs(90)));
        assert!(time("2").is_err() && time("-2s").is_err());
    }
}
