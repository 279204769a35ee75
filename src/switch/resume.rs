//! Sessions that outlive the process go on when it starts again: those who waited keep their place, and those who
//! served have some time to come back.

use std::collections::VecDeque;

use super::Switch;
use super::cause::{Cause, EndedBy};
use super::history::{Happening, Past, Phase};
use super::kept::AT_DESK;
use super::leg::{Leg, LegState, Role, Voice};
use super::line::LineCommand;
use super::session::{CallerLeg, Session};
use super::stage::{Met, Stage, Talk};
use crate::id::{LegId, RoomId, SessionId, UserId};
use crate::time::Time;

impl Switch {
    /// A session goes on that was live when the program went. Its lines know of it already.
    pub(super) fn resume(&mut self, past: Past, now: Time) {
        let Past { session: id, summary, client, arrival, parties, .. } = past;
        if self.sessions.contains_key(&id) || self.legs.contains_key(&client) {
            return;
        }
        let place = (self.config.epoch, RoomId::new(self.wall(now), &mut self.entropy));
        let caller_leg = if summary.answered.is_some() { CallerLeg::Up } else { CallerLeg::Answering };
        let talks = summary.phase == Phase::Talking && !parties.is_empty();
        let tenant = summary.tenant;
        let session = Session::new(id, place, client, arrival);
        self.sessions.insert(id, Session { tenant, caller_leg, summary, ..session });
        self.legs.insert(client, id);
        if let CallerLeg::Answering = caller_leg {
            self.tell_line(client, LineCommand::Answer { room: place.1 });
        }
        self.note(id, Happening::Resumed, now);
        match talks {
            true => self.talk_on(id, parties.into_iter().map(|(leg, (user, part))| (leg, user, part)), now),
            false => self.wait_on(id, now),
        }
        self.reschedule(id);
    }

    /// The conversation stands. Those who serve are awaited, unless they are there.
    fn talk_on(
        &mut self,
        id: SessionId,
        parties: impl Iterator<Item = (LegId, UserId, super::leg::Part)>,
        now: Time,
    ) {
        let mut serve = VecDeque::new();
        for (leg, user, part) in parties {
            let kept = (!self.workspaces.contains(&user)).then_some(now + AT_DESK);
            let state = LegState::Up(Voice { kept, part, ..Voice::default() });
            let role = Role::Operator { user, offer: None };
            let Some(session) = self.sessions.get_mut(&id) else { return };
            session.legs.insert(leg, Leg { role, state, followed: None });
            self.legs.insert(leg, id);
            serve.push_back(user);
        }
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let met = session.summary.group.map_or(Met::Directly, Met::InQueue);
        session.stage = Stage::Talking(Talk { met, held: None, forward: None });
        for user in serve {
            self.engage(id, user, now);
        }
        self.refresh(id, now);
    }

    /// The client waits on for the same group, at the same place.
    fn wait_on(&mut self, id: SessionId, now: Time) {
        let waits = self.sessions.get(&id).is_some_and(|session| session.summary.phase == Phase::Waiting);
        let group = self.sessions.get(&id).and_then(|session| self.group_of(session));
        match group {
            Some((group, _)) if waits => {
                self.take_a_place(id, group, now);
                self.drain_queues(now);
            }
            Some((group, name)) => self.wait_for(id, group, name, now),
            None => self.end(id, Cause::NotFound, EndedBy::Us, now),
        }
    }

    /// The legs by which an operator takes part in sessions that the workspace serves.
    pub(super) fn seats_of(&self, operator: UserId) -> Vec<(SessionId, LegId)> {
        let written = self.sessions.values().filter(|session| !session.has_sound());
        let seats = written.filter_map(|session| {
            let leg = session.leg_of(operator)?;
            session.voices().any(|(at, _)| at == leg).then_some((session.id, leg))
        });
        seats.collect()
    }
}
