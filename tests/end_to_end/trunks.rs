//! Trunks from end to end: providers that challenge, refuse, answer late or register us, and calls for help.

use std::process::Command;
use std::time::Duration;

use crate::support::audio::Sound;
use crate::support::folder::Folder;
use crate::support::hovor::Hovor;
use crate::support::phone::{Moment, Phone};
use crate::support::process::Process;
use crate::support::sipp::{Outcome, Sipp};
use crate::support::{pause, wait_for};

/// The demo, whose carrier is at this port and is never asked whether it is there.
fn hovor_with_carrier(port: u16) -> Hovor {
    let hovor = Hovor::start();
    hovor.cli(&["trunk", "set", "carrier", "--port", &port.to_string(), "--options", "0"]);
    hovor
}

/// Adds a trunk at this port, with these further options.
pub fn add_trunk(hovor: &Hovor, name: &str, port: u16, options: &[&str]) {
    let port = port.to_string();
    let first = ["trunk", "add", name, "--host", "127.0.0.1", "--port", &port, "--options", "0"];
    hovor.cli(&[&first[..], options].concat());
}

/// What `hovor trunk list` shows of a trunk.
pub fn shown(hovor: &Hovor, name: &str) -> serde_json::Value {
    let text = hovor.cli(&["trunk", "show", name, "--json"]);
    serde_json::from_str(&text).unwrap()
}

#[test]
fn a_provider_that_refuses_gives_way_to_one_that_challenges_and_answers_late() {
    let hovor = Hovor::start();
    let refusing = Sipp::new(&hovor.ports, "provider_refuses", hovor.sip_port);
    let challenging = Sipp::new(&hovor.ports, "provider", hovor.sip_port);
    let (first, second) = (refusing.port.to_string(), challenging.port);
    let (refusing, challenging) = (refusing.start(), challenging.start());
    let set = ["--options", "0", "--priority", "1", "--failover", "5xx", "--codec", "pcma"];
    hovor.cli(&[&["trunk", "set", "carrier", "--port", &first][..], &set].concat());
    let login = ["--username", "company", "--format", "00", "--identity", "asserted"];
    add_trunk(&hovor, "spare", second, &[&login[..], &["--codec", "pcma", "--codec", "pcmu"]].concat());
    set_password(&hovor, "spare", "secret");
    let mut anna = hovor.operator("201").codec("PCMU").pjsua();
    anna.dial(&hovor.uri("+420777123456"));
    anna.wait_for(Moment::Established);
    pause(1.0);
    assert_eq!(hovor.metric("hovor_trunk_calls"), Some(1.0));
    anna.hangup();
    anna.wait_for(Moment::Closed);
    assert_eq!(codecs_offered(&refusing.finish()), ["8 101"]);
    let outcome = challenging.finish();
    // Its own order, although she speaks the other one; asked for a password, it is called twice.
    assert_eq!(codecs_offered(&outcome), ["8 0 101", "8 0 101"]);
    assert!(outcome.notes.contains("sip:00420777123456@"), "{}", outcome.notes);
    assert!(outcome.messages.contains("P-Asserted-Identity: <sip:00420200000100@"), "{}", outcome.messages);
    let record = hovor.record_of("201");
    assert!(record.explains(&["trunk carrier could not carry it", "goes over trunk spare"]), "{record:#?}");
}

/// The payload types of each INVITE that sipp got, in their order: 8 is PCMA, 0 is PCMU (RFC 3551 table 4).
fn codecs_offered(outcome: &Outcome) -> Vec<String> {
    let invites = outcome.messages.split("INVITE sip:").skip(1);
    let audio = invites.filter_map(|invite| invite.split_once("m=audio ")?.1.lines().next());
    audio.filter_map(|line| Some(line.split_once("RTP/AVP ")?.1.trim().to_owned())).collect()
}

pub fn set_password(hovor: &Hovor, trunk: &str, password: &str) {
    let path = format!("/api/v1/trunks/{trunk}");
    let body = format!("{{\"password\":\"{password}\"}}");
    let socket = hovor.data().join("hovor.sock");
    let done = Command::new("curl")
        .args(["-sS", "--fail-with-body", "--unix-socket"])
        .arg(socket)
        .args(["-X", "PATCH", "-H", "content-type: application/json", "-d", &body])
        .arg(format!("http://hovor{path}"))
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
}

