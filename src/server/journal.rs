//! Everything that is to be remembered goes through here, in batches, and nobody waits for it.
//!
//! If the store stands still, entries wait in memory up to [`CAPACITY`]; at 80 % of it new sessions
//! are refused; past it a session loses events, and carries one event that says how many.

mod writer;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tracing::{error, warn};

use self::writer::Writer;
use super::remembered::Remembered;
use crate::id::{DeviceId, SessionId, TenantId};
use crate::store::{self, OperatorStatus, Registration, Scope, Store};
use crate::switch::callback::Callback;
use crate::switch::history::{Happening, SessionEvent, Summary};
use crate::time::UnixMs;

/// Entries that wait at most: some 20 MB.
const CAPACITY: usize = 65_536;
/// Share of the capacity above which new sessions are refused, in percent.
const REFUSE_AT: usize = 80;

/// One thing to remember.
enum Entry {
    Event(store::SessionEvent),
    Session(Box<store::Session>),
    Bindings(DeviceId, Vec<Registration>),
    Status(OperatorStatus),
    CallSettings(store::CallSettings),
    Channel(store::ChannelSwitch),
    Switch(store::Switch),
    Callback(Box<Callback>),
    /// What must never be: a step fails inside.
    #[cfg(test)]
    Fault(Fault),
}

/// Where it fails.
#[cfg(test)]
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// While the store writes it.
    InTheStore,
    /// Before.
    OnTheWay,
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
    /// Events that were given to the far end.
    sent: u64,
    /// … and those that it is through with.
    stored: watch::Receiver<u64>,
}

/// How the far end fares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Why the last batch could not be written; it is tried again.
    pub trouble: Option<String>,
    /// Attempts that failed since the start.
    pub failures: u64,
    /// Steps that failed inside since the start.
    pub faults: u64,
}

impl Journal {
    /// Starts the task that writes to `store`.
    pub fn start(store: Arc<dyn Store>, scope: Scope) -> (Journal, JoinHandle<()>) {
        let (entries, waiting) = mpsc::channel(CAPACITY);
        let standing = Arc::<Mutex<Standing>>::default();
        let (through, stored) = watch::channel(0);
        let writer = Writer::new(store, scope, waiting, Arc::clone(&standing), through);
        let task = tokio::spawn(writer.run());
        let (numbering, remembered) = (HashMap::new(), Remembered::default());
        (Journal { entries, numbering, remembered, standing, sent: 0, stored }, task)
    }

    /// How many events it was given.
    pub fn sent(&self) -> u64 {
        self.sent
    }

    /// How many of them the store has; one that it refused counts too, since nothing more comes of it.
    pub fn stored(&self) -> u64 {
        *self.stored.borrow()
    }

    /// Waits until the store has more of them than it had when this was asked last; for ever if it will never have more.
    pub async fn progress(&mut self) {
        if self.stored.changed().await.is_err() {
            std::future::pending().await
        }
    }

    /// A session of an earlier run goes on, whose last stored event has this number.
    pub fn resume(&mut self, session: SessionId, tenant: Option<TenantId>, last: u32) {
        self.numbering.insert(session, Numbering { tenant, last, ..Numbering::default() });
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
            self.sent += 1;
            slot.send(Entry::Event(store::SessionEvent::of(event, &what, numbering.last, tenant)));
        }
        match self.entries.try_reserve() {
            Ok(slot) => {
                numbering.last += 1;
                self.sent += 1;
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

    /// Remembers whether an operator takes sessions of a line.
    pub fn channel(&mut self, switch: store::ChannelSwitch) {
        if self.entries.try_send(Entry::Channel(switch)).is_err() {
            warn!("the store stands still: that an operator switched a channel is not remembered");
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

    /// Lets a step of the far end fail.
    #[cfg(test)]
    pub fn plant(&self, fault: Fault) {
        assert!(self.entries.try_send(Entry::Fault(fault)).is_ok(), "there is room");
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

#[cfg(test)]
mod tests;
