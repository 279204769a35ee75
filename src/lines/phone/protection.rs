//! Whose sound is protected (SRTP, RFC 4568), and who may be told a key.

use super::Phone;
use super::rules::{Rules, Srtp};
use crate::sdp::{Capabilities, Negotiation, Protection, Secrets};
use crate::sip::endpoint as sip;

impl Phone {
    /// The capabilities of a leg with this peer. Keys are told only where nobody on the way can read them, so `None`
    /// means that there is no way to protect what has to be.
    pub(super) fn capabilities_for(&mut self, peer: sip::Origin, is_secure: bool) -> Option<Capabilities> {
        let wish = match peer {
            sip::Origin::Trunk(trunk) => self.rules.trunks.get(&trunk).map(|rules| rules.srtp),
            sip::Origin::Device(device) => self.rules.devices.get(&device).copied(),
            sip::Origin::Guest => None,
        };
        let is_secure = is_secure || self.config.srtp_without_tls;
        let protection = match (wish.unwrap_or_default(), is_secure) {
            (Srtp::Off, _) | (Srtp::Optional, false) => Protection::Off,
            (Srtp::Optional, true) => Protection::Optional {
                secrets: Secrets::draw(&mut self.entropy),
                offers: self.protected.contains(&peer),
            },
            (Srtp::Required, true) => Protection::Required(Secrets::draw(&mut self.entropy)),
            (Srtp::Required, false) => return None,
        };
        Some(Capabilities { protection, ..self.config.capabilities.clone() })
    }

    /// Remembers what was agreed with a peer: it is offered the same next time.
    pub(super) fn note_protection(&mut self, peer: sip::Origin, negotiation: &Negotiation) {
        match negotiation.agreed().is_some_and(|agreed| agreed.srtp.is_some()) {
            true if peer != sip::Origin::Guest => self.protected.insert(peer),
            _ => self.protected.remove(&peer),
        };
    }

    /// A peer has refused what it was offered: next time it is offered plain sound, if that will do.
    pub(super) fn note_refusal(&mut self, peer: sip::Origin, ended: &sip::Cause) {
        if matches!(ended.status, Some(415 | 488 | 606)) {
            self.protected.remove(&peer);
        }
    }

    /// Follows what providers and devices want, and forgets those that are gone.
    pub(super) fn set_rules(&mut self, rules: Rules) {
        self.protected.retain(|peer| match peer {
            sip::Origin::Trunk(trunk) => rules.trunks.contains_key(trunk),
            sip::Origin::Device(device) => rules.devices.contains_key(device),
            sip::Origin::Guest => false,
        });
        self.rules = rules;
    }
}
