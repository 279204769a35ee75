//! The last word of a dialplan: heard to its end, and nobody waits for longer than that.

use std::time::Duration;

use super::voicemail::last_playback;
use super::*;
use crate::switch::history::Happening;

/// From the end of what was played to the hanging up.
const LAST_WORD: Duration = Duration::from_millis(200);

/// A caller to whom all was said: nobody could be had, so the dialplan said sorry and hung up.
fn all_said(fixture: &mut Fixture) -> LegId {
    let caller = fixture.call_and_press('3');
    assert_eq!(fixture.playing(caller), ["prompts/en/sorry"]);
    let playback = last_playback(fixture, caller).unwrap();
    fixture.pass(Duration::from_secs(3));
    fixture.commands_to(caller);
    fixture.tell(Event::Media(media::Event::PlayEnded { leg: caller, playback }));
    caller
}

/// How the only session ended, and by whom.
fn ended(fixture: &Fixture) -> (Cause, EndedBy) {
    let ends = fixture.events.values().flatten().filter_map(|event| match event.what {
        Happening::Ended { cause, by } => Some((cause, by)),
        _ => None,
    });
    let ends: Vec<_> = ends.collect();
    assert_eq!(ends.len(), 1, "a session ends once");
    ends[0]
}

#[test]
fn a_caller_hears_the_last_word_before_the_dialplan_hangs_up() {
    let mut fixture = Fixture::new();
    let caller = all_said(&mut fixture);
    fixture.pass(LAST_WORD - Duration::from_millis(1));
    assert_eq!(fixture.commands_to(caller), []);
    fixture.pass(Duration::from_millis(1));
    assert_eq!(fixture.commands_to(caller), [LineCommand::HangUp { cause: Cause::Normal }]);
    fixture.close(&[caller]);
    assert_eq!(ended(&fixture), (Cause::Normal, EndedBy::Us));
    fixture.check_history();
}

#[test]
fn a_caller_who_hangs_up_before_that_ended_the_call() {
    let mut fixture = Fixture::new();
    let caller = all_said(&mut fixture);
    fixture.pass(LAST_WORD / 2);
    fixture.down(caller, Cause::Normal);
    fixture.close(&[caller]);
    fixture.pass(LAST_WORD);
    assert_eq!(fixture.commands_to(caller), []);
    assert_eq!(ended(&fixture), (Cause::Normal, EndedBy::Peer));
    fixture.check_history();
}

#[test]
fn a_stop_of_the_program_waits_for_no_last_word() {
    let mut fixture = Fixture::new();
    let caller = all_said(&mut fixture);
    let session = fixture.switch.session_of(caller).unwrap();
    fixture.tell(Event::End { session, cause: Cause::Shutdown });
    assert_eq!(fixture.commands_to(caller), [LineCommand::HangUp { cause: Cause::Shutdown }]);
}

#[test]
fn a_key_after_the_last_word_is_for_nobody_and_in_no_record() {
    let mut fixture = Fixture::new();
    let caller = all_said(&mut fixture);
    let session = fixture.switch.session_of(caller).unwrap();
    let before = fixture.events[&session].len();
    fixture.press(caller, '7');
    assert_eq!(fixture.events[&session].len(), before);
}

#[test]
fn where_nothing_was_said_nobody_waits() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    let caller = fixture.call_and_press('5');
    let legs: Vec<LegId> = fixture.dialled().into_iter().map(|(leg, _)| leg).collect();
    fixture.commands_to(caller);
    for leg in legs {
        fixture.down(leg, Cause::Busy);
    }
    assert_eq!(fixture.commands_to(caller), [LineCommand::HangUp { cause: Cause::Normal }]);
}
