//! Legs that change rooms and workers while packets flow.

use super::simulation::{Mouth, Simulation};
use crate::media::{Command, Event};
use crate::sdp::Codec;

#[test]
fn a_leg_carried_between_workers_a_thousand_times_hears_and_says_every_frame() {
    let mut simulation = Simulation::with_workers(2);
    let rooms = [simulation.room(), simulation.room()];
    let (mover, listener, speaker) = (
        simulation.phone(rooms[0], Codec::Pcmu),
        simulation.phone(rooms[0], Codec::Pcmu),
        simulation.phone(rooms[0], Codec::Pcmu),
    );
    // Two move together, so that one can hear the other in both rooms, mixed and forwarded in turn.
    simulation.phones[mover].mouth = Mouth::Numbers(1);
    simulation.phones[speaker].mouth = Mouth::Numbers(1);
    let mut ticks = 0;
    for turn in 0..1_000 {
        let to = (turn + 1) % 2;
        for leg in [mover, listener] {
            simulation.carry(leg, to, rooms[to]);
        }
        let rows: &[(usize, usize)] =
            if turn % 3 == 0 { &[(mover, listener), (mover, mover)] } else { &[(mover, listener)] };
        simulation.hear_on(to, rooms[to], rows);
        let more = 1 + turn % 4;
        simulation.run(more);
        ticks += more;
    }
    simulation.hear_on(0, rooms[0], &[(mover, listener)]);
    simulation.run(20);
    ticks += 20;
    let phone = &simulation.phones[listener];
    let numbers = phone.numbers();
    assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "frames came in order");
    assert_eq!((numbers[0], numbers.len()), (1, ticks), "and none was lost");
    phone.assert_continuous();
    simulation.phones[mover].assert_continuous();
    assert_eq!(simulation.phones[speaker].got.len(), ticks);
}

#[test]
fn a_leg_moves_within_a_worker_with_its_player_and_recording() {
    let mut simulation = Simulation::new();
    let (red, blue) = (simulation.room(), simulation.room());
    let (mover, stays, waits) = (
        simulation.tone_phone(red, 440.0),
        simulation.tone_phone(red, 700.0),
        simulation.tone_phone(blue, 1_100.0),
    );
    simulation.hear(red, &[(stays, mover), (mover, stays)]);
    simulation.hear(blue, &[(waits, mover), (mover, waits)]);
    simulation.run(20);
    assert!(simulation.phones[waits].level(440.0, 100) < -30.0, "the row sleeps");
    let sounds = vec![crate::media::Sound::Tone { hz: 1_600.0, dbm0: -10.0, ms: Some(800) }];
    let leg = simulation.leg(mover);
    simulation.command(Command::Play { leg, playback: 1, sounds, repeat: false });
    simulation.run(20);
    simulation.command(Command::Move { leg, room: blue });
    simulation.run(15);
    assert!(simulation.phones[mover].level(1_600.0, 100) > -12.0);
    assert!(simulation.phones[mover].level(1_100.0, 100) > -12.0);
    assert!(simulation.phones[mover].level(700.0, 100) < -30.0);
    assert!(simulation.phones[waits].level(440.0, 100) > -12.0);
    assert!(simulation.phones[stays].level(440.0, 100) < -30.0);
    simulation.run(10);
    assert!(simulation.events.contains(&Event::PlayEnded { leg, playback: 1 }));
    simulation.phones.iter().for_each(|phone| phone.assert_continuous());
}
