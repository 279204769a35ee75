//! What is recorded of conversations: from when until when, and who is on it.

use super::world::recording_ended;
use super::*;
use crate::media::{Mark, Side};
use crate::switch::history::{Happening, Recorded};
use crate::switch::recording::{NewRecording, RecordAct};

/// A company that records whom `sales` serves, at once and in stereo.
fn records() -> Fixture {
    let mut fixture = Fixture::new();
    rule(&mut fixture, "sales", Some(Rule { on: true, terms: Terms::default() }));
    fixture
}

/// A group says this of recording from now on.
fn rule(fixture: &mut Fixture, name: &str, rule: Option<Rule>) {
    fixture.reconfigure(|directory| {
        let group = directory.groups.values().find(|group| group.name == name).unwrap().id;
        match rule {
            Some(rule) => directory.recording.groups.insert(group, rule),
            None => directory.recording.groups.remove(&group),
        };
    });
}

fn act(act: RecordAct) -> Command {
    Command::Record { act }
}

impl Fixture {
    /// The recordings that were begun.
    fn begun(&self) -> Vec<NewRecording> {
        let begun = self.actions.iter().filter_map(|action| match action {
            Action::RecordingBegun(begun) => Some((**begun).clone()),
            _ => None,
        });
        begun.collect()
    }

    /// Who is on the recording now, and why somebody is not; none if nothing is recorded.
    fn on_it(&self) -> Option<(Vec<LegId>, Vec<LegId>, Option<Mark>)> {
        let mut on_it = None;
        for action in &self.actions {
            match action {
                Action::Media(media::Command::RecordRoom { .. }) => on_it = Some((vec![], vec![], None)),
                Action::Media(media::Command::StopRecordRoom { .. }) => on_it = None,
                Action::Media(media::Command::RecordSides { sides, mark, .. }) => {
                    assert!(on_it.is_some(), "sides of nothing");
                    let of =
                        |side| sides.iter().filter(|(_, on)| **on == side).map(|(leg, _)| *leg).collect();
                    on_it = Some((of(Side::Client), of(Side::Company), *mark));
                }
                _ => {}
            }
        }
        on_it
    }

    fn kinds(&self, id: SessionId) -> Vec<&'static str> {
        let kinds = self.events[&id].iter().filter_map(|event| match event.what {
            Happening::RecordingStarted { .. } => Some("started"),
            Happening::RecordingPaused { .. } => Some("paused"),
            Happening::RecordingResumed { .. } => Some("resumed"),
            Happening::RecordingIncomplete { .. } => Some("incomplete"),
            Happening::RecordingStopped { .. } => Some("stopped"),
            _ => None,
        });
        kinds.collect()
    }
}

#[test]
fn a_client_is_recorded_from_the_answer_of_the_operator_until_the_client_hangs_up() {
    let mut fixture = records();
    let (id, client, anna) = fixture.served();
    assert_eq!(fixture.on_it(), Some((vec![client], vec![anna], None)));
    let [begun] = &fixture.begun()[..] else { panic!("one recording") };
    assert_eq!((begun.session, begun.per_party, begun.keep_days), (id, false, None));
    assert_eq!(fixture.switch.summary(id).unwrap().recorded, Recorded::On);
    fixture.down(client, Cause::Normal);
    assert_eq!(fixture.on_it(), None);
    assert_eq!(fixture.kinds(id), ["started", "stopped"]);
    fixture.close(&[client, anna]);
    fixture.check_history();
}

#[test]
fn nothing_is_recorded_that_no_rule_asks_for() {
    let mut fixture = Fixture::new();
    let (id, client, _) = fixture.served();
    fixture.command(id, None, Command::Hold).unwrap();
    fixture.down(client, Cause::Normal);
    assert!(fixture.begun().is_empty() && fixture.kinds(id).is_empty());
}

