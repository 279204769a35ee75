//! Latches, silence, reports, recordings, faults.

use std::net::SocketAddr;
use std::time::Duration;

use super::simulation::{Mouth, Simulation};
use crate::entropy::Entropy;
use crate::media::leg::RecordKey;
use crate::media::rtcp::Rtcp;
use crate::media::rtp::{ReceiverStatistics, RtpPacket, Sender};
use crate::media::worker::RecordStep;
use crate::media::{Command, Event, Quality, RATE, RecordEnd, RecordLimits, Sound};
use crate::sdp::{Codec, Direction};
use crate::time::{Epoch, UnixMs};

fn quality(simulation: &Simulation) -> &Quality {
    let quality = |event: &'_ Event| matches!(event, Event::Quality { .. } | Event::Closed { .. });
    match simulation.events.iter().rev().find(|event| quality(event)).unwrap() {
        Event::Quality { quality, .. } | Event::Closed { quality, .. } => quality,
        _ => unreachable!(),
    }
}

fn count(simulation: &Simulation, wanted: impl Fn(&Event) -> bool) -> usize {
    simulation.events.iter().filter(|event| wanted(event)).count()
}

#[test]
fn a_leg_holds_on_to_its_first_source_and_drops_others() {
    let mut simulation = Simulation::new();
    let room = simulation.room();
    let (one, two) = (simulation.phone(room, Codec::Pcma), simulation.phone(room, Codec::Pcma));
    simulation.hear(room, &[(one, two)]);
    simulation.phones[one].mouth = Mouth::Numbers(1);
    simulation.run(10);
    let stranger: SocketAddr = "198.51.100.9:666".parse().unwrap();
    for _ in 0..5 {
        let bytes = simulation.phones[one].bytes(8, 0, &[0x11; 160]);
        simulation.phones[one].sequence -= 1;
        simulation.send_from(one, &bytes, stranger);
    }
    simulation.send(one, b"no packet at all");
    simulation.run(10);
    let latched = Event::Latched { leg: simulation.leg(one), remote: simulation.phones[one].address };
    assert_eq!(count(&simulation, |event| *event == latched), 1);
    assert_eq!(simulation.phones[two].numbers(), (1..=20).collect::<Vec<u32>>());
    // A changed description opens the latch again: the stranger is now the peer.
    simulation.reconfigure(one, |agreed| agreed.remote = stranger);
    let bytes = simulation.phones[one].bytes(8, 4_000, &[0x11; 160]);
    simulation.send_from(one, &bytes, stranger);
    let latched = Event::Latched { leg: simulation.leg(one), remote: stranger };
    assert!(simulation.events.contains(&latched));
    simulation.command(Command::Close { leg: simulation.leg(one) });
    assert_eq!(quality(&simulation).packets_refused, 6);
}

#[test]
fn silence_is_reported_once_unless_the_leg_should_not_receive() {
    let mut simulation = Simulation::new();
    let room = simulation.room();
    let (quiet, held) = (simulation.phone(room, Codec::Pcma), simulation.phone(room, Codec::Pcma));
    simulation.reconfigure(held, |agreed| agreed.direction = Direction::SendOnly);
    let silent = |leg| move |event: &Event| *event == Event::Silent { leg };
    simulation.seconds(59);
    assert_eq!(count(&simulation, silent(simulation.leg(quiet))), 0);
    simulation.seconds(100);
    assert_eq!(count(&simulation, silent(simulation.leg(quiet))), 1);
    assert_eq!(count(&simulation, silent(simulation.leg(held))), 0);
    // A report is a sign of life too, and so is sound; after it the silence counts anew.
    let report = Rtcp::new("x".into(), Epoch(UnixMs(0)), Entropy::from_number(1), simulation.now).report(
        &Sender::new(RATE, &mut Entropy::from_number(2)),
        &mut ReceiverStatistics::new(),
        simulation.now,
    );
    let from = SocketAddr::new(simulation.phones[quiet].address.ip(), 4_001);
    simulation.send_report(quiet, &report, from);
    simulation.seconds(59);
    assert_eq!(count(&simulation, silent(simulation.leg(quiet))), 1);
    simulation.seconds(2);
    assert_eq!(count(&simulation, silent(simulation.leg(quiet))), 2);
}

