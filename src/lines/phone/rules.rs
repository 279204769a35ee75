//! What each provider wants: how numbers are written for it, codecs, and which refusals are its own.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::e164::{self, Format};
use crate::id::{DeviceId, TrunkId};
use crate::sdp::Codec;
use crate::sip::endpoint as sip;

/// What all providers want, and the numbers that call help.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rules {
    /// By provider.
    pub trunks: BTreeMap<TrunkId, TrunkRules>,
    /// Whether the sound of a device is protected.
    pub devices: BTreeMap<DeviceId, Srtp>,
    /// Calls of devices for these numbers are taken whatever the load.
    pub emergency: BTreeSet<String>,
}

/// Whether sound is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Srtp {
    /// Plain sound alone.
    Off,
    /// What the peer offers; it is offered what it used last.
    #[default]
    Optional,
    /// Protected sound alone.
    Required,
}

/// What one provider wants.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TrunkRules {
    /// How numbers are written.
    pub format: Format,
    /// The provider's country.
    pub country: Option<String>,
    /// So many characters are cut off the front of a called number so written.
    pub strip: usize,
    /// What is then put in front.
    pub prepend: String,
    /// Codecs that are offered, best first; all if empty.
    pub codecs: Vec<Codec>,
    /// Refusals after which another provider is tried.
    pub failover: Vec<RangeInclusive<u16>>,
    /// Whether its sound is protected.
    pub srtp: Srtp,
    /// It is reached over TLS and nothing else, so that nobody reads the keys.
    pub secure: bool,
}

/// What a callee says, by whichever way it was reached: busy, gave up, declined, rejected.
const CALLEES_WORD: [u16; 6] = [486, 487, 600, 603, 607, 608];

impl TrunkRules {
    /// A called number as the provider wants it.
    pub fn called(&self, number: &str) -> String {
        let written = e164::written(number, self.format, self.country.as_deref());
        let kept: String = written.chars().skip(self.strip).collect();
        format!("{}{kept}", self.prepend)
    }

    /// The number of the caller as the provider wants it.
    pub fn shown(&self, number: &str) -> String {
        e164::written(number, self.format, self.country.as_deref())
    }

    /// Whether a call ended for a reason of the way there, so that another way may do. A call for help
    /// goes on with any other way unless the callee itself has spoken.
    pub fn is_way(&self, ended: &sip::Cause, emergency: bool) -> bool {
        match (ended.by, ended.status) {
            (sip::By::Local, _) => false,
            (sip::By::Timeout | sip::By::Transport, _) => true,
            (sip::By::Remote, Some(status)) => {
                !CALLEES_WORD.contains(&status)
                    && (emergency || self.failover.iter().any(|refusals| refusals.contains(&status)))
            }
            (sip::By::Remote, None) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(by: sip::By, status: u16) -> sip::Cause {
        sip::Cause { status: Some(status), by, text: String::new() }
    }

    #[test]
    fn digits_are_cut_off_and_put_in_front_of_the_written_number() {
        let rules = TrunkRules { strip: 1, prepend: "9".into(), ..TrunkRules::default() };
        assert_eq!(rules.called("+420777123456"), "9420777123456");
        assert_eq!(rules.shown("+420777123456"), "+420777123456", "the caller's number is only written");
    }

    #[test]
    fn another_way_is_tried_for_faults_of_the_way_and_never_for_the_word_of_the_callee() {
        let rules = TrunkRules { failover: vec![500..=599, 400..=499], ..TrunkRules::default() };
        assert!(rules.is_way(&ended(sip::By::Remote, 503), false));
        assert!(rules.is_way(&ended(sip::By::Remote, 404), false));
        assert!(rules.is_way(&ended(sip::By::Timeout, 408), false));
        for status in CALLEES_WORD {
            assert!(!rules.is_way(&ended(sip::By::Remote, status), true), "{status}");
        }
        assert!(!rules.is_way(&ended(sip::By::Local, 503), true));
        let strict = TrunkRules::default();
        assert!(!strict.is_way(&ended(sip::By::Remote, 503), false));
        assert!(strict.is_way(&ended(sip::By::Remote, 403), true), "help is looked for everywhere");
    }
}
