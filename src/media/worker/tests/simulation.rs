//! Phones around one or two workers.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use crate::entropy::Entropy;
use crate::id::{LegId, RoomId};
use crate::media::codec;
use crate::media::srtp::Srtp;
use crate::media::tone::Oscillator;
use crate::media::worker::{Output, Port, RecordStep, TICK, Worker, WorkerConfig};
use crate::media::{Command, Event, Family, Row};
use crate::sdp::{Agreed, Codec, Direction, Keys, MasterKey, Suite};
use crate::time::{Epoch, Time, UnixMs};

use super::phone::{FEC, got, payload_type};
pub use super::phone::{Got, KEYS, Mouth, Phone, number_of, numbered};

/// Workers with phones; legs live on the worker of their room.
pub struct Simulation {
    pub now: Time,
    pub workers: Vec<Worker>,
    pub phones: Vec<Phone>,
    pub events: Vec<Event>,
    pub records: Vec<RecordStep>,
    pub loads: Vec<Output>,
    entropy: Entropy,
    homes: BTreeMap<LegId, usize>,
}

impl Simulation {
    pub fn new() -> Self {
        Self::with_workers(1)
    }

    pub fn with_workers(count: u64) -> Self {
        let epoch = Epoch(UnixMs(1_800_000_000_000));
        let config = WorkerConfig { silence_limit: Duration::from_secs(60), epoch };
        Self {
            now: Time(20_000_000),
            workers: (0..count).map(|seed| Worker::new(config, Entropy::from_number(seed))).collect(),
            phones: vec![],
            events: vec![],
            records: vec![],
            loads: vec![],
            entropy: Entropy::from_number(99),
            homes: BTreeMap::new(),
        }
    }

    pub fn room(&mut self) -> RoomId {
        RoomId::new(UnixMs(0), &mut self.entropy)
    }

    /// Opens and configures a leg; returns the phone's index. Legs are ascending.
    pub fn phone(&mut self, room: RoomId, codec: Codec) -> usize {
        let index = self.phones.len();
        let leg = LegId::new(UnixMs(index as i64), &mut self.entropy);
        let address = SocketAddr::from(([192, 0, 2, 1], 4_000 + 2 * index as u16));
        self.phones.push(Phone::new(leg, address, codec));
        self.homes.insert(leg, 0);
        self.command(Command::Open { leg, room, family: Family::V4, ways: Default::default() });
        let agreed = self.agreed(index);
        self.command(Command::Configure { leg, agreed });
        index
    }

    /// A phone that says a tone at -10 dBm0.
    pub fn tone_phone(&mut self, room: RoomId, hz: f32) -> usize {
        self.tone_phone_of(room, hz, Codec::Pcma)
    }

    /// The same in any codec.
    pub fn tone_phone_of(&mut self, room: RoomId, hz: f32, codec: Codec) -> usize {
        let index = self.phone(room, codec);
        self.phones[index].mouth = Mouth::Tone(Oscillator::new(hz, -10.0, codec::sample_rate(codec)));
        index
    }

    pub fn agreed(&self, index: usize) -> Agreed {
        let phone = &self.phones[index];
        let (codec, payload_type) = (phone.codec, payload_type(phone.codec));
        Agreed {
            remote: phone.address,
            remote_rtcp: Some(SocketAddr::new(phone.address.ip(), phone.address.port() + 1)),
            rtcp_mux: false,
            codec,
            payload_type,
            receive_payload_type: payload_type,
            receive_also: vec![],
            dtmf_payload_type: Some(KEYS),
            receive_dtmf_payload_type: Some(KEYS),
            dtmf_clock_rate: codec.clock_rate(),
            fmtp: FEC,
            ptime_ms: 20,
            direction: Direction::SendRecv,
            srtp: None,
            web: None,
        }
    }

    pub fn reconfigure(&mut self, index: usize, change: impl FnOnce(&mut Agreed)) {
        let mut agreed = self.agreed(index);
        change(&mut agreed);
        self.command(Command::Configure { leg: self.phones[index].leg, agreed });
    }

    /// Agrees with a phone on keys of this seed.
    pub fn protect(&mut self, index: usize, seed: u64) {
        let master = |entropy: &mut Entropy| {
            let mut bytes = [0; 30];
            entropy.fill(&mut bytes);
            MasterKey::new(Suite::Sha1_80, &bytes).unwrap()
        };
        let mut entropy = Entropy::from_number(seed);
        let (send, receive) = (master(&mut entropy), master(&mut entropy));
        self.phones[index].srtp = Some(Srtp::new(&Keys { send: receive.clone(), receive: send.clone() }));
        self.reconfigure(index, |agreed| agreed.srtp = Some(Keys { send, receive }));
    }

    pub fn leg(&self, index: usize) -> LegId {
        self.phones[index].leg
    }

    pub fn hear(&mut self, room: RoomId, rows: &[(usize, usize)]) {
        self.hear_on(0, room, rows);
    }

    pub fn hear_on(&mut self, worker: usize, room: RoomId, rows: &[(usize, usize)]) {
        let rows = rows.iter().map(|(from, to)| Row { from: self.leg(*from), to: self.leg(*to) }).collect();
        self.workers[worker].handle_command(Command::Hear { room, rows }, self.now);
        self.collect();
    }

