//! Random commands, packets and pauses: nothing panics, no stream breaks, every leg is accounted for.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use proptest::prelude::*;

use crate::entropy::Entropy;
use crate::id::{LegId, RoomId};
use crate::media::recording::room::{RoomKey, RoomStep, Track};
use crate::media::rtp::RtpPacket;
use crate::media::worker::{Output, Port, RecordStep, TICK, Worker, WorkerConfig};
use crate::media::{Command, Event, Mark, RecordLimits, Row, Side, Sound};
use crate::sdp::{Agreed, Codec, Direction, Fmtp};
use crate::time::{Epoch, Time, UnixMs};

const LEGS: usize = 5;
const ROOMS: usize = 3;

#[derive(Clone, Debug)]
enum Step {
    Command(Command),
    Packet { leg: LegId, from: u16, bytes: Vec<u8> },
    Report { leg: LegId, bytes: Vec<u8> },
    Ticks(u8),
    Snapshot,
}

fn leg(index: usize) -> LegId {
    LegId::new(UnixMs(index as i64), &mut Entropy::from_number(index as u64))
}

fn room(index: usize) -> RoomId {
    RoomId::new(UnixMs(index as i64), &mut Entropy::from_number(100 + index as u64))
}

fn a_leg() -> impl Strategy<Value = LegId> {
    (0..LEGS).prop_map(leg)
}

fn a_room() -> impl Strategy<Value = RoomId> {
    (0..ROOMS).prop_map(room)
}

fn an_agreement() -> impl Strategy<Value = Agreed> {
    (0..3_u16, any::<(bool, bool, bool, bool, bool)>(), 0..4_usize).prop_map(|(port, bits, ptime)| {
        let (keys, wide, rtcp_mux, sends, receives) = bits;
        let codec = Codec::ALL[usize::from(port) % 2 + if wide { 2 } else { 0 }];
        let payload_type = codec.static_payload_type().unwrap_or(96);
        Agreed {
            remote: SocketAddr::from(([192, 0, 2, 1], 4_000 * port)),
            remote_rtcp: None,
            rtcp_mux,
            codec,
            payload_type,
            receive_payload_type: payload_type,
            receive_also: vec![(0, Codec::Pcmu), (8, Codec::Pcma), (9, Codec::G722), (96, Codec::Opus)],
            dtmf_payload_type: keys.then_some(101),
            receive_dtmf_payload_type: keys.then_some(101),
            dtmf_clock_rate: codec.clock_rate(),
            fmtp: Fmtp::default(),
            ptime_ms: [10, 20, 20, 30][ptime],
            // Mostly both ways, else little happens.
            direction: Direction::of(sends || port > 0, receives || port > 0),
            srtp: None,
            web: None,
        }
    })
}

