//! Who hears whom.

use std::sync::Arc;

use super::simulation::{Mouth, Simulation};
use crate::media::player::Source;
use crate::media::sound::Clip;
use crate::media::{Command, Event, Sound};
use crate::sdp::{Codec, Direction};

/// Tones that do not disturb each other in a tenth of a second.
const TONES: [f32; 4] = [440.0, 700.0, 1_100.0, 1_600.0];

/// Which tones each phone hears.
fn heard(simulation: &Simulation) -> Vec<Vec<usize>> {
    let tones = |phone: usize| {
        let level = |tone: &usize| simulation.phones[phone].level(TONES[*tone], 100);
        (0..TONES.len()).filter(|tone| level(tone) > -25.0).collect()
    };
    (0..simulation.phones.len()).map(tones).collect()
}

#[test]
fn each_leg_hears_exactly_whom_the_table_says() {
    whom_the_table_says([Codec::Pcma; 4]);
}

#[test]
fn each_leg_hears_exactly_whom_the_table_says_whatever_their_codecs() {
    whom_the_table_says([Codec::Pcma, Codec::G722, Codec::Opus, Codec::Pcmu]);
    whom_the_table_says([Codec::Opus, Codec::Opus, Codec::G722, Codec::G722]);
}

fn whom_the_table_says(codecs: [Codec; 4]) {
    let mut simulation = Simulation::new();
    let room = simulation.room();
    for (hz, codec) in TONES.into_iter().zip(codecs) {
        simulation.tone_phone_of(room, hz, codec);
    }
    simulation.run(20);
    assert_eq!(heard(&simulation), [[0_usize; 0]; 4]);
    /// Rows of who speaks and who hears it; then whom each of the four hears.
    type Case = (&'static [(usize, usize)], [&'static [usize]; 4]);
    let tables: [Case; 5] = [
        // Two calls of two.
        (&[(0, 1), (1, 0), (2, 3), (3, 2)], [&[1], &[0], &[3], &[2]]),
        // A conference of three, the fourth listens.
        (
            &[(0, 1), (0, 2), (0, 3), (1, 0), (1, 2), (1, 3), (2, 0), (2, 1), (2, 3)],
            [&[1, 2], &[0, 2], &[0, 1], &[0, 1, 2]],
        ),
        // One whispers to another.
        (&[(0, 1), (1, 0), (2, 1)], [&[1], &[0, 2], &[], &[]]),
        // An echo, and a speaker to all.
        (&[(0, 0), (1, 0), (1, 2), (1, 3)], [&[0, 1], &[], &[1], &[1]]),
        (&[], [&[], &[], &[], &[]]),
    ];
    for (rows, expected) in tables {
        simulation.hear(room, rows);
        simulation.run(30);
        assert_eq!(heard(&simulation), expected, "with {rows:?} of {codecs:?}");
    }
    simulation.phones.iter().for_each(|phone| phone.assert_continuous());
}

#[test]
fn ten_thousand_frames_pass_the_mixer_with_none_missing_or_doubled() {
    let mut simulation = Simulation::new();
    let room = simulation.room();
    let (speaker, one, two) = (
        simulation.phone(room, Codec::Pcmu),
        simulation.phone(room, Codec::Pcmu),
        simulation.phone(room, Codec::Pcmu),
    );
    simulation.hear(room, &[(speaker, one), (speaker, two)]);
    simulation.phones[speaker].mouth = Mouth::Numbers(1);
    simulation.run(10_000);
    for listener in [one, two] {
        let phone = &simulation.phones[listener];
        let numbers = phone.numbers();
        assert_eq!(phone.got.len(), 10_000);
        assert!(numbers.len() >= 9_995 && numbers[0] == 1, "{} from {}", numbers.len(), numbers[0]);
        assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1));
        phone.assert_continuous();
    }
}

#[test]
fn a_leg_that_hears_nobody_gets_silence_every_tick() {
    let mut simulation = Simulation::new();
    let room = simulation.room();
    let alone = simulation.phone(room, Codec::Pcma);
    simulation.run(100);
    assert_eq!(simulation.phones[alone].got.len(), 100);
    assert!(simulation.phones[alone].samples().iter().all(|sample| sample.abs() <= 8));
    let markers = simulation.phones[alone].got.iter().filter(|got| got.marker).count();
    assert_eq!(markers, 1, "only the first packet begins a talkspurt");
}

#[test]
fn a_player_is_heard_by_its_leg_alone_over_what_the_table_says() {
    let mut simulation = Simulation::new();
    let room = simulation.room();
    let (one, two) = (simulation.tone_phone(room, TONES[0]), simulation.tone_phone(room, TONES[1]));
    simulation.hear(room, &[(one, two), (two, one)]);
    simulation.run(10);
    let sounds = vec![Sound::Tone { hz: TONES[2], dbm0: -10.0, ms: Some(1_000) }];
    simulation.command(Command::Play { leg: simulation.leg(one), playback: 5, sounds, repeat: false });
    simulation.run(40);
    assert_eq!(heard(&simulation), [vec![1, 2], vec![0]]);
    assert!(!simulation.events.iter().any(|event| matches!(event, Event::PlayEnded { .. })));
    simulation.run(40);
    assert_eq!(heard(&simulation), [vec![1], vec![0]]);
    let ended = Event::PlayEnded { leg: simulation.leg(one), playback: 5 };
    assert_eq!(simulation.events.iter().filter(|event| **event == ended).count(), 1);
    simulation.phones.iter().for_each(|phone| phone.assert_continuous());
}

