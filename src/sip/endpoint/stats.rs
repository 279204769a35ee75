//! How much the endpoint holds, and what it has counted.

use serde::{Deserialize, Serialize};

use super::Endpoint;
use crate::sip::guard::TurnedAway;

/// How much the endpoint holds at the moment, and what it has counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// Transactions, those included that only absorb repeats.
    pub transactions: usize,
    /// Calls that the line knows of.
    pub calls: usize,
    /// Calls that the line has left and that still wait for the network.
    pub lingering: usize,
    /// Bindings of all devices.
    pub bindings: usize,
    /// Bans since the start.
    pub banned_ever: u64,
    /// Messages that got no answer.
    pub turned_away: TurnedAway,
    /// New calls that were refused because it went too hard.
    pub shed: u64,
    /// Connections of strangers that were closed after a while.
    pub strangers_closed: u64,
}

impl Endpoint {
    /// How much the endpoint holds at the moment, and what it has counted.
    pub fn stats(&self) -> Stats {
        Stats {
            transactions: self.stack.transactions.len(),
            calls: self.live,
            lingering: self.calls.len() - self.live,
            bindings: self.registrar.len(),
            banned_ever: self.guard.banned_ever(),
            turned_away: self.guard.turned_away(),
            shed: self.admission.shed,
            strangers_closed: self.strangers_closed,
        }
    }
}
