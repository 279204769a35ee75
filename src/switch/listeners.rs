//! Supervisors who listen go where the operator is: while a phone's second call stands beside the session of a client who
//! waits, they hear that one, and come back with the operator. Who has barged in stays with the client, as one of the
//! company.

use std::collections::BTreeSet;

use super::Switch;
use super::leg::{Part, Voice};
use super::session::Session;
use crate::id::{LegId, SessionId};
use crate::media;
use crate::time::Time;

impl Switch {
    /// The session beside this one, if there is one that is not over.
    fn beside_of(&self, main: SessionId) -> Option<&Session> {
        self.sessions.values().find(|session| session.beside == Some(main) && !session.is_over())
    }

    /// The consultation beside this session in which somebody talks now.
    pub(super) fn consulted_beside(&self, main: SessionId) -> Option<SessionId> {
        let beside = self.beside_of(main)?;
        beside.talk().filter(|talk| talk.forward.is_none()).map(|_| beside.id)
    }

    /// Takes those who listen to where they are to listen now. Gives the session beside, or that beside which this one
    /// is, if what they hear there is to be told anew.
    pub(super) fn listeners_follow(&mut self, id: SessionId) -> Option<SessionId> {
        let main = self.sessions.get(&id)?.beside.unwrap_or(id);
        let (listen, before) = (self.listeners(main), self.sessions.get(&main)?.elsewhere.clone());
        if listen.is_empty() && before.is_empty() {
            return None;
        }
        let side = self.consulted_beside(main).filter(|side| self.listens_beside(main, *side));
        let place = side.and_then(|side| self.sessions.get(&side)).map(|side| side.room);
        let followers = if place.is_some() { listen } else { BTreeSet::new() };
        let session = self.sessions.get_mut(&main)?;
        session.elsewhere.clone_from(&followers);
        let (room, place) = (session.room, place.unwrap_or(session.room));
        let stay = |leg: &&LegId| session.legs.contains_key(*leg);
        let back = before.difference(&followers).filter(stay).map(|leg| (*leg, room));
        let moves: Vec<_> = followers.difference(&before).map(|leg| (*leg, place)).chain(back).collect();
        for (leg, room) in moves {
            self.tell_media(media::Command::Move { leg, room });
        }
        if id == main { self.beside_of(main).map(|beside| beside.id) } else { Some(main) }
    }

    /// Whether the operator of this session is busy with the one beside it.
    fn listens_beside(&self, main: SessionId, side: SessionId) -> bool {
        let operator = self.sessions.get(&side).and_then(|side| side.calling_operator);
        let held = |session: &Session| {
            let own = operator.and_then(|operator| session.leg_of(operator));
            let by_phone = session.voices().any(|(leg, voice)| Some(leg) == own && voice.holds);
            by_phone || session.talk().is_some_and(|talk| talk.held.is_some())
        };
        self.consulted_beside(main) == Some(side) && self.sessions.get(&main).is_some_and(held)
    }

    fn listeners(&self, main: SessionId) -> BTreeSet<LegId> {
        let voices = self.sessions.get(&main).into_iter().flat_map(Session::voices);
        voices
            .filter(|(_, voice)| matches!(voice.part, Part::Listens | Part::Whispers))
            .map(|(leg, _)| leg)
            .collect()
    }

    /// Those who listen to this session though they are of another one.
    pub(super) fn guests(&self, id: SessionId) -> Vec<(LegId, Voice)> {
        let main = self.sessions.get(&id).and_then(|session| self.sessions.get(&session.beside?));
        main.map(|main| main.voices().filter(|(leg, _)| main.elsewhere.contains(leg)).collect())
            .unwrap_or_default()
    }

    /// A session is over: those who came to listen go back to where they belong.
    pub(super) fn listeners_return(&mut self, ended: SessionId, now: Time) {
        if let Some(main) = self.sessions.get(&ended).and_then(|session| session.beside) {
            self.refresh(main, now);
        }
    }
}
