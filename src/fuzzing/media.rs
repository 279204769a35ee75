//! Sound and reports about it: two legs that hear each other, and whatever comes to their ports.

use std::net::SocketAddr;
use std::time::Duration;

use super::choices::Choices;
use crate::entropy::Entropy;
use crate::id::{LegId, RoomId};
use crate::media::command::{Command, RecordLimits, Row};
use crate::media::rtcp::Rtcp;
use crate::media::rtp::{ReceiverStatistics, RtpPacket, Sender, is_rtcp};
use crate::media::worker::{Output, TICK, Worker, WorkerConfig};
use crate::sdp::{Agreed, Codec, Direction, Fmtp, Keys, MasterKey, Suite};
use crate::time::{Epoch, Time, UnixMs};

const FAR: [&str; 2] = ["192.0.2.1:4000", "192.0.2.2:4000"];
const EPOCH: Epoch = Epoch(UnixMs(1_700_000_000_000));

/// Any datagrams come to two legs that hear each other, or that are recorded, or protected: nothing fails.
///
/// Each is one byte that says how it comes, one that says how long it is, and its bytes.
pub fn rtp(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let mut talk = Talk::new(choices.byte());
    while !choices.is_over() {
        let how = choices.byte();
        let packet = talk.packet(how, &mut choices);
        if !is_rtcp(&packet) {
            reads_back(&packet);
        }
        talk.arrives(how, packet);
    }
    talk.pass(50);
    assert_eq!(talk.worker.rooms_failed(), 0);
}

/// What is read as a packet, and written, is read again as the same.
fn reads_back(bytes: &[u8]) {
    if let Ok(packet) = RtpPacket::parse(bytes) {
        assert!(packet.payload.len() + 12 <= bytes.len());
        let mut written = vec![];
        packet.write(&mut written);
        assert_eq!(RtpPacket::parse(&written), Ok(packet));
    }
}

/// Any bytes are read as reports or refused, and what they say does no harm to ours.
pub fn rtcp(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let mut entropy = Entropy::from_number(1);
    let mut sender = Sender::new(8_000, &mut entropy);
    let (mut statistics, mut now) = (ReceiverStatistics::new(), Time::from_secs(1));
    let mut rtcp = Rtcp::new("cname".into(), EPOCH, entropy.fork(), now);
    while !choices.is_over() {
        let how = choices.byte();
        let report = choices.bytes();
        if how & 1 == 0 {
            let _ = sender.next(160, 160, now);
        }
        let _ = rtcp.receive(report, sender.ssrc(), u32::from(how & 2) * 8_000, now);
        if let Ok(packet) = RtpPacket::parse(report) {
            let _ = statistics.arrived(&packet, 8_000, now);
        }
        assert!(rtcp.round_trip().is_none_or(|time| time <= Duration::from_secs(60)));
        now += Duration::from_millis(u64::from(how) * 40);
        let ours = rtcp.report(&sender, &mut statistics, now);
        assert!(is_rtcp(&ours));
        assert!(rtcp.receive(&ours, sender.ssrc(), 8_000, now).is_ok(), "our own report can be read");
    }
    assert!(!rtcp.bye(&sender, &mut statistics, now).is_empty());
}

/// Two legs in one room.
struct Talk {
    worker: Worker,
    legs: [LegId; 2],
    now: Time,
    sequence: u16,
}

