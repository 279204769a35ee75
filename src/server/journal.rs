//! Everything that is to be remembered goes through here, in batches, and nobody waits for it.
//!
//! If the store stands still, entries wait in memory up to [`CAPACITY`]; at 80 % of it new sessions
//! are refused; past it a session loses events, and carries one event that says how many.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tracing::{error, info, warn};

use super::remembered::Remembered;
use crate::id::{CallbackId, DeviceId, SessionId, TenantId};
use crate::store::{self, OperatorStatus, Registration, Scope, Store, StoreError};
use crate::switch::callback::Callback;
use crate::switch::history::{Happening, SessionEvent, Summary};
use crate::time::UnixMs;

/// Entries that wait at most: some 20 MB.
const CAPACITY: usize = 65_536;
/// Share of the capacity above which new sessions are refused, in percent.
const REFUSE_AT: usize = 80;
/// Entries in one transaction.
const BATCH: usize = 1_000;
/// How long an entry waits for company, so that many share one transaction: each statement wakes another thread twice.
const GATHER: Duration = Duration::from_millis(50);
/// Pause before a batch is tried again.
const RETRY: Duration = Duration::from_millis(500);

/// One thing to remember.
enum Entry {
    Event(store::SessionEvent),
    Session(Box<store::Session>),
    Bindings(DeviceId, Vec<Registration>),
    Status(OperatorStatus),
    CallSettings(store::CallSettings),
    Switch(store::Switch),
    Callback(Box<Callback>),
}

/// How far a live session's events have got.
#[derive(Default)]
struct Numbering {
    /// Known with the first event as a rule; the last ones come when the switch has forgotten it.
    tenant: Option<TenantId>,
    /// Events of a session that was over before it was known whose it is; its record tells.
    held: Vec<SessionEvent>,
    last: u32,
    lost: u64,
}

/// The near end: takes entries without waiting.
pub struct Journal {
    entries: mpsc::Sender<Entry>,
    numbering: HashMap<SessionId, Numbering>,
    remembered: Remembered,
    standing: Arc<Mutex<Standing>>,
}

/// How the far end fares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Why the last batch could not be written; it is tried again.
    pub trouble: Option<String>,
    /// Attempts that failed since the start.
    pub failures: u64,
}

impl Journal {
    /// Starts the task that writes to `store`.
    pub fn start(store: Arc<dyn Store>, scope: Scope) -> (Journal, JoinHandle<()>) {
        let (entries, waiting) = mpsc::channel(CAPACITY);
        let standing = Arc::<Mutex<Standing>>::default();
        let writer = Writer { store, scope, waiting, standing: Arc::clone(&standing) };
        let task = tokio::spawn(writer.run());
        (Journal { entries, numbering: HashMap::new(), remembered: Remembered::default(), standing }, task)
    }

    /// Remembers an event of a session whose record so far is `summary`. Without one the session is
    /// over, and [`closed`](Self::closed) follows.
    pub fn event(&mut self, event: SessionEvent, summary: Option<&Summary>) {
        let numbering = self.numbering.entry(event.session).or_default();
        if summary.is_none() && numbering.last == 0 {
            return numbering.held.push(event);
        }
        numbering.tenant = numbering.tenant.or(summary.and_then(|summary| summary.tenant));
        if let Some(summary) = summary.filter(|_| numbering.last == 0 && numbering.lost == 0)
            && !self.begins(event.session, summary)
        {
            self.numbering.entry(event.session).or_default().lost += 1;
            return;
        }
        self.append(&event);
    }

    /// Remembers a session before its first event: were we killed between the two, nobody would know of a session that
    /// was never closed. Gives whether there is room for both.
    fn begins(&mut self, id: SessionId, summary: &Summary) -> bool {
        let Ok(mut room) = self.entries.try_reserve_many(2) else { return false };
        let Some(slot) = room.next() else { return false };
        // It is over when its last event is written, which may be behind this one already.
        let session = store::Session { ended_at: None, end_cause: None, ..store::Session::of(id, summary) };
        slot.send(Entry::Session(Box::new(session)));
        true
    }

    fn append(&mut self, event: &SessionEvent) {
        let numbering = self.numbering.entry(event.session).or_default();
        let tenant = numbering.tenant;
        if numbering.lost > 0 {
            let what = Happening::Lost { events: numbering.lost };
            let Ok(slot) = self.entries.try_reserve() else {
                numbering.lost += 1;
                return;
            };
            numbering.lost = 0;
            numbering.last += 1;
            slot.send(Entry::Event(store::SessionEvent::of(event, &what, numbering.last, tenant)));
        }
        match self.entries.try_reserve() {
            Ok(slot) => {
                numbering.last += 1;
                slot.send(Entry::Event(store::SessionEvent::of(event, &event.what, numbering.last, tenant)));
            }
            Err(_) => numbering.lost += 1,
        }
    }

