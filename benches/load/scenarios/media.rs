//! Two-party calls of G.711 with sound both ways: what a second of a call costs, and what becomes of the packets.

use serde::Serialize;

use super::Standing;
use crate::beat::Beat;
use crate::clock::SECOND;
use crate::options::Options;
use crate::ports;
use crate::process::{Process, own_cpu_ms};
use crate::report::{Finding, Report};
use crate::servers::floor::{self, Floor};
use crate::servers::hovor::{Company, Hovor, PARTY, RECORDED};
use crate::servers::local;
use crate::servers::rtpengine::Rtpengine;
use crate::stats::Spread;
use crate::streams::{Side, Station, Traffic};

/// Calls at once. rtpengine is asked up to its own limit on two cores that it shares with us.
const SIZES: [u32; 5] = [100, 200, 400, 500, 800];
const MOST_FOR_RTPENGINE: u32 = 500;
/// Calls that are recorded at once, at most: more is a measurement of the disk.
const MOST_RECORDED: u32 = 200;
/// Before each measurement, so that every leg knows its peer and buffers have their size.
const WARM_UP: u64 = 2 * SECOND;

/// One measurement.
#[derive(Clone, Debug, Serialize)]
struct Run {
    /// The server's CPU, in milliseconds a second of a call.
    cpu: f64,
    /// Our own, likewise.
    own_cpu: f64,
    traffic: Traffic,
    ticks: Option<Ticks>,
}

/// How late 20 ms clocks were during a measurement.
#[derive(Clone, Debug, Serialize)]
struct Ticks {
    /// hovor's, in microseconds on average.
    hovor_mean_us: f64,
    /// Its ticks by upper bounds, in seconds, each with all that were no later.
    hovor: Vec<(String, f64)>,
    /// An empty loop's beside it.
    empty: Spread,
}

/// All measurements at one size.
#[derive(Default)]
struct Runs {
    hovor: Vec<Run>,
    recorded: Vec<Run>,
    rtpengine: Vec<Run>,
    floor: Vec<Run>,
}

/// Measures and judges.
pub fn measure(options: &Options, company: &Company, report: &mut Report) -> Result<(), String> {
    let mut all: Vec<(u32, Runs)> =
        options.sizes(&SIZES).into_iter().map(|calls| (calls, Runs::default())).collect();
    for _ in 0..options.rounds {
        for (calls, runs) in &mut all {
            let calls = *calls;
            runs.hovor.push(noted(report, "hovor", calls, of_hovor(company, PARTY, calls, options)?));
            if calls <= MOST_RECORDED {
                let run = of_hovor(company, RECORDED, calls, options)?;
                runs.recorded.push(noted(report, "hovor, recorded", calls, run));
            }
            runs.floor.push(noted(report, "bare loop", calls, of_floor(calls, options)?));
            if calls <= MOST_FOR_RTPENGINE && !options.alone {
                runs.rtpengine.push(noted(report, "rtpengine", calls, of_rtpengine(calls, options)?));
            }
        }
    }
    for (calls, runs) in &all {
        judge(*calls, runs, report);
    }
    judge_growth(&all, report);
    Ok(())
}

fn noted(report: &mut Report, subject: &str, calls: u32, run: Run) -> Run {
    report.note("media", subject, calls, &run);
    run
}

fn of_hovor(company: &Company, number: &str, calls: u32, options: &Options) -> Result<Run, String> {
    let hovor = company.serve()?;
    let mut station = station()?;
    let standing = Standing::new(number, calls, &mut station, true)?;
    let (before, beat) = (lateness(&hovor), Beat::start());
    let mut run = run(&mut station, &hovor.process, calls, options);
    let (empty, after) = (beat.end(), lateness(&hovor));
    let hovor_mean_us = mean_us(&before, &after);
    let samples = grown(&before, &after);
    run.ticks = Some(Ticks { hovor_mean_us, hovor: samples, empty });
    standing.end()?;
    Ok(run)
}

/// How late the clock of the sound threads was so far.
pub fn lateness(hovor: &Hovor) -> Vec<(String, f64)> {
    hovor.samples("hovor_media_clock_late_seconds")
}

/// How late it was on average between two looks, in microseconds.
pub fn mean_us(before: &[(String, f64)], after: &[(String, f64)]) -> f64 {
    let samples = grown(before, after);
    let named =
        |end: &str| samples.iter().find(|(name, _)| name.ends_with(end)).map_or(0.0, |(_, value)| *value);
    named("_sum") * 1e6 / named("_count").max(1.0)
}

fn grown(before: &[(String, f64)], after: &[(String, f64)]) -> Vec<(String, f64)> {
    let both = after.iter().zip(before);
    both.map(|((name, after), (_, before))| (name.clone(), after - before)).collect()
}

