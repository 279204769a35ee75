//! Clients who wait to be called, for those who look on: they have a place in a queue, and no session yet.

use std::collections::{BTreeMap, BTreeSet};

use super::core::Core;
use crate::api::live::board::{Change, LiveCallback, LiveSession, Waiting};
use crate::id::SessionId;
use crate::switch::callback::Callback;
use crate::switch::history::Recorded;
use crate::switch::line;
use crate::switch::session::Session;

impl Core {
    /// The places that promises have in queues, if they are others than were told of last.
    pub(super) fn promises_moved(&mut self) -> Vec<Change> {
        let revision = self.switch.callback_revision();
        if !self.feed.live.is_wanted() || revision == self.feed.revision {
            return vec![];
        }
        self.feed.revision = revision;
        let places = self.promised_places();
        let now: BTreeSet<_> = places.iter().map(|place| place.id).collect();
        let before = std::mem::replace(&mut self.feed.promises, now);
        // A place for which operators ring is a session by now.
        let gone = before.difference(&self.feed.promises).copied();
        let gone = gone.filter(|id| self.switch.session(*id).is_none_or(Session::is_over)).map(Change::Gone);
        let new = places.into_iter().filter(|place| !before.contains(&place.id));
        gone.chain(new.map(|place| Change::Session(Box::new(place)))).collect()
    }

    /// Clients who wait to be called, and for whom nobody rings.
    pub(super) fn promised_places(&self) -> Vec<LiveSession> {
        let waiting = self.switch.waiting_callbacks();
        let alone = waiting.filter(|(entry, _)| self.switch.session(*entry).is_none());
        alone.map(|(entry, callback)| self.promised_place(entry, callback)).collect()
    }

    fn promised_place(&self, id: SessionId, callback: &Callback) -> LiveSession {
        let Callback { group, priority, .. } = *callback;
        LiveSession {
            id,
            tenant: Some(callback.tenant),
            line: line::OWN_CALLS.to_owned(),
            from: callback.number.clone(),
            from_name: callback.name.clone(),
            dialled: String::new(),
            since: callback.since,
            waiting: Some(Waiting { group, since: callback.since, priority }),
            held: false,
            recorded: Recorded::default(),
            recording_incomplete: false,
            callback: Some(live_callback(callback)),
            legs: vec![],
            sound: true,
            text: false,
            messages: 0,
            read: 0,
            online: true,
            details: BTreeMap::new(),
            hears: vec![],
        }
    }
}

pub(super) fn live_callback(callback: &Callback) -> LiveCallback {
    LiveCallback { id: callback.id, due: callback.due, tries: callback.tries }
}
