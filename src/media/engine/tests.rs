//! The engine over real sockets of the loopback interface, with phones that send numbered frames.
#![expect(clippy::disallowed_methods, reason = "these tests run on the real clock")]

mod browsers;
mod rooms;

use std::net::UdpSocket;
use std::path::Path;
use std::thread::{self, sleep};

use tokio::sync::mpsc::{Receiver, channel};

use super::ports::tests::apart;
use super::*;
use crate::id::{LegId, RoomId};
use crate::media::rtp::RtpPacket;
use crate::media::{RecordEnd, RecordLimits, Row, Sound};
use crate::sdp::{Agreed, Codec, Direction};

struct Bench {
    engine: Engine,
    events: Receiver<Event>,
    entropy: Entropy,
}

/// A phone with a socket of its own.
struct Phone {
    leg: LegId,
    socket: UdpSocket,
    sequence: u16,
}

impl Bench {
    fn new(workers: usize, rtp_ports: RangeInclusive<u16>, change: impl FnOnce(&mut EngineConfig)) -> Self {
        let (sender, events) = channel(10_000);
        let mut config = EngineConfig { workers, rtp_ports, ..EngineConfig::default() };
        change(&mut config);
        let mut entropy = Entropy::from_number(1);
        let engine = Engine::start(config, &mut entropy, sender).unwrap();
        Self { engine, events, entropy }
    }

    fn send(&self, command: Command) {
        self.engine.send(command).unwrap();
    }

    fn room(&mut self) -> RoomId {
        RoomId::new(UnixMs(0), &mut self.entropy)
    }

    /// The next event that is no report of quality or of who can be heard.
    fn event(&mut self) -> Event {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(5) {
            match self.events.try_recv() {
                Ok(Event::Quality { .. } | Event::Standing { .. }) => {}
                Ok(event) => return event,
                Err(_) => sleep(Duration::from_millis(1)),
            }
        }
        panic!("no event came");
    }

    fn phone(&mut self, room: RoomId) -> Phone {
        let leg = LegId::new(UnixMs(0), &mut self.entropy);
        self.send(Command::Open { leg, room, family: Default::default(), ways: Default::default() });
        let Event::Opened { rtp_port, .. } = self.event() else { panic!("not opened") };
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.connect(("127.0.0.1", rtp_port)).unwrap();
        let remote = socket.local_addr().unwrap();
        let agreed = Agreed {
            remote,
            remote_rtcp: None,
            rtcp_mux: false,
            codec: Codec::Pcmu,
            payload_type: 0,
            receive_payload_type: 0,
            receive_also: vec![],
            dtmf_payload_type: Some(101),
            receive_dtmf_payload_type: Some(101),
            dtmf_clock_rate: 8_000,
            fmtp: crate::sdp::Fmtp::default(),
            ptime_ms: 20,
            direction: Direction::SendRecv,
            srtp: None,
            web: None,
        };
        self.send(Command::Configure { leg, agreed });
        Phone { leg, socket, sequence: 0 }
    }
}

impl Phone {
    fn say(&mut self, payload: &[u8]) {
        let timestamp = u32::from(self.sequence) * 160;
        let packet = RtpPacket {
            payload_type: 0,
            marker: false,
            sequence: self.sequence,
            timestamp,
            ssrc: 1,
            payload,
        };
        let mut bytes = vec![];
        packet.write(&mut bytes);
        self.socket.send(&bytes).unwrap();
        self.sequence = self.sequence.wrapping_add(1);
    }

    /// All packets that wait: sequence number and payload.
    fn heard(&self) -> Vec<(u16, Vec<u8>)> {
        self.socket.set_nonblocking(true).unwrap();
        let mut buffer = [0; 2_048];
        std::iter::from_fn(|| {
            let length = self.socket.recv(&mut buffer).ok()?;
            let packet = RtpPacket::parse(&buffer[..length]).unwrap();
            Some((packet.sequence, packet.payload.to_vec()))
        })
        .collect()
    }
}

/// Calls `act` every 20 ms.
fn every_tick(count: u32, mut act: impl FnMut(u32)) {
    let begun = Instant::now();
    for tick in 0..count {
        act(tick);
        sleep((begun + TICK * (tick + 1)).saturating_duration_since(Instant::now()));
    }
}

