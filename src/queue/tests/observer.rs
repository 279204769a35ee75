//! A second opinion on the queues: it sees only what goes in and what comes out.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::id::{GroupId, SessionId, UserId};
use crate::queue::*;
use crate::time::Time;

/// How long a refusal counts, as promised to operators.
const PEACE: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub struct Seen {
    group: GroupId,
    priority: i32,
    since: Time,
    arrival: usize,
    rings: Option<OfferId>,
    promised: bool,
    rests: bool,
    tried: BTreeMap<UserId, Time>,
    pub offered: usize,
}

#[derive(Debug)]
struct Ringing {
    session: SessionId,
    at: BTreeSet<UserId>,
    until: Time,
    taken: bool,
}

#[derive(Default)]
pub struct Observer {
    pub waiting: BTreeMap<SessionId, Seen>,
    pub ended: BTreeMap<SessionId, &'static str>,
    pub visits: BTreeMap<String, usize>,
    groups: BTreeMap<GroupId, Group>,
    known: BTreeSet<UserId>,
    /// The line of each session.
    lines: BTreeMap<SessionId, String>,
    operators: BTreeMap<UserId, OperatorState>,
    offers: BTreeMap<OfferId, Ringing>,
    arrivals: usize,
}

impl Observer {
    fn visit(&mut self, what: String) {
        *self.visits.entry(what).or_default() += 1;
    }

    pub fn input(&mut self, input: &Input, now: Time) {
        match input {
            Input::Configure(config) => {
                self.groups = config.groups.iter().map(|group| (group.id, group.clone())).collect();
                self.known = config.operators.iter().map(|operator| operator.id).collect();
                self.operators.retain(|id, _| self.known.contains(id));
            }
            Input::Enqueue { session, line, group, priority, since } => {
                self.lines.insert(*session, line.clone());
                self.waits(*session, (*group, *priority, *since), false, "queued");
            }
            Input::Promise { session, line, group, priority, since, rests } => {
                self.lines.insert(*session, line.clone());
                self.waits(*session, (*group, *priority, *since), *rests, "promised");
            }
            Input::Rest { session, rests } => {
                if let Some(seen) = self.waiting.get_mut(session).filter(|seen| seen.promised)
                    && std::mem::replace(&mut seen.rests, *rests) != *rests
                {
                    self.visit(format!("rests -> {rests}"));
                }
            }
            // Who is asked first changes nothing of what must always hold.
            Input::Reserve { .. } => {}
            Input::Leave { session, .. } => self.end(*session, "left"),
            Input::Engaged { session, .. } => self.end(*session, "picked up"),
            Input::Refused { offer, operator, why } => {
                self.visit(format!("refused: {why:?}"));
                self.stops(*offer, *operator, Some(now));
            }
            _ => {}
        }
    }

    fn waits(
        &mut self,
        session: SessionId,
        (group, priority, since): (GroupId, i32, Time),
        rests: bool,
        how: &str,
    ) {
        let moved = self.waiting.remove(&session).is_some();
        self.visit(format!("session {} -> {how}", if moved { "waiting" } else { "new" }));
        self.arrivals += 1;
        let (arrival, tried) = (self.arrivals, BTreeMap::new());
        let promised = how == "promised";
        let seen = Seen { group, priority, since, arrival, rings: None, promised, rests, tried, offered: 0 };
        self.waiting.insert(session, seen);
    }

    fn end(&mut self, session: SessionId, how: &'static str) {
        if let Some(seen) = self.waiting.remove(&session) {
            self.visit(format!(
                "session {} -> {how}",
                if seen.rings.is_some() { "ringing" } else { "queued" }
            ));
            assert_eq!(self.ended.insert(session, how), None, "a session ends once");
        }
    }

