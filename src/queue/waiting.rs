use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::output::{OfferBy, OfferId};
use crate::id::{GroupId, SessionId, UserId};
use crate::time::Time;

/// A session that waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Waiting {
    /// By which it came.
    #[serde(default)]
    pub(super) line: String,
    pub(super) group: GroupId,
    pub(super) place: Place,
    /// Who waits.
    pub(super) client: Client,
    /// When it overflows.
    pub(super) deadline: Option<Time>,
    /// Who was asked in vain, and when.
    pub(super) tried: BTreeMap<UserId, Time>,
    pub(super) state: WaitState,
}

/// Who waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Client {
    /// Somebody who is there, and may lose patience.
    #[default]
    Present,
    /// Somebody who was promised a call.
    Promised,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum WaitState {
    /// Nobody's phone rings for it.
    Queued,
    /// It keeps its place, and is offered to nobody for now.
    Resting,
    /// This offer rings.
    Offered(OfferId),
}

/// Where a session stands: higher priority, then longer wait, then earlier arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) priority: Reverse<i32>,
    pub(super) since: Time,
    pub(super) arrival: u64,
    pub(super) session: SessionId,
}

/// A session that rings at one or several operators.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Offer {
    pub(super) session: SessionId,
    pub(super) group: GroupId,
    /// Those whose phones still ring.
    pub(super) ringing: BTreeSet<UserId>,
    pub(super) since: Time,
    pub(super) until: Time,
    pub(super) by: OfferBy,
}

/// Something to look at when its time comes. It may have been settled since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Timer {
    OfferEnds(OfferId),
    WaitEnds(SessionId),
    WorkEnds(UserId),
    /// An operator who refused a session may be asked again.
    AskAgain,
}
