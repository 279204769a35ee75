//! Running the program as `docs/operations.md` says: its start, what it says when it cannot start, and
//! the guide itself from its first line to its last.

#![allow(clippy::disallowed_methods, reason = "these tests run in real time, against programs that do too")]

#[path = "../support/mod.rs"]
mod support;

mod company;
mod editing;
mod guide;
mod start;
mod tools;