    /// Hands a command to the worker of its leg; about rooms, to the first.
    pub fn command(&mut self, command: Command) {
        let home = match &command {
            Command::Configure { leg, .. }
            | Command::Close { leg }
            | Command::Play { leg, .. }
            | Command::Announce { leg, .. }
            | Command::Music { leg, .. }
            | Command::StopPlay { leg }
            | Command::Record { leg, .. }
            | Command::StopRecord { leg }
            | Command::SendDigits { leg, .. } => self.homes[leg],
            _ => 0,
        };
        self.workers[home].handle_command(command, self.now);
        self.collect();
    }

    /// Takes a leg to a room of another worker.
    pub fn carry(&mut self, index: usize, to: usize, room: RoomId) {
        let id = self.leg(index);
        let from = self.homes.insert(id, to).unwrap();
        let leg = self.workers[from].release(id, self.now).unwrap();
        let last_tick = Time(self.now.0 / 20_000 * 20_000);
        self.workers[to].adopt(leg, room, last_tick, self.now);
        self.collect();
    }

    pub fn send(&mut self, index: usize, bytes: &[u8]) {
        self.send_from(index, bytes, self.phones[index].address);
    }

    pub fn send_from(&mut self, index: usize, bytes: &[u8], from: SocketAddr) {
        let leg = self.leg(index);
        let mut bytes = bytes.to_vec();
        if let Some(srtp) = &mut self.phones[index].srtp {
            srtp.seal(&mut bytes).unwrap();
        }
        self.workers[self.homes[&leg]].handle_packet(leg, &mut bytes, from, self.now);
        self.collect();
    }

    /// A packet as it is, protected or not.
    pub fn send_sealed(&mut self, index: usize, bytes: &[u8]) {
        let (leg, from) = (self.leg(index), self.phones[index].address);
        self.workers[self.homes[&leg]].handle_packet(leg, &mut bytes.to_vec(), from, self.now);
        self.collect();
    }

    pub fn send_report(&mut self, index: usize, bytes: &[u8], from: SocketAddr) {
        let leg = self.leg(index);
        self.workers[self.homes[&leg]].handle_rtcp(leg, &mut bytes.to_vec(), from, self.now);
        self.collect();
    }

    /// A step of a key press, as a phone sends it.
    pub fn send_key(&mut self, index: usize, key: u8, timestamp: u32, ms: u16, end: bool) {
        let [high, low] = (ms * 8).to_be_bytes();
        let payload = [key, u8::from(end) << 7 | 10, high, low];
        let bytes = self.phones[index].bytes(KEYS, timestamp, &payload);
        self.send(index, &bytes);
    }

    /// Presses a key for 100 ms, in the usual seven packets; the phone says nothing meanwhile.
    pub fn press(&mut self, index: usize, key: u8) {
        let mouth = std::mem::replace(&mut self.phones[index].mouth, Mouth::Silent);
        let timestamp = self.phones[index].timestamp;
        for step in 1..=5 {
            self.send_key(index, key, timestamp, 20 * step, step == 5);
            self.run(1);
        }
        self.send_key(index, key, timestamp, 100, true);
        self.send_key(index, key, timestamp, 100, true);
        self.phones[index].mouth = mouth;
    }

    /// Lets ticks pass. The phones' packets come 5 ms after each.
    pub fn run(&mut self, ticks: usize) {
        for _ in 0..ticks {
            let last_tick = Time(self.now.0 / 20_000 * 20_000);
            self.now = last_tick + Duration::from_millis(5);
            for index in 0..self.phones.len() {
                while self.phones[index].due < 20_000 {
                    self.now = Time(last_tick.0 + self.phones[index].due.max(0) as u64);
                    self.phones[index].due += 20_000 - self.phones[index].skew_ppm / 50;
                    if let Some(bytes) = self.phones[index].packet() {
                        self.send(index, &bytes);
                    }
                }
                self.phones[index].due -= 20_000;
            }
            self.now = last_tick + TICK;
            self.workers.iter_mut().for_each(|worker| worker.tick(self.now));
            self.collect();
        }
    }

    /// Whether packets of a phone came too late to be heard, by the last report on them.
    pub fn has_late_packets(&self, index: usize) -> bool {
        let leg = self.leg(index);
        let quality = |event: &Event| match event {
            Event::Quality { leg: of, quality } if *of == leg => Some(quality.packets_late),
            _ => None,
        };
        self.events.iter().rev().find_map(quality).unwrap() > 0
    }

    pub fn seconds(&mut self, seconds: usize) {
        self.run(seconds * 50);
    }

    pub fn collect(&mut self) {
        for worker in &mut self.workers {
            while let Some(output) = worker.poll_output() {
                match output {
                    Output::Event(event) | Output::Record(RecordStep::Report(event)) => {
                        self.events.push(event)
                    }
                    Output::Record(step) => self.records.push(step),
                    Output::Load { .. } => self.loads.push(output),
                    Output::Send { leg, port, to, mut bytes, .. } => {
                        let Some(phone) = self.phones.iter_mut().find(|phone| phone.leg == leg) else {
                            continue;
                        };
                        let bytes = match (&mut phone.srtp, port) {
                            (None, _) => &mut bytes[..],
                            (Some(srtp), Port::Rtcp) => srtp.open_report(&mut bytes).unwrap(),
                            (Some(srtp), Port::Rtp | Port::Web) => srtp.open(&mut bytes).unwrap(),
                        };
                        match port {
                            Port::Rtcp => phone.reports.push(bytes.to_vec()),
                            Port::Rtp | Port::Web if to == phone.address => {
                                phone.got.push(got(self.now, bytes))
                            }
                            Port::Rtp | Port::Web => {}
                        }
                    }
                }
            }
        }
    }
}
