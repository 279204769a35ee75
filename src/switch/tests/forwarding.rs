//! Every kind of forwarding, and that the client is never left alone.

use super::*;

fn forward(fixture: &mut Fixture, id: SessionId, to: Destination) -> Result<(), Refusal> {
    let by = Some(fixture.users["anna"]);
    fixture.command(id, by, Command::Forward { to, note: Some("wants a refund".into()) })
}

/// Anna's phone hands the client to a number.
fn refer(fixture: &mut Fixture, leg: LegId, number: &str) {
    fixture.line(leg, LineEvent::Transfer { request: 7, wish: Wanted::Number(number.into()) });
}

/// Anna's phone puts the client on hold and calls Boris; gives the legs of that call.
fn consult(fixture: &mut Fixture, anna: LegId) -> (LegId, LegId) {
    fixture.line(anna, LineEvent::Holds(true));
    let second = fixture.arrive(Origin::Device(fixture.devices["anna"]), "202");
    (second, fixture.first_dialled().0)
}

fn told(outcome: Handed) -> LineCommand {
    LineCommand::Transfer { request: 7, outcome }
}

#[test]
fn a_blind_forward_plays_music_until_the_colleague_answers_and_then_the_first_operator_is_free() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    fixture.register("boris", true);
    let to = Destination::Operator(fixture.users["boris"]);
    forward(&mut fixture, id, to).unwrap();
    let (boris, _) = fixture.first_dialled();
    assert!(fixture.waits(client) && fixture.hears(client).is_empty());
    fixture.line(boris, LineEvent::Up);
    assert_eq!((fixture.hears(client), fixture.hears(boris)), (vec![boris], vec![client]));
    assert_eq!(fixture.commands_to(anna), [LineCommand::HangUp { cause: Cause::Normal }]);
    assert_eq!(fixture.engagement("anna"), queue::Engagement::Free);
    let remark = fixture.events[&id].iter().any(|event| {
        matches!(&event.what, super::super::history::Happening::Remark { text, .. } if text == "wants a refund")
    });
    assert!(remark);
}

#[test]
fn if_the_colleague_does_not_answer_the_client_is_back_with_the_operator() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    fixture.register("boris", true);
    let to = Destination::Operator(fixture.users["boris"]);
    forward(&mut fixture, id, to).unwrap();
    let (boris, _) = fixture.first_dialled();
    fixture.pass(Duration::from_secs(31));
    assert_eq!(fixture.commands_to(boris), [LineCommand::HangUp { cause: Cause::NoAnswer }]);
    assert_eq!((fixture.hears(client), fixture.hears(anna)), (vec![anna], vec![client]));
}

#[test]
fn if_the_operator_has_gone_meanwhile_the_operator_is_called_again_and_then_the_queue_has_the_client() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    fixture.register("boris", true);
    refer(&mut fixture, anna, "202");
    assert_eq!(fixture.commands_to(anna), [told(Handed::Trying)]);
    let (boris, _) = fixture.first_dialled();
    fixture.down(anna, Cause::Normal);
    assert!(fixture.waits(client));
    fixture.down(boris, Cause::Busy);
    let (again, who) = fixture.first_dialled();
    assert_eq!(who, "anna");
    assert!(fixture.waits(client));
    fixture.down(again, Cause::NoAnswer);
    assert!(fixture.waits(client));
    assert!(fixture.switch.sessions[&id].talk().is_none(), "it waits in the queue it came by");
    let (offered, who) = fixture.first_dialled();
    assert_eq!(who, "boris");
    fixture.line(offered, LineEvent::Up);
    assert_eq!((fixture.hears(client), fixture.waits(client)), (vec![offered], false));
}

/// Anna, whose group `dial` named, hands the client to Boris and hangs up; neither of the two can be had after that.
fn nobody_is_left(fixture: &mut Fixture) -> LegId {
    fixture.register("anna", true);
    let client = fixture.call_and_press('6');
    let (anna, _) = fixture.first_dialled();
    fixture.line(anna, LineEvent::Up);
    fixture.register("boris", true);
    refer(fixture, anna, "202");
    let (boris, _) = fixture.first_dialled();
    fixture.down(anna, Cause::Normal);
    fixture.down(boris, Cause::Busy);
    let (again, _) = fixture.first_dialled();
    fixture.down(again, Cause::NoAnswer);
    client
}

