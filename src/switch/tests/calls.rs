//! Direct calls: what a number leads to, and what a caller gets who cannot be put through.

use std::time::Duration;

use super::*;

fn device(fixture: &Fixture, name: &str) -> Origin {
    Origin::Device(fixture.devices[name])
}

#[test]
fn a_number_that_nothing_answers_is_not_found() {
    let mut fixture = Fixture::new();
    let leg = fixture.arrive(Origin::Guest, "999");
    assert_eq!(fixture.commands_to(leg), [LineCommand::HangUp { cause: Cause::NotFound }]);
    fixture.down(leg, Cause::NotFound);
    assert_eq!(fixture.record().cause, Some(Cause::NotFound));
    fixture.check_history();
}

#[test]
fn a_guest_may_not_dial_outside_and_a_trunk_may_not_dial_through() {
    let mut fixture = Fixture::new();
    for dialled in ["+420777000111", "00420777000111", "#31#+420777000111", "+999999999"] {
        let leg = fixture.arrive(Origin::Guest, dialled);
        assert_eq!(fixture.commands_to(leg), [LineCommand::HangUp { cause: Cause::Forbidden }], "{dialled}");
    }
    let nobodys = DeviceId::new(UnixMs(7), &mut fixture.ids);
    let leg = fixture.arrive(Origin::Device(nobodys), "+420777000111");
    assert_eq!(
        fixture.commands_to(leg),
        [LineCommand::HangUp { cause: Cause::Forbidden }],
        "nobody's device"
    );
    let trunk = Origin::Trunk(fixture.trunk);
    for dialled in ["+420777000111", "420777000111", "201"] {
        let leg = fixture.arrive(trunk, dialled);
        assert_eq!(fixture.commands_to(leg), [LineCommand::HangUp { cause: Cause::NotFound }]);
    }
}

#[test]
fn a_trunk_reaches_a_dialplan_by_its_number_however_it_is_written() {
    for dialled in ["+420200000100", "00420200000100", "420200000100"] {
        let mut fixture = Fixture::new();
        let trunk = Origin::Trunk(fixture.trunk);
        let leg = fixture.arrive(trunk, dialled);
        assert!(matches!(fixture.commands_to(leg).as_slice(), [LineCommand::Answer { .. }]));
    }
}

#[test]
fn an_extension_of_somebody_who_is_no_operator_is_not_found() {
    let mut fixture = Fixture::new();
    let mut directory = fixture.switch.directory().as_ref().clone();
    directory.operators.remove(&fixture.users["dana"]);
    fixture.tell(Event::Directory(Arc::new(directory)));
    let leg = fixture.arrive(Origin::Guest, "204");
    assert_eq!(fixture.commands_to(leg), [LineCommand::HangUp { cause: Cause::NotFound }]);
}

#[test]
fn an_operator_calls_a_colleague_and_both_hear_each_other() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    fixture.register("boris", true);
    let caller = fixture.arrive(device(&fixture, "anna"), "202");
    let (callee, target) = fixture.dialled().remove(0);
    assert_eq!(fixture.who(&target), "boris");
    fixture.line(callee, LineEvent::Ringing);
    assert_eq!(fixture.commands_to(caller), [LineCommand::Ring]);
    fixture.line(callee, LineEvent::Up);
    assert!(matches!(fixture.commands_to(caller).as_slice(), [LineCommand::Answer { .. }]));
    let both = [media::Row { from: caller, to: callee }, media::Row { from: callee, to: caller }];
    let mut rows = fixture.rows();
    rows.sort_by_key(|row| row.from != caller);
    assert_eq!(rows, both);
    fixture.line(caller, LineEvent::Up);
    assert!(matches!(fixture.engagement("anna"), queue::Engagement::OnSession { .. }));
    fixture.pass(Duration::from_secs(5));
    fixture.down(callee, Cause::Normal);
    assert_eq!(fixture.commands_to(caller), [LineCommand::HangUp { cause: Cause::Normal }]);
    fixture.close(&[caller, callee]);
    assert_eq!(fixture.record().talk_ms, 5_000);
    assert_eq!(fixture.engagement("anna"), queue::Engagement::Free);
    assert_eq!(fixture.engagement("boris"), queue::Engagement::Free);
    fixture.check_history();
}

