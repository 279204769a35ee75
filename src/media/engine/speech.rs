//! Free text, spoken by `espeak-ng` on a thread of its own and kept on disk.

use std::fs;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

use hound::{SampleFormat, WavSpec, WavWriter};
use sha2::{Digest, Sha256};

use super::library::{Job, Library};
use super::thread::Letter;
use crate::media::worker::sources;
use crate::media::{Sound, WIDE_RATE, sound};

/// The program that speaks.
const PROGRAM: &str = "espeak-ng";
/// Playbacks that may wait for their text; more are refused.
const QUEUE: usize = 256;
/// The longest text, in characters: over a minute of speech. What is beyond is not spoken.
const LONGEST: usize = 1_000;
/// How long the program may take for a text; as a rule it takes a twentieth of a second.
const PATIENCE: Duration = Duration::from_secs(10);
/// Texts that are kept, and their bytes; those that were not wanted for the longest time go first.
const MOST_FILES: usize = 1_000;
const MOST_BYTES: u64 = 64 << 20;
/// The level of prompts while somebody speaks (RMS), and the highest peak.
const LEVEL: f32 = 0.112;
const PEAK: f32 = 0.95;

/// Where `espeak-ng` is, if it is installed.
pub fn program() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(PROGRAM)).find(|path| path.is_file())
}

/// Speaks texts into a folder.
#[derive(Debug)]
pub struct Speaker {
    program: Option<PathBuf>,
    folder: PathBuf,
}

/// Starts the thread that speaks. It ends when the sender is gone.
pub fn start(speaker: Speaker, library: Arc<Library>) -> std::io::Result<(SyncSender<Job>, JoinHandle<()>)> {
    let (sender, receiver) = sync_channel(QUEUE);
    let thread =
        thread::Builder::new().name("speech".into()).spawn(move || run(&receiver, &speaker, &library))?;
    Ok((sender, thread))
}

fn run(jobs: &Receiver<Job>, speaker: &Speaker, library: &Library) {
    while let Ok(job) = jobs.recv() {
        let Job::Play { leg, playback, sounds, reply } = job else { continue };
        let spoken: Result<Vec<Sound>, (Sound, String)> =
            sounds.into_iter().map(|sound| speaker.spoken(sound)).collect();
        let sounds = spoken.and_then(|sounds| sources(&sounds, |name| library.read(name)));
        reply.post_always(Letter::Sounds { leg, playback, sounds });
    }
}

impl Speaker {
    /// Speaks into `folder`; every text fails if the program is not installed.
    pub fn new(folder: PathBuf) -> Self {
        Self { program: program(), folder }
    }

    /// A text as the file in which it is spoken; any other sound as it is.
    fn spoken(&self, sound: Sound) -> Result<Sound, (Sound, String)> {
        let Sound::Speech { language, text } = &sound else { return Ok(sound) };
        match self.file(language, text) {
            Ok(path) => Ok(Sound::File(path.to_string_lossy().into())),
            Err(reason) => Err((sound, reason)),
        }
    }

    /// The file with this text, made if it is not there.
    fn file(&self, language: &str, text: &str) -> Result<PathBuf, String> {
        let text = readable(text);
        let hash = Sha256::digest(format!("{language}\n{text}"));
        let name: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let path = self.folder.join(format!("{name}.wav"));
        if let Ok(file) = fs::File::options().append(true).open(&path) {
            // It was wanted now; if that cannot be noted, it is only made again sooner.
            let _ = file.set_modified(now());
            return absolute(&path);
        }
        let program = self.program.as_deref().ok_or("espeak-ng is not installed")?;
        fs::create_dir_all(&self.folder).map_err(|error| self.trouble(&error))?;
        let raw = self.folder.join("raw");
        speak(program, language, &text, &raw)?;
        let file = fs::File::open(&raw).map_err(|error| self.trouble(&error))?;
        let samples =
            sound::read_at(BufReader::new(file), PROGRAM, WIDE_RATE).map_err(|error| error.to_string())?;
        write(&self.folder.join("new"), &path, &evened(&samples)).map_err(|error| self.trouble(&error))?;
        self.prune();
        absolute(&path)
    }

