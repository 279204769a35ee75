//! Calling somebody for the caller, and bringing the two together.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Switch;
use super::cause::{Cause, EndedBy};
use super::history::{Happening, Kind};
use super::leg::{Callee, Leg, LegState, Part, Role, Voice};
use super::line::{LineCommand, LineEvent, Party, Target};
use super::session::{CallerLeg, Session};
use super::stage::{Met, Stage, Talk};
use crate::dialplan::{DialOutcome, Input, QueueOutcome, Run, say};
use crate::id::{LegId, SessionId, TenantId, UserId};
use crate::media::{self, Row, Sound};
use crate::queue;
use crate::time::Time;

/// The longest apology; its prompt ends it sooner.
const APOLOGY: Duration = Duration::from_secs(15);
/// What is said to a caller whose party cannot be had, among the prompts of the caller's language.
const PROMPT_UNREACHABLE: &str = "not-available";
const PROMPT_AWAY: &str = "away";
const PROMPT_NO_ANSWER: &str = "no-answer";
/// The playback of an apology, and of the one in its place if there is none in the caller's language.
const APOLOGY_FIRST: u64 = 0;
const APOLOGY_INSTEAD: u64 = 1;

/// Characters of a remark that a phone shows beside the name.
const REMARK_SHOWN: usize = 40;

impl Switch {
    /// An extension was dialled.
    pub(super) fn call_operator(&mut self, id: SessionId, user: UserId, now: Time) {
        let Some(operator) = self.directory.operators.get(&user) else {
            let why = "the extension belongs to nobody who takes calls".to_owned();
            return self.turn_away(id, Cause::NotFound, why, now);
        };
        let to = format!("operator {}", operator.name);
        let tenant = operator.tenants.first().copied();
        let inside = self.sessions.get(&id).is_some_and(|session| session.calling_operator.is_some());
        let kind = if inside { Kind::Internal } else { Kind::Client };
        let why = "the extension was dialled".to_owned();
        self.routed(id, Happening::Routed { tenant, session: kind, outbound: false, to, why }, now);
        let callee = Callee { followed: Some(vec![]), ..self.callee_operator(user, None) };
        self.dial(id, vec![callee], None, now);
    }

    /// Whether an operator can be called for this session now; if not, why.
    pub(super) fn operator_takes(&self, id: SessionId, user: UserId) -> Result<(), Cause> {
        let line = self.line_of(id);
        let tenant = self.sessions.get(&id).and_then(|session| session.tenant);
        self.operator_free(user, line, tenant)?;
        // However many sessions of the line there is room for: nobody is in one twice.
        if self.sessions.get(&id).is_some_and(|session| session.leg_of(user).is_some()) {
            return Err(Cause::Busy);
        }
        match self.queues.operator(user).is_some_and(|state| state.off.contains(line)) {
            true => Err(Cause::Declined),
            false => Ok(()),
        }
    }

    /// Whether an operator can be called now for a session of this line and tenant, on or off; if not, why.
    pub(super) fn operator_free(
        &self,
        user: UserId,
        line: &str,
        tenant: Option<TenantId>,
    ) -> Result<(), Cause> {
        let Some(state) = self.queues.operator(user) else { return Err(Cause::Unreachable) };
        if self.queues.is_reached(user, line) != Some(true) {
            return Err(Cause::Unreachable);
        }
        if !self.queues.is_free_for(user, line, tenant) {
            return Err(Cause::Busy);
        }
        match state.status {
            _ if state.do_not_disturb => Err(Cause::Declined),
            queue::Status::Away { .. } => Err(Cause::Declined),
            _ => Ok(()),
        }
    }

    /// Starts a leg to somebody.
    pub(super) fn call(&mut self, id: SessionId, role: Role, target: Target, now: Time) -> LegId {
        let leg = self.new_leg(id, now);
        let Some(session) = self.sessions.get(&id) else { return leg };
        let target = match (&role, target) {
            (Role::Operator { user, .. }, target) if !session.has_sound() => {
                Target::Workspace { operator: *user, asked: matches!(target, Target::OwnDevices(_)) }
            }
            (_, target) => target,
        };
        let command = LineCommand::Dial {
            room: session.room,
            caller: self.shown_caller(session, &role),
            target,
            like: Some(session.caller),
            hops_left: session.arrival.hops_left,
            subject: session.remark.clone().filter(|_| matches!(role, Role::Operator { .. })),
            session: matches!(role, Role::Operator { .. }).then_some(id),
        };
        if let Some(session) = self.sessions.get_mut(&id) {
            let state = LegState::Ringing { until: None, part: Part::Party };
            session.legs.insert(leg, Leg { role, state, followed: None });
            session.opens_port(leg);
        }
        self.tell_line(leg, command);
        leg
    }

