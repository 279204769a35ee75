//! Calls from end to end: what a caller and an operator do, and what each of them hears.

use std::path::Path;
use std::time::Instant;

use crate::support::audio::{Sound, assert_heard, assert_not_heard};
use crate::support::hovor::Hovor;
use crate::support::pause;
use crate::support::phone::{Moment, Over, Phone, Program, Setup};

const CALLER: u64 = 11;
const OPERATOR: u64 = 22;

/// A phone of one program, over one transport, with one codec.
#[derive(Clone, Copy)]
struct Kind {
    program: Program,
    over: Over,
    codec: &'static str,
}

const BARESIP: Kind = Kind { program: Program::Baresip, over: Over::Udp, codec: "PCMU" };
const PJSIP: Kind = Kind { program: Program::Pjsua, over: Over::Udp, codec: "PCMU" };

impl Kind {
    fn over_tcp(self) -> Self {
        Self { over: Over::Tcp, ..self }
    }

    fn codec(self, codec: &'static str) -> Self {
        Self { codec, ..self }
    }

    fn start(self, setup: Setup, voice: u64) -> Box<dyn Phone> {
        let setup = setup.codec(self.codec).says(&Sound::voice(voice, 90.0));
        setup.over(self.over).start(self.program)
    }
}

fn media(file: &str) -> Sound {
    Sound::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("media").join(file)).at_8_khz()
}

/// Music without end: the loop, twice, so that a stretch over its seam is found too.
fn music(tenant: &str) -> Sound {
    let once = media(&format!("music/{tenant}.wav"));
    once.clone().then(&once)
}

#[track_caller]
fn assert_prompt(who: &str, heard: &Sound, prompt: &str) {
    let spoken = media(&format!("prompts/en/{prompt}.wav"));
    assert!(spoken.place_in(heard).is_some(), "{who} does not hear {prompt}");
}

/// Which side hangs up.
#[derive(PartialEq)]
enum Ends {
    Caller,
    Operator,
}

/// The whole way of a caller: welcome, menu, music, operator.
fn a_caller_reaches_sales(caller: Kind, operator: Kind, ends: Ends) {
    let hovor = Hovor::start();
    let mut anna = operator.start(hovor.operator("201"), OPERATOR);
    let mut client = caller.start(hovor.phone("client"), CALLER);
    client.dial(&hovor.uri("100"));
    client.wait_for(Moment::Established);
    pause(3.0);
    client.press("1");
    anna.wait_for(Moment::Incoming);
    pause(4.0);
    anna.accept();
    anna.wait_for(Moment::Established);
    let (client_says, anna_says) = (Sound::voice(CALLER, 90.0), Sound::voice(OPERATOR, 90.0));
    let talk = Instant::now();
    client.wait_until_it_hears(0, &anna_says, 4);
    anna.wait_until_it_hears(0, &client_says, 4);
    let talked = talk.elapsed().as_secs_f64();
    match ends {
        Ends::Caller => client.hangup(),
        Ends::Operator => anna.hangup(),
    }
    client.wait_for(Moment::Closed);
    anna.wait_for(Moment::Closed);

    let heard = client.heard(0);
    assert_prompt("the caller", &heard, "harbour/welcome");
    assert_heard("the caller, of the music", &heard, &music("harbour"), 2);
    let record = hovor.record_of("client");
    assert_eq!(record.text("dialled"), "100", "{record:#?}");
    assert_eq!(record.text("keys"), "1", "{record:#?}");
    assert!(record.explains(&["anna"]), "{record:#?}");
    assert!((3.0..7.0).contains(&record.seconds("waiting_ms")), "{record:#?}");
    assert!((talked - 1.0..talked + 2.0).contains(&record.seconds("talk_ms")), "{talked} s: {record:#?}");
    assert_eq!(record.text("cause"), "normal", "{record:#?}");
}

#[test]
fn a_caller_on_baresip_reaches_an_operator_on_pjsip_and_hangs_up() {
    a_caller_reaches_sales(BARESIP, PJSIP, Ends::Caller);
}

#[test]
fn a_caller_on_pjsip_reaches_an_operator_on_baresip_who_hangs_up() {
    a_caller_reaches_sales(PJSIP, BARESIP, Ends::Operator);
}

#[test]
fn a_call_over_tcp_reaches_an_operator_over_tcp() {
    a_caller_reaches_sales(PJSIP.over_tcp(), BARESIP.over_tcp(), Ends::Caller);
}

