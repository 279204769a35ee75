//! Reads the configuration and the dialplan files, and hands them to the switch task.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::{error, info, warn};

use super::directory::{self, Peers};
use super::requests::{Handle, Request};
use crate::api::running::Stopping;
use crate::dialplan::{self, Plans, SourceFile, World};
use crate::store::{self, Scope, Store};

/// Reads what the switch task must know.
pub struct Loader {
    store: Arc<dyn Store>,
    scope: Scope,
    dialplans: PathBuf,
    media: PathBuf,
    /// What the endpoint has been told; held while a change is applied, so that changes do not overtake.
    peers: tokio::sync::Mutex<Peers>,
    problems: Mutex<String>,
}

impl Loader {
    /// A loader that has loaded nothing yet.
    pub fn new(store: Arc<dyn Store>, scope: Scope, dialplans: PathBuf, media: PathBuf) -> Self {
        let problems = Mutex::new("not loaded yet".to_owned());
        Self { store, scope, dialplans, media, peers: tokio::sync::Mutex::default(), problems }
    }

    /// Takes the configuration in the store and the dialplan files over. Files with faults are
    /// refused as a whole, and the dialplans before stay in force.
    pub async fn apply(&self, handle: &Handle) -> Result<(), Stopping> {
        let mut peers = self.peers.lock().await;
        let stored = match self.store.directory(&self.scope).await {
            Ok(stored) => stored,
            Err(error) => {
                error!(%error, "cannot read the configuration; the one before stays in force");
                return Ok(());
            }
        };
        let next = Peers::of(&stored);
        let changes = peers.changes(&next);
        *peers = next;
        let directory = Arc::new(directory::for_switch(&stored));
        handle.ask(|done| Request::Configure { directory, peers: changes, done }).await?;
        match self.load_dialplans(&stored).await {
            Ok(plans) => {
                self.set_problems("ok");
                let plans = Arc::new(plans);
                handle.ask(|done| Request::Plans { plans, done }).await
            }
            Err(problems) => {
                // Each change of the company reads the files again; one telling of their faults is enough.
                match self.set_problems(&problems) {
                    true => error!("the dialplan files have faults and are not used:\n{problems}"),
                    false => error!("the dialplan files have the same faults as before and are not used"),
                }
                Ok(())
            }
        }
    }

    /// `ok`, or what is wrong with the dialplan files.
    pub fn dialplan_health(&self) -> String {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes down how the files fare; whether that is news.
    fn set_problems(&self, text: &str) -> bool {
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        let new = *problems != text;
        text.clone_into(&mut problems);
        new
    }

    async fn load_dialplans(&self, stored: &store::Directory) -> Result<Plans, String> {
        let (folder, media) = (self.dialplans.clone(), self.media.clone());
        let read = tokio::task::spawn_blocking(move || (files(&folder, "toml"), sounds(&media))).await;
        let (paths, sounds) = read.map_err(|error| format!("reading the files failed: {error}"))?;
        if !self.dialplans.is_dir() {
            return Err(format!(
                "{} is no folder; make it, or name the one with the dialplan files with --dialplans",
                self.dialplans.display()
            ));
        }
        let mut sources = vec![];
        for path in paths.map_err(|error| format!("{}: {error}", self.dialplans.display()))? {
            let text = tokio::fs::read_to_string(&path).await;
            let text = text.map_err(|error| format!("{}: {error}", path.display()))?;
            sources.push(SourceFile { path: path.display().to_string(), text });
        }
        if sources.is_empty() {
            warn!("{} has no dialplan files; no number will be answered", self.dialplans.display());
        }
        let world = directory::for_dialplans(stored, sounds);
        check(sources, &world)
    }
}

fn check(sources: Vec<SourceFile>, world: &World) -> Result<Plans, String> {
    let plans = dialplan::load(sources, world)
        .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    for warning in plans.warnings() {
        warn!("{warning}");
    }
    info!(files = plans.plans().len(), numbers = ?plans.numbers().collect::<Vec<_>>(), "dialplans in force");
    Ok(plans)
}

/// All files below `folder` with this ending, by name; none if the folder is missing. What an editor
/// hides while it works (`.#office.toml`) is left out.
fn files(folder: &Path, ending: &str) -> std::io::Result<Vec<PathBuf>> {
    let mut found = vec![];
    if !folder.is_dir() {
        return Ok(found);
    }
    for entry in std::fs::read_dir(folder)? {
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

/// The names of all sounds below `media`: their paths without `.wav`.
fn sounds(media: &Path) -> BTreeSet<String> {
    let found = files(media, "wav").unwrap_or_else(|error| {
        error!("cannot read {}: {error}", media.display());
        vec![]
    });
    let name = |path: &PathBuf| {
        let inside = path.strip_prefix(media).ok()?.with_extension("");
        Some(inside.to_str()?.to_owned())
    };
    found.iter().filter_map(name).collect()
}
