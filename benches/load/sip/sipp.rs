//! The same calls made by sipp, which nobody here wrote: a second opinion on our own generator.

use std::path::Path;
use std::process::Command;

use serde::Serialize;

use crate::clock;
use crate::ports;
use crate::process::{Folder, Process, ended_cpu_ms};

/// What sipp counted on both sides.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Outcome {
    pub succeeded: f64,
    pub failed: f64,
    pub repeated: f64,
    /// sipp's own CPU, both sides, in milliseconds.
    pub own_cpu_ms: f64,
}

/// One side while it runs.
struct Side {
    process: Process,
    folder: Folder,
}

/// Makes so many calls, so many a second, and waits for their ends.
pub fn call(number: &str, calls: u32, rate: u32) -> Result<Outcome, String> {
    let before = ended_cpu_ms();
    let mut callee = Side::start("callee", ports::CALLEES, &[])?;
    let server = format!("127.0.0.1:{}", ports::SERVER);
    let (rate, count) = (rate.to_string(), calls.to_string());
    let mut caller =
        Side::start("caller", ports::CALLERS, &[&server, "-s", number, "-r", &rate, "-m", &count])?;
    while !caller.process.has_ended() {
        clock::pause(0.1);
    }
    clock::pause(1.0);
    callee.process.end();
    let sum = |column| caller.count(column) + callee.count(column);
    Ok(Outcome {
        succeeded: caller.count("SuccessfulCall(C)"),
        failed: caller.count("FailedCall(C)"),
        repeated: sum("Retransmissions(C)"),
        own_cpu_ms: ended_cpu_ms() - before,
    })
}

impl Side {
    fn start(scenario: &str, port: u16, further: &[&str]) -> Result<Self, String> {
        let folder = Folder::new(scenario)?;
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("benches/load/sipp/{scenario}.xml"));
        let mut command = Command::new("sipp");
        command
            .args(further)
            .arg("-sf")
            .arg(file)
            .args(["-i", "127.0.0.1", "-p", &port.to_string(), "-nostdin", "-trace_stat", "-fd", "1"])
            .arg("-stf")
            .arg(folder.join("counts"));
        let mut process = Process::start(&mut command, &folder.join("log"))?;
        process.wait_until(|| std::net::UdpSocket::bind(("127.0.0.1", port)).is_err())?;
        Ok(Self { process, folder })
    }

    /// The cumulated value of a column: the one in the last row.
    fn count(&self, column: &str) -> f64 {
        let text = std::fs::read_to_string(self.folder.join("counts")).unwrap_or_default();
        let place = text.lines().next().and_then(|head| head.split(';').position(|name| name == column));
        let last = text.lines().last().zip(place).and_then(|(row, place)| row.split(';').nth(place));
        last.and_then(|value| value.trim().parse().ok()).unwrap_or(f64::NAN)
    }
}
