//! The far end of the journal: batches, and what is done when the store does not take one.

use std::collections::{BTreeMap, VecDeque};
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tracing::{error, info, warn};

#[cfg(test)]
use super::Fault;
use super::{Entry, Standing};
use crate::id::{CallbackId, DeviceId, SessionId};
use crate::store::{self, OperatorStatus, Registration, Scope, Store, StoreError};
use crate::switch::callback::Callback;

/// Entries in one transaction.
const BATCH: usize = 1_000;
/// How long an entry waits for company, so that many share one transaction: each statement wakes another thread twice.
const GATHER: Duration = Duration::from_millis(50);
/// Pause before a batch is tried again.
const RETRY: Duration = Duration::from_millis(500);

/// The far end: writes what waits.
pub(super) struct Writer {
    store: Arc<dyn Store>,
    scope: Scope,
    waiting: mpsc::Receiver<Entry>,
    /// Taken out of what waits, and in no batch yet.
    in_hand: VecDeque<Entry>,
    batch: Batch,
    standing: Arc<Mutex<Standing>>,
    /// Events taken in so far.
    taken: u64,
    /// Tells how many of them are through.
    through: watch::Sender<u64>,
}

/// What goes into one transaction each. Of rows that are replaced only the last one counts.
#[derive(Default)]
struct Batch {
    events: Vec<store::SessionEvent>,
    sessions: BTreeMap<SessionId, store::Session>,
    bindings: BTreeMap<DeviceId, Vec<Registration>>,
    statuses: Vec<OperatorStatus>,
    call_settings: Vec<store::CallSettings>,
    channels: Vec<store::ChannelSwitch>,
    switches: Vec<store::Switch>,
    callbacks: BTreeMap<CallbackId, Callback>,
    #[cfg(test)]
    fails: bool,
}

impl Batch {
    fn take(&mut self, entry: Entry) {
        match entry {
            Entry::Event(event) => self.events.push(event),
            Entry::Session(session) => {
                self.sessions.insert(session.id, *session);
            }
            Entry::Bindings(device, bindings) => {
                self.bindings.insert(device, bindings);
            }
            Entry::Status(status) => self.statuses.push(status),
            Entry::CallSettings(settings) => self.call_settings.push(settings),
            Entry::Channel(switch) => self.channels.push(switch),
            Entry::Switch(switch) => self.switches.push(switch),
            Entry::Callback(callback) => {
                self.callbacks.insert(callback.id, *callback);
            }
            #[cfg(test)]
            Entry::Fault(Fault::InTheStore) => self.fails = true,
            #[cfg(test)]
            Entry::Fault(Fault::OnTheWay) => panic!("a planted fault"),
        }
    }
}

impl Writer {
    /// What comes by `waiting` is written to `store`; how that goes is told by `standing`, how far it is by `through`.
    pub(super) fn new(
        store: Arc<dyn Store>,
        scope: Scope,
        waiting: mpsc::Receiver<Entry>,
        standing: Arc<Mutex<Standing>>,
        through: watch::Sender<u64>,
    ) -> Self {
        let (in_hand, batch) = (VecDeque::new(), Batch::default());
        Self { store, scope, waiting, in_hand, batch, standing, taken: 0, through }
    }

    /// Writes until nothing more can come. A step that fails inside costs the entry that it was about, and it goes on
    /// with those behind it.
    pub(super) async fn run(mut self) {
        while unwinding(self.write_all()).await.is_none() {
            self.note_fault("a step of the journal failed");
        }
    }

    async fn write_all(&mut self) {
        loop {
            while let Some(entry) = self.in_hand.pop_front() {
                self.taken += u64::from(matches!(entry, Entry::Event(_)));
                self.batch.take(entry);
            }
            let batch = std::mem::take(&mut self.batch);
            self.write(batch).await;
            self.through.send_replace(self.taken);
            if !self.receive().await {
                return;
            }
        }
    }

    /// Waits for entries; `false` if none can come any more.
    async fn receive(&mut self) -> bool {
        let mut entries = Vec::with_capacity(BATCH);
        if self.waiting.recv_many(&mut entries, BATCH).await == 0 {
            return false;
        }
        pause(GATHER).await;
        while entries.len() < BATCH
            && let Ok(entry) = self.waiting.try_recv()
        {
            entries.push(entry);
        }
        self.in_hand.extend(entries);
        true
    }