fn a_command() -> impl Strategy<Value = Command> {
    let sound = prop_oneof![
        Just(Sound::Ringback),
        Just(Sound::File("music".into())),
        (0..100_u32).prop_map(|ms| Sound::Silence { ms }),
        (0..300_u32).prop_map(|ms| Sound::Tone { hz: 440.0, dbm0: 0.0, ms: Some(ms) }),
    ];
    let rows = prop::collection::btree_set((a_leg(), a_leg()).prop_map(|(from, to)| Row { from, to }), 0..8);
    let record = |(leg, ms, stop_digits, silence): (_, _, _, Option<u64>)| {
        let silence = silence.map(Duration::from_millis);
        let limits = RecordLimits { max: Duration::from_millis(ms), stop_digits, silence };
        Command::Record { leg, recording: ms, path: "x".into(), limits }
    };
    let side = prop_oneof![Just(Side::Client), Just(Side::Company)];
    let sides = prop::collection::btree_map(a_leg(), side, 0..4);
    let mark = prop::option::of(Just(Mark::Private));
    prop_oneof![
        4 => (a_leg(), a_room()).prop_map(|(leg, room)| Command::Open { leg, room, family: Default::default(), ways: Default::default() }),
        4 => (a_leg(), an_agreement()).prop_map(|(leg, agreed)| Command::Configure { leg, agreed }),
        1 => a_leg().prop_map(|leg| Command::Close { leg }),
        2 => (a_leg(), a_room()).prop_map(|(leg, room)| Command::Move { leg, room }),
        4 => (a_room(), rows).prop_map(|(room, rows)| Command::Hear { room, rows }),
        2 => (a_leg(), prop::collection::vec(sound, 0..3), any::<bool>())
            .prop_map(|(leg, sounds, repeat)| Command::Play { leg, playback: 1, sounds, repeat }),
        1 => a_leg().prop_map(|leg| Command::StopPlay { leg }),
        1 => a_leg().prop_map(|leg| {
            Command::Music { leg, playback: 3, sounds: vec![Sound::Silence { ms: 50 }, Sound::File("music".into())] }
        }),
        1 => a_leg().prop_map(|leg| {
            Command::Announce { leg, playback: 2, sounds: vec![Sound::Silence { ms: 50 }] }
        }),
        1 => (a_leg(), 0..500_u64, "[0-9#]{0,2}", prop::option::of(0..300_u64)).prop_map(record),
        1 => a_leg().prop_map(|leg| Command::StopRecord { leg }),
        2 => (a_room(), any::<u64>(), any::<bool>()).prop_map(|(room, recording, per_party)| {
            Command::RecordRoom { room, recording, stem: "x".into(), per_party }
        }),
        4 => (a_room(), sides, mark).prop_map(|(room, sides, mark)| Command::RecordSides { room, sides, mark }),
        1 => a_room().prop_map(|room| Command::StopRecordRoom { room }),
        1 => (a_leg(), "[0-9#x]{0,4}").prop_map(|(leg, digits)| Command::SendDigits { leg, digits }),
    ]
}

/// Mostly packets of a stream that goes on, with jumps, odd lengths and other sources.
fn a_packet() -> impl Strategy<Value = Step> {
    let payload_type = prop_oneof![Just(0_u8), Just(8), Just(9), Just(96), Just(101), Just(13), any::<u8>()];
    let sequence = prop_oneof![4 => 0..50_u16, 1 => any::<u16>()];
    let length = prop_oneof![4 => Just(160_usize), 1 => 0..400_usize, 1 => Just(4), 1 => Just(1_600)];
    (a_leg(), 1..3_u16, payload_type, sequence, any::<(bool, u8, u8)>(), length).prop_map(
        |(leg, port, payload_type, sequence, (marker, ssrc, fill), length)| {
            let timestamp = u32::from(sequence) * 160;
            let payload = &vec![fill; length];
            let ssrc = u32::from(ssrc % 8 == 0);
            let packet = RtpPacket { payload_type, marker, sequence, timestamp, ssrc, payload };
            let mut bytes = vec![];
            packet.write(&mut bytes);
            Step::Packet { leg, from: 4_000 * port, bytes }
        },
    )
}

fn a_step() -> impl Strategy<Value = Step> {
    let garbage = || prop::collection::vec(any::<u8>(), 0..60);
    prop_oneof![
        6 => a_command().prop_map(Step::Command),
        20 => a_packet(),
        1 => (a_leg(), garbage()).prop_map(|(leg, bytes)| Step::Packet { leg, from: 4_000, bytes }),
        1 => (a_leg(), garbage()).prop_map(|(leg, bytes)| Step::Report { leg, bytes }),
        10 => (1..4_u8).prop_map(Step::Ticks),
        1 => Just(Step::Ticks(255)),
        1 => Just(Step::Snapshot),
    ]
}

/// What was seen of one opened leg.
#[derive(Default)]
struct Seen {
    last: Option<(u32, u32)>,
    recordings: u32,
}

/// Checks every output.
#[derive(Default)]
struct Checks {
    open: BTreeMap<LegId, Seen>,
    /// Recordings of rooms, and their samples so far.
    rooms: BTreeMap<RoomKey, u64>,
}

