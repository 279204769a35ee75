//! A speaker and a listener in a room of the media engine, on simulated time.

use std::net::SocketAddr;
use std::time::Duration;

use hovor::entropy::Entropy;
use hovor::id::{LegId, RoomId};
use hovor::media::codec::g711;
use hovor::media::rtp::RtpPacket;
use hovor::media::worker::{Output, Port, TICK, Worker, WorkerConfig};
use hovor::media::{Command, FRAME, Family, Row};
use hovor::sdp::{Agreed, Codec, Direction, Fmtp};
use hovor::time::{Epoch, Time, UnixMs};

use super::support::audio::Sound;

/// How long before a tick packets come.
const EARLY: Duration = Duration::from_millis(7);

/// What comes in the place of a lost packet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lost {
    /// Nothing, so that the engine has to conceal it.
    Missing,
    /// A packet of silence, so that zeros are heard.
    Silent,
}

/// How many packets a sound takes.
pub fn packets(said: &Sound) -> usize {
    said.samples.len().div_ceil(FRAME)
}

/// What is heard of a sound of which these packets are lost.
pub fn hear(said: &Sound, lost: &[bool], instead: Lost) -> Sound {
    let mut room = Room::new();
    let mut heard = vec![];
    for (number, samples) in said.samples.chunks(FRAME).enumerate() {
        let is_lost = lost.get(number).is_some_and(|lost| *lost);
        let mut payload: Vec<u8> =
            samples.iter().map(|sample| g711::encode_ulaw((sample * 32_767.0) as i16)).collect();
        if is_lost {
            payload.fill(g711::encode_ulaw(0));
        }
        let comes = !is_lost || instead == Lost::Silent;
        heard.extend(room.tick(comes.then_some(&payload), number));
    }
    let samples = heard.into_iter().map(|byte| f32::from(g711::decode_ulaw(byte)) / 32_768.0).collect();
    Sound { rate: 8_000, samples }
}

struct Room {
    worker: Worker,
    speaker: LegId,
    listener: LegId,
    now: Time,
}

impl Room {
    fn new() -> Self {
        let mut entropy = Entropy::from_number(1);
        let config = WorkerConfig { silence_limit: Duration::from_secs(60), epoch: Epoch(UnixMs(0)) };
        let mut worker = Worker::new(config, entropy.fork());
        let now = Time::from_secs(1);
        let room = RoomId::new(UnixMs(0), &mut entropy);
        let [speaker, listener, quiet] = [0, 1, 2].map(|_| LegId::new(UnixMs(0), &mut entropy));
        for leg in [speaker, listener, quiet] {
            worker.handle_command(
                Command::Open { leg, room, family: Family::V4, ways: Default::default() },
                now,
            );
            worker.handle_command(Command::Configure { leg, agreed: agreed() }, now);
        }
        // The listener hears somebody else too, who says nothing: so packets are played here, not passed on.
        let rows = [speaker, quiet].map(|from| Row { from, to: listener }).into();
        worker.handle_command(Command::Hear { room, rows }, now);
        Self { worker, speaker, listener, now }
    }

    /// What the listener is sent in the next tick, before which the speaker's packet comes, if it does.
    fn tick(&mut self, payload: Option<&Vec<u8>>, number: usize) -> Vec<u8> {
        self.now += TICK - EARLY;
        if let Some(payload) = payload {
            let (sequence, timestamp) = (number as u16, (number * FRAME) as u32);
            let packet = RtpPacket { payload_type: 0, marker: false, sequence, timestamp, ssrc: 1, payload };
            let mut bytes = vec![];
            packet.write(&mut bytes);
            self.worker.handle_packet(self.speaker, &mut bytes, phone(), self.now);
        }
        self.now += EARLY;
        self.worker.tick(self.now);
        let mut heard = vec![];
        while let Some(output) = self.worker.poll_output() {
            match output {
                Output::Send { leg, port: Port::Rtp, bytes, .. } if leg == self.listener => {
                    heard.extend(RtpPacket::parse(&bytes).unwrap().payload);
                }
                _ => {}
            }
        }
        assert_eq!(heard.len(), FRAME, "a packet a tick");
        heard
    }
}

fn phone() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 4_000))
}

/// µ-law, because its silence is exactly zero.
fn agreed() -> Agreed {
    Agreed {
        remote: phone(),
        remote_rtcp: None,
        rtcp_mux: false,
        codec: Codec::Pcmu,
        payload_type: 0,
        receive_payload_type: 0,
        receive_also: vec![],
        dtmf_payload_type: None,
        receive_dtmf_payload_type: None,
        dtmf_clock_rate: 8_000,
        fmtp: Fmtp::default(),
        ptime_ms: 20,
        direction: Direction::SendRecv,
        srtp: None,
        web: None,
    }
}
