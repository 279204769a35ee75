//! Whose sound is protected (SRTP, RFC 4568), and who may be told a key.

use super::Phone;
use super::rules::{Rules, Srtp};
use crate::sdp::{Capabilities, Negotiation, Protection, Secrets, SessionDescription, WebEnd};
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

    /// The capabilities of a leg with a browser, whose sound is always protected, and by keys that SIP does not carry.
    pub(super) fn capabilities_for_browser(&mut self) -> Capabilities {
        let end = WebEnd::draw(self.config.fingerprint, &self.config.ice_tcp_ports, &mut self.entropy);
        Capabilities { protection: Protection::Web(end), ..self.config.capabilities.clone() }
    }

    /// Remembers what was agreed with a peer: it is offered the same next time.
    pub(super) fn note_protection(&mut self, peer: sip::Origin, negotiation: &Negotiation) {
        // A browser of the same device says nothing of what its telephone would like.
        if negotiation.agreed().is_some_and(|agreed| agreed.web.is_some()) {
            return;
        }
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

/// Whether a caller is a browser: its offer says so, or without one the way that it came by.
pub(super) fn is_browser(offer: Option<&[u8]>, came_by: sip::Transport) -> bool {
    match offer {
        Some(offer) => SessionDescription::parse(offer).is_ok_and(|offer| offer.is_of_browser()),
        None => came_by.is_websocket(),
    }
}
