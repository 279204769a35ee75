//! What a second of sound costs a media worker, without sockets: packets in, packets out.
//!
//! Each benchmark carries one hundred calls (or conferences, or listeners) through one tick of
//! 20 ms; the item count says per what the time is to be read.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use divan::counter::ItemsCount;
use hovor::entropy::Entropy;
use hovor::id::{LegId, RoomId};
use hovor::media::rtp::RtpPacket;
use hovor::media::srtp::Srtp;
use hovor::media::worker::{TICK, Worker, WorkerConfig};
use hovor::media::{Command, Family, Row, Side, Sound};
use hovor::sdp::{Agreed, Codec, Direction, Fmtp, Keys, MasterKey, Suite};
use hovor::time::{Epoch, Time, UnixMs};

fn main() {
    divan::main();
}

/// Rooms in each benchmark.
const ROOMS: usize = 100;

struct Load {
    worker: Worker,
    legs: Vec<LegId>,
    rooms: Vec<RoomId>,
    now: Time,
    sequence: u16,
    /// The far ends of protected legs, by their places.
    phones: BTreeMap<usize, Srtp>,
}

impl Load {
    /// Rooms of `size` legs that all hear each other.
    fn new(size: usize, codec_of: impl Fn(usize) -> Codec) -> Self {
        let mut entropy = Entropy::from_number(1);
        let config = WorkerConfig { silence_limit: Duration::from_secs(60), epoch: Epoch(UnixMs(0)) };
        let worker = Worker::new(config, entropy.fork());
        let mut load = Self {
            worker,
            legs: vec![],
            rooms: vec![],
            now: Time::from_secs(1),
            sequence: 0,
            phones: BTreeMap::new(),
        };
        for _ in 0..ROOMS {
            let room = RoomId::new(UnixMs(0), &mut entropy);
            let legs: Vec<LegId> = (0..size).map(|_| LegId::new(UnixMs(0), &mut entropy)).collect();
            for (place, leg) in legs.iter().enumerate() {
                let agreed = load.agreed(codec_of(place));
                load.command(Command::Open { leg: *leg, room, family: Family::V4, ways: Default::default() });
                load.command(Command::Configure { leg: *leg, agreed });
            }
            let row = |from: LegId, to: LegId| Row { from, to };
            let rows = legs.iter().flat_map(|from| legs.iter().map(move |to| row(*from, *to)));
            load.command(Command::Hear { room, rows: rows.filter(|row| row.from != row.to).collect() });
            load.legs.extend(legs);
            load.rooms.push(room);
        }
        load
    }