#[test]
fn when_a_session_ends_its_room_has_no_table_left() {
    let mut fixture = Fixture::new();
    fixture.register("boris", true);
    let caller = fixture.arrive(Origin::Guest, "202");
    let (callee, _) = fixture.dialled().remove(0);
    fixture.line(callee, LineEvent::Up);
    assert_eq!(fixture.rows().len(), 2);
    fixture.down(caller, Cause::Cancelled);
    assert_eq!(fixture.rows(), []);
}

#[test]
fn a_busy_operator_gives_busy() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    fixture.register("boris", true);
    fixture.arrive(device(&fixture, "boris"), "201");
    let (callee, _) = fixture.dialled().remove(0);
    fixture.line(callee, LineEvent::Up);
    let second = fixture.arrive(Origin::Guest, "201");
    assert_eq!(fixture.commands_to(second), [LineCommand::HangUp { cause: Cause::Busy }]);
}

#[test]
fn who_calls_somebody_unregistered_or_away_is_told_so_before_the_refusal() {
    for (register, prompt, cause) in
        [(false, "prompts/en/not-available", Cause::Unreachable), (true, "prompts/en/away", Cause::Declined)]
    {
        let mut fixture = Fixture::new();
        fixture.register("anna", register);
        let status = queue::Status::Away { reason: Some("lunch".into()) };
        fixture.tell(Event::Status { operator: fixture.users["anna"], status });
        let leg = fixture.arrive(Origin::Guest, "201");
        assert!(matches!(fixture.commands_to(leg).as_slice(), [LineCommand::Early { .. }]));
        fixture.line(leg, LineEvent::Early);
        assert_eq!(fixture.playing(leg), [prompt]);
        fixture.tell(Event::Media(media::Event::PlayEnded { leg, playback: 0 }));
        fixture.pass(Duration::from_millis(199));
        assert_eq!(fixture.commands_to(leg), [], "the last word is still to be heard");
        fixture.pass(Duration::from_millis(1));
        assert_eq!(fixture.commands_to(leg), [LineCommand::HangUp { cause }]);
    }
}

/// Who calls Anna, whose tenant has this language, and has no phone now; and what is heard.
fn told_in(language: &str) -> (Fixture, LegId, Vec<String>) {
    let mut fixture = Fixture::new();
    fixture.reconfigure(|directory| {
        directory.tenants.values_mut().for_each(|tenant| tenant.language = language.into());
    });
    let leg = fixture.arrive(Origin::Guest, "201");
    fixture.line(leg, LineEvent::Early);
    let heard = fixture.playing(leg);
    (fixture, leg, heard)
}

#[test]
fn why_somebody_cannot_be_had_is_told_in_the_language_of_the_tenant() {
    for (language, spoken) in
        [("cs", "cs"), ("cs-CZ", "cs"), ("DE", "de"), ("en-GB", "en"), ("fr", "en"), ("", "en")]
    {
        assert_eq!(told_in(language).2, [format!("prompts/{spoken}/not-available")], "{language}");
    }
}

#[test]
fn a_house_that_lacks_a_prompt_in_a_language_has_it_said_in_english() {
    let (mut fixture, leg, heard) = told_in("cs");
    assert_eq!(heard, ["prompts/cs/not-available"]);
    let sound = media::Sound::File("prompts/cs/not-available".into());
    let failed =
        |playback| media::Event::PlayFailed { leg, playback, sound: sound.clone(), reason: "none".into() };
    fixture.tell(Event::Media(failed(0)));
    assert_eq!(fixture.playing(leg), ["prompts/en/not-available"]);
    fixture.commands_to(leg);
    fixture.tell(Event::Media(failed(1)));
    assert_eq!(
        fixture.commands_to(leg),
        [LineCommand::HangUp { cause: Cause::Unreachable }],
        "nothing is left"
    );
}

