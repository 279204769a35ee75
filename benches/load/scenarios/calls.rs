//! Calls set up and taken down: hovor as a B2BUA with dialplan, ports for sound and records, Kamailio as a
//! proxy with transactions, and a loop that passes each message on and does nothing else: the kernel's share.

use serde::Serialize;

use crate::clock::{self, MILLISECOND, SECOND};
use crate::datagram;
use crate::options::Options;
use crate::ports;
use crate::process::{Process, own_cpu_ms};
use crate::report::{Finding, Report};
use crate::servers::floor::{self, Floor};
use crate::servers::hovor::{Company, PARTY};
use crate::servers::kamailio::Kamailio;
use crate::servers::local;
use crate::sip::callee::{Callees, Seen};
use crate::sip::caller::{Callers, Outcome, Plan};
use crate::sip::{PATIENCE, drive};
use crate::streams::Station;

/// Calls begun a second.
const RATES: [u32; 4] = [100, 400, 800, 1_000];
/// The rate that has to be carried for long without a fault, and for how many seconds.
const FULL_RATE: u32 = 1_000;
const FULL_SECONDS: u64 = 30;
/// How long each call is held: hovor sends sound as soon as a call stands, which is not what is measured here.
const HOLD: u64 = 100 * MILLISECOND;
/// What comes late is awaited, and counted as the calls' cost.
const AFTER: f64 = 1.0;
/// After 64·T1 nothing of a call may be left (RFC 3261 section 17.2.2), and some seconds for what is seldom done.
const FORGETTING: f64 = 36.0;

#[derive(Clone, Debug, Serialize)]
struct Run {
    /// The server's CPU, in milliseconds a call.
    cpu: f64,
    own_cpu: f64,
    /// What forgetting the calls takes after them, likewise; measured at the full rate.
    cpu_after: Option<f64>,
    outcome: Outcome,
    seen: Seen,
}

impl Run {
    fn failed(&self) -> f64 {
        f64::from(self.outcome.begun - self.outcome.ended)
    }

    fn repeated(&self) -> f64 {
        let (outcome, seen) = (&self.outcome, &self.seen);
        let ours = outcome.repeated_by_us + seen.repeated_by_us;
        f64::from(ours + outcome.repeated_by_server + seen.repeated_by_server)
    }
}

/// The runs at one rate, which took turns.
#[derive(Default)]
struct Runs {
    hovor: Vec<Run>,
    kamailio: Vec<Run>,
    relay: Vec<Run>,
}

/// Measures and judges.
pub fn measure(options: &Options, company: &Company, report: &mut Report) -> Result<(), String> {
    let rates = options.sizes(&RATES);
    let mut all: Vec<(u32, Runs)> = rates.into_iter().map(|rate| (rate, Runs::default())).collect();
    for _ in 0..options.rounds {
        for (rate, Runs { hovor, kamailio, relay }) in &mut all {
            let program = company.serve()?;
            hovor.push(run(&program.process, PARTY, *rate, options)?);
            drop(program);
            report.note("calls", "hovor", *rate, hovor.last());
            let program = Floor::start(floor::RELAYING, 1)?;
            relay.push(run(&program.process, PARTY, *rate, options)?);
            drop(program);
            report.note("calls", "bare relay", *rate, relay.last());
            if !options.alone {
                let program = Kamailio::start(0)?;
                kamailio.push(run(&program.process, PARTY, *rate, options)?);
                drop(program);
                report.note("calls", "kamailio", *rate, kamailio.last());
            }
        }
    }
    for (rate, runs) in &all {
        judge(*rate, runs, report);
    }
    Ok(())
}

fn run(process: &Process, number: &str, rate: u32, options: &Options) -> Result<Run, String> {
    let wrong = |error: std::io::Error| error.to_string();
    let is_full = rate >= FULL_RATE && !options.short;
    let seconds = if is_full { options.seconds.max(FULL_SECONDS) } else { options.seconds };
    let plan = Plan {
        server: local(ports::SERVER),
        numbers: vec![number.to_owned()],
        calls: rate * seconds as u32,
        rate,
        hold: Some(HOLD),
        sound: local(ports::SOUND),
    };
    // Where sound would be refused, every packet of it would come back as an ICMP message.
    let _sink = Station::new(ports::SOUND).map_err(wrong)?;
    let socket = datagram::bind(ports::CALLEES).map_err(wrong)?;
    let mut callees = Callees::new(socket, local(ports::SOUND + 2)).map_err(wrong)?;
    let socket = datagram::bind(ports::CALLERS).map_err(wrong)?;
    let (before, own_before) = (process.cpu_ms(), own_cpu_ms());
    let mut callers = Callers::new(socket, plan).map_err(wrong)?;
    drive(&mut [&mut callers, &mut callees], clock::now() + seconds * SECOND + HOLD + 2 * PATIENCE);
    let own = own_cpu_ms() - own_before;
    rest(&mut callers, &mut callees, AFTER);
    let used = process.cpu_ms() - before;
    let (outcome, seen) = (callers.outcome(), callees.seen.clone());
    let calls = f64::from(outcome.begun.max(1));
    let cpu_after = is_full.then(|| {
        clock::pause(FORGETTING);
        (process.cpu_ms() - before - used) / calls
    });
    Ok(Run { cpu: used / calls, own_cpu: own / calls, cpu_after, outcome, seen })
}

/// Answers what still comes.
fn rest(callers: &mut Callers, callees: &mut Callees, seconds: f64) {
    let end = clock::now() + (seconds * SECOND as f64) as u64;
    while clock::now() < end {
        drive(&mut [callers, callees], end);
        clock::sleep_until(clock::now() + MILLISECOND);
    }
}

fn judge(rate: u32, Runs { hovor, kamailio, relay }: &Runs, report: &mut Report) {
    let work = format!("calls, {rate} a second");
    let of = |runs: &[Run], figure: fn(&Run) -> f64| runs.iter().map(figure).collect::<Vec<_>>();
    let p99: fn(&Run) -> f64 = |run| f64::from(run.outcome.set_up.p99_us) / 1e3;
    let late: fn(&Run) -> f64 = |run| f64::from(run.outcome.own_lateness.p99_us) / 1e3;
    report.findings.extend([
        Finding::of(&work, "CPU-ms a call", &of(hovor, |run| run.cpu))
            .beside("kamailio", &of(kamailio, |run| run.cpu))
            .at_most_times(1.0),
        Finding::of(&work, "CPU-ms a call", &of(hovor, |run| run.cpu))
            .beside("bare relay", &of(relay, |run| run.cpu)),
        Finding::of(&work, "set-up p99, ms", &of(hovor, p99)).beside("kamailio", &of(kamailio, p99)),
        Finding::of(&work, "calls failed", &of(hovor, Run::failed))
            .beside("kamailio", &of(kamailio, Run::failed))
            .at_most(0.0),
        Finding::of(&work, "messages repeated", &of(hovor, Run::repeated))
            .beside("kamailio", &of(kamailio, Run::repeated))
            .at_most(0.0),
        Finding::of(&work, "generator late p99, ms", &of(hovor, late))
            .beside("kamailio", &of(kamailio, late)),
    ]);
    let after = |runs: &[Run]| runs.iter().filter_map(|run| run.cpu_after).collect::<Vec<_>>();
    if !after(hovor).is_empty() {
        let finding = Finding::of(&work, "CPU-ms a call, afterwards", &after(hovor));
        report.findings.push(finding.beside("kamailio", &after(kamailio)));
    }
}
