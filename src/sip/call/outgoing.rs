//! Calls to make.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id::TrunkId;
use crate::sip::endpoint::Destination;
use crate::sip::message::Request;

/// A call to make.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outgoing {
    /// The INVITE, less Via and Contact.
    pub invite: Request,
    /// Where to, best first; empty while the name is being resolved.
    pub to: VecDeque<Destination>,
    /// The kind of peer.
    pub kind: Kind,
    /// The user in our Contact.
    pub user: Option<String>,
    /// The provider whose challenges we can answer.
    pub trunk: Option<TrunkId>,
    /// How long a place may be silent before the next one is tried.
    pub patience: Option<Duration>,
    /// Whether the callee may be told of others.
    pub trusted: bool,
}

/// What we call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// A registered phone.
    Phone,
    /// A provider, or anybody else with an address of its own.
    Network,
}