#[test]
fn nobody_is_rung_for_ever() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    let caller = fixture.arrive(Origin::Guest, "201");
    let (callee, _) = fixture.dialled().remove(0);
    fixture.line(callee, LineEvent::Ringing);
    fixture.commands_to(caller);
    fixture.pass(Duration::from_secs(31));
    assert_eq!(fixture.commands_to(callee), [LineCommand::HangUp { cause: Cause::NoAnswer }]);
    assert!(matches!(fixture.commands_to(caller).as_slice(), [LineCommand::Early { .. }]));
    assert_eq!(fixture.engagement("anna"), queue::Engagement::Free);
    // Even if the sound never flows, the caller is not left alone.
    fixture.pass(Duration::from_secs(16));
    assert_eq!(fixture.commands_to(caller), [LineCommand::HangUp { cause: Cause::NoAnswer }]);
}

#[test]
fn an_operator_calls_out_with_the_number_of_the_tenant_and_hears_the_provider_before_the_answer() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    let caller = fixture.arrive(device(&fixture, "anna"), "00420777000111");
    let dial = fixture.actions.iter().find_map(|action| match action {
        Action::Line { leg, command: LineCommand::Dial { target, caller, .. } } => {
            Some((*leg, target.clone(), caller.clone()))
        }
        _ => None,
    });
    let (callee, target, shown) = dial.unwrap();
    let number = "+420777000111".to_owned();
    assert_eq!(target, Target::Trunk { trunk: fixture.trunk, number, withheld: false, emergency: false });
    assert_eq!(shown.number, "+420200000100");
    fixture.line(callee, LineEvent::Early);
    assert!(matches!(fixture.commands_to(caller).as_slice(), [LineCommand::Early { .. }]));
    assert_eq!(fixture.rows(), [media::Row { from: callee, to: caller }]);
    fixture.line(callee, LineEvent::Up);
    fixture.line(caller, LineEvent::Up);
    fixture.down(caller, Cause::Normal);
    fixture.close(&[caller, callee]);
    assert!(fixture.record().outbound);
    fixture.check_history();
}

/// The trunk belongs to this tenant alone from now on.
fn close_trunk(directory: &mut Directory, tenant: TenantId) {
    directory.trunks.values_mut().for_each(|trunk| trunk.tenant = Some(tenant));
}

#[test]
fn nobody_calls_out_over_the_trunk_of_another_tenant() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    let other = TenantId::new(UnixMs(1), &mut fixture.ids);
    fixture.reconfigure(|directory| close_trunk(directory, other));
    let caller = fixture.arrive(device(&fixture, "anna"), "+420777000111");
    assert_eq!(fixture.commands_to(caller), [LineCommand::HangUp { cause: Cause::Forbidden }]);
    // Nor does a dialplan of the tenant: the caller hears what the file says for that case.
    let caller = fixture.call_and_press('4');
    assert!(fixture.dialled().is_empty());
    assert_eq!(fixture.playing(caller), ["prompts/en/sorry"]);
}

#[test]
fn a_call_goes_out_in_the_name_of_the_tenant_whose_trunk_carries_it() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    let second = second_tenant(&mut fixture);
    fixture.reconfigure(|directory| close_trunk(directory, second));
    fixture.arrive(device(&fixture, "anna"), "+420777000111");
    assert_eq!(shown(&fixture).as_deref(), Some("+420200000200"));
}

