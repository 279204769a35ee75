//! Watches the folders of dialplan files and sounds, and has them read when they have come to rest.
//!
//! The system's events say when to look; looking says what is there. Where there are no events (a network
//! file system, a link that was turned, too many watches) looking from time to time is enough.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tracing::{info, warn};

use super::ears::Ears;
use super::folder::{self, Look};
use super::settling::{Pace, Settling};
use crate::api::running::NotApplied;
use crate::server::clock::Clock;
use crate::server::loader::Again;
use crate::server::requests::Handle;
use crate::time::Time;

/// Dialplan files are few, and people wait for them.
const FILES: Pace = Pace {
    idle: Duration::from_secs(2),
    busy: Duration::from_millis(100),
    quiet: Duration::from_millis(300),
    at_most: Duration::from_secs(5),
};
/// Sounds may be many, and are copied slowly.
const SOUNDS: Pace = Pace {
    idle: Duration::from_secs(15),
    busy: Duration::from_millis(500),
    quiet: Duration::from_millis(1_500),
    at_most: Duration::from_secs(15),
};
/// How long after a configuration that could not be read it is read again.
const RETRY: Duration = Duration::from_secs(5);

/// One watched folder.
struct Watched {
    folder: PathBuf,
    look: fn(&Path) -> std::io::Result<Look>,
    settling: Settling<Result<Look, String>>,
    /// None where the system does not tell of changes.
    ears: Option<Ears>,
    /// Said once, not at each attempt.
    complained: bool,
}

/// Watches until the program stops. `told` says whether the system tells of changes of dialplan files.
pub async fn watch(handle: Handle, dialplans: PathBuf, media: PathBuf, told: Arc<AtomicBool>) {
    let clock = handle.clock.clone();
    let mut files = Watched::new(dialplans, folder::dialplans, FILES, clock.now()).await;
    let mut sounds = Watched::new(media, folder::sounds, SOUNDS, clock.now()).await;
    told.store(files.ears.is_some(), Ordering::Relaxed);
    // What was changed between the first reading and the first look.
    if handle.loader.apply(&handle, Again::Files).await == Err(NotApplied::Stopping) {
        return;
    }
    let mut retry = clock.now() + RETRY;
    loop {
        let next = files.settling.poll_timeout().min(sounds.settling.poll_timeout()).min(retry);
        tokio::select! {
            () = files.hear() => files.settling.hint(),
            () = sounds.hear() => sounds.settling.hint(),
            () = sleep_until(&clock, next) => {}
        }
        let now = clock.now();
        let mut again = None;
        if files.has_settled(&clock).await | sounds.has_settled(&clock).await {
            told.store(files.ears.is_some(), Ordering::Relaxed);
            again = Some(Again::Files);
        }
        if retry <= now {
            retry = now + RETRY;
            // A configuration that could not be read waits to be taken over.
            again = if handle.loader.shown().behind { Some(Again::Company) } else { again };
        }
        if let Some(again) = again
            && handle.loader.apply(&handle, again).await == Err(NotApplied::Stopping)
        {
            return;
        }
    }
}

impl Watched {
    async fn new(folder: PathBuf, look: fn(&Path) -> std::io::Result<Look>, pace: Pace, now: Time) -> Self {
        let (seen, _) = look_at(folder.clone(), look).await;
        let settling = Settling::new(pace, seen, now);
        let mut watched = Self { folder, look, settling, ears: None, complained: false };
        watched.listen().await;
        watched
    }

    /// Looks, if it is time to; true if the folder has come to rest after a change.
    async fn has_settled(&mut self, clock: &Clock) -> bool {
        if self.settling.poll_timeout() > clock.now() {
            return false;
        }
        let (seen, held) = look_at(self.folder.clone(), self.look).await;
        let settled = self.settling.look(seen, held, clock.now());
        if settled || self.ears.is_none() {
            // The folder itself may be another one now, and links in it may lead elsewhere.
            self.listen().await;
        }
        settled
    }

    /// Waits until the system tells of a change.
    async fn hear(&mut self) {
        match &mut self.ears {
            Some(ears) => ears.hear().await,
            None => std::future::pending().await,
        }
    }

    /// Asks the system to tell of changes.
    async fn listen(&mut self) {
        let folder = self.folder.display();
        match Ears::new(&self.folder).await {
            Ok(ears) => {
                if std::mem::take(&mut self.complained) {
                    info!("the system tells of changes in {folder} again");
                }
                self.ears = Some(ears);
            }
            Err(error) => {
                if !std::mem::replace(&mut self.complained, true) {
                    warn!(
                        "the system does not tell of changes in {folder} ({error}); it is looked at instead"
                    );
                }
                self.ears = None;
            }
        }
    }
}

/// How a folder looks, and whether somebody announced to be at work there.
async fn look_at(folder: PathBuf, look: fn(&Path) -> std::io::Result<Look>) -> (Result<Look, String>, bool) {
    let looked = tokio::task::spawn_blocking(move || {
        (look(&folder).map_err(|error| error.to_string()), folder::is_held(&folder))
    });
    looked.await.unwrap_or_else(|fault| (Err(fault.to_string()), false))
}

async fn sleep_until(clock: &Clock, at: Time) {
    tokio::time::sleep_until(clock.instant(at).into()).await;
}
