//! What attackers try against the running program, with the tools that they use, and what too much does to it.

#![allow(clippy::disallowed_methods, reason = "these tests run in real time, against programs that do too")]

#[path = "../support/mod.rs"]
mod support;

// A test takes what it needs of a company.
#[allow(dead_code)]
#[path = "../operations/company.rs"]
mod company;

mod attacks;
mod fraud;
mod hostile;
mod overload;
mod scanners;
mod victim;
mod web;
