//! RTP media: who hears whom, and the engine that makes it so.
//!
//! The switch sends [`Command`]s and receives [`Event`]s. Everything but `engine/` is pure.

pub mod command;
pub mod event;

pub use command::{Command, Row, Sound};
pub use event::{Event, Quality, RecordEnd};
