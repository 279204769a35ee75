use crate::shell::Shell;
use crate::support::audio::{Sound, assert_heard};
use crate::support::hovor::{Hovor, PASSWORD};
use crate::support::name_server::{self, Entry};
use crate::support::phone::{Moment, Phone, Setup};
use crate::support::ports::Ports;
use crate::support::sipp::Sipp;

#[test]
fn the_tone_of_602_is_measured_with_its_set_up_and_its_packets() {
    let hovor = Hovor::start();
    let shell = Shell::new(&hovor.ports);
    let options =
        ["--hang-up-after", "6s", "--expect-answer", "2s", "--expect-level", "-20", "--expect-loss", "0.5"];
    let probed = shell.call(&hovor.uri("602"), &options).exits(0);
    assert_eq!(probed.text("/outcome/ending"), "answered");
    assert_eq!(probed.text("/outcome/ended_by"), "local");
    assert!(probed.number("/setup/answered_ms") < 1_000.0);
    assert!((5_900.0..6_500.0).contains(&probed.number("/talk_ms")), "{:#}", probed.report);
    assert_eq!(probed.number("/heard/tones/0/hz"), 1_005.0);
    assert!((probed.number("/heard/tones/0/dbm0") + 16.0).abs() < 0.3);
    assert!((probed.number("/heard/level_dbm0") + 16.0).abs() < 0.3);
    assert!(probed.number("/sound/received") > 280.0 && probed.number("/sound/sent") > 280.0);
    assert!(probed.number("/sound/jitter_ms") < 10.0 && probed.number("/sound/lost") == 0.0);
    assert!(probed.number("/sound/first_packet_ms") < 1_000.0);
    assert!(probed.text("/peer").starts_with("hovor/"));
}

#[test]
fn what_is_played_comes_back_from_the_echo_and_another_voice_does_not() {
    let hovor = Hovor::start();
    let shell = Shell::new(&hovor.ports);
    let (said, other) = (Sound::voice(5, 6.0), Sound::voice(6, 6.0));
    let (said, other) = (shell.file("said.wav", &said), shell.file("other.wav", &other));
    let heard = shell.folder.join("heard.wav");
    let kept = heard.to_string_lossy();
    let good = shell
        .call(&hovor.uri("600"), &["--play", &said, "--record", &kept, "--expect-heard", &said])
        .exits(0);
    assert!(good.number("/heard/expected/correlation") > 0.99, "{:#}", good.report);
    assert_heard("the probe", &Sound::read(&heard), &Sound::voice(5, 6.0), 4);
    let bad = shell.call(&hovor.uri("600"), &["--play", &said, "--expect-heard", &other, "--tcp"]).exits(1);
    assert_eq!(bad.number("/heard/expected/heard"), 0.0);
    assert_eq!(bad.text("/transport"), "tcp");
}

#[test]
fn keys_are_pressed_and_read_back() {
    let hovor = Hovor::start();
    let shell = Shell::new(&hovor.ports);
    let six = concat!(env!("CARGO_MANIFEST_DIR"), "/media/prompts/en/digits/6.wav");
    let options = ["--press", "6", "--press-after", "5s", "--hang-up-after", "9s", "--expect-heard", six];
    let probed = shell.call(&hovor.uri("604"), &options).exits(0);
    assert!(probed.number("/heard/expected/from_ms") > 5_000.0, "{:#}", probed.report);
}

#[test]
fn a_callee_is_found_by_the_services_of_its_domain_as_a_provider_is() {
    let hovor = Hovor::start();
    let shell = Shell::new(&hovor.ports);
    let entries = vec![
        Entry::srv("_sip._udp.pbx.example", hovor.sip_port, "sip.pbx.example"),
        Entry::a("sip.pbx.example", [127, 0, 0, 1].into()),
        // Who knows no services would go here, where nobody is.
        Entry::a("pbx.example", [127, 0, 0, 2].into()),
    ];
    let dns = name_server::serve(&hovor.ports, entries).to_string();
    let options = ["--dns", &dns, "--local", "127.0.0.1", "--hang-up-after", "1s"];
    let found = shell.call("sip:602@pbx.example", &options).exits(0);
    assert_eq!(found.text("/sent_to"), format!("127.0.0.1:{}", hovor.sip_port));
    let lost = shell.call("sip:602@pxb.example", &options).exits(4);
    assert!(lost.said.contains("knows no address of pxb.example"), "{}", lost.said);
}

