//! How browsers come in: whose a datagram is (ICE), and by which keys its sound is protected (DTLS).
//!
//! All browsers of a worker send to one port. The [`Door`] answers their checks, shakes hands, and says whose the rest is.
//! Their legs are like any other: once address and keys are found, nothing of this matters to them.
//!
//! The time is told; randomness is the library's own.

mod check;
mod handshake;
mod identity;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use self::check::Check;
#[cfg(any(test, fuzzing))]
pub use self::check::hmac_sha1;
use self::handshake::{Handshake, Step};
pub use self::identity::Identity;
use crate::id::LegId;
use crate::sdp::{Keys, Web};

/// Ways that are kept of a browser: it may have several networks, and tries all of them.
const WAYS: usize = 8;

/// Something for the thread to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Send this.
    Send { to: SocketAddr, bytes: Vec<u8> },
    /// Tell the leg.
    News { leg: LegId, news: News },
}

/// What a leg learns of its way.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// The peer has chosen to be reached there.
    Reached(SocketAddr),
    /// Packets are protected by these keys from now on.
    Secured(Keys),
    /// Nothing will come of it, and why.
    Lost(String),
}

/// Lets browsers in.
pub struct Door {
    identity: Identity,
    peers: BTreeMap<LegId, Peer>,
    by_ufrag: BTreeMap<String, LegId>,
    /// Only addresses from which somebody has proved whose they are.
    by_address: BTreeMap<SocketAddr, LegId>,
    /// Those whose handshake goes on.
    shaking: BTreeSet<LegId>,
    outputs: VecDeque<Output>,
}

/// One browser.
struct Peer {
    web: Web,
    /// Where it has proved to be, oldest first.
    ways: Vec<SocketAddr>,
    /// Where it wants to be reached.
    chosen: Option<SocketAddr>,
    handshake: Option<Box<Handshake>>,
}

impl std::fmt::Debug for Door {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Door({} browsers)", self.peers.len())
    }
}

impl Door {
    /// A door at which nobody is expected.
    pub fn new(identity: Identity) -> Self {
        Self {
            identity,
            peers: BTreeMap::new(),
            by_ufrag: BTreeMap::new(),
            by_address: BTreeMap::new(),
            shaking: BTreeSet::new(),
            outputs: VecDeque::new(),
        }
    }

    /// How many browsers are expected or in.
    pub fn len(&self) -> usize {
        self.peers.len()
    }

    /// Whether nobody is expected or in.
    pub fn is_empty(&self) -> bool {
        self.peers.is_empty()
    }

    /// What an offer and its answer say of a leg. A handshake that was made for the same certificate stands.
    pub fn expect(&mut self, leg: LegId, web: Web) {
        match self.peers.get_mut(&leg) {
            Some(peer) => {
                if peer.web.local.ufrag != web.local.ufrag {
                    self.by_ufrag.remove(&peer.web.local.ufrag);
                }
                if (peer.web.fingerprint, peer.web.begins) != (web.fingerprint, web.begins) {
                    peer.handshake = None;
                    self.shaking.remove(&leg);
                }
                self.by_ufrag.insert(web.local.ufrag.clone(), leg);
                peer.web = web;
            }
            None => {
                self.by_ufrag.insert(web.local.ufrag.clone(), leg);
                self.peers.insert(leg, Peer { web, ways: vec![], chosen: None, handshake: None });
            }
        }
    }

    /// The leg is gone.
    pub fn forget(&mut self, leg: LegId) {
        let Some(peer) = self.peers.remove(&leg) else { return };
        self.shaking.remove(&leg);
        if self.by_ufrag.get(&peer.web.local.ufrag) == Some(&leg) {
            self.by_ufrag.remove(&peer.web.local.ufrag);
        }
        for way in peer.ways {
            if self.by_address.get(&way) == Some(&leg) {
                self.by_address.remove(&way);
            }
        }
    }

    /// Forgets the legs that `is_gone`.
    pub fn sweep(&mut self, is_gone: impl Fn(LegId) -> bool) {
        let gone: Vec<LegId> = self.peers.keys().copied().filter(|leg| is_gone(*leg)).collect();
        gone.into_iter().for_each(|leg| self.forget(leg));
    }

