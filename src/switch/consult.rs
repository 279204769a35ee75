//! A consultation by a desk phone's own means: hold, a second call, and perhaps both handed to each other.
//!
//! The second call is a session of its own *beside* the first, so whatever can be dialled can be consulted, with the
//! sound of a private room. Handed over, whoever was consulted moves into the room of the client.

use super::Switch;
use super::cause::{Cause, EndedBy};
use super::command::Refusal;
use super::history::Happening;
use super::leg::{Leg, LegState, Part, Role, Voice};
use super::line::Handed;
use super::parties::{MOST_OPERATORS, RING};
use super::services::Service;
use super::session::{CallerLeg, Session};
use super::stage::{Forward, Stage};
use crate::id::{LegId, SessionId, UserId};
use crate::media;
use crate::time::Time;

impl Switch {
    /// The session beside which an operator begins another one, if that is allowed now: while it talks, and once.
    pub(super) fn beside(&self, operator: UserId) -> Option<SessionId> {
        let (main, _) = self.conversation_of(operator)?;
        let consults =
            self.sessions.values().any(|session| session.beside == Some(main) && !session.is_over());
        (!consults).then_some(main)
    }

    /// A session that was begun beside this one stands for itself from now on.
    pub(super) fn stands_alone(&mut self, ended: SessionId, now: Time) {
        let beside = self.sessions.values_mut().find(|session| session.beside == Some(ended));
        let Some(session) = beside else { return };
        session.beside = None;
        let (id, stage) = (session.id, session.stage);
        match stage {
            Stage::Over { .. } => {}
            // Nobody waits in a queue to consult about a session that is over.
            Stage::Queued { .. } => self.end(id, Cause::Normal, EndedBy::Us, now),
            _ => {
                self.engage_caller(id, now);
                self.follow_rule(id, now);
                self.refresh(id, now);
            }
        }
    }

    /// An operator's phone hands whom it talks with by `one` to whom it talks with by `other`.
    pub(super) fn merge(
        &mut self,
        id: SessionId,
        (leg, operator): (LegId, UserId),
        other: LegId,
        request: u64,
        now: Time,
    ) -> Result<(), Refusal> {
        let elsewhere = self.legs.get(&other).copied().ok_or_else(Refusal::gone)?;
        let owns = |id: SessionId, leg| {
            self.sessions.get(&id).and_then(|session| session.operator_at(leg)) == Some(operator)
        };
        if elsewhere == id || !owns(elsewhere, other) {
            return Err(Refusal::new(Cause::Forbidden, "the other call is not the operator's own"));
        }
        // The client's session goes on, whichever of the two the phone named first.
        let is_beside = self.sessions.get(&id).is_some_and(|session| session.beside.is_some());
        let (main, side) =
            if is_beside { ((elsewhere, other), (id, leg)) } else { ((id, leg), (elsewhere, other)) };
        self.admits(main.0, Service::Forwarding)?;
        let main_talks =
            self.sessions.get(&main.0).and_then(Session::talk).is_some_and(|talk| talk.forward.is_none());
        if !main_talks {
            return Err(Refusal::new(Cause::Unavailable, "nobody waits to be handed over"));
        }
        let (moved, taken) = self
            .take_out(side.0, side.1)
            .ok_or_else(|| Refusal::new(Cause::Forbidden, "the other call has nobody who can take over"))?;
        self.tell_transfer(leg, Some(request), Handed::Trying);
        self.note_forward(main.0, self.party_name(&taken.role), operator, now);
        let forward = Forward { to: moved, from: main.1, by: Some(operator), request: None, recall: false };
        self.take_in(main.0, moved, taken, forward, now);
        // Who waits for the outcome learns it before its call is over.
        self.tell_transfer(leg, Some(request), Handed::Done);
        self.end(side.0, Cause::Normal, EndedBy::Us, now);
        self.reschedule(main.0);
        Ok(())
    }

    /// Whoever is consulted by a phone's second call comes to the client, and the operator too, by that same call: the one
    /// that the phone holds ends.
    pub(super) fn join(&mut self, main: SessionId, side: SessionId, now: Time) -> Result<(), Refusal> {
        self.admits(main, Service::Conference)?;
        let (operator, own) = self.asks(main, side).ok_or_else(Refusal::gone)?;
        let (Some(session), Some(beside)) = (self.sessions.get(&main), self.sessions.get(&side)) else {
            return Err(Refusal::gone());
        };
        let consulted = |leg: &Leg| leg.is_party() && leg.voice().is_some();
        let come: Vec<LegId> =
            beside.legs.iter().filter(|(_, leg)| consulted(leg)).map(|(id, _)| *id).collect();
        if session.talk().is_some_and(|talk| talk.forward.is_some()) {
            return Err(Refusal::new(Cause::Busy, "the client is being forwarded"));
        }
        if session.serving() + come.len() > MOST_OPERATORS {
            let why =
                format!("{MOST_OPERATORS} operators may be in a session, with those consulted it were more");
            return Err(Refusal { cause: Cause::Busy, why });
        }
        let muted = session.voices().any(|(leg, voice)| leg == own && voice.muted);
        let other = (beside.caller, Voice { muted, ..beside.caller_voice });
        for leg in come {
            if let Some(taken) = self.take_leg(side, leg) {
                self.move_in(main, leg, taken, now);
                self.note_joined(main, leg, now);
            }
        }
        self.change_phones(main, side, (operator, own), other, now);
        self.end(side, Cause::Normal, EndedBy::Us, now);
        self.refresh(main, now);
        self.reschedule(main);
        Ok(())
    }

