//! SRTP and SRTCP (RFC 3711, RFC 7714): packets of one leg are protected on their way out, and on their way in
//! their sender and order are proved before anything else is done with them.
//!
//! Everything happens in place. Nothing is remembered of a source before a packet of it has proved itself.

mod cipher;
mod index;

use serde::{Deserialize, Serialize};

use self::cipher::Session;
use self::index::{Counter, Source};
use super::rtp::HEADER;
use crate::sdp::{Keys, MasterKey};

/// The most that protecting adds to a packet.
pub const TRAILER: usize = 20;
/// Streams that a peer may send under one key. A phone begins a new one when it changes its microphone; more are noise,
/// and forgetting one would let its packets be played again.
const SOURCES: usize = 16;
/// The fixed part of an RTCP header, with the sender's SSRC: it is not encrypted.
const RTCP_HEADER: usize = 8;
/// The word that follows SRTCP: a flag, and the packet's number.
const RTCP_INDEX: usize = 4;
/// In that word: the packet is encrypted.
const ENCRYPTED: u32 = 1 << 31;

/// Why a packet is not taken or sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Too short to be one.
    #[error("too short")]
    Short,
    /// It was not protected with the key, or changed on its way.
    #[error("not authentic")]
    NotAuthentic,
    /// It was here before, or is too old to tell.
    #[error("a repetition")]
    Repeated,
    /// More streams than a peer may send.
    #[error("too many streams")]
    TooMany,
}

/// The protection of one leg, both ways.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Srtp {
    sending: Sending,
    receiving: Receiving,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Sending {
    session: Session,
    /// Numbers that were used. None is used twice, whoever asks for it: that would betray both packets.
    sound: Source,
    reports: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Receiving {
    session: Session,
    sound: Vec<(u32, Source)>,
    reports: Vec<(u32, Counter)>,
}

impl Srtp {
    /// With keys that nothing has been sent with.
    pub fn new(keys: &Keys) -> Self {
        Self { sending: Sending::new(&keys.send), receiving: Receiving::new(&keys.receive) }
    }

    /// A later offer and answer. A key that stays goes on where it was.
    pub fn rekey(&mut self, keys: &Keys) {
        if *self.sending.session.master() != keys.send {
            self.sending = Sending::new(&keys.send);
        }
        if *self.receiving.session.master() != keys.receive {
            self.receiving = Receiving::new(&keys.receive);
        }
    }

    /// Protects an RTP packet of ours.
    ///
    /// # Errors
    /// Its number was used before: it must not be sent.
    pub fn seal(&mut self, packet: &mut Vec<u8>) -> Result<(), Refused> {
        let Sending { session, sound, .. } = &mut self.sending;
        let head = Head::of(packet)?;
        let index = sound.index(head.sequence);
        if !sound.is_new(index) {
            return Err(Refused::Repeated);
        }
        session.seal_rtp(packet, head.payload, head.ssrc, index)?;
        sound.note(index);
        Ok(())
    }

    /// Proves an RTP packet of the peer and gives it in the clear.
    ///
    /// # Errors
    /// It is not to be used, and nothing of it is remembered.
    pub fn open<'a>(&mut self, packet: &'a mut [u8]) -> Result<&'a mut [u8], Refused> {
        let Receiving { session, sound, .. } = &mut self.receiving;
        let head = Head::of(packet)?;
        let known = sound.iter().position(|(ssrc, _)| *ssrc == head.ssrc);
        let mut source =
            known.and_then(|at| sound.get(at)).map_or_else(Source::default, |(_, source)| *source);
        let index = source.index(head.sequence);
        if !source.is_new(index) {
            return Err(Refused::Repeated);
        }
        if known.is_none() && sound.len() >= SOURCES {
            return Err(Refused::TooMany);
        }
        let length = session.open_rtp(packet, head.payload, head.ssrc, index)?;
        source.note(index);
        match known.and_then(|at| sound.get_mut(at)) {
            Some((_, kept)) => *kept = source,
            None => sound.push((head.ssrc, source)),
        }
        packet.get_mut(..length).ok_or(Refused::Short)
    }

    /// Protects an RTCP packet of ours.
    ///
    /// # Errors
    /// It is none, or as many were sent as a key is good for.
    pub fn seal_report(&mut self, packet: &mut Vec<u8>) -> Result<(), Refused> {
        let Sending { session, reports, .. } = &mut self.sending;
        let ssrc = word(packet, 4).ok_or(Refused::Short)?;
        if *reports >= ENCRYPTED - 1 {
            return Err(Refused::TooMany);
        }
        *reports += 1;
        session.seal_rtcp(packet, ssrc, *reports)
    }

    /// Proves an RTCP packet of the peer and gives it in the clear.
    ///
    /// # Errors
    /// It is not to be used, and nothing of it is remembered.
    pub fn open_report<'a>(&mut self, packet: &'a mut [u8]) -> Result<&'a mut [u8], Refused> {
        let Receiving { session, reports, .. } = &mut self.receiving;
        let ssrc = word(packet, 4).ok_or(Refused::Short)?;
        let known = reports.iter().position(|(known, _)| *known == ssrc);
        let mut counter =
            known.and_then(|at| reports.get(at)).map_or_else(Counter::default, |(_, counter)| *counter);
        let index = session.rtcp_index(packet)?;
        if !counter.is_new(index.into()) {
            return Err(Refused::Repeated);
        }
        if known.is_none() && reports.len() >= SOURCES {
            return Err(Refused::TooMany);
        }
        let length = session.open_rtcp(packet, ssrc)?;
        counter.note(index.into());
        match known.and_then(|at| reports.get_mut(at)) {
            Some((_, kept)) => *kept = counter,
            None => reports.push((ssrc, counter)),
        }
        packet.get_mut(..length).ok_or(Refused::Short)
    }
}

impl Sending {
    fn new(master: &MasterKey) -> Self {
        Self { session: Session::new(master.clone()), sound: Source::default(), reports: 0 }
    }
}

impl Receiving {
    fn new(master: &MasterKey) -> Self {
        Self { session: Session::new(master.clone()), sound: vec![], reports: vec![] }
    }
}

/// What stays readable of an RTP packet.
struct Head {
    sequence: u16,
    ssrc: u32,
    /// Where the payload begins: after contributing sources and the extension (RFC 3550 section 5.3.1).
    payload: usize,
}

impl Head {
    fn of(packet: &[u8]) -> Result<Self, Refused> {
        let (Some(first), Some(sequence), Some(ssrc)) = (packet.first(), word(packet, 0), word(packet, 8))
        else {
            return Err(Refused::Short);
        };
        let sources = HEADER + usize::from(first & 0x0f) * 4;
        let payload = match first & 0x10 {
            0 => sources,
            _ => {
                let words = word(packet, sources).ok_or(Refused::Short)? & 0xffff;
                sources + 4 + words as usize * 4
            }
        };
        if packet.len() < payload {
            return Err(Refused::Short);
        }
        Ok(Self { sequence: (sequence & 0xffff) as u16, ssrc, payload })
    }
}

/// Four bytes as a number.
fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    four.try_into().ok().map(u32::from_be_bytes)
}

#[cfg(test)]
mod tests;