    fn agreed(&self, codec: Codec) -> Agreed {
        let payload_type = codec.static_payload_type().unwrap_or(96);
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
            dtmf_clock_rate: codec.clock_rate(),
            fmtp: Fmtp::default(),
            ptime_ms: 20,
            direction: Direction::SendRecv,
            srtp: None,
            web: None,
        }
    }

    fn command(&mut self, command: Command) {
        self.worker.handle_command(command, self.now);
    }

    /// Protects the sound of the first party of each room.
    fn protect_first_parties(&mut self, suite: Suite) {
        let mut entropy = Entropy::from_number(2);
        let mut master = || {
            let mut bytes = [0; 30];
            entropy.fill(&mut bytes);
            MasterKey::new(suite, &bytes[..16 + suite.salt()]).unwrap()
        };
        for place in (0..self.legs.len()).step_by(2) {
            let keys = Keys { send: master(), receive: master() };
            let theirs = Keys { send: keys.receive.clone(), receive: keys.send.clone() };
            self.phones.insert(place, Srtp::new(&theirs));
            let agreed = Agreed { srtp: Some(keys), ..self.agreed(Codec::Pcma) };
            self.command(Command::Configure { leg: self.legs[place], agreed });
        }
    }

    /// Records all rooms: the first of each is the client.
    fn record(&mut self, per_party: bool) {
        let parties = self.legs.len() / self.rooms.len();
        for (place, room) in self.rooms.clone().into_iter().enumerate() {
            let legs = self.legs[place * parties..][..parties].iter().enumerate();
            let side = |place| if place == 0 { Side::Client } else { Side::Company };
            let sides = legs.map(|(place, leg)| (*leg, side(place))).collect();
            self.command(Command::RecordRoom { room, recording: 1, stem: "unwritten".into(), per_party });
            self.command(Command::RecordSides { room, sides, mark: None });
        }
    }

    /// A packet of each leg, then the tick. Returns the bytes that were sent.
    fn tick(&mut self, payload_type: impl Fn(usize) -> Option<u8>) -> usize {
        let packets = self.packets(payload_type);
        self.carry(packets)
    }

    /// The next packet of each leg.
    fn packets(&mut self, payload_type: impl Fn(usize) -> Option<u8>) -> Vec<(LegId, Vec<u8>)> {
        self.sequence = self.sequence.wrapping_add(1);
        let (sequence, timestamp) = (self.sequence, u32::from(self.sequence) * 160);
        let mut packets = Vec::with_capacity(self.legs.len());
        for (place, leg) in self.legs.iter().enumerate() {
            let Some(payload_type) = payload_type(place) else { continue };
            let payload = &[0x2a; 160];
            let packet = RtpPacket { payload_type, marker: false, sequence, timestamp, ssrc: 1, payload };
            let mut bytes = Vec::with_capacity(192);
            packet.write(&mut bytes);
            if let Some(srtp) = self.phones.get_mut(&place) {
                srtp.seal(&mut bytes).unwrap();
            }
            packets.push((*leg, bytes));
        }
        packets
    }

    /// Packets come, then the tick. Returns the bytes that were sent.
    fn carry(&mut self, packets: Vec<(LegId, Vec<u8>)>) -> usize {
        self.now += TICK;
        for (leg, mut bytes) in packets {
            self.worker.handle_packet(leg, &mut bytes, SocketAddr::from(([127, 0, 0, 1], 4_000)), self.now);
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

/// The same with each call recorded, in stereo: packets are passed on, and decoded beside it.
#[divan::bench]
fn forwarded_recorded_call_tick(bencher: divan::Bencher) {
    let mut load = Load::new(2, |_| Codec::Pcma);
    load.record(false);
    bencher.counter(ItemsCount::new(ROOMS)).bench_local(|| load.tick(|_| Some(8)));
}

/// The same between a protected and a plain party: one packet is opened, one is sealed. What the first party sends
/// is sealed beside the measurement.
#[divan::bench(args = [Suite::Gcm, Suite::Sha1_80])]
fn forwarded_call_with_srtp_tick(bencher: divan::Bencher, suite: Suite) {
    let load = RefCell::new(Load::new(2, |_| Codec::Pcma));
    load.borrow_mut().protect_first_parties(suite);
    bencher
        .counter(ItemsCount::new(ROOMS))
        .with_inputs(|| load.borrow_mut().packets(|_| Some(8)))
        .bench_local_values(|packets| load.borrow_mut().carry(packets));
}

/// So many parties who all speak, by two codecs in turn, so that also two are decoded, mixed and encoded.
#[divan::bench(args = [2, 3, 4, 5, 6])]
fn mixed_tick(bencher: divan::Bencher, parties: usize) {
    let is_alaw = |place: usize| (place % parties).is_multiple_of(2);
    let mut load = Load::new(parties, |place| if is_alaw(place) { Codec::Pcma } else { Codec::Pcmu });
    bencher
        .counter(ItemsCount::new(ROOMS * parties))
        .bench_local(|| load.tick(|place| Some(if is_alaw(place) { 8 } else { 0 })));
}

/// The same with each room recorded, in stereo.
#[divan::bench(args = [2, 6])]
fn mixed_recorded_tick(bencher: divan::Bencher, parties: usize) {
    let is_alaw = |place: usize| (place % parties).is_multiple_of(2);
    let mut load = Load::new(parties, |place| if is_alaw(place) { Codec::Pcma } else { Codec::Pcmu });
    load.record(false);
    bencher
        .counter(ItemsCount::new(ROOMS * parties))
        .bench_local(|| load.tick(|place| Some(if is_alaw(place) { 8 } else { 0 })));
}

/// One who speaks by A-law and so many who hear it by another codec: it is encoded once for all of them.
#[divan::bench(args = [(Codec::Pcmu, 1), (Codec::Pcmu, 5), (Codec::G722, 1), (Codec::G722, 5), (Codec::Opus, 1), (Codec::Opus, 5)])]
fn shared_payload_tick(bencher: divan::Bencher, (codec, listeners): (Codec, usize)) {
    let size = listeners + 1;
    let mut load = Load::new(size, |place| if place % size == 0 { Codec::Pcma } else { codec });
    bencher
        .counter(ItemsCount::new(ROOMS))
        .bench_local(|| load.tick(|place| (place % size == 0).then_some(8)));
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
