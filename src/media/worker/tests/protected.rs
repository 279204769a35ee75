//! Legs whose packets are protected (SRTP).

use super::simulation::{Mouth, Simulation, numbered};
use crate::id::RoomId;
use crate::media::Command;
use crate::sdp::Codec;
use crate::time::Time;

/// Two phones that hear each other and say numbered frames, both protected or one of them.
fn pair(both: bool) -> (Simulation, RoomId) {
    let mut simulation = Simulation::with_workers(2);
    let room = simulation.room();
    for _ in 0..2 {
        let phone = simulation.phone(room, Codec::Pcma);
        simulation.phones[phone].mouth = Mouth::Numbers(1);
    }
    simulation.protect(0, 1);
    if both {
        simulation.protect(1, 3);
    }
    simulation.hear(room, &[(0, 1), (1, 0)]);
    (simulation, room)
}

fn assert_each_once(simulation: &Simulation, at_least: usize) {
    for phone in &simulation.phones[..2] {
        let numbers = phone.numbers();
        assert!(numbers.len() >= at_least, "only {} frames", numbers.len());
        assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "{numbers:?}");
        phone.assert_continuous();
    }
}

#[test]
fn protected_packets_are_passed_on_when_they_come_to_plain_and_to_protected_legs() {
    for both in [false, true] {
        let (mut simulation, _) = pair(both);
        // Their sequence numbers wrap on the way.
        simulation.run(100);
        assert_each_once(&simulation, 100);
        for phone in &simulation.phones {
            let last = phone.got.last().unwrap();
            assert_eq!(last.at, Time(simulation.now.0 - 15_000), "not with the tick: nothing was decoded");
            assert_eq!(last.payload, numbered(100));
        }
    }
}

#[test]
fn protected_and_plain_legs_meet_in_a_conference() {
    let (mut simulation, room) = pair(false);
    let third = simulation.tone_phone(room, 700.0);
    let fourth = simulation.phone(room, Codec::Pcma);
    simulation.protect(fourth, 5);
    simulation.hear(room, &[(third, 0), (third, 1), (third, fourth), (0, 1), (1, 0)]);
    simulation.run(50);
    for phone in [0, 1, fourth] {
        assert!(simulation.phones[phone].level(700.0, 200) > -20.0, "phone {phone}");
        simulation.phones[phone].assert_continuous();
    }
}

#[test]
fn what_is_not_protected_as_agreed_is_neither_heard_nor_answered() {
    let (mut simulation, _) = pair(false);
    simulation.run(10);
    let heard = simulation.phones[1].got.len();
    let thief = simulation.phones[0].srtp.take();
    simulation.run(10);
    assert_eq!(simulation.phones[1].sound().filter(|got| got.payload == numbered(11)).count(), 0);
    assert!(simulation.phones[1].numbers().len() <= heard);
    simulation.phones[0].srtp = thief;
    let leg = simulation.leg(0);
    simulation.command(Command::Close { leg });
    let closed = simulation.events.iter().find_map(|event| match event {
        crate::media::Event::Closed { quality, .. } => Some(quality.packets_refused),
        _ => None,
    });
    assert_eq!(closed, Some(10));
}

#[test]
fn a_packet_that_is_sent_again_by_somebody_is_refused() {
    let (mut simulation, _) = pair(false);
    simulation.run(5);
    let mut again = simulation.phones[0].bytes(8, 1_000, &numbered(900));
    simulation.phones[0].srtp.as_mut().unwrap().seal(&mut again).unwrap();
    for _ in 0..3 {
        simulation.send_sealed(0, &again);
    }
    assert_eq!(simulation.phones[1].numbers().iter().filter(|number| **number == 900).count(), 1);
}

#[test]
fn new_keys_take_over_between_two_packets() {
    let (mut simulation, _) = pair(true);
    for turn in 0..6 {
        simulation.run(7);
        simulation.protect(turn % 2, 10 + turn as u64);
    }
    simulation.run(7);
    assert_each_once(&simulation, 45);
}

#[test]
fn a_protected_leg_moves_to_another_worker_with_its_keys_and_numbers() {
    let (mut simulation, _) = pair(true);
    let rooms = [simulation.room(), simulation.room()];
    for turn in 0..40 {
        for leg in [0, 1] {
            simulation.carry(leg, (turn + 1) % 2, rooms[(turn + 1) % 2]);
        }
        simulation.hear_on((turn + 1) % 2, rooms[(turn + 1) % 2], &[(0, 1), (1, 0)]);
        simulation.run(3);
    }
    assert_each_once(&simulation, 110);
}

#[test]
fn reports_of_a_protected_leg_are_protected_too() {
    let (mut simulation, _) = pair(false);
    simulation.seconds(12);
    let reports = simulation.phones[0].reports.clone();
    assert!(reports.len() >= 2);
    for report in reports {
        assert_eq!(report.get(1), Some(&200), "a sender's report: {report:?}");
    }
}
