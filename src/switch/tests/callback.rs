//! Clients who hang up and are called when it is their turn.

use std::time::Duration;

use super::super::callback::{Asker, Callback, Ending, NewCallback, Stand, State};
use super::*;
use crate::e164::Class;

const CLIENT: &str = "+420777000501";
const MINUTE: Duration = Duration::from_secs(60);

/// A program's wish that somebody is called back.
pub(super) fn asked(tenant: TenantId, group: GroupId, number: String, priority: i32) -> NewCallback {
    NewCallback { tenant, group, number, priority, by: None, due: None, name: None, asker: None }
}

impl Fixture {
    /// A caller of this number waits for sales.
    fn waits_for_sales(&mut self, number: &str) -> LegId {
        let leg = self.arrive_from(number, Origin::Trunk(self.trunk), "+420200000100");
        self.line(leg, LineEvent::Up);
        self.press(leg, '1');
        leg
    }

    /// What is played to a leg comes to its end.
    fn hear_out(&mut self, leg: LegId) {
        let playback = self.actions.iter().rev().find_map(|action| match action {
            Action::Media(media::Command::Play { leg: to, playback, .. }) if *to == leg => Some(*playback),
            _ => None,
        });
        self.tell(Event::Media(media::Event::PlayEnded { leg, playback: playback.unwrap() }));
    }

    /// A caller of this number is promised a call, hears so, and is gone.
    fn promised(&mut self, number: &str) -> SessionId {
        let leg = self.waits_for_sales(number);
        let session = self.switch.session_of(leg).unwrap();
        self.press(leg, '1');
        assert!(self.playing(leg).contains(&"prompts/en/callback/your-number".to_owned()));
        self.press(leg, '1');
        self.hear_out(leg);
        self.pass(Duration::from_secs(1));
        self.close(&[leg]);
        session
    }

    fn open(&self) -> Vec<(String, Stand, Option<usize>)> {
        let open = self.switch.callbacks();
        open.into_iter().map(|open| (open.callback.number, open.stand, open.position)).collect()
    }

    /// How promises ended since the last look.
    fn endings(&mut self) -> Vec<Ending> {
        let ending = |action: &Action| match action {
            Action::Callback(callback) => match &callback.state {
                State::Ended { how, .. } => Some(how.clone()),
                _ => None,
            },
            _ => None,
        };
        let endings = self.actions.iter().filter_map(ending).collect();
        self.actions.retain(|action| ending(action).is_none());
        endings
    }

    /// Promises as they were written down last.
    fn written(&self) -> Vec<Callback> {
        let mut written = BTreeMap::new();
        for action in &self.actions {
            if let Action::Callback(callback) = action {
                written.insert(callback.id, callback.as_ref().clone());
            }
        }
        written.into_values().collect()
    }

    /// The operator's phone, which rings, is answered; gives it and the client's leg.
    fn calls_client(&mut self, name: &str) -> (LegId, LegId) {
        let (operator, who) = self.first_dialled();
        assert_eq!(who, name);
        self.line(operator, LineEvent::Up);
        let (client, target) = self.dialled().remove(0);
        assert!(matches!(target, Target::Trunk { .. }), "{target:?}");
        (operator, client)
    }
}

#[test]
fn a_client_who_is_called_back_is_recorded_as_the_group_says() {
    let mut fixture = Fixture::new();
    fixture.reconfigure(|directory| {
        let group = directory.groups.values().find(|group| group.name == "sales").unwrap().id;
        directory.recording.groups.insert(group, Rule { on: true, terms: Terms::default() });
    });
    fixture.promised(CLIENT);
    fixture.register("anna", true);
    let (_, client) = fixture.calls_client("anna");
    let begun =
        |fixture: &Fixture| fixture.actions.iter().any(|action| matches!(action, Action::RecordingBegun(_)));
    assert!(!begun(&fixture), "nobody talks yet");
    fixture.line(client, LineEvent::Up);
    assert!(begun(&fixture));
}

