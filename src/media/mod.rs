//! RTP media: who hears whom, and the engine that makes it so.
//!
//! The modules below are pure: they are told the time and handed bytes and samples. What one leg
//! receives goes through [`rtp`] and [`playout`] (which holds [`jitter`], [`codec`] and [`plc`]) to
//! 20 ms of samples a tick; [`player`] and [`tone`] make sound; [`recording`] keeps it.

pub mod codec;
pub mod dtmf;
pub mod jitter;
pub mod player;
pub mod playout;
pub mod plc;
pub mod recording;
pub mod rtcp;
pub mod rtp;
pub mod sound;
pub mod tone;

/// Samples a second inside a room.
pub const RATE: u32 = 8_000;

/// Samples of one tick of 20 ms at [`RATE`].
pub const FRAME: usize = 160;
