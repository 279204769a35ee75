//! The thread that writes recordings, so that media threads never touch a file.

mod room;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError as TryEventError;

use self::room::RoomFiles;
use crate::media::recording::Recording;
use crate::media::recording::room::{RoomKey, RoomStep};
use crate::media::worker::{RecordKey, RecordStep};
use crate::media::{Event, RecordEnd};

/// Steps that may wait for the disk: with a tenth of a second in each, three minutes of one
/// leg's recording or two seconds of a hundred; with half a second in each, ten seconds of a hundred rooms'. When it
/// is full, samples are dropped (the file has silence in their place) and counted.
const QUEUE: usize = 2_048;

/// One worker's way to the writer.
#[derive(Debug)]
pub struct Outbox {
    steps: SyncSender<RecordStep>,
    /// Steps that must not be lost, and what came after them, waiting for a place in the queue.
    /// Bounded by the recordings and legs of the worker, because samples are dropped instead.
    waiting: VecDeque<RecordStep>,
    /// Recordings of rooms that have lost sound.
    incomplete: BTreeSet<RoomKey>,
}

/// What became of a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Posted {
    /// Samples that had to be dropped.
    pub lost: usize,
    /// The recording of a room that lost sound for the first time.
    pub incomplete: Option<RoomKey>,
}

impl Outbox {
    /// A way for one worker.
    pub fn new(steps: SyncSender<RecordStep>) -> Self {
        Self { steps, waiting: VecDeque::new(), incomplete: BTreeSet::new() }
    }

    /// Hands a step over without waiting.
    pub fn post(&mut self, step: RecordStep) -> Posted {
        if let RecordStep::Room(RoomStep::End { key, .. }) = &step {
            self.incomplete.remove(key);
        }
        self.flush();
        if !self.waiting.is_empty() {
            return self.keep(step);
        }
        match self.steps.try_send(step) {
            Ok(()) => Posted::default(),
            Err(TrySendError::Full(step) | TrySendError::Disconnected(step)) => self.keep(step),
        }
    }

    /// Tries again to hand over what waits.
    pub fn flush(&mut self) {
        while let Some(step) = self.waiting.pop_front() {
            if let Err(TrySendError::Full(step)) = self.steps.try_send(step) {
                self.waiting.push_front(step);
                return;
            }
        }
    }

    /// Hands over what waits, however long that takes: the thread ends.
    pub fn finish(&mut self) {
        for step in self.waiting.drain(..) {
            // Without a writer there is nobody left to hand it to.
            let _ = self.steps.send(step);
        }
    }

    fn keep(&mut self, step: RecordStep) -> Posted {
        match step {
            RecordStep::Samples { samples, .. } => Posted { lost: samples.len(), incomplete: None },
            RecordStep::Room(RoomStep::Sound { key, tracks, .. }) => Posted {
                lost: tracks.iter().map(|track| track.samples.len()).sum(),
                incomplete: self.incomplete.insert(key).then_some(key),
            },
            step => {
                self.waiting.push_back(step);
                Posted::default()
            }
        }
    }
}

/// Starts the thread. It ends when the last [`Outbox`] is gone, with all files complete.
pub fn start(events: Sender<Event>) -> std::io::Result<(SyncSender<RecordStep>, JoinHandle<()>)> {
    let (sender, receiver) = sync_channel(QUEUE);
    let thread = thread::Builder::new().name("recordings".into()).spawn(move || run(&receiver, &events))?;
    Ok((sender, thread))
}

fn run(steps: &Receiver<RecordStep>, events: &Sender<Event>) {
    let (mut files, mut rooms) = (BTreeMap::new(), BTreeMap::new());
    for step in steps {
        let event = match step {
            RecordStep::Begin { key, path } => {
                files.insert(key, File::begin(path));
                None
            }
            RecordStep::Samples { key, offset, samples } => {
                if let Some(file) = files.get_mut(&key) {
                    file.write(offset, &samples);
                }
                None
            }
            RecordStep::End { key, spoken_ms, reason } => {
                files.remove(&key).map(|file| file.end(key, spoken_ms, reason))
            }
            RecordStep::Room(step) => take_room(&mut rooms, step),
            RecordStep::Report(event) => Some(event),
        };
        if let Some(event) = event {
            report(events, event);
        }
    }
}

/// A step of the recording of a room.
fn take_room(rooms: &mut BTreeMap<RoomKey, RoomFiles>, step: RoomStep) -> Option<Event> {
    match step {
        RoomStep::Begin { key, stem, layout, began } => {
            let (files, event) = RoomFiles::begin(key, stem, layout, began);
            rooms.insert(key, files);
            event
        }
        RoomStep::Sound { key, offset, length, tracks } => {
            rooms.get_mut(&key)?.write(offset, length, &tracks)
        }
        RoomStep::End { key, length, metadata } => Some(rooms.remove(&key)?.end(length, &metadata)),
    }
}

/// Tells the switch. This thread may wait for it, but not without end.
#[expect(clippy::disallowed_methods, reason = "a driver's thread that may sleep")]
fn report(events: &Sender<Event>, mut event: Event) {
    for _ in 0..1_000 {
        match events.try_send(event) {
            Err(TryEventError::Full(back)) => event = back,
            Ok(()) | Err(TryEventError::Closed(_)) => return,
        }
        thread::sleep(Duration::from_millis(5));
    }
    tracing::error!(?event, "the switch took no events for 5 s; one of a recording is lost");
}

/// One file that is being written, or why it cannot be.
struct File {
    path: PathBuf,
    recording: Result<Recording<fs::File>, String>,
}

impl File {
    fn begin(path: PathBuf) -> Self {
        let recording = create(&path, 1).map_err(|error| format!("{}: {error}", path.display()));
        Self { path, recording }
    }

    /// Writes samples that begin `offset` samples after the recording did. Where some were dropped
    /// before them there is silence, so that the rest stays in its place.
    fn write(&mut self, offset: u64, samples: &[i16]) {
        let Ok(recording) = &mut self.recording else { return };
        if let Err(error) = recording.write(offset, samples) {
            self.recording = Err(format!("{}: {error}", self.path.display()));
        }
    }

    fn end(self, key: RecordKey, spoken_ms: u32, reason: RecordEnd) -> Event {
        let finished = self.recording.and_then(|recording| {
            recording.finish(0).map_err(|error| format!("{}: {error}", self.path.display()))
        });
        let (ms, reason) = match finished {
            Ok(ms) => (ms, reason),
            Err(error) => {
                // What there is of it is of no use, and takes the place that the disk lacks. It may not be there at all.
                let _ = fs::remove_file(&self.path);
                (0, RecordEnd::Failed(error))
            }
        };
        let RecordKey { leg, recording } = key;
        Event::Recorded { leg, recording, path: self.path, ms, spoken_ms, reason }
    }
}

fn create(path: &Path, channels: u16) -> Result<Recording<fs::File>, Box<dyn std::error::Error>> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(Recording::new(fs::File::create(path)?, channels)?)
}
