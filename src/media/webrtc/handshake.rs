//! The DTLS handshake of one browser, and the keys that come of it (RFC 5764, RFC 8827 section 6.5).

use std::time::Instant;

use dimpl::{Dtls, Output, SrtpProfile};

use super::identity::{Identity, fingerprint};
use crate::sdp::{Keys, MasterKey, Suite, Web};

/// Longer than any record.
const LONGEST: usize = 2_048;
/// Longer than any output; a library that asks for more is not humoured.
const MOST: usize = 65_536;

/// A handshake from its first word to its last.
pub struct Handshake {
    dtls: Dtls,
    web: Web,
    progress: Progress,
    /// When it wants to be woken.
    due: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// The other side has shown no certificate yet.
    Begun,
    /// It has shown the one that its description named.
    Shown,
    /// There are keys.
    Done,
}

/// What a step of a handshake comes to.
#[derive(Debug, Default)]
pub struct Step {
    /// To be sent to the other side.
    pub packets: Vec<Vec<u8>>,
    /// The keys.
    pub keys: Option<Keys>,
}

impl Handshake {
    /// Waits for the other side to begin, or begins.
    pub fn new(identity: &Identity, web: &Web, now: Instant) -> Self {
        let mut dtls = Dtls::new_auto(identity.config.clone(), identity.certificate.clone(), now);
        if web.begins {
            dtls.set_active(true);
        }
        Self { dtls, web: web.clone(), progress: Progress::Begun, due: Some(now) }
    }

    /// Whether it still goes on.
    pub fn is_going_on(&self) -> bool {
        self.progress != Progress::Done
    }

    /// Takes a record.
    ///
    /// # Errors
    /// Why nothing will come of it.
    pub fn receive(&mut self, bytes: &[u8], now: Instant) -> Result<Step, String> {
        self.dtls.handle_timeout(now).map_err(words)?;
        self.dtls.handle_packet(bytes).map_err(words)?;
        self.drain()
    }

    /// Lets time pass; nothing if it need not.
    ///
    /// # Errors
    /// As [`receive`](Self::receive).
    pub fn handle_timeout(&mut self, now: Instant) -> Result<Step, String> {
        if self.due.is_none_or(|due| due > now) {
            return Ok(Step::default());
        }
        self.dtls.handle_timeout(now).map_err(words)?;
        self.drain()
    }

    fn drain(&mut self) -> Result<Step, String> {
        let (mut step, mut buffer) = (Step::default(), vec![0; LONGEST]);
        loop {
            match self.dtls.poll_output(&mut buffer) {
                Output::Packet(bytes) => step.packets.push(bytes.to_vec()),
                Output::BufferTooSmall { needed } if needed <= MOST => buffer.resize(needed, 0),
                Output::BufferTooSmall { .. } => return Err("a record of DTLS is too long".to_owned()),
                Output::Timeout(due) => {
                    self.due = Some(due);
                    return Ok(step);
                }
                Output::PeerCert(certificate) => {
                    if fingerprint(certificate) != self.web.fingerprint {
                        return Err("its certificate is not the one that its description names".to_owned());
                    }
                    self.progress = self.progress.max_shown();
                }
                Output::KeyingMaterial(material, profile) => {
                    if self.progress != Progress::Shown {
                        return Err("there are keys, but no certificate was shown".to_owned());
                    }
                    self.progress = Progress::Done;
                    let keys = keys(&material, profile, self.web.begins);
                    step.keys = Some(keys.ok_or("it wants packets protected in a way that we do not know")?);
                }
                // Data channels are not ours, and calls are ended by SIP.
                _ => {}
            }
        }
    }
}

impl Progress {
    fn max_shown(self) -> Self {
        if self == Self::Begun { Self::Shown } else { self }
    }
}

/// The keys of both, cut out of what the handshake exports (RFC 5764 section 4.2): those of who began come first.
fn keys(material: &[u8], profile: SrtpProfile, we_began: bool) -> Option<Keys> {
    let suite = match profile {
        SrtpProfile::AES128_CM_SHA1_80 => Suite::Sha1_80,
        SrtpProfile::AEAD_AES_128_GCM => Suite::Gcm,
        SrtpProfile::AEAD_AES_256_GCM => Suite::Gcm256,
        _ => return None,
    };
    let (key, salt) = (suite.key(), suite.salt());
    let master = |at: usize| {
        let salt_at = 2 * key + at * salt;
        let mut bytes = material.get(at * key..(at + 1) * key)?.to_vec();
        bytes.extend_from_slice(material.get(salt_at..salt_at + salt)?);
        MasterKey::new(suite, &bytes)
    };
    let (first, second) = (master(0)?, master(1)?);
    Some(match we_began {
        true => Keys { send: first, receive: second },
        false => Keys { send: second, receive: first },
    })
}

fn words(error: dimpl::Error) -> String {
    format!("no DTLS with it: {error}")
}
