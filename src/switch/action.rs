//! What the switch is told, and what it wants done.

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::cause::Cause;
use super::directory::Directory;
use super::history::{SessionEvent, Summary};
use super::line::{LineCommand, LineEvent};
use crate::dialplan::Plans;
use crate::id::{DeviceId, LegId, SessionId, UserId};
use crate::media;
use crate::queue;
use crate::time::Epoch;

/// What the switch is built with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SwitchConfig {
    /// Puts moments on the calendar.
    pub epoch: Epoch,
    /// Where recordings of the record verb go.
    pub recordings: PathBuf,
    /// Sessions at once; one beyond is refused as unavailable.
    pub max_sessions: usize,
}

/// What the switch is told.
#[derive(Clone, Debug)]
pub enum Event {
    /// A line reports about a leg.
    Line {
        /// Which leg.
        leg: LegId,
        /// What.
        event: LineEvent,
    },
    /// The media engine reports.
    Media(media::Event),
    /// A device can be called now, or no more.
    Reachable {
        /// Which.
        device: DeviceId,
        /// Whether.
        reachable: bool,
    },
    /// The configuration as it is from now on.
    Directory(Arc<Directory>),
    /// The dialplans from now on; sessions under way keep theirs.
    Plans(Arc<Plans>),
    /// An operator's status changes.
    Status {
        /// Who.
        operator: UserId,
        /// To what.
        status: queue::Status,
    },
    /// An operator accepts a waiting session.
    Take {
        /// Which.
        session: SessionId,
        /// Who.
        operator: UserId,
    },
    /// An operator has finished the after-call work.
    FinishWork {
        /// Who.
        operator: UserId,
    },
    /// Somebody ends a session from outside.
    End {
        /// Which.
        session: SessionId,
        /// Told to all its legs.
        cause: Cause,
    },
    /// From now on new sessions are refused (or accepted again): the program stops, or the store
    /// is too far behind.
    Refuse(bool),
}

/// What the switch wants done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Action {
    /// Tell the line that carries a leg.
    Line {
        /// Which leg.
        leg: LegId,
        /// What.
        command: LineCommand,
    },
    /// Tell the media engine.
    Media(media::Command),
    /// Remember this event.
    Event(SessionEvent),
    /// Nobody needs this recording any more.
    RemoveFile {
        /// Which file.
        path: PathBuf,
    },
    /// A session is over and forgotten here; this is its record.
    Closed {
        /// Which.
        session: SessionId,
        /// Its record.
        summary: Box<Summary>,
    },
    /// An operator's state changed.
    OperatorChanged {
        /// Who.
        operator: UserId,
        /// To what.
        state: queue::OperatorState,
    },
}
