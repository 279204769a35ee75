//! Those who take part in a conversation: they come, are muted, hold, and leave.

use std::time::Duration;

use super::Switch;
use super::cause::{Cause, EndedBy};
use super::command::Refusal;
use super::history::Happening;
use super::leg::{Callee, Leg, LegState, Part, Role};
use super::line::Target;
use super::route::Route;
use super::services::Service;
use super::session::CallerLeg;
use super::stage::{Forward, Held};
use crate::id::{LegId, SessionId, UserId};
use crate::time::Time;

/// Operators, and others in their place, who serve one client at once.
pub const MOST_OPERATORS: usize = 5;
/// How long somebody rings who is wanted in a conversation.
pub(super) const RING: Duration = Duration::from_secs(30);

impl Switch {
    /// Calls somebody into a conversation. An error says why that cannot be.
    pub(super) fn call_in(
        &mut self,
        id: SessionId,
        route: Route,
        part: Part,
        now: Time,
    ) -> Result<LegId, Cause> {
        let callee = match route {
            // Who supervises does so in person.
            Route::Operator(user) if part != Part::Party => self.callee_operator(user, None),
            Route::Operator(user) => self.direct(id, user, vec![], now)?,
            Route::External(to) => Callee::external(self.outward(to)),
            Route::Group(_) | Route::Dialplan(_) | Route::Emergency { .. } | Route::Feature(_) => {
                return Err(Cause::Forbidden);
            }
        };
        self.ring_in(id, callee, part, now)
    }

    /// Has this one's phone ring for the conversation, whatever rules there are for calls to it.
    pub(super) fn ring_in(
        &mut self,
        id: SessionId,
        callee: Callee,
        part: Part,
        now: Time,
    ) -> Result<LegId, Cause> {
        let until = now + self.patience_of(&callee).unwrap_or(RING);
        let leg = match callee.role {
            Role::Operator { user, .. } => {
                self.operator_takes(id, user)?;
                self.engage(id, user, now);
                self.note(id, Happening::Dialled { party: self.party_name(&callee.role) }, now);
                let target = callee.target.unwrap_or_else(|| Target::Devices(vec![]));
                Some(self.call(id, callee.role, target, now))
            }
            Role::External(outward) => self.call_outside(id, outward, now),
        };
        let leg = leg.ok_or(Cause::Unavailable)?;
        self.let_ring(id, leg, (Some(until), part), callee.followed);
        Ok(leg)
    }

    /// Who is called in place of somebody who could not be had rings for the conversation, if there is such a one.
    fn rings_by_rule(
        &mut self,
        id: SessionId,
        (leg, failed): (LegId, &Leg),
        (cause, part): (Cause, Part),
        now: Time,
    ) -> bool {
        let Some(instead) = self.instead_of(id, failed, cause, now) else { return false };
        let Ok(new) = self.ring_in(id, instead, part, now) else { return false };
        self.rings_instead(id, (leg, new), None);
        true
    }

    /// Somebody who was called into the conversation has answered.
    pub(super) fn joined(&mut self, id: SessionId, leg: LegId, now: Time) {
        let Some(session) = self.sessions.get(&id) else { return };
        let Some(joined) = session.legs.get(&leg).cloned() else { return };
        if self.taken_up(id, leg, now) {
            return;
        }
        let Some(session) = self.sessions.get(&id) else { return };
        let forward = session.talk().and_then(|talk| talk.forward).filter(|forward| forward.to == leg);
        let part = joined.voice().map(|voice| voice.part).unwrap_or_default();
        let (party, operator) = (self.party_name(&joined.role), joined.operator());
        self.note(id, Happening::Joined { leg, party, operator, part }, now);
        match forward {
            Some(forward) => self.handed_over(id, forward, now),
            None => self.refresh(id, now),
        }
    }

