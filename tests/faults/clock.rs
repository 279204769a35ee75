//! The wall clock is set, an hour forward and an hour back, as by hand or by NTP after a start without network.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::live;
use crate::phone::{Ended, Phone};
use crate::support::folder::Folder;
use crate::support::hovor::{Hovor, PASSWORD};
use crate::support::{pause, wait_for};

const HOUR: i64 = 3_600;

/// What moves the clock of one process, made of `clock.c`.
struct Moved {
    folder: Folder,
}

impl Moved {
    fn new() -> Self {
        let moved = Self { folder: Folder::new("clock") };
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/clock.c");
        let made = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(moved.library())
            .arg(source)
            .status();
        assert!(made.unwrap().success());
        moved.to(0);
        moved
    }

    fn library(&self) -> std::path::PathBuf {
        self.folder.join("clock.so")
    }

    /// Sets the clock to the right time and so many seconds.
    fn to(&self, seconds: i64) {
        let half = self.folder.join("half");
        std::fs::write(&half, seconds.to_string()).unwrap();
        std::fs::rename(half, self.folder.join("seconds")).unwrap();
    }
}

/// Seconds between the start of the newest session of this caller and the right time.
fn start_differs(hovor: &Hovor, caller: &str) -> i64 {
    let started = hovor.record_of(caller).0["started_at"].as_i64().unwrap() / 1_000;
    started - SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64
}

#[test]
fn a_clock_that_is_set_by_an_hour_changes_no_call_and_no_length_of_one() {
    let (moved, data) = (Moved::new(), Folder::new("data"));
    let (library, seconds) = (moved.library(), moved.folder.join("seconds"));
    let environment =
        [("LD_PRELOAD", library.to_str().unwrap()), ("HOVOR_TEST_CLOCK", seconds.to_str().unwrap())];
    let mut hovor = Hovor::start_at(data.path(), &[], &environment);
    let mut anna = Phone::new("201", hovor.sip_port, 21);
    assert!(anna.register(PASSWORD));
    live::during(&mut hovor, |hovor| {
        for (hours, times) in [(1, 1.0), (0, 2.0), (-1, 3.0)] {
            moved.to(hours * HOUR);
            wait_for("the clock to be looked at", Duration::from_secs(5), || {
                (hovor.metric("hovor_clock_set_total") == Some(times)).then_some(())
            });
            // Sessions are listed by their time, so each of these calls has a caller of its own.
            let caller = format!("caller{times}");
            let mut new = Phone::new(&caller, hovor.sip_port, 23);
            let dialog = new.call("600", Duration::from_secs(1), None).expect("a new call is answered");
            assert!(new.hang_up(&dialog));
            let differs = start_differs(hovor, &caller) - hours * HOUR;
            assert!(differs.abs() < 60, "a new call is {differs} s beside the new time");
            // Her registration has not run out, and she is called.
            let mut client = Phone::new("client", hovor.sip_port, 22);
            std::thread::scope(|scope| {
                let calling =
                    scope.spawn(|| client.call("201", Duration::from_secs(5), None).map(|d| (client, d)));
                let invite = wait_for("her phone to ring", Duration::from_secs(5), || {
                    anna.receive().filter(|message| message.method() == "INVITE")
                });
                let own = anna.take(&invite, Duration::ZERO, false).expect("she takes the call");
                let (mut client, dialog) = calling.join().unwrap().expect("the call is answered");
                assert_eq!(client.talk(&dialog, Duration::from_millis(500)), Ended::TimeIsUp);
                assert!(client.hang_up(&dialog));
                assert_eq!(anna.talk(&own, Duration::from_secs(3)), Ended::ByThem);
            });
        }
    });
    let record = hovor.record_of("live");
    let length = record.0["ended_at"].as_i64().unwrap() - record.0["started_at"].as_i64().unwrap();
    assert!((1_000..60_000).contains(&length), "the call that stood through it took {length} ms");
    let setup = hovor.metric("hovor_setup_seconds_sum").unwrap();
    assert!(setup < 60.0, "set-ups took {setup} s");
    // What is written down of a registration holds by the clock as it is.
    assert!(anna.register(PASSWORD));
    pause(0.5);
    hovor.restart();
    let reachable = hovor.cli(&["operator", "anna"]);
    assert!(reachable.contains("registered"), "{reachable}");
}
