//! Messages: kept however the caller ends, dropped if nothing was said, refused when there is no room.

use std::time::Duration;

use super::super::mailbox::NewMessage;
use super::*;

/// A caller who has heard greeting and tone, and speaks. Gives the leg and the file.
fn speaking(fixture: &mut Fixture) -> (LegId, std::path::PathBuf) {
    let leg = fixture.call_menu();
    fixture.press(leg, '0');
    let mut playback = 0;
    for _ in 0..2 {
        playback = last_playback(fixture, leg).filter(|last| *last > playback).expect("something is heard");
        fixture.tell(Event::Media(media::Event::PlayEnded { leg, playback }));
    }
    let path = fixture.actions.iter().find_map(|action| match action {
        Action::Media(media::Command::Record { path, .. }) => Some(path.clone()),
        _ => None,
    });
    fixture.actions.retain(|action| !matches!(action, Action::Media(media::Command::Record { .. })));
    (leg, path.expect("a recording"))
}

/// The number of what this leg was let to hear last.
pub(super) fn last_playback(fixture: &Fixture, to: LegId) -> Option<u64> {
    fixture.actions.iter().rev().find_map(|action| match action {
        Action::Media(media::Command::Play { leg, playback, .. }) if *leg == to => Some(*playback),
        _ => None,
    })
}

fn recorded(leg: LegId, path: &std::path::Path, spoken_ms: u32) -> Event {
    let (path, reason) = (path.to_owned(), media::RecordEnd::Closed);
    Event::Media(media::Event::Recorded { leg, recording: 1, path, ms: spoken_ms + 1_000, spoken_ms, reason })
}

fn kept(fixture: &Fixture) -> Vec<&NewMessage> {
    let kept = fixture.actions.iter().filter_map(|action| match action {
        Action::KeepMessage(message) => Some(message.as_ref()),
        _ => None,
    });
    kept.collect()
}

#[test]
fn a_message_of_a_caller_who_hangs_up_is_kept_when_its_file_is_complete() {
    let mut fixture = Fixture::new();
    let (leg, path) = speaking(&mut fixture);
    fixture.down(leg, Cause::Normal);
    fixture.pass(Duration::from_secs(5));
    assert!(!fixture.actions.contains(&Action::RemoveFile { path: path.clone() }));
    fixture.tell(recorded(leg, &path, 4_000));
    let messages = kept(&fixture);
    assert_eq!(messages.len(), 1);
    assert_eq!((messages[0].caller.as_str(), messages[0].ms), ("+420700000001", 5_000));
    assert_eq!(messages[0].file, path);
    // The lamp of the owner's phone need not wait for the store.
    let messages = super::super::mailbox::Messages { new: 1, all: 1 };
    let changed = |action: &Action| matches!(action, Action::MessagesChanged { messages: told, .. } if *told == messages);
    assert!(fixture.actions.iter().any(changed));
    fixture.close(&[leg]);
    fixture.record();
    fixture.check_history();
}

#[test]
fn what_is_too_short_is_dropped_with_its_file() {
    let mut fixture = Fixture::new();
    let (leg, path) = speaking(&mut fixture);
    fixture.tell(recorded(leg, &path, 900));
    assert!(kept(&fixture).is_empty());
    assert!(fixture.actions.contains(&Action::RemoveFile { path }));
    assert_eq!(fixture.playing(leg), ["prompts/en/voicemail/too-short"]);
}

#[test]
fn messages_that_are_being_spoken_count_when_a_mailbox_is_full() {
    let mut fixture = Fixture::new();
    let (first, path) = speaking(&mut fixture);
    speaking(&mut fixture);
    let third = fixture.call_menu();
    fixture.press(third, '0');
    assert_eq!(fixture.playing(third), ["prompts/en/voicemail/full"]);
    // One that is dropped makes room again.
    fixture.tell(recorded(first, &path, 0));
    speaking(&mut fixture);
}

#[test]
fn what_mailboxes_hold_is_told_when_it_changes() {
    let mut fixture = Fixture::new();
    let mailbox = *fixture.switch.directory().mailboxes.keys().next().unwrap();
    let messages = super::super::mailbox::Messages { new: 1, all: 2 };
    fixture.tell(Event::Messages([(mailbox, messages)].into()));
    assert!(fixture.actions.contains(&Action::MessagesChanged { mailbox, messages }));
    assert_eq!(fixture.switch.messages(), messages);
    let leg = fixture.call_menu();
    fixture.press(leg, '0');
    assert_eq!(fixture.playing(leg), ["prompts/en/voicemail/full"]);
}