#[test]
fn a_private_word_is_not_on_it_and_is_marked_and_the_colleague_is_on_it_when_the_client_hears_both() {
    let mut fixture = records();
    let (id, client, anna) = fixture.served();
    let boris = fixture.invited(id, "boris", true);
    assert_eq!(fixture.on_it(), Some((vec![client], vec![], Some(Mark::Private))));
    fixture.command(id, None, Command::Resume).unwrap();
    assert_eq!(fixture.on_it(), Some((vec![client], vec![anna, boris], None)));
    fixture.command(id, None, Command::Leave { operator: fixture.users["anna"] }).unwrap();
    assert_eq!(fixture.on_it(), Some((vec![client], vec![boris], None)));
    assert_eq!(fixture.begun().len(), 1, "it is one recording");
}

#[test]
fn a_forwarded_client_is_on_one_recording_with_first_the_one_and_then_the_other() {
    let mut fixture = records();
    let (id, client, anna) = fixture.served();
    fixture.register("boris", true);
    let wish = Wanted::Number("202".into());
    fixture.line(anna, LineEvent::Transfer { request: 1, wish });
    assert_eq!(fixture.on_it(), Some((vec![client], vec![], None)), "nobody speaks with the client");
    let (boris, _) = fixture.first_dialled();
    fixture.line(boris, LineEvent::Up);
    assert_eq!(fixture.on_it(), Some((vec![client], vec![boris], None)));
    assert_eq!((fixture.begun().len(), fixture.kinds(id)), (1, vec!["started"]));
}

#[test]
fn back_in_a_queue_the_client_alone_is_on_it_and_then_whoever_answers() {
    let mut fixture = records();
    let (id, client, _) = fixture.served();
    let all = fixture.switch.directory().groups.values().find(|group| group.name == "all").unwrap().id;
    fixture.register("cyril", true);
    let forward = Command::Forward { to: Destination::Group(all), note: None };
    fixture.command(id, None, forward).unwrap();
    assert_eq!(fixture.on_it(), Some((vec![client], vec![], None)));
    let (cyril, _) = fixture.first_dialled();
    fixture.line(cyril, LineEvent::Up);
    assert_eq!(
        fixture.on_it(),
        Some((vec![client], vec![cyril], None)),
        "the group says nothing: it goes on"
    );
}

#[test]
fn a_group_that_must_not_be_recorded_ends_the_recording_and_the_next_one_that_is_begins_another() {
    let mut fixture = records();
    rule(&mut fixture, "all", Some(Rule::default()));
    let (id, client, _) = fixture.served();
    let group = |fixture: &Fixture, name: &str| {
        fixture.switch.directory().groups.values().find(|group| group.name == name).unwrap().id
    };
    fixture.register("cyril", true);
    let to = Destination::Group(group(&fixture, "all"));
    fixture.command(id, None, Command::Forward { to, note: None }).unwrap();
    let (cyril, _) = fixture.first_dialled();
    fixture.line(cyril, LineEvent::Up);
    assert_eq!(fixture.on_it(), None);
    let to = Destination::Group(group(&fixture, "sales"));
    fixture.command(id, None, Command::Forward { to, note: None }).unwrap();
    let (again, _) = fixture.first_dialled();
    fixture.line(again, LineEvent::Up);
    assert_eq!(fixture.on_it(), Some((vec![client], vec![again], None)));
    assert_eq!(fixture.kinds(id), ["started", "stopped", "started"]);
}

#[test]
fn a_colleague_consulted_by_a_second_call_and_handed_over_comes_onto_the_clients_recording() {
    let mut fixture = records();
    let (_, client, anna) = fixture.served();
    fixture.register("boris", true);
    fixture.line(anna, LineEvent::Holds(true));
    assert_eq!(fixture.on_it(), Some((vec![client], vec![], Some(Mark::Private))));
    let own = fixture.arrive(Origin::Device(fixture.devices["anna"]), "202");
    let (boris, _) = fixture.first_dialled();
    fixture.line(boris, LineEvent::Up);
    fixture.line(own, LineEvent::Up);
    fixture.line(anna, LineEvent::Transfer { request: 1, wish: Wanted::Peer(own) });
    assert_eq!(fixture.on_it(), Some((vec![client], vec![boris], None)));
    assert_eq!(fixture.begun().len(), 1, "the word with the colleague is not recorded");
}

