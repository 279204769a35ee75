//! The range of RTP ports, shared by all workers: one even port and the next a leg.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, PoisonError};

use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use crate::media::Family;

/// Bytes that the kernel keeps for a socket whose worker is late: about two seconds of G.711.
const RECEIVE_BUFFER: usize = 64 * 1024;
/// Expedited forwarding (RFC 3246) as the old type-of-service byte.
const EXPEDITED: u32 = 46 << 2;
/// How many pairs to try when other programs sit on ports of the range.
const ATTEMPTS: usize = 16;

/// The free pairs of the range. A pair given back is used again last, so that late packets for
/// the call before seldom reach the next one.
#[derive(Clone, Debug)]
pub struct Ports {
    bind: Vec<IpAddr>,
    free: Arc<Mutex<VecDeque<u16>>>,
    total: usize,
}

impl Ports {
    /// All even ports of `range` whose next port is in it too, to be bound at the first of these addresses that is of
    /// a leg's family.
    pub fn new(bind: Vec<IpAddr>, range: RangeInclusive<u16>) -> Self {
        let last = *range.end();
        let free: VecDeque<u16> =
            range.filter(|port| *port != 0 && port.is_multiple_of(2) && *port < last).collect();
        let total = free.len();
        Self { bind, free: Arc::new(Mutex::new(free)), total }
    }

    /// Pairs that legs hold now.
    pub fn in_use(&self) -> usize {
        self.total - self.free.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Pairs of the whole range.
    pub fn total(&self) -> usize {
        self.total
    }

    /// Binds the next free pair at our address of this family.
    ///
    /// # Errors
    /// Says so if the range is used up, if other programs hold every pair that was tried, or if we have no such address.
    pub fn take(&self, family: Family) -> io::Result<Pair> {
        let own = self.bind.iter().copied().find(|own| Family::of(*own) == family).ok_or_else(|| {
            io::Error::other(
                format!("no address for Ip{family:?} to listen on; name one with --sip").to_lowercase(),
            )
        })?;
        let mut refused = io::Error::other("the range of RTP ports is used up; widen --rtp-ports");
        for _ in 0..ATTEMPTS {
            let Some(port) = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop_front() else {
                break;
            };
            let lease = Lease { port, free: Arc::clone(&self.free) };
            match bind_pair(own, port) {
                Ok((rtp, rtcp)) => return Ok(Pair { rtp, rtcp, lease }),
                Err(error) => refused = io::Error::new(error.kind(), format!("RTP port {port}: {error}")),
            }
        }
        Err(refused)
    }
}

fn bind_pair(own: IpAddr, port: u16) -> io::Result<(UdpSocket, UdpSocket)> {
    Ok((bind(SocketAddr::new(own, port))?, bind(SocketAddr::new(own, port + 1))?))
}

/// The two sockets of a leg. Dropping them gives the ports back.
#[derive(Debug)]
pub struct Pair {
    pub rtp: UdpSocket,
    pub rtcp: UdpSocket,
    // Fields drop in order: the sockets are closed before the ports are free again.
    lease: Lease,
}

impl Pair {
    /// The even port.
    pub fn port(&self) -> u16 {
        self.lease.port
    }
}

#[derive(Debug)]
struct Lease {
    port: u16,
    free: Arc<Mutex<VecDeque<u16>>>,
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push_back(self.port);
    }
}

fn bind(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM.nonblocking(), Some(Protocol::UDP))?;
    if address.is_ipv6() {
        // Each family has ports of its own, so that addresses stay what they look like.
        socket.set_only_v6(true)?;
    }
    socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
    // Marking is a wish: a network that forbids it still carries the sound.
    let _ = match address {
        SocketAddr::V4(_) => socket.set_tos_v4(EXPEDITED),
        SocketAddr::V6(_) => socket.set_tclass_v6(EXPEDITED),
    };
    socket.bind(&SockAddr::from(address))?;
    Ok(socket.into())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn ports(range: RangeInclusive<u16>) -> Ports {
        Ports::new(vec![IpAddr::from([127, 0, 0, 1])], range)
    }

    /// Ports below those the system gives away, apart from other test processes'.
    pub fn apart(offset: u16) -> u16 {
        10_000 + (std::process::id() % 200) as u16 * 100 + offset
    }

    #[test]
    fn a_pair_is_even_and_its_next() {
        let ports = ports(apart(61)..=apart(65));
        assert_eq!(ports.total(), 2);
        let pair = ports.take(Family::V4).unwrap();
        assert_eq!(pair.port(), apart(62));
        assert_eq!(pair.rtp.local_addr().unwrap().port(), apart(62));
        assert_eq!(pair.rtcp.local_addr().unwrap().port(), apart(63));
    }

    #[test]
    fn a_range_used_up_says_so_and_a_pair_given_back_is_used_again() {
        let ports = ports(apart(70)..=apart(73));
        let (one, _two) = (ports.take(Family::V4).unwrap(), ports.take(Family::V4).unwrap());
        assert!(ports.take(Family::V4).unwrap_err().to_string().contains("used up"));
        assert_eq!(ports.in_use(), 2);
        drop(one);
        assert_eq!(ports.in_use(), 1);
        assert_eq!(ports.take(Family::V4).unwrap().port(), apart(70));
    }

    #[test]
    fn a_leg_is_at_our_address_of_its_family() {
        let both = vec![IpAddr::from([127, 0, 0, 1]), "::1".parse().unwrap()];
        let ports = Ports::new(both, apart(84)..=apart(87));
        let pair = ports.take(Family::V6).unwrap();
        assert!(pair.rtp.local_addr().unwrap().is_ipv6() && pair.rtcp.local_addr().unwrap().is_ipv6());
        let only_v4 = Ports::new(vec![IpAddr::from([127, 0, 0, 1])], apart(88)..=apart(89));
        let refused = only_v4.take(Family::V6).unwrap_err().to_string();
        assert!(refused.contains("ipv6") && refused.contains("--sip"), "{refused}");
        assert_eq!(only_v4.in_use(), 0);
    }

    #[test]
    fn a_pair_that_another_program_holds_is_passed_over() {
        let other = UdpSocket::bind(("127.0.0.1", apart(81))).unwrap();
        let ports = ports(apart(80)..=apart(83));
        assert_eq!(ports.take(Family::V4).unwrap().port(), apart(82));
        assert_eq!(ports.in_use(), 0, "a pair that cannot be bound goes back to the range");
        drop(other);
    }
}
