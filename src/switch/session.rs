//! One session and its legs.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::history::Summary;
use super::leg::{Callee, Leg, LegState, Part, Voice};
use super::line::Arrival;
use super::mailbox::Draft;
use super::recording::Recorder;
use super::stage::{Parked, Stage, Talk};
use crate::dialplan::Run;
use crate::id::{LegId, RoomId, SessionId, TenantId, UserId};
use crate::media::{Row, Sound};
use crate::time::{Epoch, Time};

/// One contact of a client with the company, or an internal one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    /// Its id in all records.
    pub id: SessionId,
    /// Puts its moments on the calendar.
    pub epoch: Epoch,
    /// Where its legs hear each other.
    pub room: RoomId,
    /// The leg by which it came.
    pub caller: LegId,
    /// How far the caller's leg has come.
    pub caller_leg: CallerLeg,
    /// Who came in, and how.
    pub arrival: Arrival,
    /// The tenant whose number was dialled.
    pub tenant: Option<TenantId>,
    /// Operators whom the queues count as being on this session.
    pub engaged: BTreeSet<UserId>,
    /// The operator who came in by an own device.
    pub calling_operator: Option<UserId>,
    /// The dialplan that leads it.
    pub run: Option<Run>,
    /// What goes on.
    pub stage: Stage,
    /// All legs but the caller's that ring or talk.
    pub legs: BTreeMap<LegId, Leg>,
    /// Those who are called when the ones that ring do not answer.
    pub next: VecDeque<Callee>,
    /// When something that was played to the caller last came to its end.
    pub played: Option<Time>,
    /// Who hears whom, as the engine was told last.
    pub rows: BTreeSet<Row>,
    /// The leg whom the others serve: who waits on hold, and who is forwarded.
    pub client: LegId,
    /// How the caller takes part in a conversation.
    pub caller_voice: Voice,
    /// What whoever takes the client over should know.
    pub remark: Option<String>,
    /// Legs that wait, each with what it hears meanwhile.
    pub music: BTreeMap<LegId, Sound>,
    /// Supervisors of this session who hear the one beside it, in its room, while the operator talks there.
    #[serde(default)]
    pub elsewhere: BTreeSet<LegId>,
    /// The session of the same operator beside which this one was begun, to consult somebody.
    pub beside: Option<SessionId>,
    /// Files that record steps have made; they go when the session ends.
    pub recordings: Vec<PathBuf>,
    /// The message that is being recorded.
    pub draft: Option<Draft>,
    /// The recording of its conversations.
    pub recorder: Recorder,
    /// Legs whose ports are still being given back.
    pub closing: BTreeSet<LegId>,
    /// The record so far.
    pub summary: Summary,
}

/// How far the caller's leg has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallerLeg {
    /// Not answered, and nothing is heard.
    Waiting,
    /// Not answered; sound before the answer was asked for, and flows if `ready`.
    Early {
        /// The line has reported it.
        ready: bool,
    },
    /// We answer, the line has not reported yet.
    Answering,
    /// The phone of an operator who wants to call somebody rings: we called it.
    Called {
        /// When it is given up.
        until: Time,
    },
    /// Answered.
    Up,
    /// Gone.
    Down,
}

impl Session {
    /// A session of one leg, of which nothing is known but how it came.
    pub(super) fn new(
        id: SessionId,
        (epoch, room): (Epoch, RoomId),
        caller: LegId,
        arrival: Arrival,
    ) -> Self {
        Self {
            id,
            epoch,
            room,
            caller,
            caller_leg: CallerLeg::Waiting,
            arrival,
            tenant: None,
            engaged: Default::default(),
            calling_operator: None,
            run: None,
            stage: Stage::Guided,
            legs: Default::default(),
            next: Default::default(),
            played: None,
            rows: Default::default(),
            client: caller,
            caller_voice: Default::default(),
            remark: None,
            music: Default::default(),
            elsewhere: Default::default(),
            beside: None,
            recordings: vec![],
            draft: None,
            recorder: Default::default(),
            closing: Default::default(),
            summary: Summary::default(),
        }
    }

