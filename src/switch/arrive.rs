//! A session comes in: where its number leads, and what its lines report.

use super::cause::{Cause, EndedBy};
use super::command::Refusal;
use super::history::{Happening, Kind};
use super::line::{Arrival, LineCommand, LineEvent, Origin, Party};
use super::route::{Denial, Route, Wish, may_dial};
use super::services::Service;
use super::session::{CallerLeg, Session};
use super::stage::Stage;
use super::{Action, Switch};
use crate::dialplan::{Entry, Facts, Input, Run};
use crate::e164;
use crate::id::{LegId, RoomId, SessionId, TenantId, TrunkId};
use crate::queue::Engagement;
use crate::time::Time;

impl Arrival {
    fn wish(&self) -> Wish<'_> {
        Wish::Dialled { dialled: &self.dialled, origin: self.origin, shown: self.shown.as_deref() }
    }
}

impl Switch {
    pub(super) fn line_event(&mut self, leg: LegId, event: LineEvent, now: Time) {
        if let LineEvent::Arrived(arrival) = event {
            return self.arrived(leg, *arrival, now);
        }
        if matches!(event, LineEvent::Down { .. } | LineEvent::NoWay { .. }) {
            self.loads.drop_leg(leg);
        }
        let Some(id) = self.legs.get(&leg).copied() else { return };
        let Some(session) = self.sessions.get(&id) else { return };
        if let LineEvent::Wrote { own, text, aside } = event {
            self.wrote(id, leg, (own, text, aside), now);
        } else if let LineEvent::Learned(details) = event {
            self.note(id, Happening::Learned { details }, now);
        } else if session.caller == leg {
            self.caller_event(id, event, now);
        } else {
            self.callee_event(id, leg, event, now);
        }
        self.reschedule(id);
    }

    fn arrived(&mut self, leg: LegId, mut arrival: Arrival, now: Time) {
        let full = match arrival.origin {
            Origin::Trunk(trunk) => {
                self.write_in_full(trunk, &mut arrival);
                self.carry_in(leg, trunk).err()
            }
            Origin::Device(_) | Origin::Guest | Origin::Door(_) => None,
        };
        let wish = arrival.wish();
        let help = match may_dial(wish, &self.directory, &self.plans) {
            Ok(Route::Emergency { tenant, number }) => Some((tenant, number)),
            _ => None,
        };
        let id = self.open_session(leg, arrival, now);
        let returns = self.returns_to(id).is_some();
        if let Some((tenant, number)) = help {
            self.make_way(id, now);
            self.call_help(id, tenant, number, now);
        } else if let Some(why) = full {
            self.turn_away(id, Cause::Unavailable, why, now);
        } else if !returns && (self.refusing || self.sessions.len() > self.config.max_sessions) {
            let why = "no new sessions are accepted at the moment".to_owned();
            self.turn_away(id, Cause::Unavailable, why, now);
        } else if !returns && self.calls_beside_a_session(id) && !self.begin_beside(id) {
            let why = "the operator is on another session".to_owned();
            self.turn_away(id, Cause::Busy, why, now);
        } else {
            self.route(id, now);
        }
        self.reschedule(id);
    }

    pub(super) fn open_session(&mut self, leg: LegId, arrival: Arrival, now: Time) -> SessionId {
        let id = SessionId::new(self.wall(now), &mut self.entropy);
        let origin = self.origin_name(arrival.origin);
        let arrival = self.named(arrival);
        self.begin_session(id, leg, arrival, origin, now);
        id
    }

    /// Whoever calls by a phone in a browser is known by the extension, and not by the name of an account that was lent.
    fn named(&self, arrival: Arrival) -> Arrival {
        let Origin::Device(device) = arrival.origin else { return arrival };
        let owner = self.directory.devices.get(&device).map(|user| self.operator_party(*user));
        let lent = |party: &Party| {
            let rest = arrival.from.number.strip_prefix(&party.number);
            !party.number.is_empty() && rest.is_some_and(|rest| rest.starts_with('-'))
        };
        match owner.filter(lent) {
            Some(party) => {
                let display = arrival.from.display.clone().or(party.display);
                Arrival { from: Party { display, ..party }, ..arrival }
            }
            None => arrival,
        }
    }

    pub(super) fn begin_session(
        &mut self,
        id: SessionId,
        leg: LegId,
        arrival: Arrival,
        origin: String,
        now: Time,
    ) {
        let wall = self.wall(now);
        let calling_operator = match arrival.origin {
            Origin::Device(device) => self.directory.devices.get(&device).copied(),
            Origin::Trunk(_) | Origin::Guest | Origin::Door(_) => None,
        };
        let came = came(&arrival, leg, origin);
        let room = RoomId::new(wall, &mut self.entropy);
        let session =
            Session { calling_operator, ..Session::new(id, (self.config.epoch, room), leg, arrival) };
        self.legs.insert(leg, id);
        self.sessions.insert(id, session);
        self.note(id, came, now);
    }