#[test]
fn a_client_whose_group_was_dialled_comes_back_to_that_group_and_is_served_there() {
    let mut fixture = Fixture::new();
    let client = nobody_is_left(&mut fixture);
    assert!(fixture.waits(client) && fixture.hears(client).is_empty());
    let (offered, who) = fixture.first_dialled();
    assert_eq!(who, "boris", "it waits for `sales`");
    fixture.line(offered, LineEvent::Up);
    assert_eq!((fixture.hears(client), fixture.waits(client)), (vec![offered], false));
    assert_eq!(fixture.switch.summary(fixture.switch.session_of(client).unwrap()).unwrap().groups, ["sales"]);
}

#[test]
fn a_client_who_comes_back_to_a_full_group_is_not_left_in_silence() {
    let mut fixture = Fixture::new();
    let sales = fixture.group("sales");
    fixture.reconfigure(|directory| directory.groups.get_mut(&sales).unwrap().limit = Some(0));
    let client = nobody_is_left(&mut fixture);
    assert_eq!(fixture.dialled(), [], "nobody is asked");
    assert!(!fixture.waits(client));
    assert_eq!(fixture.playing(client), ["prompts/en/sorry"], "the dialplan goes on");
}

#[test]
fn a_phone_that_transfers_blindly_is_told_how_it_went() {
    let mut fixture = Fixture::new();
    let (_, client, anna) = fixture.served();
    refer(&mut fixture, anna, "999");
    assert_eq!(fixture.commands_to(anna), [told(Handed::Refused(Cause::NotFound))]);
    assert_eq!(fixture.hears(client), [anna]);
    fixture.register("boris", true);
    refer(&mut fixture, anna, "202");
    let (boris, _) = fixture.first_dialled();
    fixture.line(boris, LineEvent::Up);
    let end = LineCommand::HangUp { cause: Cause::Normal };
    assert_eq!(fixture.commands_to(anna), [told(Handed::Trying), told(Handed::Done), end]);
}

#[test]
fn a_phone_that_hung_up_is_told_that_nobody_was_left_to_be_handed_over() {
    let mut fixture = Fixture::new();
    let (_, client, anna) = fixture.served();
    fixture.register("boris", true);
    refer(&mut fixture, anna, "202");
    let (boris, _) = fixture.first_dialled();
    fixture.down(anna, Cause::Normal);
    fixture.down(client, Cause::Normal);
    assert_eq!(fixture.commands_to(anna), [told(Handed::Trying), told(Handed::Failed(Cause::Normal))]);
    fixture.close(&[client, anna, boris]);
    fixture.check_history();
}

#[test]
fn a_client_may_not_hand_operators_about() {
    let mut fixture = Fixture::new();
    let (_, client, anna) = fixture.served();
    refer(&mut fixture, client, "202");
    assert_eq!(fixture.commands_to(client), [told(Handed::Refused(Cause::Forbidden))]);
    assert_eq!(fixture.hears(client), [anna]);
}

#[test]
fn forwarded_to_a_group_the_client_goes_ahead_of_new_ones_with_music() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    let all = fixture.switch.directory().groups.values().find(|group| group.name == "all").unwrap().id;
    let newer = fixture.call_and_press('2');
    forward(&mut fixture, id, Destination::Group(all)).unwrap();
    assert_eq!(fixture.commands_to(anna), [LineCommand::HangUp { cause: Cause::Normal }]);
    assert!(fixture.waits(client));
    fixture.dialled();
    fixture.register("cyril", true);
    let (cyril, _) = fixture.first_dialled();
    fixture.line(cyril, LineEvent::Up);
    assert_eq!(fixture.hears(client), [cyril]);
    assert!(fixture.hears(newer).is_empty());
}