    fn trouble(&self, error: &dyn std::fmt::Display) -> String {
        format!("cannot keep speech in {}: {error}", self.folder.display())
    }

    /// Keeps the folder within its bounds.
    fn prune(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        let mut files: Vec<(SystemTime, u64, PathBuf)> = entries
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let about = entry.metadata().ok()?;
                Some((about.modified().ok()?, about.len(), entry.path()))
            })
            .filter(|(_, _, path)| path.extension().is_some_and(|ending| ending == "wav"))
            .collect();
        files.sort();
        let (mut count, mut bytes) = (files.len(), files.iter().map(|(_, size, _)| size).sum::<u64>());
        for (_, size, path) in files {
            if count <= MOST_FILES && bytes <= MOST_BYTES {
                return;
            }
            if let Err(error) = fs::remove_file(&path) {
                tracing::warn!(path = %path.display(), %error, "cannot remove old speech");
            }
            count -= 1;
            bytes -= size;
        }
    }
}

/// What can be spoken of a text: no control characters, and nothing that the program takes for phonemes.
fn readable(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !"[]".contains(*c));
    plain.take(LONGEST).collect::<String>().trim().to_owned()
}

fn absolute(path: &Path) -> Result<PathBuf, String> {
    std::path::absolute(path).map_err(|error| error.to_string())
}

/// The voice of the house, the same as that of the prompts.
fn voice(language: &str) -> &'static str {
    match language {
        "cs" => "cs+f4",
        "de" => "de+f4",
        _ => "en-us+f4",
    }
}

/// Lets the program speak into `raw`. The text goes by its input, so that no text is an option.
fn speak(program: &Path, language: &str, text: &str, raw: &Path) -> Result<(), String> {
    let trouble = |error: std::io::Error| format!("{}: {error}", program.display());
    let mut child = Command::new(program)
        .args(["-v", voice(language), "-s", "152", "-p", "45", "--stdin", "-w"])
        .arg(raw)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(trouble)?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(text.as_bytes()).map_err(trouble)?;
    }
    finish(&mut child)
}

/// Waits until the program has spoken, but not for ever.
#[expect(clippy::disallowed_methods, reason = "a thread of its own waits for a program of its own")]
fn finish(child: &mut Child) -> Result<(), String> {
    let pause = Duration::from_millis(5);
    for _ in 0..PATIENCE.as_millis() / pause.as_millis() {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(format!("espeak-ng ended with {status}")),
            Ok(None) => thread::sleep(pause),
            Err(error) => return Err(format!("espeak-ng: {error}")),
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    Err("espeak-ng takes too long".into())
}

#[expect(clippy::disallowed_methods, reason = "the age of a file is told by the clock of the machine")]
fn now() -> SystemTime {
    SystemTime::now()
}

/// The samples at the level of prompts.
fn evened(samples: &[i16]) -> Vec<i16> {
    let floats: Vec<f32> = samples.iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
    let power = |frame: &[f32]| frame.iter().map(|sample| sample * sample).sum::<f32>() / frame.len() as f32;
    let loud: Vec<f32> =
        floats.chunks(WIDE_RATE as usize / 50).map(power).filter(|power| *power > 2.5e-5).collect();
    if loud.is_empty() {
        return samples.to_vec();
    }
    let rms = (loud.iter().sum::<f32>() / loud.len() as f32).sqrt();
    let peak = floats.iter().fold(0.0, |peak: f32, sample| peak.max(sample.abs()));
    let gain = (LEVEL / rms).min(PEAK / peak);
    floats.iter().map(|sample| (sample * gain * 32_767.0).round() as i16).collect()
}

/// Writes the file in one step, so that nobody reads half of it.
fn write(new: &Path, path: &Path, samples: &[i16]) -> Result<(), Box<dyn std::error::Error>> {
    let spec = WavSpec {
        channels: 1,
        sample_rate: WIDE_RATE,
        bits_per_sample: 16,
        sample_format: SampleFormat::Int,
    };
    let mut writer = WavWriter::create(new, spec)?;
    for sample in samples {
        writer.write_sample(*sample)?;
    }
    writer.finalize()?;
    fs::rename(new, path)?;
    Ok(())
}

#[cfg(test)]
#[path = "speech_tests.rs"]
mod tests;
