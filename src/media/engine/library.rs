//! Sounds read once and shared, and the thread that reads them.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::io::BufReader;
use std::path::{Component, Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::{self, JoinHandle};

use super::mailbox::Mailbox;
use super::poll::give_way;
use super::thread::Letter;
use crate::id::LegId;
use crate::media::Sound;
use crate::media::sound::{self, Clip};
use crate::media::worker::sources;

/// Playbacks and preloads that may wait for the disk; more are refused.
const QUEUE: usize = 1_024;
/// Bytes of samples kept. Beyond it, sounds that nobody plays are let go.
const MAX_BYTES: usize = 256 << 20;

/// The sounds of the media directory that were played or preloaded.
#[derive(Debug)]
pub struct Library {
    folder: PathBuf,
    kept: RwLock<HashMap<Arc<str>, Arc<Clip>>>,
}

/// Something to read.
#[derive(Debug)]
pub enum Job {
    /// The files of a playback, for the worker with this mailbox.
    Play { leg: LegId, playback: u64, sounds: Vec<Sound>, reply: Arc<Mailbox<Letter>> },
    /// Files that will be played soon.
    Preload(Vec<Arc<str>>),
    /// Files that have changed.
    Refresh(Vec<Arc<str>>),
}

impl Library {
    /// An empty library of this folder.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, kept: RwLock::default() }
    }

    /// A sound that has been read before. Never touches a file.
    pub fn kept(&self, name: &str) -> Option<Arc<Clip>> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// The samples of a file. Those of the folder are kept; those of an absolute path (recordings)
    /// are read every time.
    pub fn read(&self, name: &Arc<str>) -> Result<Arc<Clip>, String> {
        if let Some(clip) = self.kept(name) {
            return Ok(clip);
        }
        self.read_anew(name)
    }

    fn read_anew(&self, name: &Arc<str>) -> Result<Arc<Clip>, String> {
        let path = self.path(name)?;
        let shown = path.display().to_string();
        let file = File::open(&path).map_err(|error| format!("{shown}: {error}"))?;
        let clip = sound::read_clip(BufReader::new(file), &shown).map_err(|error| error.to_string())?;
        let clip = Arc::new(clip);
        if !Path::new(name.as_ref()).is_absolute() {
            self.keep(Arc::clone(name), Arc::clone(&clip));
        }
        Ok(clip)
    }

    fn keep(&self, name: Arc<str>, clip: Arc<Clip>) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        kept.insert(name, clip);
        let bytes = |kept: &HashMap<_, Arc<Clip>>| kept.values().map(|clip| clip.bytes()).sum::<usize>();
        if bytes(&kept) > MAX_BYTES {
            kept.retain(|_, clip| Arc::strong_count(clip) > 1);
        }
    }

    /// The file of a name; a name may not lead out of the folder.
    fn path(&self, name: &str) -> Result<PathBuf, String> {
        let asked = Path::new(name);
        if asked.is_absolute() {
            return Ok(asked.into());
        }
        let inside = asked.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !inside {
            return Err(format!("{name}: a sound's name may not lead out of the media directory"));
        }
        let path = self.folder.join(asked);
        let has_ending = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("wav"));
        Ok(if has_ending { path } else { PathBuf::from(format!("{}.wav", path.display())) })
    }
}

/// Starts the thread that reads. It ends when the last sender is gone.
///
/// Playbacks with texts in them are handed on to `speech`, which takes longer. One that reads `beforehand`
/// gives way to everything else; callers who wait have another one.
pub fn start(
    library: Arc<Library>,
    speech: SyncSender<Job>,
    beforehand: bool,
) -> std::io::Result<(SyncSender<Job>, JoinHandle<()>)> {
    let (sender, receiver) = sync_channel(QUEUE);
    let name = if beforehand { "sounds-early" } else { "sounds" };
    let thread = thread::Builder::new().name(name.into()).spawn(move || {
        if beforehand {
            give_way();
        }
        run(&receiver, &library, &speech);
    })?;
    Ok((sender, thread))
}

