//! Recordings of rooms.

use std::collections::BTreeMap;
use std::time::Duration;

use super::codecs::worst_step;
use super::phone::FEC;
use super::simulation::{Mouth, Simulation, number_of};
use crate::id::RoomId;
use crate::media::codec::Encoder;
use crate::media::recording::metadata::{Document, Written};
use crate::media::recording::room::RoomStep;
use crate::media::tone::{Oscillator, goertzel};
use crate::media::worker::{RecordStep, TICK};
use crate::media::{Command, FRAME, Mark, RATE, Side};
use crate::sdp::Codec;

/// A recording as its files would hold it.
#[derive(Default)]
pub struct Recorded {
    /// Sound by track; samples of the stereo track are apart: 0 is the left, `RIGHT` the right.
    pub tracks: BTreeMap<u16, Vec<i16>>,
    /// Samples that it holds so far, or when it ended.
    pub length: usize,
    pub document: Option<Document>,
}

pub const LEFT: u16 = 0;
pub const RIGHT: u16 = u16::MAX;

impl Recorded {
    /// What the worker handed over of this recording.
    pub fn of(simulation: &Simulation, wanted: u64) -> Self {
        let mut recorded = Self::default();
        for step in &simulation.records {
            let RecordStep::Room(step) = step else { continue };
            if step.key().recording == wanted {
                recorded.take(step);
            }
        }
        let length = recorded.length;
        recorded.tracks.values_mut().for_each(|track| track.resize(length, 0));
        recorded
    }

    fn take(&mut self, step: &RoomStep) {
        match step {
            RoomStep::Begin { .. } => {}
            RoomStep::Sound { offset, length, tracks, .. } => {
                for track in tracks {
                    let stereo = track.number == 0;
                    for (place, sample) in track.samples.iter().enumerate() {
                        let right = stereo && place % 2 == 1;
                        let file = self.tracks.entry(if right { RIGHT } else { track.number }).or_default();
                        let place = *offset as usize + if stereo { place / 2 } else { place };
                        assert!(place >= file.len(), "written twice");
                        file.resize(place, 0);
                        file.push(*sample);
                    }
                }
                self.length = (*offset + *length) as usize;
            }
            RoomStep::End { length, metadata, .. } => {
                self.length = *length as usize;
                self.document = Some(metadata.document(&[(0, "x.wav".into())], Written::default()));
            }
        }
    }

    /// Level of a tone in a track from one frame until another.
    pub fn level(&self, track: u16, hz: f32, frames: std::ops::Range<usize>) -> f32 {
        let samples = self.tracks.get(&track).map_or(&[][..], Vec::as_slice);
        goertzel(samples.get(frames.start * FRAME..frames.end * FRAME).unwrap_or(&[]), hz, RATE)
    }

    /// The numbers of the frames of a track that hold one.
    fn numbers(&self, track: u16) -> Vec<u32> {
        let number = |frame: &[i16]| {
            let mut payload = vec![];
            Encoder::new(Codec::Pcma, FEC).encode(frame, &mut payload);
            number_of(&payload)
        };
        self.tracks[&track].chunks(FRAME).filter_map(number).collect()
    }
}

pub fn record(simulation: &mut Simulation, room: RoomId, recording: u64, per_party: bool) {
    simulation.command(Command::RecordRoom { room, recording, stem: "x".into(), per_party });
}

pub fn sides(simulation: &mut Simulation, room: RoomId, sides: &[(usize, Side)], mark: Option<Mark>) {
    let sides = sides.iter().map(|(phone, side)| (simulation.leg(*phone), *side)).collect();
    simulation.command(Command::RecordSides { room, sides, mark });
}

/// A room of phones that say tones, the first of which is the client's.
fn call(tones: &[f32]) -> (Simulation, RoomId) {
    let mut simulation = Simulation::new();
    let room = simulation.room();
    for hz in tones {
        simulation.tone_phone(room, *hz);
    }
    simulation.hear(room, &[(0, 1), (1, 0)]);
    simulation.run(20);
    (simulation, room)
}

