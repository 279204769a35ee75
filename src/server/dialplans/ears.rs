//! The system's events of a folder and all folders in it.

use std::io;
use std::path::{Path, PathBuf};

use inotify::{Inotify, WatchMask};
use tokio::io::unix::AsyncFd;

/// Hears when something changes in a folder.
pub struct Ears {
    inotify: AsyncFd<Inotify>,
}

/// Most folders that are heard in; the rest is looked at from time to time.
const FOLDERS_MAX: usize = 1_000;
/// Room for the events of one reading. Which they are does not matter.
const BUFFER: usize = 4_096;

impl Ears {
    /// Listens in a folder and those in it, links followed.
    ///
    /// # Errors
    /// The folder is not there, or the system has no more watches to give.
    pub async fn new(folder: &Path) -> io::Result<Self> {
        let folder = folder.to_owned();
        let inotify = tokio::task::spawn_blocking(move || listen(&folder)).await;
        let inotify = inotify.map_err(io::Error::other)??;
        // SAFETY: `Inotify` owns its descriptor, gives the same one as long as it lives, and is kept in the
        // `AsyncFd` until it is dropped.
        Ok(Self { inotify: unsafe { AsyncFd::register(inotify) }? })
    }

    /// Waits until something has changed.
    pub async fn hear(&mut self) {
        let Ok(mut ready) = self.inotify.readable_mut().await else { return std::future::pending().await };
        let mut buffer = [0; BUFFER];
        let inotify = ready.get_inner_mut();
        while inotify.read_events(&mut buffer).is_ok_and(|mut events| events.next().is_some()) {}
        ready.clear_ready();
    }
}

fn listen(folder: &Path) -> io::Result<Inotify> {
    let inotify = Inotify::init()?;
    // Not of reading: our own looking would be heard.
    let mask = WatchMask::CLOSE_WRITE
        | WatchMask::MODIFY
        | WatchMask::CREATE
        | WatchMask::DELETE
        | WatchMask::MOVE
        | WatchMask::ATTRIB
        | WatchMask::DELETE_SELF
        | WatchMask::MOVE_SELF;
    for folder in folders(folder) {
        inotify.watches().add(folder, mask)?;
    }
    Ok(inotify)
}

/// The folder and all folders in it, links followed, each once.
fn folders(top: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = vec![];
    let mut waiting = vec![top.to_owned()];
    while let Some(folder) = waiting.pop() {
        let folder = folder.canonicalize().unwrap_or(folder);
        if found.contains(&folder) || found.len() >= FOLDERS_MAX {
            continue;
        }
        let inside = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        let visible = inside.filter(|entry| !entry.file_name().as_encoded_bytes().starts_with(b"."));
        waiting.extend(visible.map(|entry| entry.path()).filter(|path| path.is_dir()));
        found.push(folder);
    }
    found
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    async fn hears(ears: &mut Ears) -> bool {
        tokio::time::timeout(Duration::from_millis(200), ears.hear()).await.is_ok()
    }

    #[tokio::test]
    async fn changes_are_heard_in_folders_and_behind_links_and_looking_is_not() {
        let top = std::env::temp_dir().join(format!("hovor-ears-{}", std::process::id()));
        let (inside, elsewhere) = (top.join("dialplans/brand"), top.join("elsewhere"));
        std::fs::create_dir_all(&inside).unwrap();
        std::fs::create_dir_all(&elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, top.join("dialplans/linked")).unwrap();
        std::os::unix::fs::symlink(top.join("dialplans"), elsewhere.join("round")).unwrap();
        let mut ears = Ears::new(&top.join("dialplans")).await.unwrap();
        assert!(!hears(&mut ears).await);
        for path in [top.join("dialplans/a.toml"), inside.join("b.toml"), elsewhere.join("c.toml")] {
            std::fs::write(&path, "x").unwrap();
            assert!(hears(&mut ears).await, "{}", path.display());
            _ = std::fs::read(&path);
            _ = std::fs::read_dir(&inside).unwrap().count();
            assert!(!hears(&mut ears).await, "reading {}", path.display());
        }
        std::fs::rename(inside.join("b.toml"), inside.join("d.toml")).unwrap();
        assert!(hears(&mut ears).await);
        assert!(Ears::new(&top.join("nowhere")).await.is_err());
        std::fs::remove_dir_all(top).unwrap();
    }
}