impl Checks {
    fn check(&mut self, output: Output) {
        match output {
            Output::Send { leg, port: Port::Rtp, bytes, .. } if !crate::media::rtp::is_rtcp(&bytes) => {
                let packet = RtpPacket::parse(&bytes).unwrap();
                let seen = self.open.get_mut(&leg).unwrap();
                assert!(seen.last.is_none_or(|(ssrc, _)| ssrc == packet.ssrc), "a leg has one SSRC");
                seen.last = Some((packet.ssrc, packet.timestamp));
            }
            Output::Record(RecordStep::Begin { key, .. }) => {
                self.open.get_mut(&key.leg).unwrap().recordings += 1
            }
            Output::Record(RecordStep::End { key, .. }) => {
                self.open.get_mut(&key.leg).unwrap().recordings -= 1
            }
            Output::Record(RecordStep::Report(event)) | Output::Event(event) => self.event(&event),
            Output::Record(RecordStep::Room(step)) => self.room(step),
            Output::Record(RecordStep::Samples { key, .. }) => assert!(self.open[&key.leg].recordings > 0),
            Output::Send { leg, .. } | Output::Load { leg, .. } => assert!(self.open.contains_key(&leg)),
        }
    }

    /// A recording of a room has no gap, and each of its tracks fits into its time.
    fn room(&mut self, step: RoomStep) {
        match step {
            RoomStep::Begin { key, .. } => assert_eq!(self.rooms.insert(key, 0), None),
            RoomStep::Sound { key, offset, length, tracks } => {
                assert_eq!(self.rooms.insert(key, offset + length), Some(offset));
                let fits = |track: &Track| {
                    track.samples.len() as u64 <= length * if track.number == 0 { 2 } else { 1 }
                };
                assert!(tracks.iter().all(fits));
            }
            RoomStep::End { key, length, .. } => assert_eq!(self.rooms.remove(&key), Some(length)),
        }
    }

    fn event(&mut self, event: &Event) {
        match event {
            Event::OpenFailed { .. } => {}
            Event::Closed { leg, .. } => {
                let seen = self.open.remove(leg).expect("closed once, and after it was open");
                assert_eq!(seen.recordings, 0, "its recordings have ended");
            }
            other => assert!(
                other.leg().is_some_and(|leg| self.open.contains_key(&leg)),
                "{other:?} about no open leg"
            ),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn nothing_panics_and_every_leg_is_accounted_for(steps in prop::collection::vec(a_step(), 1..150)) {
        let config = WorkerConfig { silence_limit: Duration::from_secs(3), epoch: Epoch(UnixMs(0)) };
        let mut worker = Worker::new(config, Entropy::from_number(1));
        let mut checks = Checks::default();
        let mut now = Time::from_secs(1);
        for step in steps {
            match step {
                Step::Command(command) => {
                    if let Command::Open { leg, .. } = &command {
                        checks.open.entry(*leg).or_default();
                    }
                    worker.handle_command(command, now + Duration::from_millis(1));
                }
                Step::Packet { leg, from, bytes } => {
                    let from = SocketAddr::from(([192, 0, 2, 1], from));
                    worker.handle_packet(leg, &mut bytes.clone(), from, now + Duration::from_millis(7));
                }
                Step::Report { leg, bytes } => {
                    let from = SocketAddr::from(([192, 0, 2, 1], 4_001));
                    worker.handle_rtcp(leg, &mut bytes.clone(), from, now + Duration::from_millis(8));
                }
                Step::Ticks(count) => for _ in 0..count {
                    now += TICK;
                    worker.tick(now);
                },
                Step::Snapshot => {
                    let snapshot = serde_json::to_string(&worker).unwrap();
                    worker = serde_json::from_str(&snapshot).unwrap();
                }
            }
            while let Some(output) = worker.poll_output() {
                checks.check(output);
            }
            prop_assert_eq!(worker.rooms_failed(), 0);
            prop_assert_eq!(worker.legs(), checks.open.len());
        }
        for index in 0..LEGS {
            worker.handle_command(Command::Close { leg: leg(index) }, now);
        }
        while let Some(output) = worker.poll_output() {
            checks.check(output);
        }
        for index in 0..ROOMS {
            worker.handle_command(Command::StopRecordRoom { room: room(index) }, now);
        }
        while let Some(output) = worker.poll_output() {
            checks.check(output);
        }
        prop_assert_eq!((worker.legs(), checks.open.len(), checks.rooms.len()), (0, 0, 0));
    }
}