#[test]
fn a_call_crosses_from_udp_to_tcp_and_from_a_law_to_mu_law() {
    a_caller_reaches_sales(BARESIP.codec("PCMA"), PJSIP.over_tcp(), Ends::Operator);
}

#[test]
fn a_call_crosses_from_mu_law_to_a_law() {
    a_caller_reaches_sales(PJSIP, PJSIP.codec("PCMA"), Ends::Caller);
}

#[test]
fn the_menu_is_repeated_on_9_and_0_rings_anyone() {
    let hovor = Hovor::start();
    let mut dana = hovor.operator("204").baresip();
    let mut client = hovor.phone("client").baresip();
    client.dial(&hovor.uri("100"));
    client.wait_for(Moment::Established);
    pause(2.0);
    client.press("9");
    pause(2.0);
    client.press("0");
    dana.wait_for(Moment::Incoming);
    dana.accept();
    dana.wait_for(Moment::Established);
    client.hangup();
    dana.wait_for(Moment::Closed);
    assert_eq!(hovor.record_of("client").text("keys"), "90");
}

#[test]
fn the_other_tenant_has_its_own_music_and_operators() {
    let hovor = Hovor::start();
    let mut client = hovor.phone("client").baresip();
    client.dial(&hovor.uri("110"));
    client.wait_for(Moment::Established);
    pause(media("prompts/en/summit/welcome.wav").seconds() + 7.0);
    client.hangup();
    client.wait_for(Moment::Closed);
    assert_prompt("a client of Summit", &client.heard(0), "summit/welcome");
    assert_heard("a client of Summit, of its music", &client.heard(0), &music("summit"), 5);
}

#[test]
fn a_direct_call_between_operators_is_heard_both_ways_and_keys_pass_through() {
    let hovor = Hovor::start();
    let mut boris = BARESIP.start(hovor.operator("202"), OPERATOR);
    let mut anna = PJSIP.codec("PCMA").start(hovor.operator("201"), CALLER);
    anna.dial(&hovor.uri("202"));
    anna.wait_for(Moment::Ringing);
    boris.wait_for(Moment::Incoming);
    boris.accept();
    anna.wait_for(Moment::Established);
    boris.wait_until_it_hears(0, &Sound::voice(CALLER, 90.0), 4);
    anna.wait_until_it_hears(0, &Sound::voice(OPERATOR, 90.0), 4);
    anna.press("604");
    pause(2.0);
    boris.hangup();
    anna.wait_for(Moment::Closed);
    boris.wait_for(Moment::Closed);
    assert_eq!(boris.keys_received(), "604");
}

#[test]
fn a_held_party_does_not_hear_the_other_until_the_call_is_resumed() {
    let hovor = Hovor::start();
    let mut boris = PJSIP.start(hovor.operator("202"), OPERATOR);
    let mut anna = PJSIP.start(hovor.operator("201"), CALLER);
    anna.dial(&hovor.uri("202"));
    boris.wait_for(Moment::Incoming);
    boris.accept();
    anna.wait_for(Moment::Established);
    pause(4.0);
    anna.hold();
    pause(4.0);
    anna.resume();
    pause(4.0);
    anna.hangup();
    boris.wait_for(Moment::Closed);
    let (heard, anna_says) = (boris.heard(0), Sound::voice(CALLER, 90.0));
    assert_heard("boris before the hold", &heard.between(0.0, 4.0), &anna_says, 2);
    assert_not_heard("boris on hold", &heard.between(5.0, 7.5), &anna_says);
    assert_heard("boris after the hold", &heard.between(8.0, 12.0), &anna_says, 2);
}

#[test]
fn a_call_to_an_operator_who_has_no_phone_is_told_so_and_refused() {
    let hovor = Hovor::start();
    let mut client = hovor.phone("client").pjsua();
    client.dial(&hovor.uri("203"));
    client.wait_for(Moment::Closed);
    assert_prompt("the caller", &client.heard(0), "not-available");
    assert!(client.ending().starts_with("480"), "{}", client.ending());
}

#[test]
fn a_call_to_an_operator_who_declines_as_busy_is_refused_as_busy() {
    let hovor = Hovor::start();
    let mut anna = hovor.operator("201").pjsua();
    let mut client = hovor.phone("client").pjsua();
    client.dial(&hovor.uri("201"));
    anna.wait_for(Moment::Incoming);
    anna.reject(486);
    client.wait_for(Moment::Closed);
    assert!(client.ending().starts_with("486"), "{}", client.ending());
}