#[test]
fn the_client_is_on_the_left_the_company_on_the_right_and_nothing_of_the_time_is_missing() {
    let (mut simulation, room) = call(&[400.0, 700.0]);
    record(&mut simulation, room, 1, false);
    sides(&mut simulation, room, &[(0, Side::Client), (1, Side::Company)], None);
    simulation.run(107);
    simulation.command(Command::StopRecordRoom { room });
    simulation.run(50);
    let recorded = Recorded::of(&simulation, 1);
    assert_eq!(recorded.length, 107 * FRAME);
    for (track, theirs, others) in [(LEFT, 400.0, 700.0), (RIGHT, 700.0, 400.0)] {
        assert!(recorded.level(track, theirs, 5..107) > -10.5, "{}", recorded.level(track, theirs, 5..107));
        assert!(recorded.level(track, others, 5..107) < -50.0);
    }
    let document = recorded.document.unwrap();
    assert_eq!((document.parties.len(), document.spoke.len()), (2, 2));
    assert!(document.spoke.iter().all(|spoken| spoken.when.from_ms <= 60 && spoken.when.to_ms == 2_140));
    // The packets themselves were passed on as they came.
    let forwarded = simulation.phones[0].got.iter().rev().take(100).all(|got| got.at.0 % 20_000 == 5_000);
    assert!(forwarded);
}

#[test]
fn in_a_private_consult_the_company_is_silent_and_the_document_says_why() {
    let (mut simulation, room) = call(&[400.0, 700.0, 1_000.0]);
    record(&mut simulation, room, 1, false);
    sides(&mut simulation, room, &[(0, Side::Client), (1, Side::Company)], None);
    simulation.run(50);
    simulation.hear(room, &[(1, 2), (2, 1)]);
    sides(&mut simulation, room, &[(0, Side::Client)], Some(Mark::Private));
    simulation.run(50);
    simulation.hear(room, &[(0, 1), (1, 0), (0, 2), (2, 0), (1, 2), (2, 1)]);
    sides(&mut simulation, room, &[(0, Side::Client), (1, Side::Company), (2, Side::Company)], None);
    simulation.run(50);
    simulation.command(Command::StopRecordRoom { room });
    let recorded = Recorded::of(&simulation, 1);
    assert_eq!(recorded.length, 150 * FRAME);
    assert!(recorded.tracks[&RIGHT][50 * FRAME..100 * FRAME].iter().all(|sample| *sample == 0));
    assert!(recorded.level(LEFT, 400.0, 50..100) > -10.5, "the client is not private");
    for hz in [700.0, 1_000.0] {
        assert!(recorded.level(RIGHT, hz, 105..150) > -10.5);
    }
    let document = recorded.document.unwrap();
    let marked: Vec<_> =
        document.marks.iter().map(|mark| (mark.mark, mark.when.from_ms, mark.when.to_ms)).collect();
    assert_eq!(marked, [(Mark::Private, 1_000, 2_000)]);
    let third = document.parties.iter().find(|party| party.leg == simulation.leg(2)).unwrap();
    assert_eq!((third.present.len(), third.recorded.len()), (1, 1));
    assert_eq!((third.present[0].from_ms, third.recorded[0].when.from_ms), (0, 2_000));
}

#[test]
fn ten_thousand_frames_are_recorded_once_each_however_often_the_path_of_packets_changes() {
    let mut simulation = Simulation::new();
    let room = simulation.room();
    let (client, operator) = (simulation.phone(room, Codec::Pcma), simulation.phone(room, Codec::Pcma));
    simulation.phone(room, Codec::Pcma);
    for phone in [client, operator] {
        simulation.phones[phone].mouth = Mouth::Numbers(1);
    }
    record(&mut simulation, room, 1, false);
    sides(&mut simulation, room, &[(client, Side::Client), (operator, Side::Company)], None);
    // Passed on, mixed because somebody listens too, heard by nobody, and passed on one way.
    let tables: [&[(usize, usize)]; 4] =
        [&[(0, 1), (1, 0)], &[(0, 1), (1, 0), (0, 2), (1, 2)], &[], &[(1, 0)]];
    for turn in 0..1_000 {
        simulation.hear(room, tables[turn * 7 % 4]);
        simulation.run(1 + turn * 13 % 19);
    }
    let ticks = (0..1_000).map(|turn| 1 + turn * 13 % 19).sum::<usize>();
    assert!(ticks >= 9_900);
    simulation.command(Command::StopRecordRoom { room });
    let recorded = Recorded::of(&simulation, 1);
    assert_eq!(recorded.length, ticks * FRAME);
    for track in [LEFT, RIGHT] {
        let numbers = recorded.numbers(track);
        assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "a frame is missing or there twice");
        assert!(
            numbers.len() + 4 >= ticks && numbers[0] <= 2,
            "{} of {ticks} from {}",
            numbers.len(),
            numbers[0]
        );
    }
    simulation.phones.iter().for_each(|phone| phone.assert_continuous());
}

