//! Steps of different sides that cross on the wire: whoever is first, nobody is left in silence and nothing is left over.

use serde_json::json;

use crate::conversation::{BORIS, CLIENT, assert_course, client, tone};
use crate::messages::login;
use crate::support::hovor::{Hovor, PASSWORD};
use crate::support::phone::{Moment, Phone};
use crate::support::sipp::{Running, Sipp};
use crate::support::{pause, wait_for};

/// An operator's phone that does what the scenario says with the first call that it gets.
fn operator(hovor: &Hovor, extension: &str, scenario: &str) -> Running {
    let register = Sipp::new(&hovor.ports, "register", hovor.sip_port).users(&[login(extension, PASSWORD)]);
    let port = register.port;
    register.run();
    Sipp::new(&hovor.ports, scenario, hovor.sip_port)
        .on_port(port)
        .calling(extension)
        .users(&[login(extension, PASSWORD)])
        .says(&tone(BORIS))
        // An answer may come before the second of two requests is on its way.
        .option(&["-default_behaviors", "all,-abortunexp"])
        .start()
}

/// Anna's phone hands the client to Boris as the scenario says: both hear each other in the end.
fn is_handed_over(scenario: &str) {
    let hovor = Hovor::start();
    let mut boris = hovor.operator("202").says(&tone(BORIS)).baresip();
    let anna = operator(&hovor, "201", scenario);
    let mut client = client(&hovor);
    boris.wait_for(Moment::Incoming);
    pause(1.5);
    boris.accept();
    boris.wait_for(Moment::Established);
    anna.finish();
    pause(2.0);
    client.hangup();
    boris.wait_for(Moment::Closed);
    assert_course("the client", &client.heard(0), &["1000"]);
    assert_course("boris", &boris.heard(0), &["400"]);
}

#[test]
fn an_operator_who_transfers_and_hangs_up_in_one_breath_has_transferred() {
    is_handed_over("transfer_and_hang_up");
}

#[test]
fn a_question_that_is_taken_back_after_it_was_handed_over_rings_on_for_the_client() {
    is_handed_over("transfer_and_cancel");
}

#[test]
fn a_colleague_who_answers_as_the_client_hangs_up_is_hung_up() {
    let hovor = Hovor::start();
    let mut anna = hovor.operator("201").answers_at_once().pjsua();
    let mut boris = operator(&hovor, "202", "answer_while_cancelled");
    let mut client = client(&hovor);
    client.wait_for(Moment::Established);
    pause(1.0);
    anna.command(json!({ "do": "transfer", "uri": hovor.uri("202") }));
    wait_for("boris to ring", std::time::Duration::from_secs(5), || {
        boris.notes().contains("invited").then_some(())
    });
    client.hangup();
    client.wait_for(Moment::Closed);
    wait_for("boris to be hung up", std::time::Duration::from_secs(5), || boris.has_ended().then_some(()));
    boris.finish();
}

#[test]
fn both_put_each_other_on_hold_at_once_and_hear_each_other_again_afterwards() {
    let hovor = Hovor::start();
    let mut anna = hovor.operator("201").says(&tone(BORIS)).answers_at_once().pjsua();
    let mut client = hovor.phone("client").says(&tone(CLIENT)).pjsua();
    client.dial(&hovor.uri("201"));
    client.wait_for(Moment::Established);
    pause(2.0);
    anna.hold();
    client.hold();
    pause(2.0);
    client.resume();
    anna.resume();
    pause(3.0);
    client.hangup();
    anna.wait_for(Moment::Closed);
    for (who, sound, hears) in [("the client", client.heard(0), BORIS), ("anna", anna.heard(0), CLIENT)] {
        let end = sound.seconds();
        let last = sound.between(end - 2.0, end - 0.5);
        assert!(last.level_of(hears) > -32.0, "{who} does not hear the other any more");
    }
}

#[test]
fn a_phone_whose_own_change_crosses_ours_is_asked_again() {
    let hovor = Hovor::start();
    let mut anna = hovor.operator("201").answers_at_once().pjsua();
    let boris = operator(&hovor, "202", "crossing");
    let mut client = client(&hovor);
    client.wait_for(Moment::Established);
    pause(1.0);
    anna.command(json!({ "do": "hold_first" }));
    pause(0.5);
    anna.dial(&hovor.uri("202"));
    anna.wait_for_number(Moment::Established, 2);
    pause(0.5);
    anna.command(json!({ "do": "transfer_to_other" }));
    anna.wait_for_number(Moment::Closed, 2);
    wait_for("boris to be asked again", std::time::Duration::from_secs(10), || {
        boris.notes().contains("asked again").then_some(())
    });
    client.hangup();
    boris.finish();
}
