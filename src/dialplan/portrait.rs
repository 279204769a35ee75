//! What a person reads of a node, in a drawing or a report.

use super::piece::Piece;
use super::sound::Sound;

/// A node in a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Portrait {
    /// The verb as the file writes it.
    pub verb: &'static str,
    pub kind: Kind,
    /// What it does, a short line each, the most telling first.
    pub lines: Vec<String>,
}

/// What kind of thing a node is to a caller; each has a shape of its own in drawings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Something is heard.
    Sound,
    /// The caller is asked for keys.
    Menu,
    /// The way parts by itself: hours, a condition.
    Choice,
    /// The caller waits for an operator.
    Queue,
    /// Somebody is called.
    Dial,
    /// The caller's voice is kept.
    Record,
    /// Something is done that nobody hears.
    Act,
    /// The call ends.
    End,
}

impl Portrait {
    pub fn new(verb: &'static str, kind: Kind, lines: impl IntoIterator<Item = String>) -> Self {
        Self { verb, kind, lines: lines.into_iter().filter(|line| !line.is_empty()).collect() }
    }
}

/// Sounds by the names that people know them by; one that follows in another language is named once.
pub(super) fn named(pieces: &[Piece]) -> String {
    let mut names: Vec<String> = pieces.iter().map(Piece::words).collect();
    names.dedup();
    names.join(", ")
}

impl Piece {
    fn words(&self) -> String {
        match self {
            Piece::Sound(sound) => sound.words(),
            Piece::Recording => "what was recorded".into(),
            Piece::ByLanguage { own, .. } => named(own),
        }
    }
}

impl Sound {
    /// The sound by the name that people know it by: a prompt without its language.
    pub fn words(&self) -> String {
        match self {
            Sound::File(name) => {
                let prompt = name.strip_prefix("prompts/").and_then(|rest| rest.split_once('/'));
                prompt.map_or(name.as_str(), |(_, name)| name).to_owned()
            }
            Sound::Recording(_) => "what was recorded".into(),
            Sound::Speech { text, .. } => text.clone(),
            Sound::Tone { hz, .. } => format!("a tone of {hz} Hz"),
            Sound::Ringback => "ringing".into(),
            Sound::Silence { .. } => "silence".into(),
        }
    }
}
