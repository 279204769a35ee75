//! UDP sockets that take and give many datagrams a system call, and tell when each one came.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::os::fd::{AsRawFd, RawFd};

use socket2::{Domain, Protocol, Socket, Type};

use crate::clock::{Nanos, SECOND, timespec};

/// Datagrams a system call.
const BATCH: usize = 64;
/// Longest datagram: longer than any SIP message of these runs.
const LONGEST: usize = 4_096;
/// What the kernel keeps for us: a second of 500 calls.
const BUFFER: usize = 4 << 20;
/// Bytes for the control message with the time: a header (16) and a timespec (16).
const CONTROL: usize = 4;

/// A socket on loopback that stamps arrivals.
pub fn bind(port: u16) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    socket.set_recv_buffer_size(BUFFER)?;
    socket.set_send_buffer_size(BUFFER)?;
    socket.bind(&std::net::SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into())?;
    let on: libc::c_int = 1;
    // SAFETY: the pointer and the length are those of `on`, which outlives the call.
    let done = unsafe {
        let (value, size) = ((&raw const on).cast(), size_of_val(&on) as libc::socklen_t);
        libc::setsockopt(socket.as_raw_fd(), libc::SOL_SOCKET, libc::SO_TIMESTAMPNS, value, size)
    };
    if done == 0 { Ok(socket.into()) } else { Err(io::Error::last_os_error()) }
}

/// A datagram that came.
#[derive(Clone, Copy)]
pub struct Arrival<'a> {
    pub bytes: &'a [u8],
    pub from: SocketAddrV4,
    /// When the kernel got it.
    pub at: Nanos,
}

/// Room for the datagrams of one system call.
pub struct Inbox {
    buffers: Vec<[u8; LONGEST]>,
    names: Vec<libc::sockaddr_in>,
    controls: Vec<[u64; CONTROL]>,
    headers: Vec<libc::mmsghdr>,
    parts: Vec<libc::iovec>,
}

impl Inbox {
    pub fn new() -> Self {
        // SAFETY: all of these are plain C structures, for which zeros are valid.
        let (name, header, part) = unsafe { (std::mem::zeroed(), std::mem::zeroed(), std::mem::zeroed()) };
        Self {
            buffers: vec![[0; LONGEST]; BATCH],
            names: vec![name; BATCH],
            controls: vec![[0; CONTROL]; BATCH],
            headers: vec![header; BATCH],
            parts: vec![part; BATCH],
        }
    }

    /// Takes what waits at the socket, at most a batch; gives how many came.
    pub fn receive(&mut self, socket: &UdpSocket) -> usize {
        for index in 0..BATCH {
            let part = &mut self.parts[index];
            part.iov_base = self.buffers[index].as_mut_ptr().cast();
            part.iov_len = LONGEST;
            let header = &mut self.headers[index].msg_hdr;
            header.msg_name = (&raw mut self.names[index]).cast();
            header.msg_namelen = size_of::<libc::sockaddr_in>() as libc::socklen_t;
            header.msg_iov = part;
            header.msg_iovlen = 1;
            header.msg_control = self.controls[index].as_mut_ptr().cast();
            header.msg_controllen = size_of::<[u64; CONTROL]>();
        }
        let (fd, count) = (socket.as_raw_fd(), BATCH as libc::c_uint);
        // SAFETY: each header points into this structure's own vectors, which are as long as BATCH and do not
        // move during the call.
        let came = unsafe {
            libc::recvmmsg(fd, self.headers.as_mut_ptr(), count, libc::MSG_DONTWAIT, std::ptr::null_mut())
        };
        usize::try_from(came).unwrap_or(0)
    }

    /// The first `count` datagrams of the last call.
    pub fn arrivals(&self, count: usize) -> impl Iterator<Item = Arrival<'_>> {
        (0..count).map(|index| {
            let name = &self.names[index];
            let ip = Ipv4Addr::from(u32::from_be(name.sin_addr.s_addr));
            let length = self.headers[index].msg_len as usize;
            Arrival {
                bytes: &self.buffers[index][..length.min(LONGEST)],
                from: SocketAddrV4::new(ip, u16::from_be(name.sin_port)),
                at: stamp(&self.headers[index].msg_hdr),
            }
        })
    }
}

