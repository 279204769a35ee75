//! What a player lets one leg hear.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::media::mixer::{Frame, Mix, SILENCE};
use crate::media::player::{Order, Playlist, Progress, Source};
use crate::media::tone::Signal;
use crate::media::{RATE, Sound};
use crate::time::Time;

/// Samples within which what is cut off fades, and what begins within itself rises: 5 ms.
const FADE: usize = RATE as usize / 200;

/// A leg's player: what it plays, and an announcement over it. What it plays waits while the announcement is
/// heard, and goes on where it stopped; all of it waits while the leg may not be sent anything.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ear {
    under: Voice,
    over: Voice,
    /// What was cut off and is to fade.
    fading: Voice,
    /// What is under did not follow itself: it waited, or begins within itself.
    rises: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
enum Voice {
    /// It plays nothing.
    #[default]
    Idle,
    /// Files of the playback are being loaded.
    Loading { playback: u64, sounds: Vec<Sound>, order: Order },
    /// It plays.
    Playing { playback: u64, playlist: Playlist },
}

impl Ear {
    /// Whether nothing is or will be heard.
    pub fn is_idle(&self) -> bool {
        [&self.under, &self.over, &self.fading].into_iter().all(|voice| *voice == Voice::Idle)
    }

    /// Plays these in place of everything.
    pub fn play(&mut self, playback: u64, sounds: Vec<Sound>, order: Order) {
        self.stop();
        self.under = Voice::Loading { playback, sounds, order };
    }

    /// Plays these over what it plays.
    pub fn announce(&mut self, playback: u64, sounds: Vec<Sound>) {
        if matches!(self.over, Voice::Playing { .. }) {
            self.fading = std::mem::take(&mut self.over);
        }
        self.over = Voice::Loading { playback, sounds, order: Order::Once };
    }

    /// Plays nothing, once what was heard has faded.
    pub fn stop(&mut self) {
        let (under, over) = (std::mem::take(&mut self.under), std::mem::take(&mut self.over));
        let heard = if matches!(over, Voice::Playing { .. }) { over } else { under };
        if matches!(heard, Voice::Playing { .. }) {
            self.fading = heard;
        }
        self.rises = false;
    }

    /// Takes what is played by the clock to where it stands now.
    pub fn follow(&mut self, now: Time) {
        let samples = now.0 / 1_000 * u64::from(RATE) / 1_000;
        if let Voice::Playing { playlist, .. } = &mut self.under {
            self.rises |= playlist.follow(samples);
        }
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
            && let Voice::Loading { playback, order, .. } = *voice
        {
            *voice = Voice::Playing { playback, playlist: Playlist::ordered(sources, order) };
        }
    }

    /// A playback cannot be loaded; whether it was waited for.
    pub fn failed(&mut self, of: u64) -> bool {
        let waiting = self.waiting(of);
        waiting.map(|voice| *voice = Voice::Idle).is_some()
    }

    /// The next 20 ms, and the playback that ended with them.
    pub fn frame(&mut self) -> (Option<Frame>, Option<u64>) {
        let (frame, ended) = self.heard();
        let frame = match (frame, self.fading.last_frame()) {
            (frame, None) => frame,
            (None, faded) => faded,
            (Some(frame), Some(faded)) => {
                let mut mix = Mix::default();
                mix.add(&frame);
                mix.add(&faded);
                Some(mix.frame())
            }
        };
        (frame, ended)
    }

    fn heard(&mut self) -> (Option<Frame>, Option<u64>) {
        if matches!(self.over, Voice::Playing { .. }) {
            if !self.rises && matches!(self.under, Voice::Playing { .. }) {
                // Its place is kept; only a copy goes on.
                self.fading = self.under.clone();
            }
            self.rises = true;
            return self.over.frame();
        }
        let (mut frame, ended) = self.under.frame();
        if let Some(frame) = &mut frame
            && std::mem::take(&mut self.rises)
        {
            fade(frame.iter_mut());
        }
        (frame, ended)
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

impl Voice {
    /// What is heard of it after it was cut off.
    fn last_frame(&mut self) -> Option<Frame> {
        let mut frame = std::mem::take(self).frame().0?;
        let (sound, rest) = frame.split_at_mut(FADE);
        fade(sound.iter_mut().rev());
        rest.fill(0);
        Some(frame)
    }
}

/// Lets samples rise from silence.
fn fade<'a>(samples: impl Iterator<Item = &'a mut i16>) {
    for (place, sample) in samples.take(FADE).enumerate() {
        *sample = (i32::from(*sample) * place as i32 / FADE as i32) as i16;
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
    use crate::media::FRAME;

    #[test]
    fn samples_of_a_playback_that_was_replaced_are_ignored() {
        let mut ear = Ear::default();
        ear.play(2, vec![Sound::File("welcome".into())], Order::Once);
        ear.loaded(1, vec![Source::silence(20)]);
        assert!(matches!(ear.under, Voice::Loading { playback: 2, .. }));
        ear.loaded(2, vec![Source::silence(40)]);
        assert_eq!(ear.frame(), (Some(SILENCE), None));
        assert_eq!(ear.frame(), (Some(SILENCE), Some(2)));
        assert!(ear.is_idle());
    }

    /// Samples that count frames: every sample of frame `n` is `first + n`.
    fn counting(first: i16, frames: i16) -> Vec<Source> {
        let samples = (first..first + frames).flat_map(|n| [n; FRAME]);
        vec![Source::Samples(samples.collect())]
    }

    #[test]
    fn music_goes_on_after_an_announcement_where_it_stopped() {
        let mut ear = Ear::default();
        let heard = |ear: &mut Ear| ear.frame().0.map(|frame| frame[FRAME - 1]);
        ear.play(1, vec![Sound::File("music".into())], Order::Repeat);
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
        ear.play(4, vec![Sound::Busy], Order::Once);
        assert_eq!((heard(&mut ear), heard(&mut ear)), (Some(0), None));
    }

    #[test]
    fn what_is_cut_off_fades_and_music_rises_where_it_goes_on() {
        let mut ear = Ear::default();
        ear.play(1, vec![Sound::File("music".into())], Order::ByClock);
        let level = vec![Source::Samples([10_000_i16; 1_000].into())];
        ear.loaded(1, level.clone());
        let mut heard = vec![];
        for tick in 0..30 {
            match tick {
                6 => ear.announce(2, vec![Sound::File("hello".into())]),
                7 => ear.loaded(2, vec![Source::silence(60)]),
                15 => ear.stop(),
                18 => ear.play(3, vec![Sound::File("music".into())], Order::ByClock),
                19 => ear.loaded(3, level.clone()),
                _ => {}
            }
            ear.follow(Time::from_millis(20 * tick));
            heard.extend(ear.frame().0.unwrap_or(SILENCE));
        }
        let steepest = heard.windows(2).map(|pair| (pair[1] - pair[0]).abs()).max();
        assert!(steepest <= Some(250), "{steepest:?} in a sample");
        let loud: Vec<usize> = (0..30).filter(|tick| heard[tick * FRAME + 80] == 10_000).collect();
        assert_eq!(
            loud,
            [0, 1, 2, 3, 4, 5, 6, 10, 11, 12, 13, 14, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29]
        );
    }

    #[test]
    fn a_missing_file_is_named() {
        let sounds = [Sound::Busy, Sound::File("nothing".into())];
        let failed = sources(&sounds, |name| Err::<Arc<[i16]>, _>(format!("{name} is not there")));
        assert_eq!(failed, Err((Sound::File("nothing".into()), "nothing is not there".into())));
    }
}
