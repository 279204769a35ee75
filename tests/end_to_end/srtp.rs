//! Sound that is protected (SRTP), with keys told over TLS.

use crate::support::audio::{Sound, assert_heard};
use crate::support::hovor::Hovor;
use crate::support::pause;
use crate::support::phone::{Moment, Over, Phone, Program, Setup};

/// Any suite that the phone has.
const ANY: &str = "";

/// A phone that says this, its sound protected by one suite.
fn secured<'a>(setup: Setup<'a>, hovor: &Hovor, suite: &'static str, says: &Sound) -> Setup<'a> {
    setup.over(Over::Tls).trusts(&hovor.certificate()).protects(suite).says(says)
}

/// The echo is heard by a phone whose sound is protected.
fn echo(program: Program, suite: &'static str) {
    let hovor = Hovor::start();
    let says = Sound::voice(5, 60.0);
    let mut phone = secured(hovor.phone("client"), &hovor, suite, &says).start(program);
    phone.dial(&hovor.tls_uri("600"));
    phone.wait_for(Moment::Established);
    phone.wait_until_it_hears(0, &says, 3);
    phone.hangup();
    phone.wait_for(Moment::Closed);
    assert!(!hovor.log().contains("inline:"), "a key stands in the log");
}

#[test]
fn baresip_hears_the_echo_of_protected_sound() {
    echo(Program::Baresip, ANY);
}

#[test]
fn pjsip_hears_the_echo_of_sound_protected_with_tags_of_80_bits() {
    echo(Program::Pjsua, "AES_CM_128_HMAC_SHA1_80");
}

#[test]
fn pjsip_hears_the_echo_of_sound_protected_with_tags_of_32_bits() {
    echo(Program::Pjsua, "AES_CM_128_HMAC_SHA1_32");
}

#[test]
fn a_plain_phone_and_one_that_has_to_be_protected_hear_each_other_and_resume_after_a_hold() {
    let hovor = Hovor::start();
    hovor.cli(&["device", "set", "202", "--srtp", "required"]);
    let (caller_says, called_says) = (Sound::voice(1, 90.0), Sound::voice(2, 90.0));
    let mut called =
        secured(hovor.operator_over_tls("202"), &hovor, "AES_CM_128_HMAC_SHA1_80", &called_says).pjsua();
    let mut caller = hovor.operator("201").says(&caller_says).baresip();
    caller.dial(&hovor.uri("202"));
    called.wait_for(Moment::Incoming);
    called.accept();
    caller.wait_for(Moment::Established);
    pause(5.0);
    called.hold();
    pause(2.0);
    called.resume();
    pause(5.0);
    caller.hangup();
    called.wait_for(Moment::Closed);
    caller.wait_for(Moment::Closed);
    assert_heard("the called one", &called.heard(0), &caller_says, 4);
    assert_heard("the caller", &caller.heard(0), &called_says, 4);
}

#[test]
fn a_device_that_has_to_be_protected_does_not_call_in_the_clear() {
    let hovor = Hovor::start();
    hovor.cli(&["device", "set", "201", "--srtp", "required"]);
    let mut phone = hovor.operator_over_tls("201").trusts(&hovor.certificate()).pjsua();
    phone.dial(&hovor.tls_uri("202"));
    phone.wait_for(Moment::Closed);
    assert!(phone.ending().contains("488"), "{}", phone.ending());
    assert_eq!(phone.count(Moment::Established), 0);
}
