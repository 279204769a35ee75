//! The doctor for trunks against providers with planted faults: each is named in plain words.

#![allow(clippy::disallowed_methods, reason = "these tests run in real time, against programs that do too")]

#[path = "../support/mod.rs"]
mod support;

mod faults;
mod provider;
