//! Where recordings of sessions are kept: their files in the data folder, and a row in the store.
//!
//! A recording is written below `live`, with a note of all that is known of it. When it is complete it is moved to the
//! folder of its tenant, day and session, and its row is stored; then the note goes. A start finishes what the end
//! before cut short: files that were left behind are made playable and kept, too.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tracing::{error, info, warn};

use super::voicemail::{blocking, pause};
use crate::clock::Clock;
use crate::id::RecordingId;
use crate::media::recording::metadata::Document;
use crate::media::recording::repair;
use crate::store::{Recording, RecordingLayout, Scope, Store, StoreError};
use crate::switch::recording::{NewRecording, under_way};
use crate::time::UnixMs;

/// Pause before the store is asked again.
const RETRY: Duration = Duration::from_millis(500);
/// How often recordings that are too old are looked for.
const SWEEP: Duration = Duration::from_secs(3_600);
/// Below the folder of recordings: those that are complete.
const KEPT: &str = "kept";
/// The ending of a note.
const NOTE: &str = "note";
const DAY_MS: i64 = 86_400_000;

/// Keeps recordings, beside the switch.
pub struct Recordings {
    store: Arc<dyn Store>,
    scope: Scope,
    folder: PathBuf,
    clock: Clock,
    live: Mutex<BTreeMap<RecordingId, NewRecording>>,
    /// Where the work is done, beside the switch.
    runtime: Handle,
}

/// A recording that is complete, as the engine tells it.
pub struct Ended {
    /// The document, whose name is the id.
    pub json: PathBuf,
    pub files: Vec<PathBuf>,
    pub ms: u64,
    pub incomplete_ms: u64,
    pub complete: bool,
}

impl Recordings {
    /// Keeps recordings in `folder`.
    pub fn new(store: Arc<dyn Store>, scope: Scope, folder: PathBuf, clock: Clock) -> Self {
        Self { store, scope, folder, clock, live: Mutex::default(), runtime: Handle::current() }
    }

    /// Keeps what an end without warning left behind. To be called before the first session begins.
    ///
    /// # Errors
    /// The folder cannot be used, or the store does not answer.
    pub async fn recover(&self) -> Result<(), String> {
        let live = under_way(&self.folder);
        let wrong = |error: io::Error| format!("cannot use {}: {error}", live.display());
        if !live.exists() {
            // Nothing was ever recorded.
            return Ok(());
        }
        for path in files_of(&live, |name| name.ends_with(NOTE)).map_err(wrong)? {
            let note =
                fs::read(&path).ok().and_then(|text| serde_json::from_slice::<NewRecording>(&text).ok());
            if let Some(note) = note {
                match self.left_behind(&note) {
                    Ok(Some(row)) => self.recovered(&row).await?,
                    Ok(None) => {}
                    Err(error) => {
                        // It may be had at the next start.
                        error!(recording = %note.id, %error, "an interrupted recording cannot be kept");
                        continue;
                    }
                }
            }
            fs::remove_file(&path).map_err(wrong)?;
        }
        Ok(())
    }

    async fn recovered(&self, row: &Recording) -> Result<(), String> {
        match self.store.add_recording(&self.scope, row).await {
            Ok(()) => info!(recording = %row.id, ms = row.ms, "an interrupted recording is kept"),
            Err(StoreError::Unavailable(why)) => return Err(why),
            Err(error) => warn!(recording = %row.id, %error, "an interrupted recording is not stored"),
        }
        Ok(())
    }