#[test]
fn two_phones_hear_each_other_and_their_ports_come_back() {
    let mut bench = Bench::new(2, apart(0)..=apart(3), |_| {});
    let room = bench.room();
    let (mut one, mut two) = (bench.phone(room), bench.phone(room));
    let leg = LegId::new(UnixMs(0), &mut bench.entropy);
    bench.send(Command::Open { leg, room, family: Default::default(), ways: Default::default() });
    assert!(matches!(bench.event(), Event::OpenFailed { reason, .. } if reason.contains("used up")));
    let rows = [Row { from: one.leg, to: two.leg }, Row { from: two.leg, to: one.leg }];
    bench.send(Command::Hear { room, rows: rows.into() });
    every_tick(25, |_| {
        one.say(&[0x11; 160]);
        two.say(&[0x22; 160]);
    });
    let count =
        |phone: &Phone, byte: u8| phone.heard().iter().filter(|(_, said)| said[..] == [byte; 160]).count();
    let (by_one, by_two) = (count(&one, 0x22), count(&two, 0x11));
    assert!(by_one >= 20 && by_two >= 20, "{by_one} and {by_two} of 25");
    assert!(matches!(bench.event(), Event::Latched { .. }));
    assert!(matches!(bench.event(), Event::Latched { .. }));
    assert_eq!(bench.engine.metrics().ports_in_use, 2);
    assert!(bench.engine.metrics().packets_forwarded > 20);
    for leg in [one.leg, two.leg] {
        bench.send(Command::Close { leg });
        let Event::Closed { leg: closed, quality } = bench.event() else { panic!("not closed") };
        assert_eq!((closed, quality.packets_received, quality.packets_lost), (leg, 25, 0));
    }
    let metrics = bench.engine.metrics();
    assert_eq!((metrics.ports_in_use, metrics.ports_total), (0, 2));
    assert!(metrics.ticks > 20 && metrics.lateness.iter().sum::<u64>() == metrics.ticks);
    bench.engine.shutdown();
}

#[test]
fn a_leg_that_moves_between_workers_a_thousand_times_misses_nothing() {
    let mut bench = Bench::new(2, apart(4)..=apart(13), |_| {});
    // The first rooms of two workers, kept there by a leg that stays.
    let (red, blue) = (bench.room(), bench.room());
    let (stays_red, stays_blue) = (bench.phone(red), bench.phone(blue));
    let mut mover = bench.phone(red);
    for (room, other) in [(red, &stays_red), (blue, &stays_blue)] {
        let rows = [Row { from: mover.leg, to: other.leg }, Row { from: mover.leg, to: mover.leg }];
        bench.send(Command::Hear { room, rows: rows.into() });
    }
    let ticks = 250;
    let mut moves = 0;
    every_tick(ticks, |tick| {
        mover.say(&super::super::worker::tests::numbered(tick + 1));
        for _ in 0..4 {
            moves += 1;
            let room = if moves % 2 == 1 { blue } else { red };
            bench.send(Command::Move { leg: mover.leg, room });
            sleep(Duration::from_millis(1));
        }
    });
    assert_eq!(moves, 1_000);
    sleep(Duration::from_millis(200));
    let heard = mover.heard();
    assert!(
        heard.windows(2).all(|pair| pair[1].0 == pair[0].0.wrapping_add(1)),
        "the sequence is continuous"
    );
    bench.send(Command::Close { leg: mover.leg });
    let quality = loop {
        if let Event::Closed { quality, .. } = bench.event() {
            break quality;
        }
    };
    assert_eq!((quality.packets_received, quality.packets_lost), (u64::from(ticks), 0));
    assert_eq!(quality.packets_refused, 0);
}