fn run(jobs: &Receiver<Job>, library: &Library, speech: &SyncSender<Job>) {
    let mut later = VecDeque::new();
    loop {
        // What somebody waits for goes before what may be wanted some day.
        let job = match later.is_empty() {
            true => jobs.recv().map_err(|_| TryRecvError::Disconnected),
            false => jobs.try_recv(),
        };
        match job {
            Ok(Job::Play { leg, playback, sounds, reply }) if sounds.iter().any(is_speech) => {
                let first = sounds.iter().find(|sound| is_speech(sound)).cloned();
                let job = Job::Play { leg, playback, sounds, reply: Arc::clone(&reply) };
                if let (Err(_), Some(sound)) = (speech.try_send(job), first) {
                    let sounds = Err((sound, "too many texts wait to be spoken".to_owned()));
                    reply.post_always(Letter::Sounds { leg, playback, sounds });
                }
            }
            Ok(Job::Play { leg, playback, sounds, reply }) => {
                let sounds = sources(&sounds, |name| library.read(name));
                // At most one answer a playback, and those waiting are bounded by the queue.
                reply.post_always(Letter::Sounds { leg, playback, sounds });
            }
            Ok(Job::Preload(names)) => later.extend(names),
            Ok(Job::Refresh(names)) => refresh(library, &names),
            Err(TryRecvError::Empty) => preload(library, later.pop_front()),
            // The engine stops, and does not wait for sounds that nobody will hear.
            Err(TryRecvError::Disconnected) => return,
        }
    }
}

fn is_speech(sound: &Sound) -> bool {
    matches!(sound, Sound::Speech { .. })
}

fn preload(library: &Library, name: Option<Arc<str>>) {
    if let Some(name) = name
        && let Err(reason) = library.read(&name)
    {
        tracing::warn!(%name, %reason, "a sound cannot be read");
    }
}

/// Replaces what is kept of these names. What cannot be read stays as it was.
fn refresh(library: &Library, names: &[Arc<str>]) {
    for name in names.iter().filter(|name| library.kept(name).is_some()) {
        if let Err(reason) = library.read_anew(name) {
            tracing::warn!(%name, %reason, "a changed sound cannot be read; it is heard as it was");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;
    use crate::time::UnixMs;

    #[test]
    fn a_caller_does_not_wait_for_sounds_that_are_read_beforehand_and_neither_does_the_end() {
        let library = Library::new(concat!(env!("CARGO_MANIFEST_DIR"), "/media/prompts/en").into());
        let (jobs, waiting) = sync_channel(QUEUE);
        let reply = Arc::new(Mailbox::new(1).unwrap());
        let (leg, playback) = (LegId::new(UnixMs(0), &mut Entropy::from_number(1)), 7);
        jobs.send(Job::Preload(vec!["welcome".into(), "goodbye".into()])).unwrap();
        let sounds = vec![Sound::File("beep".into())];
        jobs.send(Job::Play { leg, playback, sounds, reply: Arc::clone(&reply) }).unwrap();
        drop(jobs);
        let (speech, _texts) = sync_channel(1);
        run(&waiting, &library, &speech);
        let mut answers = VecDeque::new();
        reply.take(&mut answers);
        assert!(matches!(answers.front(), Some(Letter::Sounds { sounds: Ok(_), .. })), "{answers:?}");
        assert!(library.kept("beep").is_some() && library.kept("goodbye").is_none());
    }

    #[test]
    fn a_sound_that_changed_is_read_again_and_a_broken_one_is_heard_as_it_was() {
        let folder = std::env::temp_dir().join(format!("hovor-library-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let write = |value: i16| {
            let spec = hound::WavSpec {
                channels: 1,
                sample_rate: 16_000,
                bits_per_sample: 16,
                sample_format: hound::SampleFormat::Int,
            };
            let mut file = hound::WavWriter::create(folder.join("x.wav"), spec).unwrap();
            (0..100).for_each(|_| file.write_sample(value).unwrap());
            file.finalize().unwrap();
        };
        let library = Library::new(folder.clone());
        let first = |name: &str| library.kept(name).map(|clip| clip.narrow()[0]);
        write(1);
        refresh(&library, &["x".into()]);
        assert_eq!(first("x"), None, "nobody has asked for it yet");
        let heard = library.read(&"x".into()).unwrap();
        write(2);
        refresh(&library, &["x".into()]);
        assert_eq!((first("x"), heard.narrow()[0]), (Some(2), 1));
        std::fs::write(folder.join("x.wav"), "broken").unwrap();
        refresh(&library, &["x".into()]);
        assert_eq!(first("x"), Some(2));
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_name_stays_within_the_folder() {
        let library = Library::new("/sounds".into());
        assert_eq!(library.path("en/welcome"), Ok("/sounds/en/welcome.wav".into()));
        assert_eq!(library.path("en/v1.2"), Ok("/sounds/en/v1.2.wav".into()));
        assert_eq!(library.path("/data/7.wav"), Ok("/data/7.wav".into()));
        assert!(library.path("../secret").is_err());
    }
}