#[test]
fn a_client_hangs_up_keeps_the_place_and_talks_with_the_first_operator_who_is_free() {
    let mut fixture = Fixture::new();
    let asked_in = fixture.promised(CLIENT);
    let later = fixture.waits_for_sales("+420777000502");
    let open = fixture.open();
    let [(number, Stand::Waiting { entry }, Some(1))] = open.as_slice() else { panic!("{open:?}") };
    let entry = *entry;
    assert_eq!(number, CLIENT);
    fixture.actions.clear();
    fixture.register("anna", true);
    let dial = fixture.actions.iter().find_map(|action| match action {
        Action::Line { command: LineCommand::Dial { caller, .. }, .. } => Some(caller.clone()),
        _ => None,
    });
    let shown = Party { number: CLIENT.into(), display: Some("callback: sales, Harbour".into()) };
    assert_eq!(dial, Some(shown));
    let (anna, client) = fixture.calls_client("anna");
    assert!(
        matches!(fixture.open().as_slice(), [(_, Stand::Calling { session }, None)] if *session == entry)
    );
    let rings = |action: &Action| {
        matches!(action, Action::Media(media::Command::Play { leg, sounds, .. })
            if *leg == anna && sounds.contains(&media::Sound::Ringback))
    };
    assert!(fixture.actions.iter().any(rings), "the operator hears it ring");
    fixture.line(client, LineEvent::Up);
    assert_eq!((fixture.hears(anna), fixture.hears(client)), (vec![client], vec![anna]));
    assert_eq!(fixture.endings(), [Ending::Served { session: entry }]);
    assert_eq!(fixture.open(), []);
    fixture.pass(MINUTE);
    fixture.down(client, Cause::Normal);
    fixture.close(&[anna, client]);
    let record = &fixture.records[&entry];
    assert_eq!((record.from.as_str(), record.outbound, record.talk_ms), (CLIENT, true, 60_000));
    let links = |event: &SessionEvent| matches!(event.what, super::super::history::Happening::CallsBack { asked_in: Some(id), attempt: 1, .. } if id == asked_in);
    assert!(fixture.events[&entry].iter().any(links));
    assert_eq!(fixture.first_dialled().1, "anna", "who came later is next");
    fixture.down(later, Cause::Normal);
    fixture.check_history();
}

#[test]
fn a_client_who_does_not_answer_is_called_again_after_growing_pauses_and_then_given_up() {
    let mut fixture = Fixture::new();
    fixture.promised(CLIENT);
    fixture.register("anna", true);
    for (pause, cause) in [(5, Cause::Busy), (15, Cause::Declined)] {
        let (anna, client) = fixture.calls_client("anna");
        fixture.down(client, cause);
        if cause == Cause::Declined {
            assert_eq!(fixture.playing(anna), ["prompts/en/away"], "the operator hears why");
            fixture.down(anna, Cause::Normal);
        }
        fixture.close(&[anna, client]);
        assert!(matches!(fixture.open().as_slice(), [(_, Stand::Paused { .. }, None)]));
        fixture.pass(MINUTE * pause - Duration::from_secs(2));
        assert_eq!(fixture.dialled(), []);
        fixture.pass(Duration::from_secs(3));
    }
    let (anna, client) = fixture.calls_client("anna");
    fixture.pass(Duration::from_secs(46));
    assert_eq!(fixture.commands_to(client), [LineCommand::HangUp { cause: Cause::NoAnswer }]);
    fixture.pass(Duration::from_secs(20));
    let endings = fixture.endings();
    let [Ending::Failed { why }] = endings.as_slice() else { panic!("{endings:?}") };
    assert!(why.contains("3 times in vain"), "{why}");
    fixture.close(&[anna, client]);
    fixture.pass(MINUTE * 100);
    assert_eq!((fixture.dialled(), fixture.open()), (vec![], vec![]));
}

#[test]
fn an_operator_who_leaves_before_the_client_answers_leaves_the_promise_in_its_place() {
    let mut fixture = Fixture::new();
    fixture.promised(CLIENT);
    fixture.waits_for_sales("+420777000502");
    fixture.register("anna", true);
    let (anna, client) = fixture.calls_client("anna");
    fixture.down(anna, Cause::Normal);
    assert!(matches!(fixture.commands_to(client).as_slice(), [LineCommand::HangUp { .. }]));
    fixture.close(&[anna, client]);
    assert!(
        matches!(fixture.open().as_slice(), [(_, Stand::Waiting { .. }, Some(1))]),
        "{:?}",
        fixture.open()
    );
    assert_eq!(fixture.switch.callbacks()[0].callback.tries, 0);
    let (_, client) = fixture.calls_client("anna");
    fixture.line(client, LineEvent::Up);
    assert!(matches!(fixture.endings().as_slice(), [Ending::Served { .. }]));
}

