//! Forwarding by rule and do-not-disturb, set by code and from outside.

use super::super::diversion::{CallSettings, NoAnswer};
use super::super::features::Notice;
use super::super::history::Happening;
use super::super::stage::Stage;
use super::*;

fn set(fixture: &mut Fixture, name: &str, settings: CallSettings) -> Result<(), Refusal> {
    let (user, now) = (fixture.users[name], fixture.now);
    let done = fixture.switch.set_call_settings(user, settings, now);
    fixture.tell(Event::Refuse(false));
    done
}

fn always(to: &str) -> CallSettings {
    CallSettings { always: Some(to.into()), ..CallSettings::default() }
}

fn busy(to: &str) -> CallSettings {
    CallSettings { busy: Some(to.into()), ..CallSettings::default() }
}

fn no_answer(to: &str, after_s: u32) -> CallSettings {
    CallSettings { no_answer: Some(NoAnswer { to: to.into(), after_s }), ..CallSettings::default() }
}

fn all_register(fixture: &mut Fixture) {
    OPERATORS.iter().for_each(|(name, _)| fixture.register(name, true));
}

fn ends(fixture: &Fixture, leg: LegId) -> bool {
    fixture.actions.iter().any(|action| {
        matches!(action, Action::Line { leg: at, command: LineCommand::HangUp { .. } } if *at == leg)
    })
}

/// An operator dials a code, and hears to its end what came of it.
fn dial_code(fixture: &mut Fixture, name: &str, code: &str) -> Notice {
    let leg = fixture.arrive(Origin::Device(fixture.devices[name]), code);
    assert!(matches!(fixture.commands_to(leg).as_slice(), [LineCommand::Answer { .. }]));
    let id = fixture.switch.session_of(leg).unwrap();
    let Stage::Notice { notice, .. } = fixture.switch.sessions[&id].stage else { panic!("no notice") };
    fixture.line(leg, LineEvent::Up);
    assert!(fixture.playing(leg)[0].starts_with("prompts/en/features/"), "{:?}", fixture.playing(leg));
    fixture.tell(Event::Media(media::Event::PlayEnded { leg, playback: 0 }));
    fixture.pass(Duration::from_secs(1));
    assert!(ends(fixture, leg));
    fixture.close(&[leg]);
    notice
}

/// Whether any session's history says this.
fn told(fixture: &Fixture, words: &str) -> bool {
    let mut all = fixture.events.values().flatten();
    all.any(|event| matches!(&event.what, Happening::Decision { reasons } if reasons[0].contains(words)))
}

#[test]
fn all_calls_go_where_the_rule_says_and_the_history_says_whose_rule() {
    let mut fixture = Fixture::new();
    all_register(&mut fixture);
    set(&mut fixture, "anna", always("202")).unwrap();
    let caller = fixture.arrive(Origin::Guest, "201");
    let (boris, who) = fixture.first_dialled();
    assert_eq!(who, "boris");
    fixture.line(boris, LineEvent::Up);
    assert_eq!(fixture.hears(caller), [boris]);
    let id = fixture.switch.session_of(caller).unwrap();
    let decisions = &fixture.switch.sessions[&id].summary.decisions;
    assert!(decisions.contains(&"forwarded by rule of anna (always) to 202".to_owned()), "{decisions:?}");
    assert_eq!(fixture.engagement("anna"), queue::Engagement::Free);
}

#[test]
fn a_rule_holds_though_no_phone_of_its_operator_is_registered() {
    let mut fixture = Fixture::new();
    fixture.register("boris", true);
    set(&mut fixture, "anna", no_answer("202", 10)).unwrap();
    fixture.arrive(Origin::Guest, "201");
    assert_eq!(fixture.first_dialled().1, "boris");
}

#[test]
fn calls_outside_by_rule_have_the_rights_of_its_operator() {
    let mut fixture = Fixture::new();
    let refused = set(&mut fixture, "anna", always("+19005550100")).unwrap_err();
    assert_eq!(refused.cause, Cause::Forbidden, "premium: {}", refused.why);
    set(&mut fixture, "anna", always("+420777000111")).unwrap();
    fixture.arrive(Origin::Guest, "201");
    let (_, target) = fixture.dialled().remove(0);
    assert!(matches!(target, Target::Trunk { ref number, .. } if number == "+420777000111"), "{target:?}");
    // Rights that are taken away later count too.
    let anna = fixture.users["anna"];
    fixture.reconfigure(|directory| {
        let rights = &mut directory.operators.get_mut(&anna).unwrap().rights;
        rights.classes = [crate::e164::Class::National].into_iter().collect();
    });
    let caller = fixture.arrive(Origin::Guest, "201");
    assert!(fixture.dialled().is_empty());
    fixture.line(caller, LineEvent::Early);
    assert_eq!(fixture.playing(caller), ["prompts/en/not-available"]);
    assert!(told(&fixture, "not forwarded by rule of anna"));
}

