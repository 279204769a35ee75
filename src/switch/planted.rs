//! A switch that is not as it must be: each kind of fault, put there on purpose.

use uuid::Uuid;

use super::Switch;
use super::callback::{Callback, Stand, State, Terms};
use super::leg::{Leg, LegState, Role, Voice};
use super::session::{CallerLeg, Session};
use super::stage::{Held, Met, Stage, Talk};
use super::tests::Fixture;
use crate::id::{CallbackId, GroupId, LegId, SessionId, TenantId, UserId};
use crate::media::{Row, Sound};
use crate::queue;
use crate::time::{Time, UnixMs};

const NOWHERE: Uuid = Uuid::from_u128(0xdead);

/// A switch with one session, whose caller hears a menu, in which the fault with this name stands.
pub(crate) fn switch_with(name: &str) -> Switch {
    let mut fixture = Fixture::new();
    fixture.call_menu();
    assert_eq!(fixture.switch.invariants(), []);
    fixture.switch.plant(name);
    fixture.switch
}

impl Switch {
    /// The leg by which the caller with this number came.
    pub(crate) fn leg_of(&self, from: &str) -> Option<LegId> {
        let session = self.sessions.values().find(|session| session.arrival.from.number == from)?;
        Some(session.caller)
    }

    /// Has a session woken again and again for nothing.
    pub(super) fn plant_alarms(&mut self, id: SessionId) {
        self.timers.extend((0..1_000).map(|at| (Time(at), id)));
    }

    /// Plants the fault with this name in a switch that has a session.
    fn plant(&mut self, name: &str) {
        if let Some(queues) = queue::tests::planted::queues_with(name) {
            self.queues = queues;
            return;
        }
        let Some(session) = self.sessions.values_mut().next() else { panic!("no session to plant it in") };
        session.caller_leg = CallerLeg::Up;
        let leg = LegId(NOWHERE);
        match name {
            "orphan_leg" => drop(self.legs.insert(leg, SessionId(NOWHERE))),
            "leg_outlives_session" => {
                talk_with_an_operator(session, leg, UserId(NOWHERE));
                session.stage = Stage::Over { until: Time(u64::MAX) };
            }
            "waits_nowhere" => session.stage = Stage::Queued { group: GroupId(NOWHERE) },
            "talks_with_nobody" => {
                session.stage = TALKING;
                session.music.insert(session.client, Sound::Silence { ms: 1 });
            }
            "too_many" => (0..6).for_each(|number| {
                talk_with_an_operator(
                    session,
                    LegId(Uuid::from_u128(number)),
                    UserId(Uuid::from_u128(number)),
                );
            }),
            "silent_client" => {
                talk_with_an_operator(session, leg, UserId(NOWHERE));
                session.rows.clear();
            }
            "consult_leak" => {
                talk_with_an_operator(session, leg, UserId(NOWHERE));
                session.stage = Stage::Talking(Talk {
                    met: Met::Directly,
                    held: Some(Held::Aside { by: leg }),
                    forward: None,
                });
            }
            "recording_gap" => {
                talk_with_an_operator(session, leg, UserId(NOWHERE));
                session.recorder.dialplan = Some(true);
            }
            "two_conversations" => {
                talk_with_an_operator(session, leg, UserId(NOWHERE));
                let twin = Session { id: SessionId(NOWHERE), ..session.clone() };
                self.sessions.insert(twin.id, twin);
            }
            "room_stranger" => self.plant_room(leg, SessionId(NOWHERE)),
            "promised_twice" => (0..2).for_each(|n| self.callbacks.insert(promise(n), paused(), Time::ZERO)),
            "promise_lost" => {
                let nowhere = Stand::Waiting { entry: SessionId(NOWHERE) };
                self.callbacks.insert(promise(0), nowhere, Time::ZERO);
            }
            "called_on_the_line" => {
                let (tenant, number) = (session.tenant.unwrap(), session.arrival.from.number.clone());
                let other = Session { id: SessionId(NOWHERE), tenant: None, ..session.clone() };
                let calling = Stand::Calling { session: other.id };
                self.sessions.insert(other.id, other);
                let callback = Callback { tenant, number, ..promise(0) };
                self.callbacks.insert(callback, calling, Time::ZERO);
            }
            "stuck_timer" => {
                let id = session.id;
                self.plant_alarms(id);
                self.handle_timeout(Time::from_secs(1));
            }
            "stuck_promise" => {
                self.callbacks.plant_alarm(UnixMs(0), CallbackId(NOWHERE));
                self.handle_timeout(Time::from_secs(1));
            }
            "no_caller" => (session.stage, session.caller_leg) = (Stage::Guided, CallerLeg::Down),
            _ => panic!("{name} cannot be planted"),
        }
    }
}

const TALKING: Stage = Stage::Talking(Talk { met: Met::Directly, held: None, forward: None });

fn promise(number: u128) -> Callback {
    let terms = Terms { pauses: vec![], expires: UnixMs(i64::MAX), hours: None };
    Callback {
        id: CallbackId(Uuid::from_u128(number)),
        tenant: TenantId(NOWHERE),
        group: GroupId(NOWHERE),
        number: "+420777000222".to_owned(),
        priority: 0,
        since: UnixMs(0),
        made: UnixMs(0),
        asked_in: None,
        due: None,
        name: None,
        asker: None,
        terms,
        tries: 0,
        state: State::Waiting,
    }
}

fn paused() -> Stand {
    Stand::Paused { until: UnixMs(i64::MAX) }
}

fn talk_with_an_operator(session: &mut Session, leg: LegId, user: UserId) {
    let role = Role::Operator { user, offer: None };
    session.legs.insert(leg, Leg { role, state: LegState::Up(Voice::default()), followed: None });
    session.rows.insert(Row { from: leg, to: session.client });
    session.stage = TALKING;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::switch::Violation;
    use crate::switch::line::LineEvent;

    #[test]
    fn a_client_whom_the_dialplan_believes_to_talk_and_who_talks_with_nobody_is_found_to_be_in_silence() {
        let mut fixture = Fixture::new();
        fixture.register("anna", true);
        let caller = fixture.call_and_press('3');
        let (anna, _) = fixture.first_dialled();
        fixture.line(anna, LineEvent::Up);
        assert_eq!(fixture.switch.invariants(), []);
        let id = fixture.switch.session_of(caller).unwrap();
        let session = fixture.switch.sessions.get_mut(&id).unwrap();
        session.stage = Stage::Guided;
        assert_eq!(fixture.switch.invariants(), [Violation::SilentClient { session: id }]);
    }
}
