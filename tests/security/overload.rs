//! More calls than this machine can serve: new ones are refused early, those that stand do not notice.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::support::hovor::Hovor;
use crate::support::rtp::{self, Stream, ports_of};
use crate::support::sipp::Sipp;
use crate::support::{pause, wait_for};

/// How long a flood lasts that shows what the program takes, in seconds.
const PROBE: u32 = 3;
/// Calls a second, one flood after the other, until one is too much: the build and the machine decide.
const RATES: [u32; 6] = [250, 500, 1_000, 2_000, 4_000, 8_000];
/// How many times what it was seen to take is offered then.
const TOO_MUCH: u32 = 3;
/// … and for how long without a pause, in seconds.
const STEADY: u32 = 20;
/// What the program may need at its peak beside what it had before, in megabytes: transactions are kept for a while
/// (RFC 6026: 32 s at most), whatever became of the call, and up to 64 MB of messages for `hovor trace`.
const MEMORY: u64 = 400;
/// How soon all new calls are let in again.
const RECOVERY: Duration = Duration::from_secs(5);

/// Floods the program with so many calls a second; gives how many got one answer or the other: served, or 503 with
/// `Retry-After`.
fn flood(hovor: &Hovor, rate: u32, seconds: u32) -> u64 {
    let sipp = Sipp::new(&hovor.ports, "too_many", hovor.sip_port).calling("999");
    let limits = ["-l", "200000", "-timeout", "70", "-recv_timeout", "30000"];
    let outcome = sipp.calls(rate * seconds, rate).option(&limits).untraced().start().outcome();
    // The one who calls shares the machine, and loses some of what comes back.
    assert!(outcome.failed * 20 < outcome.succeeded, "{outcome:#?}");
    outcome.succeeded
}

fn count(hovor: &Hovor, metric: &str) -> u64 {
    hovor.metric(metric).unwrap() as u64
}

/// How many calls a second the program takes: of twice as many it refuses a quarter at least.
fn capacity(hovor: &Hovor) -> u32 {
    let is_too_much = |rate: &u32| {
        let before = count(hovor, "hovor_calls_shed_total");
        let answered = flood(hovor, *rate, PROBE);
        (count(hovor, "hovor_calls_shed_total") - before) * 4 > answered
    };
    let too_much = RATES.into_iter().find(is_too_much);
    too_much.unwrap_or_else(|| panic!("{RATES:?} calls a second are not too much")) / 2
}

/// Offers three times what the program takes, and sees what becomes of it.
fn overload(hovor: &Hovor) {
    let capacity = capacity(hovor);
    let counts = || ["hovor_sessions_total", "hovor_calls_shed_total"].map(|metric| count(hovor, metric));
    let before = counts();
    let answered = flood(hovor, TOO_MUCH * capacity, STEADY);
    let begun = Instant::now();
    wait_for("all new calls to be let in again", RECOVERY, || {
        (hovor.metric("hovor_calls_admitted_ratio") == Some(1.0)).then_some(())
    });
    let recovered = begun.elapsed();
    let after = counts();
    let [served, shed] = [after[0] - before[0], after[1] - before[1]];
    println!(
        "it takes {capacity} a second; of {answered} calls in {STEADY} s it served {served}, refused {shed} times, and let \
         all in again after {recovered:?}"
    );
    // A call whose refusal was lost asks again, and is refused once more: refusals do not add up to calls.
    assert!(shed * 4 > served, "{shed} were refused, {served} served: this was no overload");
    assert!(served * 50 > answered, "{served} of {answered} were served");
    Sipp::new(&hovor.ports, "options", hovor.sip_port).run();
}

#[test]
fn three_times_too_many_calls_for_long_are_refused_early_and_live_ones_keep_their_sound() {
    let hovor = Hovor::start_alone();
    let first = hovor.ports.several(8);
    let mut streams: Vec<Stream> = (0..4).map(|n| Stream::new(first + 2 * n)).collect();
    let rows: Vec<String> = streams.iter().map(|stream| stream.port().to_string()).collect();
    let live = Sipp::new(&hovor.ports, "call_with_media_elsewhere", hovor.sip_port).calling("600");
    let mut live = live.users(&rows).calls(4, 4).option(&["-d", "90000", "-timeout", "130"]).start();
    let before = hovor.memory();
    std::thread::scope(|scope| {
        let flooding = scope.spawn(|| {
            pause(2.0);
            overload(&hovor);
        });
        rtp::run(&mut streams, |streams| {
            let notes = live.notes();
            let remotes: BTreeMap<u16, u16> = notes.lines().filter_map(ports_of).collect();
            for stream in streams.iter_mut() {
                remotes.get(&stream.port()).into_iter().for_each(|port| stream.send_to(*port));
            }
            !live.has_ended()
        });
        assert!(flooding.is_finished(), "the calls that stand were to outlast the flood");
        flooding.join().unwrap();
    });
    assert_eq!(live.finish().succeeded, 4, "live calls stand until they are hung up");
    for stream in &streams {
        assert!(stream.received * 10 > stream.sent * 8, "received {} of {}", stream.received, stream.sent);
    }
    let log = hovor.log();
    assert!(log.contains("more comes than can be served"), "it is said when it begins");
    assert!(log.contains("all new calls are let in again"), "and when it is over");
    let grown = hovor.most_memory().saturating_sub(before);
    println!("it needed {grown} MB more than before at its peak");
    assert!(grown < MEMORY, "{grown} MB more than before at its peak");
    assert_eq!(hovor.metric("hovor_internal_ends_total"), Some(0.0));
}
