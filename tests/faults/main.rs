//! What goes wrong on the machine, and what the program does about it: live calls go on, nothing that was shown is
//! lost, a metric tells, and when it is over everything is as it was. docs/operations.md has the table.

#![allow(clippy::disallowed_methods, reason = "these tests run in real time, against programs that do too")]

#[path = "../support/mod.rs"]
mod support;

mod clock;
mod crowd;
mod database;
mod disk;
mod files;
mod killed;
mod live;
mod names;
mod phone;
mod ports;
mod recordings;
mod soak;
mod wire;