    /// Makes what is left of a recording playable, and moves it to its place. None if there is no sound of it.
    fn left_behind(&self, note: &NewRecording) -> io::Result<Option<Recording>> {
        let id = note.id.to_string();
        let row = note.row(0, 0, false);
        let to = self.folder_of(&row);
        let mine = |name: &str| name.starts_with(&id) && !name.ends_with(NOTE);
        let live = files_of(&under_way(&self.folder), mine)?;
        move_all(&live, &to)?;
        let mut ms = 0;
        for sound in files_of(&to, |name| name.starts_with(&id) && name.ends_with(".wav"))? {
            let file = OpenOptions::new().read(true).write(true).open(&sound)?;
            ms = repair(&file).map_err(io::Error::other)?.max(ms);
            file.sync_all()?;
        }
        let (document, row) = (to.join(format!("{id}.json")), Recording { ms, ..row });
        if ms == 0 {
            remove_files(&to, note.id)?;
            return Ok(None);
        }
        let read = fs::read(&document).ok();
        let Some(known) = read.and_then(|text| serde_json::from_slice::<Document>(&text).ok()) else {
            return Ok(Some(row));
        };
        // It had ended when the program was killed.
        let ms = if known.complete { known.ms } else { ms };
        let incomplete_ms = known.incomplete.iter().map(|when| when.to_ms - when.from_ms).sum();
        let row = Recording { ms, incomplete_ms, complete: known.complete, ..row };
        fs::write(&document, serde_json::to_vec_pretty(&Document { ms, ..known })?)?;
        Ok(Some(row))
    }

    /// A recording begins.
    pub fn begun(&self, new: NewRecording) {
        let path = under_way(&self.folder).join(format!("{}.{NOTE}", new.id));
        self.lock().insert(new.id, new.clone());
        self.runtime.spawn_blocking(move || {
            if let Err(error) = write_note(&path, &new) {
                warn!(recording = %new.id, %error, "a recording would be lost if the program were killed now");
            }
        });
    }