#[test]
fn a_client_who_calls_again_takes_the_place_of_the_promise_and_is_not_called_meanwhile() {
    let mut fixture = Fixture::new();
    fixture.promised(CLIENT);
    fixture.waits_for_sales("+420777000502");
    let again = fixture.arrive_from(CLIENT, Origin::Trunk(fixture.trunk), "+420200000100");
    fixture.line(again, LineEvent::Up);
    assert!(matches!(fixture.open().as_slice(), [(_, Stand::OnLine { .. }, Some(1))]));
    fixture.press(again, '1');
    let id = fixture.switch.session_of(again).unwrap();
    assert_eq!(fixture.switch.queues().position(id), Some(1), "the earlier time counts");
    let group = fixture.switch.queues().group_of(id).unwrap();
    assert_eq!(fixture.switch.queues().waiting(group).len(), 2, "and not both");
    // Gone again without an operator: the promise stands.
    fixture.down(again, Cause::Normal);
    fixture.close(&[again]);
    assert!(matches!(fixture.open().as_slice(), [(_, Stand::Waiting { .. }, Some(1))]));
    let again = fixture.waits_for_sales(CLIENT);
    fixture.actions.clear();
    fixture.register("anna", true);
    let (anna, _) = fixture.first_dialled();
    fixture.line(anna, LineEvent::Up);
    assert!(fixture.hears(again).contains(&anna));
    assert!(matches!(fixture.endings().as_slice(), [Ending::Served { .. }]));
    assert_eq!(fixture.open(), []);
}

#[test]
fn a_client_who_calls_while_operators_ring_or_the_client_is_called_stops_both() {
    let mut fixture = Fixture::new();
    fixture.promised(CLIENT);
    fixture.register("anna", true);
    let (anna, _) = fixture.first_dialled();
    let caller = fixture.arrive_from(CLIENT, Origin::Trunk(fixture.trunk), "+420200000100");
    assert!(matches!(fixture.commands_to(anna).as_slice(), [LineCommand::HangUp { .. }]));
    assert_eq!(fixture.engagement("anna"), queue::Engagement::Free);
    fixture.down(caller, Cause::Normal);
    fixture.close(&[caller, anna]);
    let (anna, client) = fixture.calls_client("anna");
    let caller = fixture.waits_for_sales(CLIENT);
    assert!(matches!(fixture.commands_to(client).as_slice(), [LineCommand::HangUp { .. }]));
    assert!(matches!(fixture.commands_to(anna).as_slice(), [LineCommand::HangUp { .. }]));
    fixture.close(&[anna, client]);
    let (anna, who) = fixture.first_dialled();
    assert_eq!(who, "anna", "the operator is offered the caller instead");
    fixture.line(anna, LineEvent::Up);
    assert!(fixture.hears(caller).contains(&anna));
}

