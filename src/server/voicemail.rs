//! Where messages are kept: a file each in the data folder, and its row in the store.
//!
//! A message is there whole or not at all. Before its sound is moved to its place, a note with all that
//! is known of it is written beside it; the note goes when the store has the message. A start finishes
//! what the end before cut short, and removes sounds that belong to no message.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, mpsc};
use tracing::{error, info, warn};

use super::directory::for_callers;
use super::mails::Postbox;
use super::requests::Request;
use crate::clock::Clock;
use crate::dialplan::{MailboxAct, MessageFacts, Opened, Pin};
use crate::id::{MailboxId, MessageId, SessionId};
use crate::store::{Message, MessageFilter, PinCheck, Scope, Store, StoreError};
use crate::switch::mailbox::{Messages, NewMessage};

/// PINs that are looked at at once: each takes a core for tens of milliseconds.
const PINS: usize = 2;
/// Pause before the store is asked again.
const RETRY: Duration = Duration::from_millis(500);
/// What the names of own greetings begin with; the id of their mailbox follows.
const GREETING: &str = "greeting-";
/// How often messages that are too old are looked for.
const SWEEP: Duration = Duration::from_secs(3_600);

/// Keeps messages, beside the switch.
pub struct Voicemail {
    pub store: Arc<dyn Store>,
    pub scope: Scope,
    pub folder: PathBuf,
    pub clock: Clock,
    /// Where mails are put that tell of messages.
    pub postbox: Postbox,
    pins: Semaphore,
    /// The switch task, which holds us.
    core: mpsc::WeakSender<Request>,
    /// Where the work is done, beside the switch.
    runtime: Handle,
}

/// What is written beside a sound until the store has its message.
#[derive(Serialize, Deserialize)]
struct Note {
    message: Message,
    /// Where the sound was recorded.
    from: PathBuf,
}

impl Voicemail {
    /// Keeps messages in `folder`.
    pub fn new(
        store: Arc<dyn Store>,
        scope: Scope,
        folder: PathBuf,
        clock: Clock,
        core: mpsc::WeakSender<Request>,
    ) -> Self {
        let (pins, runtime) = (Semaphore::new(PINS), Handle::current());
        Self { store, scope, folder, clock, postbox: Postbox::default(), pins, core, runtime }
    }

    /// Finishes what an end without warning cut short. To be called before the first session begins.
    ///
    /// # Errors
    /// The folder cannot be used, or the store does not answer.
    pub async fn recover(&self) -> Result<(), String> {
        let wrong = |error: io::Error| format!("cannot use {}: {error}", self.folder.display());
        fs::create_dir_all(&self.folder).map_err(wrong)?;
        for path in files(&self.folder, "json").map_err(wrong)? {
            let note = fs::read(&path).ok().and_then(|text| serde_json::from_slice::<Note>(&text).ok());
            if let Some(note) = note
                && self.moved(&note)
            {
                match self.store.add_message(&self.scope, &note.message).await {
                    Ok(()) => info!(message = %note.message.id, "a message of an interrupted call is kept"),
                    Err(StoreError::Unavailable(why)) => return Err(why),
                    Err(error) => warn!(%error, "a message of an interrupted call has no mailbox any more"),
                }
            }
            fs::remove_file(&path).map_err(wrong)?;
        }
        self.remove_strangers().await
    }

    /// Whether the sound of a note is in its place, where it is brought if need be.
    fn moved(&self, note: &Note) -> bool {
        let to = self.sound(note.message.id);
        to.exists() || fs::rename(&note.from, &to).is_ok()
    }

    /// Sounds whose messages are gone, and greetings whose mailboxes are.
    async fn remove_strangers(&self) -> Result<(), String> {
        let words = |error: StoreError| error.to_string();
        let messages = self.store.messages(&self.scope, &MessageFilter::default()).await.map_err(words)?;
        let known: BTreeSet<PathBuf> = messages.iter().map(|message| self.sound(message.id)).collect();
        let sounds = files(&self.folder, "wav").map_err(|error| error.to_string())?;
        for path in sounds.into_iter().filter(|path| !known.contains(path)) {
            // Beyond what one answer lists, each is asked for.
            if self.is_strange(&path).await {
                remove(&path);
            }
        }
        Ok(())
    }

