//! The name service answers late, or never.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::live;
use crate::phone::Phone;
use crate::support::hovor::{Hovor, PASSWORD};
use crate::support::name_server::{self, Entry};
use crate::support::ports::Ports;
use crate::support::wait_for;

/// A name server that keeps what it is asked to itself until it is told to answer; then it asks the real one.
fn silent(ports: &Ports, real: SocketAddr) -> (SocketAddr, Arc<AtomicBool>) {
    let socket = UdpSocket::bind(("127.0.0.1", ports.one())).unwrap();
    let (address, answers) = (socket.local_addr().unwrap(), Arc::new(AtomicBool::new(false)));
    let speaks = Arc::clone(&answers);
    std::thread::spawn(move || {
        let mut buffer = [0; 512];
        while let Ok((length, client)) = socket.recv_from(&mut buffer) {
            if speaks.load(Ordering::Relaxed) {
                let asking = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
                asking.send_to(&buffer[..length], real).unwrap();
                let length = asking.recv(&mut buffer).unwrap();
                socket.send_to(&buffer[..length], client).unwrap();
            }
        }
    });
    (address, answers)
}

/// A name server whose answers come so many milliseconds late; the real one says what they are.
fn late(ports: &Ports, real: SocketAddr) -> (SocketAddr, Arc<AtomicU64>) {
    let socket = Arc::new(UdpSocket::bind(("127.0.0.1", ports.one())).unwrap());
    let (address, by) = (socket.local_addr().unwrap(), Arc::new(AtomicU64::new(0)));
    let lateness = Arc::clone(&by);
    std::thread::spawn(move || {
        let mut question = [0; 512];
        while let Ok((length, client)) = socket.recv_from(&mut question) {
            let (socket, time) =
                (Arc::clone(&socket), Duration::from_millis(lateness.load(Ordering::Relaxed)));
            std::thread::spawn(move || {
                let asking = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
                asking.send_to(&question[..length], real).unwrap();
                let mut answer = [0; 512];
                let length = asking.recv(&mut answer).unwrap();
                std::thread::sleep(time);
                // Who asked may have stopped listening.
                let _ = socket.send_to(&answer[..length], client);
            });
        }
    });
    (address, by)
}

#[test]
fn an_answer_that_comes_late_is_used_and_one_that_comes_too_late_is_dropped() {
    use crate::support::phone::{Moment, Phone as _};
    let ports = Ports::claim();
    let entries = ["sip.slow.example", "sip.slower.example"].map(|name| Entry::a(name, Ipv4Addr::LOCALHOST));
    let (dns, by) = late(&ports, name_server::serve(&ports, entries.into()));
    let mut hovor = Hovor::start_with(&["--dns", &dns.to_string()]);
    let provider = hovor.phone("+420777123456").answers_at_once().pjsua();
    let port = provider.sip_port().to_string();
    let moves_to = |hovor: &Hovor, host: &str, late_by: u64| {
        by.store(late_by, Ordering::Relaxed);
        hovor.cli(&["trunk", "set", "carrier", "--host", host, "--port", &port, "--options", "0"]);
        Instant::now()
    };
    let figures = |hovor: &Hovor| {
        ["late", "failed"].map(|how| hovor.metric(&format!("hovor_lookups_{how}_total")).unwrap())
    };
    let mut anna = hovor.operator("201").pjsua();
    live::during(&mut hovor, |hovor| {
        let begun = moves_to(hovor, "sip.slow.example", 2_500);
        anna.dial(&hovor.uri("+420777123456"));
        let asked = Instant::now();
        live::answered(hovor, "600", Duration::from_secs(2));
        assert!(asked.elapsed() < Duration::from_secs(1), "a call elsewhere waited {:?}", asked.elapsed());
        anna.wait_for(Moment::Established);
        let took = begun.elapsed();
        assert!((2_400..4_000).contains(&took.as_millis()), "{took:?}");
        anna.hangup();
        anna.wait_for(Moment::Closed);
        let [late, failed] = figures(hovor);
        assert!(late >= 1.0 && failed == 0.0, "{late} {failed}");

        // The places of before are no places of the new name, and what comes after all of it changes nothing.
        let begun = moves_to(hovor, "sip.slower.example", 7_000);
        let told = anna.count(Moment::Ringing);
        anna.dial(&hovor.uri("+420777123456"));
        // She is told in words that nobody can be reached, before the call ends.
        anna.wait_for_number(Moment::Ringing, told + 1);
        let took = begun.elapsed();
        assert!((3_900..6_000).contains(&took.as_millis()), "{took:?}");
        anna.wait_for_number(Moment::Closed, 2);
        assert!(anna.ending().starts_with("480"), "no trunk is left: {}", anna.ending());
        std::thread::sleep(Duration::from_secs(9).saturating_sub(begun.elapsed()));
        live::answered(hovor, "600", Duration::from_secs(2));
        let [late_now, failed] = figures(hovor);
        assert!(late_now == late && failed >= 1.0, "{late_now} {failed}");
        anna.dial(&hovor.uri("+420777123456"));
        anna.wait_for_number(Moment::Closed, 3);
        assert_eq!(anna.count(Moment::Established), 1);
    });
}

#[test]
fn a_name_service_that_does_not_answer_delays_nobody_but_calls_to_that_name() {
    let ports = Ports::claim();
    let real = name_server::serve(&ports, vec![Entry::a("sip.slow.example", Ipv4Addr::LOCALHOST)]);
    let (dns, answers) = silent(&ports, real);
    let mut hovor = Hovor::start_with(&["--dns", &dns.to_string()]);
    let provider = hovor.phone("+420777123456").answers_at_once().pjsua();
    let port = crate::support::phone::Phone::sip_port(&provider).to_string();
    hovor.cli(&["trunk", "set", "carrier", "--host", "sip.slow.example", "--port", &port, "--options", "5"]);
    let mut anna = hovor.operator("201").pjsua();
    live::during(&mut hovor, |hovor| {
        use crate::support::phone::{Moment, Phone as _};
        wait_for("a look-up to fail", Duration::from_secs(20), || {
            (hovor.metric("hovor_lookups_failed_total") >= Some(1.0)).then_some(())
        });
        anna.dial(&hovor.uri("+420777123456"));
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(4) {
            let asked = Instant::now();
            live::answered(hovor, "600", Duration::from_secs(2));
            assert!(
                asked.elapsed() < Duration::from_secs(1),
                "a call elsewhere waited {:?}",
                asked.elapsed()
            );
        }
        let mut boris = Phone::new("202", hovor.sip_port, 4);
        assert!(boris.register(PASSWORD), "phones register meanwhile");
        anna.wait_for(Moment::Closed);
        assert!(anna.ending().starts_with('5') || anna.ending().starts_with('4'), "{}", anna.ending());
        answers.store(true, Ordering::Relaxed);
        wait_for("a call over the trunk", Duration::from_secs(60), || {
            let closed = anna.count(Moment::Closed);
            anna.dial(&hovor.uri("+420777123456"));
            wait_for("an answer", Duration::from_secs(20), || {
                (anna.count(Moment::Established) > 0 || anna.count(Moment::Closed) > closed).then_some(())
            });
            (anna.count(Moment::Established) > 0).then_some(())
        });
        anna.hangup();
    });
}
