//! The calls of [`super::calls`] made by sipp at a rate that it carries with ease: whether our own generator asks
//! the same of a server.

use serde::Serialize;

use crate::clock;
use crate::options::Options;
use crate::ports;
use crate::process::Process;
use crate::report::{Finding, Report};
use crate::servers::hovor::{Company, PARTY};
use crate::servers::kamailio::Kamailio;
use crate::sip::sipp::{self, Outcome};
use crate::streams::Station;

/// Calls begun a second.
const RATE: u32 = 100;

#[derive(Clone, Debug, Serialize)]
struct Run {
    /// The server's CPU, in milliseconds a call.
    cpu: f64,
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
            report.note("calls-by-sipp", "hovor", rate, hovor.last());
            if !options.alone {
                let program = Kamailio::start(0)?;
                kamailio.push(run(&program.process, rate, options)?);
                drop(program);
                report.note("calls-by-sipp", "kamailio", rate, kamailio.last());
            }
        }
        judge(rate, &hovor, &kamailio, report);
    }
    Ok(())
}

fn run(process: &Process, rate: u32, options: &Options) -> Result<Run, String> {
    // As in `super::calls`: somebody must take the sound.
    let _sink = Station::new(ports::SOUND).map_err(|error| error.to_string())?;
    let before = process.cpu_ms();
    let calls = rate * options.seconds as u32;
    let outcome = sipp::call(PARTY, calls, rate)?;
    clock::pause(0.5);
    Ok(Run { cpu: (process.cpu_ms() - before) / f64::from(calls), outcome })
}

fn judge(rate: u32, hovor: &[Run], kamailio: &[Run], report: &mut Report) {
    let work = format!("calls by sipp, {rate} a second");
    let of = |runs: &[Run], figure: fn(&Run) -> f64| runs.iter().map(figure).collect::<Vec<_>>();
    report.findings.extend([
        Finding::of(&work, "CPU-ms a call", &of(hovor, |run| run.cpu))
            .beside("kamailio", &of(kamailio, |run| run.cpu))
            .at_most_times(1.0),
        Finding::of(&work, "calls failed", &of(hovor, |run| run.outcome.failed)).at_most(0.0),
        Finding::of(&work, "messages repeated", &of(hovor, |run| run.outcome.repeated)).at_most(0.0),
    ]);
}
