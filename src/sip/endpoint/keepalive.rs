//! Keeps the NATs before phones open: a mapping without traffic is forgotten after half a minute on
//! many of them, and a call could then no longer reach the phone.

use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{Binding, Flow};
use crate::id::DeviceId;
use crate::sip::registrar::Registrar;
use crate::sip::uri::Uri;
use crate::time::Time;

/// Two line ends, which every SIP stack skips (RFC 3261 section 7.5, RFC 5626 section 3.5.1).
pub const PING: Bytes = Bytes::from_static(b"\r\n\r\n");
/// The pause between two rounds.
const STEP: Duration = Duration::from_secs(1);
/// In so many rounds every phone has its turn once, so that pings do not come in bursts.
const ROUNDS: usize = 25;

/// Whose turn it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeepAlive {
    /// Nobody is registered.
    #[default]
    Idle,
    /// The devices after `last` are next, in this round.
    Running { at: Time, round: usize, last: Option<DeviceId> },
}

impl KeepAlive {
    /// Starts if somebody is registered.
    pub fn start(&mut self, registrar: &Registrar, now: Time) {
        if *self == Self::Idle && !registrar.is_empty() {
            *self = Self::Running { at: now + STEP, round: 0, last: None };
        }
    }

    /// The flows to ping now.
    pub fn handle_timeout(&mut self, registrar: &Registrar, now: Time) -> Vec<Flow> {
        let Self::Running { at, round, mut last } = *self else { return vec![] };
        if at > now {
            return vec![];
        }
        let mut flows = vec![];
        for (device, bindings) in registrar.after(last, registrar.devices().div_ceil(ROUNDS)) {
            flows
                .extend(bindings.iter().filter(|binding| is_behind_nat(binding)).map(|binding| binding.flow));
            last = Some(*device);
        }
        *self = match (registrar.is_empty(), round + 1 == ROUNDS) {
            (true, _) => Self::Idle,
            (_, true) => Self::Running { at: now + STEP, round: 0, last: None },
            (_, false) => Self::Running { at: now + STEP, round: round + 1, last },
        };
        flows
    }

    /// When the next round is due.
    pub fn poll_timeout(&self) -> Option<Time> {
        match self {
            Self::Idle => None,
            Self::Running { at, .. } => Some(*at),
        }
    }
}

/// True if the phone's datagrams do not come from the address that it gives.
fn is_behind_nat(binding: &Binding) -> bool {
    let given = Uri::parse(&binding.uri).ok().and_then(|uri| Some(uri.place()?.1));
    binding.flow.connection.is_none() && given != Some(binding.flow.remote)
}
