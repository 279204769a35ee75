//! Phones that register with digest, each time with a challenge.

use serde::Serialize;

use crate::clock::{self, SECOND};
use crate::datagram;
use crate::options::Options;
use crate::ports;
use crate::process::{Process, own_cpu_ms};
use crate::report::{Finding, Report};
use crate::servers::hovor::{Company, SECRET, users};
use crate::servers::kamailio::Kamailio;
use crate::servers::local;
use crate::sip::registering::{Outcome, Phones, Plan};
use crate::sip::{PATIENCE, drive};

/// Phones that register in turn.
pub const PHONES: usize = 400;
/// Registrations a second: each is two REGISTER requests.
const RATE: u32 = 800;
/// What is written late belongs to the registrations.
const AFTER: f64 = 1.0;

#[derive(Clone, Debug, Serialize)]
struct Run {
    /// The server's CPU, in milliseconds a registration.
    cpu: f64,
    own_cpu: f64,
    outcome: Outcome,
}

/// Measures and judges.
pub fn measure(options: &Options, company: &Company, report: &mut Report) -> Result<(), String> {
    for rate in options.sizes(&[RATE]) {
        let (mut hovor, mut kamailio) = (vec![], vec![]);
        for _ in 0..options.rounds {
            let program = company.serve()?;
            hovor.push(run(&program.process, rate, options)?);
            drop(program);
            report.note("register", "hovor", rate, hovor.last());
            if !options.alone {
                let program = Kamailio::start(PHONES)?;
                kamailio.push(run(&program.process, rate, options)?);
                drop(program);
                report.note("register", "kamailio", rate, kamailio.last());
            }
        }
        judge(rate, &hovor, &kamailio, report);
    }
    Ok(())
}

fn run(process: &Process, rate: u32, options: &Options) -> Result<Run, String> {
    let wrong = |error: std::io::Error| error.to_string();
    let plan = Plan {
        server: local(ports::SERVER),
        users: users(PHONES).collect(),
        secret: SECRET.to_owned(),
        registrations: rate * options.seconds as u32,
        rate,
    };
    let socket = datagram::bind(ports::PHONES).map_err(wrong)?;
    let (before, own_before) = (process.cpu_ms(), own_cpu_ms());
    let mut phones = Phones::new(socket, plan).map_err(wrong)?;
    drive(&mut [&mut phones], clock::now() + options.seconds * SECOND + 2 * PATIENCE);
    let own = own_cpu_ms() - own_before;
    clock::pause(AFTER);
    let (used, outcome) = (process.cpu_ms() - before, phones.outcome());
    let registrations = f64::from(outcome.begun.max(1));
    Ok(Run { cpu: used / registrations, own_cpu: own / registrations, outcome })
}

fn judge(rate: u32, hovor: &[Run], kamailio: &[Run], report: &mut Report) {
    let work = format!("registrations, {rate} a second");
    let of = |runs: &[Run], figure: fn(&Run) -> f64| runs.iter().map(figure).collect::<Vec<_>>();
    let p99: fn(&Run) -> f64 = |run| f64::from(run.outcome.time.p99_us) / 1e3;
    let failed: fn(&Run) -> f64 = |run| f64::from(run.outcome.begun - run.outcome.done);
    let late: fn(&Run) -> f64 = |run| f64::from(run.outcome.own_lateness.p99_us) / 1e3;
    report.findings.extend([
        Finding::of(&work, "CPU-ms a registration", &of(hovor, |run| run.cpu))
            .beside("kamailio", &of(kamailio, |run| run.cpu))
            .at_most_times(1.2),
        Finding::of(&work, "time p99, ms", &of(hovor, p99)).beside("kamailio", &of(kamailio, p99)),
        Finding::of(&work, "failed", &of(hovor, failed))
            .beside("kamailio", &of(kamailio, failed))
            .at_most(0.0),
        Finding::of(&work, "generator late p99, ms", &of(hovor, late))
            .beside("kamailio", &of(kamailio, late)),
    ]);
}