    /// A call that went another way is the one that rings now.
    pub(super) fn rings_instead(&mut self, id: SessionId, (old, new): (LegId, LegId), failed: Option<Leg>) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if let (Some(leg), Some(failed)) = (session.legs.get_mut(&new), failed) {
            leg.state = failed.state;
        }
        if let Some(forward) = session.talk_mut().and_then(|talk| talk.forward.as_mut())
            && forward.to == old
        {
            forward.to = new;
        }
    }

    /// A leg of a conversation is over.
    pub(super) fn party_gone(
        &mut self,
        id: SessionId,
        leg: LegId,
        gone: Leg,
        (cause, by): (Cause, EndedBy),
        now: Time,
    ) {
        self.release(id, &gone.role, now);
        let party = self.party_name(&gone.role);
        match gone.state {
            LegState::Ringing { part, .. } => {
                self.note(id, Happening::NotReached { party, cause }, now);
                if !self.rings_by_rule(id, (leg, &gone), (cause, part), now) {
                    self.ring_failed(id, leg, cause, now);
                }
            }
            LegState::Up(_) => self.left(id, (leg, party), gone.is_party(), (cause, by), now),
        }
    }

    /// The caller's leg is over. A caller who is served takes the session along; an operator may leave others behind.
    pub(super) fn caller_gone(&mut self, id: SessionId, (cause, by): (Cause, EndedBy), now: Time) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.caller_leg = CallerLeg::Down;
        let leg = session.caller;
        let serves = leg != session.client && session.legs.contains_key(&session.client);
        match session.calling_operator {
            Some(operator) if serves && session.talk().is_some() => {
                self.release_operator(id, operator, now);
                let party = self.operator_name(operator);
                self.left(id, (leg, party), true, (cause, by), now);
            }
            _ => self.end(id, cause, by, now),
        }
    }

    /// Somebody who talked is gone. The rest go on, as long as the client is there and somebody who serves.
    fn left(
        &mut self,
        id: SessionId,
        (leg, party): (LegId, String),
        was_party: bool,
        (cause, by): (Cause, EndedBy),
        now: Time,
    ) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let somebody = session.company().next().is_some();
        let rings = session.legs.iter().find(|(_, leg)| leg.voice().is_none() && leg.is_party());
        let rings = rings.map(|(ringing, _)| *ringing);
        let client = session.client;
        let Some(talk) = session.talk_mut() else { return };
        // Who leaves before the colleague has answered, hands over.
        if let (false, None, true, Some(to)) = (somebody, talk.forward, was_party && leg != client, rings) {
            talk.forward = Some(Forward { to, from: leg, by: None, request: None, recall: false });
        }
        let comes = talk.forward.is_some();
        if leg == client || !(somebody || comes) {
            return self.conversation_over(id, (leg, party), (cause, by), now);
        }
        self.note(id, Happening::Left { leg, party, by, cause }, now);
        if !somebody || comes {
            return self.refresh(id, now);
        }
        if let Some(talk) = self.sessions.get_mut(&id).and_then(|session| session.talk_mut())
            && talk.held.is_some_and(|held| held.by() == leg)
        {
            // The client is with who is left.
            talk.held = None;
        }
        self.consultation_over(id);
        self.refresh(id, now);
    }

    /// A consultation in which nobody is left to be asked is over: the client is with the one who asked.
    pub(super) fn consultation_over(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let asked = session.serving();
        if let Some(talk) = session.talk_mut()
            && let (Some(Held::Consult { .. }), ..=1) = (talk.held, asked)
        {
            talk.held = None;
        }
    }

    /// Sends somebody out of the conversation.
    pub(super) fn remove_party(&mut self, id: SessionId, leg: LegId, cause: Cause, now: Time) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if leg == session.client {
            return self.end(id, cause, EndedBy::Us, now);
        }
        if leg == session.caller {
            self.hang_up(leg, cause);
            return self.caller_gone(id, (cause, EndedBy::Us), now);
        }
        if let Some(gone) = session.legs.remove(&leg) {
            self.hang_up(leg, cause);
            self.party_gone(id, leg, gone, (cause, EndedBy::Us), now);
        }
    }

    /// Those who rang long enough to come into a conversation are given up.
    pub(super) fn give_up_ringing(&mut self, id: SessionId, now: Time) {
        let Some(session) = self.sessions.get(&id) else { return };
        let due =
            |leg: &Leg| matches!(leg.state, LegState::Ringing { until: Some(until), .. } if until <= now);
        let due: Vec<_> = session.legs.iter().filter(|(_, leg)| due(leg)).map(|(id, _)| *id).collect();
        for leg in due {
            self.remove_party(id, leg, Cause::NoAnswer, now);
        }
    }

    /// A phone puts us on hold by its own means, or takes the call up again.
    pub(super) fn phone_holds(&mut self, id: SessionId, leg: LegId, holds: bool, now: Time) {
        let Some(voice) = self.sessions.get_mut(&id).and_then(|session| session.voice_mut(leg)) else {
            return;
        };
        if std::mem::replace(&mut voice.holds, holds) != holds {
            let admitted = self.admits(id, Service::Hold);
            if let (true, Err(Refusal { why, .. })) = (holds, admitted) {
                // The phone has done it already, and the client is not to meet silence.
                self.note(
                    id,
                    Happening::Decision { reasons: vec![format!("held by the phone though {why}")] },
                    now,
                );
            }
            self.refresh_room_of(id);
            self.refresh(id, now);
        }
    }

    /// What somebody at this leg is called.
    pub(super) fn name_at(&self, id: SessionId, leg: LegId) -> String {
        let Some(session) = self.sessions.get(&id) else { return leg.to_string() };
        match session.legs.get(&leg) {
            Some(leg) => self.party_name(&leg.role),
            None => session.calling_operator.map_or("caller".to_owned(), |user| self.operator_name(user)),
        }
    }

    /// The session in which this operator serves somebody, with the leg by which.
    pub(super) fn conversation_of(&self, user: UserId) -> Option<(SessionId, LegId)> {
        let main =
            self.sessions.values().filter(|session| session.beside.is_none() && session.talk().is_some());
        // A phone's call is beside what is spoken, not beside what is written.
        let main = main.filter(|session| session.has_sound());
        main.filter_map(|session| Some((session.id, session.leg_of(user)?))).next()
    }
}
