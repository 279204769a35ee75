//! The files of one recording of a room.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::create;
use crate::media::recording::Recording;
use crate::media::recording::metadata::{Document, Metadata, When, Written};
use crate::media::recording::room::{Layout, RoomKey, Track};
use crate::media::{Event, RATE};
use crate::time::UnixMs;

/// Ranges of lost sound that are told apart; later ones are joined to the last.
const MOST_RANGES: usize = 1_000;

/// Files that are being written. What fails is tried again with the sound that follows.
pub struct RoomFiles {
    key: RoomKey,
    stem: PathBuf,
    layout: Layout,
    files: BTreeMap<u16, Recording<File>>,
    /// Samples a channel that came so far, and those before that did not, or could not be written.
    length: u64,
    lost: Vec<(u64, u64)>,
    error: Option<String>,
}

impl RoomFiles {
    /// Begins them, and the document, so that a crash leaves that too.
    pub fn begin(key: RoomKey, stem: PathBuf, layout: Layout, began: UnixMs) -> (Self, Option<Event>) {
        let mut files =
            Self { key, stem, layout, files: BTreeMap::new(), length: 0, lost: vec![], error: None };
        if layout == Layout::Stereo {
            let written = files.write_track(0, &Track { number: 0, samples: vec![] });
            files.check(written);
        }
        let written = files.write_document(&files.document(&Metadata::new(began), false, 0));
        files.check(written);
        let event = files.error.clone().map(|reason| files.incomplete(reason));
        (files, event)
    }

    /// Writes what begins `offset` samples after the recording did. Tells if this is the first that cannot be written.
    pub fn write(&mut self, offset: u64, length: u64, tracks: &[Track]) -> Option<Event> {
        let good_before = self.error.is_none();
        self.lose(self.length, offset);
        for track in tracks {
            let written = self.write_track(offset, track);
            if !self.check(written) {
                self.lose(offset, offset.saturating_add(length));
            }
        }
        self.length = offset.saturating_add(length).max(self.length);
        let reason = self.error.clone().filter(|_| good_before)?;
        Some(self.incomplete(reason))
    }

    /// Completes them.
    pub fn end(mut self, length: u64, metadata: &Metadata) -> Event {
        self.lose(self.length, length);
        let files: Vec<PathBuf> = self.files.keys().map(|number| self.path(*number)).collect();
        let document = self.document(metadata, true, length);
        for (number, file) in std::mem::take(&mut self.files) {
            let finished = file.finish(length).map(|_| ()).map_err(|error| self.says(number, &error));
            self.check(finished);
        }
        let document = Document { error: self.error.clone(), ..document };
        let written = self.write_document(&document);
        self.check(written);
        let RoomKey { room, recording } = self.key;
        let incomplete_ms = document.incomplete.iter().map(|when| when.to_ms - when.from_ms).sum();
        let (json, ms, error) = (self.json(), document.ms, self.error);
        Event::RoomRecorded { room, recording, files, json, ms, incomplete_ms, error }
    }

    fn incomplete(&self, reason: String) -> Event {
        let RoomKey { room, recording } = self.key;
        Event::RecordingIncomplete { room, recording, reason }
    }

    fn write_track(&mut self, offset: u64, track: &Track) -> Result<(), String> {
        let path = self.path(track.number);
        if !self.files.contains_key(&track.number) {
            let channels = if self.layout == Layout::Stereo { 2 } else { 1 };
            let file = create(&path, channels).map_err(|error| format!("{}: {error}", path.display()))?;
            self.files.insert(track.number, file);
        }
        let written = self.files.get_mut(&track.number).map(|file| file.write(offset, &track.samples));
        written.unwrap_or(Ok(())).map_err(|error| self.says(track.number, &error))
    }

    /// Keeps the first error.
    fn check(&mut self, done: Result<(), String>) -> bool {
        let good = done.is_ok();
        if let Err(error) = done {
            self.error.get_or_insert(error);
        }
        good
    }

    /// These samples are silence because their sound was lost.
    fn lose(&mut self, from: u64, to: u64) {
        if from >= to {
            return;
        }
        let full = self.lost.len() >= MOST_RANGES;
        match self.lost.last_mut() {
            Some(last) if full || from <= last.1 => last.1 = last.1.max(to),
            _ => self.lost.push((from, to)),
        }
    }

    fn document(&self, metadata: &Metadata, complete: bool, length: u64) -> Document {
        let ms = |samples: u64| samples.saturating_mul(1_000) / u64::from(RATE);
        let incomplete =
            self.lost.iter().map(|(from, to)| When { from_ms: ms(*from), to_ms: ms(*to) }).collect();
        let files: Vec<(u16, String)> =
            self.files.keys().map(|number| (*number, name(&self.path(*number)))).collect();
        let error = self.error.clone();
        metadata.document(&files, Written { ms: ms(length), complete, incomplete, error })
    }

    /// Writes the document in one step, so that nobody reads half of it.
    fn write_document(&self, document: &Document) -> Result<(), String> {
        let (path, new) = (self.json(), self.with_ending(".json.new"));
        let written = serde_json::to_vec_pretty(document)
            .map_err(std::io::Error::from)
            .and_then(|text| {
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder)?;
                }
                fs::write(&new, text)
            })
            .and_then(|()| fs::rename(&new, &path));
        written.map_err(|error| format!("{}: {error}", path.display()))
    }

    fn says(&self, number: u16, error: &dyn std::fmt::Display) -> String {
        format!("{}: {error}", self.path(number).display())
    }

    fn path(&self, number: u16) -> PathBuf {
        match number {
            0 => self.with_ending(".wav"),
            number => self.with_ending(&format!("-{number}.wav")),
        }
    }

    fn json(&self) -> PathBuf {
        self.with_ending(".json")
    }

    /// The stem may have dots of its own.
    fn with_ending(&self, ending: &str) -> PathBuf {
        let mut path = self.stem.clone().into_os_string();
        path.push(ending);
        path.into()
    }
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
