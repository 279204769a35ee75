//! Who is asked: verdicts on operators, and the order among the available.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::config::{Group, Reach, Strategy};
use super::decision::{Because, Decision, Outcome, Reason, Verdict};
use super::machine::Queues;
use super::operator::{Engagement, Status};
use super::output::{OfferBy, OfferId, Output};
use super::waiting::{WaitState, Waiting};
use crate::id::{GroupId, SessionId, UserId};
use crate::time::Time;

/// Sorts the available operators of a session: who was not asked, or longest ago; the least
/// loaded; the longest idle.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    asked: Option<Time>,
    load: usize,
    idle_since: Time,
    operator: UserId,
}

impl Queues {
    /// Offers what can be offered, in the order of service over all groups.
    pub(super) fn dispatch(&mut self) {
        loop {
            let Some((session, operators, by)) = self.next_match() else { return };
            let reasons = self.reasons(session, &operators, by);
            let Some(group) = self.waiting.get(&session).map(|waiting| waiting.group) else { return };
            let Some(offer) = self.make_offer(session, operators, by) else { return };
            let outcome = Outcome::Offered(offer);
            self.push(Output::Decision(Decision { session, group, outcome, reasons }));
        }
    }

    /// The first session in the order of service that somebody can be asked for, and whom.
    pub(super) fn next_match(&self) -> Option<(SessionId, Vec<UserId>, OfferBy)> {
        if self.waiting.is_empty() || !self.operators.values().any(|record| record.state.is_available()) {
            return None;
        }
        let mut free: BTreeMap<(GroupId, &str), bool> = BTreeMap::new();
        for place in &self.order {
            let Some(waiting) = self.waiting.get(&place.session) else { continue };
            let Some(group) = self.groups.get(&waiting.group) else { continue };
            let line = waiting.line.as_str();
            let takes = |operator| self.takes(operator, line, Some(group.tenant));
            let anybody = || group.members.iter().any(|member| takes(member.operator));
            let somebody = match self.reserved_for(place.session) {
                Some(operator) => takes(operator),
                None => *free.entry((group.id, line)).or_insert_with(anybody),
            };
            if waiting.state != WaitState::Queued || !somebody {
                continue;
            }
            let ranked = self.ranked(group, waiting);
            let (operators, by) = match group.strategy {
                Strategy::Push => (ranked.iter().take(1).map(|rank| rank.operator).collect(), OfferBy::Push),
                Strategy::RingAll => (ranked.iter().map(|rank| rank.operator).collect(), OfferBy::RingAll),
                Strategy::Pull => (vec![], OfferBy::Take),
            };
            if !operators.is_empty() {
                return Some((place.session, operators, by));
            }
        }
        None
    }

    /// Says why a session waits or overflows.
    pub(super) fn decide(&mut self, session: SessionId, outcome: Outcome) {
        if let Some(group) = self.waiting.get(&session).map(|waiting| waiting.group) {
            let reasons = self.reasons(session, &[], OfferBy::Push);
            self.push(Output::Decision(Decision { session, group, outcome, reasons }));
        }
    }

    /// Says why a session rings at the operator who took it.
    pub(super) fn decide_offered(&mut self, session: SessionId, offer: OfferId) {
        let Some(live) = self.offers.get(&offer) else { return };
        let (group, taker) = (live.group, live.ringing.iter().copied().collect::<Vec<_>>());
        let reasons = self.reasons(session, &taker, OfferBy::Take);
        self.push(Output::Decision(Decision { session, group, outcome: Outcome::Offered(offer), reasons }));
    }

    /// The members of a group in the order in which a call that does not wait rings them: the least
    /// loaded first, then the longest idle.
    pub fn in_order(&self, group: GroupId) -> Vec<UserId> {
        let members = self.groups.get(&group).map(|group| group.members.as_slice()).unwrap_or_default();
        let rank = |operator: UserId| {
            let record = self.operators.get(&operator)?;
            Some(Rank { asked: None, load: record.load(self.now), idle_since: record.idle_since, operator })
        };
        let mut ranked: Vec<Rank> = members.iter().filter_map(|member| rank(member.operator)).collect();
        ranked.sort_unstable();
        ranked.dedup();
        ranked.into_iter().map(|rank| rank.operator).collect()
    }

    /// Those who can be asked now, the best first.
    fn ranked(&self, group: &Group, waiting: &Waiting) -> Vec<Rank> {
        let rank = |operator| self.rank(operator, waiting, group).ok();
        let mut ranked: Vec<Rank> = self.considered(group, waiting).into_iter().filter_map(rank).collect();
        ranked.sort_unstable();
        ranked.dedup();
        ranked
    }

