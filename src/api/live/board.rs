//! What goes on at this moment, and the numbered events by which it came about. Time passes outside.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use crate::id::{CallbackId, GroupId, LegId, SessionId, TenantId, UserId};
use crate::queue::Status;
use crate::switch::history::Recorded;
use crate::switch::leg::Part;
use crate::switch::services::Services;
use crate::time::UnixMs;

/// Events that are kept for those who come back.
const KEPT: usize = 4_096;
/// An event may be told in so many parts, each with a number of its own.
pub const PARTS: u64 = 4;

/// What names and groups there are: it changes with the configuration alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Tenants.
    pub tenants: BTreeMap<TenantId, KnownTenant>,
    /// Groups.
    pub groups: BTreeMap<GroupId, KnownGroup>,
    /// Operators.
    pub operators: BTreeMap<UserId, KnownOperator>,
}

/// A tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownTenant {
    /// Its name.
    pub name: String,
    /// What its sessions do without.
    pub off: Services,
}

/// A group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownGroup {
    /// Its name.
    pub name: String,
    /// Who serves it.
    pub members: BTreeSet<UserId>,
}

/// An operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownOperator {
    /// Login name.
    pub name: String,
    /// Name for people.
    pub display: String,
    /// Internal number.
    pub extension: Option<String>,
    /// Where the operator serves.
    pub tenants: Vec<TenantId>,
}

/// An operator at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveOperator {
    /// What the operator says.
    pub status: Status,
    /// No calls for now.
    pub do_not_disturb: bool,
    /// Lines whose new sessions the operator does not want.
    pub channels_off: BTreeSet<String>,
    /// The operator may switch them.
    pub may_switch_channels: bool,
    /// A phone can be reached.
    pub reachable: bool,
    /// What the operator does.
    pub doing: Doing,
    /// Since when.
    pub since: UnixMs,
}

/// What an operator does. Sessions come with the tenant to which they belong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Nothing.
    Free,
    /// The phone rings.
    Ringing(SessionId, Option<TenantId>),
    /// Talks, in more than one session while consulting.
    OnSession(BTreeMap<SessionId, Option<TenantId>>),
    /// Finishes the last session.
    AfterWork(SessionId, Option<TenantId>, UnixMs),
}

/// A session at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveSession {
    /// Its id.
    pub id: SessionId,
    /// Whose client it is.
    pub tenant: Option<TenantId>,
    /// The line by which it came.
    pub line: String,
    /// The caller's number.
    pub from: String,
    /// The caller's name, if one was given.
    pub from_name: Option<String>,
    /// What was dialled.
    pub dialled: String,
    /// When it began.
    pub since: UnixMs,
    /// For whom it waits, if it does.
    pub waiting: Option<Waiting>,
    /// The client waits while the others talk.
    pub held: bool,
    /// Whether it is recorded.
    pub recorded: Recorded,
    /// Sound of its recordings was lost.
    pub recording_incomplete: bool,
    /// Its legs speak and hear.
    pub sound: bool,
    /// Its legs write and read.
    pub text: bool,
    /// The number of the last message that was written.
    pub messages: u64,
    /// Up to which message the client has read.
    pub read: u64,
    /// The client can be reached at this moment.
    pub online: bool,
    /// What else the line knows of the client.
    pub details: BTreeMap<String, String>,
    /// The client is not on the line, and was promised a call.
    pub callback: Option<LiveCallback>,
    /// Who takes part or is called.
    pub legs: Vec<LiveLeg>,
    /// Who is to be heard by whom, and whether that is so.
    pub hears: Vec<Hearing>,
}

/// A promise to call a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveCallback {
    /// Its id.
    pub id: CallbackId,
    /// When the client wanted to be called, if the client said so.
    pub due: Option<UnixMs>,
    /// How often the client was called in vain.
    pub tries: u32,
}

/// The place of a session in a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Whose queue.
    pub group: GroupId,
    /// Since when.
    pub since: UnixMs,
    /// Higher ones are served first.
    pub priority: i32,
}

/// Somebody in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveLeg {
    /// Its id.
    pub id: LegId,
    /// What is at its far end: `client`, `operator` or `external`.
    pub kind: &'static str,
    /// Which operator.
    pub operator: Option<UserId>,
    /// A name for people.
    pub name: String,
    /// Is called, and has not answered.
    pub ringing: bool,
    /// As what it takes part.
    pub part: Part,
    /// Nobody hears it.
    pub muted: bool,
    /// Its own phone has put the others on hold.
    pub holds: bool,
    /// Its phone is lost, and may come back.
    pub lost: bool,
    /// What people notice to be lost of its sound.
    pub poor: Option<Poor>,
    /// Waits with music.
    pub music: bool,
    /// When it came into the conversation.
    pub since: Option<UnixMs>,
}

/// What is lost of a leg's sound, in a hundred packets, where it is so much that people notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Poor {
    /// Of what it says; null: not so much.
    pub from: Option<u8>,
    /// Of what it hears; null: not so much.
    pub to: Option<u8>,
}

/// That one leg is to hear another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hearing {
    /// Who speaks.
    pub from: LegId,
    /// Who is to hear it.
    pub to: LegId,
    /// What is missing so that it is not heard; nothing: it is heard.
    pub missing: Option<Missing>,
}