#[test]
fn a_second_request_joins_the_first_and_one_by_a_program_is_refused() {
    let mut fixture = Fixture::new();
    fixture.promised(CLIENT);
    let id = fixture.switch.callbacks()[0].callback.id;
    let again = fixture.waits_for_sales(CLIENT);
    fixture.press(again, '1');
    fixture.press(again, '1');
    assert_eq!(fixture.playing(again), ["prompts/en/callback/already"]);
    assert!(matches!(fixture.open().as_slice(), [(_, Stand::OnLine { entry: Some(_), .. }, Some(1))]));
    fixture.hear_out(again);
    fixture.pass(Duration::from_secs(1));
    fixture.close(&[again]);
    assert!(matches!(fixture.open().as_slice(), [(_, Stand::Waiting { .. }, Some(1))]));
    assert_eq!(fixture.switch.callbacks()[0].callback.id, id);
    let group = fixture.switch.callbacks()[0].callback.group;
    let tenant = fixture.switch.callbacks()[0].callback.tenant;
    let new = |number: &str| asked(tenant, group, number.into(), 0);
    assert_eq!(fixture.switch.promise(new("777000501"), fixture.now).unwrap_err().cause, Cause::Busy);
    assert_eq!(fixture.switch.promise(new("900123456"), fixture.now).unwrap_err().cause, Cause::Forbidden);
    assert_eq!(
        fixture.switch.promise(new("+420200000100"), fixture.now).unwrap_err().cause,
        Cause::Forbidden
    );
    // Who has not the rights of the tenant calls nobody on them.
    let anna = fixture.users["anna"];
    fixture.reconfigure(|directory| {
        let rights = &mut directory.operators.get_mut(&anna).unwrap().rights;
        rights.classes = [Class::National].into_iter().collect();
    });
    let by_anna = NewCallback { by: Some(anna), ..new("777000333") };
    let refused = fixture.switch.promise(by_anna, fixture.now).unwrap_err();
    assert!(refused.why.contains("anna may not call"), "{}", refused.why);
    let other = fixture.switch.promise(new("777000333"), fixture.now).unwrap();
    assert_eq!(other.number, "+420777000333");
    assert!(fixture.switch.cancel_callback(other.id, fixture.now));
    assert!(!fixture.switch.cancel_callback(other.id, fixture.now));
    fixture.tell(Event::Refuse(false));
    assert_eq!(fixture.endings(), [Ending::Cancelled]);
}

#[test]
fn a_caller_who_hangs_up_before_it_is_arranged_is_promised_nothing() {
    let mut fixture = Fixture::new();
    let caller = fixture.waits_for_sales(CLIENT);
    fixture.press(caller, '1');
    fixture.down(caller, Cause::Normal);
    fixture.close(&[caller]);
    assert_eq!((fixture.open(), fixture.written()), (vec![], vec![]));
    // Who presses the key and is served meanwhile, is served.
    let caller = fixture.waits_for_sales(CLIENT);
    fixture.press(caller, '1');
    fixture.register("anna", true);
    let (anna, _) = fixture.first_dialled();
    fixture.line(anna, LineEvent::Up);
    assert_eq!(fixture.hears(caller), [anna]);
    assert_eq!(fixture.open(), []);
}

#[test]
fn a_number_is_typed_where_the_callers_own_is_unknown_and_does_not_lead_abroad() {
    let mut fixture = Fixture::new();
    let caller = fixture.waits_for_sales("");
    fixture.press(caller, '1');
    assert_eq!(fixture.playing(caller), ["prompts/en/callback/type-number"]);
    "00442071838750#".chars().for_each(|key| fixture.press(caller, key));
    assert_eq!(fixture.playing(caller), ["prompts/en/callback/not-possible"]);
    fixture.hear_out(caller);
    "777000333".chars().for_each(|key| fixture.press(caller, key));
    fixture.pass(Duration::from_secs(7));
    assert!(fixture.playing(caller).contains(&"prompts/en/callback/confirm".to_owned()));
    fixture.press(caller, '1');
    assert_eq!(fixture.playing(caller), ["prompts/en/callback/promised"]);
    assert_eq!(fixture.open()[0].0, "+420777000333");
}

#[test]
fn promises_outlive_the_program_in_their_order_and_expire() {
    let mut fixture = Fixture::new();
    for number in ["+420777000501", "+420777000502", "+420777000503"] {
        fixture.promised(number);
        fixture.pass(MINUTE);
    }
    let mut written = fixture.written();
    written.reverse();
    let mut after = Fixture::new();
    after.tell(Event::Callbacks(written));
    after.waits_for_sales("+420700000009");
    let places: Vec<_> = after.open().into_iter().map(|(number, _, position)| (number, position)).collect();
    let place = |number: &str, position| (number.to_owned(), Some(position));
    assert_eq!(
        places,
        [place("+420777000501", 1), place("+420777000502", 2), place("+420777000503", 3)],
        "before whoever calls now"
    );
    let waits = |now: &Fixture| now.switch.callbacks()[0].callback.since;
    assert_eq!(waits(&after), waits(&fixture), "the wait counts on");
    after.pass(MINUTE * 60 * 25);
    assert_eq!(after.endings(), [Ending::Expired, Ending::Expired, Ending::Expired]);
}

