//! hovor: a telephony-first PBX and contact centre in one program.
//!
//! Callers arrive as *sessions* on *lines*; the *switch* decides who serves them; the *media*
//! engine lets legs hear each other; the *store* remembers; the *api* shows it all. The rooms
//! below stand in reading order; `tests/layering.rs` holds the arrows between them.

// Vocabulary that every room may use.
pub mod time;

pub mod id;

pub mod entropy;

pub mod allow;
pub mod e164;

// Pure state machines, each with its thin driver beside it.
pub mod sdp;

pub mod sip;

pub mod media;

pub mod queue;

pub mod dialplan;

pub mod switch;

pub mod lines;

pub mod webhook;

pub mod matching;

pub mod trace;

// The edge.
pub mod clock;

pub mod resolve;

pub mod config;

pub mod store;

pub mod probe;

pub mod doctor;

pub mod api;

pub mod server;

pub mod cli;

// Not part of the program: what tests and fuzzers hold it to.
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
