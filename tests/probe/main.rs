//! `hovor call` as network engineers use it: against the demo, and against other programs.

#![allow(clippy::disallowed_methods, reason = "these tests run in real time, against programs that do too")]

#[path = "../support/mod.rs"]
mod support;

mod calls;
mod shell;
