//! Offers: made, accepted, refused, taken, withdrawn, run out.

use std::collections::BTreeSet;
use std::time::Duration;

use super::config::Group;
use super::input::Refusal;
use super::machine::Queues;
use super::operator::{Held, Status, Through};
use super::output::{OfferBy, OfferId, Output, TakeRefusal, WithdrawnWhy};
use super::waiting::{Client, Offer, Timer, WaitState};
use crate::id::{SessionId, UserId};
use crate::time::Time;

/// How long an operator who refused a session is left in peace with it.
pub(super) const ASK_AGAIN_AFTER: Duration = Duration::from_secs(10);

impl Queues {
    /// Rings these operators for a waiting session. They are free; the session is queued.
    pub(super) fn make_offer(
        &mut self,
        session: SessionId,
        operators: Vec<UserId>,
        by: OfferBy,
    ) -> Option<OfferId> {
        let group = self.waiting.get(&session)?.group;
        let offer_for = self.groups.get(&group)?.offer_for;
        let offer = OfferId(self.next_offer);
        self.next_offer += 1;
        let until = self.wake(offer_for, Timer::OfferEnds(offer));
        let ringing: BTreeSet<UserId> = operators.iter().copied().collect();
        self.offers.insert(offer, Offer { session, group, ringing, since: self.now, until, by });
        self.waiting.get_mut(&session)?.state = WaitState::Offered(offer);
        for operator in &operators {
            self.ask(*operator, offer, session);
        }
        self.push(Output::Offer { offer, session, group, operators, until, by });
        Some(offer)
    }

    pub(super) fn accepted(&mut self, offer: OfferId, operator: UserId) {
        let ringing = self.offers.get(&offer).filter(|o| o.ringing.contains(&operator));
        let Some(Offer { session, group, since, .. }) = ringing.cloned() else {
            return self.push(Output::Withdrawn { offer, operator, why: WithdrawnWhy::TooLate });
        };
        if let Some(live) = self.offers.get_mut(&offer) {
            live.ringing.remove(&operator);
        }
        if let Some(waiting) = self.waiting.get(&session) {
            let (waited, rang) = (self.now.since(waiting.place.since), self.now.since(since));
            let experience = self.experience.entry(group).or_default();
            // How long others hold the line is not learnt from who has hung up.
            if waiting.client == Client::Present {
                experience.waited(waited, false);
            }
            experience.rang(rang);
        }
        self.reset_misses(operator);
        let line = self.waiting.get(&session).map_or_else(String::new, |waiting| waiting.line.clone());
        self.hold(operator, session, Held { line, by: Through::Queue { group } });
        self.push(Output::Connected { offer, session, group, operator });
        self.remove(session, WithdrawnWhy::CompletedElsewhere);
        self.reserved.remove(&session);
    }

    pub(super) fn refused(&mut self, offer: OfferId, operator: UserId, why: Refusal) {
        if !self.offers.get(&offer).is_some_and(|live| live.ringing.contains(&operator)) {
            return;
        }
        match why {
            Refusal::NoAnswer => self.missed(offer, operator),
            Refusal::Declined => self.reset_misses(operator),
            Refusal::Busy | Refusal::Unreachable | Refusal::Failed => {}
        }
        self.stop_ringing(offer, operator);
    }

    pub(super) fn take(&mut self, session: SessionId, operator: UserId) {
        if let Err(why) = self.may_take(session, operator) {
            return self.push(Output::TakeRefused { session, operator, why });
        }
        self.reset_misses(operator);
        if let Some(record) =
            self.operators.get_mut(&operator).filter(|o| o.state.status == Status::NotAnswering)
        {
            record.state.status = Status::Online;
            self.tell(operator);
        }
        let taken = match self.waiting.get(&session).map(|waiting| waiting.state.clone()) {
            Some(WaitState::Offered(offer)) if self.rings(offer, operator) => {
                Some(self.keep_only(offer, operator))
            }
            Some(WaitState::Offered(offer)) => {
                self.withdraw(offer, WithdrawnWhy::CompletedElsewhere);
                self.ring_taker(session, operator)
            }
            _ => self.ring_taker(session, operator),
        };
        if let Some(offer) = taken {
            self.decide_offered(session, offer);
            self.push(Output::Taken { session, operator, offer });
        }
    }

    fn ring_taker(&mut self, session: SessionId, operator: UserId) -> Option<OfferId> {
        self.withdraw_from(operator, WithdrawnWhy::TookAnother);
        self.make_offer(session, vec![operator], OfferBy::Take)
    }

    pub(super) fn may_take(&self, session: SessionId, operator: UserId) -> Result<(), TakeRefusal> {
        let waiting = self.waiting.get(&session).ok_or(TakeRefusal::NotWaiting)?;
        let is_theirs = |group: &&Group| group.has(operator) || self.reserved_for(session) == Some(operator);
        let group = self.groups.get(&waiting.group).filter(is_theirs);
        let record =
            self.operators.get(&operator).filter(|_| group.is_some()).ok_or(TakeRefusal::NotMember)?;
        if !self.has_room(&record.state, &waiting.line, group.map(|group| group.tenant)) {
            return Err(TakeRefusal::OnSession);
        }
        if !record.state.is_reached(self.reach_of(&waiting.line)) {
            return Err(TakeRefusal::Unreachable);
        }
        if record.state.off.contains(&waiting.line) {
            return Err(TakeRefusal::ChannelOff);
        }
        match waiting.state {
            WaitState::Offered(offer) if self.is_taken(offer) && !self.rings(offer, operator) => {
                Err(TakeRefusal::AlreadyTaken)
            }
            WaitState::Resting => Err(TakeRefusal::NotWaiting),
            _ => Ok(()),
        }
    }