#[test]
fn programs_are_told_by_the_exit_code_what_went_wrong() {
    let hovor = Hovor::start();
    let shell = Shell::new(&hovor.ports);
    let refused = shell.call(&hovor.uri("999"), &[]).exits(3);
    assert_eq!((refused.text("/outcome/ending"), refused.number("/outcome/status")), ("refused", 404.0));
    shell.call(&hovor.uri("999"), &["--expect-status", "404"]).exits(0);
    shell.call(&hovor.uri("999"), &["--expect-status", "200"]).exits(1);
    let closed = format!("sip:100@127.0.0.1:{}", hovor.ports.one());
    for option in [&["--tcp"][..], &["--ring-for", "3s"]] {
        let nobody = shell.call(&closed, option).exits(4);
        assert_eq!(nobody.text("/outcome/ending"), "unreachable", "{:#}", nobody.report);
    }
    assert!(shell.call("sip:100@nowhere.invalid", &[]).exits(4).said.contains("nowhere.invalid"));
    assert!(shell.call("tel:+420700", &[]).exits(2).said.contains("sip:USER@HOST"));
    assert!(shell.call(&closed, &["--press", "1;2"]).exits(2).said.contains("no key"));
    assert!(shell.call(&closed, &["--play", "/nowhere.wav"]).exits(2).said.contains("/nowhere.wav"));
    assert!(shell.call(&closed, &["--user", "201"]).exits(2).said.contains("--password-file"));
}

#[test]
fn a_device_proves_its_password() {
    let hovor = Hovor::start();
    let shell = Shell::new(&hovor.ports);
    let file = |name: &str, password: &str| {
        let path = shell.folder.join(name);
        std::fs::write(&path, format!("{password}\n")).unwrap();
        path.to_string_lossy().into_owned()
    };
    let (right, wrong) = (file("right", PASSWORD), file("wrong", "guessed"));
    let login =
        |file: &str| ["--user", "201", "--password-file", file, "--hang-up-after", "1s"].map(str::to_owned);
    let run = |file: &str| {
        let login = login(file);
        shell.call(&hovor.uri("602"), &login.each_ref().map(String::as_str))
    };
    let good = run(&right).exits(0);
    assert_eq!(good.report.pointer("/setup/statuses/0").and_then(|status| status.as_u64()), Some(407));
    assert_eq!(run(&wrong).exits(3).number("/outcome/status"), 403.0);
}

#[test]
fn a_late_answer_is_too_late_and_the_words_say_so() {
    let ports = Ports::claim();
    let shell = Shell::new(&ports);
    let callee = Sipp::new(&ports, "answer", 9).says(&Sound::voice(7, 20.0));
    let uri = format!("sip:late@127.0.0.1:{}", callee.port);
    let callee = callee.start();
    let output = shell.run(&uri, &["--expect-answer", "500ms", "--hang-up-after", "4s", "--trace"]);
    let (said, trace) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{said}\n{trace}");
    assert!(said.contains("FAILED   answer within 500 ms: after 1."), "{said}");
    assert!(said.contains("180 after ") && said.contains("PCMA in packets of 20 ms"), "{said}");
    assert!(trace.contains("-> UDP 127.0.0.1:") && trace.contains("SIP/2.0 180 Ringing"), "{trace}");
    callee.finish();
}

#[test]
fn baresip_is_called_and_both_hear_each_other() {
    let ports = Ports::claim();
    let shell = Shell::new(&ports);
    let (ours, theirs) = (Sound::voice(8, 6.0), Sound::voice(9, 30.0));
    let callee = Setup::new(&ports, "bob").codec("PCMA").says(&theirs).answers_at_once().baresip();
    let played = shell.file("ours.wav", &ours);
    let heard = shell.folder.join("heard.wav");
    let options = ["--play", &played, "--press", "19#", "--record", &heard.to_string_lossy()];
    let probed = shell.call(&callee.uri(), &options).exits(0);
    callee.wait_for(Moment::Closed);
    assert_heard("baresip", &callee.heard(0), &ours, 3);
    assert_heard("the probe", &Sound::read(&heard), &theirs, 4);
    assert_eq!(callee.keys_received(), "19#");
    assert!(probed.number("/sound/received") > 250.0, "{:#}", probed.report);
}

#[test]
fn whoever_hangs_up_first_is_named() {
    let ports = Ports::claim();
    let shell = Shell::new(&ports);
    let mut callee = Setup::new(&ports, "bob").codec("PCMA").answers_at_once().baresip();
    let uri = callee.uri();
    std::thread::scope(|scope| {
        let probe = scope.spawn(|| shell.call(&uri, &["--hang-up-after", "20s"]));
        callee.wait_for(Moment::Established);
        callee.hangup();
        let probed = probe.join().unwrap().exits(0);
        assert_eq!(probed.text("/outcome/ended_by"), "remote");
        assert_eq!(probed.report.pointer("/heard/level_dbm0"), Some(&serde_json::Value::Null));
    });
}
