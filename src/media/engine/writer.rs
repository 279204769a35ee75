//! The thread that writes recordings, so that media threads never touch a file.

use std::collections::{BTreeMap, VecDeque};
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};

use hound::{SampleFormat, WavSpec, WavWriter};
use tokio::sync::mpsc::Sender;

use crate::id::LegId;
use crate::media::worker::{RecordKey, RecordStep};
use crate::media::{Event, RATE, RecordEnd};

/// Steps that may wait for the disk: with a tenth of a second in each, three minutes of one
/// recording or two seconds of a hundred. When it is full, samples are dropped (the file has
/// silence in their place) and counted.
const QUEUE: usize = 2_048;
/// Longest silence put in the place of dropped samples at once.
const LONGEST_GAP: u64 = 60 * RATE as u64;

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
                files.insert(key, Recording::begin(path));
                None
            }
            RecordStep::Samples { key, offset, samples } => {
                if let Some(recording) = files.get_mut(&key) {
                    recording.write(offset, &samples);
                }
                None
            }
            RecordStep::End { key, reason } => files.remove(&key).map(|recording| recording.end(key, reason)),
            RecordStep::Report(event) => Some(event),
        };
        if let Some(event) = event {
            // This thread may wait for the switch; its own queue is bounded.
            let _ = events.blocking_send(event);
        }
    }
}

/// One file that is being written, or why it cannot be.
struct Recording {
    path: PathBuf,
    written: u64,
    file: Result<WavWriter<BufWriter<File>>, String>,
}

impl Recording {
    fn begin(path: PathBuf) -> Self {
        let file = create(&path).map_err(|error| format!("{}: {error}", path.display()));
        Self { path, written: 0, file }
    }

    /// Writes samples that begin `offset` samples after the recording did. Where some were dropped
    /// before them there is silence, so that the rest stays in its place.
    fn write(&mut self, offset: u64, samples: &[i16]) {
        let gap = offset.saturating_sub(self.written).min(LONGEST_GAP);
        let Ok(file) = &mut self.file else { return };
        let silence = std::iter::repeat_n(0, usize::try_from(gap).unwrap_or(0));
        let written = silence.chain(samples.iter().copied()).try_for_each(|sample| file.write_sample(sample));
        match written {
            Ok(()) => self.written += gap + samples.len() as u64,
            Err(error) => self.file = Err(format!("{}: {error}", self.path.display())),
        }
    }

    fn end(self, key: RecordKey, reason: RecordEnd) -> Event {
        let finished = self.file.and_then(|file| {
            file.finalize().map_err(|error| format!("{}: {error}", self.path.display()))
        });
        let reason = finished.map_or_else(RecordEnd::Failed, |()| reason);
        let ms = u32::try_from(self.written * 1_000 / u64::from(RATE)).unwrap_or(u32::MAX);
        let RecordKey { leg, recording } = key;
        Event::Recorded { leg, recording, path: self.path, ms, reason }
    }
}

fn create(path: &Path) -> Result<WavWriter<BufWriter<File>>, hound::Error> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let spec =
        WavSpec { channels: 1, sample_rate: RATE, bits_per_sample: 16, sample_format: SampleFormat::Int };
    WavWriter::create(path, spec)
}
