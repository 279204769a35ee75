//! What the end-to-end tests are made of: the program itself, real SIP peers, and an ear.
//!
//! A test starts a [`Hovor`](hovor::Hovor) of its own, which brings a folder and a block of ports; takes phones
//! from it ([`phone::Setup`]: `hovor.operator("201").says(&voice).pjsua()`); lets things happen and waits for
//! what must follow ([`phone::Moment`]); hangs up; and compares what each phone recorded with what the other one
//! said ([`audio::assert_heard`]). When it fails, the last lines of each program and the names of the kept
//! folders are printed.

// A test takes what it needs of this, and each test target compiles all of it.
#![allow(dead_code)]
#![allow(clippy::disallowed_methods, reason = "these tests run in real time, against programs that do too")]

pub mod baresip;
pub mod browser;
pub mod elsewhere;
pub mod folder;
pub mod hovor;
pub mod http;
pub mod invariants;
pub mod live;
pub mod machine;
pub mod mail;
pub mod name_server;
pub mod netstring;
pub mod phone;
pub mod pjsua;
pub mod ports;
pub mod process;
pub mod receiver;
pub mod record;
pub mod rtp;
pub mod seat;
pub mod sipp;
pub mod tls;

pub use ear::sound as audio;

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
