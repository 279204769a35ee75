use std::fmt;

use serde::{Deserialize, Serialize};

use super::decision::Decision;
use super::operator::OperatorState;
use crate::id::{GroupId, SessionId, UserId};
use crate::time::Time;

/// One offer of one session to one or several operators. Never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OfferId(pub u64);

impl fmt::Display for OfferId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What the queues want done, or tell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Output {
    /// Ring these operators. Each ends in `Connected`, in `Withdrawn`, or by their own refusal.
    Offer {
        /// The offer's name in answers.
        offer: OfferId,
        /// What is offered.
        session: SessionId,
        /// For which group it waits.
        group: GroupId,
        /// Who is to ring.
        operators: Vec<UserId>,
        /// When it is withdrawn if nobody has answered.
        until: Time,
        /// What made us offer.
        by: OfferBy,
    },
    /// Stop ringing this operator; also said of an answer that came too late.
    Withdrawn {
        /// Which offer.
        offer: OfferId,
        /// Who.
        operator: UserId,
        /// Why.
        why: WithdrawnWhy,
    },
    /// The operator answered first: connect them. The session waits no more.
    Connected {
        /// Which offer.
        offer: OfferId,
        /// Which session.
        session: SessionId,
        /// For which group it waited.
        group: GroupId,
        /// Who serves it.
        operator: UserId,
    },
    /// The session cannot wait, or not any longer: the dialplan goes on.
    Overflow {
        /// Which session.
        session: SessionId,
        /// For which group.
        group: GroupId,
        /// Why.
        why: OverflowWhy,
    },
    /// The operator has the session for themselves: their phone rings by this offer.
    Taken {
        /// Which session.
        session: SessionId,
        /// Who took it.
        operator: UserId,
        /// The offer whose answer connects them; announced by `Offer` unless it rang already.
        offer: OfferId,
    },
    /// The operator cannot have the session.
    TakeRefused {
        /// Which session.
        session: SessionId,
        /// Who wanted it.
        operator: UserId,
        /// Why not.
        why: TakeRefusal,
    },
    /// An operator's state is now this.
    OperatorChanged {
        /// Whose.
        operator: UserId,
        /// The whole state.
        state: OperatorState,
    },
    /// Why a session is offered, waits or overflows.
    Decision(Decision),
}

/// What made an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferBy {
    /// The group pushes, one operator at a time.
    Push,
    /// The group rings all.
    RingAll,
    /// The operator took the session.
    Take,
}

/// Why an operator's phone is to stop ringing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithdrawnWhy {
    /// Somebody else has the session.
    CompletedElsewhere,
    /// The client hung up.
    CallerLeft,
    /// The session went elsewhere: redirected, or on in the dialplan.
    Redirected,
    /// The client cannot be called back now.
    Rests,
    /// The time of the offer is over.
    NoAnswer,
    /// The operator's last device went.
    Unreachable,
    /// The operator went away.
    Away,
    /// The operator took another session.
    TookAnother,
    /// The operator is on another session.
    Engaged,
    /// The operator, or the group, is no more.
    Reconfigured,
    /// The answer came when the offer was over.
    TooLate,
}

/// Why a session does not wait any longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverflowWhy {
    /// As many sessions wait as may.
    Full,
    /// It waited as long as it may.
    MaxWait,
    /// There is no such group, or no more.
    NoGroup,
}

/// Why an operator cannot take a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TakeRefusal {
    /// It does not wait, or not any longer.
    NotWaiting,
    /// Another operator took it before.
    AlreadyTaken,
    /// It waits for a group to which the operator does not belong.
    NotMember,
    /// The operator is on a session.
    OnSession,
    /// No device of the operator can be reached.
    Unreachable,
    /// The operator has switched off the line by which it came.
    ChannelOff,
}