#[test]
fn reports_go_both_ways_and_quality_comes_every_five_seconds() {
    let mut simulation = Simulation::new();
    let room = simulation.room();
    let phone = simulation.phone(room, Codec::Pcma);
    simulation.phones[phone].mouth = Mouth::Numbers(1);
    let (mut statistics, mut heard) = (ReceiverStatistics::new(), 0);
    let sender = Sender::new(RATE, &mut Entropy::from_number(5));
    let epoch = Epoch(UnixMs(1_800_000_000_000));
    let mut rtcp = Rtcp::new("phone".into(), epoch, Entropy::from_number(4), simulation.now);
    for second in 0..60 {
        simulation.seconds(1);
        if second == 10 {
            // Two packets get lost on their way to us.
            simulation.phones[phone].sequence = simulation.phones[phone].sequence.wrapping_add(2);
            simulation.phones[phone].timestamp = simulation.phones[phone].timestamp.wrapping_add(320);
        }
        for got in simulation.phones[phone].got.drain(..) {
            let payload = &got.payload[..];
            let packet = RtpPacket {
                payload_type: 8,
                marker: false,
                sequence: got.sequence,
                timestamp: got.timestamp,
                ssrc: got.ssrc,
                payload,
            };
            statistics.arrived(&packet, RATE, got.at);
        }
        let now = simulation.now;
        for report in simulation.phones[phone].reports.drain(..) {
            heard += usize::from(rtcp.receive(&report, sender.ssrc(), RATE, now).is_ok());
        }
        if rtcp.poll_timeout() <= now {
            let report = rtcp.report(&sender, &mut statistics, now);
            simulation.now = now + Duration::from_millis(7);
            simulation.send_report(phone, &report, "192.0.2.1:4001".parse().unwrap());
        }
    }
    assert!((8..=20).contains(&heard), "{heard} reports in a minute");
    assert_eq!(count(&simulation, |event| matches!(event, Event::Quality { .. })), 12);
    let quality = quality(&simulation);
    assert_eq!((quality.packets_lost, quality.remote_lost), (2, Some(0)));
    assert_eq!(quality.codec, Some(Codec::Pcma));
    assert!(quality.packets_received > 2_700 && quality.packets_sent > 2_700);
    assert!(quality.round_trip_us.is_some_and(|us| us < 1_100_000), "{:?}", quality.round_trip_us);
    simulation.command(Command::Close { leg: simulation.leg(phone) });
    let goodbye = simulation.phones[phone].reports.last().unwrap();
    let now = simulation.now;
    assert!(rtcp.receive(goodbye, sender.ssrc(), RATE, now).unwrap().bye);
}

/// The samples that were to be written, and why the recording ended.
fn recorded(simulation: &Simulation, key: RecordKey) -> (Vec<i16>, Vec<RecordEnd>) {
    let (mut said, mut ends) = (vec![], vec![]);
    for step in &simulation.records {
        match step {
            RecordStep::Samples { key: of, offset, samples } if *of == key => {
                assert_eq!(*offset, said.len() as u64);
                said.extend(samples);
            }
            RecordStep::End { key: of, reason, .. } if *of == key => ends.push(reason.clone()),
            _ => {}
        }
    }
    (said, ends)
}

#[test]
fn a_recording_holds_what_the_leg_said_until_its_key_its_length_or_its_end() {
    let mut simulation = Simulation::new();
    let room = simulation.room();
    let (phone, other) = (simulation.tone_phone(room, 440.0), simulation.tone_phone(room, 1_600.0));
    simulation.hear(room, &[(other, phone), (phone, other)]);
    simulation.run(10);
    let leg = simulation.leg(phone);
    let key = |recording| RecordKey { leg, recording };
    let record = |simulation: &mut Simulation, recording| {
        let path = "said.wav".into();
        let limits = RecordLimits { max: Duration::from_secs(2), stop_digits: "#".into(), silence: None };
        simulation.command(Command::Record { leg, recording, path, limits });
    };
    record(&mut simulation, 1);
    simulation.run(25);
    simulation.press(phone, 5);
    simulation.press(phone, 11);
    let (said, ends) = recorded(&simulation, key(1));
    assert_eq!(ends, [RecordEnd::Digit('#')]);
    assert!(crate::media::tone::goertzel(&said[1_600..4_000], 440.0, RATE) > -11.0);
    assert!(crate::media::tone::goertzel(&said[1_600..4_000], 1_600.0, RATE) < -30.0, "only what it said");
    record(&mut simulation, 2);
    simulation.seconds(3);
    let (said, ends) = recorded(&simulation, key(2));
    assert_eq!((said.len(), ends), (16_000, vec![RecordEnd::Max]));
    record(&mut simulation, 3);
    record(&mut simulation, 4);
    simulation.command(Command::StopRecord { leg });
    record(&mut simulation, 5);
    simulation.run(7);
    simulation.command(Command::Close { leg });
    assert_eq!(recorded(&simulation, key(3)).1, [RecordEnd::Stop], "it was replaced");
    assert_eq!(recorded(&simulation, key(4)).1, [RecordEnd::Stop]);
    let (said, ends) = recorded(&simulation, key(5));
    assert_eq!((said.len(), ends), (7 * 160, vec![RecordEnd::Closed]));
}

