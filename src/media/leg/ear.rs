//! What a player lets one leg hear.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::media::Sound;
use crate::media::mixer::{Frame, SILENCE};
use crate::media::player::{Playlist, Progress, Source};
use crate::media::tone::Signal;

/// A leg's player. What it plays waits while the leg may not be sent anything.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Ear {
    /// It plays nothing.
    #[default]
    Idle,
    /// Files of the playback are being loaded.
    Loading { playback: u64, sounds: Vec<Sound>, repeat: bool },
    /// It plays.
    Playing { playback: u64, playlist: Playlist },
}

impl Ear {
    /// Whether something is or will be heard.
    pub fn is_idle(&self) -> bool {
        *self == Self::Idle
    }

    /// Takes the samples that [`Ear::Loading`] waits for; other playbacks' are ignored.
    pub fn loaded(&mut self, of: u64, sources: Vec<Source>) {
        if let Self::Loading { playback, repeat, .. } = *self
            && playback == of
        {
            *self = Self::Playing { playback, playlist: Playlist::new(sources, repeat) };
        }
    }

    /// The next 20 ms, and the playback that ended with them.
    pub fn frame(&mut self) -> (Option<Frame>, Option<u64>) {
        let Self::Playing { playback, playlist } = self else { return (None, None) };
        let mut frame = SILENCE;
        match playlist.fill(&mut frame) {
            Progress::More => (Some(frame), None),
            Progress::Done => {
                let ended = *playback;
                *self = Self::Idle;
                (Some(frame), Some(ended))
            }
        }
    }
}

/// What the player makes of `sounds`; `file` gives the samples of a file at the room's rate.
///
/// # Errors
/// The first sound that cannot be had, and why.
pub fn sources<E>(
    sounds: &[Sound],
    mut file: impl FnMut(&Arc<str>) -> Result<Arc<[i16]>, E>,
) -> Result<Vec<Source>, (Sound, E)> {
    let source = |sound: &Sound| {
        Ok(match sound {
            Sound::File(name) => Source::Samples(file(name).map_err(|error| (sound.clone(), error))?),
            Sound::Tone { hz, dbm0, ms } => Source::tone(*hz, *dbm0, *ms),
            Sound::Ringback => Source::Signal(Signal::Ringback),
            Sound::Busy => Source::Signal(Signal::Busy),
            Sound::Silence { ms } => Source::silence(*ms),
        })
    };
    sounds.iter().map(source).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_of_a_playback_that_was_replaced_are_ignored() {
        let sounds = vec![Sound::File("welcome".into())];
        let mut ear = Ear::Loading { playback: 2, sounds, repeat: false };
        ear.loaded(1, vec![Source::silence(20)]);
        assert!(matches!(ear, Ear::Loading { playback: 2, .. }));
        ear.loaded(2, vec![Source::silence(40)]);
        assert_eq!(ear.frame(), (Some(SILENCE), None));
        assert_eq!(ear.frame(), (Some(SILENCE), Some(2)));
        assert!(ear.is_idle());
    }

    #[test]
    fn a_missing_file_is_named() {
        let sounds = [Sound::Busy, Sound::File("nothing".into())];
        let failed = sources(&sounds, |name| Err::<Arc<[i16]>, _>(format!("{name} is not there")));
        assert_eq!(failed, Err((Sound::File("nothing".into()), "nothing is not there".into())));
    }
}
