//! Operators on other machines, behind networks that are not always good.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::support::audio::Sound;
use crate::support::elsewhere::{Elsewhere, HERE};
use crate::support::hovor::{Hovor, PASSWORD};
use crate::support::phone::wait_until_alike;
use crate::support::seat::Seat;
use crate::support::{machine, pause, wait_for};

/// Opus does not keep the shape of a wave as it is; and a browser stretches what it plays whenever it is kept waiting.
const OPUS: f64 = 0.8;
/// The name by which others know the program.
const NAME: &str = "pbx.example";
const ECHO: &str = "tenant = \"harbour\"\n[numbers]\n600 = \"echo\"\n[echo]\necho = true\n";

/// A company with an operator, whose pages others open by name over https.
fn company() -> (Hovor, u16) {
    let (hovor, port) = Hovor::start_for_others(HERE, NAME);
    hovor.cli(&["tenant", "add", "harbour"]);
    for (name, extension) in [("anna", "201"), ("boris", "202")] {
        let role = ["--role", "harbour=operator", "--extension", extension, "--password-stdin"];
        let mut user = hovor.command(&[&["user", "add", name], &role[..]].concat());
        let mut user = user.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        writeln!(user.stdin.take().unwrap(), "{PASSWORD}").unwrap();
        assert!(user.wait().unwrap().success());
    }
    std::fs::write(hovor.data().join("dialplans/echo.toml"), ECHO).unwrap();
    hovor.cli(&["dialplan", "reload"]);
    (hovor, port)
}

/// By what the certificate is known that is shown there.
fn pin(port: u16) -> String {
    let script = format!(
        "openssl s_client -connect {HERE}:{port} </dev/null 2>/dev/null | openssl x509 -pubkey -noout \
         | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64"
    );
    let output = Command::new("sh").args(["-c", &script]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Somebody at the pages on the other machine, with a telephone.
fn anna(there: &mut Elsewhere, port: u16, says: &Sound) -> Seat {
    let mut anna = Seat::take_there(there, "anna", says, (NAME, port), &pin(port));
    anna.is_ready();
    anna
}

#[test]
fn an_operator_on_another_machine_talks_over_https_and_by_tcp_where_no_udp_gets_through() {
    let _alone = machine::alone();
    let mut there = Elsewhere::connected();
    let (_hovor, port) = company();
    let voice = Sound::voice(101, 60.0);
    let mut anna = anna(&mut there, port, &voice);
    for (protocol, step) in [("udp", 1), ("tcp", 2)] {
        if step == 2 {
            there.drops_udp();
        }
        anna.listens();
        anna.dials("600");
        anna.sees("article");
        wait_until_alike(&format!("anna over {protocol}"), || anna.heard(), &voice, 1, OPUS);
        assert_eq!(anna.protocol(), protocol);
        anna.presses("e");
        anna.sees_no_more("article");
    }
}

#[test]
fn a_call_outlives_a_network_that_is_gone_for_five_seconds() {
    let _alone = machine::alone();
    let mut there = Elsewhere::connected();
    let (hovor, port) = company();
    let voice = Sound::voice(102, 60.0);
    let mut anna = anna(&mut there, port, &voice);
    anna.dials("600");
    anna.sees("article");
    wait_until_alike("anna", || anna.heard(), &voice, 1, OPUS);
    let session = hovor.sessions()[0]["id"].clone();
    for cut in ["silence", "the plug is pulled"] {
        match cut {
            "silence" => there.goes_dark(),
            _ => there.is_plugged(false),
        }
        pause(5.0);
        match cut {
            "silence" => there.comes_back(),
            _ => there.is_plugged(true),
        }
        wait_for(&format!("sound after {cut}"), Duration::from_secs(20), || {
            anna.listens();
            pause(2.0);
            (anna.heard().level() > -50.0).then_some(())
        });
        anna.listens();
        wait_until_alike(&format!("anna after {cut}"), || anna.heard(), &voice, 1, OPUS);
        let live = &hovor.sessions()[0];
        assert_eq!((&live["id"], &live["ended_at"]), (&session, &serde_json::Value::Null), "{cut}: {live}");
    }
}

#[test]
fn whose_way_loses_sound_is_said_to_both() {
    let _alone = machine::alone();
    let mut there = Elsewhere::connected();
    let (hovor, port) = company();
    let mut anna = anna(&mut there, port, &Sound::voice(106, 60.0));
    let mut boris = Seat::take(&hovor, "boris", &Sound::voice(107, 60.0));
    boris.is_ready();
    anna.dials("202");
    boris.sees(".offers section");
    boris.clicks(".offers section button.good");
    boris.sees("article");
    assert_eq!(boris.count(".poor"), 0);
    there.loses(25);
    // Two bad reports of five seconds each.
    let says = |seat: &mut Seat, selector: &str| {
        wait_for(selector, Duration::from_secs(30), || {
            pause(0.5);
            (seat.count(selector) > 0).then_some(())
        });
    };
    says(&mut boris, ".poor:has-text('anna is heard badly')");
    boris.looks("call-poor");
    says(&mut anna, "article .bad:has-text('You are heard badly')");
    assert_eq!(anna.count(".poor"), 0, "what she knows of herself is said once");
}
