//! What must hold whatever happens; the same checks run in tests and as live counters.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Switch;
use super::callback::{Callback, Stand};
use super::calling_back::is_client;
use super::leg::Part;
use super::parties::MOST_OPERATORS;
use super::session::{CallerLeg, Session};
use super::stage::{Stage, Talk};
use crate::dialplan::Run;
use crate::id::{CallbackId, LegId, SessionId, UserId};
use crate::media::Row;
use crate::queue;

/// Something that must never be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "invariant", rename_all = "snake_case")]
pub enum Violation {
    /// A leg is known whose session is gone.
    OrphanLeg { leg: LegId, session: SessionId },
    /// A session is over but still has legs.
    LegOutlivesSession { leg: LegId, session: SessionId },
    /// A session waits, but no queue knows of it.
    WaitsNowhere { session: SessionId },
    /// A session says it talks with a leg that it does not have.
    TalksWithNobody { session: SessionId },
    /// An operator is in two conversations.
    TwoConversations { operator: UserId },
    /// The caller is gone but the session goes on.
    NoCaller { session: SessionId },
    /// More operators are in a session than may be.
    TooMany { session: SessionId },
    /// A client in a conversation hears neither a party nor music.
    SilentClient { session: SessionId },
    /// A client who waits hears the others, or they the client.
    ConsultLeak { session: SessionId },
    /// An open room has somebody in it whose session is over, or another's.
    RoomStranger { session: SessionId },
    /// Two promises are open to call one client of a tenant back.
    PromisedTwice { callback: CallbackId },
    /// A client is called back, or operators are asked for it, while the client is on the line.
    CalledOnTheLine { callback: CallbackId },
    /// A promise has no place in the queue, and nothing that gives it one.
    PromiseLost { callback: CallbackId },
    /// A conversation is not recorded that its rule wants to be.
    RecordingGap { session: SessionId },
    /// A session was woken without end, and was ended for it.
    StuckTimer { session: SessionId },
    /// A promise was looked at without end, and was given up for it.
    StuckPromise { callback: CallbackId },
    /// The queues found something themselves.
    Queue { found: queue::Violation },
}

impl Violation {
    /// The names of what the switch finds without the queues.
    pub(super) const OWN_NAMES: [&'static str; 16] = [
        "orphan_leg",
        "leg_outlives_session",
        "waits_nowhere",
        "talks_with_nobody",
        "two_conversations",
        "no_caller",
        "too_many",
        "silent_client",
        "consult_leak",
        "room_stranger",
        "promised_twice",
        "called_on_the_line",
        "promise_lost",
        "recording_gap",
        "stuck_timer",
        "stuck_promise",
    ];

    /// The names of all kinds, those of the queues included.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::OWN_NAMES.into_iter().chain(queue::Queues::violation_names())
    }

    /// The name of the live counter.
    pub fn name(&self) -> &'static str {
        match self {
            Violation::OrphanLeg { .. } => "orphan_leg",
            Violation::LegOutlivesSession { .. } => "leg_outlives_session",
            Violation::WaitsNowhere { .. } => "waits_nowhere",
            Violation::TalksWithNobody { .. } => "talks_with_nobody",
            Violation::TwoConversations { .. } => "two_conversations",
            Violation::NoCaller { .. } => "no_caller",
            Violation::TooMany { .. } => "too_many",
            Violation::SilentClient { .. } => "silent_client",
            Violation::ConsultLeak { .. } => "consult_leak",
            Violation::RoomStranger { .. } => "room_stranger",
            Violation::PromisedTwice { .. } => "promised_twice",
            Violation::CalledOnTheLine { .. } => "called_on_the_line",
            Violation::PromiseLost { .. } => "promise_lost",
            Violation::RecordingGap { .. } => "recording_gap",
            Violation::StuckTimer { .. } => "stuck_timer",
            Violation::StuckPromise { .. } => "stuck_promise",
            Violation::Queue { found } => found.name(),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {self:?}", self.name())
    }
}

