//! The legs to those who are called: who is there, how far it has come, and how somebody takes part.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::directory::Payer;
use super::line::Target;
use crate::id::{TrunkId, UserId};
use crate::queue::OfferId;
use crate::time::Time;

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
