//! What `hovor serve` can be told, as phones meet it.

use std::time::Duration;

use crate::support::hovor::Hovor;
use crate::support::phone::{Moment, Phone};
use crate::support::wait_for;

#[test]
fn a_phone_that_knows_sha_256_registers_where_nothing_else_is_taken() {
    let hovor = Hovor::start_with(&["--digest", "sha-256"]);
    let mut anna = hovor.operator("201").pjsua();
    let mut client = hovor.phone("client").baresip();
    client.dial(&hovor.uri("201"));
    anna.wait_for(Moment::Incoming);
    anna.accept();
    client.wait_for(Moment::Established);
    client.hangup();
    anna.wait_for(Moment::Closed);
}

#[test]
fn a_phone_registers_where_both_digests_are_offered() {
    let hovor = Hovor::start_with(&["--digest", "both"]);
    let _anna = hovor.operator("201").pjsua();
}

#[test]
fn a_caller_who_vanishes_is_let_go_when_nothing_was_heard_for_the_silence_limit() {
    let hovor = Hovor::start_with(&["--silence-limit", "5"]);
    let mut client = hovor.phone("client").baresip();
    client.dial(&hovor.uri("600"));
    client.wait_for(Moment::Established);
    client.vanish();
    let ended = wait_for("the session's end", Duration::from_secs(20), || {
        hovor.sessions().into_iter().find(|session| session["phase"] == "ended")
    });
    assert_eq!(ended["cause"], "media_timeout", "{ended:#}");
}