impl Switch {
    /// What is wrong with a conversation.
    fn conversation_faults(&self, session: &Session, talk: &Talk) -> Vec<Violation> {
        let (id, mut found) = (session.id, vec![]);
        let comes = talk.forward.is_some_and(|forward| session.legs.contains_key(&forward.to));
        if session.company().next().is_none() && !comes {
            found.push(Violation::TalksWithNobody { session: id });
        }
        // Who takes over comes in the place of another one.
        if session.serving() > MOST_OPERATORS + usize::from(comes) {
            found.push(Violation::TooMany { session: id });
        }
        let client = session.client;
        let hears = session.rows.iter().any(|row| row.to == client) || session.music.contains_key(&client);
        let waits = session.voices().any(|(leg, voice)| leg == client && voice.is_there());
        let muted = session.voices().any(|(_, voice)| voice.muted);
        if waits && !hears && !muted {
            found.push(Violation::SilentClient { session: id });
        }
        let private = talk.held.is_some() || talk.forward.is_some();
        let leaks = |row: &&Row| {
            let listens = session.voices().any(|(leg, voice)| leg == row.to && voice.part != Part::Party);
            row.to == client || (row.from == client && !listens)
        };
        if private && session.rows.iter().any(|row| leaks(&row)) {
            found.push(Violation::ConsultLeak { session: id });
        }
        if self.has_gap(session) {
            found.push(Violation::RecordingGap { session: id });
        }
        found
    }

    /// What is wrong with promises.
    fn check_callbacks(&self, found: &mut Vec<Violation>) {
        let mut numbers = BTreeSet::new();
        for live in self.callbacks.all() {
            let Callback { id: callback, tenant, ref number, .. } = live.callback;
            if !numbers.insert((tenant, number)) {
                found.push(Violation::PromisedTwice { callback });
            }
            let calls = || self.sessions.values().any(|session| is_client(session, tenant, number));
            let (kept, asked) = match live.stand {
                Stand::Waiting { entry } => (self.queues.position(entry).is_some(), true),
                Stand::OnLine { by, entry: Some(entry) } => {
                    let stands = self.sessions.get(&by).is_some_and(|session| !session.is_over());
                    (stands && self.queues.position(entry).is_some(), false)
                }
                Stand::OnLine { by, entry: None } => {
                    (self.sessions.get(&by).is_some_and(|session| !session.is_over()), false)
                }
                Stand::Calling { session } => {
                    (self.sessions.get(&session).is_some_and(|session| !session.is_over()), true)
                }
                Stand::Paused { .. } => (true, false),
            };
            if !kept {
                found.push(Violation::PromiseLost { callback });
            }
            if asked && calls() {
                found.push(Violation::CalledOnTheLine { callback });
            }
        }
    }

    /// Everything that must not be and is. Empty unless there is a fault in this program.
    pub fn invariants(&self) -> Vec<Violation> {
        let orphans = self.legs.iter().filter(|(_, session)| !self.sessions.contains_key(session));
        let mut found: Vec<_> =
            orphans.map(|(leg, session)| Violation::OrphanLeg { leg: *leg, session: *session }).collect();
        let mut talking: BTreeMap<UserId, usize> = BTreeMap::new();
        for (id, session) in &self.sessions {
            let id = *id;
            match session.stage {
                Stage::Over { .. } => {
                    let legs = session.legs.keys();
                    found.extend(legs.map(|leg| Violation::LegOutlivesSession { leg: *leg, session: id }));
                    continue;
                }
                Stage::Queued { .. } if self.queues.position(id).is_none() => {
                    found.push(Violation::WaitsNowhere { session: id });
                }
                // The dialplan is not told that who talked with the caller has gone.
                Stage::Guided if session.run.as_ref().is_some_and(Run::has_connected) => {
                    found.push(Violation::SilentClient { session: id });
                }
                Stage::Parked(_) if !session.music.contains_key(&session.client) => {
                    found.push(Violation::SilentClient { session: id });
                }
                Stage::Talking(talk) => {
                    // Who takes a call up again has two legs in it for a moment.
                    let main: BTreeSet<_> = session
                        .operators()
                        .filter(|_| session.beside.is_none() && session.has_sound())
                        .collect();
                    main.into_iter().for_each(|user| *talking.entry(user).or_default() += 1);
                    found.extend(self.conversation_faults(session, &talk));
                }
                _ => {}
            }
            let client_called = session.legs.contains_key(&session.client);
            let nobody_yet = matches!(session.stage, Stage::CallingBack);
            if session.caller_leg == CallerLeg::Down && !client_called && !nobody_yet {
                found.push(Violation::NoCaller { session: id });
            }
        }
        let strangers = self.rooms.values().flat_map(|room| self.strangers_in(room));
        found.extend(strangers.map(|session| Violation::RoomStranger { session }));
        let twice = talking.into_iter().filter(|(_, count)| *count > 1);
        found.extend(twice.map(|(operator, _)| Violation::TwoConversations { operator }));
        self.check_callbacks(&mut found);
        found.extend(self.stuck.seen().cloned());
        found.extend(self.queues.invariants().into_iter().map(|found| Violation::Queue { found }));
        found
    }
}
