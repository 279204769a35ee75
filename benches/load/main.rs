//! Load runs side by side with others' servers: `benches/load/run` builds, starts and explains them.
//!
//! One process plays all phones. It starts a server, sets calls or registrations up by SIP (or rtpengine's ng
//! protocol), lets sound run, and reads what the server used from `/proc`: its own CPU, its own memory. Servers
//! take turns, and the median counts. `docs/performance.md` tells the method and the figures.

#![expect(clippy::disallowed_methods, reason = "a generator of load lives in real time")]

mod beat;
mod chats;
mod clock;
mod datagram;
mod options;
mod ports;
mod process;
mod report;
mod rtp;
mod scenarios;
mod servers;
mod sip;
mod stats;
mod streams;

use std::process::ExitCode;

use options::Options;
use report::Report;
use scenarios::{calls, chats as writing, conference, media, memory, music, register, second_opinion};
use servers::floor;
use servers::hovor::Company;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.as_slice() {
        [kind, calls] if kind == floor::FORWARDING => loop_for(calls, floor::forward),
        [kind, calls] if kind == floor::PLAYING => loop_for(calls, floor::play),
        [kind, _] if kind == floor::RELAYING => floor::relay().map_err(|error| error.to_string()),
        _ => Options::read(arguments.into_iter()).and_then(|options| measure(&options)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("load: {why}");
            ExitCode::FAILURE
        }
    }
}

fn loop_for(calls: &str, run: fn(usize) -> std::io::Result<()>) -> Result<(), String> {
    let calls = calls.parse().map_err(|_| format!("`{calls}` is no count"))?;
    run(calls).map_err(|error| error.to_string())
}

fn measure(options: &Options) -> Result<(), String> {
    if options.works.is_empty() {
        // `cargo bench` runs everything; this is for those who name what they want.
        println!("load: name what to measure ({} or all); see benches/load/run", options::WORKS.join(", "));
        return Ok(());
    }
    clock::hurry();
    let wanted = |name: &str| options.works.iter().any(|work| work == name);
    let phones = if wanted("register") { register::PHONES } else { 0 };
    let rooms = if wanted("conference") { conference::most(options) } else { 0 };
    let company = Company::new(phones, rooms as usize)?;
    let mut report = Report::default();
    let mut outcome = Ok(());
    for work in &options.works {
        let measured = match work.as_str() {
            "media" => media::measure(options, &company, &mut report),
            "calls" => calls::measure(options, &company, &mut report),
            "calls-by-sipp" => second_opinion::measure(options, &company, &mut report),
            "register" => register::measure(options, &company, &mut report),
            "conference" => conference::measure(options, &company, &mut report),
            "chats" => writing::measure(options, &company, &mut report),
            "hold-music" => music::measure(options, &company, &mut report),
            _ => memory::measure(options, &company, &mut report),
        };
        // What was measured before a fault is worth showing.
        outcome = outcome.and(measured.map_err(|why| format!("{work}: {why}")));
    }
    match options.json {
        true => println!("{:#}", report.json()),
        false => println!("{}", report.table()),
    }
    outcome
}