    /// The offer rings on at the one who took it, once for its full time, and stops at the others.
    fn keep_only(&mut self, offer: OfferId, operator: UserId) -> OfferId {
        let Some(live) = self.offers.get(&offer).filter(|live| live.by != OfferBy::Take) else {
            return offer;
        };
        let others: Vec<UserId> = live.ringing.iter().copied().filter(|other| *other != operator).collect();
        let offer_for = self.groups.get(&live.group).map_or(Duration::ZERO, |group| group.offer_for);
        for other in others {
            self.silence(offer, other, WithdrawnWhy::CompletedElsewhere);
        }
        let until = self.wake(offer_for, Timer::OfferEnds(offer));
        if let Some(live) = self.offers.get_mut(&offer) {
            let before = std::mem::replace(&mut live.until, until);
            live.by = OfferBy::Take;
            if before != until {
                self.cancel(before, Timer::OfferEnds(offer));
            }
        }
        offer
    }

    /// The offer's time is over: everybody who still rings has missed it.
    pub(super) fn offer_ends(&mut self, offer: OfferId) {
        let Some(live) = self.offers.get(&offer) else { return };
        for operator in live.ringing.clone() {
            self.missed(offer, operator);
            self.push(Output::Withdrawn { offer, operator, why: WithdrawnWhy::NoAnswer });
            self.stop_ringing(offer, operator);
        }
    }

    /// Withdraws whatever rings at this operator; its session goes on to others.
    pub(super) fn withdraw_from(&mut self, operator: UserId, why: WithdrawnWhy) {
        if let Some(offer) = self.operators.get(&operator).and_then(|record| record.offer()) {
            self.push(Output::Withdrawn { offer, operator, why });
            self.stop_ringing(offer, operator);
        }
    }

    /// Ends an offer everywhere, through no fault of those who ring.
    pub(super) fn withdraw(&mut self, offer: OfferId, why: WithdrawnWhy) {
        let Some(Offer { session, ringing, .. }) = self.offers.get(&offer).cloned() else { return };
        for operator in ringing {
            self.silence(offer, operator, why);
        }
        self.drop_offer(offer);
        if let Some(waiting) = self.waiting.get_mut(&session) {
            waiting.state = WaitState::Queued;
        }
    }

    /// Stops one phone of an offer; the operator is as idle as before.
    fn silence(&mut self, offer: OfferId, operator: UserId, why: WithdrawnWhy) {
        if let Some(live) = self.offers.get_mut(&offer) {
            live.ringing.remove(&operator);
        }
        self.push(Output::Withdrawn { offer, operator, why });
        self.unask(operator);
    }

    /// The operator was asked in vain: others come first, and the offer ends with its last one.
    fn stop_ringing(&mut self, offer: OfferId, operator: UserId) {
        let now = self.now;
        let Some(live) = self.offers.get_mut(&offer) else { return };
        let session = live.session;
        live.ringing.remove(&operator);
        let over = live.ringing.is_empty();
        if let Some(record) = self.operators.get_mut(&operator) {
            record.idle_since = now;
        }
        self.unask(operator);
        if let Some(waiting) = self.waiting.get_mut(&session) {
            waiting.tried.insert(operator, now);
            self.wake(ASK_AGAIN_AFTER, Timer::AskAgain);
        }
        if over {
            self.drop_offer(offer);
            self.back_to_queue(session);
        }
    }

    fn drop_offer(&mut self, offer: OfferId) {
        if let Some(gone) = self.offers.remove(&offer) {
            self.cancel(gone.until, Timer::OfferEnds(offer));
        }
    }

    fn missed(&mut self, offer: OfferId, operator: UserId) {
        let group = self.offers.get(&offer).and_then(|live| self.groups.get(&live.group));
        let allowed = group.map_or(0, |group| group.misses_allowed);
        let Some(record) = self.operators.get_mut(&operator) else { return };
        record.misses = record.misses.saturating_add(1);
        if allowed > 0 && record.misses >= allowed && record.state.status == Status::Online {
            record.state.status = Status::NotAnswering;
        }
    }

    fn reset_misses(&mut self, operator: UserId) {
        if let Some(record) = self.operators.get_mut(&operator) {
            record.misses = 0;
        }
    }

    fn rings(&self, offer: OfferId, operator: UserId) -> bool {
        self.offers.get(&offer).is_some_and(|live| live.ringing.contains(&operator))
    }

    fn is_taken(&self, offer: OfferId) -> bool {
        self.offers.get(&offer).is_some_and(|live| live.by == OfferBy::Take)
    }

    /// Whether an operator may be asked for a session again, having refused it at `tried`.
    pub(super) fn rested(&self, tried: Time) -> bool {
        self.now.since(tried) >= ASK_AGAIN_AFTER
    }
}