    /// Whether a sound belongs to nothing that the store knows. What has another name than ours is not ours.
    async fn is_strange(&self, path: &Path) -> bool {
        let Some(name) = path.file_stem().and_then(|stem| stem.to_str()) else { return false };
        let found = match (name.strip_prefix(GREETING), name.parse()) {
            (Some(mailbox), _) => match mailbox.parse::<MailboxId>() {
                Ok(mailbox) => self.store.mailbox(&self.scope, &mailbox.into()).await.map(drop),
                Err(_) => return false,
            },
            (None, Ok(message)) => self.store.message(&self.scope, message).await.map(drop),
            (None, Err(_)) => return false,
        };
        matches!(found, Err(StoreError::NotFound { .. }))
    }

    /// Where a message's sound is.
    pub fn sound(&self, message: MessageId) -> PathBuf {
        self.folder.join(format!("{message}.wav"))
    }

    /// Puts a message where it belongs, however long the store takes.
    pub fn keep(self: &Arc<Self>, new: NewMessage) {
        let this = Arc::clone(self);
        self.runtime.spawn(async move {
            let message = Message {
                id: new.message,
                tenant: new.tenant,
                mailbox: new.mailbox,
                session: new.session,
                caller: new.caller,
                caller_name: new.caller_name,
                at: new.at,
                ms: new.ms,
                heard: false,
            };
            let id = message.id;
            let note = Arc::new(Note { message, from: new.file });
            match this.put(&note).await {
                Ok(()) => this.stored(&note.message).await,
                Err(error) => error!(message = %id, %error, "a message cannot be kept"),
            }
        });
    }

    /// Puts a message's sound in its place, as often as it takes: a disk that is full now may have room later. How many
    /// wait for that is bounded by the recordings that such a disk has room for.
    async fn put(&self, note: &Arc<Note>) -> io::Result<()> {
        let mut is_told = false;
        loop {
            let (one, to) = (Arc::clone(note), self.sound(note.message.id));
            match blocking(move || put(&one, &to)).await {
                Err(error) if has_no_room(&error) => {
                    if !std::mem::replace(&mut is_told, true) {
                        warn!(message = %note.message.id, %error, "no room for a message; trying again");
                    }
                    pause(RETRY).await;
                }
                done => return done,
            }
        }
    }

    async fn stored(&self, message: &Message) {
        loop {
            match self.store.add_message(&self.scope, message).await {
                Ok(()) => break,
                Err(StoreError::Unavailable(reason)) => {
                    warn!(%reason, "cannot store a message; trying again");
                    pause(RETRY).await;
                }
                Err(error) => {
                    error!(message = %message.id, %error, "the store refused a message; it is dropped");
                    remove(&self.sound(message.id));
                    break;
                }
            }
        }
        remove(&note_of(&self.sound(message.id)));
        self.postbox.fill();
        self.tell_counts().await;
    }

    /// A mail holds this message now: it goes from its mailbox if that says so.
    pub async fn mailed(&self, mailbox: MailboxId, message: MessageId) {
        let goes = self.store.mailbox(&self.scope, &mailbox.into()).await.is_ok_and(|box_| box_.email_delete);
        if !goes {
            return;
        }
        match self.store.remove_message(&self.scope, message).await {
            Ok(()) => {
                remove(&self.sound(message));
                self.tell_counts().await;
            }
            Err(StoreError::NotFound { .. }) => {}
            Err(error) => warn!(%message, %error, "a message that went out by mail stays in its mailbox"),
        }
    }

    /// Opens a mailbox for whoever typed its PIN.
    pub fn open(self: &Arc<Self>, session: SessionId, request: u64, mailbox: MailboxId, pin: Pin) {
        let this = Arc::clone(self);
        self.runtime.spawn(async move {
            let opened = this.opened(mailbox, &pin).await.unwrap_or_else(|error| {
                warn!(%error, "a mailbox cannot be opened");
                Opened::Failed
            });
            this.tell(Request::MailboxOpened { session, request, opened }).await;
        });
    }

    async fn opened(&self, mailbox: MailboxId, pin: &Pin) -> Result<Opened, StoreError> {
        let _turn = self.pins.acquire().await;
        match self.store.check_pin(&self.scope, mailbox, &pin.0, self.clock.wall()).await? {
            PinCheck::Wrong => return Ok(Opened::Wrong),
            PinCheck::Locked => return Ok(Opened::Locked),
            PinCheck::Right => {}
        }
        let filter = MessageFilter { mailbox: Some(mailbox), heard: None };
        let mut messages = self.store.messages(&self.scope, &filter).await?;
        messages.sort_by_key(|message| (message.heard, message.id));
        let facts = messages.into_iter().map(|message| MessageFacts {
            message: message.id,
            file: self.sound(message.id).to_string_lossy().into_owned(),
            caller: message.caller,
            at: message.at,
            heard: message.heard,
        });
        Ok(Opened::Messages(facts.collect()))
    }

