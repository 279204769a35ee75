//! What the switch and a line say to each other about a leg. No word here belongs to one line.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The name of the line by which the switch calls operators and clients of its own accord.
pub const OWN_CALLS: &str = "phone";

use super::cause::{Cause, EndedBy};
use crate::id::{DeviceId, DoorId, LegId, RoomId, SessionId, TrunkId, UserId};
use crate::time::UnixMs;

/// What the legs of a line can do. The switch asks nothing else about a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Abilities {
    /// They speak and hear: the media engine has them in its rooms.
    pub sound: bool,
    /// They write and read messages.
    pub text: bool,
    /// Their sessions outlive the process: what their clients hold on to is there when it starts again.
    #[serde(default)]
    pub lasting: bool,
}

impl Abilities {
    /// Those of a telephone.
    pub const SOUND: Self = Self { sound: true, text: false, lasting: false };
    /// Those of a chat.
    pub const TEXT: Self = Self { sound: false, text: true, lasting: true };
}

/// Those of sessions of which nothing was said.
impl Default for Abilities {
    fn default() -> Self {
        Self::SOUND
    }
}

/// Who is at the far end of a leg, as the line tells it and as it is shown to others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Telephone number in E.164, extension, or another address of the line.
    pub number: String,
    /// Name to show, if one was given.
    pub display: Option<String>,
}

/// By which door a session came in. The line has authenticated it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A provider's trunk.
    Trunk(TrunkId),
    /// A registered device of one of our users.
    Device(DeviceId),
    /// Somebody unregistered, from an address that is allowed to call as a guest.
    Guest,
    /// An address of the line's own, that leads to a group.
    Door(DoorId),
}

/// A new leg that asks for service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// The row of `LINES` by which it came.
    pub line: String,
    /// What its leg can do, and those of whoever serves it.
    #[serde(default)]
    pub abilities: Abilities,
    /// By which door.
    pub origin: Origin,
    /// Who arrives.
    pub from: Party,
    /// What was dialled: a number, an extension, or another address of the line.
    pub dialled: String,
    /// How many more times the call may be passed on (RFC 3261 section 16.3).
    pub hops_left: u8,
    /// A leg of ours that it wants to take over, in place of whoever has it.
    #[serde(default)]
    pub replaces: Option<LegId>,
    /// As which number it wants to be seen outside, in E.164 form. Whether it may is for the switch to say.
    #[serde(default)]
    pub shown: Option<String>,
    /// The operator whom the client was invited to reach, for sessions that come by a door.
    #[serde(default)]
    pub invited: Option<UserId>,
    /// What else the line knows of who arrives, for people: by what name, what.
    #[serde(default)]
    pub details: BTreeMap<String, String>,
}

/// Whom a new leg goes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// All bindings of these devices ring; the first to answer is the leg.
    Devices(Vec<DeviceId>),
    /// The same for devices of an operator who has asked for this call: they may answer by themselves.
    OwnDevices(Vec<DeviceId>),
    /// The workspace of an operator who serves a session without sound.
    Workspace {
        /// Whose.
        operator: UserId,
        /// The operator has asked for it: the leg answers by itself.
        asked: bool,
    },
    /// An external number over a trunk.
    Trunk {
        /// The trunk that carries it.
        trunk: TrunkId,
        /// E.164 with its plus, or an emergency number as it was dialled.
        number: String,
        /// The callee is not to learn who calls.
        withheld: bool,
        /// It calls help: no limit of the line stands in its way.
        emergency: bool,
    },
}

