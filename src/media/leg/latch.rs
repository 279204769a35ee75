//! Where a leg's packets come from and go to.

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::Time;

/// For so long after it closed on another address the described one may still take its place.
const DOUBT: Duration = Duration::from_secs(10);

/// Symmetric RTP: a leg sends to the address of its description until the first valid packet
/// comes, then to where that came from, and holds on to it. Whoever guesses the port later can
/// neither speak nor listen.
///
/// Whoever sends to all ports may come before the peer. So the described address, if packets come from it soon, takes
/// the place of any other: it was named in signalling, which a stranger does not see. A peer behind a NAT never sends
/// from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Latch {
    /// No valid packet yet; sends to the described address.
    Open { described: SocketAddr },
    /// Sends to and hears only `source`, since then. `described` is kept to see whether a later description
    /// changes it.
    Held { described: SocketAddr, source: SocketAddr, since: Time },
}

impl Latch {
    /// Sends to the address of a description.
    pub fn new(described: SocketAddr) -> Self {
        Self::Open { described }
    }

    /// A new description: only a changed address opens the latch again.
    pub fn describe(&mut self, address: SocketAddr) {
        let (Self::Open { described } | Self::Held { described, .. }) = *self;
        if described != address {
            *self = Self::new(address);
        }
    }

    /// Whether a packet from `source` may be heard.
    pub fn admits(&self, source: SocketAddr, now: Time) -> bool {
        match *self {
            Self::Open { .. } => true,
            Self::Held { source: held, .. } if held == source => true,
            Self::Held { described, since, .. } => described == source && now.since(since) < DOUBT,
        }
    }

    /// A valid packet came from `source`, which it [admits](Self::admits); says whether the latch closed on it just
    /// now.
    pub fn close_on(&mut self, source: SocketAddr, now: Time) -> bool {
        let (Self::Open { described } | Self::Held { described, .. }) = *self;
        if self.held() == Some(source) || !self.admits(source, now) {
            return false;
        }
        *self = Self::Held { described, source, since: now };
        true
    }

    /// Where to send. None if that is no address (a peer that holds with port 0 or 0.0.0.0).
    pub fn target(&self) -> Option<SocketAddr> {
        let (Self::Open { described: target } | Self::Held { source: target, .. }) = *self;
        (target.port() != 0 && !target.ip().is_unspecified()).then_some(target)
    }

    /// The source it holds on to.
    pub fn held(&self) -> Option<SocketAddr> {
        match self {
            Self::Open { .. } => None,
            Self::Held { source, .. } => Some(*source),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(port: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], port))
    }

    #[test]
    fn it_holds_on_to_the_first_source_until_the_description_changes() {
        let mut latch = Latch::new(address(4000));
        assert_eq!(latch.target(), Some(address(4000)));
        assert!(latch.close_on(address(5000), Time::ZERO) && !latch.close_on(address(5000), Time::ZERO));
        assert!(!latch.admits(address(6000), Time::ZERO) && latch.admits(address(5000), Time::ZERO));
        assert!(!latch.close_on(address(6000), Time::ZERO));
        assert_eq!(latch.target(), Some(address(5000)));
        latch.describe(address(4000));
        assert_eq!(latch.held(), Some(address(5000)), "the same description changes nothing");
        latch.describe(address(7000));
        assert!(latch.admits(address(6000), Time::ZERO));
        assert_eq!(latch.target(), Some(address(7000)));
    }

    /// A stranger who sends to all ports, and is faster than the peer.
    #[test]
    fn the_described_address_takes_the_place_of_a_stranger_who_came_first_but_only_soon() {
        let (stranger, peer) = (address(9000), address(4000));
        let mut latch = Latch::new(peer);
        assert!(latch.close_on(stranger, Time::ZERO));
        assert!(latch.close_on(peer, Time::from_secs(9)));
        assert_eq!(latch.target(), Some(peer));
        assert!(!latch.close_on(stranger, Time::from_secs(9)), "and gives it back to nobody");
        let mut latch = Latch::new(peer);
        latch.close_on(stranger, Time::ZERO);
        assert!(!latch.close_on(peer, Time::from_secs(10)));
        assert_eq!(latch.target(), Some(stranger));
    }

    #[test]
    fn a_peer_on_hold_by_address_is_sent_nothing() {
        assert_eq!(Latch::new(address(0)).target(), None);
        assert_eq!(Latch::new(SocketAddr::from(([0, 0, 0, 0], 4000))).target(), None);
    }
}
