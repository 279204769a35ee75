//! Ways in and out, one folder each: a pure machine and a thin driver.
//!
//! A line turns its own signalling into the few words of [`crate::switch::line`] and back, so that
//! the switch never asks by which line a session came.

pub mod phone;

/// The lines that there are, in the order in which people see them.
pub const LINES: &[&str] = &[phone::NAME];