#[test]
fn files_of_parties_begin_together_whoever_comes_and_goes() {
    let (mut simulation, room) = call(&[400.0, 700.0]);
    let waiting = simulation.room();
    let late = simulation.tone_phone(waiting, 1_000.0);
    record(&mut simulation, room, 1, true);
    let all = [(0, Side::Client), (1, Side::Company), (late, Side::Company)];
    sides(&mut simulation, room, &all, None);
    simulation.run(60);
    simulation.command(Command::Move { leg: simulation.leg(late), room });
    simulation.hear(room, &[(0, late), (late, 0)]);
    simulation.run(30);
    simulation.command(Command::Close { leg: simulation.leg(1) });
    simulation.run(33);
    simulation.command(Command::StopRecordRoom { room });
    let recorded = Recorded::of(&simulation, 1);
    assert_eq!((recorded.length, recorded.tracks.len()), (123 * FRAME, 3));
    let loud = |track: u16, hz: f32, frames| recorded.level(track, hz, frames) > -10.5;
    assert!(loud(1, 400.0, 5..123) && loud(2, 700.0, 5..88) && loud(3, 1_000.0, 65..123));
    assert!(recorded.tracks[&3][..60 * FRAME].iter().all(|sample| *sample == 0), "it was not there yet");
    assert!(recorded.tracks[&2][90 * FRAME..].iter().all(|sample| *sample == 0), "it was gone");
    let document = recorded.document.unwrap();
    let present = |phone| {
        let leg = simulation.leg(phone);
        let party = document.parties.iter().find(|party| party.leg == leg).unwrap();
        (party.present[0].from_ms, party.present[0].to_ms)
    };
    assert_eq!([present(0), present(1), present(late)], [(0, 2_460), (0, 1_800), (1_200, 2_460)]);
}

#[test]
fn it_ends_when_it_is_replaced_and_when_the_last_leg_leaves() {
    let (mut simulation, room) = call(&[400.0, 700.0]);
    record(&mut simulation, room, 1, false);
    simulation.run(10);
    record(&mut simulation, room, 2, false);
    simulation.run(10);
    for phone in [0, 1] {
        assert!(Recorded::of(&simulation, 2).document.is_none());
        simulation.command(Command::Close { leg: simulation.leg(phone) });
    }
    simulation.run(10);
    for recording in [1, 2] {
        let recorded = Recorded::of(&simulation, recording);
        assert_eq!((recorded.length, recorded.document.is_some()), (10 * FRAME, true), "{recording}");
    }
    assert_eq!(simulation.workers[0].rooms(), 0);
}

#[test]
fn a_room_to_which_nobody_comes_is_not_recorded_for_ever() {
    let mut simulation = Simulation::new();
    let room = simulation.room();
    record(&mut simulation, room, 1, false);
    simulation.run(300);
    assert!(Recorded::of(&simulation, 1).document.is_some());
    assert_eq!(simulation.workers[0].rooms(), 0);
}

#[test]
fn a_recording_survives_a_fault_in_its_room() {
    let (mut simulation, room) = call(&[400.0, 700.0]);
    record(&mut simulation, room, 1, false);
    simulation.run(30);
    simulation.workers[0].in_room(room, simulation.now, |_, _| panic!("a planted fault"));
    simulation.collect();
    let recorded = Recorded::of(&simulation, 1);
    assert_eq!((recorded.length, recorded.document.is_some()), (30 * FRAME, true));
}

#[test]
fn several_loud_operators_do_not_clip() {
    let (mut simulation, room) = call(&[400.0, 550.0, 700.0, 850.0]);
    for (phone, hz) in [(1, 550.0), (2, 700.0), (3, 850.0)] {
        simulation.phones[phone].mouth = Mouth::Tone(Oscillator::new(hz, 2.0, RATE));
    }
    record(&mut simulation, room, 1, false);
    let company = [(1, Side::Company), (2, Side::Company), (3, Side::Company)];
    sides(&mut simulation, room, &company, None);
    simulation.run(100);
    simulation.command(Command::StopRecordRoom { room });
    let recorded = Recorded::of(&simulation, 1);
    let flat = recorded.tracks[&RIGHT]
        .windows(3)
        .filter(|three| three[0].abs() > 30_000 && three[0] == three[1] && three[1] == three[2]);
    assert_eq!(flat.count(), 0, "a peak was cut off");
    for hz in [550.0, 700.0, 850.0] {
        assert!(recorded.level(RIGHT, hz, 10..90) > -6.0);
    }
}

