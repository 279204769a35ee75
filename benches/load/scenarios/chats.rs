//! Clients who write while others talk: what they cost, whether a message is lost, and whether the calls feel it.

use std::time::Duration;

use serde::Serialize;

use super::Standing;
use super::media::{lateness, mean_us, station};
use crate::chats::{Chats, Told, text};
use crate::clock::{self, SECOND};
use crate::options::Options;
use crate::report::{Finding, Report};
use crate::servers::hovor::{Company, Door, Hovor, PARTY};
use crate::stats::Spread;

/// Chats at once.
const CHATS: u32 = 500;
/// Calls beside them.
const CALLS: u32 = 100;
/// Between two messages of a client: 500 of them write 2,000 a minute.
const PAUSE: Duration = Duration::from_secs(15);
/// So many times as long as calls alone are measured.
const TIMES: u64 = 6;
/// Before each measurement.
const WARM_UP: u64 = 2 * SECOND;

/// One measurement.
#[derive(Clone, Debug, Serialize)]
struct Run {
    /// CPU, in milliseconds a second, of the calls alone and with the chats.
    alone_cpu: f64,
    cpu: f64,
    /// How late the calls' clock was on average, in microseconds, likewise.
    alone_late_us: f64,
    late_us: f64,
    /// Packets of the calls that were lost, with the chats.
    packets_lost: u64,
    /// Memory of a chat, in kB, before and after it wrote.
    begun_kb: f64,
    kb: f64,
    messages: u64,
    /// Messages that were lost, doubled or out of their order, for the client and in the history.
    wrong: u64,
    /// From sending to the acknowledgement: then it is stored.
    took: Spread,
}

/// Measures and judges.
pub fn measure(options: &Options, company: &Company, report: &mut Report) -> Result<(), String> {
    for chats in options.sizes(&[CHATS]) {
        let mut runs = vec![];
        for _ in 0..options.rounds {
            let run = run(company, chats, options)?;
            report.note("chats", "hovor", chats, &run);
            runs.push(run);
        }
        judge(chats, &runs, report);
    }
    Ok(())
}

fn run(company: &Company, chats: u32, options: &Options) -> Result<Run, String> {
    let hovor = company.serve()?;
    let door = company.door()?;
    let mut station = station()?;
    let standing = Standing::new(PARTY, CALLS, &mut station, true)?;
    let mut measured = |length: u64, then: &dyn Fn()| {
        let mut edges = vec![];
        let traffic = station.run(WARM_UP, length * SECOND, || {
            edges.push((hovor.process.cpu_ms(), lateness(&hovor)));
            then();
        });
        let [(cpu, late), (cpu_after, late_after)] = &edges[..] else { unreachable!("a run has two edges") };
        ((cpu_after - cpu) / length as f64, mean_us(late, late_after), traffic.lost)
    };
    let (alone_cpu, alone_late_us, _) = measured(options.seconds, &|| {});
    let rest = hovor.process.resident_kb();
    let all = Chats::begin(door.widget.clone(), chats, PAUSE)?;
    let of_chat = |hovor: &Hovor| (hovor.process.resident_kb() - rest) / f64::from(chats);
    let begun_kb = of_chat(&hovor);
    let (cpu, late_us, packets_lost) = measured(options.seconds * TIMES, &|| all.write());
    let kb = of_chat(&hovor);
    let told = all.end()?;
    // What was acknowledged is stored; what is live is read from the switch.
    clock::pause(1.0);
    let wrong = told.iter().map(Told::wrong).sum::<u64>() + wrong_in_history(&door, &told)?;
    standing.end()?;
    let mut took: Vec<u32> = told.iter().flat_map(|one| one.took_us.iter().copied()).collect();
    let messages = told.iter().map(|one| one.sent).sum();
    let took = Spread::of(&mut took);
    Ok(Run { alone_cpu, cpu, alone_late_us, late_us, packets_lost, begun_kb, kb, messages, wrong, took })
}

/// Messages that do not stand in the history as they were written.
fn wrong_in_history(door: &Door, told: &[Told]) -> Result<u64, String> {
    let sessions = door.get("/api/v1/sessions?limit=1000&live=true")?;
    let sessions = sessions.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut wrong = 0;
    for one in told {
        let name = format!("client {}", one.client);
        let session = sessions.iter().find(|session| session["from_name"] == name.as_str());
        let id =
            session.and_then(|session| session["id"].as_str()).ok_or(format!("{name} has no session"))?;
        let written = door.get(&format!("/api/v1/sessions/{id}/messages"))?;
        let written: Vec<&str> = written["messages"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|one| one["text"].as_str())
            .collect();
        let meant: Vec<String> = (1..=one.sent).map(|own| text(one.client, own)).collect();
        let same = meant.iter().zip(&written).filter(|(meant, written)| *meant == *written).count();
        wrong += (meant.len().max(written.len()) - same) as u64;
    }
    Ok(wrong)
}

fn judge(chats: u32, runs: &[Run], report: &mut Report) {
    let work = format!("chats, {chats} with {CALLS} calls");
    let of = |figure: fn(&Run) -> f64| runs.iter().map(figure).collect::<Vec<_>>();
    let each = f64::from(chats);
    let of_chat: Vec<f64> = runs.iter().map(|run| (run.cpu - run.alone_cpu) / each).collect();
    report.findings.extend([
        Finding::of(&work, "messages", &of(|run| run.messages as f64)),
        Finding::of(&work, "messages lost, doubled, misordered", &of(|run| run.wrong as f64)).at_most(0.0),
        Finding::of(&work, "acknowledged p50, ms", &of(|run| f64::from(run.took.p50_us) / 1e3)),
        Finding::of(&work, "acknowledged p99, ms", &of(|run| f64::from(run.took.p99_us) / 1e3)),
        Finding::of(&work, "CPU-ms a chat-second", &of_chat),
        Finding::of(&work, "kB a chat, begun", &of(|run| run.begun_kb)),
        Finding::of(&work, "kB a chat, after it wrote", &of(|run| run.kb)),
        Finding::of(&work, "packets of the calls lost", &of(|run| run.packets_lost as f64)).at_most(0.0),
        Finding::of(&work, "ticks late on average, µs", &of(|run| run.late_us))
            .beside("calls alone", &of(|run| run.alone_late_us))
            .at_most_times(1.2),
    ]);
}