#[test]
fn a_listener_and_a_whisper_are_not_on_it_and_who_barges_in_is() {
    let mut fixture = records();
    let (id, client, anna) = fixture.served();
    fixture.register("dana", true);
    let supervisor = fixture.users["dana"];
    fixture.command(id, None, Command::Supervise { supervisor, part: Part::Listens }).unwrap();
    let (dana, _) = fixture.first_dialled();
    fixture.line(dana, LineEvent::Up);
    let without = Some((vec![client], vec![anna], None));
    assert_eq!(fixture.on_it(), without);
    fixture.command(id, None, Command::Supervise { supervisor, part: Part::Whispers }).unwrap();
    assert_eq!(fixture.on_it(), without);
    fixture.command(id, None, Command::Supervise { supervisor, part: Part::Barges }).unwrap();
    assert_eq!(fixture.on_it(), Some((vec![client], vec![anna, dana], None)));
    let operator = fixture.users["anna"];
    fixture.command(id, None, Command::Mute { operator, on: true }).unwrap();
    assert_eq!(fixture.on_it(), Some((vec![client], vec![dana], None)), "whom nobody hears is not on it");
}

#[test]
fn while_it_pauses_nobody_is_on_it_whatever_happens() {
    let mut fixture = records();
    let (id, client, anna) = fixture.served();
    let by = Some(fixture.users["anna"]);
    assert!(fixture.command(id, by, act(RecordAct::Resume)).is_err(), "it does not pause");
    fixture.command(id, by, act(RecordAct::Pause)).unwrap();
    let nobody = Some((vec![], vec![], Some(Mark::Paused)));
    assert_eq!(fixture.on_it(), nobody);
    assert_eq!(fixture.switch.summary(id).unwrap().recorded, Recorded::Paused);
    let boris = fixture.invited(id, "boris", false);
    assert_eq!(fixture.on_it(), nobody);
    fixture.command(id, by, act(RecordAct::Resume)).unwrap();
    assert_eq!(fixture.on_it(), Some((vec![client], vec![anna, boris], None)));
    assert_eq!(fixture.kinds(id), ["started", "paused", "resumed"]);
    let by_anna = Happening::RecordingPaused { by: Some("anna".into()) };
    assert!(fixture.events[&id].iter().any(|event| event.what == by_anna));
}

#[test]
fn what_somebody_stopped_no_rule_begins_again_but_a_command_does() {
    let mut fixture = records();
    let (id, client, anna) = fixture.served();
    fixture.command(id, None, act(RecordAct::Stop)).unwrap();
    assert_eq!(fixture.on_it(), None);
    fixture.command(id, None, Command::Hold).unwrap();
    fixture.command(id, None, Command::Resume).unwrap();
    rule(&mut fixture, "sales", Some(Rule { on: true, terms: Terms::default() }));
    assert_eq!(fixture.on_it(), None);
    assert!(fixture.command(id, None, act(RecordAct::Pause)).is_err(), "nothing is recorded");
    fixture.command(id, None, act(RecordAct::Start)).unwrap();
    assert_eq!(fixture.on_it(), Some((vec![client], vec![anna], None)));
    let refused = fixture.command(id, None, act(RecordAct::Start)).unwrap_err();
    assert!(refused.why.contains("already"), "{}", refused.why);
    rule(&mut fixture, "sales", Some(Rule::default()));
    assert!(fixture.on_it().is_some(), "what somebody wants, the group does not end");
}

#[test]
fn a_tenant_that_never_records_is_not_recorded_by_hand_either_and_a_recording_under_way_ends() {
    let mut fixture = records();
    let (id, ..) = fixture.served();
    fixture.switch_off("recording");
    assert_eq!(fixture.on_it(), None);
    let refused = fixture.command(id, None, act(RecordAct::Start)).unwrap_err();
    assert!(refused.why.contains("switched off"), "{}", refused.why);
}