#[test]
fn sounds_are_read_and_recordings_written_on_other_threads() {
    let folder = std::env::temp_dir().join(format!("hovor-engine-{}", std::process::id()));
    let media_dir = folder.clone();
    let mut bench = Bench::new(1, apart(14)..=apart(23), move |config| config.media_dir = media_dir);
    write_wav(&folder.join("tone.wav"), &[8_000; 1_600]);
    let room = bench.room();
    let mut phone = bench.phone(room);
    let leg = phone.leg;
    phone.say(&[0x10; 160]);
    assert!(matches!(bench.event(), Event::Latched { .. }));
    let path = folder.join("deep/said.wav");
    let limits = RecordLimits { max: Duration::from_secs(10), ..RecordLimits::default() };
    bench.send(Command::Record { leg, recording: 4, path: path.clone(), limits });
    bench.send(Command::Play { leg, playback: 1, sounds: vec![Sound::File("tone".into())], repeat: false });
    every_tick(30, |_| phone.say(&[0x10; 160]));
    assert_eq!(bench.event(), Event::PlayEnded { leg, playback: 1 });
    let played = phone.heard().iter().flat_map(|(_, said)| said.clone()).filter(|byte| *byte != 0xff).count();
    assert_eq!(played, 1_600);
    let missing = Sound::File("missing".into());
    bench.send(Command::Play { leg, playback: 2, sounds: vec![missing], repeat: false });
    assert!(matches!(bench.event(), Event::PlayFailed { playback: 2, .. }));
    bench.send(Command::Close { leg });
    let Event::Recorded { recording: 4, path: written, ms, reason: RecordEnd::Closed, .. } = bench.event()
    else {
        panic!("not recorded")
    };
    assert!(matches!(bench.event(), Event::Closed { .. }), "a leg's last event comes after its recording's");
    assert_eq!(written, path);
    let samples: Vec<i16> = hound::WavReader::open(&path).unwrap().samples().map(Result::unwrap).collect();
    let loud = samples.iter().filter(|sample| sample.unsigned_abs() > 10_000).count();
    assert_eq!(samples.len(), ms as usize * 8);
    assert!(loud >= 20 * 160, "{loud} samples of 30 frames");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn commands_that_find_a_full_queue_are_refused_and_do_nothing() {
    let mut bench = Bench::new(1, apart(24)..=apart(33), |config| config.commands = 4);
    let room = bench.room();
    let phone = bench.phone(room);
    let send = || u64::from(bench.engine.send(Command::StopPlay { leg: phone.leg }).is_err());
    // A worker that has a processor of its own may keep up for a while.
    let refused = (0..10_000_000).map(|_| send()).find(|refused| *refused > 0).unwrap_or(0);
    assert_eq!(refused, 1);
    assert_eq!(bench.engine.metrics().commands_refused, refused);
}

#[test]
fn a_stop_closes_all_legs_and_ends_all_threads() {
    let mut bench = Bench::new(2, apart(34)..=apart(53), |_| {});
    for _ in 0..4 {
        let room = bench.room();
        bench.phone(room);
    }
    let stopping = thread::spawn(move || bench.engine.shutdown());
    let mut closed = 0;
    while let Some(event) = bench.events.blocking_recv() {
        closed += u32::from(matches!(event, Event::Closed { .. }));
    }
    stopping.join().unwrap();
    assert_eq!(closed, 4);
}

fn write_wav(path: &Path, samples: &[i16]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let sample_format = hound::SampleFormat::Int;
    let spec = hound::WavSpec { channels: 1, sample_rate: 8_000, bits_per_sample: 16, sample_format };
    let mut writer = hound::WavWriter::create(path, spec).unwrap();
    samples.iter().for_each(|sample| writer.write_sample(*sample).unwrap());
    writer.finalize().unwrap();
}

#[test]
fn a_leg_is_closed_and_its_ports_come_back_however_busy_its_worker_is() {
    let mut bench = Bench::new(1, apart(54)..=apart(55), |config| config.commands = 1);
    let room = bench.room();
    let leg = LegId::new(UnixMs(0), &mut bench.entropy);
    bench.send(Command::Open { leg, room, family: Default::default(), ways: Default::default() });
    assert!(matches!(bench.event(), Event::Opened { .. }));
    let digits = Command::SendDigits { leg, digits: String::new() };
    let refused = (0..1_000_000).any(|_| bench.engine.send(digits.clone()) == Err(Full));
    assert!(refused, "the worker was never busy");
    bench.send(Command::Close { leg });
    assert!(matches!(bench.event(), Event::Closed { .. }));
    assert_eq!(bench.engine.metrics().ports_in_use, 0);
    assert!(bench.engine.is_alive());
}
