//! Bare RTP for tests with many calls: each stream sends packets it knows again when they come back.

use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;
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
    /// How evenly packets came.
    pub course: Course,
    ssrc: u32,
}

impl Stream {
    pub fn new(port: u16) -> Self {
        let socket = UdpSocket::bind(("127.0.0.1", port)).unwrap();
        socket.set_nonblocking(true).unwrap();
        stamp_arrivals(&socket);
        let (ssrc, course) = (u32::from(port) << 8, Course::default());
        Self {
            socket,
            remote: None,
            payloads: BTreeMap::new(),
            sent: 0,
            received: 0,
            echoed: 0,
            course,
            ssrc,
        }
    }

    pub fn port(&self) -> u16 {
        self.socket.local_addr().unwrap().port()
    }

    pub fn send_to(&mut self, port: u16) {
        self.remote = Some(([127, 0, 0, 1], port).into());
    }

    /// Sends no more, and goes on taking in what comes.
    pub fn rest(&mut self) {
        self.remote = None;
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
        while let Some((length, at)) = receive(&self.socket, &mut buffer) {
            self.received += 1;
            self.course.arrived(&buffer[..length], at);
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

/// How evenly the packets of one source came, by the kernel's clock: a test that is kept waiting itself does not
/// show in it.
#[derive(Clone, Debug, Default)]
pub struct Course {
    last: Option<(u16, u32, Duration)>,
    /// Packets that are missing between those that came.
    pub missing: usize,
    /// Packets whose timestamp does not follow from that of the one before.
    pub torn: usize,
    pub longest_gap: Duration,
}

impl Course {
    fn arrived(&mut self, packet: &[u8], at: Duration) {
        let Some(header) = packet.get(..HEADER) else { return };
        let sequence = u16::from_be_bytes([header[2], header[3]]);
        let timestamp = u32::from_be_bytes([header[4], header[5], header[6], header[7]]);
        if let Some((sequence_before, timestamp_before, at_before)) = self.last {
            let step = sequence.wrapping_sub(sequence_before);
            let expected = timestamp_before.wrapping_add(u32::from(step) * PAYLOAD as u32);
            self.missing += usize::from(step.wrapping_sub(1));
            self.torn += usize::from(timestamp != expected);
            self.longest_gap = self.longest_gap.max(at.saturating_sub(at_before));
        }
        self.last = Some((sequence, timestamp, at));
    }

    /// Forgets the gaps so far: what comes is measured from here on.
    pub fn begin_anew(&mut self) {
        *self = Self { last: self.last, ..Self::default() };
    }
}

/// Asks the kernel to say when each packet came.
fn stamp_arrivals(socket: &UdpSocket) {
    let on: libc::c_int = 1;
    // SAFETY: the pointer and the length are those of `on`, which outlives the call.
    let done = unsafe {
        let (value, size) = ((&raw const on).cast(), size_of_val(&on) as libc::socklen_t);
        libc::setsockopt(socket.as_raw_fd(), libc::SOL_SOCKET, libc::SO_TIMESTAMPNS, value, size)
    };
    assert_eq!(done, 0);
}

/// The next packet: its length, and when it came.
fn receive(socket: &UdpSocket, buffer: &mut [u8]) -> Option<(usize, Duration)> {
    let mut control = [0_u64; 16];
    let mut part = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() };
    // SAFETY: a header of zeros is a valid one; its pointers are then those of `part` and `control`, which
    // outlive its use. The kernel writes no more than the lengths given, and a control message is read only as
    // far as CMSG_FIRSTHDR says there is one of the kind asked for.
    unsafe {
        let mut header: libc::msghdr = std::mem::zeroed();
        header.msg_iov = &raw mut part;
        header.msg_iovlen = 1;
        header.msg_control = control.as_mut_ptr().cast();
        header.msg_controllen = size_of_val(&control);
        let length = libc::recvmsg(socket.as_raw_fd(), &raw mut header, libc::MSG_DONTWAIT);
        let length = usize::try_from(length).ok()?;
        let message = libc::CMSG_FIRSTHDR(&raw const header);
        let is_time = !message.is_null() && (*message).cmsg_type == libc::SCM_TIMESTAMPNS;
        assert!(is_time, "the kernel does not say when a packet came");
        let at: libc::timespec = std::ptr::read_unaligned(libc::CMSG_DATA(message).cast::<libc::timespec>());
        Some((length, Duration::new(at.tv_sec as u64, at.tv_nsec as u32)))
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

/// A line of notes that ends in our port of the stream and theirs.
pub fn ports_of(line: &str) -> Option<(u16, u16)> {
    let mut words = line.rsplit(char::is_whitespace);
    let theirs = words.next()?.parse().ok()?;
    Some((words.next()?.parse().ok()?, theirs))
}
