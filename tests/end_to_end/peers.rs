//! The phones among themselves: what they prove of hovor, they must be able to do without it.

use crate::support::audio::{Sound, assert_heard};
use crate::support::pause;
use crate::support::phone::{Moment, Program, Setup};
use crate::support::ports::Ports;

fn two_phones_hear_each_other(caller: Program, called: Program, codec: &'static str, tcp: bool) {
    let ports = Ports::claim();
    let (caller_says, called_says) = (Sound::voice(1, 60.0), Sound::voice(2, 60.0));
    let setup = |user: &str, says: &Sound| {
        let setup = Setup::new(&ports, user).codec(codec).says(says);
        if tcp { setup.over_tcp() } else { setup }
    };
    let mut called = setup("bob", &called_says).start(called);
    let mut caller = setup("alice", &caller_says).start(caller);
    caller.dial_exactly(&called.uri());
    called.wait_for(Moment::Incoming);
    called.accept();
    caller.wait_for(Moment::Established);
    pause(5.0);
    caller.press("19#");
    pause(1.5);
    caller.hangup();
    caller.wait_for(Moment::Closed);
    called.wait_for(Moment::Closed);
    assert_heard("the called one", &called.heard(0), &caller_says, 4);
    assert_heard("the caller", &caller.heard(0), &called_says, 4);
    assert_eq!(called.keys_received(), "19#");
}

#[test]
fn baresip_and_pjsip_hear_each_other() {
    two_phones_hear_each_other(Program::Baresip, Program::Pjsua, "PCMU", false);
}

#[test]
fn pjsip_and_baresip_hear_each_other_over_tcp() {
    two_phones_hear_each_other(Program::Pjsua, Program::Baresip, "PCMA", true);
}
