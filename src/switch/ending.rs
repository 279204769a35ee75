//! How a session ends: once, with all its legs, and with the last figures of each.

use std::time::Duration;

use super::cause::{Cause, EndedBy};
use super::history::Happening;
use super::leg::Role;
use super::line::Handed;
use super::session::{CallerLeg, Session};
use super::stage::Stage;
use super::{Action, Switch};
use crate::dialplan::Input;
use crate::id::{LegId, SessionId};
use crate::media::Quality;
use crate::queue;
use crate::time::Time;

/// How long the last figures of a leg may take to come from the media engine.
const LAST_FIGURES: Duration = Duration::from_secs(2);

/// From the last packet of a prompt until a phone has let it be heard: its jitter buffer holds back 60 to 100 ms as a
/// rule, and the way there takes some more.
const LAST_WORD: Duration = Duration::from_millis(200);

/// How long the last message may take to be written.
const LAST_MESSAGE: Duration = Duration::from_secs(30);

impl Switch {
    /// Ends the session by ourselves, but lets the caller hear the last word of what has just been played.
    pub(super) fn part(&mut self, id: SessionId, cause: Cause, now: Time) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let heard = session.played.map(|played| played + LAST_WORD).filter(|heard| *heard > now);
        match (session.stage, heard) {
            (Stage::Guided | Stage::Apology { .. } | Stage::Notice { .. }, Some(until)) => {
                session.stage = Stage::Parting { cause, until };
            }
            _ => self.end(id, cause, EndedBy::Us, now),
        }
    }

    /// Ends the session: every leg is hung up, every operator is free again.
    pub(super) fn end(&mut self, id: SessionId, cause: Cause, by: EndedBy, now: Time) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if session.is_over() {
            return;
        }
        // A message of a caller who hung up is kept when its file is complete.
        let patience = if session.draft.is_some() { LAST_MESSAGE } else { LAST_FIGURES };
        let stage = std::mem::replace(&mut session.stage, Stage::Over { until: now + patience });
        let legs = std::mem::take(&mut session.legs);
        session.next.clear();
        let caller = session.caller;
        let caller_stands = session.caller_leg != CallerLeg::Down;
        session.caller_leg = CallerLeg::Down;
        if let Some(run) = session.run.as_mut() {
            run.handle(Input::HungUp, now);
        }
        session.run = None;
        self.slot_left(id, &stage);
        self.notice_cut_short(caller, &stage);
        self.end_recording(id, now);
        if let Stage::Talking(talk) = &stage
            && let Some(forward) = talk.forward
        {
            self.tell_transfer(forward.from, forward.request, Handed::Failed(cause));
        }
        if matches!(stage, Stage::Queued { .. } | Stage::CallingBack) {
            let why = queue::LeaveWhy::HungUp;
            self.queues.handle(queue::Input::Leave { session: id, why }, now);
        }
        // A promise has its place again before operators are free for others.
        self.callback_session_over(id, cause, now);
        for (leg, callee) in legs {
            let talking = matches!(stage, Stage::Talking(_)) && callee.voice().is_some();
            self.end_leg(id, leg, &callee.role, talking, cause, now);
        }
        if caller_stands {
            self.hang_up(caller, cause);
        }
        // A table sent in this same moment may reach a room that its last leg has left already.
        self.hear(id, []);
        if let Some(session) = self.sessions.get_mut(&id) {
            session.music.clear();
        }
        self.leave_room(id);
        self.listeners_return(id, now);
        self.stands_alone(id, now);
        let engaged = self.sessions.get(&id).map(|session| session.engaged.clone()).unwrap_or_default();
        for operator in engaged {
            self.release_operator(id, operator, now);
        }
        self.note(id, Happening::Ended { cause, by }, now);
        self.drop_recordings(id);
        self.forget_if_done(id);
        self.reschedule(id);
    }

    fn end_leg(&mut self, id: SessionId, leg: LegId, role: &Role, talking: bool, cause: Cause, now: Time) {
        if talking {
            let party = self.party_name(role);
            let by = EndedBy::Us;
            self.note(id, Happening::Disconnected { leg, party, by, cause }, now);
        }
        self.hang_up(leg, cause);
        if let Role::Operator { user, offer: Some(offer) } = role {
            self.forget_offer(*offer, *user);
        }
        // An offer that rings is withdrawn by the queue itself; it learns of it by `Leave`.
        self.release(id, role, now);
    }

    /// What a record step made is for this session alone.
    fn drop_recordings(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        for path in std::mem::take(&mut session.recordings) {
            self.outputs.push_back(Action::RemoveFile { path });
        }
    }

    /// The media engine has given a leg's port back.
    pub(super) fn leg_closed(&mut self, id: SessionId, leg: LegId, quality: Quality, now: Time) {
        if quality.packets_received > 0 || quality.packets_sent > 0 {
            self.note(id, Happening::Quality { leg, quality }, now);
        }
        if let Some(session) = self.sessions.get_mut(&id) {
            session.closing.remove(&leg);
            if leg != session.caller && !session.legs.contains_key(&leg) {
                self.legs.remove(&leg);
            }
        }
        self.forget_if_done(id);
    }

    /// No sound has come from a leg for too long: it is as good as gone.
    pub(super) fn leg_silent(&mut self, id: SessionId, leg: LegId, now: Time) {
        let Some(session) = self.sessions.get(&id) else { return };
        // Before the answer a phone need not send anything, however long it rings elsewhere.
        use CallerLeg::{Answering, Called, Early, Waiting};
        if matches!(session.caller_leg, Waiting | Early { .. } | Answering | Called { .. }) {
            return;
        }
        let Some(talk) = session.talk() else {
            let holds = session.voices().any(|(at, voice)| at == leg && voice.holds);
            if leg == session.caller && !holds {
                self.end(id, Cause::MediaTimeout, EndedBy::Us, now);
            }
            return;
        };
        // Whose phone holds or is lost, or whom nobody wants to hear, need not send anything.
        let waits = talk.forward.is_some_and(|forward| forward.from == leg);
        if session.voices().any(|(at, voice)| at == leg && voice.is_there() && !waits) {
            self.remove_party(id, leg, Cause::MediaTimeout, now);
        }
    }

    fn forget_if_done(&mut self, id: SessionId) {
        if self.sessions.get(&id).is_some_and(|session| session.is_over() && session.closing.is_empty()) {
            self.forget(id);
        }
    }

    /// Nothing more will come of the session.
    pub(super) fn forget(&mut self, id: SessionId) {
        let Some(session) = self.sessions.remove(&id) else { return };
        let Session { caller, closing, summary, .. } = session;
        for leg in closing.into_iter().chain([caller]) {
            // It may have moved into another session.
            if self.legs.get(&leg) == Some(&id) {
                self.legs.remove(&leg);
            }
        }
        self.reschedule(id);
        self.outputs.push_back(Action::Closed { session: id, summary: Box::new(summary) });
    }
}
