//! The thread that writes recordings, so that media threads never touch a file.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError as TryEventError;

use crate::media::recording::Recording;
use crate::media::worker::{RecordKey, RecordStep};
use crate::media::{Event, RATE, RecordEnd};

/// Steps that may wait for the disk: with a tenth of a second in each, three minutes of one
/// recording or two seconds of a hundred. When it is full, samples are dropped (the file has
/// silence in their place) and counted.
const QUEUE: usize = 2_048;
/// Longest silence put in the place of dropped samples at once.
const LONGEST_GAP: usize = 60 * RATE as usize;

/// One worker's way to the writer.
#[derive(Debug)]
pub struct Outbox {
    steps: SyncSender<RecordStep>,
    /// Steps that must not be lost, and what came after them, waiting for a place in the queue.
    /// Bounded by the recordings and legs of the worker, because samples are dropped instead.
    waiting: VecDeque<RecordStep>,
}

impl Outbox {
    /// A way for one worker.
    pub fn new(steps: SyncSender<RecordStep>) -> Self {
        Self { steps, waiting: VecDeque::new() }
    }

    /// Hands a step over without waiting. Returns how many samples had to be dropped.
    pub fn post(&mut self, step: RecordStep) -> usize {
        self.flush();
        if !self.waiting.is_empty() {
            return self.keep(step);
        }
        match self.steps.try_send(step) {
            Ok(()) => 0,
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

    fn keep(&mut self, step: RecordStep) -> usize {
        match step {
            RecordStep::Samples { samples, .. } => samples.len(),
            step => {
                self.waiting.push_back(step);
                0
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
    let mut files = BTreeMap::new();
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
            RecordStep::Report(event) => Some(event),
        };
        if let Some(event) = event {
            report(events, event);
        }
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
    tracing::error!(leg = %event.leg(), "the switch took no events for 5 s; one of a recording is lost");
}

/// One file that is being written, or why it cannot be.
struct File {
    path: PathBuf,
    written: u64,
    recording: Result<Recording<BufWriter<fs::File>>, String>,
}

impl File {
    fn begin(path: PathBuf) -> Self {
        let recording = create(&path).map_err(|error| format!("{}: {error}", path.display()));
        Self { path, written: 0, recording }
    }

    /// Writes samples that begin `offset` samples after the recording did. Where some were dropped
    /// before them there is silence, so that the rest stays in its place.
    fn write(&mut self, offset: u64, samples: &[i16]) {
        let gap = usize::try_from(offset.saturating_sub(self.written)).unwrap_or(0).min(LONGEST_GAP);
        let Ok(recording) = &mut self.recording else { return };
        match recording.write(&vec![0; gap]).and_then(|_| recording.write(samples)) {
            Ok(_) => self.written += (gap + samples.len()) as u64,
            Err(error) => self.recording = Err(format!("{}: {error}", self.path.display())),
        }
    }

    fn end(self, key: RecordKey, spoken_ms: u32, reason: RecordEnd) -> Event {
        let finished = self.recording.and_then(|recording| {
            recording.finish().map_err(|error| format!("{}: {error}", self.path.display()))
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

fn create(path: &Path) -> Result<Recording<BufWriter<fs::File>>, Box<dyn std::error::Error>> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(Recording::new(BufWriter::new(fs::File::create(path)?))?)
}
