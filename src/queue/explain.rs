//! Why a session that waits is offered to whom, and why not to the others, at this moment.

use super::decision::{Reason, Verdict};
use super::machine::Queues;
use super::output::{OfferBy, TakeRefusal};
use super::waiting::WaitState;
use crate::id::{GroupId, SessionId, UserId};
use crate::time::Time;

/// How a waiting session stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// For which group it waits.
    pub group: GroupId,
    /// Its place in the group's queue, counted from 1.
    pub position: usize,
    /// Higher is served first.
    pub priority: i32,
    /// Since when it waits.
    pub since: Time,
    /// It is offered to nobody for now, and keeps its place.
    pub rests: bool,
    /// One for each member of the group.
    pub operators: Vec<Standing>,
}

/// How an operator stands to a session that waits.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Who, and why it is offered to them or not.
    pub reason: Reason,
    /// Why they cannot take it themselves; nothing if they can.
    pub cannot_take: Option<TakeRefusal>,
}

impl Queues {
    /// How a session stands that waits.
    pub fn explain(&self, session: SessionId) -> Option<Explanation> {
        let waiting = self.waiting.get(&session)?;
        let (priority, since) = self.place(session)?;
        let ringing: Vec<UserId> = self
            .offer_of(session)
            .and_then(|offer| self.offers.get(&offer))
            .map_or_else(Vec::new, |offer| offer.ringing.iter().copied().collect());
        let reasons = self.reasons(session, &[], OfferBy::Push);
        let operators = reasons.into_iter().map(|reason| {
            let rings = ringing.contains(&reason.operator);
            let verdict = if rings { Verdict::Rings } else { reason.verdict };
            let cannot_take = self.may_take(session, reason.operator).err();
            Standing { reason: Reason { verdict, ..reason }, cannot_take }
        });
        Some(Explanation {
            group: waiting.group,
            position: self.position(session)?,
            priority,
            since,
            rests: waiting.state == WaitState::Resting,
            operators: operators.collect(),
        })
    }
}
