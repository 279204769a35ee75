//! Dialplan files that change under live calls.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::folder::Folder;
use crate::support::hovor::Hovor;
use crate::support::http;
use crate::support::rtp::{self, Stream, ports_of};
use crate::support::sipp::Sipp;

const CALLS: u16 = 50;
const RELOADS: usize = 1_000;
/// Longer between two packets is no late waking of the listener any more, which shares the machine with everything
/// else; that nothing is missing and the music goes on sample by sample is asked for besides.
const LONGEST_GAP: Duration = Duration::from_millis(250);

/// The demo's dialplan files, to be edited.
fn demo_files() -> Folder {
    let folder = Folder::new("dialplans");
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("dialplans/demo")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            std::fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    folder
}

/// A file of two numbers, for each edit another one. Every tenth has a fault.
fn edition(number: usize) -> (String, bool) {
    let sound = if number % 10 == 9 { "no-such-sound" } else { "welcome" };
    let numbers = format!("numbers = [\"68{}\", \"69{}\"]", number % 10, number % 10);
    let text = format!(
        "# edit {number}\n{numbers}\nstart = \"hello\"\n\n[hello]\nplay = \"{sound}\"\nthen = \"hangup\"\n"
    );
    (text, sound == "welcome")
}

/// Edits a file and has it read, a thousand times; gives how long each took.
fn reload_again_and_again(hovor_http: u16, token: &str, file: &Path) -> Vec<Duration> {
    let authorization = format!("Bearer {token}");
    let headers = [("Authorization", authorization.as_str())];
    let mut version = 0;
    let mut times = vec![];
    for number in 0..RELOADS {
        let (text, is_good) = edition(number);
        // As editors do it: nobody ever sees half a file.
        let fresh = file.with_extension("new");
        std::fs::write(&fresh, text).unwrap();
        std::fs::rename(fresh, file).unwrap();
        let start = Instant::now();
        let reply = http::request(hovor_http, "POST", "/api/v1/dialplans/reload", &headers, "").unwrap();
        times.push(start.elapsed());
        assert_eq!(reply.status, 200, "{reply:?}");
        let view: Value = reply.json();
        let next = view["version"].as_u64().unwrap();
        match is_good {
            true => assert!(next > version && view["refused_at"].is_null(), "edit {number}: {view}"),
            false => assert!(next == version && !view["refused_at"].is_null(), "edit {number}: {view}"),
        }
        version = next;
    }
    times
}

#[test]
fn a_thousand_reloads_under_fifty_calls_leave_no_gap_in_their_sound() {
    let files = demo_files();
    let hovor = Hovor::start_with(&["--dialplans", files.path().to_str().unwrap()]);
    let made: Value = serde_json::from_str(&hovor.cli(&["token", "add", "reload", "--json"])).unwrap();
    let token = made["secret"].as_str().unwrap();
    let first = hovor.ports.several(2 * CALLS);
    let mut streams: Vec<Stream> = (0..CALLS).map(|n| Stream::new(first + 2 * n)).collect();
    let rows: Vec<String> = streams.iter().map(|stream| stream.port().to_string()).collect();
    let calls = Sipp::new(&hovor.ports, "call_with_media_elsewhere", hovor.sip_port)
        .calling("601")
        .users(&rows)
        .calls(CALLS.into(), 25);
    let calls = calls.option(&["-d", "600000", "-timeout", "600"]).start();
    let (has_begun, is_over) = (AtomicBool::new(false), AtomicBool::new(false));
    let file = files.path().join("edited.toml");
    let mut times = std::thread::scope(|scope| {
        let reloading = scope.spawn(|| {
            while !has_begun.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(10));
            }
            let times = reload_again_and_again(hovor.http_port, token, &file);
            is_over.store(true, Ordering::Relaxed);
            times
        });
        rtp::run(&mut streams, |streams| {
            if !has_begun.load(Ordering::Relaxed) {
                let remotes: BTreeMap<u16, u16> = calls.notes().lines().filter_map(ports_of).collect();
                for stream in streams.iter_mut() {
                    remotes.get(&stream.port()).into_iter().for_each(|port| stream.send_to(*port));
                }
                // Two seconds of all fifty before the first edit.
                if streams.iter().all(|stream| stream.received > 100) {
                    streams.iter_mut().for_each(|stream| stream.course.begin_anew());
                    has_begun.store(true, Ordering::Relaxed);
                }
            }
            !is_over.load(Ordering::Relaxed) && !reloading.is_finished()
        });
        reloading.join().unwrap()
    });
    times.sort();
    let gaps = streams.iter().map(|stream| stream.course.longest_gap);
    let received: usize = streams.iter().map(|stream| stream.received).sum();
    let all: Duration = times.iter().sum();
    println!(
        "{RELOADS} reloads in {all:?}: median {:?}, longest {:?}; {received} packets in {CALLS} calls, longest gap \
         {:?}",
        times[RELOADS / 2],
        times[RELOADS - 1],
        gaps.clone().max().unwrap()
    );
    for stream in &streams {
        assert_eq!((stream.course.missing, stream.course.torn), (0, 0), "{:?}", stream.course);
        assert!(stream.course.longest_gap < LONGEST_GAP, "{:?}", stream.course);
    }
    assert_eq!(hovor.metric("hovor_media_ticks_skipped_total"), Some(0.0));
    assert_eq!(hovor.metric("hovor_dialplan_refusals_total"), Some(RELOADS as f64 / 10.0));
    let history: Value = serde_json::from_str(&hovor.cli(&["dialplan", "history", "--json"])).unwrap();
    assert_eq!(history.as_array().unwrap().len(), 20);
    let kept = std::fs::read_dir(hovor.data().join("dialplan-versions")).unwrap().count();
    assert_eq!(kept, 20);
    drop(calls);
}
