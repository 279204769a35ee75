//! Exact messages, also odd and wrong ones, by sipp.

use std::collections::BTreeMap;
use std::net::UdpSocket;
use std::time::{Duration, Instant};

use crate::support::audio::Sound;
use crate::support::hovor::{Hovor, PASSWORD};
use crate::support::phone::{Moment, Phone};
use crate::support::rtp::{self, Stream, ports_of};
use crate::support::sipp::{Outcome, Sipp};
use crate::support::wait_for;

fn scenario(hovor: &Hovor, name: &str, number: &str) -> Sipp {
    Sipp::new(&hovor.ports, name, hovor.sip_port).calling(number)
}

pub fn login(user: &str, password: &str) -> String {
    format!("{user};[authentication username={user} password={password}]")
}

/// So many messages with this first line went the way that `what` says.
fn count(outcome: &Outcome, what: &str, first_line: &str) -> usize {
    let messages = outcome.messages.split("-----------------------------------------------");
    messages.filter(|m| m.contains(what) && m.contains(&format!("\n\n{first_line}"))).count()
}

#[test]
fn a_basic_call_is_answered_and_ended_without_a_retransmission() {
    let hovor = Hovor::start();
    let outcome = scenario(&hovor, "call", "600").says(&Sound::voice(41, 10.0)).run();
    assert_eq!(outcome.retransmissions, 0);
}

#[test]
fn a_basic_call_over_tcp_is_answered_and_ended() {
    let hovor = Hovor::start();
    scenario(&hovor, "call", "600").over_tcp().says(&Sound::voice(41, 10.0)).run();
}

#[test]
fn a_call_cancelled_at_once_ends_and_its_operator_is_not_left_ringing() {
    let hovor = Hovor::start();
    let anna = hovor.operator("201").baresip();
    scenario(&hovor, "cancel_while_trying", "201").run();
    assert!(!anna.rings());
    assert_eq!(anna.count(Moment::Established), 0);
}

#[test]
fn a_call_cancelled_while_the_operator_rings_stops_the_ringing() {
    let hovor = Hovor::start();
    let anna = hovor.operator("201").baresip();
    scenario(&hovor, "cancel_while_ringing", "201").run();
    anna.wait_for(Moment::Closed);
    assert_eq!(anna.count(Moment::Established), 0);
}

#[test]
fn a_cancel_that_comes_too_late_leaves_the_call_standing() {
    let hovor = Hovor::start();
    scenario(&hovor, "cancel_too_late", "600").run();
}

#[test]
fn an_answer_is_repeated_until_it_is_acknowledged() {
    let hovor = Hovor::start();
    let outcome = scenario(&hovor, "lost_ack", "600").run();
    assert_eq!(count(&outcome, "received", "SIP/2.0 200 OK\r\nVia"), 4, "three answers, and the one to BYE");
}

/// A request of a call that sipp would not send, because it never repeats itself on purpose.
fn by_hand(method: &str, own: u16, hovor: &Hovor, to_tag: &str) -> String {
    let port = hovor.sip_port;
    format!(
        "{method} sip:201@127.0.0.1:{port} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{own};branch=z9hG4bK-by-hand\r\n\
         From: <sip:caller@127.0.0.1:{own}>;tag=1\r\nTo: <sip:201@127.0.0.1:{port}>{to_tag}\r\n\
         Call-ID: by-hand\r\nCSeq: 1 {method}\r\nMax-Forwards: 70\r\n\
         Contact: <sip:caller@127.0.0.1:{own}>\r\nContent-Length: 0\r\n\r\n"
    )
}

/// Everything that arrives within a while.
fn heard_on(socket: &UdpSocket, seconds: f64) -> Vec<String> {
    socket.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    let (end, mut buffer) = (Instant::now() + Duration::from_secs_f64(seconds), [0; 4096]);
    let mut heard = vec![];
    while Instant::now() < end {
        if let Ok(length) = socket.recv(&mut buffer) {
            heard.push(String::from_utf8_lossy(&buffer[..length]).into_owned());
        }
    }
    heard
}

#[test]
fn a_repeated_invite_is_one_call() {
    let hovor = Hovor::start();
    let anna = hovor.operator("201").baresip();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(("127.0.0.1", hovor.sip_port)).unwrap();
    let own = socket.local_addr().unwrap().port();
    let send = |method, to_tag: &str| socket.send(by_hand(method, own, &hovor, to_tag).as_bytes()).unwrap();
    send("INVITE", "");
    anna.wait_for(Moment::Incoming);
    heard_on(&socket, 0.3);
    for _ in 0..2 {
        send("INVITE", "");
        let again = heard_on(&socket, 0.3);
        assert!(again.len() == 1 && again[0].starts_with("SIP/2.0 180"), "{again:#?}");
    }
    send("CANCEL", "");
    let refusal = wait_for("the refusal", Duration::from_secs(5), || {
        heard_on(&socket, 0.1).into_iter().find(|message| message.starts_with("SIP/2.0 487"))
    });
    let tag = refusal
        .lines()
        .find(|line| line.starts_with("To:"))
        .and_then(|line| line.split_once(";tag="))
        .unwrap()
        .1;
    send("ACK", &format!(";tag={tag}"));
    heard_on(&socket, 0.2);
    assert!(heard_on(&socket, 1.2).is_empty(), "an acknowledged refusal is repeated");
    anna.wait_for(Moment::Closed);
    assert_eq!(anna.count(Moment::Incoming), 1);
    hovor.record_of("caller");
    assert_eq!(hovor.records_of("caller").len(), 1);
}

