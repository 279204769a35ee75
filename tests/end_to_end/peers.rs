//! The phones among themselves: what they prove of hovor, they must be able to do without it.

use crate::support::audio::{Sound, assert_heard};
use crate::support::pause;
use crate::support::phone::{Moment, Over, Phone, Program, Setup};
use crate::support::ports::Ports;
use crate::support::rtp::{self, Stream};
use crate::support::sipp::Sipp;

fn two_phones_hear_each_other(caller: Program, called: Program, codec: &'static str, over: Over) {
    let ports = Ports::claim();
    let (caller_says, called_says) = (Sound::voice(1, 60.0), Sound::voice(2, 60.0));
    let setup = |user: &str, says: &Sound| Setup::new(&ports, user).codec(codec).says(says).over(over);
    let mut called = setup("bob", &called_says).start(called);
    let mut caller = setup("alice", &caller_says).start(caller);
    caller.dial_exactly(&called.uri());
    called.wait_for(Moment::Incoming);
    called.accept();
    caller.wait_for(Moment::Established);
    called.wait_until_it_hears(0, &caller_says, 4);
    caller.wait_until_it_hears(0, &called_says, 4);
    caller.press("19#");
    pause(1.5);
    caller.hangup();
    caller.wait_for(Moment::Closed);
    called.wait_for(Moment::Closed);
    assert_eq!(called.keys_received(), "19#");
}

#[test]
fn baresip_and_pjsip_hear_each_other() {
    two_phones_hear_each_other(Program::Baresip, Program::Pjsua, "PCMU", Over::Udp);
}

#[test]
fn pjsip_and_baresip_hear_each_other_over_tcp() {
    two_phones_hear_each_other(Program::Pjsua, Program::Baresip, "PCMA", Over::Tcp);
}

#[test]
fn sipp_and_baresip_talk() {
    let ports = Ports::claim();
    let (caller_says, called_says) = (Sound::voice(1, 30.0), Sound::voice(2, 60.0));
    let called = Setup::new(&ports, "bob").codec("PCMA").says(&called_says).answers_at_once().baresip();
    let outcome = Sipp::new(&ports, "call", called.sip_port()).calling("bob").says(&caller_says).run();
    called.wait_for(Moment::Closed);
    assert_heard("the called one", &called.heard(0), &caller_says, 4);
    assert_eq!(outcome.retransmissions, 0);
}

#[test]
fn sipp_gives_up_and_is_called() {
    let ports = Ports::claim();
    let mut called = Setup::new(&ports, "bob").codec("PCMA").baresip();
    Sipp::new(&ports, "cancel_while_ringing", called.sip_port()).calling("bob").run();
    called.wait_for(Moment::Closed);
    let peer = Sipp::new(&ports, "busy", called.sip_port());
    let uri = format!("sip:peer@127.0.0.1:{}", peer.port);
    let peer = peer.start();
    pause(0.5);
    called.dial_exactly(&uri);
    called.wait_for_number(Moment::Closed, 2);
    assert!(called.ending().contains("486"), "{}", called.ending());
    assert!(peer.finish().notes.contains("INVITE sip:peer@"), "the invitation is noted");
}

#[test]
fn many_streams_run_beside_sipp() {
    let ports = Ports::claim();
    let called = Setup::new(&ports, "bob").codec("PCMA").answers_at_once().baresip();
    let mut streams = vec![Stream::new(ports.several(2))];
    let row = streams[0].port().to_string();
    let mut sipp = Sipp::new(&ports, "call_with_media_elsewhere", called.sip_port())
        .calling("bob")
        .users(&[row])
        .start();
    rtp::run(&mut streams, |streams| {
        for line in sipp.notes().lines() {
            let (_, remote) = line.rsplit_once(' ').unwrap();
            streams[0].send_to(remote.parse().unwrap());
        }
        !sipp.has_ended()
    });
    sipp.finish();
    let stream = &streams[0];
    assert!(stream.sent > 250 && stream.received > 250, "{} {}", stream.sent, stream.received);
}