#[test]
fn rules_that_lead_round_end_clearly() {
    let mut fixture = Fixture::new();
    all_register(&mut fixture);
    set(&mut fixture, "anna", always("202")).unwrap();
    set(&mut fixture, "boris", always("203")).unwrap();
    set(&mut fixture, "cyril", always("201")).unwrap();
    let caller = fixture.arrive(Origin::Guest, "201");
    assert!(fixture.dialled().is_empty());
    fixture.line(caller, LineEvent::Early);
    assert_eq!(fixture.playing(caller), ["prompts/en/not-available"]);
    assert!(told(&fixture, "it goes round: anna to boris to cyril to anna"));
}

#[test]
fn calls_that_are_not_answered_in_time_go_on_and_to_the_next_one_after_that() {
    let mut fixture = Fixture::new();
    all_register(&mut fixture);
    set(&mut fixture, "anna", no_answer("202", 10)).unwrap();
    set(&mut fixture, "boris", no_answer("203", 5)).unwrap();
    let caller = fixture.arrive(Origin::Guest, "201");
    let (anna, _) = fixture.first_dialled();
    fixture.pass(Duration::from_secs(9));
    assert!(fixture.dialled().is_empty());
    fixture.pass(Duration::from_secs(1));
    assert_eq!(fixture.commands_to(anna), [LineCommand::HangUp { cause: Cause::NoAnswer }]);
    assert_eq!(fixture.first_dialled().1, "boris");
    fixture.pass(Duration::from_secs(5));
    let (cyril, who) = fixture.first_dialled();
    assert_eq!(who, "cyril");
    fixture.pass(Duration::from_secs(29));
    assert!(!ends(&fixture, cyril), "it rings as long as any phone");
    fixture.pass(Duration::from_secs(1));
    fixture.line(caller, LineEvent::Early);
    assert_eq!(fixture.playing(caller), ["prompts/en/no-answer"]);
}

#[test]
fn calls_go_on_while_the_operator_is_busy_or_declines() {
    let mut fixture = Fixture::new();
    let (_, _, _anna) = fixture.served();
    fixture.register("cyril", true);
    set(&mut fixture, "anna", busy("203")).unwrap();
    let caller = fixture.arrive(Origin::Guest, "201");
    let (cyril, who) = fixture.first_dialled();
    assert_eq!(who, "cyril");
    fixture.down(caller, Cause::Cancelled);
    fixture.close(&[caller, cyril]);
    set(&mut fixture, "cyril", busy("204")).unwrap();
    fixture.register("dana", true);
    fixture.arrive(Origin::Guest, "203");
    let (cyril, _) = fixture.first_dialled();
    fixture.down(cyril, Cause::Declined);
    assert_eq!(fixture.first_dialled().1, "dana");
}

#[test]
fn who_is_not_to_be_disturbed_is_offered_nothing_and_rings_for_nobody() {
    let mut fixture = Fixture::new();
    all_register(&mut fixture);
    assert_eq!(dial_code(&mut fixture, "anna", "*78"), Notice::Undisturbed);
    fixture.call_and_press('1');
    assert_eq!(fixture.first_dialled().1, "boris");
    assert!(told(&fixture, "not to anna: do not disturb"));
    let caller = fixture.arrive(Origin::Guest, "201");
    assert!(fixture.dialled().is_empty());
    fixture.line(caller, LineEvent::Early);
    assert_eq!(fixture.playing(caller), ["prompts/en/away"]);
    assert_eq!(dial_code(&mut fixture, "anna", "*79"), Notice::Disturbed);
    fixture.arrive(Origin::Guest, "201");
    assert_eq!(fixture.first_dialled().1, "anna");
}

#[test]
fn what_a_queue_offers_follows_no_rule() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    fixture.register("cyril", true);
    set(&mut fixture, "anna", always("203")).unwrap();
    fixture.call_and_press('1');
    assert_eq!(fixture.first_dialled().1, "anna");
}

#[test]
fn a_dialplan_that_calls_an_operator_meets_the_rules() {
    let mut fixture = Fixture::new();
    all_register(&mut fixture);
    set(&mut fixture, "anna", no_answer("202", 5)).unwrap();
    let caller = fixture.call_and_press('3');
    assert_eq!(fixture.first_dialled().1, "anna");
    fixture.pass(Duration::from_secs(5));
    let (boris, who) = fixture.first_dialled();
    assert_eq!(who, "boris");
    fixture.line(boris, LineEvent::Up);
    assert_eq!(fixture.hears(caller), [boris]);
}