#[test]
fn a_fault_in_one_room_ends_its_legs_and_no_others() {
    let mut simulation = Simulation::new();
    let (bad, good) = (simulation.room(), simulation.room());
    let doomed = [simulation.phone(bad, Codec::Pcma), simulation.phone(bad, Codec::Pcma)];
    let (one, two) = (simulation.phone(good, Codec::Pcma), simulation.phone(good, Codec::Pcma));
    simulation.hear(good, &[(one, two), (two, one)]);
    simulation.phones[one].mouth = Mouth::Numbers(1);
    simulation.run(10);
    simulation.workers[0].in_room(bad, simulation.now, |_, _| panic!("a planted fault"));
    simulation.collect();
    simulation.run(10);
    for phone in doomed {
        let leg = simulation.leg(phone);
        let about: Vec<&Event> = simulation.events.iter().filter(|event| event.leg() == Some(leg)).collect();
        assert!(matches!(about[..], [Event::Failed { .. }, Event::Closed { .. }]), "{about:?}");
    }
    assert_eq!(simulation.phones[two].numbers(), (1..=20).collect::<Vec<u32>>());
    assert_eq!((simulation.workers[0].rooms(), simulation.workers[0].legs()), (1, 2));
    assert_eq!(simulation.workers[0].rooms_failed(), 1);
}

#[test]
fn a_worker_restored_from_a_snapshot_goes_on_as_the_first_would() {
    let mut simulation = Simulation::with_workers(1);
    let room = simulation.room();
    let (one, two) = (simulation.tone_phone(room, 440.0), simulation.phone(room, Codec::Pcmu));
    simulation.tone_phone(room, 700.0);
    simulation.hear(room, &[(one, two), (two, one), (2, two)]);
    let sounds = vec![Sound::Ringback];
    simulation.command(Command::Play { leg: simulation.leg(two), playback: 1, sounds, repeat: true });
    simulation.run(33);
    let snapshot = serde_json::to_string(&simulation.workers[0]).unwrap();
    let mut restored: super::super::Worker = serde_json::from_str(&snapshot).unwrap();
    let bytes = simulation.phones[one].bytes(8, 99_999, &[0x11; 160]);
    let (leg, address, now) = (simulation.leg(one), simulation.phones[one].address, simulation.now);
    let run = |worker: &mut super::super::Worker| {
        let mut outputs = vec![];
        for tick in 1..300 {
            worker.handle_packet(leg, &mut bytes.clone(), address, now);
            worker.tick(now + super::super::TICK * tick);
            outputs.extend(std::iter::from_fn(|| worker.poll_output()));
        }
        outputs
    };
    assert!(run(&mut restored) == run(&mut simulation.workers[0]));
}

#[test]
fn packets_and_commands_for_what_is_not_there_are_ignored() {
    let mut simulation = Simulation::new();
    let room = simulation.room();
    let phone = simulation.phone(room, Codec::Pcma);
    let leg = simulation.leg(phone);
    simulation.command(Command::Close { leg });
    simulation.hear(room, &[]);
    for command in [Command::StopPlay { leg }, Command::Move { leg, room }, Command::Close { leg }] {
        simulation.command(command);
    }
    simulation.send(phone, &[0x80; 172]);
    simulation.run(5);
    assert_eq!(simulation.events.iter().filter(|event| matches!(event, Event::Closed { .. })).count(), 1);
    assert_eq!((simulation.workers[0].rooms(), simulation.workers[0].legs()), (0, 0));
}
