//! Calls between phones of different codecs, and keys that are pressed as tones.

use std::time::{Duration, Instant};

use crate::support::audio::Sound;
use crate::support::baresip::Baresip;
use crate::support::hovor::Hovor;
use crate::support::pause;
use crate::support::phone::{Moment, Phone};
use crate::support::sipp::Sipp;

/// Two phones talk, each in its codec, until each has heard four seconds of the other alike over `least`.
fn talk(caller_codec: &'static str, called_codec: &'static str, least: f64) {
    let hovor = Hovor::start();
    let says = [Sound::voice(31, 40.0), Sound::voice(32, 40.0)];
    let mut called = hovor.operator("201").codec(called_codec).says(&says[1]).baresip();
    let mut caller = hovor.phone("client").codec(caller_codec).says(&says[0]).baresip();
    caller.dial(&hovor.uri("201"));
    called.wait_for(Moment::Incoming);
    called.accept();
    caller.wait_for(Moment::Established);
    wait_until_alike(&called, &says[0], least);
    wait_until_alike(&caller, &says[1], least);
    caller.hangup();
    caller.wait_for(Moment::Closed);
    called.wait_for(Moment::Closed);
}

/// Waits until the phone has heard four seconds of what was `said` in its first call, each half second alike over
/// `least`, at whatever part of a sample it is late by: codecs, changes of rate and corrections of the clock are not late
/// by whole ones. Where a packet came late the half second is another one, on a busy machine several.
#[track_caller]
fn wait_until_alike(phone: &Baresip, said: &Sound, least: f64) {
    let phases = said.phases();
    let mut best = vec![];
    let deadline = Instant::now() + Duration::from_secs(30);
    while best.iter().filter(|coefficient| **coefficient > least).count() < 8 {
        assert!(Instant::now() < deadline, "{} heard over {least} too little: {best:.3?}", phone.user());
        pause(1.0);
        let heard = phone.heard(0).at_8_khz();
        let all: Vec<Vec<f64>> = phases.iter().map(|said| coefficients(&heard, said)).collect();
        let of_half_second = |n: usize| all.iter().map(|phase| phase[n]).fold(0.0, f64::max);
        best = (0..all[0].len()).map(of_half_second).collect();
    }
}

fn coefficients(heard: &Sound, said: &Sound) -> Vec<f64> {
    heard.matches(said).iter().map(|found| found.coefficient).collect()
}

#[test]
fn a_phone_with_g722_and_one_with_g711_hear_each_other() {
    talk("G722", "PCMU", 0.99);
}

#[test]
fn a_phone_with_opus_and_one_with_g711_hear_each_other() {
    talk("opus", "PCMA", 0.9);
}

#[test]
fn a_phone_with_opus_and_one_with_g722_hear_each_other() {
    talk("opus", "G722", 0.9);
}

#[test]
fn two_phones_with_opus_hear_each_other_and_a_menu_hears_their_keys() {
    let hovor = Hovor::start();
    let says = Sound::voice(33, 60.0);
    let mut anna = hovor.operator("201").codec("opus").baresip();
    let mut client = hovor.phone("client").codec("opus").says(&says).baresip();
    client.dial(&hovor.uri("100"));
    client.wait_for(Moment::Established);
    pause(3.0);
    client.press("1");
    anna.wait_for(Moment::Incoming);
    anna.accept();
    anna.wait_for(Moment::Established);
    wait_until_alike(&anna, &says, 0.9);
    client.hangup();
    client.wait_for(Moment::Closed);
    anna.wait_for(Moment::Closed);
}

#[test]
fn a_menu_understands_the_tones_of_a_peer_that_knows_no_events_and_not_its_voice() {
    let hovor = Hovor::start();
    let tone = |hz: f64| Sound::tone(hz, -10.0, 0.1);
    let nine = tone(852.0).mixed_with(&tone(1_477.0));
    let says = Sound::voice(34, 2.5).then(&nine).then(&Sound::voice(35, 10.0));
    Sipp::new(&hovor.ports, "keys_as_tones", hovor.sip_port).calling("100").says(&says).run();
    assert_eq!(hovor.record_of("caller").text("keys"), "9");
}