    /// A phone no longer rings; `in_vain` if its operator counts as asked.
    fn stops(&mut self, offer: OfferId, operator: UserId, in_vain: Option<Time>) {
        let Some(ringing) = self.offers.get_mut(&offer) else { return };
        assert!(ringing.at.remove(&operator), "only a phone that rings can stop");
        let (session, over) = (ringing.session, ringing.at.is_empty());
        if over {
            self.offers.remove(&offer);
        }
        let Some(seen) = self.waiting.get_mut(&session).filter(|seen| seen.rings == Some(offer)) else {
            return;
        };
        if let Some(now) = in_vain {
            seen.tried.insert(operator, now);
        }
        if over {
            seen.rings = None;
            self.visit("session ringing -> queued".into());
        }
    }

    pub fn output(&mut self, output: &Output, now: Time) {
        match output {
            Output::Offer { offer, session, operators, until, by, .. } => {
                self.offered(*offer, *session, operators, *by, now);
                let at = operators.iter().copied().collect();
                self.offers.insert(
                    *offer,
                    Ringing { session: *session, at, until: *until, taken: *by == OfferBy::Take },
                );
            }
            Output::Withdrawn { offer, operator, why } => self.withdrawn(*offer, *operator, *why, now),
            Output::Connected { offer, session, operator, .. } => {
                self.end(*session, "connected");
                self.stops(*offer, *operator, None);
            }
            Output::Overflow { session, why, .. } => {
                self.visit(format!("overflow: {why:?}"));
                self.end(*session, "overflowed");
            }
            Output::Taken { session, operator, offer } => {
                let ringing = self.offers.get_mut(offer).unwrap();
                assert_eq!((ringing.session, &ringing.at), (*session, &BTreeSet::from([*operator])));
                if !std::mem::replace(&mut ringing.taken, true) {
                    let group = &self.groups[&self.waiting[session].group];
                    ringing.until = now + group.offer_for;
                }
                self.visit("taken".into());
            }
            Output::TakeRefused { why, .. } => self.visit(format!("take refused: {why:?}")),
            Output::OperatorChanged { operator, state } if self.known.contains(operator) => {
                self.changed(*operator, state);
            }
            Output::OperatorChanged { .. } => {}
            Output::Decision(decision) => self.decided(decision),
        }
    }

    fn withdrawn(&mut self, offer: OfferId, operator: UserId, why: WithdrawnWhy, now: Time) {
        self.visit(format!("withdrawn: {why:?}"));
        match why {
            WithdrawnWhy::TooLate => {}
            WithdrawnWhy::CompletedElsewhere
            | WithdrawnWhy::CallerLeft
            | WithdrawnWhy::Redirected
            | WithdrawnWhy::Rests => self.stops(offer, operator, None),
            _ => self.stops(offer, operator, Some(now)),
        }
    }

    fn decided(&mut self, decision: &Decision) {
        let outcome = format!("{:?}", decision.outcome);
        self.visit(format!("decision: {}", outcome.split('(').next().unwrap()));
        for reason in &decision.reasons {
            let verdict = format!("{:?}", reason.verdict);
            self.visit(format!("verdict: {}", verdict.split(' ').next().unwrap()));
        }
    }

    fn changed(&mut self, operator: UserId, state: &OperatorState) {
        let kind = |state: &OperatorState| match state.engagement {
            Engagement::Free => "free",
            Engagement::Offered { .. } => "offered",
            Engagement::OnSession { .. } => "on session",
            Engagement::AfterWork { .. } => "after work",
        };
        let status = |state: &OperatorState| match state.status {
            Status::Online => "online",
            Status::Away { .. } => "away",
            Status::NotAnswering => "not answering",
        };
        let Some(before) = self.operators.insert(operator, state.clone()) else { return };
        if kind(&before) != kind(state) {
            self.visit(format!("operator {} -> {}", kind(&before), kind(state)));
        }
        if status(&before) != status(state) {
            self.visit(format!("status {} -> {}", status(&before), status(state)));
        }
        if before.off.len() != state.off.len() {
            self.visit(format!(
                "channel -> {}",
                if before.off.len() > state.off.len() { "on" } else { "off" }
            ));
        }
        if before.reachable != state.reachable {
            self.visit(format!("operator reachable -> {}", state.reachable));
        }
        if let Engagement::OnSession { sessions, .. } = &state.engagement {
            assert_eq!(sessions.len(), 1, "no operator is on two exclusive sessions");
        }
    }

