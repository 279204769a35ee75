//! Hold, consultation, conference, mute and supervision, as rows of who hears whom.

use super::*;

#[test]
fn a_client_on_hold_hears_music_and_nobody_and_resume_joins_both() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    assert_eq!((fixture.hears(client), fixture.hears(anna)), (vec![anna], vec![client]));
    fixture.command(id, None, Command::Hold).unwrap();
    assert_eq!((fixture.hears(client), fixture.hears(anna)), (vec![], vec![]));
    assert!(fixture.waits(client));
    assert_eq!(fixture.playing(client), ["music/harbour"]);
    fixture.command(id, None, Command::Resume).unwrap();
    assert_eq!((fixture.hears(client), fixture.hears(anna)), (vec![anna], vec![client]));
    assert!(!fixture.waits(client) && !fixture.waits(anna));
}

#[test]
fn a_phone_that_holds_leaves_the_client_with_music_until_it_takes_the_call_up_again() {
    let mut fixture = Fixture::new();
    let (_, client, anna) = fixture.served();
    fixture.line(anna, LineEvent::Holds(true));
    assert!(fixture.waits(client) && fixture.hears(client).is_empty());
    // A held phone sends nothing, and is not taken for dead.
    fixture.tell(Event::Media(media::Event::Silent { leg: anna }));
    fixture.line(anna, LineEvent::Holds(false));
    assert_eq!((fixture.hears(client), fixture.waits(client)), (vec![anna], false));
}

#[test]
fn both_sides_may_hold_at_once_and_come_back_in_any_order() {
    let mut fixture = Fixture::new();
    let (_, client, anna) = fixture.served();
    for leg in [client, anna] {
        fixture.line(leg, LineEvent::Holds(true));
    }
    assert!(fixture.hears(client).is_empty() && fixture.hears(anna).is_empty());
    fixture.line(anna, LineEvent::Holds(false));
    assert!(fixture.waits(anna), "the client's phone holds still");
    fixture.line(client, LineEvent::Holds(false));
    assert_eq!((fixture.hears(client), fixture.hears(anna)), (vec![anna], vec![client]));
}

#[test]
fn if_there_is_no_music_file_a_soft_tone_says_that_the_call_stands() {
    let mut fixture = Fixture::new();
    let (id, client, _) = fixture.served();
    fixture.command(id, None, Command::Hold).unwrap();
    let sound = media::Sound::File("music/harbour".into());
    let (playback, reason) = (super::super::talk::MUSIC, "no such file".to_owned());
    fixture.tell(Event::Media(media::Event::PlayFailed { leg: client, playback, sound, reason }));
    let beeps = fixture.actions.iter().rev().find_map(|action| match action {
        Action::Media(media::Command::Play { leg, sounds, repeat: true, .. }) if *leg == client => {
            Some(sounds.clone())
        }
        _ => None,
    });
    assert!(matches!(beeps.unwrap().as_slice(), [media::Sound::Tone { .. }, media::Sound::Silence { .. }]));
}

#[test]
fn in_a_consultation_the_operators_hear_each_other_and_the_client_only_music() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    let boris = fixture.invited(id, "boris", true);
    assert_eq!((fixture.hears(anna), fixture.hears(boris)), (vec![boris], vec![anna]));
    assert!(fixture.hears(client).is_empty() && fixture.waits(client));
    fixture.command(id, None, Command::Resume).unwrap();
    assert_eq!(fixture.hears(client).len(), 2);
    assert_eq!((fixture.hears(anna).len(), fixture.hears(boris).len()), (2, 2));
}

#[test]
fn who_consulted_and_hangs_up_leaves_the_client_with_the_colleague() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    let boris = fixture.invited(id, "boris", true);
    fixture.down(anna, Cause::Normal);
    assert_eq!((fixture.hears(client), fixture.hears(boris)), (vec![boris], vec![client]));
    assert_eq!(fixture.engagement("anna"), queue::Engagement::Free);
}

#[test]
fn six_may_talk_and_the_sixth_operator_is_refused_with_the_reason() {
    let mut fixture = Fixture::new();
    let (id, client, _) = fixture.served();
    for name in ["boris", "cyril", "dana"] {
        fixture.invited(id, name, false);
    }
    let outside = || Command::Invite { to: Destination::Number("+420777000111".into()), consult: false };
    fixture.command(id, Some(fixture.users["anna"]), outside()).unwrap();
    let (fifth, _) = fixture.first_dialled();
    fixture.line(fifth, LineEvent::Up);
    assert_eq!(fixture.hears(client).len(), 5);
    let refused = fixture.command(id, Some(fixture.users["anna"]), outside()).unwrap_err();
    assert!(refused.why.contains("5 operators"), "{}", refused.why);
}