#[test]
fn a_silent_provider_gives_way_within_seconds() {
    let hovor = Hovor::start();
    // Nothing listens there, and nothing says so: the port belongs to somebody who does not read.
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port().to_string();
    let set = ["--options", "0", "--priority", "1", "--reply-within", "2"];
    hovor.cli(&[&["trunk", "set", "carrier", "--port", &port][..], &set].concat());
    let mut spare = hovor.phone("+420777123456").baresip();
    add_trunk(&hovor, "spare", spare.sip_port(), &[]);
    let mut anna = hovor.operator("201").pjsua();
    anna.dial(&hovor.uri("+420777123456"));
    spare.wait_for(Moment::Incoming);
    spare.accept();
    anna.wait_for(Moment::Established);
    anna.hangup();
    spare.wait_for(Moment::Closed);
}

#[test]
fn a_busy_callee_is_busy_over_one_trunk_and_not_called_over_the_next() {
    let hovor = Hovor::start();
    let busy = Sipp::new(&hovor.ports, "busy", hovor.sip_port);
    let port = busy.port.to_string();
    let busy = busy.start();
    hovor.cli(&["trunk", "set", "carrier", "--port", &port, "--options", "0", "--priority", "1"]);
    let spare = hovor.phone("+420777123456").baresip();
    add_trunk(&hovor, "spare", spare.sip_port(), &[]);
    let mut anna = hovor.operator("201").pjsua();
    anna.dial(&hovor.uri("+420777123456"));
    anna.wait_for(Moment::Closed);
    assert!(anna.ending().starts_with("486"), "{}", anna.ending());
    assert_eq!(spare.count(Moment::Incoming), 0);
    busy.finish();
}

#[test]
fn an_emergency_call_passes_a_full_trunk() {
    let mut hovor = Hovor::start();
    let carrier = hovor.phone("carrier").answers_at_once().pjsua();
    let port = carrier.sip_port().to_string();
    hovor.cli(&["trunk", "set", "carrier", "--port", &port, "--options", "0", "--max-calls", "1"]);
    let mut anna = hovor.operator("201").baresip();
    let mut boris = hovor.operator("202").pjsua();
    anna.dial(&hovor.uri("+420777123456"));
    anna.wait_for(Moment::Established);
    boris.dial(&hovor.uri("+420777999999"));
    boris.wait_for(Moment::Closed);
    assert!(boris.ending().starts_with("503"), "the trunk is full: {}", boris.ending());
    let mut cyril = hovor.operator("203").pjsua();
    cyril.dial(&hovor.uri("112"));
    cyril.wait_for(Moment::Established);
    assert_eq!(hovor.metric("hovor_emergency_calls_total"), Some(1.0));
    // A stop refuses everybody else.
    hovor.terminate();
    pause(1.0);
    let mut dana = hovor.operator("204").pjsua();
    dana.dial(&hovor.uri("112"));
    dana.wait_for(Moment::Established);
    for phone in [&mut dana, &mut cyril] {
        phone.hangup();
        phone.wait_for(Moment::Closed);
    }
    anna.hangup();
    carrier.wait_for(Moment::Closed);
    wait_for("the stop", Duration::from_secs(20), || hovor.has_ended().then_some(()));
}

#[test]
fn an_emergency_call_has_sound_when_all_other_calls_have_used_up_the_ports() {
    // Of twelve pairs of ports, four are for those who call help.
    let hovor = Hovor::start_on(12, &[]);
    let (theirs, own) = (Sound::voice(71, 60.0), Sound::voice(72, 60.0));
    let help = hovor.phone("help").says(&theirs).answers_at_once().pjsua();
    let port = help.sip_port().to_string();
    hovor.cli(&["trunk", "set", "carrier", "--port", &port, "--options", "0"]);
    let mut anna = hovor.operator("201").says(&own).pjsua();
    let crowd = Sipp::new(&hovor.ports, "call_until_hung_up", hovor.sip_port);
    let _crowd = crowd.calling("601").says(&Sound::tone(400.0, -20.0, 1.0)).calls(8, 8).start();
    wait_for("all ports but the last to be in use", Duration::from_secs(30), || {
        (hovor.metric("hovor_media_ports_in_use") == Some(8.0)).then_some(())
    });
    anna.dial(&hovor.uri("600"));
    anna.wait_for(Moment::Closed);
    assert!(anna.ending().starts_with("503"), "{}", anna.ending());
    anna.dial(&hovor.uri("112"));
    anna.wait_for(Moment::Established);
    help.wait_for(Moment::Established);
    assert_eq!(hovor.metric("hovor_media_ports_in_use"), Some(10.0));
    anna.wait_until_it_hears(0, &theirs, 3);
    help.wait_until_it_hears(0, &own, 3);
    anna.hangup();
    help.wait_for(Moment::Closed);
    anna.wait_for_number(Moment::Closed, 2);
}

