//! The files that a dialplan is made of: its text, and the sounds it plays.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use tracing::error;

use crate::dialplan::SourceFile;
use crate::media::sound;

/// The ending of files that hold scenarios for a dialplan beside them.
const SCENARIOS: &str = ".test.toml";

/// The sound files below the media folder: their paths without `.wav`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sounds {
    /// Every one.
    pub names: BTreeSet<String>,
    /// What is wrong with those that cannot be played.
    pub unplayable: BTreeMap<String, String>,
}

/// Every dialplan file below a folder, by name.
///
/// # Errors
/// Which file cannot be read, and why.
pub fn dialplans(folder: &Path) -> Result<Vec<SourceFile>, String> {
    let paths = files(folder, "toml").map_err(|error| format!("{}: {error}", folder.display()))?;
    paths.iter().filter(|path| !is_scenarios(path)).map(|path| source(path)).collect()
}

/// Every file of scenarios below a folder, by name.
///
/// # Errors
/// Which file cannot be read, and why.
pub fn scenarios(folder: &Path) -> Result<Vec<SourceFile>, String> {
    let paths = files(folder, "toml").map_err(|error| format!("{}: {error}", folder.display()))?;
    paths.iter().filter(|path| is_scenarios(path)).map(|path| source(path)).collect()
}

/// Whether this file holds scenarios, not a dialplan.
pub fn is_scenarios(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(SCENARIOS))
}

/// One dialplan file.
///
/// # Errors
/// Why it cannot be read.
pub fn source(path: &Path) -> Result<SourceFile, String> {
    let text = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let text = String::from_utf8(text).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        format!("{}:{line}: this is no UTF-8 text; save the file as UTF-8", path.display())
    })?;
    Ok(SourceFile::new(path.display().to_string(), text))
}

/// The sounds below `media`, each looked at.
pub fn sounds(media: &Path) -> Sounds {
    let found = files(media, "wav").unwrap_or_else(|error| {
        error!("cannot read {}: {error}", media.display());
        vec![]
    });
    let mut sounds = Sounds::default();
    for path in found {
        let inside = path.strip_prefix(media).unwrap_or(&path).with_extension("");
        let Some(name) = inside.to_str() else { continue };
        sounds.names.insert(name.to_owned());
        if let Err(why) = look(&path) {
            sounds.unplayable.insert(name.to_owned(), why);
        }
    }
    sounds
}

fn look(path: &Path) -> Result<(), String> {
    let file = File::open(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    sound::inspect(BufReader::new(file), &path.display().to_string()).map_err(|error| error.to_string())
}

/// All files below `folder` with this ending, by name; none if the folder is missing. What an editor
/// hides while it works (`.#office.toml`) is left out.
fn files(folder: &Path, ending: &str) -> io::Result<Vec<PathBuf>> {
    let mut found = vec![];
    if !folder.is_dir() {
        return Ok(found);
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if path.is_dir() {
            found.extend(files(&path, ending)?);
        } else if path.extension().is_some_and(|e| e == ending) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
