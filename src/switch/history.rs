//! Everything that happens to a session, and what those events add up to.
//!
//! Events are numbered without gaps within their session. The live state that people see is the
//! sum of the events, so what is shown now and what a record shows later cannot differ.

mod past;
mod summary;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::cause::{Cause, EndedBy};
use super::diversion::Rule;
use super::leg::Part;
use super::recording::rules::Why;
use crate::id::{CallbackId, DoorId, GroupId, LegId, MessageId, RecordingId, SessionId, TenantId, UserId};
use crate::media::Quality;
use crate::time::UnixMs;

pub use self::past::Past;
pub use self::summary::{LegTime, Recorded, Summary};

/// One thing that happened to a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionEvent {
    /// Whose event it is.
    pub session: SessionId,
    /// 1, 2, 3, … without gaps within the session.
    pub seq: u64,
    /// When, by the wall clock.
    pub at: UnixMs,
    /// What.
    pub what: Happening,
}

/// Whether a session has a client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A client meets the company.
    #[default]
    Client,
    /// Operator to operator, or a test number.
    Internal,
}

/// What can happen to a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Happening {
    /// It came in.
    Arrived {
        line: String,
        from: String,
        display: Option<String>,
        dialled: String,
        origin: String,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        details: BTreeMap<String, String>,
        /// The client's leg, of a session that outlives the process.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        leg: Option<LegId>,
        /// … and the door by which it came, if it came by one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        door: Option<DoorId>,
    },
    /// The program was started again, and the session goes on.
    Resumed,
    /// Its line learnt something of the client, or something else than before.
    Learned { details: BTreeMap<String, String> },
    /// Where the dialled number leads.
    Routed { tenant: Option<TenantId>, session: Kind, outbound: bool, to: String, why: String },
    /// It calls help.
    Emergency { number: String },
    /// It was turned away.
    Refused { cause: Cause, why: String },
    /// The caller's leg was answered by us.
    Answered,
    /// The dialplan came to this node, by this way out of the one before.
    Entered {
        node: String,
        line: u32,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        by: String,
    },
    /// The caller pressed a key.
    Key { digit: char },
    /// The dialplan noted something.
    Parameter { name: String, value: String },
    /// The dialplan marked it.
    Tagged { tag: String },
    /// The caller turned a switch.
    Turned { switch: String, on: bool },
    /// The dialplan asked another program.
    Requested { request: u64, url: String },
    /// What came of it: a status, or why there is none.
    Responded { request: u64, outcome: String },
    /// Another program is told.
    Told { event: String, url: String },
    /// It waits for an operator of this group.
    Queued { group: GroupId, name: String, position: usize },
    /// The queue was left without an operator.
    Unqueued { why: String },
    /// The client is to be called back; or was to be already, if `joined`.
    Promised { callback: CallbackId, number: String, joined: bool },
    /// The client is called back, who asked for it in that session.
    CallsBack { callback: CallbackId, asked_in: Option<SessionId>, attempt: u32 },
    /// The client will not be called back (again).
    CallbackOver { callback: CallbackId, how: String },
    /// Why it was offered to whom, and not to the others.
    Decision { reasons: Vec<String> },
    /// An operator's phone is called.
    Offered { operator: UserId, name: String },
    /// An offer or a call to somebody came to nothing.
    NotReached { party: String, cause: Cause },
    /// The caller was told the place in the queue, and the wait in seconds if it could be told.
    Announced {
        position: usize,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wait_s: Option<u64>,
    },
    /// Somebody is called.
    Dialled { party: String },
    /// The caller and somebody talk.
    Connected {
        leg: LegId,
        party: String,
        operator: Option<UserId>,
        /// The caller's leg.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caller: Option<LegId>,
        /// The operator who calls; nobody if the caller is a client.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        calling: Option<String>,
    },
    /// A leg waits on hold with music, or does no more.
    Held { leg: LegId, on: bool },
    /// Nobody hears this leg, or all do again.
    Muted { leg: LegId, party: String, on: bool },
    /// So many keys were pressed for somebody who hears them. Which, is for nobody else: they may be a PIN.
    KeysSent {
        leg: LegId,
        party: String,
        count: usize,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// Somebody is called into the conversation.
    Invited {
        party: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// Somebody else takes part in the conversation.
    Joined { leg: LegId, party: String, operator: Option<UserId>, part: Part },
    /// The phone of somebody in the conversation is lost. Its leg is kept, the others wait.
    Stranded { leg: LegId, party: String },
    /// It was found again.
    Returned { leg: LegId, party: String },
    /// Somebody whose phone was lost, or who moves to another one, goes on with this leg in place of another one.
    TakenUp { leg: LegId, from: LegId, party: String },
    /// Somebody left, and the others go on.
    Left { leg: LegId, party: String, by: EndedBy, cause: Cause },
    /// A rule of the operator who was called leads the call to somebody else.
    Diverted { by: String, rule: Rule, to: String },
    /// The client waits in a slot.
    Parked { slot: u16, by: String },
    /// Somebody takes a call over: out of its slot, or from the phone at which it rings.
    PickedUp { by: String, from: String },
    /// The caller came into an open room in which so many are now.
    RoomJoined { room: String, legs: usize },
    /// The client is to be handed to somebody.
    Forwarding { to: String, by: String },
    /// The client was handed over.
    Forwarded { to: String },
    /// Whoever was to take over could not be had.
    ForwardFailed { cause: Cause },
    /// Somebody in it wrote something to the others; for colleagues alone if `aside`.
    Wrote {
        leg: LegId,
        number: u64,
        author: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        operator: Option<UserId>,
        text: String,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        aside: bool,
        /// The writer's own number of it, by which what is sent again is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        own: Option<u64>,
    },
    /// Somebody wrote something down about it.
    Remark { by: String, text: String },
    /// A conversation is over.
    Disconnected { leg: LegId, party: String, by: EndedBy, cause: Cause },
    /// What the caller said was recorded.
    Recorded { file: String, ms: u32 },
    /// The session is recorded from here on: who wanted it.
    RecordingStarted {
        recording: RecordingId,
        why: Why,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// Nothing is recorded for a time.
    RecordingPaused {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// It goes on.
    RecordingResumed {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// Sound of the recording is lost.
    RecordingIncomplete { recording: RecordingId, reason: String },
    /// The recording is over.
    RecordingStopped {
        recording: RecordingId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// A message was left in a mailbox.
    MessageLeft { mailbox: String, message: MessageId, ms: u32 },
    /// A message was not kept.
    MessageDropped { mailbox: String, why: String },
    /// The caller opened a mailbox, or did something in it.
    Mailbox { what: String },
    /// Packets, loss, jitter and round trip of a leg that has closed.
    Quality { leg: LegId, quality: Quality },
    /// Something did not work as it should.
    Problem { what: String },
    /// It is over.
    Ended { cause: Cause, by: EndedBy },
    /// Events were lost while the store stood still.
    Lost { events: u64 },
}

/// Where a session stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Just arrived.
    #[default]
    Arriving,
    /// A dialplan leads it.
    Guided,
    /// It waits for an operator.
    Waiting,
    /// Somebody is called directly.
    Dialling,
    /// The caller talks with somebody.
    Talking,
    /// Over.
    Ended,
}