#[test]
fn the_right_password_registers() {
    let hovor = Hovor::start();
    scenario(&hovor, "register", "201").users(&[login("201", PASSWORD)]).run();
}

#[test]
fn a_wrong_password_never_registers() {
    let hovor = Hovor::start();
    scenario(&hovor, "register_refused", "201").users(&[login("201", "wrong")]).run();
    scenario(&hovor, "register_refused", "nobody").users(&[login("nobody", PASSWORD)]).run();
    let mut client = hovor.phone("client").pjsua();
    client.dial(&hovor.uri("201"));
    client.wait_for(Moment::Closed);
    assert!(client.ending().starts_with("480"), "{}", client.ending());
}

#[test]
fn an_unknown_method_is_refused_with_a_list_of_those_that_are_known() {
    let hovor = Hovor::start();
    let outcome = scenario(&hovor, "unknown_method", "100").run();
    assert!(outcome.notes.contains("BYE"), "{}", outcome.notes);
}

#[test]
fn options_are_answered_with_what_is_supported() {
    let hovor = Hovor::start();
    let outcome = scenario(&hovor, "options", "100").run();
    for method in ["INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "UPDATE", "PRACK"] {
        assert!(outcome.notes.contains(method), "{method} is missing in: {}", outcome.notes);
    }
}

#[test]
fn a_phone_without_an_offer_may_move_its_sound_and_change_its_codec_in_the_call() {
    let hovor = Hovor::start();
    let first = hovor.ports.several(4);
    let mut streams = [Stream::new(first), Stream::new(first + 2)];
    let row = format!("{};{}", streams[0].port(), streams[1].port());
    let mut sipp = scenario(&hovor, "changing", "600").users(&[row]).start();
    let mut received: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    rtp::run(&mut streams, |streams| {
        let notes = sipp.notes();
        let step =
            ["updated", "offered again", "moved", "offered"].into_iter().find(|step| notes.contains(step));
        if let Some(step) = step {
            let port = notes.split("audio ").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok());
            let speaking = usize::from(step == "moved");
            streams[speaking].send_to(port.expect("a port"));
            streams[1 - speaking].rest();
            received.insert(step, [streams[0].received, streams[1].received]);
        }
        !sipp.has_ended()
    });
    let outcome = sipp.finish();
    let came = |step: &str, before: &str, stream: usize| received[step][stream] - received[before][stream];
    assert!(received["offered"][0] > 60, "{received:?}");
    assert!(came("moved", "offered", 1) > 60 && came("moved", "offered", 0) < 10, "{received:?}");
    assert!(came("offered again", "moved", 0) > 60 && came("offered again", "moved", 1) < 10, "{received:?}");
    assert!(came("updated", "offered again", 0) > 60, "{received:?}");
    let updated = outcome.notes.lines().find(|line| line.contains("updated")).unwrap();
    assert!(updated.contains("RTP/AVP 0 101"), "{}", outcome.notes);
}

/// Fifty callers at once, each with sound of its own; returns their streams.
fn fifty_calls(hovor: &Hovor, number: &str) -> Vec<Stream> {
    let first = hovor.ports.several(100);
    let mut streams: Vec<Stream> = (0..50).map(|n| Stream::new(first + 2 * n)).collect();
    let rows: Vec<String> = streams.iter().map(|stream| stream.port().to_string()).collect();
    let mut sipp = scenario(hovor, "call_with_media_elsewhere", number).users(&rows).calls(50, 25).start();
    rtp::run(&mut streams, |streams| {
        let notes = sipp.notes();
        let remotes: BTreeMap<u16, u16> = notes.lines().filter_map(ports_of).collect();
        for stream in streams.iter_mut() {
            remotes.get(&stream.port()).into_iter().for_each(|port| stream.send_to(*port));
        }
        !sipp.has_ended()
    });
    let outcome = sipp.finish();
    assert_eq!(outcome.succeeded, 50, "{}", outcome.screen);
    streams
}

/// Five seconds of packets; less where the machine was too busy for the stream itself to send that much.
/// (A stream also sends before its call is answered and after its end, which nothing answers.)
fn enough(stream: &Stream) -> usize {
    (stream.sent * 7 / 10).min(250)
}

#[test]
fn fifty_calls_at_once_are_echoed() {
    let hovor = Hovor::start_alone();
    let streams = fifty_calls(&hovor, "600");
    for stream in &streams {
        assert!(stream.received > enough(stream), "received {} of {}", stream.received, stream.sent);
        assert!(stream.echoed > 100, "echoed {} of {}", stream.echoed, stream.sent);
    }
    // A packet that comes late on a busy machine is bridged over, and so comes back otherwise than it was sent.
    let (echoed, sent) = streams.iter().fold((0, 0), |(e, s), stream| (e + stream.echoed, s + stream.sent));
    assert!(echoed * 10 > sent * 6, "echoed {echoed} of {sent}");
}

#[test]
fn fifty_calls_at_once_hear_the_music() {
    let hovor = Hovor::start_alone();
    for stream in fifty_calls(&hovor, "601") {
        assert!(stream.received > enough(&stream), "received {} for {}", stream.received, stream.sent);
    }
}
