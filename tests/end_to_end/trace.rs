//! What was on the wire, as `hovor trace` shows it.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::support::hovor::Hovor;
use crate::support::phone::{Moment, Phone};
use crate::support::wait_for;

fn messages(hovor: &Hovor, arguments: &[&str]) -> Vec<Value> {
    let text = hovor.cli(&[&["trace", "--json"], arguments].concat());
    let view: Value = serde_json::from_str(&text).unwrap();
    view["messages"].as_array().unwrap().clone()
}

#[test]
fn a_session_shows_as_a_ladder_of_its_two_calls_and_as_a_file_for_wireshark() {
    let hovor = Hovor::start();
    let mut anna = hovor.operator("201").baresip();
    let mut client = hovor.phone("client").baresip();
    client.dial(&hovor.uri("201"));
    anna.wait_for(Moment::Incoming);
    anna.accept();
    client.wait_for(Moment::Established);
    client.hangup();
    anna.wait_for(Moment::Closed);
    let record = hovor.record_of("client");
    let id = record.text("id");
    let last =
        || hovor.cli(&["trace", id]).lines().last().filter(|line| line.contains("200 OK (BYE)")).map(drop);
    wait_for("the end of the ladder", Duration::from_secs(5), last);
    let ladder = hovor.cli(&["trace", id]);
    let ours = |phone: &dyn Phone| format!("127.0.0.1:{}", phone.sip_port());
    let head = ladder.lines().next().unwrap();
    assert!(
        head.contains(&ours(&client)) && head.contains("hovor") && head.contains(&ours(&anna)),
        "{ladder}"
    );
    let count = |words: &str| ladder.matches(words).count();
    assert_eq!(
        (count(" INVITE sdp "), count("◀─ 200 "), count(" BYE "), count(" ACK ")),
        (2, 4, 2, 2),
        "{ladder}"
    );
    assert_eq!(count("REGISTER"), 0, "{ladder}");
    let file = hovor.data().join("call.pcap");
    hovor.cli(&["trace", id, "--pcap", file.to_str().unwrap()]);
    let written = fs::read(&file).unwrap();
    let text = String::from_utf8_lossy(&written);
    assert_eq!(text.matches("Call-ID: ").count(), messages(&hovor, &[id]).len());
    assert_is_read_by_wireshark(&file, messages(&hovor, &[id]).len());
}

/// What Wireshark's own reader finds in a file: these fields of each packet that a filter lets through.
fn dissected(file: &Path, filter: &str, fields: &[&str]) -> Vec<String> {
    let mut command = Command::new("tshark");
    command.arg("-n").arg("-r").arg(file).args(["-Y", filter, "-T", "fields", "-E", "separator=;"]);
    let output =
        fields.iter().fold(&mut command, |command, field| command.args(["-e", field])).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// Each message is one packet of SIP, with the descriptions of the two INVITEs and of their answers.
fn assert_is_read_by_wireshark(file: &Path, messages: usize) {
    assert_eq!(dissected(file, "sip", &["frame.number"]).len(), messages);
    assert_eq!(dissected(file, "_ws.malformed", &["frame.number"]), [""; 0]);
    let invites = dissected(file, "sip.Method == INVITE", &["sip.CSeq.method", "sdp.media", "ip.src"]);
    assert_eq!(invites.len(), 2, "{invites:?}");
    let media: Vec<&str> = invites.iter().filter_map(|line| line.split(';').nth(1)).collect();
    assert!(
        media.iter().all(|media| media.starts_with("audio ") && media.contains("RTP/AVP")),
        "{invites:?}"
    );
    let answers = dissected(file, "sip.Status-Code == 200 && sdp", &["sdp.media.port"]);
    assert!(answers.len() == 2 && answers.iter().all(|port| port.parse::<u16>().is_ok()), "{answers:?}");
}

#[test]
fn a_phone_is_found_by_its_number_and_its_proofs_are_masked() {
    let hovor = Hovor::start();
    let _anna = hovor.operator("201").baresip();
    // What has just come is kept a moment later.
    let texts = wait_for("the phone's proof", Duration::from_secs(5), || {
        let found = messages(&hovor, &["--number", "201"]);
        let texts: Vec<_> =
            found.iter().filter_map(|message| Some(message["text"].as_str()?.to_owned())).collect();
        texts.iter().any(|text| text.contains("response=***")).then_some(texts)
    });
    assert!(texts.iter().all(|text| !text.contains("response=\"")), "{texts:#?}");
    assert!(messages(&hovor, &["--number", "nobody"]).is_empty());
}

#[test]
fn messages_are_shown_as_they_come() {
    let hovor = Hovor::start();
    let mut follow = hovor.command(&["trace", "--live", "--json"]);
    let log = hovor.data().join("live");
    let mut following = follow.stdout(fs::File::create(&log).unwrap()).stdin(Stdio::null()).spawn().unwrap();
    let mut client = hovor.phone("client").baresip();
    wait_for("a call to show", Duration::from_secs(20), || {
        client.dial(&hovor.uri("600"));
        client.wait_for(Moment::Established);
        client.hangup();
        fs::read_to_string(&log).unwrap().contains("INVITE sip:600").then_some(())
    });
    following.kill().unwrap();
    following.wait().unwrap();
    let lines = fs::read_to_string(&log).unwrap();
    let numbers: Vec<_> = lines
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok()?["number"].as_u64())
        .collect();
    assert!(numbers.len() > 3 && numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
}

#[test]
fn nothing_is_kept_where_nobody_wants_it() {
    let hovor = Hovor::start_with(&["--trace-keep", "0"]);
    let refused = hovor.run(&["trace"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--trace-keep"), "{refused:?}");
}
