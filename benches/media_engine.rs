//! What a second of sound costs a media worker, without sockets: packets in, packets out.
//!
//! Each benchmark carries one hundred calls (or conferences, or listeners) through one tick of
//! 20 ms; the item count says per what the time is to be read.

use std::net::SocketAddr;
use std::time::Duration;

use divan::counter::ItemsCount;
use hovor::entropy::Entropy;
use hovor::id::{LegId, RoomId};
use hovor::media::rtp::RtpPacket;
use hovor::media::worker::{TICK, Worker, WorkerConfig};
use hovor::media::{Command, Row, Sound};
use hovor::sdp::{Agreed, Codec, Direction};
use hovor::time::{Epoch, Time, UnixMs};

fn main() {
    divan::main();
}

/// Rooms in each benchmark.
const ROOMS: usize = 100;

struct Load {
    worker: Worker,
    legs: Vec<LegId>,
    now: Time,
    sequence: u16,
}

impl Load {
    /// Rooms of `size` legs that all hear each other.
    fn new(size: usize, codec_of: impl Fn(usize) -> Codec) -> Self {
        let mut entropy = Entropy::from_number(1);
        let config = WorkerConfig { silence_limit: Duration::from_secs(60), epoch: Epoch(UnixMs(0)) };
        let worker = Worker::new(config, entropy.fork());
        let mut load = Self { worker, legs: vec![], now: Time::from_secs(1), sequence: 0 };
        for _ in 0..ROOMS {
            let room = RoomId::new(UnixMs(0), &mut entropy);
            let legs: Vec<LegId> = (0..size).map(|_| LegId::new(UnixMs(0), &mut entropy)).collect();
            for (place, leg) in legs.iter().enumerate() {
                let agreed = load.agreed(codec_of(place));
                load.command(Command::Open { leg: *leg, room });
                load.command(Command::Configure { leg: *leg, agreed });
            }
            let row = |from: LegId, to: LegId| Row { from, to };
            let rows = legs.iter().flat_map(|from| legs.iter().map(move |to| row(*from, *to)));
            load.command(Command::Hear { room, rows: rows.filter(|row| row.from != row.to).collect() });
            load.legs.extend(legs);
        }
        load
    }

    fn agreed(&self, codec: Codec) -> Agreed {
        let payload_type = codec.static_payload_type().unwrap_or(0);
        Agreed {
            remote: SocketAddr::from(([127, 0, 0, 1], 4_000)),
            remote_rtcp: None,
            rtcp_mux: false,
            codec,
            payload_type,
            receive_payload_type: payload_type,
            receive_also: vec![],
            dtmf_payload_type: Some(101),
            receive_dtmf_payload_type: Some(101),
            ptime_ms: 20,
            direction: Direction::SendRecv,
        }
    }

    fn command(&mut self, command: Command) {
        self.worker.handle_command(command, self.now);
    }

    /// A packet of each leg, then the tick. Returns the bytes that were sent.
    fn tick(&mut self, payload_type: impl Fn(usize) -> Option<u8>) -> usize {
        self.now += TICK;
        self.sequence = self.sequence.wrapping_add(1);
        let (sequence, timestamp) = (self.sequence, u32::from(self.sequence) * 160);
        for (place, leg) in self.legs.iter().enumerate() {
            let Some(payload_type) = payload_type(place) else { continue };
            let payload = &[0x2a; 160];
            let packet = RtpPacket { payload_type, marker: false, sequence, timestamp, ssrc: 1, payload };
            let mut bytes = Vec::with_capacity(172);
            packet.write(&mut bytes);
            self.worker.handle_packet(*leg, &bytes, SocketAddr::from(([127, 0, 0, 1], 4_000)), self.now);
        }
        self.worker.tick(self.now);
        let mut sent = 0;
        while let Some(output) = self.worker.poll_output() {
            if let hovor::media::worker::Output::Send { bytes, .. } = output {
                sent += bytes.len();
            }
        }
        sent
    }
}

/// Two parties, one codec: packets are passed on as they come.
#[divan::bench]
fn forwarded_call_tick(bencher: divan::Bencher) {
    let mut load = Load::new(2, |_| Codec::Pcma);
    bencher.counter(ItemsCount::new(ROOMS)).bench_local(|| load.tick(|_| Some(8)));
}

/// Two parties, two codecs: decoded and encoded.
#[divan::bench]
fn mixed_call_tick(bencher: divan::Bencher) {
    let mut load = Load::new(2, |place| if place == 0 { Codec::Pcma } else { Codec::Pcmu });
    bencher
        .counter(ItemsCount::new(ROOMS))
        .bench_local(|| load.tick(|place| Some(if place % 2 == 0 { 8 } else { 0 })));
}

/// Six parties who all speak.
#[divan::bench]
fn conference_of_six_tick(bencher: divan::Bencher) {
    let mut load = Load::new(6, |_| Codec::Pcma);
    bencher.counter(ItemsCount::new(ROOMS * 6)).bench_local(|| load.tick(|_| Some(8)));
}

/// One party who hears a tone without end and says nothing.
#[divan::bench]
fn playing_tick(bencher: divan::Bencher) {
    let mut load = Load::new(1, |_| Codec::Pcma);
    for leg in load.legs.clone() {
        load.command(Command::Play { leg, playback: 1, sounds: vec![Sound::Ringback], repeat: true });
    }
    bencher.counter(ItemsCount::new(ROOMS)).bench_local(|| load.tick(|_| None));
}
