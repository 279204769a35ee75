//! What a caller can be made to hear.

use serde::{Deserialize, Serialize};

/// One piece of sound; a [`Step::Play`](super::Step::Play) names several, played one after another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Sound {
    /// A file below the media directory: its path without `.wav`, as in `prompts/en/welcome`.
    File(String),
    /// What a record step of this run has recorded: the file that
    /// [`Input::Recorded`](super::Input::Recorded) named.
    Recording(String),
    /// A text to be spoken in this language.
    Speech { language: String, text: String },
    /// A sine of `hz` at `dbm0` (ITU-T G.711: 0 dBm0 is 3.14 dB below full scale in A-law),
    /// without end if `ms` is missing.
    Tone { hz: f32, dbm0: f32, ms: Option<u32> },
    /// The sound of a phone that rings at the other end (425 Hz, 1 s on, 4 s off), without end.
    Ringback,
    /// Nothing, for this long.
    Silence { ms: u32 },
}
