//! Playing sounds one after another, sample-exact.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::RATE;
use super::sound::Clip;
use super::tone::{Cadence, Oscillator, Signal};

/// Something to hear. Lengths are in samples at [`RATE`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Source {
    /// A recorded sound, shared by all who play it.
    Clip(Arc<Clip>),
    /// A sine of this many samples; without end if `None`.
    Tone {
        /// Frequency.
        hz: f32,
        /// Level.
        dbm0: f32,
        /// Length.
        samples: Option<u64>,
    },
    /// A tone with a rhythm, without end.
    Signal(Signal),
    /// Nothing for this many samples.
    Silence {
        /// Length.
        samples: u64,
    },
}

impl Source {
    /// A sine for `ms` milliseconds, or without end.
    pub fn tone(hz: f32, dbm0: f32, ms: Option<u32>) -> Self {
        Self::Tone { hz, dbm0, samples: ms.map(samples_of) }
    }

    /// Silence for `ms` milliseconds.
    pub fn silence(ms: u32) -> Self {
        Self::Silence { samples: samples_of(ms) }
    }

    /// Length in samples; `None` if it has no end.
    pub fn length(&self) -> Option<u64> {
        match self {
            Self::Clip(clip) => Some(clip.narrow().len() as u64),
            Self::Tone { samples, .. } => *samples,
            Self::Signal(_) => None,
            Self::Silence { samples } => Some(*samples),
        }
    }
}

fn samples_of(ms: u32) -> u64 {
    u64::from(ms) * u64::from(RATE) / 1_000
}

/// Whether there is more to play after a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Progress {
    /// Ask again with the next frame.
    More,
    /// The last source has ended within this frame; the rest of it is silence.
    Done,
}

/// How often sources are played, and from where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// From the first to the last.
    Once,
    /// From the first, again and again.
    Repeat,
    /// Again and again since the clock began: [`Playlist::follow`] says where that has come to.
    ByClock,
}