    fn note_fault(&self, what: &str) {
        error!("{what}; please report this with the log");
        self.standing.lock().unwrap_or_else(PoisonError::into_inner).faults += 1;
    }

    async fn write(&self, batch: Batch) {
        #[cfg(test)]
        if batch.fails {
            let _ = self.persist("a planted fault", || async { panic!("a planted fault") }).await;
        }
        let sessions: Vec<_> = batch.sessions.into_values().collect();
        let bindings: Vec<_> = batch.bindings.into_iter().collect();
        self.remember(&sessions, &batch.events).await;
        if !bindings.is_empty() {
            let replace = || self.store.replace_registrations(&self.scope, &bindings);
            let _ = self.persist("registrations", replace).await;
        }
        if !batch.switches.is_empty() {
            let put = || self.store.put_switches(&self.scope, &batch.switches);
            let _ = self.persist("switches", put).await;
        }
        let callbacks: Vec<_> = batch.callbacks.into_values().collect();
        if !callbacks.is_empty() {
            let put = || self.store.put_callbacks(&self.scope, &callbacks);
            let _ = self.persist("callbacks", put).await;
        }
        if !batch.statuses.is_empty() {
            let put = || self.store.put_statuses(&self.scope, &batch.statuses);
            let _ = self.persist("statuses", put).await;
        }
        if !batch.call_settings.is_empty() {
            let put = || self.store.put_call_settings(&self.scope, &batch.call_settings);
            let _ = self.persist("call settings", put).await;
        }
        if !batch.channels.is_empty() {
            let put = || self.store.put_channel_switches(&self.scope, &batch.channels);
            let _ = self.persist("channels", put).await;
        }
    }

    /// Writes sessions with their events. If the store refuses them together, each event goes by itself, and in the
    /// place of one that it refuses stands that it was lost: a gap would make it refuse all that follow.
    async fn remember(&self, sessions: &[store::Session], events: &[store::SessionEvent]) {
        if sessions.is_empty() && events.is_empty() {
            return;
        }
        let all = || self.store.remember(&self.scope, sessions, events);
        if self.persist("sessions and events", all).await.is_ok() {
            return;
        }
        let _ = self.persist("sessions", || self.store.put_sessions(&self.scope, sessions)).await;
        for event in events {
            let one = std::slice::from_ref(event);
            if self.persist("an event", || self.store.append(&self.scope, one)).await.is_err() {
                let lost = [event.lost()];
                error!(session = %event.session, seq = event.seq, kind = %event.kind, "an event is lost");
                let _ = self.persist("its loss", || self.store.append(&self.scope, &lost)).await;
            }
        }
    }

    /// Takes down how the last attempt went. Gives whether the one before had failed.
    fn stands(&self, trouble: Option<String>) -> bool {
        let mut standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        standing.failures += u64::from(trouble.is_some());
        std::mem::replace(&mut standing.trouble, trouble).is_some()
    }

    /// Writes until it is written; a database that is away comes back. What the store refuses is
    /// a fault of ours, and repeating it would stop everything behind it.
    async fn persist<'a, F>(&'a self, what: &str, write: impl Fn() -> F) -> Result<(), StoreError>
    where
        F: Future<Output = Result<(), StoreError>> + 'a,
    {
        loop {
            let Some(written) = unwinding(write()).await else {
                self.note_fault(&format!("writing {what} failed inside"));
                return Err(StoreError::conflict("a step failed inside", "report this with the log"));
            };
            match written {
                Ok(()) => {
                    if self.stands(None) {
                        info!("the database takes what is written again");
                    }
                    return Ok(());
                }
                Err(StoreError::Unavailable(reason)) => {
                    // Once is enough: it goes on for as long as the disk is full.
                    if !self.stands(Some(reason.clone())) {
                        warn!(%reason, "cannot write {what}; trying again");
                    }
                    pause(RETRY).await;
                }
                Err(error) => {
                    error!(%error, "the store refused {what}");
                    return Err(error);
                }
            }
        }
    }
}

/// What comes of it; nothing if it panics.
async fn unwinding<T>(work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let step = |context: &mut Context<'_>| {
        let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)));
        polled.map_or(Poll::Ready(None), |polled| polled.map(Some))
    };
    poll_fn(step).await
}

#[expect(clippy::disallowed_methods, reason = "a driver waits for others' work")]
async fn pause(duration: Duration) {
    tokio::time::sleep(duration).await;
}
