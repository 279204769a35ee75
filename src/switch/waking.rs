//! What is due is looked at, and nothing that is due without end makes the program stand still.
//!
//! While time passes here everybody else waits. What is due again as soon as it was looked at, with nothing gained by it,
//! would let them wait for ever: it is a fault of ours, and ends the one session or promise instead (law 6).

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::callback::Ending;
use super::cause::{Cause, EndedBy};
use super::history::Happening;
use super::session::Session;
use super::{Switch, Violation};
use crate::id::{CallbackId, SessionId};
use crate::time::Time;

/// How often one session, or one promise, is looked at in one moment. Each look lets it wait for a later one: more than
/// a few are never needed.
const LOOKS: u32 = 64;
/// How long it is seen that something was stuck: longer than from one look at the counters to the next.
const SEEN: Duration = Duration::from_secs(60);
/// How many that were stuck are seen.
const MOST_SEEN: usize = 100;

/// How often each was looked at in this moment.
struct Looks<Id>(BTreeMap<Id, u32>);

impl<Id: Ord> Looks<Id> {
    fn none() -> Self {
        Self(BTreeMap::new())
    }

    /// Whether one more look is one too many.
    fn are_enough(&mut self, id: Id) -> bool {
        let looks = self.0.entry(id).or_default();
        *looks += 1;
        *looks > LOOKS
    }
}

/// What was stuck of late. It is over by then, but the counters are to know of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Stuck(VecDeque<(Time, Violation)>);

impl Stuck {
    /// What is still seen.
    pub fn seen(&self) -> impl Iterator<Item = &Violation> {
        self.0.iter().map(|(_, violation)| violation)
    }

    fn found(&mut self, violation: Violation, now: Time) {
        if self.seen().any(|seen| *seen == violation) {
            return;
        }
        self.0.truncate(MOST_SEEN - 1);
        self.0.push_front((now, violation));
    }

    fn forget_old_ones(&mut self, now: Time) {
        self.0.retain(|(found, _)| *found + SEEN > now);
    }
}

impl Switch {
    /// Looks at every session that is due.
    pub(super) fn wake_sessions(&mut self, now: Time) {
        self.stuck.forget_old_ones(now);
        let mut looks = Looks::none();
        while let Some(&(at, session)) = self.timers.first()
            && at <= now
        {
            self.timers.pop_first();
            self.alarms.remove(&session);
            match looks.are_enough(session) {
                true => self.end_stuck(session, now),
                false => self.session_timeout(session, now),
            }
            self.drain_queues(now);
            self.reschedule(session);
        }
    }

    /// Looks at every promise that is due.
    pub(super) fn wake_callbacks(&mut self, now: Time) {
        let mut looks = Looks::none();
        while let Some(callback) = self.next_callback_due(now) {
            match looks.are_enough(callback) {
                true => self.give_up_stuck(callback, now),
                false => self.callback_due(callback, now),
            }
            self.drain_queues(now);
        }
    }

    /// A session is woken without end.
    fn end_stuck(&mut self, id: SessionId, now: Time) {
        self.stuck.found(Violation::StuckTimer { session: id }, now);
        // One that is over has nothing left to end.
        if self.sessions.get(&id).is_none_or(Session::is_over) {
            return self.forget(id);
        }
        let what = format!("it was woken {LOOKS} times in one moment for nothing: a fault of hovor");
        self.note(id, Happening::Problem { what }, now);
        self.end(id, Cause::Internal, EndedBy::Us, now);
    }

    /// A promise is looked at without end.
    fn give_up_stuck(&mut self, id: CallbackId, now: Time) {
        self.stuck.found(Violation::StuckPromise { callback: id }, now);
        self.callbacks.silence(id);
        let why = format!("it was looked at {LOOKS} times in one moment for nothing: a fault of hovor");
        self.settle(id, Ending::Failed { why }, now);
    }

    /// Has a session woken when it wants to be.
    pub(super) fn reschedule(&mut self, id: SessionId) {
        let next = self.sessions.get(&id).and_then(Session::next_timeout);
        if let Some(old) = self.alarms.remove(&id) {
            self.timers.remove(&(old, id));
        }
        if let Some(at) = next {
            self.alarms.insert(id, at);
            self.timers.insert((at, id));
        }
    }
}