    /// The caller's number as a provider gives it, in full.
    fn write_in_full(&self, trunk: TrunkId, arrival: &mut Arrival) {
        let country = self.directory.trunks.get(&trunk).and_then(|trunk| trunk.country.as_deref());
        if let Some(number) = e164::in_full(&arrival.from.number, country) {
            arrival.from.number = number;
        }
    }

    /// Who calls help may do so beside another session, which goes on.
    fn make_way(&mut self, id: SessionId, now: Time) {
        match self.calls_beside_a_session(id) {
            true => {
                if let Some(session) = self.sessions.get_mut(&id) {
                    session.calling_operator = None;
                }
            }
            false => self.engage_caller(id, now),
        }
    }

    /// An operator serves one call at a time, whoever began it.
    fn calls_beside_a_session(&self, id: SessionId) -> bool {
        let caller = self.sessions.get(&id).and_then(|session| session.calling_operator);
        let state = caller.and_then(|operator| self.queues.operator(operator));
        state.is_some_and(|state| matches!(state.engagement, Engagement::OnSession { .. }))
    }

    /// Takes down that an operator consults somebody; `false` if that cannot be now.
    fn begin_beside(&mut self, id: SessionId) -> bool {
        let operator = self.sessions.get(&id).and_then(|session| session.calling_operator);
        let main = operator.and_then(|operator| self.beside(operator));
        if let Some(session) = self.sessions.get_mut(&id) {
            session.beside = main;
        }
        main.is_some()
    }

    /// Whether an operator may call somebody beside another session, if this call is beside one.
    fn may_consult(&self, id: SessionId) -> Result<(), Refusal> {
        let main = self.sessions.get(&id).and_then(|session| session.beside);
        main.map_or(Ok(()), |main| self.admits(main, Service::Conference))
    }

    pub(super) fn origin_name(&self, origin: Origin) -> String {
        match origin {
            Origin::Trunk(trunk) => {
                let name = self.directory.trunks.get(&trunk).map(|trunk| trunk.name.as_str());
                format!("trunk {}", name.unwrap_or("?"))
            }
            Origin::Device(device) => {
                let owner = self.directory.owner(device).map(|(_, owner)| owner.name.as_str());
                format!("operator {}", owner.unwrap_or("?"))
            }
            Origin::Guest => "guest".to_owned(),
            Origin::Door(door) => {
                let name = self.directory.doors.get(&door).map(|door| door.name.as_str());
                format!("door {}", name.unwrap_or("?"))
            }
        }
    }

    pub(super) fn route(&mut self, id: SessionId, now: Time) {
        let Some(session) = self.sessions.get(&id) else { return };
        let arrival = session.arrival.clone();
        if let Some(leg) = arrival.replaces {
            return self.pick_up_leg(id, leg, now);
        }
        let wish = arrival.wish();
        let route = may_dial(wish, &self.directory, &self.plans);
        if !matches!(route, Ok(Route::Feature(_))) {
            if let Err(Refusal { cause, why }) = self.may_consult(id) {
                return self.turn_away(id, cause, why, now);
            }
            self.engage_caller(id, now);
        }
        match route {
            Ok(Route::Feature(feature)) => self.use_feature(id, feature, now),
            Ok(Route::Dialplan(entry)) => self.enter_dialplan(id, entry, now),
            Ok(Route::Operator(user)) => self.call_operator(id, user, now),
            Ok(Route::Group(group)) => self.enter_by_door(id, group, now),
            Ok(Route::External(to)) => self.call_external(id, to, now),
            Ok(Route::Emergency { tenant, number }) => self.call_help(id, tenant, number, now),
            Err(Denial { cause, why }) => self.turn_away(id, cause, why, now),
        }
    }

    pub(super) fn turn_away(&mut self, id: SessionId, cause: Cause, why: String, now: Time) {
        self.note(id, Happening::Refused { cause, why }, now);
        self.end(id, cause, EndedBy::Us, now);
    }

