//! Bare RTP for tests with many calls: each stream sends packets it knows again when they come back.

use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

const HEADER: usize = 12;
/// 20 ms of G.711.
const PAYLOAD: usize = 160;
const PCMA: u8 = 8;

/// One socket, and what goes out of it and comes back.
pub struct Stream {
    socket: UdpSocket,
    remote: Option<SocketAddr>,
    /// Payloads sent, each with its number.
    payloads: BTreeMap<Vec<u8>, usize>,
    pub sent: usize,
    pub received: usize,
    /// Packets received whose payload is one of those that were sent.
    pub echoed: usize,
    ssrc: u32,
}

impl Stream {
    pub fn new(port: u16) -> Self {
        let socket = UdpSocket::bind(("127.0.0.1", port)).unwrap();
        socket.set_nonblocking(true).unwrap();
        let ssrc = u32::from(port) << 8;
        Self { socket, remote: None, payloads: BTreeMap::new(), sent: 0, received: 0, echoed: 0, ssrc }
    }

    pub fn port(&self) -> u16 {
        self.socket.local_addr().unwrap().port()
    }

    pub fn send_to(&mut self, port: u16) {
        self.remote = Some(([127, 0, 0, 1], port).into());
    }

    /// Sends the next packet, and takes in what has come.
    fn turn(&mut self) {
        if let Some(remote) = self.remote {
            let packet = self.packet();
            // A peer that is gone refuses: that is seen in what comes back.
            let _ = self.socket.send_to(&packet, remote);
            self.payloads.insert(packet[HEADER..].to_vec(), self.sent);
            self.sent += 1;
        }
        let mut buffer = [0; 2048];
        while let Ok((length, _)) = self.socket.recv_from(&mut buffer) {
            self.received += 1;
            let payload = buffer.get(HEADER..length).unwrap_or_default();
            self.echoed += usize::from(self.payloads.contains_key(payload));
        }
    }

    fn packet(&self) -> Vec<u8> {
        let number = self.sent as u32;
        let mut packet = vec![0x80, PCMA | if number == 0 { 0x80 } else { 0 }];
        packet.extend((number as u16).to_be_bytes());
        packet.extend((number * PAYLOAD as u32).to_be_bytes());
        packet.extend(self.ssrc.to_be_bytes());
        let noise = self.ssrc.wrapping_mul(2_654_435_761) ^ number.wrapping_mul(40_503);
        packet.extend((0..PAYLOAD as u32).map(|n| (noise.wrapping_mul(n + 1) >> 11) as u8));
        packet
    }
}

/// Lets the streams run in step, a packet every 20 ms, for as long as `go_on` says so.
pub fn run(streams: &mut [Stream], mut go_on: impl FnMut(&mut [Stream]) -> bool) {
    let mut next = Instant::now();
    while go_on(streams) {
        streams.iter_mut().for_each(Stream::turn);
        next += Duration::from_millis(20);
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
    }
}
