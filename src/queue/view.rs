//! What others may see of the queues.

use serde::{Deserialize, Serialize};

use super::config::Strategy;
use super::machine::Queues;
use super::operator::{OperatorState, Record};
use super::output::OfferId;
use super::waiting::{WaitState, Waiting};
use crate::id::{GroupId, SessionId, TenantId, UserId};
use crate::time::Time;

/// All queues and operators at one moment, for live boards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// The groups, by id.
    pub groups: Vec<GroupView>,
    /// The operators, by id.
    pub operators: Vec<OperatorView>,
}

/// One group's queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupView {
    /// Which group.
    pub id: GroupId,
    /// Its name.
    pub name: String,
    /// Whose clients it serves.
    pub tenant: TenantId,
    /// How it offers.
    pub strategy: Strategy,
    /// Who waits, in the order of service.
    pub waiting: Vec<WaitingView>,
}

/// One waiting session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WaitingView {
    /// Which session.
    pub session: SessionId,
    /// Its priority.
    pub priority: i32,
    /// Since when it waits.
    pub since: Time,
    /// Whose phones ring for it.
    pub ringing: Vec<UserId>,
}

/// One operator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OperatorView {
    /// Who.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// What they say and do.
    pub state: OperatorState,
    /// Sessions of the last hour.
    pub load: usize,
}

impl Queues {
    /// A session's place in its group's queue, counted from 1; those whose phones ring count.
    pub fn position(&self, session: SessionId) -> Option<usize> {
        let Waiting { group, place, .. } = self.waiting.get(&session)?;
        let same = |ahead: SessionId| self.waiting.get(&ahead).is_some_and(|waiting| waiting.group == *group);
        Some(1 + self.order.range(..place).filter(|ahead| same(ahead.session)).count())
    }

    /// Who waits for a group, in the order of service.
    pub fn waiting(&self, group: GroupId) -> Vec<SessionId> {
        let here = |session| self.waiting.get(&session).is_some_and(|waiting| waiting.group == group);
        self.order.iter().map(|place| place.session).filter(|session| here(*session)).collect()
    }

    /// How a waiting session stands in the order of service: its priority, and since when it waits.
    pub fn place(&self, session: SessionId) -> Option<(i32, Time)> {
        self.waiting.get(&session).map(|waiting| (waiting.place.priority.0, waiting.place.since))
    }

    /// The group for which a session waits.
    pub fn group_of(&self, session: SessionId) -> Option<GroupId> {
        self.waiting.get(&session).map(|waiting| waiting.group)
    }

    /// The offer that rings for a session.
    pub fn offer_of(&self, session: SessionId) -> Option<OfferId> {
        match self.waiting.get(&session)?.state {
            WaitState::Offered(offer) => Some(offer),
            WaitState::Queued | WaitState::Resting => None,
        }
    }

    /// Whether anybody of a group is there for sessions of a line, busy or not.
    pub fn is_staffed(&self, group: GroupId, line: &str) -> bool {
        let reach = self.reach_of(line);
        let is_there = |record: &Record| record.state.wants(line) && record.state.is_reached(reach);
        let members = self.groups.get(&group).into_iter().flat_map(|group| &group.members);
        members.filter_map(|member| self.operators.get(&member.operator)).any(is_there)
    }

    /// An operator's state; None if there is no such operator.
    pub fn operator(&self, operator: UserId) -> Option<&OperatorState> {
        self.operators.get(&operator).map(|record| &record.state)
    }

    /// The sessions that an operator may take, in the order of service: all that wait for their
    /// groups.
    pub fn visible_to(&self, operator: UserId) -> Vec<SessionId> {
        let serves = |group: &GroupId| self.groups.get(group).is_some_and(|group| group.has(operator));
        let mine = |session| self.waiting.get(&session).is_some_and(|waiting| serves(&waiting.group));
        self.order.iter().map(|place| place.session).filter(|session| mine(*session)).collect()
    }

    /// Everything, for live boards.
    pub fn view(&self) -> View {
        let groups = self.groups.values().map(|group| GroupView {
            id: group.id,
            name: group.name.clone(),
            tenant: group.tenant,
            strategy: group.strategy,
            waiting: self
                .waiting(group.id)
                .into_iter()
                .filter_map(|session| self.waiting_view(session))
                .collect(),
        });
        let operators = self.operators.iter().map(|(id, record)| OperatorView {
            id: *id,
            name: record.name.clone(),
            state: record.state.clone(),
            load: record.load(self.now),
        });
        View { groups: groups.collect(), operators: operators.collect() }
    }

    fn waiting_view(&self, session: SessionId) -> Option<WaitingView> {
        let place = self.waiting.get(&session)?.place;
        let offer = self.offer_of(session).and_then(|offer| self.offers.get(&offer));
        let ringing = offer.map_or_else(Vec::new, |offer| offer.ringing.iter().copied().collect());
        Some(WaitingView { session, priority: place.priority.0, since: place.since, ringing })
    }
}