#[test]
fn a_second_direct_call_to_an_operator_in_a_call_is_busy() {
    let hovor = Hovor::start();
    let mut anna = hovor.operator("201").answers_at_once().baresip();
    let mut first = hovor.phone("first").baresip();
    let mut second = hovor.phone("second").pjsua();
    first.dial(&hovor.uri("201"));
    anna.wait_for(Moment::Established);
    second.dial(&hovor.uri("201"));
    second.wait_for(Moment::Closed);
    assert!(second.ending().starts_with("486"), "{}", second.ending());
    assert_eq!(anna.count(Moment::Established), 1);
    anna.hangup();
    first.wait_for(Moment::Closed);
}

#[test]
fn a_call_to_an_operator_who_is_away_is_told_so_and_rings_nowhere() {
    let hovor = Hovor::start();
    let anna = hovor.operator("201").baresip();
    hovor.cli(&["operator", "anna", "away", "lunch"]);
    let mut client = hovor.phone("client").pjsua();
    client.dial(&hovor.uri("201"));
    client.wait_for(Moment::Closed);
    assert_prompt("the caller", &client.heard(0), "away");
    assert_eq!(anna.count(Moment::Incoming), 0);
}

#[test]
fn a_caller_who_gives_up_stops_the_ringing() {
    let hovor = Hovor::start();
    let anna = hovor.operator("201").baresip();
    let mut client = hovor.phone("client").pjsua();
    client.dial(&hovor.uri("201"));
    anna.wait_for(Moment::Incoming);
    client.hangup();
    anna.wait_for(Moment::Closed);
    client.wait_for(Moment::Closed);
    assert!(client.ending().starts_with("487"), "{}", client.ending());
}

#[test]
fn a_number_that_nobody_has_is_not_found() {
    let hovor = Hovor::start();
    let mut client = hovor.phone("client").pjsua();
    client.dial(&hovor.uri("999"));
    client.wait_for(Moment::Closed);
    assert!(client.ending().starts_with("404"), "{}", client.ending());
}

#[test]
fn an_operator_calls_out_over_the_trunk() {
    let hovor = Hovor::start();
    let mut carrier = BARESIP.codec("PCMA").start(hovor.phone("+420777123456"), OPERATOR);
    hovor.cli(&["trunk", "set", "carrier", "--port", &carrier.sip_port().to_string()]);
    let mut anna = PJSIP.start(hovor.operator("201"), CALLER);
    anna.dial(&hovor.uri("+420777123456"));
    carrier.wait_for(Moment::Incoming);
    carrier.accept();
    anna.wait_for(Moment::Established);
    carrier.wait_until_it_hears(0, &Sound::voice(CALLER, 90.0), 4);
    anna.wait_until_it_hears(0, &Sound::voice(OPERATOR, 90.0), 4);
    anna.hangup();
    carrier.wait_for(Moment::Closed);
    anna.wait_for(Moment::Closed);
}

#[test]
fn a_call_from_the_trunk_reaches_the_tenant_of_the_number_it_dialled() {
    let hovor = Hovor::start();
    let mut carrier = BARESIP.codec("PCMA").start(hovor.phone("+420777123456"), CALLER);
    hovor.cli(&["trunk", "set", "carrier", "--port", &carrier.sip_port().to_string()]);
    let mut anna = PJSIP.start(hovor.operator("201"), OPERATOR);
    carrier.dial(&hovor.uri("+420200000100"));
    carrier.wait_for(Moment::Established);
    pause(2.0);
    carrier.press("1");
    anna.wait_for(Moment::Incoming);
    anna.accept();
    anna.wait_for(Moment::Established);
    anna.wait_until_it_hears(0, &Sound::voice(CALLER, 90.0), 3);
    anna.hangup();
    carrier.wait_for(Moment::Closed);
    anna.wait_for(Moment::Closed);
    let record = hovor.record_of("+420777123456");
    assert_eq!(record.text("dialled"), "+420200000100", "{record:#?}");
}

#[test]
fn a_caller_outside_the_opening_hours_hears_so() {
    let hovor = Hovor::start();
    let mut client = hovor.phone("client").baresip();
    client.dial(&hovor.uri("111"));
    client.wait_for(Moment::Established);
    pause(media("prompts/en/summit/closed.wav").seconds() + 2.0);
    client.hangup();
    client.wait_for(Moment::Closed);
    assert_prompt("a client of Summit", &client.heard(0), "summit/closed");
}
