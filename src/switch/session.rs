//! One session and its legs.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::cause::Cause;
use super::directory::Payer;
use super::features::Notice;
use super::history::Summary;
use super::line::{Arrival, Target};
use super::mailbox::Draft;
use super::recording::Recorder;
use crate::dialplan::Run;
use crate::id::{GroupId, LegId, RoomId, SessionId, TenantId, TrunkId, UserId};
use crate::media::{Row, Sound};
use crate::queue::OfferId;
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

/// A leg to somebody who is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leg {
    /// Who it is.
    pub role: Role,
    /// How far it has come.
    pub state: LegState,
    /// Operators whose rules the call follows if it fails, this one last; of a call that follows none, nobody.
    pub followed: Option<Vec<UserId>>,
}

/// How far a leg has come that we called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LegState {
    /// It rings, and is given up then; others end it where there is no time.
    Ringing {
        /// When it is given up.
        until: Option<Time>,
        /// How it will take part.
        part: Part,
    },
    /// It has answered.
    Up(Voice),
}

/// How somebody takes part in a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voice {
    /// Nobody hears it.
    pub muted: bool,
    /// Its own phone has put us on hold.
    pub holds: bool,
    /// Its phone is lost, and is given up then.
    #[serde(default)]
    pub kept: Option<Time>,
    /// As what it takes part.
    pub part: Part,
}

impl Voice {
    /// Whether anything is heard there.
    pub fn is_there(self) -> bool {
        !self.holds && self.kept.is_none()
    }
}

/// As what somebody takes part in a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// One of those who talk.
    #[default]
    Party,
    /// A supervisor whom nobody hears.
    Listens,
    /// A supervisor whom the operators hear, and the client does not.
    Whispers,
    /// A supervisor whom all hear.
    Barges,
}

impl Leg {
    /// Whether this operator is at the far end.
    pub fn is_operator(&self, operator: UserId) -> bool {
        self.operator() == Some(operator)
    }

    /// The operator at the far end.
    pub fn operator(&self) -> Option<UserId> {
        match self.role {
            Role::Operator { user, .. } => Some(user),
            Role::External(_) => None,
        }
    }

    /// The number at the far end, if it is outside.
    pub fn outside(&self) -> Option<&str> {
        match &self.role {
            Role::External(outward) => Some(&outward.number),
            Role::Operator { .. } => None,
        }
    }

    /// How it takes part, if it has answered.
    pub fn voice(&self) -> Option<Voice> {
        match self.state {
            LegState::Up(voice) => Some(voice),
            LegState::Ringing { .. } => None,
        }
    }

    /// Whether it talks, or will: not a supervisor.
    pub fn is_party(&self) -> bool {
        let (LegState::Up(Voice { part, .. }) | LegState::Ringing { part, .. }) = self.state;
        part == Part::Party
    }
}

/// Somebody to be called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callee {
    /// Who it is.
    pub role: Role,
    /// Over what; a call outside is given its trunk when it is made.
    pub target: Option<Target>,
    /// How long it rings before the next one is called.
    pub each: Option<Duration>,
    /// Operators whose rules led here, if the call obeys rules.
    pub followed: Option<Vec<UserId>>,
}

/// Who is at the far end of a leg.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// An operator of ours.
    Operator {
        /// Who.
        user: UserId,
        /// The offer by which the queue chose this operator.
        offer: Option<OfferId>,
    },
    /// An external phone.
    External(Outward),
}

/// A call outside: to whom, over which trunk, and which are left if that one fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outward {
    /// E.164, or an emergency number.
    pub number: String,
    /// The trunk that carries it.
    pub trunk: Option<TrunkId>,
    /// Those that are tried next, best first.
    pub spare: VecDeque<TrunkId>,
    /// The callee is not to learn who calls.
    pub withheld: bool,
    /// It calls help.
    pub emergency: bool,
    /// Who is responsible for it.
    pub payer: Option<Payer>,
    /// The number to show, if it was chosen.
    #[serde(default)]
    pub shown: Option<String>,
}

/// What goes on in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// The dialplan leads, nobody else is there.
    Guided,
    /// The caller waits for an operator of this group.
    Queued {
        /// Which group.
        group: GroupId,
    },
    /// Operators ring for a client who is to be called back; nobody is there yet.
    CallingBack,
    /// Parties are called: all legs that the session has.
    Dialling {
        /// When those who ring are given up, and the next is called if there is one.
        until: Option<Time>,
        /// The most telling cause among those that could not be had.
        worst: Option<Cause>,
        /// How they meet: by the group whose members are called, of several the one named first; or in the queue in which
        /// the client waits again if nobody can be had.
        met: Met,
    },
    /// The client and others talk.
    Talking(Talk),
    /// The client waits alone, with music, until somebody fetches it.
    Parked(Parked),
    /// The caller is told what came of a code.
    Notice {
        /// What.
        notice: Notice,
        /// The wish of the caller's line that this ends, if there is one.
        request: Option<u64>,
        /// When the session ends at the latest.
        until: Time,
    },
    /// The caller is told why the party cannot be had, and then refused.
    Apology {
        /// Why.
        cause: Cause,
        /// When the caller is refused at the latest.
        until: Time,
    },
    /// All is said, and still on its way to the caller's ear.
    Parting {
        /// Why the session ends.
        cause: Cause,
        /// When it does.
        until: Time,
    },
    /// Over; the last figures of its legs are awaited.
    Over {
        /// When they are given up.
        until: Time,
    },
}

/// A client who waits in a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parked {
    /// Which of the tenant's slots.
    pub slot: u16,
    /// The operator who put it there, and is called when it waited too long.
    pub by: Option<UserId>,
    /// The leg of that operator, gone by now.
    pub from: LegId,
    /// How client and company had come together.
    pub met: Met,
    /// When that is.
    pub until: Time,
}

/// How client and company came together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Met {
    /// The client waited in the queue of this group.
    InQueue(GroupId),
    /// The members of this group were called.
    ByGroup(GroupId),
    /// Somebody was called by name or number.
    #[default]
    Directly,
}

impl Met {
    /// The group by which the client came.
    pub fn group(self) -> Option<GroupId> {
        match self {
            Self::InQueue(group) | Self::ByGroup(group) => Some(group),
            Self::Directly => None,
        }
    }
}

/// Why a client waits, and at whose wish: with that one's leg it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Held {
    /// Until the client is taken up again.
    Aside {
        /// Who wanted it so.
        by: LegId,
    },
    /// For as long as there is somebody to be asked.
    Consult {
        /// Who asks.
        by: LegId,
    },
}

impl Held {
    /// Whose wish it is.
    pub fn by(self) -> LegId {
        let (Self::Aside { by } | Self::Consult { by }) = self;
        by
    }
}

/// A conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Talk {
    /// How it came about.
    pub met: Met,
    /// The client waits: hears music and none of the others, who hear each other.
    pub held: Option<Held>,
    /// Somebody is to take over.
    pub forward: Option<Forward>,
}

/// A client who is handed to somebody, until that one answers or cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forward {
    /// Who takes over; rings.
    pub to: LegId,
    /// The leg of the one who hands over, and comes back if it fails. It may be gone already.
    pub from: LegId,
    /// The operator at that leg, who is called again if it is gone.
    pub by: Option<UserId>,
    /// The number that the line of `from` gave its wish, if it came that way.
    pub request: Option<u64>,
    /// The one who handed over is called again.
    pub recall: bool,
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