    /// A dialplan leads the caller from here on.
    pub(super) fn lead(&mut self, id: SessionId, entry: Entry, now: Time) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let facts =
            Facts { caller: session.arrival.from.number.clone(), dialled: session.arrival.dialled.clone() };
        session.run = Some(Run::start(entry, facts, session.epoch, now));
        self.follow(id, now);
    }

    fn enter_dialplan(&mut self, id: SessionId, entry: Entry, now: Time) {
        let tenant = entry.plan.tenant.as_deref().and_then(|name| self.directory.tenant_named(name));
        let tenant = tenant.map(|(id, _)| id);
        let to = format!("dialplan {}", entry.plan.file);
        let why = format!("it answers the number, at {}", entry.node);
        let kind = self.kind_of(id, tenant);
        self.routed(id, Happening::Routed { tenant, session: kind, outbound: false, to, why }, now);
        let Some(session) = self.sessions.get(&id) else { return };
        let (caller, dialled) = (session.arrival.from.number.clone(), session.arrival.dialled.clone());
        for (name, value) in [("caller", caller), ("dialled", dialled)] {
            self.note(id, Happening::Parameter { name: name.to_owned(), value }, now);
        }
        self.lead(id, entry, now);
    }

    /// A session with a client has a tenant whose number was dialled, and is not an operator's own call.
    fn kind_of(&self, id: SessionId, tenant: Option<TenantId>) -> Kind {
        let by_operator = self.sessions.get(&id).is_some_and(|session| session.calling_operator.is_some());
        if tenant.is_some() && !by_operator { Kind::Client } else { Kind::Internal }
    }

    /// Notes where the session leads, and whose it is.
    pub(super) fn routed(&mut self, id: SessionId, routed: Happening, now: Time) {
        if let (Some(session), Happening::Routed { tenant, .. }) = (self.sessions.get_mut(&id), &routed) {
            session.tenant = *tenant;
        }
        self.note(id, routed, now);
        self.client_arrives(id, now);
    }

    fn caller_event(&mut self, id: SessionId, event: LineEvent, now: Time) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if session.caller_leg == CallerLeg::Down {
            return;
        }
        let leg = session.caller;
        match event {
            LineEvent::Early => {
                if let CallerLeg::Early { ready } = &mut session.caller_leg {
                    *ready = true;
                }
                if let Stage::Apology { cause, .. } = session.stage {
                    self.apologise(id, cause);
                }
            }
            LineEvent::Up if matches!(session.caller_leg, CallerLeg::Called { .. }) => self.summoned(id, now),
            LineEvent::Up => {
                session.caller_leg = CallerLeg::Up;
                self.note(id, Happening::Answered, now);
                self.give_notice(id);
                self.tell_run(id, Input::Answered, now);
            }
            LineEvent::Down { cause, .. } | LineEvent::NoWay { cause }
                if matches!(session.caller_leg, CallerLeg::Called { .. }) =>
            {
                session.caller_leg = CallerLeg::Down;
                self.not_summoned(id, cause, EndedBy::Peer, now);
            }
            LineEvent::Down { cause, by } => self.caller_gone(id, (cause, by), now),
            LineEvent::NoWay { cause } => self.caller_gone(id, (cause, EndedBy::Peer), now),
            LineEvent::Holds(holds) => self.phone_holds(id, leg, holds, now),
            LineEvent::Stranded => self.stranded(id, leg, now),
            LineEvent::Transfer { request, wish } => self.transfer_wanted(id, leg, request, wish, now),
            LineEvent::Key { digit } => {
                self.pass_key(id, leg, digit);
                self.key_pressed(id, digit, now);
            }
            LineEvent::Ringing | LineEvent::Arrived(_) | LineEvent::Wrote { .. } | LineEvent::Learned(_) => {}
        }
    }

    /// Answers the caller, once.
    pub(super) fn answer(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if matches!(session.caller_leg, CallerLeg::Waiting | CallerLeg::Early { .. }) {
            session.caller_leg = CallerLeg::Answering;
            session.opens_port(session.caller);
            let (leg, room) = (session.caller, session.room);
            self.outputs.push_back(Action::Line { leg, command: LineCommand::Answer { room } });
        }
    }

    /// Lets the caller hear something before the answer, if there is none yet.
    pub(super) fn open_early(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if session.caller_leg == CallerLeg::Waiting {
            session.caller_leg = CallerLeg::Early { ready: false };
            session.opens_port(session.caller);
            let (leg, room) = (session.caller, session.room);
            self.outputs.push_back(Action::Line { leg, command: LineCommand::Early { room } });
        }
    }
}

/// Who has come, and to what; `origin` in the words of people.
fn came(arrival: &Arrival, leg: LegId, origin: String) -> Happening {
    let door = match arrival.origin {
        Origin::Door(door) => Some(door),
        Origin::Trunk(_) | Origin::Device(_) | Origin::Guest => None,
    };
    let lasts = arrival.abilities.lasting;
    Happening::Arrived {
        line: arrival.line.clone(),
        from: arrival.from.number.clone(),
        display: arrival.from.display.clone(),
        dialled: arrival.dialled.clone(),
        origin,
        details: arrival.details.clone(),
        leg: lasts.then_some(leg),
        door: door.filter(|_| lasts),
    }
}
