//! RTP media: who hears whom, and the engine that makes it so.
//!
//! The switch sends [`Command`]s and receives [`Event`]s. A [`worker`] owns [`room`]s; a room owns
//! its [`leg`]s and the hearing [`table`], and mixes. What one leg receives goes through [`rtp`] and
//! [`playout`] (which holds [`jitter`], [`codec`] and [`plc`]) to 20 ms of samples a tick, and by
//! [`resample`] to the room's rate; [`player`] and [`tone`] make sound; [`voice`] tells speech from noise;
//! [`recording`] keeps it. All of these are pure: they are told the time and handed bytes and samples. [`engine`]
//! drives workers on threads of their own, and lets browsers in by [`webrtc`].

pub mod command;
pub mod event;

pub mod engine;
pub mod leg;
pub mod mixer;
pub mod room;
pub mod table;
pub mod worker;

pub mod codec;
pub mod dtmf;
pub mod jitter;
pub mod player;
pub mod playout;
pub mod plc;
pub mod rating;
pub mod recording;
pub mod resample;
pub mod rtcp;
pub mod rtp;
pub mod sound;
pub mod srtp;
pub mod tone;
pub mod voice;
pub mod webrtc;

pub use command::{Command, Family, Mark, RecordLimits, Row, Side, Sound, Ways};
pub use event::{Event, Quality, RecordEnd, Standing};

/// Samples a second of the telephone: the least inside a room, that of recordings, and what keys are looked for in.
pub const RATE: u32 = 8_000;

/// Samples a second of sounds for those who can hear more than the telephone carries.
pub const WIDE_RATE: u32 = 16_000;

/// Samples of one tick of 20 ms at [`RATE`].
pub const FRAME: usize = 160;