    /// Does something with a mailbox that is open.
    pub fn act(self: &Arc<Self>, mailbox: MailboxId, act: MailboxAct) {
        let this = Arc::clone(self);
        self.runtime.spawn(async move {
            if let Err(error) = this.acted(mailbox, act).await {
                warn!(%mailbox, %error, "a mailbox could not be changed");
            }
        });
    }

    async fn acted(&self, mailbox: MailboxId, act: MailboxAct) -> Result<(), StoreError> {
        match act {
            MailboxAct::Heard(message) => {
                self.store.set_heard(&self.scope, message, true).await?;
            }
            MailboxAct::Delete(message) => {
                self.store.remove_message(&self.scope, message).await?;
                remove(&self.sound(message));
            }
            MailboxAct::Greeting(file) => {
                if let Some(file) = &file {
                    let (from, to) = (PathBuf::from(file), greeting(&self.folder, mailbox));
                    let moved = blocking(move || synced(&from).and_then(|()| fs::rename(&from, &to))).await;
                    moved.map_err(|error| StoreError::Unavailable(error.to_string()))?;
                }
                let mailbox = self.store.set_own_greeting(&self.scope, mailbox, file.is_some()).await?;
                let greeting = for_callers(&mailbox, &self.folder).greeting;
                self.tell(Request::Greeting { mailbox: mailbox.id, greeting }).await;
            }
        }
        self.tell_counts().await;
        Ok(())
    }

    /// Removes messages that are too old, again and again.
    pub async fn sweep(self: Arc<Self>) {
        loop {
            match self.store.remove_old_messages(&self.scope, self.clock.wall()).await {
                Ok(gone) => {
                    gone.iter().for_each(|message| remove(&self.sound(*message)));
                    if !gone.is_empty() {
                        info!(messages = gone.len(), "messages were older than their mailboxes keep them");
                    }
                }
                Err(error) => warn!(%error, "cannot look for old messages"),
            }
            self.tell_counts().await;
            pause(SWEEP).await;
        }
    }

    /// Tells the switch what mailboxes hold.
    pub async fn tell_counts(&self) {
        match self.store.message_counts(&self.scope).await {
            Ok(counts) => {
                let counts = counts.iter().map(|c| (c.mailbox, Messages { new: c.new, all: c.all }));
                self.tell(Request::Messages { counts: counts.collect() }).await;
            }
            Err(error) => warn!(%error, "cannot count messages"),
        }
    }

    async fn tell(&self, request: Request) {
        if let Some(core) = self.core.upgrade() {
            // A program that stops needs to know no more.
            let _ = core.send(request).await;
        }
    }
}

/// Where a mailbox's own greeting is.
pub fn greeting(folder: &Path, mailbox: MailboxId) -> PathBuf {
    folder.join(format!("{GREETING}{mailbox}.wav"))
}

/// Writes the note, and moves the sound to its place.
fn put(note: &Note, to: &Path) -> io::Result<()> {
    let (beside, half) = (note_of(to), to.with_extension("half"));
    let mut file = File::create(&half)?;
    file.write_all(&serde_json::to_vec(note)?)?;
    file.sync_all()?;
    fs::rename(&half, &beside)?;
    synced(&note.from)?;
    fs::rename(&note.from, to)?;
    to.parent().map_or(Ok(()), synced)
}

fn has_no_room(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::ReadOnlyFilesystem
    )
}

fn note_of(sound: &Path) -> PathBuf {
    sound.with_extension("json")
}

/// Waits until a file or folder is on the disk.
fn synced(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

fn files(folder: &Path, ending: &str) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    let paths = entries.into_iter().map(|entry| entry.path());
    Ok(paths.filter(|path| path.extension().is_some_and(|found| found == ending)).collect())
}

fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        warn!(path = %path.display(), %error, "cannot remove a file of a message");
    }
}

#[expect(clippy::disallowed_methods, reason = "a driver waits for others' work")]
pub(super) async fn pause(duration: Duration) {
    tokio::time::sleep(duration).await;
}

pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}