#[test]
fn ticks_that_a_late_thread_leaves_out_are_silence_of_the_same_length() {
    let (mut simulation, room) = call(&[400.0, 700.0]);
    record(&mut simulation, room, 1, false);
    sides(&mut simulation, room, &[(0, Side::Client)], None);
    simulation.run(40);
    simulation.now += TICK * 10;
    simulation.run(40);
    simulation.command(Command::StopRecordRoom { room });
    let recorded = Recorded::of(&simulation, 1);
    assert_eq!(recorded.length, 90 * FRAME);
    assert!(recorded.level(LEFT, 400.0, 5..40) > -10.5 && recorded.level(LEFT, 400.0, 55..90) > -10.5);
    assert!(recorded.tracks[&LEFT][40 * FRAME..50 * FRAME].iter().all(|sample| *sample == 0));
    assert_eq!(simulation.now.since(crate::time::Time(20_000_000)), Duration::from_millis(20 * 110));
}

#[test]
fn a_recording_loses_and_doubles_nothing_while_codecs_and_the_rate_of_the_room_change() {
    let mut simulation = Simulation::new();
    let room = simulation.room();
    let client = simulation.tone_phone_of(room, 440.0, Codec::G722);
    let operator = simulation.tone_phone_of(room, 700.0, Codec::Opus);
    let [narrow, wide, full] =
        [Codec::Pcma, Codec::G722, Codec::Opus].map(|codec| simulation.phone(room, codec));
    simulation.hear(room, &[(client, narrow)]);
    simulation.run(20);
    record(&mut simulation, room, 1, false);
    sides(&mut simulation, room, &[(client, Side::Client), (operator, Side::Company)], None);
    // The room mixes at 8, 16 and 48 kHz; packets are passed on, too.
    let tables: [&[(usize, usize)]; 5] = [
        &[(client, narrow), (operator, narrow)],
        &[(client, operator), (operator, client)],
        &[(client, full), (operator, full), (full, operator)],
        &[(client, wide), (wide, client), (operator, full)],
        &[],
    ];
    for turn in 0..150 {
        simulation.hear(room, tables[turn * 3 % 5]);
        simulation.run(1 + turn * 13 % 19);
    }
    let ticks = (0..150).map(|turn| 1 + turn * 13 % 19).sum::<usize>();
    simulation.command(Command::StopRecordRoom { room });
    let recorded = Recorded::of(&simulation, 1);
    assert_eq!(recorded.length, ticks * FRAME);
    for (track, hz) in [(LEFT, 440.0), (RIGHT, 700.0)] {
        let seconds = recorded.length / RATE as usize;
        for second in 1..seconds {
            let level = recorded.level(track, hz, second * 50..second * 50 + 50);
            assert!((level + 10.0).abs() < 0.5, "{track}, second {second}: {level} dBm0");
        }
        // One sample would move the tone by this.
        let sample = f64::from(hz) / f64::from(RATE);
        let worst = worst_step(&recorded.tracks[&track], f64::from(hz), RATE);
        assert!(worst < sample / 4.0, "{track}: {worst} turns of {sample}");
    }
}

#[test]
fn a_recording_goes_on_when_a_party_agrees_on_another_codec() {
    let (mut simulation, room) = call(&[400.0, 700.0]);
    record(&mut simulation, room, 1, false);
    sides(&mut simulation, room, &[(0, Side::Client), (1, Side::Company)], None);
    let codecs = [Codec::Opus, Codec::G722, Codec::Pcmu, Codec::Opus, Codec::Pcma];
    for codec in codecs {
        simulation.phones[0].change_codec(codec);
        let tone = Oscillator::new(400.0, -10.0, crate::media::codec::sample_rate(codec));
        simulation.phones[0].mouth = Mouth::Tone(tone);
        simulation.reconfigure(0, |_| ());
        simulation.run(50);
    }
    simulation.command(Command::StopRecordRoom { room });
    let recorded = Recorded::of(&simulation, 1);
    assert_eq!(recorded.length, codecs.len() * 50 * FRAME);
    for (place, codec) in codecs.iter().enumerate() {
        let frames = place * 50 + 15..place * 50 + 50;
        let levels = [recorded.level(LEFT, 400.0, frames.clone()), recorded.level(RIGHT, 700.0, frames)];
        assert!(levels.iter().all(|level| (level + 10.0).abs() < 1.0), "{codec}: {levels:?}");
    }
}