#[test]
fn a_client_who_is_forwarded_goes_on_by_the_rules_of_the_target() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    fixture.register("boris", true);
    fixture.register("cyril", true);
    set(&mut fixture, "boris", no_answer("203", 5)).unwrap();
    let to = Destination::Operator(fixture.users["boris"]);
    let forward = Command::Forward { to, note: None };
    fixture.command(id, Some(fixture.users["anna"]), forward).unwrap();
    assert_eq!(fixture.first_dialled().1, "boris");
    fixture.pass(Duration::from_secs(5));
    let (cyril, who) = fixture.first_dialled();
    assert_eq!(who, "cyril");
    assert!(fixture.waits(client));
    fixture.line(cyril, LineEvent::Up);
    assert_eq!(fixture.hears(client), [cyril]);
    assert!(ends(&fixture, anna));
}

#[test]
fn codes_set_rules_and_take_them_back() {
    let mut fixture = Fixture::new();
    all_register(&mut fixture);
    let anna = fixture.users["anna"];
    assert_eq!(dial_code(&mut fixture, "anna", "*21*202#"), Notice::Forwarding);
    assert_eq!(dial_code(&mut fixture, "anna", "*67*203#"), Notice::Forwarding);
    assert_eq!(dial_code(&mut fixture, "anna", "**61*204**30#"), Notice::Forwarding);
    let rule = NoAnswer { to: "204".into(), after_s: 30 };
    let all = CallSettings {
        always: Some("202".into()),
        busy: Some("203".into()),
        no_answer: Some(rule),
        do_not_disturb: false,
    };
    assert_eq!(fixture.switch.call_settings(anna), all);
    let remembered = Action::CallSettingsChanged { operator: anna, settings: all.clone() };
    assert!(fixture.actions.contains(&remembered));
    assert_eq!(dial_code(&mut fixture, "anna", "#21#"), Notice::NotForwarding);
    assert_eq!(fixture.switch.call_settings(anna), CallSettings { always: None, ..all });
    assert_eq!(dial_code(&mut fixture, "anna", "##002#"), Notice::NotForwarding);
    assert_eq!(fixture.switch.call_settings(anna), CallSettings::default());
}

#[test]
fn a_code_that_cannot_be_done_says_so_and_changes_nothing() {
    let mut fixture = Fixture::new();
    all_register(&mut fixture);
    let anna = fixture.users["anna"];
    for code in ["*21*201#", "*21*100#", "*21*999#", "*21*701#", "*61*202*3#", "*68"] {
        assert_eq!(dial_code(&mut fixture, "anna", code), Notice::Refused, "{code}");
    }
    assert_eq!(fixture.switch.call_settings(anna), CallSettings::default());
}

#[test]
fn nobody_but_an_operator_has_codes() {
    let mut fixture = Fixture::new();
    for origin in [Origin::Guest, Origin::Trunk(fixture.trunk)] {
        let leg = fixture.arrive(origin, "*78");
        assert_eq!(fixture.commands_to(leg), [LineCommand::HangUp { cause: Cause::NotFound }]);
    }
}

#[test]
fn a_notice_that_cannot_be_played_is_given_by_tones() {
    let mut fixture = Fixture::new();
    all_register(&mut fixture);
    let leg = fixture.arrive(Origin::Device(fixture.devices["anna"]), "*78");
    fixture.line(leg, LineEvent::Up);
    for playback in [0, 1] {
        let (sound, reason) = (media::Sound::Busy, "missing".to_owned());
        fixture.tell(Event::Media(media::Event::PlayFailed { leg, playback, sound, reason }));
    }
    let tones = fixture.actions.iter().any(|action| {
        matches!(action, Action::Media(media::Command::Play { playback: 2, sounds, .. })
            if matches!(sounds[0], media::Sound::Tone { .. }))
    });
    assert!(tones);
    fixture.pass(Duration::from_secs(15));
    assert!(ends(&fixture, leg), "whatever becomes of the tones");
}

#[test]
fn a_ringing_phone_shows_the_queue_and_the_tenant_and_what_the_forwarder_said() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    fixture.register("boris", true);
    let dial = |fixture: &mut Fixture| {
        let found = fixture.actions.iter().rev().find_map(|action| match action {
            Action::Line { command: LineCommand::Dial { caller, subject, .. }, .. } => {
                Some((caller.display.clone(), subject.clone()))
            }
            _ => None,
        });
        found.unwrap()
    };
    let client = fixture.call_and_press('1');
    let shown = dial(&mut fixture);
    assert_eq!(shown, (Some("sales @ Harbour: +420700000001".into()), None));
    let (leg, who) = fixture.first_dialled();
    fixture.line(leg, LineEvent::Up);
    let other = if who == "anna" { "boris" } else { "anna" };
    let id = fixture.switch.session_of(client).unwrap();
    let to = Destination::Operator(fixture.users[other]);
    let note = Some("wants\r\nX-Evil: 1 a refund".to_owned());
    fixture.command(id, None, Command::Forward { to, note }).unwrap();
    let (display, subject) = dial(&mut fixture);
    assert_eq!(subject.as_deref(), Some("wants  X-Evil: 1 a refund"));
    assert_eq!(display.as_deref(), Some("wants  X-Evil: 1 a refund - Harbour: +420700000001"));
}
