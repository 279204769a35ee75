//! A consultation by a desk phone's own means: hold, a second call, and perhaps both handed to each other.
//!
//! The second call is a session of its own *beside* the first, so whatever can be dialled can be consulted, with the
//! sound of a private room. Handed over, whoever was consulted moves into the room of the client.

use super::Switch;
use super::cause::{Cause, EndedBy};
use super::command::Refusal;
use super::history::Happening;
use super::line::Handed;
use super::parties::RING;
use super::session::{CallerLeg, Forward, Leg, LegState, Part, Role, Session, Stage};
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
        let (room, operator) = (session.room, leg.operator());
        let party = leg.role.clone();
        session.legs.insert(moved, leg);
        session.closing.insert(moved);
        if let Some(talk) = session.talk_mut() {
            talk.forward = Some(forward);
        }
        self.legs.insert(moved, id);
        self.tell_media(media::Command::StopPlay { leg: moved });
        self.tell_media(media::Command::Move { leg: moved, room });
        operator.into_iter().for_each(|operator| self.engage(id, operator, now));
        let party = self.party_name(&party);
        if rings {
            self.note(id, Happening::Dialled { party }, now);
            return self.refresh(id, now);
        }
        self.note(id, Happening::Joined { leg: moved, party, operator, part: Part::Party }, now);
        self.handed_over(id, forward, now);
    }
}
