//! The port of a worker for all browsers, and the places that legs have at it.
//!
//! A leg may move to another worker, but whoever sends to it knows one port. So its place stays with the worker where
//! it began: that one answers checks and shakes hands, and hands sound over to wherever the leg is.

use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use socket2::SockRef;

use super::poll::Poll;
use super::ports::{Pair, Ports};
use crate::id::LegId;
use crate::media::Family;
use crate::media::webrtc::{Door, Identity};

/// Bytes that the kernel keeps for it while its worker is late. It serves all browsers of the worker.
const RECEIVE_BUFFER: usize = 1 << 20;
/// The worker of a leg that is gone.
const GONE: usize = usize::MAX;
/// The tokens of the two sockets, below those of what is no socket.
const V4: u64 = u64::MAX - 2;
const V6: u64 = u64::MAX - 3;

/// Where the workers of an engine are reached by browsers.
#[derive(Clone, Debug, Default)]
pub struct Doors(Arc<Mutex<Vec<SocketAddr>>>);

impl Doors {
    /// One address for each worker and family at which a browser has been expected.
    pub fn all(&self) -> Vec<SocketAddr> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// One more.
    pub(crate) fn add(&self, address: SocketAddr) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(address);
    }
}

/// A place at the port for browsers. It ends with the leg.
#[derive(Debug)]
pub struct Place {
    /// The worker whose port it is.
    pub home: usize,
    pair: Arc<Pair>,
    at: Arc<AtomicUsize>,
}

impl Place {
    /// The port.
    pub fn port(&self) -> u16 {
        self.pair.port()
    }

    /// The socket for sending.
    pub fn socket(&self) -> &UdpSocket {
        &self.pair.rtp
    }

    /// The leg is at that worker from now on.
    pub fn settle(&self, worker: usize) {
        self.at.store(worker, Ordering::Relaxed);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.at.store(GONE, Ordering::Relaxed);
    }
}

/// The sockets for browsers, bound when the first one is expected.
#[derive(Debug)]
pub struct Front {
    /// Who finds out whose a datagram is.
    pub door: Door,
    pairs: BTreeMap<Family, Arc<Pair>>,
    doors: Doors,
    /// At which worker each leg is now.
    places: BTreeMap<LegId, Arc<AtomicUsize>>,
}

impl Front {
    /// Without sockets.
    pub fn new(identity: Identity, doors: Doors) -> Self {
        Self { door: Door::new(identity), pairs: BTreeMap::new(), doors, places: BTreeMap::new() }
    }

    /// Gives a leg of this worker a place.
    ///
    /// # Errors
    /// There is no port for it.
    pub fn place(
        &mut self,
        leg: LegId,
        family: Family,
        home: usize,
        (ports, poll): (&Ports, &Poll),
    ) -> io::Result<Place> {
        let pair = match self.pairs.get(&family) {
            Some(pair) => Arc::clone(pair),
            None => {
                let pair = Arc::new(ports.take(family)?);
                SockRef::from(&pair.rtp).set_recv_buffer_size(RECEIVE_BUFFER)?;
                poll.add(pair.rtp.as_raw_fd(), token(family))?;
                self.doors.add(pair.rtp.local_addr()?);
                self.pairs.insert(family, Arc::clone(&pair));
                pair
            }
        };
        let at = Arc::new(AtomicUsize::new(home));
        self.places.insert(leg, Arc::clone(&at));
        Ok(Place { home, pair, at })
    }

    /// The socket of a token, if it is one of these.
    pub fn socket(&self, of: u64) -> Option<Arc<Pair>> {
        let family = [Family::V4, Family::V6].into_iter().find(|family| token(*family) == of)?;
        self.pairs.get(&family).map(Arc::clone)
    }

    /// Sends what is not sound.
    pub fn send(&self, to: SocketAddr, bytes: &[u8]) -> bool {
        let pair = self.pairs.get(&Family::of(to.ip()));
        pair.is_some_and(|pair| pair.rtp.send_to(bytes, to).is_ok())
    }

    /// The worker at which a leg is.
    pub fn worker_of(&self, leg: LegId) -> Option<usize> {
        let at = self.places.get(&leg)?.load(Ordering::Relaxed);
        (at != GONE).then_some(at)
    }

    /// Forgets the legs that are gone.
    pub fn sweep(&mut self) {
        self.places.retain(|_, at| at.load(Ordering::Relaxed) != GONE);
        let places = &self.places;
        self.door.sweep(|leg| !places.contains_key(&leg));
    }
}

fn token(family: Family) -> u64 {
    match family {
        Family::V4 => V4,
        Family::V6 => V6,
    }
}