    /// The operator who consults, and by which leg that one serves the client.
    fn asks(&self, main: SessionId, side: SessionId) -> Option<(UserId, LegId)> {
        let operator = self.sessions.get(&side)?.calling_operator?;
        Some((operator, self.sessions.get(&main)?.leg_of(operator)?))
    }

    /// An operator goes on in a session by the leg of the one beside it, in place of the own one.
    fn change_phones(
        &mut self,
        main: SessionId,
        side: SessionId,
        (user, own): (UserId, LegId),
        (other, voice): (LegId, Voice),
        now: Time,
    ) {
        if let Some(beside) = self.sessions.get_mut(&side) {
            beside.caller_leg = CallerLeg::Down;
            beside.closing.remove(&other);
            beside.music.remove(&other);
            beside.stage = Stage::Guided;
        }
        let role = Role::Operator { user, offer: None };
        self.move_in(main, other, Leg { role, state: LegState::Up(voice), followed: None }, now);
        self.note_joined(main, other, now);
        let Some(session) = self.sessions.get_mut(&main) else { return };
        if own == session.caller {
            session.caller_leg = CallerLeg::Down;
        }
        session.legs.remove(&own);
        session.music.remove(&own);
        if session.client == own {
            session.client = other;
        }
        if let Some(talk) = session.talk_mut() {
            talk.held = None;
        }
        let party = self.operator_name(user);
        self.note(main, Happening::Left { leg: own, party, by: EndedBy::Us, cause: Cause::Normal }, now);
        self.hang_up(own, Cause::Normal);
    }

    fn note_joined(&mut self, id: SessionId, leg: LegId, now: Time) {
        let operator = self.sessions.get(&id).and_then(|session| session.operator_at(leg));
        let party = self.name_at(id, leg);
        self.note(id, Happening::Joined { leg, party, operator, part: Part::Party }, now);
    }

    /// Takes a leg out of a session that was called there.
    fn take_leg(&mut self, id: SessionId, leg: LegId) -> Option<Leg> {
        let session = self.sessions.get_mut(&id)?;
        session.closing.remove(&leg);
        session.music.remove(&leg);
        session.legs.remove(&leg)
    }

    /// A leg of another session is one of this one from now on, and hears what is heard here.
    fn move_in(&mut self, id: SessionId, moved: LegId, leg: Leg, now: Time) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        // Who serves the client already has come by the queue, perhaps, and goes on so.
        let comes = leg.operator().filter(|operator| !session.engaged.contains(operator));
        let room = session.room;
        session.legs.insert(moved, leg);
        session.closing.insert(moved);
        self.legs.insert(moved, id);
        self.tell_media(media::Command::StopPlay { leg: moved });
        self.tell_media(media::Command::Move { leg: moved, room });
        comes.into_iter().for_each(|operator| self.engage(id, operator, now));
    }

    /// Takes out of a session whoever is at the other end of this leg.
    fn take_out(&mut self, id: SessionId, own: LegId) -> Option<(LegId, Leg)> {
        let session = self.sessions.get_mut(&id)?;
        let (moved, leg) = if own == session.caller {
            let mut called = session.legs.iter().filter(|(_, leg)| leg.is_party());
            let moved = called.next().map(|(leg, _)| *leg).filter(|_| called.next().is_none())?;
            (moved, session.legs.remove(&moved)?)
        } else {
            // A colleague who called.
            let user = session.calling_operator.filter(|_| session.caller_leg == CallerLeg::Up)?;
            let state = LegState::Up(session.caller_voice);
            session.caller_leg = CallerLeg::Down;
            (session.caller, Leg { role: Role::Operator { user, offer: None }, state, followed: None })
        };
        session.closing.remove(&moved);
        session.music.remove(&moved);
        session.stage = Stage::Guided;
        Some((moved, leg))
    }

    /// Takes somebody of another session in, who takes over now or as soon as that one answers.
    fn take_in(&mut self, id: SessionId, moved: LegId, mut leg: Leg, forward: Forward, now: Time) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let rings = leg.voice().is_none();
        if rings {
            leg.state = LegState::Ringing { until: Some(now + RING), part: Part::Party };
        }
        if let Some(talk) = session.talk_mut() {
            talk.forward = Some(forward);
        }
        self.move_in(id, moved, leg, now);
        if rings {
            let party = self.name_at(id, moved);
            self.note(id, Happening::Dialled { party }, now);
            return self.refresh(id, now);
        }
        self.note_joined(id, moved, now);
        self.handed_over(id, forward, now);
    }
}
