//! Clients who wait alone in a slot, with music, until somebody of their tenant fetches them or they have waited too
//! long: then whoever put them there is called, and their queue after that.

use super::Switch;
use super::action::Action;
use super::cause::{Cause, EndedBy};
use super::codes::{PARK, SLOTS};
use super::command::Refusal;
use super::features::Notice;
use super::history::{Happening, Kind};
use super::leg::{Leg, LegState, Part, Role};
use super::line::{Abilities, Arrival, Handed, LineCommand, Origin, Party};
use super::parties::RING;
use super::session::CallerLeg;
use super::stage::{Forward, Parked, Stage, Talk};
use crate::id::{LegId, SessionId, TenantId, UserId};
use crate::media;
use crate::time::Time;

/// How an operator who parks a client learns where.
#[derive(Clone, Copy, Debug)]
pub(super) enum Told {
    /// By the leg that served the client.
    ByOwnLeg {
        /// The wish of its line, if it came that way.
        request: Option<u64>,
    },
    /// By another call of the same operator; the leg ends.
    ByAnother,
}

impl Switch {
    /// The session whose client waits in this slot of a tenant.
    pub fn parked_at(&self, tenant: Option<TenantId>, slot: u16) -> Option<SessionId> {
        let mut parked = self.sessions.values().filter(|session| session.tenant == tenant);
        parked
            .find(|session| session.parked().is_some_and(|parked| parked.slot == slot))
            .map(|session| session.id)
    }

    /// An operator puts the client into a free slot and leaves; gives which.
    pub(super) fn park(
        &mut self,
        id: SessionId,
        (from, by): (LegId, UserId),
        told: Told,
        now: Time,
    ) -> Result<u16, Refusal> {
        let session = self.sessions.get(&id).ok_or_else(Refusal::gone)?;
        let talk = *session.talk().ok_or_else(|| Refusal::new(Cause::NotFound, "nobody talks"))?;
        if talk.forward.is_some() {
            return Err(Refusal::new(Cause::Busy, "the client is being forwarded"));
        }
        let alone = session.company().eq([from])
            && session.legs.keys().all(|leg| [from, session.client].contains(leg));
        if session.beside.is_some() || !alone {
            return Err(Refusal::new(Cause::Busy, "others are in the call"));
        }
        let tenant = session.tenant;
        let free = SLOTS.into_iter().find(|slot| self.parked_at(tenant, *slot).is_none());
        let slot = free.ok_or_else(|| Refusal::new(Cause::Busy, "all slots are taken"))?;
        let name = self.operator_name(by);
        self.note(id, Happening::Parked { slot, by: name }, now);
        if let Told::ByOwnLeg { request } = told {
            self.tell_transfer(from, request, Handed::Trying);
            self.set_aside(id, (from, by), (slot, request), now);
        }
        self.all_leave(id, now);
        let until = now + self.config.park_for;
        let Some(session) = self.sessions.get_mut(&id) else { return Err(Refusal::gone()) };
        session.stage = Stage::Parked(Parked { slot, by: Some(by), from, met: talk.met, until });
        let client = session.client;
        self.let_wait(id, [client].into(), now);
        self.outputs.push_back(Action::SlotChanged { tenant, slot });
        self.reschedule(id);
        Ok(slot)
    }

    /// The operator who has put a client on hold and dials a code parks that client.
    pub(super) fn park_held(&mut self, id: SessionId, user: UserId, now: Time) -> Result<u16, Refusal> {
        let session = self.sessions.get_mut(&id).ok_or_else(Refusal::gone)?;
        let main = session.beside.take();
        let main = main.ok_or_else(|| Refusal::new(Cause::NotFound, "no client waits on hold"))?;
        let leg = self.sessions.get(&main).and_then(|main| main.leg_of(user));
        let leg = leg.ok_or_else(|| Refusal::new(Cause::NotFound, "no client waits on hold"))?;
        self.park(main, (leg, user), Told::ByAnother, now)
    }

    /// The leg of whoever parked the client becomes a session of its own, which is told the slot and ends.
    fn set_aside(
        &mut self,
        id: SessionId,
        (leg, user): (LegId, UserId),
        (slot, request): (u16, Option<u64>),
        now: Time,
    ) {
        let number = slot.to_string();
        self.tell_line(
            leg,
            LineCommand::Show { party: Party { number, display: Some(format!("Parked {slot}")) } },
        );
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let (line, tenant) = (session.arrival.line.clone(), session.tenant);
        let voice = session.voice_mut(leg).map(|voice| *voice).unwrap_or_default();
        if leg == session.caller {
            session.caller_leg = CallerLeg::Down;
        }
        session.legs.remove(&leg);
        session.closing.remove(&leg);
        session.music.remove(&leg);
        let party = self.operator_name(user);
        self.note(id, Happening::Left { leg, party, by: EndedBy::Us, cause: Cause::Normal }, now);
        self.release_operator(id, user, now);
        let aside = self.aside(leg, user, line, now);
        if let Some(aside) = self.sessions.get_mut(&aside) {
            aside.caller_voice = voice;
        }
        let (to, why) = (format!("slot {slot}"), "a client was parked there".to_owned());
        self.routed(
            aside,
            Happening::Routed { tenant, session: Kind::Internal, outbound: false, to, why },
            now,
        );
        self.begin_notice(aside, Notice::Parked(slot), request, now);
        self.give_notice(aside);
        self.reschedule(aside);
    }

