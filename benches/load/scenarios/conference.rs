//! Rooms of six parties who all speak: what a second of a party costs, whether all hear all the time, and how many rooms fit.

use serde::Serialize;

use super::{Standing, rooms};
use crate::clock::SECOND;
use crate::options::Options;
use crate::ports;
use crate::process::{Process, own_cpu_ms};
use crate::report::{Finding, Report};
use crate::servers::hovor::{Company, Hovor};
use crate::servers::janus::Janus;
use crate::streams::{Side, Station, Traffic};

/// Parties of a room.
const PARTIES: u32 = 6;
/// Rooms at once.
const SIZES: [u32; 4] = [20, 60, 90, 120];
/// Rooms for which a cost is aimed at.
const AIMED_AT: [u32; 2] = [20, 60];
/// The most rooms that the peer is asked to carry beside us.
const MOST_FOR_JANUS: u32 = 60;
const WARM_UP: u64 = 3 * SECOND;
/// Packets a second.
const PACKETS: f64 = 50.0;
/// A tick that is later than that may be heard, in seconds as in the name of a bucket.
const LATE: &str = "le=\"0.005\"";

#[derive(Clone, Debug, Serialize)]
struct Run {
    /// The server's CPU, in milliseconds a second of a party.
    cpu: f64,
    own_cpu: f64,
    /// Packets that should have come to a party and did not; the edges of a measurement cut one a party.
    missing: f64,
    /// Per cent of hovor's ticks that were more than 5 ms late.
    late_ticks: f64,
    traffic: Traffic,
}

/// The most rooms that are wanted at once.
pub fn most(options: &Options) -> u32 {
    options.sizes(&SIZES).into_iter().max().unwrap_or(0)
}

/// Measures and judges.
pub fn measure(options: &Options, company: &Company, report: &mut Report) -> Result<(), String> {
    for size in options.sizes(&SIZES) {
        let (mut hovor, mut janus) = (vec![], vec![]);
        for _ in 0..options.rounds {
            hovor.push(noted(report, "hovor", size, of_hovor(company, size, options)?));
            if size <= MOST_FOR_JANUS && !options.alone {
                janus.push(noted(report, "janus", size, of_janus(size, options)?));
            }
        }
        judge(size, &hovor, &janus, report);
    }
    Ok(())
}

fn noted(report: &mut Report, subject: &str, rooms: u32, run: Run) -> Run {
    report.note("conference", subject, rooms, &run);
    run
}

fn judge(size: u32, hovor: &[Run], janus: &[Run], report: &mut Report) {
    let of = |runs: &[Run], figure: fn(&Run) -> f64| runs.iter().map(figure).collect::<Vec<_>>();
    let work = format!("conference, {size} rooms of {PARTIES}");
    let cost = Finding::of(&work, "CPU-ms a party-second", &of(hovor, |run| run.cpu));
    let aimed = if AIMED_AT.contains(&size) { cost.clone().at_most(0.75) } else { cost.clone() };
    report.findings.push(aimed);
    if !janus.is_empty() {
        report.findings.push(cost.beside("janus", &of(janus, |run| run.cpu)));
    }
    report.findings.extend([
        Finding::of(&work, "packets missing", &of(hovor, |run| run.missing))
            .beside("janus", &of(janus, |run| run.missing))
            .at_most(0.0),
        Finding::of(&work, "longest gap, ms", &of(hovor, |run| run.traffic.gap_ms))
            .beside("janus", &of(janus, |run| run.traffic.gap_ms)),
        Finding::of(&work, "ticks over 5 ms late, %", &of(hovor, |run| run.late_ticks)).at_most(0.1),
        Finding::of(
            &work,
            "generator late p99, ms",
            &of(hovor, |run| f64::from(run.traffic.own_lateness.p99_us) / 1e3),
        ),
    ]);
}

fn of_hovor(company: &Company, size: u32, options: &Options) -> Result<Run, String> {
    let hovor = company.serve()?;
    let mut station = station()?;
    let standing = Standing::among(rooms(size), PARTIES * size, &mut station, true)?;
    let before = ticks(&hovor);
    let mut run = run(&mut station, &hovor.process, size, options);
    let after = ticks(&hovor);
    let (late, all) = (after.0 - before.0, after.1 - before.1);
    run.late_ticks = 100.0 * late / all.max(1.0);
    standing.end()?;
    Ok(run)
}

/// Ticks that were late, and all.
fn ticks(hovor: &Hovor) -> (f64, f64) {
    let samples = hovor.samples("hovor_media_clock_late_seconds");
    let value = |part: &str| {
        samples.iter().filter(|(name, _)| name.contains(part)).map(|(_, value)| value).sum::<f64>()
    };
    let all = value("_count");
    (all - value(LATE), all)
}

fn of_janus(size: u32, options: &Options) -> Result<Run, String> {
    let janus = Janus::start()?;
    let mut station = station()?;
    let sound = station.address(Side::Caller);
    for room in 1..=size as usize {
        janus.add_room(room)?;
        for _ in 0..PARTIES {
            station.add(Side::Caller, janus.join(room, sound)?);
        }
    }
    Ok(run(&mut station, &janus.process, size, options))
}

fn station() -> Result<Station, String> {
    let station = Station::new(ports::SOUND).map_err(|error| format!("port {}: {error}", ports::SOUND))?;
    Ok(station.talking())
}

fn run(station: &mut Station, process: &Process, size: u32, options: &Options) -> Run {
    let mut edges = vec![];
    let length = options.seconds * SECOND;
    let traffic = station.run(WARM_UP, length, || edges.push((process.cpu_ms(), own_cpu_ms())));
    let (cpu, own_cpu) = match edges.as_slice() {
        [before, after] => (after.0 - before.0, after.1 - before.1),
        _ => (f64::NAN, f64::NAN),
    };
    let parties = f64::from(PARTIES * size);
    let party_seconds = parties * options.seconds as f64;
    let missing = ((PACKETS * options.seconds as f64 - 1.0) * parties - traffic.foreign as f64).max(0.0);
    // What is said comes back mixed, so nothing of it can be recognized.
    let traffic = Traffic { lost: 0, ..traffic };
    Run { cpu: cpu / party_seconds, own_cpu: own_cpu / party_seconds, missing, late_ticks: 0.0, traffic }
}
