//! What the line of web chats is told, and what it wants done.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ConnId;
use super::frame::{ClientFrame, ServerFrame, Stage, Written};
use super::visitor::Visitor;
use crate::id::{DoorId, LegId};
use crate::switch::line::{LineCommand, LineEvent};

/// What the line has to know of a widget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Widget {
    /// Its name.
    pub name: String,
    /// What its entry form asks for.
    pub form: Form,
    /// The version of the text that has to be agreed to.
    pub consent: Option<String>,
}

/// What an entry form asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// The client's name.
    pub name: Wanted,
    /// A telephone number.
    pub phone: Wanted,
    /// An address of e-mail.
    pub email: Wanted,
}

/// Whether a field of the entry form is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// It is not, and what comes by it all the same is left out.
    #[default]
    Off,
    /// It may be left empty.
    Optional,
    /// It may not.
    Required,
}

/// What the line is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Input {
    /// The widgets that there are from now on. Chats that go on do.
    Widgets(BTreeMap<DoorId, Widget>),
    /// A browser has connected.
    Connected {
        /// By this connection.
        conn: ConnId,
        /// At this widget.
        door: DoorId,
        /// Who.
        visitor: Visitor,
    },
    /// A browser says something.
    Frame {
        /// By which connection.
        conn: ConnId,
        /// What.
        frame: ClientFrame,
    },
    /// A browser is gone.
    Gone {
        /// Which connection.
        conn: ConnId,
    },
    /// How a chat stands, as its client is to see it. What the client knows already is not said again.
    Stands {
        /// Which.
        leg: LegId,
        /// How.
        stage: Stage,
    },
    /// Somebody types for the client.
    Typing {
        /// In which chat.
        leg: LegId,
        /// Who, by the name for people.
        author: String,
    },
    /// Whoever serves has read everything up to a message.
    Read {
        /// In which chat.
        leg: LegId,
        /// Which message.
        number: u64,
    },
    /// The switch wants something of a leg.
    Switch {
        /// Which leg.
        leg: LegId,
        /// What.
        command: LineCommand,
    },
    /// A chat goes on that was live when the program went.
    Resume {
        /// Which.
        leg: LegId,
        /// The widget by which it came.
        door: DoorId,
        /// Whether the client was served, and did not wait.
        served: bool,
        /// The last messages that the client reads, each with its writer's own number of it.
        written: Vec<(u64, Written)>,
    },
}

/// What the line wants done or known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Output {
    /// Tell a browser.
    Send {
        /// By which connection.
        conn: ConnId,
        /// What.
        frame: ServerFrame,
    },
    /// End a connection.
    Close {
        /// Which.
        conn: ConnId,
    },
    /// For the switch.
    Switch {
        /// Which leg.
        leg: LegId,
        /// What happened to it.
        event: LineEvent,
    },
    /// The client types.
    Types {
        /// In which chat.
        leg: LegId,
    },
    /// Whether the client is there, or how far it has read, is different now.
    Changed {
        /// In which chat.
        leg: LegId,
    },
}
