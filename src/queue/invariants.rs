//! What must hold after every step; a violation is counted live and fails the tests.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::machine::Queues;
use super::operator::Engagement;
use super::output::OfferId;
use super::waiting::WaitState;
use crate::id::{SessionId, UserId};

/// Something that must never be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Violation {
    /// An operator is on two sessions that each want them alone.
    TwoSessions(UserId),
    /// Two offers ring at one operator.
    TwoOffers(UserId),
    /// An offer rings at an operator who does not know of it, or the other way round.
    OfferMismatch(OfferId, UserId),
    /// An offer is past its time, or rings at nobody.
    EndlessOffer(OfferId),
    /// A session and its offer do not name each other.
    LostOffer(OfferId),
    /// A session waits although somebody can be asked.
    Overlooked(SessionId),
    /// A session waits past its time and nobody's phone rings for it.
    Overdue(SessionId),
    /// A session has no place in the order of service, or a place has no session.
    Misplaced(SessionId),
}

impl Violation {
    /// The name of its live counter.
    pub const fn name(self) -> &'static str {
        match self {
            Violation::TwoSessions(_) => "queue_two_sessions",
            Violation::TwoOffers(_) => "queue_two_offers",
            Violation::OfferMismatch(..) => "queue_offer_mismatch",
            Violation::EndlessOffer(_) => "queue_endless_offer",
            Violation::LostOffer(_) => "queue_lost_offer",
            Violation::Overlooked(_) => "queue_overlooked",
            Violation::Overdue(_) => "queue_overdue",
            Violation::Misplaced(_) => "queue_misplaced",
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Violation::TwoSessions(operator) | Violation::TwoOffers(operator) => {
                write!(f, "{}: operator {operator}", self.name())
            }
            Violation::OfferMismatch(offer, operator) => {
                write!(f, "{}: offer {offer}, operator {operator}", self.name())
            }
            Violation::EndlessOffer(offer) | Violation::LostOffer(offer) => {
                write!(f, "{}: offer {offer}", self.name())
            }
            Violation::Overlooked(session) | Violation::Overdue(session) | Violation::Misplaced(session) => {
                write!(f, "{}: session {session}", self.name())
            }
        }
    }
}

impl Queues {
    /// Every invariant that does not hold at the last moment we were told; empty when all is well.
    pub fn invariants(&self) -> Vec<Violation> {
        let mut violations = vec![];
        self.check_operators(&mut violations);
        self.check_offers(&mut violations);
        self.check_sessions(&mut violations);
        violations
    }

    fn check_operators(&self, violations: &mut Vec<Violation>) {
        for (id, record) in &self.operators {
            let rings = || self.offers.iter().filter(|(_, offer)| offer.ringing.contains(id));
            if rings().count() > 1 {
                violations.push(Violation::TwoOffers(*id));
            }
            match &record.state.engagement {
                Engagement::OnSession { sessions, .. } if !self.may_be_on(sessions) => {
                    violations.push(Violation::TwoSessions(*id));
                }
                _ => {}
            }
            if let Some(offer) = record.offer().filter(|offer| !rings().any(|(live, _)| live == offer)) {
                violations.push(Violation::OfferMismatch(offer, *id));
            }
        }
    }

    fn check_offers(&self, violations: &mut Vec<Violation>) {
        for (id, offer) in &self.offers {
            if offer.until < self.now || offer.ringing.is_empty() {
                violations.push(Violation::EndlessOffer(*id));
            }
            let waiting = self.waiting.get(&offer.session);
            if waiting.is_none_or(|waiting| waiting.state != WaitState::Offered(*id)) {
                violations.push(Violation::LostOffer(*id));
            }
            let knows = |operator: &UserId| self.operators.get(operator).and_then(|o| o.offer()) == Some(*id);
            let strangers = offer.ringing.iter().filter(|operator| !knows(operator));
            violations.extend(strangers.map(|operator| Violation::OfferMismatch(*id, *operator)));
        }
    }

    fn check_sessions(&self, violations: &mut Vec<Violation>) {
        for (id, waiting) in &self.waiting {
            if !self.order.contains(&waiting.place) || waiting.place.session != *id {
                violations.push(Violation::Misplaced(*id));
            }
            match waiting.state {
                WaitState::Offered(offer) if !self.offers.contains_key(&offer) => {
                    violations.push(Violation::LostOffer(offer));
                }
                WaitState::Queued if waiting.deadline.is_some_and(|deadline| deadline < self.now) => {
                    violations.push(Violation::Overdue(*id));
                }
                _ => {}
            }
        }
        let strays = self.order.iter().filter(|place| !self.waiting.contains_key(&place.session));
        violations.extend(strays.map(|place| Violation::Misplaced(place.session)));
        violations.extend(self.next_match().map(|(session, ..)| Violation::Overlooked(session)));
    }

    /// The live counters' names, so that each stands at zero before anything goes wrong.
    pub fn violation_names() -> [&'static str; 8] {
        [
            "queue_two_sessions",
            "queue_two_offers",
            "queue_offer_mismatch",
            "queue_endless_offer",
            "queue_lost_offer",
            "queue_overlooked",
            "queue_overdue",
            "queue_misplaced",
        ]
    }
}
