//! One recording of a room, from beginning to end, whoever comes and goes meanwhile.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Room;
use crate::id::LegId;
use crate::media::leg::{Context, Leg, Output, RecordStep};
use crate::media::mixer::Mix;
use crate::media::recording::metadata::Metadata;
use crate::media::recording::room::{Layout, RoomKey, RoomStep, Track};
use crate::media::voice::Voice;
use crate::media::{FRAME, Mark, Side};
use crate::time::Time;

/// Frames handed to the writer at once: half a second.
const CHUNK: u64 = 25;
/// A room without legs is recorded for so many frames, because one may be on its way to it: 5 s.
const EMPTY: u64 = 250;
const FRAME_US: u64 = 20_000;

/// Collects what the legs of a room say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recorder {
    key: RoomKey,
    layout: Layout,
    sides: BTreeMap<LegId, Side>,
    mark: Option<Mark>,
    /// The tick of the first frame.
    began: Option<Time>,
    /// Frames so far, and how many of them were handed over.
    frames: u64,
    written: u64,
    tracks: BTreeMap<u16, Vec<i16>>,
    /// Tells who speaks, of those who are recorded.
    voices: BTreeMap<LegId, Voice>,
    metadata: Box<Metadata>,
    empty: u64,
}

impl Room {
    /// Records the room from the next frame on; nobody yet, but the time.
    pub fn start_recording(&mut self, key: RoomKey, stem: PathBuf, layout: Layout, context: &mut Context) {
        self.stop_recording(context);
        let began = context.epoch.wall(context.now);
        let step = RoomStep::Begin { key, stem, layout, began };
        context.outputs.push_back(Output::Record(RecordStep::Room(step)));
        self.recorder = Some(Box::new(Recorder::new(key, layout, Metadata::new(began))));
    }

    /// Says who is recorded from the next frame on, and why others are not.
    pub fn record_sides(&mut self, sides: BTreeMap<LegId, Side>, mark: Option<Mark>) {
        if let Some(recorder) = &mut self.recorder {
            recorder.voices.retain(|leg, _| sides.contains_key(leg));
            (recorder.sides, recorder.mark) = (sides, mark);
        }
    }

    /// Ends the recording, if there is one.
    pub fn stop_recording(&mut self, context: &mut Context) {
        if let Some(recorder) = self.recorder.take() {
            recorder.end(context);
            self.legs.iter_mut().for_each(|leg| leg.set_recorded(false));
        }
    }

    /// Whether it is recorded.
    pub fn is_recorded(&self) -> bool {
        self.recorder.is_some()
    }

    /// Tells the legs whose sound is wanted in this tick.
    pub(super) fn name_recorded(&mut self) {
        let Some(recorder) = &self.recorder else { return };
        for leg in &mut self.legs {
            let recorded = recorder.sides.contains_key(&leg.id());
            leg.set_recorded(recorded);
        }
    }

    /// Records what the legs said in this tick.
    pub(super) fn record(&mut self, context: &mut Context) {
        let Some(recorder) = &mut self.recorder else { return };
        recorder.take(&mut self.legs, context);
        if recorder.empty >= EMPTY {
            self.stop_recording(context);
        }
    }
}

impl Recorder {
    fn new(key: RoomKey, layout: Layout, metadata: Metadata) -> Self {
        Self {
            key,
            layout,
            sides: BTreeMap::new(),
            mark: None,
            began: None,
            frames: 0,
            written: 0,
            tracks: BTreeMap::new(),
            voices: BTreeMap::new(),
            metadata: Box::new(metadata),
            empty: 0,
        }
    }

    /// Takes 20 ms of all legs.
    fn take(&mut self, legs: &mut [Leg], context: &mut Context) {
        let began = *self.began.get_or_insert(context.now);
        let frame = u64::try_from(context.now.since(began).as_micros()).unwrap_or(0) / FRAME_US;
        if frame > self.frames {
            // The thread was too late for some ticks. Their time passed all the same.
            self.hand_over(context);
            (self.frames, self.written) = (frame, frame);
        }
        self.empty = if legs.is_empty() { self.empty + 1 } else { 0 };
        let said: Vec<(LegId, Side, Option<Vec<i16>>)> =
            legs.iter_mut().filter_map(|leg| self.hear(leg)).collect();
        match self.layout {
            Layout::Stereo => self.add_stereo(&said),
            Layout::PerParty => self.add_parties(&said),
        }
        if let Some(mark) = self.mark {
            self.metadata.marked(mark, self.frames);
        }
        self.frames += 1;
        if self.frames - self.written >= CHUNK {
            self.hand_over(context);
        }
    }

    /// Notes that the leg is there; takes what it said if it is recorded.
    fn hear(&mut self, leg: &mut Leg) -> Option<(LegId, Side, Option<Vec<i16>>)> {
        let id = leg.id();
        self.metadata.present(id, self.frames);
        let side = *self.sides.get(&id)?;
        let said = leg.take_recorded();
        let speaks = said.as_deref().is_some_and(|said| self.voices.entry(id).or_default().hears(said));
        self.metadata.recorded(id, side, speaks, self.frames);
        Some((id, side, said))
    }

    fn add_stereo(&mut self, said: &[(LegId, Side, Option<Vec<i16>>)]) {
        let sum = |side: Side| {
            sum(said.iter().filter(|(_, on, _)| *on == side).filter_map(|(.., said)| said.as_deref()))
        };
        let (left, right) = (sum(Side::Client), sum(Side::Company));
        let track = self.tracks.entry(0).or_insert_with(|| Vec::with_capacity(CHUNK as usize * FRAME * 2));
        track.extend(left.iter().zip(&right).flat_map(|(left, right)| [*left, *right]));
    }

    fn add_parties(&mut self, said: &[(LegId, Side, Option<Vec<i16>>)]) {
        let before = usize::try_from(self.frames - self.written).unwrap_or(0) * FRAME;
        for (leg, _, said) in said {
            let Some(number) = self.metadata.track(*leg) else { continue };
            let track = self.tracks.entry(number).or_default();
            track.resize(before, 0);
            track.extend(said.as_deref().unwrap_or(&[0; FRAME]));
        }
    }

    /// Hands over what was collected.
    fn hand_over(&mut self, context: &mut Context) {
        let (offset, length) = (samples(self.written), samples(self.frames - self.written));
        self.written = self.frames;
        let tracks = std::mem::take(&mut self.tracks).into_iter();
        let tracks = tracks.map(|(number, samples)| Track { number, samples }).collect();
        if length > 0 {
            let step = RoomStep::Sound { key: self.key, offset, length, tracks };
            context.outputs.push_back(Output::Record(RecordStep::Room(step)));
        }
    }

    fn end(mut self, context: &mut Context) {
        self.hand_over(context);
        let length = samples(self.frames);
        let step = RoomStep::End { key: self.key, length, metadata: self.metadata };
        context.outputs.push_back(Output::Record(RecordStep::Room(step)));
    }
}

/// One voice as it is; several softly limited.
fn sum<'a>(mut voices: impl Iterator<Item = &'a [i16]>) -> Vec<i16> {
    let (Some(first), second) = (voices.next(), voices.next()) else { return vec![0; FRAME] };
    let Some(second) = second else { return first.to_vec() };
    let mut mix = Mix::new(FRAME);
    [first, second].into_iter().chain(voices).for_each(|voice| mix.add(voice));
    mix.frame()
}

fn samples(frames: u64) -> u64 {
    frames.saturating_mul(FRAME as u64)
}
