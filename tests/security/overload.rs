//! More calls than this machine can serve: new ones are refused early, those that stand do not notice.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::support::hovor::Hovor;
use crate::support::rtp::{self, Stream, ports_of};
use crate::support::sipp::Sipp;
use crate::support::{pause, wait_for};

/// How long the flood lasts, in seconds.
const FLOOD: u32 = 8;
/// Calls a second, one flood after the other, until one is too much: the build and the machine decide.
const RATES: [u32; 3] = [1_500, 3_000, 6_000];

/// Floods the program until it refuses new calls; gives how many got one answer or the other.
fn flood(hovor: &Hovor) -> u64 {
    for rate in RATES {
        let sipp = Sipp::new(&hovor.ports, "too_many", hovor.sip_port).calling("999");
        let limits = ["-l", "200000", "-timeout", "40", "-recv_timeout", "30000"];
        let flood = sipp.calls(rate * FLOOD, rate).option(&limits).untraced().start();
        let outcome = flood.outcome();
        assert!(outcome.failed * 50 < outcome.succeeded, "{outcome:#?}");
        if hovor.metric("hovor_calls_shed_total").unwrap() > 0.0 {
            return outcome.succeeded;
        }
    }
    panic!("this machine cannot be overloaded by {RATES:?} calls a second")
}

#[test]
fn too_many_calls_are_refused_early_and_live_ones_keep_their_sound() {
    let hovor = Hovor::start_alone();
    let first = hovor.ports.several(8);
    let mut streams: Vec<Stream> = (0..4).map(|n| Stream::new(first + 2 * n)).collect();
    let rows: Vec<String> = streams.iter().map(|stream| stream.port().to_string()).collect();
    let live = Sipp::new(&hovor.ports, "call_with_media_elsewhere", hovor.sip_port).calling("600");
    let mut live = live.users(&rows).calls(4, 4).option(&["-d", "45000", "-timeout", "80"]).start();
    let before = hovor.memory();
    let answered = std::thread::scope(|scope| {
        let flooding = scope.spawn(|| {
            pause(2.0);
            let answered = flood(&hovor);
            let begun = Instant::now();
            wait_for("all new calls to be let in again", Duration::from_secs(5), || {
                (hovor.metric("hovor_calls_admitted_ratio") == Some(1.0)).then_some(())
            });
            assert!(begun.elapsed() < Duration::from_secs(5));
            Sipp::new(&hovor.ports, "options", hovor.sip_port).run();
            answered
        });
        rtp::run(&mut streams, |streams| {
            let notes = live.notes();
            let remotes: BTreeMap<u16, u16> = notes.lines().filter_map(ports_of).collect();
            for stream in streams.iter_mut() {
                remotes.get(&stream.port()).into_iter().for_each(|port| stream.send_to(*port));
            }
            !live.has_ended()
        });
        flooding.join().unwrap()
    });
    assert_eq!(live.finish().succeeded, 4, "live calls stand until they are hung up");
    for stream in &streams {
        assert!(stream.received * 10 > stream.sent * 8, "received {} of {}", stream.received, stream.sent);
    }
    // A call whose refusal was lost asks again, and is refused once more: refusals do not add up to calls.
    let served = hovor.metric("hovor_sessions_total").unwrap();
    assert!(served * 50.0 > answered as f64, "{served} of {answered} were served");
    let log = hovor.log();
    assert!(log.contains("more comes than can be served"), "it is said when it begins");
    assert!(log.contains("all new calls are let in again"), "and when it is over");
    let grown = hovor.memory().saturating_sub(before);
    assert!(grown < 400, "{grown} MB more than before");
    assert_eq!(hovor.metric("hovor_internal_ends_total"), Some(0.0));
}