/// Sources played one after another, once or again and again, without a gap between them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Playlist {
    sources: VecDeque<Source>,
    order: Order,
    current: Option<Current>,
    /// Which of `sources` comes next.
    next: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Current {
    voice: Voice,
    left: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Voice {
    Clip { clip: Arc<Clip>, position: usize },
    Tone(Oscillator),
    Signal(Cadence),
    Silence,
}

impl Playlist {
    /// Plays `sources` from the first; with `repeat`, without end, unless all of them are empty.
    pub fn new(sources: Vec<Source>, repeat: bool) -> Self {
        Self::ordered(sources, if repeat { Order::Repeat } else { Order::Once })
    }

    /// Plays `sources` in this order; without end, unless all of them are empty or they are played once.
    pub fn ordered(sources: Vec<Source>, order: Order) -> Self {
        let sources: VecDeque<Source> =
            sources.into_iter().filter(|source| source.length() != Some(0)).collect();
        Self { sources, order, current: None, next: 0 }
    }

    /// Goes, if it is played by the clock, to where it stands `samples` after the clock began. Says whether what
    /// comes next does not follow what came last. With a source that has no end it is played from the first.
    pub fn follow(&mut self, samples: u64) -> bool {
        let length = self.sources.iter().map(Source::length).sum::<Option<u64>>();
        let Some(length) = length.filter(|length| self.order == Order::ByClock && *length > 0) else {
            return false;
        };
        let wanted = samples % length;
        let jumps = self.place().is_none_or(|place| place % length != wanted);
        if jumps {
            self.seek(wanted);
        }
        jumps
    }

    /// Where the next sample lies in one round of all sources; none before the first.
    fn place(&self) -> Option<u64> {
        let current = self.next.checked_sub(1)?;
        let before = self.sources.iter().take(current).map(Source::length).sum::<Option<u64>>()?;
        let length = self.sources.get(current)?.length()?;
        Some(before + length.saturating_sub(self.current.as_ref()?.left?))
    }

    /// Goes on from this place in the round.
    fn seek(&mut self, mut place: u64) {
        for (index, source) in self.sources.iter().enumerate() {
            let length = source.length().unwrap_or(0);
            if place < length {
                self.current = Some(Current::later(source, place));
                self.next = index + 1;
                return;
            }
            place -= length;
        }
    }

    /// Writes the next samples at [`RATE`], over what `frame` held.
    pub fn fill(&mut self, frame: &mut [i16]) -> Progress {
        self.fill_by(frame, 1)
    }

    /// Writes the next samples at [`WIDE_RATE`](super::WIDE_RATE), over what `frame` held: an even number. The rate
    /// may be another with each frame.
    pub fn fill_wide(&mut self, frame: &mut [i16]) -> Progress {
        self.fill_by(frame, 2)
    }

    /// Writes `scale` samples for each one at [`RATE`].
    fn fill_by(&mut self, frame: &mut [i16], scale: usize) -> Progress {
        let mut rest = frame;
        while !rest.is_empty() {
            let Some(current) = self.current() else {
                rest.fill(0);
                return Progress::Done;
            };
            let wanted =
                current.left.map_or(rest.len(), |left| rest.len().min(clamp(left).saturating_mul(scale)));
            let (now, later) = rest.split_at_mut(wanted);
            current.voice.fill(now, scale);
            current.left = current.left.map(|left| left.saturating_sub(wanted.div_ceil(scale) as u64));
            rest = later;
        }
        if self.current().is_some() { Progress::More } else { Progress::Done }
    }

    /// What sounds now, after moving on from what has ended.
    fn current(&mut self) -> Option<&mut Current> {
        if self.current.as_ref().is_none_or(|current| current.left == Some(0)) {
            if self.order != Order::Once && self.next >= self.sources.len() {
                self.next = 0;
            }
            self.current = self.sources.get(self.next).map(Current::new);
            self.next = self.next.saturating_add(1);
        }
        self.current.as_mut()
    }
}

impl Current {
    fn new(source: &Source) -> Self {
        let voice = match source {
            Source::Clip(clip) => Voice::Clip { clip: clip.clone(), position: 0 },
            Source::Tone { hz, dbm0, .. } => Voice::Tone(Oscillator::new(*hz, *dbm0, RATE)),
            Source::Signal(signal) => Voice::Signal(Cadence::new(*signal)),
            Source::Silence { .. } => Voice::Silence,
        };
        Self { voice, left: source.length() }
    }

    /// The source from a later sample on.
    fn later(source: &Source, samples: u64) -> Self {
        let mut current = Self::new(source);
        current.left = current.left.map(|left| left.saturating_sub(samples));
        match &mut current.voice {
            Voice::Clip { position, .. } => *position = clamp(samples),
            Voice::Tone(oscillator) => oscillator.skip(samples),
            Voice::Signal(_) | Voice::Silence => {}
        }
        current
    }
}

impl Voice {
    /// Writes the next samples; never asked for more than its source has.
    fn fill(&mut self, frame: &mut [i16], scale: usize) {
        match self {
            Self::Clip { clip, position } => {
                clip.copy(*position, scale, frame);
                *position = position.saturating_add(frame.len().div_ceil(scale));
            }
            Self::Tone(oscillator) => {
                oscillator.set_rate(RATE * scale as u32);
                oscillator.fill(frame);
            }
            Self::Signal(cadence) => {
                cadence.set_rate(RATE * scale as u32);
                cadence.fill(frame);
            }
            Self::Silence => frame.fill(0),
        }
    }
}

fn clamp(samples: u64) -> usize {
    usize::try_from(samples).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::FRAME;
    use super::*;

    fn ramp(first: i16, count: i16) -> Source {
        Source::Clip(Arc::new(Clip::narrow_only((first..first + count).collect::<Vec<i16>>())))
    }

    fn play(playlist: &mut Playlist, frames: usize) -> Vec<i16> {
        let mut heard = vec![];
        for _ in 0..frames {
            let mut frame = [-1; FRAME];
            playlist.fill(&mut frame);
            heard.extend(frame);
        }
        heard
    }

    #[test]
    fn sounds_follow_each_other_without_a_gap() {
        let mut playlist = Playlist::new(vec![ramp(1, 100), ramp(101, 250), ramp(351, 70)], false);
        let heard = play(&mut playlist, 3);
        let expected: Vec<i16> = (1..=420).chain(std::iter::repeat_n(0, 60)).collect();
        assert_eq!(heard, expected);
    }

    #[test]
    fn a_loop_begins_again_with_the_very_next_sample() {
        let mut playlist = Playlist::new(vec![ramp(0, 333)], true);
        for (place, &sample) in play(&mut playlist, 100).iter().enumerate() {
            assert_eq!(sample, (place % 333) as i16);
        }
    }

    #[test]
    fn a_tone_looped_over_whole_turns_does_not_click() {
        let mut looped = Playlist::new(vec![Source::tone(500.0, -10.0, Some(1_000))], true);
        let mut endless = Playlist::new(vec![Source::tone(500.0, -10.0, None)], false);
        assert_eq!(play(&mut looped, 150), play(&mut endless, 150));
    }

    #[test]
    fn the_end_is_told_with_the_frame_that_holds_it() {
        let mut playlist = Playlist::new(vec![ramp(1, 160), Source::silence(20)], false);
        let mut frame = [0; FRAME];
        assert_eq!(playlist.fill(&mut frame), Progress::More);
        assert_eq!(playlist.fill(&mut frame), Progress::Done);
        frame.fill(9);
        assert_eq!(playlist.fill(&mut frame), Progress::Done);
        assert_eq!(frame, [0; FRAME]);
    }

    #[test]
    fn a_change_of_rate_within_a_sound_loses_nothing_of_it() {
        let clip = Clip::narrow_only((0..1_600).map(|n| n * 10).collect::<Vec<i16>>());
        let mut playlist = Playlist::new(vec![Source::Clip(Arc::new(clip))], false);
        let (mut narrow, mut wide) = ([0; FRAME], [0; 2 * FRAME]);
        playlist.fill(&mut narrow);
        playlist.fill_wide(&mut wide);
        assert_eq!(narrow[159], 1_590);
        assert!(
            wide.iter().enumerate().all(|(n, sample)| (*sample - (1_600 + 5 * n as i16)).abs() <= 2),
            "{wide:?}"
        );
        playlist.fill(&mut narrow);
        assert_eq!(narrow[0], 3_200);
    }

    #[test]
    fn an_empty_list_ends_at_once_even_if_it_repeats() {
        let mut playlist = Playlist::new(vec![ramp(0, 0), Source::silence(0)], true);
        assert_eq!(playlist.fill(&mut [0; FRAME]), Progress::Done);
    }

    #[test]
    fn what_is_played_by_the_clock_is_at_the_same_place_whenever_it_began() {
        let round = || vec![ramp(0, 333), Source::tone(500.0, -10.0, Some(100)), ramp(400, 77)];
        let play = |playlist: &mut Playlist, clock: u64| {
            let mut frame = [0; FRAME];
            let jumps = playlist.follow(clock);
            assert_eq!(playlist.fill(&mut frame), Progress::More);
            (jumps, frame)
        };
        let mut early = Playlist::ordered(round(), Order::ByClock);
        let mut always: Vec<i16> = vec![];
        for tick in 0..200_u64 {
            let (jumps, frame) = play(&mut early, tick * 160);
            assert_eq!(jumps, tick == 0, "it goes on by itself");
            always.extend(frame);
        }
        let mut late = Playlist::ordered(round(), Order::ByClock);
        for (tick, jumps) in [(117, true), (118, false), (119, false), (150, true), (150, true), (3, true)] {
            let at = tick as usize * 160;
            assert_eq!(play(&mut late, tick * 160), (jumps, always[at..at + 160].try_into().unwrap()));
        }
    }

    #[test]
    fn the_clock_moves_nothing_without_an_end_nor_what_is_played_from_its_beginning() {
        let ringing = || vec![Source::Signal(Signal::Ringback)];
        for mut playlist in [
            Playlist::ordered(ringing(), Order::ByClock),
            Playlist::ordered(vec![], Order::ByClock),
            Playlist::new(vec![ramp(0, 400)], true),
        ] {
            let before = playlist.clone();
            assert!(!playlist.follow(1_000));
            assert_eq!(playlist, before);
        }
    }

    proptest! {
        #[test]
        fn frames_of_any_size_hold_the_same_sound(
            sizes in prop::collection::vec(1_usize..400, 1..40), lengths in prop::collection::vec(0_i16..300, 1..5)
        ) {
            let sources: Vec<Source> = lengths.iter().map(|&length| ramp(1, length)).collect();
            let all: Vec<i16> = lengths.iter().flat_map(|&length| 1..=length).collect();
            let mut playlist = Playlist::new(sources, true);
            let mut heard = vec![];
            for size in sizes {
                let mut frame = vec![0; size];
                playlist.fill(&mut frame);
                heard.extend(frame);
            }
            for (place, &sample) in heard.iter().enumerate() {
                prop_assert_eq!(sample, if all.is_empty() { 0 } else { all[place % all.len()] });
            }
        }
    }
}
