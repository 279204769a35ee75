//! Who is told of a message: its owner by mail, and the lamp of the owner's phone.

use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::audio::{Sound, assert_heard};
use crate::support::hovor::Hovor;
use crate::support::mail::MailServer;
use crate::support::phone::{Moment, Phone};
use crate::support::pjsua::Pjsua;
use crate::support::ports::Ports;
use crate::support::tls::Authority;
use crate::support::{pause, wait_for};

/// Calls a mailbox, speaks after the tone, and hangs up.
fn leave(hovor: &Hovor, number: &str, voice: &Sound, seconds: f64) {
    let mut client = hovor.phone("client").says(voice).pjsua();
    client.dial(&hovor.uri(number));
    client.wait_for(Moment::Established);
    // The greeting ends with a key.
    pause(1.5);
    client.press("#");
    pause(seconds);
    client.hangup();
    client.wait_for(Moment::Closed);
}

/// The sound that is attached to a mail.
fn attached(hovor: &Hovor, content: &str) -> Sound {
    let (mail, sound) = (hovor.data().join("mail"), hovor.data().join("attached.wav"));
    std::fs::write(&mail, content).unwrap();
    let script = "import email, sys\n\
                  mail = email.message_from_bytes(open(sys.argv[1], 'rb').read())\n\
                  parts = [p for p in mail.walk() if p.get_content_type() == 'audio/wav']\n\
                  assert len(parts) == 1 and parts[0].get_filename() == 'message.wav', parts\n\
                  open(sys.argv[2], 'wb').write(parts[0].get_payload(decode=True))";
    let done = Command::new("python3").args(["-c", script]).arg(&mail).arg(&sound).output().unwrap();
    assert!(done.status.success(), "{}\n{content}", String::from_utf8_lossy(&done.stderr));
    Sound::read(&sound)
}

#[test]
fn a_message_goes_out_by_mail_once_when_the_server_that_was_away_is_there() {
    let (ports, authority) = (Ports::claim(), Authority::new());
    let (port, files) = (ports.one(), authority.signs("mail", &["localhost"], |_| {}));
    let password = authority.file().with_file_name("password");
    std::fs::write(&password, "correct horse\n").unwrap();
    let (port_text, ca) = (port.to_string(), authority.file().display().to_string());
    let mut hovor = Hovor::start_with(&[
        "--smtp-host",
        "localhost",
        "--smtp-port",
        &port_text,
        "--smtp-ca",
        &ca,
        "--smtp-user",
        "pbx",
        "--smtp-password-file",
        password.to_str().unwrap(),
        "--smtp-from",
        "PBX <pbx@example.com>",
    ]);
    hovor.cli(&["mailbox", "set", "sales", "--email", "sales@example.com", "--email-delete", "true"]);
    let voice = Sound::voice(61, 60.0);
    leave(&hovor, "622", &voice, 4.0);
    wait_for("an attempt to fail", Duration::from_secs(10), || {
        (hovor.metric("hovor_mails_attempts_failed_total") >= Some(1.0)).then_some(())
    });
    assert_eq!(hovor.metric("hovor_mails_waiting"), Some(1.0));
    // What waits outlives the program.
    hovor.kill();
    let server = MailServer::start_guarded(port, &files, ("pbx", "correct horse"));
    hovor.restart_after_a_crash();
    let mail = server.wait_for_mail(Duration::from_secs(15));
    assert_eq!((&mail["from"], &mail["to"]), (&json!("pbx@example.com"), &json!(["sales@example.com"])));
    assert_eq!((&mail["tls"], &mail["login"]), (&json!(true), &json!(true)), "{mail}");
    let content = mail["content"].as_str().unwrap();
    assert!(content.contains("Subject: Voicemail from client, 0:0"), "{content}");
    assert_heard("the one who reads mails", &attached(&hovor, content), &voice, 2);
    wait_for("the message to go from the mailbox", Duration::from_secs(5), || {
        hovor.cli(&["voicemail"]).contains("no messages").then_some(())
    });
    assert_eq!(std::fs::read_dir(hovor.data().join("voicemail")).unwrap().count(), 0);
    assert_eq!(hovor.metric("hovor_mails_sent_total"), Some(1.0));
    hovor.restart();
    pause(1.0);
    assert_eq!(server.mails().len(), 1, "it goes out once");
}

#[test]
fn an_address_that_nobody_has_is_given_up_at_once_and_the_message_stays() {
    let ports = Ports::claim();
    let port = ports.one();
    let server = MailServer::start(port);
    let hovor = Hovor::start_with(&[
        "--smtp-host",
        "127.0.0.1",
        "--smtp-port",
        &port.to_string(),
        "--smtp-tls",
        "none",
        "--smtp-from",
        "pbx@example.com",
    ]);
    let wrong = hovor.run(&["mailbox", "set", "sales", "--email", "a@b.de\r\nBcc: c@d.de"]);
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("not an address"), "{wrong:?}");
    hovor.cli(&["mailbox", "set", "sales", "--email", "nobody@example.com"]);
    leave(&hovor, "622", &Sound::voice(62, 60.0), 4.0);
    wait_for("the mail to be given up", Duration::from_secs(10), || {
        (hovor.metric("hovor_mails_given_up_total") == Some(1.0)).then_some(())
    });
    assert!(hovor.log().contains("there is nobody of that name"), "{}", hovor.log());
    assert!(server.mails().is_empty() && hovor.cli(&["voicemail"]).contains("client"));
}

/// The line of the last message summary that says how many messages there are.
fn lamp(phone: &Pjsua) -> Option<String> {
    let events = phone.events();
    let last = events.iter().rfind(|event| event["event"] == "messages")?;
    let body = last["body"].as_str().unwrap_or_default();
    let said: Vec<&str> = body.lines().filter(|line| line.contains("essage")).collect();
    let line = |name: &str| said.iter().find_map(|line| line.strip_prefix(name)).map(str::trim);
    Some(format!("{} {}", line("Messages-Waiting:")?, line("Voice-Message:").unwrap_or("none")))
}

#[test]
fn the_lamp_of_a_phone_shows_a_message_until_it_was_heard() {
    let hovor = Hovor::start();
    let mut anna = hovor.operator("201").pjsua();
    anna.command(json!({ "do": "watch_messages" }));
    let shows = |anna: &Pjsua, wanted: &str| {
        wait_for(&format!("the lamp to show {wanted:?}"), Duration::from_secs(10), || {
            (lamp(anna)?.starts_with(wanted)).then_some(())
        });
    };
    shows(&anna, "no");
    hovor.cli(&["operator", "anna", "away"]);
    leave(&hovor, "621", &Sound::voice(63, 60.0), 3.0);
    shows(&anna, "yes 1/0");
    anna.dial(&hovor.uri("*97"));
    anna.wait_for(Moment::Established);
    pause(1.0);
    anna.press("4711#");
    wait_for("the message to be heard", Duration::from_secs(30), || {
        let list: Vec<Value> = serde_json::from_str(&hovor.cli(&["voicemail", "--json"])).unwrap();
        (list[0]["heard"] == true).then_some(())
    });
    shows(&anna, "no 0/1");
    anna.hangup();
    anna.wait_for(Moment::Closed);
}
