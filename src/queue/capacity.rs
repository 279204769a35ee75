//! How many sessions an operator may be on at once: by which lines they came, and what each line has beside another.

use std::collections::BTreeMap;

use super::config::Reach;
use super::machine::Queues;
use super::operator::{Held, OperatorState};
use super::output::{OfferId, WithdrawnWhy};
use crate::id::{SessionId, TenantId, UserId};

impl Queues {
    /// Where a session of this line finds its operator.
    pub(super) fn reach_of(&self, line: &str) -> Reach {
        self.lines.get(line).map(|line| line.reach).unwrap_or_default()
    }

    /// Whether an operator who is on what they are on may have one more session of this line, for this tenant.
    pub(super) fn has_room(&self, state: &OperatorState, line: &str, tenant: Option<TenantId>) -> bool {
        let there = || state.sessions().map(|(_, held)| held.line.as_str());
        let same = there().filter(|other| *other == line).count();
        there().all(|other| same < self.most(line, other, tenant))
    }

    /// So many sessions of a line there may be beside one of another line, or in all beside one of the same.
    fn most(&self, line: &str, other: &str, tenant: Option<TenantId>) -> usize {
        // Whoever is heard by one client is heard by no other.
        if [line, other].iter().all(|line| self.reach_of(line) == Reach::Phone) {
            return 0;
        }
        let own = tenant.and_then(|tenant| self.capacity.get(&tenant)?.get(line)?.get(other));
        let usual = || self.lines.get(line).and_then(|line| line.beside.get(other));
        own.or_else(usual).map_or(0, |most| *most as usize)
    }

    /// Whether an operator may be on all of these at once: one of those who want an operator alone, at most. What is
    /// there beside it the operator began.
    pub(super) fn may_be_on(&self, sessions: &BTreeMap<SessionId, Held>) -> bool {
        let alone = sessions.values().filter(|held| !self.is_shared(&held.line)).count();
        !sessions.is_empty() && alone <= 1
    }

    /// Whether an operator may have several sessions of this line.
    fn is_shared(&self, line: &str) -> bool {
        let usual = self.lines.get(line).is_some_and(|known| known.beside.contains_key(line));
        let own = || {
            let mut all = self.capacity.values();
            all.any(|capacity| capacity.get(line).is_some_and(|by| by.contains_key(line)))
        };
        self.reach_of(line) != Reach::Phone && (usual || own())
    }

    /// Whether an operator can be asked for a session of this line where such sessions find their operators; `None` if
    /// there is no such operator.
    pub fn is_reached(&self, operator: UserId, line: &str) -> Option<bool> {
        Some(self.operators.get(&operator)?.state.is_reached(self.reach_of(line)))
    }

    /// Whether an operator has room for a session of this line and tenant beside what they are on.
    pub fn has_room_for(&self, operator: UserId, line: &str, tenant: Option<TenantId>) -> bool {
        self.operators.get(&operator).is_none_or(|record| self.has_room(&record.state, line, tenant))
    }

    /// Whether an operator is not asked for anything, and has room for a session of this line and tenant.
    pub fn is_free_for(&self, operator: UserId, line: &str, tenant: Option<TenantId>) -> bool {
        self.operators.get(&operator).is_some_and(|record| record.offer().is_none())
            && self.has_room_for(operator, line, tenant)
    }

    /// Whether a session of this line and tenant may be offered to an operator now.
    pub fn takes(&self, operator: UserId, line: &str, tenant: Option<TenantId>) -> bool {
        self.operators.get(&operator).is_some_and(|record| {
            let state = &record.state;
            let reached = || state.is_reached(self.reach_of(line));
            state.is_available() && state.wants(line) && reached() && self.has_room(state, line, tenant)
        })
    }

    /// Where it rings at an operator, if it does.
    pub(super) fn rings_at(&self, operator: UserId) -> Option<Reach> {
        let offer = self.offers.get(&self.operators.get(&operator)?.offer()?)?;
        self.waiting.get(&offer.session).map(|waiting| self.reach_of(&waiting.line))
    }

    pub(super) fn ask(&mut self, operator: UserId, offer: OfferId, session: SessionId) {
        let asked = self.operators.get(&operator).map(|record| record.asked(offer, session));
        asked.into_iter().for_each(|asked| self.engage(operator, asked));
    }

    pub(super) fn unask(&mut self, operator: UserId) {
        let unasked = self.operators.get(&operator).map(|record| record.unasked());
        unasked.into_iter().for_each(|unasked| self.engage(operator, unasked));
    }

    /// A workspace was opened, or closed: what rings there rings no more.
    pub(super) fn set_at_desk(&mut self, operator: UserId, present: bool) {
        let Some(record) = self.operators.get_mut(&operator) else { return };
        if std::mem::replace(&mut record.state.at_desk, present) == present {
            return;
        }
        self.tell(operator);
        if !present && self.rings_at(operator) == Some(Reach::Workspace) {
            self.withdraw_from(operator, WithdrawnWhy::Unreachable);
        }
    }
}
