//! SIP over TLS: phones, providers, and certificates that change under live calls.

use crate::support::audio::{Sound, assert_heard};
use crate::support::hovor::Hovor;
use crate::support::phone::{Moment, Over, Phone, Program};
use crate::support::tls::Authority;
use crate::support::{pause, wait_for};

/// Two operators of one house, one of them over TLS, talk both ways.
fn operators_talk(caller: Program, called: Program) {
    let hovor = Hovor::start();
    let (caller_says, called_says) = (Sound::voice(1, 60.0), Sound::voice(2, 60.0));
    let trusting = hovor.certificate();
    let mut called = hovor.operator_over_tls("202").says(&called_says).trusts(&trusting).start(called);
    let mut caller = hovor.operator_over_tls("201").says(&caller_says).trusts(&trusting).start(caller);
    caller.dial(&hovor.tls_uri("202"));
    called.wait_for(Moment::Incoming);
    called.accept();
    caller.wait_for(Moment::Established);
    called.wait_until_it_hears(0, &caller_says, 4);
    caller.wait_until_it_hears(0, &called_says, 4);
    called.hangup();
    caller.wait_for(Moment::Closed);
    called.wait_for(Moment::Closed);
    assert_eq!(hovor.metric("hovor_sip_tls_handshakes_failed_total"), Some(0.0));
}

#[test]
fn baresip_over_tls_calls_pjsip_over_tls() {
    operators_talk(Program::Baresip, Program::Pjsua);
}

#[test]
fn pjsip_over_tls_calls_baresip_over_tls() {
    operators_talk(Program::Pjsua, Program::Baresip);
}

#[test]
fn a_new_certificate_is_taken_over_under_a_live_call_and_a_bad_one_is_not() {
    let authority = Authority::new();
    let files = authority.signs("own", &["127.0.0.1", "first.example"], |_| {});
    let options =
        ["--tls-cert", files.certificate.to_str().unwrap(), "--tls-key", files.key.to_str().unwrap()];
    let hovor = Hovor::start_with(&options);
    let says = Sound::voice(3, 60.0);
    let mut phone = hovor.phone("client").over(Over::Tls).trusts(&authority.file()).says(&says).pjsua();
    phone.dial(&hovor.tls_uri("600"));
    phone.wait_for(Moment::Established);
    pause(2.0);
    let in_force = || hovor.log().matches("the certificate for TLS is in force").count();
    assert_eq!(in_force(), 1);
    std::fs::write(&files.certificate, "no certificate").unwrap();
    hovor.hang_up();
    wait_for("the refusal", std::time::Duration::from_secs(20), || {
        hovor.log().contains("the one before stays in force").then_some(())
    });
    let mut other = hovor.phone("other").over(Over::Tls).trusts(&authority.file()).pjsua();
    other.dial(&hovor.tls_uri("600"));
    other.wait_for(Moment::Established);
    other.hangup();
    // Nobody says that there is another one: it is noticed.
    authority.signs("own", &["127.0.0.1", "second.example"], |_| {});
    wait_for("the new certificate", std::time::Duration::from_secs(30), || (in_force() == 2).then_some(()));
    assert!(hovor.log().contains("second.example"), "{}", hovor.log());
    phone.hangup();
    phone.wait_for(Moment::Closed);
    assert_heard("the caller, of the echo", &phone.heard(0), &says, 4);
}

#[test]
fn a_test_call_goes_over_tls_and_refuses_who_is_not_trusted() {
    let hovor = Hovor::start();
    let (callee, ca) = (hovor.tls_uri("600"), hovor.certificate());
    let ca = ca.to_str().unwrap();
    let call = |options: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_hovor"));
        let ports = hovor.ports.several(20);
        command.args(["call", &callee, "--tls", "--json", "--rtp-ports", &format!("{ports}-{}", ports + 19)]);
        command.args(options).output().unwrap()
    };
    let trusted = call(&["--ca", ca, "--hang-up-after", "2s"]);
    let text = String::from_utf8_lossy(&trusted.stdout);
    assert!(trusted.status.success() && text.contains("\"ok\": true"), "{text}");
    let untrusted = call(&[]);
    let text = String::from_utf8_lossy(&untrusted.stdout);
    assert_eq!(untrusted.status.code(), Some(4), "{text}");
    assert!(text.contains("unknown issuer"), "{text}");
    wait_for("the failed handshake in the log", std::time::Duration::from_secs(5), || {
        hovor.log().contains("no TLS with it: it breaks the TLS handshake off").then_some(())
    });
    assert_eq!(hovor.metric("hovor_sip_tls_handshakes_failed_total"), Some(1.0));
}

#[test]
fn a_phone_that_does_not_trust_our_certificate_does_not_call() {
    let hovor = Hovor::start();
    let stranger = Authority::new();
    let mut phone = hovor.phone("client").over(Over::Tls).trusts(&stranger.file()).pjsua();
    phone.dial(&hovor.tls_uri("600"));
    phone.wait_for(Moment::Closed);
    assert_eq!(phone.count(Moment::Established), 0);
}
