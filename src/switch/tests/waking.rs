//! Alarms that come without end.

use std::time::Duration;

use super::super::Violation;
use super::super::callback::{Ending, State};
use super::super::session::CallerLeg;
use super::super::stage::Stage;
use super::*;

impl Fixture {
    /// Lets the switch look at what is due, and gives what comes of it.
    fn look(&mut self) -> Vec<Action> {
        self.switch.handle_timeout(self.now);
        std::iter::from_fn(|| self.switch.poll_action()).collect()
    }
}

#[test]
fn a_session_that_is_woken_without_end_is_ended_as_internal_and_the_others_keep_their_sound() {
    let mut fixture = Fixture::new();
    let stuck_leg = fixture.call_menu();
    let stuck = fixture.switch.session_of(stuck_leg).unwrap();
    let (other, caller, anna) = fixture.served();
    fixture.pass(Duration::from_secs(1));
    fixture.switch.plant_alarms(stuck);

    let actions = fixture.look();
    let hang_up = |action: &Action| matches!(action, Action::Line { leg, command: LineCommand::HangUp { cause: Cause::Internal } } if *leg == stuck_leg);
    assert!(actions.iter().any(hang_up), "{actions:#?}");
    let of_others = |action: &&Action| match action {
        Action::Line { leg, .. } => *leg != stuck_leg,
        Action::Event(event) => event.session != stuck,
        _ => false,
    };
    assert_eq!(actions.iter().filter(of_others).count(), 0, "{actions:#?}");
    assert_eq!(fixture.hears(caller), [anna]);
    assert_eq!(fixture.hears(anna), [caller]);
    assert!(fixture.switch.sessions[&other].talk().is_some());

    assert_eq!(fixture.switch.invariants(), [Violation::StuckTimer { session: stuck }]);
    fixture.now += Duration::from_secs(61);
    fixture.look();
    assert_eq!(fixture.switch.invariants(), [], "what is long over is shown no more");
}

#[test]
fn a_session_that_is_over_and_still_woken_without_end_is_forgotten() {
    let mut fixture = Fixture::new();
    let caller = fixture.call_menu();
    let id = fixture.switch.session_of(caller).unwrap();
    let session = fixture.switch.sessions.get_mut(&id).unwrap();
    session.stage = Stage::Over { until: Time(u64::MAX) };
    (session.caller_leg, session.caller_voice.kept) = (CallerLeg::Up, Some(Time::ZERO));
    fixture.switch.reschedule(id);

    let actions = fixture.look();
    let closed = |action: &Action| matches!(action, Action::Closed { session, .. } if *session == id);
    assert!(actions.iter().any(closed), "{actions:#?}");
    assert_eq!(fixture.switch.invariants(), [Violation::StuckTimer { session: id }]);
    assert_eq!(fixture.switch.poll_timeout(), None);
}

#[test]
fn a_promise_that_is_looked_at_without_end_is_given_up() {
    let mut fixture = Fixture::new();
    let (tenant, group) = (*fixture.switch.directory.tenants.keys().next().unwrap(), fixture.group("sales"));
    let number = "+420777000501".to_owned();
    let new = super::callback::asked(tenant, group, number, 0);
    let callback = fixture.switch.promise(new, fixture.now).unwrap().id;
    fixture.switch.callbacks.plant_alarm(UnixMs(0), callback);

    let actions = fixture.look();
    let ended = actions.iter().find_map(|action| match action {
        Action::Callback(callback) => match &callback.state {
            State::Ended { how, .. } => Some(how.clone()),
            _ => None,
        },
        _ => None,
    });
    assert!(matches!(ended, Some(Ending::Failed { .. })), "{actions:#?}");
    assert_eq!(fixture.switch.open_callbacks(), 0);
    assert_eq!(fixture.switch.invariants(), [Violation::StuckPromise { callback }]);
}
