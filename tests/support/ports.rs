//! Ports of 127.0.0.1 that no other test uses, in this process or another one.

use std::net::{TcpListener, UdpSocket};
use std::sync::atomic::{AtomicU16, Ordering};

/// Below the ports that Linux gives to clients (32768 and up), above those of well known services.
const FIRST: u16 = 12_000;
const BLOCKS: u16 = 50;
/// Enough for a test with fifty calls at once.
const SIZE: u16 = 400;

/// A block of ports. It is held by a socket on its first port, so it is free again when its test ends,
/// however it ends.
pub struct Ports {
    _guard: TcpListener,
    next: AtomicU16,
    end: u16,
}

impl Ports {
    pub fn claim() -> Self {
        static TURN: AtomicU16 = AtomicU16::new(0);
        let start = std::process::id() as u16;
        for _ in 0..4 * BLOCKS {
            let turn = TURN.fetch_add(1, Ordering::Relaxed);
            let first = FIRST + start.wrapping_mul(7).wrapping_add(turn) % BLOCKS * SIZE;
            if let Ok(guard) = TcpListener::bind(("127.0.0.1", first)) {
                return Self { _guard: guard, next: AtomicU16::new(first + 2), end: first + SIZE };
            }
        }
        panic!("all blocks of ports are taken");
    }

    /// One port that is free for UDP and TCP.
    pub fn one(&self) -> u16 {
        self.several(1)
    }

    /// The first of `count` ports in a row, an even one (RTP wants pairs), all free for UDP and TCP.
    pub fn several(&self, count: u16) -> u16 {
        let step = count + count % 2;
        loop {
            let first = self.next.fetch_add(step, Ordering::Relaxed);
            assert!(first + step <= self.end, "a test needs more than {SIZE} ports");
            if (first..first + count).all(is_free) {
                return first;
            }
        }
    }
}

fn is_free(port: u16) -> bool {
    UdpSocket::bind(("127.0.0.1", port)).is_ok() && TcpListener::bind(("127.0.0.1", port)).is_ok()
}