    /// When the session wants to be woken.
    pub fn next_timeout(&self) -> Option<Time> {
        let stage = match self.stage {
            Stage::Dialling { until, .. } => until,
            Stage::Apology { until, .. } | Stage::Parting { until, .. } | Stage::Over { until } => {
                Some(until)
            }
            Stage::Parked(Parked { until, .. }) | Stage::Notice { until, .. } => Some(until),
            Stage::Guided | Stage::Queued { .. } | Stage::CallingBack | Stage::Talking(_) => None,
        };
        let run = self.run.as_ref().and_then(Run::poll_timeout);
        let rings = self.legs.values().filter_map(|leg| match leg.state {
            LegState::Ringing { until, .. } => until,
            LegState::Up(_) => None,
        });
        let summons = match self.caller_leg {
            CallerLeg::Called { until } => Some(until),
            _ => None,
        };
        let kept = self.voices().filter_map(|(_, voice)| voice.kept);
        let waits = stage.into_iter().chain(run).chain(rings).chain(summons).chain(kept);
        waits.chain(self.recorder.next_timeout()).min()
    }

    /// Whether its legs speak and hear.
    pub fn has_sound(&self) -> bool {
        self.arrival.abilities.sound
    }

    /// A leg is given a port if it has sound, and the session outlives that.
    pub(super) fn opens_port(&mut self, leg: LegId) {
        if self.has_sound() {
            self.closing.insert(leg);
        }
    }

    /// Where the client waits in a slot.
    pub fn parked(&self) -> Option<&Parked> {
        match &self.stage {
            Stage::Parked(parked) => Some(parked),
            _ => None,
        }
    }

    /// Whether the session is over.
    pub fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over { .. })
    }

    /// All operators in the session, the calling one included.
    pub fn operators(&self) -> impl Iterator<Item = UserId> {
        let calling = self.calling_operator.filter(|_| self.caller_leg != CallerLeg::Down);
        self.legs.values().filter_map(Leg::operator).chain(calling)
    }

    /// The conversation, if there is one.
    pub fn talk(&self) -> Option<&Talk> {
        match &self.stage {
            Stage::Talking(talk) => Some(talk),
            _ => None,
        }
    }

    pub(super) fn talk_mut(&mut self) -> Option<&mut Talk> {
        match &mut self.stage {
            Stage::Talking(talk) => Some(talk),
            _ => None,
        }
    }

    /// Everybody who takes part, each with how.
    pub fn voices(&self) -> impl Iterator<Item = (LegId, Voice)> {
        let caller = (self.caller_leg != CallerLeg::Down).then_some((self.caller, self.caller_voice));
        caller.into_iter().chain(self.legs.iter().filter_map(|(id, leg)| Some((*id, leg.voice()?))))
    }

    /// How many serve the client, or are called to: no supervisors.
    pub fn serving(&self) -> usize {
        let called = self
            .legs
            .iter()
            .filter(|(leg, at)| **leg != self.client && at.is_party() && !self.comes_back(**leg));
        let called = called.count();
        let calls = self.client != self.caller && self.caller_leg != CallerLeg::Down;
        called + usize::from(calls)
    }

    /// Those who talk with the client: no supervisors.
    pub fn company(&self) -> impl Iterator<Item = LegId> {
        let client = self.client;
        self.voices()
            .filter(move |(leg, voice)| *leg != client && voice.part == Part::Party)
            .map(|(leg, _)| leg)
    }

    /// How this leg takes part.
    pub(super) fn voice_mut(&mut self, leg: LegId) -> Option<&mut Voice> {
        if leg == self.caller {
            return (self.caller_leg != CallerLeg::Down).then_some(&mut self.caller_voice);
        }
        match &mut self.legs.get_mut(&leg)?.state {
            LegState::Up(voice) => Some(voice),
            LegState::Ringing { .. } => None,
        }
    }

    /// The operator at this leg.
    pub fn operator_at(&self, leg: LegId) -> Option<UserId> {
        if leg == self.caller { self.calling_operator } else { self.legs.get(&leg)?.operator() }
    }

    /// The leg by which this operator takes part, or rings.
    pub fn leg_of(&self, operator: UserId) -> Option<LegId> {
        let calls = self.calling_operator == Some(operator) && self.caller_leg != CallerLeg::Down;
        let called = || self.legs.iter().find(|(_, leg)| leg.is_operator(operator)).map(|(id, _)| *id);
        if calls { Some(self.caller) } else { called() }
    }
}
