//! The sockets of a worker's legs, by the token that the kernel reports.

use std::collections::BTreeMap;
use std::io;
use std::net::UdpSocket;
use std::os::fd::AsRawFd;

use super::front::Place;
use super::poll::Poll;
use super::ports::Pair;
use crate::id::LegId;
use crate::media::worker::Port;

/// Where a leg is reached.
#[derive(Debug, Default)]
pub struct Ground {
    /// Ports of its own.
    pub own: Option<Pair>,
    /// A place among the browsers.
    pub web: Option<Place>,
}

/// Which socket of which leg can be read. A generation tells a slot's legs apart, because a batch
/// of reports may name one that has just gone.
#[derive(Debug, Default)]
pub struct Slots {
    slots: Vec<Slot>,
    free: Vec<usize>,
    by_leg: BTreeMap<LegId, usize>,
}

#[derive(Debug, Default)]
struct Slot {
    generation: u32,
    leg: Option<(LegId, Ground)>,
}

impl Slots {
    /// Watches the sockets of a leg.
    ///
    /// # Errors
    /// Gives the sockets back if the kernel cannot watch them.
    pub fn insert(&mut self, leg: LegId, ground: Ground, poll: &Poll) -> Result<(), (io::Error, Ground)> {
        let index = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot::default());
            self.slots.len() - 1
        });
        let Some(slot) = self.slots.get_mut(index) else {
            return Err((io::Error::other("no such slot"), ground));
        };
        slot.generation = slot.generation.wrapping_add(1) & GENERATIONS;
        let token = (u64::from(slot.generation) << 32) | (index as u64) << 1;
        let watch = |pair: &Pair| {
            poll.add(pair.rtp.as_raw_fd(), token)?;
            poll.add(pair.rtcp.as_raw_fd(), token | 1)
        };
        if let Err(error) = ground.own.as_ref().map_or(Ok(()), watch) {
            ground.own.iter().for_each(|pair| drop(poll.remove(pair.rtp.as_raw_fd())));
            self.free.push(index);
            return Err((error, ground));
        }
        slot.leg = Some((leg, ground));
        self.by_leg.insert(leg, index);
        Ok(())
    }

    /// Watches them no more.
    pub fn remove(&mut self, leg: LegId, poll: &Poll) -> Option<Ground> {
        let index = self.by_leg.remove(&leg)?;
        let (_, ground) = self.slots.get_mut(index)?.leg.take()?;
        self.free.push(index);
        for socket in ground.own.iter().flat_map(|pair| [&pair.rtp, &pair.rtcp]) {
            // A closed socket is forgotten by the kernel anyway.
            let _ = poll.remove(socket.as_raw_fd());
        }
        Some(ground)
    }

    /// The leg, port and socket of a token; None if the leg has gone meanwhile.
    pub fn find(&self, token: u64) -> Option<(LegId, Port, &UdpSocket)> {
        let index = usize::try_from((token & u64::from(u32::MAX)) >> 1).ok()?;
        let slot = self.slots.get(index).filter(|slot| u64::from(slot.generation) == token >> 32)?;
        let (leg, ground) = slot.leg.as_ref()?;
        let pair = ground.own.as_ref()?;
        Some(match token & 1 {
            0 => (*leg, Port::Rtp, &pair.rtp),
            _ => (*leg, Port::Rtcp, &pair.rtcp),
        })
    }

    /// A leg's socket for sending.
    pub fn socket(&self, leg: LegId, port: Port) -> Option<&UdpSocket> {
        let ground = self.ground(leg)?;
        match port {
            Port::Rtp => ground.own.as_ref().map(|pair| &pair.rtp),
            Port::Rtcp => ground.own.as_ref().map(|pair| &pair.rtcp),
            Port::Web => ground.web.as_ref().map(Place::socket),
        }
    }

    /// The worker at whose port for browsers a leg has its place.
    pub fn home(&self, leg: LegId) -> Option<usize> {
        self.ground(leg)?.web.as_ref().map(|place| place.home)
    }

    fn ground(&self, leg: LegId) -> Option<&Ground> {
        let (_, ground) = self.slots.get(*self.by_leg.get(&leg)?)?.leg.as_ref()?;
        Some(ground)
    }

    /// All legs.
    pub fn legs(&self) -> Vec<LegId> {
        self.by_leg.keys().copied().collect()
    }
}

/// Generations stay below the tokens of the bell and the clock.
const GENERATIONS: u32 = 0x7fff_ffff;
