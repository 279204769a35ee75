//! The test numbers 600 to 604: what a technician calls to know that sound goes both ways.

use std::path::Path;

use crate::support::audio::{Sound, assert_heard};
use crate::support::hovor::Hovor;
use crate::support::pause;
use crate::support::phone::{Moment, Phone};

/// Calls a number, does something there, hangs up, and returns what was heard.
fn call(number: &str, says: &Sound, act: impl FnOnce(&mut dyn Phone)) -> Sound {
    let hovor = Hovor::start();
    let mut caller = hovor.phone("technician").says(says).pjsua();
    caller.dial(&hovor.uri(number));
    caller.wait_for(Moment::Established);
    act(&mut caller);
    caller.hangup();
    caller.wait_for(Moment::Closed);
    caller.heard(0)
}

fn media(file: &str) -> Sound {
    Sound::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("media").join(file)).at_8_khz()
}

#[test]
fn the_echo_gives_back_what_was_said() {
    let voice = Sound::voice(31, 60.0);
    let heard = call("600", &voice, |_| pause(6.0));
    assert_heard("the caller", &heard, &voice, 4);
}

#[test]
fn the_hold_music_plays_over_its_seam_without_a_gap() {
    let music = media("music/harbour.wav");
    let heard = call("601", &Sound::silence(60.0), |_| pause(music.seconds() + 5.0));
    assert_heard("the caller", &heard, &music.clone().then(&music), music.seconds() as usize);
}

#[test]
fn the_tone_has_1004_hz_at_minus_16_dbm0() {
    let heard = call("602", &Sound::silence(60.0), |_| pause(4.0));
    let tone = heard.between(1.5, 3.5);
    assert!((tone.level_of(1004.0) + 16.0).abs() < 0.5, "{} dBm0", tone.level_of(1004.0));
    assert!((tone.level() + 16.0).abs() < 0.5, "{} dBm0 in all", tone.level());
}

#[test]
fn a_recording_is_played_back_after_the_hash_key() {
    let voice = Sound::voice(33, 60.0);
    let heard = call("603", &voice, |caller| {
        pause(media("prompts/en/test/speak.wav").seconds() + 4.0);
        caller.press("#");
        pause(7.0);
    });
    assert_heard("the caller", &heard, &voice, 2);
}

#[test]
fn each_key_is_read_back() {
    let heard = call("604", &Sound::silence(60.0), |caller| {
        pause(5.0);
        for key in ["6", "0", "4"] {
            caller.press(key);
            pause(2.5);
        }
    });
    // Where in what was heard each spoken digit is found.
    let found = ["6", "0", "4"].map(|digit| {
        let spoken = media(&format!("prompts/en/digits/{digit}.wav"));
        spoken.place_in(&heard).unwrap_or_else(|| panic!("{digit} is not heard"))
    });
    assert!(found.is_sorted(), "heard at {found:?} s");
}