#[test]
fn an_announced_recording_begins_when_the_client_has_heard_it_even_if_held_meanwhile() {
    let mut fixture = Fixture::recorded();
    let (id, client, anna) = fixture.served();
    assert_eq!((fixture.on_it(), fixture.playing(client)), (None, vec!["prompts/en/recorded".to_owned()]));
    fixture.command(id, None, Command::Hold).unwrap();
    fixture.command(id, None, Command::Resume).unwrap();
    let announced = |fixture: &Fixture| {
        let playbacks = fixture.actions.iter().filter_map(|action| match action {
            Action::Media(media::Command::Announce { playback, .. }) => Some(*playback),
            _ => None,
        });
        playbacks.collect::<Vec<_>>()
    };
    let playbacks = announced(&fixture);
    assert_eq!(playbacks.len(), 2, "with the music the announcement ended, and is made anew");
    fixture.tell(Event::Media(media::Event::PlayEnded { leg: client, playback: playbacks[1] }));
    assert_eq!(fixture.on_it(), Some((vec![client], vec![anna], None)));
}

#[test]
fn an_announcement_that_cannot_be_played_is_tried_in_english_and_unheard_of_nothing_is_recorded() {
    let mut fixture = Fixture::recorded();
    fixture.reconfigure(|directory| {
        directory.tenants.values_mut().for_each(|tenant| tenant.language = "cs".into());
    });
    let (id, client, _) = fixture.served();
    for expected in ["prompts/en/recorded", "prompts/en/recorded"] {
        let playback = fixture.actions.iter().rev().find_map(|action| match action {
            Action::Media(media::Command::Announce { playback, .. }) => Some(*playback),
            _ => None,
        });
        let (sound, reason) = (media::Sound::Ringback, "no such file".to_owned());
        let failed = media::Event::PlayFailed { leg: client, playback: playback.unwrap(), sound, reason };
        fixture.tell(Event::Media(failed));
        assert_eq!(fixture.playing(client), [expected]);
    }
    assert_eq!((fixture.on_it(), fixture.kinds(id).len()), (None, 0));
    let said = fixture.events[&id].iter().any(|event| match &event.what {
        Happening::Problem { what } => what.contains("not recorded") && what.contains("no such file"),
        _ => false,
    });
    assert!(said);
}

#[test]
fn an_announcement_whose_end_is_never_told_holds_the_recording_up_for_half_a_minute_only() {
    let mut fixture = Fixture::recorded();
    fixture.served();
    fixture.pass(Duration::from_secs(29));
    assert_eq!(fixture.on_it(), None);
    fixture.pass(Duration::from_secs(2));
    assert!(fixture.on_it().is_some());
}

#[test]
fn a_recording_that_is_announced_meanwhile_begins_at_once() {
    let mut fixture = Fixture::new();
    let announcement = Some(Announcement { sound: "own/recorded".into(), meanwhile: true });
    rule(&mut fixture, "sales", Some(Rule { on: true, terms: Terms { announcement, ..Terms::default() } }));
    let (_, client, anna) = fixture.served();
    assert_eq!(fixture.on_it(), Some((vec![client], vec![anna], None)));
    assert_eq!(fixture.playing(client), ["own/recorded"]);
}

#[test]
fn lost_sound_is_told_and_a_recording_that_nobody_ended_is_followed_by_another_one() {
    let mut fixture = records();
    let (id, client, anna) = fixture.served();
    let room = fixture.switch.sessions[&id].room;
    fixture.command(id, None, act(RecordAct::Pause)).unwrap();
    let reason = "the disk is full".to_owned();
    fixture.tell(Event::Media(media::Event::RecordingIncomplete { room, recording: 1, reason }));
    assert!(fixture.switch.summary(id).unwrap().recording_incomplete);
    fixture.tell(Event::Media(recording_ended(room, 1)));
    assert_eq!(fixture.begun().len(), 2);
    assert_eq!(fixture.on_it(), Some((vec![], vec![], Some(Mark::Paused))), "it still pauses");
    fixture.tell(Event::Media(recording_ended(room, 1)));
    assert_eq!(fixture.begun().len(), 2, "the first one had ended already");
    fixture.command(id, None, act(RecordAct::Resume)).unwrap();
    assert_eq!(fixture.on_it(), Some((vec![client], vec![anna], None)));
}

