//! Keys as events and as tones, and from one to the other.

use super::simulation::{KEYS, Simulation};
use crate::media::codec::{self, Codec};
use crate::media::dtmf::{Detector, Receiver, Tones};
use crate::media::resample::Converter;
use crate::media::{Command, Event, RATE};
use crate::sdp::Agreed;

/// A peer that knows no events.
fn without_events(agreed: &mut Agreed) {
    (agreed.dtmf_payload_type, agreed.receive_dtmf_payload_type) = (None, None);
}

/// The keys that a phone was sent as events.
fn events(simulation: &Simulation, phone: usize) -> String {
    let mut receiver = Receiver::new();
    let phone = &simulation.phones[phone];
    for got in phone.got.iter().filter(|got| got.payload_type == KEYS) {
        receiver.receive(got.timestamp, &got.payload, phone.codec.clock_rate(), got.at);
    }
    std::iter::from_fn(|| receiver.poll_output()).map(|digit| digit.key).collect()
}

/// The keys that a phone heard as tones.
fn tones(simulation: &Simulation, phone: usize) -> String {
    let phone = &simulation.phones[phone];
    let samples = Converter::default().convert(phone.samples(), codec::sample_rate(phone.codec), RATE);
    let mut detector = Detector::default();
    detector.hear(&samples);
    detector.hear(&[0; 800]);
    std::iter::from_fn(|| detector.poll_output()).map(|digit| digit.key).collect()
}

fn reported(simulation: &Simulation) -> Vec<(char, u32)> {
    let digit = |event: &Event| match event {
        Event::Digit { digit, ms, .. } => Some((*digit, *ms)),
        _ => None,
    };
    simulation.events.iter().filter_map(digit).collect()
}

/// What a phone without events says when these keys are pressed.
fn pressed(keys: &str, codec: Codec) -> super::simulation::Mouth {
    let rate = codec::sample_rate(codec);
    let (mut tones, mut says) = (Tones::default(), vec![0; rate as usize / 10]);
    tones.queue(keys);
    let mut frame = vec![0; rate as usize / 50];
    while tones.fill(&mut frame, rate) {
        says.extend_from_slice(&frame);
    }
    super::simulation::Mouth::Says(says)
}

#[test]
fn keys_are_sent_to_each_leg_as_it_takes_them() {
    for codec in Codec::ALL.iter().copied() {
        let mut simulation = Simulation::new();
        let room = simulation.room();
        let (with, without) = (simulation.phone(room, codec), simulation.phone(room, codec));
        simulation.reconfigure(without, without_events);
        for phone in [with, without] {
            simulation.command(Command::SendDigits { leg: simulation.leg(phone), digits: "159*#D".into() });
        }
        simulation.run(80);
        assert_eq!(
            (events(&simulation, with), tones(&simulation, with)),
            ("159*#D".into(), String::new()),
            "{codec}"
        );
        assert_eq!(
            (events(&simulation, without), tones(&simulation, without)),
            (String::new(), "159*#D".into())
        );
        simulation.phones.iter().for_each(|phone| phone.assert_continuous());
    }
}

#[test]
fn keys_pressed_as_tones_are_reported_and_become_events_for_who_takes_them() {
    for codec in Codec::ALL.iter().copied() {
        let mut simulation = Simulation::new();
        let room = simulation.room();
        let (caller, with, without) = (
            simulation.phone(room, codec),
            simulation.phone(room, Codec::Pcma),
            simulation.phone(room, Codec::Pcmu),
        );
        simulation.reconfigure(caller, without_events);
        simulation.reconfigure(without, without_events);
        simulation.hear(room, &[(caller, with), (caller, without), (with, caller)]);
        simulation.phones[caller].mouth = pressed("0123456789*#ABCD", codec);
        simulation.run(220);
        let found = reported(&simulation);
        assert_eq!(found.iter().map(|(key, _)| *key).collect::<String>(), "0123456789*#ABCD", "{codec}");
        assert!(found.iter().all(|(_, ms)| (75..=125).contains(ms)), "{codec}: {found:?}");
        assert_eq!(events(&simulation, with), "0123456789*#ABCD", "{codec}");
        assert_eq!(tones(&simulation, with), "", "{codec}: not twice");
        assert_eq!(tones(&simulation, without), "0123456789*#ABCD", "{codec}: as they came, once");
    }
}

#[test]
fn keys_pressed_as_events_become_tones_for_who_takes_none() {
    let mut simulation = Simulation::new();
    let room = simulation.room();
    let (caller, called) = (simulation.phone(room, Codec::Pcma), simulation.phone(room, Codec::Pcma));
    simulation.reconfigure(called, without_events);
    simulation.hear(room, &[(caller, called), (called, caller)]);
    simulation.run(20);
    for key in [1, 2, 11] {
        simulation.press(caller, key);
        simulation.run(15);
    }
    simulation.run(20);
    assert_eq!(tones(&simulation, called), "12#");
    assert_eq!(reported(&simulation), [('1', 100), ('2', 100), ('#', 100)]);
    simulation.phones[called].assert_continuous();
}

#[test]
fn a_leg_without_events_is_listened_to_and_one_with_them_is_passed_on() {
    for (events, passed_on) in [(true, true), (false, false)] {
        let mut simulation = Simulation::new();
        let room = simulation.room();
        let (one, two) = (simulation.tone_phone(room, 440.0), simulation.phone(room, Codec::Pcma));
        if !events {
            simulation.reconfigure(one, without_events);
        }
        simulation.hear(room, &[(one, two), (two, one)]);
        simulation.run(20);
        let came = simulation.phones[two].got.last().unwrap().at;
        assert_eq!(!came.0.is_multiple_of(20_000), passed_on);
    }
}

#[test]
fn keys_of_a_phone_that_counts_them_by_another_clock_than_its_sound_are_as_long_as_they_were() {
    for clock in [8_000, 48_000] {
        let mut simulation = Simulation::new();
        let room = simulation.room();
        let phone = simulation.phone(room, Codec::Opus);
        simulation.reconfigure(phone, |agreed| agreed.dtmf_clock_rate = clock);
        let timestamp = simulation.phones[phone].timestamp;
        for (step, end) in [(1, false), (3, false), (5, true)] {
            let [high, low] = u16::try_from(step * clock / 50).unwrap().to_be_bytes();
            let bytes =
                simulation.phones[phone].bytes(KEYS, timestamp, &[7, u8::from(end) << 7 | 10, high, low]);
            simulation.send(phone, &bytes);
            simulation.run(1);
        }
        simulation.run(3);
        assert_eq!(reported(&simulation), [('7', 100)], "{clock}");
    }
}
