//! A phone that is lost in mid-call, such as a page that is loaded anew: its leg is kept for a while, the others wait
//! with music, and another call of the same operator that names the leg takes it up again (RFC 3891).

use std::time::Duration;

use super::Switch;
use super::cause::{Cause, EndedBy};
use super::history::Happening;
use super::leg::{LegState, Role, Voice};
use super::session::{CallerLeg, Session};
use super::stage::{Forward, Held};
use crate::id::{LegId, SessionId, UserId};
use crate::media::{self, Sound};
use crate::time::Time;

/// How long the leg of a phone that is lost is kept.
const KEPT: Duration = Duration::from_secs(30);
/// … of an operator who writes, whose workspace was closed: a browser that starts again takes its time.
pub(super) const AT_DESK: Duration = Duration::from_secs(2 * 60);
/// The playback of the tone that says that somebody was lost.
const LOST: u64 = u64::MAX - 4;
/// That tone.
const TONE: Sound = Sound::Tone { hz: 620.0, dbm0: -18.0, ms: Some(600) };

impl Switch {
    /// The phone of this leg cannot be reached any more, and may come back. In a conversation the leg is kept.
    pub(super) fn stranded(&mut self, id: SessionId, leg: LegId, now: Time) {
        self.keep(id, leg, now + KEPT, now);
    }

    /// The workspace was closed in which an operator wrote by this leg.
    pub(super) fn desk_left(&mut self, id: SessionId, leg: LegId, now: Time) {
        self.keep(id, leg, now + AT_DESK, now);
        self.reschedule(id);
    }

    /// It was opened again.
    pub(super) fn desk_taken(&mut self, id: SessionId, leg: LegId, now: Time) {
        let voice = self.sessions.get_mut(&id).and_then(|session| session.voice_mut(leg));
        if voice.is_some_and(|voice| voice.kept.take().is_some()) {
            let party = self.name_at(id, leg);
            self.note(id, Happening::Returned { leg, party }, now);
            self.refresh(id, now);
            self.reschedule(id);
        }
    }

    fn keep(&mut self, id: SessionId, leg: LegId, until: Time, now: Time) {
        let Some(session) = self.sessions.get_mut(&id).filter(|session| session.talk().is_some()) else {
            return;
        };
        if session.operator_at(leg).is_none() {
            return;
        }
        let waited: Vec<LegId> = session.music.keys().copied().collect();
        let Some(voice) = session.voice_mut(leg).filter(|voice| voice.kept.is_none()) else { return };
        voice.kept = Some(until);
        let party = self.name_at(id, leg);
        self.note(id, Happening::Stranded { leg, party }, now);
        self.refresh(id, now);
        let Some(session) = self.sessions.get(&id) else { return };
        let wait: Vec<LegId> = session.music.keys().copied().filter(|leg| !waited.contains(leg)).collect();
        for leg in wait {
            self.tell_media(media::Command::Announce { leg, playback: LOST, sounds: vec![TONE] });
        }
    }

    /// Phones that have not come back in all that time are given up.
    pub(super) fn give_up_kept(&mut self, id: SessionId, now: Time) {
        let Some(session) = self.sessions.get(&id) else { return };
        let late = session.voices().filter(|(_, voice)| voice.kept.is_some_and(|until| until <= now));
        let late: Vec<LegId> = late.map(|(leg, _)| leg).collect();
        for leg in late {
            self.not_back(id, leg, now);
        }
    }

    /// Somebody has not come back. Whom nobody else serves then does not go with that one.
    fn not_back(&mut self, id: SessionId, leg: LegId, now: Time) {
        let Some(session) = self.sessions.get(&id) else { return };
        let Some(talk) = session.talk().copied() else {
            // Who was on the way to somebody else does not come there.
            return self.end(id, Cause::NetworkFailure, EndedBy::Us, now);
        };
        let alone = leg != session.client && session.company().all(|one| one == leg);
        let comes = talk.forward.is_some() || session.legs.values().any(|leg| leg.voice().is_none());
        let Some(operator) = session.operator_at(leg).filter(|_| alone && !comes) else {
            return self.remove_party(id, leg, Cause::NetworkFailure, now);
        };
        match self.group_of(session) {
            Some((group, name)) => {
                self.all_leave(id, now);
                self.wait_for(id, group, name, now);
            }
            None => {
                self.take_away(id, leg, now);
                self.release_operator(id, operator, now);
                let forward =
                    Forward { to: leg, from: leg, by: Some(operator), request: None, recall: false };
                self.recall(id, forward, operator, Cause::NetworkFailure, now);
            }
        }
    }

