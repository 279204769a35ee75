//! The name service answers late, or never.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
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
