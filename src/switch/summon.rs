//! An operator wants to call somebody without a hand on the telephone: the operator's own phone is called first, and
//! then, when that is answered, whoever is wanted, as if the number had been dialled there.

use std::time::Duration;

use super::Switch;
use super::cause::{Cause, EndedBy};
use super::command::Refusal;
use super::history::{Happening, Kind};
use super::line::{self, Abilities, Arrival, LineCommand, Origin, Party, Target};
use super::route::{Denial, External, Route, Wish, may_dial};
use super::session::CallerLeg;
use crate::id::{DeviceId, LegId, SessionId, UserId};
use crate::media::{self, Sound};
use crate::time::Time;

/// How long the operator's own phone rings.
const RING: Duration = Duration::from_secs(30);
/// How many times a call may be passed on that begins here (RFC 3261 section 8.1.1.6).
const HOPS: u8 = 70;
/// The playback of the tone that says that it rings at the far end.
const RINGBACK: u64 = u64::MAX - 2;

impl Switch {
    /// Calls an operator's own phone, and whoever has the number when that is answered.
    ///
    /// # Errors
    /// Why nobody is called.
    pub fn place_call(&mut self, operator: UserId, number: &str, now: Time) -> Result<SessionId, Refusal> {
        let placed = self.summon(operator, number, now);
        self.drain_queues(now);
        if let Ok(id) = placed {
            self.reschedule(id);
        }
        placed
    }

    fn summon(&mut self, user: UserId, number: &str, now: Time) -> Result<SessionId, Refusal> {
        if self.refusing || self.sessions.len() >= self.config.max_sessions {
            return Err(Refusal::new(Cause::Unavailable, "no new sessions are accepted at the moment"));
        }
        let device = self.own_device(user)?;
        let origin = Origin::Device(device);
        let wish = Wish::Dialled { dialled: number, origin, shown: None };
        let route = may_dial(wish, &self.directory, &self.plans);
        let route = route.map_err(|Denial { cause, why }| Refusal { cause, why })?;
        if let Route::Feature(_) = route {
            return Err(Refusal::new(Cause::Forbidden, "codes are dialled on a phone"));
        }
        let arrival = Arrival {
            line: line::OWN_CALLS.to_owned(),
            abilities: Abilities::SOUND,
            origin,
            from: self.operator_party(user),
            dialled: number.to_owned(),
            hops_left: HOPS,
            replaces: None,
            shown: None,
            invited: None,
            details: Default::default(),
        };
        let leg = LegId::new(self.wall(now), &mut self.entropy);
        let id = self.open_session(leg, arrival, now);
        self.note_wish(id, user, &route, now);
        self.engage(id, user, now);
        let Some(session) = self.sessions.get_mut(&id) else { return Err(Refusal::gone()) };
        session.caller_leg = CallerLeg::Called { until: now + RING };
        session.closing.insert(leg);
        let room = session.room;
        let devices = self.directory.operators.get(&user).map(|operator| operator.devices.clone());
        let target = Target::OwnDevices(devices.unwrap_or_default());
        let caller = Party { number: number.to_owned(), display: None };
        let (like, subject) = (None, None);
        let (hops_left, session) = (HOPS, Some(id));
        self.tell_line(leg, LineCommand::Dial { room, target, caller, like, hops_left, subject, session });
        Ok(id)
    }

    /// A phone of the operator that can be called, if the operator is on no other session.
    fn own_device(&self, user: UserId) -> Result<DeviceId, Refusal> {
        match self.operator_free(user, line::OWN_CALLS, None) {
            // Who is away is called by nobody else, and may call.
            Ok(()) | Err(Cause::Declined) => {}
            Err(cause) => return Err(cause.into()),
        }
        let owner = self.directory.operators.get(&user);
        let mut devices = owner.into_iter().flat_map(|owner| &owner.devices);
        let there = devices.find(|device| self.reachable.contains(device));
        there.copied().ok_or_else(|| Cause::Unreachable.into())
    }

    /// Takes down whom the operator wants, so that a record tells it whose phone nobody answered.
    fn note_wish(&mut self, id: SessionId, user: UserId, route: &Route, now: Time) {
        let (tenant, session, outbound) = match route {
            Route::External(External { tenant, .. }) | Route::Emergency { tenant, .. } => {
                (*tenant, Kind::Client, true)
            }
            Route::Dialplan(_) | Route::Operator(_) | Route::Group(_) | Route::Feature(_) => {
                let home =
                    self.directory.operators.get(&user).and_then(|owner| owner.tenants.first().copied());
                (home, Kind::Internal, false)
            }
        };
        let name = self.operator_name(user);
        let (to, why) =
            (format!("the phone of {name}"), format!("{name} wants to call, and is called first"));
        self.routed(id, Happening::Routed { tenant, session, outbound, to, why }, now);
    }

    /// The operator has answered: whoever is wanted is called.
    pub(super) fn summoned(&mut self, id: SessionId, now: Time) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.caller_leg = CallerLeg::Up;
            self.note(id, Happening::Answered, now);
            self.route(id, now);
        }
    }

    /// The operator has not answered, or cannot be had.
    pub(super) fn not_summoned(&mut self, id: SessionId, cause: Cause, by: EndedBy, now: Time) {
        let party = self.sessions.get(&id).and_then(|session| session.calling_operator);
        let party = party.map_or_else(String::new, |user| self.operator_name(user));
        self.note(id, Happening::NotReached { party, cause }, now);
        self.end(id, cause, by, now);
    }

    /// It rings at the far end of a caller who has been answered: the phone makes no tone by itself any more.
    pub(super) fn ring_aloud(&mut self, caller: LegId) {
        let sounds = vec![Sound::Ringback];
        self.tell_media(media::Command::Play { leg: caller, playback: RINGBACK, sounds, repeat: true });
    }
}