    /// A recording is complete: puts it where it belongs, however long the store takes.
    pub fn ended(self: &Arc<Self>, ended: Ended) {
        let id = ended.json.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok());
        let Some(new) = id.and_then(|id| self.lock().remove(&id)) else {
            return warn!(path = %ended.json.display(), "nobody knows of a recording");
        };
        let this = Arc::clone(self);
        self.runtime.spawn(async move { this.keep(new, ended).await });
    }

    async fn keep(&self, new: NewRecording, ended: Ended) {
        let complete = ended.complete && ended.incomplete_ms == 0;
        let row = new.row(ended.ms, ended.incomplete_ms, complete);
        let (to, id) = (self.folder_of(&row), row.id);
        let files: Vec<PathBuf> = ended.files.into_iter().chain([ended.json]).collect();
        // What is not moved now is so at the next start, by its note.
        if let Err(error) = blocking(move || move_all(&files, &to)).await {
            return error!(recording = %id, %error, "a recording cannot be moved to its place");
        }
        loop {
            match self.store.add_recording(&self.scope, &row).await {
                Ok(()) => break,
                Err(StoreError::Unavailable(reason)) => {
                    warn!(%reason, "cannot store a recording; trying again");
                    pause(RETRY).await;
                }
                Err(error) => return error!(recording = %id, %error, "the store refused a recording"),
            }
        }
        let note = under_way(&self.folder).join(format!("{id}.{NOTE}"));
        if let Err(error) = blocking(move || gone(fs::remove_file(note))).await {
            warn!(recording = %id, %error, "the note of a recording stays behind");
        }
    }

    /// The folder with the files of a recording.
    pub fn folder_of(&self, recording: &Recording) -> PathBuf {
        let tenant = recording.tenant.map_or_else(|| "company".to_owned(), |tenant| tenant.to_string());
        let day = day_of(recording.started_at);
        self.folder.join(KEPT).join(tenant).join(day).join(recording.session.to_string())
    }

    /// Removes the files of a recording, and folders that are empty then.
    pub async fn remove_files(&self, recording: &Recording) -> io::Result<()> {
        let (folder, id) = (self.folder_of(recording), recording.id);
        blocking(move || {
            remove_files(&folder, id)?;
            // A day or a tenant with others in it stays.
            let _ = fs::remove_dir(&folder).and_then(|()| folder.parent().map_or(Ok(()), fs::remove_dir));
            Ok(())
        })
        .await
    }

    /// Removes recordings that are too old, again and again.
    pub async fn sweep(self: Arc<Self>) {
        loop {
            self.remove_old(self.clock.wall()).await;
            pause(SWEEP).await;
        }
    }

    /// Removes recordings that are older than their rules keep them.
    pub async fn remove_old(&self, now: UnixMs) {
        match self.store.remove_old_recordings(&self.scope, now).await {
            Ok(old) => {
                for recording in &old {
                    if let Err(error) = self.remove_files(recording).await {
                        warn!(recording = %recording.id, %error, "an old recording cannot be removed");
                    }
                }
                if !old.is_empty() {
                    info!(recordings = old.len(), "recordings were older than their rules keep them");
                }
            }
            Err(error) => warn!(%error, "cannot look for old recordings"),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<RecordingId, NewRecording>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl NewRecording {
    /// The row of the recording, so long.
    fn row(&self, ms: u64, incomplete_ms: u64, complete: bool) -> Recording {
        let keep = |days: u32| UnixMs(self.at.0 + i64::from(days) * DAY_MS);
        Recording {
            id: self.id,
            tenant: self.tenant,
            session: self.session,
            layout: if self.per_party { RecordingLayout::PerParty } else { RecordingLayout::Stereo },
            started_at: self.at,
            ms,
            incomplete_ms,
            complete,
            remove_after: self.keep_days.map(keep),
        }
    }
}

/// The day of a moment, in UTC: `2026-01-31`.
fn day_of(at: UnixMs) -> String {
    let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    at.strftime("%Y-%m-%d").to_string()
}

fn write_note(path: &Path, new: &NewRecording) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let half = path.with_extension("half");
    let mut file = File::create(&half)?;
    file.write_all(&serde_json::to_vec(new)?)?;
    file.sync_all()?;
    fs::rename(&half, path)
}

/// Moves files into a folder. Those that are there already are not missed.
fn move_all(files: &[PathBuf], to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for file in files {
        if let Some(name) = file.file_name() {
            gone(fs::rename(file, to.join(name)))?;
        }
    }
    File::open(to)?.sync_all()
}

fn remove_files(folder: &Path, id: RecordingId) -> io::Result<()> {
    let id = id.to_string();
    let files = match files_of(folder, |name| name.starts_with(&id)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        files => files?,
    };
    files.iter().try_for_each(|path| gone(fs::remove_file(path)))
}

/// What is not there any more need not go.
fn gone(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// The files of a folder whose names are wanted.
fn files_of(folder: &Path, wanted: impl Fn(&str) -> bool) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    let paths = entries.into_iter().map(|entry| entry.path());
    let fits = |path: &PathBuf| path.file_name().and_then(|name| name.to_str()).is_some_and(&wanted);
    Ok(paths.filter(fits).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;
    use crate::id::SessionId;
    use crate::store::{self, demo};

    const BEGUN: UnixMs = UnixMs(1_700_000_000_000);

    /// A place for recordings of a demo company, and one that has begun.
    async fn begun(name: &str) -> (Arc<Recordings>, NewRecording, PathBuf) {
        let folder = std::env::temp_dir().join(format!("hovor-recordings-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        let store = store::open(&format!("sqlite:{}", folder.join("x.db").display())).await.unwrap();
        let scope = demo::seed(store.as_ref()).await.unwrap();
        let tenant = store.tenant(&scope, &"harbour".into()).await.unwrap().id;
        let recordings = Recordings::new(store, scope, folder.join("recordings"), Clock::start());
        let mut ids = Entropy::from_number(1);
        let new = NewRecording {
            id: RecordingId::new(BEGUN, &mut ids),
            tenant: Some(tenant),
            session: SessionId::new(BEGUN, &mut ids),
            per_party: false,
            at: BEGUN,
            keep_days: Some(30),
        };
        (Arc::new(recordings), new, folder)
    }

    /// A second of stereo as the engine leaves it: its header is up to date to the last full second.
    fn half_written(recordings: &Recordings, new: &NewRecording) -> (PathBuf, PathBuf) {
        let live = under_way(&recordings.folder);
        fs::create_dir_all(&live).unwrap();
        let wav = live.join(format!("{}.wav", new.id));
        let file = File::create(&wav).unwrap();
        let recording = crate::media::recording::Recording::new(&file, 2).unwrap();
        drop(recording);
        (&file).write_all(&[0; 32_000]).unwrap();
        let json = live.join(format!("{}.json", new.id));
        let metadata = crate::media::recording::metadata::Metadata::new(BEGUN);
        fs::write(&json, serde_json::to_vec(&metadata.document(&[], Default::default())).unwrap()).unwrap();
        (wav, json)
    }

    #[tokio::test]
    async fn a_recording_is_in_the_folder_of_its_session_until_its_time_is_over() {
        let (recordings, new, folder) = begun("kept").await;
        let (wav, json) = half_written(&recordings, &new);
        write_note(&wav.with_extension(NOTE), &new).unwrap();
        let ended = Ended { json, files: vec![wav.clone()], ms: 1_000, incomplete_ms: 0, complete: true };
        recordings.keep(new.clone(), ended).await;
        let rows = recordings.store.recordings(&recordings.scope, new.session).await.unwrap();
        assert!(rows[0].complete && rows[0].ms == 1_000, "{rows:?}");
        let place = recordings.folder_of(&rows[0]);
        assert!(place.ends_with(format!("2023-11-14/{}", new.session)), "{}", place.display());
        assert_eq!(fs::read_dir(&place).unwrap().count(), 2);
        assert_eq!(fs::read_dir(under_way(&recordings.folder)).unwrap().count(), 0, "the note is gone");
        recordings.remove_old(UnixMs(BEGUN.0 + 30 * DAY_MS)).await;
        assert!(place.exists());
        recordings.remove_old(UnixMs(BEGUN.0 + 30 * DAY_MS + 1)).await;
        assert!(!place.exists());
        assert!(recordings.store.recordings(&recordings.scope, new.session).await.unwrap().is_empty());
        recordings.store.close().await;
        fs::remove_dir_all(folder).unwrap();
    }

    #[tokio::test]
    async fn what_a_crash_left_behind_is_made_playable_and_kept_and_empty_files_go() {
        let (recordings, new, folder) = begun("left").await;
        let (wav, _) = half_written(&recordings, &new);
        write_note(&wav.with_extension(NOTE), &new).unwrap();
        let empty = NewRecording { id: RecordingId::new(BEGUN, &mut Entropy::from_number(9)), ..new.clone() };
        let live = under_way(&recordings.folder);
        fs::write(live.join(format!("{}.wav", empty.id)), "").unwrap();
        write_note(&live.join(format!("{}.{NOTE}", empty.id)), &empty).unwrap();
        fs::write(live.join("nonsense.note"), "{").unwrap();
        recordings.recover().await.unwrap();
        recordings.recover().await.unwrap();
        let rows = recordings.store.recordings(&recordings.scope, new.session).await.unwrap();
        let [row] = &rows[..] else { panic!("one recording: {rows:?}") };
        assert_eq!((row.id, row.complete, row.ms), (new.id, false, 1_000));
        let place = recordings.folder_of(row);
        let wav = hound::WavReader::open(place.join(format!("{}.wav", new.id))).unwrap();
        assert_eq!(wav.duration(), 8_000);
        let document = fs::read(place.join(format!("{}.json", new.id))).unwrap();
        assert_eq!(serde_json::from_slice::<Document>(&document).unwrap().ms, 1_000);
        assert_eq!(fs::read_dir(live).unwrap().count(), 0);
        recordings.store.close().await;
        fs::remove_dir_all(folder).unwrap();
    }
}
