//! What a call takes of memory while it stands, and whether all of it is given back.

use serde::Serialize;

use super::Standing;
use crate::clock::{self, SECOND};
use crate::options::Options;
use crate::ports;
use crate::report::{Finding, Report};
use crate::servers::hovor::{Company, PARTY};
use crate::streams::Station;

const CALLS: u32 = 500;
/// How long the calls talk: long enough that every buffer has its size.
const TALK: u64 = 5 * SECOND;
/// 64·T1 (RFC 3261 section 17.2.2), and some seconds for what is seldom done.
const FORGETTING: f64 = 36.0;
/// Times that the calls come: what the first leaves behind once for all is no leak.
const TIMES: usize = 3;

/// Resident memory in kB.
#[derive(Clone, Debug, Serialize)]
struct Time {
    before: f64,
    with_calls: f64,
    after: f64,
}

/// Measures and judges.
pub fn measure(options: &Options, company: &Company, report: &mut Report) -> Result<(), String> {
    for calls in options.sizes(&[CALLS]) {
        let hovor = company.serve()?;
        clock::pause(1.0);
        let mut times = vec![];
        for _ in 0..TIMES {
            let before = hovor.process.resident_kb();
            let mut station = Station::new(ports::SOUND).map_err(|error| error.to_string())?;
            let standing = Standing::new(PARTY, calls, &mut station, true)?;
            station.run(0, TALK, || {});
            let with_calls = hovor.process.resident_kb();
            standing.end()?;
            clock::pause(FORGETTING);
            let time = Time { before, with_calls, after: hovor.process.resident_kb() };
            report.note("memory", "hovor", calls, &time);
            times.push(time);
        }
        judge(calls, &times, report);
    }
    Ok(())
}

/// What may stay of a call, in kB: the trace of its messages, and little else.
const KEPT: f64 = 12.0;

fn judge(calls: u32, times: &[Time], report: &mut Report) {
    let [first, .., last] = times else { return };
    let work = format!("memory, {calls} calls");
    let each = |kb: f64| [kb / f64::from(calls)];
    report.findings.extend([
        Finding::of(&work, "kB a call, the first time", &each(first.with_calls - first.before)).at_most(50.0),
        Finding::of(&work, "kB a call kept after 36 s", &each(first.after - first.before)).at_most(KEPT),
        Finding::of(&work, "kB a call kept after the last time", &each(last.after - first.before))
            .at_most(KEPT),
        Finding::of(&work, "MB at rest, before all", &[first.before / 1024.0]),
    ]);
}
