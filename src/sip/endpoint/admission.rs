//! Which new calls are let in: none while we stop, none beyond the limit, and a share of them while it goes hard.

use serde::{Deserialize, Serialize};

use super::Endpoint;
use crate::e164;
use crate::entropy::Entropy;
use crate::sip::message::Request;

/// Seconds after which a caller may try again when we are full.
pub(super) const FULL: u32 = 5;
/// All of a thousand.
const ALL: u16 = 1_000;

/// The share of new calls that is let in, evenly spread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Admission {
    permille: u16,
    /// What the calls before have left over, in thousandths.
    left: u16,
    /// Calls that were refused.
    pub shed: u64,
}

impl Default for Admission {
    fn default() -> Self {
        Self { permille: ALL, left: 0, shed: 0 }
    }
}

impl Admission {
    /// Lets in so many of a thousand from now on.
    pub fn set(&mut self, permille: u16) {
        self.permille = permille.min(ALL);
    }

    /// Whether one more is let in; else after how many seconds to try again. Those who are refused are not to come
    /// back all at once.
    fn ask(&mut self, entropy: &mut Entropy) -> Option<u32> {
        self.left += self.permille;
        if self.left >= ALL {
            self.left -= ALL;
            return None;
        }
        self.shed += 1;
        Some(FULL + entropy.u32() % (FULL + 1))
    }
}

impl Endpoint {
    /// Whether this may be a call for help. Whether it is a device that calls shows only once it has proved its
    /// secret.
    pub(super) fn is_urgent(&self, invite: &Request) -> bool {
        invite.uri.username().is_some_and(|user| self.emergency.contains(e164::withheld(&user).0))
    }

    /// After how many seconds to try again, if this new call is refused.
    pub(super) fn crowded(&mut self) -> Option<u32> {
        let full = self.live >= self.stack.config.limits.calls;
        let refused = self.draining.or(full.then_some(FULL));
        refused.or_else(|| self.admission.ask(&mut self.stack.entropy))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_spread_evenly() {
        let (mut admission, mut entropy) = (Admission::default(), Entropy::from_number(1));
        let mut let_in = |admission: &mut Admission, count: usize| -> Vec<bool> {
            (0..count).map(|_| admission.ask(&mut entropy).is_none()).collect()
        };
        assert_eq!(let_in(&mut admission, 5), [true; 5]);
        admission.set(250);
        let answers = let_in(&mut admission, 1_000);
        assert_eq!(answers.iter().filter(|answer| **answer).count(), 250);
        assert!(answers.chunks(4).all(|four| four.iter().filter(|answer| **answer).count() == 1));
        assert_eq!(admission.shed, 750);
        admission.set(1_000);
        assert_eq!(let_in(&mut admission, 5), [true; 5]);
    }
}
