//! Attacks with bare sockets: guesses, replays, forged messages, strangers' sound.

use std::net::UdpSocket;
use std::time::Duration;

use crate::support::audio::{Sound, assert_heard};
use crate::support::hovor::Hovor;
use crate::support::pause;
use crate::support::phone::{Moment, Phone};
use crate::victim::{SECRET, Wire, authorization, metric, says, status, victim};

#[test]
fn who_guesses_is_banned_and_an_administrator_sees_it_and_lifts_it() {
    let company = victim(&[]);
    assert_eq!(says(&company, &["bans"]).trim(), "nobody is banned");
    let mut phone = Wire::to(company.sip_port);
    assert_eq!(status(&phone.register("201", SECRET).unwrap().0), 200);
    let mut attacker = Wire::to(company.sip_port);
    for guess in 0..10 {
        assert_eq!(status(&attacker.register("201", &format!("guess {guess}")).unwrap().0), 403);
    }
    assert!(attacker.ask("OPTIONS", "201", "").is_none(), "it gets no answer");
    assert!(attacker.register("201", SECRET).is_none(), "not even with the right password");
    assert_eq!(status(&phone.register("201", SECRET).unwrap().0), 200, "the phone beside it goes on");
    let bans = says(&company, &["bans"]);
    assert!(bans.contains("127.0.0.1") && bans.contains("wrong secret"), "{bans}");
    assert_eq!((metric(&company, "hovor_sip_bans"), metric(&company, "hovor_sip_bans_total")), (1.0, 1.0));
    assert!(metric(&company, "hovor_sip_unanswered_total{reason=\"banned\"}") >= 2.0);
    assert!(company.process.as_ref().unwrap().log().contains("banned; `hovor bans lift` undoes it"));
    assert!(says(&company, &["bans", "lift", "127.0.0.1"]).contains("banned no longer"));
    assert_eq!(status(&attacker.register("201", SECRET).unwrap().0), 200);
    let again = company.hovor(&["bans", "lift", "127.0.0.1"]).output().unwrap();
    assert!(String::from_utf8_lossy(&again.stderr).contains("is not banned"));
}

/// The median of the times that refusals took, for a user who exists and for one who does not, turn by turn.
#[test]
fn users_who_exist_and_users_who_do_not_are_refused_alike_and_as_fast() {
    let hovor = Hovor::start();
    let mut wire = Wire::to(hovor.sip_port);
    let mut times = [vec![], vec![]];
    for _ in 0..300 {
        for (user, times) in ["201", "299"].into_iter().zip(&mut times) {
            let (answer, time) = wire.register(user, "guess").unwrap();
            assert_eq!(status(&answer), 403);
            times.push(time);
        }
    }
    let [known, unknown] = times.map(|mut times| {
        times.sort();
        times[times.len() / 2].as_secs_f64()
    });
    let ratio = known / unknown;
    assert!((0.8..1.25).contains(&ratio), "known {known} s, unknown {unknown} s");
}

#[test]
fn a_registration_that_was_overheard_cannot_be_repeated() {
    let company = victim(&[]);
    let (mut phone, mut thief) = (Wire::to(company.sip_port), Wire::to(company.sip_port));
    let (challenge, _) = phone.ask("REGISTER", "201", "").unwrap();
    let overheard = authorization(&challenge, "201", SECRET);
    assert_eq!(status(&phone.ask("REGISTER", "201", &overheard).unwrap().0), 200);
    let (refusal, _) = thief.ask("REGISTER", "201", &overheard).unwrap();
    assert_eq!(status(&refusal), 401);
    assert!(refusal.contains("stale=true"), "{refusal}");
    let called = says(&company, &["operator", "anna"]);
    assert!(called.contains("registered"), "{called}");
    assert_eq!(metric(&company, "hovor_sip_bindings"), 1.0);
}

/// One datagram, one answer: with an invented source nobody is flooded by way of us.
#[test]
fn a_challenge_to_a_call_is_sent_once() {
    let company = victim(&[]);
    let mut stranger = Wire::to(company.sip_port);
    let asked = stranger.text("INVITE", "201", "");
    stranger.send(&asked);
    let answer = stranger.receive(Duration::from_secs(1)).unwrap();
    assert_eq!(status(&answer), 407);
    assert!(answer.len() < 2 * asked.len(), "{} bytes for {}", answer.len(), asked.len());
    assert_eq!(stranger.receive(Duration::from_secs(3)), None);
}

#[test]
fn forged_messages_of_a_call_do_nothing_and_strangers_are_neither_heard_nor_sent_anything() {
    let hovor = Hovor::start();
    let (anna_says, client_says) = (Sound::voice(71, 60.0), Sound::voice(72, 60.0));
    let mut anna = hovor.operator("201").codec("PCMA").says(&anna_says).baresip();
    let mut client = hovor.phone("client").codec("PCMA").says(&client_says).baresip();
    client.dial(&hovor.uri("201"));
    anna.wait_for(Moment::Incoming);
    anna.accept();
    client.wait_for(Moment::Established);
    pause(1.0);
    let strangers = spray_sound(&hovor);
    let mut wire = Wire::to(hovor.sip_port);
    for method in ["BYE", "CANCEL", "INVITE", "UPDATE", "ACK"] {
        for user in ["201", "client"] {
            let forged = wire
                .text(method, user, "")
                .replace(";tag=", ";tag=guessed")
                .replace("To: <sip:201@127.0.0.1>", "To: <sip:201@127.0.0.1>;tag=guessed");
            wire.send(&forged);
        }
    }
    pause(5.0);
    let mut buffer = [0; 2048];
    for stranger in &strangers {
        assert!(stranger.recv(&mut buffer).is_err(), "a stranger is sent sound");
    }
    assert_eq!((anna.count(Moment::Closed), client.count(Moment::Closed)), (0, 0));
    client.hangup();
    anna.wait_for(Moment::Closed);
    assert_heard("anna", &anna.heard(0), &client_says, 4);
    assert_heard("the client", &client.heard(0), &anna_says, 4);
    assert!(hovor.metric("hovor_media_packets_refused_total").unwrap() > 50.0);
}

/// Sends loud sound to every port on which sound may be expected, for five seconds beside the test.
fn spray_sound(hovor: &Hovor) -> Vec<UdpSocket> {
    let (first, last) = hovor.rtp_ports();
    let sockets: Vec<UdpSocket> = (0..2).map(|_| UdpSocket::bind("127.0.0.1:0").unwrap()).collect();
    for socket in &sockets {
        socket.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
        let socket = socket.try_clone().unwrap();
        std::thread::spawn(move || {
            for number in 0..50_u32 {
                let mut packet = vec![0x80, 8];
                packet.extend((number as u16).to_be_bytes());
                packet.extend((number * 160).to_be_bytes());
                packet.extend(77_u32.to_be_bytes());
                packet.extend((0..160).map(|n| if n % 8 < 4 { 0x2a } else { 0xaa }));
                for port in first..=last {
                    // A port on which nobody listens refuses.
                    let _ = socket.send_to(&packet, ("127.0.0.1", port));
                }
                pause(0.1);
            }
        });
    }
    sockets
}
