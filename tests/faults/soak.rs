//! Many calls of all kinds with random ends; afterwards nothing is left of them. HOVOR_SOAK says for how many seconds, a
//! minute without it.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::crowd::Crowd;
use crate::support::hovor::Hovor;
use crate::support::{pause, wait_for};

/// A fault of Linux's accounting, of thread stacks and of pages that the allocator keeps, in megabytes.
const MEMORY_MAY_GROW: u64 = 24;
/// Time after which the program and its caches are warm.
const WARM: Duration = Duration::from_secs(20);

/// What the process holds.
#[derive(Clone, Copy, Debug)]
struct Held {
    megabytes: u64,
    files: usize,
    threads: usize,
}

fn held(pid: u32) -> Held {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let number = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap()
    };
    let files = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count();
    Held { megabytes: number("VmRSS:") / 1_024, files, threads: number("Threads:") as usize }
}

/// Whether the program holds nothing of any call any more.
fn is_empty(hovor: &Hovor) -> bool {
    [
        "hovor_sessions",
        "hovor_legs",
        "hovor_queue_waiting",
        "hovor_sip_calls",
        "hovor_sip_calls_lingering",
        "hovor_sip_transactions",
        "hovor_media_legs",
        "hovor_media_rooms",
        "hovor_media_ports_in_use",
        "hovor_events_waiting",
    ]
    .iter()
    .all(|name| hovor.metric(name) == Some(0.0))
}

#[test]
fn after_many_calls_with_random_ends_nothing_is_left_of_them() {
    let seconds: u64 = std::env::var("HOVOR_SOAK").map_or(60, |text| text.parse().unwrap());
    // What is kept on purpose has a small bound here, so that it is reached at once.
    let options = ["--silence-limit", "5", "--trace-memory", "2", "--trace-keep", "10"];
    let mut hovor = Hovor::start_with(&options);
    let (pid, crowd) = (hovor.pid(), Crowd::default());
    let start = held(pid);
    let mut warm = None;
    std::thread::scope(|scope| {
        let operators = ["201", "202", "203", "204", "205", "206"];
        crowd.start(scope, hovor.sip_port, 14, &operators, Duration::from_millis(2_500));
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(seconds) {
            pause(1.0);
            if warm.is_none() && begun.elapsed() >= WARM {
                warm = Some(held(pid));
            }
            if begun.elapsed().as_secs().is_multiple_of(60) {
                println!("{:?}: {:?}, {:?}", begun.elapsed(), held(pid), crowd.tally);
            }
        }
        crowd.is_over.store(true, Ordering::Relaxed);
    });
    // Transactions last 64 times T1 after the last message, 32 s.
    wait_for("everything to be given back", Duration::from_secs(60), || is_empty(&hovor).then_some(()));
    let (warm, end) = (warm.unwrap_or(start), held(pid));
    println!("start {start:?}, warm {warm:?}, end {end:?}, {:?}", crowd.tally);
    // Readers of the database are opened when they are wanted, and stay: four at most, with their logs.
    assert!(end.files <= start.files + 12, "files: {start:?} at first, {end:?} in the end");
    assert!(end.threads <= start.threads + 16, "threads: {start:?} at first, {end:?} in the end");
    assert!(
        end.megabytes <= warm.megabytes + MEMORY_MAY_GROW,
        "memory: {warm:?} when warm, {end:?} in the end"
    );
    for (what, count) in [
        ("talked", &crowd.tally.talked),
        ("refused", &crowd.tally.refused),
        ("cancelled", &crowd.tally.cancelled),
        ("vanished", &crowd.tally.vanished),
        ("taken by operators", &crowd.tally.taken),
    ] {
        assert!(count.load(Ordering::Relaxed) > 0, "nobody {what}: {:?}", crowd.tally);
    }
    let (all, unanswered) =
        (crowd.tally.talked.load(Ordering::Relaxed), crowd.tally.unanswered.load(Ordering::Relaxed));
    assert!(unanswered * 20 < all, "calls without any answer: {:?}", crowd.tally);
}
