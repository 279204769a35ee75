//! Clients who were promised a call: what is kept of each, and where it stands.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id::{CallbackId, DoorId, GroupId, SessionId, TenantId, UserId};
use crate::time::{Time, UnixMs};

/// Most promises that are open at once; whoever wants one more goes on waiting.
const MOST: usize = 4_000;
/// … of one tenant: the others have places left.
const MOST_OF_TENANT: usize = 1_000;
/// … of one tenant that strangers asked for in pages: whoever fills them keeps no caller from being called back.
const MOST_OF_STRANGERS: usize = 500;
/// How often opening hours are looked at.
const LOOK: i64 = 60_000;
/// How far ahead a client may want to be called.
pub const FARTHEST: Duration = Duration::from_secs(30 * 86_400);

/// A promise to call a client back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callback {
    /// Its id.
    pub id: CallbackId,
    /// Who promised it.
    pub tenant: TenantId,
    /// Whose operators call.
    pub group: GroupId,
    /// Who is called, in E.164. No two open promises of a tenant are to the same number.
    pub number: String,
    /// Higher is served first.
    pub priority: i32,
    /// Since when the client waits.
    pub since: UnixMs,
    /// When it was promised.
    pub made: UnixMs,
    /// The session in which it was promised; by a program or in a page if there is none.
    pub asked_in: Option<SessionId>,
    /// The client is not called before this moment, and has a place in the queue from then on.
    pub due: Option<UnixMs>,
    /// The client's name, where one was given.
    pub name: Option<String>,
    /// Who asked for it in a page.
    pub asker: Option<Asker>,
    /// How it is kept.
    pub terms: Terms,
    /// How often the client was called in vain.
    pub tries: u32,
    /// How far it is.
    pub state: State,
}

/// Somebody unknown who asked for a call in a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asker {
    /// By which door.
    pub door: DoorId,
    /// The hash of the secret by which the promise is taken back.
    pub key: String,
    /// The operator who has invited them, and is asked before the rest of the group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invited: Option<UserId>,
}

/// How a promise is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// How long to wait after each call in vain; after the last one no more calls are made.
    pub pauses: Vec<Duration>,
    /// When it is given up.
    pub expires: UnixMs,
    /// The file and the node of the dialplan that has the hours during which clients are called.
    pub hours: Option<(String, String)>,
}

/// How far a promise is, as it is remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum State {
    /// The client has a place in the queue.
    Waiting,
    /// The client was called in vain, and is called again then.
    Paused {
        /// When.
        until: UnixMs,
    },
    /// It is over.
    Ended {
        /// When it ended.
        at: UnixMs,
        /// How.
        how: Ending,
    },
}

/// How a promise ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum Ending {
    /// The client talks with an operator.
    Served {
        /// In which session.
        session: SessionId,
    },
    /// Its time was over.
    Expired,
    /// Somebody took it back.
    Cancelled,
    /// It cannot be kept.
    Failed {
        /// Why, in words.
        why: String,
    },
}

impl Ending {
    /// One word for it.
    pub const fn name(&self) -> &'static str {
        match self {
            Ending::Served { .. } => "served",
            Ending::Expired => "expired",
            Ending::Cancelled => "cancelled",
            Ending::Failed { .. } => "failed",
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ending::Served { .. } => f.write_str("served"),
            Ending::Expired => f.write_str("its time was over"),
            Ending::Cancelled => f.write_str("cancelled"),
            Ending::Failed { why } => write!(f, "failed: {why}"),
        }
    }
}

/// Where an open promise stands at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Stand {
    /// In the queue under this id; operators ring if there is a session of this id.
    Waiting {
        /// The id.
        entry: SessionId,
    },
    /// The client is on the line by own means, and is not called meanwhile.
    OnLine {
        /// In which session.
        by: SessionId,
        /// The id under which the place is kept; none while the client waits there in person.
        entry: Option<SessionId>,
    },
    /// An operator is on the line, and the client is called.
    Calling {
        /// In which session.
        session: SessionId,
    },
    /// The client was called in vain.
    Paused {
        /// Called again then.
        until: UnixMs,
    },
}

/// An open promise, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What was promised.
    pub callback: Callback,
    /// Where it stands.
    pub stand: Stand,
    /// The place in the queue, counted from 1.
    pub position: Option<usize>,
    /// Whether operators' phones ring for it.
    pub rings: bool,
}

/// Somebody is to be promised a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCallback {
    /// Who promises it.
    pub tenant: TenantId,
    /// Whose operators call.
    pub group: GroupId,
    /// Who is called.
    pub number: String,
    /// Higher is served first.
    pub priority: i32,
    /// The operator who has to have the right to call the number, where somebody asks who has not all of the tenant's.
    pub by: Option<UserId>,
    /// Not before this moment: in the future, and no farther than [`FARTHEST`].
    pub due: Option<UnixMs>,
    /// The client's name.
    pub name: Option<String>,
    /// Somebody unknown asks: then no number is called that costs more than one in the country.
    pub asker: Option<Asker>,
}

