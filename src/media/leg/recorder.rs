//! What a leg says, on its way into a file.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id::LegId;
use crate::media::recording::room::RoomStep;
use crate::media::voice::Voice;
use crate::media::{Event, FRAME, RATE, RecordEnd, RecordLimits};

/// Samples handed to the writer at once: a tenth of a second.
const CHUNK: usize = RATE as usize / 10;
const MS_PER_FRAME: u64 = FRAME as u64 * 1_000 / RATE as u64;

/// Which recording of which leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RecordKey {
    pub leg: LegId,
    pub recording: u64,
}

/// One step of writing a recording, for the thread that may touch files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum RecordStep {
    /// Begin the file.
    Begin { key: RecordKey, path: PathBuf },
    /// Samples that were said `offset` samples after the beginning.
    Samples { key: RecordKey, offset: u64, samples: Vec<i16> },
    /// Complete the file and report it. From the first word to the last it is `spoken_ms` long.
    End { key: RecordKey, spoken_ms: u32, reason: RecordEnd },
    /// A step of the recording of a room.
    Room(RoomStep),
    /// Report this once the steps before are done.
    Report(Event),
}

/// Collects what a leg says until the recording has its greatest length, or its end of silence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recorder {
    key: RecordKey,
    stop_digits: String,
    /// Samples that may still come.
    rest: u64,
    offset: u64,
    pending: Vec<i16>,
    voice: Voice,
    words: Words,
    /// Frames of silence that end it.
    silence: Option<u64>,
}

/// Where in a recording somebody spoke, in frames from its beginning.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Words {
    /// Frames so far.
    frames: u64,
    /// The first frame with a voice, and the one after the last.
    spoken: Option<(u64, u64)>,
}

impl Words {
    fn note(&mut self, speaks: bool) {
        if speaks {
            let first = self.spoken.map_or(self.frames, |(first, _)| first);
            self.spoken = Some((first, self.frames + 1));
        }
        self.frames += 1;
    }

    /// Frames since the last word, or since the beginning.
    fn silent(&self) -> u64 {
        self.frames - self.spoken.map_or(0, |(_, last)| last)
    }

    fn ms(&self) -> u32 {
        let frames = self.spoken.map_or(0, |(first, last)| last - first);
        u32::try_from(frames * MS_PER_FRAME).unwrap_or(u32::MAX)
    }
}

impl Recorder {
    /// A recorder at the beginning of its file.
    pub fn new(key: RecordKey, limits: RecordLimits) -> Self {
        let ms = |length: Duration| u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
        Self {
            key,
            stop_digits: limits.stop_digits,
            rest: ms(limits.max).saturating_mul(u64::from(RATE) / 1_000),
            offset: 0,
            pending: Vec::with_capacity(CHUNK),
            voice: Voice::default(),
            words: Words::default(),
            silence: limits.silence.map(|silence| ms(silence).div_ceil(MS_PER_FRAME).max(1)),
        }
    }

    /// Takes 20 ms at [`RATE`]. Returns a step to write, if one is due, and why the recording is over, if it is.
    pub fn take(&mut self, frame: &[i16]) -> (Option<RecordStep>, Option<RecordEnd>) {
        self.words.note(self.voice.hears(frame));
        let fits = usize::try_from(self.rest).unwrap_or(usize::MAX).min(frame.len());
        self.pending.extend(frame.iter().take(fits));
        self.rest -= fits as u64;
        let step = (self.pending.len() >= CHUNK).then(|| self.step());
        let silent = self.silence.is_some_and(|limit| self.words.silent() >= limit);
        let over = match self.rest == 0 {
            true => Some(RecordEnd::Max),
            false => silent.then_some(RecordEnd::Silence),
        };
        (step, over)
    }

    /// Whether this key ends the recording.
    pub fn stops_at(&self, digit: char) -> bool {
        self.stop_digits.contains(digit)
    }

    /// The last steps.
    pub fn end(mut self, reason: RecordEnd) -> [RecordStep; 2] {
        [self.step(), RecordStep::End { key: self.key, spoken_ms: self.words.ms(), reason }]
    }

    fn step(&mut self) -> RecordStep {
        let samples = std::mem::replace(&mut self.pending, Vec::with_capacity(CHUNK));
        let offset = self.offset;
        self.offset += samples.len() as u64;
        RecordStep::Samples { key: self.key, offset, samples }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;
    use crate::media::tone::Oscillator;
    use crate::time::UnixMs;

    fn key() -> RecordKey {
        RecordKey { leg: LegId::new(UnixMs(0), &mut Entropy::from_number(1)), recording: 7 }
    }

    fn limits(max: u64, silence: Option<u64>) -> RecordLimits {
        let silence = silence.map(Duration::from_millis);
        RecordLimits { max: Duration::from_millis(max), stop_digits: "#".into(), silence }
    }

    #[test]
    fn a_recording_ends_with_its_last_sample_at_its_greatest_length() {
        let key = key();
        let mut recorder = Recorder::new(key, limits(250, None));
        let mut steps = vec![];
        let ticks = (0..).find(|tick| {
            let (step, full) = recorder.take(&[*tick as i16; 160]);
            steps.extend(step);
            full.is_some()
        });
        assert_eq!(ticks, Some(12));
        assert!(recorder.stops_at('#') && !recorder.stops_at('1'));
        let [rest, end] = recorder.end(RecordEnd::Max);
        steps.push(rest);
        let lengths: Vec<(u64, usize)> = steps
            .iter()
            .map(|step| match step {
                RecordStep::Samples { offset, samples, .. } => (*offset, samples.len()),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(lengths, [(0, 800), (800, 800), (1600, 400)]);
        assert_eq!(end, RecordStep::End { key, spoken_ms: 0, reason: RecordEnd::Max });
    }

    /// Takes speech (true) and silence, each for so many frames; gives the frame at which it ended.
    fn runs(recorder: &mut Recorder, course: &[(bool, usize)]) -> Option<(usize, RecordEnd)> {
        let frame = |speaks: bool, at: usize| {
            let mut frame = [0; FRAME];
            if speaks && !at.is_multiple_of(10) {
                Oscillator::new(300.0, -20.0, RATE).fill(&mut frame);
            }
            frame
        };
        let frames = course.iter().flat_map(|(speaks, frames)| std::iter::repeat_n(*speaks, *frames));
        frames.enumerate().find_map(|(at, speaks)| Some((at + 1, recorder.take(&frame(speaks, at)).1?)))
    }

    #[test]
    fn silence_after_the_last_word_ends_it_and_a_pause_does_not() {
        let mut recorder = Recorder::new(key(), limits(60_000, Some(2_000)));
        let ended = runs(&mut recorder, &[(false, 50), (true, 100), (false, 90), (true, 60), (false, 500)]);
        // The last frame of speech is frame 300; a hundred of silence follow.
        assert_eq!(ended, Some((400, RecordEnd::Silence)));
        let [_, end] = recorder.end(RecordEnd::Silence);
        assert!(matches!(end, RecordStep::End { spoken_ms: 4_980, .. }), "{end:?}");
    }

    #[test]
    fn who_says_nothing_at_all_is_not_waited_for() {
        let mut recorder = Recorder::new(key(), limits(60_000, Some(2_000)));
        assert_eq!(runs(&mut recorder, &[(false, 500)]), Some((100, RecordEnd::Silence)));
        let mut patient = Recorder::new(key(), limits(10_000, None));
        assert_eq!(runs(&mut patient, &[(false, 600)]), Some((500, RecordEnd::Max)));
    }
}