#[test]
fn forwarded_outside_the_client_talks_with_the_external_phone_and_both_are_gone_when_one_hangs_up() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    forward(&mut fixture, id, Destination::Number("+420777000111".into())).unwrap();
    let (outside, target) = fixture.dialled().remove(0);
    assert!(matches!(target, Target::Trunk { .. }));
    fixture.line(outside, LineEvent::Up);
    assert_eq!(fixture.hears(client), [outside]);
    fixture.down(outside, Cause::Normal);
    fixture.down(client, Cause::Normal);
    fixture.close(&[client, anna, outside]);
    fixture.check_history();
}

#[test]
fn a_client_whom_an_operator_called_can_be_forwarded_too() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    fixture.register("boris", true);
    let anna = fixture.arrive(Origin::Device(fixture.devices["anna"]), "+420777000111");
    let (client, _) = fixture.first_dialled();
    fixture.line(client, LineEvent::Up);
    fixture.line(anna, LineEvent::Up);
    fixture.commands_to(anna);
    refer(&mut fixture, anna, "202");
    let (boris, _) = fixture.first_dialled();
    assert!(fixture.waits(client));
    fixture.line(boris, LineEvent::Up);
    assert_eq!((fixture.hears(client), fixture.hears(boris)), (vec![boris], vec![client]));
    fixture.down(anna, Cause::Normal);
    assert_eq!(fixture.hears(client), [boris], "the session outlives the one who began it");
    fixture.down(client, Cause::Normal);
    fixture.close(&[client, anna, boris]);
    fixture.check_history();
}

#[test]
fn a_desk_phone_consults_by_a_second_call_and_hands_the_client_over_with_replaces() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    fixture.register("boris", true);
    let (second, boris) = consult(&mut fixture, anna);
    fixture.line(boris, LineEvent::Up);
    fixture.line(second, LineEvent::Up);
    assert_eq!((fixture.hears(second), fixture.hears(boris)), (vec![boris], vec![second]));
    assert!(fixture.waits(client));
    fixture.commands_to(anna);
    fixture.line(anna, LineEvent::Transfer { request: 7, wish: Wanted::Peer(second) });
    assert_eq!((fixture.hears(client), fixture.hears(boris)), (vec![boris], vec![client]));
    assert_eq!(fixture.switch.session_of(boris), Some(id));
    let moved = fixture
        .actions
        .iter()
        .any(|action| matches!(action, Action::Media(media::Command::Move { leg, .. }) if *leg == boris));
    assert!(moved, "the colleague's sound moves into the client's room");
    let told = fixture.commands_to(anna);
    assert!(told.contains(&self::told(Handed::Done)), "{told:?}");
    assert_eq!(fixture.engagement("anna"), queue::Engagement::Free);
    fixture.down(client, Cause::Normal);
    fixture.close(&[client, anna, second, boris]);
    fixture.check_history();
}

#[test]
fn who_hangs_up_the_consultation_is_back_with_the_client() {
    let mut fixture = Fixture::new();
    let (_, client, anna) = fixture.served();
    fixture.register("boris", true);
    let (second, boris) = consult(&mut fixture, anna);
    fixture.line(boris, LineEvent::Up);
    fixture.line(second, LineEvent::Up);
    fixture.down(second, Cause::Normal);
    fixture.close(&[second, boris]);
    fixture.line(anna, LineEvent::Holds(false));
    assert_eq!((fixture.hears(client), fixture.hears(anna)), (vec![anna], vec![client]));
    assert!(matches!(fixture.engagement("anna"), queue::Engagement::OnSession { .. }));
}

#[test]
fn a_phone_cannot_hand_over_a_call_that_is_not_its_own() {
    let mut fixture = Fixture::new();
    let (_, client, anna) = fixture.served();
    let stranger = fixture.call_menu();
    fixture.line(anna, LineEvent::Transfer { request: 7, wish: Wanted::Peer(stranger) });
    assert_eq!(fixture.commands_to(anna), [told(Handed::Refused(Cause::Forbidden))]);
    assert_eq!(fixture.hears(client), [anna]);
}