    /// A session of an operator's leg alone, which is up already.
    fn aside(&mut self, leg: LegId, user: UserId, line: String, now: Time) -> SessionId {
        let from = self.operator_party(user);
        let device =
            self.directory.operators.get(&user).and_then(|operator| operator.devices.first().copied());
        let origin = device.map_or(Origin::Guest, Origin::Device);
        let arrival = Arrival {
            line,
            abilities: Abilities::SOUND,
            origin,
            from,
            dialled: PARK.to_owned(),
            hops_left: 0,
            replaces: None,
            shown: None,
            invited: None,
            details: Default::default(),
        };
        let id = self.open_session(leg, arrival, now);
        if let Some(session) = self.sessions.get_mut(&id) {
            session.caller_leg = CallerLeg::Up;
            session.calling_operator = Some(user);
            session.closing = [leg].into();
            let room = session.room;
            self.tell_media(media::Command::StopPlay { leg });
            self.tell_media(media::Command::Move { leg, room });
        }
        id
    }

    /// An operator dialled a slot: the client who waits there is served by that phone.
    pub(super) fn fetch_parked(&mut self, id: SessionId, user: UserId, slot: u16, now: Time) {
        let tenants = self.directory.operators.get(&user).map(|operator| operator.tenants.clone());
        let found = tenants.into_iter().flatten().find_map(|tenant| self.parked_at(Some(tenant), slot));
        let Some(client) = found else {
            return self.turn_away(id, Cause::NotFound, format!("nobody waits at {slot}"), now);
        };
        let Some(leg) = self.hand_in(id, client, now) else { return };
        let Some(session) = self.sessions.get_mut(&client) else { return };
        let Stage::Parked(parked) = session.stage else { return };
        let forward = Forward { to: leg, from: parked.from, by: parked.by, request: None, recall: false };
        session.stage = Stage::Talking(Talk { met: parked.met, held: None, forward: Some(forward) });
        self.slot_left(client, &Stage::Parked(parked));
        self.follow_rule(client, now);
        self.engage(client, user, now);
        self.come_in(client, (leg, user), (format!("slot {slot}"), Part::Party), now);
        self.reschedule(client);
    }

    /// The leg of an operator's new call is to come into another session; its own session is over. Nothing if the
    /// operator is on another session.
    pub(super) fn hand_in(&mut self, id: SessionId, into: SessionId, now: Time) -> Option<LegId> {
        let session = self.sessions.get_mut(&id)?;
        if session.beside.is_some() {
            let why = "the operator is on another session".to_owned();
            self.turn_away(id, Cause::Busy, why, now);
            return None;
        }
        let leg = session.caller;
        session.caller_leg = CallerLeg::Down;
        session.closing.remove(&leg);
        self.legs.insert(leg, into);
        self.end(id, Cause::Normal, EndedBy::Us, now);
        Some(leg)
    }

    /// A phone that called is let into a session: its call is answered there, and it takes part as soon as it is up.
    pub(super) fn come_in(
        &mut self,
        id: SessionId,
        (leg, user): (LegId, UserId),
        (from, part): (String, Part),
        now: Time,
    ) {
        let by = self.operator_name(user);
        self.note(id, Happening::PickedUp { by, from }, now);
        self.let_in(id, (leg, user), part, now);
    }

    /// The call of this leg is answered in a session.
    pub(super) fn let_in(&mut self, id: SessionId, (leg, user): (LegId, UserId), part: Part, now: Time) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let state = LegState::Ringing { until: Some(now + RING), part };
        session.legs.insert(leg, Leg { role: Role::Operator { user, offer: None }, state, followed: None });
        session.closing.insert(leg);
        let room = session.room;
        self.tell_line(leg, LineCommand::Answer { room });
    }

    /// A client has waited in a slot as long as it may: whoever put it there is called.
    pub(super) fn parked_too_long(&mut self, id: SessionId, parked: Parked, now: Time) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let client = session.client;
        session.stage = Stage::Talking(Talk { met: parked.met, held: None, forward: None });
        self.slot_left(id, &Stage::Parked(parked));
        self.follow_rule(id, now);
        let reasons = vec![format!("waited too long at {}", parked.slot)];
        self.note(id, Happening::Decision { reasons }, now);
        let forward = Forward { to: client, from: parked.from, by: parked.by, request: None, recall: false };
        match parked.by {
            Some(operator) => self.recall(id, forward, operator, Cause::NoAnswer, now),
            None => self.nobody_left(id, client, Cause::NoAnswer, now),
        }
    }

    /// A session is in this stage no more; if that was a slot, it is free.
    pub(super) fn slot_left(&mut self, id: SessionId, stage: &Stage) {
        if let Stage::Parked(parked) = stage {
            let tenant = self.sessions.get(&id).and_then(|session| session.tenant);
            self.outputs.push_back(Action::SlotChanged { tenant, slot: parked.slot });
        }
    }
}