#[test]
fn who_serves_is_counted_from_the_first_ring_whoever_called_and_supervisors_and_the_client_are_not() {
    let serving = |fixture: &Fixture, id| fixture.switch.sessions[&id].serving();
    let mut fixture = Fixture::new();
    let (id, ..) = fixture.served();
    assert_eq!(serving(&fixture, id), 1, "the client serves nobody");
    fixture.register("boris", true);
    let to = Destination::Operator(fixture.users["boris"]);
    fixture.command(id, None, Command::Invite { to, consult: false }).unwrap();
    assert_eq!(serving(&fixture, id), 2, "who rings may come");
    let (boris, _) = fixture.first_dialled();
    fixture.down(boris, Cause::Busy);
    assert_eq!(serving(&fixture, id), 1);
    fixture.register("dana", true);
    let supervisor = fixture.users["dana"];
    fixture.command(id, None, Command::Supervise { supervisor, part: Part::Listens }).unwrap();
    let (dana, _) = fixture.first_dialled();
    fixture.line(dana, LineEvent::Up);
    assert_eq!(serving(&fixture, id), 1, "a supervisor serves nobody");
    // An operator who calls serves whoever answers.
    let mut fixture = Fixture::new();
    let cyril = fixture.arrive(Origin::Device(fixture.devices["cyril"]), "+420777000111");
    let (client, _) = fixture.first_dialled();
    fixture.line(client, LineEvent::Up);
    let id = fixture.switch.session_of(cyril).unwrap();
    assert_eq!(serving(&fixture, id), 1);
    fixture.invited(id, "boris", false);
    fixture.down(cyril, Cause::Normal);
    assert_eq!(serving(&fixture, id), 1, "who called has gone, and is not counted");
}

#[test]
fn the_first_operator_may_leave_a_conference_and_the_rest_go_on_until_the_client_hangs_up() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    let boris = fixture.invited(id, "boris", false);
    let cyril = fixture.invited(id, "cyril", false);
    fixture.command(id, None, Command::Leave { operator: fixture.users["anna"] }).unwrap();
    assert_eq!(fixture.commands_to(anna), [LineCommand::HangUp { cause: Cause::Normal }]);
    assert_eq!(fixture.hears(client).len(), 2);
    fixture.command(id, None, Command::Remove { leg: cyril }).unwrap();
    assert_eq!(fixture.hears(client), [boris]);
    fixture.down(client, Cause::Normal);
    fixture.close(&[client, anna, boris, cyril]);
    fixture.check_history();
    let record = fixture.record();
    assert_eq!(record.parties, ["anna", "boris", "cyril"]);
    assert!(record.legs.values().all(|leg| leg.left.is_some()));
}

#[test]
fn nobody_hears_who_is_muted_and_the_muted_hears_all() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    let boris = fixture.invited(id, "boris", false);
    let operator = fixture.users["anna"];
    fixture.command(id, None, Command::Mute { operator, on: true }).unwrap();
    assert_eq!((fixture.hears(client), fixture.hears(boris)), (vec![boris], vec![client]));
    assert_eq!(fixture.hears(anna).len(), 2);
    fixture.command(id, None, Command::Mute { operator, on: false }).unwrap();
    assert_eq!(fixture.hears(client).len(), 2);
}

#[test]
fn a_key_told_in_the_signalling_reaches_those_who_hear_who_pressed_it() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    let sent = |fixture: &Fixture| -> Vec<(LegId, String)> {
        let digits = |action: &Action| match action {
            Action::Media(media::Command::SendDigits { leg, digits }) => Some((*leg, digits.clone())),
            _ => None,
        };
        fixture.actions.iter().filter_map(digits).collect()
    };
    fixture.line(anna, LineEvent::Key { digit: '7' });
    fixture.line(client, LineEvent::Key { digit: '#' });
    assert_eq!(sent(&fixture), [(client, "7".to_owned()), (anna, "#".to_owned())]);
    fixture.command(id, None, Command::Hold).unwrap();
    fixture.line(anna, LineEvent::Key { digit: '8' });
    assert_eq!(sent(&fixture).len(), 2, "a client on hold hears no keys either");
}

#[test]
fn keys_pressed_by_command_go_to_the_client_or_to_the_leg_that_is_named_and_stay_out_of_the_record() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    let by = Some(fixture.users["anna"]);
    let keys = |leg| Command::Keys { leg, keys: "12#".into() };
    fixture.command(id, by, keys(None)).unwrap();
    fixture.command(id, None, keys(Some(anna))).unwrap();
    let sent = fixture.actions.iter().filter_map(|action| match action {
        Action::Media(media::Command::SendDigits { leg, digits }) => Some((*leg, digits.as_str())),
        _ => None,
    });
    assert_eq!(sent.collect::<Vec<_>>(), [(client, "12#"), (anna, "12#")]);
    assert!(!format!("{:?}", fixture.events[&id]).contains("12#"), "they may be a PIN");
    let stranger = LegId::new(UnixMs(7), &mut Entropy::from_number(7));
    assert!(fixture.command(id, by, keys(Some(stranger))).unwrap_err().why.contains("nobody is at that leg"));
    fixture.command(id, None, Command::Hold).unwrap();
    assert!(fixture.command(id, by, keys(None)).unwrap_err().why.contains("on hold"));
}