    /// Takes a datagram. If it is sound or a report, it gives the leg that it is for (RFC 7983).
    pub fn receive(&mut self, bytes: &[u8], from: SocketAddr, now: Instant) -> Option<LegId> {
        match bytes.first()? {
            0..=3 => {
                self.check(bytes, from, now);
                None
            }
            20..=63 => {
                let leg = *self.by_address.get(&from)?;
                self.shake(leg, from, now, |handshake| handshake.receive(bytes, now));
                None
            }
            128..=191 => self.by_address.get(&from).copied(),
            _ => None,
        }
    }

    /// Lets time pass for those that shake hands.
    pub fn handle_timeout(&mut self, now: Instant) {
        let shaking: Vec<LegId> = self.shaking.iter().copied().collect();
        for leg in shaking {
            let Some(to) = self.peers.get(&leg).and_then(Peer::way) else { continue };
            self.shake(leg, to, now, |handshake| handshake.handle_timeout(now));
        }
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Answers a check of the way. One that proves nothing gets no answer.
    fn check(&mut self, bytes: &[u8], from: SocketAddr, now: Instant) {
        // The library reads what anybody may have sent.
        let checked = catch_unwind(AssertUnwindSafe(|| {
            let check = Check::read(bytes)?;
            let (ours, theirs) = check.names()?;
            let leg = *self.by_ufrag.get(ours)?;
            let web = &self.peers.get(&leg).filter(|peer| peer.web.remote_ufrag == theirs)?.web;
            Some((leg, check.prove(&web.local, from)?))
        }));
        let Ok(Some((leg, proved))) = checked else { return };
        self.outputs.push_back(Output::Send { to: from, bytes: proved.answer });
        self.learn(leg, from);
        let Some(peer) = self.peers.get_mut(&leg) else { return };
        if proved.chosen && peer.chosen != Some(from) {
            peer.chosen = Some(from);
            self.outputs.push_back(Output::News { leg, news: News::Reached(from) });
        }
        if peer.web.begins && peer.handshake.is_none() {
            self.shake(leg, from, now, |handshake| handshake.handle_timeout(now));
        }
    }

    /// Notes that a peer is there.
    fn learn(&mut self, leg: LegId, from: SocketAddr) {
        let Some(peer) = self.peers.get_mut(&leg) else { return };
        self.by_address.insert(from, leg);
        if peer.ways.contains(&from) {
            return;
        }
        peer.ways.push(from);
        if peer.ways.len() > WAYS
            && let Some(at) = peer.ways.iter().position(|way| Some(*way) != peer.chosen)
        {
            let oldest = peer.ways.remove(at);
            if self.by_address.get(&oldest) == Some(&leg) {
                self.by_address.remove(&oldest);
            }
        }
    }

    /// Does a step of a handshake, and begins one if there is none. A fault in it costs this leg alone.
    fn shake(
        &mut self,
        leg: LegId,
        to: SocketAddr,
        now: Instant,
        step: impl FnOnce(&mut Handshake) -> Result<Step, String>,
    ) {
        let Some(peer) = self.peers.get_mut(&leg) else { return };
        let Peer { handshake, web, .. } = peer;
        let was_done = handshake.as_ref().is_some_and(|handshake| !handshake.is_going_on());
        let made = catch_unwind(AssertUnwindSafe(|| {
            step(handshake.get_or_insert_with(|| Box::new(Handshake::new(&self.identity, web, now))))
        }));
        match made.unwrap_or_else(|_| Err("a fault of ours in its DTLS".to_owned())) {
            Ok(Step { packets, keys }) => {
                self.outputs.extend(packets.into_iter().map(|bytes| Output::Send { to, bytes }));
                let news = keys.map(|keys| Output::News { leg, news: News::Secured(keys) });
                self.outputs.extend(news);
                match peer.handshake.as_ref().is_some_and(|handshake| handshake.is_going_on()) {
                    true => drop(self.shaking.insert(leg)),
                    false => drop(self.shaking.remove(&leg)),
                }
            }
            // The keys are there; whether the call goes on is for signalling to say.
            Err(_) if was_done => {}
            Err(why) => {
                self.forget(leg);
                self.outputs.push_back(Output::News { leg, news: News::Lost(why) });
            }
        }
    }
}

impl Peer {
    /// Where it is reached at this moment.
    fn way(&self) -> Option<SocketAddr> {
        self.chosen.or_else(|| self.ways.last().copied())
    }
}

#[cfg(test)]
pub(super) mod tests;
