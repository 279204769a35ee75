//! Callers who hear hold music, and say nothing, or talk as people do.

use serde::Serialize;

use super::Standing;
use crate::clock::SECOND;
use crate::options::Options;
use crate::ports;
use crate::process::{Process, own_cpu_ms};
use crate::report::{Finding, Report};
use crate::servers::floor::{self, Floor};
use crate::servers::hovor::{Company, MUSIC};
use crate::streams::{Station, Traffic};

const CALLERS: u32 = 1_000;
const WARM_UP: u64 = 2 * SECOND;
/// Packets a second.
const PACKETS: f64 = 50.0;

#[derive(Clone, Debug, Serialize)]
struct Run {
    /// The server's CPU, in milliseconds a second of a call.
    cpu: f64,
    own_cpu: f64,
    /// Packets of music that should have come and did not; the edges of a measurement cut one a call.
    missing: f64,
    traffic: Traffic,
}

/// Measures and judges.
pub fn measure(options: &Options, company: &Company, report: &mut Report) -> Result<(), String> {
    for callers in options.sizes(&[CALLERS]) {
        let (mut silent, mut talking, mut floor) = (vec![], vec![], vec![]);
        for _ in 0..options.rounds {
            silent.push(noted(
                report,
                "hovor, callers silent",
                callers,
                heard(company, callers, false, options)?,
            ));
            floor.push(noted(report, "bare player", callers, of_floor(callers, options)?));
            talking.push(noted(
                report,
                "hovor, callers talk",
                callers,
                heard(company, callers, true, options)?,
            ));
        }
        let of = |runs: &[Run], figure: fn(&Run) -> f64| runs.iter().map(figure).collect::<Vec<_>>();
        let work = format!("hold music, {callers} callers");
        let figure = "CPU-ms a call-second";
        let cost = Finding::of(&work, figure, &of(&silent, |run| run.cpu));
        report.findings.extend([
            cost.clone().at_most(0.6),
            cost.beside("bare player", &of(&floor, |run| run.cpu)),
            Finding::of(format!("{work} who talk"), figure, &of(&talking, |run| run.cpu)),
            Finding::of(&work, "packets missing", &of(&silent, |run| run.missing)).at_most(0.0),
            Finding::of(&work, "longest gap, ms", &of(&silent, |run| run.traffic.gap_ms))
                .beside("bare player", &of(&floor, |run| run.traffic.gap_ms)),
        ]);
    }
    Ok(())
}

fn noted(report: &mut Report, subject: &str, callers: u32, run: Run) -> Run {
    report.note("hold-music", subject, callers, &run);
    run
}

fn heard(company: &Company, callers: u32, talks: bool, options: &Options) -> Result<Run, String> {
    let hovor = company.serve()?;
    let mut station = station()?;
    let standing = Standing::new(MUSIC, callers, &mut station, talks)?;
    let run = run(&mut station, &hovor.process, callers, options);
    standing.end()?;
    Ok(run)
}

fn of_floor(callers: u32, options: &Options) -> Result<Run, String> {
    let bare = Floor::start(floor::PLAYING, callers as usize)?;
    let mut station = station()?;
    Ok(run(&mut station, &bare.process, callers, options))
}

fn station() -> Result<Station, String> {
    Station::new(ports::SOUND).map_err(|error| format!("port {}: {error}", ports::SOUND))
}

fn run(station: &mut Station, process: &Process, callers: u32, options: &Options) -> Run {
    let mut edges = vec![];
    let length = options.seconds * SECOND;
    let traffic = station.run(WARM_UP, length, || edges.push((process.cpu_ms(), own_cpu_ms())));
    let (cpu, own_cpu) = match edges.as_slice() {
        [before, after] => (after.0 - before.0, after.1 - before.1),
        _ => (f64::NAN, f64::NAN),
    };
    let call_seconds = f64::from(callers) * options.seconds as f64;
    let expected = (PACKETS * options.seconds as f64 - 1.0) * f64::from(callers);
    let missing = (expected - traffic.foreign as f64).max(0.0);
    // What callers say is heard by nobody.
    let traffic = Traffic { lost: 0, ..traffic };
    Run { cpu: cpu / call_seconds, own_cpu: own_cpu / call_seconds, missing, traffic }
}
