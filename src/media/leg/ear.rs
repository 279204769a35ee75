//! What a player lets one leg hear.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::media::player::{Order, Playlist, Progress, Source};
use crate::media::resample::Converter;
use crate::media::sound::Clip;
use crate::media::tone::Signal;
use crate::media::{RATE, Sound, WIDE_RATE};
use crate::time::Time;

/// What is cut off fades, and what begins within itself rises, within a 200th of a second.
const FADE: u32 = 200;

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
    /// From the wide rate to that of rooms beyond it.
    up: Converter,
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

    /// Takes what is played by the clock to where it stands now.
    pub fn follow(&mut self, now: Time) {
        let samples = now.0 / 1_000 * u64::from(RATE) / 1_000;
        if let Voice::Playing { playlist, .. } = &mut self.under {
            self.rises |= playlist.follow(samples);
        }
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

    /// The next 20 ms at this rate, and the playback that ended with them.
    pub fn frame(&mut self, rate: u32) -> (Option<Vec<i16>>, Option<u64>) {
        let own = rate.min(WIDE_RATE);
        let (frame, ended) = self.heard(own);
        let frame = match (frame, self.fading.take_frame(own)) {
            (frame, None) => frame,
            (None, Some(faded)) => Some(faded),
            (Some(frame), Some(faded)) => {
                Some(frame.iter().zip(faded).map(|(one, two)| one.saturating_add(two)).collect())
            }
        };
        if frame.is_none() {
            self.up.restart();
        }
        (frame.map(|frame| self.up.convert(frame, own, rate)), ended)
    }

    fn heard(&mut self, rate: u32) -> (Option<Vec<i16>>, Option<u64>) {
        if matches!(self.over, Voice::Playing { .. }) {
            if !self.rises && matches!(self.under, Voice::Playing { .. }) {
                // Its place is kept; only a copy goes on.
                self.fading = self.under.clone();
            }
            self.rises = true;
            return self.over.frame(rate);
        }
        let (mut frame, ended) = self.under.frame(rate);
        if let Some(frame) = &mut frame
            && std::mem::take(&mut self.rises)
        {
            fade(frame.iter_mut(), rate);
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
    fn frame(&mut self, rate: u32) -> (Option<Vec<i16>>, Option<u64>) {
        let Self::Playing { playback, playlist } = self else { return (None, None) };
        let mut frame = vec![0; rate as usize / 50];
        let progress = if rate == RATE { playlist.fill(&mut frame) } else { playlist.fill_wide(&mut frame) };
        match progress {
            Progress::More => (Some(frame), None),
            Progress::Done => {
                let ended = *playback;
                *self = Self::Idle;
                (Some(frame), Some(ended))
            }
        }
    }

    /// Its last frame, which fades.
    fn take_frame(&mut self, rate: u32) -> Option<Vec<i16>> {
        let mut frame = std::mem::take(self).frame(rate).0?;
        let length = (rate / FADE) as usize;
        frame.get_mut(length..).unwrap_or_default().fill(0);
        fade(frame.iter_mut().take(length).rev(), rate);
        Some(frame)
    }
}

/// Lets samples rise from silence.
fn fade<'a>(samples: impl Iterator<Item = &'a mut i16>, rate: u32) {
    let length = (rate / FADE) as usize;
    for (place, sample) in samples.take(length).enumerate() {
        *sample = (i32::from(*sample) * place as i32 / length as i32) as i16;
    }
}

/// What the player makes of `sounds`; `file` gives the samples of a file.
///
/// # Errors
/// The first sound that cannot be had, and why.
pub fn sources<E>(
    sounds: &[Sound],
    mut file: impl FnMut(&Arc<str>) -> Result<Arc<Clip>, E>,
) -> Result<Vec<Source>, (Sound, E)> {
    let source = |sound: &Sound| {
        Ok(match sound {
            Sound::File(name) => Source::Clip(file(name).map_err(|error| (sound.clone(), error))?),
            // A text is made into a file before. No file has this name, whatever the text is.
            Sound::Speech { text, .. } => {
                let name = format!("\0{text}").into();
                Source::Clip(file(&name).map_err(|error| (sound.clone(), error))?)
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
        assert_eq!(ear.frame(RATE), (Some(vec![0; 160]), None));
        assert_eq!(ear.frame(RATE), (Some(vec![0; 160]), Some(2)));
        assert!(ear.is_idle());
    }

    /// Samples that count frames: every sample of frame `n` is `first + n`.
    fn counting(first: i16, frames: i16) -> Vec<Source> {
        let samples: Vec<i16> = (first..first + frames).flat_map(|n| [n; FRAME]).collect();
        vec![Source::Clip(Arc::new(Clip::narrow_only(samples)))]
    }

    #[test]
    fn music_goes_on_after_an_announcement_where_it_stopped() {
        let mut ear = Ear::default();
        // Where nothing fades any more.
        let heard = |ear: &mut Ear| ear.frame(RATE).0.map(|frame| frame[100]);
        ear.play(1, vec![Sound::File("music".into())], Order::Repeat);
        ear.loaded(1, counting(100, 10));
        assert_eq!((heard(&mut ear), heard(&mut ear)), (Some(100), Some(101)));
        ear.announce(2, vec![Sound::File("you-are-number".into())]);
        assert_eq!(heard(&mut ear), Some(102), "it is heard until the announcement is loaded");
        ear.loaded(2, counting(500, 2));
        assert_eq!(heard(&mut ear), Some(500));
        assert_eq!(ear.frame(RATE).1, Some(2));
        assert_eq!(heard(&mut ear), Some(103));
        ear.announce(3, vec![Sound::File("nothing".into())]);
        assert!(ear.failed(3) && !ear.failed(3));
        assert_eq!(heard(&mut ear), Some(104));
        ear.play(4, vec![Sound::Busy], Order::Once);
        assert_eq!(heard(&mut ear), Some(0), "it has faded");
        assert_eq!(heard(&mut ear), None);
    }

    #[test]
    fn what_is_cut_off_fades_and_music_rises_where_it_goes_on() {
        for rate in [8_000, 16_000, 48_000] {
            let frame = rate as usize / 50;
            let heard = held_twice(rate);
            let steepest = heard.windows(2).map(|pair| (pair[1] - pair[0]).abs()).max();
            assert!(steepest <= Some(250), "{rate}: {steepest:?} in a sample");
            let loud: Vec<usize> =
                (0..30).filter(|tick| (heard[tick * frame + frame / 2] - 10_000).abs() < 20).collect();
            assert_eq!(
                loud,
                [0, 1, 2, 3, 4, 5, 6, 10, 11, 12, 13, 14, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29],
                "{rate}"
            );
        }
    }

    /// Music with an announcement over it, which ends, and is played again.
    fn held_twice(rate: u32) -> Vec<i16> {
        let mut ear = Ear::default();
        ear.play(1, vec![Sound::File("music".into())], Order::ByClock);
        let level = vec![Source::Clip(Arc::new(Clip::narrow_only([10_000_i16; 1_000])))];
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
            heard.extend(ear.frame(rate).0.unwrap_or(vec![0; rate as usize / 50]));
        }
        heard
    }

    #[test]
    fn nothing_clicks_that_is_cut_off_or_goes_on() {
        for rate in [8_000, 16_000, 48_000] {
            let mut ear = Ear::default();
            let mut heard = vec![];
            let mut hear = |ear: &mut Ear, frames: usize| {
                (0..frames)
                    .for_each(|_| heard.extend(ear.frame(rate).0.unwrap_or(vec![0; rate as usize / 50])));
            };
            let tone = |ms: Option<u32>| vec![Source::tone(430.0, -10.0, ms)];
            ear.play(1, vec![Sound::Busy], Order::Repeat);
            ear.loaded(1, tone(None));
            hear(&mut ear, 3);
            ear.announce(2, vec![Sound::Busy]);
            ear.loaded(2, vec![Source::silence(40)]);
            hear(&mut ear, 5);
            ear.announce(3, vec![Sound::Busy]);
            ear.loaded(3, tone(None));
            hear(&mut ear, 3);
            ear.play(4, vec![Sound::Busy], Order::Repeat);
            ear.loaded(4, vec![Source::silence(400)]);
            hear(&mut ear, 3);
            ear.play(5, vec![Sound::Busy], Order::Repeat);
            ear.loaded(5, tone(None));
            hear(&mut ear, 3);
            ear.stop();
            hear(&mut ear, 3);
            assert!(ear.is_idle());
            let own = (7_218.0 * std::f32::consts::TAU * 430.0 / rate as f32) as i32;
            let steps = heard.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs());
            let worst = steps.max().unwrap();
            assert!(worst < own * 3 / 2, "{rate}: {worst} beside {own}");
        }
    }

    #[test]
    fn a_missing_file_is_named() {
        let sounds = [Sound::Busy, Sound::File("nothing".into())];
        let failed = sources(&sounds, |name| Err::<Arc<Clip>, _>(format!("{name} is not there")));
        assert_eq!(failed, Err((Sound::File("nothing".into()), "nothing is not there".into())));
    }
}
