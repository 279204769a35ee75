//! The ports for sound are used up, by calls or by other programs.

use std::net::UdpSocket;
use std::time::Duration;

use crate::live;
use crate::phone::{Failed, Phone};
use crate::support::hovor::Hovor;
use crate::support::wait_for;

const SOON: Duration = Duration::from_secs(2);

#[test]
fn when_all_ports_are_taken_by_calls_the_next_is_refused_until_one_ends() {
    // Of eight pairs of ports, four are for those who call help.
    let hovor = Hovor::start_on(8, &[]);
    let mut callers: Vec<Phone> = (0..4).map(|n| Phone::new(&format!("c{n}"), hovor.sip_port, n)).collect();
    let dialogs: Vec<_> = callers.iter_mut().map(|phone| phone.call("600", SOON, None).unwrap()).collect();
    let mut late = Phone::new("late", hovor.sip_port, 99);
    assert_eq!(late.call("600", SOON, None).err(), Some(Failed::Refused(503)));
    assert_eq!(hovor.metric("hovor_media_ports_in_use"), Some(4.0));
    assert_eq!(hovor.metric("hovor_media_ports"), Some(8.0));
    assert_eq!(hovor.metric("hovor_media_ports_refused_total"), Some(1.0));
    for (phone, dialog) in callers.iter_mut().zip(&dialogs) {
        phone.talk(dialog, Duration::from_millis(100));
        assert!(phone.hang_up(dialog));
        wait_for("a place", SOON, || {
            let dialog = late.call("600", SOON, None).ok()?;
            late.hang_up(&dialog).then_some(())
        });
    }
}

#[test]
fn when_other_programs_sit_on_the_ports_calls_are_refused_until_they_go() {
    let mut hovor = Hovor::start_on(24, &[]);
    live::during(&mut hovor, |hovor| {
        let (first, last) = hovor.rtp_ports();
        let taken: Vec<_> =
            (first..=last).filter_map(|port| UdpSocket::bind(("127.0.0.1", port)).ok()).collect();
        let mut phone = Phone::new("refused", hovor.sip_port, 3);
        assert_eq!(phone.call("600", SOON, None).err(), Some(Failed::Refused(503)));
        assert_eq!(hovor.metric("hovor_media_ports_refused_total"), Some(1.0));
        drop(taken);
        live::answered(hovor, "600", SOON);
    });
}