/// What the switch asks of the line that carries a leg.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineCommand {
    /// Tell the caller that it rings at the far end.
    Ring,
    /// Let the caller hear something before the call is answered. Reported by [`LineEvent::Early`].
    Early {
        /// The room the leg joins.
        room: RoomId,
    },
    /// Answer the caller. Reported by [`LineEvent::Up`].
    Answer {
        /// The room the leg joins.
        room: RoomId,
    },
    /// Call somebody. Reported by `Ringing`, `Early`, `Up` or `Down`.
    Dial {
        /// The room the leg joins.
        room: RoomId,
        /// Whom to call.
        target: Target,
        /// Who is shown as calling.
        caller: Party,
        /// The leg whose codec is offered first, so that packets can be forwarded as they come.
        like: Option<LegId>,
        /// How many more times the call may be passed on.
        hops_left: u8,
        /// What the callee is to know of the call before it is answered.
        subject: Option<String>,
        /// The session, by which phones of operators know what they see elsewhere.
        session: Option<SessionId>,
    },
    /// What came of the far end's wish to hand the call over ([`LineEvent::Transfer`]).
    Transfer {
        /// The number of the wish.
        request: u64,
        /// What.
        outcome: Handed,
    },
    /// Let the far end know with whom it talks from now on.
    Show {
        /// Who that is.
        party: Party,
    },
    /// Let the far end read what another one of the session wrote.
    Deliver(Box<Message>),
    /// What came of [`LineEvent::Wrote`].
    Taken {
        /// The writer's own number of it.
        own: u64,
        /// Its number in the session, or why nobody will read it, in words for the writer.
        outcome: Result<u64, String>,
    },
    /// End the leg in whatever state it is. Reported by [`LineEvent::Down`].
    HangUp {
        /// Told to the far end.
        cause: Cause,
    },
}

/// What somebody in a session wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// 1, 2, 3, … without gaps within the session.
    pub number: u64,
    /// When.
    pub at: UnixMs,
    /// The writer's leg.
    pub leg: LegId,
    /// The operator who wrote it; nobody if the client did.
    pub operator: Option<UserId>,
    /// The writer, by the name that readers are shown.
    pub author: String,
    /// What: 1 to [`Message::LONGEST`] characters, never markup.
    pub text: String,
    /// For colleagues: the client does not read it.
    pub aside: bool,
}

impl Message {
    /// Characters of one message.
    pub const LONGEST: usize = 4_000;
}

/// How far a call is handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Handed {
    /// It is being tried.
    Trying,
    /// It will not be tried.
    Refused(Cause),
    /// Whoever was to take over has.
    Done,
    /// Whoever was to take over could not be had.
    Failed(Cause),
}

/// To whom the far end of a leg wants to hand the call over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// To whoever has this number.
    Number(String),
    /// To whom it talks with by this leg of its own.
    Peer(LegId),
}

/// What a line reports to the switch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineEvent {
    /// A new leg asks for service.
    Arrived(Box<Arrival>),
    /// The far end of a dialled leg rings.
    Ringing,
    /// Sound flows although the call is not answered yet.
    Early,
    /// The leg is answered and its media is agreed.
    Up,
    /// The far end has put us on hold by its own means, or takes the call up again.
    Holds(bool),
    /// The far end of an answered leg cannot be reached any more, and may come back by another leg.
    Stranded,
    /// The far end wrote something. Answered by [`LineCommand::Taken`].
    Wrote {
        /// The writer's own number of it.
        own: u64,
        /// What.
        text: String,
        /// For colleagues: the client is not to read it. What a client writes is for all.
        aside: bool,
    },
    /// The line learnt something more of who arrived, or something else than before.
    Learned(BTreeMap<String, String>),
    /// The far end pressed a key, and says so by other means than its sound.
    Key {
        /// 0-9, `*`, `#`, A-D.
        digit: char,
    },
    /// The far end wants to hand the call over. Answered by [`LineCommand::Transfer`].
    Transfer {
        /// A number of the line's own.
        request: u64,
        /// To whom.
        wish: Wanted,
    },
    /// The leg is over. The last event of a leg, exactly once.
    Down {
        /// Why.
        cause: Cause,
        /// Which side ended it.
        by: EndedBy,
    },
    /// Comes instead of [`Down`](Self::Down) if the way to the party failed, not the party: another way may do.
    NoWay {
        /// Why.
        cause: Cause,
    },
}