    fn rank(&self, operator: UserId, waiting: &Waiting, group: &Group) -> Result<Rank, Verdict> {
        let record = self.operators.get(&operator).ok_or(Verdict::Unknown)?;
        if let Some(wanted) = self.reserved_for(waiting.place.session).filter(|wanted| *wanted != operator) {
            let name = self.operators.get(&wanted).map_or_else(String::new, |record| record.name.clone());
            return Err(Verdict::ForAnother { name });
        }
        match self.reach_of(&waiting.line) {
            reach if record.state.is_reached(reach) => {}
            Reach::Phone => return Err(Verdict::Unreachable),
            Reach::Workspace => return Err(Verdict::NotAtDesk),
        }
        match &record.state.engagement {
            Engagement::Free => {}
            Engagement::OnSession { sessions, .. }
                if !self.has_room(&record.state, &waiting.line, Some(group.tenant)) =>
            {
                return Err(if sessions.len() > 1 {
                    Verdict::OnSessions(sessions.len())
                } else {
                    Verdict::OnSession
                });
            }
            Engagement::OnSession { offered: None, .. } => {}
            Engagement::Offered { .. } | Engagement::OnSession { .. } => return Err(Verdict::OfferedAnother),
            Engagement::AfterWork { .. } => return Err(Verdict::AfterWork),
        }
        match &record.state.status {
            Status::Online => {}
            Status::Away { reason } => return Err(Verdict::Away { reason: reason.clone() }),
            Status::NotAnswering => return Err(Verdict::NotAnswering),
        }
        if record.state.do_not_disturb {
            return Err(Verdict::DoNotDisturb);
        }
        if record.state.off.contains(&waiting.line) {
            return Err(Verdict::ChannelOff { line: waiting.line.clone() });
        }
        let asked = waiting.tried.get(&operator).copied();
        if asked.is_some_and(|asked| !self.rested(asked)) {
            return Err(Verdict::RefusedLately);
        }
        Ok(Rank { asked, load: record.load(self.now), idle_since: record.idle_since, operator })
    }

    /// A reason for each member of the session's group, the chosen first.
    pub(super) fn reasons(&self, session: SessionId, chosen: &[UserId], by: OfferBy) -> Vec<Reason> {
        let Some(waiting) = self.waiting.get(&session) else { return vec![] };
        let Some(group) = self.groups.get(&waiting.group) else { return vec![] };
        let ranked = self.ranked(group, waiting);
        let reason = |operator: UserId| Reason {
            operator,
            name: self.operators.get(&operator).map_or_else(String::new, |record| record.name.clone()),
            verdict: match chosen.contains(&operator) {
                true => Verdict::Offered(self.because(&ranked, by)),
                false => self.verdict(group, waiting, &ranked, operator),
            },
        };
        let considered = self.considered(group, waiting);
        let mut reasons: Vec<Reason> = considered.into_iter().map(reason).collect();
        reasons.sort_by_key(|reason| Reverse(chosen.contains(&reason.operator)));
        reasons
    }

    fn because(&self, ranked: &[Rank], by: OfferBy) -> Because {
        let (first, second) = match (by, ranked) {
            (OfferBy::Take, _) => return Because::Took,
            (OfferBy::RingAll, _) => return Because::RingAll,
            (OfferBy::Push, [first, second, ..]) => (first, second),
            (OfferBy::Push, _) => return Because::OnlyOne,
        };
        if first.asked != second.asked {
            Because::NotAskedYet
        } else if first.load != second.load {
            Because::LeastLoaded { sessions: first.load }
        } else {
            Because::LongestIdle { idle: self.now.since(first.idle_since) }
        }
    }

    /// Why an operator was not chosen.
    fn verdict(&self, group: &Group, waiting: &Waiting, ranked: &[Rank], operator: UserId) -> Verdict {
        let rank = match self.rank(operator, waiting, group) {
            Ok(rank) => rank,
            Err(verdict) => return verdict,
        };
        match ranked.first() {
            _ if group.strategy == Strategy::Pull => Verdict::MayTake,
            Some(first) if first.asked != rank.asked => Verdict::AskedBefore,
            Some(first) if first.load != rank.load => Verdict::MoreLoaded { sessions: rank.load },
            _ => Verdict::LessIdle { idle: self.now.since(rank.idle_since) },
        }
    }
}