    /// Remembers the record of a session as it is now. Lost if there is no room: a later one follows.
    pub fn session(&mut self, id: SessionId, summary: &Summary) {
        let _ = self.entries.try_send(Entry::Session(Box::new(store::Session::of(id, summary))));
    }

    /// The session is over: nothing more comes.
    pub fn closed(&mut self, id: SessionId, summary: &Summary) {
        self.session(id, summary);
        if let Some(numbering) = self.numbering.get_mut(&id) {
            numbering.tenant = numbering.tenant.or(summary.tenant);
            let held = std::mem::take(&mut numbering.held);
            held.iter().for_each(|event| self.append(event));
        }
        if let Some(numbering) = self.numbering.remove(&id)
            && numbering.lost > 0
        {
            error!(session = %id, events = numbering.lost, "the store stands still: events were lost");
        }
    }

    /// Remembers where a device can be reached, if the store does not know that already.
    pub fn bindings(&mut self, device: DeviceId, bindings: Vec<Registration>, now: UnixMs) {
        if !self.remembered.gains(device, &bindings, now) {
            return;
        }
        match self.entries.try_send(Entry::Bindings(device, bindings.clone())) {
            Ok(()) => self.remembered.note(device, bindings),
            Err(_) => warn!(%device, "the store stands still: a registration is not remembered"),
        }
    }

    /// Remembers an operator's status.
    pub fn status(&mut self, status: OperatorStatus) {
        if self.entries.try_send(Entry::Status(status)).is_err() {
            warn!("the store stands still: an operator's status is not remembered");
        }
    }

    /// Remembers what an operator wants done with calls.
    pub fn call_settings(&mut self, settings: store::CallSettings) {
        if self.entries.try_send(Entry::CallSettings(settings)).is_err() {
            warn!("the store stands still: an operator's call settings are not remembered");
        }
    }

    /// Remembers how a switch stands.
    pub fn switch(&mut self, switch: store::Switch) {
        if self.entries.try_send(Entry::Switch(switch)).is_err() {
            warn!("the store stands still: how a switch stands is not remembered");
        }
    }

    /// Remembers how far a promise to call a client back is.
    pub fn callback(&mut self, callback: Box<Callback>) {
        if self.entries.try_send(Entry::Callback(callback)).is_err() {
            warn!("the store stands still: a promise to call a client back is not remembered");
        }
    }

    /// Entries that wait.
    pub fn waiting(&self) -> usize {
        CAPACITY - self.entries.capacity()
    }

    /// Whether the store is so far behind that no new session may begin.
    pub fn is_behind(&self) -> bool {
        self.waiting() * 100 > CAPACITY * REFUSE_AT
    }

    /// Whether the last batch was written.
    pub fn standing(&self) -> Standing {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The far end: writes what waits.
struct Writer {
    store: Arc<dyn Store>,
    scope: Scope,
    waiting: mpsc::Receiver<Entry>,
    standing: Arc<Mutex<Standing>>,
}

/// What goes into one transaction each. Of rows that are replaced only the last one counts.
#[derive(Default)]
struct Batch {
    events: Vec<store::SessionEvent>,
    sessions: BTreeMap<SessionId, store::Session>,
    bindings: BTreeMap<DeviceId, Vec<Registration>>,
    statuses: Vec<OperatorStatus>,
    call_settings: Vec<store::CallSettings>,
    switches: Vec<store::Switch>,
    callbacks: BTreeMap<CallbackId, Callback>,
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
            Entry::Switch(switch) => self.switches.push(switch),
            Entry::Callback(callback) => {
                self.callbacks.insert(callback.id, *callback);
            }
        }
    }
}

impl Writer {
    async fn run(mut self) {
        let mut entries = Vec::with_capacity(BATCH);
        while self.waiting.recv_many(&mut entries, BATCH).await > 0 {
            gather().await;
            while entries.len() < BATCH
                && let Ok(entry) = self.waiting.try_recv()
            {
                entries.push(entry);
            }
            let mut batch = Batch::default();
            entries.drain(..).for_each(|entry| batch.take(entry));
            self.write(batch).await;
        }
    }

