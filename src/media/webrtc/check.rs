//! Checks of the way, as the lite side of ICE answers them (RFC 8445 section 7.3, RFC 8489).

use std::net::SocketAddr;

use hmac::{Hmac, Mac};
use is::stun::StunMessage;
use sha1::Sha1;

use crate::sdp::Ice;

/// Longer than any answer of ours.
const LONGEST: usize = 256;

/// A check that came. Whether its sender may check is not yet known.
pub struct Check<'a>(StunMessage<'a>);

/// What a check that has proved itself is worth.
pub struct Proved {
    /// The answer to it.
    pub answer: Vec<u8>,
    /// Whether the peer has chosen this way.
    pub chosen: bool,
}

impl<'a> Check<'a> {
    /// Reads one; `None` if it is something else.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        StunMessage::parse(bytes).ok().filter(StunMessage::is_binding_request).map(Self)
    }

    /// Our name in it, and the peer's.
    pub fn names(&self) -> Option<(&str, &str)> {
        self.0.split_username()
    }

    /// What it is worth, if it proves our password; `from` is where it came from.
    pub fn prove(self, ours: &Ice, from: SocketAddr) -> Option<Proved> {
        let password = ours.password.as_bytes();
        if !self.0.verify(password, hmac_sha1) {
            return None;
        }
        // The lite side never decides, and so the peer has to (RFC 8445 section 7.3.1.1).
        let shirks = self.0.ice_controlled().is_some();
        let answer = match shirks {
            true => StunMessage::binding_role_conflict_reply(self.0.trans_id()),
            false => StunMessage::binding_reply(self.0.trans_id(), from),
        };
        let mut bytes = vec![0; LONGEST];
        let length = answer.to_bytes(Some(password), &mut bytes, hmac_sha1).ok()?;
        bytes.truncate(length);
        Some(Proved { answer: bytes, chosen: !shirks && self.0.use_candidate() })
    }
}

/// HMAC-SHA1 of these parts one after another (RFC 8489 section 14.5).
pub fn hmac_sha1(key: &[u8], parts: &[&[u8]]) -> [u8; 20] {
    // HMAC takes keys of any length.
    let Ok(mut mac) = <Hmac<Sha1> as Mac>::new_from_slice(key) else { return [0; 20] };
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}
