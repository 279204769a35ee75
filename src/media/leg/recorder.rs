//! What a leg says, on its way into a file.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id::LegId;
use crate::media::mixer::Frame;
use crate::media::{Event, RATE, RecordEnd};

/// Samples handed to the writer at once: a tenth of a second.
const CHUNK: usize = RATE as usize / 10;

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
    /// Complete the file and report it.
    End { key: RecordKey, reason: RecordEnd },
    /// Report this once the steps before are done.
    Report(Event),
}

/// Collects what a leg says until the recording has its greatest length.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recorder {
    key: RecordKey,
    stop_digits: String,
    /// Samples that may still come.
    rest: u64,
    offset: u64,
    pending: Vec<i16>,
}

impl Recorder {
    /// A recorder at the beginning of its file.
    pub fn new(key: RecordKey, max: Duration, stop_digits: String) -> Self {
        let rest = u64::try_from(max.as_millis()).unwrap_or(u64::MAX).saturating_mul(u64::from(RATE) / 1_000);
        Self { key, stop_digits, rest, offset: 0, pending: Vec::with_capacity(CHUNK) }
    }

    /// Takes 20 ms. Returns a step to write, if one is due, and whether the recording is full.
    pub fn take(&mut self, frame: &Frame) -> (Option<RecordStep>, bool) {
        let fits = usize::try_from(self.rest).unwrap_or(usize::MAX).min(frame.len());
        self.pending.extend(frame.iter().take(fits));
        self.rest -= fits as u64;
        let step = (self.pending.len() >= CHUNK).then(|| self.step());
        (step, self.rest == 0)
    }

    /// Whether this key ends the recording.
    pub fn stops_at(&self, digit: char) -> bool {
        self.stop_digits.contains(digit)
    }

    /// The last steps.
    pub fn end(mut self, reason: RecordEnd) -> [RecordStep; 2] {
        [self.step(), RecordStep::End { key: self.key, reason }]
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
    use crate::time::UnixMs;

    #[test]
    fn a_recording_ends_with_its_last_sample_at_its_greatest_length() {
        let key = RecordKey { leg: LegId::new(UnixMs(0), &mut Entropy::from_number(1)), recording: 7 };
        let mut recorder = Recorder::new(key, Duration::from_millis(250), "#".into());
        let mut steps = vec![];
        let ticks = (0..).find(|tick| {
            let (step, full) = recorder.take(&[*tick as i16; 160]);
            steps.extend(step);
            full
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
        assert_eq!(end, RecordStep::End { key, reason: RecordEnd::Max });
    }
}
