//! Dialplan files that change under live calls. By itself, because it takes the whole machine for a while.

#![allow(clippy::disallowed_methods, reason = "these tests run in real time, against programs that do too")]

#[path = "../support/mod.rs"]
mod support;

mod live_calls;