    /// A leg leaves a conversation in which nobody serves the client for this moment.
    fn take_away(&mut self, id: SessionId, leg: LegId, now: Time) {
        let party = self.name_at(id, leg);
        self.hang_up(leg, Cause::NetworkFailure);
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if leg == session.caller {
            session.caller_leg = CallerLeg::Down;
        }
        session.legs.remove(&leg);
        session.music.remove(&leg);
        let (by, cause) = (EndedBy::Us, Cause::NetworkFailure);
        self.note(id, Happening::Left { leg, party, by, cause }, now);
    }

    /// The session of an answered leg that is this operator's own, which a call of this session names.
    pub(super) fn returns_to(&self, id: SessionId) -> Option<(SessionId, LegId)> {
        let session = self.sessions.get(&id)?;
        let (leg, user) = (session.arrival.replaces?, session.calling_operator?);
        let into = self.sessions.get(self.legs.get(&leg)?).filter(|into| into.talk().is_some())?;
        let own = into.operator_at(leg) == Some(user) && into.voices().any(|(at, _)| at == leg);
        own.then_some((into.id, leg))
    }

    /// An operator's new call is to take up again what the operator has by another leg.
    pub(super) fn take_up_again(&mut self, id: SessionId, (into, old): (SessionId, LegId), now: Time) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        // It is begun beside nothing: it is that conversation.
        session.beside = None;
        let Some(user) = session.calling_operator else { return };
        let part = self.sessions.get_mut(&into).and_then(|into| into.voice_mut(old)).map(|voice| voice.part);
        let Some(new) = self.hand_in(id, into, now) else { return };
        self.let_in(into, (new, user), part.unwrap_or_default(), now);
        self.reschedule(into);
    }

    /// Whether this leg that has come up takes the place of another one of the same operator; then it has.
    pub(super) fn taken_up(&mut self, id: SessionId, new: LegId, now: Time) -> bool {
        let Some(session) = self.sessions.get(&id) else { return false };
        let Some(user) = session.operator_at(new) else { return false };
        let is_own = |leg: LegId| leg != new && session.operator_at(leg) == Some(user);
        let own = session.voices().find(|(leg, _)| is_own(*leg));
        let Some((old, voice)) = own else { return false };
        let party = self.operator_name(user);
        let Some(session) = self.sessions.get_mut(&id) else { return false };
        let role = session.legs.remove(&old).map_or(Role::Operator { user, offer: None }, |leg| leg.role);
        if old == session.caller {
            session.caller_leg = CallerLeg::Down;
        }
        if let Some(leg) = session.legs.get_mut(&new) {
            leg.role = role;
            leg.state = LegState::Up(Voice { holds: false, kept: None, ..voice });
        }
        session.take_the_place_of(old, new);
        self.note(id, Happening::TakenUp { leg: new, from: old, party }, now);
        self.hang_up(old, Cause::CompletedElsewhere);
        self.refresh(id, now);
        true
    }
}

impl Session {
    /// Whatever was said of one leg is said of another one from now on.
    fn take_the_place_of(&mut self, old: LegId, new: LegId) {
        let follow = |leg: &mut LegId| {
            if *leg == old {
                *leg = new;
            }
        };
        follow(&mut self.client);
        self.music.remove(&old);
        let Some(talk) = self.talk_mut() else { return };
        if let Some(Held::Aside { by } | Held::Consult { by }) = &mut talk.held {
            follow(by);
        }
        if let Some(forward) = &mut talk.forward {
            follow(&mut forward.from);
        }
    }

    /// Whether this leg, which rings, is to take the place of another one of the same operator.
    pub(super) fn comes_back(&self, leg: LegId) -> bool {
        let rings = self.legs.get(&leg).filter(|leg| leg.voice().is_none());
        let user: Option<UserId> = rings.and_then(|leg| leg.operator());
        user.is_some() && self.voices().any(|(at, _)| self.operator_at(at) == user)
    }
}
