//! Packets passed on as they come (law 5), and the changes between that and mixing.

use std::time::Duration;

use super::simulation::{KEYS, Mouth, Simulation, numbered};
use crate::id::RoomId;
use crate::media::{Command, Event, RecordLimits, Sound};
use crate::sdp::Codec;
use crate::time::Time;

/// Two phones that hear each other; the first says numbered frames.
fn pair() -> (Simulation, RoomId) {
    let mut simulation = Simulation::new();
    let room = simulation.room();
    simulation.phone(room, Codec::Pcma);
    simulation.phone(room, Codec::Pcma);
    simulation.hear(room, &[(0, 1), (1, 0)]);
    simulation.phones[0].mouth = Mouth::Numbers(1);
    (simulation, room)
}

fn assert_each_once(simulation: &Simulation, listener: usize, at_least: u32) {
    let numbers = simulation.phones[listener].numbers();
    assert!(numbers.len() >= at_least as usize, "only {} frames", numbers.len());
    assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "{numbers:?}");
    assert_eq!(numbers[0], 1, "the first frame is heard");
    simulation.phones[listener].assert_continuous();
}

#[test]
fn two_legs_of_one_codec_get_packets_when_they_come() {
    let (mut simulation, _) = pair();
    simulation.run(100);
    assert_each_once(&simulation, 1, 100);
    let last = simulation.phones[1].got.last().unwrap();
    let spoken = Time(simulation.now.0 - 15_000);
    assert_eq!(last.at, spoken, "it was passed on when it came, not with the tick");
    assert_ne!(last.ssrc, 7, "the stream is ours");
    assert_eq!(last.payload, numbered(100));
}

#[test]
fn payload_types_are_rewritten() {
    let (mut simulation, _) = pair();
    simulation.reconfigure(1, |agreed| {
        agreed.payload_type = 97;
        agreed.receive_payload_type = 97;
    });
    simulation.run(20);
    assert!(simulation.phones[1].got.iter().all(|got| got.payload_type == 97));
    assert_each_once(&simulation, 1, 20);
}

#[test]
fn changes_of_path_lose_and_double_no_frame_and_pile_up_no_delay() {
    let (mut simulation, room) = pair();
    simulation.phone(room, Codec::Pcma);
    for change in 0..200 {
        match change % 4 {
            // A third leg listens: the packets are mixed.
            0 => simulation.hear(room, &[(0, 1), (1, 0), (0, 2)]),
            // A recording needs samples.
            2 => {
                let limits = RecordLimits { max: Duration::from_secs(10), ..RecordLimits::default() };
                let (leg, path) = (simulation.leg(0), "x.wav".into());
                simulation.command(Command::Record { leg, recording: change, path, limits });
            }
            3 => simulation.command(Command::StopRecord { leg: simulation.leg(0) }),
            _ => simulation.hear(room, &[(0, 1), (1, 0)]),
        }
        simulation.run(7 + change as usize % 5);
    }
    simulation.run(20);
    let sent = simulation.phones[0].sequence.wrapping_sub(65_500);
    assert_each_once(&simulation, 1, u32::from(sent));
    let phone = &simulation.phones[1];
    let lead = |got: &super::simulation::Got| {
        i64::from(got.timestamp.wrapping_sub(phone.got[0].timestamp) / 8)
            - (got.at.0 - phone.got[0].at.0) as i64 / 1_000
    };
    let (first, last) = (lead(&phone.got[10]), lead(phone.got.last().unwrap()));
    assert!((first - last).abs() <= 60, "timestamps ran from {first} to {last} ms ahead of the clock");
}

#[test]
fn a_player_mixes_and_its_end_forwards_again() {
    let (mut simulation, _) = pair();
    simulation.run(20);
    let sounds = vec![Sound::Tone { hz: 440.0, dbm0: -20.0, ms: Some(400) }];
    simulation.command(Command::Play { leg: simulation.leg(1), playback: 1, sounds, repeat: false });
    simulation.run(10);
    assert!(simulation.phones[1].level(440.0, 100) > -25.0);
    simulation.run(30);
    let tail: Vec<u32> = simulation.phones[1].numbers().into_iter().rev().take(15).collect();
    assert_eq!(tail, (0..15).map(|back| 60 - back).collect::<Vec<u32>>());
    simulation.phones[1].assert_continuous();
}

#[test]
fn a_speaker_who_stops_leaves_silence_not_nothing() {
    let (mut simulation, _) = pair();
    simulation.run(20);
    simulation.phones[0].mouth = Mouth::Silent;
    simulation.run(100);
    let phone = &simulation.phones[1];
    assert!(phone.got.len() >= 105, "{}", phone.got.len());
    simulation.phones[0].mouth = Mouth::Numbers(21);
    simulation.run(20);
    assert_each_once(&simulation, 1, 40);
}

