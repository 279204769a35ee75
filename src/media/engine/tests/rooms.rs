//! The recording of a room, over real sockets into real files.

use super::*;
use crate::media::Side;
use crate::media::recording::metadata::Document;

#[test]
fn a_room_is_recorded_into_files_that_play_at_every_moment() {
    let folder = std::env::temp_dir().join(format!("hovor-room-{}", std::process::id()));
    let mut bench = Bench::new(2, apart(90)..=apart(99), |_| {});
    let room = bench.room();
    let (mut client, mut operator) = (bench.phone(room), bench.phone(room));
    let rows = [Row { from: client.leg, to: operator.leg }, Row { from: operator.leg, to: client.leg }];
    bench.send(Command::Hear { room, rows: rows.into() });
    let stem = folder.join("day/session");
    bench.send(Command::RecordRoom { room, recording: 4, stem: stem.clone(), per_party: false });
    let sides = [(client.leg, Side::Client), (operator.leg, Side::Company)].into();
    bench.send(Command::RecordSides { room, sides, mark: None });
    let wav = folder.join("day/session.wav");
    let read =
        || -> Vec<i16> { hound::WavReader::open(&wav).unwrap().samples().map(Result::unwrap).collect() };
    let mut lengths = vec![];
    let begun = Instant::now();
    every_tick(150, |tick| {
        client.say(&[0x11; 160]);
        operator.say(&[0x22; 160]);
        if tick > 0 && tick % 30 == 0 {
            // What a crash would leave.
            lengths.push(read().len() / 2);
        }
    });
    bench.send(Command::Close { leg: client.leg });
    bench.send(Command::Close { leg: operator.leg });
    let took = begun.elapsed().as_millis() as usize;
    let recorded = loop {
        let event = bench.event();
        if let Event::RoomRecorded { .. } = &event {
            break event;
        }
    };
    let json = folder.join("day/session.json");
    let Event::RoomRecorded { recording: 4, files, json: told, ms, incomplete_ms, error: None, .. } =
        recorded
    else {
        panic!("{recorded:?}")
    };
    assert_eq!((files, told), (vec![wav.clone()], json.clone()));
    assert!(lengths.is_sorted() && lengths[3] >= 8_000, "the header was brought up to date: {lengths:?}");
    let samples = read();
    assert_eq!(samples.len(), ms as usize * 16);
    assert!((took - 60..took + 60).contains(&(ms as usize)), "{ms} ms of {took}");
    let said = crate::media::codec::g711::decode_ulaw;
    let count =
        |side: usize, sample: i16| samples.iter().skip(side).step_by(2).filter(|it| **it == sample).count();
    let (left, right) = (count(0, said(0x11)), count(1, said(0x22)));
    assert!(left >= 130 * 160 && right >= 130 * 160, "{left} and {right} samples of 150 frames");
    assert_eq!((count(0, said(0x22)), count(1, said(0x11))), (0, 0));
    assert!(bench.engine.metrics().packets_forwarded > 200, "packets were passed on as they came");
    let document: Document = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
    assert_eq!((document.ms, document.parties.len(), incomplete_ms), (ms, 2, 0));
    assert!(document.complete);
    std::fs::remove_dir_all(folder).unwrap();
}