/// An open promise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Live {
    pub callback: Callback,
    pub stand: Stand,
    /// Since when the client waits, in the order of service.
    pub since: Time,
    wakes: UnixMs,
}

/// The open promises.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Callbacks {
    live: BTreeMap<CallbackId, Live>,
    alarms: BTreeSet<(UnixMs, CallbackId)>,
    /// Rises whenever another promise waits, or one does not wait any more.
    revision: u64,
}

impl Callbacks {
    pub fn all(&self) -> impl Iterator<Item = &Live> {
        self.live.values()
    }

    /// Rises whenever another promise waits, or one does not wait any more.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    pub fn ids(&self) -> Vec<CallbackId> {
        self.live.keys().copied().collect()
    }

    /// Whether there are too many, in all or of this tenant.
    pub fn is_full(&self, tenant: TenantId) -> bool {
        let own = self.live.values().filter(|live| live.callback.tenant == tenant);
        self.live.len() >= MOST || own.count() >= MOST_OF_TENANT
    }

    /// Whether strangers have asked for too many of this tenant.
    pub fn is_full_of_strangers(&self, tenant: TenantId) -> bool {
        let theirs = |live: &&Live| live.callback.tenant == tenant && live.callback.asker.is_some();
        self.live.values().filter(theirs).count() >= MOST_OF_STRANGERS
    }

    pub fn get(&self, id: CallbackId) -> Option<&Live> {
        self.live.get(&id)
    }

    /// The promise of this tenant to this number.
    pub fn to(&self, tenant: TenantId, number: &str) -> Option<&Live> {
        let is_it = |live: &&Live| live.callback.tenant == tenant && live.callback.number == number;
        self.live.values().find(is_it)
    }

    /// The promise that has to do with this session.
    pub fn about(&self, session: SessionId) -> Option<&Live> {
        self.live.values().find(|live| match live.stand {
            Stand::Waiting { entry } => entry == session,
            Stand::OnLine { by, entry } => by == session || entry == Some(session),
            Stand::Calling { session: calling } => calling == session,
            Stand::Paused { .. } => false,
        })
    }

    /// The promise whose place in the queue has this id.
    pub fn at_entry(&self, session: SessionId) -> Option<&Live> {
        self.about(session).filter(|live| {
            matches!(live.stand, Stand::Waiting { entry } | Stand::OnLine { entry: Some(entry), .. } if entry == session)
        })
    }

    pub fn insert(&mut self, callback: Callback, stand: Stand, since: Time) {
        let wakes = callback.terms.expires;
        self.revision += 1;
        self.alarms.insert((wakes, callback.id));
        self.live.insert(callback.id, Live { callback, stand, since, wakes });
    }

    pub fn remove(&mut self, id: CallbackId) -> Option<Live> {
        let live = self.live.remove(&id)?;
        self.revision += 1;
        self.alarms.remove(&(live.wakes, id));
        Some(live)
    }

    /// Changes where a promise stands, and when it is looked at next.
    pub fn stand(&mut self, id: CallbackId, stand: Stand, wall: UnixMs) {
        let Some(live) = self.live.get_mut(&id) else { return };
        live.stand = stand;
        self.revision += 1;
        let state = match stand {
            Stand::Paused { until } => State::Paused { until },
            _ => State::Waiting,
        };
        live.callback.state = state;
        self.set_alarm(id, wall);
    }

    pub fn change(&mut self, id: CallbackId) -> Option<&mut Callback> {
        self.live.get_mut(&id).map(|live| &mut live.callback)
    }

    /// Says when a promise is looked at next.
    pub fn set_alarm(&mut self, id: CallbackId, wall: UnixMs) {
        let Some(live) = self.live.get_mut(&id) else { return };
        let terms = &live.callback.terms;
        let soon = UnixMs((wall.0.div_euclid(LOOK) + 1) * LOOK);
        let at = match live.stand {
            Stand::Paused { until } => until.min(terms.expires),
            Stand::Waiting { .. } if terms.hours.is_some() => soon.min(terms.expires),
            Stand::Waiting { .. } => terms.expires,
            // The client is here: the promise does not run out in the middle of it.
            Stand::OnLine { .. } | Stand::Calling { .. } => soon.max(terms.expires),
        };
        let before = std::mem::replace(&mut live.wakes, at);
        self.alarms.remove(&(before, id));
        self.alarms.insert((at, id));
    }

    /// Has this one looked at no more.
    pub fn silence(&mut self, id: CallbackId) {
        self.alarms.retain(|(_, other)| *other != id);
    }

    /// Has one looked at at a moment to which it does not keep.
    #[cfg(test)]
    pub fn plant_alarm(&mut self, at: UnixMs, id: CallbackId) {
        self.alarms.insert((at, id));
    }

    /// When one is to be looked at next.
    pub fn next_alarm(&self) -> Option<(UnixMs, CallbackId)> {
        self.alarms.first().copied()
    }
}