fn stamp(header: &libc::msghdr) -> Nanos {
    // SAFETY: the header and its control buffer were filled by recvmmsg; the message is read only if there
    // is one of the kind that was asked for.
    unsafe {
        let message = libc::CMSG_FIRSTHDR(header);
        assert!(
            !message.is_null() && (*message).cmsg_type == libc::SCM_TIMESTAMPNS,
            "the kernel does not say when a packet came"
        );
        let time: libc::timespec = std::ptr::read_unaligned(libc::CMSG_DATA(message).cast());
        time.tv_sec as Nanos * SECOND + time.tv_nsec as Nanos
    }
}

/// Packets that leave together.
#[derive(Default)]
pub struct Outbox {
    packets: Vec<(libc::sockaddr_in, Vec<u8>)>,
    used: usize,
}

impl Outbox {
    /// Adds a packet, which `write` writes into an empty buffer.
    pub fn push(&mut self, to: SocketAddrV4, write: impl FnOnce(&mut Vec<u8>)) {
        if self.used == self.packets.len() {
            self.packets.push((name(to), Vec::with_capacity(256)));
        }
        let packet = &mut self.packets[self.used];
        packet.0 = name(to);
        packet.1.clear();
        write(&mut packet.1);
        self.used += 1;
    }

    /// Sends all; gives how many the kernel did not take.
    pub fn send(&mut self, socket: &UdpSocket) -> usize {
        let waiting = std::mem::take(&mut self.used);
        let mut done = 0;
        while done < waiting {
            let sent = send_some(socket, &mut self.packets[done..waiting]);
            if sent == 0 {
                break;
            }
            done += sent;
        }
        waiting - done
    }
}

fn send_some(socket: &UdpSocket, packets: &mut [(libc::sockaddr_in, Vec<u8>)]) -> usize {
    let count = packets.len().min(BATCH);
    let mut parts: [libc::iovec; BATCH] = [libc::iovec { iov_base: std::ptr::null_mut(), iov_len: 0 }; BATCH];
    // SAFETY: zeros are valid for these plain C structures, and every pointer put into them is to something
    // that outlives the call.
    let sent = unsafe {
        let mut headers: [libc::mmsghdr; BATCH] = std::mem::zeroed();
        for ((name, bytes), (part, header)) in packets.iter_mut().zip(parts.iter_mut().zip(&mut headers)) {
            *part = libc::iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: bytes.len() };
            header.msg_hdr.msg_name = (&raw mut *name).cast();
            header.msg_hdr.msg_namelen = size_of::<libc::sockaddr_in>() as libc::socklen_t;
            header.msg_hdr.msg_iov = part;
            header.msg_hdr.msg_iovlen = 1;
        }
        libc::sendmmsg(socket.as_raw_fd(), headers.as_mut_ptr(), count as libc::c_uint, libc::MSG_DONTWAIT)
    };
    usize::try_from(sent).unwrap_or(0)
}

fn name(address: SocketAddrV4) -> libc::sockaddr_in {
    libc::sockaddr_in {
        sin_family: libc::AF_INET as libc::sa_family_t,
        sin_port: address.port().to_be(),
        sin_addr: libc::in_addr { s_addr: u32::from(*address.ip()).to_be() },
        sin_zero: [0; 8],
    }
}

/// Waits until something comes to one of these sockets, or until the time is over.
pub fn wait(sockets: &[RawFd], longest: Nanos) {
    let mut watched: Vec<libc::pollfd> =
        sockets.iter().map(|fd| libc::pollfd { fd: *fd, events: libc::POLLIN, revents: 0 }).collect();
    let limit = timespec(longest);
    // SAFETY: the pointers are to `watched`, with its length, and to `limit`; no signal mask is given.
    unsafe {
        libc::ppoll(watched.as_mut_ptr(), watched.len() as libc::nfds_t, &raw const limit, std::ptr::null());
    }
}
