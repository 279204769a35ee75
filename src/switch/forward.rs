//! A client is handed to somebody else: at once, or after a word between those who serve. Whatever comes of it, the
//! client is never left alone.

use super::Switch;
use super::cause::{Cause, EndedBy};
use super::codes::Feature;
use super::command::Refusal;
use super::history::Happening;
use super::leg::{Part, Role};
use super::line::{Handed, LineCommand, Party, Wanted};
use super::parking::Told;
use super::route::{Denial, Route, Wish, may_dial};
use super::services::Service;
use super::session::{CallerLeg, Session};
use super::stage::{Forward, Stage};
use crate::dialplan::{Input, QueueOutcome};
use crate::id::{GroupId, LegId, SessionId, UserId};
use crate::time::Time;

/// How far a client who was forwarded goes ahead of those who came anew.
pub(super) const AHEAD: i32 = 1;

impl Switch {
    /// The far end of a leg wants to hand its call over, by its own means.
    pub(super) fn transfer_wanted(
        &mut self,
        id: SessionId,
        leg: LegId,
        request: u64,
        wish: Wanted,
        now: Time,
    ) {
        let operator = self.sessions.get(&id).and_then(|session| session.operator_at(leg));
        let tried = match (operator, wish) {
            // Who is served does not send those who serve elsewhere.
            (None, _) => Err(Refusal::new(Cause::Forbidden, "only operators hand calls over")),
            (Some(operator), Wanted::Number(number)) => {
                self.forward_to_number(id, (leg, operator), &number, Some(request), now)
            }
            (Some(operator), Wanted::Peer(peer)) => self.merge(id, (leg, operator), peer, request, now),
        };
        if let Err(Refusal { cause, why }) = tried {
            self.note(id, Happening::Decision { reasons: vec![format!("not forwarded: {why}")] }, now);
            self.tell_transfer(leg, Some(request), Handed::Refused(cause));
        }
    }

    pub(super) fn tell_transfer(&mut self, leg: LegId, request: Option<u64>, outcome: Handed) {
        if let Some(request) = request {
            self.tell_line(leg, LineCommand::Transfer { request, outcome });
        }
    }

    /// An operator hands the client to whoever has this number.
    pub(super) fn forward_to_number(
        &mut self,
        id: SessionId,
        from: (LegId, UserId),
        number: &str,
        request: Option<u64>,
        now: Time,
    ) -> Result<(), Refusal> {
        let route = self.route_for(from.1, number)?;
        self.forward(id, from, route, request, now)
    }

    /// Where a number leads that an operator wants for a client.
    pub(super) fn route_for(&self, operator: UserId, number: &str) -> Result<Route, Refusal> {
        let wish = Wish::Operator { dialled: number, operator };
        may_dial(wish, &self.directory, &self.plans).map_err(|Denial { cause, why }| Refusal { cause, why })
    }

    /// An operator hands the client over.
    pub(super) fn forward(
        &mut self,
        id: SessionId,
        (from, by): (LegId, UserId),
        route: Route,
        request: Option<u64>,
        now: Time,
    ) -> Result<(), Refusal> {
        let Some(session) = self.sessions.get(&id) else { return Err(Refusal::gone()) };
        let Some(talk) = session.talk() else { return Err(Refusal::new(Cause::NotFound, "nobody talks")) };
        self.admits(id, Service::Forwarding)?;
        if talk.forward.is_some() {
            return Err(Refusal::new(Cause::Busy, "the client is being forwarded already"));
        }
        if from == session.client {
            return Err(Refusal::new(Cause::Forbidden, "who is served cannot be the one who forwards"));
        }
        match route {
            Route::Feature(Feature::Park) => {
                self.park(id, (from, by), Told::ByOwnLeg { request }, now)?;
            }
            Route::Group(group) => {
                self.takes_more(group)?;
                self.forward_to_group(id, from, group, request, now);
            }
            Route::Dialplan(entry) if session.client == session.caller => {
                self.note_forward(id, format!("dialplan {}", entry.plan.file), by, now);
                self.tell_transfer(from, request, Handed::Trying);
                self.tell_transfer(from, request, Handed::Done);
                self.all_leave(id, now);
                self.lead(id, entry, now);
            }
            route => {
                let to = self.call_in(id, route, Part::Party, now)?;
                self.note_forward(id, self.name_at(id, to), by, now);
                let forward = Forward { to, from, by: Some(by), request, recall: false };
                if let Some(talk) = self.sessions.get_mut(&id).and_then(Session::talk_mut) {
                    talk.forward = Some(forward);
                }
                self.tell_transfer(from, request, Handed::Trying);
                self.refresh(id, now);
            }
        }
        self.reschedule(id);
        Ok(())
    }

    pub(super) fn note_forward(&mut self, id: SessionId, to: String, by: UserId, now: Time) {
        let by = self.operator_name(by);
        self.note(id, Happening::Forwarding { to, by }, now);
    }

