//! Music for those who are held.

use super::simulation::Simulation;
use crate::media::{Command, Event, Sound};
use crate::sdp::Codec;

/// A round in which no place sounds like another, without a step at its seam.
fn round() -> Vec<Sound> {
    (1..=20).map(|n| Sound::Tone { hz: 50.0 * n as f32, dbm0: -10.0, ms: Some(100) }).collect()
}

fn hold(simulation: &mut Simulation, phone: usize) {
    let leg = simulation.leg(phone);
    simulation.command(Command::Music { leg, playback: 9, sounds: round() });
}

fn last_frames(simulation: &Simulation, phone: usize, count: usize) -> Vec<Vec<u8>> {
    let got = &simulation.phones[phone].got;
    got[got.len() - count..].iter().map(|got| got.payload.clone()).collect()
}

#[test]
fn all_who_are_held_hear_the_same_place_of_the_music_whenever_they_were_held() {
    let mut simulation = Simulation::with_workers(2);
    let (red, blue) = (simulation.room(), simulation.room());
    let (early, late) = (simulation.phone(red, Codec::Pcma), simulation.phone(blue, Codec::Pcma));
    simulation.carry(late, 1, blue);
    hold(&mut simulation, early);
    simulation.run(137);
    hold(&mut simulation, late);
    simulation.run(60);
    assert_eq!(last_frames(&simulation, early, 59), last_frames(&simulation, late, 59));
    // One is taken back, and held again.
    simulation.command(Command::StopPlay { leg: simulation.leg(early) });
    simulation.run(33);
    hold(&mut simulation, early);
    simulation.run(120);
    assert_eq!(last_frames(&simulation, early, 119), last_frames(&simulation, late, 119));
    for phone in [early, late] {
        let samples = simulation.phones[phone].samples();
        let steepest = samples.windows(2).map(|pair| (pair[1] - pair[0]).abs()).max().unwrap();
        // The highest tone itself rises by 5,600 in a sample; its peak is 7,200.
        assert!(steepest < 6_000, "a click of {steepest}");
        simulation.phones[phone].assert_continuous();
    }
}

#[test]
fn an_announcement_is_heard_over_the_music_which_has_gone_on_meanwhile() {
    let mut simulation = Simulation::new();
    let room = simulation.room();
    let (told, other) = (simulation.phone(room, Codec::Pcma), simulation.phone(room, Codec::Pcma));
    hold(&mut simulation, told);
    hold(&mut simulation, other);
    simulation.run(21);
    let (leg, sounds) = (simulation.leg(told), vec![Sound::Silence { ms: 730 }]);
    simulation.command(Command::Announce { leg, playback: 4, sounds });
    simulation.run(20);
    assert_ne!(last_frames(&simulation, told, 19), last_frames(&simulation, other, 19));
    simulation.run(60);
    assert!(simulation.events.contains(&Event::PlayEnded { leg, playback: 4 }));
    assert_eq!(last_frames(&simulation, told, 40), last_frames(&simulation, other, 40));
    assert!(!simulation.events.contains(&Event::PlayEnded { leg, playback: 9 }));
}

#[test]
fn music_that_cannot_be_had_is_reported_and_a_later_play_replaces_it() {
    let mut simulation = Simulation::new();
    let room = simulation.room();
    let phone = simulation.tone_phone(room, 400.0);
    let (leg, sound) = (simulation.leg(phone), Sound::File("hold".into()));
    simulation.command(Command::Music { leg, playback: 1, sounds: vec![sound.clone()] });
    let (reason, now) = ("it is not there".to_owned(), simulation.now);
    simulation.workers[0].handle_sounds(leg, 1, Err((sound.clone(), reason.clone())), now);
    simulation.collect();
    assert!(simulation.events.contains(&Event::PlayFailed { leg, playback: 1, sound, reason }));
    hold(&mut simulation, phone);
    let sounds = vec![Sound::Tone { hz: 1_600.0, dbm0: -10.0, ms: Some(200) }];
    simulation.command(Command::Play { leg, playback: 2, sounds, repeat: false });
    simulation.run(9);
    assert!(simulation.phones[phone].level(1_600.0, 100) > -12.0);
    simulation.run(20);
    assert!(simulation.events.contains(&Event::PlayEnded { leg, playback: 2 }));
    assert!(simulation.phones[phone].samples().iter().rev().take(1_000).all(|sample| sample.abs() <= 8));
}

#[test]
fn who_is_taken_up_again_is_heard_and_hears_from_the_next_frame_on() {
    // Passed on as it comes, and mixed.
    for codec in [Codec::Pcma, Codec::Opus] {
        let mut simulation = Simulation::new();
        let room = simulation.room();
        let operator = simulation.tone_phone_of(room, 440.0, codec);
        let client = simulation.tone_phone(room, 700.0);
        let both = [(operator, client), (client, operator)];
        let leg = simulation.leg(client);
        simulation.hear(room, &both);
        simulation.run(50);
        simulation.hear(room, &[]);
        simulation.command(Command::Music { leg, playback: 9, sounds: vec![Sound::Silence { ms: 1_000 }] });
        simulation.run(50);
        assert!(simulation.phones[client].loudness(20) < -60.0, "{codec:?}: it is on hold");
        let before = simulation.phones.iter().map(|phone| phone.got.len()).collect::<Vec<_>>();
        simulation.hear(room, &both);
        simulation.command(Command::StopPlay { leg });
        simulation.run(1);
        for (phone, before) in simulation.phones.iter().zip(before) {
            // A packet that is passed on goes ahead of the clock, which then leaves one out.
            assert!((before + 1..=before + 2).contains(&phone.got.len()), "{codec:?}");
            assert!(phone.loudness(40) > -30.0, "{codec:?}: {} dBm0", phone.loudness(40));
            phone.assert_continuous();
        }
    }
}