#[test]
fn a_supervisor_listens_unheard_whispers_to_operators_alone_and_barges_in() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    fixture.register("dana", true);
    let supervise = |part| Command::Supervise { supervisor: UserId(uuid::Uuid::nil()), part };
    let dana_user = fixture.users["dana"];
    let supervise = |part| match supervise(part) {
        Command::Supervise { part, .. } => Command::Supervise { supervisor: dana_user, part },
        other => other,
    };
    fixture.command(id, None, supervise(Part::Listens)).unwrap();
    let (dana, _) = fixture.first_dialled();
    fixture.line(dana, LineEvent::Up);
    assert_eq!((fixture.hears(client), fixture.hears(anna)), (vec![anna], vec![client]));
    assert_eq!(fixture.hears(dana).len(), 2);
    fixture.command(id, None, supervise(Part::Whispers)).unwrap();
    assert_eq!(fixture.hears(client), [anna]);
    assert_eq!(fixture.hears(anna).len(), 2);
    fixture.command(id, None, supervise(Part::Barges)).unwrap();
    assert_eq!(fixture.hears(client).len(), 2);
    fixture.down(anna, Cause::Normal);
    assert!(fixture.hears(client).is_empty(), "a supervisor alone serves nobody");
}

#[test]
fn the_record_says_who_talked_and_was_held_how_long() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    fixture.pass(Duration::from_secs(10));
    fixture.command(id, None, Command::Hold).unwrap();
    fixture.pass(Duration::from_secs(4));
    fixture.command(id, None, Command::Resume).unwrap();
    fixture.pass(Duration::from_secs(6));
    fixture.down(client, Cause::Normal);
    fixture.close(&[client, anna]);
    let record = fixture.record();
    let ended = record.ended.unwrap();
    assert_eq!(record.legs[&client].held_ms(ended), 4_000);
    assert_eq!(record.legs[&client].talked_ms(ended), 16_000);
    assert_eq!((record.legs[&anna].held_ms(ended), record.legs[&anna].talked_ms(ended)), (0, 20_000));
}

#[test]
fn whoever_else_leaves_a_client_on_hold_stays_on_hold() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    fixture.invited(id, "cyril", true);
    let boris = fixture.invited(id, "boris", true);
    fixture.register("dana", true);
    let dana = Command::Supervise { supervisor: fixture.users["dana"], part: Part::Listens };
    fixture.command(id, None, dana).unwrap();
    let (listener, _) = fixture.first_dialled();
    fixture.line(listener, LineEvent::Up);
    fixture.down(listener, Cause::Normal);
    assert!(fixture.waits(client) && fixture.hears(client).is_empty(), "a listener asked for nothing");
    fixture.down(boris, Cause::Normal);
    assert!(fixture.waits(client) && fixture.hears(client).is_empty(), "two still talk in private");
    fixture.down(anna, Cause::Normal);
    assert!(!fixture.waits(client) && fixture.hears(client).len() == 1, "who asked has gone");
}

#[test]
fn a_client_put_on_hold_hears_nobody_when_a_colleague_leaves() {
    let mut fixture = Fixture::new();
    let (id, client, _) = fixture.served();
    let boris = fixture.invited(id, "boris", false);
    fixture.command(id, Some(fixture.users["anna"]), Command::Hold).unwrap();
    fixture.down(boris, Cause::Normal);
    assert!(fixture.waits(client) && fixture.hears(client).is_empty());
}

#[test]
fn a_colleague_who_was_to_be_asked_and_does_not_answer_leaves_client_and_operator_together() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    fixture.register("boris", true);
    let to = Destination::Operator(fixture.users["boris"]);
    fixture.command(id, None, Command::Invite { to, consult: true }).unwrap();
    assert!(fixture.waits(client));
    fixture.pass(Duration::from_secs(31));
    assert_eq!((fixture.hears(client), fixture.hears(anna)), (vec![anna], vec![client]));
}

#[test]
fn the_record_has_a_leg_for_the_client_and_for_whoever_took_over_with_the_time_of_each() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    fixture.pass(Duration::from_secs(10));
    let boris = fixture.invited(id, "boris", true);
    fixture.pass(Duration::from_secs(3));
    fixture.command(id, None, Command::Leave { operator: fixture.users["anna"] }).unwrap();
    fixture.pass(Duration::from_secs(5));
    let all = Destination::Group(fixture.group("all"));
    fixture.command(id, Some(fixture.users["boris"]), Command::Forward { to: all, note: None }).unwrap();
    fixture.pass(Duration::from_secs(60));
    fixture.down(client, Cause::Normal);
    fixture.close(&[client, anna, boris]);
    let record = fixture.record();
    let ended = record.ended.unwrap();
    let times = |leg| (record.legs[&leg].talked_ms(ended), record.legs[&leg].held_ms(ended));
    assert_eq!(times(client), (15_000, 3_000), "a minute in the queue is no conversation");
    assert_eq!((times(anna), times(boris)), ((13_000, 0), (8_000, 0)));
}
