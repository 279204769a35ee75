//! IPv4 and IPv6, alone and together.

use crate::support::audio::{Sound, assert_heard};
use crate::support::hovor::Hovor;
use crate::support::pause;
use crate::support::phone::{Moment, Phone};

/// Two operators, one at `127.0.0.1` and one at `[::1]`, talk both ways.
fn operators_talk(caller_over_ipv6: bool) {
    let hovor = Hovor::start_on_both_families();
    let (caller_says, called_says) = (Sound::voice(1, 60.0), Sound::voice(2, 60.0));
    let (caller, called) =
        (hovor.operator("201").says(&caller_says), hovor.operator("202").says(&called_says));
    let (mut caller, mut called) = match caller_over_ipv6 {
        true => (caller.over_ipv6().baresip(), called.baresip()),
        false => (caller.baresip(), called.over_ipv6().baresip()),
    };
    let host = if caller_over_ipv6 { "[::1]" } else { "127.0.0.1" };
    caller.dial(&format!("sip:202@{host}:{}", hovor.sip_port));
    called.wait_for(Moment::Incoming);
    called.accept();
    caller.wait_for(Moment::Established);
    pause(6.0);
    caller.hangup();
    caller.wait_for(Moment::Closed);
    called.wait_for(Moment::Closed);
    assert_heard("the called one", &called.heard(0), &caller_says, 4);
    assert_heard("the caller", &caller.heard(0), &called_says, 4);
}

#[test]
fn a_phone_over_ipv6_calls_one_over_ipv4() {
    operators_talk(true);
}

#[test]
fn a_phone_over_ipv4_calls_one_over_ipv6() {
    operators_talk(false);
}

#[test]
fn a_test_call_over_ipv6_is_answered_and_carries_sound_both_ways() {
    let hovor = Hovor::start_on_both_families();
    let ports = hovor.ports.several(20);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_hovor"));
    command.args(["call", &format!("sip:602@[::1]:{}", hovor.sip_port), "--json", "--hang-up-after", "3s"]);
    command.args(["--rtp-ports", &format!("{ports}-{}", ports + 19), "--expect-level", "-30"]);
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("\"ok\": true"), "{text}");
}

#[test]
fn a_trunk_at_an_ipv6_address_is_examined_over_ipv6() {
    let hovor = Hovor::start_on_both_families();
    // hovor itself is the provider: whoever asks from a stranger's port is told that somebody is there.
    let port = hovor.sip_port.to_string();
    hovor.cli(&["trunk", "add", "six", "--host", "::1", "--port", &port, "--transport", "udp"]);
    let text = hovor.cli(&["trunk", "check", "six"]);
    assert!(text.contains(&format!("[::1]:{port} answers over UDP")), "{text}");
}