    /// All who serve the client leave; the session is about to go on with others.
    pub(super) fn all_leave(&mut self, id: SessionId, now: Time) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.stage = Stage::Guided;
        let (caller, client) = (session.caller, session.client);
        let stands = session.caller_leg != CallerLeg::Down;
        let legs: Vec<_> = session.legs.keys().copied().filter(|leg| *leg != client).collect();
        for leg in legs {
            let (party, cause, by) = (self.name_at(id, leg), Cause::Normal, EndedBy::Us);
            self.note(id, Happening::Left { leg, party, by, cause }, now);
            self.drop_leg(id, leg, cause, now);
        }
        if caller != client && stands {
            let party = self.name_at(id, caller);
            self.hang_up(caller, Cause::Normal);
            let Some(session) = self.sessions.get_mut(&id) else { return };
            session.caller_leg = CallerLeg::Down;
            let operator = session.calling_operator;
            let (cause, by) = (Cause::Normal, EndedBy::Us);
            self.note(id, Happening::Left { leg: caller, party, by, cause }, now);
            operator.into_iter().for_each(|operator| self.release_operator(id, operator, now));
        }
        self.hear(id, []);
    }

    /// The client waits for an operator of this group, ahead of new ones, and the wait counts on.
    fn forward_to_group(
        &mut self,
        id: SessionId,
        from: LegId,
        group: GroupId,
        request: Option<u64>,
        now: Time,
    ) {
        let by = self.sessions.get(&id).and_then(|session| session.operator_at(from));
        let name = self.group_name(group);
        if let Some(by) = by {
            self.note_forward(id, format!("group {name}"), by, now);
        }
        self.tell_transfer(from, request, Handed::Trying);
        self.tell_transfer(from, request, Handed::Done);
        self.all_leave(id, now);
        self.wait_for(id, group, name, now);
    }

    /// The client waits for an operator of this group, with music.
    pub(super) fn wait_for(&mut self, id: SessionId, group: GroupId, name: String, now: Time) {
        let Some(client) = self.sessions.get(&id).map(|session| session.client) else { return };
        self.let_wait(id, [client].into(), now);
        self.wait_in(id, (group, name), now);
    }

    /// Whoever was to take over is there.
    pub(super) fn handed_over(&mut self, id: SessionId, forward: Forward, now: Time) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.remark = None;
        let there = session.voices().any(|(leg, _)| leg == forward.from);
        if let Some(talk) = session.talk_mut() {
            (talk.forward, talk.held) = (None, None);
        }
        let to = self.name_at(id, forward.to);
        self.note(id, Happening::Forwarded { to }, now);
        self.tell_transfer(forward.from, forward.request, Handed::Done);
        self.show_client(id, forward.to);
        match there {
            true => self.remove_party(id, forward.from, Cause::Normal, now),
            false => self.refresh(id, now),
        }
    }

    /// What was to be known by who took over is told nobody else.
    fn forget_remark(&mut self, id: SessionId) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.remark = None;
        }
    }

    /// The phone of whoever took over shows the client.
    fn show_client(&mut self, id: SessionId, leg: LegId) {
        let Some(session) = self.sessions.get(&id) else { return };
        let party = match session.legs.get(&session.client).map(|client| &client.role) {
            Some(Role::External(outward)) => Party { number: outward.number.clone(), display: None },
            Some(Role::Operator { user, .. }) => self.operator_party(*user),
            None => session.arrival.from.clone(),
        };
        self.tell_line(leg, LineCommand::Show { party });
    }

    /// Somebody who was called into a conversation cannot be had.
    pub(super) fn ring_failed(&mut self, id: SessionId, leg: LegId, cause: Cause, now: Time) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let Some(talk) = session.talk_mut() else { return };
        let Some(forward) = talk.forward.filter(|forward| forward.to == leg) else {
            self.consultation_over(id);
            return self.refresh(id, now);
        };
        talk.forward = None;
        self.note(id, Happening::ForwardFailed { cause }, now);
        self.tell_transfer(forward.from, forward.request, Handed::Failed(cause));
        let Some(session) = self.sessions.get(&id) else { return };
        if session.company().next().is_some() {
            self.forget_remark(id);
            return self.refresh(id, now);
        }
        match forward.by.filter(|_| !forward.recall) {
            Some(operator) => self.recall(id, forward, operator, cause, now),
            None => self.nobody_left(id, leg, cause, now),
        }
    }

    /// The operator who handed the client over has gone meanwhile, and is called again.
    pub(super) fn recall(
        &mut self,
        id: SessionId,
        forward: Forward,
        operator: UserId,
        cause: Cause,
        now: Time,
    ) {
        let callee = self.callee_operator(operator, None);
        match self.ring_in(id, callee, Part::Party, now) {
            Ok(to) => {
                if let Some(talk) = self.sessions.get_mut(&id).and_then(Session::talk_mut) {
                    talk.forward = Some(Forward { to, request: None, recall: true, ..forward });
                }
                self.refresh(id, now);
            }
            Err(_) => self.nobody_left(id, forward.to, cause, now),
        }
    }

    /// Nobody is left who serves the client: back to the queue by which it came, if there was one.
    pub(super) fn nobody_left(&mut self, id: SessionId, leg: LegId, cause: Cause, now: Time) {
        let Some(group) = self.sessions.get(&id).map(|session| self.group_of(session)) else { return };
        match group {
            Some((group, name)) => {
                if let Some(session) = self.sessions.get_mut(&id) {
                    session.stage = Stage::Guided;
                }
                self.hear(id, []);
                self.wait_for(id, group, name, now);
            }
            None => {
                let party = self.name_at(id, leg);
                self.conversation_over(id, (leg, party), (cause, EndedBy::Us), now);
            }
        }
    }

    /// The group by which the client of a conversation came, if its tenant has queues.
    pub(super) fn group_of(&self, session: &Session) -> Option<(GroupId, String)> {
        let met = session.talk().and_then(|talk| talk.met.group());
        let group = met.or(session.summary.group).filter(|group| self.has_queue(*group).is_ok());
        let group = group.and_then(|group| self.directory.groups.get(&group));
        group.map(|group| (group.id, group.name.clone()))
    }

    /// A queue gave up a client whom no dialplan leads.
    pub(super) fn queue_failed(&mut self, id: SessionId, outcome: QueueOutcome, now: Time) {
        let Some(session) = self.sessions.get(&id) else { return };
        match session.run.is_some() {
            true => self.tell_run(id, Input::QueueEnded(outcome), now),
            false => self.refuse_kindly(id, Cause::NoAnswer, now),
        }
    }
}
