//! Telephones in Chromium: SIP over a WebSocket, sound by WebRTC.

use std::time::Duration;

use crate::support::audio::Sound;
use crate::support::hovor::Hovor;
use crate::support::phone::{Moment, Phone, wait_until_alike};
use crate::support::wait_for;

/// Opus does not keep the shape of a wave as it is; and a browser stretches what it plays whenever it is kept waiting,
/// so that only some of the half seconds have the length that they were said with.
const OPUS: f64 = 0.9;

#[test]
fn a_browser_registers_calls_the_echo_and_hears_itself() {
    let hovor = Hovor::start_alone();
    let voice = Sound::voice(81, 60.0);
    let mut browser = hovor.browser("201").says(&voice).browser();
    browser.dial(&hovor.uri("600"));
    browser.wait_for(Moment::Established);
    wait_until_alike("the browser", || browser.heard(0), &voice, 1, OPUS);
    let statistics = browser.statistics();
    assert_eq!(statistics["codec"], "audio/opus", "{statistics}");
    assert_eq!(statistics["transport"]["dtlsState"], "connected", "{statistics}");
    // Held, it hears nothing; resumed, the same handshake carries the sound again.
    browser.hold();
    browser.wait_for_event("held");
    browser.resume();
    browser.wait_for_event("resumed");
    let before = browser.statistics()["inbound"]["packetsReceived"].as_u64().unwrap();
    wait_for("sound again", Duration::from_secs(5), || {
        (browser.statistics()["inbound"]["packetsReceived"].as_u64()? > before + 25).then_some(())
    });
    browser.hangup();
    browser.wait_for(Moment::Closed);
}

#[test]
fn a_browser_whose_network_lets_no_udp_through_calls_is_called_and_holds_over_tcp() {
    let hovor = Hovor::start_alone();
    let (low, high) = (Sound::voice(86, 60.0), Sound::voice(87, 60.0));
    let mut browser = hovor.browser("201").says(&low).answers_at_once().without_udp().browser();
    let mut phone = hovor.operator("202").says(&high).codec("PCMA").baresip();
    phone.dial(&hovor.uri("201"));
    phone.wait_for(Moment::Established);
    browser.wait_for(Moment::Established);
    wait_until_alike("the browser", || browser.heard(0), &high, 1, OPUS);
    wait_until_alike("the telephone", || phone.heard(0), &low, 2, OPUS);
    assert_eq!(browser.statistics()["protocol"], "tcp", "{}", browser.statistics());
    browser.hold();
    browser.wait_for_event("held");
    browser.resume();
    browser.wait_for_event("resumed");
    let before = browser.statistics()["inbound"]["packetsReceived"].as_u64().unwrap();
    wait_for("sound again", Duration::from_secs(5), || {
        (browser.statistics()["inbound"]["packetsReceived"].as_u64()? > before + 25).then_some(())
    });
    phone.hangup();
    phone.wait_for(Moment::Closed);
    browser.wait_for(Moment::Closed);

    let voice = Sound::voice(86, 60.0);
    browser.dial(&hovor.uri("600"));
    browser.wait_for_number(Moment::Established, 2);
    wait_until_alike("the browser that calls", || browser.heard(0), &voice, 1, OPUS);
    assert_eq!(browser.statistics()["protocol"], "tcp");
    browser.hangup();
    browser.wait_for_number(Moment::Closed, 2);
}

#[test]
fn a_telephone_calls_a_browser_and_both_hear_each_other() {
    let hovor = Hovor::start_alone();
    let (low, high) = (Sound::voice(82, 60.0), Sound::voice(83, 60.0));
    let browser = hovor.browser("201").says(&low).answers_at_once().browser();
    let mut phone = hovor.operator("202").says(&high).codec("PCMA").baresip();
    phone.dial(&hovor.uri("201"));
    phone.wait_for(Moment::Established);
    browser.wait_for(Moment::Established);
    wait_until_alike("the browser", || browser.heard(0), &high, 1, OPUS);
    wait_until_alike("the telephone", || phone.heard(0), &low, 2, OPUS);
    let statistics = browser.statistics();
    phone.hangup();
    phone.wait_for(Moment::Closed);
    browser.wait_for(Moment::Closed);
    assert_eq!(statistics["transport"]["dtlsState"], "connected", "{statistics}");
}

#[test]
fn a_page_with_another_sip_stack_registers_is_called_holds_and_calls() {
    let hovor = Hovor::start_alone();
    let (low, high) = (Sound::voice(84, 60.0), Sound::voice(85, 60.0));
    let mut page = hovor.browser("201").says(&low).answers_at_once().sip_js();
    let mut phone = hovor.operator("202").says(&high).codec("PCMA").baresip();
    phone.dial(&hovor.uri("201"));
    phone.wait_for(Moment::Established);
    page.wait_for(Moment::Established);
    wait_until_alike("the page", || page.heard(0), &high, 1, OPUS);
    wait_until_alike("the telephone", || phone.heard(0), &low, 2, OPUS);
    page.hold();
    page.wait_for_event("held");
    page.resume();
    page.wait_for_event("resumed");
    phone.hangup();
    phone.wait_for(Moment::Closed);
    page.wait_for(Moment::Closed);

    page.dial(&hovor.uri("604"));
    page.wait_for_number(Moment::Established, 2);
    wait_for("sound in Opus", Duration::from_secs(5), || {
        (page.statistics()["codec"] == "audio/opus").then_some(())
    });
    page.press("42");
    wait_for("the keys", Duration::from_secs(10), || {
        let sessions = hovor.sessions();
        sessions.iter().any(|session| session["keys"] == "42").then_some(())
    });
    page.hangup();
    page.wait_for_number(Moment::Closed, 2);
}
