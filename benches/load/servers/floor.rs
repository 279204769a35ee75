//! What the kernel takes for the same packets: a loop that receives each packet at a port of its own and
//! sends it out of another one, or each SIP message at one port and passes it on, and does nothing else. It is a
//! process of its own, so that it is measured like the others.

use std::net::UdpSocket;
use std::os::fd::{AsRawFd, RawFd};
use std::process::Command;

use crate::clock;
use crate::ports;
use crate::process::{Folder, Process};
use crate::rtp::PACKET_EVERY;

/// The arguments that make this program the loop that forwards, the one that only sends, and the one that passes
/// SIP messages on.
pub const FORWARDING: &str = "bare-loop";
pub const PLAYING: &str = "bare-player";
pub const RELAYING: &str = "bare-relay";

pub struct Floor {
    pub process: Process,
    _folder: Folder,
}

impl Floor {
    /// Starts one of them for so many calls.
    pub fn start(kind: &str, calls: usize) -> Result<Self, String> {
        let folder = Folder::new("floor")?;
        let own = std::env::current_exe().map_err(|error| error.to_string())?;
        let mut command = Command::new(own);
        command.args([kind, &calls.to_string()]);
        let mut process = Process::start(&mut command, &folder.join("log"))?;
        // Its ports are bound one after the other; the last one tells.
        let last = if kind == RELAYING { ports::SERVER } else { port(calls - 1, 1) };
        process.wait_until(|| UdpSocket::bind(("127.0.0.1", last)).is_err())?;
        Ok(Self { process, _folder: folder })
    }
}

/// Where the sound of a side of a call is received.
pub fn port(call: usize, side: usize) -> u16 {
    ports::RTP.0 + (2 * call + side) as u16
}

/// Runs the loop that forwards until it is killed.
pub fn forward(calls: usize) -> std::io::Result<()> {
    let ends = [ports::SOUND, ports::SOUND + 2].map(super::local);
    let sockets = bind(calls)?;
    let poll = watch(&sockets)?;
    let mut ready = [libc::epoll_event { events: 0, u64: 0 }; 64];
    let mut buffer = [0; 2_048];
    loop {
        // SAFETY: the pointer is to `ready`, with its length.
        let count = unsafe { libc::epoll_wait(poll, ready.as_mut_ptr(), 64, -1) };
        for event in ready.iter().take(usize::try_from(count).unwrap_or(0)) {
            let index = event.u64 as usize;
            let Ok(length) = sockets[index].recv(&mut buffer) else { continue };
            // What a caller says leaves by the callee's port, and the other way round.
            let (out, to) = (index ^ 1, ends[(index ^ 1) % 2]);
            let _ = sockets[out].send_to(&buffer[..length], to);
        }
    }
}

/// Sends a packet from every caller's port each 20 ms, all in a row, as players do, until it is killed.
pub fn play(calls: usize) -> std::io::Result<()> {
    let (sockets, to, packet) = (bind(calls)?, super::local(ports::SOUND), [0x80; 172]);
    let mut next = clock::now();
    loop {
        for socket in sockets.iter().step_by(2) {
            let _ = socket.send_to(&packet, to);
        }
        next += PACKET_EVERY;
        clock::sleep_until(next);
    }
}

/// Passes each SIP message on to the other side, as it is, until it is killed.
pub fn relay() -> std::io::Result<()> {
    let socket = UdpSocket::bind(super::local(ports::SERVER))?;
    let (callers, callees) = (super::local(ports::CALLERS), super::local(ports::CALLEES));
    let mut buffer = [0; 4_096];
    loop {
        let Ok((length, from)) = socket.recv_from(&mut buffer) else { continue };
        let to = if from.port() == ports::CALLERS { callees } else { callers };
        let _ = socket.send_to(&buffer[..length], to);
    }
}

fn bind(calls: usize) -> std::io::Result<Vec<UdpSocket>> {
    (0..2 * calls).map(|index| UdpSocket::bind(("127.0.0.1", port(index / 2, index % 2)))).collect()
}

fn watch(sockets: &[UdpSocket]) -> std::io::Result<RawFd> {
    // SAFETY: plain calls; the event outlives the call that reads it.
    unsafe {
        let poll = libc::epoll_create1(libc::EPOLL_CLOEXEC);
        for (index, socket) in sockets.iter().enumerate() {
            let mut event = libc::epoll_event { events: libc::EPOLLIN as u32, u64: index as u64 };
            if libc::epoll_ctl(poll, libc::EPOLL_CTL_ADD, socket.as_raw_fd(), &raw mut event) != 0 {
                return Err(std::io::Error::last_os_error());
            }
        }
        Ok(poll)
    }
}
