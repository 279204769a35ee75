//! What must be zero in every program that a test has run: law 10, and steps that failed inside.

use super::http;

/// What is counted of faults of ours. The first two have a row for each invariant.
const FAULTS: [&str; 5] = [
    "hovor_invariant_violations",
    "hovor_invariant_violations_total",
    "hovor_faults_total",
    "hovor_media_rooms_failed_total",
    "hovor_media_events_lost_total",
];

/// Fails if the program that answers at this port has found a fault of its own since it was started.
#[track_caller]
pub fn assert_hold(http_port: u16) {
    let reply = http::request(http_port, "GET", "/metrics", &[], "");
    let text = reply.unwrap_or_else(|e| panic!("hovor does not say whether all is well: {e}")).body;
    for name in FAULTS {
        let is_one = |line: &&str| {
            line.strip_prefix(name).is_some_and(|rest| rest.starts_with(' ') || rest.starts_with('{'))
        };
        let rows: Vec<&str> = text.lines().filter(is_one).collect();
        assert!(!rows.is_empty(), "no {name} in {text}");
        let moved: Vec<_> = rows.into_iter().filter(|row| !row.ends_with(" 0")).collect();
        assert!(moved.is_empty(), "a fault of hovor: {moved:?}");
    }
}