#[test]
fn comfort_noise_is_a_sign_of_life_and_leaves_no_gap() {
    for mixed in [false, true] {
        let (mut simulation, room) = pair();
        simulation.phone(room, Codec::Pcma);
        if mixed {
            simulation.hear(room, &[(0, 1), (1, 0), (0, 2)]);
        }
        simulation.run(20);
        simulation.phones[0].mouth = Mouth::Silent;
        for _ in 0..100 {
            let timestamp = simulation.phones[0].timestamp;
            let noise = simulation.phones[0].bytes(13, timestamp, &[70]);
            simulation.send(0, &noise);
            simulation.seconds(1);
        }
        simulation.phones[0].mouth = Mouth::Numbers(21);
        simulation.run(30);
        let silent = Event::Silent { leg: simulation.leg(0) };
        assert!(!simulation.events.contains(&silent));
        assert_each_once(&simulation, 1, 48);
    }
}

#[test]
fn a_phone_that_changes_its_codec_or_starts_again_is_followed_at_once() {
    let (mut simulation, _) = pair();
    simulation.reconfigure(0, |agreed| agreed.receive_also = vec![(0, Codec::Pcmu)]);
    simulation.run(20);
    simulation.phones[0].change_codec(Codec::Pcmu);
    simulation.phones[0].mouth = Mouth::Tone(crate::media::tone::Oscillator::new(440.0, -10.0, 8_000));
    simulation.run(30);
    assert!((simulation.phones[1].level(440.0, 400) + 10.0).abs() < 0.5);
    simulation.phones[0].change_codec(Codec::Pcma);
    simulation.run(10);
    // The same SSRC, but other numbers: the phone was restarted.
    simulation.phones[0].sequence = 30_000;
    simulation.phones[0].timestamp = 5;
    simulation.run(30);
    assert!((simulation.phones[1].level(440.0, 400) + 10.0).abs() < 0.5);
    simulation.phones[1].assert_continuous();
}

#[test]
fn legs_of_two_codecs_hear_each_other_through_the_mixer() {
    let mut simulation = Simulation::new();
    let room = simulation.room();
    let (one, two) = (simulation.tone_phone(room, 440.0), simulation.phone(room, Codec::Pcmu));
    simulation.hear(room, &[(one, two), (two, one)]);
    simulation.run(50);
    assert!((simulation.phones[two].level(440.0, 500) + 10.0).abs() < 0.5);
    assert!(simulation.phones[two].got.iter().all(|got| got.payload_type == 0));
}

#[test]
fn keys_are_reported_once_and_reach_those_who_hear_them_on_both_paths() {
    for mixed in [false, true] {
        let (mut simulation, room) = pair();
        simulation.phone(room, Codec::Pcma);
        simulation.reconfigure(2, |agreed| agreed.dtmf_payload_type = None);
        if mixed {
            simulation.hear(room, &[(0, 1), (1, 0), (0, 2)]);
        }
        simulation.run(10);
        for key in 0..16 {
            simulation.press(0, key);
            simulation.run(6);
        }
        simulation.run(30);
        let keys = |events: &[Event]| -> String {
            events
                .iter()
                .filter_map(|event| if let Event::Digit { digit, .. } = event { Some(*digit) } else { None })
                .collect()
        };
        assert_eq!(keys(&simulation.events), "0123456789*#ABCD");
        assert_eq!(heard_keys(&simulation, 1), "0123456789*#ABCD", "mixed: {mixed}");
        assert_eq!(heard_keys(&simulation, 2), "");
        assert_eq!(heard_keys(&simulation, 0), "");
        simulation.phones.iter().for_each(|phone| phone.assert_continuous());
    }
}

#[test]
fn keys_are_sent_one_after_the_other_and_sound_goes_on_after_them() {
    let (mut simulation, _) = pair();
    simulation.run(10);
    simulation.command(Command::SendDigits { leg: simulation.leg(1), digits: "12x#".into() });
    simulation.run(60);
    assert_eq!(heard_keys(&simulation, 1), "12#");
    let tail: Vec<u32> = simulation.phones[1].numbers().into_iter().rev().take(5).collect();
    assert_eq!(tail, [70, 69, 68, 67, 66]);
    simulation.phones[1].assert_continuous();
}

/// The keys a phone was sent.
fn heard_keys(simulation: &Simulation, listener: usize) -> String {
    let mut receiver = crate::media::dtmf::Receiver::new();
    for got in simulation.phones[listener].got.iter().filter(|got| got.payload_type == KEYS) {
        receiver.receive(got.timestamp, &got.payload, 8_000, got.at);
    }
    std::iter::from_fn(|| receiver.poll_output()).map(|digit| digit.key).collect()
}

#[test]
fn silence_begins_a_stream_only_after_those_who_were_connected_had_time_to_speak() {
    let (mut simulation, _) = pair();
    simulation.phones[0].mouth = Mouth::Silent;
    simulation.run(9);
    assert!(simulation.phones.iter().all(|phone| phone.got.is_empty()));
    simulation.run(10);
    assert!(simulation.phones.iter().all(|phone| phone.got.len() == 10), "now each tick has its frame");
    simulation.phones[0].mouth = Mouth::Numbers(1);
    simulation.run(20);
    assert_each_once(&simulation, 1, 19);
}
