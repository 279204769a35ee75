//! Providers over TLS: calls out and in, with protected sound.

use std::net::Ipv4Addr;
use std::time::Duration;

use crate::support::audio::Sound;
use crate::support::hovor::{Hovor, PASSWORD};
use crate::support::name_server::{self, Entry};
use crate::support::phone::{Moment, Over, Phone};
use crate::support::ports::Ports;
use crate::support::tls::Authority;
use crate::support::{pause, wait_for};
use crate::trunks::{add_trunk, set_password, shown};

const SUITE: &str = "AES_CM_128_HMAC_SHA1_80";

/// A phone and what it says.
type Party<'a> = (&'a mut dyn Phone, &'a Sound);

/// The called one takes the call that rings; they talk until the caller hangs up.
fn talk((caller, caller_says): Party, (called, called_says): Party) {
    let before = [caller.count(Moment::Closed), called.count(Moment::Closed)];
    called.accept();
    called.wait_for_number(Moment::Established, before[1] + 1);
    caller.wait_for_number(Moment::Established, before[0] + 1);
    called.wait_until_it_hears(before[1], caller_says, 3);
    caller.wait_until_it_hears(before[0], called_says, 3);
    caller.hangup();
    caller.wait_for_number(Moment::Closed, before[0] + 1);
    called.wait_for_number(Moment::Closed, before[1] + 1);
}

/// A call from outside to the company: through its menu to the one operator of sales who is there.
fn through_the_menu(hovor: &Hovor, client: Party, anna: Party, uri: &str) {
    let (before, rang) = (client.0.count(Moment::Established), anna.0.count(Moment::Incoming));
    client.0.dial(uri);
    client.0.wait_for_number(Moment::Established, before + 1);
    pause(1.5);
    client.0.press("1");
    anna.0.wait_for_number(Moment::Incoming, rang + 1);
    talk(client, anna);
    assert_eq!(hovor.metric("hovor_sip_tls_handshakes_failed_total"), Some(0.0));
    assert!(!hovor.log().contains("inline:"), "a key stands in the log");
}

#[test]
fn calls_go_out_and_come_in_over_a_trunk_with_tls_whose_sound_is_protected() {
    let (authority, ports) = (Authority::new(), Ports::claim());
    let files = authority.signs("provider", &["sip.secure.example"], |_| {});
    let dns = name_server::serve(&ports, vec![Entry::a("sip.secure.example", Ipv4Addr::LOCALHOST)]);
    let hovor = Hovor::start_with(&["--dns", &dns.to_string()]);
    let (own, theirs) = (Sound::voice(21, 90.0), Sound::voice(22, 90.0));
    let provider = hovor.phone("+420777123456").over(Over::Tls).trusts(&hovor.certificate());
    let mut provider = provider.proves_by(&files).protects(SUITE).says(&theirs).pjsua();
    let mut anna = hovor.operator("201").says(&own).baresip();
    let (port, ca) = (provider.sip_port().to_string(), authority.file());
    let place = ["trunk", "set", "carrier", "--host", "sip.secure.example", "--port", &port];
    let secure = ["--transport", "tls", "--ca", ca.to_str().unwrap(), "--srtp", "required"];
    // Its calls come from other ports than it listens on.
    let rules = ["--network", "127.0.0.1/32", "--options", "0"];
    hovor.cli(&[&place[..], &secure, &rules].concat());

    // The name is looked up while she dials.
    anna.dial(&hovor.uri("+420777123456"));
    provider.wait_for(Moment::Incoming);
    talk((&mut anna, &own), (&mut provider, &theirs));

    through_the_menu(&hovor, (&mut provider, &theirs), (&mut anna, &own), &hovor.tls_uri("+420200000100"));
    assert_eq!(hovor.record_of("+420777123456").text("dialled"), "+420200000100");
}

#[test]
fn a_provider_that_registered_us_over_tls_calls_by_that_connection() {
    let (provider, hovor) = (Hovor::start(), Hovor::start());
    let (own, theirs) = (Sound::voice(23, 90.0), Sound::voice(24, 90.0));
    // We are the phone of Boris there.
    provider.cli(&["device", "set", "202", "--srtp", "required"]);
    let mut outside = provider.phone("+420777123456").says(&theirs).pjsua();
    let port = outside.sip_port().to_string();
    provider.cli(&["trunk", "set", "carrier", "--port", &port, "--options", "0"]);
    let mut anna = hovor.operator("201").says(&own).baresip();
    let ca = provider.certificate();
    let secure =
        ["--transport", "tls", "--ca", ca.to_str().unwrap(), "--srtp", "required", "--priority", "1"];
    let account = ["--username", "202", "--register", "--from", "account", "--number", "+420200000100"];
    add_trunk(&hovor, "upstream", provider.tls_port, &[&secure[..], &account].concat());
    set_password(&hovor, "upstream", PASSWORD);
    wait_for("the registration", Duration::from_secs(10), || {
        (shown(&hovor, "upstream")["state"] == "registered").then_some(())
    });

    anna.dial(&hovor.uri("+420777123456"));
    outside.wait_for(Moment::Incoming);
    talk((&mut anna, &own), (&mut outside, &theirs));

    let mut client = provider.phone("client").says(&theirs).pjsua();
    through_the_menu(&hovor, (&mut client, &theirs), (&mut anna, &own), &provider.uri("202"));
    assert_eq!(hovor.sessions()[0]["dialled"], "+420200000100");
    for program in [&provider, &hovor] {
        assert_eq!(program.metric("hovor_sip_connections"), Some(1.0), "all of it went over one connection");
    }
}