    async fn write(&self, batch: Batch) {
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
            match write().await {
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

async fn gather() {
    pause(GATHER).await;
}

#[expect(clippy::disallowed_methods, reason = "a driver waits for others' work")]
async fn pause(duration: Duration) {
    tokio::time::sleep(duration).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;
    use crate::store::{self, demo};
    use crate::switch::cause::{Cause, EndedBy};
    use crate::switch::history::Kind;

    struct Bench {
        store: Arc<dyn Store>,
        scope: Scope,
        tenant: TenantId,
        folder: std::path::PathBuf,
    }

    impl Bench {
        async fn open(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("hovor-journal-{name}-{}", std::process::id()));
            let store = store::open(&format!("sqlite:{}", folder.join("x.db").display())).await.unwrap();
            let scope = demo::seed(store.as_ref()).await.unwrap();
            let tenant = store.tenant(&scope, &"harbour".into()).await.unwrap().id;
            Self { store, scope, tenant, folder }
        }

        async fn events(&self, session: SessionId) -> Vec<store::SessionEvent> {
            self.store.events(&self.scope.narrow(self.tenant), session).await.unwrap()
        }

        async fn close(self) {
            self.store.close().await;
            std::fs::remove_dir_all(self.folder).unwrap();
        }
    }

    fn events_of(session: SessionId, what: impl IntoIterator<Item = Happening>) -> Vec<SessionEvent> {
        let numbered = what.into_iter().zip(1..);
        numbered.map(|(what, seq)| SessionEvent { session, seq, at: UnixMs(5), what }).collect()
    }

    fn routed(tenant: TenantId) -> Happening {
        let (to, why) = ("operator anna".to_owned(), "the extension was dialled".to_owned());
        Happening::Routed { tenant: Some(tenant), session: Kind::Client, outbound: false, to, why }
    }

    #[tokio::test]
    async fn an_event_that_the_store_refuses_costs_no_other() {
        let bench = Bench::open("refused").await;
        let mut entropy = Entropy::from_number(2);
        let (one, two) = (SessionId::new(UnixMs(5), &mut entropy), SessionId::new(UnixMs(5), &mut entropy));
        let too_long = Happening::Problem { what: "x".repeat(store::BODY_MAX + 1) };
        let first = events_of(one, [routed(bench.tenant), too_long, Happening::Answered]);
        let second = events_of(two, [routed(bench.tenant), Happening::Answered]);
        let (mut journal, task) = Journal::start(bench.store.clone(), bench.scope.clone());
        for event in first.iter().chain(&second) {
            let summary = Summary::rebuild([&events_of(event.session, [routed(bench.tenant)])[0]]);
            journal.event(event.clone(), Some(&summary));
        }
        drop(journal);
        task.await.unwrap();
        let kinds = |events: Vec<store::SessionEvent>| events.into_iter().map(|e| e.kind).collect::<Vec<_>>();
        assert_eq!(kinds(bench.events(one).await), ["routed", "lost", "answered"]);
        assert_eq!(kinds(bench.events(two).await), ["routed", "answered"]);
        bench.close().await;
    }

    #[tokio::test]
    async fn a_session_is_known_with_its_first_event_and_not_over_before_its_last() {
        let bench = Bench::open("first").await;
        let session = SessionId::new(UnixMs(5), &mut Entropy::from_number(3));
        let ended = Happening::Ended { cause: Cause::Busy, by: EndedBy::Us };
        let events = events_of(session, [routed(bench.tenant), ended]);
        let (mut journal, task) = Journal::start(bench.store.clone(), bench.scope.clone());
        // As if the power went before the second event and the record.
        journal.event(events[0].clone(), Some(&Summary::rebuild(&events)));
        drop(journal);
        task.await.unwrap();
        assert_eq!(bench.events(session).await.len(), 1);
        let row = bench.store.session(&bench.scope, session).await.unwrap();
        assert_eq!((row.tenant, row.ended_at, row.end_cause), (Some(bench.tenant), None, None));
        bench.close().await;
    }

    #[tokio::test]
    async fn the_events_of_a_session_refused_at_once_belong_to_its_tenant() {
        let bench = Bench::open("at-once").await;
        let session = SessionId::new(UnixMs(5), &mut Entropy::from_number(1));
        let ended = Happening::Ended { cause: Cause::Busy, by: EndedBy::Us };
        let events = events_of(session, [routed(bench.tenant), ended]);
        let (mut journal, task) = Journal::start(bench.store.clone(), bench.scope.clone());
        events.iter().for_each(|event| journal.event(event.clone(), None));
        journal.closed(session, &Summary::rebuild(&events));
        assert!(journal.numbering.is_empty());
        drop(journal);
        task.await.unwrap();
        assert_eq!(bench.events(session).await.len(), 2);
        bench.close().await;
    }
}