/// Kamailio as a provider's registrar, with the user `company` and the password `secret`.
struct Registrar {
    process: Process,
    port: u16,
    _folder: Folder,
}

impl Registrar {
    fn start(hovor: &Hovor) -> Self {
        let (folder, port) = (Folder::new("kamailio"), hovor.ports.one());
        let rules = std::fs::read_to_string("tests/sipp/provider.cfg").unwrap();
        let config = folder.join("kamailio.cfg");
        std::fs::write(&config, rules.replace("LISTEN", &port.to_string())).unwrap();
        let mut command = Command::new("kamailio");
        command.arg("-f").arg(&config).args(["-DD", "-E", "-m", "32", "-M", "8", "-w"]).arg(folder.path());
        command.arg("-Y").arg(folder.path()).arg("-P").arg(folder.join("pid"));
        let process = Process::start(&mut command, &folder.join("log"));
        Self { process, port, _folder: folder }
    }

    fn registrations(&self) -> Vec<String> {
        let log = self.process.log();
        log.lines().filter(|line| line.contains("REGISTERED")).map(str::to_owned).collect()
    }
}

impl Drop for Registrar {
    fn drop(&mut self) {
        self.process.stop(Duration::from_secs(3));
    }
}

#[test]
fn a_trunk_registers_at_kamailio_takes_its_calls_and_leaves_when_the_program_stops() {
    let mut hovor = hovor_with_carrier(9);
    let registrar = Registrar::start(&hovor);
    add_trunk(
        &hovor,
        "provider",
        registrar.port,
        &["--username", "company", "--register", "--number", "+420200000100"],
    );
    let trouble = wait_for("the refusal", Duration::from_secs(10), || {
        shown(&hovor, "provider")["trouble"].as_str().map(str::to_owned)
    });
    assert!(trouble.contains("password"), "{trouble}");
    assert_eq!(shown(&hovor, "provider")["state"], "not registered");
    set_password(&hovor, "provider", "secret");
    wait_for("the registration", Duration::from_secs(10), || {
        (shown(&hovor, "provider")["state"] == "registered").then_some(())
    });
    assert_eq!(hovor.metric("hovor_trunk_registered"), Some(1.0));
    assert!(hovor.cli(&["trunk", "list"]).contains("registered"));

    // Kamailio passes a call on to where the trunk registered; the address names nobody but us.
    let mut client = hovor.phone("+420777123456").baresip();
    client.dial(&format!("sip:company@127.0.0.1:{}", registrar.port));
    client.wait_for(Moment::Established);
    client.hangup();
    client.wait_for(Moment::Closed);
    assert_eq!(hovor.record_of("+420777123456").text("dialled"), "+420200000100");

    hovor.stop();
    let last = registrar.registrations().pop().unwrap_or_default();
    assert!(last.contains("for 0 at"), "it takes its registration back: {last}");
}

/// The commands of the page, from top to bottom.
fn commands_of_the_page() -> String {
    let page = include_str!("../../docs/trunks.md");
    let blocks = page.split("```sh\n").skip(1).filter_map(|rest| rest.split_once("```"));
    blocks.map(|(block, _)| block).collect()
}

#[test]
fn the_commands_of_docs_trunks_md_work() {
    let hovor = Hovor::start();
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_hovor")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let script = format!("set -euo pipefail\n{}", commands_of_the_page());
    let done = Command::new("bash")
        .args(["-c", &script])
        .env("PATH", path)
        .env("HOVOR_DATA", hovor.data())
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let carrier = shown(&hovor, "carrier");
    assert_eq!(
        (&carrier["settings"]["priority"], &carrier["settings"]["max_calls"]),
        (&1.into(), &30.into())
    );
    assert_eq!(shown(&hovor, "isp")["settings"]["register"], true);
}