    /// Who is shown as calling: outside, the number of the tenant; inside, the caller.
    fn shown_caller(&self, session: &Session, role: &Role) -> Party {
        match (role, session.calling_operator) {
            (Role::External(outward), _) => self.shown_outside(session, outward),
            (Role::Operator { .. }, Some(calling)) => remarked(session, self.operator_party(calling)),
            (Role::Operator { .. }, None) => remarked(session, self.client_for_people(session)),
        }
    }

    /// The client as an operator's phone shows it while it rings: with the tenant that was called, and the group for
    /// which the client waits.
    fn client_for_people(&self, session: &Session) -> Party {
        let from = session.arrival.from.clone();
        let tenant = session.tenant.and_then(|tenant| self.directory.tenants.get(&tenant));
        let Some(tenant) = tenant.filter(|_| session.run.is_some()) else { return from };
        let group = match session.stage {
            Stage::Queued { group } => self.directory.groups.get(&group),
            _ => None,
        };
        let place = match group {
            Some(group) => format!("{} @ {}", group.name, tenant.display),
            None => tenant.display.clone(),
        };
        let who = from.display.as_deref().unwrap_or(&from.number);
        let display = if who.is_empty() { place } else { format!("{place}: {who}") };
        Party { display: Some(display), ..from }
    }

    /// An operator as others are shown whom they talk with.
    pub(super) fn operator_party(&self, user: UserId) -> Party {
        let operator = self.directory.operators.get(&user);
        Party {
            number: operator.and_then(|operator| operator.extension.clone()).unwrap_or_default(),
            display: operator.map(|operator| operator.display.clone()),
        }
    }

    pub(super) fn callee_event(&mut self, id: SessionId, leg: LegId, event: LineEvent, now: Time) {
        match event {
            LineEvent::Ringing => self.callee_rings(id, leg),
            LineEvent::Early => self.callee_early(id, leg),
            LineEvent::Up => self.callee_up(id, leg, now),
            LineEvent::Down { cause, by } => self.callee_down(id, leg, cause, by, now),
            LineEvent::NoWay { cause } => self.way_failed(id, leg, cause, now),
            LineEvent::Holds(holds) => self.phone_holds(id, leg, holds, now),
            LineEvent::Stranded => self.stranded(id, leg, now),
            LineEvent::Transfer { request, wish } => self.transfer_wanted(id, leg, request, wish, now),
            LineEvent::Key { digit } => self.pass_key(id, leg, digit),
            LineEvent::Arrived(_) | LineEvent::Wrote { .. } | LineEvent::Learned(_) => {}
        }
    }

    fn is_dialled(&self, id: SessionId, leg: LegId) -> bool {
        let dialled = |session: &Session| {
            matches!(session.stage, Stage::Dialling { .. }) && session.legs.contains_key(&leg)
        };
        self.sessions.get(&id).is_some_and(dialled)
    }

    fn callee_rings(&mut self, id: SessionId, leg: LegId) {
        let Some(session) = self.sessions.get(&id) else { return };
        let caller = session.caller;
        match session.caller_leg {
            _ if !self.is_dialled(id, leg) => {}
            CallerLeg::Waiting => self.tell_line(caller, LineCommand::Ring),
            // A dialplan has its own sound for that.
            CallerLeg::Up if session.run.is_none() => self.ring_aloud(caller),
            _ => {}
        }
    }

    /// The far end sends sound before it answers: a provider's announcement or ringing tone.
    fn callee_early(&mut self, id: SessionId, leg: LegId) {
        let Some(session) = self.sessions.get(&id) else { return };
        // Of several who ring, none is heard before one answers.
        if self.is_dialled(id, leg) && session.legs.len() == 1 {
            let caller = session.caller;
            self.open_early(id);
            self.tell_media(media::Command::StopPlay { leg: caller });
            self.hear(id, [Row { from: leg, to: caller }]);
        }
    }