#[test]
fn among_forwarded_clients_the_one_goes_first_who_has_waited_longer_in_all() {
    let mut fixture = Fixture::new();
    let patient = fixture.call_and_press('1');
    fixture.pass(Duration::from_secs(60));
    fixture.register("anna", true);
    let (anna, _) = fixture.first_dialled();
    fixture.line(anna, LineEvent::Up);
    fixture.register("boris", true);
    let hasty = fixture.call_and_press('1');
    let (boris, who) = fixture.first_dialled();
    assert_eq!(who, "boris");
    fixture.line(boris, LineEvent::Up);
    let all = fixture.switch.directory().groups.values().find(|group| group.name == "all").unwrap().id;
    for client in [hasty, patient] {
        let id = fixture.switch.session_of(client).unwrap();
        let forward = Command::Forward { to: Destination::Group(all), note: None };
        fixture.command(id, None, forward).unwrap();
    }
    fixture.pass(Duration::from_secs(5));
    let place = |leg| fixture.switch.queues().position(fixture.switch.session_of(leg).unwrap());
    assert_eq!((place(patient), place(hasty)), (Some(1), Some(2)));
    let id = fixture.switch.session_of(patient).unwrap();
    let record = &fixture.switch.sessions[&id].summary;
    assert_eq!(record.waited_ms(fixture.switch.wall(fixture.now)), 65_000);
    assert_eq!(record.talk_ms, 0, "who waits again does not talk");
}

#[test]
fn a_client_may_be_handed_over_while_the_colleague_still_rings() {
    let mut fixture = Fixture::new();
    fixture.register("boris", true);
    let (id, client, anna) = fixture.served();
    let (second, boris) = consult(&mut fixture, anna);
    fixture.line(anna, LineEvent::Transfer { request: 7, wish: Wanted::Peer(second) });
    assert!(fixture.waits(client) && fixture.hears(client).is_empty());
    assert_eq!(fixture.switch.session_of(boris), Some(id));
    fixture.close(&[second]);
    fixture.line(boris, LineEvent::Up);
    assert_eq!((fixture.hears(client), fixture.hears(boris)), (vec![boris], vec![client]));
    fixture.down(client, Cause::Normal);
    fixture.close(&[client, anna, boris]);
    assert_eq!(fixture.switch.sessions().count(), 0);
    fixture.check_history();
}

/// A client whom boris serves, forwarded to sales by anna, whom the dialplan called; and boris' leg.
fn dialled_and_forwarded(fixture: &mut Fixture) -> (SessionId, LegId, LegId) {
    fixture.register("anna", true);
    let client = fixture.call_and_press('3');
    let (anna, _) = fixture.first_dialled();
    fixture.line(anna, LineEvent::Up);
    fixture.register("boris", true);
    let id = fixture.switch.session_of(client).unwrap();
    let status = queue::Status::Away { reason: None };
    fixture.tell(Event::Status { operator: fixture.users["anna"], status });
    let sales = fixture.group("sales");
    forward(fixture, id, Destination::Group(sales)).unwrap();
    let (boris, who) = fixture.first_dialled();
    assert_eq!(who, "boris");
    (id, client, boris)
}

#[test]
fn a_client_whom_a_dialplan_had_called_for_and_a_group_served_goes_on_in_the_dialplan() {
    let mut fixture = Fixture::new();
    let (id, client, boris) = dialled_and_forwarded(&mut fixture);
    fixture.line(boris, LineEvent::Up);
    fixture.down(boris, Cause::Normal);
    assert!(fixture.switch.invariants().is_empty(), "{:?}", fixture.switch.invariants());
    assert_eq!(
        fixture.commands_to(client),
        [LineCommand::HangUp { cause: Cause::Normal }],
        "nobody is left in silence"
    );
    assert!(fixture.switch.sessions[&id].is_over());
}