/// What keeps somebody from being heard who is meant to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// One of the two phones wants no sound that way.
    Direction,
    /// Nothing has come from the one who speaks for a second.
    Packets,
    /// It is not known where to send the sound.
    Address,
    /// The media engine has not said yet.
    Unknown,
}

/// Something that changed.
#[derive(Clone, Debug)]
pub enum Change {
    /// A session is like this now.
    Session(Box<LiveSession>),
    /// A session is over.
    Gone(SessionId),
    /// An operator is like this now.
    Operator(UserId, LiveOperator),
    /// Everything is like this now.
    All(Box<All>),
}

/// Everything that goes on.
#[derive(Clone, Debug, Default)]
pub struct All {
    /// Names and groups.
    pub known: Known,
    /// Operators.
    pub operators: BTreeMap<UserId, LiveOperator>,
    /// Sessions that are not over.
    pub sessions: BTreeMap<SessionId, LiveSession>,
}

/// A change, numbered.
#[derive(Clone, Debug)]
pub struct Event {
    /// Rises by [`PARTS`] with each.
    pub number: u64,
    /// What changed.
    pub what: What,
}

/// What changed.
#[derive(Clone, Debug)]
pub enum What {
    /// An operator.
    Operator(UserId, LiveOperator),
    /// A session: how it was, and how it is.
    Session {
        /// None: it is new.
        before: Option<Arc<LiveSession>>,
        /// None: it is over.
        after: Option<Arc<LiveSession>>,
    },
    /// Names or groups: whoever looks has to look anew.
    Known,
}

/// What goes on.
#[derive(Debug)]
pub struct Board {
    /// Of the last event.
    pub number: u64,
    /// Those who were told everything up to here can be told what came after.
    floor: u64,
    /// Names and groups.
    pub known: Arc<Known>,
    /// Operators.
    pub operators: BTreeMap<UserId, LiveOperator>,
    /// Sessions that are not over.
    pub sessions: BTreeMap<SessionId, Arc<LiveSession>>,
    kept: VecDeque<Arc<Event>>,
}

impl Board {
    /// Nothing goes on. The first number is higher than all that were given before: by this process and those before it.
    pub fn new(number: u64) -> Self {
        Self {
            number,
            floor: number,
            known: Arc::default(),
            operators: BTreeMap::new(),
            sessions: BTreeMap::new(),
            kept: VecDeque::new(),
        }
    }

    /// Takes a change in; gives the events that it makes. What is as it was makes none.
    pub fn apply(&mut self, change: Change) -> Vec<Arc<Event>> {
        match change {
            Change::Session(session) => self.session(session.id, Some(*session)).into_iter().collect(),
            Change::Gone(id) => self.session(id, None).into_iter().collect(),
            Change::Operator(id, state) => self.operator(id, state).into_iter().collect(),
            Change::All(all) => self.all(*all),
        }
    }

    /// What came after this number; None if that is not known any more.
    pub fn since(&self, number: u64) -> Option<Vec<Arc<Event>>> {
        // A part of the last event may have been told already.
        let known = self.floor..self.number + PARTS;
        let later = |event: &&Arc<Event>| event.number + PARTS > number;
        known.contains(&number).then(|| self.kept.iter().filter(later).cloned().collect())
    }

    fn session(&mut self, id: SessionId, after: Option<LiveSession>) -> Option<Arc<Event>> {
        if self.sessions.get(&id).map(Arc::as_ref) == after.as_ref() {
            return None;
        }
        let after = after.map(Arc::new);
        let before = match &after {
            Some(after) => self.sessions.insert(id, Arc::clone(after)),
            None => self.sessions.remove(&id),
        };
        Some(self.happened(What::Session { before, after }))
    }

    fn operator(&mut self, id: UserId, state: LiveOperator) -> Option<Arc<Event>> {
        if self.operators.get(&id) == Some(&state) {
            return None;
        }
        self.operators.insert(id, state.clone());
        Some(self.happened(What::Operator(id, state)))
    }

    fn all(&mut self, All { known, operators, sessions }: All) -> Vec<Arc<Event>> {
        if *self.known != known {
            self.known = Arc::new(known);
            self.operators = operators;
            self.sessions = sessions.into_iter().map(|(id, session)| (id, Arc::new(session))).collect();
            let anew = self.happened(What::Known);
            self.kept.clear();
            self.floor = self.number;
            return vec![anew];
        }
        let gone: Vec<_> = self.sessions.keys().filter(|id| !sessions.contains_key(id)).copied().collect();
        let mut events: Vec<_> = gone.into_iter().filter_map(|id| self.session(id, None)).collect();
        events.extend(sessions.into_iter().filter_map(|(id, session)| self.session(id, Some(session))));
        events.extend(operators.into_iter().filter_map(|(id, state)| self.operator(id, state)));
        events
    }

    fn happened(&mut self, what: What) -> Arc<Event> {
        self.number += PARTS;
        let event = Arc::new(Event { number: self.number, what });
        if self.kept.len() >= KEPT
            && let Some(oldest) = self.kept.pop_front()
        {
            self.floor = oldest.number + PARTS - 1;
        }
        self.kept.push_back(Arc::clone(&event));
        event
    }
}
