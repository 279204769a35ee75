//! Ways in and out, one folder each: a pure machine and a thin driver.
//!
//! A line turns its own signalling into the few words of [`crate::switch::line`] and back, so that
//! the switch never asks by which line a session came.

pub mod phone;
