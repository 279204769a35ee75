//! What a player lets one leg hear.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::media::Sound;
use crate::media::mixer::{Frame, SILENCE};
use crate::media::player::{Playlist, Progress, Source};
use crate::media::tone::Signal;

/// A leg's player: what it plays, and an announcement over it. What it plays waits while the announcement is
/// heard, and goes on where it stopped; all of it waits while the leg may not be sent anything.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ear {
    under: Voice,
    over: Voice,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
enum Voice {
    /// It plays nothing.
    #[default]
    Idle,
    /// Files of the playback are being loaded.
    Loading { playback: u64, sounds: Vec<Sound>, repeat: bool },
    /// It plays.
    Playing { playback: u64, playlist: Playlist },
}

impl Ear {
    /// Whether nothing is or will be heard.
    pub fn is_idle(&self) -> bool {
        self.under == Voice::Idle && self.over == Voice::Idle
    }

    /// Plays these in place of everything.
    pub fn play(&mut self, playback: u64, sounds: Vec<Sound>, repeat: bool) {
        *self = Self { under: Voice::Loading { playback, sounds, repeat }, over: Voice::Idle };
    }

    /// Plays these over what it plays.
    pub fn announce(&mut self, playback: u64, sounds: Vec<Sound>) {
        self.over = Voice::Loading { playback, sounds, repeat: false };
    }

    /// The playbacks whose samples it waits for.
    pub fn loading(&self) -> Vec<(u64, Vec<Sound>)> {
        let wanted = |voice: &Voice| match voice {
            Voice::Loading { playback, sounds, .. } => Some((*playback, sounds.clone())),
            Voice::Idle | Voice::Playing { .. } => None,
        };
        [&self.under, &self.over].into_iter().filter_map(wanted).collect()
    }

    /// Takes the samples that a playback waits for; other playbacks' are ignored.
    pub fn loaded(&mut self, of: u64, sources: Vec<Source>) {
        if let Some(voice) = self.waiting(of)
            && let Voice::Loading { playback, repeat, .. } = *voice
        {
            *voice = Voice::Playing { playback, playlist: Playlist::new(sources, repeat) };
        }
    }

    /// A playback cannot be loaded; whether it was waited for.
    pub fn failed(&mut self, of: u64) -> bool {
        let waiting = self.waiting(of);
        waiting.map(|voice| *voice = Voice::Idle).is_some()
    }

    /// The next 20 ms, and the playback that ended with them.
    pub fn frame(&mut self) -> (Option<Frame>, Option<u64>) {
        match self.over {
            Voice::Playing { .. } => self.over.frame(),
            Voice::Idle | Voice::Loading { .. } => self.under.frame(),
        }
    }

    fn waiting(&mut self, of: u64) -> Option<&mut Voice> {
        [&mut self.under, &mut self.over]
            .into_iter()
            .find(|voice| matches!(voice, Voice::Loading { playback, .. } if *playback == of))
    }
}

impl Voice {
    fn frame(&mut self) -> (Option<Frame>, Option<u64>) {
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
            // A text is made into a file before. No file has this name, whatever the text is.
            Sound::Speech { text, .. } => {
                let name = format!("\0{text}").into();
                Source::Samples(file(&name).map_err(|error| (sound.clone(), error))?)
            }
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
        let mut ear = Ear::default();
        ear.play(2, vec![Sound::File("welcome".into())], false);
        ear.loaded(1, vec![Source::silence(20)]);
        assert!(matches!(ear.under, Voice::Loading { playback: 2, .. }));
        ear.loaded(2, vec![Source::silence(40)]);
        assert_eq!(ear.frame(), (Some(SILENCE), None));
        assert_eq!(ear.frame(), (Some(SILENCE), Some(2)));
        assert!(ear.is_idle());
    }

    /// Samples that count frames: every sample of frame `n` is `first + n`.
    fn counting(first: i16, frames: i16) -> Vec<Source> {
        let samples = (first..first + frames).flat_map(|n| [n; crate::media::FRAME]);
        vec![Source::Samples(samples.collect())]
    }

    #[test]
    fn music_goes_on_after_an_announcement_where_it_stopped() {
        let mut ear = Ear::default();
        let heard = |ear: &mut Ear| ear.frame().0.map(|frame| frame[0]);
        ear.play(1, vec![Sound::File("music".into())], true);
        ear.loaded(1, counting(100, 10));
        assert_eq!((heard(&mut ear), heard(&mut ear)), (Some(100), Some(101)));
        ear.announce(2, vec![Sound::File("you-are-number".into())]);
        assert_eq!(heard(&mut ear), Some(102), "it is heard until the announcement is loaded");
        ear.loaded(2, counting(500, 2));
        assert_eq!(heard(&mut ear), Some(500));
        assert_eq!(ear.frame().1, Some(2));
        assert_eq!(heard(&mut ear), Some(103));
        ear.announce(3, vec![Sound::File("nothing".into())]);
        assert!(ear.failed(3) && !ear.failed(3));
        assert_eq!(heard(&mut ear), Some(104));
        ear.play(4, vec![Sound::Busy], true);
        assert_eq!(heard(&mut ear), None);
    }

    #[test]
    fn a_missing_file_is_named() {
        let sounds = [Sound::Busy, Sound::File("nothing".into())];
        let failed = sources(&sounds, |name| Err::<Arc<[i16]>, _>(format!("{name} is not there")));
        assert_eq!(failed, Err((Sound::File("nothing".into()), "nothing is not there".into())));
    }
}