#[test]
fn nobody_is_called_outside_the_hours_or_while_the_program_stops() {
    let mut fixture = Fixture::new();
    fixture.register("cyril", true);
    fixture.register("dana", true);
    // It is 22:13:21 on a Tuesday, past the hours.
    fixture.tell(Event::Status {
        operator: fixture.users["cyril"],
        status: queue::Status::Away { reason: None },
    });
    fixture.tell(Event::Status {
        operator: fixture.users["dana"],
        status: queue::Status::Away { reason: None },
    });
    let caller = fixture.arrive_from(CLIENT, Origin::Trunk(fixture.trunk), "+420200000100");
    fixture.line(caller, LineEvent::Up);
    fixture.press(caller, '2');
    fixture.press(caller, '1');
    "777000333#".chars().for_each(|key| fixture.press(caller, key));
    fixture.press(caller, '1');
    fixture.hear_out(caller);
    fixture.pass(Duration::from_secs(1));
    fixture.close(&[caller]);
    assert!(matches!(fixture.open().as_slice(), [(_, Stand::Waiting { .. }, Some(1))]));
    fixture.tell(Event::Status { operator: fixture.users["dana"], status: queue::Status::Online });
    fixture.pass(MINUTE * 5);
    assert_eq!(fixture.dialled(), []);
    fixture.pass(MINUTE * 60);
    assert_eq!(fixture.endings(), [Ending::Expired], "an hour, as the file says");
    fixture.promised(CLIENT);
    fixture.tell(Event::Refuse(true));
    fixture.register("anna", true);
    assert_eq!((fixture.dialled(), fixture.switch.live()), (vec![], 0));
    fixture.tell(Event::Refuse(false));
    assert_eq!(fixture.first_dialled().1, "anna");
    fixture.tell(Event::Refuse(true));
    assert_eq!(fixture.switch.live(), 0, "what rings for a promise does not hold up the end");
}

#[test]
fn a_promise_ends_with_its_group_and_with_the_right_to_call() {
    let mut fixture = Fixture::new();
    fixture.promised(CLIENT);
    fixture.register("anna", true);
    let (anna, _) = fixture.first_dialled();
    fixture.reconfigure(|directory| {
        directory
            .tenants
            .values_mut()
            .for_each(|tenant| tenant.rights.classes = std::iter::empty().collect());
    });
    fixture.line(anna, LineEvent::Up);
    assert!(matches!(fixture.endings().as_slice(), [Ending::Failed { why }] if why.contains("may not call")));
    fixture.close(&[anna]);
    let mut fixture = Fixture::new();
    fixture.promised(CLIENT);
    fixture.reconfigure(|directory| directory.groups.clear());
    assert!(matches!(fixture.endings().as_slice(), [Ending::Failed { .. }]));
    assert_eq!(fixture.open(), []);
}

#[test]
fn a_client_who_wants_to_be_called_later_has_a_place_in_the_queue_from_then_on() {
    let mut fixture = Fixture::new();
    let (tenant, group) = (*fixture.switch.directory.tenants.keys().next().unwrap(), fixture.group("sales"));
    fixture.register("anna", true);
    let wall = fixture.switch.wall(fixture.now);
    let at = |due| NewCallback { due: Some(due), ..asked(tenant, group, CLIENT.into(), 0) };
    for wrong in [wall, wall + MINUTE * 60 * 24 * 31] {
        assert_eq!(fixture.switch.promise(at(wrong), fixture.now).unwrap_err().cause, Cause::Incompatible);
    }
    let due = wall + MINUTE * 60;
    let made = fixture.switch.promise(at(due), fixture.now).unwrap();
    assert_eq!((made.since, made.terms.expires > due), (due, true));
    assert!(matches!(fixture.open().as_slice(), [(_, Stand::Paused { until }, None)] if *until == due));
    fixture.tell(Event::Refuse(false));
    let written = fixture.written();
    assert!(matches!(written.as_slice(), [one] if one.state == State::Paused { until: due }), "{written:?}");
    fixture.pass(MINUTE * 59);
    assert_eq!(fixture.dialled(), [], "nobody is called before");
    fixture.pass(MINUTE + Duration::from_secs(1));
    let (_, client) = fixture.calls_client("anna");
    fixture.line(client, LineEvent::Up);
    assert!(matches!(fixture.endings().as_slice(), [Ending::Served { .. }]));
}