fn of_rtpengine(calls: u32, options: &Options) -> Result<Run, String> {
    let mut rtpengine = Rtpengine::start()?;
    let mut station = station()?;
    let (caller, callee) = (station.address(Side::Caller), station.address(Side::Callee));
    for call in 0..calls {
        let [for_caller, for_callee] = rtpengine.control.connect(&format!("load-{call}"), caller, callee)?;
        station.add(Side::Caller, for_caller);
        station.add(Side::Callee, for_callee);
    }
    Ok(run(&mut station, &rtpengine.process, calls, options))
}

fn of_floor(calls: u32, options: &Options) -> Result<Run, String> {
    let bare = Floor::start(floor::FORWARDING, calls as usize)?;
    let mut station = station()?;
    for call in 0..calls as usize {
        station.add(Side::Caller, local(floor::port(call, 0)));
        station.add(Side::Callee, local(floor::port(call, 1)));
    }
    Ok(run(&mut station, &bare.process, calls, options))
}

/// The two ends of all calls.
pub fn station() -> Result<Station, String> {
    Station::new(ports::SOUND).map_err(|error| format!("port {}: {error}", ports::SOUND))
}

fn run(station: &mut Station, process: &Process, calls: u32, options: &Options) -> Run {
    let mut edges = vec![];
    let traffic =
        station.run(WARM_UP, options.seconds * SECOND, || edges.push((process.cpu_ms(), own_cpu_ms())));
    let call_seconds = f64::from(calls) * options.seconds as f64;
    let used = |of: fn(&(f64, f64)) -> f64| match edges.as_slice() {
        [before, after] => (of(after) - of(before)) / call_seconds,
        _ => f64::NAN,
    };
    Run { cpu: used(|edge| edge.0), own_cpu: used(|edge| edge.1), traffic, ticks: None }
}

fn judge(calls: u32, runs: &Runs, report: &mut Report) {
    let work = || format!("media, {calls} calls");
    let of = |runs: &[Run], figure: fn(&Run) -> f64| runs.iter().map(figure).collect::<Vec<_>>();
    let cpu: fn(&Run) -> f64 = |run| run.cpu;
    let p99: fn(&Run) -> f64 = |run| f64::from(run.traffic.latency.p99_us) / 1e3;
    let name = "CPU-ms a call-second";
    let mut beside =
        Finding::of(work(), name, &of(&runs.hovor, cpu)).beside("rtpengine", &of(&runs.rtpengine, cpu));
    if matches!(calls, 100 | 200) && beside.peer.is_some() {
        beside = beside.at_most_times(0.6);
    }
    let floor = Finding::of(work(), name, &of(&runs.hovor, cpu)).beside("bare loop", &of(&runs.floor, cpu));
    let latency = Finding::of(work(), "one-way p99, ms", &of(&runs.hovor, p99));
    let late: fn(&Run) -> f64 = |run| f64::from(run.traffic.own_lateness.p99_us) / 1e3;
    report.findings.extend([
        beside,
        floor,
        latency.clone().at_most(3.0),
        latency.beside("bare loop", &of(&runs.floor, p99)),
        Finding::of(work(), "packets lost", &of(&runs.hovor, |run| run.traffic.lost as f64)).at_most(0.0),
        Finding::of(work(), "longest gap, ms", &of(&runs.hovor, |run| run.traffic.gap_ms))
            .beside("bare loop", &of(&runs.floor, |run| run.traffic.gap_ms)),
        Finding::of(work(), "generator late p99, ms", &of(&runs.hovor, late))
            .beside("bare loop", &of(&runs.floor, late)),
    ]);
    if !runs.recorded.is_empty() {
        let recorded = Finding::of(work() + ", recorded", name, &of(&runs.recorded, cpu));
        report
            .findings
            .push(recorded.beside("hovor, not recorded", &of(&runs.hovor, cpu)).at_most_times(1.4));
    }
    let ticks: Vec<&Ticks> = runs.hovor.iter().filter_map(|run| run.ticks.as_ref()).collect();
    let hovor: Vec<f64> = ticks.iter().map(|ticks| ticks.hovor_mean_us).collect();
    let empty: Vec<f64> = ticks.iter().map(|ticks| ticks.empty.mean_us).collect();
    report.findings.push(
        Finding::of(work(), "ticks late on average, µs", &hovor)
            .beside("empty loop", &empty)
            .at_most_times(1.2),
    );
}

/// What a call costs among many, against what it costs among few.
fn judge_growth(all: &[(u32, Runs)], report: &mut Report) {
    let cost = |runs: &Runs| runs.hovor.iter().map(|run| run.cpu).collect::<Vec<_>>();
    if let ([(few, first), .., (many, last)], true) = (all, all.len() > 1) {
        let work = format!("media, {many} calls against {few}");
        let finding = Finding::of(work, "CPU-ms a call-second", &cost(last));
        report.findings.push(finding.beside("hovor, few calls", &cost(first)).at_most_times(1.1));
    }
}