#[test]
fn a_file_is_asked_for_once_and_played_to_its_last_sample() {
    let mut simulation = Simulation::new();
    let room = simulation.room();
    let phone = simulation.phone(room, Codec::Pcmu);
    let leg = simulation.leg(phone);
    let sounds = vec![Sound::File("welcome".into()), Sound::Silence { ms: 20 }];
    simulation.command(Command::Play { leg, playback: 1, sounds, repeat: false });
    assert_eq!(simulation.loads.len(), 1);
    let clip = Arc::new(Clip::narrow_only(vec![8_000; 1_600]));
    let now = simulation.now;
    let sources = vec![Source::Clip(clip), Source::silence(20)];
    simulation.workers[0].handle_sounds(leg, 1, Ok(sources), now);
    simulation.run(20);
    let loud = simulation.phones[phone].samples().iter().filter(|sample| **sample > 7_000).count();
    assert_eq!(loud, 1_600);
    assert!(simulation.events.contains(&Event::PlayEnded { leg, playback: 1 }));
}

#[test]
fn a_missing_file_fails_its_playback_only() {
    let mut simulation = Simulation::new();
    let room = simulation.room();
    let phone = simulation.phone(room, Codec::Pcmu);
    let leg = simulation.leg(phone);
    let sound = Sound::File("nothing".into());
    for playback in [1, 2] {
        simulation.command(Command::Play { leg, playback, sounds: vec![sound.clone()], repeat: true });
    }
    let now = simulation.now;
    for playback in [1, 2] {
        let failed = Err((sound.clone(), "not there".to_owned()));
        simulation.workers[0].handle_sounds(leg, playback, failed, now);
    }
    simulation.run(1);
    let failed = Event::PlayFailed { leg, playback: 2, sound, reason: "not there".into() };
    let failures: Vec<&Event> =
        simulation.events.iter().filter(|event| matches!(event, Event::PlayFailed { .. })).collect();
    assert_eq!(failures, [&failed], "the first playback had been replaced");
}

#[test]
fn a_leg_on_hold_is_sent_nothing_and_its_player_waits() {
    let mut simulation = Simulation::new();
    let room = simulation.room();
    let (one, two) = (simulation.tone_phone(room, TONES[0]), simulation.tone_phone(room, TONES[1]));
    simulation.hear(room, &[(one, two), (two, one)]);
    let leg = simulation.leg(one);
    simulation.run(10);
    simulation.reconfigure(one, |agreed| agreed.direction = Direction::Inactive);
    let sounds = vec![Sound::Tone { hz: TONES[2], dbm0: -10.0, ms: Some(200) }];
    simulation.command(Command::Play { leg, playback: 1, sounds, repeat: false });
    let before = simulation.phones[one].got.len();
    simulation.run(50);
    assert_eq!(simulation.phones[one].got.len(), before, "an inactive leg is sent nothing");
    assert_eq!(heard(&simulation)[two], [] as [usize; 0], "an inactive leg is not heard");
    assert!(!simulation.events.contains(&Event::PlayEnded { leg, playback: 1 }));
    simulation.reconfigure(one, |agreed| agreed.direction = Direction::SendRecv);
    simulation.run(20);
    assert!(simulation.events.contains(&Event::PlayEnded { leg, playback: 1 }));
    assert_eq!(heard(&simulation), [vec![1], vec![0]]);
    assert!(simulation.phones[one].got[before].marker, "sound that begins again is marked");
}

#[test]
fn packets_of_other_lengths_carry_the_same_sound() {
    for ptime_ms in [10, 30, 40, 60] {
        let mut simulation = Simulation::new();
        let room = simulation.room();
        let (speaker, listener) = (simulation.phone(room, Codec::Pcmu), simulation.phone(room, Codec::Pcmu));
        simulation.reconfigure(listener, |agreed| agreed.ptime_ms = ptime_ms);
        simulation.hear(room, &[(speaker, listener)]);
        simulation.phones[speaker].mouth = Mouth::Numbers(1);
        simulation.run(60);
        let sizes =
            simulation.phones[listener].got.iter().all(|got| got.payload.len() == usize::from(ptime_ms) * 8);
        assert!(sizes, "{ptime_ms} ms");
        let bytes: Vec<u8> =
            simulation.phones[listener].got.iter().flat_map(|got| got.payload.clone()).collect();
        let begin = bytes.windows(160).position(|frame| frame == super::simulation::numbered(1)).unwrap();
        for (place, frame) in bytes[begin..].chunks_exact(160).enumerate() {
            assert_eq!(frame, super::simulation::numbered(1 + place as u32), "{ptime_ms} ms");
        }
    }
}