#[test]
fn a_waiting_client_is_forwarded_before_anybody_accepts_and_waits_on_if_nobody_can_be_had() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    let client = fixture.call_and_press('1');
    let (offered, _) = fixture.first_dialled();
    let id = fixture.switch.session_of(client).unwrap();
    fixture.register("cyril", true);
    let to = Destination::Operator(fixture.users["cyril"]);
    forward(&mut fixture, id, to.clone()).unwrap();
    assert_eq!(fixture.commands_to(offered), [LineCommand::HangUp { cause: Cause::Cancelled }]);
    fixture.close(&[offered]);
    let (cyril, who) = fixture.first_dialled();
    assert_eq!(who, "cyril");
    fixture.pass(Duration::from_secs(31));
    assert_eq!(fixture.commands_to(cyril), [LineCommand::HangUp { cause: Cause::NoAnswer }]);
    fixture.close(&[cyril]);
    let (again, who) = fixture.first_dialled();
    assert_eq!(who, "anna", "the client waits for sales as before");
    assert!(fixture.switch.summary(id).unwrap().waiting_ms < 1_000, "ringing elsewhere is no waiting");
    forward(&mut fixture, id, to).unwrap();
    fixture.close(&[again]);
    let (cyril, _) = fixture.first_dialled();
    fixture.line(cyril, LineEvent::Up);
    assert_eq!((fixture.hears(client), fixture.hears(cyril)), (vec![cyril], vec![client]));
    fixture.down(cyril, Cause::Normal);
    assert_eq!(fixture.commands_to(client), [LineCommand::HangUp { cause: Cause::Normal }]);
    fixture.close(&[client]);
    fixture.check_history();
}

#[test]
fn a_client_whom_an_operator_called_waits_on_if_whoever_rings_in_the_queues_place_does_not_answer() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    let anna = fixture.arrive(Origin::Device(fixture.devices["anna"]), "+420777000111");
    let (client, _) = fixture.first_dialled();
    fixture.line(client, LineEvent::Up);
    fixture.line(anna, LineEvent::Up);
    let id = fixture.switch.session_of(client).unwrap();
    let status = queue::Status::Away { reason: None };
    fixture.tell(Event::Status { operator: fixture.users["anna"], status });
    let all = fixture.group("all");
    forward(&mut fixture, id, Destination::Group(all)).unwrap();
    fixture.close(&[anna]);
    fixture.register("boris", true);
    let to = Destination::Operator(fixture.users["boris"]);
    forward(&mut fixture, id, to).unwrap();
    let (boris, who) = fixture.first_dialled();
    assert_eq!(who, "boris");
    fixture.pass(Duration::from_secs(31));
    assert_eq!(fixture.commands_to(boris), [LineCommand::HangUp { cause: Cause::NoAnswer }]);
    assert_eq!(fixture.switch.queues.position(id), Some(1), "the client waits for them as before");
    assert!(fixture.waits(client));
    fixture.down(client, Cause::Normal);
    fixture.close(&[client, boris]);
    fixture.check_history();
}

#[test]
fn a_waiting_client_is_sent_to_another_group_ahead_of_those_who_wait_there_and_the_wait_counts_on() {
    let mut fixture = Fixture::new();
    let before = fixture.call_and_press('2');
    let client = fixture.call_and_press('1');
    fixture.pass(Duration::from_secs(20));
    let id = fixture.switch.session_of(client).unwrap();
    let all = fixture.group("all");
    forward(&mut fixture, id, Destination::Group(all)).unwrap();
    let again = forward(&mut fixture, id, Destination::Group(all)).unwrap_err();
    assert!(again.why.contains("already"), "{}", again.why);
    let other = fixture.switch.session_of(before).unwrap();
    assert_eq!(
        (fixture.switch.queues.position(id), fixture.switch.queues.position(other)),
        (Some(1), Some(2))
    );
    fixture.pass(Duration::from_secs(5));
    let now = fixture.switch.wall(fixture.now);
    assert_eq!(fixture.switch.summary(id).unwrap().waited_ms(now), 25_000);
}

#[test]
fn a_group_that_takes_no_more_is_no_place_to_forward_to_and_the_operator_keeps_the_client() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    let waiting: Vec<LegId> = (0..5).map(|_| fixture.call_and_press('2')).collect();
    let all = fixture.group("all");
    let refused = forward(&mut fixture, id, Destination::Group(all)).unwrap_err();
    assert_eq!(refused.cause, Cause::Busy);
    assert_eq!((fixture.hears(client), fixture.hears(anna)), (vec![anna], vec![client]));
    assert!(fixture.switch.sessions[&id].remark.is_none(), "the note is for nobody else");
    drop(waiting);
}