/// Summit, which all operators serve after harbour, with two numbers and a short one.
fn second_tenant(fixture: &mut Fixture) -> TenantId {
    let second = TenantId::new(UnixMs(1), &mut fixture.ids);
    fixture.reconfigure(|directory| {
        let (name, display) = ("summit".to_owned(), "Summit".to_owned());
        let caller_number = Some("+420200000200".to_owned());
        directory.tenants.insert(
            second,
            Tenant { name, display, caller_number, home: Some("CZ".into()), ..Tenant::default() },
        );
        for number in ["+420200000200", "+420200000222", "222"] {
            directory.numbers.insert(number.to_owned(), second);
        }
        directory.operators.values_mut().for_each(|operator| operator.tenants.push(second));
    });
    second
}

/// Who is shown as the caller of the last call outside.
fn shown(fixture: &Fixture) -> Option<String> {
    fixture.actions.iter().rev().find_map(|action| match action {
        Action::Line { command: LineCommand::Dial { caller, .. }, .. } => Some(caller.number.clone()),
        _ => None,
    })
}

#[test]
fn an_operator_chooses_the_number_to_call_from_among_those_of_the_tenants_that_are_served() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    let second = second_tenant(&mut fixture);
    let calls = |fixture: &mut Fixture, wish: Option<&str>| {
        let origin = device(fixture, "anna");
        let leg = fixture.arrive_shown("201", origin, "+420777000111", wish);
        let id = fixture.switch.session_of(leg).unwrap();
        let seen = (shown(fixture).unwrap(), fixture.switch.summary(id).unwrap().tenant == Some(second));
        let (outside, _) = fixture.first_dialled();
        fixture.down(leg, Cause::Normal);
        fixture.down(outside, Cause::Normal);
        fixture.close(&[leg, outside]);
        seen
    };
    assert_eq!(calls(&mut fixture, None), ("+420200000100".into(), false), "the home tenant's");
    assert_eq!(calls(&mut fixture, Some("+420200000222")), ("+420200000222".into(), true));
    for nobodys in ["222", "+420999999999", "anna", ""] {
        assert_eq!(
            calls(&mut fixture, Some(nobodys)).0,
            "+420200000100",
            "{nobodys:?} is not theirs to show"
        );
    }
    fixture.reconfigure(|directory| {
        directory.operators.values_mut().for_each(|operator| operator.tenants.retain(|one| *one != second));
    });
    assert_eq!(calls(&mut fixture, Some("+420200000222")).0, "+420200000100", "anna serves them no more");
}

#[test]
fn while_the_program_stops_new_sessions_are_refused() {
    let mut fixture = Fixture::new();
    fixture.tell(Event::Refuse(true));
    let leg = fixture.arrive(Origin::Guest, "100");
    assert_eq!(fixture.commands_to(leg), [LineCommand::HangUp { cause: Cause::Unavailable }]);
}

#[test]
fn a_leg_that_fell_silent_ends_the_session_with_that_reason() {
    let mut fixture = Fixture::new();
    let leg = fixture.call_menu();
    fixture.tell(Event::Media(media::Event::Silent { leg }));
    assert_eq!(fixture.commands_to(leg), [LineCommand::HangUp { cause: Cause::MediaTimeout }]);
    fixture.close(&[leg]);
    assert_eq!(fixture.record().cause, Some(Cause::MediaTimeout));
}

#[test]
fn separators_in_a_number_do_not_matter() {
    assert_eq!(crate::e164::international("+420 777-000.111").as_deref(), Some("+420777000111"));
}

#[test]
fn an_operator_on_a_session_starts_no_other_beside_it() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    let first = fixture.arrive(device(&fixture, "anna"), "100");
    let second = fixture.arrive(device(&fixture, "anna"), "+420777000111");
    assert_eq!(fixture.commands_to(second), [LineCommand::HangUp { cause: Cause::Busy }]);
    fixture.down(second, Cause::Busy);
    assert!(matches!(fixture.engagement("anna"), queue::Engagement::OnSession { .. }));
    fixture.down(first, Cause::Cancelled);
    assert_eq!(fixture.engagement("anna"), queue::Engagement::Free);
}