    fn callee_up(&mut self, id: SessionId, leg: LegId, now: Time) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let (stage, tenant) = (session.stage, session.tenant);
        let Some(callee) = session.legs.get_mut(&leg) else { return };
        let LegState::Ringing { part, .. } = callee.state else { return };
        callee.state = LegState::Up(Voice { part, ..Voice::default() });
        match callee.role.clone() {
            _ if matches!(stage, Stage::Talking(_)) => self.joined(id, leg, now),
            Role::Operator { user, offer: Some(offer) } => {
                self.queues.handle(queue::Input::Accepted { offer, operator: user }, now);
                self.drain_queues(now);
                // The queue had the last word: the offer may have been withdrawn meanwhile.
                let still = self.sessions.get(&id).filter(|session| session.legs.contains_key(&leg));
                let Some(stage) = still.map(|session| session.stage) else { return };
                self.forget_offer(offer, user);
                if let Stage::CallingBack = stage {
                    self.call_client(id, leg, user, now);
                } else {
                    self.let_others_go(id, leg, now);
                    self.connect(id, leg, now);
                }
            }
            // Picked up while it rings elsewhere: the queue learns who serves it.
            Role::Operator { user, .. } if matches!(stage, Stage::Queued { .. }) => {
                if !self.queues.has_room_for(user, self.line_of(id), tenant) {
                    return self.drop_leg(id, leg, Cause::Busy, now);
                }
                self.engage(id, user, now);
                self.drain_queues(now);
                self.let_others_go(id, leg, now);
                self.connect(id, leg, now);
            }
            _ if matches!(stage, Stage::Dialling { .. }) => {
                self.let_others_go(id, leg, now);
                self.connect(id, leg, now);
            }
            // Nobody is wanted any more.
            _ => self.drop_leg(id, leg, Cause::CompletedElsewhere, now),
        }
    }

    /// The caller and this leg hear each other from now on.
    fn connect(&mut self, id: SessionId, leg: LegId, now: Time) {
        let Some(met) = self.how_met(id) else { return };
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.stage = Stage::Talking(Talk { met, held: None, forward: None });
        session.remark = None;
        let caller = session.caller;
        // Whom an operator calls is served; who came in, is served by whoever takes the call.
        if session.calling_operator.is_some() && !session.legs.contains_key(&session.client) {
            session.client = leg;
        }
        let Some(role) = session.legs.get(&leg).map(|leg| leg.role.clone()) else { return };
        let has_run = session.run.is_some();
        let operator = match role {
            Role::Operator { user, .. } => Some(user),
            Role::External(_) => session.calling_operator,
        };
        if session.caller_leg != CallerLeg::Up {
            self.answer(id);
        }
        self.refresh(id, now);
        let party = self.party_name(&role);
        let calls = self.sessions.get(&id).filter(|session| session.caller_leg != CallerLeg::Down);
        let calling = calls.and_then(|session| session.calling_operator).map(|user| self.operator_name(user));
        let there = calls.map(|session| session.caller);
        self.note(id, Happening::Connected { leg, party, operator, caller: there, calling }, now);
        self.client_met(id, now);
        if has_run {
            self.tell_run(id, Input::Connected, now);
        } else {
            self.tell_media(media::Command::StopPlay { leg: caller });
        }
        // An announcement is made over what is still played.
        self.follow_rule(id, now);
    }

    /// How client and company of this session come together.
    fn how_met(&self, id: SessionId) -> Option<Met> {
        let promised = || self.callbacks.about(id).filter(|_| self.calls_client(id));
        Some(match self.sessions.get(&id)?.stage {
            Stage::Queued { group } => Met::InQueue(group),
            Stage::Dialling { met, .. } if met != Met::Directly => met,
            _ => promised().map_or(Met::Directly, |live| Met::ByGroup(live.callback.group)),
        })
    }

    /// Tells the engine who hears whom, and who is recorded, if that changed.
    pub(super) fn hear(&mut self, id: SessionId, rows: impl IntoIterator<Item = Row>) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let rows: BTreeSet<Row> = rows.into_iter().collect();
        if session.rows != rows {
            session.rows.clone_from(&rows);
            let room = session.room;
            if session.has_sound() {
                self.tell_media(media::Command::Hear { room, rows });
            }
        }
        self.record_sides(id);
    }

    fn callee_down(&mut self, id: SessionId, leg: LegId, cause: Cause, by: EndedBy, now: Time) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let Some(callee) = session.legs.remove(&leg) else { return };
        // The engine gave the port back before the end was told, as after a fault of its own.
        if !session.closing.contains(&leg) {
            self.legs.remove(&leg);
        }
        match session.stage {
            Stage::Talking(_) => self.party_gone(id, leg, callee, (cause, by), now),
            // On the way back into a queue.
            _ if leg == session.client => self.end(id, cause, by, now),
            Stage::Dialling { .. } => {
                self.release(id, &callee.role, now);
                self.dial_failed(id, &callee, cause, now);
            }
            _ => self.offer_failed(id, &callee.role, cause, now),
        }
    }

    /// The last of those who served the client is gone, or the client is.
    pub(super) fn conversation_over(
        &mut self,
        id: SessionId,
        (leg, party): (LegId, String),
        (cause, by): (Cause, EndedBy),
        now: Time,
    ) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let met = session.talk().map(|talk| talk.met);
        session.stage = Stage::Guided;
        let others: Vec<_> = session.legs.keys().copied().collect();
        self.note(id, Happening::Disconnected { leg, party, by, cause }, now);
        self.let_wait(id, BTreeSet::new(), now);
        for other in others {
            self.drop_leg(id, other, cause, now);
        }
        self.hear(id, []);
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if session.run.is_none() || session.caller_leg == CallerLeg::Down {
            return self.end(id, cause, by, now);
        }
        let served = match met {
            Some(Met::InQueue(_)) => Input::QueueEnded(QueueOutcome::Served),
            _ => Input::DialEnded(DialOutcome::Served),
        };
        self.tell_run(id, served, now);
    }

    /// Ends a leg that is not wanted any more.
    pub(super) fn drop_leg(&mut self, id: SessionId, leg: LegId, cause: Cause, now: Time) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if let Some(callee) = session.legs.remove(&leg) {
            self.hang_up(leg, cause);
            self.release(id, &callee.role, now);
        }
    }

    /// Refuses an unanswered caller; where words help more than a tone, they come first (early media).
    pub(super) fn refuse_kindly(&mut self, id: SessionId, cause: Cause, now: Time) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let helps = matches!(cause, Cause::Unreachable | Cause::NoAnswer | Cause::Declined);
        let spoken = helps && session.has_sound();
        if !spoken || session.caller_leg == CallerLeg::Down {
            return self.end(id, cause, EndedBy::Us, now);
        }
        session.stage = Stage::Apology { cause, until: now + APOLOGY };
        match session.caller_leg {
            CallerLeg::Early { ready: true } | CallerLeg::Up => self.apologise(id, cause),
            _ => self.open_early(id),
        }
    }

    pub(super) fn apologise(&mut self, id: SessionId, cause: Cause) {
        let Some(language) = self.sessions.get(&id).map(|session| self.language(session)) else { return };
        self.apologise_in(id, cause, language, APOLOGY_FIRST);
    }

    /// The apology is over; or it cannot be played, and may be had in another language.
    pub(super) fn apologised(&mut self, id: SessionId, cause: Cause, how: &Input, now: Time) {
        match how {
            Input::PlayFailed { playback: APOLOGY_FIRST } => {
                self.apologise_in(id, cause, say::FALLBACK, APOLOGY_INSTEAD);
            }
            _ => self.part(id, cause, now),
        }
    }

    fn apologise_in(&mut self, id: SessionId, cause: Cause, language: &str, playback: u64) {
        let Some(leg) = self.sessions.get(&id).map(|session| session.caller) else { return };
        let prompt = match cause {
            Cause::NoAnswer => PROMPT_NO_ANSWER,
            Cause::Declined => PROMPT_AWAY,
            _ => PROMPT_UNREACHABLE,
        };
        let sounds = vec![Sound::File(format!("prompts/{language}/{prompt}").into())];
        self.tell_media(media::Command::Play { leg, playback, sounds, repeat: false });
    }

    /// In which language the caller is spoken to: as the dialplan has it that leads the session, else as the tenant
    /// of whoever was called has it.
    pub(super) fn language(&self, session: &Session) -> &'static str {
        let tenant = || Some(self.directory.tenants.get(&session.tenant?)?.language.as_str());
        let language = session.run.as_ref().map(Run::language).or_else(tenant);
        language.map_or(say::FALLBACK, say::spoken)
    }

    pub(super) fn operator_name(&self, user: UserId) -> String {
        let operator = self.directory.operators.get(&user);
        operator.map_or_else(|| user.to_string(), |operator| operator.name.clone())
    }

    pub(super) fn party_name(&self, role: &Role) -> String {
        match role {
            Role::Operator { user, .. } => self.operator_name(*user),
            Role::External(outward) => outward.number.clone(),
        }
    }
}

/// With what the callee should know before the name.
fn remarked(session: &Session, party: Party) -> Party {
    let Some(remark) = &session.remark else { return party };
    let remark: String = remark.chars().take(REMARK_SHOWN).collect();
    let who = party.display.as_deref().unwrap_or(&party.number);
    Party { display: Some(format!("{remark} - {who}")), ..party }
}