#[test]
fn operators_hear_that_sound_of_the_recording_is_lost_and_the_client_and_supervisors_do_not() {
    let mut fixture = records();
    let (id, client, anna) = fixture.served();
    let boris = fixture.invited(id, "boris", false);
    fixture.register("dana", true);
    let supervisor = fixture.users["dana"];
    fixture.command(id, None, Command::Supervise { supervisor, part: Part::Listens }).unwrap();
    let (dana, _) = fixture.first_dialled();
    fixture.line(dana, LineEvent::Up);
    let room = fixture.switch.sessions[&id].room;
    let reason = "the disk is full".to_owned();
    fixture.actions.clear();
    fixture.tell(Event::Media(media::Event::RecordingIncomplete { room, recording: 1, reason }));
    let told = fixture.actions.iter().filter_map(|action| match action {
        Action::Media(media::Command::Announce { leg, playback, sounds }) => Some((*leg, *playback, sounds)),
        _ => None,
    });
    let told: Vec<_> = told.collect();
    let mut legs: Vec<_> = told.iter().map(|(leg, ..)| *leg).collect();
    legs.sort();
    let mut company = [anna, boris];
    company.sort();
    assert_eq!(legs, company);
    assert!(told.iter().all(|(_, _, sounds)| matches!(sounds[0], media::Sound::Tone { .. })));
    let playback = told[0].1;
    fixture.tell(Event::Media(media::Event::PlayEnded { leg: anna, playback }));
    assert_eq!(fixture.hears(client).len(), 2, "the conversation goes on");
}

#[test]
fn each_party_of_a_number_that_says_so_has_a_file_for_as_long_as_it_says() {
    let mut fixture = Fixture::recorded();
    fixture.register("anna", true);
    let caller = fixture.call_and_press('3');
    let (anna, _) = fixture.first_dialled();
    fixture.line(anna, LineEvent::Up);
    let [begun] = &fixture.begun()[..] else { panic!("one recording") };
    assert_eq!((begun.per_party, begun.keep_days), (true, Some(30)));
    assert_eq!(fixture.on_it(), Some((vec![caller], vec![anna], None)));
}

#[test]
fn a_rule_that_is_made_during_a_conversation_holds_at_once() {
    let mut fixture = Fixture::new();
    let (_, client, anna) = fixture.served();
    rule(&mut fixture, "sales", Some(Rule { on: true, terms: Terms::default() }));
    assert_eq!(fixture.on_it(), Some((vec![client], vec![anna], None)));
    rule(&mut fixture, "sales", None);
    assert!(fixture.on_it().is_some(), "where nobody says anything it goes on");
    rule(&mut fixture, "sales", Some(Rule::default()));
    assert_eq!(fixture.on_it(), None);
}

#[test]
fn a_second_call_beside_a_session_is_private_and_is_recorded_by_its_own_rule_when_it_stands_alone() {
    let mut fixture = records();
    fixture.reconfigure(|directory| {
        let rule = Rule { on: true, terms: Terms::default() };
        directory.recording.numbers.insert("+420200000100".into(), rule);
    });
    let (_, client, anna) = fixture.served();
    fixture.line(anna, LineEvent::Holds(true));
    let own = fixture.arrive(Origin::Device(fixture.devices["anna"]), "+420777000111");
    let (outside, _) = fixture.first_dialled();
    fixture.line(outside, LineEvent::Up);
    fixture.line(own, LineEvent::Up);
    assert_eq!(fixture.begun().len(), 1);
    fixture.down(client, Cause::Normal);
    assert_eq!(fixture.begun().len(), 2);
    assert_eq!(
        fixture.on_it(),
        Some((vec![outside], vec![own], None)),
        "whom an operator calls is the client"
    );
}

#[test]
fn whom_the_dialplan_calls_for_a_group_is_recorded_as_the_group_says() {
    for (name, key, member) in [("sales", '6', "anna"), ("all", '7', "cyril")] {
        let mut fixture = Fixture::new();
        rule(&mut fixture, name, Some(Rule { on: true, terms: Terms::default() }));
        fixture.register(member, true);
        let client = fixture.call_menu();
        fixture.press(client, key);
        let called = fixture.dialled()[0].0;
        fixture.line(called, LineEvent::Up);
        assert_eq!(fixture.on_it(), Some((vec![client], vec![called], None)), "{name}");
        rule(&mut fixture, name, None);
        fixture.down(client, Cause::Normal);
        fixture.close(&[client, called]);
        fixture.check_history();
    }
}
