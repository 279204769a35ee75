//! Sounds as a file names them, before a caller hears them.

use serde::{Deserialize, Serialize};

use super::sound::Sound;
use super::stage::Memory;

/// A sound, or a place where one is put while the caller is served.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Piece {
    Sound(Sound),
    /// What this caller recorded last (`{recording}`); nothing if there is none.
    Recording,
}

impl Piece {
    pub fn sound(&self, memory: &Memory) -> Option<Sound> {
        match self {
            Piece::Sound(sound) => Some(sound.clone()),
            Piece::Recording => memory.recording.clone().map(Sound::Recording),
        }
    }

    /// The sounds for this caller.
    pub fn all(pieces: &[Piece], memory: &Memory) -> Vec<Sound> {
        pieces.iter().filter_map(|piece| piece.sound(memory)).collect()
    }

    /// True if it never ends by itself.
    pub fn is_endless(&self) -> bool {
        matches!(self, Piece::Sound(Sound::Tone { ms: None, .. } | Sound::Ringback))
    }
}
