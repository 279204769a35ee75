//! Six parties who each say a tone of their own: at every listener, and in the recording, a filter shows whose is heard.

use super::recordings::{LEFT, RIGHT, Recorded, record, sides};
use super::simulation::{Mouth, Simulation};
use super::wire::{Trouble, Wire};
use crate::id::RoomId;
use crate::media::tone::{Oscillator, goertzel};
use crate::media::{Command, FRAME, RATE, Side, Sound};
use crate::sdp::Codec;

/// What the parties say, and the music. All go into a frame without a rest, so that one frame tells them apart.
const TONES: [f32; 7] = [400.0, 550.0, 700.0, 850.0, 1_000.0, 1_150.0, 1_450.0];
const MUSIC: usize = 6;
/// Six of them do not reach the limiter.
const DBM0: f32 = -17.0;

/// One table of a room: a client (0), operators (1 to 4) and a supervisor (5).
struct Case {
    name: &'static str,
    rows: Vec<(usize, usize)>,
    held: &'static [usize],
    recorded: &'static [usize],
    hears: [&'static [usize]; 6],
}

fn both(one: usize, two: usize) -> [(usize, usize); 2] {
    [(one, two), (two, one)]
}

fn cases() -> Vec<Case> {
    let pairs = (0..6).flat_map(|from| (0..6).map(move |to| (from, to)));
    let six: Vec<(usize, usize)> = pairs.filter(|(from, to)| from != to).collect();
    let case = |name, rows: &[(usize, usize)], held, recorded, hears| Case {
        name,
        rows: rows.to_vec(),
        held,
        recorded,
        hears,
    };
    let call = both(0, 1);
    let with = |more: &[(usize, usize)]| [&call[..], more].concat();
    vec![
        case("two parties", &call, &[], &[0, 1], [&[1], &[0], &[], &[], &[], &[]]),
        case("hold", &[], &[0], &[0], [&[MUSIC], &[], &[], &[], &[], &[]]),
        case("resume", &call, &[], &[0, 1], [&[1], &[0], &[], &[], &[], &[]]),
        case("consult", &both(1, 2), &[0], &[0], [&[MUSIC], &[2], &[1], &[], &[], &[]]),
        case(
            "conference of six",
            &six,
            &[],
            &[0, 1, 2, 3, 4, 5],
            [
                &[1, 2, 3, 4, 5],
                &[0, 2, 3, 4, 5],
                &[0, 1, 3, 4, 5],
                &[0, 1, 2, 4, 5],
                &[0, 1, 2, 3, 5],
                &[0, 1, 2, 3, 4],
            ],
        ),
        case("mute", &[(0, 1), (0, 2), (2, 0), (2, 1)], &[], &[0, 2], [&[2], &[0, 2], &[0], &[], &[], &[]]),
        case("listen", &with(&[(0, 5), (1, 5)]), &[], &[0, 1], [&[1], &[0], &[], &[], &[], &[0, 1]]),
        case(
            "whisper",
            &with(&[(0, 5), (1, 5), (5, 1)]),
            &[],
            &[0, 1],
            [&[1], &[0, 5], &[], &[], &[], &[0, 1]],
        ),
        case(
            "barge",
            &with(&[(0, 5), (1, 5), (5, 1), (5, 0)]),
            &[],
            &[0, 1, 5],
            [&[1, 5], &[0, 5], &[], &[], &[], &[0, 1]],
        ),
        case("transfer", &both(0, 3), &[], &[0, 3], [&[3], &[], &[], &[0], &[], &[]]),
        case("all held", &[], &[0, 1, 2], &[], [&[MUSIC], &[MUSIC], &[MUSIC], &[], &[], &[]]),
    ]
}

fn parties() -> (Simulation, RoomId) {
    let mut simulation = Simulation::with_workers(2);
    let room = simulation.room();
    for hz in &TONES[..6] {
        let phone = simulation.phone(room, Codec::Pcma);
        simulation.phones[phone].mouth = Mouth::Tone(Oscillator::new(*hz, DBM0, RATE));
    }
    (simulation, room)
}

/// Sets the table, the music and the recording, in one step between two frames.
fn set(simulation: &mut Simulation, room: RoomId, case: &Case) {
    for phone in 0..6 {
        let leg = simulation.leg(phone);
        let sounds = vec![Sound::Tone { hz: TONES[MUSIC], dbm0: DBM0, ms: Some(1_000) }];
        simulation.command(match case.held.contains(&phone) {
            true => Command::Music { leg, playback: 1, sounds },
            false => Command::StopPlay { leg },
        });
    }
    simulation.hear(room, &case.rows);
    let side = |phone: usize| if phone == 0 { Side::Client } else { Side::Company };
    let recorded: Vec<(usize, Side)> = case.recorded.iter().map(|phone| (*phone, side(*phone))).collect();
    sides(simulation, room, &recorded, None);
}

/// Which tones are in these samples. One that is neither heard nor absent fails.
fn tones(samples: &[i16], what: &str) -> Vec<usize> {
    let heard = |tone: &usize| {
        let level = goertzel(samples, TONES[*tone], RATE);
        assert!(!(DBM0 - 10.0..=DBM0 - 6.0).contains(&level), "{what}: {} Hz at {level}", TONES[*tone]);
        level > DBM0 - 6.0
    };
    (0..TONES.len()).filter(heard).collect()
}

/// A tone in these samples that should not be there.
fn leaks(samples: &[i16], expected: &[usize]) -> Option<usize> {
    let heard =
        |tone: usize| samples.chunks(FRAME).any(|frame| goertzel(frame, TONES[tone], RATE) > DBM0 - 8.0);
    (0..TONES.len()).find(|tone| !expected.contains(tone) && heard(*tone))
}

fn check_phones(simulation: &Simulation, case: &Case, frames: usize) {
    for (phone, expected) in case.hears.iter().enumerate() {
        let samples = simulation.phones[phone].samples();
        let last = &samples[samples.len() - frames * FRAME..];
        let what = format!("{}, at {phone}", case.name);
        assert_eq!(tones(last, &what), *expected, "{what}");
    }
}

fn check_recording(recorded: &Recorded, case: &Case, frames: std::ops::Range<usize>) {
    let place = |frame: usize| (frame * FRAME).min(recorded.length);
    for (track, is_client) in [(LEFT, true), (RIGHT, false)] {
        let samples = &recorded.tracks[&track][place(frames.start)..place(frames.end)];
        let expected: Vec<usize> =
            case.recorded.iter().copied().filter(|phone| (*phone == 0) == is_client).collect();
        let what = format!("{}, recorded on {track}", case.name);
        assert_eq!(tones(samples, &what), expected, "{what}");
    }
}

#[test]
fn every_table_is_heard_and_recorded_exactly_and_from_the_next_frame_on() {
    let (mut simulation, room) = parties();
    simulation.run(20);
    record(&mut simulation, room, 1, false);
    for case in &cases() {
        set(&mut simulation, room, case);
        let before: Vec<usize> = simulation.phones.iter().map(|phone| phone.samples().len()).collect();
        simulation.run(1);
        for (phone, before) in before.into_iter().enumerate() {
            let leaks = leaks(&simulation.phones[phone].samples()[before..], case.hears[phone]);
            assert_eq!(leaks, None, "{}: the next frame at {phone}", case.name);
        }
        // Who was passed on to another before is heard within the 60 ms of a jitter buffer that begins.
        simulation.run(3);
        check_phones(&simulation, case, 1);
        simulation.run(16);
        check_phones(&simulation, case, 15);
    }
    simulation.command(Command::StopRecordRoom { room });
    let recorded = Recorded::of(&simulation, 1);
    assert_eq!(recorded.length, cases().len() * 20 * FRAME);
    for (place, case) in cases().iter().enumerate() {
        // The sides change with the frame itself: those who are left out have been decoded all the time.
        check_recording(&recorded, case, place * 20 + 3..place * 20 + 20);
        let silent = |track: u16| {
            recorded.tracks[&track][place * 20 * FRAME..][..FRAME].iter().all(|sample| *sample == 0)
        };
        assert_eq!(
            silent(RIGHT),
            case.recorded.iter().all(|phone| *phone == 0),
            "{}: the first frame",
            case.name
        );
    }
    simulation.phones.iter().for_each(|phone| phone.assert_continuous());
}

#[test]
fn every_table_is_heard_and_recorded_over_a_bad_network() {
    let trouble = |skew_ppm, jitter_ms, lost_per_mille| Trouble { skew_ppm, jitter_ms, lost_per_mille };
    let (mut simulation, room) = parties();
    let mut wire = Wire::new(&simulation, &[trouble(200, 30, 20), trouble(-200, 45, 10), trouble(0, 10, 30)]);
    wire.run(&mut simulation, 50);
    record(&mut simulation, room, 1, false);
    for case in &cases() {
        set(&mut simulation, room, case);
        wire.run(&mut simulation, 50);
        check_phones(&simulation, case, 25);
    }
    simulation.command(Command::StopRecordRoom { room });
    let recorded = Recorded::of(&simulation, 1);
    assert_eq!(recorded.length, cases().len() * 50 * FRAME);
    for (place, case) in cases().iter().enumerate() {
        check_recording(&recorded, case, place * 50 + 20..place * 50 + 50);
    }
}

#[test]
fn a_leg_that_replaces_another_from_another_worker_is_heard_and_recorded_in_its_place() {
    let (mut simulation, room) = parties();
    let elsewhere = simulation.room();
    for phone in 2..6 {
        simulation.carry(phone, 1, elsewhere);
    }
    simulation.hear(room, &both(0, 1));
    simulation.hear_on(1, elsewhere, &both(2, 3));
    record(&mut simulation, room, 1, false);
    sides(&mut simulation, room, &[(0, Side::Client), (1, Side::Company), (3, Side::Company)], None);
    simulation.run(50);
    // The third comes, the second goes, both between the same two frames.
    simulation.carry(3, 0, room);
    simulation.carry(1, 1, elsewhere);
    simulation.hear(room, &both(0, 3));
    simulation.hear_on(1, elsewhere, &both(2, 1));
    simulation.run(50);
    let hears = |phone: usize| {
        let samples = simulation.phones[phone].samples();
        tones(&samples[samples.len() - 15 * FRAME..], "after the transfer")
    };
    assert_eq!([0, 1, 2, 3].map(hears), [[3], [2], [1], [0]]);
    simulation.command(Command::StopRecordRoom { room });
    let recorded = Recorded::of(&simulation, 1);
    assert_eq!(recorded.length, 100 * FRAME);
    let right =
        |frames: std::ops::Range<usize>| &recorded.tracks[&RIGHT][frames.start * FRAME..frames.end * FRAME];
    assert_eq!(tones(right(5..50), "before"), [1]);
    assert_eq!(tones(right(55..100), "after"), [3]);
    assert_eq!(tones(&recorded.tracks[&LEFT][5 * FRAME..], "the client"), [0]);
    simulation.phones.iter().for_each(|phone| phone.assert_continuous());
}

#[test]
fn clocks_that_differ_move_neither_the_recording_nor_what_is_heard_in_two_hundred_seconds() {
    let trouble = |skew_ppm| Trouble { skew_ppm, ..Trouble::default() };
    let (mut simulation, room) = parties();
    let mut wire = Wire::new(&simulation, &[trouble(200), trouble(-200), trouble(0)]);
    simulation.hear(room, &[(0, 1), (1, 0), (0, 2), (1, 2)]);
    wire.run(&mut simulation, 20);
    record(&mut simulation, room, 1, false);
    sides(&mut simulation, room, &[(0, Side::Client), (1, Side::Company)], None);
    let before: Vec<usize> = simulation.phones.iter().map(|phone| phone.got.len()).collect();
    wire.run(&mut simulation, 10_000);
    simulation.command(Command::StopRecordRoom { room });
    for (phone, before) in simulation.phones.iter().zip(before) {
        assert_eq!(phone.got.len() - before, 10_000);
        phone.assert_continuous();
    }
    let recorded = Recorded::of(&simulation, 1);
    assert_eq!(recorded.length, 10_000 * FRAME);
    for (track, hz) in [(LEFT, TONES[0]), (RIGHT, TONES[1])] {
        let quiet = recorded.tracks[&track]
            .chunks(FRAME)
            .skip(3)
            .filter(|frame| goertzel(frame, hz, RATE) < DBM0 - 6.0);
        assert_eq!(quiet.count(), 0, "a frame of {track} is silent");
    }
}