impl Talk {
    fn new(kind: u8) -> Self {
        let mut ids = Entropy::from_number(1);
        let now = Time::from_secs(1);
        let config = WorkerConfig { silence_limit: Duration::from_secs(20), epoch: EPOCH };
        let mut worker = Worker::new(config, ids.fork());
        let room = RoomId::new(UnixMs(0), &mut ids);
        let legs = [LegId::new(UnixMs(0), &mut ids), LegId::new(UnixMs(0), &mut ids)];
        for (leg, far) in legs.iter().zip(FAR) {
            worker.open(*leg, room, now).expect("there is room");
            let far = far.parse().expect("an address");
            worker.handle_command(Command::Configure { leg: *leg, agreed: agreed(kind, far) }, now);
        }
        let [one, other] = legs;
        let rows = [Row { from: one, to: other }, Row { from: other, to: one }, Row { from: one, to: one }];
        let rows = rows.into_iter().take(if kind & 4 == 0 { 2 } else { 3 }).collect();
        worker.handle_command(Command::Hear { room, rows }, now);
        if kind & 8 != 0 {
            let limits = RecordLimits { max: Duration::from_secs(60), ..RecordLimits::default() };
            let path = "/fuzz.wav".into();
            worker.handle_command(Command::Record { leg: one, recording: 1, path, limits }, now);
        }
        Self { worker, legs, now, sequence: 0 }
    }

    /// The bytes as they are, or as the payload of a packet as our legs expect it.
    fn packet(&mut self, how: u8, choices: &mut Choices<'_>) -> Vec<u8> {
        if how & 1 != 0 {
            return choices.bytes().to_owned();
        }
        let step = choices.byte();
        self.sequence = self.sequence.wrapping_add(u16::from(step % 8)).wrapping_sub(u16::from(step / 64));
        let packet = RtpPacket {
            payload_type: choices.of(&[8, 8, 101, 0]),
            marker: step & 8 != 0,
            sequence: self.sequence,
            timestamp: u32::from(self.sequence).wrapping_mul(160),
            ssrc: u32::from(step & 0x30),
            payload: choices.bytes(),
        };
        let mut bytes = vec![];
        packet.write(&mut bytes);
        bytes
    }

    fn arrives(&mut self, how: u8, mut packet: Vec<u8>) {
        let leg = usize::from(how >> 1 & 1);
        let from = FAR[leg].parse().expect("an address");
        match how & 4 {
            0 => self.worker.handle_packet(self.legs[leg], &mut packet, from, self.now),
            _ => self.worker.handle_rtcp(self.legs[leg], &mut packet, from, self.now),
        }
        self.pass(how >> 5);
    }

    /// Lets so many ticks pass; what is sent can be read.
    fn pass(&mut self, ticks: u8) {
        for _ in 0..ticks {
            self.now += TICK;
            self.worker.tick(self.now);
        }
        while let Some(output) = self.worker.poll_output() {
            if let Output::Send { bytes, .. } = output {
                assert!(is_rtcp(&bytes) || RtpPacket::parse(&bytes).is_ok());
            }
        }
    }
}

fn agreed(kind: u8, remote: SocketAddr) -> Agreed {
    let key = |suite: Suite, byte| MasterKey::new(suite, &[byte; 30]).or(MasterKey::new(suite, &[byte; 28]));
    let keys = |suite| Some(Keys { send: key(suite, 1)?, receive: key(suite, 2)? });
    let suites = [Suite::ALL[0], Suite::ALL[Suite::ALL.len() - 1]];
    let codec = match kind >> 4 & 1 | kind >> 5 & 2 {
        0 => Codec::Pcma,
        1 => Codec::Pcmu,
        2 => Codec::G722,
        _ => Codec::Opus,
    };
    let asked = Fmtp { use_inband_fec: true, ..Fmtp::default() };
    Agreed {
        remote,
        remote_rtcp: Some(remote),
        rtcp_mux: false,
        codec,
        payload_type: 8,
        receive_payload_type: 8,
        receive_also: vec![(0, Codec::Pcmu), (9, Codec::G722), (96, Codec::Opus)],
        dtmf_payload_type: (kind & 128 == 0).then_some(101),
        receive_dtmf_payload_type: (kind & 128 == 0).then_some(101),
        dtmf_clock_rate: codec.clock_rate(),
        fmtp: asked,
        ptime_ms: if kind & 32 == 0 { 20 } else { 40 },
        direction: Direction::SendRecv,
        srtp: match kind & 3 {
            1 => keys(suites[0]),
            2 => keys(suites[1]),
            _ => None,
        },
        web: None,
    }
}