    /// An offer must be one that may be made, to the one who comes first, for the one who waited
    /// longest.
    fn offered(&mut self, offer: OfferId, session: SessionId, operators: &[UserId], by: OfferBy, now: Time) {
        assert!(!operators.is_empty());
        for operator in operators {
            let rings = self.offers.values().any(|ringing| ringing.at.contains(operator));
            assert!(!rings, "no operator is offered two sessions at once");
            let state = &self.operators[operator];
            assert!(
                state.reachable
                    && matches!(state.engagement, Engagement::Offered { offer: o, .. } if o == offer)
            );
            assert!(state.status == Status::Online || by == OfferBy::Take);
            assert!(!state.off.contains(&self.lines[&session]), "a channel that is off brings nothing new");
        }
        let seen = &self.waiting[&session];
        assert!(seen.rings.is_none(), "a session rings by one offer at a time");
        assert!(!seen.rests, "who cannot be called back now is offered to nobody");
        if by != OfferBy::Take {
            self.comes_first(session, operators, now);
        }
        let seen = self.waiting.get_mut(&session).unwrap();
        seen.rings = Some(offer);
        seen.offered += 1;
        self.visit(format!("session queued -> ringing by {by:?}"));
    }

    fn comes_first(&self, session: SessionId, operators: &[UserId], now: Time) {
        let seen = &self.waiting[&session];
        let rested =
            |seen: &Seen, id: &UserId| seen.tried.get(id).is_none_or(|tried| now.since(*tried) >= PEACE);
        let members = |group: GroupId| self.groups[&group].members.iter().map(|member| member.operator);
        for chosen in operators {
            assert!(rested(seen, chosen) && members(seen.group).any(|member| member == *chosen));
            if seen.tried.contains_key(chosen) {
                let mut fresh = members(seen.group).filter(|id| !seen.tried.contains_key(id));
                assert!(
                    !fresh.any(|id| self.is_free(id, session)) || operators.len() > 1,
                    "others are asked before"
                );
            }
        }
        let order = |seen: &Seen| (-i64::from(seen.priority), seen.since, seen.arrival);
        let waits = |other: &Seen| other.rings.is_none() && !other.rests;
        let before = self.waiting.iter().filter(|(_, other)| waits(other) && order(other) < order(seen));
        for (id, other) in before {
            let pulls = self.groups[&other.group].strategy == Strategy::Pull;
            let takes = |user: &UserId| !self.operators[user].off.contains(&self.lines[id]);
            let could = |user: &UserId| {
                members(other.group).any(|member| member == *user) && rested(other, user) && takes(user)
            };
            assert!(pulls || !operators.iter().any(could), "who waited longer is served before");
        }
    }

    fn is_free(&self, operator: UserId, session: SessionId) -> bool {
        self.operators
            .get(&operator)
            .is_some_and(|state| state.is_free() && state.reachable && state.wants(&self.lines[&session]))
    }

    /// After every step, both opinions are the same.
    pub fn agrees_with(&self, queues: &Queues, now: Time) {
        assert_eq!(queues.invariants(), []);
        for (id, state) in &self.operators {
            assert_eq!(queues.operator(*id), Some(state));
        }
        for ringing in self.offers.values() {
            assert!(ringing.until >= now, "every offer ends");
            assert!(self.waiting.contains_key(&ringing.session), "an offer is of a session that waits");
        }
        for group in self.groups.keys() {
            let mut order: Vec<(&SessionId, &Seen)> =
                self.waiting.iter().filter(|(_, seen)| seen.group == *group).collect();
            order.sort_by_key(|(_, seen)| (-i64::from(seen.priority), seen.since, seen.arrival));
            let order: Vec<SessionId> = order.into_iter().map(|(id, _)| *id).collect();
            assert_eq!(queues.waiting(*group), order, "first come, first served within a priority");
            for (index, session) in order.iter().enumerate() {
                assert_eq!(queues.position(*session), Some(index + 1));
                assert_eq!(queues.offer_of(*session), self.waiting[session].rings);
            }
        }
    }
}
