//! Calls between phones of different codecs, and keys that are pressed as tones.

use crate::support::audio::Sound;
use crate::support::hovor::Hovor;
use crate::support::pause;
use crate::support::phone::{Moment, Phone};
use crate::support::sipp::Sipp;

/// Two phones talk, each in its codec; each hears the other alike over `least`.
fn talk(caller_codec: &'static str, called_codec: &'static str, least: f64) {
    let hovor = Hovor::start();
    let says = [Sound::voice(31, 12.0), Sound::voice(32, 12.0)];
    let mut called = hovor.operator("201").codec(called_codec).says(&says[1]).baresip();
    let mut caller = hovor.phone("client").codec(caller_codec).says(&says[0]).baresip();
    caller.dial(&hovor.uri("201"));
    called.wait_for(Moment::Incoming);
    called.accept();
    caller.wait_for(Moment::Established);
    pause(7.0);
    caller.hangup();
    caller.wait_for(Moment::Closed);
    called.wait_for(Moment::Closed);
    let heard = |phone: &dyn Phone| phone.heard(0).at_8_khz();
    assert_alike("the called one", &heard(&called), &says[0], 4, least);
    assert_alike("the caller", &heard(&caller), &says[1], 4, least);
}

/// Asserts that at least so many seconds of what was `said` were heard, each half second alike over `least` at whatever
/// part of a sample it is late by: codecs, changes of rate and corrections of the clock are not late by whole ones.
#[track_caller]
fn assert_alike(who: &str, heard: &Sound, said: &Sound, seconds: usize, least: f64) {
    let phases: Vec<Vec<f64>> = said.phases().iter().map(|said| coefficients(heard, said)).collect();
    let best: Vec<f64> =
        (0..phases[0].len()).map(|n| phases.iter().map(|phase| phase[n]).fold(0.0, f64::max)).collect();
    let alike = best.iter().filter(|coefficient| **coefficient > least).count();
    assert!(alike >= 2 * seconds, "{who}: alike over {least} for {alike} half seconds: {best:.3?}");
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
    pause(7.0);
    client.hangup();
    client.wait_for(Moment::Closed);
    anna.wait_for(Moment::Closed);
    assert_alike("anna", &anna.heard(0).at_8_khz(), &says, 4, 0.9);
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
