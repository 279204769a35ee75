//! RTP both ways, paced and stamped: each packet carries its stream, its number and when it left, so whoever
//! gets it knows what was lost, doubled or overtaken on the way, and how long it took.
//!
//! All streams of a side share one socket, and the sockets are looked at on the beat instead of waking us: a
//! server's peers are on other machines, whose waking up is not the server's work.

use std::net::{SocketAddrV4, UdpSocket};
use std::ops::Range;

use crate::clock::{self, MILLISECOND, Nanos};
use crate::datagram::{self, Inbox, Outbox};
use crate::rtp::{self, PACKET_EVERY};
use crate::stats::Spread;

/// The beat: 5,000 a second, so that packets leave evenly and not in bursts.
const BEAT: Nanos = 200_000;
/// Beats in the time of one packet.
const BEATS: u64 = PACKET_EVERY / BEAT;
/// Beats after which the sockets are looked at: the kernel says when a packet came, so a millisecond is
/// soon enough.
const LOOK_EVERY: u64 = 5;
/// How long packets may be on their way when a measurement ends.
const GRACE: Nanos = 300 * MILLISECOND;

/// The callers' side or the callees'.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Caller,
    Callee,
}

/// The two ends of all calls.
pub struct Station {
    sockets: [UdpSocket; 2],
    /// Where servers send RTCP: bound so that nothing is refused, never read.
    _rtcp: [UdpSocket; 2],
    streams: Vec<Stream>,
    /// When a packet came last from each port, and how many did, for sound that is not ours.
    heard: Vec<Heard>,
    inbox: Inbox,
    outboxes: [Outbox; 2],
    /// Voices in the place of stamps: for servers that mix.
    talks: bool,
}

/// One direction of a call.
struct Stream {
    from: Side,
    to: SocketAddrV4,
    sent: u32,
    /// First packet of the measurement.
    first: u32,
    came: Vec<bool>,
    highest: u32,
    last_at: Nanos,
}

#[derive(Clone, Copy, Default)]
struct Heard {
    packets: u32,
    last_at: Nanos,
}

/// What became of the packets of one measurement.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Traffic {
    pub sent: u64,
    pub lost: u64,
    pub doubled: u64,
    pub overtaken: u64,
    /// From our `sendmmsg` to the kernel's stamp at the other end.
    pub latency: Spread,
    /// The longest time between two packets of a stream.
    pub gap_ms: f64,
    /// How late packets left here: whether this generator kept up.
    pub own_lateness: Spread,
    /// Packets that our own kernel did not take.
    pub unsent: u64,
    /// Packets of sound that is not ours (music).
    pub foreign: u64,
}

#[derive(Default)]
struct Tally {
    /// When the measurement began, and when it ended.
    window: Range<Nanos>,
    traffic: Traffic,
    latencies: Vec<u32>,
    lateness: Vec<u32>,
    gap: Nanos,
}

impl Station {
    /// Binds both sides, `port` and `port + 2`, with their RTCP ports.
    pub fn new(port: u16) -> std::io::Result<Self> {
        Ok(Self {
            sockets: [datagram::bind(port)?, datagram::bind(port + 2)?],
            _rtcp: [UdpSocket::bind(("127.0.0.1", port + 1))?, UdpSocket::bind(("127.0.0.1", port + 3))?],
            streams: vec![],
            heard: vec![Heard::default(); 1 << 16],
            inbox: Inbox::new(),
            outboxes: [Outbox::default(), Outbox::default()],
            talks: false,
        })
    }

    /// Packets with something to be heard, which say nothing of themselves.
    pub fn talking(self) -> Self {
        Self { talks: true, ..self }
    }

    /// Where this side gets its sound.
    pub fn address(&self, side: Side) -> SocketAddrV4 {
        match self.sockets[side as usize].local_addr() {
            Ok(std::net::SocketAddr::V4(address)) => address,
            other => unreachable!("bound to {other:?}"),
        }
    }

    /// Adds a stream.
    pub fn add(&mut self, from: Side, to: SocketAddrV4) {
        self.streams.push(Stream { from, to, sent: 0, first: 0, came: vec![], highest: 0, last_at: 0 });
    }

