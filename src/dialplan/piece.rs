//! Sounds as a file names them, before a caller hears them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::sound::Sound;
use super::stage::Memory;

/// A sound, or a place where one is put while the caller is served.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Piece {
    Sound(Sound),
    /// What this caller recorded last (`{recording}`); nothing if there is none.
    Recording,
    /// Other sounds for a caller who is spoken to in another language than the file's own.
    ByLanguage {
        own: Vec<Piece>,
        others: BTreeMap<String, Vec<Piece>>,
    },
}

impl Piece {
    /// The sounds for this caller.
    pub fn all(pieces: &[Piece], memory: &Memory) -> Vec<Sound> {
        pieces.iter().flat_map(|piece| piece.sounds(memory)).collect()
    }

    fn sounds(&self, memory: &Memory) -> Vec<Sound> {
        match self {
            Piece::Sound(sound) => vec![sound.clone()],
            Piece::Recording => memory.recording.clone().map(Sound::Recording).into_iter().collect(),
            Piece::ByLanguage { own, others } => {
                let other = memory.language.as_ref().and_then(|language| others.get(language));
                Piece::all(other.unwrap_or(own), memory)
            }
        }
    }

    /// Whether some caller hears it for ever.
    pub fn is_endless(&self) -> bool {
        match self {
            Piece::Sound(sound) => matches!(sound, Sound::Tone { ms: None, .. } | Sound::Ringback),
            Piece::Recording => false,
            Piece::ByLanguage { own, others } => {
                own.iter().chain(others.values().flatten()).any(Piece::is_endless)
            }
        }
    }

    /// Whether some caller hears nothing.
    pub fn may_be_nothing(&self) -> bool {
        match self {
            Piece::Sound(_) => false,
            Piece::Recording => true,
            Piece::ByLanguage { own, others } => [own]
                .into_iter()
                .chain(others.values())
                .any(|pieces| pieces.iter().all(Piece::may_be_nothing)),
        }
    }
}
