//! What the end-to-end tests are made of: the program itself, real SIP peers, and an ear.

// A test takes what it needs of this, and each test target compiles all of it.
#![allow(dead_code)]
#![allow(clippy::disallowed_methods, reason = "these tests run in real time, against programs that do too")]

pub mod audio;
pub mod baresip;
pub mod folder;
pub mod hovor;
pub mod http;
pub mod netstring;
pub mod phone;
pub mod pjsua;
pub mod ports;
pub mod process;
pub mod record;
pub mod rtp;
pub mod sipp;
pub mod spectrum;

use std::time::{Duration, Instant};

/// Asks again and again until there is an answer, or says what it waited for.
pub fn wait_for<T>(what: &str, limit: Duration, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited {limit:?} in vain for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Lets a call go on for a while.
pub fn pause(seconds: f64) {
    std::thread::sleep(Duration::from_secs_f64(seconds));
}