    /// Lets the streams run: `warm_up` unmeasured, then `length` measured. `at_edge` is called at the
    /// beginning and at the end of the measurement.
    pub fn run(&mut self, warm_up: Nanos, length: Nanos, mut at_edge: impl FnMut()) -> Traffic {
        let start = clock::now() + MILLISECOND;
        let mut tally = Tally::default();
        let (first, beats) = (warm_up / BEAT, (warm_up + length) / BEAT);
        for beat in 0..beats {
            if beat == first {
                self.begin_measurement();
                let begun = start + beat * BEAT;
                tally = Tally { window: begun..start + beats * BEAT, ..Tally::default() };
                at_edge();
            }
            clock::sleep_until(start + beat * BEAT);
            self.send(beat, start + beat * BEAT, &mut tally);
            if beat % LOOK_EVERY == 0 {
                self.receive(&mut tally);
            }
        }
        at_edge();
        let end = clock::now() + GRACE;
        while clock::now() < end {
            clock::sleep_until(clock::now() + MILLISECOND);
            self.receive(&mut tally);
        }
        self.sum_up(tally)
    }

    fn begin_measurement(&mut self) {
        for stream in &mut self.streams {
            stream.first = stream.sent;
            stream.came.clear();
            stream.last_at = 0;
        }
        self.heard.fill(Heard::default());
    }

    fn send(&mut self, beat: u64, due: Nanos, tally: &mut Tally) {
        let turn = (beat % BEATS) as usize;
        let now = clock::now();
        for (index, stream) in self.streams.iter_mut().enumerate().skip(turn).step_by(BEATS as usize) {
            let number = stream.sent;
            stream.sent += 1;
            tally.lateness.push(clock::micros(now.saturating_sub(due)));
            let outbox = &mut self.outboxes[stream.from as usize];
            match self.talks {
                true => outbox.push(stream.to, |bytes| rtp::speak(bytes, index as u32, number)),
                false => {
                    outbox.push(stream.to, |bytes| rtp::write(bytes, index as u32, number, clock::now()))
                }
            }
        }
        for (outbox, socket) in self.outboxes.iter_mut().zip(&self.sockets) {
            tally.traffic.unsent += outbox.send(socket) as u64;
        }
    }

    fn receive(&mut self, tally: &mut Tally) {
        for socket in &self.sockets {
            loop {
                let count = self.inbox.receive(socket);
                if count == 0 {
                    break;
                }
                for arrival in self.inbox.arrivals(count) {
                    match rtp::read(arrival.bytes) {
                        Some(stamp) => match self.streams.get_mut(stamp.stream as usize) {
                            Some(stream) => stream.arrived(stamp, arrival.at, tally),
                            None => continue,
                        },
                        None => {
                            self.heard[arrival.from.port() as usize].arrived(arrival.at, tally);
                        }
                    }
                }
            }
        }
    }

    fn sum_up(&self, mut tally: Tally) -> Traffic {
        let mut traffic = tally.traffic;
        for stream in &self.streams {
            let sent = (stream.sent - stream.first) as usize;
            let came = stream.came.iter().take(sent).filter(|came| **came).count();
            traffic.sent += sent as u64;
            traffic.lost += (sent - came) as u64;
        }
        traffic.latency = Spread::of(&mut tally.latencies);
        traffic.own_lateness = Spread::of(&mut tally.lateness);
        traffic.gap_ms = tally.gap as f64 / MILLISECOND as f64;
        traffic.foreign = self.heard.iter().map(|heard| u64::from(heard.packets)).sum();
        traffic
    }
}

impl Stream {
    fn arrived(&mut self, stamp: rtp::Stamp, at: Nanos, tally: &mut Tally) {
        let Some(place) = stamp.number.checked_sub(self.first) else { return };
        let place = place as usize;
        if place >= self.came.len() {
            self.came.resize(place + 1, false);
        }
        tally.traffic.doubled += u64::from(self.came[place]);
        tally.traffic.overtaken += u64::from(self.last_at > 0 && stamp.number < self.highest);
        self.came[place] = true;
        self.highest = self.highest.max(stamp.number);
        if self.last_at > 0 {
            tally.gap = tally.gap.max(at.saturating_sub(self.last_at));
        }
        self.last_at = at;
        tally.latencies.push(clock::micros(at.saturating_sub(stamp.left)));
    }
}

impl Heard {
    fn arrived(&mut self, at: Nanos, tally: &mut Tally) {
        if !tally.window.contains(&at) {
            return;
        }
        self.packets += 1;
        if self.last_at > 0 {
            tally.gap = tally.gap.max(at.saturating_sub(self.last_at));
        }
        self.last_at = at;
    }
}