#[test]
fn a_client_who_calls_before_the_time_of_the_call_and_is_not_served_is_called_at_that_time() {
    let mut fixture = Fixture::new();
    let (tenant, group) = (*fixture.switch.directory.tenants.keys().next().unwrap(), fixture.group("sales"));
    let due = fixture.switch.wall(fixture.now) + MINUTE * 60;
    let new = NewCallback { due: Some(due), ..asked(tenant, group, CLIENT.into(), 0) };
    fixture.switch.promise(new, fixture.now).unwrap();
    let leg = fixture.waits_for_sales(CLIENT);
    assert!(matches!(fixture.open().as_slice(), [(_, Stand::OnLine { .. }, _)]));
    fixture.down(leg, Cause::Normal);
    fixture.close(&[leg]);
    assert!(matches!(fixture.open().as_slice(), [(_, Stand::Paused { until }, None)] if *until == due));
}

#[test]
fn strangers_have_no_number_called_by_which_they_earn_or_that_calls_help() {
    let mut fixture = Fixture::new();
    let (tenant, group) = (*fixture.switch.directory.tenants.keys().next().unwrap(), fixture.group("sales"));
    fixture.reconfigure(|directory| {
        let rights = &mut directory.tenants.get_mut(&tenant).unwrap().rights;
        rights.classes = Class::ALL.into_iter().collect();
    });
    let asker =
        || Some(Asker { door: crate::id::DoorId(uuid::Uuid::nil()), key: String::new(), invited: None });
    for number in ["900123456", "+420900123456", "+4930901820", "+420112", "112", "+420200000100", "x", ""] {
        let new = NewCallback { asker: asker(), ..asked(tenant, group, number.into(), 0) };
        assert!(fixture.switch.promise(new, fixture.now).is_err(), "{number}");
    }
    let ask = |number: String| NewCallback { asker: asker(), ..asked(tenant, group, number, 0) };
    assert_eq!(fixture.switch.promise(ask("777 000 501".into()), fixture.now).unwrap().number, CLIENT);
    // However many of them there are, callers have places left.
    let more = (1_000..2_000).map(|n| format!("+42077712{n}"));
    let made = more.filter(|number| fixture.switch.promise(ask(number.clone()), fixture.now).is_ok()).count();
    assert_eq!(made, 499);
    assert!(fixture.switch.promise(asked(tenant, group, "777 000 502".into(), 0), fixture.now).is_ok());
}

#[test]
fn who_is_called_back_by_hand_is_not_called_by_the_promise_any_more() {
    let mut fixture = Fixture::new();
    fixture.promised(CLIENT);
    assert_eq!(fixture.open().len(), 1);
    let leg = fixture.arrive(Origin::Device(fixture.devices["anna"]), CLIENT);
    let (client, _) = fixture.dialled().remove(0);
    fixture.line(client, LineEvent::Up);
    assert!(matches!(fixture.endings().as_slice(), [Ending::Served { .. }]));
    assert_eq!(fixture.open(), []);
    fixture.close(&[leg, client]);
}

#[test]
fn a_client_who_was_invited_is_called_by_whoever_invited_them() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    let (tenant, group) = (*fixture.switch.directory.tenants.keys().next().unwrap(), fixture.group("sales"));
    let boris = fixture.users["boris"];
    let invited =
        || Asker { door: crate::id::DoorId(uuid::Uuid::nil()), key: String::new(), invited: Some(boris) };
    let new = NewCallback { asker: Some(invited()), ..asked(tenant, group, CLIENT.into(), 0) };
    fixture.switch.promise(new, fixture.now).unwrap();
    fixture.pass(MINUTE);
    assert!(fixture.dialled().is_empty(), "Anna is free, and not asked");
    fixture.register("boris", true);
    let (_, who) = fixture.first_dialled();
    assert_eq!(who, "boris");
}
